/* What happens at home and in the street: repairs, nuisance, abuse, calls, losing the home;
 * and young people's offences. */
#include "world_int.h"

#include <math.h>

static const struct property *home_of(const struct world *w, uint32_t person)
{
	return &w->b->properties[w->b->households[w->lives[person].household].property];
}

/* Of the head of a household. 15 in 1,000 households a year are owed a duty (DLUHC,
 * statutory homelessness live tables, London). */
double chance_homeless(const struct world *w, uint32_t person)
{
	const struct life *life = &w->lives[person];
	const struct property *home = home_of(w, person);
	double strain = 0.75 * (double)life->level[NEED_FINANCIAL_STRESS] +
			0.35 * (double)life->level[NEED_DOMESTIC_ABUSE] +
			0.3 * (double)life->level[NEED_MENTAL_HEALTH] +
			0.25 * (double)life->level[NEED_SUBSTANCE_MISUSE] + 0.3 * (double)life->shock;
	if (home->tenure == TENURE_PRIVATE || stock_of(home) == STOCK_HMO)
		strain += 0.45;
	else if (home->tenure <= TENURE_MORTGAGE)
		strain -= 0.7;
	double chance = 0.00082 * exp(0.8 * strain);
	return chance > 0.3 ? 0.3 : chance;
}

static enum homeless_reason reason_of(struct world *w, uint32_t person, struct random *r)
{
	const struct life *life = &w->lives[person];
	const struct property *home = home_of(w, person);
	double weights[HOMELESS_REASONS] = {24,
					    home->tenure == TENURE_PRIVATE ? 45 : 2,
					    6 * exp(0.8 * (double)life->level[NEED_DOMESTIC_ABUSE]),
					    8,
					    home->tenure == TENURE_COUNCIL ? 5 : 0.5,
					    5,
					    4,
					    5};
	return (enum homeless_reason)random_weighted(r, weights, HOMELESS_REASONS);
}

static void move_to_temporary(struct world *w, uint32_t person, enum homeless_reason reason, date on, struct random *r)
{
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, w->lives[person].household, members, MEMBERS_MOST);
	enum stock stock = reason == HOMELESS_DOMESTIC_ABUSE && random_chance(r, 0.4) ? STOCK_REFUGE
			   : count > 2 || random_chance(r, 0.3)                       ? STOCK_PRIVATE
										      : STOCK_HOSTEL;
	uint32_t property = vacancy_find(w, stock, count > 2 ? 2 : 1, home_of(w, person)->ward, r);
	if (property == NOTHING)
		return;
	enum temporary_home kind = stock == STOCK_REFUGE   ? TEMPORARY_REFUGE
				   : stock == STOCK_HOSTEL ? TEMPORARY_HOSTEL
				   : random_chance(r, 0.3) ? TEMPORARY_BED_AND_BREAKFAST
							   : TEMPORARY_LEASED;
	uint32_t old = w->lives[person].household, abuser = w->b->households[old].abuser, next;
	if (abuser != NOTHING && abuser != person &&
	    reason == HOMELESS_DOMESTIC_ABUSE) { /* they flee; the abuser stays */
		next = household_new(w, property, HOUSEHOLD_LONE_PARENT, person, on);
		for (unsigned i = 0; i < count; i++) {
			if (members[i] != person &&
			    (w->b->persons[members[i]].mother != person || person_age(w, members[i], on) > 17))
				continue;
			leave_home(w, members[i], on, LEFT_WITHIN);
			live_at(w, members[i], next, members[i] == person ? ROLE_HEAD : ROLE_CHILD, on);
			event_new(w, members[i], EVENT_MOVE_WITHIN, on)->link = w->lives[members[i]].residence;
		}
		relation_end(w, person, on);
	} else {
		next = household_move(w, old, property, on);
	}
	uint32_t spell = spell_open(w, person, SPELL_TEMPORARY_HOME, kind, on);
	w->b->spells[spell].link = property;
}

static void apply_as_homeless(struct world *w, uint32_t person, struct random *r)
{
	static const double duties[] = {12, 46, 28, 14};
	date on = world_some_day(w, r);
	enum homeless_reason reason = reason_of(w, person, r);
	enum homeless_duty duty = (enum homeless_duty)random_weighted(r, duties, 4);
	uint32_t spell = spell_open(w, person, SPELL_HOMELESS, reason, on);
	w->b->spells[spell].value = duty;
	event_new(w, person, EVENT_HOMELESS_APPLICATION, on)->link = spell;
	w->lives[person].shock += 1.0f;
	if (duty >= DUTY_RELIEF && random_chance(r, 0.6))
		move_to_temporary(w, person, reason, on + 2, r);
}

