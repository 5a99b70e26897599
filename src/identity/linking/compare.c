#include "base/memory.h"
#include "clean/birth.h"
#include "clean/names.h"
#include "clean/similarity.h"
#include "linking/linking_int.h"

#include <stdlib.h>

/* Levels of each kind, best first; 0 is always "missing". The numbers stand in stored patterns. */
static const char *const level_names[LINKING_KIND_COUNT][LINKING_LEVELS] = {
	[LINKING_GIVEN] = {"not known", "same", "nickname or other spelling", "one slip or same sound", "initial only",
			   "part of the other", "different", "names in each other's place", "initials differ",
			   "called by a middle name"},
	[LINKING_MIDDLE] = {"not known", "same", "could be the same", "different"},
	[LINKING_FAMILY] = {"not known", "same", "one slip or same sound", "a word in common", "different"},
	[LINKING_SUFFIX] = {"not known", "same", "different"},
	[LINKING_BIRTH] = {"not known", "same", "day and month swapped", "one digit different",
			   "same year, day not known", "two parts the same", "different", "a generation apart"},
	[LINKING_SEX] = {"not known", "same", "different"},
	[LINKING_PLACE] = {"not known", "same property", "alike in words", "same postcode", "same area", "different"},
	[LINKING_PHONE] = {"not known", "same", "one digit different", "different"},
	[LINKING_EMAIL] = {"not known", "same", "nearly the same", "different"},
	[LINKING_NHS] = {"not known", "same", "one digit different", "different"},
	[LINKING_IDENTIFIER] = {"not known", "same", "one character different", "different"},
	[LINKING_ENCODING] = {"not known", "same", "all but the same", "very alike", "alike", "somewhat alike",
			      "little alike", "different"},
	[LINKING_ENCODED_CONTACT] = {"not known", "same", "nearly the same", "alike", "different"},
	[LINKING_ENCODED_PLACE] = {"not known", "same", "very alike", "alike", "somewhat alike", "different"},
	[LINKING_SOURCE] = {"not known", "often one person's", "one person's as often as not", "seldom one person's",
			    "rarely one person's", "hardly ever one person's"},
	[LINKING_PINNED] = {"not known", "exact"}, /* the rest is each column's: column_level_name() */
	[LINKING_TEXT] = {"not known", "same", "one slip", "similar", "different"},
};

const char *linking_level_name(enum linking_kind kind, unsigned level)
{
	return level < LINKING_LEVELS ? level_names[kind][level] : NULL;
}

unsigned linking_level_count(enum linking_kind kind)
{
	unsigned count = 0;
	while (count < LINKING_LEVELS && level_names[kind][count])
		count++;
	return count;
}

const char *linking_kind_name(enum linking_kind kind)
{
	static const char *const names[LINKING_KIND_COUNT] = {
		[LINKING_GIVEN] = "given_name",
		[LINKING_MIDDLE] = "middle_names",
		[LINKING_FAMILY] = "family_name",
		[LINKING_SUFFIX] = "suffix",
		[LINKING_BIRTH] = "date_of_birth",
		[LINKING_SEX] = "sex",
		[LINKING_PLACE] = "place",
		[LINKING_PHONE] = "phone",
		[LINKING_EMAIL] = "email",
		[LINKING_NHS] = "nhs_number",
		[LINKING_IDENTIFIER] = "identifier",
		[LINKING_TEXT] = "text",
		[LINKING_ENCODING] = "encoding",
		[LINKING_SOURCE] = "source",
		[LINKING_PINNED] = "pinned",
		[LINKING_ENCODED_CONTACT] = "encoded_contact",
		[LINKING_ENCODED_PLACE] = "encoded_place",
	};
	return names[kind];
}

/* ---- two values ------------------------------------------------------------------------------ */

