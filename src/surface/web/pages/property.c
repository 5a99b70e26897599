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

static void put_facts(struct visit *visit, const struct view_property *view)
{
	struct value *facts = put_array(visit->document, "facts");
	put_fact(facts, "UPRN", view->uprn);
	put_fact(facts, "Kind", view->kind);
	put_fact(facts, "Class", view->class_code);
	put_fact(facts, "Ward", view->ward);
	if (view->decile)
		put_fact(facts, "Deprivation decile (1 is the most deprived)",
			 arena_format(visit->arena, "%d", view->decile));
	if (!view->parent.property_id)
		return;
	struct value *row = add_object(facts);
	put_string(row, "title", "Part of");
	put_text(row, "value", view->parent.address.len ? view->parent.address : TEXT("a building"));
	put_href(row, "href", "properties", view->parent.property_id);
}

static void put_people(struct visit *visit, const struct view_property *view)
{
	put_bool(visit->document, "has_households", view->household_count > 0);
	struct value *households = put_array(visit->document, "households");
	for (size_t i = 0; i < view->household_count; i++) {
		const struct view_household *household = &view->households[i];
		struct value *row = add_object(households);
		put_href(row, "href", "households", household->household_id);
		put_text(row, "kind", household_kind(household->kind));
		put_text(row, "period", people_period(visit->arena, household->from, household->to));
	}
	struct value *residents = put_array(visit->document, "residents");
	for (size_t i = 0; i < view->resident_count; i++) {
		const struct view_member *resident = &view->residents[i];
		struct value *row = add_object(residents);
		put_text(row, "name", resident->name.len ? resident->name : TEXT("Name withheld"));
		put_href(row, "href", "residents", resident->resident_id);
		put_text(row, "period", people_period(visit->arena, resident->from, resident->to));
		put_bool(row, "current", resident->current);
		put_text(row, "sources", source_titles(visit->arena, resident->known_to, resident->known_to_count));
	}
}

static void put_parts(struct visit *visit, const struct view_property *view)
{
	put_bool(visit->document, "has_flats", view->part_count > 0);
	struct value *flats = put_array(visit->document, "flats");
	for (size_t i = 0; i < view->part_count; i++) {
		struct value *row = add_object(flats);
		put_href(row, "href", "properties", view->parts[i].property_id);
		put_text(row, "address", view->parts[i].address.len ? view->parts[i].address : TEXT("Withheld"));
	}
}

static enum status put_property(struct visit *visit, const struct view_property *view)
{
	put_id(visit->document, "id", view->property_id);
	put_text(visit->document, "uprn", view->uprn);
	put_text(visit->document, "heading", view->address.len ? view->address : TEXT("Address withheld"));
	put_array(visit->document, "restrictions");
	put_facts(visit, view);
	put_people(visit, view);
	put_parts(visit, view);
	return visit_page(visit, "property", "Property");
}

enum status page_property(struct visit *visit, struct error *error)
{
	int64_t id;
	struct disclosure_property answer;
	struct view_property view;
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
	view_property(&view, visit->profile, &answer, date_today(), visit->arena);
	return put_property(visit, &view);
}
