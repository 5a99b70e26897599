/* What the files that make the engine's table share. */
#ifndef MATCHING_PREPARE_INT_H
#define MATCHING_PREPARE_INT_H

#include "clean/postcode.h"
#include "matching/matching_int.h"

struct target { /* one of the engine's columns; several columns of a file may feed it */
	enum linking_kind kind;
	enum meaning meaning; /* of text and identifiers */
	struct text header;   /* folded; where a file has several of the meaning */
};

struct plan {
	struct matching *matching;
	struct target targets[LINKING_COLUMNS];
	size_t count;
	bool british; /* addresses and postcodes become one place */
};

void plan_make(struct plan *plan);
/* LINKING_COLUMNS when there is none. */
size_t plan_target(const struct plan *plan, enum linking_kind kind);
/* Of MEANING_BIRTH or MEANING_DEATH. */
size_t plan_date_target(const struct plan *plan, enum meaning meaning);
/* Of texts and identifiers: the target of a column of the file. */
size_t plan_text_target(const struct plan *plan, const struct source *source, size_t column);

/* ---- a column's values, cleaned --------------------------------------------------------------------- */

enum { MOST_PRODUCTS = 5, CLEAN_CHUNK = 4096 };

struct product { /* what a column gives one of the engine's columns: by code - 1 */
	size_t target;
	struct text *values;
	bool any;
};

struct cleaning {
	const struct plan *plan;
	const struct source *source;
	const struct source_column *column;
	struct product products[MOST_PRODUCTS];
	size_t product_count;
	struct arena *arenas; /* by chunk */
	bool *windows_1252;   /* by chunk: of values that are not ASCII, some are */
	bool *utf8;           /* by chunk: and some are UTF-8 */
	date today;
};

void cleaning_run(struct cleaning *job, size_t column, unsigned threads);
void cleaning_release(struct cleaning *job);

/* ---- values of several columns, a value a record --------------------------------------------------------- */

struct made {
	struct arena *arenas; /* by chunk */
	size_t chunks;
	struct text *values;
	uint32_t *codes; /* 1, 2, 3 ... */
};

/* What a file gives the engine's columns; by target until the columns are known. */
struct file_parts {
	struct linking_bulk *at;
	size_t count, capacity;
};
void file_parts_add(struct file_parts *parts, size_t target, const struct text *values, size_t count,
		    const uint32_t *codes);

struct ages {
	uint32_t *codes; /* by row: the age and one; 0: not known. NULL: the file has no ages, or needs none */
};
void ages_read(struct ages *ages, const struct source *source);
void ages_release(struct ages *ages);
/* Turns the ages of all files into years of birth, once everything else is read. */
void ages_settle(struct plan *plan, struct file_parts *const parts[], const struct ages *const ages[]);

/* Gives columns of two files that hold the same one meaning and mark, where headers do not. */
void align_columns(struct matching *matching);

/* The whole number in a row, or the month by number or name; 0: none. */
int number_at(const struct source_column *column, size_t row, bool month);
void made_births(struct made *made, const struct source *source, unsigned threads);
void made_places(struct made *made, const struct source *source, unsigned threads);
void made_release(struct made *made);

/* As much of a British postcode as there is; absent when IN is none. */
struct text clean_postcode_value(char out[POSTCODE_SIZE], struct text in);
const struct source_column *column_of(const struct source *source, enum meaning meaning); /* the first, or NULL */

#endif
