/* How well an entry of the gazetteer answers what was asked: every part adds or takes away. */
#include "address/gazetteer_int.h"
#include "clean/similarity.h"

#include <limits.h>

enum { /* tenths of bits */
       NUMBER_SAME = 50,
       NUMBER_IN_RANGE = 40,
       NUMBER_OF_RANGE = 30,
       NUMBER_OTHER_SIDE = 15, /* in the range, but its numbers are of the other side of the street */
       NUMBER_BEFORE_STREET = 10,
       UNIT_BEFORE_STREET = -60,
       NUMBER_NOT_ASKED = -50,
       NUMBER_NOT_ASKED_NAMED = -5, /* the building's name says it */
       NUMBER_NOT_ASKED_CORNER = -10,
       NUMBER_NOT_THERE = -20,
       FLAT_SAME_BITS = 45,
       FLAT_LIKE_BITS = 32,
       FLAT_ORDINAL_BITS = 5,
       FLAT_NEITHER_BITS = 20,
       FLAT_WITHIN_BITS = -30,
       FLAT_WHOLE_BITS = -80,
       NAMED_AND_NUMBERED = 20, /* a building's name on top of its street */
       BUILDING_NOT_ASKED = -28,
       STREET_NOT_ASKED = -40,
       STREET_NOT_ASKED_NAMED = -5,
       STREET_DOUBTFUL = -40, /* another lane or grove of the name, and no postcode that says so */
       ORGANISATION_BITS = 60,
       BESIDE_DIFFERS = -60,
       HISTORIC_BITS = -35,
       PROVISIONAL_BITS = -5,
       WORD_IN_FRONT = -5,
       WORD_IN_FRONT_MOST = -20,
       WORD_OF_STREET = -20,
       WORD_OF_PLACE = -15,      /* a place that the gazetteer knows, elsewhere */
       WORD_UNKNOWN = -75,       /* a place that it does not know ... */
       WORD_UNKNOWN_THERE = -40, /* ... with the very postcode, perhaps only a word */
       WORD_UNKNOWN_MORE = -10,
       WORD_BEHIND_MOST = -100,
       NUMBER_LEFT = -40,
       LETTER_LEFT = -20,
       PLACE_SAME = 8,
       PLACE_SAME_MOST = 24
};

int rarity(uint32_t entries, int least, int most)
{
	/* 13 bits for a name that one entry has, three quarters of a bit less at each doubling */
	int doublings = entries > 1 ? 32 - __builtin_clz(entries - 1) : 0, bits = 130 - doublings * 75 / 10;
	return bits < least ? least : bits > most ? most : bits;
}

const struct name_place *judging_place(struct judging *judging, uint32_t name)
{
	static const struct name_place absent = {.fit = NAME_ABSENT};
	if (name == 0)
		return &absent;
	size_t at = (name * UINT32_C(2654435761)) % NAMES_KEPT;
	while (judging->kept[at] && judging->kept[at] != name)
		at = (at + 1) % NAMES_KEPT;
	if (judging->kept[at])
		return &judging->places[at];
	struct name_place *place = &judging->spare[judging->spare_next++ % 4];
	if (judging->kept_count < NAMES_KEPT / 2) {
		judging->kept_count++;
		judging->kept[at] = name;
		place = &judging->places[at];
	}
	names_place(place, &judging->gazetteer->names, name, &judging->asked.words);
	return place;
}

unsigned unit_kind(const char *unit)
{
	return unit[0] == '\0' ? 0 : unit[0] >= 'a' ? 1 : 2;
}

/* ---- postcode ------------------------------------------------------------------------------------------- */

static size_t unpack(char out[9], uint64_t code)
{
	memcpy(out, &code, sizeof code);
	out[8] = '\0';
	return strlen(out);
}

static size_t area_of(const char *postcode)
{
	size_t n = 0;
	while (postcode[n] >= 'A')
		n++;
	return n;
}

