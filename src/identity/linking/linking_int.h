/* What the files of linking share. */
#ifndef LINKING_LINKING_INT_H
#define LINKING_LINKING_INT_H

#include "base/map.h"
#include "base/values.h"
#include "clean/door.h"
#include "clean/gist.h"
#include "encoding/encoding.h"
#include "linking/linking.h"

/* Values of one kind, once each; code 0 is "none". Given, middle and family names share one,
 * so that a name in the wrong column is seen by its code. */
struct dictionary {
	struct values values;
	date *births;            /* LINKING_BIRTH: by code */
	uint32_t *birth_digits;  /* the same as clean_birth_digits() */
	struct name_gist *gists; /* names, telephone numbers, e-mail addresses: by code */
	bool names;
	bool unknown_births;        /* some value is no date */
	struct place *places;       /* LINKING_PLACE: by code */
	struct encoding *encodings; /* encodings of all three kinds: by code */
};

static inline bool is_encoded(enum linking_kind kind)
{
	return kind == LINKING_ENCODING || kind == LINKING_ENCODED_CONTACT || kind == LINKING_ENCODED_PLACE;
}

struct place { /* hashes, 0 where unknown; one cache line */
	_Alignas(64) uint64_t property, address, unit, sector, district;
	struct door door;
};

struct further {
	uint32_t record, code;
};

struct column {
	struct linking_column is;
	bool not_compared, plain;      /* see linking_settings */
	enum linking_kind pinned_from; /* the own kind of a column that is compared as LINKING_PINNED */
	struct linking_levels levels;
	struct dictionary *dictionary;
	/* Until the table is packed: the first value of each record by number of adding, and what came after. */
	uint32_t *codes;
	size_t code_capacity;
	struct further *further;
	size_t further_count, further_capacity;
	unsigned at, slots;      /* where in a row */
	uint32_t *counts;        /* by code: records that have the value */
	uint64_t filled;         /* values over all records */
	uint32_t nested_in;      /* bit C: who has column C's value has this one's, too; see nesting.c */
	unsigned char *scarcity; /* names, by code: -2 log2 of how frequent; see NAME_BINS */
	float *rarity;           /* by code: log2(u_same / frequency), once the model is there */
	float rarity_most;
};

struct linking_table {
	struct column columns[LINKING_COLUMNS];
	size_t column_count;
	struct dictionary dictionaries[LINKING_COLUMNS];
	size_t dictionary_count;
	size_t given, family, middle, birth, place, source, encoding,
		encoded_place; /* the column of the kind, LINKING_COLUMNS when there is none */
	int64_t *keys;
	size_t count, key_capacity;
	size_t file_first[LINKING_FILES]; /* the numbers of adding at which each file begins */
	unsigned file_numbers[LINKING_FILES];
	size_t file_count;
	unsigned char *files; /* by row; NULL: all of one file */
	/* after linking_table_pack(): rows in order of content */
	unsigned stride;  /* a multiple of ROW_STEP; behind the columns' slots are zeros */
	uint32_t *rows;   /* count * stride codes */
	uint32_t *added;  /* row -> number of adding */
	uint32_t *row_of; /* number of adding -> row */
	struct sources *sources;
	bool any_nested;
};

/* More values of one column than MOST_SLOTS in one record say little; the rest is left out. */
enum { MOST_SLOTS = 6, ROW_STEP = 4, ROW_STEPS = (LINKING_COLUMNS * MOST_SLOTS + ROW_STEP - 1) / ROW_STEP };

/* A value by its code in the column's dictionary. Records in their order; columns of different dictionaries may be
 * filled by different threads. */
void table_add_code(struct linking_table *table, size_t column, uint32_t record, uint32_t code);
void linking_table_pack(struct linking_table *table, unsigned threads);
static inline const uint32_t *table_row(const struct linking_table *table, uint32_t row)
{
	return table->rows + (size_t)row * table->stride;
}
/* Which text columns follow from others. */
void table_find_nesting(struct linking_table *table);
static inline struct text dictionary_value(const struct dictionary *dictionary, uint32_t code)
{
	return code ? dictionary->values.keys[code - 1] : TEXT_ABSENT;
}

