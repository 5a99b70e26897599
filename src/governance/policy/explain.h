/* "Why can, or why can't, this person see that?", in words for whoever asked: the agreement, the clause and the rule.
 *
 *     policy_explain(&reasons, &count, policy, &viewer, element, date_today(), &arena);
 *
 * It speaks of the element in each feed that has it, and of no resident: what it says tells nothing about anybody.
 * Whether a resident may be spoken of at all is policy_may_know_of(), which the caller asks first.
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

/* One for each feed that has ELEMENT, in the profile's order. VIEWER's purpose may be missing. */
void policy_explain(struct policy_reason **out, size_t *count, struct policy *policy, const struct viewer *viewer,
		    const struct profile_element *element, date on, struct arena *arena);

#endif
