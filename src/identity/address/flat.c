/* Flats: found among the words, and compared. */
#include "address/flat.h"

#include <stdio.h>

enum { BASEMENT = 1 << 0, GROUND = 1 << 1, TOP = 1 << 12, GARDEN = 1 << 13, UPPER = 1 << 14, LOWER = 1 << 15 };

void flat_set_unit(char unit[FLAT_UNIT], const struct address_number *number)
{
	int end = number->suffix ? 1 : 0;
	if (number->number || !number->suffix)
		snprintf(unit, FLAT_UNIT, "%u%.*s", number->number % 10000, end, &number->suffix);
	else
		snprintf(unit, FLAT_UNIT, "%c", number->suffix);
}

/* ---- finding ----------------------------------------------------------------------------------------- */

struct taking {
	const struct address_words *words;
	struct flat *flat;
	uint64_t taken, loose;
	size_t last_number; /* the last word that is a number; words->count when none is */
};

static unsigned traits_at(const struct taking *t, size_t i)
{
	return i < t->words->count ? t->words->at[i].traits : 0;
}

static bool word_is(const struct taking *t, size_t i, const char *word)
{
	return i < t->words->count && text_is(t->words->at[i].at, word);
}

static void take(struct taking *t, size_t i)
{
	t->taken |= UINT64_C(1) << i;
}

/* Words of a floor from I on: "lower ground floor", "first and second floors", "top". Returns how many, 0 when they are
 * something else ("First Avenue"). BESIDE: a word for a flat stands before them. */
static size_t read_floors(const struct taking *t, size_t i, bool beside, uint16_t *floors)
{
	size_t n = 0;
	bool storey = false, lower = false;
	uint16_t found = 0;
	if (traits_at(t, i) & WORD_STOREY && traits_at(t, i + 1) & (WORD_NUMBER | WORD_FIGURE) &&
	    i + 1 != t->last_number) { /* "floor 2", "level 3" */
		const struct address_word *number = &t->words->at[i + 1];
		unsigned floor = number->traits & WORD_FIGURE ? number->value : number->first.number;
		*floors = (uint16_t)(floor < 11 ? 1 << (floor + 1) : TOP);
		return 2;
	}
	while (traits_at(t, i + n) & (WORD_FLOOR | WORD_STOREY) ||
	       (found && word_is(t, i + n, "and") && traits_at(t, i + n + 1) & WORD_FLOOR)) {
		const struct address_word *word = &t->words->at[i + n];
		if (n > 0 && word->comma)
			break;
		if (word->traits & WORD_FLOOR)
			found |= (uint16_t)(1 << word->value);
		lower |= word->traits & WORD_FLOOR && word->value == 15;
		storey |= (word->traits & WORD_STOREY) != 0;
		n++;
	}
	if (lower && found & GROUND)
		found = BASEMENT;
	bool flat_behind = traits_at(t, i + n) & (WORD_FLAT | WORD_ROOM) && !t->words->at[i + n].comma;
	bool basement = (found & BASEMENT) && !(traits_at(t, i + n) & (WORD_STREET | WORD_BUILDING));
	bool name = traits_at(t, i + n) & (WORD_STREET | WORD_BUILDING) && !storey && !flat_behind;
	bool alone = beside && (i + n >= t->words->count || t->words->at[i + n].comma ||
				traits_at(t, i + n) & (WORD_NUMBER | WORD_LETTER));
	if (!found || name || !(storey || flat_behind || alone || basement))
		return 0;
	*floors = found;
	return n;
}

/* Whether a number at I is the flat's, and not that of the house. */
static bool is_units(const struct taking *t, size_t i)
{
	if (i != t->last_number)
		return true;
	return !t->flat->floors && !t->flat->unit[0] && !t->flat->sides;
}

/* "1", "b", "12a", "2/1", "one", "b12" behind the word for a flat. */
static bool take_unit(struct taking *t, size_t i, char unit[FLAT_UNIT])
{
	const struct address_word *word = &t->words->at[i];
	if (i >= t->words->count || unit[0])
		return false;
	if (word->traits & WORD_NUMBER && word->joint) {
		if (i == t->last_number) /* "flat 1/21 ash grove": the readings of the house see to it */
			return false;
		if (word->joint == '/' && word->first.number < 11 && !word->first.suffix) { /* Glasgow's 2/1 */
			t->flat->floors |= (uint16_t)(1 << (word->first.number + 1));
			flat_set_unit(unit, &word->second);
		} else {
			snprintf(unit, FLAT_UNIT, "%.*s", TEXT_ARG(word->at));
		}
	} else if (word->traits & WORD_NUMBER) {
		if (!is_units(t, i))
			return false;
		flat_set_unit(unit, &word->first);
		if (i == t->last_number)
			t->loose |= UINT64_C(1) << i;
	} else if (word->traits & WORD_FIGURE) {
		snprintf(unit, FLAT_UNIT, "%u", word->value);
	} else if (word->traits & (WORD_LETTER | WORD_CODE)) {
		snprintf(unit, FLAT_UNIT, "%.*s", TEXT_ARG(word->at));
	} else {
		return false;
	}
	take(t, i);
	return true;
}

