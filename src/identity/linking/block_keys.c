#include "base/memory.h"
#include "clean/fold.h"
#include "clean/names.h"
#include "clean/phonetic.h"
#include "linking/block_int.h"

#include <stdlib.h>

static uint64_t sound_of(struct text word)
{
	char code[PHONETIC_SIZE];
	size_t len = clean_phonetic(code, word);
	return len > 0 ? text_hash(text_slice(code, len)) : 0;
}

static struct text last_word(struct text t)
{
	size_t first = t.len;
	while (first > 0 && t.at[first - 1] != ' ')
		first--;
	return text_slice(t.at + first, t.len - first);
}

static struct value_keys given_keys(struct text name)
{
	struct text first = text_slice(name.at, text_find_char(name, ' '));
	if (first.len < 2)
		return (struct value_keys){0, 0};
	int group = clean_given_group(first);
	return (struct value_keys){sound_of(first), group >= 0 ? hash_mix((uint64_t)group + 1000) : 0};
}

static struct value_keys family_keys(struct text name)
{
	struct text first = text_slice(name.at, text_find_char(name, ' '));
	return (struct value_keys){sound_of(last_word(name)),
				   first.len < name.len ? first.len >= 4 ? sound_of(first) : sound_of(name) : 0};
}

static uint64_t birth_key(date d, enum linking_transform transform)
{
	if (d == DATE_UNKNOWN)
		return 0;
	struct ymd x = date_ymd(d);
	int low = x.day < x.month ? x.day : x.month, high = x.day < x.month ? x.month : x.day;
	switch (transform) {
	case LINKING_KEY_YEAR:
		return hash_mix((uint64_t)x.year + 5000);
	case LINKING_KEY_MONTH:
		return hash_mix((uint64_t)(x.year * 16 + x.month) + 50000);
	case LINKING_KEY_DAY_MONTH:
		return hash_mix((uint64_t)(low * 32 + high) + 20000);
	default: /* swapped day and month are one key */
		return hash_mix((uint64_t)(x.year * 1024 + low * 32 + high) + 100000);
	}
}

static uint64_t place_key(const struct place *place, enum linking_transform transform)
{
	switch (transform) {
	case LINKING_KEY_PROPERTY:
		return place->property ? place->property : place->address ? place->address + place->unit : place->unit;
	case LINKING_KEY_UNIT:
		return place->unit;
	case LINKING_KEY_SECTOR:
		return place->sector;
	case LINKING_KEY_DOOR:
		return place->door.number
			       ? place->door.number +
					 text_hash(text_slice(place->door.street, strnlen(place->door.street, 3)))
			       : 0;
	default:
		return place->district;
	}
}

/* Too short a value has no key: half of it would agree with anything. */
static uint64_t end_key(struct text value, struct linking_part part)
{
	if (value.len < part.length || part.length == 0)
		return 0;
	return text_hash(text_slice(part.transform == LINKING_KEY_START ? value.at : value.at + value.len - part.length,
				    part.length));
}

/* Places drawn once for all. As many as tell the records apart by chance alone: strangers fall
 * together about once a record in each band. */
static uint64_t bits_key(const struct encoding *encoding, unsigned band, size_t records)
{
	uint64_t bits = 1;
	for (unsigned i = 0; (size_t)1 << i < records || i < 8; i++) {
		uint64_t at = hash_mix((uint64_t)band * 64 + i + 700000) % ENCODING_BITS;
		bits = bits << 1 | (encoding->words[at / 64] >> (at % 64) & 1);
	}
	return hash_mix(bits);
}

