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

static void given_keys(struct part_keys *keys, size_t code, struct text name)
{
	struct text first = text_slice(name.at, text_find_char(name, ' '));
	if (first.len < 2)
		return;
	int group = clean_given_group(first);
	keys->first[code] = sound_of(first);
	keys->second[code] = group >= 0 ? hash_mix((uint64_t)group + 1000) : 0;
}

static void family_keys(struct part_keys *keys, size_t code, struct text name)
{
	keys->first[code] = sound_of(last_word(name));
	struct text first = text_slice(name.at, text_find_char(name, ' '));
	keys->second[code] = first.len < name.len ? first.len >= 4 ? sound_of(first) : sound_of(name) : 0;
}

static uint64_t birth_key(date d, enum transform transform)
{
	if (d == DATE_UNKNOWN)
		return 0;
	struct ymd x = date_ymd(d);
	int low = x.day < x.month ? x.day : x.month, high = x.day < x.month ? x.month : x.day;
	switch (transform) {
	case KEY_YEAR:
		return hash_mix((uint64_t)x.year + 5000);
	case KEY_DAY_MONTH:
		return hash_mix((uint64_t)(low * 32 + high) + 20000);
	default: /* swapped day and month are one key */
		return hash_mix((uint64_t)(x.year * 1024 + low * 32 + high) + 100000);
	}
}

static uint64_t place_key(const struct place *place, enum transform transform)
{
	switch (transform) {
	case KEY_PROPERTY:
		return place->property ? place->property : place->address ? place->address + place->unit : 0;
	case KEY_UNIT:
		return place->unit;
	default:
		return place->district;
	}
}

static void make_key(struct part_keys *keys, const struct column *column, size_t code, enum transform transform)
{
	struct text value = dictionary_value(column->dictionary, (uint32_t)code);
	switch (transform) {
	case KEY_EXACT:
		keys->first[code] = text_hash(value);
		break;
	case KEY_SOUND:
		if (column->is.kind == LINKING_GIVEN || column->is.kind == LINKING_MIDDLE)
			given_keys(keys, code, value);
		else
			family_keys(keys, code, value);
		break;
	case KEY_INITIAL:
		keys->first[code] = hash_mix((unsigned char)value.at[0] + UINT64_C(300));
		break;
	case KEY_BIRTH:
	case KEY_YEAR:
	case KEY_DAY_MONTH:
		keys->first[code] = birth_key(column->dictionary->births[code], transform);
		break;
	case KEY_PROPERTY:
	case KEY_UNIT:
	case KEY_DISTRICT:
		keys->first[code] = place_key(&column->dictionary->places[code], transform);
		break;
	}
}

void part_keys_make(struct part_keys *keys, const struct linking_table *table, struct part part)
{
	const struct column *column = &table->columns[part.column];
	size_t count = column->dictionary->values.count + 1;
	keys->part = part;
	keys->first = memory_alloc(count, sizeof(uint64_t));
	keys->second = memory_alloc(count, sizeof(uint64_t));
	for (size_t code = 1; code < count; code++) {
		/* names share a dictionary: only what this column holds */
		if (column->counts[code])
			make_key(keys, column, code, part.transform);
	}
}

void part_keys_release(struct part_keys *keys)
{
	free(keys->first);
	free(keys->second);
}

/* ---- the rules --------------------------------------------------------------------------------- */

struct kinds { /* the columns of each kind */
	size_t at[LINKING_KIND_COUNT][LINKING_COLUMNS];
	size_t count[LINKING_KIND_COUNT];
};

static const char *transform_name(enum transform transform)
{
	static const char *const names[] = {"", " by sound", " initial", "", " year", " day and month",
					    "", " postcode", " district"};
	return names[transform];
}