static void end_homelessness(struct world *w, uint32_t person, struct random *r)
{
	struct spell *temporary = spell_of(w, person, SPELL_TEMPORARY_HOME),
		     *spell = spell_of(w, person, SPELL_HOMELESS);
	date on = world_some_day(w, r);
	if (!temporary) {
		if (random_chance(r, 0.16))
			spell_close(w, person, SPELL_HOMELESS, on);
		return;
	}
	if (on - spell->from < 60 || !random_chance(r, 0.03))
		return;
	uint32_t property = vacancy_find(w,
					 random_chance(r, 0.55)  ? STOCK_COUNCIL
					 : random_chance(r, 0.4) ? STOCK_ASSOCIATION
								 : STOCK_PRIVATE,
					 2, home_of(w, person)->ward, r);
	spell_close(w, person, SPELL_TEMPORARY_HOME, on);
	spell_close(w, person, SPELL_HOMELESS, on);
	if (property != NOTHING)
		money_open(w, household_move(w, w->lives[person].household, property, on), on, r);
}

/* Who on the first day is in a hostel, a refuge or a leased home as homeless. */
void homeless_start(struct world *w, uint32_t household, struct random *r)
{
	const struct household *h = &w->b->households[household];
	const struct property *home = &w->b->properties[h->property];
	enum stock stock = stock_of(home);
	double share = stock == STOCK_REFUGE ? 1 : stock == STOCK_HOSTEL ? 0.8 : stock == STOCK_PRIVATE ? 0.035 : 0.001;
	if (!random_chance(r, share))
		return;
	static const enum temporary_home kinds[STOCK_NONE] = {
		[STOCK_OWNED] = TEMPORARY_LEASED,          [STOCK_COUNCIL] = TEMPORARY_COUNCIL_STOCK,
		[STOCK_ASSOCIATION] = TEMPORARY_LEASED,    [STOCK_PRIVATE] = TEMPORARY_LEASED,
		[STOCK_HMO] = TEMPORARY_BED_AND_BREAKFAST, [STOCK_HOSTEL] = TEMPORARY_HOSTEL,
		[STOCK_REFUGE] = TEMPORARY_REFUGE};
	enum homeless_reason reason = stock == STOCK_REFUGE ? HOMELESS_DOMESTIC_ABUSE : reason_of(w, h->head, r);
	uint32_t spell = spell_open(w, h->head, SPELL_HOMELESS, reason, h->from - 3);
	w->b->spells[spell].value = random_chance(r, 0.7) ? DUTY_MAIN : DUTY_RELIEF;
	spell = spell_open(w, h->head, SPELL_TEMPORARY_HOME, kinds[stock], h->from);
	w->b->spells[spell].link = h->property;
}

/* Orders that the youth offending team already has, and those who left care lately. */
void young_start(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_HISTORY, person, 2);
	int age = person_age(w, person, w->b->start);
	date from = w->b->start - 20 - (date)random_below(&r, 200);
	static const double orders[] = {25, 15, 38, 19, 3};
	if (age >= 11 && age < 18 &&
	    random_chance(&r, 0.0035 * exp(1.1 * (double)w->lives[person].level[NEED_ANTI_SOCIAL_TIES])))
		spell_open(w, person, SPELL_YOUTH_OFFENDING, (int)random_weighted(&r, orders, 5), from);
	if (age >= 18 && age < 21 && random_chance(&r, 0.02))
		spell_open(w, person, SPELL_CARE_LEAVER, 0, w->b->persons[person].born + (date)(18 * 365.25));
}

static void repairs(struct world *w, uint32_t person, struct random *r)
{
	static const double kinds[] = {26, 14, 22, 11, 6, 6, 7, 8};
	const struct property *home = home_of(w, person);
	if (home->tenure != TENURE_COUNCIL)
		return;
	for (unsigned n = random_negative_binomial(r, 0.21, 0.8); n > 0; n--) {
		struct event *event = event_new(w, person, EVENT_REPAIR, world_some_day(w, r));
		event->code = (int16_t)random_weighted(r, kinds, 8);
		event->link = w->b->households[w->lives[person].household].property;
	}
}

static void abuse_at_home(struct world *w, uint32_t person, struct random *r)
{
	const struct household *h = &w->b->households[w->lives[person].household];
	if (h->abuser == NOTHING || h->abuser == person || w->lives[person].partner != h->abuser)
		return;
	double chance = 0.03 * exp(0.7 * ((double)w->lives[person].level[NEED_DOMESTIC_ABUSE] - 1.2));
	if (!random_chance(r, chance > 0.4 ? 0.4 : chance))
		return;
	struct event *event = event_new(w, person, EVENT_DOMESTIC_ABUSE, world_some_day(w, r));
	event->other = h->abuser;
	event->link = h->property;
	w->lives[person].shock += 0.4f;
}

