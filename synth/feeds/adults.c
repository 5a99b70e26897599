/* Adult social care: clients and services. Notes are in notes.c. */
#include "feeds_int.h"

uint64_t adult_number(uint32_t person, unsigned copy)
{
	return scrambled((uint64_t)person * 2 + copy, 7, 50);
}

/* One in a hundred clients was entered twice, under two numbers; the second has the services
 * that came later. */
static unsigned copy_of(uint32_t person, uint32_t spell)
{
	return hash_mix(person ^ 0xad017) % 100 == 0 && spell % 2;
}

void adult_client(struct writer *w, uint32_t person, unsigned copy)
{
	char client[16];
	uint64_t number = adult_number(person, copy);
	snprintf(client, sizeof client, "%07llu", (unsigned long long)number);
	truth_record(w, client, number, person);
	field_text(w, client);
}

bool adult_event(const struct event *e)
{
	return e->kind >= EVENT_ADULT_CONTACT && e->kind <= EVENT_ADULT_SAFEGUARDING;
}

static const char *support_reason(const struct borough *b, uint32_t person, date on)
{
	int month = borough_month_of(b, on), last = (int)b->plan.months - 1;
	month = month < 0 ? 0 : month > last ? last : month;
	int age = date_age_in_years(b->persons[person].born, on);
	if (b->persons[person].deaf)
		return "PSR-SH";
	if (borough_need(b, person, NEED_MENTAL_HEALTH, month) > 0.6 && age < 70)
		return "PSR-MH";
	if (borough_need(b, person, NEED_SUBSTANCE_MISUSE, month) > 0.6)
		return "PSR-SU";
	if (borough_need(b, person, NEED_SPECIAL_NEEDS, month) > 0.4)
		return "PSR-LD";
	static const char *const old_age[] = {"PSR-PP", "PSR-PP", "PSR-PA", "PSR-MC", "PSR-SV", "PSR-IS"};
	return age >= 65 ? old_age[hash_mix(person) % 6] : hash_mix(person) % 3 ? "PSR-PP" : "PSR-PA";
}

static void write_client_row(struct writer *w, uint32_t person, unsigned copy, date known)
{
	const struct borough *b = w->b;
	const struct person *p = &b->persons[person];
	struct recorded r;
	struct written a;
	struct worker worker;
	record_person(w, KEEPER_ADULTS, person, copy, known, &r);
	bool died = p->died != DATE_UNKNOWN && p->died <= w->as_at;
	date day = died ? p->died - 1 : w->as_at;
	const struct residence *home = borough_residence(b, person, day);
	write_address(w, KEEPER_ADULTS, believed_property(w, KEEPER_ADULTS, person, day), person * 2 + copy, &a);
	staff_of(w, KEEPER_ADULTS, person, 0, &worker);
	bool alone = home && home->household != NOTHING && b->households[home->household].kind == HOUSEHOLD_ONE_PERSON;
	truth_uprn(w, a.uprn);
	row_begin(w);
	adult_client(w, person, copy);
	field_text(w, r.nhs);
	field_text(w, r.title);
	field_text(w, r.whole_given);
	field_text(w, r.family);
	field_text(w, r.alias);
	field_text(w, p->sex == SEX_FEMALE && hash_mix(person) % 3 ? r.former : "");
	field_date(w, r.born);
	field_date(w, died && (r.born == DATE_UNKNOWN || r.born <= p->died) ? p->died : DATE_UNKNOWN);
	field_text(w, r.sex == 'M' ? "MALE" : r.sex == 'F' ? "FEMALE" : "UNKNOWN");
	field_text(w, ethnicity_words(p->ethnicity));
	field_text(w, a.one);
	field_text(w, a.postcode);
	field_text(w, r.phone);
	field_text(w, r.mobile);
	field_text(w, alone ? "Yes" : "No");
	field_text(w, support_reason(b, person, w->as_at));
	bool open = borough_spell(b, person, SPELL_ADULT_CARE, w->as_at) != NULL;
	field_text(w, open ? worker.name : "");
	field_text(w, open ? worker.phone : "");
	field_text(w, open ? worker.email : "");
	field_text(w, open ? worker.team : "");
	field_date(w, w->as_at - (int)(hash_mix(person ^ w->month) % 28));
	field_text(w, open ? worker.number : "");
	row_end(w);
}

static void client_row(struct writer *w, const struct due *due)
{
	date known = w->b->start - 400;
	for (uint32_t i = w->b->persons[due->a].spell; i != NOTHING; i = w->b->spells[i].next)
		if (w->b->spells[i].kind == SPELL_ADULT_CARE && w->b->spells[i].from > known)
			known = w->b->spells[i].from;
	write_client_row(w, due->a, due->b, known < w->as_at ? known : w->as_at);
}

static void due_client(struct writer *w, struct due_list *list, uint32_t person, unsigned copy, date first)
{
	const struct borough *b = w->b;
	const struct person *p = &b->persons[person];
	due_add(w, list, first, person, copy, 0);
	for (uint32_t i = p->residence; i != NOTHING; i = b->residences[i].next)
		if (b->residences[i].from > first && b->residences[i].from > b->start)
			due_add(w, list, b->residences[i].from, person, copy, 0);
	for (uint32_t i = b->names[p->name].next; i != NOTHING; i = b->names[i].next)
		if (b->names[i].from + 60 > first && b->names[i].from + 60 > b->start)
			due_add(w, list, b->names[i].from + 60, person, copy, 0);
	if (p->died != DATE_UNKNOWN && p->died > first && p->died >= b->start)
		due_add(w, list, p->died + 5, person, copy, 0);
}