/* What was asked against a whole postcode that is not the same. */
static int judge_postcode_parts(const struct asked *asked, const char *there, size_t len, const char **says)
{
	size_t outward = strlen(asked->outward);
	bool district = len >= 3 && outward == len - 3 && memcmp(asked->outward, there, outward) == 0;
	bool sector = district && asked->sector == there[len - 3];
	if (asked->postcode) {
		char own[9];
		size_t n = unpack(own, asked->postcode);
		bool slip = clean_edit_distance(text_slice(own, n), text_slice(there, len)) == 1;
		*says = sector     ? "the same sector"
			: slip     ? "a slip"
			: district ? "the same district"
				   : "another district";
		if (sector)
			return slip ? 50 : 40;
		if (slip)
			return district ? 30 : -10;
		if (district)
			return 15;
		bool area = area_of(own) == area_of(there) && memcmp(own, there, area_of(own)) == 0;
		*says = area ? "another district" : "another area";
		return area ? -90 : -140;
	}
	*says = sector ? "its sector" : district ? "its district" : "another district";
	if (!district || (asked->sector && !sector))
		return district ? -10 : -60;
	return sector ? 50 : 25;
}

static int judge_postcode(const struct judging *j, const struct entry *entry, bool *same, const char **says)
{
	const struct asked *asked = &j->asked;
	const struct gazetteer *g = j->gazetteer;
	char there[9];
	*same = false;
	if (!asked->outward[0] || !entry->postcode) {
		*says = asked->outward[0] || entry->postcode ? "not told" : NULL;
		return 0;
	}
	uint64_t code = g->postcode_codes[entry->postcode];
	if (code == asked->postcode) {
		*same = true;
		*says = "same";
		return rarity(g->postcode_entries[entry->postcode], 70, 120);
	}
	int score = judge_postcode_parts(asked, there, unpack(there, code), says);
	bool elsewhere = asked->postcode && id_map_get(&g->postcodes, asked->postcode);
	return score - (elsewhere ? 15 : 0);
}

/* ---- number and flat, in each reading ----------------------------------------------------------------------- */

struct house {
	int score;
	bool fits, exact;
	const char *says;
};

static bool same_number(const struct address_number *a, uint32_t number, char suffix)
{
	return a->number == number && a->suffix == suffix;
}

static struct house judge_range(const struct entry *entry, const struct reading_of_house *reading)
{
	uint32_t asked = reading->house.number, to = reading->house_to.number;
	bool there = entry->number_to >= entry->number && entry->number_to > 0;
	if (to && there)
		return asked == entry->number && to == entry->number_to
			       ? (struct house){NUMBER_SAME, true, true, "same"}
		       : asked <= entry->number_to && to >= entry->number
			       ? (struct house){NUMBER_OF_RANGE, true, false, "ranges overlap"}
			       : (struct house){.fits = false};
	if (to)
		return entry->number == asked ? (struct house){NUMBER_OF_RANGE, true, false, "begins the range"}
		       : entry->number > asked && entry->number <= to
			       ? (struct house){NUMBER_OTHER_SIDE, true, false, "in the range"}
			       : (struct house){.fits = false};
	if (!there || asked < entry->number || asked > entry->number_to)
		return (struct house){.fits = false};
	bool end = asked == entry->number || asked == entry->number_to;
	bool side = (asked - entry->number) % 2 == 0 || (entry->number_to - entry->number) % 2 == 1;
	char suffix = reading->house.suffix;
	bool suffix_fits = !suffix || (asked == entry->number && suffix == entry->suffix) ||
			   (asked == entry->number_to && suffix == entry->suffix_to);
	if (!suffix_fits)
		return (struct house){.fits = false};
	return (struct house){end || side ? NUMBER_IN_RANGE : NUMBER_OTHER_SIDE, true, false, "in its range"};
}

static struct house judge_house(const struct judging *j, const struct entry *entry,
				const struct reading_of_house *reading, bool named)
{
	if (!entry->number) {
		if (!reading->has_house)
			return (struct house){0, true, true, NULL};
		return (struct house){NUMBER_NOT_THERE, named, false, "not in the gazetteer"};
	}
	if (!reading->has_house)
		return (struct house){named                             ? NUMBER_NOT_ASKED_NAMED
				      : j->asked.beside & BESIDE_CORNER ? NUMBER_NOT_ASKED_CORNER
									: NUMBER_NOT_ASKED,
				      true, false, "not told"};
	if (!reading->house_to.number && !entry->number_to &&
	    same_number(&reading->house, entry->number, entry->suffix))
		return (struct house){NUMBER_SAME, true, true, "same"};
	if (reading->house_to.number || entry->number_to)
		return judge_range(entry, reading);
	return (struct house){.fits = false};
}

