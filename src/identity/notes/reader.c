/* A note read as a whole: lexicon, sentences, context. */
#include "notes/reader_int.h"

#include "base/file.h"
#include "base/memory.h"
#include "profile/factor.h"

#include <sodium.h>
#include <stdlib.h>

enum { READER_WAYS = 1 }; /* counts up when the reader would read the same rules differently */

/* ---- opening -------------------------------------------------------------------------------------------- */

static void hash_text(crypto_generichash_state *state, struct text text)
{
	uint64_t len = text.len;
	crypto_generichash_update(state, (const unsigned char *)&len, sizeof len);
	crypto_generichash_update(state, (const unsigned char *)(text.at ? text.at : ""), text.len);
}

static void hash_phrase(crypto_generichash_state *state, const struct profile_phrase *phrase)
{
	hash_text(state, phrase->written);
	hash_text(state, phrase->capitals ? TEXT("capitals") : TEXT(""));
	for (size_t i = 0; i < phrase->with_count; i++)
		hash_text(state, phrase->with[i]);
	hash_text(state, TEXT("without"));
	for (size_t i = 0; i < phrase->without_count; i++)
		hash_text(state, phrase->without[i]);
}

enum status note_version(char out[NOTE_VERSION_SIZE], const struct profile *profile, const char *rules,
			 struct error *error)
{
	crypto_generichash_state state;
	unsigned char hash[16];
	struct buf content;
	buf_init(&content, 64 << 20);
	enum status status = file_read(rules, &content, error);
	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	hash_text(&state, buf_text(&content));
	hash_text(&state, text_slice((char[]){'0' + READER_WAYS}, 1));
	for (size_t i = 0; profile && i < profile->factors.count; i++) {
		const struct profile_factor *factor = &profile->factors.at[i];
		hash_text(&state, factor->id);
		hash_text(&state, factor->done_to ? TEXT("done to") : TEXT(""));
		for (size_t p = 0; p < factor->phrase_count; p++)
			hash_phrase(&state, &factor->phrases[p]);
	}
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(out, NOTE_VERSION_SIZE, hash, sizeof hash);
	buf_release(&content);
	return status;
}

enum status note_reader_open(struct note_reader **out, const struct profile *profile, const char *rules,
			     struct error *error)
{
	*out = NULL;
	if (!rules && profile && !text_is_absent(profile->note_rules))
		rules = profile->note_rules.at;
	if (!rules) {
		error_set(error, STATUS_INVALID, "notes.no_rules", "the profile has no rules for reading notes");
		error_remedy(error, "Add note_rules.yaml to the profile; profiles/demo has one.");
		return STATUS_INVALID;
	}
	struct note_reader *reader = memory_alloc(1, sizeof *reader);
	rules_init(&reader->rules);
	enum status status = rules_read(&reader->rules, rules, error);
	if (status == STATUS_OK)
		status = lexicon_open(&reader->lexicon, profile, error);
	if (status == STATUS_OK)
		status = note_version(reader->version, profile, rules, error);
	if (status != STATUS_OK) {
		note_reader_close(reader);
		return status;
	}
	*out = reader;
	return STATUS_OK;
}

void note_reader_close(struct note_reader *reader)
{
	if (!reader)
		return;
	rules_release(&reader->rules);
	lexicon_release(&reader->lexicon);
	free(reader);
}

const char *note_reader_version(const struct note_reader *reader)
{
	return reader->version;
}

size_t note_reader_phrases(const struct note_reader *reader)
{
	return reader->lexicon.phrase_count;
}

size_t note_reader_rules(const struct note_reader *reader)
{
	return reader->rules.phrase_count;
}

struct note_scratch *note_scratch_new(const struct note_reader *reader)
{
	struct note_scratch *scratch = memory_alloc(1, sizeof *scratch);
	if (reader->lexicon.database && hs_alloc_scratch(reader->lexicon.database, &scratch->scratch) != HS_SUCCESS) {
		free(scratch);
		return NULL;
	}
	return scratch;
}

