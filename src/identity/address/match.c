/* Candidates for an address, and the decision between them. */
#include "address/gazetteer_int.h"

#include <limits.h>

enum {
	SCORE_PROBABLE = 120, /* tenths of bits */
	SCORE_STRONG = 170,
	GAP_PROBABLE = 25,
	GAP_STRONG = 40,
	STREET_AT_MOST = 512,    /* entries looked at in a street without a number */
	BUILDING_AT_MOST = 4096, /* and of a building's name */
	RANGE_AT_MOST = 40,      /* numbers of a range that are looked for behind its first */
	KINDS = 16
};

struct best {
	uint32_t property, runner_up;
	int score, second;
	struct judgement judgement;
	const struct entry *entry;
};

/* Which of letters and figures name the flats of houses that were met. */
struct kinds {
	uint64_t house[KINDS];
	unsigned kind[KINDS];
	size_t count;
};

struct asking {
	struct judging judging;
	struct best best;
	struct kinds kinds;
};

const char *address_class_name(enum address_class class)
{
	static const char *const names[] = {"none", "uprn", "exact", "strong", "probable", "parent"};
	return names[class];
}

static uint64_t house_of(const struct entry *e)
{
	return hash_mix(((uint64_t)e->street << 32 | e->building) ^
			hash_mix((uint64_t)e->number << 8 | (unsigned char)e->suffix));
}

static void note_kind(struct kinds *kinds, const struct entry *entry)
{
	unsigned kind = unit_kind(entry->flat.unit);
	uint64_t house = house_of(entry);
	if (!kind)
		return;
	for (size_t i = 0; i < kinds->count; i++) {
		if (kinds->house[i] == house) {
			kinds->kind[i] |= kind;
			return;
		}
	}
	if (kinds->count < KINDS) {
		kinds->house[kinds->count] = house;
		kinds->kind[kinds->count++] = kind;
	}
}

static void consider(struct asking *asking, uint32_t number)
{
	const struct entry *entry = &asking->judging.gazetteer->entries[number];
	struct best *best = &asking->best;
	struct judgement judgement;
	note_kind(&asking->kinds, entry);
	judge_entry(&judgement, &asking->judging, entry);
	int score = judgement.score;
	if (score == INT_MIN)
		return;
	if (entry->property == best->property) {
		if (score > best->score) {
			best->score = score;
			best->judgement = judgement;
			best->entry = entry;
		}
	} else if (score > best->score || (score == best->score && entry->property < best->property)) {
		best->second = best->score;
		best->runner_up = best->property;
		best->score = score;
		best->property = entry->property;
		best->judgement = judgement;
		best->entry = entry;
	} else if (score > best->second || (score == best->second && entry->property < best->runner_up)) {
		best->second = score;
		best->runner_up = entry->property;
	}
}

static void consider_list(struct asking *asking, const struct listing *listing, uint32_t key, uint32_t most)
{
	uint32_t first = listing->first[key], end = listing->first[key + 1];
	for (uint32_t i = first; i < end && i - first < most; i++)
		consider(asking, listing->at[i]);
}