static unsigned compare_given(struct text a, struct text b)
{
	static const unsigned levels[] = {
		[GIVEN_SAME] = 1,    [GIVEN_VARIANT] = 2, [GIVEN_CLOSE] = 3,
		[GIVEN_INITIAL] = 4, [GIVEN_PART] = 5,    [GIVEN_DIFFERENT] = 6,
	};
	unsigned level = levels[clean_given_compare(a, b)];
	return level == 6 && (a.len == 1 || b.len == 1) ? 8 : level;
}

/* Every name of the shorter list is the other's name or its initial. */
static unsigned compare_middle(struct text a, struct text b)
{
	struct text word, rest = a.len < b.len ? a : b, other = a.len < b.len ? b : a;
	while (text_split(&rest, ' ', &word)) {
		struct text candidate, others = other;
		bool found = false;
		while (!found && text_split(&others, ' ', &candidate))
			found = clean_given_compare(word, candidate) <= GIVEN_INITIAL;
		if (!found)
			return 3;
	}
	return 2;
}

static unsigned compare_family(struct text a, struct text b)
{
	return (unsigned)clean_family_compare(a, b) + 1;
}

static unsigned compare_birth(const struct dictionary *dictionary, uint32_t a, uint32_t b)
{
	uint32_t x = dictionary->birth_digits[a], y = dictionary->birth_digits[b];
	if (!x || !y)
		return 0;
	enum birth_agreement agreement = clean_birth_compare_digits(x, y);
	if (agreement != BIRTH_DIFFERENT)
		return (unsigned)agreement + 1;
	date left = dictionary->births[a], right = dictionary->births[b];
	return (left > right ? left - right : right - left) > 12 * 365 ? 7 : 6;
}

static unsigned compare_place(const struct place *a, const struct place *b)
{
	bool both_found = a->property && b->property;
	if (both_found && a->property == b->property)
		return 1;
	if (!both_found && a->address && a->address == b->address && (!a->unit || !b->unit || a->unit == b->unit))
		return 1;
	if (!both_found && clean_door_alike(&a->door, &b->door))
		return 2;
	if (a->unit && a->unit == b->unit)
		return 3;
	if (a->sector && a->sector == b->sector)
		return 4;
	return both_found || (a->district && b->district) || (a->address && b->address) ? 5 : 0;
}

static unsigned compare_identifier(struct text a, struct text b)
{
	/* a National Insurance number with and without its last letter */
	struct text shorter = a.len < b.len ? a : b, longer = a.len < b.len ? b : a;
	if (shorter.len >= 8 && shorter.len + 1 == longer.len && text_starts_with(longer, shorter))
		return 1;
	return clean_edit_distance(a, b) <= 1 ? 2 : 3;
}

static unsigned compare_email(struct text a, struct text b)
{
	struct text name_a = text_slice(a.at, text_find_char(a, '@')),
		    name_b = text_slice(b.at, text_find_char(b, '@'));
	return clean_edit_distance(a, b) <= 2 || (text_equal(name_a, name_b) && name_a.len >= 5) ? 2 : 3;
}

static unsigned compare_text(struct text a, struct text b)
{
	size_t longest = a.len > b.len ? a.len : b.len;
	unsigned distance = clean_edit_distance(a, b);
	if (distance <= 1 || (distance == 2 && longest >= 8))
		return longest >= 2 ? 2 : 4;
	if (longest >= 5 && (clean_jaro_winkler(a, b) >= 0.88 || distance * 4 <= longest))
		return 3;
	return 4;
}

/* By how many bits differ, of 1,024. Diffusion makes of a filter that differs in a share d of its bits an encoding
 * that differs in (1 - (1 - 2d)^2) / 2: of 3, 6, 8, 11 and 18 in a hundred these bits. Strangers differ in
 * about 500. */
static unsigned compare_contact(const struct encoding *a, const struct encoding *b)
{
	unsigned distance = encoding_distance(a, b);
	return distance == 0 ? 1 : distance <= 150 ? 2 : distance <= 270 ? 3 : 4;
}

/* A slip in a name is 170 bits, a birthday that one does not know 80, and another one 150; a name cut to its initial
 * 250, a housemate 400. */
