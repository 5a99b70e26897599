/* "Why can, or why can't, this person see that?", in words for whoever asked: the agreement, the clause and the rule.
 *
 *     const struct policy_question question = {&viewer, NULL, element, date_today()};
 *     policy_explain(&reasons, &count, policy, &question, &arena);
 *
 * It speaks of the element in each feed that has it; without bounds of no resident, and tells nothing about anybody.
 * With the bounds of one it says also what they objected to or consented to. Whether a resident may be spoken of at all
 * is policy_may_know_of() and policy_why_unknown(), which the caller asks first.
 */
#ifndef POLICY_EXPLAIN_H
#define POLICY_EXPLAIN_H

#include "base/arena.h"
#include "policy/policy.h"

struct policy_reason {
	const struct profile_feed *feed;
	struct policy_decision decision;
	struct text words;  /* one to four sentences */
	struct text clause; /* what the clause says; absent */
};

struct policy_question {
	const struct viewer *viewer;        /* whose purpose may be missing */
	const struct policy_bounds *bounds; /* NULL: of no resident */
	const struct profile_element *element;
	date on;
};
/* One for each feed that has the element, in the profile's order. */
void policy_explain(struct policy_reason **out, size_t *count, struct policy *policy,
		    const struct policy_question *question, struct arena *arena);

#endif
