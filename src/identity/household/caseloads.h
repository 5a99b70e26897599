/* Who works with whom now, by the rows of the feeds that say so (`caseload` of a feed). Goes to policy's table, by
 * record. */
#ifndef HOUSEHOLD_CASELOADS_H
#define HOUSEHOLD_CASELOADS_H

#include "profile/profile.h"
#include "store/store.h"

/* Replaces all, in one transaction. *COUNT (may be NULL): how many rows say who works with somebody. */
enum status caseloads_refresh(const struct profile *profile, struct store *data, date today, int64_t *count,
			      struct error *error) MUST_CHECK;

#endif
