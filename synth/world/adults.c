/* Work, study and the electoral register. */
#include "world_int.h"

#include <math.h>

static enum work work_of(struct world *w, uint32_t person, int age, struct random *r)
{
	const struct life *life = &w->lives[person];
	if (age >= 66)
		return random_chance(r, 0.1) ? WORK_EMPLOYED : WORK_RETIRED;
	double stress = life->level[NEED_FINANCIAL_STRESS], ill = life->level[NEED_MENTAL_HEALTH];
	double weights[] = {6,
			    1.0,
			    0.35 * exp(0.7 * stress),
			    0.45 * exp(0.6 * ill + (age > 50 ? 0.5 : 0)),
			    w->b->persons[person].sex == SEX_FEMALE && life->children ? 1.6 : 0.2,
			    age > 60 ? 1.5 : 0};
	return (enum work)random_weighted(r, weights, 6);
}

static void register_elector(struct world *w, uint32_t person, date from, struct random *r)
{
	static const double shares[] = {0.9, 0.8, 0.72, 0.62, 0};
	enum nationality nationality = (enum nationality)w->b->persons[person].nationality;
	if (random_chance(r, shares[nationality]))
		spell_open(w, person, SPELL_ELECTOR, nationality, from);
}

static void become_adult(struct world *w, uint32_t person, int age, date from, struct random *r)
{
	person_give_ni(w, person);
	if (age < 24 && random_chance(r, age < 20 ? 0.42 : 0.24))
		spell_open(w, person, SPELL_STUDENT, 0, from);
	else
		spell_open(w, person, SPELL_WORK, work_of(w, person, age, r), from);
}

void adult_start(struct world *w, uint32_t person, date from, struct random *r)
{
	date today = w->month < 0 ? w->b->start : world_today(w),
	     grown = w->b->persons[person].born + (date)(18 * 365.25);
	int age = person_age(w, person, today);
	if (age < 18)
		return;
	bool ni = *w->b->persons[person].ni_number;
	become_adult(w, person, age, from > grown ? from : grown, r);
	if (!ni && random_chance(r, 0.6)) /* newcomers wait for theirs */
		w->b->persons[person].ni_number[0] = '\0';
	register_elector(w, person, (from > grown ? from : grown) + (date)random_below(r, 200), r);
	benefits_start(w, person, from, r);
}

/* The register lags: a mover stays on it at the old address for some months. */
static void electoral_month(struct world *w, uint32_t person, struct random *r)
{
	struct spell *spell = spell_of(w, person, SPELL_ELECTOR);
	date on = world_some_day(w, r);
	if (spell && spell->household != w->lives[person].household && random_chance(r, 0.22)) {
		spell_close(w, person, SPELL_ELECTOR, on);
		register_elector(w, person, on, r);
	} else if (!spell && random_chance(r, 0.015)) {
		register_elector(w, person, on, r);
	}
}

static void work_month(struct world *w, uint32_t person, int age, struct random *r)
{
	struct spell *spell = spell_of(w, person, SPELL_WORK);
	struct life *life = &w->lives[person];
	if (!spell) {
		if (life->open[SPELL_STUDENT] != NOTHING && age >= 21 && random_chance(r, 0.08)) {
			spell_close(w, person, SPELL_STUDENT, world_today(w));
			spell_open(w, person, SPELL_WORK, work_of(w, person, age, r), world_today(w));
		}
		return;
	}
	double leave = 0;
	enum work next = WORK_EMPLOYED;
	if (spell->code == WORK_EMPLOYED || spell->code == WORK_SELF_EMPLOYED) {
		leave = 0.006 * exp(0.45 * (double)life->level[NEED_FINANCIAL_STRESS]);
		next = age >= 64 ? WORK_RETIRED : random_chance(r, 0.25) ? WORK_SICK : WORK_UNEMPLOYED;
		if (age >= 66)
			leave = 0.08;
	} else if (spell->code == WORK_UNEMPLOYED || spell->code == WORK_SICK) {
		leave = spell->code == WORK_SICK ? 0.02 : 0.11;
	} else if (spell->code == WORK_HOME) {
		leave = 0.012;
	}
	if (!random_chance(r, leave))
		return;
	date on = world_some_day(w, r);
	if (next == WORK_UNEMPLOYED || next == WORK_SICK)
		life->shock += 1.1f;
	spell_close(w, person, SPELL_WORK, on);
	spell_open(w, person, SPELL_WORK, next, on);
}

void adult_month(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_MONEY, person, (uint64_t)w->month);
	int age = person_age(w, person, world_today(w));
	if (age < 18)
		return;
	if (w->lives[person].open[SPELL_WORK] == NOTHING && w->lives[person].open[SPELL_STUDENT] == NOTHING) {
		become_adult(w, person, age, world_some_day(w, &r), &r);
		register_elector(w, person, world_some_day(w, &r), &r);
	}
	electoral_month(w, person, &r);
	work_month(w, person, age, &r);
	benefits_month(w, person);
}