struct value_keys value_keys(const struct column *column, uint32_t code, struct linking_part part)
{
	const struct dictionary *dictionary = column->dictionary;
	struct text value = dictionary_value(dictionary, code);
	switch (part.transform) {
	case LINKING_KEY_SOUND:
		return column->is.kind == LINKING_GIVEN || column->is.kind == LINKING_MIDDLE ? given_keys(value)
											     : family_keys(value);
	case LINKING_KEY_INITIAL:
		return (struct value_keys){hash_mix((unsigned char)value.at[0] + UINT64_C(300)), 0};
	case LINKING_KEY_START:
	case LINKING_KEY_END:
		return (struct value_keys){end_key(value, part), 0};
	case LINKING_KEY_BIRTH:
	case LINKING_KEY_YEAR:
	case LINKING_KEY_DAY_MONTH:
	case LINKING_KEY_MONTH:
		return (struct value_keys){birth_key(dictionary->births[code], part.transform), 0};
	case LINKING_KEY_PROPERTY:
	case LINKING_KEY_UNIT:
	case LINKING_KEY_SECTOR:
	case LINKING_KEY_DISTRICT:
	case LINKING_KEY_DOOR:
		return (struct value_keys){place_key(&dictionary->places[code], part.transform), 0};
	case LINKING_KEY_BITS:
		return (struct value_keys){
			bits_key(&dictionary->encodings[code], part.length, dictionary->values.count), 0};
	default:
		return (struct value_keys){dictionary->values.hashes[code - 1], 0};
	}
}

bool linking_transform_suits(enum linking_transform transform, enum linking_kind kind)
{
	if (transform >= LINKING_KEY_BIRTH && transform <= LINKING_KEY_MONTH)
		return kind == LINKING_BIRTH;
	if (transform >= LINKING_KEY_PROPERTY && transform <= LINKING_KEY_DOOR)
		return kind == LINKING_PLACE;
	if (transform == LINKING_KEY_BITS)
		return kind == LINKING_ENCODING || kind == LINKING_ENCODED_PLACE;
	return transform < LINKING_TRANSFORM_COUNT;
}

const char *linking_transform_name(enum linking_transform transform)
{
	static const char *const names[LINKING_TRANSFORM_COUNT] = {
		"exact", "sound",    "initial",  "start",  "end",      "date", "year", "day_month",
		"month", "property", "postcode", "sector", "district", "door", "bits",
	};
	return names[transform];
}

/* ---- the rules --------------------------------------------------------------------------------- */

struct kinds { /* the columns of each kind */
	size_t at[LINKING_KIND_COUNT][LINKING_COLUMNS];
	size_t count[LINKING_KIND_COUNT];
};

/* As a rule's name has it, behind the column's. */
static const char *said_of(enum linking_transform transform)
{
	static const char *const names[LINKING_TRANSFORM_COUNT] = {
		"",       " by sound", " initial",  " start",  " end",      "",      " year", " day and month",
		" month", "",          " postcode", " sector", " district", " door", " bits",
	};
	return names[transform];
}

static void add_rule(struct rules *rules, const struct linking_table *table, const struct linking_rule *is)
{
	if (rules->count == LINKING_RULES)
		return;
	struct rule *rule = &rules->at[rules->count++];
	rule->is = *is;
	size_t len = 0;
	for (size_t i = 0; i < is->count && len < sizeof rule->name; i++)
		len += (size_t)snprintf(rule->name + len, sizeof rule->name - len, "%s%s%s", i ? " + " : "",
					table->columns[is->parts[i].column].is.name, said_of(is->parts[i].transform));
	if (is->parts[0].transform == LINKING_KEY_BITS && len < sizeof rule->name)
		(void)snprintf(rule->name + len, sizeof rule->name - len, " %u", is->parts[0].length + 1);
}

/* One rule for each combination of columns of the kinds; none when a kind is not there. */
struct wanted {
	enum linking_kind kind;
	enum linking_transform transform;
};

