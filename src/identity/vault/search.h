/* The search index: words of names and addresses, dates of birth, postcodes and identifiers of all
 * residents, in memory only.  Inside the vault room; others use disclosure_find().
 *
 * Built once for a generation of the data, then read-only and shared by threads:
 *
 *     builder = search_builder_new(residents, count);
 *     search_batch_name(&batch, resident, feed, former, text) ...      // any thread, one batch each
 *     search_builder_take(builder, &batch);                            // one thread, in order
 *     index = search_builder_finish(builder);
 *
 * A posting says which feeds a word of a resident comes from, so that a question is answered only from
 * feeds whose value the asker may see.  Identifiers are kept as keyed hashes.  Sizes for 400,000 residents:
 * about 250,000 distinct words, 6 million postings of 8 bytes, 4 million identifiers of 16.
 */
#ifndef VAULT_SEARCH_H
#define VAULT_SEARCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/map.h"
#include "base/text.h"

enum { SEARCH_FEEDS_MAX = 256, SEARCH_WORD_MAX = 40 };

/* What a word is; the first byte of its key in the dictionary. */
enum search_kind {
	SEARCH_NAME = 'n',
	SEARCH_FORMER = 'f',
	SEARCH_STREET = 'a', /* a word of an address */
	SEARCH_HOUSE = 'h',  /* house number and the word behind it: "14 mill" */
	SEARCH_POSTCODE = 'p' /* without the blank */,
	SEARCH_BIRTH = 'b' /* YYYY-MM-DD */
};

struct search_feeds { /* a set of feeds, by their number in the profile */
	uint64_t bits[SEARCH_FEEDS_MAX / 64];
};

/* ---- building ---------------------------------------------------------------------------------- */

struct search_batch { /* words and identifiers of some records, on their way to the builder */
	struct buf words;
	struct buf identifiers;
	size_t record_start; /* of the record under way: repeated words are taken once */
};
void search_batch_init(struct search_batch *batch);
void search_batch_release(struct search_batch *batch); /* wipes */
void search_batch_record(struct search_batch *batch);  /* a new record begins */
void search_batch_name(struct search_batch *batch, uint32_t resident, unsigned feed, bool former, struct text name);
void search_batch_address(struct search_batch *batch, uint32_t resident, unsigned feed, struct text line);
void search_batch_postcode(struct search_batch *batch, uint32_t resident, unsigned feed, struct text postcode);
void search_batch_birth(struct search_batch *batch, uint32_t resident, unsigned feed, struct text iso_date);
/* HASH is the keyed hash of the identifier's letters and digits, see search_identifier_form(). */
void search_batch_identifier(struct search_batch *batch, uint32_t resident, unsigned feed, unsigned element,
			     int64_t hash);

struct search_builder;
struct search_builder *search_builder_new(const int64_t *resident_ids, size_t count); /* copies; sorted or not */
void search_builder_take(struct search_builder *builder, const struct search_batch *batch);
struct search_index *search_builder_finish(struct search_builder *builder); /* frees the builder */
void search_builder_free(struct search_builder *builder);

struct search_index;
void search_index_free(struct search_index *index); /* wipes; NULL is fine */

/* Where a resident stands, when the ids were given ascending. */
#define SEARCH_NOBODY SIZE_MAX
size_t search_position(const struct search_index *index, int64_t resident_id);

struct search_size {
	size_t residents, words, postings, identifiers, bytes;
};
struct search_size search_index_size(const struct search_index *index);

/* The form in which identifiers are hashed: letters and digits, upper case. False when it is too short
 * (under 4) or has no digit. */
bool search_identifier_form(char *out, size_t cap, struct text in);

/* ---- asking ------------------------------------------------------------------------------------ */

/* From which feeds the asker may be answered, by what kind of value; element by element for identifiers. */
struct search_permission {
	struct search_feeds names, former, births, addresses;
	bool (*identifier)(const void *context, unsigned feed, unsigned element);
	bool (*is_address)(const void *context, unsigned element); /* an identifier that is a home's; NULL: none is */
	const void *context;
	/* Bits by search_position(): who is not there for the asker, and whose addresses find nobody. What they have is
	 * left out before anything is weighed, so that it changes nothing that is found. NULL: nobody. */
	const uint64_t *hidden, *no_address;
};

struct search_hit {
	int64_t resident_id;
	float score;         /* 0..1: share of the query that was found, rare words weighing more */
	float score_in_full; /* the same with what addresses added */
	unsigned matched;    /* enum find_match */
};

/* Hash of an identifier's form, as in the batches. */
typedef int64_t search_hash(const void *context, struct text form);

struct search_question {
	struct text query;
	bool one_number; /* the whole query is one identifier, and nothing else is looked for */
	const struct search_permission *permission;
	search_hash *hash;
	const void *hash_context;
};

/* Hits in the order of score_in_full. False when nothing in the query could be looked for. The
 * caller drops hits that the asker may not know of all the same: marks may have come since. */
bool search_ask(const struct search_index *index, const struct search_question *question, struct arena *arena,
		struct search_hit **hits, size_t *count);

#endif
