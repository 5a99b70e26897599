/* The workspace's people as columns, read from the vault. */
#ifndef LINKING_PEOPLE_H
#define LINKING_PEOPLE_H

#include "linking/linking.h"

struct profile;
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
	size_t count, capacity;
};
/* All records of the sources that hold people, also those of which no more than a number is known. */
enum status people_read(struct people *out, struct store *data, const struct vault *vault,
			const struct profile *profile, const atomic_bool *stop, struct error *error) MUST_CHECK;
/* Only these records: for an explanation. */
enum status people_read_some(struct people *out, struct store *data, const struct vault *vault, const int64_t *records,
			     size_t count, struct error *error) MUST_CHECK;
void people_release(struct people *people); /* not the table */

#endif