static unsigned compare_encoded_place(const struct encoding *a, const struct encoding *b)
{
	unsigned distance = encoding_distance(a, b);
	return distance == 0 ? 1 : distance <= 110 ? 2 : distance <= 200 ? 3 : distance <= 300 ? 4 : 5;
}

static unsigned compare_encoding(const struct encoding *a, const struct encoding *b)
{
	static const unsigned most[] = {0, 60, 110, 150, 200, 300};
	unsigned distance = encoding_distance(a, b), level = 0;
	while (level < sizeof most / sizeof *most && distance > most[level])
		level++;
	return level + 1;
}

unsigned compare_as_kind(const struct column *column, enum linking_kind kind, uint32_t a, uint32_t b)
{
	const struct dictionary *d = column->dictionary;
	struct text x = dictionary_value(d, a), y = dictionary_value(d, b);
	switch (kind) {
	case LINKING_GIVEN:
		return compare_given(x, y);
	case LINKING_MIDDLE:
		return compare_middle(x, y);
	case LINKING_FAMILY:
		return compare_family(x, y);
	case LINKING_BIRTH:
		return compare_birth(d, a, b);
	case LINKING_PLACE:
		return compare_place(&d->places[a], &d->places[b]);
	case LINKING_PHONE:
		return clean_edit_distance(x, y) <= 1 ? 2 : 3;
	case LINKING_EMAIL:
		return compare_email(x, y);
	case LINKING_NHS:
	case LINKING_IDENTIFIER:
		return compare_identifier(x, y);
	case LINKING_ENCODING:
		return compare_encoding(&d->encodings[a], &d->encodings[b]);
	case LINKING_ENCODED_CONTACT:
		return compare_contact(&d->encodings[a], &d->encodings[b]);
	case LINKING_ENCODED_PLACE:
		return compare_encoded_place(&d->encodings[a], &d->encodings[b]);
	case LINKING_TEXT:
		return compare_text(x, y);
	case LINKING_PINNED:
		return compare_pinned(column, a, b);
	default:
		return 2;
	}
}

/* ---- two records -------------------------------------------------------------------------------- */

enum { REMEMBERED_BITS = 16 };

static void expect_column(struct comparer *comparer, const struct column *column)
{
	const struct dictionary *dictionary = column->dictionary;
	const char *by_code = NULL;
	size_t size = 0;
	if (dictionary->places) {
		by_code = (const char *)dictionary->places;
		size = sizeof *dictionary->places;
	} else if (dictionary->gists) {
		by_code = (const char *)dictionary->gists;
		size = sizeof *dictionary->gists;
	} else if (dictionary->birth_digits) {
		by_code = (const char *)dictionary->birth_digits;
		size = sizeof *dictionary->birth_digits;
	}
	if (by_code && !column->not_compared) {
		comparer->expected[comparer->expected_count].by_code = by_code;
		comparer->expected[comparer->expected_count].size = size;
		comparer->expected[comparer->expected_count++].at = column->at;
	}
}

void comparer_init(struct comparer *comparer, const struct linking_table *table)
{
	comparer->table = table;
	comparer->expected_count = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		comparer->remembered[c] = memory_alloc((size_t)1 << REMEMBERED_BITS, sizeof(uint64_t));
		expect_column(comparer, &table->columns[c]);
	}
}

void comparer_release(struct comparer *comparer)
{
	for (size_t c = 0; c < comparer->table->column_count; c++)
		free(comparer->remembered[c]);
}

/* Places and encodings are cheap to compare and rarely come again; the rest is worth remembering. An entry
 * is the two codes, 30 bits each, and the level. */
