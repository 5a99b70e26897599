/* The school census: the roll each term, attendance when a term is over, exclusions. */
#include "situations.h"

static const struct spell *on_roll(const struct borough *b, uint32_t person, date on)
{
	const struct spell *s = borough_spell(b, person, SPELL_SCHOOL, on);
	return s && s->link != NOTHING && b->persons[person].upn[0] ? s : NULL;
}

static int school_year_of(date on) /* the year in which the school year began */
{
	struct ymd at = date_ymd(on);
	return at.month >= 9 ? at.year : at.year - 1;
}

static const char *year_group(const struct spell *s, date on)
{
	static const char *const groups[] = {"N2", "R", "1", "2",  "3",  "4",  "5", "6",
					     "7",  "8", "9", "10", "11", "12", "13"};
	int year = s->code + school_year_of(on) - school_year_of(s->from);
	year = year < -1 ? -1 : year > 13 ? 13 : year;
	return groups[year + 1];
}

static void census_client(struct writer *w, uint32_t person)
{
	const char *upn = w->b->persons[person].upn;
	truth_record(w, upn, person, person);
	field_text(w, upn);
}

static void pupil_row(struct writer *w, uint32_t person, const struct spell *s)
{
	static const char *const types[SEN_TYPES] = {[SEN_MODERATE_LEARNING] = "MLD",
						     [SEN_SPEECH] = "SLCN",
						     [SEN_SOCIAL_EMOTIONAL] = "SEMH",
						     [SEN_AUTISM] = "ASD",
						     [SEN_SPECIFIC_LEARNING] = "SPLD",
						     [SEN_PHYSICAL] = "PD",
						     [SEN_HEARING] = "HI",
						     [SEN_SEVERE_LEARNING] = "SLD"};
	const struct borough *b = w->b;
	const struct person *p = &b->persons[person];
	const struct place *school = &b->places[s->link];
	struct recorded r;
	struct written a;
	record_person(w, KEEPER_SCHOOLS, person, 0, s->from > b->start ? s->from : b->start, &r);
	uint32_t told = situation_school_address(b, person, s);
	write_address(w, KEEPER_SCHOOLS,
		      told != NOTHING ? told : believed_property(w, KEEPER_SCHOOLS, person, w->as_at), person, &a);
	const struct spell *need = borough_spell(b, person, SPELL_SPECIAL_NEEDS, w->as_at);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_int(w, BOROUGH_LA_NUMBER);
	field_number(w, "", school->number, 4);
	field_int(w, school->urn);
	field_text(w, school->name);
	census_client(w, person);
	field_empty(w);
	field_text(w, r.family);
	field_text(w, r.given);
	field_text(w, r.middle);
	field_empty(w);
	field_text(w, r.alias);
	field_date(w, r.born);
	field_text(w, r.sex == 'M' ? "M" : "F");
	field_text(w, hash_mix(person ^ 1) % 60 == 0 ? "REFU" : ethnicity_code(p->ethnicity));
	field_text(w, p->language);
	field_text(w, year_group(s, w->as_at));
	field_text(w, "C");
	field_date(w, s->from < date_of(2000, 1, 1) ? DATE_UNKNOWN : s->from);
	field_text(w, borough_spell(b, person, SPELL_FREE_MEALS, w->as_at) ? "1" : "0");
	field_text(w, !need ? "N" : need->code == SEN_PLAN ? "E" : "K");
	field_text(w, need && need->value >= 0 && need->value < SEN_TYPES ? types[need->value] : "");
	field_text(w, a.sub);
	char paon[128];
	snprintf(paon, sizeof paon, "%s%s%s", a.building, a.building[0] && a.number[0] ? ", " : "", a.number);
	field_text(w, paon);
	field_text(w, a.street);
	field_text(w, a.locality);
	field_text(w, a.town);
	field_text(w, a.postcode);
	row_end(w);
}

/* Census days: the third Thursday of January and May, the first of October, nearly. The very
 * first roll is taken with the other systems' first extracts. */
