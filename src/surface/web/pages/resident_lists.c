/* Of the resident's page: balances, the services' tables, the chronology with its filters. */
#include "web/pages/people.h"
#include "web/pages/resident.h"

enum { ROWS_SHOWN = 12, EVENTS_A_PAGE = 40 };

static void put_balances(struct visit *visit, const struct view_resident *view)
{
	put_bool(visit->document, "has_balances", view->balance_count > 0);
	struct value *balances = put_array(visit->document, "balances");
	for (size_t i = 0; i < view->balance_count; i++) {
		const struct view_balance *balance = &view->balances[i];
		struct value *row = add_object(balances);
		put_text(row, "title", balance->title);
		put_text(row, "amount", balance->amount.value);
		put_text(row, "amount_text", balance->amount.withheld ? TEXT("Withheld") : balance->amount.shown);
		put_bool(row, "debt", balance->debt);
		put_long_date(row, "on_text", balance->on);
		put_source(row, view->resident_id, balance->title, balance->amount.origin, balance->amount.element,
			   TEXT_ABSENT);
	}
}

static void put_cell(struct value *cells, const struct view_value *value)
{
	struct value *cell = add_object(cells);
	put_text(cell, "element", value->element ? value->element->id : TEXT_ABSENT);
	put_text(cell, "value", value->element && !value->withheld ? value->shown : TEXT_ABSENT);
	put_text(cell, "why", value->element && value->withheld ? value->why : TEXT_ABSENT);
}

static void put_row(struct visit *visit, struct value *rows, const struct view_section *section,
		    const struct view_row *given, int64_t resident_id)
{
	struct value *row = add_object(rows), *cells = put_array(row, "cells");
	for (size_t i = 0; i < section->element_count; i++)
		put_cell(cells, &given->values[i]);
	const struct disclosed_origin *origin = given->origin;
	put_bool(row, "current", given->current);
	put_text(row, "service", origin->feed->source->title);
	put_text(row, "feed", origin->feed->title);
	put_data_date(row, origin->data_as_at, origin->as_at);
	put_int(row, "record", origin->record_id);
	if (given->older_versions)
		put_format(row, "detail", "%zu earlier %s", given->older_versions,
			   given->older_versions == 1 ? "version" : "versions");
	else
		put_null(row, "detail");
	struct value *reports = put_array(row, "reports");
	bool any = false;
	for (size_t i = 0; i < section->element_count; i++) {
		const struct view_value *value = &given->values[i];
		struct text address = value->element ? report_address(visit->arena, resident_id, origin, value->element)
						     : TEXT_ABSENT;
		if (!address.len || !value->shown.len)
			continue;
		struct value *report = add_object(reports);
		put_text(report, "href", address);
		put_text(report, "title", section->elements[i]->title);
		any = true;
	}
	put_bool(row, "has_reports", any);
}

static void put_section(struct visit *visit, struct value *sections, const struct view_section *section,
			int64_t resident_id)
{
	struct value *row = add_object(sections);
	put_text(row, "title", section->title);
	put_text(row, "service", section->feed->source->title);
	struct value *headings = put_array(row, "headings");
	for (size_t i = 0; i < section->element_count; i++)
		add_text(headings, section->elements[i]->title);
	struct value *rows = put_array(row, "rows");
	for (size_t i = 0; i < section->row_count && i < ROWS_SHOWN; i++)
		put_row(visit, rows, section, &section->rows[i], resident_id);
	if (section->row_count > ROWS_SHOWN)
		put_format(row, "more", "%zu older rows are in the chronology.", section->row_count - ROWS_SHOWN);
	else if (section->why_no_more.len)
		put_format(row, "more", "Part is withheld. %.*s", TEXT_ARG(section->why_no_more));
	else
		put_null(row, "more");
}

void resident_put_sections(struct visit *visit, const struct view_resident *view)
{
	put_balances(visit, view);
	put_bool(visit->document, "has_services", view->section_count > 0);
	struct value *sections = put_array(visit->document, "services");
	for (size_t i = 0; i < view->section_count; i++)
		put_section(visit, sections, &view->sections[i], view->resident_id);
}

