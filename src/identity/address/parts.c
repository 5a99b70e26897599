/* A gazetteer's entry, in columns or as one line, into parts. */
#include "address/parts.h"
#include "clean/fold.h"
#include "clean/postcode.h"

#include <ctype.h>

static uint64_t packed(const char *at, size_t len)
{
	uint64_t code = 0;
	memcpy(&code, at, len < sizeof code ? len : sizeof code);
	return code;
}

uint64_t postcode_code(struct text t)
{
	struct postcode clean;
	char at[16];
	if (t.len < 5 || t.len > 12)
		return 0;
	if (clean_postcode(&clean, t) && clean.part == POSTCODE_UNIT)
		return packed(at, clean_squeeze(at, sizeof at, text_of(clean.unit)));
	/* letters that no postcode has in these places: still one, when written like one */
	size_t len = clean_squeeze(at, sizeof at, t);
	bool form = len >= 5 && len <= 7 && isdigit((unsigned char)at[len - 3]) &&
		    isupper((unsigned char)at[len - 2]) && isupper((unsigned char)at[len - 1]) &&
		    isupper((unsigned char)at[0]);
	return form ? packed(at, len) : 0;
}

/* "Essex" would be a postcode, if letters might stand for all of its digits. */
static bool has_digit(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (isdigit((unsigned char)t.at[i]))
			return true;
	}
	return false;
}

struct text postcode_at_end(struct text address, struct text *before)
{
	struct text t = address;
	size_t cut, words = 0;
	*before = address;
	while (t.len > 0 &&
	       (isspace((unsigned char)t.at[t.len - 1]) || t.at[t.len - 1] == ',' || t.at[t.len - 1] == '.'))
		t.len--;
	for (cut = t.len; cut > 0 && words < 2; cut--) {
		if (t.at[cut - 1] != ' ' && t.at[cut - 1] != ',')
			continue;
		struct text tail = text_slice(t.at + cut, t.len - cut);
		words++;
		if (tail.len <= 8 && isalpha((unsigned char)tail.at[0]) && has_digit(tail) && postcode_code(tail)) {
			*before = text_slice(t.at, cut);
			return tail;
		}
	}
	return TEXT_ABSENT;
}

/* ---- streets -------------------------------------------------------------------------------------------- */

static unsigned traits_at(const struct address_words *words, size_t i)
{
	return i < words->count ? words->at[i].traits : 0;
}

static bool is_same_part(const struct address_words *words, size_t i)
{
	return i < words->count && !words->at[i].comma && !(words->at[i].traits & WORD_NUMBER);
}

/* "Ash Grove Road" goes on behind its first type; "Road St Albans" does not. */
static bool goes_on(const struct address_words *words, size_t i)
{
	if (!is_same_part(words, i))
		return false;
	unsigned before = words->at[i - 1].traits, traits = words->at[i].traits;
	bool saint = text_is(words->at[i].at, "st") && is_same_part(words, i + 1);
	if (traits & WORD_DIRECTION)
		return !(traits_at(words, i + 1) & WORD_NOISE);
	return traits & WORD_LAST && !(before & WORD_LAST) && !saint;
}

size_t street_end(const struct address_words *words, size_t first, bool *has_type)
{
	size_t end = first + 1;
	*has_type = true;
	for (; is_same_part(words, end); end++) {
		if (!(words->at[end].traits & WORD_STREET))
			continue;
		if (text_is(words->at[end].at, "st") && is_same_part(words, end + 1) && end == first + 1 &&
		    text_is(words->at[first].at, "the"))
			continue;
		end++;
		while (goes_on(words, end))
			end++;
		return end;
	}
	*has_type = false;
	return end < words->count && words->at[end].comma ? end : first + 1;
}

/* ---- texts ---------------------------------------------------------------------------------------------- */

/* Appends the words FIRST .. END that are not in TAKEN to the text that is being made. */
static void put_words(struct address_parts *out, const struct address_words *words, size_t first, size_t end,
		      uint64_t taken)
{
	for (size_t i = first; i < end && i < words->count; i++) {
		struct text word = words->at[i].at;
		if (taken >> i & 1 || out->used + word.len + 1 > sizeof out->text)
			continue;
		memcpy(out->text + out->used, word.at, word.len);
		out->used += word.len;
		out->text[out->used++] = ' ';
	}
}

/* What was put since START, without the last space. */
static struct text put_end(struct address_parts *out, size_t start)
{
	return out->used > start ? text_slice(out->text + start, out->used - start - 1) : TEXT_ABSENT;
}

static struct text keep(struct address_parts *out, const struct address_words *words, size_t first, size_t end,
			uint64_t taken)
{
	size_t start = out->used;
	put_words(out, words, first, end, taken);
	return put_end(out, start);
}

static uint64_t noise_of(const struct address_words *words, size_t first)
{
	uint64_t noise = 0;
	for (size_t i = first; i < words->count; i++) {
		if (words->at[i].traits & WORD_NOISE)
			noise |= UINT64_C(1) << i;
	}
	return noise;
}