static date census_day(const struct borough *b, unsigned month)
{
	if (month == 0)
		return borough_month(b, 1) - 1;
	struct ymd at = date_ymd(borough_month(b, (int)month));
	int day = at.month == 1 || at.month == 5 ? 18 : at.month == 10 ? 5 : 0;
	return day ? date_of(at.year, at.month, day) : DATE_UNKNOWN;
}

void feed_census_pupils(struct writer *w)
{
	const struct borough *b = w->b;
	for (unsigned m = 0; m < b->plan.months && !w->status; m++) {
		date day = census_day(b, m);
		if (day == DATE_UNKNOWN)
			continue;
		writer_open(w, m, day);
		for (uint32_t i = 0; i < b->person_count; i++) {
			const struct spell *s = on_roll(b, i, day);
			if (s)
				pupil_row(w, i, s);
		}
		writer_close(w);
	}
}

static void attendance_row(struct writer *w, const struct attendance *a)
{
	const struct term *term = &w->b->terms[a->term];
	row_begin(w);
	field_int(w, w->b->places[a->place].urn);
	census_client(w, a->person);
	field_text(w, term->name);
	field_date(w, term->from);
	field_date(w, term->to);
	field_int(w, a->possible);
	field_int(w, a->authorised);
	field_int(w, a->unauthorised);
	field_int(w, a->late);
	row_end(w);
}

/* Terms that were over when the borough began, as its calendar has them. */
struct past_term {
	char name[16];
	date from, to;
	int possible;
};

static size_t past_terms(const struct borough *b, struct past_term *terms, size_t most)
{
	static const struct {
		const char *name;
		int from_month, from_day, to_month, to_day, possible;
	} kinds[] = {{"Spring", 1, 6, 4, 4, 120}, {"Summer", 4, 22, 7, 23, 120}, {"Autumn", 9, 3, 12, 20, 140}};
	size_t count = 0;
	for (int year = date_ymd(b->start).year - 3; year <= date_ymd(b->start).year; year++)
		for (int k = 0; k < 3 && count < most; k++) {
			struct past_term *t = &terms[count];
			t->from = date_of(year, kinds[k].from_month, kinds[k].from_day);
			t->to = date_of(year, kinds[k].to_month, kinds[k].to_day);
			t->possible = kinds[k].possible;
			snprintf(t->name, sizeof t->name, "%s %d", kinds[k].name, year);
			count += t->from >= b->start - 3 * 365 && t->to < b->start + 20 && t->from < b->start;
		}
	return count;
}

static double share_missed(const struct borough *b, uint32_t person, struct random *r)
{
	double strain = 0.05 * borough_need(b, person, NEED_NEGLECT, 0) +
			0.04 * borough_need(b, person, NEED_MENTAL_HEALTH, 0) +
			0.03 * borough_need(b, person, NEED_ANTI_SOCIAL_TIES, 0);
	double share = (0.035 + strain) * random_gamma(r, 2.5, 0.4);
	return share > 0.8 ? 0.8 : share;
}

static void past_attendance_row(struct writer *w, uint32_t person, const struct spell *s, const struct past_term *term,
				double share)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_CHOICE, person, 1000 + (uint64_t)term->from);
	unsigned missed = random_poisson(&r, share * term->possible * random_gamma(&r, 6, 1 / 6.0));
	missed = missed > (unsigned)term->possible ? (unsigned)term->possible : missed;
	unsigned without = random_chance(&r, 0.5) ? missed / 4 : 0;
	row_begin(w);
	field_int(w, w->b->places[s->link].urn);
	census_client(w, person);
	field_text(w, term->name);
	field_date(w, term->from);
	field_date(w, term->to);
	field_int(w, term->possible);
	field_int(w, missed - without);
	field_int(w, without);
	field_int(w, random_poisson(&r, 2 + 20 * share));
	row_end(w);
}