/* When adult care first heard of each number: [person * 2 + copy]. */
static void hear(date *first, uint32_t person, unsigned copy, date on)
{
	date *at = &first[(size_t)person * 2 + copy];
	if (*at == DATE_UNKNOWN || on < *at)
		*at = on;
}

static date *adults_known(const struct borough *b)
{
	date *first = memory_alloc(b->person_count * 2 + 2, sizeof *first);
	for (size_t i = 0; i < b->person_count * 2; i++)
		first[i] = DATE_UNKNOWN;
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (s->kind == SPELL_ADULT_CARE && (s->to == DATE_UNKNOWN || s->to >= b->start - 3 * 365))
			hear(first, s->person, copy_of(s->person, i), s->from);
	}
	for (uint32_t i = 0; i < b->event_count; i++)
		if (adult_event(&b->events[i]) && b->events[i].on >= b->start - 3 * 365)
			hear(first, b->events[i].person, 0, b->events[i].on);
	return first;
}

void feed_adult_clients(struct writer *w)
{
	struct due_list list = {0};
	date *first = adults_known(w->b);
	for (uint32_t i = 0; i < w->b->person_count; i++)
		for (unsigned copy = 0; copy < 2; copy++)
			if (first[(size_t)i * 2 + copy] != DATE_UNKNOWN)
				due_client(w, &list, i, copy, first[(size_t)i * 2 + copy]);
	free(first);
	due_write(w, &list, client_row);
}

/* ---- services ---- */

static const char *const providers[] = {"Marsh Care Ltd", "Bluebird Home Support", "Eastmarsh Reablement",
					"Harbour Lodge",  "St Bride's House",      "Kingsway Day Centre",
					"In-house",       "Open Door Support"};

static void service_spell_row(struct writer *w, uint32_t number)
{
	static const char *const types[ADULT_SERVICES] = {[ADULT_HOME_CARE] = "HOMECARE",
							  [ADULT_DIRECT_PAYMENT] = "DIRECTPAY",
							  [ADULT_DAY_CARE] = "DAYCARE",
							  [ADULT_RESIDENTIAL] = "RESCARE",
							  [ADULT_NURSING] = "NURCARE",
							  [ADULT_REABLEMENT] = "REABLE",
							  [ADULT_EQUIPMENT] = "EQUIP",
							  [ADULT_MENTAL_HEALTH] = "MHSUPP",
							  [ADULT_LEARNING_DISABILITY] = "LDSUPP",
							  [ADULT_CARER_SUPPORT] = "CARERS"};
	const struct spell *s = &w->b->spells[number];
	const struct person *p = &w->b->persons[s->person];
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	bool died = p->died != DATE_UNKNOWN && s->to != DATE_UNKNOWN && p->died <= s->to + 7;
	uint64_t mixed = hash_mix(number);
	row_begin(w);
	field_number(w, "SV", scrambled(number, 9, 51), 9);
	adult_client(w, s->person, copy_of(s->person, number));
	field_text(w, types[s->code]);
	field_date(w, s->from < date_of(1990, 1, 1) ? date_of(1990, 1, 1) : s->from);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	field_text(w, !ended ? "" : died ? "DIED" : mixed % 3 ? "GOALS" : "OTH");
	if (s->code == ADULT_HOME_CARE)
		field_format(w, "%u.%u", 3 + (unsigned)(mixed >> 8) % 25, (unsigned)(mixed & 1) * 5);
	else
		field_empty(w);
	if (s->value > 0)
		field_money(w, s->value);
	else
		field_empty(w);
	field_text(w, providers[(mixed >> 20) % 8]);
	row_end(w);
}

static void service_event_row(struct writer *w, uint32_t number)
{
	const struct event *e = &w->b->events[number];
	row_begin(w);
	field_number(w, "SE", scrambled(number, 9, 52), 9);
	adult_client(w, e->person, 0);
	field_text(w, e->kind == EVENT_ADULT_ASSESSMENT ? "ASSESS"
		      : e->kind == EVENT_ADULT_REVIEW   ? "REVIEW"
							: "SAFEG");
	field_date(w, e->on);
	field_date(w, e->on);
	field_text(w, "GOALS");
	field_empty(w);
	field_empty(w);
	field_text(w, "In-house");
	row_end(w);
}

static void service_row(struct writer *w, const struct due *due)
{
	if (due->what)
		service_event_row(w, due->a);
	else
		service_spell_row(w, due->a);
}

void feed_adult_services(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->spell_count; i++)
		if (b->spells[i].kind == SPELL_ADULT_CARE)
			due_add_spell(w, &list, b->spells[i].from, b->spells[i].to, b->start - 3 * 365, i, 0, 0);
	for (uint32_t i = 0; i < b->event_count; i++) {
		const struct event *e = &b->events[i];
		bool service = e->kind == EVENT_ADULT_ASSESSMENT || e->kind == EVENT_ADULT_REVIEW ||
			       e->kind == EVENT_ADULT_SAFEGUARDING;
		if (service && e->on >= b->start - 3 * 365)
			due_add(w, &list, e->on, i, 0, 1);
	}
	due_write(w, &list, service_row);
}
