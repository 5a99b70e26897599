/* Registers that investigators compare with: students who do not count for council tax, licences of shared houses,
 * children's centres, and health visitors' notices of young children who moved in. */
#include "situations.h"

/* ---- council tax: who does not count ---- */

static void disregard_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a];
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	date known = s->from > b->start ? s->from : b->start;
	struct recorded r;
	struct written a;
	char client[16];
	record_person(w, KEEPER_COUNCIL_TAX, s->person, 0, known, &r);
	write_address(w, KEEPER_COUNCIL_TAX, borough_property_of(b, s->person, known), s->person, &a);
	snprintf(client, sizeof client, "%09llu", (unsigned long long)scrambled(s->person, 9, 4));
	truth_record(w, client, s->person, s->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "DR", scrambled(due->a, 8, 71), 8);
	field_text(w, client);
	field_text(w, text_upper(arena_copy(&w->arena, text_of(record_full_name(w, &r, true, true)))));
	field_text(w, "STU");
	field_date(w, s->from < date_of(1993, 4, 1) ? date_of(1993, 4, 1) : s->from);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	field_text(w, text_upper(a.one));
	field_text(w, a.postcode);
	row_end(w);
}

void feed_council_tax_disregards(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		date known = s->from > b->start ? s->from : b->start;
		if (situation_disregard(b, i) && borough_property_of(b, s->person, known) != NOTHING)
			due_add_spell(w, &list, s->from, s->to, b->start - 365, i, 0, 0);
	}
	due_write(w, &list, disregard_row);
}

/* ---- licences ---- */

static void licence_row(struct writer *w, const struct due *due)
{
	struct licence licence;
	struct written a;
	situation_licence(&licence, w->b, due->a);
	write_address(w, KEEPER_LICENSING, due->a, due->a, &a);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "HMO", scrambled(due->a, 6, 72), 6);
	field_text(w, a.uprn_field);
	field_text(w, a.one);
	field_text(w, a.postcode);
	field_int(w, w->b->properties[due->a].bedrooms + 1);
	field_date(w, licence.from);
	field_date(w, licence.to);
	row_end(w);
}

void feed_hmo_licences(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->property_count; i++) {
		struct licence licence;
		situation_licence(&licence, b, i);
		if (licence.from != DATE_UNKNOWN)
			due_add(w, &list, licence.from, i, 0, 0);
	}
	due_write(w, &list, licence_row);
}

/* ---- children under five ---- */

static void child_fields(struct writer *w, enum keeper keeper, uint32_t person, date on)
{
	struct recorded r;
	struct written a;
	record_person(w, keeper, person, 0, on > w->b->start ? on : w->b->start, &r);
	write_address(w, keeper, borough_property_of(w->b, person, on > w->b->start ? on : w->b->start), person, &a);
	truth_uprn(w, a.uprn);
	field_text(w, r.given);
	field_text(w, r.family);
	field_date(w, r.born);
	field_text(w, r.sex == 'M' ? "M" : "F");
	field_text(w, a.one);
	field_text(w, a.postcode);
}

static void centre_row(struct writer *w, const struct due *due)
{
	char client[16];
	date on = situation_centre(w->b, due->a);
	snprintf(client, sizeof client, "CC%07llu", (unsigned long long)scrambled(due->a, 7, 73));
	truth_record(w, client, due->a, due->a);
	row_begin(w);
	field_text(w, client);
	child_fields(w, KEEPER_EARLY_YEARS, due->a, on);
	field_date(w, on);
	row_end(w);
}

void feed_children_centres(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->person_count; i++) {
		date on = situation_centre(w->b, i);
		if (on != DATE_UNKNOWN && borough_property_of(w->b, i, on > w->b->start ? on : w->b->start) != NOTHING)
			due_add(w, &list, on, i, 0, 0);
	}
	due_write(w, &list, centre_row);
}

static void health_row(struct writer *w, const struct due *due)
{
	char client[16];
	date on = situation_health_notice(w->b, due->a);
	snprintf(client, sizeof client, "HV%07llu", (unsigned long long)scrambled(due->a, 7, 74));
	truth_record(w, client, due->a, due->a);
	row_begin(w);
	field_text(w, client);
	child_fields(w, KEEPER_HEALTH, due->a, on);
	field_date(w, w->b->residences[w->b->persons[due->a].residence].from);
	field_date(w, on);
	row_end(w);
}

void feed_health_arrivals(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->person_count; i++) {
		date on = situation_health_notice(w->b, i);
		if (on != DATE_UNKNOWN)
			due_add(w, &list, on, i, 0, 0);
	}
	due_write(w, &list, health_row);
}
