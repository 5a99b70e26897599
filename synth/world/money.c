/* Rent and council tax accounts, month by month, and what recovery does about them. */
#include "world_int.h"

#include <math.h>

/* How hard it is for a household to pay: standard normal, and the year's blows. */
double arrears_pressure(const struct world *w, uint32_t household)
{
	uint32_t head = w->b->households[household].head_now;
	const struct life *life = &w->lives[head];
	double pressure = (double)life->level[NEED_FINANCIAL_STRESS] + 0.8 * (double)life->shock;
	if (life->partner != NOTHING)
		pressure = 0.6 * pressure + 0.4 * (double)w->lives[life->partner].level[NEED_FINANCIAL_STRESS];
	return pressure + 0.25 * (double)life->level[NEED_SUBSTANCE_MISUSE];
}

static uint32_t account_new(struct world *w, enum account_kind kind, uint32_t household, int32_t charge, date from)
{
	struct borough *b = w->b;
	struct household *h = &b->households[household];
	int first = w->month < 0 ? 0 : w->month;
	uint32_t at = (uint32_t)b->account_count, balances = (uint32_t)b->balance_count;
	for (int m = first; m < (int)b->plan.months; m++)
		WORLD_ADD(w, balances, balance);
	struct account *a = WORLD_ADD(w, accounts, account);
	*a = (struct account){.property = h->property,
			      .household = household,
			      .holders = {h->head, w->lives[h->head].partner},
			      .balances = balances,
			      .charge = charge,
			      .kind = (uint8_t)kind,
			      .first_month = (uint8_t)first,
			      .from = from,
			      .to = DATE_UNKNOWN};
	if (at >= w->account_stage_capacity) {
		w->account_stage_capacity = w->account_stage_capacity ? w->account_stage_capacity * 2 : 4096;
		w->account_stage = memory_resize(w->account_stage, w->account_stage_capacity, 1);
	}
	w->account_stage[at] = 0;
	if (h->accounts == NOTHING)
		h->accounts = at;
	return at;
}

/* Band A pays six ninths of band D ... H eighteen; pence a month over twelve. */
static int32_t tax_charge(char band)
{
	static const int ninths[] = {6, 7, 8, 9, 11, 13, 15, 18};
	return (int32_t)(190000 * ninths[band - 'A'] / 9 / 12);
}

/* Only one adult: a quarter off. Some claim it who should not. */
static enum discount discount_of(struct world *w, uint32_t household, struct random *r)
{
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, household, members, MEMBERS_MOST), adults = 0, students = 0;
	for (unsigned i = 0; i < count; i++) {
		adults += person_age(w, members[i], world_today(w)) >= 18;
		students += w->lives[members[i]].open[SPELL_STUDENT] != NOTHING;
	}
	if (students && students == adults)
		return DISCOUNT_STUDENT;
	if (adults == 1 ? random_chance(r, 0.9) : random_chance(r, 0.02))
		return DISCOUNT_SINGLE;
	return random_chance(r, 0.006) ? DISCOUNT_DISABLED : DISCOUNT_NONE;
}

/* Whoever grew up in the home took it over when of age, not on the day the family moved in. */
static date signed_on(const struct world *w, uint32_t person, date from)
{
	date of_age = date_add_months(w->b->persons[person].born, 18 * 12);
	return of_age > from && of_age <= w->b->start ? of_age : from;
}

static void holder_spells(struct world *w, uint32_t account, enum spell_kind kind, int code, date from)
{
	for (int i = 0; i < 2; i++) {
		uint32_t person = w->b->accounts[account].holders[i];
		if (person == NOTHING || !person_is_here(w, person))
			continue;
		spell_close(w, person, kind, from);
		uint32_t spell = spell_open(w, person, kind, code, signed_on(w, person, from));
		w->b->spells[spell].link = account;
	}
}

void money_open(struct world *w, uint32_t household, date from, struct random *r)
{
	struct borough *b = w->b;
	const struct property *p = &b->properties[b->households[household].property];
	static const double debt_share[] = {0.30, 0.13};
	for (int kind = 0; kind < 2; kind++) {
		bool rent = kind == ACCOUNT_RENT;
		if (rent ? p->tenure != TENURE_COUNCIL : !p->band || stock_of(p) >= STOCK_HMO)
			continue;
		int32_t charge = rent ? (int32_t)((9200 + 1500 * p->bedrooms + (int)random_below(r, 1500)) * 52 / 12)
				      : tax_charge(p->band);
		uint32_t account = account_new(w, (enum account_kind)kind, household, charge, from);
		bool owes = w->month < 0 &&
			    random_chance(r, debt_share[kind] * exp(0.8 * arrears_pressure(w, household) - 0.3));
		if (owes) /* brought forward: the first month goes on from here */
			b->balances[b->accounts[account].balances] = (int32_t)(charge * random_gamma(r, 1.0, 1.8));
		holder_spells(w, account, rent ? SPELL_TENANCY : SPELL_COUNCIL_TAX,
			      rent ? TENURE_COUNCIL : (int)discount_of(w, household, r), from);
	}
	uint32_t head = b->households[household].head;
	if (p->tenure == TENURE_ASSOCIATION && stock_of(p) < STOCK_HMO)
		spell_open(w, head, SPELL_TENANCY, TENURE_ASSOCIATION, signed_on(w, head, from));
}

