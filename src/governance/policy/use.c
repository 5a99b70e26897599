#include "policy/policy_int.h"

/* The gates without a viewer: what may be held, and what may be used for what. */

static enum policy_rule rule_of(const struct policy *policy, const struct profile_agreement *agreement,
				const struct profile_feed *feed, const struct profile_element *element,
				enum element_use use, date on, const struct profile_cover **cover)
{
	bool runs = agreement_runs(agreement, on) && !policy_has_ended(&policy->facts, agreement);
	if (agreement_lets_use(policy->profile, agreement, feed, element, use, cover))
		return runs ? POLICY_RULE_AGREEMENT : POLICY_RULE_AGREEMENT_ENDED;
	if (!runs || !agreement_holds(policy->profile, agreement, feed, element))
		return POLICY_RULE_NO_AGREEMENT;
	return element->category == CATEGORY_PROTECTED && element->uses & (unsigned)use ? POLICY_RULE_MONITORING
											: POLICY_RULE_OTHER_USE;
}

/* Which of two refusals is told. */
static int telling(enum policy_rule rule)
{
	return rule == POLICY_RULE_AGREEMENT                                     ? 3
	       : rule == POLICY_RULE_AGREEMENT_ENDED                             ? 1
	       : rule == POLICY_RULE_MONITORING || rule == POLICY_RULE_OTHER_USE ? 2
										 : 0;
}

struct policy_decision policy_may_use(struct policy *policy, const struct profile_agreement *agreement,
				      const struct profile_feed *feed, const struct profile_element *element,
				      enum element_use use, date on)
{
	const struct profile *profile = policy->profile;
	struct policy_decision best = {.verdict = POLICY_REFUSE, .rule = POLICY_RULE_NO_AGREEMENT};
	pthread_rwlock_rdlock(&policy->facts_lock);
	for (size_t i = 0; i < profile->agreements.count; i++) {
		const struct profile_agreement *one = &profile->agreements.at[i];
		const struct profile_cover *cover = NULL;
		if (agreement && one != agreement)
			continue;
		enum policy_rule rule = rule_of(policy, one, feed, element, use, on, &cover);
		if (telling(rule) > telling(best.rule))
			best = (struct policy_decision){rule == POLICY_RULE_AGREEMENT ? POLICY_ALLOW : POLICY_REFUSE,
							rule, one, cover};
	}
	pthread_rwlock_unlock(&policy->facts_lock);
	return best;
}

bool policy_may_hold(struct policy *policy, const struct profile_feed *feed, const struct profile_element *element,
		     date on)
{
	const struct profile *profile = policy->profile;
	bool may = false;
	pthread_rwlock_rdlock(&policy->facts_lock);
	for (size_t i = 0; i < profile->agreements.count && !may; i++) {
		const struct profile_agreement *one = &profile->agreements.at[i];
		may = agreement_runs(one, on) && !policy_has_ended(&policy->facts, one) &&
		      agreement_holds(profile, one, feed, element);
	}
	pthread_rwlock_unlock(&policy->facts_lock);
	return may;
}

uint32_t policy_standings(struct policy *policy)
{
	uint64_t standing = 0;
	pthread_rwlock_rdlock(&policy->facts_lock);
	for (size_t i = 0; policy->facts.ended && i <= policy->profile->agreements.count / 64; i++)
		if (policy->facts.ended[i])
			standing = hash_mix(standing ^ hash_mix(policy->facts.ended[i] + i));
	pthread_rwlock_unlock(&policy->facts_lock);
	return (uint32_t)(standing >> 32 ^ standing);
}