static void add_rules(struct rules *rules, const struct linking_table *table, const struct kinds *kinds, bool any_order,
		      const struct wanted *wanted, size_t count)
{
	size_t combinations = 1;
	for (size_t i = 0; i < count; i++)
		combinations *= kinds->count[wanted[i].kind];
	for (size_t n = 0; n < combinations; n++) {
		struct linking_rule rule = {.count = count, .any_order = any_order};
		size_t left = n;
		for (size_t i = 0; i < count; i++) {
			size_t of_kind = kinds->count[wanted[i].kind];
			rule.parts[i] = (struct linking_part){.column = kinds->at[wanted[i].kind][left % of_kind],
							      .transform = wanted[i].transform};
			left /= of_kind;
		}
		add_rule(rules, table, &rule);
	}
}

/* Alike encodings agree in the bits of some band though no two need to be the same in all. What one
 * encoding of a name misses the other finds, so of places fewer are enough. */
static void add_bands(struct rules *rules, const struct linking_table *table, const struct kinds *kinds)
{
	enum { BANDS_OF_PLACE = 14 };
	const struct {
		enum linking_kind kind;
		unsigned bands;
	} of[] = {{LINKING_ENCODING, LINKING_BANDS}, {LINKING_ENCODED_PLACE, BANDS_OF_PLACE}};
	for (size_t i = 0; i < 2; i++) {
		for (unsigned band = 0; band < of[i].bands && kinds->count[of[i].kind]; band++)
			add_rule(rules, table,
				 &(struct linking_rule){.parts = {{kinds->at[of[i].kind][0], LINKING_KEY_BITS, band}},
							.count = 1});
	}
}

#define ADD_RULES(any_order, ...) \
	add_rules(rules, table, &kinds, any_order, (const struct wanted[]){__VA_ARGS__}, \
		  sizeof((const struct wanted[]){__VA_ARGS__}) / sizeof(struct wanted))

/* A text column is worth blocking on when its values are many enough to tell people apart. */
static bool tells_apart(const struct column *column, size_t records)
{
	return column->is.kind != LINKING_TEXT ||
	       (column->dictionary->values.count >= 30 && column->dictionary->values.count * 200 >= records);
}

/* One agreement is reason enough to compare: much of what narrow rules miss is found, at some hundred
 * pairs a record. */
static void add_broad_rules(struct rules *rules, const struct linking_table *table, const struct kinds *all)
{
	struct kinds kinds = *all;
	ADD_RULES(false, {LINKING_BIRTH, LINKING_KEY_BIRTH});
	ADD_RULES(false, {LINKING_PLACE, LINKING_KEY_UNIT});
	ADD_RULES(false, {LINKING_PHONE, LINKING_KEY_EXACT});
	ADD_RULES(false, {LINKING_FAMILY, LINKING_KEY_SOUND});
	ADD_RULES(false, {LINKING_GIVEN, LINKING_KEY_SOUND});
	ADD_RULES(false, {LINKING_TEXT, LINKING_KEY_EXACT});
	ADD_RULES(false, {LINKING_BIRTH, LINKING_KEY_YEAR});
}

/* ---- more rules, as far as pairs allow ------------------------------------------------------------------ */

/* Pairs that further rules may add, and records above which nothing is left to add. */
static const double FURTHER_PAIRS = 1.5e6;
enum { FURTHER_RECORDS = 250000 };

/* The chance that two records have one key, values that are missing counted. */
static double chance_of_key(const struct linking_table *table, struct linking_part part)
{
	const struct column *column = &table->columns[part.column];
	struct id_map counts;
	uint64_t same = 0;
	id_map_init(&counts);
	for (uint32_t code = 1; code <= column->dictionary->values.count; code++) {
		uint64_t key = column->counts[code] ? value_keys(column, code, part).first : 0;
		if (key)
			*id_map_put(&counts, key, NULL) += column->counts[code];
	}
	for (size_t i = 0; i < counts.slot_count; i++)
		same += counts.used[i] ? counts.values[i] * (counts.values[i] - 1) : 0;
	id_map_release(&counts);
	return (double)same / ((double)table->count * (double)table->count);
}