static unsigned compare_codes(struct comparer *comparer, size_t c, uint32_t a, uint32_t b)
{
	const struct column *column = &comparer->table->columns[c];
	if (a == b)
		return 1;
	if (column->is.kind == LINKING_PLACE)
		return compare_place(&column->dictionary->places[a], &column->dictionary->places[b]);
	if (is_encoded(column->is.kind))
		return compare_as_kind(column, column->is.kind, a, b);
	if (column->is.kind == LINKING_SEX || column->is.kind == LINKING_SUFFIX)
		return 2;
	if (column->is.kind == LINKING_BIRTH)
		return compare_birth(column->dictionary, a, b);
	const struct name_gist *gists = column->dictionary->gists;
	if (column->is.kind == LINKING_GIVEN && clean_given_surely_differ(&gists[a], &gists[b]))
		return 6;
	if (column->is.kind == LINKING_FAMILY && clean_family_surely_differ(&gists[a], &gists[b]))
		return 4;
	if (column->is.kind == LINKING_PHONE && clean_contacts_surely_differ(&gists[a], &gists[b], 1))
		return 3;
	if (column->is.kind == LINKING_EMAIL && clean_contacts_surely_differ(&gists[a], &gists[b], 2))
		return 3;
	uint64_t low = a < b ? a : b, high = a < b ? b : a, pair = (high << 30 | low) << 4;
	uint64_t *entry = &comparer->remembered[c][hash_mix(pair) >> (64 - REMEMBERED_BITS)];
	if ((*entry & ~UINT64_C(15)) == pair)
		return (unsigned)(*entry & 15);
	unsigned level = compare_as_kind(column, column->is.kind, (uint32_t)low, (uint32_t)high);
	*entry = pair | level;
	return level;
}

static unsigned compare_column(struct comparer *comparer, size_t c, const uint32_t *a, const uint32_t *b)
{
	const struct column *column = &comparer->table->columns[c];
	if (column->is.kind == LINKING_SOURCE)
		return 0; /* once the others are known */
	a += column->at;
	b += column->at;
	if (!a[0] || !b[0])
		return 0;
	unsigned best = compare_codes(comparer, c, a[0], b[0]);
	for (unsigned i = 0; i < column->slots && a[i]; i++) {
		for (unsigned j = 0; j < column->slots && b[j] && best != 1; j++) {
			unsigned level = i + j > 0 ? compare_codes(comparer, c, a[i], b[j]) : best;
			if (level && (level < best || !best))
				best = level;
		}
	}
	return best;
}

static uint64_t set_level(uint64_t pattern, size_t c, unsigned level)
{
	return (pattern & ~(UINT64_C(15) << (4 * c))) | (uint64_t)level << (4 * c);
}

/* The best level at which a name of column X of A agrees with one of column Y of B, as given names. */
static unsigned compare_across(struct comparer *comparer, size_t given, size_t x, const uint32_t *a, size_t y,
			       const uint32_t *b)
{
	const struct column *left = &comparer->table->columns[x], *right = &comparer->table->columns[y];
	unsigned best = 6;
	for (unsigned i = 0; i < left->slots && a[left->at + i]; i++) {
		for (unsigned j = 0; j < right->slots && b[right->at + j]; j++) {
			unsigned level = compare_codes(comparer, given, a[left->at + i], b[right->at + j]);
			best = level && level < best ? level : best;
		}
	}
	return best;
}

/* Names that differ may stand in each other's columns: family name first. The two agreements are
 * one event, so the given name tells it and the family name says nothing more. Or somebody goes by a
 * middle name. */
static uint64_t see_crossed_names(struct comparer *comparer, const uint32_t *a, const uint32_t *b, uint64_t pattern)
{
	const struct linking_table *table = comparer->table;
	size_t given = table->given, family = table->family, middle = table->middle;
	if (given == LINKING_COLUMNS || pattern_level(pattern, given) < 6)
		return pattern;
	if (family != LINKING_COLUMNS && pattern_level(pattern, family) == 4 &&
	    compare_across(comparer, given, given, a, family, b) <= 3 &&
	    compare_across(comparer, given, family, a, given, b) <= 3)
		return set_level(set_level(pattern, given, 7), family, 0);
	if (middle != LINKING_COLUMNS && (compare_across(comparer, given, given, a, middle, b) <= 2 ||
					  compare_across(comparer, given, middle, a, given, b) <= 2))
		return set_level(pattern, given, 9);
	return pattern;
}