struct flat_says {
	int score;
	bool fits, exact;
	const char *says;
};

static struct flat_says judge_flat(const struct judging *j, const struct entry *entry,
				   const struct reading_of_house *reading, const struct name_place *flat_name,
				   enum flat_fit *fit)
{
	(void)j;
	if (entry->flat_name) {
		bool asked_other = !flat_is_none(&reading->flat) && !reading->flat.bare && flat_is_none(&entry->flat);
		*fit = flat_name->fit != NAME_ABSENT && !asked_other ? FLAT_SAME
		       : flat_is_none(&reading->flat)                ? FLAT_WHOLE
								     : FLAT_UNKNOWN;
		if (*fit != FLAT_SAME && !flat_is_none(&entry->flat))
			*fit = flat_compare(&reading->flat, &entry->flat);
	} else {
		*fit = flat_compare(&reading->flat, &entry->flat);
	}
	switch (*fit) {
	case FLAT_NEITHER:
		return (struct flat_says){FLAT_NEITHER_BITS, true, true, NULL};
	case FLAT_SAME:
		return (struct flat_says){FLAT_SAME_BITS, true, true, "same"};
	case FLAT_LIKE:
		return (struct flat_says){FLAT_LIKE_BITS, true, false, "same as far as told"};
	case FLAT_ORDINAL:
		return (struct flat_says){FLAT_ORDINAL_BITS, true, false, "a letter for its number"};
	case FLAT_WITHIN:
		return (struct flat_says){FLAT_WITHIN_BITS, true, false, "not in the gazetteer: the building"};
	case FLAT_WHOLE:
		return (struct flat_says){FLAT_WHOLE_BITS, true, false, "not told"};
	case FLAT_UNKNOWN:
	case FLAT_OTHER:
		break;
	}
	return (struct flat_says){.fits = false};
}

/* ---- words left over ------------------------------------------------------------------------------------------ */

static bool tail_has(struct text tail, struct text word)
{
	struct text part;
	while (text_split(&tail, ' ', &part)) {
		if (text_equal(part, word) ||
		    (part.len >= 5 && word.len >= 4 && clean_edit_distance(part, word) <= 1 + (part.len > 8)))
			return true;
	}
	return false;
}

static bool is_word(const struct address_word *word)
{
	return !(word->traits & (WORD_NUMBER | WORD_LETTER)) && !text_is(word->at, "the") &&
	       !text_is(word->at, "and") && !text_is(word->at, "of") && !text_is(word->at, "at");
}

/* What was asked and no part of the entry explains. FIRST: where the street or building stands. */
static int judge_words(const struct judging *j, const struct entry *entry, uint64_t explained, size_t first,
		       bool postcode_same, const char **says)
{
	const struct gazetteer *g = j->gazetteer;
	const struct address_words *words = &j->asked.words;
	struct text tail = entry->tail ? g->tails.keys[entry->tail - 1] : TEXT_ABSENT;
	int front = 0, behind = 0, place = 0;
	bool unknown = false;
	for (size_t i = 0; i < words->count; i++) {
		const struct address_word *word = &words->at[i];
		if (explained >> i & 1 || !is_word(word))
			continue;
		if (tail.len && tail_has(tail, word->at)) {
			place += PLACE_SAME;
		} else if (i < first) {
			front += WORD_IN_FRONT;
		} else if (word->traits & WORD_STREET) {
			behind += j->asked.beside & BESIDE_CORNER ? 0 : WORD_OF_STREET;
		} else if (j->asked.beside & BESIDE_CORNER) {
			continue;
		} else if (!tail.len) {
			behind += WORD_IN_FRONT;
		} else if (text_map_get(&g->places, word->at)) {
			behind += WORD_OF_PLACE;
		} else {
			behind += unknown ? WORD_UNKNOWN_MORE : postcode_same ? WORD_UNKNOWN_THERE : WORD_UNKNOWN;
			unknown = true;
		}
	}
	front = front < WORD_IN_FRONT_MOST ? WORD_IN_FRONT_MOST : front;
	behind = behind < WORD_BEHIND_MOST ? WORD_BEHIND_MOST : behind;
	*says = unknown ? "another place named" : front + behind < 0 ? "more words" : NULL;
	return front + behind + (place > PLACE_SAME_MOST ? PLACE_SAME_MOST : place);
}

