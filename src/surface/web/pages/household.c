/* One household: where, since when, who, and how sure that is. */
#include "web/pages/pages.h"
#include "web/pages/people.h"

static void put_member(struct visit *visit, struct value *members, const struct disclosed_member *member)
{
	struct value *row = add_object(members);
	put_text(row, "name", person_name(&member->person));
	put_href(row, "href", "residents", member->person.resident_id);
	put_birth(row, "born_text", member->person.date_of_birth);
	put_age(row, "age_text", member->person.date_of_birth);
	put_text(row, "period", people_period(visit->arena, member->from, member->to));
	put_text(row, "certainty", member->certainty);
	put_text(row, "certainty_text", household_certainty(member->certainty));
	put_text(row, "why", view_household_why(member, visit->arena));
	put_text(row, "known_to", source_titles(visit->arena, member->known_to, member->known_to_count));
}

static void put_place(struct visit *visit, struct value *facts, const struct disclosure_household *answer)
{
	const struct disclosed_household *household = &answer->household;
	struct value *row = add_object(facts);
	put_string(row, "title", "Address");
	if (household->address.len)
		put_format(row, "value", "%.*s%s%.*s", TEXT_ARG(household->address),
			   household->postcode.len ? ", " : "", TEXT_ARG(household->postcode));
	else
		put_string(row, "value", household->property_id ? "Withheld" : "Protected");
	put_href(row, "href", "properties", household->property_id);
	put_fact(facts, "Lived here", people_period(visit->arena, household->from, household->to));
	put_fact(facts, "Kind", household_kind(household->kind));
	put_fact(facts, "Ward", profile_ward_title(visit->profile, answer->property.ward));
}

enum status page_household(struct visit *visit, struct error *error)
{
	int64_t id;
	struct disclosure_household answer;
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
	put_id(visit->document, "id", id);
	put_text(visit->document, "heading", household_kind(answer.household.kind));
	put_array(visit->document, "restrictions");
	put_place(visit, put_array(visit->document, "facts"), &answer);
	struct value *members = put_array(visit->document, "members");
	for (size_t i = 0; i < answer.household.member_count; i++)
		put_member(visit, members, &answer.household.members[i]);
	return visit_page(visit, "household", "Household");
}
