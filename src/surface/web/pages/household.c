/* One household: where, since when, who, and how sure that is. */
#include "web/pages/pages.h"
#include "web/pages/people.h"

static void put_member(struct visit *visit, struct value *members, const struct view_member *member)
{
	struct value *row = add_object(members);
	put_text(row, "name", member->name.len ? member->name : TEXT("Name withheld"));
	put_href(row, "href", "residents", member->resident_id);
	put_birth(row, "born_text", member->date_of_birth);
	put_age(row, "age_text", member->date_of_birth);
	put_text(row, "period", people_period(visit->arena, member->from, member->to));
	put_bool(row, "current", member->current);
	put_text(row, "certainty", member->certainty);
	put_text(row, "certainty_text", household_certainty(member->certainty));
	put_text(row, "why", member->why);
	put_text(row, "known_to", source_titles(visit->arena, member->known_to, member->known_to_count));
}

static void put_place(struct visit *visit, struct value *facts, const struct view_household *view)
{
	static const char *const instead[] = {[PLACE_WITHHELD] = "Withheld", [PLACE_PROTECTED] = "Protected"};
	struct value *row = add_object(facts);
	put_string(row, "title", "Address");
	put_text(row, "value", view->place == PLACE_SHOWN ? view->address : text_of(instead[view->place]));
	put_href(row, "href", "properties", view->property_id);
	put_fact(facts, "Lived here", people_period(visit->arena, view->from, view->to));
	put_fact(facts, "Kind", household_kind(view->kind));
	put_fact(facts, "Ward", view->ward);
}

static enum status put_household(struct visit *visit, const struct view_household *view)
{
	put_id(visit->document, "id", view->household_id);
	put_text(visit->document, "heading", household_kind(view->kind));
	put_restrictions(visit, visit->document, view->restrictions);
	put_place(visit, put_array(visit->document, "facts"), view);
	struct value *members = put_array(visit->document, "members");
	for (size_t i = 0; i < view->member_count; i++)
		put_member(visit, members, &view->members[i]);
	return visit_page(visit, "household", "Household");
}

enum status page_household(struct visit *visit, struct error *error)
{
	int64_t id;
	struct disclosure_household answer;
	struct view_household view;
	if (!visit_id_parameter(visit, 0, &id))
		return visit_not_found(error);
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = id, .on = DATE_UNKNOWN};
	enum status status =
		disclosure_open_household(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_ticket(visit, answer.ticket);
	view_household(&view, visit->profile, &answer, date_today(), visit->arena);
	return put_household(visit, &view);
}
