/* Council tax and benefits. */
#include "situations.h"

static bool is_liable(const struct borough *b, const struct spell *s)
{
	return s->kind == SPELL_COUNCIL_TAX && s->link != NOTHING && s->link < b->account_count &&
	       b->accounts[s->link].kind == ACCOUNT_COUNCIL_TAX;
}

static uint64_t party_number(uint32_t person)
{
	return scrambled(person, 9, 4);
}

static uint64_t tax_account_number(uint32_t account)
{
	return scrambled(account, 9, 5);
}

/* How far recovery has gone by ON: the sternest letter of the last year. */
static int recovery_stage(const struct borough *b, uint32_t person, date on)
{
	int stage = 0;
	for (uint32_t i = b->persons[person].event; i != NOTHING && b->events[i].on <= on; i = b->events[i].next) {
		const struct event *e = &b->events[i];
		if (e->on < on - 365)
			continue;
		int reached = e->kind == EVENT_TAX_REMINDER          ? 1
			      : e->kind == EVENT_TAX_SUMMONS         ? 3
			      : e->kind == EVENT_TAX_LIABILITY_ORDER ? 4
			      : e->kind == EVENT_TAX_ENFORCEMENT     ? 5
								     : 0;
		stage = reached > stage ? reached : stage;
	}
	return stage;
}

static int32_t tax_balance(const struct borough *b, const struct account *account, unsigned month)
{
	unsigned at = month < account->first_month ? 0 : month - account->first_month;
	if (!account->months)
		return 0;
	return b->balances[account->balances + (at < account->months ? at : account->months - 1u)];
}

static void write_tax_money(struct writer *w, const struct spell *s, uint32_t random_method)
{
	static const char *const stages[] = {"00", "10", "20", "30", "40", "50"};
	static const char *const methods[] = {"DD", "CARD", "CASH", "SO"};
	field_text(w, methods[random_method]);
	field_money(w, tax_balance(w->b, &w->b->accounts[s->link], w->month));
	field_text(w, stages[recovery_stage(w->b, s->person, w->as_at)]);
}

static void liable_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a];
	const struct account *account = &b->accounts[s->link];
	const struct property *property = &b->properties[account->property];
	struct recorded r;
	struct written a;
	struct random chance;
	random_start(&chance, b->plan.seed, STREAM_ROW, due->a, 2);
	record_person(w, KEEPER_COUNCIL_TAX, s->person, 0, s->from > b->start ? s->from : b->start, &r);
	write_address(w, KEEPER_COUNCIL_TAX, account->property, s->link, &a);
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	char client[16], *name = arena_copy(&w->arena, text_of(""));
	snprintf(client, sizeof client, "%09llu", (unsigned long long)party_number(s->person));
	truth_record(w, client, s->person, s->person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, "", tax_account_number(s->link), 9);
	field_text(w, client);
	name = arena_copy(&w->arena, text_of(record_full_name(w, &r, true, true)));
	field_text(w, text_upper(name));
	field_text(w, account->holders[0] == s->person ? "Y" : "N");
	field_date(w, s->from < date_of(1993, 4, 1) ? date_of(1993, 4, 1) : s->from);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	field_text(w, text_upper(a.one));
	field_text(w, a.postcode);
	field_text(w, a.uprn_field);
	uint32_t next = ended ? borough_property_of(b, s->person, s->to) : NOTHING;
	if (next != NOTHING && next != account->property && random_chance(&chance, 0.6)) {
		struct written onward;
		write_address(w, KEEPER_COUNCIL_TAX, next, s->person, &onward);
		field_text(w, text_upper(onward.one));
	} else {
		field_empty(w);
	}
	field_text(w, property->band ? (char[]){property->band, 0} : "");
	write_tax_money(w, s, random_weighted(&chance, (double[]){66, 22, 8, 4}, 4));
	field_text(w, r.phone);
	field_text(w, r.email);
	row_end(w);
}

