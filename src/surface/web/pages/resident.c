/* One resident: who works with them first. */
#include "web/pages/resident.h"
#include "web/pages/break_glass.h"
#include "web/pages/disputes.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"
#include "web/pages/summary.h"

#include "base/id.h"
#include "rights/flags.h"

enum status page_resident(struct visit *visit, struct error *error)
{
	int64_t id;
	char now[ID_TEXT_SIZE];
	struct disclosure_resident answer;
	if (!visit_id_parameter(visit, 0, &id))
		return visit_not_found(error);
	struct glass_held held;
	struct disclosure_question question = {
		.viewer = &visit->viewer, .subject_id = id, .on = DATE_UNKNOWN, .readings = true};
	enum status status = glass_take(visit, id, &held, error);
	if (status != STATUS_OK)
		return status;
	question.pass = held.found ? &held.pass : NULL;
	status = disclosure_open_resident(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND && !strcmp(error->code, "disclosure.moved")) {
		visit->answered = true;
		return visit_redirect(visit, "/residents/%s?was=%.*s", id_format(answer.entry.subject_id, now),
				      TEXT_ARG(visit->parameters[0]));
	}
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_resident(visit, &answer);
	if (answer.by_pass)
		glass_use(visit, &held);
	return resident_page(visit, &answer, error);
}

static enum status last_look(struct visit *visit, int64_t resident_id, instant *before, struct error *error)
{
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	if (status != STATUS_OK)
		return status;
	return seen_look(visit->site->seen, desk, visit->viewer.user_id, resident_id, instant_now(), before, error);
}

static void put_head(struct visit *visit, const struct view_resident *view, enum case_relationship relationship)
{
	struct value *document = visit->document;
	char id[ID_TEXT_SIZE];
	put_id(document, "id", view->resident_id);
	put_format(document, "href", "/residents/%s", id_format(view->resident_id, id));
	put_text(document, "name", view->name.len ? view->name : TEXT("Name withheld"));
	put_birth(document, "born_text", view->person.date_of_birth);
	if (view->died) {
		put_null(document, "age_text");
		put_birth(document, "died_text", view->person.date_of_death);
	} else {
		put_age(document, "age_text", view->person.date_of_birth, TEXT_ABSENT, 0);
	}
	put_string(document, "relationship",
		   relationship == RELATIONSHIP_OWN    ? "On your caseload"
		   : relationship == RELATIONSHIP_TEAM ? "On your team's caseload"
						       : NULL);
	struct value *restrictions = put_array(document, "restrictions");
	for (size_t i = 0; i < view->restriction_count; i++) {
		struct value *row = add_object(restrictions);
		put_text(row, "title", view->restrictions[i]->title);
		put_text(row, "reason", view->restrictions[i]->reason);
	}
}

static void put_markers(struct visit *visit, const struct view_resident *view)
{
	static const char *const colours[] = {
		[IMPORTANCE_LOW] = "grey", [IMPORTANCE_NORMAL] = "yellow", [IMPORTANCE_HIGH] = "red"};
	put_bool(visit->document, "has_markers", view->marker_count > 0);
	struct value *markers = put_array(visit->document, "markers");
	for (size_t i = 0; i < view->marker_count; i++) {
		const struct view_marker *marker = &view->markers[i];
		struct value *row = add_object(markers);
		put_text(row, "title", marker->title);
		put_string(row, "colour", colours[marker->importance]);
		put_text(row, "service", marker->origin->feed->source->title);
		put_long_date(row, "as_at_text", marker->origin->data_as_at);
	}
}

/* Of all that came since the last look, the newest are enough at the top. */
static void put_new(struct visit *visit, const struct view_resident *view)
{
	enum { NEW_SHOWN = 8 };
	size_t shown = 0;
	if (view->seen == INSTANT_UNKNOWN || !view->new_count)
		return;
	struct value *card = put_object(visit->document, "new_since");
	put_long_date(card, "since_text", instant_date(view->seen));
	put_int(card, "count", (int64_t)view->new_count);
	struct value *events = put_array(card, "events");
	for (size_t i = 0; i < view->event_count && shown < NEW_SHOWN; i++) {
		const struct view_event *event = &view->events[i];
		if (!event->is_new)
			continue;
		struct value *row = add_object(events);
		put_long_date(row, "date_text", event->on);
		put_text(row, "title", event->title);
		put_text(row, "service", event->origin->feed->source->title);
		shown++;
	}
}

/* "linked" and "separated": how records came to this resident and went. */
static void put_history(struct visit *visit, const struct disclosure_resident *answer)
{
	enum { HISTORY_SHOWN = 5 };
	int64_t was;
	struct value *rows = put_array(visit->document, "history");
	put_bool(visit->document, "has_history", answer->history_count > 0);
	for (size_t i = 0; i < answer->history_count && i < HISTORY_SHOWN; i++) {
		const struct disclosed_history *event = &answer->history[i];
		bool came = text_is(event->what, "linked");
		struct value *row = add_object(rows);
		put_format(row, "text", "%d %s %s resident", event->records, event->records == 1 ? "record" : "records",
			   came ? "linked with this resident, from" : "separated from this resident, to");
		put_href(row, "href", "residents", event->other_resident_id);
		put_id(row, "other", event->other_resident_id);
		put_long_date(row, "on_text", instant_date(event->at));
	}
	if (id_parse(visit_query(visit, "was"), &was) && was != answer->resident_id)
		put_id(visit->document, "was", was);
	put_bool(visit->document, "can_explain", visit_can(visit, CAPABILITY_LINKS_EXPLAIN));
}

/* Whoever answers residents sees what stands; others are told only where it concerns what they may see. */
static void put_rights(struct visit *visit, int64_t resident_id)
{
	struct text *lines;
	bool may = visit_can(visit, CAPABILITY_RIGHTS_MANAGE);
	const struct policy_bounds bounds = policy_bounds_of(visit->snapshot->policy, POLICY_RESIDENT, resident_id);
	put_bool(visit->document, "has_rights", may);
	struct value *stands = put_array(visit->document, "stands");
	size_t count =
		may ? rights_bounds_lines(&lines, visit->snapshot->policy, visit->profile, &bounds, visit->arena) : 0;
	for (size_t i = 0; i < count; i++)
		put_text(add_object(stands), "text", lines[i]);
}

enum status resident_page(struct visit *visit, const struct disclosure_resident *answer, struct error *error)
{
	instant before = INSTANT_UNKNOWN;
	struct view_resident view;
	enum status status = last_look(visit, answer->resident_id, &before, error);
	if (status != STATUS_OK)
		return status;
	view_resident(&view, visit->profile, answer, before, date_today(), visit->arena);
	status = summary_add_notes(visit, answer, &view, error);
	if (status == STATUS_OK)
		status = disputes_read(visit, answer, error);
	if (status != STATUS_OK)
		return status;
	put_head(visit, &view, answer->relationship);
	put_markers(visit, &view);
	put_new(visit, &view);
	resident_put_services(visit, &view);
	resident_put_identity(visit, &view);
	put_history(visit, answer);
	put_rights(visit, answer->resident_id);
	resident_put_home(visit, &view);
	resident_put_sections(visit, &view);
	resident_put_chronology(visit, &view);
	return visit_page(visit, "resident", view.name.len ? arena_copy(visit->arena, view.name) : "Resident");
}