/* A whole name that two records share falls into a bin by the product of its frequencies, three to
 * a factor of eight: 1 commonest .. 15 rarest. The bin is part of the pattern. */
enum { NAME_BINS = 16, NAME_BIN_SHIFT = 60, SCARCITY_MOST = 60 };
static inline unsigned name_bin(unsigned scarcity_given, unsigned scarcity_family)
{
	unsigned sum = scarcity_given + scarcity_family;
	unsigned bin = sum <= 22 ? 1 : 1 + (sum - 22) / 3;
	return bin < NAME_BINS ? bin : NAME_BINS - 1;
}
static inline unsigned pattern_level(uint64_t pattern, size_t column)
{
	return (unsigned)(pattern >> (4 * column)) & 15;
}
static inline unsigned pattern_name_bin(uint64_t pattern)
{
	return (unsigned)(pattern >> NAME_BIN_SHIFT);
}

/* ---- sources ------------------------------------------------------------------------------ */

enum { SOURCES_MOST = 48 }; /* rarer ones are taken together */
struct json_t;
struct blocks;
struct model;
/* What two records' sources and ages say; 0 before it is learned. */
unsigned sources_compare(const struct linking_table *table, const uint32_t *a, const uint32_t *b, uint64_t pattern);
/* What was learned, for the model's file: by the names of sources. NULL when nothing was. */
struct json_t *sources_json(const struct linking_table *table);
bool sources_read(struct linking_table *table, const struct json_t *root); /* NULL is fine */
/* Learns from candidate pairs, by a finished model; sets the column's levels in table and model, and finishes
 * the model again. */
void sources_learn(struct linking_table *table, const struct blocks *blocks, struct model *model,
		   const struct linking_settings *settings);

/* A column that follows from another says nothing more where that is the same already. */
static inline uint64_t leave_out_nested(const struct linking_table *table, uint64_t pattern)
{
	for (size_t c = 0; table->any_nested && c < table->column_count; c++) {
		if (!table->columns[c].nested_in || pattern_level(pattern, c) != LINKING_LEVEL_SAME)
			continue;
		for (uint32_t left = table->columns[c].nested_in; left; left &= left - 1) {
			if (pattern_level(pattern, (size_t)__builtin_ctz(left)) == LINKING_LEVEL_SAME) {
				pattern &= ~(UINT64_C(15) << (4 * c));
				break;
			}
		}
	}
	return pattern;
}

/* ---- comparing ---------------------------------------------------------------------------- */

/* Remembers the level of a pair of values; one for each thread. */
struct comparer {
	const struct linking_table *table;
	uint64_t *remembered[LINKING_COLUMNS];
	struct { /* what is looked at by code: on its way before two rows are compared */
		const char *by_code;
		size_t size;
		unsigned at;
	} expected[LINKING_COLUMNS];
	size_t expected_count;
};
void comparer_init(struct comparer *comparer, const struct linking_table *table);
void comparer_release(struct comparer *comparer);
uint64_t comparer_pattern(struct comparer *comparer, const uint32_t *a, const uint32_t *b);
/* Two rows will be compared soon. */
static inline void comparer_expect(const struct comparer *comparer, const uint32_t *a, const uint32_t *b)
{
	for (size_t i = 0; i < comparer->expected_count; i++) {
		unsigned at = comparer->expected[i].at;
		if (a[at] == b[at])
			continue;
		__builtin_prefetch(comparer->expected[i].by_code + comparer->expected[i].size * a[at]);
		__builtin_prefetch(comparer->expected[i].by_code + comparer->expected[i].size * b[at]);
	}
}

/* ---- pinned levels --------------------------------------------------------------------------- */

