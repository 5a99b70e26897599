/* Who lives where: households begin, move and end; people join and leave them.
 *
 * A household's residences hang from `first` in the order of joining; while the months are
 * lived a person's own hang from `persons[].residence` likewise. Events of moves are
 * written here, so that no move can be forgotten.
 */
#include "world_int.h"

void vacancy_add(struct world *w, uint32_t property)
{
	enum stock stock = stock_of(&w->b->properties[property]);
	if (stock == STOCK_NONE || w->vacancy_at[property] != NOTHING || !w->free_places[property])
		return;
	struct vacancies *v = &w->vacant[stock];
	ARRAY_GROW(v->at, v->count, v->capacity);
	w->vacancy_at[property] = (uint32_t)v->count;
	v->at[v->count++] = property;
}

void vacancy_withdraw(struct world *w, uint32_t property)
{
	uint32_t at = w->vacancy_at[property];
	if (at == NOTHING)
		return;
	struct vacancies *v = &w->vacant[stock_of(&w->b->properties[property])];
	uint32_t last = v->at[--v->count];
	v->at[at] = last;
	w->vacancy_at[last] = at;
	w->vacancy_at[property] = NOTHING;
}

/* At the start of a month: no two households are ever in one home for the same days. */
void vacancies_let(struct world *w)
{
	for (size_t i = 0; i < w->emptied.count; i++) {
		w->free_places[w->emptied.at[i]]++;
		vacancy_add(w, w->emptied.at[i]);
	}
	w->emptied.count = 0;
}

/* The best of a few at random: right size first, then near. */
uint32_t vacancy_find(struct world *w, enum stock stock, unsigned bedrooms, uint32_t near_ward, struct random *r)
{
	const struct vacancies *v = &w->vacant[stock];
	uint32_t best = NOTHING;
	double best_cost = 1e9;
	for (int i = 0; i < 8 && v->count; i++) {
		uint32_t property = v->at[random_below(r, (uint32_t)v->count)];
		const struct property *p = &w->b->properties[property];
		double cost = p->bedrooms < bedrooms ? 2.0 * (bedrooms - p->bedrooms) : 0.6 * (p->bedrooms - bedrooms);
		cost += (p->ward != near_ward) * 0.8 + random_uniform(r);
		if (cost < best_cost) {
			best_cost = cost;
			best = property;
		}
	}
	return best;
}

uint32_t household_new(struct world *w, uint32_t property, enum household_kind kind, uint32_t head, date from)
{
	struct borough *b = w->b;
	uint32_t at = (uint32_t)b->household_count;
	struct household *h = WORLD_ADD(w, households, household);
	*h = (struct household){.property = property,
				.head = head,
				.head_now = head,
				.abuser = NOTHING,
				.accounts = NOTHING,
				.first = NOTHING,
				.kind = (uint8_t)kind,
				.from = from,
				.to = DATE_UNKNOWN};
	if (w->free_places[property] && --w->free_places[property] == 0)
		vacancy_withdraw(w, property);
	return at;
}

static uint32_t residence_new(struct world *w, uint32_t person, uint32_t household, enum residence_role role,
			      unsigned share, date from)
{
	struct borough *b = w->b;
	uint32_t at = (uint32_t)b->residence_count;
	struct residence *res = WORLD_ADD(w, residences, residence);
	*res = (struct residence){.person = person,
				  .household = household,
				  .property = b->households[household].property,
				  .next = NOTHING,
				  .next_in_household = NOTHING,
				  .role = (uint8_t)role,
				  .share = (uint8_t)share,
				  .from = from,
				  .to = DATE_UNKNOWN};
	uint32_t *link = &b->households[household].first;
	while (*link != NOTHING)
		link = &b->residences[*link].next_in_household;
	*link = at;
	return at;
}

