/* Electoral services, the registrars, and the shielded patients list. */
#include "feeds_int.h"

static void elector_row(struct writer *w, const struct due *due)
{
	static const char *const changes[] = {"A", "M", "D"};
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a];
	struct recorded r;
	struct written a;
	record_person(w, KEEPER_ELECTORS, s->person, 0, s->from > b->start ? s->from : b->start, &r);
	date day = w->as_at < s->from ? s->from : w->as_at;
	if (s->to != DATE_UNKNOWN && day >= s->to)
		day = s->to - 1;
	uint32_t property = borough_property_of(b, s->person, day);
	write_address(w, KEEPER_ELECTORS, property, s->person, &a);
	uint32_t ward = property == NOTHING ? 0 : b->properties[property].ward;
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	bool attainer = b->persons[s->person].born > date_add_months(w->as_at, -18 * 12);
	char client[16];
	snprintf(client, sizeof client, "%08llu", (unsigned long long)scrambled(s->person, 8, 8));
	truth_record(w, client, s->person, s->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_text(w, client);
	field_format(w, "%c%c%c", 'A' + (int)(ward % 17), 'A' + (int)(property % 5), 'A');
	field_int(w, 1 + (int64_t)scrambled(due->a, 4, 9));
	field_text(w, s->code == NATIONALITY_EU ? "G" : hash_mix(s->person) % 9 == 0 ? "A" : "");
	field_date(w, attainer ? b->persons[s->person].born : DATE_UNKNOWN);
	field_text(w, r.family);
	field_text(w, r.given);
	field_text(w, r.middle);
	field_text(w, r.suffix);
	field_text(w, a.postcode);
	for (int i = 0; i < 5; i++)
		field_text(w, a.lines[i]);
	field_date(w, s->from);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	field_text(w, w->month == 0 ? "" : changes[ended ? 2 : s->from > borough_month(b, (int)w->month) - 1 ? 0 : 1]);
	row_end(w);
}

/* An elector is one entry: after a gap the same person is entered again under the same number,
 * so only the last spell that began by a month is told in it. */
static bool superseded(const struct borough *b, const struct spell *s, date by)
{
	for (uint32_t i = s->next; i != NOTHING; i = b->spells[i].next)
		if (b->spells[i].kind == SPELL_ELECTOR && b->spells[i].from <= by)
			return true;
	return false;
}

static void due_elector(struct writer *w, struct due_list *list, date on, uint32_t spell)
{
	int month = borough_month_of(w->b, on);
	date month_end = borough_month(w->b, month < 0 ? 1 : month + 1) - 1;
	if (!superseded(w->b, &w->b->spells[spell], month_end))
		due_add(w, list, on, spell, 0, 0);
}

void feed_electors(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (s->kind != SPELL_ELECTOR || (s->to != DATE_UNKNOWN && s->to <= b->start))
			continue;
		due_elector(w, &list, s->from, i);
		if (s->to != DATE_UNKNOWN)
			due_elector(w, &list, s->to, i);
		for (uint32_t n = b->names[b->persons[s->person].name].next; n != NOTHING; n = b->names[n].next) {
			date on = b->names[n].from + 60;
			if (on > s->from && on > b->start && (s->to == DATE_UNKNOWN || on < s->to))
				due_elector(w, &list, on, i);
		}
	}
	due_write(w, &list, elector_row);
}

/* ---- births and deaths ---- */

static const char *formal_name(struct writer *w, uint32_t person, date on)
{
	const struct name *n = borough_name(w->b, person, on);
	if (!n)
		n = &w->b->names[w->b->persons[person].name];
	return arena_format(&w->arena, "%s%s%s%s%s", n->given, n->middle[0] ? " " : "", n->middle,
			    n->family[0] ? " " : "", n->family)
		.at;
}

static void birth_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct person *p = &b->persons[due->a];
	struct recorded r;
	struct written a;
	record_person(w, KEEPER_REGISTRARS, due->a, 0, p->born, &r);
	uint32_t property = borough_property_of(b, due->a, p->born > b->start ? p->born : b->start);
	write_address(w, KEEPER_REGISTRARS, property, due->a, &a);
	char client[24];
	snprintf(client, sizeof client, "B%04d/%05llu", date_ymd(p->born).year,
		 (unsigned long long)(scrambled(due->a, 5, 11)));
	truth_record(w, client, text_hash(text_of(client)), due->a);
	truth_uprn(w, a.uprn);
	date registered = p->born + 5 + (int)(hash_mix(due->a) % 30);
	row_begin(w);
	field_text(w, client);
	field_text(w, r.whole_given);
	field_text(w, r.family);
	field_date(w, p->born);
	field_text(w, r.sex == 'M' ? "M" : "F");
	field_text(w, r.nhs);
	bool mother = p->mother != NOTHING, father = p->father != NOTHING;
	field_text(w, mother ? formal_name(w, p->mother, p->born) : "");
	const char *maiden = mother ? b->names[b->persons[p->mother].name].family : "";
	const struct name *now = mother ? borough_name(b, p->mother, p->born) : NULL;
	field_text(w, now && strcmp(now->family, maiden) ? maiden : "");
	field_text(w, father ? formal_name(w, p->father, p->born) : "");
	field_text(w, p->twin != NOTHING ? "Y" : "N");
	field_text(w, a.one);
	field_date(w, registered);
	row_end(w);
}

