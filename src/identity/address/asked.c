/* What was asked for, and its readings. */
#include "address/asked.h"
#include "clean/fold.h"
#include "clean/postcode.h"
#include "clean/similarity.h"

#include <stdio.h>

enum { /* tenths of bits */
       LOSS_TWO_NUMBERS = 3,
       LOSS_SUFFIX = 6,
       LOSS_FLAT_AS_SUFFIX = 10,
       LOSS_SLASH = 3,
       LOSS_SLASH_SWAPPED = 10,
       LOSS_DASH = 15,
       LOSS_DASH_OF_RANGE = 50,
       LOSS_NUMBER_BEHIND = 25,
       LOSS_SWAPPED = 45,
       LOSS_FLAT_AS_HOUSE = 50
};

/* ---- postcode ------------------------------------------------------------------------------------------- */

static void set_district(struct asked *out, const char *district, const char *sector)
{
	snprintf(out->outward, sizeof out->outward, "%s", district);
	size_t len = strlen(sector);
	out->sector = len ? sector[len - 1] : '\0';
}

static bool set_postcode(struct asked *out, struct text t)
{
	struct postcode found;
	char at[16];
	out->postcode = postcode_code(t);
	if (clean_postcode(&found, t)) {
		set_district(out, found.district, found.sector);
		return true;
	}
	if (!out->postcode)
		return false;
	size_t len = clean_squeeze(at, sizeof at, t);
	at[len - 2] = '\0';
	char sector[2] = {at[len - 3], '\0'};
	at[len - 3] = '\0';
	set_district(out, at, sector);
	return true;
}

/* "London NW2", "NW2 3": a part of a postcode at the end of a line; what stands before it goes to *BEFORE. */
static bool part_at_end(struct asked *out, struct text address, struct text *before)
{
	struct text t = text_trim(address);
	size_t cut = t.len;
	bool found = false;
	for (int words = 0; words < 2 && cut > 0; words++) {
		while (cut > 0 && (t.at[cut - 1] == ' ' || t.at[cut - 1] == ','))
			cut--;
		while (cut > 0 && t.at[cut - 1] != ' ' && t.at[cut - 1] != ',')
			cut--;
		struct text tail = text_slice(t.at + cut, t.len - cut);
		char first = tail.len ? (char)(tail.at[0] & ~0x20) : '\0';
		struct postcode part;
		bool letters = first >= 'A' && first <= 'Z' && cut > 0;
		if (!letters || !clean_postcode(&part, tail) || part.repaired || (words == 1 && !part.sector[0]))
			continue;
		set_district(out, part.district, part.sector);
		*before = text_slice(t.at, cut);
		found = true;
	}
	return found;
}

/* ---- readings ------------------------------------------------------------------------------------------- */

struct numbers {
	size_t at[8]; /* words that are free numbers, in their order */
	size_t count;
};

static void add(struct asked *out, struct reading_of_house reading)
{
	if (out->count < READINGS)
		out->readings[out->count++] = reading;
}

static uint64_t bit(size_t i)
{
	return UINT64_C(1) << i;
}

static bool has_unit(const struct flat *flat)
{
	return flat->unit[0] || flat->room[0];
}

static struct flat with_unit(const struct flat *flat, const struct address_number *unit)
{
	struct flat out = *flat;
	out.bare = false;
	flat_set_unit(out.unit, unit);
	return out;
}

/* HOUSE is number N; of two numbers the other one, in front or right behind, is the flat's. */
static void add_with_other(struct asked *out, const struct reading_of_house *house, const struct numbers *numbers,
			   size_t n)
{
	for (size_t m = 0; m < numbers->count; m++) {
		const struct address_word *other = &out->words.at[numbers->at[m]];
		if (m == n || other->joint || (m > n && m != n + 1))
			continue;
		struct reading_of_house two = *house;
		two.flat = with_unit(&house->flat, &other->first);
		two.used |= bit(numbers->at[m]);
		two.loss += m < n ? LOSS_TWO_NUMBERS : LOSS_NUMBER_BEHIND;
		add(out, two);
	}
}

