/* Of the resident's page: balances, the services' tables, the chronology with its filters. */
#include "web/pages/chronology.h"
#include "web/pages/disputes.h"
#include "web/pages/people.h"
#include "web/pages/resident.h"

enum { ROWS_SHOWN = 12 };

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
		put_disputed(visit, row, &balance->amount);
		put_source(row, view->resident_id, balance->title, balance->amount.origin, balance->amount.element,
			   TEXT_ABSENT);
	}
}

static void put_cell(struct visit *visit, struct value *cells, const struct view_value *value)
{
	struct value *cell = add_object(cells);
	put_text(cell, "element", value->element ? value->element->id : TEXT_ABSENT);
	put_text(cell, "value", value->element && !value->withheld ? value->shown : TEXT_ABSENT);
	put_text(cell, "why", value->element && value->withheld ? value->why : TEXT_ABSENT);
	put_disputed(visit, cell, value);
}

static void put_row(struct visit *visit, struct value *rows, const struct view_section *section,
		    const struct view_row *given, int64_t resident_id)
{
	struct value *row = add_object(rows), *cells = put_array(row, "cells");
	for (size_t i = 0; i < section->element_count; i++)
		put_cell(visit, cells, &given->values[i]);
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

void resident_put_chronology(struct visit *visit, const struct view_resident *view)
{
	size_t total = 0, first = (visit_page_number(visit) - 1) * CHRONOLOGY_EVENTS_A_PAGE;
	struct chronology_filter filter = chronology_filter_of(visit);
	struct chronology_choices choices = chronology_choices_new(visit, view->event_count);
	for (size_t i = 0; i < view->event_count; i++)
		chronology_choose(&choices, &view->events[i]);
	put_chronology_filter(visit, &filter, &choices);
	struct value *events = put_array(visit->document, "chronology");
	for (size_t i = 0; i < view->event_count; i++) {
		if (!chronology_passes(&filter, &view->events[i]))
			continue;
		if (total >= first && total < first + CHRONOLOGY_EVENTS_A_PAGE)
			put_chronology_event(events, &view->events[i], view->resident_id);
		chronology_span(&choices, &view->events[i]);
		total++;
	}
	put_chronology_pages(visit, total, view->event_count, &choices, NULL);
}
