/* Who of those at one property are a household. */
#include "household/household.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

/* A home of so many people in so many families that nobody says to be related is no family's. Children do not count:
 * they live with somebody. */
enum { MANY_PEOPLE = 6, MANY_FAMILIES = 5, CROWD = 2000 }; /* a town hall is nobody's home */

enum property_use property_use_of(const char *kind)
{
	static const struct {
		const char *kind;
		enum property_use use;
	} uses[] = {{"hmo", USE_SHARED},         {"shell", USE_SHARED},          {"hostel", USE_INSTITUTION},
		    {"refuge", USE_INSTITUTION}, {"care_home", USE_INSTITUTION}, {"hall", USE_INSTITUTION},
		    {"other", USE_HOME}};
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		if (strcmp(uses[i].kind, kind) == 0)
			return uses[i].use;
	}
	return USE_HOME;
}

struct making {
	struct occupant *all;
	size_t count;
	struct id_map bearers;   /* family name -> how many bear it */
	struct id_map number;    /* resident -> number in ALL + 1 */
	uint32_t *family, *home; /* by occupant: the first of the family, of the household */
	unsigned char *related;  /* by occupant: bits of reason */
	struct family_key {
		uint64_t hash;
		uint32_t occupant;
	} * keys;
	uint32_t *sizes, *number_of;
};
enum { BY_SOURCE = 1, BY_NAME = 2, BY_RULING = 4, RULED_APART = 8, BY_MOVE = 16 };

static int compare_occupants(const void *a, const void *b)
{
	const struct occupant *x = a, *y = b;
	if (x->property_id != y->property_id)
		return x->property_id < y->property_id ? -1 : 1;
	return (x->resident_id > y->resident_id) - (x->resident_id < y->resident_id);
}

static int compare_keys(const void *a, const void *b)
{
	const struct family_key *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->occupant > y->occupant) - (x->occupant < y->occupant);
}