void live_at(struct world *w, uint32_t person, uint32_t household, enum residence_role role, date from)
{
	struct life *life = &w->lives[person];
	if (from < w->b->persons[person].born)
		from = w->b->persons[person].born;
	if (from < life->left) /* moved twice in a month */
		from = life->left;
	life->residence = residence_new(w, person, household, role, 100, from);
	life->household = household;
}

/* SHARE per cent of the time at a second home, the rest at the first. */
void live_second(struct world *w, uint32_t person, uint32_t household, enum residence_role role, unsigned share,
		 date from)
{
	struct life *life = &w->lives[person];
	if (from < w->b->residences[life->residence].from)
		from = w->b->residences[life->residence].from;
	life->second_residence = residence_new(w, person, household, role, share, from);
	w->b->residences[life->second_residence].second_home = true;
	w->b->residences[life->residence].share = (uint8_t)(100 - share);
}

unsigned household_members(const struct world *w, uint32_t household, uint32_t *members, unsigned most)
{
	const struct borough *b = w->b;
	unsigned count = 0;
	for (uint32_t at = b->households[household].first; at != NOTHING && count < most;
	     at = b->residences[at].next_in_household)
		if (b->residences[at].to == DATE_UNKNOWN && !b->residences[at].second_home)
			members[count++] = b->residences[at].person;
	return count;
}

void end_second_home(struct world *w, uint32_t person, date on, enum leaving why)
{
	struct life *life = &w->lives[person];
	if (life->second_residence == NOTHING)
		return;
	struct residence *res = &w->b->residences[life->second_residence];
	res->to = on > res->from ? on : res->from + 1;
	res->why_left = (uint8_t)why;
	life->second_residence = NOTHING;
}

/* Children who were there only some days stop coming when PARENT has gone; NOTHING: everyone. */
static void end_visits(struct world *w, uint32_t household, uint32_t parent, date on)
{
	struct borough *b = w->b;
	for (uint32_t at = b->households[household].first; at != NOTHING; at = b->residences[at].next_in_household) {
		const struct residence *res = &b->residences[at];
		const struct person *child = &b->persons[res->person];
		bool comes_for = parent == NOTHING || child->mother == parent || child->father == parent;
		if (res->to == DATE_UNKNOWN && res->second_home && comes_for)
			end_second_home(w, res->person, on, LEFT_WITHIN);
	}
}

static void household_end(struct world *w, uint32_t household, date on)
{
	struct borough *b = w->b;
	struct household *h = &b->households[household];
	end_visits(w, household, NOTHING, on);
	h->to = on > h->from ? on : h->from + 1;
	money_close(w, household, on);
	if (b->properties[h->property].to == DATE_UNKNOWN) {
		ARRAY_GROW(w->emptied.at, w->emptied.count, w->emptied.capacity);
		w->emptied.at[w->emptied.count++] = h->property;
	}
}

/* Who speaks for the household when its head has gone: the oldest left. */
static void choose_head(struct world *w, uint32_t household, uint32_t gone, date on)
{
	struct borough *b = w->b;
	struct household *h = &b->households[household];
	if (h->head_now != gone)
		return;
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, household, members, MEMBERS_MOST);
	if (count)
		h->head_now = members[0];
	for (unsigned i = 1; i < count; i++)
		if (b->persons[members[i]].born < b->persons[h->head_now].born)
			h->head_now = members[i];
	if (count)
		money_pass_on(w, household, gone, on);
}

void leave_home(struct world *w, uint32_t person, date on, enum leaving why)
{
	struct life *life = &w->lives[person];
	if (life->residence == NOTHING)
		return;
	uint32_t household = life->household, members[1], residence = life->residence;
	struct residence *res = &w->b->residences[residence];
	res->to = on > res->from ? on : res->from + 1;
	res->why_left = (uint8_t)why;
	life->residence = life->household = NOTHING;
	life->left = res->to;
	if (why != LEFT_WITHIN)
		end_second_home(w, person, on, why);
	if (why == LEFT_BOROUGH) {
		struct event *event = event_new(w, person, EVENT_MOVE_OUT, on);
		event->link = residence;
		spells_close_all(w, person, on, CLOSURE_MOVED);
	}
	choose_head(w, household, person, on);
	end_visits(w, household, person, on);
	if (!household_members(w, household, members, 1))
		household_end(w, household, on);
}