/* Told again when recovery moves on; reminders alone are too common to be told for each. */
static void due_recovery(struct writer *w, struct due_list *list, const struct spell *s, uint32_t row)
{
	const struct borough *b = w->b;
	if (b->accounts[s->link].holders[0] != s->person)
		return;
	for (uint32_t i = b->persons[s->person].event; i != NOTHING; i = b->events[i].next) {
		const struct event *e = &b->events[i];
		if (e->on <= s->from || e->on <= b->start || (s->to != DATE_UNKNOWN && e->on >= s->to))
			continue;
		if (e->kind == EVENT_TAX_REMINDER || e->kind == EVENT_TAX_SUMMONS ||
		    e->kind == EVENT_TAX_LIABILITY_ORDER || e->kind == EVENT_TAX_ENFORCEMENT)
			due_add(w, list, e->on, row, 0, 0);
	}
}

void feed_council_tax_liable(struct writer *w)
{
	struct due_list list = {0};
	for (uint32_t i = 0; i < w->b->spell_count; i++) {
		const struct spell *s = &w->b->spells[i];
		if (!is_liable(w->b, s))
			continue;
		due_add_spell(w, &list, s->from, s->to, w->b->start - 365, i, 0, 0);
		if (s->to == DATE_UNKNOWN || s->to >= w->b->start - 365)
			due_recovery(w, &list, s, i);
	}
	due_write(w, &list, liable_row);
}

static void discount_row(struct writer *w, const struct due *due)
{
	static const struct {
		const char *code;
		int percent;
	} kinds[] = {[DISCOUNT_SINGLE] = {"SPD", 25},
		     [DISCOUNT_STUDENT] = {"STU", 100},
		     [DISCOUNT_DISABLED] = {"DIS", 10},
		     [DISCOUNT_EMPTY] = {"EMP", 100}};
	const struct spell *s = &w->b->spells[due->a];
	bool ended = s->to != DATE_UNKNOWN && s->to <= w->as_at;
	char client[16];
	snprintf(client, sizeof client, "%09llu", (unsigned long long)party_number(s->person));
	truth_record(w, client, s->person, s->person);
	date from = s->from < date_of(1993, 4, 1) ? date_of(1993, 4, 1) : s->from;
	row_begin(w);
	field_number(w, "", tax_account_number(s->link), 9);
	field_text(w, client);
	field_text(w, kinds[s->code].code);
	field_int(w, kinds[s->code].percent);
	field_date(w, from);
	field_date(w, ended ? s->to : DATE_UNKNOWN);
	field_date(w, from + 365 < w->as_at ? date_of(date_ymd(w->as_at).year - 1, 6, 1) : DATE_UNKNOWN);
	row_end(w);
}

void feed_council_tax_discounts(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (is_liable(b, s) && s->code > DISCOUNT_NONE && s->code <= DISCOUNT_EMPTY &&
		    b->accounts[s->link].holders[0] == s->person)
			due_add_spell(w, &list, s->from, s->to, b->start - 365, i, 0, 0);
	}
	due_write(w, &list, discount_row);
}

/* ---- bills: one row for each account and financial year ---- */

enum { BILL_YEARS_BACK = 3 }; /* earlier years with nothing owed are not handed over */

static int tax_year_of(date on) /* the year whose 1 April began it */
{
	struct ymd at = date_ymd(on);
	return at.month >= 4 ? at.year : at.year - 1;
}

static date bill_from(const struct account *a, int year)
{
	date first = date_of(year, 4, 1);
	return a->from > first ? a->from : first;
}

static date bill_to(const struct account *a, int year, date as_at)
{
	date last = date_of(year + 1, 4, 1) - 1;
	return a->to != DATE_UNKNOWN && a->to <= as_at && a->to < last ? a->to : last;
}

static int percent_off(const struct borough *b, const struct account *a, int year)
{
	static const int percent[] = {
		[DISCOUNT_SINGLE] = 25, [DISCOUNT_STUDENT] = 100, [DISCOUNT_DISABLED] = 10, [DISCOUNT_EMPTY] = 100};
	date on = bill_from(a, year);
	const struct spell *s = borough_spell(b, a->holders[0], SPELL_COUNCIL_TAX, on > b->start ? on : b->start);
	return s && s->code > DISCOUNT_NONE && s->code <= DISCOUNT_EMPTY ? percent[s->code] : 0;
}

struct bill {
	date from, to;
	int64_t charge, off, owed, paid; /* pence; charge for the days billed */
};