/* Once blocking is done, which goes by the columns' own kinds. LEVELS by column; NULL: none. */
void table_pin_levels(struct linking_table *table, const struct linking_levels *levels);
unsigned column_levels(const struct column *column); /* with "not known" */
const char *column_level_name(const struct column *column, unsigned level);
enum linking_kind column_own_kind(const struct column *column);
bool column_equal_is_best(const struct column *column); /* level 1 is for equal values only */
unsigned compare_pinned(const struct column *column, uint32_t a, uint32_t b);
unsigned compare_as_kind(const struct column *column, enum linking_kind kind, uint32_t a, uint32_t b);
/* Where EM starts, given where it does for the column's own kind. */
void pinned_start(double row[LINKING_LEVELS], const struct column *column, const double usual[LINKING_LEVELS]);
struct model;
void model_fix_pinned(struct model *model, const struct linking_table *table);
bool shared_in_household(enum linking_kind kind);

/* ---- blocking ------------------------------------------------------------------------------- */

/* What blocking looks at: for each row a lane for each key that some rule asks for (a date of birth, a family name's
 * sound ...), so that which rules hold for two rows is a few vector compares. A lane without a value holds
 * LANE_NONE and the row's number, which no other row has. A value that has a second key of the same lane (a double
 * family name), and further values of a column, are in a list beside it. */
enum { LANES = 60, LANE_STEP = 4, WAYS = 64, CROSSINGS = 4 };
static const uint32_t LANE_NONE = UINT32_C(1) << 31;

struct further_key {
	uint32_t lane, key;
};
struct lanes {
	size_t count, stride; /* stride: a multiple of LANE_STEP */
	uint32_t *at;         /* rows * stride */
	uint32_t *starts;     /* further keys of each row: further[starts[row] .. starts[row + 1]); NULL: none */
	struct further_key *further;
	unsigned char *flags; /* by row: enum row_flag */
	/* Pairs of lanes, of a given and a family name, that agree also when they have changed places. */
	unsigned crossing[CROSSINGS][2], crossing_count;
};
enum row_flag {
	ROW_FURTHER = 1, /* has further keys */
	ROW_DIVIDED = 2, /* is in a block that was too large */
	ROW_COPY = 4     /* one of many equal rows, and not the first of them: in no block */
};

/* One way in which a rule can hold: all of NEED agree; with ANY_ORDER also when the two names have changed places. */
struct way {
	unsigned rule, count, lanes[LINKING_PARTS];
	bool any_order;
	unsigned crossing; /* with ANY_ORDER: which of the lanes' crossings */
	unsigned near;     /* the lane that rows lie near each other by, LANES: none of them */
	uint64_t need;
};

struct way_blocks { /* block I: members[starts[I] .. starts[I + 1]), ascending rows */
	uint32_t *starts, *members, *keys;
	size_t count, capacity, member_count, member_capacity, key_capacity;
	uint64_t oversized, cut, pairs;
	uint32_t *divided_keys; /* keys of blocks that were divided, ascending */
	size_t divided_count, divided_capacity;
	uint64_t *parts; /* row and block, for the blocks that came of dividing; ascending */
	size_t part_count, part_capacity;
};

struct blocks {
	const struct linking_table *table;
	struct lanes lanes;
	struct way ways[WAYS];
	size_t way_count;
	struct way_blocks of[WAYS];
	uint64_t tables[(LANES + CROSSINGS + 7) / 8][256]; /* by eight lanes: alternatives that these do not rule out */
	unsigned table_count;
	unsigned way_of[WAYS]; /* of alternatives: a way in any order is two */
	uint32_t *copies;      /* of ROW_COPY rows: the row, and the first of the equal ones */
	size_t copy_count;
	uint64_t pairs; /* as if no pair were in two blocks */
};
void blocks_make(struct blocks *blocks, const struct linking_table *table, const struct linking_settings *settings,
		 struct linking_report *report);
void blocks_release(struct blocks *blocks);
/* The first rule that puts both rows in one block; -1: none. */
int blocks_rule(const struct blocks *blocks, uint32_t a, uint32_t b);

enum { TRAINING_PAIRS = 500000 }; /* about so many are enough, where settings do not say */

/* ---- the model --------------------------------------------------------------------------------- */

/* What is to be added to a weight for its probability, by weight: the middle of the first band, one apart. */
enum { CALIBRATION_KINDS = 9, CALIBRATION_BANDS = 13 };
static const float CALIBRATION_FROM = -5.5F;