void note_scratch_free(struct note_scratch *scratch)
{
	if (!scratch)
		return;
	hs_free_scratch(scratch->scratch);
	form_release(&scratch->form);
	free(scratch->hits.at);
	free(scratch->sentences.at);
	free(scratch->mentions);
	sodium_memzero(scratch, sizeof *scratch);
	free(scratch);
}

/* ---- hits ----------------------------------------------------------------------------------------------- */

struct scanning {
	const struct lexicon *lexicon;
	struct text form;
	struct hits *hits;
};

/* Every literal that stands where an anchor does, the longest first. */
static int take_anchor(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct scanning *s = context;
	struct hits *hits = s->hits;
	const struct anchor *anchor = &s->lexicon->anchors[id];
	size_t at = (size_t)to - anchor->len;
	(void)from;
	(void)flags;
	for (uint32_t i = lexicon_longest(s->lexicon, s->form, at, anchor); i != UINT32_MAX;
	     i = s->lexicon->literals[i].within) {
		const struct literal *literal = &s->lexicon->literals[i];
		if (literal->form.len < anchor->len) /* has an anchor of its own */
			break;
		ARRAY_GROW(hits->at, hits->count, hits->capacity);
		hits->at[hits->count++] = (struct hit){.form_start = (uint32_t)at + 1,
						       .form_end = (uint32_t)(at + literal->form.len) - 1,
						       .lexeme = literal->lexeme};
	}
	return 0;
}

size_t note_reader_scan(const struct note_reader *reader, struct note_scratch *scratch, struct text form)
{
	struct scanning s = {&reader->lexicon, form, &scratch->hits};
	scratch->hits.count = 0;
	if (reader->lexicon.database && hs_scan(reader->lexicon.database, form.at, (unsigned)form.len, 0,
						scratch->scratch, take_anchor, &s) != HS_SUCCESS)
		scratch->hits.count = 0;
	return scratch->hits.count;
}

/* By place; the longer first. */
static int compare_hits(const void *left, const void *right)
{
	const struct hit *a = left, *b = right;
	if (a->form_start != b->form_start)
		return a->form_start < b->form_start ? -1 : 1;
	return (a->form_end < b->form_end) - (a->form_end > b->form_end);
}

/* A phrase inside a longer one is not spoken of by itself: no "abuse" in "substance abuse". */
static void drop_inner_hits(struct hits *hits)
{
	size_t kept = 0;
	uint32_t reach = 0;
	for (size_t i = 0; i < hits->count; i++) {
		bool same = kept > 0 && hits->at[i].form_start == hits->at[kept - 1].form_start &&
			    hits->at[i].form_end == hits->at[kept - 1].form_end;
		if (kept > 0 && hits->at[i].form_end <= reach && !same)
			continue;
		reach = hits->at[i].form_end;
		hits->at[kept++] = hits->at[i];
	}
	hits->count = kept;
}

/* The form has lost marks: words that a comma parts are no phrase. */
static bool has_mark_inside(struct text text, const struct hit *hit)
{
	for (uint32_t i = hit->start; i < hit->end; i++) {
		char c = text.at[i];
		if (c == ',' || c == ';' || c == ':' || c == '!' || c == '?' || c == '(' || c == ')')
			return true;
		if (c == '.' && (text.at[i + 1] == ' ' || text.at[i + 1] == '\n'))
			return true;
		if (c == '\n' && i + 1 < hit->end && (text.at[i + 1] == '\n' || text.at[i + 1] == '-'))
			return true;
	}
	return false;
}