/* ---- all of it --------------------------------------------------------------------------------------------- */

struct judged_names {
	const struct name_place *street, *building, *organisation, *flat_name;
	uint64_t mask;
	bool named;  /* the building, or who is in it, is told by name */
	int locator; /* street and building */
};

static void judge_names(struct judged_names *out, struct judging *j, const struct entry *entry)
{
	*out = (struct judged_names){.street = judging_place(j, entry->street),
				     .building = judging_place(j, entry->building),
				     .organisation = judging_place(j, entry->organisation),
				     .flat_name = judging_place(j, entry->flat_name)};
	out->mask = out->street->mask | out->building->mask | out->organisation->mask | out->flat_name->mask;
	bool building = out->building->fit != NAME_ABSENT && out->building->fit != NAME_PART;
	out->named = building || (out->building->fit == NAME_PART && out->street->fit);
}

static const char *says_name(const struct name_place *place, bool there)
{
	static const char *const says[] = {[NAME_ABSENT] = "not told",
					   [NAME_EXACT] = "same",
					   [NAME_SLIP] = "a slip",
					   [NAME_STEM] = "shortened",
					   [NAME_OTHER_TYPE] = "of another kind",
					   [NAME_LONGER] = "longer",
					   [NAME_PART] = "in part"};
	return there ? says[place->fit] : NULL;
}

static int judge_locators(const struct judging *j, const struct entry *entry, const struct judged_names *names,
			  bool house_fits, bool postcode_same, bool *possible)
{
	const struct names *all = &j->gazetteer->names;
	int street = 0, building = 0;
	*possible = true;
	if (names->street->fit) {
		street = rarity(all->at[entry->street].entries, 50, 110) - names->street->loss;
		bool doubtful = names->street->fit == NAME_OTHER_TYPE || names->street->fit == NAME_LONGER ||
				names->street->fit == NAME_PART;
		if (doubtful && !postcode_same)
			street += STREET_DOUBTFUL;
	} else if (entry->street) {
		street = names->named ? STREET_NOT_ASKED_NAMED : STREET_NOT_ASKED;
	}
	if (names->building->fit)
		building = rarity(all->at[entry->building].entries, 60, 110) - names->building->loss;
	else if (entry->building)
		building = BUILDING_NOT_ASKED;
	if (names->organisation->fit && names->organisation->fit != NAME_PART && !names->building->fit)
		building += ORGANISATION_BITS - names->organisation->loss;
	/* what has no number is found by its name only */
	if (entry->building && !entry->number && !names->building->fit && !names->organisation->fit)
		*possible = false;
	if (!names->street->fit && !names->named && !names->organisation->fit && !postcode_same)
		*possible = false;
	if (names->street->fit && house_fits && building > NAMED_AND_NUMBERED) /* they tell the same */
		building = NAMED_AND_NUMBERED + (building - NAMED_AND_NUMBERED) / 4;
	return street + building;
}

static int judge_status(enum gazetteer_status status)
{
	return status == GAZETTEER_HISTORIC ? HISTORIC_BITS : status == GAZETTEER_PROVISIONAL ? PROVISIONAL_BITS : 0;
}

static unsigned words_left(const struct asked *asked, uint64_t explained, unsigned trait)
{
	unsigned left = 0;
	for (size_t i = 0; i < asked->words.count; i++)
		left += asked->words.at[i].traits & trait && !(explained >> i & 1);
	return left;
}

/* The number in front of a street is its house's: "Beech Court 12 Elm Road" is not flat 12. */
static int judge_order(const struct asked *asked, const struct judged_names *names,
		       const struct reading_of_house *reading)
{
	size_t street = names->street->first;
	if (!names->street->fit || street == 0 || !(asked->words.at[street - 1].traits & WORD_NUMBER))
		return 0;
	if (reading->has_house)
		return NUMBER_BEFORE_STREET;
	bool is_unit = reading->bare_unit && reading->used >> (street - 1) & 1;
	return is_unit && names->building->fit && names->building->first < street ? UNIT_BEFORE_STREET : 0;
}

