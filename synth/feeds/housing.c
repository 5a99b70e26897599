/* Housing: tenancies, rent accounts and repairs. */
#include "situations.h"

static const char *const tenure_codes[TENURES] = {[TENURE_COUNCIL] = "SEC", [TENURE_ASSOCIATION] = "SEC"};

static uint64_t person_number(uint32_t person)
{
	return scrambled(person, 8, 1);
}

static uint64_t tenancy_number(uint32_t spell_or_account)
{
	return scrambled(spell_or_account, 7, 2);
}

static bool is_tenancy(const struct borough *b, const struct spell *s)
{
	return s->kind == SPELL_TENANCY && s->link != NOTHING && s->link < b->account_count;
}

/* The account's first holder signs as tenant, the second as joint tenant. */
static const char *role_of(const struct borough *b, const struct spell *s)
{
	return b->accounts[s->link].holders[0] == s->person ? "TEN" : "JNT";
}

static const char *end_reason(const struct borough *b, uint32_t person, date to)
{
	const struct person *p = &b->persons[person];
	if (p->died != DATE_UNKNOWN && p->died <= to + 60)
		return "DEC";
	return hash_mix(person) % 20 == 0 ? "EVI" : "MOV";
}

struct tenancy_row {
	uint32_t person, account;
	const char *role;
	date from, to;
};

static void write_tenancy_row(struct writer *w, const struct tenancy_row *t)
{
	const struct borough *b = w->b;
	const struct account *account = &b->accounts[t->account];
	uint32_t property = account->property;
	struct recorded r;
	struct written a;
	struct worker officer;
	date known = t->from > b->start ? t->from : b->start;
	record_person(w, KEEPER_HOUSING, t->person, 0, known, &r);
	write_address(w, KEEPER_HOUSING, property, t->account, &a);
	staff_of(w, KEEPER_HOUSING, b->properties[property].ward, 0, &officer);
	bool ended = t->to != DATE_UNKNOWN && t->to <= w->as_at;
	char client[16];
	snprintf(client, sizeof client, "%08llu", (unsigned long long)person_number(t->person));
	truth_record(w, client, t->person, t->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "T", tenancy_number(t->account), 7);
	field_text(w, client);
	field_text(w, r.title);
	field_text(w, r.whole_given);
	field_text(w, r.family);
	field_date(w, r.born);
	field_text(w, (char[]){r.sex, 0});
	field_text(w, r.ni);
	field_text(w, t->role);
	field_text(w, r.phone);
	field_text(w, r.mobile);
	field_text(w, r.email);
	for (int i = 0; i < 3; i++)
		field_text(w, a.lines[i]);
	field_text(w, a.postcode);
	field_text(w, a.uprn_field);
	field_text(w,
		   tenure_codes[b->properties[property].tenure] ? tenure_codes[b->properties[property].tenure] : "INT");
	field_int(w, b->properties[property].bedrooms);
	field_date(w, t->from);
	field_date(w, ended ? t->to : DATE_UNKNOWN);
	field_text(w, ended ? end_reason(b, t->person, t->to) : "");
	field_text(w, officer.name);
	field_text(w, officer.phone);
	field_text(w, officer.team);
	row_end(w);
}

/* 0 and 1: of a holder and an occupant; 2 more: of a home that the tenants kept without living there. */
enum { ROW_HOLDER, ROW_OCCUPANT, ROW_KEPT = 2 };

static void tenancy_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	struct tenancy_row row;
	if ((due->what & 1) == ROW_HOLDER) {
		const struct spell *s = &b->spells[due->a];
		row = (struct tenancy_row){s->person, s->link, role_of(b, s), s->from, s->to};
	} else {
		const struct residence *home = &b->residences[due->a];
		const struct account *account = &b->accounts[due->b];
		date to = home->to == DATE_UNKNOWN ? account->to : home->to;
		row = (struct tenancy_row){home->person, due->b, "OCC",
					   home->from > account->from ? home->from : account->from, to};
	}
	if (due->what & ROW_KEPT)
		row.to = DATE_UNKNOWN;
	write_tenancy_row(w, &row);
}

static void due_names(struct writer *w, struct due_list *list, uint32_t person, date from, date to, uint32_t a,
		      uint32_t b, unsigned what)
{
	for (uint32_t n = w->b->names[w->b->persons[person].name].next; n != NOTHING; n = w->b->names[n].next) {
		date on = w->b->names[n].from + 60;
		if (on > from && (to == DATE_UNKNOWN || on < to) && on > w->b->start)
			due_add(w, list, on, a, b, what);
	}
}