typedef float score4 __attribute__((vector_size(16))); /* log2 of m, h, u, n */

struct model {
	double m[LINKING_COLUMNS][LINKING_LEVELS], h[LINKING_COLUMNS][LINKING_LEVELS],
		u[LINKING_COLUMNS][LINKING_LEVELS];
	/* Strangers of one name: alike in what goes with a name - sex, e-mail, middle names, part of town. */
	double n[LINKING_COLUMNS][LINKING_LEVELS];
	double prior_m, prior_h;
	/* Given and family names go together, by origin, and rare ones more than common ones: how much
	 * likelier it is than by chance that two strangers have both, by the bin of their rarity; [0] for
	 * names that agree but are not the same. */
	double names_together[NAME_BINS];
	bool households;
	double all_pairs, pinned_prior; /* pairs that the files allow; the prior that settings give, or 0 */
	size_t patterns;                /* seen in training */
	score4 score[LINKING_COLUMNS][16];
	float start_m, start_h, start_u;        /* log2 of the priors */
	float rarity_most, together[NAME_BINS]; /* log2 of names_together */
	bool calibrated;
	float calibration[CALIBRATION_KINDS][CALIBRATION_BANDS];
};
struct pattern_count {
	uint64_t pattern;
	double pairs;
};
void model_start(struct model *model, const struct linking_table *table, const struct linking_settings *settings);
/* u from random pairs. */
void model_sample_u(struct model *model, const struct linking_table *table, unsigned threads);
void model_train(struct model *model, const struct linking_table *table, const struct pattern_count *counts,
		 size_t count, double scale);
void model_finish(struct model *model, struct linking_table *table, bool rarity);
enum status model_read(struct model *model, struct linking_table *table, const char *json,
		       struct error *error) MUST_CHECK;

/* How many records a model was trained on. */
double linking_model_records(const char *json);

/* How far a weight can still go: what each level takes off the most that is possible, by column; at least, when two
 * values are known and not the same; for given and family name together, without and with names in each other's
 * place. The order is that in which comparing the other columns pays. */
struct limits {
	size_t count, order[LINKING_COLUMNS];
	float start; /* what may be taken off before the weight must be below what is wanted */
	float loss[LINKING_COLUMNS][16], least[LINKING_COLUMNS];
	float names[16][16], crossed[16][16];
	/* By four codes of a row: what they take off, for which are the same (low bits) and which are missing. */
	float by_codes[ROW_STEPS][256];
	unsigned steps;
};
void model_limits(struct limits *out, const struct model *model, const struct linking_table *table, float least);
/* As comparer_pattern(), but false, and only partly compared, when the weight is certainly below what is wanted. */
bool comparer_pattern_over(struct comparer *comparer, const struct limits *limits, const uint32_t *a, const uint32_t *b,
			   uint64_t *pattern);
/* The two halves of it. How far the weight can still go by what the codes alone say: missing, the same, or neither;
 * below 0 the pair is done. */
float limits_left(const struct limits *limits, const uint32_t *a, const uint32_t *b);
bool comparer_pattern_left(struct comparer *comparer, const struct limits *limits, float left, const uint32_t *a,
			   const uint32_t *b, uint64_t *pattern);

struct pair_score {
	float weight;   /* log2 odds, prior included */
	float evidence; /* log2 of m against the likelier of h and u, without prior */
};
/* False, and nothing computed, when the weight is certainly below LEAST. */
bool model_score(const struct model *model, const struct linking_table *table, const uint32_t *a, const uint32_t *b,
		 uint64_t pattern, float least, struct pair_score *out);
static inline double weight_probability(double weight)
{
	return 1 / (1 + __builtin_exp2(-weight));
}
/* As far as clusters have shown what such weights come to; see calibrate.c. */
double model_probability(const struct model *model, const struct linking_table *table, uint64_t pattern, double weight);
/* Whether given and family names are the same, or forms of the same. */
bool model_names_agree(const struct linking_table *table, uint64_t pattern);
/* Those, and initials and names swapped: what goes with a name goes with these. */
bool model_names_alike(const struct linking_table *table, uint64_t pattern);
/* log2 of m, h and u of each column, with the rarity of what both have; 0 where one does not know. */
void model_terms(const struct model *model, const struct linking_table *table, const uint32_t *a, const uint32_t *b,
		 uint64_t pattern, score4 terms[LINKING_COLUMNS]);