/* A number alone is a flat's only in a building that is named, or in a place that has flats and no number. */
static bool is_told_enough(const struct entry *entry, const struct judged_names *names,
			   const struct reading_of_house *reading, enum flat_fit fit)
{
	bool organisation = names->organisation->fit != NAME_ABSENT && names->organisation->fit != NAME_PART;
	if (names->named || reading->has_house || organisation)
		return true;
	if (entry->number && (fit == FLAT_WITHIN || fit == FLAT_NEITHER))
		return false;
	return !reading->bare_unit || (!entry->number && fit == FLAT_SAME);
}

/* One reading; INT_MIN when it does not fit. */
static int judge_reading(struct judgement *out, const struct judging *j, const struct entry *entry,
			 const struct judged_names *names, const struct reading_of_house *reading, bool postcode_same)
{
	enum flat_fit fit;
	bool possible;
	uint64_t clash = reading->used & ~j->asked.flat_words & names->mask;
	struct house house = judge_house(j, entry, reading, names->named);
	/* a flat's number is taken for the house's only where there is a street, and no building that has flats */
	bool astray = reading->swapped && flat_is_none(&reading->flat) && names->building->fit;
	if (!house.fits || clash || astray)
		return INT_MIN;
	struct flat_says flat = judge_flat(j, entry, reading, names->flat_name, &fit);
	if (!flat.fits)
		return INT_MIN;
	int score = house.score + flat.score - reading->loss +
		    judge_locators(j, entry, names, entry->number && reading->has_house, postcode_same, &possible);
	if (!possible || !is_told_enough(entry, names, reading, fit))
		return INT_MIN;
	/* "Flat 2, Turnpike Court" where the court is a street, and 2 a house in it */
	if (reading->swapped && entry->street && j->gazetteer->names.at[entry->street].traits & WORD_BUILDING)
		score += reading->loss - 10;
	size_t first = names->street->fit     ? names->street->first
		       : names->building->fit ? names->building->first
					      : j->asked.words.count;
	uint64_t explained = reading->used | names->mask | j->asked.explained;
	score += judge_order(&j->asked, names, reading);
	score += judge_words(j, entry, explained, first, postcode_same, &out->why.other);
	unsigned left = words_left(&j->asked, explained, WORD_NUMBER);
	if (left && entry->number && !reading->has_house && !names->named) /* another house */
		return INT_MIN;
	score += (int)left * NUMBER_LEFT + (int)words_left(&j->asked, explained, WORD_LETTER) * LETTER_LEFT;
	out->exact = house.exact && flat.exact && reading->loss <= 5;
	out->within = fit == FLAT_WITHIN;
	out->ordinal = fit == FLAT_ORDINAL;
	out->why.number = house.says;
	out->why.flat = flat.says;
	return score;
}

void judge_entry(struct judgement *out, struct judging *j, const struct entry *entry)
{
	struct judged_names names;
	bool postcode_same;
	const char *postcode;
	*out = (struct judgement){.score = INT_MIN};
	judge_names(&names, j, entry);
	int score = judge_postcode(j, entry, &postcode_same, &postcode) +
		    judge_status((enum gazetteer_status)entry->status);
	if (((entry->beside ^ j->asked.beside) & ~(unsigned)(BESIDE_CORNER | BESIDE_CARE)) != 0)
		score += BESIDE_DIFFERS;
	for (size_t r = 0; r < j->asked.count; r++) {
		struct judgement one = {.score = INT_MIN};
		one.score = judge_reading(&one, j, entry, &names, &j->asked.readings[r], postcode_same);
		if (one.score > out->score)
			*out = one;
	}
	if (out->score == INT_MIN)
		return;
	out->score += score;
	bool street = names.street->fit == NAME_EXACT || !entry->street;
	bool building = names.building->fit == NAME_EXACT || (!entry->building && entry->street);
	out->exact &= postcode_same && street && building && !out->within && !out->why.other;
	out->why.postcode = postcode;
	out->why.street = says_name(names.street, entry->street != 0);
	out->why.building = says_name(names.building, entry->building != 0);
	out->why.status = (enum gazetteer_status)entry->status;
}
