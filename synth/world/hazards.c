/* What the world knew: at three moments, for everyone at risk, the chance of each outcome
 * within its horizon; and, when all is over, whether it came. */
#include "world_int.h"

#include <math.h>

enum { FIRST_MONTH = 6, EVERY = 9, BINS = 40 };

static const unsigned horizons[OUTCOMES] = {9, 9, 12, 9, 2, 9, 9, 9, 6};

static bool child_at_risk(struct world *w, uint32_t person, enum outcome outcome, int age)
{
	const struct life *life = &w->lives[person];
	bool need = life->open[SPELL_IN_NEED] != NOTHING, protect = life->open[SPELL_PROTECTION] != NOTHING,
	     after = life->open[SPELL_LOOKED_AFTER] != NOTHING;
	if (age > 16)
		return false;
	switch (outcome) {
	case OUTCOME_CHILD_NEEDS_HELP:
		return !need && !protect && !after && person_is_here(w, person);
	case OUTCOME_IN_NEED_STEP_UP:
		return need && !protect;
	case OUTCOME_PROTECTION_STEP_UP:
		return protect;
	case OUTCOME_LOOKED_AFTER_STEP_DOWN:
		return after;
	default: {
		const struct spell *school = spell_of(w, person, SPELL_SCHOOL);
		return age >= 5 && school && school->link != NOTHING && person_is_here(w, person);
	}
	}
}

static bool at_risk(struct world *w, uint32_t person, enum outcome outcome)
{
	const struct life *life = &w->lives[person];
	int age = person_age(w, person, world_today(w));
	if (outcome <= OUTCOME_LOOKED_AFTER_STEP_DOWN || outcome == OUTCOME_EXCLUSION ||
	    outcome == OUTCOME_LOW_ATTENDANCE)
		return child_at_risk(w, person, outcome, age);
	if (!person_is_here(w, person))
		return false;
	if (outcome == OUTCOME_HOSPITAL)
		return true;
	const struct household *h = &w->b->households[life->household];
	if (h->head_now != person || age < 18)
		return false;
	return outcome == OUTCOME_HOMELESS ? life->open[SPELL_HOMELESS] == NOTHING : h->accounts != NOTHING;
}

static double within(double monthly, unsigned months)
{
	return 1 - pow(1 - monthly, months);
}

/* Of low attendance and arrears a score stands here until hazards_settle turns it into the
 * share of people with such a score to whom it happened. */
static double chance_of(struct world *w, uint32_t person, enum outcome outcome)
{
	unsigned months = horizons[outcome];
	switch (outcome) {
	case OUTCOME_CHILD_NEEDS_HELP:
		return within(chance_in_need(w, person) * 1.5, months); /* half come with a brother or sister */
	case OUTCOME_IN_NEED_STEP_UP:
		return within(chance_protection(w, person) + chance_looked_after(w, person),
			      months * 2 / 3); /* many episodes end before */
	case OUTCOME_PROTECTION_STEP_UP:
		return within(chance_looked_after(w, person), months * 3 / 4);
	case OUTCOME_LOOKED_AFTER_STEP_DOWN:
		return within(chance_return_home(w, person), months);
	case OUTCOME_HOMELESS:
		return within(chance_homeless(w, person), months);
	case OUTCOME_EXCLUSION:
		return within(chance_suspension(w, person), months - 1);
	case OUTCOME_LOW_ATTENDANCE:
		return absence_rate(w, person);
	case OUTCOME_ARREARS_WORSEN:
		return arrears_pressure(w, w->lives[person].household);
	default:
		return within(chance_hospital(w, person), months);
	}
}

void hazards_month(struct world *w)
{
	struct borough *b = w->b;
	if (w->month < FIRST_MONTH || (w->month - FIRST_MONTH) % EVERY)
		return;
	for (int outcome = 0; outcome < OUTCOMES; outcome++) {
		if ((unsigned)w->month + horizons[outcome] > b->plan.months)
			continue;
		for (uint32_t person = 0; person < b->person_count; person++) {
			if (!at_risk(w, person, (enum outcome)outcome))
				continue;
			struct hazard *h = WORLD_ADD(w, hazards, hazard);
			*h = (struct hazard){.person = person,
					     .month = (uint8_t)w->month,
					     .outcome = (uint8_t)outcome,
					     .chance = (float)chance_of(w, person, (enum outcome)outcome)};
		}
	}
}

static bool spell_began(const struct borough *b, uint32_t person, enum spell_kind kind, date from, date to)
{
	for (uint32_t at = b->persons[person].spell; at != NOTHING; at = b->spells[at].next)
		if (b->spells[at].kind == kind && b->spells[at].from >= from && b->spells[at].from < to)
			return true;
	return false;
}

static bool event_came(const struct borough *b, uint32_t person, enum event_kind kind, int code, date from, date to)
{
	for (uint32_t at = b->persons[person].event; at != NOTHING; at = b->events[at].next)
		if (b->events[at].kind == kind && (code < 0 || b->events[at].code == code) &&
		    b->events[at].on >= from && b->events[at].on < to)
			return true;
	return false;
}

