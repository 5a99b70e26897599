/* "Why can, or can't, I see this?": the agreement, the clause and the rule, in words. Speaks of no resident. */
#include "web/pages/pages.h"

#include "policy/explain.h"

static void put_choices(struct visit *visit, struct text element, struct text purpose)
{
	struct value *elements = put_array(visit->document, "elements");
	for (size_t i = 0; i < visit->profile->elements.count; i++)
		put_option(elements, visit->profile->elements.at[i].id, visit->profile->elements.at[i].title, element);
	struct value *purposes = put_array(visit->document, "purposes");
	for (size_t i = 0; i < visit->viewer.role->purpose_count; i++)
		put_option(purposes, visit->viewer.role->purposes[i]->id, visit->viewer.role->purposes[i]->title,
			   purpose);
}

static void put_reasons(struct visit *visit, const struct profile_element *element,
			const struct profile_purpose *purpose)
{
	size_t count;
	struct policy_reason *reasons;
	struct viewer viewer = visit->viewer;
	viewer.purpose = purpose;
	const struct policy_question question = {&viewer, NULL, element, date_today()};
	policy_explain(&reasons, &count, visit->snapshot->policy, &question, visit->arena);
	struct value *rows = put_array(visit->document, "reasons");
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(rows);
		const struct profile_agreement *agreement = reasons[i].decision.agreement;
		put_text(row, "feed", reasons[i].feed->title);
		put_bool(row, "allowed", reasons[i].decision.verdict == POLICY_ALLOW);
		put_text(row, "words", reasons[i].words);
		put_text(row, "clause", reasons[i].clause);
		put_bool(row, "has_agreement", agreement != NULL);
		if (agreement)
			put_format(row, "href", "/agreements/%.*s", TEXT_ARG(agreement->id));
	}
	put_bool(visit->document, "has_reasons", count > 0);
	put_bool(visit->document, "in_no_feed", count == 0);
}

enum status page_access(struct visit *visit, struct error *error)
{
	(void)error;
	struct text id = visit_query(visit, "element"), why = visit_query(visit, "purpose");
	const struct profile_element *element = profile_element(visit->profile, id);
	const struct profile_purpose *purpose = profile_purpose(visit->profile, why);
	if (text_is_empty(why))
		purpose = visit->viewer.purpose;
	put_choices(visit, id, purpose ? purpose->id : TEXT(""));
	put_text(visit->document, "name", element ? element->title : TEXT_ABSENT);
	if (element)
		put_reasons(visit, element, purpose);
	else if (!text_is_empty(id))
		visit_form_error(visit, "element", "Choose an element from the list");
	return visit_page(visit, "access", "Why can, or can't, I see this?");
}