static void place_hits(struct note_scratch *scratch, struct text text)
{
	struct hits *hits = &scratch->hits;
	size_t kept = 0;
	for (size_t i = 0; i < hits->count; i++) {
		struct hit *hit = &hits->at[i];
		size_t len;
		hit->start = scratch->form.origin[hit->form_start];
		hit->end = scratch->form.origin[hit->form_end - 1];
		byte_kind_at(text, hit->end, &len);
		hit->end += (uint32_t)len;
		if (!has_mark_inside(text, hit))
			hits->at[kept++] = *hit;
	}
	hits->count = kept;
}

static bool is_in_capitals(struct text text, const struct hit *hit)
{
	for (uint32_t i = hit->start; i < hit->end; i++) {
		if (text.at[i] >= 'a' && text.at[i] <= 'z')
			return false;
	}
	return true;
}

/* Whether one of WORDS stands in the sentence, by the form. */
static bool has_word(const struct note_scratch *scratch, uint32_t from, uint32_t to, const struct text *words,
		     size_t count)
{
	struct text part = text_slice(scratch->form.at + from, to - from);
	for (size_t i = 0; i < count; i++) {
		char padded[64];
		int len = snprintf(padded, sizeof padded, " %.*s ", TEXT_ARG(words[i]));
		if (len > 0 && len < (int)sizeof padded && text_find(part, text_slice(padded, (size_t)len)) < part.len)
			return true;
	}
	return false;
}