float add_log2(float a, float b); /* log2(2^a + 2^b) */

/* Why two records cannot be one person whatever the weight. */
enum linking_conflict {
	LINKING_NO_CONFLICT,
	LINKING_CONFLICT_NUMBER,        /* certain */
	LINKING_CONFLICT_BIRTH_AND_SEX, /* may come of one record's slips */
};
enum linking_conflict model_conflict(const struct linking_table *table, uint64_t pattern);
const char *model_conflict_name(enum linking_conflict conflict); /* NULL: none */
/* Whether the two could have been in conflict: both dates of birth are known. */
bool model_could_conflict(const struct linking_table *table, uint64_t pattern);

/* ---- scoring and clustering ----------------------------------------------------------------------- */

/* Whether the pair is none that the files allow: see linking_settings. */
static inline bool same_file(const struct linking_table *table, const struct linking_settings *settings, uint32_t a,
			     uint32_t b)
{
	if (!settings->link_only && !settings->clean_files)
		return false;
	unsigned x = table->files ? table->files[a] : 0, y = table->files ? table->files[b] : 0;
	return x == y && (settings->link_only || (settings->clean_files >> x & 1));
}
double comparable_pairs(const struct linking_table *table, const struct linking_settings *settings);

struct links {
	struct linking_link *at; /* a and b are rows here */
	size_t count, capacity;
};
void links_sort(struct links *links, unsigned threads); /* by a, then b */
enum status count_patterns(struct pattern_count **out, size_t *count, double *scale, const struct linking_table *table,
			   const struct blocks *blocks, const struct linking_settings *settings,
			   struct error *error) MUST_CHECK;
enum status score_pairs(struct links *out, const struct linking_table *table, const struct blocks *blocks,
			const struct model *model, const struct linking_settings *settings,
			struct linking_report *report, struct error *error) MUST_CHECK;

/* Rulings as rows of the table, a < b. */
struct constraint {
	uint32_t a, b, component;
	enum linking_verdict verdict;
};
struct constraints {
	struct constraint *at;
	size_t count;
};
void constraints_make(struct constraints *out, const struct linking_table *table,
		      const struct linking_settings *settings);
/* Puts the constraints in the order of components (lowest row of each, by row), "same" before "different". */
void constraints_by_component(struct constraints *constraints, const uint32_t *component_of);
void constraints_release(struct constraints *constraints);
/* The verdict on two rows; -1 without one. For constraints as they were made, before they were put in order. */
int constraints_verdict(const struct constraints *constraints, uint32_t a, uint32_t b);

struct clusters {
	uint32_t *of; /* row -> cluster */
	float *integrity;
	size_t count;
};
void clusters_make(struct clusters *out, struct links *links, const struct linking_table *table,
		   const struct model *model, const struct linking_settings *settings);
void clusters_release(struct clusters *clusters);
/* What the records of two groups say of each other, taken together; -1000 when it is forbidden. */
float rows_weight(const struct linking_table *table, const struct model *model, struct comparer *comparer,
		  const uint32_t *x, size_t x_count, const uint32_t *y, size_t y_count);
/* Learns how far the probabilities of pairs hold from what became of them in clusters; links' A and b are rows. */
void model_calibrate(struct model *model, const struct linking_table *table, const struct clusters *clusters,
		     const struct links *links, unsigned threads);
struct json_t *calibration_json(const struct model *model);
bool calibration_read(struct model *model, const struct json_t *kinds); /* NULL is fine */

struct linking_run {
	struct linking_table *table;
	struct blocks blocks;
	struct model model;
	struct links links;
	struct clusters clusters;
	struct linking_report report;
	struct linking_settings settings; /* of what it points to, nothing may be used after the run */
};

double linking_seconds(void);

#endif