/* Holders and occupants of one account must differ, or a key would come twice. */
static bool holds(const struct account *account, uint32_t person)
{
	return account->holders[0] == person || account->holders[1] == person;
}

static void due_occupants(struct writer *w, struct due_list *list, uint32_t number, bool kept)
{
	const struct borough *b = w->b;
	const struct account *account = &b->accounts[number];
	if (account->household == NOTHING)
		return;
	for (uint32_t i = b->households[account->household].first; i != NOTHING;
	     i = b->residences[i].next_in_household) {
		const struct residence *home = &b->residences[i];
		bool registered = hash_mix((uint64_t)home->person << 3 | 1) % 100 < 85; /* tenants forget some */
		bool again = false; /* somebody who left and came back is told once */
		for (uint32_t j = b->households[account->household].first; j != i;
		     j = b->residences[j].next_in_household)
			again |= b->residences[j].person == home->person;
		if (holds(account, home->person) || !registered || again)
			continue;
		date to = kept ? DATE_UNKNOWN : home->to == DATE_UNKNOWN ? account->to : home->to;
		due_add_spell(w, list, home->from > account->from ? home->from : account->from, to, b->start - 60, i,
			      number, ROW_OCCUPANT | (kept ? ROW_KEPT : 0));
	}
}

void feed_tenancies(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	struct kept_tenancies homes;
	situations_tenancies(&homes, b);
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (!is_tenancy(b, s) || !holds(&b->accounts[s->link], s->person) ||
		    situation_tenancy_unknown(&homes, b, s->link))
			continue;
		bool kept = situation_tenancy_kept(&homes, b, s->link);
		date to = kept ? DATE_UNKNOWN : s->to;
		unsigned what = ROW_HOLDER | (kept ? ROW_KEPT : 0);
		due_add_spell(w, &list, s->from, to, b->start - 365, i, 0, what);
		due_names(w, &list, s->person, s->from, to, i, 0, what);
	}
	for (uint32_t i = 0; i < b->account_count; i++)
		if (b->accounts[i].kind == ACCOUNT_RENT && !situation_tenancy_unknown(&homes, b, i))
			due_occupants(w, &list, i, situation_tenancy_kept(&homes, b, i));
	situations_tenancies_release(&homes);
	due_write(w, &list, tenancy_row);
}

/* ---- rent accounts ---- */

static int32_t balance_at(const struct borough *b, const struct account *account, unsigned month)
{
	unsigned at = month < account->first_month ? 0 : month - account->first_month;
	if (!account->months)
		return 0;
	return b->balances[account->balances + (at < account->months ? at : account->months - 1u)];
}

static int64_t weekly(const struct account *account)
{
	return (int64_t)account->charge * 12 / 52;
}

static int band_of(const struct account *account, int32_t balance)
{
	int64_t week = weekly(account) > 0 ? weekly(account) : 10000;
	return balance <= 0 ? 0 : balance < 4 * week ? 1 : balance < 8 * week ? 2 : balance < 13 * week ? 3 : 4;
}

static void rent_row(struct writer *w, const struct due *due)
{
	static const char *const stages[] = {"NON", "NON", "RM1", "RM2", "NSP", "CRT"};
	static const char *const methods[] = {"DD", "SO", "CASH", "HB", "UC"};
	const struct borough *b = w->b;
	const struct account *account = &b->accounts[due->a];
	int32_t balance = balance_at(b, account, w->month);
	int band = band_of(account, balance);
	struct random r;
	random_start(&r, b->plan.seed, STREAM_ROW, due->a, 1);
	uint32_t method = random_weighted(&r, (double[]){40, 8, 15, 17, 20}, 5);
	char client[16];
	snprintf(client, sizeof client, "%08llu", (unsigned long long)person_number(account->holders[0]));
	truth_record(w, client, account->holders[0], account->holders[0]);
	row_begin(w);
	field_number(w, "R", scrambled(due->a, 7, 3), 7);
	field_number(w, "T", tenancy_number(due->a), 7);
	field_text(w, client);
	field_money(w, weekly(account));
	field_money(w, balance);
	field_int(w, band);
	field_text(w, stages[band + (band == 4 && balance > 20 * weekly(account))]);
	field_text(w, methods[method]);
	field_date(w, band > 2 ? w->as_at - 40 - (int)random_below(&r, 60) : w->as_at - (int)random_below(&r, 28));
	field_date(w, w->as_at);
	row_end(w);
}

