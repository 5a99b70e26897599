/* Stays into spells at a property, and spells into households that move from one to the next. */
#include "household/history.h"

#include "base/map.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Sources learn of a move at different times, so that the old and the new household seem to overlap. */
enum { SLOPPY_DAYS = 90, MOVING_DAYS = 183 };

struct spell {
	date begin, end;             /* end: DATE_UNKNOWN while somebody is there */
	uint32_t members, left_last; /* stays; those that ended with it */
	uint32_t next, from;         /* spells before and after, of the same household */
	uint32_t household;
	bool open;
};

static int compare_time(const void *a, const void *b)
{
	const struct stay *x = a, *y = b;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	if (x->second != y->second)
		return x->second ? 1 : -1;
	if ((x->to == DATE_UNKNOWN) != (y->to == DATE_UNKNOWN))
		return x->to == DATE_UNKNOWN ? 1 : -1; /* the present one is the last */
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static bool is_past(const struct stay *stay)
{
	return stay->to != DATE_UNKNOWN;
}

/* False when nothing is left of it beside NEXT, the stay after it; NULL: none. */
static bool fits_before(struct stay *stay, const struct stay *next)
{
	if (stay->second || !is_past(stay))
		return true;
	if (next && next->from == DATE_UNKNOWN && !is_past(next))
		return false; /* the present home is as old as can be */
	if (next && next->from != DATE_UNKNOWN && stay->to > next->from)
		stay->to = next->from;
	return stay->from == DATE_UNKNOWN || stay->from < stay->to;
}

/* Nobody has two main homes: an earlier stay ends where the next begins, and one that lies within a later one is none.
 */
static size_t leave_out_contradictions(struct stay *stays, size_t count)
{
	size_t kept = count; /* from the end, where the present is */
	for (size_t i = count; i-- > 0;) {
		const struct stay *next =
			kept < count && stays[kept].resident_id == stays[i].resident_id && !stays[kept].second
				? &stays[kept]
				: NULL;
		if (fits_before(&stays[i], next))
			stays[--kept] = stays[i];
	}
	if (count > kept)
		memmove(stays, stays + kept, (count - kept) * sizeof *stays);
	return count - kept;
}

/* ---- spells ----------------------------------------------------------------------------------------------- */

struct spelling {
	struct history *h;
	size_t *order;          /* stays by property, the present ones first, then those that ended last */
	struct id_map families; /* property and family name -> newest spell + 1 */
	struct id_map present;  /* household of the present -> spell + 1 */
	size_t capacity;
};

static _Thread_local const struct stay *ordered;

static int compare_end(const void *a, const void *b)
{
	const struct stay *x = &ordered[*(const size_t *)a], *y = &ordered[*(const size_t *)b];
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	if (x->second != y->second)
		return x->second ? 1 : -1;
	if (is_past(x) != is_past(y))
		return is_past(x) ? 1 : -1;
	if (x->to != y->to)
		return x->to > y->to ? -1 : 1;
	return (x > y) - (x < y);
}

static uint32_t new_spell(struct spelling *s)
{
	ARRAY_GROW(s->h->spells, s->h->spell_count, s->capacity);
	s->h->spells[s->h->spell_count] = (struct spell){.begin = INT32_MAX,
							 .end = DATE_UNKNOWN,
							 .next = NO_HOUSEHOLD,
							 .from = NO_HOUSEHOLD,
							 .household = NO_HOUSEHOLD};
	return (uint32_t)s->h->spell_count++;
}

static uint64_t family_key(const struct stay *stay, int f)
{
	return hash_mix((uint64_t)stay->property_id) ^ stay->families[f];
}

static void add_to_spell(struct spelling *s, struct stay *stay, uint32_t number)
{
	struct spell *spell = &s->h->spells[number];
	stay->spell = number;
	spell->members++;
	spell->begin = stay->from < spell->begin ? stay->from : spell->begin;
	if (!is_past(stay))
		spell->open = true;
	else if (stay->to > spell->end)
		spell->end = stay->to;
	for (int f = 0; f < HOUSEHOLD_FAMILIES && stay->families[f]; f++)
		*id_map_put(&s->families, family_key(stay, f), NULL) = number + 1;
}

/* The newest spell of the stay's family at the property, where it had begun before the stay ended. */
static uint32_t spell_of_family(const struct spelling *s, const struct stay *stay)
{
	for (int f = 0; f < HOUSEHOLD_FAMILIES && stay->families[f]; f++) {
		const uint64_t *number = id_map_get(&s->families, family_key(stay, f));
		if (number && s->h->spells[*number - 1].begin < stay->to)
			return (uint32_t)(*number - 1);
	}
	return NO_HOUSEHOLD;
}

/* CURRENT: the spell of those who were there just after; NO_HOUSEHOLD: none. */
static uint32_t spell_of_past(const struct spelling *s, const struct stay *stay, uint32_t current)
{
	uint32_t family = spell_of_family(s, stay);
	if (family != NO_HOUSEHOLD || stay->apart || current == NO_HOUSEHOLD)
		return family;
	date begin = s->h->spells[current].begin;
	return begin == DATE_UNKNOWN || (int64_t)stay->to - begin >= SLOPPY_DAYS ? current : NO_HOUSEHOLD;
}

static void make_spells(struct spelling *s)
{
	struct stay *stays = s->h->stays;
	uint32_t current = NO_HOUSEHOLD;
	for (size_t i = 0; i < s->h->count; i++) {
		struct stay *stay = &stays[s->order[i]];
		if (i == 0 || stays[s->order[i - 1]].property_id != stay->property_id)
			current = NO_HOUSEHOLD;
		if (stay->second) {
			stay->spell = NO_HOUSEHOLD;
			for (int f = 0; f < HOUSEHOLD_FAMILIES && stay->families[f] && stay->spell == NO_HOUSEHOLD;
			     f++) {
				const uint64_t *number = id_map_get(&s->families, family_key(stay, f));
				if (number && s->h->spells[*number - 1].open)
					stay->spell = (uint32_t)(*number - 1);
			}
			continue;
		}
		uint32_t number;
		if (is_past(stay)) {
			number = spell_of_past(s, stay, current);
			number = number == NO_HOUSEHOLD ? new_spell(s) : number;
		} else {
			uint64_t *known = id_map_put(&s->present, stay->present, NULL);
			if (*known == 0) {
				uint32_t fresh = new_spell(s);
				*known = fresh + 1;
			}
			number = (uint32_t)(*known - 1);
		}
		current = number;
		add_to_spell(s, stay, number);
	}
}

static void count_last(struct history *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->stays[i].spell == NO_HOUSEHOLD || h->stays[i].second)
			continue;
		struct spell *spell = &h->spells[h->stays[i].spell];
		bool last = !is_past(&h->stays[i]) || h->stays[i].to >= spell->end - MOVING_DAYS;
		spell->left_last += last && !h->stays[i].died;
	}
}