static int compare_ties(const void *a, const void *b)
{
	const struct tie *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static uint32_t first_of(uint32_t *group, uint32_t i)
{
	while (group[i] != i)
		i = group[i] = group[group[i]];
	return i;
}

/* Returns whether they were apart. The first of both is the first of all. */
static bool join(uint32_t *group, uint32_t a, uint32_t b)
{
	a = first_of(group, a);
	b = first_of(group, b);
	if (a == b)
		return false;
	group[a < b ? b : a] = a < b ? a : b;
	return true;
}

/* ---- families --------------------------------------------------------------------------------------------- */

/* A name that so many bear that two strangers of so many people are likely to share it: in a hostel it makes no family
 * of grown people. */
static bool is_common(const struct making *m, uint64_t name, size_t people)
{
	const double expected = 0.15;
	enum { MANY = 10 }; /* of a name that fewer bear in all, nothing can be said */
	const uint64_t *bearers = id_map_get(&m->bearers, name);
	return bearers && *bearers >= MANY && (double)people * (double)*bearers > expected * (double)m->count;
}

/* Whether those from K on who have the same name are taken for one family by it. */
static bool name_tells(const struct making *m, size_t k, size_t count, size_t people)
{
	const struct occupant *first = &m->all[m->keys[k].occupant];
	size_t adults = 0;
	if (first->use == USE_HOME || (m->keys[k].hash & 1))
		return true;
	for (size_t i = k; i < count && m->keys[i].hash == m->keys[k].hash; i++)
		adults += !m->all[m->keys[i].occupant].child;
	return adults < 2 || !is_common(m, m->keys[k].hash, people);
}

static void count_bearers(struct making *m)
{
	for (size_t i = 0; i < m->count; i++) {
		for (int f = 0; f < HOUSEHOLD_FAMILIES && m->all[i].families[f]; f++) {
			if (!(m->all[i].families[f] & 1))
				++*id_map_put(&m->bearers, m->all[i].families[f], NULL);
		}
	}
}

static size_t end_of_name(const struct making *m, size_t k, size_t count)
{
	size_t end = k + 1;
	while (end < count && m->keys[end].hash == m->keys[k].hash)
		end++;
	return end;
}

static int64_t days_between(const struct making *m, uint32_t a, uint32_t b)
{
	date x = m->all[a].from, y = m->all[b].from;
	return x == DATE_UNKNOWN || y == DATE_UNKNOWN ? INT32_MAX : x > y ? (int64_t)x - y : (int64_t)y - x;
}

static void join_as(struct making *m, uint32_t a, uint32_t b, unsigned char reason)
{
	join(m->family, a, b);
	m->related[a] |= reason;
	m->related[b] |= reason;
}

/* In a hostel two families of one name are often strangers: grown people of it belong together when they came together,
 * and a child belongs to the one who came nearest to it. */
static void join_by_arrival(struct making *m, size_t k, size_t end)
{
	enum { TOGETHER_DAYS = 31 };
	for (size_t i = k; i < end; i++) {
		uint32_t one = m->keys[i].occupant, nearest = UINT32_MAX;
		for (size_t j = k; j < end; j++) {
			uint32_t other = m->keys[j].occupant;
			if (j == i || m->all[other].child)
				continue;
			if (!m->all[one].child && j > i && days_between(m, one, other) <= TOGETHER_DAYS)
				join_as(m, one, other, BY_NAME);
			if (nearest == UINT32_MAX || days_between(m, one, other) < days_between(m, one, nearest))
				nearest = other;
		}
		if (m->all[one].child && nearest != UINT32_MAX)
			join_as(m, one, nearest, BY_NAME);
	}
}

/* Whether several grown people of an institution share the name of the keys from K on. */
static bool goes_by_arrival(const struct making *m, size_t k, size_t end)
{
	size_t adults = 0;
	if (m->all[m->keys[k].occupant].use != USE_INSTITUTION || (m->keys[k].hash & 1))
		return false;
	for (size_t i = k; i < end; i++)
		adults += !m->all[m->keys[i].occupant].child;
	return adults > 1;
}

static void join_by_name(struct making *m, size_t first, size_t end)
{
	size_t count = 0;
	for (size_t i = first; end - first <= CROWD && i < end; i++) {
		for (int f = 0; f < HOUSEHOLD_FAMILIES && m->all[i].families[f]; f++)
			m->keys[count++] = (struct family_key){m->all[i].families[f], (uint32_t)i};
	}
	if (count)
		qsort(m->keys, count, sizeof *m->keys, compare_keys);
	for (size_t k = 0, next; k < count; k = next) {
		next = end_of_name(m, k, count);
		if (!name_tells(m, k, count, end - first))
			continue;
		if (goes_by_arrival(m, k, next)) {
			join_by_arrival(m, k, next);
			continue;
		}
		for (size_t i = k + 1; i < next; i++) {
			if (m->keys[i].occupant != m->keys[i - 1].occupant)
				join_as(m, m->keys[i - 1].occupant, m->keys[i].occupant,
					m->keys[k].hash & 1 ? BY_SOURCE : BY_NAME);
		}
	}
}

/* False when one of them has no home here now, or they have different ones. */
static bool find_pair(const struct making *m, const struct tie *tie, uint32_t *a, uint32_t *b)
{
	const uint64_t *x = id_map_get(&m->number, (uint64_t)tie->a), *y = id_map_get(&m->number, (uint64_t)tie->b);
	if (!x || !y || x == y)
		return false;
	*a = (uint32_t)(*x - 1);
	*b = (uint32_t)(*y - 1);
	return m->all[*a].property_id == m->all[*b].property_id;
}

static void join_by_ties(struct making *m, const struct tie *ties, size_t count)
{
	for (size_t t = 0; t < count; t++) {
		uint32_t a, b;
		if (ties[t].kind != TIE_RELATED || !find_pair(m, &ties[t], &a, &b))
			continue;
		join(m->family, a, b);
		m->related[a] |= BY_SOURCE;
		m->related[b] |= BY_SOURCE;
	}
}

/* ---- who came together ------------------------------------------------------------------------------------ */

/* Two people of one shared property who came there from one place, or on one day, may be a family though no name and no
 * source says so. What that is worth is learned: of such pairs, how many are of one family by a name or a source. That
 * is less than how many are one, since some have no name in common; from half of them on it is believed. */
enum coming { CAME_FROM_ONE_PLACE, CAME_ON_ONE_DAY, COMINGS };
enum { TWO_CHILDREN, CHILD_AND_ADULT, TWO_ADULTS, PAIRINGS };
static const double coming_prior[COMINGS] = {0.6, 0.4}, coming_weight = 10; /* starting values, worth so many pairs */

struct pair {
	uint32_t a, b;
	enum coming how;
	unsigned whose;
};

struct pairs {
	struct pair *at;
	size_t count, capacity;
	struct id_map starts; /* days on which somebody's present home begins -> how many */
};

static void add_pair(const struct making *m, struct pairs *pairs, uint32_t a, uint32_t b, enum coming how)
{
	ARRAY_GROW(pairs->at, pairs->count, pairs->capacity);
	pairs->at[pairs->count++] = (struct pair){a, b, how, (unsigned)!m->all[a].child + (unsigned)!m->all[b].child};
}

/* A day that so many chose (terms begin) that two strangers of so many people are likely to have come on it. */
static bool is_common_day(const struct making *m, const struct pairs *pairs, date day, size_t people)
{
	const double expected = 0.15;
	const uint64_t *starts = id_map_get(&pairs->starts, (uint64_t)(int64_t)day);
	return !starts || (double)people * (double)*starts > expected * (double)m->count;
}

static void list_same_days(struct making *m, struct pairs *pairs, size_t first, size_t end)
{
	enum { MOST = 400 };
	for (size_t i = first; end - first <= MOST && i < end; i++) {
		if (m->all[i].from == DATE_UNKNOWN || is_common_day(m, pairs, m->all[i].from, end - first))
			continue;
		for (size_t k = i + 1; k < end; k++) {
			if (m->all[k].from == m->all[i].from)
				add_pair(m, pairs, (uint32_t)i, (uint32_t)k, CAME_ON_ONE_DAY);
		}
	}
}

static size_t end_of_property(const struct making *m, size_t first);

static void list_pairs(struct making *m, struct pairs *pairs, const struct tie *ties, size_t tie_count)
{
	for (size_t t = 0; t < tie_count; t++) {
		uint32_t a, b;
		if (ties[t].kind == TIE_MOVED && find_pair(m, &ties[t], &a, &b))
			add_pair(m, pairs, a < b ? a : b, a < b ? b : a, CAME_FROM_ONE_PLACE);
	}
	for (size_t i = 0; i < m->count; i++) {
		if (m->all[i].from != DATE_UNKNOWN)
			++*id_map_put(&pairs->starts, (uint64_t)(int64_t)m->all[i].from, NULL);
	}
	for (size_t i = 0, end; i < m->count; i = end) {
		end = end_of_property(m, i);
		if (m->all[i].use != USE_HOME)
			list_same_days(m, pairs, i, end);
	}
}

static void learn_comings(struct making *m, const struct pairs *pairs, bool believed[COMINGS][PAIRINGS])
{
	double agreed[COMINGS][PAIRINGS] = {0}, count[COMINGS][PAIRINGS] = {0};
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *p = &pairs->at[i];
		count[p->how][p->whose]++;
		agreed[p->how][p->whose] += first_of(m->family, p->a) == first_of(m->family, p->b);
	}
	for (int how = 0; how < COMINGS; how++) {
		for (int whose = 0; whose < PAIRINGS; whose++)
			believed[how][whose] = agreed[how][whose] + coming_prior[how] * coming_weight >=
					       0.5 * (count[how][whose] + coming_weight);
	}
}