/* Someone in the same ward complains; most incidents are nobody's in particular, and are left out. */
static void nuisance(struct world *w, uint32_t person, int age, struct random *r)
{
	static const double kinds[] = {38, 18, 9, 10, 10, 6, 6, 3};
	const struct life *life = &w->lives[person];
	double young = age < 13 || age > 70 ? -1.5 : age < 25 ? 0.6 : 0;
	double strain = 0.8 * (double)life->level[NEED_ANTI_SOCIAL_TIES] +
			0.3 * (double)life->level[NEED_SUBSTANCE_MISUSE] + young;
	if (!random_chance(r, fmin(0.2, 0.0011 * exp(strain))))
		return;
	struct event *event = event_new(w, person, EVENT_ASB, world_some_day(w, r));
	event->code = (int16_t)random_weighted(r, kinds, ASB_KINDS);
	event->link = w->b->households[life->household].property;
	uint32_t other = random_below(r, (uint32_t)w->b->person_count);
	if (person_is_here(w, other) && other != person && person_age(w, other, event->on) >= 18)
		event->other = other;
}

static void offend(struct world *w, uint32_t person, struct random *r)
{
	static const double kinds[] = {18, 30, 16, 8, 8, 6, 10, 8}, orders[] = {34, 20, 30, 14, 2};
	struct spell *order = spell_of(w, person, SPELL_YOUTH_OFFENDING);
	double strain = 0.9 * (double)w->lives[person].level[NEED_ANTI_SOCIAL_TIES] + 0.3 * child_strain(w, person) +
			0.15 * w->lives[person].suspensions;
	if (random_chance(r, fmin(0.3, 0.00055 * exp(1.25 * strain) * (order ? 2.0 : 1)))) {
		struct event *event = event_new(w, person, EVENT_OFFENCE, world_some_day(w, r));
		event->code = (int16_t)random_weighted(r, kinds, 8);
		if (!order && random_chance(r, 0.75))
			spell_open(w, person, SPELL_YOUTH_OFFENDING, (int)random_weighted(r, orders, 5),
				   event->on + 30);
	} else if (order && world_today(w) > order->from &&
		   random_chance(r, order->code <= YOUTH_CAUTION ? 0.3 : 0.11)) {
		spell_close(w, person, SPELL_YOUTH_OFFENDING, world_some_day(w, r));
	}
}

static void calls(struct world *w, uint32_t person, struct random *r)
{
	double stress = (double)w->lives[person].level[NEED_FINANCIAL_STRESS];
	unsigned n = random_negative_binomial(r, 0.05 * exp(0.3 * stress), 0.5);
	const struct property *home = home_of(w, person);
	for (; n > 0; n--) {
		double weights[] = {24,
				    home->tenure == TENURE_COUNCIL ? 18 : 4,
				    6 * exp(0.6 * stress),
				    16,
				    home->tenure == TENURE_COUNCIL ? 16 : 0,
				    5,
				    6,
				    8,
				    4,
				    4,
				    1.5 * exp(0.8 * stress),
				    3};
		struct event *event = event_new(w, person, EVENT_CALL, world_some_day(w, r));
		event->code = (int16_t)random_weighted(r, weights, 12);
	}
}

void home_events_month(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_HOUSING, person, 2 * (uint64_t)w->month);
	int age = person_age(w, person, world_today(w));
	if (age >= 10)
		nuisance(w, person, age, &r);
	if (age >= 10 && age < 18)
		offend(w, person, &r);
	else
		spell_close(w, person, SPELL_YOUTH_OFFENDING, world_today(w));
	if (age < 18)
		return;
	calls(w, person, &r);
	abuse_at_home(w, person, &r);
	if (w->b->households[w->lives[person].household].head_now == person)
		repairs(w, person, &r);
}

/* Losing the home, and finding another; last of the month, because it moves people. */
void housing_month(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_HOUSING, person, 2 * (uint64_t)w->month + 1);
	if (w->lives[person].open[SPELL_HOMELESS] != NOTHING)
		end_homelessness(w, person, &r);
	else if (w->b->households[w->lives[person].household].head_now == person &&
		 person_age(w, person, world_today(w)) >= 16 && home_of(w, person)->kind != PROPERTY_CARE_HOME &&
		 random_chance(&r, chance_homeless(w, person)))
		apply_as_homeless(w, person, &r);
}