static bool fits(const struct note_scratch *scratch, struct text text, const struct hit *hit,
		 const struct profile_phrase *phrase, const struct sentence *sentence)
{
	if (phrase->capitals && !is_in_capitals(text, hit))
		return false;
	if (!phrase->with_count && !phrase->without_count)
		return true;
	uint32_t from = hit->form_start, to = hit->form_end;
	while (from > 0 && scratch->form.origin[from] > sentence->start)
		from--;
	from -= from > 0 && scratch->form.at[from] != ' ';
	while (to < scratch->form.len && scratch->form.origin[to] < sentence->end)
		to++;
	to += to < scratch->form.len;
	if (phrase->with_count && !has_word(scratch, from, to, phrase->with, phrase->with_count))
		return false;
	return !has_word(scratch, from, to, phrase->without, phrase->without_count);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

static void add_mentions(const struct note_reader *reader, struct note_scratch *scratch, struct text text,
			 const struct hit *hit, const struct sentence *sentence)
{
	const struct profile *profile = reader->lexicon.profile;
	for (uint32_t i = hit->lexeme; i != UINT32_MAX; i = reader->lexicon.lexemes[i].next) {
		const struct lexeme *lexeme = &reader->lexicon.lexemes[i];
		const struct profile_factor *factor = &profile->factors.at[lexeme->factor];
		if (!fits(scratch, text, hit, &factor->phrases[lexeme->phrase], sentence))
			continue;
		struct note_mention mention = {
			.start = hit->start, .end = hit->end, .factor = lexeme->factor, .phrase = lexeme->phrase};
		context_judge(&scratch->context, &mention, factor->done_to);
		ARRAY_GROW(scratch->mentions, scratch->mention_count, scratch->mention_capacity);
		scratch->mentions[scratch->mention_count++] = mention;
	}
}

static void read_hits(const struct note_reader *reader, struct note_scratch *scratch, struct text text, date note_date)
{
	const struct hits *hits = &scratch->hits;
	const struct sentences *sentences = &scratch->sentences;
	size_t s = 0;
	const struct sentence *made = NULL;
	for (size_t i = 0; i < hits->count; i++) {
		const struct hit *hit = &hits->at[i];
		while (s < sentences->count && sentences->at[s].end <= hit->start)
			s++;
		if (s == sentences->count)
			return;
		const struct sentence *sentence = &sentences->at[s];
		if (hit->start < sentence->start || hit->end > sentence->end)
			continue; /* across two sentences, or in a bullet */
		const struct note_mention about = {.start = hit->start, .end = hit->end};
		if (made != sentence || !context_covers(&scratch->context, hit->end))
			context_make(&scratch->context, &reader->rules, text, sentence, &about, note_date);
		made = sentence;
		add_mentions(reader, scratch, text, hit, sentence);
	}
}

size_t note_reader_read(const struct note_reader *reader, struct note_scratch *scratch, struct text text,
			date note_date, const struct note_mention **mentions)
{
	scratch->mention_count = 0;
	form_make(&scratch->form, text);
	if (note_reader_scan(reader, scratch, text_slice(scratch->form.at, scratch->form.len)) > 0) {
		qsort(scratch->hits.at, scratch->hits.count, sizeof *scratch->hits.at, compare_hits);
		place_hits(scratch, text);
		drop_inner_hits(&scratch->hits);
		sentences_of(&scratch->sentences, text);
		read_hits(reader, scratch, text, note_date);
	}
	*mentions = scratch->mentions;
	return scratch->mention_count;
}

size_t note_reader_sentences(const struct note_reader *reader, struct note_scratch *scratch, struct text text)
{
	(void)reader;
	sentences_of(&scratch->sentences, text);
	return scratch->sentences.count;
}

/* ---- targets -------------------------------------------------------------------------------------------- */

static bool is_same_word(char a, char b)
{
	a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
	b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
	return a == b;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

/* Whether PHRASE stands at AT; *END behind it. Runs of white space are the same. */
static bool stands_at(struct text text, size_t at, struct text phrase, size_t *end)
{
	for (size_t p = 0; p < phrase.len;) {
		if (is_blank(phrase.at[p])) {
			if (at >= text.len || !is_blank(text.at[at]))
				return false;
			while (p < phrase.len && is_blank(phrase.at[p]))
				p++;
			while (at < text.len && is_blank(text.at[at]))
				at++;
		} else if (at < text.len && is_same_word(text.at[at], phrase.at[p])) {
			at++;
			p++;
		} else {
			return false;
		}
	}
	*end = at;
	return true;
}

static bool is_word_byte(char c)
{
	return c == '\'' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Better: whole words, then in capitals, then the first. */
static int worth(struct text text, size_t start, size_t end)
{
	bool whole = (start == 0 || !is_word_byte(text.at[start - 1]) || !is_word_byte(text.at[start])) &&
		     (end >= text.len || !is_word_byte(text.at[end]) || !is_word_byte(text.at[end - 1]));
	return 1 + whole + 2 * is_in_capitals(text, &(struct hit){.start = (uint32_t)start, .end = (uint32_t)end});
}

static bool find_target(struct text text, struct text phrase, struct note_mention *out)
{
	int best = 0;
	phrase = text_trim(phrase);
	for (size_t i = 0; phrase.len > 0 && i + 1 <= text.len; i++) {
		size_t end;
		if (!is_same_word(text.at[i], phrase.at[0]) || !stands_at(text, i, phrase, &end) ||
		    worth(text, i, end) <= best)
			continue;
		best = worth(text, i, end);
		out->start = (uint32_t)i;
		out->end = (uint32_t)end;
	}
	return best > 0;
}

bool note_reader_target(const struct note_reader *reader, struct note_scratch *scratch, struct text text,
			struct text phrase, struct note_mention *out)
{
	*out = (struct note_mention){0};
	if (!find_target(text, phrase, out))
		return false;
	sentences_of(&scratch->sentences, text);
	struct sentence joined = {.start = out->start, .end = out->end};
	for (size_t i = 0; i < scratch->sentences.count; i++) {
		const struct sentence *s = &scratch->sentences.at[i];
		if (s->end <= out->start || s->start >= out->end)
			continue;
		struct sentence whole = *s; /* a target may reach over several */
		whole.start = joined.start < s->start ? joined.start : s->start;
		whole.end = joined.end > s->end ? joined.end : s->end;
		joined = whole;
	}
	context_make(&scratch->context, &reader->rules, text, &joined, out, DATE_UNKNOWN);
	context_judge(&scratch->context, out, false);
	return true;
}