/* ---- one line ------------------------------------------------------------------------------------------- */

struct line {
	struct address_words words;
	struct address_parts *out;
	uint64_t taken, loose;
	size_t number; /* the house's word; words.count: none */
};

static bool is_free_number(const struct line *line, size_t i)
{
	return line->words.at[i].traits & WORD_NUMBER && !(line->taken >> i & 1);
}

/* The house's number is the last one with a word behind it; better one with a street behind it. */
static void find_house(struct line *line)
{
	const struct address_words *words = &line->words;
	bool best_has_type = false;
	line->number = words->count;
	for (size_t i = 0; i + 1 < words->count; i++) {
		bool has_type;
		if (!is_free_number(line, i) || words->at[i + 1].traits & WORD_NUMBER)
			continue;
		street_end(words, i + 1, &has_type);
		if (has_type || !best_has_type) {
			line->number = i;
			best_has_type = has_type;
		}
	}
}

/* A number that is no house's is the flat's: "1, 21 Ash Grove", "3 Beech Court, 8 Elm Road". */
static void find_unit(struct line *line)
{
	struct flat *flat = &line->out->flat;
	for (size_t i = 0; i < line->number && i < line->words.count; i++) {
		bool before_house = i + 1 == line->number, first = i == 0;
		if (!is_free_number(line, i) || line->words.at[i].joint || !(before_house || first))
			continue;
		if (!flat->unit[0] && !flat->room[0])
			flat_set_unit(flat->unit, &line->words.at[i].first);
		line->taken |= UINT64_C(1) << i;
		return;
	}
}

static void set_house(struct address_parts *out, const struct address_word *word)
{
	if (word->joint == '/') { /* 1/21 */
		if (flat_is_none(&out->flat))
			flat_set_unit(out->flat.unit, &word->first);
		out->from = word->second;
	} else {
		out->from = word->first;
		if (word->joint == '-')
			out->to = word->second;
	}
}

/* "3 Beech Court, Elm Road": the number is a flat's when a house's name follows, and the street behind that. */
static bool is_buildings_number(const struct line *line, size_t end)
{
	const struct address_words *words = &line->words;
	bool has_type = false;
	if (!(words->at[end - 1].traits & WORD_BUILDING) || line->out->flat.unit[0])
		return false;
	if (!(words->at[end - 1].traits & WORD_STREET))
		return true;
	if (end < words->count && !(words->at[end].traits & WORD_NUMBER))
		street_end(words, end, &has_type);
	return has_type;
}

/* Where a building's name ends that begins at FIRST; FIRST when there is none before a street. */
static size_t building_end(const struct line *line, size_t first)
{
	const struct address_words *words = &line->words;
	for (size_t i = first; i < words->count && !(words->at[i].traits & WORD_NUMBER); i++) {
		if (i > first && words->at[i].comma)
			return first;
		if (i > first && words->at[i].traits & WORD_BUILDING)
			return i + 1;
		if (i > first && words->at[i].traits & WORD_STREET)
			return first;
	}
	return first;
}

static void keep_street(struct line *line, size_t first)
{
	struct address_parts *out = line->out;
	const struct address_words *words = &line->words;
	bool has_type;
	while (first < words->count && line->taken >> first & 1)
		first++;
	if (first >= words->count)
		return;
	size_t end = street_end(words, first, &has_type);
	out->street = keep(out, words, first, end, line->taken);
	out->tail = keep(out, words, end, words->count, line->taken | noise_of(words, end));
}

static void read_numbered(struct line *line)
{
	struct address_parts *out = line->out;
	const struct address_words *words = &line->words;
	size_t first = line->number + 1, end = building_end(line, first);
	out->building = keep(out, words, 0, line->number, line->taken);
	if (end > first && !out->building.len && !words->at[line->number].joint && is_buildings_number(line, end)) {
		flat_set_unit(out->flat.unit, &words->at[line->number].first);
		out->building = keep(out, words, first, end, line->taken);
		keep_street(line, end);
		return;
	}
	set_house(out, &words->at[line->number]);
	keep_street(line, first);
}

/* "Beech Court, Elm Road", "Ashfields Love Lane": a name, then a word and its type for the street. */
static void read_unnumbered(struct line *line)
{
	struct address_parts *out = line->out;
	const struct address_words *words = &line->words;
	size_t first = 0, end;
	bool has_type;
	while (first < words->count && (line->taken >> first & 1 || text_is(words->at[first].at, "the")))
		first++;
	if (first >= words->count)
		return;
	end = building_end(line, first);
	if (end > first) {
		out->building = keep(out, words, 0, end, line->taken);
		keep_street(line, end);
		return;
	}
	end = street_end(words, first, &has_type);
	if (!has_type && end < words->count && words->at[end].comma) { /* "Ashfields, Love Lane" */
		out->building = keep(out, words, 0, end, line->taken);
		keep_street(line, end);
	} else if (has_type && end > first + 2 && flat_is_none(&out->flat)) {
		out->building = keep(out, words, 0, end - 2, line->taken);
		keep_street(line, end - 2);
	} else if (has_type && end > first + 2) {
		out->building = keep(out, words, first, end - 2, line->taken);
		keep_street(line, end - 2);
	} else {
		keep_street(line, first);
	}
}

