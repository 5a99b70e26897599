/* A whole CSV file as columns of codes: for those who work by the column.
 *
 *     struct csv_columns *file;
 *     status = csv_columns_read(&file, path, &format, 0, &error);
 *     for (size_t c = 0; c < file->count; c++)
 *             ... file->at[c].header, .values[code - 1], .codes[row]
 *     csv_columns_free(file);
 *
 * The file is cut into as many parts as there are threads, at line ends; each thread reads its own and numbers the
 * values it meets, and the numbers are then made one by column. A cut inside a quoted field shows as an open
 * quote, and the file is then read in one. The columns do not depend on the number of threads.
 *
 * Values are numbered in the order in which they first appear. A column that hardly repeats itself (identifiers,
 * e-mail addresses) is not searched for what it holds already: it then has a value of its own
 * for each row, and equal ones may be there twice.
 */
#ifndef INTAKE_CSV_COLUMNS_H
#define INTAKE_CSV_COLUMNS_H

#include "base/values.h"
#include "intake/csv.h"

struct csv_column {
	struct text header;
	struct values values;
	uint32_t *codes; /* by row: 0 where the field is empty or missing, else the value is values.keys[code - 1] */
	bool repeats;    /* values are there once each */
};

enum { CSV_FLAWS_TOLD = 20 };
struct csv_columns {
	struct csv_column *at;
	size_t count, rows;
	/* Rows that are not as they should be. They are read as far as they go; fields behind the last column
	 * are left out. */
	uint64_t flawed;
	size_t told;
	struct {
		uint64_t line;
		unsigned flaws; /* enum csv_flaw; 0: too few or too many fields */
		size_t fields;
	} flaws[CSV_FLAWS_TOLD]; /* the first */
	struct arena arena;
};

/* THREADS 0: all processors. A file without a row has no columns. */
enum status csv_columns_read(struct csv_columns **out, const char *path, const struct csv_format *format,
			     unsigned threads, struct error *error) MUST_CHECK;
void csv_columns_free(struct csv_columns *columns); /* values are wiped; NULL is fine */
/* Gives back one column's memory, when its values live elsewhere. */
void csv_column_release(struct csv_column *column);

#endif