/* Two families with grown people in each did not become one because they came on one day. */
static void join_by_moves(struct making *m, const struct tie *ties, size_t tie_count)
{
	struct pairs pairs = {0};
	bool believed[COMINGS][PAIRINGS];
	unsigned char *grown = memory_alloc(m->count + 1, 1);
	id_map_init(&pairs.starts);
	list_pairs(m, &pairs, ties, tie_count);
	learn_comings(m, &pairs, believed);
	for (size_t i = 0; i < m->count; i++)
		grown[first_of(m->family, (uint32_t)i)] |= !m->all[i].child;
	for (size_t i = 0; i < pairs.count; i++) {
		const struct pair *p = &pairs.at[i];
		uint32_t a = first_of(m->family, p->a), b = first_of(m->family, p->b);
		if (a == b || !believed[p->how][p->whose] || (p->how == CAME_ON_ONE_DAY && grown[a] && grown[b]))
			continue;
		join(m->family, a, b);
		grown[first_of(m->family, a)] = grown[a] | grown[b];
		m->related[p->a] |= BY_MOVE;
		m->related[p->b] |= BY_MOVE;
	}
	id_map_release(&pairs.starts);
	free(pairs.at);
	free(grown);
}

/* ---- homes ------------------------------------------------------------------------------------------------ */

