/* Names kept once, and the ways to find them. */
#include "address/names.h"
#include "base/memory.h"
#include "clean/similarity.h"

#include <stdlib.h>

enum { SLIP_FROM = 4 /* letters: shorter words are taken as they are */, COMPACT_MOST = 28, RARE = 24 };

void names_init(struct names *names)
{
	*names = (struct names){0};
	text_map_init(&names->all);
	text_map_init(&names->lexicon);
	arena_keep_secret(&names->all.arena);
	arena_keep_secret(&names->lexicon.arena);
	arena_init(&names->arena, SIZE_MAX / 2);
	arena_keep_secret(&names->arena);
}

void names_release(struct names *names)
{
	text_map_release(&names->all);
	text_map_release(&names->lexicon);
	arena_release(&names->arena);
	free(names->at);
	free(names->entries);
	free(names->first);
	free(names->posted);
	free(names->bucket_first);
	free(names->bucketed);
}

uint32_t names_put(struct names *names, struct text words)
{
	bool is_new;
	if (words.len == 0)
		return 0;
	uint64_t *number = text_map_put(&names->all, words, &is_new);
	if (is_new) {
		*number = names->all.count;
		ARRAY_GROW(names->entries, names->all.count, names->capacity);
		names->entries[*number] = 0;
	}
	names->entries[*number]++;
	return (uint32_t)*number;
}

/* ---- finishing ------------------------------------------------------------------------------------------ */

static bool is_content(struct text word)
{
	const struct vocabulary_word *known = vocabulary_find(word);
	return !(known && known->traits & (WORD_STREET | WORD_BUILDING)) && !text_is(word, "the") &&
	       !text_is(word, "and");
}

static void describe(struct names *names, struct name *name, struct text words, uint32_t entries)
{
	struct text rest = words, word;
	char compact[ADDRESS_TEXT];
	size_t len = 0, before = 0;
	unsigned traits = 0;
	*name = (struct name){.words = words, .entries = entries};
	while (text_split(&rest, ' ', &word)) {
		const struct vocabulary_word *known = vocabulary_find(word);
		if (len + word.len > sizeof compact || name->word_count == UINT8_MAX)
			break;
		memcpy(compact + len, word.at, word.len);
		before = len;
		len += word.len;
		name->word_count++;
		name->content_count = (uint8_t)(name->content_count + is_content(word));
		traits = known ? known->traits & (WORD_STREET | WORD_BUILDING) : 0;
		traits |= known && known->traits & WORD_DIRECTION ? WORD_STREET : 0;
	}
	name->compact = name->word_count > 1 ? arena_text(&names->arena, text_slice(compact, len)) : words;
	name->traits = (uint8_t)traits;
	name->stem = traits && before > 0 && before < 200 ? (uint8_t)before : 0;
}

/* The lexicon's words of NAME: its content words, and all its letters run together. */
static size_t lexicon_words(const struct name *name, struct text out[ADDRESS_WORDS])
{
	struct text rest = name->words, word;
	size_t count = 0;
	while (text_split(&rest, ' ', &word) && count + 2 < ADDRESS_WORDS) {
		if (is_content(word))
			out[count++] = word;
	}
	if (name->compact.len <= COMPACT_MOST && (name->word_count > 1 || count == 0))
		out[count++] = name->compact;
	return count;
}

static void post_words(struct names *names)
{
	struct text words[ADDRESS_WORDS];
	size_t posts = 0;
	for (size_t n = 1; n <= names->count; n++) {
		size_t count = lexicon_words(&names->at[n], words);
		for (size_t i = 0; i < count; i++) {
			++*text_map_put(&names->lexicon, words[i], NULL);
			posts++;
		}
	}
	names->first = memory_alloc(names->lexicon.count + 2, sizeof *names->first);
	names->posted = memory_alloc(posts + 1, sizeof *names->posted);
	for (size_t w = 0; w < names->lexicon.count; w++) {
		names->first[w + 1] = names->first[w] + (uint32_t)names->lexicon.values[w];
		names->lexicon.values[w] = w;
	}
	uint32_t *next = memory_alloc(names->lexicon.count + 1, sizeof *next);
	memcpy(next, names->first, names->lexicon.count * sizeof *next);
	for (size_t n = 1; n <= names->count; n++) {
		size_t count = lexicon_words(&names->at[n], words);
		for (size_t i = 0; i < count; i++)
			names->posted[next[*text_map_get(&names->lexicon, words[i])]++] = (uint32_t)n;
	}
	free(next);
}

/* The hash of WORD without its letter I. */
static uint64_t hash_without(struct text word, size_t i)
{
	char rest[64];
	memcpy(rest, word.at, i);
	memcpy(rest + i, word.at + i + 1, word.len - i - 1);
	return text_hash(text_slice(rest, word.len - 1));
}

static bool may_slip(struct text word)
{
	return word.len >= SLIP_FROM && word.len <= COMPACT_MOST;
}

/* Twice over all words: count, then place. */
static void bucket_words(struct names *names, bool place)
{
	uint64_t mask = names->bucket_count - 1;
	for (size_t w = 0; w < names->lexicon.count; w++) {
		struct text word = names->lexicon.keys[w];
		if (!may_slip(word))
			continue;
		for (size_t i = 0; i <= word.len; i++) {
			uint64_t bucket = (i < word.len ? hash_without(word, i) : text_hash(word)) & mask;
			if (place)
				names->bucketed[--names->bucket_first[bucket]] = (uint32_t)w;
			else
				names->bucket_first[bucket]++;
		}
	}
}