/* With the first extracts the schools send the three years before, of pupils they still have. */
static void past_attendance(struct writer *w)
{
	const struct borough *b = w->b;
	struct past_term terms[12];
	size_t count = past_terms(b, terms, 12);
	writer_open(w, 0, borough_month(b, 1) - 1);
	for (uint32_t i = 0; i < b->person_count; i++) {
		struct random r;
		if (!on_roll(b, i, b->start))
			continue;
		random_start(&r, b->plan.seed, STREAM_CHOICE, i, 3);
		double share = share_missed(b, i, &r);
		for (size_t t = 0; t < count; t++) {
			const struct spell *then = on_roll(b, i, terms[t].from + 10);
			if (then && then->code >= 0 && date_age_in_years(b->persons[i].born, terms[t].from) >= 4)
				past_attendance_row(w, i, then, &terms[t], share);
		}
	}
	writer_close(w);
}

void feed_census_attendance(struct writer *w)
{
	const struct borough *b = w->b;
	size_t at = 0;
	past_attendance(w);
	for (unsigned t = 0; t < b->term_count && !w->status; t++) {
		date delivered = b->terms[t].to + 5;
		int month = borough_month_of(b, delivered);
		while (at < b->attendance_count && b->attendances[at].term < t)
			at++;
		if (month >= (int)b->plan.months)
			break;
		writer_open(w, (unsigned)(month < 0 ? 0 : month), delivered);
		uint32_t last = NOTHING;
		for (; at < b->attendance_count && b->attendances[at].term == t; at++) {
			const struct attendance *a = &b->attendances[at];
			bool told = a->person == last || !b->persons[a->person].upn[0] || a->place == NOTHING ||
				    !a->possible;
			last = a->person;
			if (!told)
				attendance_row(w, a);
		}
		writer_close(w);
	}
}

static void exclusion_row(struct writer *w, uint32_t number, const struct spell *s)
{
	static const char *const reasons[] = {
		[EXCLUSION_PHYSICAL_PUPIL] = "PP", [EXCLUSION_PHYSICAL_ADULT] = "PA", [EXCLUSION_VERBAL_PUPIL] = "VP",
		[EXCLUSION_VERBAL_ADULT] = "VA",   [EXCLUSION_DISRUPTION] = "DB",     [EXCLUSION_DRUGS] = "DA",
		[EXCLUSION_THEFT] = "TH",          [EXCLUSION_WEAPON] = "OW",         [EXCLUSION_DAMAGE] = "DM",
		[EXCLUSION_BULLYING] = "BU"};
	const struct event *e = &w->b->events[number];
	bool permanent = e->kind == EVENT_PERMANENT_EXCLUSION;
	row_begin(w);
	field_int(w, w->b->places[s->link].urn);
	census_client(w, e->person);
	field_text(w, permanent ? "PERM" : "SUSP");
	field_text(w, reasons[e->code]);
	field_date(w, e->on);
	if (permanent)
		field_empty(w);
	else
		field_int(w, e->amount < 1 ? 1 : e->amount > 90 ? 90 : e->amount);
	row_end(w);
}

/* With each roll, what happened since the last one; the first reaches two years back. */
void feed_census_exclusions(struct writer *w)
{
	const struct borough *b = w->b;
	date after = b->start - 2 * 365;
	for (unsigned m = 0; m < b->plan.months && !w->status; m++) {
		date day = census_day(b, m);
		if (day == DATE_UNKNOWN)
			continue;
		struct id_map told; /* a pupil is sent home once a day */
		id_map_init(&told);
		writer_open(w, m, day);
		for (uint32_t i = 0; i < b->event_count && b->events[i].on <= b->end; i++) {
			const struct event *e = &b->events[i];
			if ((e->kind != EVENT_SUSPENSION && e->kind != EVENT_PERMANENT_EXCLUSION) || e->on <= after ||
			    e->on > day)
				continue;
			const struct spell *s = on_roll(b, e->person, e->on - 1);
			bool is_new;
			id_map_put(&told,
				   (uint64_t)e->person << 21 | (uint64_t)e->on << 1 | (e->kind == EVENT_SUSPENSION),
				   &is_new);
			if (s && is_new)
				exclusion_row(w, i, s);
		}
		writer_close(w);
		id_map_release(&told);
		after = day;
	}
}