static void read_line(struct address_parts *out, struct text address)
{
	struct line line = {.out = out};
	struct text found = postcode_at_end(address, &address);
	if (!out->postcode)
		out->postcode = postcode_code(found);
	address_words_read(&line.words, address);
	out->beside = beside_take(&line.words, &line.taken);
	flat_take(&out->flat, &line.words, false, &line.taken, &line.loose);
	find_house(&line);
	find_unit(&line);
	if (line.number < line.words.count)
		read_numbered(&line);
	else
		read_unnumbered(&line);
}

/* ---- columns -------------------------------------------------------------------------------------------- */

static struct text keep_text(struct address_parts *out, struct text text)
{
	struct address_words words;
	if (text.len == 0)
		return TEXT_ABSENT;
	address_words_read(&words, text);
	return keep(out, &words, 0, words.count, 0);
}

static uint64_t articles_of(const struct address_words *words)
{
	uint64_t articles = 0;
	for (size_t i = 0; i < words->count; i++) {
		if (text_is(words->at[i].at, "the") || text_is(words->at[i].at, "of"))
			articles |= UINT64_C(1) << i;
	}
	return articles;
}

static void read_flat(struct address_parts *out, const struct gazetteer_entry *entry)
{
	struct address_words words;
	uint64_t taken = 0, loose = 0;
	if (entry->flat.len) {
		address_words_read(&words, entry->flat);
		out->beside |= beside_take(&words, &taken);
		flat_take(&out->flat, &words, true, &taken, &loose);
		if (flat_is_none(&out->flat) && words.count == 1 && words.at[0].traits & (WORD_NUMBER | WORD_LETTER)) {
			flat_set_unit(out->flat.unit, &words.at[0].first);
			taken = 1;
		}
		if (flat_is_none(&out->flat) || out->flat.bare)
			out->flat_name = keep(out, &words, 0, words.count, taken | articles_of(&words));
		if (out->flat_name.len)
			out->flat.bare = false;
	}
	if (entry->flat_number && !out->flat.unit[0] && !out->flat.room[0])
		flat_set_unit(out->flat.unit,
			      &(struct address_number){entry->flat_number,
						       (char)(entry->flat_suffix | (entry->flat_suffix ? 0x20 : 0))});
}

/* "FLATS 1-6 BEECH COURT" is Beech Court. */
static uint64_t ranges_of(const struct address_words *words)
{
	uint64_t ranges = 0;
	for (size_t i = 0; i < words->count; i++) {
		if (words->at[i].joint == '-')
			ranges |= UINT64_C(1) << i;
	}
	return ranges;
}

static void read_building(struct address_parts *out, const struct gazetteer_entry *entry)
{
	struct address_words words;
	uint64_t taken = 0, flat_words = 0, loose = 0;
	struct flat flat;
	if (entry->building.len == 0)
		return;
	address_words_read(&words, entry->building);
	out->beside |= beside_take(&words, &taken);
	if (words.count == 1 && words.at[0].traits & WORD_NUMBER) { /* "21A", "20-23" as a name */
		if (!out->from.number)
			set_house(out, &words.at[0]);
		return;
	}
	flat_take(&flat, &words, false, &flat_words, &loose);
	out->building = keep(out, &words, 0, words.count, taken | flat_words | ranges_of(&words));
}

static void read_columns(struct address_parts *out, const struct gazetteer_entry *entry)
{
	struct address_words words;
	char lower = (char)(entry->suffix | 0x20), lower_to = (char)(entry->suffix_to | 0x20);
	out->from = (struct address_number){entry->number, entry->suffix ? lower : '\0'};
	out->to = (struct address_number){entry->number_to, entry->suffix_to ? lower_to : '\0'};
	read_flat(out, entry);
	read_building(out, entry);
	out->street = keep_text(out, entry->street);
	size_t start = out->used;
	struct text places[] = {entry->locality, entry->town};
	for (size_t i = 0; i < 2; i++) {
		if (places[i].len == 0)
			continue;
		address_words_read(&words, places[i]);
		put_words(out, &words, 0, words.count, noise_of(&words, 0));
	}
	out->tail = put_end(out, start);
}

void address_parts_read(struct address_parts *out, const struct gazetteer_entry *entry)
{
	memset(out, 0, offsetof(struct address_parts, text));
	out->used = 0;
	out->status = entry->status;
	out->postcode = postcode_code(text_trim(entry->postcode));
	if (entry->address.len)
		read_line(out, entry->address);
	else
		read_columns(out, entry);
	out->organisation = keep_text(out, entry->organisation);
}
