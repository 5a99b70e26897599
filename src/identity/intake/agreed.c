/* An extract brings only what an agreement in force lets the council hold here. */
#include "intake/intake_int.h"

#include "policy/policy.h"

static bool is_covered(const struct intake *intake, const struct profile_feed *feed,
		       const struct profile_element *element)
{
	const struct profile *profile = intake->settings.profile;
	if (intake->settings.policy)
		return policy_may_hold(intake->settings.policy, feed, element, intake->today);
	for (size_t i = 0; i < profile->agreements.count; i++) {
		const struct profile_agreement *agreement = &profile->agreements.at[i];
		if (agreement_runs(agreement, intake->today) && agreement_holds(profile, agreement, feed, element))
			return true;
	}
	return false;
}

static void name_element(char *names, size_t size, size_t *count, const struct profile_element *element)
{
	size_t at = strlen(names);
	if (strstr(names, element->id.at))
		return;
	if (++*count <= 5)
		snprintf(names + at, size - at, "%s%s", at ? ", " : "", element->id.at);
}

bool extract_is_agreed(const struct intake *intake, const struct profile_feed *feed, char *reason, size_t size)
{
	const struct plan *plan = &intake->plans[feed->number];
	char names[300] = "";
	size_t count = 0;
	if (feed->delete_by != DATE_UNKNOWN && feed->delete_by < intake->today) {
		char day[DATE_TEXT_SIZE];
		snprintf(reason, size, "This feed was lent until %s and may not be loaded any more",
			 date_format_iso(feed->delete_by, day));
		return false;
	}
	for (size_t i = 0; i < plan->slot_count; i++) {
		if (!is_covered(intake, feed, plan->slots[i].element))
			name_element(names, sizeof names, &count, plan->slots[i].element);
	}
	if (count == 0)
		return true;
	snprintf(reason, size,
		 "No agreement in force covers %s%s of the feed %s. Agree it, or mark the column `ignore: true`", names,
		 count > 5 ? " and others" : "", feed->id.at);
	return false;
}
