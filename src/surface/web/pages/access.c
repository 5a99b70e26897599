/* "Why can, or can't, I see this?", of one's own role or another: the agreement, the clause and the rule, in words.
 * Speaks of no resident. */
#include "web/pages/pages.h"

#include "policy/explain.h"

/* Whoever is asked about: the viewer, or anybody of another role in its usual team. */
static struct viewer asked_about(const struct visit *visit, const struct profile_role *role)
{
	if (role == visit->viewer.role)
		return visit->viewer;
	return (struct viewer){.role = role, .team = role->team};
}

static void put_choices(struct visit *visit, struct text element, const struct profile_role *role, struct text purpose)
{
	const struct profile *profile = visit->profile;
	struct value *elements = put_array(visit->document, "elements");
	for (size_t i = 0; i < profile->elements.count; i++)
		put_option(elements, profile->elements.at[i].id, profile->elements.at[i].title, element);
	struct value *roles = put_array(visit->document, "roles");
	for (size_t i = 0; i < profile->roles.count; i++)
		put_option(roles, profile->roles.at[i].id, profile->roles.at[i].title, role->id);
	struct value *purposes = put_array(visit->document, "purposes");
	for (size_t i = 0; i < profile->purposes.count; i++)
		put_option(purposes, profile->purposes.at[i].id, profile->purposes.at[i].title, purpose);
	put_bool(visit->document, "other_role", role != visit->viewer.role);
	put_text(visit->document, "role", role->title);
}

/* A rule speaks to whoever it is about; here that may be somebody else. */
static struct text words_for(struct visit *visit, const struct profile_role *role, struct text words)
{
	const struct text your = TEXT("our role ");
	size_t at = text_find(words, your);
	if (role == visit->viewer.role || at == 0 || at >= words.len)
		return words;
	const char *the = words.at[at - 1] == 'Y' ? "The role " : "the role ";
	return arena_format(visit->arena, "%.*s%s%.*s", (int)at - 1, words.at, the, (int)(words.len - at - your.len),
			    words.at + at + your.len);
}

static void put_reasons(struct visit *visit, const struct profile_element *element, const struct profile_role *role,
			const struct profile_purpose *purpose)
{
	size_t count;
	struct policy_reason *reasons;
	struct viewer viewer = asked_about(visit, role);
	viewer.purpose = purpose;
	const struct policy_question question = {&viewer, NULL, element, date_today()};
	policy_explain(&reasons, &count, visit->snapshot->policy, &question, visit->arena);
	struct value *rows = put_array(visit->document, "reasons");
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(rows);
		const struct profile_agreement *agreement = reasons[i].decision.agreement;
		put_text(row, "feed", reasons[i].feed->title);
		put_bool(row, "allowed", reasons[i].decision.verdict == POLICY_ALLOW);
		put_text(row, "words", words_for(visit, role, reasons[i].words));
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
	struct text id = visit_query(visit, "element"), why = visit_query(visit, "purpose"),
		    whose = visit_query(visit, "role");
	const struct profile_element *element = profile_element(visit->profile, id);
	const struct profile_purpose *purpose = profile_purpose(visit->profile, why);
	const struct profile_role *role = text_is_empty(whose) ? NULL : profile_role(visit->profile, whose);
	bool unknown = !text_is_empty(whose) && !role;
	if (!role)
		role = visit->viewer.role;
	if (text_is_empty(why))
		purpose = visit->viewer.purpose;
	if (!purpose && role->purpose_count)
		purpose = text_is_empty(why) ? role->purposes[0] : NULL;
	put_choices(visit, id, role, purpose ? purpose->id : TEXT(""));
	put_text(visit->document, "name", element ? element->title : TEXT_ABSENT);
	if (unknown)
		visit_form_error(visit, "role", "Choose a role from the list");
	else if (element)
		put_reasons(visit, element, role, purpose);
	else if (!text_is_empty(id))
		visit_form_error(visit, "element", "Choose an element from the list");
	return visit_page(visit, "access", "Why can, or can't, I see this?");
}