/* ---- moves ------------------------------------------------------------------------------------------------ */

struct move {
	uint32_t from, to, people;
	date on; /* the first arrival */
};

static int compare_moves(const void *a, const void *b)
{
	const struct move *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->on > y->on) - (x->on < y->on);
}

static int compare_people(const void *a, const void *b)
{
	const struct move *x = a, *y = b;
	if (x->people != y->people)
		return x->people > y->people ? -1 : 1;
	return compare_moves(a, b);
}

static size_t list_moves(const struct history *h, struct move *moves)
{
	size_t count = 0, kept = 0;
	for (size_t i = 1; i < h->count; i++) {
		const struct stay *before = &h->stays[i - 1], *stay = &h->stays[i];
		if (before->resident_id == stay->resident_id && !stay->second && before->spell != stay->spell)
			moves[count++] = (struct move){before->spell, stay->spell, 1, stay->from};
	}
	if (count)
		qsort(moves, count, sizeof *moves, compare_moves);
	for (size_t i = 0; i < count; i++) {
		if (kept && moves[kept - 1].from == moves[i].from && moves[kept - 1].to == moves[i].to)
			moves[kept - 1].people++;
		else
			moves[kept++] = moves[i];
	}
	return kept;
}

/* Most of those who were there at the end went the same way, and were the first at the other place. */
static void link_spells(struct history *h)
{
	struct move *moves = memory_alloc(h->count + 1, sizeof *moves);
	size_t count = list_moves(h, moves);
	if (count)
		qsort(moves, count, sizeof *moves, compare_people);
	for (size_t i = 0; i < count; i++) {
		struct spell *from = &h->spells[moves[i].from], *to = &h->spells[moves[i].to];
		bool ended = !from->open && from->next == NO_HOUSEHOLD;
		bool most = 2 * (uint64_t)moves[i].people > from->left_last;
		bool founders = to->from == NO_HOUSEHOLD && to->begin != DATE_UNKNOWN &&
				(int64_t)moves[i].on - to->begin <= MOVING_DAYS;
		if (!ended || !most || !founders || to->begin <= from->begin)
			continue;
		from->next = moves[i].to;
		to->from = moves[i].from;
	}
	free(moves);
}

