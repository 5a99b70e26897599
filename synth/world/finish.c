/* Puts everything in the promised order and ties it together again.
 *
 * Residences and spells go by person and date, events by month, person and day. What
 * pointed at a moved row is pointed at its new place.
 */
#include "world_int.h"

/* ORDER lists 0 .. COUNT - 1 by KEY, equal ones in their old order. */
static void order_by(uint32_t *order, const uint32_t *keys, size_t count, size_t key_count)
{
	uint32_t *starts = memory_alloc(key_count + 1, sizeof *starts),
		 *sorted = memory_alloc(count + 1, sizeof *sorted);
	for (size_t i = 0; i < count; i++)
		starts[keys[i] + 1]++;
	for (size_t k = 0; k < key_count; k++)
		starts[k + 1] += starts[k];
	for (size_t i = 0; i < count; i++)
		sorted[starts[keys[order[i]]]++] = order[i];
	memcpy(order, sorted, count * sizeof *order);
	free(starts);
	free(sorted);
}

static uint32_t *in_order(size_t count)
{
	uint32_t *order = memory_alloc(count + 1, sizeof *order);
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	return order;
}

/* Short runs of one person, nearly in order already. */
static void sort_runs(uint32_t *order, const uint32_t *keys, const date *dates, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint32_t moving = order[i];
		size_t j = i;
		for (; j > 0 && keys[order[j - 1]] == keys[moving] && dates[order[j - 1]] > dates[moving]; j--)
			order[j] = order[j - 1];
		order[j] = moving;
	}
}

static uint32_t *inverse(const uint32_t *order, size_t count, size_t of)
{
	uint32_t *where = memory_alloc(of + 1, sizeof *where);
	memset(where, 0xff, (of + 1) * sizeof *where);
	for (size_t i = 0; i < count; i++)
		where[order[i]] = (uint32_t)i;
	return where;
}

static void relink(uint32_t *link, const uint32_t *where)
{
	if (*link != NOTHING)
		*link = where[*link];
}

static void finish_residences(struct borough *b)
{
	size_t count = b->residence_count;
	uint32_t *keys = memory_alloc(count + 1, sizeof *keys), *order = in_order(count);
	date *dates = memory_alloc(count + 1, sizeof *dates);
	for (size_t i = 0; i < count; i++) {
		keys[i] = b->residences[i].person;
		dates[i] = b->residences[i].from;
	}
	order_by(order, keys, count, b->person_count);
	sort_runs(order, keys, dates, count);
	uint32_t *where = inverse(order, count, count);
	struct residence *sorted = memory_alloc(count + 1, sizeof *sorted);
	for (size_t i = count; i-- > 0;) {
		sorted[i] = b->residences[order[i]];
		relink(&sorted[i].next_in_household, where);
		sorted[i].next = b->persons[sorted[i].person].residence;
		b->persons[sorted[i].person].residence = (uint32_t)i;
	}
	for (size_t i = 0; i < b->household_count; i++)
		relink(&b->households[i].first, where);
	for (size_t i = 0; i < b->event_count; i++)
		if (b->events[i].kind >= EVENT_MOVE_IN && b->events[i].kind <= EVENT_MOVE_WITHIN)
			relink(&b->events[i].link, where);
	free(b->residences);
	b->residences = sorted;
	free(keys);
	free(order);
	free(dates);
	free(where);
}

/* What would begin after the end is not yet known, and what would end then is open. */
static void finish_spells(struct borough *b)
{
	size_t count = 0;
	uint32_t *keys = memory_alloc(b->spell_count + 1, sizeof *keys),
		 *order = memory_alloc(b->spell_count + 1, sizeof *order);
	date *dates = memory_alloc(b->spell_count + 1, sizeof *dates);
	for (size_t i = 0; i < b->spell_count; i++) {
		keys[i] = b->spells[i].person;
		dates[i] = b->spells[i].from;
		if (b->spells[i].to >= b->end)
			b->spells[i].to = DATE_UNKNOWN;
		if (b->spells[i].from >= b->end)
			keys[i] = (uint32_t)b->person_count;
		else
			count++;
		order[i] = (uint32_t)i;
	}
	order_by(order, keys, b->spell_count, b->person_count + 1);
	sort_runs(order, keys, dates, count);
	uint32_t *where = inverse(order, count, b->spell_count);
	struct spell *sorted = memory_alloc(count + 1, sizeof *sorted);
	for (size_t i = count; i-- > 0;) {
		sorted[i] = b->spells[order[i]];
		sorted[i].next = b->persons[sorted[i].person].spell;
		b->persons[sorted[i].person].spell = (uint32_t)i;
	}
	for (size_t i = 0; i < b->event_count; i++)
		if (b->events[i].kind == EVENT_CHILD_REFERRAL || b->events[i].kind == EVENT_HOMELESS_APPLICATION)
			relink(&b->events[i].link, where);
	free(b->spells);
	b->spells = sorted;
	b->spell_count = count;
	free(keys);
	free(order);
	free(dates);
	free(where);
}

static void finish_events(struct borough *b)
{
	size_t all = b->event_count, count = 0;
	uint32_t *people = memory_alloc(all + 1, sizeof *people), *months = memory_alloc(all + 1, sizeof *months),
		 *order = in_order(all);
	date *dates = memory_alloc(all + 1, sizeof *dates);
	for (size_t i = 0; i < all; i++) {
		const struct event *e = &b->events[i];
		people[i] = e->person;
		dates[i] = e->on;
		bool told = e->on >= b->start && e->on < b->end;
		months[i] = told ? (uint32_t)borough_month_of(b, e->on) : b->plan.months;
		count += told;
	}
	order_by(order, people, all, b->person_count);
	sort_runs(order, people, dates, all);
	order_by(order, months, all, b->plan.months + 1);
	struct event *sorted = memory_alloc(count + 1, sizeof *sorted);
	for (size_t i = count; i-- > 0;) {
		sorted[i] = b->events[order[i]];
		sorted[i].next = b->persons[sorted[i].person].event;
		b->persons[sorted[i].person].event = (uint32_t)i;
	}
	for (size_t m = 0, i = 0; m <= b->plan.months; m++) {
		while (i < count && months[order[i]] < m)
			i++;
		b->month_events[m] = i;
	}
	free(b->events);
	b->events = sorted;
	b->event_count = count;
	free(people);
	free(months);
	free(order);
	free(dates);
}

/* Every pair of children of one mother, or of one father when no mother is known. */
static void name_siblings(struct world *w)
{
	struct borough *b = w->b;
	uint32_t *last = memory_alloc(b->person_count + 1, sizeof *last),
		 *before = memory_alloc(b->person_count + 1, sizeof *before);
	memset(last, 0xff, (b->person_count + 1) * sizeof *last);
	for (uint32_t i = 0; i < b->person_count; i++) {
		const struct person *p = &b->persons[i];
		uint32_t parent = p->mother != NOTHING ? p->mother : p->father;
		before[i] = NOTHING;
		if (parent == NOTHING)
			continue;
		before[i] = last[parent];
		last[parent] = i;
		for (uint32_t other = before[i]; other != NOTHING; other = before[other])
			relation_new(w, i, other, RELATION_SIBLING,
				     p->born > b->persons[other].born ? p->born : b->persons[other].born);
	}
	free(last);
	free(before);
}

void world_finish(struct world *w)
{
	name_siblings(w);
	finish_residences(w->b);
	finish_spells(w->b);
	finish_events(w->b);
	hazards_settle(w);
}