static void add_rule(struct rules *rules, const struct linking_table *table, bool any_order, const struct part *parts,
		     size_t count)
{
	if (rules->count == MOST_RULES)
		return;
	struct rule *rule = &rules->at[rules->count++];
	rule->any_order = any_order;
	rule->count = count;
	memcpy(rule->parts, parts, count * sizeof *parts);
	size_t len = 0;
	for (size_t i = 0; i < count && len < sizeof rule->name; i++)
		len += (size_t)snprintf(rule->name + len, sizeof rule->name - len, "%s%s%s", i ? " + " : "",
					table->columns[parts[i].column].is.name, transform_name(parts[i].transform));
}

/* One rule for each combination of columns of the kinds; none when a kind is not there. */
struct wanted {
	enum linking_kind kind;
	enum transform transform;
};

static void add_rules(struct rules *rules, const struct linking_table *table, const struct kinds *kinds, bool any_order,
		      const struct wanted *wanted, size_t count)
{
	size_t combinations = 1;
	for (size_t i = 0; i < count; i++)
		combinations *= kinds->count[wanted[i].kind];
	for (size_t n = 0; n < combinations; n++) {
		struct part parts[MOST_PARTS];
		size_t left = n;
		for (size_t i = 0; i < count; i++) {
			size_t of_kind = kinds->count[wanted[i].kind];
			parts[i] = (struct part){kinds->at[wanted[i].kind][left % of_kind], wanted[i].transform};
			left /= of_kind;
		}
		add_rule(rules, table, any_order, parts, count);
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

void rules_make(struct rules *rules, const struct linking_table *table)
{
	struct kinds kinds = {0};
	for (size_t c = 0; c < table->column_count; c++) {
		enum linking_kind kind = table->columns[c].is.kind;
		if (tells_apart(&table->columns[c], table->count))
			kinds.at[kind][kinds.count[kind]++] = c;
	}
	rules->count = 0;
	ADD_RULES(false, {LINKING_NHS, KEY_EXACT});
	ADD_RULES(false, {LINKING_IDENTIFIER, KEY_EXACT});
	ADD_RULES(false, {LINKING_EMAIL, KEY_EXACT});
	ADD_RULES(false, {LINKING_BIRTH, KEY_BIRTH}, {LINKING_FAMILY, KEY_SOUND});
	ADD_RULES(false, {LINKING_BIRTH, KEY_BIRTH}, {LINKING_GIVEN, KEY_SOUND});
	ADD_RULES(true, {LINKING_GIVEN, KEY_SOUND}, {LINKING_FAMILY, KEY_SOUND}, {LINKING_BIRTH, KEY_YEAR});
	ADD_RULES(false, {LINKING_PHONE, KEY_EXACT}, {LINKING_GIVEN, KEY_INITIAL});
	ADD_RULES(false, {LINKING_PLACE, KEY_PROPERTY}, {LINKING_FAMILY, KEY_SOUND}); /* households, too: for h */
	ADD_RULES(false, {LINKING_PLACE, KEY_PROPERTY}, {LINKING_GIVEN, KEY_SOUND});
	ADD_RULES(false, {LINKING_PLACE, KEY_PROPERTY}, {LINKING_BIRTH, KEY_BIRTH});
	ADD_RULES(false, {LINKING_BIRTH, KEY_BIRTH}, {LINKING_PLACE, KEY_UNIT});
	ADD_RULES(true, {LINKING_GIVEN, KEY_SOUND}, {LINKING_FAMILY, KEY_SOUND}, {LINKING_BIRTH, KEY_DAY_MONTH});
	ADD_RULES(false, {LINKING_GIVEN, KEY_SOUND}, {LINKING_FAMILY, KEY_SOUND}, {LINKING_PLACE, KEY_UNIT});
	ADD_RULES(true, {LINKING_GIVEN, KEY_SOUND}, {LINKING_FAMILY, KEY_SOUND});
	ADD_RULES(false, {LINKING_TEXT, KEY_EXACT}, {LINKING_BIRTH, KEY_BIRTH});
	ADD_RULES(false, {LINKING_TEXT, KEY_EXACT}, {LINKING_GIVEN, KEY_SOUND});
	ADD_RULES(false, {LINKING_TEXT, KEY_EXACT}, {LINKING_FAMILY, KEY_SOUND});
}