/* The rates rose by 5 pence in the pound each year up to the one in which the extracts begin. */
static int64_t year_charge(const struct borough *b, const struct account *a, int year)
{
	int64_t charge = (int64_t)a->charge * 12;
	for (int y = tax_year_of(b->start); y > year; y--)
		charge = charge * 100 / 105;
	return charge;
}

static void bill_charge(const struct writer *w, const struct account *a, int year, struct bill *bill)
{
	*bill = (struct bill){.from = bill_from(a, year), .to = bill_to(a, year, w->as_at)};
	bill->charge = year_charge(w->b, a, year) * (bill->to - bill->from + 1) / 365;
	bill->off = bill->charge * percent_off(w->b, a, year) / 100;
}

/* What fell due by the as-at date: a year is paid in step with its days. */
static int64_t fallen_due(const struct writer *w, const struct bill *bill)
{
	int64_t net = bill->charge - bill->off;
	return bill->to <= w->as_at ? net : net * (w->as_at - bill->from + 1) / (bill->to - bill->from + 1);
}

/* Payments go to the oldest debt first, so what is owed is of the latest years; their sum is the account's balance. */
static void bill_settle(const struct writer *w, const struct account *a, int year, struct bill *bill)
{
	int first = tax_year_of(a->from), oldest = tax_year_of(w->b->start) - BILL_YEARS_BACK;
	int last = tax_year_of(a->to != DATE_UNKNOWN && a->to <= w->as_at ? a->to : w->as_at);
	int64_t left = tax_balance(w->b, a, w->month);
	first = first > oldest ? first : oldest;
	bill_charge(w, a, year, bill);
	for (int y = last; y > year && left > 0; y--) {
		struct bill later;
		bill_charge(w, a, y, &later);
		int64_t due = fallen_due(w, &later);
		left -= left < due ? left : due;
	}
	int64_t due = fallen_due(w, bill);
	bill->owed = left <= 0 ? (year == last ? left : 0) : year == first || left < due ? left : due;
	bill->paid = due > bill->owed ? due - bill->owed : 0;
}

static void bill_row(struct writer *w, const struct due *due)
{
	static const char *const stages[] = {"00", "10", "20", "30", "40", "50"};
	const struct account *a = &w->b->accounts[due->a];
	struct bill bill;
	bill_settle(w, a, (int)due->b, &bill);
	char client[16];
	snprintf(client, sizeof client, "%09llu", (unsigned long long)party_number(a->holders[0]));
	truth_record(w, client, a->holders[0], a->holders[0]);
	row_begin(w);
	field_number(w, "", tax_account_number(due->a), 9);
	field_text(w, client);
	field_int(w, (int)due->b);
	field_date(w, bill.from);
	field_date(w, bill.to);
	field_money(w, bill.charge);
	field_money(w, bill.off);
	field_money(w, bill.paid);
	field_money(w, bill.owed);
	field_text(w, stages[bill.owed > 0 ? recovery_stage(w->b, a->holders[0], w->as_at) : 0]);
	row_end(w);
}

/* Told when the year is billed, when the account closes, and for this year and the last when recovery moves on. */
static void due_bills(struct writer *w, struct due_list *list, uint32_t number)
{
	const struct borough *b = w->b;
	const struct account *a = &b->accounts[number];
	int first = tax_year_of(a->from), oldest = tax_year_of(b->start) - BILL_YEARS_BACK;
	int last = tax_year_of(a->to != DATE_UNKNOWN && a->to < b->end ? a->to : b->end);
	first = first > oldest ? first : oldest;
	for (int year = first; year <= last; year++)
		due_add(w, list, bill_from(a, year), number, (uint32_t)year, 0);
	for (uint32_t i = b->persons[a->holders[0]].event; i != NOTHING; i = b->events[i].next) {
		const struct event *e = &b->events[i];
		bool moved_on = e->kind == EVENT_TAX_REMINDER || e->kind == EVENT_TAX_SUMMONS ||
				e->kind == EVENT_TAX_LIABILITY_ORDER || e->kind == EVENT_TAX_ENFORCEMENT;
		if (!moved_on || e->on <= b->start || e->on <= a->from || (a->to != DATE_UNKNOWN && e->on >= a->to))
			continue;
		for (int year = tax_year_of(e->on); year >= first && year >= tax_year_of(e->on) - 1; year--)
			due_add(w, list, e->on, number, (uint32_t)year, 0);
	}
	if (a->to != DATE_UNKNOWN && a->to <= b->end && tax_year_of(a->to) >= first)
		due_add(w, list, a->to, number, (uint32_t)tax_year_of(a->to), 0);
}