/* All of a household to another property: a new household of the same people. */
uint32_t household_move(struct world *w, uint32_t household, uint32_t property, date on)
{
	struct borough *b = w->b;
	uint32_t members[MEMBERS_MOST];
	uint8_t roles[MEMBERS_MOST];
	unsigned count = household_members(w, household, members, MEMBERS_MOST);
	uint32_t head = b->households[household].head_now;
	enum household_kind kind = (enum household_kind)b->households[household].kind;
	for (unsigned i = 0; i < count; i++)
		roles[i] = b->residences[w->lives[members[i]].residence].role;
	uint32_t next = household_new(w, property, kind, head, on);
	for (unsigned i = 0; i < count; i++) {
		uint8_t share = b->residences[w->lives[members[i]].residence].share;
		leave_home(w, members[i], on, LEFT_WITHIN);
		live_at(w, members[i], next, (enum residence_role)roles[i], on);
		b->residences[w->lives[members[i]].residence].share = share;
		struct event *event = event_new(w, members[i], EVENT_MOVE_WITHIN, on);
		event->link = w->lives[members[i]].residence;
	}
	return next;
}

void household_leave(struct world *w, uint32_t household, date on)
{
	uint32_t members[MEMBERS_MOST];
	unsigned count = household_members(w, household, members, MEMBERS_MOST);
	for (unsigned i = 0; i < count; i++)
		leave_home(w, members[i], on, LEFT_BOROUGH);
}

/* ---- Spells and events ---- */

uint32_t spell_open(struct world *w, uint32_t person, enum spell_kind kind, int code, date from)
{
	struct life *life = &w->lives[person];
	uint32_t at = (uint32_t)w->b->spell_count;
	struct spell *spell = WORLD_ADD(w, spells, spell);
	*spell = (struct spell){.person = person,
				.next = NOTHING,
				.link = NOTHING,
				.household = life->household,
				.code = (int16_t)code,
				.kind = (uint8_t)kind,
				.from = from,
				.to = DATE_UNKNOWN};
	life->open[kind] = at;
	return at;
}

void spell_close(struct world *w, uint32_t person, enum spell_kind kind, date on)
{
	uint32_t at = w->lives[person].open[kind];
	if (at == NOTHING)
		return;
	struct spell *spell = &w->b->spells[at];
	spell->to = on > spell->from ? on : spell->from + 1;
	w->lives[person].open[kind] = NOTHING;
}

/* Services that say why they ended keep it in `value`. */
void spells_close_all(struct world *w, uint32_t person, date on, enum closure why)
{
	for (int kind = 0; kind < SPELL_KINDS; kind++) {
		struct spell *spell = spell_of(w, person, (enum spell_kind)kind);
		if (!spell)
			continue;
		if (kind == SPELL_EARLY_HELP || kind == SPELL_IN_NEED || kind == SPELL_LOOKED_AFTER)
			spell->value = why;
		spell_close(w, person, (enum spell_kind)kind, on);
	}
	for (int i = 0; i < BENEFITS; i++) {
		uint32_t at = w->lives[person].open_benefit[i];
		if (at != NOTHING)
			w->b->spells[at].to = on > w->b->spells[at].from ? on : w->b->spells[at].from + 1;
		w->lives[person].open_benefit[i] = NOTHING;
	}
}

struct event *event_new(struct world *w, uint32_t person, enum event_kind kind, date on)
{
	struct event *event = WORLD_ADD(w, events, event);
	*event = (struct event){
		.person = person, .other = NOTHING, .link = NOTHING, .next = NOTHING, .kind = (uint8_t)kind, .on = on};
	return event;
}
