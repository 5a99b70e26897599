/* How much the workspace holds: for `oneview status` and the status page. */
#ifndef HOUSEHOLD_COUNTS_H
#define HOUSEHOLD_COUNTS_H

#include "store/store.h"

struct state_counts {
	int64_t extracts, records, facts, quarantined; /* loaded extracts; clients; current rows; rows turned away */
	int64_t residents, properties, households;     /* those there are now */
};
enum status state_counts_read(struct state_counts *out, struct store *data, struct error *error) MUST_CHECK;

#endif