void feed_council_tax_bills(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	bool *billed = memory_alloc(b->account_count + 1, sizeof *billed);
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (!is_liable(b, s) || billed[s->link] || b->accounts[s->link].holders[0] != s->person)
			continue;
		billed[s->link] = true;
		due_bills(w, &list, s->link);
	}
	free(billed);
	due_write(w, &list, bill_row);
}

/* ---- benefits ---- */

static bool is_claim(const struct spell *s)
{
	return s->kind == SPELL_BENEFIT && (s->code == BENEFIT_HOUSING || s->code == BENEFIT_COUNCIL_TAX_SUPPORT);
}

/* Pence a week on ON: the spell's own until a change was made. */
static int64_t benefit_amount(const struct borough *b, const struct spell *s, date on)
{
	int64_t amount = s->value;
	for (uint32_t i = b->persons[s->person].event; i != NOTHING && b->events[i].on <= on; i = b->events[i].next) {
		const struct event *e = &b->events[i];
		if (e->kind == EVENT_BENEFIT_CHANGE && e->code == s->code && e->on > s->from && e->amount > 0)
			amount = e->amount;
	}
	return amount < 0 ? 0 : amount;
}

static bool had_event(const struct borough *b, uint32_t person, enum event_kind kind, date from, date to)
{
	for (uint32_t i = b->persons[person].event; i != NOTHING && b->events[i].on <= to; i = b->events[i].next)
		if (b->events[i].kind == kind && b->events[i].on >= from)
			return true;
	return false;
}

static bool passported(const struct borough *b, uint32_t person, date on)
{
	for (uint32_t i = b->persons[person].spell; i != NOTHING; i = b->spells[i].next) {
		const struct spell *s = &b->spells[i];
		if (s->kind == SPELL_BENEFIT &&
		    (s->code == BENEFIT_UNIVERSAL_CREDIT || s->code == BENEFIT_PENSION_CREDIT) && s->from <= on &&
		    (s->to == DATE_UNKNOWN || s->to > on))
			return true;
	}
	return false;
}

static int role_in_claim(const struct borough *b, const struct spell *s, const struct residence *home)
{
	if (home == NULL || home->person == s->person)
		return 1;
	if (home->role == ROLE_HEAD || home->role == ROLE_PARTNER)
		return 2;
	return date_age_in_years(b->persons[home->person].born, s->from) < 18 ? 3 : 4;
}

/* Of a claimant who moved and claimed again: 1 the new claim, 0 the old one, which may have been closed. */
struct claim {
	date from, to; /* to: DATE_UNKNOWN while it goes on */
	uint32_t property;
};

static struct claim claim_of(const struct writer *w, uint32_t number, bool second)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[number];
	struct second_claim again;
	situation_claim(&again, b, number);
	if (second)
		return (struct claim){again.from, DATE_UNKNOWN, again.property};
	return (struct claim){s->from, again.from == DATE_UNKNOWN ? s->to : again.first_to,
			      borough_property_of(b, s->person, s->from > b->start ? s->from : b->start)};
}