/* A household has at most two accounts, and they were opened together. */
void money_close(struct world *w, uint32_t household, date on)
{
	struct borough *b = w->b;
	uint32_t first = b->households[household].accounts;
	for (uint32_t at = first; first != NOTHING && at < first + 2 && at < b->account_count; at++)
		if (b->accounts[at].household == household && b->accounts[at].to == DATE_UNKNOWN)
			b->accounts[at].to = on > b->accounts[at].from ? on : b->accounts[at].from + 1;
	for (uint32_t at = b->households[household].first; at != NOTHING; at = b->residences[at].next_in_household)
		for (int kind = SPELL_TENANCY; kind <= SPELL_COUNCIL_TAX; kind++) {
			const struct spell *spell = spell_of(w, b->residences[at].person, (enum spell_kind)kind);
			if (spell && spell->household == household)
				spell_close(w, b->residences[at].person, (enum spell_kind)kind, on);
		}
}

/* The tenancy and the bill go to the new head, when no joint holder is left at home; a child holds neither, and
 * a family that leaves one by one on one day leaves its children last. */
void money_pass_on(struct world *w, uint32_t household, uint32_t from, date on)
{
	uint32_t to = w->b->households[household].head_now;
	bool of_age = person_age(w, to, on) >= 18;
	for (int kind = SPELL_TENANCY; kind <= SPELL_COUNCIL_TAX; kind++) {
		const struct spell *spell = spell_of(w, from, (enum spell_kind)kind);
		if (!spell || spell->household != household)
			continue;
		struct spell before = *spell;
		spell_close(w, from, (enum spell_kind)kind, on);
		const struct spell *own = spell_of(w, to, (enum spell_kind)kind);
		if ((own && own->household == household) || !of_age)
			continue;
		uint32_t next = spell_open(w, to, (enum spell_kind)kind, before.code, on);
		w->b->spells[next].link = before.link;
	}
}

static void rent_recovery(struct world *w, const struct account *a, uint8_t *stage, int32_t balance, struct random *r)
{
	uint32_t who = w->b->households[a->household].head_now;
	double weeks = balance / (a->charge * 12.0 / 52.0);
	date on = world_some_day(w, r);
	if (weeks < 1) {
		*stage = 0;
		return;
	}
	if (*stage < 4 && weeks > 2 + *stage * 1.5 && random_chance(r, 0.7)) {
		struct event *event = event_new(w, who, EVENT_RENT_LETTER, on);
		event->code = ++*stage;
		event->amount = balance;
	} else if (*stage == 4 && weeks > 8 && random_chance(r, 0.25)) {
		*stage = 5;
		event_new(w, who, EVENT_RENT_NOTICE, on)->amount = balance;
	} else if (*stage == 5 && weeks > 16 && random_chance(r, 0.02)) {
		*stage = 6;
		event_new(w, who, EVENT_EVICTION, on)->amount = balance;
		w->lives[who].shock += 2.0f;
	}
}

static void tax_recovery(struct world *w, const struct account *a, uint8_t *stage, int32_t balance, struct random *r)
{
	static const enum event_kind steps[] = {EVENT_TAX_REMINDER, EVENT_TAX_SUMMONS, EVENT_TAX_LIABILITY_ORDER,
						EVENT_TAX_ENFORCEMENT};
	static const double owed[] = {0.7, 1.7, 2.2, 3.5}, chances[] = {0.85, 0.5, 0.7, 0.2};
	double instalments = (double)balance / a->charge;
	if (instalments < 0.3) {
		*stage = 0;
		return;
	}
	if (*stage < 4 && instalments > owed[*stage] && random_chance(r, chances[*stage]))
		event_new(w, w->b->households[a->household].head_now, steps[(*stage)++], world_some_day(w, r))->amount =
			balance;
}

/* What is paid of a month's charge: most pay all; under pressure some pay part or nothing;
 * who is behind and not pressed catches up. */
static int32_t next_balance(const struct world *w, const struct account *a, int32_t before, struct random *r)
{
	double pressure = arrears_pressure(w, a->household);
	double miss = 1 / (1 + exp(3.2 - 0.75 * pressure - (before > 0 ? 0.5 : 0))), after = before;
	if (random_chance(r, miss))
		after += a->charge * (random_chance(r, 0.5) ? 1.0 : random_uniform(r)) *
			 (a->kind == ACCOUNT_RENT ? 0.8 : 0.9);
	else if (before > 0 && random_chance(r, 1 / (1 + exp(0.2 + 0.5 * pressure))))
		after -= fmin(before, a->charge * random_gamma(r, 1.2, 0.5));
	else if (before <= 0 && random_chance(r, 0.04)) /* a little ahead */
		after -= a->charge * 0.2 * random_uniform(r);
	return (int32_t)fmin(after, a->charge * 40.0);
}

void money_month(struct world *w)
{
	struct borough *b = w->b;
	for (uint32_t i = 0; i < b->account_count; i++) {
		struct account *a = &b->accounts[i];
		if (a->to != DATE_UNKNOWN || w->month < a->first_month)
			continue;
		struct random r;
		random_start(&r, b->plan.seed, STREAM_MONEY, i, 1000 + (uint64_t)w->month);
		int32_t *balance = &b->balances[a->balances + (uint32_t)(w->month - a->first_month)];
		*balance = next_balance(w, a, w->month == a->first_month ? *balance : balance[-1], &r);
		a->months = (uint8_t)(w->month - a->first_month + 1);
		uint8_t *stage = &w->account_stage[i];
		if (*balance > 0)
			(a->kind == ACCOUNT_RENT ? rent_recovery : tax_recovery)(w, a, stage, *balance, &r);
		else
			*stage = 0;
	}
}