/* From a word for a flat (at I) on: what it is called. Returns the first word behind. */
static size_t take_called(struct taking *t, size_t i)
{
	char *unit = traits_at(t, i) & WORD_ROOM ? t->flat->room : t->flat->unit;
	bool told = false;
	uint16_t floors;
	if (i > 0 && i < t->words->count && traits_at(t, i - 1) & WORD_SIDE && !t->words->at[i].comma &&
	    !(t->taken >> (i - 1) & 1)) {
		t->flat->sides |= t->words->at[i - 1].value; /* "rear flat" */
		take(t, i - 1);
		told = true;
	}
	take(t, i++);
	if (word_is(t, i, "no") || word_is(t, i, "number"))
		take(t, i++);
	for (; i < t->words->count; told = true) {
		size_t n = read_floors(t, i, true, &floors);
		if (n) {
			t->flat->floors |= floors;
			for (size_t k = 0; k < n; k++)
				take(t, i++);
		} else if (traits_at(t, i) & WORD_SIDE && !(traits_at(t, i + 1) & (WORD_STREET | WORD_BUILDING)) &&
			   !word_is(t, i + 1, "of")) {
			t->flat->sides |= t->words->at[i].value;
			take(t, i++);
		} else if (take_unit(t, i, unit)) {
			i++;
		} else {
			break;
		}
	}
	t->flat->bare |= !told && !t->flat->floors;
	return i;
}

static size_t take_floors(struct taking *t, size_t i, size_t n, uint16_t floors)
{
	t->flat->floors |= floors;
	for (size_t k = 0; k < n; k++)
		take(t, i++);
	if (traits_at(t, i) & WORD_SIDE && !(traits_at(t, i + 1) & (WORD_STREET | WORD_BUILDING)) &&
	    !word_is(t, i + 1, "of")) {
		t->flat->sides |= t->words->at[i].value; /* "first floor left" */
		take(t, i++);
	}
	if (traits_at(t, i) & WORD_LETTER && !t->flat->unit[0]) { /* "ground floor a" */
		take_unit(t, i, t->flat->unit);
		i++;
	}
	return i;
}

/* "f3", "r3" in front of another number. */
static bool take_code(struct taking *t, size_t i)
{
	const struct address_word *word = &t->words->at[i];
	char kind = word->at.at[0];
	if (!(word->traits & WORD_CODE) || i > 0 || (kind != 'f' && kind != 'r') || word->at.len > 3 ||
	    t->words->count < 2)
		return false;
	snprintf(kind == 'r' ? t->flat->room : t->flat->unit, FLAT_UNIT, "%.*s", (int)word->at.len - 1,
		 word->at.at + 1);
	take(t, i);
	return true;
}

/* "No 3, 21 Ash Grove" is a flat; "No 3 Ash Grove" a house. */
static bool take_number_word(struct taking *t, size_t i)
{
	bool f = i == 0 && word_is(t, i, "f");
	bool word = word_is(t, i, "no") || word_is(t, i, "number") || f;
	if (f && traits_at(t, 1) & WORD_LETTER && t->last_number < t->words->count) { /* "F B, 21 Ash Grove" */
		take(t, i);
		return take_unit(t, i + 1, t->flat->unit);
	}
	if (!word || !(traits_at(t, i + 1) & WORD_NUMBER) || t->words->at[i + 1].joint)
		return false;
	take(t, i);
	if (i + 1 < t->last_number)
		take_unit(t, i + 1, t->flat->unit);
	return true;
}

void flat_take(struct flat *out, const struct address_words *words, bool alone, uint64_t *taken, uint64_t *loose)
{
	struct taking t = {.words = words, .flat = out, .last_number = words->count};
	*out = (struct flat){0};
	for (size_t i = 0; i < words->count && !alone; i++) {
		if (words->at[i].traits & WORD_NUMBER)
			t.last_number = i;
	}
	for (size_t i = 0; i < words->count;) {
		uint16_t floors;
		size_t n = traits_at(&t, i) & (WORD_FLOOR | WORD_STOREY) ? read_floors(&t, i, false, &floors) : 0;
		if (n) {
			i = take_floors(&t, i, n, floors);
		} else if (traits_at(&t, i) & (WORD_FLAT | WORD_ROOM)) {
			i = take_called(&t, i);
		} else if (traits_at(&t, i) & WORD_SPECIAL && !out->unit[0]) {
			snprintf(out->unit, FLAT_UNIT, "%c", words->at[i].value);
			take(&t, i++);
			if (traits_at(&t, i) & WORD_NUMBER && i != t.last_number)
				take(&t, i++); /* "annexe 2": as good as the annexe */
		} else if (take_code(&t, i) || take_number_word(&t, i)) {
			while (i < words->count && t.taken >> i & 1)
				i++;
		} else {
			i++;
		}
	}
	if (out->unit[0] || out->room[0] || out->floors || out->sides)
		out->bare = false;
	*taken |= t.taken;
	*loose = t.loose;
}

