/* What the files of matching share. */
#ifndef MATCHING_MATCHING_INT_H
#define MATCHING_MATCHING_INT_H

#include "base/arena.h"
#include "base/memory.h"
#include "base/progress.h"
#include "matching/matching.h"

/* ---- scanning: bytes into fields -------------------------------------------------------------------- */

enum { SCAN_BEHIND = 64, MOST_COLUMNS = 1024 };

struct dialect {
	char delimiter, quote, line;
};

/* FIELD_DOUBLED: quotes inside are doubled. */
enum { FIELD_DOUBLED = UINT32_C(1) << 31, FIELD_LONGEST = 1 << 20 };
struct field {
	uint32_t at, len; /* from the first byte that was scanned */
};

struct scanned {
	struct field *fields; /* rows * columns */
	size_t rows, field_capacity;
	uint64_t lines;                                          /* line ends that were passed */
	size_t end;                                              /* where the next row would begin */
	uint64_t short_rows, long_rows, first_short, first_long; /* lines from 1, counted from where scanning began */
	uint64_t too_long, first_too_long;
	uint64_t open_quote; /* a quote that does not close opens on this line; 0: none */
};
/* Rows that begin in BYTES[FROM .. STOP), at most MOST; up to SCAN_BEHIND bytes behind SIZE are looked at. OUT may have
 * been used before. */
void scan_rows(struct scanned *out, const char *bytes, size_t size, size_t from, size_t stop, size_t most,
	       size_t columns, struct dialect dialect);
void scanned_release(struct scanned *scanned);
/* How many fields the row at FROM has. */
size_t scan_width(const char *bytes, size_t size, size_t from, struct dialect dialect);
uint64_t count_byte(const char *bytes, size_t size, char wanted);

/* ---- a file ------------------------------------------------------------------------------------------------ */

struct raw { /* a distinct value, as it stands in the file's bytes */
	const char *at;
	uint32_t len; /* and FIELD_DOUBLED */
};

struct source_column {
	struct matching_column is;
	struct raw *values; /* [1 ..= count]; code 0 is empty */
	size_t count;
	uint32_t *codes;  /* by row */
	struct text mark; /* the column of another file that it is one with, by its header; see align_columns() */
};

struct source_piece { /* part of a file that one thread reads */
	size_t from, to;
	size_t first_row, rows;
	uint64_t lines;
	char *ids; /* one after another */
	uint32_t *id_ends;
};

struct source {
	const char *path;
	struct text name;
	char *bytes; /* freed once the values are cleaned */
	size_t size;
	size_t body; /* where the rows begin */
	struct dialect dialect;
	bool has_header, clean;
	struct source_column *columns;
	size_t column_count, id_column, truth_column;
	struct source_piece *pieces;
	size_t piece_count;
	size_t rows, first_record;
	bool windows_1252, utf8; /* of values that are not ASCII */
};

struct sample {              /* some rows from all over a file */
	struct text *values; /* rows * columns, in the arena */
	size_t rows, columns;
};

struct matching {
	struct matching_options options;
	struct arena arena;
	struct source *sources;
	size_t source_count, records;
	struct matching_warning *warnings;
	size_t warning_count, warning_capacity;
	struct pinned *pinned; /* settings; NULL: none */
	struct linking_column columns[LINKING_COLUMNS];
	enum meaning meanings[LINKING_COLUMNS]; /* of compared columns that are text or a number */
	size_t column_count;
	uint64_t *entities; /* by record, a hash of the truth, 0 unknown; NULL: settings name none */
	bool all_same;      /* no column tells two records apart */
	struct linking_settings linking;
	struct linking_table *table; /* until the run takes it */
	struct linking_run *run;
	char *model_text;
	double seconds_read, seconds_prepare, seconds_link;
};

double matching_seconds(void);
void matching_warn(struct matching *matching, const struct source *source, uint64_t line, const char *format, ...)
	PRINTF_LIKE(4, 5);
enum status matching_stopped(const struct matching *matching, struct error *error) MUST_CHECK;

/* Bytes, dialect, header; columns without meaning. */
enum status source_open(struct matching *matching, struct source *source, const char *path,
			struct error *error) MUST_CHECK;
