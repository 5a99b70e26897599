/* School places, attendance, exclusions and special needs.
 *
 * Rates: DfE "Pupil absence in schools", "Suspensions and permanent exclusions", "Special
 * educational needs" (2022/23 and 2023/24, outer London).
 */
#include "world_int.h"

#include <math.h>

/* National curriculum year on a day: the age at the last 31 August, less four. */
static int curriculum_year(const struct world *w, uint32_t person, date on)
{
	struct ymd day = date_ymd(on);
	date september = date_of(day.month >= 9 ? day.year : day.year - 1, 9, 1);
	return person_age(w, person, september) - 4;
}

void schools_list(struct world *w)
{
	struct borough *b = w->b;
	w->schools[0] = memory_alloc(b->place_count, sizeof(uint32_t));
	w->schools[1] = memory_alloc(b->place_count, sizeof(uint32_t));
	w->unit_school = w->special_school = NOTHING;
	for (uint32_t i = 0; i < b->place_count; i++) {
		if (b->places[i].kind <= PLACE_SECONDARY)
			w->schools[b->places[i].kind][w->school_counts[b->places[i].kind]++] = i;
		else if (b->places[i].kind == PLACE_PUPIL_REFERRAL_UNIT)
			w->unit_school = i;
		else if (b->places[i].kind == PLACE_SPECIAL)
			w->special_school = i;
	}
}

/* Near home: the nearest of three at random. A brother's or sister's, when at the same stage. */
static uint32_t choose_school(struct world *w, uint32_t person, bool secondary, struct random *r)
{
	struct borough *b = w->b;
	const struct life *life = &w->lives[person];
	const struct property *home = &b->properties[b->households[life->household].property];
	if ((double)life->base[NEED_SPECIAL_NEEDS] > 2.3 && w->special_school != NOTHING)
		return w->special_school;
	uint32_t members[MEMBERS_MOST], best = NOTHING;
	unsigned count = household_members(w, life->household, members, MEMBERS_MOST);
	for (unsigned i = 0; i < count; i++) {
		const struct spell *spell = spell_of(w, members[i], SPELL_SCHOOL);
		if (spell && members[i] != person && spell->link != NOTHING &&
		    b->places[spell->link].kind == (secondary ? PLACE_SECONDARY : PLACE_PRIMARY) &&
		    random_chance(r, 0.85))
			return spell->link;
	}
	if (random_chance(r, secondary ? 0.08 : 0.025))
		return NOTHING;
	double least = 1e18;
	for (int i = 0; i < 4; i++) {
		uint32_t school = w->schools[secondary][random_below(r, w->school_counts[secondary])];
		const struct property *p = &b->properties[b->places[school].property];
		double distance = hypot(p->easting - home->easting, p->northing - home->northing);
		if (distance < least) {
			least = distance;
			best = school;
		}
	}
	return best;
}

static void enter(struct world *w, uint32_t person, int year, date on, struct random *r)
{
	uint32_t school = choose_school(w, person, year >= 7, r);
	spell_close(w, person, SPELL_SCHOOL, on);
	uint32_t spell = spell_open(w, person, SPELL_SCHOOL, year, on);
	w->b->spells[spell].link = school;
	person_give_upn(w, person, school, on);
}

/* SHARE of those who need it and have no support yet get it now. */
static void special_needs(struct world *w, uint32_t person, double share, date on, struct random *r)
{
	double level = (double)w->lives[person].base[NEED_SPECIAL_NEEDS];
	if (w->lives[person].open[SPELL_SPECIAL_NEEDS] != NOTHING || level < 0.95 || !random_chance(r, share))
		return;
	static const double weights[SEN_TYPES] = {14, 26, 22, 17, 10, 3, 2, 4};
	uint32_t spell = spell_open(w, person, SPELL_SPECIAL_NEEDS, level > 1.85 ? SEN_PLAN : SEN_SUPPORT, on);
	w->b->spells[spell].value = (int32_t)random_weighted(r, weights, SEN_TYPES);
}

static bool stays_on(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_SCHOOL, person, 9999);
	return random_chance(&r, 0.58);
}

