/* Words of the dictionary that a word of the query may stand for: the same, begun alike, spelled
 * alike, sounding alike, or a form of the same given name. */
#include "vault/search_int.h"

#include "clean/names.h"
#include "clean/phonetic.h"

/* ---- spelling ------------------------------------------------------------------------------------ */

void search_pattern_init(struct search_pattern *pattern, struct text word)
{
	*pattern = (struct search_pattern){.len = (unsigned)(word.len < 64 ? word.len : 64)};
	for (unsigned i = 0; i < pattern->len; i++)
		pattern->masks[(unsigned char)word.at[i]] |= UINT64_C(1) << i;
}

/* Bit-parallel optimal string alignment: H. Hyyrö, "A bit-vector algorithm for computing Levenshtein
 * and Damerau edit distances" (2003). One column of the matrix a letter, as differences in bits. */
unsigned search_distance(const struct search_pattern *pattern, const char *word, size_t len)
{
	if (pattern->len == 0)
		return (unsigned)len;
	uint64_t up = ~UINT64_C(0), down = 0, diagonal = 0, before = 0;
	uint64_t last = UINT64_C(1) << (pattern->len - 1);
	unsigned distance = pattern->len;
	for (size_t i = 0; i < len; i++) {
		uint64_t same = pattern->masks[(unsigned char)word[i]];
		uint64_t swapped = ((~diagonal & same) << 1) & before;
		diagonal = (((same & up) + up) ^ up) | same | down | swapped;
		uint64_t right = down | ~(diagonal | up), left = diagonal & up;
		distance += (right & last) != 0;
		distance -= (left & last) != 0;
		right = right << 1 | 1;
		left <<= 1;
		up = left | ~(diagonal | right);
		down = right & diagonal;
		before = same;
	}
	return distance;
}

/* How many slips a word of this length may have. */
static unsigned slips(size_t len)
{
	return len < 3 ? 0 : len < 6 ? 1 : 2;
}

static float spelling_weight(unsigned distance, size_t len, bool same_start)
{
	float weight = 1.0F - 0.12F * (float)distance - 0.4F * (float)distance / (float)len;
	return same_start ? weight : weight * 0.9F;
}

/* ---- candidates ------------------------------------------------------------------------------------ */

static void add(struct search_candidates *out, uint32_t word, float weight)
{
	if (out->count < sizeof out->at / sizeof *out->at)
		out->at[out->count++] = (struct search_candidate){word, weight};
}

static bool begins(const char *text, size_t len, struct text prefix)
{
	return len > prefix.len && memcmp(text, prefix.at, prefix.len) == 0;
}

struct name_query {
	struct text word;
	struct search_pattern pattern;
	uint32_t sound;
	int group;
	bool may_be_prefix;
};

static float name_weight(const struct search_index *index, const struct name_query *q, uint32_t word, const char *text,
			 size_t len)
{
	float weight = 0;
	size_t apart = len > q->word.len ? len - q->word.len : q->word.len - len;
	if (apart <= slips(q->word.len)) {
		unsigned distance = search_distance(&q->pattern, text, len);
		if (distance <= slips(q->word.len))
			weight = spelling_weight(distance, q->word.len, text[0] == q->word.at[0]);
	}
	if (weight < 0.85F && q->group >= 0 && index->word[word].group == q->group)
		weight = 0.85F;
	if (weight < 0.8F && q->may_be_prefix && q->word.len >= 3 && begins(text, len, q->word))
		weight = 0.8F;
	if (weight < 0.6F && q->sound && index->word[word].sound == q->sound && apart <= 3)
		weight = 0.6F;
	return index->words.keys[word].at[0] == SEARCH_FORMER ? weight * 0.95F : weight;
}

void search_candidates_names(const struct search_index *index, struct text word, bool may_be_prefix,
			     struct search_candidates *out)
{
	char sound[PHONETIC_SIZE];
	size_t sound_len = clean_phonetic(sound, word);
	struct name_query q = {.word = word, .group = clean_given_group(word), .may_be_prefix = may_be_prefix};
	q.sound = sound_len >= 2 ? (uint32_t)text_hash(text_slice(sound, sound_len)) | 1 : 0;
	search_pattern_init(&q.pattern, word);
	for (size_t len = 1; len < SEARCH_LENGTHS; len++) {
		const struct search_length *names = &index->names[len];
		for (size_t i = 0; i < names->count; i++) {
			float weight = name_weight(index, &q, names->words[i], names->bytes + i * len, len);
			if (weight > 0)
				add(out, names->words[i], weight);
		}
	}
}

void search_candidates_streets(const struct search_index *index, struct text word, struct search_candidates *out)
{
	struct search_pattern pattern;
	unsigned most = slips(word.len);
	search_pattern_init(&pattern, word);
	for (size_t len = word.len > most ? word.len - most : 1; len <= word.len + most && len < SEARCH_LENGTHS;
	     len++) {
		const struct search_length *streets = &index->streets[len];
		for (size_t i = 0; i < streets->count; i++) {
			const char *text = streets->bytes + i * len;
			unsigned distance = search_distance(&pattern, text, len);
			if (distance <= most)
				add(out, streets->words[i], spelling_weight(distance, word.len, text[0] == word.at[0]));
		}
	}
}

void search_candidates_exact(const struct search_index *index, enum search_kind kind, struct text word, float weight,
			     struct search_candidates *out)
{
	char key[2 * SEARCH_WORD_MAX + 2];
	size_t len = word.len < SEARCH_WORD_MAX ? word.len : SEARCH_WORD_MAX;
	key[0] = (char)kind;
	memcpy(key + 1, word.at, len);
	const uint64_t *number = text_map_get(&index->words, text_slice(key, len + 1));
	if (number)
		add(out, (uint32_t)*number, weight);
}

void search_candidates_postcode(const struct search_index *index, struct text prefix, struct search_candidates *out)
{
	for (size_t i = 0; i < index->postcode_count; i++) {
		struct text key = search_key(index, index->postcodes[i]);
		if (text_starts_with(text_slice(key.at + 1, key.len - 1), prefix))
			add(out, index->postcodes[i], key.len - 1 == prefix.len ? 1.0F : 0.7F);
	}
}
