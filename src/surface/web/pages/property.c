/* One property, by its UPRN or by the id that stands in links (an address does not belong into one). */
#include "web/pages/map.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

#include "base/id.h"

/* 13 characters are an id, up to 12 digits a UPRN. What is neither is 0, which the door refuses like one that is
 * protected. */
static enum status property_of(struct visit *visit, int64_t *id, struct error *error)
{
	if (visit->parameters[0].len == ID_TEXT_SIZE - 1 && id_parse(visit->parameters[0], id))
		return STATUS_OK;
	return disclosure_property_of_uprn(visit->snapshot->disclosure, visit->parameters[0], id, error);
}

static void put_part_of(struct value *facts, const struct view_part *parent)
{
	if (!parent->property_id)
		return;
	struct value *row = add_object(facts);
	put_string(row, "title", "Part of");
	put_text(row, "value", parent->address.len ? parent->address : TEXT("a building"));
	put_href(row, "href", "properties", parent->property_id);
}

static void put_facts(struct visit *visit, const struct view_property *view)
{
	struct value *facts = put_array(visit->document, "facts");
	put_fact(facts, "UPRN", view->uprn);
	if (view->class_words.len)
		put_fact(facts, "Kind",
			 arena_format(visit->arena, "%.*s (class %.*s)", TEXT_ARG(view->class_words),
				      TEXT_ARG(view->class_code)));
	else
		put_fact(facts, "Kind", view->kind);
	put_fact(facts, "Ward", view->ward);
	if (view->decile)
		put_fact(facts, "Deprivation decile (1 is the most deprived)",
			 arena_format(visit->arena, "%d", view->decile));
	put_part_of(facts, &view->parent);
}

static void put_member(struct visit *visit, struct value *members, const struct view_member *member, date on)
{
	struct value *row = add_object(members);
	put_text(row, "name", member->name.len ? member->name : TEXT("Name withheld"));
	put_href(row, "href", "residents", member->resident_id);
	put_age(row, "age_text", member->date_of_birth, member->date_of_death, on);
	put_text(row, "period", people_period(visit->arena, member->from, member->to));
	put_text(row, "certainty", member->certainty);
	put_text(row, "certainty_text", household_certainty(member->certainty));
	put_bool(row, "uncertain", text_is(member->certainty, "uncertain"));
}

/* Those who are there on the day, household by household. */
static void put_households(struct visit *visit, const struct view_property *view, date on)
{
	size_t shown = 0;
	struct value *households = put_array(visit->document, "households");
	for (size_t i = 0; i < view->household_count; i++) {
		const struct view_household *household = &view->households[i];
		if (!household->current_count)
			continue;
		struct value *row = add_object(households), *members;
		put_href(row, "href", "households", household->household_id);
		put_text(row, "kind", household_kind(household->kind));
		put_text(row, "period", people_period(visit->arena, household->from, household->to));
		members = put_array(row, "members");
		for (size_t m = 0; m < household->current_count; m++)
			put_member(visit, members, &household->members[m], on);
		put_text(row, "also_here", household->also_here);
		shown++;
	}
	put_bool(visit->document, "has_households", shown > 0);
}

/* Everybody who ever lived there, each once. */
static void put_residents(struct visit *visit, const struct view_property *view)
{
	put_bool(visit->document, "has_residents", view->resident_count > 0);
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

static void put_parts(struct value *document, const char *key, const struct view_part *parts, size_t count)
{
	struct value *rows = put_array(document, key);
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(rows);
		put_href(row, "href", "properties", parts[i].property_id);
		put_text(row, "address", parts[i].address.len ? parts[i].address : TEXT("Withheld"));
	}
}

static void put_building(struct visit *visit, const struct view_property *view)
{
	put_bool(visit->document, "has_flats", view->part_count > 0);
	put_parts(visit->document, "flats", view->parts, view->part_count);
	put_bool(visit->document, "has_siblings", view->sibling_count > 0);
	put_parts(visit->document, "siblings", view->siblings, view->sibling_count);
}

static enum status put_property(struct visit *visit, const struct view_property *view, date on)
{
	put_id(visit->document, "id", view->property_id);
	put_text(visit->document, "path", visit->request->path);
	put_text(visit->document, "uprn", view->uprn);
	put_text(visit->document, "heading", view->address.len ? view->address : TEXT("Address withheld"));
	put_array(visit->document, "restrictions");
	put_facts(visit, view);
	put_bool(visit->document, "has_map", put_map(visit->document, visit->profile, view));
	put_households(visit, view, on);
	put_residents(visit, view);
	put_building(visit, view);
	return visit_page(visit, "property", "Property");
}

enum status page_property(struct visit *visit, struct error *error)
{
	int64_t id;
	bool right;
	struct disclosure_property answer;
	struct view_property view;
	enum status status = property_of(visit, &id, error);
	if (status != STATUS_OK)
		return status;
	date on = people_take_day(visit, &right);
	struct disclosure_question question = {.viewer = &visit->viewer,
					       .subject_id = id,
					       .on = DATE_UNKNOWN,
					       .drawn_at = on == DATE_UNKNOWN ? NULL : &on};
	status = disclosure_open_property(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_property(visit, &answer);
	if (on == DATE_UNKNOWN)
		on = date_today();
	view_property(&view, visit->profile, &answer, on, visit->arena);
	return put_property(visit, &view, on);
}