static bool has_rule(const struct rules *rules, const struct linking_rule *wanted)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct linking_rule *rule = &rules->at[i].is;
		bool same = rule->count == wanted->count;
		for (size_t p = 0; same && p < rule->count; p++)
			same = rule->parts[p].column == wanted->parts[p].column &&
			       rule->parts[p].transform == wanted->parts[p].transform;
		if (same)
			return true;
	}
	return false;
}

/* A number, a telephone or an e-mail address finds the records that names lose; with these, more rules add strangers
 * and hardly a match, and blur what is learned. */
static bool names_alone_find(const struct kinds *kinds)
{
	return kinds->count[LINKING_NHS] + kinds->count[LINKING_IDENTIFIER] + kinds->count[LINKING_PHONE] +
		       kinds->count[LINKING_EMAIL] + kinds->count[LINKING_ENCODING] ==
	       0;
}

static void add_if_few(struct rules *rules, const struct linking_table *table, const struct linking_settings *settings,
		       const struct linking_rule *rule, double *left)
{
	if (has_rule(rules, rule))
		return;
	double pairs = comparable_pairs(table, settings);
	for (size_t p = 0; p < rule->count; p++)
		pairs *= chance_of_key(table, rule->parts[p]);
	if (pairs > *left)
		return;
	*left -= pairs;
	add_rule(rules, table, rule);
}

/* Two agreements that are cheap here, though they would not be among millions of records: a family name and a county,
 * a name and a year. Then one alone. Each as long as what all of them add is within the bound. */
static void add_further_rules(struct rules *rules, const struct linking_table *table,
			      const struct linking_settings *settings)
{
	static const struct wanted wanted[][2] = {
		{{LINKING_FAMILY, LINKING_KEY_SOUND}, {LINKING_GIVEN, LINKING_KEY_INITIAL}},
		{{LINKING_FAMILY, LINKING_KEY_SOUND}, {LINKING_BIRTH, LINKING_KEY_YEAR}},
		{{LINKING_FAMILY, LINKING_KEY_SOUND}, {LINKING_TEXT, LINKING_KEY_EXACT}},
		{{LINKING_GIVEN, LINKING_KEY_SOUND}, {LINKING_BIRTH, LINKING_KEY_YEAR}},
		{{LINKING_GIVEN, LINKING_KEY_SOUND}, {LINKING_TEXT, LINKING_KEY_EXACT}},
		{{LINKING_BIRTH, LINKING_KEY_BIRTH}, {LINKING_KIND_COUNT, LINKING_KEY_EXACT}},
		{{LINKING_FAMILY, LINKING_KEY_SOUND}, {LINKING_KIND_COUNT, LINKING_KEY_EXACT}},
		{{LINKING_BIRTH, LINKING_KEY_YEAR}, {LINKING_TEXT, LINKING_KEY_EXACT}},
		{{LINKING_GIVEN, LINKING_KEY_SOUND}, {LINKING_KIND_COUNT, LINKING_KEY_EXACT}},
	};
	double left = FURTHER_PAIRS;
	if (table->count > FURTHER_RECORDS)
		return;
	for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
		size_t parts = wanted[w][1].kind == LINKING_KIND_COUNT ? 1 : 2;
		for (size_t x = 0; x < table->column_count; x++) {
			for (size_t y = 0; y < (parts == 2 ? table->column_count : 1); y++) {
				struct linking_rule rule = {.count = parts};
				rule.parts[0] = (struct linking_part){x, wanted[w][0].transform, 0};
				rule.parts[1] = (struct linking_part){y, wanted[w][1].transform, 0};
				if (table->columns[x].is.kind == wanted[w][0].kind &&
				    (parts == 1 || table->columns[y].is.kind == wanted[w][1].kind))
					add_if_few(rules, table, settings, &rule, &left);
			}
		}
	}
}

