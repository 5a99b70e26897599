/* Households through time, from stays: pure.
 *
 * A stay is one resident at one property from one day to another.  Stays that overlap at a property are one spell of a
 * household there (at a property that is not one household's: those of one family).  When most of a spell's members
 * move on to the same next property, the household moves with them; who goes elsewhere separates from it.
 *
 *     history_make(&history, stays, count);        // sorts stays, fills spell and household
 *     ... ids by history.households ...
 *     history_tell(&history, ids, today);          // what became of each
 *     history_release(&history);
 */
#ifndef HOUSEHOLD_HISTORY_H
#define HOUSEHOLD_HISTORY_H

#include "household/household.h"

struct stay {
	int64_t resident_id, property_id;
	int sequence;  /* of the residence */
	date from, to; /* to: DATE_UNKNOWN while it goes on */
	uint64_t families[HOUSEHOLD_FAMILIES];
	date born;
	uint32_t present; /* of those that go on: number of the household as households_make() has it */
	bool apart;       /* the property is not one household's */
	bool second;      /* a second home: in the household, and no part of its history */
	bool died;        /* the stay ended with a death */
	const char *kind, *certainty, *why;
	uint32_t spell, household; /* filled */
};
enum { NO_HOUSEHOLD = UINT32_MAX };

struct household_event {
	uint32_t household;
	date on; /* DATE_UNKNOWN: not known */
	const char *what;
	int64_t resident_id, other_household_id, property_id; /* 0: none */
};

struct history {
	struct stay *stays; /* by resident, then in time */
	size_t count, households;
	struct household_event *events; /* by household, in order */
	size_t event_count, event_capacity;
	struct spell *spells;
	size_t spell_count;
};

/* Takes STAYS and sorts them; those that contradict a better one are left out. */
void history_make(struct history *out, struct stay *stays, size_t count);
/* IDS: by household. */
void history_tell(struct history *history, const int64_t *ids);
void history_release(struct history *history); /* not the stays */

#endif