/* On arrival or on the first day: those of school age have a place since they began. */
void school_start(struct world *w, uint32_t person, date from, struct random *r)
{
	date today = w->month < 0 ? w->b->start : world_today(w);
	int year = curriculum_year(w, person, today);
	bool nursery = year == -1 && random_chance(r, 0.55);
	if ((year < 0 && !nursery) || year > 13 || (year > 11 && !stays_on(w, person)))
		return;
	struct ymd day = date_ymd(today);
	int began = year >= 12 ? 12 : year >= 7 ? 7 : year < 0 ? -1 : 0;
	date september = date_of((day.month >= 9 ? day.year : day.year - 1) - (year - began), 9, 3);
	date on = september > from ? september : from + (w->month < 0 ? 0 : 7 + (date)random_below(r, 40));
	enter(w, person, september > from ? began : year, on, r);
	special_needs(w, person, 0.8, on + 60 < today ? on + 60 : on, r);
	w->lives[person].school_absence = (float)random_normal(r, 0, 1);
}

/* A pupil's own share of sessions missed: log-normal about 7 in 100. */
double absence_rate(const struct world *w, uint32_t pupil)
{
	const struct life *life = &w->lives[pupil];
	int age = person_age(w, pupil, world_today(w));
	double strain = 0.35 * child_strain(w, pupil) + 0.15 * (double)life->level[NEED_PHYSICAL_HEALTH] +
			0.6 * (double)life->school_absence;
	if (age >= 11)
		strain += 0.12 * (double)life->level[NEED_ANTI_SOCIAL_TIES] + 0.2;
	double rate = 0.055 * exp(0.75 * strain);
	return rate > 0.9 ? 0.9 : rate;
}

double chance_suspension(const struct world *w, uint32_t pupil)
{
	const struct life *life = &w->lives[pupil];
	int age = person_age(w, pupil, world_today(w));
	double strain = 0.45 * (double)life->level[NEED_ANTI_SOCIAL_TIES] +
			0.3 * (double)life->level[NEED_SPECIAL_NEEDS] + 0.25 * child_strain(w, pupil);
	strain += 0.2 * (life->suspensions > 3 ? 3 : life->suspensions) +
		  (w->b->persons[pupil].sex == SEX_MALE ? 0.15 : -0.15);
	double rate = age < 5 ? 0.0002 : age < 11 ? 0.0035 : age < 16 ? 0.016 : 0.003;
	double chance = rate * exp(strain - 0.3);
	return chance > 0.4 ? 0.4 : chance;
}

static void suspend(struct world *w, uint32_t pupil, struct random *r)
{
	static const double reasons[] = {17, 6, 5, 14, 48, 4, 1.5, 1.5, 3, 2};
	struct life *life = &w->lives[pupil];
	date on = world_some_day(w, r);
	struct event *event = event_new(w, pupil, EVENT_SUSPENSION, on);
	event->code = (int16_t)random_weighted(r, reasons, 10);
	event->amount = 1 + (int32_t)random_below(r, 8);
	event->link = spell_of(w, pupil, SPELL_SCHOOL)->link;
	life->suspensions++;
	if (life->suspensions > 2 && random_chance(r, 0.05) && w->unit_school != NOTHING) {
		event = event_new(w, pupil, EVENT_PERMANENT_EXCLUSION, on + 3);
		event->code = (int16_t)random_weighted(r, reasons, 10);
		event->link = spell_of(w, pupil, SPELL_SCHOOL)->link;
		int year = curriculum_year(w, pupil, on);
		spell_close(w, pupil, SPELL_SCHOOL, on + 10);
		uint32_t spell = spell_open(w, pupil, SPELL_SCHOOL, year, on + 10);
		w->b->spells[spell].link = w->unit_school;
	}
}