static void index_slips(struct names *names)
{
	size_t letters = 0;
	for (size_t w = 0; w < names->lexicon.count; w++)
		letters += may_slip(names->lexicon.keys[w]) ? names->lexicon.keys[w].len + 1 : 0;
	names->bucket_count = 64;
	while (names->bucket_count < letters)
		names->bucket_count *= 2;
	names->bucket_first = memory_alloc(names->bucket_count + 1, sizeof *names->bucket_first);
	names->bucketed = memory_alloc(letters + 1, sizeof *names->bucketed);
	bucket_words(names, false);
	for (size_t b = 0; b < names->bucket_count; b++)
		names->bucket_first[b + 1] += names->bucket_first[b]; /* ends; placing counts down to the starts */
	bucket_words(names, true);
}

void names_finish(struct names *names)
{
	names->count = names->all.count;
	names->at = memory_alloc(names->count + 1, sizeof *names->at);
	for (size_t n = 1; n <= names->count; n++)
		describe(names, &names->at[n], names->all.keys[n - 1], names->entries[n]);
	post_words(names);
	index_slips(names);
}

/* ---- finding --------------------------------------------------------------------------------------------- */

enum { HITS = 2048 };
struct finding {
	const struct names *names;
	uint32_t hit[HITS];   /* open addressing; a name, 0 free */
	uint8_t weight[HITS]; /* content words found; of the whole name run together all of them */
	size_t count;
	uint32_t order[HITS];
};

static void add_hit(struct finding *f, uint32_t name, unsigned weight)
{
	size_t at = (name * UINT32_C(2654435761)) % HITS;
	while (f->hit[at] && f->hit[at] != name)
		at = (at + 1) % HITS;
	if (!f->hit[at]) {
		if (f->count >= HITS / 2)
			return;
		f->hit[at] = name;
		f->order[f->count++] = (uint32_t)at;
	}
	f->weight[at] = (uint8_t)(f->weight[at] + weight > 100 ? 100 : f->weight[at] + weight);
}

/* A name whose words are all there counts; so does one that lacks a word, when the one that is there is rare. */
static void hit_word(struct finding *f, size_t word)
{
	const struct names *names = f->names;
	uint32_t first = names->first[word], end = names->first[word + 1];
	struct text text = names->lexicon.keys[word];
	for (uint32_t p = first; p < end; p++) {
		const struct name *name = &names->at[names->posted[p]];
		bool whole = name->word_count == 1 || text_equal(name->compact, text);
		add_hit(f, names->posted[p], whole ? 100 : end - first <= RARE ? 50 : 20);
	}
}

static void hit_slips(struct finding *f, struct text word)
{
	const struct names *names = f->names;
	uint64_t mask = names->bucket_count - 1;
	if (!may_slip(word))
		return;
	for (size_t i = 0; i <= word.len; i++) {
		uint64_t bucket = (i < word.len ? hash_without(word, i) : text_hash(word)) & mask;
		for (uint32_t b = names->bucket_first[bucket]; b < names->bucket_first[bucket + 1]; b++) {
			uint32_t near = names->bucketed[b];
			struct text key = names->lexicon.keys[near];
			bool size = key.len + 1 >= word.len && key.len <= word.len + 1;
			if (size && clean_edit_distance(key, word) <= 1)
				hit_word(f, near);
		}
	}
}

static bool is_skipped(const struct address_words *words, size_t i, uint64_t skip)
{
	return skip >> i & 1 || words->at[i].traits & WORD_NUMBER;
}

/* Two to four words run together: "ash grove" for Ashgrove. */
static void hit_windows(struct finding *f, const struct address_words *words, size_t i)
{
	const char *start = words->at[i].at.at;
	for (size_t n = 2; n <= 4 && i + n <= words->count; n++) {
		const struct text last = words->at[i + n - 1].at;
		struct text window = text_slice(start, (size_t)(last.at + last.len - start));
		const uint64_t *word = window.len <= COMPACT_MOST ? text_map_get(&f->names->lexicon, window) : NULL;
		if (word)
			hit_word(f, *word);
	}
}

static bool is_worth_a_look(const struct finding *f, size_t at)
{
	const struct name *name = &f->names->at[f->hit[at]];
	unsigned wanted = name->content_count <= 1   ? 20
			  : name->content_count == 2 ? 40
						     : 20u * (name->content_count - 1u);
	return f->weight[at] >= wanted;
}

size_t names_find(const struct names *names, const struct address_words *words, uint64_t skip,
		  uint32_t found[NAMES_FOUND])
{
	struct finding f = {.names = names};
	size_t count = 0;
	for (size_t i = 0; i < words->count; i++) {
		struct text text = words->at[i].at;
		if (is_skipped(words, i, skip))
			continue;
		const uint64_t *word = text_map_get(&names->lexicon, text);
		if (word)
			hit_word(&f, *word);
		else if (!(words->at[i].traits & (WORD_STREET | WORD_BUILDING)))
			hit_slips(&f, text);
		hit_windows(&f, words, i);
	}
	for (unsigned least = 100; count < NAMES_FOUND; least = 0) { /* whole names first */
		for (size_t k = 0; k < f.count && count < NAMES_FOUND; k++) {
			bool whole = f.weight[f.order[k]] >= 100;
			if (whole == (least > 0) && is_worth_a_look(&f, f.order[k]))
				found[count++] = f.hit[f.order[k]];
		}
		if (least == 0)
			break;
	}
	return count;
}

bool names_have_word(const struct names *names, struct text word)
{
	return text_map_get(&names->lexicon, word) != NULL;
}