void rules_make(struct rules *rules, const struct linking_table *table, const struct linking_settings *settings)
{
	struct kinds kinds = {0};
	rules->count = 0;
	for (size_t i = 0; i < settings->rule_count; i++)
		add_rule(rules, table, &settings->rules[i]);
	if (settings->rule_count > 0)
		return;
	for (size_t c = 0; c < table->column_count; c++) {
		enum linking_kind kind = table->columns[c].is.kind;
		if (tells_apart(&table->columns[c], table->count))
			kinds.at[kind][kinds.count[kind]++] = c;
	}
	add_bands(rules, table, &kinds);
	ADD_RULES(false, {LINKING_NHS, LINKING_KEY_EXACT});
	ADD_RULES(false, {LINKING_IDENTIFIER, LINKING_KEY_EXACT});
	ADD_RULES(false, {LINKING_EMAIL, LINKING_KEY_EXACT});
	ADD_RULES(false, {LINKING_ENCODED_CONTACT, LINKING_KEY_EXACT});
	ADD_RULES(false, {LINKING_BIRTH, LINKING_KEY_BIRTH}, {LINKING_FAMILY, LINKING_KEY_SOUND});
	ADD_RULES(false, {LINKING_BIRTH, LINKING_KEY_BIRTH}, {LINKING_GIVEN, LINKING_KEY_SOUND});
	ADD_RULES(true, {LINKING_GIVEN, LINKING_KEY_SOUND}, {LINKING_FAMILY, LINKING_KEY_SOUND},
		  {LINKING_BIRTH, LINKING_KEY_YEAR});
	ADD_RULES(false, {LINKING_PHONE, LINKING_KEY_EXACT}, {LINKING_GIVEN, LINKING_KEY_INITIAL});
	ADD_RULES(false, {LINKING_PLACE, LINKING_KEY_PROPERTY},
		  {LINKING_FAMILY, LINKING_KEY_SOUND}); /* households, too: for h */
	ADD_RULES(false, {LINKING_PLACE, LINKING_KEY_PROPERTY}, {LINKING_GIVEN, LINKING_KEY_SOUND});
	ADD_RULES(false, {LINKING_PLACE, LINKING_KEY_PROPERTY}, {LINKING_BIRTH, LINKING_KEY_BIRTH});
	ADD_RULES(true, {LINKING_GIVEN, LINKING_KEY_INITIAL}, {LINKING_FAMILY, LINKING_KEY_INITIAL},
		  {LINKING_PLACE, LINKING_KEY_PROPERTY});
	ADD_RULES(true, {LINKING_GIVEN, LINKING_KEY_INITIAL}, {LINKING_FAMILY, LINKING_KEY_INITIAL},
		  {LINKING_PLACE, LINKING_KEY_DOOR});
	ADD_RULES(false, {LINKING_BIRTH, LINKING_KEY_BIRTH}, {LINKING_PLACE, LINKING_KEY_UNIT});
	ADD_RULES(true, {LINKING_GIVEN, LINKING_KEY_SOUND}, {LINKING_FAMILY, LINKING_KEY_SOUND},
		  {LINKING_BIRTH, LINKING_KEY_DAY_MONTH});
	ADD_RULES(false, {LINKING_GIVEN, LINKING_KEY_SOUND}, {LINKING_FAMILY, LINKING_KEY_SOUND},
		  {LINKING_PLACE, LINKING_KEY_UNIT});
	ADD_RULES(true, {LINKING_GIVEN, LINKING_KEY_SOUND}, {LINKING_FAMILY, LINKING_KEY_SOUND});
	if (settings->broad) {
		add_broad_rules(rules, table, &kinds);
		return;
	}
	ADD_RULES(false, {LINKING_TEXT, LINKING_KEY_EXACT}, {LINKING_BIRTH, LINKING_KEY_BIRTH});
	ADD_RULES(false, {LINKING_TEXT, LINKING_KEY_EXACT}, {LINKING_GIVEN, LINKING_KEY_SOUND});
	ADD_RULES(false, {LINKING_TEXT, LINKING_KEY_EXACT}, {LINKING_FAMILY, LINKING_KEY_SOUND});
	if (names_alone_find(&kinds))
		add_further_rules(rules, table, settings);
}
