/* Linking: which records are one person, and why.
 *
 * The engine is pure: it takes records as columns of cleaned values and gives clusters,
 * links and a model; nothing of it knows a database or a key.
 *
 *     struct linking_table *table = linking_table_new(columns, column_count);
 *     linking_table_add_record(table, record_id);
 *     linking_table_add_value(table, GIVEN, TEXT("chidi"));      // a column may have several values
 *     ...
 *     struct linking_run *run;
 *     status = linking_run_new(&run, table, &settings, &error);  // takes the table
 *     linking_cluster_of(run, i); linking_links(run, &count);
 *     linking_explain(run, i, j, &explanation);
 *     linking_run_free(run);
 *
 * The model is Fellegi and Sunter's (1969) with a third class.  Two records are of one person
 * (M), of two people of one household (H), or unrelated (U).  A pair's comparisons come to a
 * pattern of levels; m, h and u are how probable each level is in each class, estimated by
 * expectation-maximisation over pattern counts, u from random pairs.  The weight of a pair
 * is log2 of its odds M : (H or U), with the prior.  Agreement on a rare value counts more.
 *
 * Clusters are grown from the strongest link down; two groups are joined only when the evidence
 * between all their records favours it and nothing forbids it (linking_conflict), so that one
 * false link does not chain two people together.
 *
 * The result is the same bytes for any order of records and any number of threads.
 */
#ifndef LINKING_LINKING_H
#define LINKING_LINKING_H

#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"
#include "base/text.h"

#include <stdatomic.h>

enum linking_kind {
	LINKING_GIVEN,      /* folded first given name */
	LINKING_MIDDLE,     /* folded further names */
	LINKING_FAMILY,     /* folded family name; former names are further values */
	LINKING_SUFFIX,     /* "1" junior, "2" senior ... */
	LINKING_BIRTH,      /* "2001-02-28" */
	LINKING_SEX,        /* "1" or "2" */
	LINKING_PLACE,      /* linking_place_value() */
	LINKING_PHONE,      /* clean_phone() */
	LINKING_EMAIL,      /* clean_email() */
	LINKING_NHS,        /* valid numbers only: two different ones forbid a link */
	LINKING_IDENTIFIER, /* any number that a person has one of */
	LINKING_ENCODING,   /* encoding_parse()'s text: a whole person, encoded by a partner */
	LINKING_ENCODED_CONTACT,
	LINKING_ENCODED_PLACE,
	LINKING_SOURCE, /* the system that a record is of; what two of them say is learned */
	LINKING_TEXT,   /* anything else: place names, house numbers ... */
	LINKING_PINNED, /* not given: what a column is compared as whose levels settings pin */
	LINKING_KIND_COUNT
};
const char *linking_kind_name(enum linking_kind kind);

struct linking_column {
	const char *name; /* kept, not copied */
	enum linking_kind kind;
};

/* At most. A pattern has four bits a column; the last four say how rare a whole name is that both have. */
enum { LINKING_COLUMNS = 15, LINKING_LEVELS = 10 };
enum { LINKING_LEVEL_MISSING = 0, LINKING_LEVEL_SAME = 1 };
/* "same", "nickname or other spelling" ...; NULL when the kind has no such level. */
const char *linking_level_name(enum linking_kind kind, unsigned level);
unsigned linking_level_count(enum linking_kind kind);

struct linking_table;
struct linking_table *linking_table_new(const struct linking_column *columns, size_t count);
void linking_table_free(struct linking_table *table);
/* KEY tells records of equal content apart; the order of calls does not matter otherwise. */
void linking_table_add_record(struct linking_table *table, int64_t key);
/* To the record added last. Empty values, and values it has already, are ignored. */
void linking_table_add_value(struct linking_table *table, size_t column, struct text value);
size_t linking_table_count(const struct linking_table *table);
/* The first value that a record was given; absent when none. Until a run takes the table. */
struct text linking_table_value(const struct linking_table *table, size_t record, size_t column);

/* The same for many records at once: COUNT records with the keys FIRST_KEY, FIRST_KEY + 1 ... Returns the
 * number of the first. */
size_t linking_table_add_records(struct linking_table *table, size_t count, int64_t first_key);
/* Values for COUNT records from number FIRST on: record FIRST + i has VALUES[CODES[i] - 1], or none where CODES[i]
 * is 0. Values are copied; empty ones, and those that no code names, are ignored. A column may be given
 * more than one part. Parts are added in parallel, one thread a dictionary. */
struct linking_bulk {
	size_t column;
	const struct text *values;
	size_t value_count;
	const uint32_t *codes;
};
void linking_table_add_bulk(struct linking_table *table, size_t first, size_t count, const struct linking_bulk *parts,
			    size_t part_count, unsigned threads);
/* The records from number FIRST on are of file FILE (0 .. LINKING_FILES - 1); without calls all are of file 0. */
enum { LINKING_FILES = 64 };
void linking_table_set_file(struct linking_table *table, size_t first, unsigned file);

