/* People are born, meet, marry, part, leave home, move and die; others come.
 *
 * Rates: ONS births by mother's age and parity, National life tables, divorces; internal
 * migration of outer London boroughs. All by the month, in the order of persons, so that
 * the result does not depend on threads.
 */
#include "world_int.h"

#include <math.h>

/* ---- Death ---- */

/* Gompertz: doubles every nine years; men as if four years older. England, 2020 to 2022. */
static double chance_of_death(const struct world *w, uint32_t person, int age)
{
	bool man = w->b->persons[person].sex == SEX_MALE;
	double yearly = age < 1 ? 0.0038 : age < 20 ? 0.00012 : 0.000045 * exp(0.096 * (age + (man ? 4 : 0)));
	double ill = 0.7 * (double)w->lives[person].level[NEED_PHYSICAL_HEALTH] - 0.25;
	double monthly = yearly / 12 * exp(ill);
	return monthly > 0.2 ? 0.2 : monthly;
}

static void die(struct world *w, uint32_t person, struct random *r)
{
	struct borough *b = w->b;
	date on = world_some_day(w, r);
	struct event *event = event_new(w, person, EVENT_DEATH, on);
	event->link = b->households[w->lives[person].household].property;
	bool care_home = b->properties[event->link].kind == PROPERTY_CARE_HOME;
	event->code = random_chance(r, 0.48) ? DEATH_IN_HOSPITAL : care_home ? DEATH_IN_CARE_HOME : DEATH_AT_HOME;
	b->persons[person].died = on;
	relation_end(w, person, on);
	leave_home(w, person, on, LEFT_DIED);
	spells_close_all(w, person, on, CLOSURE_DIED);
}

/* ---- Birth ---- */

static double chance_of_birth(const struct world *w, uint32_t woman, int age)
{
	static const double yearly[] = {0.009, 0.058, 0.100, 0.122, 0.082, 0.021, 0.001}; /* from 15, by fives */
	const struct life *life = &w->lives[woman];
	if (age < 15 || age > 49)
		return 0;
	if (life->last_birth != DATE_UNKNOWN && world_today(w) - life->last_birth < 420)
		return 0;
	double with = life->partner != NOTHING ? 1.75 : 0.42, more = life->children >= 4   ? 0.35
								     : life->children == 3 ? 0.6
											   : 1.1;
	return yearly[(age - 15) / 5] / 12 * with * more;
}

static void baby(struct world *w, uint32_t mother, uint32_t twin_of, date born, struct random *r)
{
	struct borough *b = w->b;
	uint32_t father = w->lives[mother].partner, child;
	if (father != NOTHING && b->persons[father].sex != SEX_MALE)
		father = NOTHING;
	enum sex sex = random_chance(r, 0.512) ? SEX_MALE : SEX_FEMALE;
	uint32_t follows = father != NOTHING && random_chance(r, 0.7) ? father : mother;
	struct new_person n = {.sex = sex,
			       .tradition = (enum tradition)b->persons[follows].tradition,
			       .born = born,
			       .mother = mother,
			       .father = father,
			       .twin = NOTHING};
	child = twin_of == NOTHING ? person_new(w, &n, r) : person_twin(w, twin_of, r);
	live_at(w, child, w->lives[mother].household,
		b->residences[w->lives[mother].residence].role == ROLE_CHILD ? ROLE_GRANDCHILD : ROLE_CHILD, born);
	w->lives[mother].children++;
	w->lives[mother].last_birth = born;
	w->lives[mother].shock += 0.25f;
	event_new(w, child, EVENT_BIRTH, born)->other = mother;
	if (twin_of == NOTHING && random_chance(r, 0.016))
		baby(w, mother, child, born, r);
}

/* ---- Couples ---- */

static void marry(struct world *w, uint32_t person, struct random *r)
{
	struct life *life = &w->lives[person];
	uint32_t partner = life->partner;
	struct relationship *tie = life->couple == NOTHING ? NULL : &w->b->relationships[life->couple];
	if (!tie || tie->kind != RELATION_COHABITING)
		return;
	date on = world_some_day(w, r);
	tie->to = on;
	relation_new(w, person, partner, RELATION_MARRIED, on);
	event_new(w, person, EVENT_MARRIAGE, on)->other = partner;
	for (int i = 0; i < 2; i++) {
		uint32_t one = i ? partner : person, other = i ? person : partner, before = w->lives[one].last_name;
		naming_at_marriage(w, one, other, on, r);
		if (w->lives[one].last_name != before)
			event_new(w, one, EVENT_NAME_CHANGE, on)->link = w->lives[one].last_name;
	}
}