static bool came_home(const struct borough *b, uint32_t person, date from, date to)
{
	for (uint32_t at = b->persons[person].spell; at != NOTHING; at = b->spells[at].next)
		if (b->spells[at].kind == SPELL_LOOKED_AFTER && b->spells[at].value == CLOSURE_RETURNED_HOME &&
		    b->spells[at].to >= from && b->spells[at].to < to)
			return true;
	return false;
}

/* More owed at the end than at the beginning, by 300 pounds or more. */
static bool owed_more(const struct borough *b, uint32_t person, int month)
{
	const struct residence *home = borough_residence(b, person, borough_month(b, month));
	int64_t before = 0, after = 0;
	uint32_t first = home ? b->households[home->household].accounts : NOTHING;
	for (uint32_t at = first; first != NOTHING && at < first + 2 && at < b->account_count; at++) {
		const struct account *a = &b->accounts[at];
		int start = month - 1 - a->first_month, end = start + (int)horizons[OUTCOME_ARREARS_WORSEN];
		if (a->household != home->household || start < 0 || end >= a->months)
			continue;
		before += b->balances[a->balances + (uint32_t)start];
		after += b->balances[a->balances + (uint32_t)end];
	}
	return after - before >= 30000;
}

/* Attendance rows of each term are in the order of persons. */
static const struct attendance *attendance_of(const struct borough *b, uint32_t person, unsigned term)
{
	size_t low = 0, high = b->attendance_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct attendance *a = &b->attendances[middle];
		if (a->term < term || (a->term == term && a->person < person))
			low = middle + 1;
		else
			high = middle;
	}
	bool found =
		low < b->attendance_count && b->attendances[low].person == person && b->attendances[low].term == term;
	return found ? &b->attendances[low] : NULL;
}

static bool attended_little(const struct borough *b, uint32_t person, date from)
{
	unsigned possible = 0, missed = 0, terms = 0;
	for (unsigned t = 0; t < b->term_count && terms < 3; t++) {
		if (b->terms[t].from < from)
			continue;
		const struct attendance *a = attendance_of(b, person, t);
		terms++;
		if (a) {
			possible += a->possible;
			missed += (unsigned)(a->authorised + a->unauthorised);
		}
	}
	return possible > 100 && missed * 100 > possible * 15;
}

static bool happened(const struct borough *b, const struct hazard *h)
{
	date from = borough_month(b, h->month), to = borough_month(b, h->month + (int)horizons[h->outcome]);
	switch (h->outcome) {
	case OUTCOME_CHILD_NEEDS_HELP:
		return spell_began(b, h->person, SPELL_IN_NEED, from, to) ||
		       spell_began(b, h->person, SPELL_LOOKED_AFTER, from, to);
	case OUTCOME_IN_NEED_STEP_UP:
		return spell_began(b, h->person, SPELL_PROTECTION, from, to) ||
		       spell_began(b, h->person, SPELL_LOOKED_AFTER, from, to);
	case OUTCOME_PROTECTION_STEP_UP:
		return spell_began(b, h->person, SPELL_LOOKED_AFTER, from, to);
	case OUTCOME_LOOKED_AFTER_STEP_DOWN:
		return came_home(b, h->person, from, to);
	case OUTCOME_HOMELESS:
		return spell_began(b, h->person, SPELL_HOMELESS, from, to);
	case OUTCOME_EXCLUSION:
		return event_came(b, h->person, EVENT_SUSPENSION, -1, from, to) ||
		       event_came(b, h->person, EVENT_PERMANENT_EXCLUSION, -1, from, to);
	case OUTCOME_LOW_ATTENDANCE:
		return attended_little(b, h->person, from);
	case OUTCOME_ARREARS_WORSEN:
		return owed_more(b, h->person, h->month);
	default:
		return event_came(b, h->person, EVENT_HOSPITAL, 1, from, to);
	}
}

static int by_score(const void *a, const void *z)
{
	const struct hazard *x = *(const struct hazard *const *)a, *y = *(const struct hazard *const *)z;
	if (x->chance != y->chance)
		return x->chance < y->chance ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void score_to_chance(struct borough *b, enum outcome outcome)
{
	struct hazard **rows = memory_alloc(b->hazard_count + 1, sizeof *rows);
	size_t count = 0;
	for (size_t i = 0; i < b->hazard_count; i++)
		if (b->hazards[i].outcome == outcome)
			rows[count++] = &b->hazards[i];
	qsort(rows, count, sizeof *rows, by_score);
	for (size_t bin = 0; bin < BINS; bin++) {
		size_t from = count * bin / BINS, to = count * (bin + 1) / BINS, came = 0;
		for (size_t i = from; i < to; i++)
			came += rows[i]->happened;
		for (size_t i = from; i < to; i++)
			rows[i]->chance = (float)(((double)came + 0.5) / ((double)(to - from) + 1));
	}
	free(rows);
}

void hazards_settle(struct world *w)
{
	for (size_t i = 0; i < w->b->hazard_count; i++)
		w->b->hazards[i].happened = happened(w->b, &w->b->hazards[i]);
	score_to_chance(w->b, OUTCOME_LOW_ATTENDANCE);
	score_to_chance(w->b, OUTCOME_ARREARS_WORSEN);
}
