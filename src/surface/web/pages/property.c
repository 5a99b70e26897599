/* One property, by its UPRN or by the id that stands in links (an address does not belong into one). */
#include "web/pages/pages.h"
#include "web/pages/people.h"

#include "base/id.h"

/* 13 characters are an id, up to 12 digits a UPRN. */
static enum status property_of(struct visit *visit, int64_t *id, struct error *error)
{
	if (visit->parameters[0].len == ID_TEXT_SIZE - 1 && id_parse(visit->parameters[0], id))
		return STATUS_OK;
	enum status status = disclosure_property_of_uprn(visit->snapshot->disclosure, visit->parameters[0], id, error);
	if (status == STATUS_OK && !*id)
		return visit_not_found(error);
	return status;
}

static void put_heading(struct visit *visit, const struct disclosed_property *property)
{
	struct value *document = visit->document;
	put_text(document, "uprn", property->uprn);
	if (property->address.len)
		put_format(document, "heading", "%.*s%s%.*s", TEXT_ARG(property->address),
			   property->postcode.len ? ", " : "", TEXT_ARG(property->postcode));
	else
		put_string(document, "heading", "Address withheld");
}

static void put_facts(struct visit *visit, const struct disclosure_property *answer)
{
	const struct disclosed_property *property = &answer->property;
	struct value *facts = put_array(visit->document, "facts");
	put_fact(facts, "UPRN", property->uprn);
	put_fact(facts, "Kind", property->kind);
	put_fact(facts, "Class", property->class_code);
	put_fact(facts, "Ward", profile_ward_title(visit->profile, property->ward));
	if (property->decile)
		put_fact(facts, "Deprivation decile (1 is the most deprived)",
			 arena_format(visit->arena, "%d", property->decile));
	if (!answer->parent.property_id)
		return;
	struct value *row = add_object(facts);
	put_string(row, "title", "Part of");
	put_text(row, "value", answer->parent.address.len ? answer->parent.address : TEXT("a building"));
	put_href(row, "href", "properties", answer->parent.property_id);
}

static void put_households(struct visit *visit, const struct disclosure_property *answer)
{
	put_bool(visit->document, "has_households", answer->household_count > 0);
	struct value *households = put_array(visit->document, "households");
	for (size_t i = 0; i < answer->household_count; i++) {
		const struct disclosed_household *household = &answer->households[i];
		struct value *row = add_object(households);
		put_href(row, "href", "households", household->household_id);
		put_text(row, "kind", household_kind(household->kind));
		put_text(row, "period", people_period(visit->arena, household->from, household->to));
	}
	struct value *residents = put_array(visit->document, "residents");
	for (size_t h = 0; h < answer->household_count; h++) {
		for (size_t i = 0; i < answer->households[h].member_count; i++) {
			const struct disclosed_member *member = &answer->households[h].members[i];
			struct value *row = add_object(residents);
			put_text(row, "name", person_name(&member->person));
			put_href(row, "href", "residents", member->person.resident_id);
			put_text(row, "period", people_period(visit->arena, member->from, member->to));
			put_text(row, "sources", source_titles(visit->arena, member->known_to, member->known_to_count));
		}
	}
}

static void put_parts(struct visit *visit, const struct disclosure_property *answer)
{
	put_bool(visit->document, "has_flats", answer->part_count > 0);
	struct value *flats = put_array(visit->document, "flats");
	for (size_t i = 0; i < answer->part_count; i++) {
		struct value *row = add_object(flats);
		put_href(row, "href", "properties", answer->parts[i].property_id);
		put_text(row, "address", answer->parts[i].address.len ? answer->parts[i].address : TEXT("Withheld"));
	}
}

enum status page_property(struct visit *visit, struct error *error)
{
	int64_t id;
	struct disclosure_property answer;
	enum status status = property_of(visit, &id, error);
	if (status != STATUS_OK)
		return status;
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = id, .on = DATE_UNKNOWN};
	status = disclosure_open_property(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_ticket(visit, answer.ticket);
	put_id(visit->document, "id", id);
	put_heading(visit, &answer.property);
	put_array(visit->document, "restrictions");
	put_facts(visit, &answer);
	put_households(visit, &answer);
	put_parts(visit, &answer);
	return visit_page(visit, "property", "Property");
}
