/* Adult social care, hospital admissions and the shielding list.
 *
 * Rates: NHS England "Adult Social Care Activity and Finance" 2022/23 (requests and
 * long-term support by age), Hospital Episode Statistics (emergency admissions), NHS
 * Digital's shielded patient list of 2020 (4 people in 100).
 */
#include "world_int.h"

#include <math.h>

/* Physical health with age in it; about standard normal at 45. */
static double frailty(const struct world *w, uint32_t person)
{
	int age = person_age(w, person, world_today(w));
	double old = age < 1 ? 0.9 : age < 5 ? 0.1 : age < 18 ? -0.7 : (age - 45) / 32.0;
	return 0.85 * (double)w->lives[person].level[NEED_PHYSICAL_HEALTH] + old;
}

double chance_hospital(const struct world *w, uint32_t person)
{
	const struct life *life = &w->lives[person];
	double strain = frailty(w, person) + 0.25 * (double)life->level[NEED_MENTAL_HEALTH] +
			0.15 * (double)life->level[NEED_SUBSTANCE_MISUSE];
	double chance = 0.0042 * exp(1.05 * strain);
	return chance > 0.35 ? 0.35 : chance;
}

static void admit(struct world *w, uint32_t person, bool emergency, struct random *r)
{
	struct event *event = event_new(w, person, EVENT_HOSPITAL, world_some_day(w, r));
	event->code = emergency;
	event->amount = (int32_t)random_negative_binomial(r, emergency ? 3.5 : 0.8, 0.6);
}

static bool living_in_care(const struct world *w, uint32_t person)
{
	uint32_t household = w->lives[person].household;
	return household != NOTHING &&
	       w->b->properties[w->b->households[household].property].kind == PROPERTY_CARE_HOME;
}

static enum adult_service service_of(const struct world *w, uint32_t person, struct random *r)
{
	const struct life *life = &w->lives[person];
	int age = person_age(w, person, world_today(w));
	if (living_in_care(w, person))
		return random_chance(r, 0.4) ? ADULT_NURSING : ADULT_RESIDENTIAL;
	double weights[ADULT_SERVICES] = {age >= 65 ? 10 : 3,
					  4,
					  1.5,
					  0,
					  0,
					  age >= 65 ? 6 : 1.5,
					  5,
					  0.8 * exp(0.9 * (double)life->level[NEED_MENTAL_HEALTH]),
					  age < 65 ? 0.7 * exp(0.9 * (double)life->level[NEED_SPECIAL_NEEDS]) : 0.2,
					  0.6};
	return (enum adult_service)random_weighted(r, weights, ADULT_SERVICES);
}

static void open_service(struct world *w, uint32_t person, date on, struct random *r)
{
	static const int32_t weekly[ADULT_SERVICES] = {28000, 24000, 11000, 82000, 94000, 21000, 0, 15000, 61000, 4000};
	enum adult_service service = service_of(w, person, r);
	uint32_t spell = spell_open(w, person, SPELL_ADULT_CARE, service, on);
	w->b->spells[spell].value = (int32_t)(weekly[service] * (0.5 + random_uniform(r)));
}

static double chance_contact(const struct world *w, uint32_t person)
{
	const struct life *life = &w->lives[person];
	double strain = frailty(w, person) * 1.1 + 0.35 * (double)life->level[NEED_MENTAL_HEALTH] +
			0.3 * (double)life->level[NEED_SPECIAL_NEEDS];
	double chance = 0.0011 * exp(1.1 * strain);
	return chance > 0.25 ? 0.25 : chance;
}

static void adult_care(struct world *w, uint32_t person, struct random *r)
{
	static const double sources[] = {3, 0, 30, 26, 8, 6, 16, 1, 26};
	date on = world_some_day(w, r);
	struct spell *service = spell_of(w, person, SPELL_ADULT_CARE);
	if (random_chance(r, chance_contact(w, person) * (service ? 0.4 : 1))) {
		event_new(w, person, EVENT_ADULT_CONTACT, on)->code = (int16_t)random_weighted(r, sources, 9);
		if (!service && random_chance(r, 0.42)) {
			event_new(w, person, EVENT_ADULT_ASSESSMENT, on + 10 + (date)random_below(r, 40));
			if (random_chance(r, 0.62))
				open_service(w, person, on + 50, r);
		}
	}
	if (!service)
		return;
	bool brief = service->code == ADULT_REABLEMENT;
	if (brief ? random_chance(r, 0.5) : random_chance(r, 0.013))
		spell_close(w, person, SPELL_ADULT_CARE, on);
	else if (random_chance(r, 0.07))
		event_new(w, person, EVENT_ADULT_REVIEW, on);
	if (random_chance(r, 0.006))
		event_new(w, person, EVENT_ADULT_SAFEGUARDING, on)->code = (int16_t)random_below(r, 5);
}

void care_month(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_CARE, person, (uint64_t)w->month);
	if (random_chance(&r, chance_hospital(w, person)))
		admit(w, person, true, &r);
	if (random_chance(&r, 0.0032 * exp(0.7 * frailty(w, person))))
		admit(w, person, false, &r);
	if (person_age(w, person, world_today(w)) >= 18)
		adult_care(w, person, &r);
}

void care_start(struct world *w, uint32_t person)
{
	struct borough *b = w->b;
	struct random r;
	random_start(&r, b->plan.seed, STREAM_HISTORY, person, 1);
	int age = person_age(w, person, b->start);
	date lived = b->residences[w->lives[person].residence].from;
	if (age >= 18) {
		date from = b->start - 20 - (date)random_exponential(&r, 700);
		if (living_in_care(w, person) || random_chance(&r, fmin(0.9, 9 * chance_contact(w, person))))
			open_service(w, person, from > lived ? from : lived, &r);
	}
	if (age >= 5 && random_chance(&r, fmin(0.8, 0.019 * exp(1.1 * frailty(w, person))))) {
		static const double reasons[] = {38, 14, 3, 18, 5, 22};
		date listed = date_of(2020, 4, 1) + (date)random_below(&r, 300);
		spell_open(w, person, SPELL_SHIELDING, (int)random_weighted(&r, reasons, 6),
			   listed > b->persons[person].born ? listed : b->start - 400);
	}
	if (age >= 25 && random_chance(&r, 0.03)) { /* cares for someone at home */
		uint32_t members[MEMBERS_MOST];
		unsigned count = household_members(w, w->lives[person].household, members, MEMBERS_MOST);
		uint32_t other = count > 1 ? members[random_below(&r, count)] : person;
		if (other != person) {
			uint32_t spell = spell_open(w, person, SPELL_CARER, 0, lived);
			b->spells[spell].link = other;
		}
	}
}