/* The place of the first entry of STREET whose number is NUMBER or more. */
static uint32_t find_number(const struct gazetteer *g, uint32_t street, uint32_t number)
{
	uint32_t low = g->by_street.first[street], high = g->by_street.first[street + 1];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (g->entries[g->by_street.at[middle]].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void consider_number(struct asking *asking, uint32_t street, uint32_t number)
{
	const struct gazetteer *g = asking->judging.gazetteer;
	uint32_t from = number > RANGE_AT_MOST ? number - RANGE_AT_MOST : 1;
	for (uint32_t i = find_number(g, street, from); i < g->by_street.first[street + 1]; i++) {
		const struct entry *entry = &g->entries[g->by_street.at[i]];
		if (entry->number > number)
			break;
		if (entry->number == number || entry->number_to >= number)
			consider(asking, g->by_street.at[i]);
	}
}

/* Numbers that readings take for a house, each once. */
static size_t list_houses(const struct asked *asked, uint32_t houses[READINGS])
{
	size_t count = 0;
	for (size_t r = 0; r < asked->count; r++) {
		const struct reading_of_house *reading = &asked->readings[r];
		uint32_t number = reading->house.number;
		bool known = !reading->has_house;
		for (size_t i = 0; i < count && !known; i++)
			known = houses[i] == number;
		if (!known)
			houses[count++] = number;
	}
	return count;
}

static void consider_range(struct asking *asking, uint32_t street)
{
	const struct asked *asked = &asking->judging.asked;
	for (size_t r = 0; r < asked->count; r++) {
		const struct reading_of_house *reading = &asked->readings[r];
		uint32_t to = reading->house_to.number;
		for (uint32_t n = reading->house.number + 1;
		     to && n <= to && n <= reading->house.number + RANGE_AT_MOST; n++)
			consider_number(asking, street, n);
	}
}

static void consider_street(struct asking *asking, uint32_t street)
{
	const struct gazetteer *g = asking->judging.gazetteer;
	uint32_t houses[READINGS];
	size_t count = list_houses(&asking->judging.asked, houses);
	bool few = g->by_street.first[street + 1] - g->by_street.first[street] <= STREET_AT_MOST;
	for (size_t i = 0; i < count; i++)
		consider_number(asking, street, houses[i]);
	consider_range(asking, street);
	if (count == 0 && few)
		consider_list(asking, &g->by_street, street, STREET_AT_MOST);
}

/* Without a postcode, or with a wrong one. */
static void consider_names(struct asking *asking)
{
	struct judging *j = &asking->judging;
	uint32_t names[NAMES_FOUND];
	size_t count = names_find(&j->gazetteer->names, &j->asked.words, 0, names);
	for (size_t i = 0; i < count; i++) {
		if (judging_place(j, names[i])->fit == NAME_ABSENT)
			continue;
		consider_street(asking, names[i]);
		consider_list(asking, &j->gazetteer->by_building, names[i], BUILDING_AT_MOST);
	}
}

static void asking_init(struct asking *asking, const struct gazetteer *g)
{
	asking->judging.gazetteer = g;
	memset(asking->judging.kept, 0, sizeof asking->judging.kept);
	asking->judging.kept_count = 0;
	asking->judging.spare_next = 0;
	asking->kinds.count = 0;
	asking->best =
		(struct best){.property = UINT32_MAX, .runner_up = UINT32_MAX, .score = INT_MIN, .second = INT_MIN};
}

/* A place's name means something else when no entry had it before, or none has it now. */
static bool is_new_place(const struct gazetteer *changed, const struct gazetteer *all, struct text word)
{
	const uint64_t *entries = text_map_get(&changed->places, word);
	const uint64_t *of_all = entries ? text_map_get(&all->places, word) : NULL;
	return entries && (!of_all || *of_all <= *entries);
}

bool gazetteer_reaches(const struct gazetteer *g, const struct gazetteer *all, struct text address,
		       struct text postcode)
{
	struct asked asked;
	uint32_t names[NAMES_FOUND];
	if (!asked_read(&asked, &all->names, address, postcode))
		return false;
	if (asked.postcode && id_map_get(&g->postcodes, asked.postcode))
		return true;
	for (size_t i = 0; i < asked.words.count; i++) {
		if (is_new_place(g, all, asked.words.at[i].at))
			return true;
	}
	return names_find(&g->names, &asked.words, 0, names) > 0;
}

/* "Flat B" is not Flat 2 of a house that has flats with letters. */
static bool is_other_kind(const struct asking *asking)
{
	const struct best *best = &asking->best;
	unsigned asked = unit_kind(best->entry->flat.unit) == 1 ? 2 : 1;
	uint64_t house = house_of(best->entry);
	for (size_t i = 0; i < asking->kinds.count; i++) {
		if (asking->kinds.house[i] == house)
			return (asking->kinds.kind[i] & asked) != 0;
	}
	return false;
}

static enum address_class decide(const struct asking *asking, int gap)
{
	const struct best *best = &asking->best;
	if (best->score < SCORE_PROBABLE || gap < GAP_PROBABLE || (best->judgement.ordinal && is_other_kind(asking)))
		return ADDRESS_NONE;
	if (best->judgement.within)
		return ADDRESS_PARENT;
	if (best->judgement.exact && gap >= GAP_STRONG)
		return ADDRESS_EXACT;
	return best->score >= SCORE_STRONG && gap >= GAP_STRONG ? ADDRESS_STRONG : ADDRESS_PROBABLE;
}

static void match_as_written(const struct gazetteer *g, struct text address, struct text postcode,
			     struct address_match *out)
{
	struct asking asking;
	struct best *best = &asking.best;
	*out = (struct address_match){.property = UINT32_MAX, .best = UINT32_MAX, .runner_up = UINT32_MAX};
	if (!asked_read(&asking.judging.asked, &g->names, address, postcode))
		return;
	asking_init(&asking, g);
	uint64_t code = asking.judging.asked.postcode;
	const uint64_t *number = code ? id_map_get(&g->postcodes, code) : NULL;
	if (number)
		consider_list(&asking, &g->by_postcode, (uint32_t)*number, UINT32_MAX);
	if (!(best->score > SCORE_STRONG && best->judgement.exact))
		consider_names(&asking);
	if (best->property == UINT32_MAX)
		return;
	int gap = best->second == INT_MIN ? best->score : best->score - best->second;
	out->score = best->score;
	out->gap = gap < best->score || best->score < 0 ? gap : best->score;
	out->best = best->property;
	out->runner_up = best->runner_up;
	out->why = best->judgement.why;
	out->class = decide(&asking, gap);
	if (out->class != ADDRESS_NONE)
		out->property = best->property;
}

/* "Seven Sisters Road" is one: numbers in words are read as numbers only where nothing is found without. */
void gazetteer_match(const struct gazetteer *g, struct text address, struct text postcode, struct address_match *out)
{
	char figures[ADDRESS_TEXT];
	struct address_match again;
	match_as_written(g, address, postcode, out);
	if (out->class != ADDRESS_NONE || !address_in_figures(figures, sizeof figures, address))
		return;
	match_as_written(g, text_of(figures), postcode, &again);
	if (again.class != ADDRESS_NONE)
		*out = again;
}