/* Whether some name of A's column with some middle name behind (or before) it is a name of B's column. */
static bool joined_with_middle(const struct linking_table *table, size_t c, const uint32_t *a, const uint32_t *b,
			       bool before)
{
	const struct column *names = &table->columns[c], *middles = &table->columns[table->middle];
	for (unsigned i = 0; i < names->slots && a[names->at + i]; i++) {
		for (unsigned k = 0; k < middles->slots && a[middles->at + k]; k++) {
			struct text name = dictionary_value(names->dictionary, a[names->at + i]);
			struct text middle = dictionary_value(middles->dictionary, a[middles->at + k]);
			for (unsigned j = 0; j < names->slots && b[names->at + j]; j++) {
				struct text whole = dictionary_value(names->dictionary, b[names->at + j]);
				if (clean_joined(before ? middle : name, before ? name : middle, whole))
					return true;
			}
		}
	}
	return false;
}

/* One clerk's middle name is part of the given name to another (Carine Merveille, Carinemerveille), or of the family
 * name (Machado Cavalcanti). Only where one name is a part of the other, which is rare, so the texts may be
 * looked at. */
static uint64_t see_joined_names(const struct linking_table *table, const uint32_t *a, const uint32_t *b,
				 uint64_t pattern)
{
	size_t given = table->given, family = table->family;
	if (table->middle == LINKING_COLUMNS)
		return pattern;
	if (given != LINKING_COLUMNS && pattern_level(pattern, given) == 5 &&
	    (joined_with_middle(table, given, a, b, false) || joined_with_middle(table, given, b, a, false)))
		pattern = set_level(pattern, given, 2);
	if (family != LINKING_COLUMNS && pattern_level(pattern, family) == 3 &&
	    (joined_with_middle(table, family, a, b, true) || joined_with_middle(table, family, b, a, true)))
		pattern = set_level(pattern, family, 2);
	return pattern;
}

/* A person's and a place's encoding are of the same names: where both are alike, that is told once. The weaker says no
 * more than that they are of one household, which is how twins come to be alike in both. */
static uint64_t see_names_told_twice(const struct linking_table *table, uint64_t pattern)
{
	enum { SOMEWHAT_ALIKE = 4, PLACE_DIFFERENT = 5, PERSON_DIFFERENT = 7 };
	if (table->encoding == LINKING_COLUMNS || table->encoded_place == LINKING_COLUMNS)
		return pattern;
	unsigned person = pattern_level(pattern, table->encoding), place = pattern_level(pattern, table->encoded_place);
	if (!person || !place || person == PERSON_DIFFERENT || place == PLACE_DIFFERENT)
		return pattern;
	return person <= place || place == SOMEWHAT_ALIKE ? set_level(pattern, table->encoded_place, 0)
							  : set_level(pattern, table->encoding, 0);
}

/* The rarest value that both have. */
static unsigned most_scarce(const struct column *column, const uint32_t *a, const uint32_t *b)
{
	unsigned most = 0;
	for (unsigned i = 0; i < column->slots && a[column->at + i]; i++) {
		for (unsigned j = 0; j < column->slots && b[column->at + j]; j++) {
			uint32_t code = a[column->at + i];
			if (code == b[column->at + j] && column->scarcity[code] > most)
				most = column->scarcity[code];
		}
	}
	return most;
}

static uint64_t see_whole_name(const struct linking_table *table, const uint32_t *a, const uint32_t *b,
			       uint64_t pattern)
{
	size_t given = table->given, family = table->family;
	if (given == LINKING_COLUMNS || family == LINKING_COLUMNS || pattern_level(pattern, given) != 1 ||
	    pattern_level(pattern, family) != 1)
		return pattern;
	unsigned bin = name_bin(most_scarce(&table->columns[given], a, b), most_scarce(&table->columns[family], a, b));
	return pattern | (uint64_t)bin << NAME_BIN_SHIFT;
}

