/* Where each table that may speak of a resident is in a copy, or why it is not. A test holds it against the tables that
 * erasure knows (erasure.h): whoever adds one says both. */
#ifndef RIGHTS_COPIED_H
#define RIGHTS_COPIED_H

#include <stddef.h>

struct copied_table {
	const char *table;
	const char *in;  /* the part of the copy, or NULL */
	const char *why; /* it is not */
};
extern const struct copied_table copied_tables[];
extern const size_t copied_table_count;

#endif