/* Children of both stay with the one who keeps the home, and most go to the other some days. */
static void two_homes(struct world *w, uint32_t stayed, uint32_t left, date on, struct random *r)
{
	uint32_t members[MEMBERS_MOST], there = w->lives[left].household;
	unsigned count = household_members(w, w->lives[stayed].household, members, MEMBERS_MOST),
		 share = 10 + 5 * random_below(r, 9);
	if (there == NOTHING || stock_of(&w->b->properties[w->b->households[there].property]) >= STOCK_HMO ||
	    !random_chance(r, 0.6))
		return;
	for (unsigned i = 0; i < count; i++) {
		const struct person *p = &w->b->persons[members[i]];
		if ((p->mother == left || p->father == left) && person_age(w, members[i], on) < 17 &&
		    w->lives[members[i]].second_residence == NOTHING)
			live_second(w, members[i], there, ROLE_CHILD, share, on + 7);
	}
}

/* NOTHING when there is no room in the borough. */
static uint32_t find_room(struct world *w, uint32_t person, struct random *r)
{
	double u = random_uniform(r);
	enum stock stock = u < 0.42 ? STOCK_PRIVATE : u < 0.75 ? STOCK_HMO : NOTHING;
	uint32_t ward = w->b->properties[w->b->households[w->lives[person].household].property].ward;
	return stock == (enum stock)NOTHING ? NOTHING : vacancy_find(w, stock, 1, ward, r);
}

static void go_alone(struct world *w, uint32_t person, date on, struct random *r)
{
	uint32_t room = find_room(w, person, r);
	if (room == NOTHING) {
		leave_home(w, person, on, LEFT_BOROUGH);
		return;
	}
	leave_home(w, person, on, LEFT_WITHIN);
	uint32_t household = household_new(w, room, HOUSEHOLD_ONE_PERSON, person, on);
	live_at(w, person, household, ROLE_HEAD, on);
	event_new(w, person, EVENT_MOVE_WITHIN, on)->link = w->lives[person].residence;
	money_open(w, household, on, r);
}

static void separate(struct world *w, uint32_t person, struct random *r)
{
	struct borough *b = w->b;
	uint32_t partner = w->lives[person].partner;
	uint32_t leaves = (b->persons[person].sex == SEX_MALE) == random_chance(r, 0.75) ? person : partner,
		 stays = leaves == person ? partner : person;
	date on = world_some_day(w, r);
	event_new(w, leaves, EVENT_SEPARATION, on)->other = stays;
	relation_end(w, leaves, on);
	relation_new(w, stays, leaves, RELATION_APART, on);
	w->lives[stays].shock += 1.2f;
	w->lives[leaves].shock += 1.2f;
	go_alone(w, leaves, on, r);
	two_homes(w, stays, leaves, on, r);
	for (int i = 0; i < 2; i++) {
		uint32_t one = i ? stays : leaves, before = w->lives[one].last_name;
		if (random_chance(r, 0.3))
			naming_after_separation(w, one, on + 90);
		if (w->lives[one].last_name != before)
			event_new(w, one, EVENT_NAME_CHANGE, on + 90)->link = w->lives[one].last_name;
	}
}

static unsigned household_size(const struct world *w, uint32_t person)
{
	uint32_t members[MEMBERS_MOST];
	return household_members(w, w->lives[person].household, members, MEMBERS_MOST);
}

static bool can_take_in(const struct world *w, uint32_t person)
{
	const struct residence *lives = &w->b->residences[w->lives[person].residence];
	return lives->role == ROLE_HEAD && stock_of(&w->b->properties[lives->property]) < STOCK_HMO;
}

/* Two single people; the one with fewer at home joins the other, with the children. */
static void couple_up(struct world *w, uint32_t a, uint32_t z, struct random *r)
{
	struct borough *b = w->b;
	bool swap = !can_take_in(w, a) || (can_take_in(w, z) && household_size(w, z) > household_size(w, a));
	uint32_t host = swap ? z : a, guest = swap ? a : z, members[MEMBERS_MOST], home = w->lives[host].household;
	if (!can_take_in(w, host))
		return;
	date on = world_some_day(w, r);
	unsigned count = household_members(w, w->lives[guest].household, members, MEMBERS_MOST);
	for (unsigned i = 0; i < count; i++) {
		uint32_t one = members[i];
		bool child = (b->persons[one].mother == guest || b->persons[one].father == guest) &&
			     person_age(w, one, on) < 19;
		if (one != guest && !child)
			continue;
		leave_home(w, one, on, LEFT_WITHIN);
		live_at(w, one, home, one == guest ? ROLE_PARTNER : ROLE_STEPCHILD, on);
		event_new(w, one, EVENT_MOVE_WITHIN, on)->link = w->lives[one].residence;
	}
	w->lives[host].partner = guest;
	w->lives[guest].partner = host;
	relation_new(w, host, guest, RELATION_COHABITING, on);
	event_new(w, host, EVENT_COUPLE, on)->other = guest;
}