static void claim_row(struct writer *w, const struct due *due)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[due->a];
	struct claim claim = claim_of(w, due->a, due->what == 1);
	const struct residence *home = due->b == NOTHING ? NULL : &b->residences[due->b];
	uint32_t person = home ? home->person : s->person;
	int role = role_in_claim(b, s, home);
	struct recorded r;
	struct written a;
	record_person(w, KEEPER_BENEFITS, person, 0, s->from > b->start ? s->from : b->start, &r);
	write_address(w, KEEPER_BENEFITS, claim.property, s->person, &a);
	bool ended = claim.to != DATE_UNKNOWN && claim.to <= w->as_at;
	char client[16];
	snprintf(client, sizeof client, "C%07llu", (unsigned long long)scrambled(person, 7, 6));
	truth_record(w, client, person, person);
	truth_uprn(w, a.uprn);
	row_begin(w);
	field_number(w, due->what == 1 ? "2" : "", scrambled(due->a, 7, 7), 7);
	field_text(w, client);
	field_int(w, role);
	field_text(w, r.ni);
	field_text(w, r.title);
	field_text(w, r.family);
	field_text(w, r.whole_given);
	field_date(w, r.born);
	field_text(w, r.sex == 'M' ? "1" : r.sex == 'F' ? "2" : "0");
	for (int i = 0; i < 4; i++)
		field_text(w, a.lines[i]);
	field_text(w, a.postcode);
	field_text(w, ended ? "C" : hash_mix(due->a ^ w->month) % 60 == 0 ? "S" : "L");
	int64_t amount = role == 1 ? benefit_amount(b, s, w->as_at) : 0;
	field_money(w, s->code == BENEFIT_HOUSING && amount < 100000 ? amount : 0);
	field_money(w, s->code == BENEFIT_COUNCIL_TAX_SUPPORT && amount < 10000 ? amount : 0);
	field_text(w, passported(b, s->person, w->as_at) ? "Y" : "N");
	field_text(w, amount > 38000 ? "Y" : "N");
	field_text(w, had_event(b, s->person, EVENT_BENEFIT_SANCTION, w->as_at - 92, w->as_at) ? "Y" : "N");
	field_date(w, claim.from < date_of(1990, 1, 1) ? date_of(1990, 1, 1) : claim.from);
	field_date(w, ended ? claim.to : DATE_UNKNOWN);
	row_end(w);
}

/* The household as it was when the claim was made, or when the extracts begin. */
static void due_family(struct writer *w, struct due_list *list, uint32_t spell)
{
	const struct borough *b = w->b;
	const struct spell *s = &b->spells[spell];
	date on = s->from > b->start ? s->from : b->start;
	const struct residence *claimant = borough_residence(b, s->person, on);
	if (!claimant || claimant->household == NOTHING)
		return;
	enum household_kind kind = b->households[claimant->household].kind;
	if (kind == HOUSEHOLD_SHARERS || kind == HOUSEHOLD_COMMUNAL)
		return;
	uint32_t told[16], count = 0;
	for (uint32_t i = b->households[claimant->household].first; i != NOTHING;
	     i = b->residences[i].next_in_household) {
		const struct residence *home = &b->residences[i];
		bool again = home->person == s->person;
		for (uint32_t k = 0; k < count; k++)
			again |= told[k] == home->person;
		if (again || count == 16 || home->from > on || (home->to != DATE_UNKNOWN && home->to <= on))
			continue;
		told[count++] = home->person;
		due_add_spell(w, list, s->from, claim_of(w, spell, false).to, b->start - 365, spell, i, 0);
	}
}

void feed_benefits(struct writer *w)
{
	const struct borough *b = w->b;
	struct due_list list = {0};
	for (uint32_t i = 0; i < b->spell_count; i++) {
		const struct spell *s = &b->spells[i];
		if (!is_claim(s) || (s->to != DATE_UNKNOWN && s->to < b->start - 365))
			continue;
		struct claim first = claim_of(w, i, false), second = claim_of(w, i, true);
		due_add_spell(w, &list, s->from, first.to, b->start - 365, i, NOTHING, 0);
		if (second.from != DATE_UNKNOWN)
			due_add(w, &list, second.from, i, NOTHING, 1);
		for (uint32_t e = b->persons[s->person].event; e != NOTHING; e = b->events[e].next) {
			const struct event *event = &b->events[e];
			bool within = event->on > s->from && event->on > b->start &&
				      (first.to == DATE_UNKNOWN || event->on < first.to);
			bool matters = (event->kind == EVENT_BENEFIT_CHANGE && event->code == s->code) ||
				       event->kind == EVENT_BENEFIT_SANCTION;
			if (within && matters)
				due_add(w, &list, event->on, i, NOTHING, 0);
		}
		due_family(w, &list, i);
	}
	due_write(w, &list, claim_row);
}