/* The household of a spell that continues another is that one's; of a long way back, all are told on the way. */
static uint32_t household_of(struct history *h, uint32_t spell)
{
	uint32_t first = spell;
	while (h->spells[first].from != NO_HOUSEHOLD && h->spells[first].household == NO_HOUSEHOLD)
		first = h->spells[first].from;
	if (h->spells[first].household == NO_HOUSEHOLD)
		h->spells[first].household = (uint32_t)h->households++;
	uint32_t household = h->spells[first].household;
	for (; h->spells[spell].household == NO_HOUSEHOLD; spell = h->spells[spell].from)
		h->spells[spell].household = household;
	return household;
}

static void number_households(struct history *h)
{
	for (size_t i = 0; i < h->count; i++) {
		struct stay *stay = &h->stays[i];
		stay->household = NO_HOUSEHOLD;
		if (stay->spell != NO_HOUSEHOLD)
			stay->household = household_of(h, stay->spell);
	}
}

void history_make(struct history *out, struct stay *stays, size_t count)
{
	struct spelling s = {.h = out};
	*out = (struct history){.stays = stays};
	if (count)
		qsort(stays, count, sizeof *stays, compare_time);
	out->count = leave_out_contradictions(stays, count);
	s.order = memory_alloc(out->count + 1, sizeof *s.order);
	for (size_t i = 0; i < out->count; i++)
		s.order[i] = i;
	ordered = stays;
	if (out->count)
		qsort(s.order, out->count, sizeof *s.order, compare_end);
	id_map_init(&s.families);
	id_map_init(&s.present);
	make_spells(&s);
	id_map_release(&s.families);
	id_map_release(&s.present);
	free(s.order);
	count_last(out);
	link_spells(out);
	number_households(out);
}

void history_release(struct history *history)
{
	free(history->spells);
	free(history->events);
	*history = (struct history){0};
}

/* ---- what became of it ------------------------------------------------------------------------------------ */

enum { BORN_DAYS = 60, TOGETHER_DAYS = 45 };

static void tell(struct history *h, uint32_t household, date on, const char *what, int64_t resident, int64_t other,
		 int64_t property)
{
	ARRAY_GROW(h->events, h->event_count, h->event_capacity);
	h->events[h->event_count++] = (struct household_event){household, on, what, resident, other, property};
}

struct outline { /* of a household */
	date begin, end;
	bool open;
	int64_t first_property;
};

static void tell_arrival(struct history *h, const struct stay *before, const struct stay *stay, const int64_t *ids,
			 const struct outline *outline)
{
	if (stay->born != DATE_UNKNOWN && (stay->from == DATE_UNKNOWN || stay->from - stay->born <= BORN_DAYS) &&
	    !before) {
		if (outline->begin == DATE_UNKNOWN || stay->born > outline->begin + TOGETHER_DAYS)
			tell(h, stay->household, stay->born, "born", stay->resident_id, 0, 0);
		return;
	}
	if (before)
		tell(h, stay->household, stay->from, "joined", stay->resident_id, ids[before->household], 0);
	else if (stay->from != DATE_UNKNOWN && outline->begin != DATE_UNKNOWN &&
		 stay->from > outline->begin + TOGETHER_DAYS)
		tell(h, stay->household, stay->from, "moved_in", stay->resident_id, 0, 0);
}