static bool suits(const struct world *w, uint32_t a, uint32_t z)
{
	const struct person *p = &w->b->persons[a], *q = &w->b->persons[z];
	return person_is_here(w, z) && w->lives[z].partner == NOTHING && q->sex != p->sex &&
	       abs(p->born - q->born) < 7 * 365 && person_age(w, z, world_today(w)) >= 19 &&
	       w->lives[z].household != w->lives[a].household && p->mother != q->mother;
}

static void look_for_partner(struct world *w, uint32_t person, struct random *r)
{
	for (int i = 0; i < 60; i++) {
		uint32_t other = random_below(r, (uint32_t)w->b->person_count);
		if (suits(w, person, other) &&
		    (w->b->persons[person].tradition == w->b->persons[other].tradition || random_chance(r, 0.06))) {
			couple_up(w, person, other, r);
			return;
		}
	}
}

/* ---- Moves ---- */

static double chance_of_move(const struct world *w, uint32_t household)
{
	const struct property *p = &w->b->properties[w->b->households[household].property];
	static const double yearly[STOCK_NONE] = {0.055, 0.05, 0.06, 0.24, 0.5, 0.75, 1.4, 0.0, 0.0};
	return yearly[stock_of(p)] / 12;
}

static void move_home(struct world *w, uint32_t household, struct random *r)
{
	struct borough *b = w->b;
	const struct property *p = &b->properties[b->households[household].property];
	enum stock from = stock_of(p), to = from;
	uint32_t members[MEMBERS_MOST], head = b->households[household].head_now;
	unsigned count = household_members(w, household, members, MEMBERS_MOST);
	double u = random_uniform(r);
	date on = world_some_day(w, r);
	if (w->lives[head].open[SPELL_TEMPORARY_HOME] != NOTHING)
		return;
	if (from == STOCK_PRIVATE && u < 0.1)
		to = STOCK_OWNED;
	else if (from == STOCK_COUNCIL || from == STOCK_ASSOCIATION)
		to = u < 0.75 ? from : STOCK_PRIVATE;
	else if (from >= STOCK_HMO)
		to = u < 0.35 ? STOCK_PRIVATE : u < 0.5 ? STOCK_COUNCIL : STOCK_HMO;
	bool stays = random_chance(r, from == STOCK_COUNCIL ? 0.8 : 0.43);
	uint32_t property = stays ? vacancy_find(w, to, count > 4 ? 3 : count > 2 ? 2 : 1, p->ward, r) : NOTHING;
	if (property == NOTHING)
		household_leave(w, household, on);
	else
		money_open(w, household_move(w, household, property, on), on, r);
}

static void into_care_home(struct world *w, uint32_t person, struct random *r)
{
	uint32_t home = vacancy_find(w, STOCK_CARE_HOME, 1, 0, r);
	if (home == NOTHING)
		return;
	date on = world_some_day(w, r);
	leave_home(w, person, on, LEFT_WITHIN);
	live_at(w, person, household_new(w, home, HOUSEHOLD_COMMUNAL, person, on), ROLE_RESIDENT, on);
	event_new(w, person, EVENT_MOVE_WITHIN, on)->link = w->lives[person].residence;
	spell_close(w, person, SPELL_ADULT_CARE, on);
	spell_open(w, person, SPELL_ADULT_CARE, random_chance(r, 0.6) ? ADULT_RESIDENTIAL : ADULT_NURSING, on);
}

/* ---- The month ---- */

static void change_name(struct world *w, uint32_t person, int age, struct random *r)
{
	double u = random_uniform(r);
	bool gender = age < 40 && u < 0.00002;
	if (!gender && u > 0.00008)
		return;
	date on = world_some_day(w, r);
	naming_by_deed(w, person, gender, on, r);
	event_new(w, person, EVENT_NAME_CHANGE, on)->link = w->lives[person].last_name;
}

