/* The workspace's people as columns of a linking table. */
#ifndef LINKING_PEOPLE_H
#define LINKING_PEOPLE_H

#include "linking/linking.h"

struct reading;
struct store;
struct vault;

enum people_column {
	PEOPLE_GIVEN,
	PEOPLE_MIDDLE,
	PEOPLE_FAMILY,
	PEOPLE_SUFFIX,
	PEOPLE_BIRTH,
	PEOPLE_SEX,
	PEOPLE_PLACE,
	PEOPLE_PHONE,
	PEOPLE_EMAIL,
	PEOPLE_NHS,
	PEOPLE_NI,
	PEOPLE_UPN,
	PEOPLE_SOURCE,
	PEOPLE_COLUMNS
};
extern const struct linking_column people_columns[PEOPLE_COLUMNS];

struct people {
	struct linking_table *table;
	int64_t *records; /* record ids, ascending; index: number in the table */
	size_t count;
};
/* All records of the reading, whose addresses have been matched; also those of which no more than a number is known. */
void people_make(struct people *out, const struct reading *reading);
/* Only these records: for an explanation. */
enum status people_read_some(struct people *out, struct store *data, const struct vault *vault, const int64_t *records,
			     size_t count, struct error *error) MUST_CHECK;
void people_release(struct people *people); /* not the table */

#endif