/* Why the property is not one household's; NULL: it is. */
static const char *why_apart(struct making *m, size_t first, size_t end)
{
	size_t families = 0;
	if (m->all[first].use != USE_HOME)
		return "class";
	for (size_t i = first; i < end; i++)
		m->sizes[i] = 0;
	for (size_t i = first; i < end; i++) {
		if (!m->all[i].child)
			families += m->sizes[first_of(m->family, (uint32_t)i)]++ == 0;
	}
	return end - first > CROWD || (end - first >= MANY_PEOPLE && families >= MANY_FAMILIES) ? "names" : NULL;
}

static void make_homes(struct making *m, size_t first, size_t end)
{
	const char *apart = why_apart(m, first, end);
	for (size_t i = first; i < end; i++) {
		m->all[i].apart = apart;
		m->home[i] = apart ? first_of(m->family, (uint32_t)i) : (uint32_t)first;
	}
}

/* ---- rulings ---------------------------------------------------------------------------------------------- */

/* Those who live together live where the better known of them does. */
static void bring_together(struct making *m, const struct tie *tie)
{
	const uint64_t *x = id_map_get(&m->number, (uint64_t)tie->a), *y = id_map_get(&m->number, (uint64_t)tie->b);
	if (!x || !y || x == y)
		return;
	struct occupant *a = &m->all[*x - 1], *b = &m->all[*y - 1];
	bool second =
		a->confidence > b->confidence || (a->confidence == b->confidence && a->resident_id < b->resident_id);
	struct occupant *goes = second ? b : a, *stays = second ? a : b;
	goes->property_id = stays->property_id;
	goes->use = stays->use;
}

/* A whole household at once: all that were with A or B are. */
static void rule_together(struct making *m, const struct tie *tie, size_t first, size_t end)
{
	uint32_t a, b;
	if (!find_pair(m, tie, &a, &b))
		return;
	uint32_t from = m->home[a] < m->home[b] ? m->home[b] : m->home[a],
		 to = m->home[a] < m->home[b] ? m->home[a] : m->home[b];
	for (size_t i = first; i < end; i++)
		m->home[i] = m->home[i] == from ? to : m->home[i];
	m->related[a] |= BY_RULING;
	m->related[b] |= BY_RULING;
}

/* Who came later leaves, with their family where the other is not of it. */
static void rule_apart(struct making *m, const struct tie *tie, size_t first, size_t end)
{
	uint32_t a, b;
	if (!find_pair(m, tie, &a, &b) || m->home[a] != m->home[b])
		return;
	bool later = m->all[b].from > m->all[a].from ||
		     (m->all[b].from == m->all[a].from && m->all[b].resident_id > m->all[a].resident_id);
	uint32_t goes = later ? b : a, stays = later ? a : b, family = first_of(m->family, goes), was = m->home[goes];
	bool alone = family == first_of(m->family, stays);
	uint32_t home = UINT32_MAX, rest = UINT32_MAX;
	for (size_t i = first; i < end; i++) {
		if (m->home[i] != was)
			continue;
		bool leaves = alone ? i == goes : first_of(m->family, (uint32_t)i) == family;
		uint32_t *side = leaves ? &home : &rest;
		*side = *side == UINT32_MAX ? (uint32_t)i : *side;
		m->home[i] = leaves ? UINT32_MAX : m->home[i];
	}
	for (size_t i = first; i < end; i++) /* each side is named by its first again */
		m->home[i] = m->home[i] == UINT32_MAX ? home : m->home[i] == was ? rest : m->home[i];
	m->related[goes] |= RULED_APART;
}

static size_t end_of_property(const struct making *m, size_t first)
{
	size_t end = first + 1;
	while (end < m->count && m->all[end].property_id == m->all[first].property_id)
		end++;
	return end;
}

static void follow_rulings(struct making *m, const struct tie *ties, size_t count)
{
	for (size_t t = 0; t < count; t++) {
		uint32_t a, b;
		bool ruled = ties[t].kind == TIE_TOGETHER || ties[t].kind == TIE_APART;
		if (!ruled || !find_pair(m, &ties[t], &a, &b))
			continue;
		size_t first = a;
		while (first > 0 && m->all[first - 1].property_id == m->all[a].property_id)
			first--;
		if (ties[t].kind == TIE_TOGETHER)
			rule_together(m, &ties[t], first, end_of_property(m, first));
		else
			rule_apart(m, &ties[t], first, end_of_property(m, first));
	}
}