/* A plain number as the house: with the flat as told, with its suffix for the flat, with another number for it. */
static void read_plain(struct asked *out, const struct flat *flat, const struct numbers *numbers, size_t n)
{
	size_t at = numbers->at[n];
	const struct address_word *word = &out->words.at[at];
	struct reading_of_house reading = {
		.flat = *flat, .house = word->first, .has_house = true, .used = bit(at) | out->flat_words};
	add(out, reading);
	bool letter_alone = flat->unit[0] >= 'a' && !flat->unit[1] && !flat->room[0] && flat->unit[0] < 'p';
	if (letter_alone && !word->first.suffix) { /* "Flat A, 40 Elm Road" for 40A */
		struct reading_of_house joined = reading;
		joined.flat = (struct flat){0};
		joined.house.suffix = flat->unit[0];
		joined.loss = LOSS_FLAT_AS_SUFFIX;
		add(out, joined);
	}
	if (has_unit(flat))
		return;
	if (word->first.suffix && word->first.suffix != SUFFIX_HALF) {
		struct reading_of_house split = reading;
		split.flat = with_unit(flat, &(struct address_number){0, word->first.suffix});
		split.house.suffix = '\0';
		split.loss = LOSS_SUFFIX;
		add(out, split);
	}
	add_with_other(out, &reading, numbers, n);
	for (size_t k = 0; k < out->words.count && flat_is_none(flat); k++) { /* "B, 21 Ash Grove" */
		const struct address_word *letter = &out->words.at[k];
		if (!(letter->traits & (WORD_LETTER | WORD_CODE)) || k > at || out->explained >> k & 1)
			continue;
		struct reading_of_house two = reading;
		snprintf(two.flat.unit, FLAT_UNIT, "%.*s", TEXT_ARG(letter->at));
		two.used |= bit(k);
		two.loss = LOSS_TWO_NUMBERS;
		add(out, two);
		break;
	}
}

/* "20-23", or "20/23": a range, alone or with another number for the flat. */
static void read_range(struct asked *out, const struct flat *flat, const struct numbers *numbers, size_t n)
{
	const struct address_word *word = &out->words.at[numbers->at[n]];
	struct reading_of_house range = {
		.flat = *flat, .has_house = true, .used = bit(numbers->at[n]) | out->flat_words, .house = word->first};
	bool slash = word->joint == '/';
	if (!word->first.number || (word->second.number < word->first.number && slash))
		return;
	range.house_to =
		word->second.number ? word->second : (struct address_number){word->first.number, word->second.suffix};
	range.loss = slash ? LOSS_SLASH_SWAPPED : 0;
	add(out, range);
	if (!has_unit(flat))
		add_with_other(out, &range, numbers, n);
}

/* "1/21": flat 1 of 21; flat 21 of 1; the range 1 to 21; and Glasgow's floor and flat in front of a house. */
static void read_joint(struct asked *out, const struct flat *flat, const struct numbers *numbers, size_t n)
{
	size_t at = numbers->at[n];
	const struct address_word *word = &out->words.at[at];
	struct reading_of_house reading = {.flat = *flat, .has_house = true, .used = bit(at) | out->flat_words};
	bool slash = word->joint == '/';
	int dash = word->second.number > word->first.number ? LOSS_DASH_OF_RANGE : LOSS_DASH;
	read_range(out, flat, numbers, n);
	if (has_unit(flat))
		return;
	if (word->second.number) {
		struct reading_of_house first = reading;
		first.flat = with_unit(flat, &word->first);
		first.house = word->second;
		first.loss = slash ? LOSS_SLASH : dash;
		add(out, first);
	}
	if (word->first.number) {
		struct reading_of_house second = reading;
		second.flat = with_unit(flat, &word->second);
		second.house = word->first;
		second.loss = slash ? LOSS_SLASH_SWAPPED : dash + LOSS_SLASH_SWAPPED;
		add(out, second);
	}
	if (slash && n + 1 < numbers->count && word->first.number < 11) {
		const struct address_word *house = &out->words.at[numbers->at[n + 1]];
		struct reading_of_house floor = reading;
		floor.flat = with_unit(flat, &word->second);
		floor.flat.floors |= (uint16_t)(1 << (word->first.number + 1));
		floor.house = house->first;
		floor.used |= bit(numbers->at[n + 1]);
		floor.loss = LOSS_SLASH;
		add(out, floor);
	}
}

/* No house: a flat alone, "3 Kingfisher House". */
static void read_houseless(struct asked *out, const struct flat *flat, const struct numbers *numbers)
{
	add(out, (struct reading_of_house){.flat = *flat, .used = out->flat_words});
	for (size_t n = 0; n < numbers->count && !has_unit(flat); n++) {
		const struct address_word *word = &out->words.at[numbers->at[n]];
		if (!word->joint)
			add(out, (struct reading_of_house){.flat = with_unit(flat, &word->first),
							   .bare_unit = true,
							   .used = out->flat_words | bit(numbers->at[n]),
							   .loss = LOSS_TWO_NUMBERS});
	}
	for (size_t k = 0; k < out->words.count && flat_is_none(flat); k++) {
		const struct address_word *letter = &out->words.at[k];
		if (k > 0 || !(letter->traits & (WORD_LETTER | WORD_CODE)) || out->explained & 1)
			continue;
		struct reading_of_house reading = {.bare_unit = true, .used = bit(k), .loss = LOSS_TWO_NUMBERS};
		snprintf(reading.flat.unit, FLAT_UNIT, "%.*s", TEXT_ARG(letter->at));
		add(out, reading);
	}
}

