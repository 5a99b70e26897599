/* One household: who, how related, since when and how sure that is, as it is or was on a day. */
#include "web/pages/household.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

#include "base/id.h"

static void put_place(struct visit *visit, const struct view_household *view)
{
	static const char *const instead[] = {[PLACE_WITHHELD] = "Withheld", [PLACE_PROTECTED] = "Protected"};
	struct value *facts = put_array(visit->document, "facts"), *row = add_object(facts);
	put_string(row, "title", "Address");
	if (view->member_count)
		put_text(row, "value", view->place == PLACE_SHOWN ? view->address : text_of(instead[view->place]));
	else
		put_string(row, "value", "None on that day");
	put_href(row, "href", "properties", visit_can(visit, CAPABILITY_PROPERTY_OPEN) ? view->property_id : 0);
	put_fact(facts, "Together", people_period(visit->arena, view->from, view->to));
	put_fact(facts, "Kind", household_kind(view->kind));
	put_fact(facts, "Ward", view->ward);
	put_text(visit->document, "also_here", view->also_here);
}

/* A day on which something changed is a day to look at. */
static void put_event(struct value *events, const struct view_household_event *event, struct text path)
{
	char on[DATE_TEXT_SIZE];
	struct value *row = add_object(events);
	put_date(row, "date", event->on);
	put_long_date(row, "date_text", event->on);
	put_text(row, "what", event->what);
	put_format(row, "text", "%.*s%s%.*s", TEXT_ARG(event->words), event->resident_id ? ": " : "",
		   TEXT_ARG(event->resident_id ? event->name.len ? event->name : TEXT("name withheld") : TEXT("")));
	put_href(row, "resident_href", "residents", event->resident_id);
	put_href(row, "household_href", "households", event->other_household_id);
	if (event->on != DATE_UNKNOWN && event->on <= date_today())
		put_format(row, "at_href", "%.*s?at=%s", TEXT_ARG(path), date_format_iso(event->on, on));
	else
		put_null(row, "at_href");
}

static void put_history(struct visit *visit, const struct view_household *view)
{
	put_bool(visit->document, "has_history", view->event_count > 0);
	struct value *events = put_array(visit->document, "history");
	date first = view->from;
	for (size_t i = view->event_count; i-- > 0;) { /* the newest first */
		put_event(events, &view->events[i], visit->request->path);
		if (view->events[i].on != DATE_UNKNOWN && (first == DATE_UNKNOWN || view->events[i].on < first))
			first = view->events[i].on;
	}
	put_date(visit->document, "first_day", first);
}

static enum status put_household(struct visit *visit, const struct view_household *view, date on, struct error *error)
{
	const struct view_resident **members =
		ARENA_ARRAY(visit->arena, view->member_count, const struct view_resident *);
	enum status status = household_open_members(visit, view, members, error);
	if (status != STATUS_OK)
		return status;
	put_id(visit->document, "id", view->household_id);
	put_text(visit->document, "path", visit->request->path);
	put_text(visit->document, "heading", household_kind(view->kind));
	put_restrictions(visit, visit->document, view->restrictions);
	put_place(visit, view);
	household_put_members(visit, view, members, on);
	put_household_graph(visit->document, view);
	put_history(visit, view);
	household_put_chronology(visit, view, members);
	put_bool(visit->document, "can_summarise", visit_can(visit, CAPABILITY_RESIDENT_OPEN));
	put_bool(visit->document, "can_report", visit_can(visit, CAPABILITY_REPORTS_MAKE));
	return visit_page(visit, "household", "Household");
}

enum status page_household(struct visit *visit, struct error *error)
{
	int64_t id;
	bool right;
	struct disclosure_household answer;
	struct view_household view;
	if (!visit_id_parameter(visit, 0, &id))
		return visit_not_found(error);
	date on = people_take_day(visit, &right);
	struct disclosure_question question = {.viewer = &visit->viewer,
					       .subject_id = id,
					       .on = DATE_UNKNOWN,
					       .drawn_at = on == DATE_UNKNOWN ? NULL : &on};
	enum status status =
		disclosure_open_household(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_household(visit, &answer);
	if (on == DATE_UNKNOWN)
		on = date_today();
	view_household(&view, visit->profile, &answer, on, visit->arena);
	return put_household(visit, &view, on, error);
}
