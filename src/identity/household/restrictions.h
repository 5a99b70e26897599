/* Who must be protected, derived from what the feeds and the gazetteer say.
 *
 * After every refresh the profile's restrictions are asked again of the current facts:
 *
 * - a resident is marked when a row of one of the restriction's feeds meets its condition. Protection must not
 *   lapse in silence: one that hides the resident (an adoption) still counts when the source has stopped
 *   delivering the row, and ends when the source says otherwise; one that hides an address outlives its row, whether
 *   that ended or changed, by the days of `keeps`, or until a person lifts it (policy_release_mark());
 * - where the restriction `marks: property`, the property of the row's address is marked, and whoever lives there: a
 *   list of addresses (feeds `about: properties`), or a placement in a refuge that the gazetteer does not know as one;
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