/* The value of a LINKING_PLACE column; parts that are not known are 0 or absent. POSTCODE as of
 * clean_postcode() (unit, sector or district), ADDRESS folded. */
enum { LINKING_PLACE_SIZE = 192 };
struct text linking_place_value(char out[LINKING_PLACE_SIZE], int64_t property_id, struct text postcode,
				struct text address);

/* What people have ruled of two records, by their keys. Rulings bind: what is ruled the same is one cluster
 * whatever the evidence, what is ruled different is never in one. Where the two contradict each other
 * (a same b, b same c, a different c) "different" holds, and the joins are taken in order of content: find
 * contradictions beforehand (rulings.h) and leave them out. Keys that the table does not have are ignored. */
enum linking_verdict { LINKING_SAME, LINKING_DIFFERENT };
struct linking_ruling {
	int64_t a, b;
	enum linking_verdict verdict;
};

/* What of a value makes a blocking key. Two records are compared when all parts of some rule agree. */
enum linking_transform {
	LINKING_KEY_EXACT,
	LINKING_KEY_SOUND,     /* names: as they sound; a nickname as its group, a double name as each half */
	LINKING_KEY_INITIAL,   /* the first character */
	LINKING_KEY_START,     /* the first LENGTH characters */
	LINKING_KEY_END,       /* the last LENGTH characters */
	LINKING_KEY_BIRTH,     /* dates: day and month in either order */
	LINKING_KEY_YEAR,      /* dates, as are the next two */
	LINKING_KEY_DAY_MONTH, /* in either order */
	LINKING_KEY_MONTH,     /* year and month */
	LINKING_KEY_PROPERTY,  /* places, as are the next four */
	LINKING_KEY_UNIT,
	LINKING_KEY_SECTOR,
	LINKING_KEY_DISTRICT,
	LINKING_KEY_DOOR, /* its number and the street's first letters, in whatever words the rest is */
	LINKING_KEY_BITS, /* encodings: bits at LENGTH's places, as many as the records ask for */
	LINKING_TRANSFORM_COUNT
};
const char *linking_transform_name(enum linking_transform transform); /* "exact", "sound" ... */
/* Whether a column of KIND has such keys. */
bool linking_transform_suits(enum linking_transform transform, enum linking_kind kind);
struct linking_part {
	size_t column;
	enum linking_transform transform;
	unsigned length; /* of START and END; of BITS which places, 0 .. LINKING_BANDS - 1 */
};
enum { LINKING_PARTS = 4, LINKING_RULES = 44, LINKING_BANDS = 28 };
struct linking_rule {
	struct linking_part parts[LINKING_PARTS];
	size_t count;
	bool any_order; /* the first two parts are a given and a family name, which may have changed places */
};

/* Levels that settings pin for a column, instead of those of its kind: the first that holds is the pair's, "else" when
 * none does. Two equal values are of the first. */
enum linking_test {
	LINKING_TEST_EXACT,
	LINKING_TEST_JARO_WINKLER, /* at least LEAST */
	LINKING_TEST_EDITS,        /* at most LEAST letters wrong, left out, added, or neighbours swapped */
	LINKING_TEST_SOUND,
	LINKING_TEST_START, /* LEAST characters are the same, here and in the next */
	LINKING_TEST_END,
	LINKING_TEST_DAYS,   /* dates at most LEAST days apart */
	LINKING_TEST_NUMBER, /* numbers at most LEAST apart */
	LINKING_TEST_KIND,   /* level LEAST of the column's kind, or a better one */
	LINKING_TEST_COUNT
};
enum { LINKING_LEVEL_NAME = 48 };
struct linking_level {
	enum linking_test test;
	double least;
	double m, u; /* pinned; 0: estimated */
	char name[LINKING_LEVEL_NAME];
};
struct linking_levels {
	size_t count; /* 0: not pinned. Two fewer than LINKING_LEVELS at most: "not known" and "else" are always there
		       */
	struct linking_level at[LINKING_LEVELS - 2];
	double other_m, other_u; /* of "else" */
};
const char *linking_test_name(enum linking_test test); /* "exact", "jaro_winkler" ... */
bool linking_test_suits(enum linking_test test, enum linking_kind kind);
/* Levels below this number go from the best to the worst, and can be named by LINKING_TEST_KIND. */
unsigned linking_level_ordered(enum linking_kind kind);