static void free_meals(struct world *w, uint32_t pupil, struct random *r)
{
	uint32_t household = w->lives[pupil].household;
	if (household == NOTHING)
		return;
	bool poor = benefit_is_open(w, w->b->households[household].head_now, BENEFIT_UNIVERSAL_CREDIT);
	bool has = w->lives[pupil].open[SPELL_FREE_MEALS] != NOTHING;
	if (!has && poor && random_chance(r, w->month == 0 ? 0.95 : 0.035)) /* protected once had: not taken away */
		spell_open(w, pupil, SPELL_FREE_MEALS, 0, w->month == 0 ? w->b->start - 200 : world_some_day(w, r));
}

static void september(struct world *w, uint32_t person, int year, struct random *r)
{
	date on = date_of(date_ymd(world_today(w)).year, 9, 3);
	const struct spell *spell = spell_of(w, person, SPELL_SCHOOL);
	bool special =
		spell && (spell->link == w->special_school || spell->link == w->unit_school) && spell->link != NOTHING;
	if (year > 13 || (year == 12 && !stays_on(w, person)))
		spell_close(w, person, SPELL_SCHOOL, on);
	else if (year == 0 || (year == 7 && !special) || (year == -1 && random_chance(r, 0.5)))
		enter(w, person, year, on, r);
}

void school_month(struct world *w, uint32_t person)
{
	date today = world_today(w);
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_SCHOOL, person, (uint64_t)w->month);
	int month = date_ymd(today).month, year = curriculum_year(w, person, month == 9 ? today + 10 : today);
	if (year < -1 || year > 14 || !person_is_here(w, person))
		return;
	if (month == 9)
		september(w, person, year, &r);
	const struct spell *spell = spell_of(w, person, SPELL_SCHOOL);
	if (!spell && year >= 0 && year <= 11 && random_chance(&r, 0.6)) {
		enter(w, person, year, world_some_day(w, &r), &r);
		spell = spell_of(w, person, SPELL_SCHOOL);
	}
	if (!spell)
		return;
	free_meals(w, person, &r);
	special_needs(w, person, 0.05, today, &r);
	spell = spell_of(w, person, SPELL_SCHOOL); /* others were opened: rows may have moved */
	if (month != 8 && spell->link != NOTHING && spell->from <= today &&
	    random_chance(&r, chance_suspension(w, person)))
		suspend(w, person, &r);
}

static unsigned sessions_missed(struct random *r, unsigned possible, double rate)
{
	unsigned missed = random_negative_binomial(r, possible * rate, 1.6);
	return missed > possible ? possible : missed;
}

/* Called in the month in which TERM ended. */
void school_term(struct world *w, unsigned term)
{
	struct borough *b = w->b;
	const struct term *t = &b->terms[term];
	for (uint32_t i = 0; i < b->person_count; i++) {
		const struct spell *spell = spell_of(w, i, SPELL_SCHOOL);
		if (!spell || spell->link == NOTHING || spell->from > t->to - 7 || !person_is_here(w, i))
			continue;
		struct random r;
		random_start(&r, b->plan.seed, STREAM_SCHOOL, i, 100 + term);
		w->lives[i].school_absence = (float)(0.75 * (double)w->lives[i].school_absence +
						     random_normal(&r, 0, 0.66)); /* a new term */
		date from = spell->from > t->from ? spell->from : t->from;
		unsigned weeks_out = t->to - t->from > 95 ? 2 : 1; /* half-term and bank holidays */
		int days = (t->to - from) * 5 / 7 - (int)weeks_out * 5;
		if (days < 2)
			continue;
		unsigned possible = (unsigned)days * 2, missed = sessions_missed(&r, possible, absence_rate(w, i));
		double without_leave = 1 / (1 + exp(1.3 - 0.5 * child_strain(w, i)));
		struct attendance *a = WORLD_ADD(w, attendances, attendance);
		*a = (struct attendance){
			.person = i, .place = spell->link, .term = (uint16_t)term, .possible = (uint16_t)possible};
		a->unauthorised = (uint16_t)(missed * without_leave * (0.5 + random_uniform(&r)));
		if (a->unauthorised > missed)
			a->unauthorised = (uint16_t)missed;
		a->authorised = (uint16_t)(missed - a->unauthorised);
		a->late = (uint16_t)random_negative_binomial(&r, 3.0, 0.6);
	}
}