void source_sample(struct matching *matching, const struct source *source, size_t rows, struct sample *out);
/* All rows, once it is known which columns are wanted. */
enum status source_read(struct matching *matching, struct source *source, struct error *error) MUST_CHECK;
void source_forget_bytes(struct source *source);
void source_release(struct source *source);
struct text source_id(const struct source *source, size_t row, char room[24]);
/* As UTF-8 without doubled quotes; OUT is cleared. A value in neither encoding's text stays readable. */
struct text raw_text(struct buf *out, struct raw raw, bool *windows_1252);

/* ---- understanding columns --------------------------------------------------------------------------------- */

enum header_place { HEADER_UNKNOWN, HEADER_LIKELY, HEADER_SURE };
/* What a header by itself says; *OTHER is true for a relative's or a worker's value. */
enum header_place header_meaning(struct text header, enum meaning *meaning, bool *not_the_person);
size_t header_fold(char *out, size_t cap, struct text header); /* "DateOfBirth" is "date of birth" */
bool header_is_usual_id(struct text header, size_t rank);      /* unique_id, rec_id, record_id, id */
enum { USUAL_IDS = 4 };

enum word_kind { WORD_GIVEN, WORD_FAMILY, WORD_PLACE, WORD_STREET, WORD_OCCUPATION, WORD_REGION, WORD_KINDS };
bool word_is(enum word_kind kind, struct text folded);

struct look { /* what a column's values are like: shares of those that are filled */
	size_t rows, filled, distinct;
	double length, words, most_length;
	double digits_only, letters_only, any_digit;
	double email, phone, nhs, ni, upn, postcode, sex, title, encoding;
	double date, year, month, day, day_first, month_first, year_first;
	double given, family, two_names, place, region, street, house, occupation;
	double largest_share; /* of the commonest value */
	unsigned encoded;     /* enum encoded_part, of encodings */
	double year_middle;   /* median year of the dates */
	bool counts_up;       /* whole numbers, each one more than the last */
};
void look_at(struct look *out, const struct sample *sample, size_t column);
void infer_columns(struct matching *matching, struct source *source, const struct sample *sample);
/* The columns of all files together: what clashes, what only one file has. */
void infer_across(struct matching *matching);

/* ---- dates of birth ------------------------------------------------------------------------------------------ */

struct birth_parts {
	int year, month, day; /* 0: not known */
};
/* Reads a date in almost any form. ORDER decides what the form leaves open. */
bool birth_read(struct text value, enum date_order order, struct birth_parts *out);
/* Year only, or month and year: the first of January is taken for "only the year is known". */
date birth_date(const struct birth_parts *parts);

/* ---- making the table ------------------------------------------------------------------------------------------ */

/* "matching.encodings": the files' encodings are not all of one key and setting. */
enum status check_marks(const struct matching *matching, struct error *error) MUST_CHECK;
enum status prepare_table(struct matching *matching, struct error *error) MUST_CHECK;

/* ---- settings ---------------------------------------------------------------------------------------------------- */

enum status pinned_read(struct matching *matching, const char *path, struct error *error) MUST_CHECK;
/* Meanings and orders that the settings name, over those inferred. */
enum status pinned_apply(struct matching *matching, struct source *source, struct error *error) MUST_CHECK;
/* What only all files together can show. */
enum status pinned_check(const struct matching *matching, struct error *error) MUST_CHECK;
/* Rules and comparisons, once it is known what is compared. */
enum status pinned_linking(struct matching *matching, struct error *error) MUST_CHECK;
const char *pinned_id(const struct matching *matching);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

struct out { /* a file that appears whole or not at all */
	const char *path;
	char temporary[4096];
	int fd;
	bool direct; /* standard output, a pipe: nothing to rename */
};
enum status out_open(struct out *out, const char *path, struct error *error) MUST_CHECK;
enum status out_write(struct out *out, struct text content, struct error *error) MUST_CHECK;
enum status out_commit(struct out *out, struct error *error) MUST_CHECK;
void out_abandon(struct out *out);

#endif