/* ---- comparing ----------------------------------------------------------------------------------------- */

/* The first flat is A, the second B: 2 for "b", 2 for "2", 0 otherwise. */
static unsigned place_of(const char *unit)
{
	unsigned n = 0;
	if (unit[0] >= 'a' && unit[0] <= 'z')
		return unit[1] ? 0 : (unsigned)(unit[0] - 'a' + 1);
	for (const char *c = unit; *c; c++) {
		if (*c < '0' || *c > '9')
			return 0;
		n = n * 10 + (unsigned)(*c - '0');
	}
	return n;
}

static bool is_letter(const char *unit)
{
	return unit[0] >= 'a' && unit[0] <= 'z';
}

static enum flat_fit compare_units(const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return FLAT_SAME;
	bool ordinal = is_letter(a) != is_letter(b) && place_of(a) && place_of(a) == place_of(b) && place_of(a) < 11;
	return ordinal ? FLAT_ORDINAL : FLAT_OTHER;
}

/* SAME: a floor in common; UNKNOWN: "top" and "second" may be one; NEITHER: not told on both sides. */
static enum flat_fit compare_floors(uint16_t a, uint16_t b)
{
	const uint16_t relative = TOP | GARDEN | UPPER | LOWER;
	if (!a || !b)
		return FLAT_NEITHER;
	if (a & b)
		return FLAT_SAME;
	return (a | b) & relative ? FLAT_UNKNOWN : FLAT_OTHER;
}

static enum flat_fit compare_rooms(const struct flat *asked, const struct flat *entry)
{
	bool same_unit = strcmp(asked->unit, entry->unit) == 0;
	if (asked->room[0] && entry->room[0]) {
		if (strcmp(asked->room, entry->room) != 0)
			return FLAT_OTHER;
		return same_unit ? FLAT_SAME : asked->unit[0] && entry->unit[0] ? FLAT_OTHER : FLAT_LIKE;
	}
	if (asked->room[0]) {
		if (asked->unit[0])
			return same_unit ? FLAT_WITHIN : FLAT_OTHER;
		return strcmp(asked->room, entry->unit) == 0 ? FLAT_LIKE : FLAT_OTHER; /* "room 2" for "flat 2" */
	}
	if (asked->unit[0] && !entry->unit[0])
		return strcmp(asked->unit, entry->room) == 0 ? FLAT_LIKE : FLAT_OTHER;
	return same_unit ? FLAT_WHOLE : FLAT_OTHER;
}

enum flat_fit flat_compare(const struct flat *asked, const struct flat *entry)
{
	bool none_asked = flat_is_none(asked), none_there = flat_is_none(entry);
	if (none_asked || none_there)
		return none_asked && none_there ? FLAT_NEITHER : none_asked ? FLAT_WHOLE : FLAT_WITHIN;
	if (asked->room[0] || entry->room[0])
		return compare_rooms(asked, entry);
	enum flat_fit floors = compare_floors(asked->floors, entry->floors);
	if (floors == FLAT_OTHER)
		return FLAT_OTHER;
	bool sides_differ = asked->sides && entry->sides && !(asked->sides & entry->sides);
	if (sides_differ)
		return FLAT_OTHER;
	if (asked->unit[0] && entry->unit[0]) {
		enum flat_fit units = compare_units(asked->unit, entry->unit);
		bool all = floors != FLAT_UNKNOWN && asked->floors == entry->floors && asked->sides == entry->sides;
		return units != FLAT_SAME || all ? units : FLAT_LIKE;
	}
	if (floors == FLAT_SAME) {
		bool all = asked->floors == entry->floors && !asked->unit[0] && !entry->unit[0] &&
			   asked->sides == entry->sides;
		return all ? FLAT_SAME : FLAT_LIKE;
	}
	if (floors == FLAT_UNKNOWN)
		return FLAT_UNKNOWN;
	if (asked->sides && asked->sides == entry->sides && !asked->unit[0] && !entry->unit[0])
		return FLAT_SAME;
	return asked->bare && entry->bare ? FLAT_SAME : FLAT_UNKNOWN;
}