/* Everyone born here since five years before the beginning, when the registrar hears of it. Two
 * entries of one year could share a number of five digits: such a birth is left out. */
void feed_births(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	struct id_map numbers;
	id_map_init(&numbers);
	for (uint32_t i = 0; i < b->person_count; i++) {
		const struct person *p = &b->persons[i];
		bool new;
		if (p->born < b->start - 5 * 365 || p->mother == NOTHING || p->born_abroad)
			continue;
		id_map_put(&numbers, (uint64_t)date_ymd(p->born).year * 100000 + scrambled(i, 5, 11), &new);
		if (new)
			due_add(w, &list, p->born + 5 + (int)(hash_mix(i) % 30), i, 0, 0);
	}
	id_map_release(&numbers);
	due_write(w, &list, birth_row);
}

static void death_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct event *e = &b->events[due->a];
	const struct person *p = &b->persons[e->person];
	struct recorded r;
	struct written a;
	record_person(w, KEEPER_REGISTRARS, e->person, 0, e->on, &r);
	write_address(w, KEEPER_REGISTRARS, borough_property_of(b, e->person, e->on - 1), e->person, &a);
	char client[24];
	snprintf(client, sizeof client, "D%04d/%05u", date_ymd(e->on).year, due->b);
	truth_record(w, client, text_hash(text_of(client)), e->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_text(w, client);
	field_text(w, r.whole_given);
	field_text(w, r.family);
	field_text(w, p->sex == SEX_FEMALE ? r.former : "");
	field_date(w, r.born);
	field_date(w, e->on);
	field_text(w, r.sex == 'M' ? "M" : "F");
	field_text(w, r.nhs);
	field_text(w, a.one);
	field_date(w, e->on + 3 + (int)(hash_mix(e->person) % 9));
	row_end(w);
}

void feed_deaths(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	uint32_t entry = 0;
	for (uint32_t i = 0; i < b->event_count; i++) {
		const struct event *e = &b->events[i];
		if (e->kind != EVENT_DEATH || e->on < b->start - 90)
			continue;
		due_add(w, &list, e->on + 3 + (int)(hash_mix(e->person) % 9), i, 1 + entry++ % 99999, 0);
	}
	due_write(w, &list, death_row);
}

/* ---- shielding ---- */

static void shielding_row(struct writer *w, const struct due *due)
{
	static const char *const groups[] = {
		[SHIELD_RESPIRATORY] = "C", [SHIELD_CANCER] = "B", [SHIELD_TRANSPLANT] = "A",
		[SHIELD_IMMUNE] = "E",      [SHIELD_KIDNEY] = "K", [SHIELD_CLINICIAN] = "G"};
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a];
	const struct person *p = &b->persons[s->person];
	struct recorded r;
	struct written a;
	date from = s->from < date_of(2020, 3, 20) ? date_of(2020, 3, 20) : s->from;
	record_person(w, KEEPER_SHIELDING, s->person, 0, from, &r);
	date day = s->to != DATE_UNKNOWN && w->as_at >= s->to ? s->to - 1 : w->as_at;
	write_address(w, KEEPER_SHIELDING, believed_property(w, KEEPER_SHIELDING, s->person, day), s->person, &a);
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	truth_record(w, p->nhs_number, s->person, s->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_text(w, p->nhs_number);
	field_text(w, r.given);
	field_text(w, r.middle);
	field_text(w, r.family);
	field_date(w, r.born);
	field_text(w, r.sex == 'M' ? "1" : r.sex == 'F' ? "2" : "9");
	for (int i = 0; i < 4; i++)
		field_text(w, a.lines[i]);
	field_text(w, a.postcode);
	field_text(w, r.mobile[0] ? r.mobile : r.phone);
	field_number(w, "F", 84000 + hash_mix(s->person / 7) % 40, 5);
	field_text(w, groups[s->code]);
	field_date(w, from);
	field_date(w, ended ? (s->to < from ? from : s->to) : DATE_UNKNOWN);
	field_text(w, p->died != DATE_UNKNOWN && p->died <= w->as_at ? "1" : "0");
	row_end(w);
}

void feed_shielding(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	uint32_t last = NOTHING;
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (s->kind != SPELL_SHIELDING || !b->persons[s->person].nhs_number[0] || s->person == last)
			continue; /* one entry for each patient */
		last = s->person;
		due_add_spell(w, &list, s->from, s->to, b->start - 30, i, 0, 0);
	}
	due_write(w, &list, shielding_row);
}