static void person_month(struct world *w, uint32_t person)
{
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_DEMOGRAPHY, person, (uint64_t)w->month);
	struct life *life = &w->lives[person];
	int age = person_age(w, person, world_today(w));
	if (random_chance(&r, chance_of_death(w, person, age))) {
		die(w, person, &r);
		return;
	}
	if (w->b->persons[person].sex == SEX_FEMALE && random_chance(&r, chance_of_birth(w, person, age))) {
		baby(w, person, NOTHING, world_some_day(w, &r), &r);
		life = &w->lives[person];
	}
	if (age < 18)
		return;
	change_name(w, person, age, &r);
	bool son = w->b->residences[life->residence].role == ROLE_CHILD ||
		   w->b->residences[life->residence].role == ROLE_LODGER ||
		   w->b->residences[life->residence].role == ROLE_SHARER;
	const struct household *h = &w->b->households[life->household];
	if (life->partner != NOTHING) {
		double trouble = 0.5 * (double)life->level[NEED_DOMESTIC_ABUSE] +
				 0.25 * (double)life->level[NEED_FINANCIAL_STRESS];
		if (person < life->partner && random_chance(&r, 0.00085 * exp(trouble) * (age < 45 ? 1.5 : 0.4)))
			separate(w, person, &r);
		else if (person < life->partner && random_chance(&r, 0.006))
			marry(w, person, &r);
	} else if (age < 50 && age >= 20 && random_chance(&r, 0.012)) {
		look_for_partner(w, person, &r);
	} else if (son && age < 36 && random_chance(&r, age < 21 ? 0.007 : 0.011)) {
		go_alone(w, person, world_some_day(w, &r), &r);
	} else if (age >= 76 && life->partner == NOTHING && w->b->properties[h->property].kind != PROPERTY_CARE_HOME &&
		   random_chance(&r,
				 0.0016 * exp(0.09 * (age - 76) + 0.6 * (double)life->level[NEED_PHYSICAL_HEALTH]))) {
		into_care_home(w, person, &r);
	}
}

/* Some come back to the borough that they left, as themselves. */
static void arrive(struct world *w, uint32_t property, struct random *r)
{
	struct borough *b = w->b;
	date on = world_some_day(w, r);
	size_t before = b->person_count;
	household_settle(w, property, on, false, r);
	for (size_t i = before; i < b->person_count; i++)
		event_new(w, (uint32_t)i, EVENT_MOVE_IN, on)->link = w->lives[i].residence;
}

static void come_back(struct world *w, uint32_t property, struct random *r)
{
	struct borough *b = w->b;
	for (int i = 0; i < 40; i++) {
		uint32_t person = random_below(r, (uint32_t)b->person_count);
		if (person_is_here(w, person) || b->persons[person].died != DATE_UNKNOWN ||
		    person_age(w, person, world_today(w)) < 19 || w->lives[person].open[SPELL_LOOKED_AFTER] != NOTHING)
			continue;
		date on = world_some_day(w, r);
		relation_end(w, person, on);
		uint32_t household = household_new(w, property, HOUSEHOLD_ONE_PERSON, person, on);
		live_at(w, person, household, ROLE_HEAD, on);
		event_new(w, person, EVENT_MOVE_IN, on)->link = w->lives[person].residence;
		adult_start(w, person, on, r);
		money_open(w, household, on, r);
		return;
	}
}

/* Homes stand empty for some weeks, then new people come. */
static void arrivals(struct world *w)
{
	static const double filled[STOCK_NONE] = {0.30, 0.35, 0.35, 0.5, 0.35, 0.3, 0.35, 0.2, 0};
	struct random r;
	random_start(&r, w->b->plan.seed, STREAM_ARRIVALS, (uint64_t)w->month, 0);
	for (int stock = 0; stock < STOCK_NONE; stock++) {
		size_t spare = stock < STOCK_HMO ? (size_t)(w->spare_homes[stock]) : 0;
		size_t count = w->vacant[stock].count > spare ? w->vacant[stock].count - spare : 0;
		unsigned arriving = random_poisson(&r, (double)count * filled[stock]);
		for (unsigned i = 0; i < arriving && w->vacant[stock].count; i++) {
			uint32_t property = w->vacant[stock].at[random_below(&r, (uint32_t)w->vacant[stock].count)];
			if (stock == STOCK_PRIVATE && random_chance(&r, 0.08))
				come_back(w, property, &r);
			else
				arrive(w, property, &r);
		}
	}
}

/* New homes that are finished this month can be moved into. */
static void finished_homes(struct world *w)
{
	struct borough *b = w->b;
	date from = world_today(w), to = borough_month(b, w->month + 1);
	for (uint32_t p = 0; p < b->property_count; p++)
		if (b->properties[p].status == ADDRESS_PROVISIONAL && b->properties[p].from >= from &&
		    b->properties[p].from < to)
			vacancy_add(w, p);
}

void demography_month(struct world *w)
{
	struct borough *b = w->b;
	uint32_t people = (uint32_t)b->person_count, households = (uint32_t)b->household_count;
	for (uint32_t i = 0; i < people; i++)
		if (person_is_here(w, i))
			person_month(w, i);
	for (uint32_t h = 0; h < households; h++) {
		struct random r;
		random_start(&r, b->plan.seed, STREAM_DEMOGRAPHY, h, 1000 + (uint64_t)w->month);
		if (b->households[h].to == DATE_UNKNOWN && random_chance(&r, chance_of_move(w, h)))
			move_home(w, h, &r);
	}
	finished_homes(w);
	arrivals(w);
}
