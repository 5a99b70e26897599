/* Who must be protected, derived from what the feeds and the gazetteer say.
 *
 * After every refresh the profile's restrictions are asked again of the current facts:
 *
 * - a resident is marked when a row of one of the restriction's feeds meets its condition. One that hides the
 *   resident (an adoption) still counts when the source has stopped delivering the row, because protection
 *   must not lapse in silence; one that hides an address counts while the row is current;
 * - a hidden address is hidden for everyone of the household, else a sister would give it away;
 * - a restriction on classes of property (a refuge) marks the properties and whoever lives there now.
 *
 * The marks go to policy's table (policy.h), where the one predicate finds them.
 */
#ifndef HOUSEHOLD_RESTRICTIONS_H
#define HOUSEHOLD_RESTRICTIONS_H

#include "profile/profile.h"
#include "store/store.h"

/* Replaces all derived marks, in one transaction. Run it after households were derived. *MARKS (may be NULL) is
 * how many there are now. */
enum status restrictions_refresh(const struct profile *profile, struct store *data, date today, int64_t *marks,
				 struct error *error) MUST_CHECK;

#endif
