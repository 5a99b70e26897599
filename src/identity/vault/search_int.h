/* Inside the search index only. */
#ifndef VAULT_SEARCH_INT_H
#define VAULT_SEARCH_INT_H

#include "vault/search.h"

#include <pthread.h>

struct search_posting {
	uint32_t resident;
	uint16_t feeds; /* number of a set of feeds */
	uint16_t unused;
};

struct search_identifier {
	int64_t hash;
	uint32_t resident;
	uint16_t feed, element;
};

struct search_word {    /* beside the dictionary's key */
	uint32_t first; /* posting; the end is the next word's first */
	uint32_t sound; /* hash of its phonetic code, 0: none */
	int32_t group;  /* of given names that are forms of one name, -1: none */
};

enum { SEARCH_LENGTHS = SEARCH_WORD_MAX + 1 };

/* Name words of one length, side by side, for the scan by spelling. */
struct search_length {
	uint32_t *words;
	char *bytes; /* count * length */
	size_t count, capacity;
};

struct search_scratch { /* of one question at a time */
	float *score, *address_score;
	uint8_t *credited, *address_credited; /* last term of the query that gave the resident something */
	uint8_t *matched;
	uint32_t *touched;
	size_t touched_count;
	struct search_scratch *next;
};

struct search_index {
	int64_t *residents;
	size_t resident_count;
	struct text_map words; /* kind byte + folded word -> number */
	struct search_word *word;
	struct search_posting *postings;
	size_t posting_count;
	struct search_identifier *identifiers; /* by hash */
	size_t identifier_count;
	struct search_feeds *sets;
	size_t set_count, set_capacity;
	struct search_length names[SEARCH_LENGTHS];
	struct search_length streets[SEARCH_LENGTHS];
	uint32_t *postcodes; /* words that are postcodes, sorted by text */
	size_t postcode_count;
	pthread_mutex_t lock; /* of the scratches */
	struct search_scratch *scratches;
};

static inline struct text search_key(const struct search_index *index, uint32_t word)
{
	return index->words.keys[word];
}

static inline size_t search_frequency(const struct search_index *index, uint32_t word)
{
	return index->word[word + 1].first - index->word[word].first;
}

/* Words alike in spelling (search_fuzzy.c): optimal string alignment distance of at most MOST. */
struct search_pattern {
	uint64_t masks[256];
	unsigned len;
};
void search_pattern_init(struct search_pattern *pattern, struct text word);
unsigned search_distance(const struct search_pattern *pattern, const char *word, size_t len);

/* A word of the dictionary that a word of the query may stand for. */
struct search_candidate {
	uint32_t word;
	float weight; /* 1: the same */
};
struct search_candidates {
	struct search_candidate at[4096];
	size_t count;
};
/* Everything like WORD among names (kinds n and f) or streets. */
void search_candidates_names(const struct search_index *index, struct text word, bool may_be_prefix,
			     struct search_candidates *out);
void search_candidates_streets(const struct search_index *index, struct text word, struct search_candidates *out);
void search_candidates_exact(const struct search_index *index, enum search_kind kind, struct text word, float weight,
			     struct search_candidates *out);
void search_candidates_postcode(const struct search_index *index, struct text prefix, struct search_candidates *out);

/* The query taken apart (search_query.c). */
enum { SEARCH_TERMS_MAX = 16 };
struct search_term {
	char word[SEARCH_WORD_MAX + 1];
	char house[SEARCH_WORD_MAX + 1]; /* "14 mill": this number and the next word */
	bool number, used;
};
struct search_query {
	struct search_term terms[SEARCH_TERMS_MAX];
	size_t term_count;
	date births[2];
	size_t birth_count;
	char postcode[12]; /* squeezed, perhaps only its beginning */
	char identifiers[24][SEARCH_WORD_MAX + 1];
	size_t identifier_count;
	bool identifier_only; /* the whole query is one number */
};
void search_query_parse(struct search_query *out, struct text query);

#endif