static void tell_departure(struct history *h, const struct stay *stay, const struct stay *next, const int64_t *ids,
			   const struct outline *outlines)
{
	if (stay->died)
		tell(h, stay->household, stay->to, "died", stay->resident_id, 0, 0);
	else if (next && outlines[next->household].begin != DATE_UNKNOWN &&
		 outlines[next->household].begin >= stay->to - TOGETHER_DAYS &&
		 outlines[stay->household].end > stay->to)
		tell(h, stay->household, stay->to, "separated", stay->resident_id, ids[next->household], 0);
	else
		tell(h, stay->household, stay->to, "moved_out", stay->resident_id, next ? ids[next->household] : 0, 0);
}

static int compare_events(const void *a, const void *b)
{
	const struct household_event *x = a, *y = b;
	if (x->household != y->household)
		return x->household < y->household ? -1 : 1;
	if (x->on != y->on)
		return x->on < y->on ? -1 : 1;
	int order = strcmp(x->what, y->what);
	if (order) /* it begins before anything else and ends behind all of it */
		return strcmp(x->what, "began") == 0 || strcmp(y->what, "ended") == 0   ? -1
		       : strcmp(y->what, "began") == 0 || strcmp(x->what, "ended") == 0 ? 1
											: order;
	if (x->resident_id != y->resident_id)
		return x->resident_id < y->resident_id ? -1 : 1;
	return (x->property_id > y->property_id) - (x->property_id < y->property_id);
}

static void add_outline(struct outline *outline, const struct stay *stay)
{
	if (stay->from < outline->begin) {
		outline->begin = stay->from;
		outline->first_property = stay->property_id;
	}
	outline->open |= !is_past(stay);
	if (is_past(stay) && stay->to > outline->end)
		outline->end = stay->to;
}

/* Of each spell but a household's first: the household moved there. */
static void tell_moves(struct history *h)
{
	unsigned char *told = memory_alloc(h->spell_count + 1, 1);
	for (size_t i = 0; i < h->count; i++) {
		const struct stay *stay = &h->stays[i];
		if (stay->spell == NO_HOUSEHOLD || stay->second || told[stay->spell])
			continue;
		told[stay->spell] = 1;
		const struct spell *spell = &h->spells[stay->spell];
		if (spell->from != NO_HOUSEHOLD)
			tell(h, stay->household, spell->begin, "moved", 0, 0, stay->property_id);
	}
	free(told);
}

void history_tell(struct history *h, const int64_t *ids)
{
	struct outline *outlines = memory_alloc(h->households + 1, sizeof *outlines);
	for (size_t i = 0; i < h->households; i++)
		outlines[i] = (struct outline){.begin = INT32_MAX, .end = DATE_UNKNOWN};
	for (size_t i = 0; i < h->count; i++) {
		if (!h->stays[i].second)
			add_outline(&outlines[h->stays[i].household], &h->stays[i]);
	}
	for (size_t i = 0; i < h->households; i++) {
		outlines[i].end = outlines[i].open ? INT32_MAX : outlines[i].end;
		tell(h, (uint32_t)i, outlines[i].begin, "began", 0, 0, outlines[i].first_property);
		if (!outlines[i].open)
			tell(h, (uint32_t)i, outlines[i].end, "ended", 0, 0, 0);
	}
	for (size_t i = 0; i < h->count; i++) {
		const struct stay *stay = &h->stays[i], *before = NULL, *next = NULL;
		if (stay->second)
			continue;
		if (i > 0 && h->stays[i - 1].resident_id == stay->resident_id)
			before = &h->stays[i - 1];
		if (i + 1 < h->count && h->stays[i + 1].resident_id == stay->resident_id && !h->stays[i + 1].second)
			next = &h->stays[i + 1];
		if (!before || before->household != stay->household)
			tell_arrival(h, before, stay, ids, &outlines[stay->household]);
		if (is_past(stay) && (!next || next->household != stay->household))
			tell_departure(h, stay, next, ids, outlines);
	}
	tell_moves(h);
	if (h->event_count)
		qsort(h->events, h->event_count, sizeof *h->events, compare_events);
	free(outlines);
}
