/* Whether what a list says may be handed on, for another purpose than the list's. */
#include "casework/lists.h"

/* Rows of a feed are used by being counted, also where no condition asks for one of its elements. */
static bool any_of_feed(struct policy *policy, const struct list_use *use, const struct profile_feed *feed)
{
	for (size_t c = 0; c < feed->column_count; c++) {
		const struct profile_element *element = feed->columns[c].element;
		if (element &&
		    policy_may_use(policy, use->agreement, feed, element, use->use, use->on).verdict == POLICY_ALLOW)
			return true;
	}
	return false;
}

bool list_may_serve(struct policy *policy, const struct profile_list *list, const struct list_use *use,
		    struct list_shortfall *short_of)
{
	*short_of = (struct list_shortfall){0};
	if (!policy_agreement_runs(policy, use->agreement, use->on) ||
	    !agreement_has_purpose(use->agreement, use->purpose))
		return false;
	for (size_t g = 0; g < list->group_count; g++) {
		const struct profile_group *group = &list->groups[g];
		for (size_t f = 0; f < group->feed_count; f++) {
			*short_of = (struct list_shortfall){group->feeds[f], NULL};
			if (!any_of_feed(policy, use, group->feeds[f]))
				return false;
			for (size_t i = 0; i < group->when.count; i++) {
				short_of->element = group->when.comparisons[i].left;
				if (feed_column(group->feeds[f], short_of->element) &&
				    policy_may_use(policy, use->agreement, group->feeds[f], short_of->element, use->use,
						   use->on)
						    .verdict != POLICY_ALLOW)
					return false;
			}
		}
	}
	return true;
}

bool list_row_may_serve(const struct list_row *row, const struct profile_list *list, struct policy *policy,
			const struct list_use *use)
{
	if (!list_row_is_open(row, list, policy))
		return false;
	for (size_t i = 0; i < row->member_count; i++) {
		const struct policy_bounds bounds =
			policy_bounds_of(policy, POLICY_RESIDENT, row->members[i].resident_id);
		if (!policy_may_count(policy, &bounds, use->purpose, use->agreement))
			return false;
	}
	return true;
}