/* ---- chronology ---------------------------------------------------------------------------------------- */

struct wanted {
	struct text service;
	date from, to;
	bool high;
};

static date date_of_query(const struct visit *visit, const char *name)
{
	date d;
	struct text written = visit_query(visit, name);
	return written.len && date_parse_iso(written, &d) ? d : DATE_UNKNOWN;
}

static bool passes(const struct wanted *wanted, const struct view_event *event)
{
	if (wanted->service.len && !text_equal(wanted->service, event->origin->feed->source->id))
		return false;
	if (wanted->from != DATE_UNKNOWN && event->on < wanted->from)
		return false;
	if (wanted->to != DATE_UNKNOWN && event->on > wanted->to)
		return false;
	return !wanted->high || event->importance == IMPORTANCE_HIGH;
}

static void put_event(struct visit *visit, struct value *events, const struct view_event *event, int64_t resident_id)
{
	struct value *row = add_object(events);
	(void)visit;
	put_date(row, "date", event->on);
	put_long_date(row, "date_text", event->on);
	put_text(row, "kind", event->kind);
	put_text(row, "title", event->title);
	put_bool(row, "high", event->importance == IMPORTANCE_HIGH);
	put_bool(row, "is_new", event->is_new);
	put_bool(row, "ahead", event->ahead);
	const struct profile_feed *feed = event->origin->feed;
	const struct profile_element *element = feed->valid_from ? feed->valid_from : feed->client;
	put_source(row, resident_id, event->title, event->origin, element, TEXT_ABSENT);
}

static void put_filters(struct visit *visit, const struct view_resident *view, const struct wanted *wanted)
{
	struct value *document = visit->document, *options = put_array(document, "service_options");
	for (size_t s = 0; s < visit->profile->sources.count; s++) {
		const struct profile_source *source = &visit->profile->sources.at[s];
		bool used = false;
		for (size_t i = 0; i < view->event_count && !used; i++)
			used = view->events[i].origin->feed->source == source;
		if (used)
			put_option(options, source->id, source->title, wanted->service);
	}
	put_text(document, "from_filter", visit_query(visit, "from"));
	put_text(document, "to_filter", visit_query(visit, "to"));
	options = put_array(document, "importance_options");
	put_option(options, TEXT("high"), TEXT("Important only"), wanted->high ? TEXT("high") : TEXT(""));
}

static struct text chronology_address(struct visit *visit)
{
	static const char *const names[] = {"service", "from", "to", "importance"};
	struct buf base;
	buf_init(&base, 16 << 10);
	buf_append_text(&base, visit->request->path);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct text value = visit_query(visit, names[i]);
		if (!value.len)
			continue;
		buf_format(&base, "%s%s=", strchr(base.at, '?') ? "&" : "?", names[i]);
		form_append_encoded(&base, value);
	}
	struct text result = arena_text(visit->arena, buf_text(&base));
	buf_release(&base);
	return result;
}

void resident_put_chronology(struct visit *visit, const struct view_resident *view)
{
	size_t total = 0, page = visit_page_number(visit), first = (page - 1) * EVENTS_A_PAGE;
	struct wanted wanted = {visit_query(visit, "service"), date_of_query(visit, "from"), date_of_query(visit, "to"),
				text_is(visit_query(visit, "importance"), "high")};
	put_filters(visit, view, &wanted);
	struct value *events = put_array(visit->document, "chronology");
	for (size_t i = 0; i < view->event_count; i++) {
		if (!passes(&wanted, &view->events[i]))
			continue;
		if (total >= first && total < first + EVENTS_A_PAGE)
			put_event(visit, events, &view->events[i], view->resident_id);
		total++;
	}
	put_format(visit->document, "chronology_summary", "%zu %s%s", total, total == 1 ? "event" : "events",
		   total < view->event_count ? " that fit the filter" : "");
	put_pagination(visit->document, chronology_address(visit).at, (unsigned)page, EVENTS_A_PAGE, (int64_t)total);
}
