/* What followed, for everybody together: the evaluation of what was tried.
 *
 *     struct interventions_report report;
 *     status = interventions_refresh(policy, profile, data, date_today(), &report, &error);      // at each refresh
 *     status = interventions_read(&compared, &count, profile, data, &arena, &error);             // for a page
 *
 * For each intervention of the profile: how many finished long enough ago that what followed is known, and after how
 * many of them each event of its `followed_by` came.  Counts only, kept without anybody's id; of fewer than
 * SUMMARY_CASES_LEAST cases nothing is kept. Residents who are protected, objected or had processing restricted are not
 * counted, and nothing is that no agreement lets be used for measures.  It compares nothing like with like: whoever
 * shows it says so.
 */
#ifndef INSIGHT_INSIGHT_H
#define INSIGHT_INSIGHT_H

#include "policy/policy.h"
#include "view/summary.h"

struct interventions_report {
	size_t interventions; /* of which something is told */
	int64_t cases;
};
/* In a transaction of its own. */
enum status interventions_refresh(struct policy *policy, const struct profile *profile, struct store *data, date today,
				  struct interventions_report *report, struct error *error) MUST_CHECK;
enum status interventions_read(const struct summary_comparison **out, size_t *count, const struct profile *profile,
			       struct store *data, struct arena *arena, struct error *error) MUST_CHECK;

#endif