/* ---- what to say of it ------------------------------------------------------------------------------------ */

static void judge(struct occupant *at, uint32_t size, unsigned reasons)
{
	bool apart = at->apart;
	at->kind = at->use == USE_INSTITUTION ? "institution" : apart ? "shared" : size == 1 ? "single" : "family";
	if (reasons & RULED_APART)
		at->why = "ruled_apart";
	else if (size == 1)
		at->why = apart ? "alone_at_shared_address" : "only_resident";
	else if (reasons & BY_RULING)
		at->why = "ruled_together";
	else if (reasons & BY_SOURCE)
		at->why = apart ? "related_at_shared_address" : "related";
	else if (reasons & BY_NAME)
		at->why = apart ? "same_family_name_at_shared_address" : "same_family_name";
	else if (reasons & BY_MOVE)
		at->why = "moved_together_to_shared_address";
	else
		at->why = "same_address";
	at->certainty = at->confidence >= 0.75 ? "certain" : at->confidence >= 0.5 ? "likely" : "uncertain";
	if (reasons & (BY_RULING | RULED_APART))
		at->certainty = "certain";
	else if (apart && size > 1 && !(reasons & BY_SOURCE))
		at->certainty = "uncertain";
	else if ((at->inferred || (apart && size > 1)) && at->confidence >= 0.75)
		at->certainty = "likely";
}

static size_t number_homes(struct making *m)
{
	size_t households = 0;
	for (size_t i = 0; i < m->count; i++)
		m->sizes[i] = 0;
	for (size_t i = 0; i < m->count; i++) {
		if (m->sizes[m->home[i]]++ == 0)
			m->number_of[m->home[i]] = (uint32_t)households++;
		m->all[i].household = m->number_of[m->home[i]];
	}
	for (size_t i = 0; i < m->count; i++)
		judge(&m->all[i], m->sizes[m->home[i]], m->related[i]);
	return households;
}

static void number_residents(struct making *m)
{
	for (size_t i = 0; i < m->count; i++)
		*id_map_put(&m->number, (uint64_t)m->all[i].resident_id, NULL) = i + 1;
}

size_t households_make(struct occupant *occupants, size_t count, const struct tie *ties, size_t tie_count)
{
	struct making m = {.all = occupants, .count = count};
	struct tie *sorted = memory_alloc(tie_count + 1, sizeof *sorted);
	m.family = memory_alloc(count + 1, sizeof *m.family);
	m.home = memory_alloc(count + 1, sizeof *m.home);
	m.related = memory_alloc(count + 1, sizeof *m.related);
	m.keys = memory_alloc(HOUSEHOLD_FAMILIES * count + 1, sizeof *m.keys);
	m.sizes = memory_alloc(count + 1, sizeof *m.sizes);
	m.number_of = memory_alloc(count + 1, sizeof *m.number_of);
	id_map_init(&m.number);
	id_map_init(&m.bearers);
	if (tie_count) {
		memcpy(sorted, ties, tie_count * sizeof *ties);
		qsort(sorted, tie_count, sizeof *sorted, compare_ties);
	}
	number_residents(&m);
	for (size_t t = 0; t < tie_count; t++) {
		if (sorted[t].kind == TIE_TOGETHER)
			bring_together(&m, &sorted[t]);
	}
	if (count)
		qsort(occupants, count, sizeof *occupants, compare_occupants);
	number_residents(&m);
	count_bearers(&m);
	for (size_t i = 0; i < count; i++)
		m.family[i] = (uint32_t)i;
	for (size_t i = 0; i < count; i = end_of_property(&m, i))
		join_by_name(&m, i, end_of_property(&m, i));
	join_by_ties(&m, sorted, tie_count);
	join_by_moves(&m, sorted, tie_count);
	for (size_t i = 0; i < count; i = end_of_property(&m, i))
		make_homes(&m, i, end_of_property(&m, i));
	follow_rulings(&m, sorted, tie_count);
	size_t households = number_homes(&m);
	id_map_release(&m.number);
	id_map_release(&m.bearers);
	free(sorted);
	free(m.family);
	free(m.home);
	free(m.related);
	free(m.keys);
	free(m.sizes);
	free(m.number_of);
	return households;
}