struct linking_settings {
	unsigned threads;                 /* 0: all processors */
	double link_probability;          /* a link at least this sure can join; 0: 0.5 */
	double keep_probability;          /* pairs at least this sure are kept for review; 0: 0.02 */
	size_t largest_block;             /* 0: 200 records; larger blocks are subdivided */
	double training_pairs;            /* about how many pairs to train on; 0: half a million */
	const struct linking_rule *rules; /* pinned; NULL: chosen from the columns there are */
	size_t rule_count;
	bool broad;            /* rules of one column, too: for tables of up to some ten thousand records */
	double prior;          /* pinned: the chance that two records, drawn of all, are one person; 0: estimated */
	uint32_t not_compared; /* bit C: column C only helps to find pairs */
	uint32_t plain;        /* bit C: agreeing on a rare value of column C counts no more than on a common one */
	const struct linking_levels *levels; /* by column, pinned; NULL: all as of their kinds */
	bool link_only;                      /* pairs of records of one file are neither compared nor put together */
	uint64_t clean_files;                /* bit F: file F holds each person once; nor are pairs of its records */
	bool without_rarity; /* the table is a few records of many: how common values are is not known */
	const struct linking_ruling *rulings;
	size_t ruling_count;
	const char *model;       /* JSON of an earlier run, used instead of training; NULL: train */
	bool retrain;            /* linking_refresh(): not the stored model, even if it fits */
	const atomic_bool *stop; /* set by a signal: STATUS_INTERRUPTED; may be NULL */
};

enum linking_status { LINKING_LINKED, LINKING_REVIEW, LINKING_APART };
struct linking_link {
	uint32_t a, b;             /* numbers of records in the order they were added, a < b */
	float weight, probability; /* the probability is calibrated, see linking_explanation */
	uint64_t pattern;
	uint16_t rule;  /* the first that compared them */
	uint8_t status; /* enum linking_status */
};

struct linking_rule_report {
	char name[96];
	uint64_t pairs;     /* that no earlier rule compared */
	uint64_t oversized; /* blocks that had to be subdivided */
	uint64_t cut;       /* blocks that nothing could subdivide: neighbours in order of content only */
};

struct linking_report {
	size_t records, clusters, links, patterns;
	uint64_t pairs;
	size_t identical; /* records like many others, which stand for them: more than 32 say exactly the same */
	double prior;     /* one pair in so many of all is a match: the prior's inverse */
	double household_prior;
	double seconds_block, seconds_train, seconds_score, seconds_cluster, seconds_total;
	size_t rules;
	struct linking_rule_report rule[LINKING_RULES];
};

struct linking_run;
enum status linking_run_new(struct linking_run **out, struct linking_table *table,
			    const struct linking_settings *settings, struct error *error) MUST_CHECK;
void linking_run_free(struct linking_run *run); /* and the table */
const struct linking_report *linking_run_report(const struct linking_run *run);
/* Clusters are numbered 0.. by the first record, in order of content, that they hold. */
uint32_t linking_cluster_of(const struct linking_run *run, size_t record);
/* The weakest of the joins that made the cluster, as a probability; 1 for a single record. */
double linking_cluster_integrity(const struct linking_run *run, uint32_t cluster);
/* As linking_level_name() and linking_level_count(), with what settings pinned. */
const char *linking_run_level_name(const struct linking_run *run, size_t column, unsigned level);
unsigned linking_run_level_count(const struct linking_run *run, size_t column);
/* Sorted by a, then b. */
const struct linking_link *linking_links(const struct linking_run *run, size_t *count);
/* The level of a column in a pattern. */
static inline unsigned linking_pattern_level(uint64_t pattern, size_t column)
{
	return (unsigned)(pattern >> (4 * column)) & 15;
}
/* Calls PAIR for every compared pair whose weight is LEAST or more, whether it was kept as a link or not, in an order
 * that depends neither on threads nor on the order of records. Nothing is stored: what is below what the
 * run kept is scored again. A and b are numbers of adding, a < b; status is LINKING_LINKED for pairs in one cluster.
 * PAIR is called from one thread at a time; when it returns false, no more calls come. */
typedef bool linking_pair_seen(void *context, const struct linking_link *pair);
void linking_pairs(const struct linking_run *run, double least, linking_pair_seen *pair, void *context);
void linking_model_json(const struct linking_run *run, struct buf *out);

struct linking_evidence {
	const char *column, *level_name;
	unsigned level;
	double m, h, u;
	double weight; /* log2(m / u), the rarity of the value included */
};
struct linking_explanation {
	uint64_t pattern;
	double prior;               /* log2 odds before anything is compared */
	double household;           /* what is taken off because people of one household agree on this too */
	double rarity;              /* of the values they share, where the whole weight is known from a stored link */
	double weight, probability; /* what pairs of such a weight come to, as far as clusters show */
	int rule;                   /* index in the report, -1: no rule would compare the two */
	const char *conflict;       /* why the two cannot be one person whatever the weight; NULL: nothing */
	size_t count;
	struct linking_evidence evidence[LINKING_COLUMNS];
};
void linking_explain(const struct linking_run *run, size_t a, size_t b, struct linking_explanation *out);

/* ---- how good it is ------------------------------------------------------------------------- */

struct linking_quality {
	uint64_t records;              /* in both the clusters and the truth */
	uint64_t found, wrong, missed; /* pairs */
	double precision, recall, f1;
};
/* Pairwise over COUNT records with a cluster and a true person each; the two are labels. Records
 * whose truth is 0 are left out. */
void linking_evaluate(const uint64_t *clusters, const uint64_t *truth, size_t count, struct linking_quality *out);

#endif
