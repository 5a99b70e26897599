/* A table brought to what it should hold, by writing only what differs.
 *
 * Result tables are derived anew as a whole, and most of their rows are as they were. The rows that
 * the table holds are read once and compared; rows that are new, gone or other are inserted,
 * deleted and updated.  An empty table is simply filled.
 *
 *     static const struct difference_table residents = {
 *             .name = "resident_record", .keys = {"record_id"}, .values = {"resident_id"}};
 *     status = store_write_difference(store, &residents, rows, give_row, context, &counts, &error);
 *
 * GIVE fills the cells of row I, keys first; it must give the same each time. Keys must be unique.
 * Inside the caller's transaction.
 */
#ifndef STORE_DIFFERENCE_H
#define STORE_DIFFERENCE_H

#include "store/store.h"

enum { DIFFERENCE_KEYS = 5, DIFFERENCE_VALUES = 8, DIFFERENCE_CELLS = DIFFERENCE_KEYS + DIFFERENCE_VALUES };

enum cell_type { CELL_INT, CELL_DOUBLE, CELL_TEXT, CELL_NULL };
struct cell {
	enum cell_type type;
	int64_t integer;
	double real;
	struct text text; /* lives until the next row is asked for */
};
static inline struct cell cell_int(int64_t value)
{
	return (struct cell){.type = CELL_INT, .integer = value};
}
static inline struct cell cell_double(double value)
{
	return (struct cell){.type = CELL_DOUBLE, .real = value};
}
static inline struct cell cell_text(struct text value) /* absent is null */
{
	return (struct cell){.type = text_is_absent(value) ? CELL_NULL : CELL_TEXT, .text = value};
}
static inline struct cell cell_null(void)
{
	return (struct cell){.type = CELL_NULL};
}

struct difference_table {
	const char *name;
	const char *keys[DIFFERENCE_KEYS + 1];     /* integers, never null; ended by NULL */
	const char *values[DIFFERENCE_VALUES + 1]; /* ended by NULL */
	const char *where;                         /* only rows of the table that meet this are looked at; NULL: all */
	bool keep;                                 /* rows that GIVE does not give stay */
};
struct difference_counts {
	size_t inserted, updated, deleted, same;
};
typedef void difference_row(const void *context, size_t row, struct cell cells[DIFFERENCE_CELLS]);
/* *COUNTS may be NULL. */
enum status store_write_difference(struct store *store, const struct difference_table *table, size_t rows,
				   difference_row *give, const void *context, struct difference_counts *counts,
				   struct error *error) MUST_CHECK;

#endif
