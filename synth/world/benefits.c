/* Benefits: who has which, since when, how much a week. */
#include "world_int.h"

#include <math.h>

static const int32_t weekly[BENEFITS] = {16500, 2400, 9800, 6200, 8900, 7600, 4500};

bool benefit_is_open(const struct world *w, uint32_t person, enum benefit benefit)
{
	return w->lives[person].open_benefit[benefit] != NOTHING;
}

static void begin(struct world *w, uint32_t person, enum benefit benefit, date from, struct random *r)
{
	if (benefit_is_open(w, person, benefit))
		return;
	uint32_t at = spell_open(w, person, SPELL_BENEFIT, benefit, from);
	w->b->spells[at].value = (int32_t)(weekly[benefit] * (0.55 + 0.9 * random_uniform(r)));
	w->lives[person].open_benefit[benefit] = at;
	if (w->month >= 0) {
		struct event *event = event_new(w, person, EVENT_BENEFIT_CHANGE, from);
		event->code = (int16_t)benefit;
		event->amount = w->b->spells[at].value;
	}
}

static void finish(struct world *w, uint32_t person, enum benefit benefit, date on)
{
	uint32_t at = w->lives[person].open_benefit[benefit];
	w->b->spells[at].to = on > w->b->spells[at].from ? on : w->b->spells[at].from + 1;
	w->lives[person].open_benefit[benefit] = NOTHING;
	event_new(w, person, EVENT_BENEFIT_CHANGE, on)->code = (int16_t)benefit;
}

/* The chance that a person has a benefit at a moment. */
static double entitled(const struct world *w, uint32_t person, enum benefit benefit)
{
	const struct life *life = &w->lives[person];
	const struct household *h = &w->b->households[life->household];
	const struct property *p = &w->b->properties[h->property];
	const struct spell *job = life->open[SPELL_WORK] == NOTHING ? NULL : &w->b->spells[life->open[SPELL_WORK]];
	bool out_of_work = job && (job->code == WORK_UNEMPLOYED || job->code == WORK_SICK || job->code == WORK_HOME);
	double poor = 1 / (1 + exp(1.4 - 1.5 * (double)life->level[NEED_FINANCIAL_STRESS] - (out_of_work ? 1.6 : 0)));
	double ill = 1 / (1 + exp(3.2 - 1.6 * (double)life->level[NEED_PHYSICAL_HEALTH]));
	int age = person_age(w, person, world_today(w));
	bool head = h->head_now == person, renting = p->tenure >= TENURE_COUNCIL;
	switch (benefit) {
	case BENEFIT_HOUSING:
		return head && (age >= 66 ? renting : stock_of(p) == STOCK_HOSTEL) ? poor : 0;
	case BENEFIT_COUNCIL_TAX_SUPPORT:
		return head && h->accounts != NOTHING ? poor * 0.75 : 0;
	case BENEFIT_UNIVERSAL_CREDIT:
		return age < 66 && life->open[SPELL_STUDENT] == NOTHING ? poor * (head ? 0.75 : 0.4) : 0;
	case BENEFIT_PENSION_CREDIT:
		return age >= 66 ? poor * 0.5 : 0;
	case BENEFIT_DISABILITY:
		return ill * (age > 66 ? 0.9 : 1.3);
	case BENEFIT_CARERS:
		return age > 25 ? 0.012 : 0;
	default:
		return head && renting ? poor * 0.02 : 0;
	}
}

void benefits_start(struct world *w, uint32_t person, date from, struct random *r)
{
	for (int i = 0; i < BENEFITS; i++) {
		double p = entitled(w, person, (enum benefit)i) * (w->month < 0 ? 1 : 0.3);
		date since = w->month < 0 ? w->b->start - 10 - (date)random_exponential(r, 900) : world_some_day(w, r);
		if (random_chance(r, p))
			begin(w, person, (enum benefit)i, since > from ? since : from, r);
	}
}

/* Claims begin and end slowly, so that the share having one stays near the share entitled. */
void benefits_month(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_MONEY, person, 2000 + (uint64_t)w->month);
	for (int i = 0; i < BENEFITS; i++) {
		enum benefit benefit = (enum benefit)i;
		double speed = benefit == BENEFIT_DISCRETIONARY_HOUSING ? 0.2
			       : benefit == BENEFIT_UNIVERSAL_CREDIT    ? 0.045
									: 0.02;
		double u = random_uniform(&r), p = entitled(w, person, benefit);
		date on = world_some_day(w, &r);
		if (!benefit_is_open(w, person, benefit)) {
			if (u < speed * p)
				begin(w, person, benefit, on, &r);
			continue;
		}
		struct spell *spell = &w->b->spells[w->lives[person].open_benefit[i]];
		if (u < speed * (1 - p) * 0.8) {
			finish(w, person, benefit, on);
		} else if (u > 0.985) {
			spell->value = (int32_t)(spell->value * (0.8 + 0.4 * random_uniform(&r)));
			struct event *event = event_new(w, person, EVENT_BENEFIT_CHANGE, on);
			event->code = (int16_t)benefit;
			event->amount = spell->value;
		} else if (benefit == BENEFIT_UNIVERSAL_CREDIT && u > 0.979) {
			event_new(w, person, EVENT_BENEFIT_SANCTION, on);
			w->lives[person].shock += 0.5f;
		} else if (benefit <= BENEFIT_COUNCIL_TAX_SUPPORT && u > 0.981) {
			event_new(w, person, EVENT_BENEFIT_OVERPAYMENT, on)->amount =
				5000 + (int32_t)random_exponential(&r, 40000);
		}
	}
}