uint64_t comparer_pattern(struct comparer *comparer, const uint32_t *a, const uint32_t *b)
{
	const struct linking_table *table = comparer->table;
	uint64_t pattern = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		if (!table->columns[c].not_compared)
			pattern |= (uint64_t)compare_column(comparer, c, a, b) << (4 * c);
	}
	if (table->sources)
		pattern = set_level(pattern, table->source, sources_compare(table, a, b, pattern));
	pattern = leave_out_nested(table, pattern);
	pattern = see_joined_names(table, a, b, see_crossed_names(comparer, a, b, pattern));
	return see_whole_name(table, a, b, see_names_told_twice(table, pattern));
}

/* Whether names in each other's columns cannot agree, by their gists. */
static bool surely_not_crossed(const struct linking_table *table, const uint32_t *a, const uint32_t *b)
{
	const struct column *given = &table->columns[table->given], *family = &table->columns[table->family];
	const struct name_gist *gists = given->dictionary->gists;
	if (given->slots > 1 || family->slots > 1)
		return false;
	return clean_given_surely_differ(&gists[a[given->at]], &gists[b[family->at]]) ||
	       clean_given_surely_differ(&gists[a[family->at]], &gists[b[given->at]]);
}

static float names_loss(struct comparer *comparer, const struct limits *limits, const uint32_t *a, const uint32_t *b,
			uint64_t *pattern)
{
	const struct linking_table *table = comparer->table;
	bool has_given = table->given != LINKING_COLUMNS && !table->columns[table->given].not_compared;
	bool has_family = table->family != LINKING_COLUMNS && !table->columns[table->family].not_compared;
	unsigned given = has_given ? compare_column(comparer, table->given, a, b) : 0;
	unsigned family = has_family ? compare_column(comparer, table->family, a, b) : 0;
	if (has_given)
		*pattern |= (uint64_t)given << (4 * table->given);
	if (has_family)
		*pattern |= (uint64_t)family << (4 * table->family);
	bool not_crossed = given >= 6 && family == 4 && surely_not_crossed(table, a, b);
	return not_crossed ? limits->names[given][family] : limits->crossed[given][family];
}

bool comparer_pattern_over(struct comparer *comparer, const struct limits *limits, const uint32_t *a, const uint32_t *b,
			   uint64_t *pattern)
{
	float left = limits_left(limits, a, b);
	return left >= 0 && comparer_pattern_left(comparer, limits, left, a, b, pattern);
}

bool comparer_pattern_left(struct comparer *comparer, const struct limits *limits, float left, const uint32_t *a,
			   const uint32_t *b, uint64_t *pattern)
{
	const struct linking_table *table = comparer->table;
	*pattern = 0;
	left -= names_loss(comparer, limits, a, b, pattern);
	for (size_t i = 0; i < limits->count; i++) {
		if (left < 0)
			return false;
		size_t c = limits->order[i];
		const struct column *column = &table->columns[c];
		uint32_t x = a[column->at], y = b[column->at];
		unsigned level = !x || !y             ? 0
				 : x == y             ? 1
				 : column->slots == 1 ? compare_codes(comparer, c, x, y)
						      : compare_column(comparer, c, a, b);
		if (level > 1 || (x && y && x != y))
			left += limits->least[c] - limits->loss[c][level];
		*pattern |= (uint64_t)level << (4 * c);
	}
	if (left < 0)
		return false;
	if (table->sources)
		*pattern = set_level(*pattern, table->source, sources_compare(table, a, b, *pattern));
	*pattern = leave_out_nested(table, *pattern);
	*pattern = see_joined_names(table, a, b, see_crossed_names(comparer, a, b, *pattern));
	*pattern = see_whole_name(table, a, b, see_names_told_twice(table, *pattern));
	return true;
}