/* "Flat 21, 1 Ash Grove" for flat 1 of 21, and "Flat 45 Government Road" for the house. */
static void read_swapped(struct asked *out, const struct flat *flat, const struct numbers *numbers, uint64_t loose)
{
	struct address_number unit = {0};
	for (const char *c = flat->unit; *c >= '0' && *c <= '9'; c++)
		unit.number = unit.number * 10 + (uint32_t)(*c - '0');
	size_t digits = unit.number ? 1 : 0;
	for (uint32_t rest = unit.number; rest >= 10; rest /= 10)
		digits++;
	unit.suffix = digits ? flat->unit[digits] : '\0';
	if (!unit.number)
		return;
	struct reading_of_house reading = {
		.house = unit, .has_house = true, .swapped = true, .used = out->flat_words, .loss = LOSS_FLAT_AS_HOUSE};
	if (loose) {
		add(out, reading);
	} else if (numbers->count == 1 && !out->words.at[numbers->at[0]].joint) {
		reading.flat = with_unit(flat, &out->words.at[numbers->at[0]].first);
		reading.used |= bit(numbers->at[0]);
		reading.loss = LOSS_SWAPPED;
		add(out, reading);
	}
}

/* ---- words ----------------------------------------------------------------------------------------------- */

/* The road, lane, house that WORD is one slip away from; absent when it is none, or a word in its own right. */
static struct text slip_of_type(const struct names *names, const struct address_word *word)
{
	static const char *const types[] = {"road",    "street",  "avenue", "close",    "crescent",   "drive", "lane",
					    "terrace", "gardens", "place",  "square",   "grove",      "court", "way",
					    "walk",    "mews",    "hill",   "park",     "green",      "view",  "parade",
					    "quay",    "house",   "lodge",  "mansions", "apartments", "path"};
	if (word->traits || word->at.len < 4 || names_have_word(names, word->at))
		return TEXT_ABSENT;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (clean_edit_distance(word->at, text_of(types[i])) == 1)
			return text_of(types[i]);
	}
	return TEXT_ABSENT;
}

/* Reads the words; again, when one of them was to be put right. */
static void read_words(struct asked *out, const struct names *names, struct text address)
{
	char corrected[2 * ADDRESS_TEXT];
	size_t len = 0;
	bool any = false;
	address_words_read(&out->words, address);
	for (size_t i = 0; i < out->words.count; i++) {
		const struct address_word *word = &out->words.at[i];
		struct text right = i > 0 ? slip_of_type(names, word) : TEXT_ABSENT;
		any |= right.len > 0;
		right = right.len ? right : word->at;
		len += (size_t)snprintf(corrected + len, sizeof corrected - len, "%s%.*s", word->comma ? ", " : " ",
					TEXT_ARG(right));
		if (len >= sizeof corrected)
			return;
	}
	if (any)
		address_words_read(&out->words, text_slice(corrected, len));
}

bool asked_read(struct asked *out, const struct names *names, struct text address, struct text postcode)
{
	struct flat flat;
	struct numbers numbers = {.count = 0};
	uint64_t loose = 0;
	memset(out, 0, offsetof(struct asked, readings));
	out->count = 0;
	bool given = postcode.len > 0 && set_postcode(out, text_trim(postcode));
	struct text found = postcode_at_end(address, &address);
	if (found.len) {
		if (!out->postcode)
			set_postcode(out, found);
	} else if (!given) {
		part_at_end(out, address, &address);
	}
	read_words(out, names, address);
	out->beside = beside_take(&out->words, &out->explained);
	flat_take(&flat, &out->words, false, &out->flat_words, &loose);
	for (size_t i = 0; i < out->words.count; i++) {
		if (out->words.at[i].traits & WORD_NOISE)
			out->explained |= bit(i);
		if (out->words.at[i].traits & WORD_NUMBER && !(out->flat_words >> i & 1) && numbers.count < 8)
			numbers.at[numbers.count++] = i;
	}
	for (size_t n = numbers.count; n > 0; n--) /* the last first: it is the house mostly */
		(out->words.at[numbers.at[n - 1]].joint ? read_joint : read_plain)(out, &flat, &numbers, n - 1);
	read_houseless(out, &flat, &numbers);
	read_swapped(out, &flat, &numbers, loose);
	return out->words.count > 0;
}