/* Told again when the band changed or the balance moved by four weeks' rent. */
static void due_balances(struct writer *w, struct due_list *list, uint32_t number)
{
	const struct account *account = &w->b->accounts[number];
	int band = -1;
	int64_t told = 0;
	for (unsigned m = account->first_month; m < account->first_month + account->months; m++) {
		int32_t balance = balance_at(w->b, account, m);
		int64_t moved = balance > told ? balance - told : told - balance;
		if (band_of(account, balance) == band && moved < 4 * weekly(account))
			continue;
		band = band_of(account, balance);
		told = balance;
		due_add(w, list, borough_month(w->b, (int)m), number, 0, 0);
	}
}

void feed_rent_accounts(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->account_count; i++)
		if (w->b->accounts[i].kind == ACCOUNT_RENT && w->b->accounts[i].holders[0] != NOTHING)
			due_balances(w, &list, i);
	due_write(w, &list, rent_row);
}

/* ---- repairs: b is NOTHING for an event of the borough, else the number of one from before ---- */

static date completed(uint32_t number, date reported)
{
	uint64_t mixed = hash_mix(number ^ 0x4e9a1u);
	return reported + (mixed % 3 ? (int)(mixed >> 8 & 15) : (int)(mixed >> 8 & 63));
}

static void repair_row(struct writer *w, const struct due *due)
{
	static const char *const trades[] = {"HTG", "DMP", "PLB", "ELE", "LCK", "WIN", "DOR", "OTH"};
	const struct borough *b = w->b;
	bool history = due->b != NOTHING;
	uint32_t person = history ? due->a : b->events[due->a].person;
	uint32_t number = history ? 500000000u + due->a * 16 + due->b : due->a;
	date reported = history ? history_day(b, person, due->b, b->start - 730) : b->events[due->a].on;
	date done = completed(number, reported);
	uint64_t mixed = hash_mix(number);
	char client[16];
	snprintf(client, sizeof client, "%08llu", (unsigned long long)person_number(person));
	truth_record(w, client, person, person);
	row_begin(w);
	field_number(w, "J", scrambled(number, 9, 65), 9);
	field_text(w, client);
	field_date(w, reported);
	field_text(w, trades[history ? mixed % 8 : (uint64_t)b->events[due->a].code & 7]);
	field_text(w, (const char *[]){"R", "R", "U", "E"}[mixed >> 8 & 3]);
	field_date(w, done <= w->as_at ? done : DATE_UNKNOWN);
	row_end(w);
}

static void due_repair(struct writer *w, struct due_list *list, date reported, uint32_t number, uint32_t a, uint32_t b)
{
	due_add_spell(w, list, reported, completed(number, reported), w->b->start - 730, a, b, 0);
}

static void due_past_repairs(struct writer *w, struct due_list *list, const struct spell *s)
{
	const struct borough *b = w->b;
	struct random r;
	if (s->from > b->start || (s->to != DATE_UNKNOWN && s->to < b->start) ||
	    b->accounts[s->link].holders[0] != s->person)
		return;
	random_start(&r, b->plan.seed, STREAM_CHOICE, s->person, 1);
	uint32_t count = random_poisson(&r, history_rate(b, s->person, 2.6, 1.0, 0.7));
	for (uint32_t i = 0; i < count && i < 16; i++) {
		date reported = history_day(b, s->person, i, b->start - 730);
		if (reported != DATE_UNKNOWN && reported >= s->from)
			due_repair(w, list, reported, 500000000u + s->person * 16 + i, s->person, i);
	}
}

void feed_repairs(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	uint32_t last = NOTHING;
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (!is_tenancy(b, s) || s->person == last)
			continue;
		due_past_repairs(w, &list, s);
		if (s->from <= b->start && (s->to == DATE_UNKNOWN || s->to >= b->start))
			last = s->person; /* the tenancy of the first day is the one that had repairs */
	}
	for (uint32_t i = 0; i < b->event_count; i++)
		if (b->events[i].kind == EVENT_REPAIR)
			due_repair(w, &list, b->events[i].on, i, i, NOTHING);
	due_write(w, &list, repair_row);
}
