#include "base/memory.h"
#include "linking/linking_int.h"

#include <math.h>
#include <stdlib.h>

/* More values of one column than this in one record say little; the rest is left out. */
enum { MOST_SLOTS = 6 };

static bool is_name(enum linking_kind kind)
{
	return kind == LINKING_GIVEN || kind == LINKING_MIDDLE || kind == LINKING_FAMILY;
}

static struct dictionary *dictionary_for(struct linking_table *table, size_t column)
{
	for (size_t i = 0; i < column; i++) {
		if (is_name(table->columns[i].is.kind) && is_name(table->columns[column].is.kind))
			return table->columns[i].dictionary;
	}
	struct dictionary *dictionary = &table->dictionaries[table->dictionary_count++];
	text_map_init(&dictionary->values);
	return dictionary;
}

static size_t first_of(const struct linking_table *table, enum linking_kind kind)
{
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is.kind == kind)
			return i;
	}
	return LINKING_COLUMNS;
}

struct linking_table *linking_table_new(const struct linking_column *columns, size_t count)
{
	struct linking_table *table = memory_alloc(1, sizeof *table);
	table->column_count = count < LINKING_COLUMNS ? count : LINKING_COLUMNS;
	for (size_t i = 0; i < table->column_count; i++) {
		table->columns[i].is = columns[i];
		table->columns[i].dictionary = dictionary_for(table, i);
	}
	table->given = first_of(table, LINKING_GIVEN);
	table->family = first_of(table, LINKING_FAMILY);
	table->middle = first_of(table, LINKING_MIDDLE);
	table->birth = first_of(table, LINKING_BIRTH);
	return table;
}

void linking_table_free(struct linking_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->dictionary_count; i++) {
		arena_keep_secret(&table->dictionaries[i].values.arena);
		text_map_release(&table->dictionaries[i].values);
		free(table->dictionaries[i].births);
		free(table->dictionaries[i].places);
	}
	for (size_t i = 0; i < table->column_count; i++) {
		free(table->columns[i].records);
		free(table->columns[i].codes);
		free(table->columns[i].counts);
		free(table->columns[i].rarity);
		free(table->columns[i].scarcity);
	}
	free(table->keys);
	free(table->rows);
	free(table->added);
	free(table->row_of);
	free(table);
}

size_t linking_table_count(const struct linking_table *table)
{
	return table->count;
}

void linking_table_add_record(struct linking_table *table, int64_t key)
{
	ARRAY_GROW(table->keys, table->count, table->key_capacity);
	table->keys[table->count++] = key;
}

void linking_table_add_value(struct linking_table *table, size_t column, struct text value)
{
	struct column *c = &table->columns[column];
	if (value.len == 0 || table->count == 0)
		return;
	bool is_new;
	uint64_t *place = text_map_put(&c->dictionary->values, value, &is_new);
	if (is_new)
		*place = c->dictionary->values.count;
	uint32_t code = (uint32_t)*place, record = (uint32_t)(table->count - 1);
	for (size_t i = c->entries; i > 0 && c->records[i - 1] == record; i--) {
		if (c->codes[i - 1] == code)
			return;
	}
	ARRAY_GROW(c->records, c->entries, c->record_capacity);
	ARRAY_GROW(c->codes, c->entries, c->code_capacity);
	c->records[c->entries] = record;
	c->codes[c->entries++] = code;
}

struct text dictionary_value(const struct dictionary *dictionary, uint32_t code)
{
	return code ? dictionary->values.keys[code - 1] : TEXT_ABSENT;
}

struct text linking_place_value(char out[LINKING_PLACE_SIZE], int64_t property_id, struct text postcode,
				struct text address)
{
	if (property_id == 0 && postcode.len == 0 && address.len == 0)
		return TEXT_ABSENT;
	int len = snprintf(out, LINKING_PLACE_SIZE, "%lld\x1f%.*s\x1f%.*s", (long long)property_id, TEXT_ARG(postcode),
			   TEXT_ARG(address));
	return text_slice(out, len < LINKING_PLACE_SIZE ? (size_t)len : LINKING_PLACE_SIZE - 1);
}

static struct place read_place(struct text value)
{
	struct place place = {0};
	struct text property = TEXT_ABSENT, postcode = TEXT_ABSENT, address = TEXT_ABSENT;
	text_split(&value, '\x1f', &property);
	text_split(&value, '\x1f', &postcode);
	address = value;
	if (!text_is(property, "0"))
		place.property = text_hash(property);
	if (address.len > 0)
		place.address = text_hash(address);
	size_t gap = text_find_char(postcode, ' ');
	if (postcode.len > 0)
		place.district = text_hash(text_slice(postcode.at, gap));
	if (gap + 2 <= postcode.len)
		place.sector = text_hash(text_slice(postcode.at, gap + 2));
	if (gap + 4 <= postcode.len)
		place.unit = text_hash(postcode);
	return place;
}

static void read_values(struct column *column)
{
	struct dictionary *dictionary = column->dictionary;
	size_t count = dictionary->values.count;
	if (column->is.kind == LINKING_BIRTH) {
		dictionary->births = memory_alloc(count + 1, sizeof *dictionary->births);
		for (size_t i = 0; i < count; i++) {
			if (!date_parse_iso(dictionary->values.keys[i], &dictionary->births[i + 1]))
				dictionary->births[i + 1] = DATE_UNKNOWN;
		}
	} else if (column->is.kind == LINKING_PLACE) {
		dictionary->places = memory_alloc(count + 1, sizeof *dictionary->places);
		for (size_t i = 0; i < count; i++)
			dictionary->places[i + 1] = read_place(dictionary->values.keys[i]);
	}
}

struct order {
	uint64_t content;
	int64_t key;
	uint32_t record;
};

static int compare_order(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	if (x->content != y->content)
		return x->content < y->content ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

/* A hash of what each record says that no order of adding can change. */
static struct order *order_by_content(const struct linking_table *table)
{
	struct order *order = memory_alloc(table->count, sizeof *order);
	for (size_t i = 0; i < table->count; i++)
		order[i] = (struct order){.key = table->keys[i], .record = (uint32_t)i};
	for (size_t c = 0; c < table->column_count; c++) {
		const struct column *column = &table->columns[c];
		for (size_t i = 0; i < column->entries; i++) {
			uint64_t value = column->dictionary->values.hashes[column->codes[i] - 1];
			order[column->records[i]].content += hash_mix(value + c);
		}
	}
	qsort(order, table->count, sizeof *order, compare_order);
	return order;
}

static void count_values(struct column *column)
{
	column->counts = memory_alloc(column->dictionary->values.count + 1, sizeof *column->counts);
	for (size_t i = 0; i < column->entries; i++)
		column->counts[column->codes[i]]++;
	column->filled = column->entries;
}

static void measure_scarcity(struct column *column)
{
	size_t count = column->dictionary->values.count;
	column->scarcity = memory_alloc(count + 1, 1);
	for (size_t code = 1; code <= count; code++) {
		double frequency = ((double)column->counts[code] + 0.5) / ((double)column->filled + 1);
		double scarcity = -2 * log2(frequency);
		column->scarcity[code] = (unsigned char)(scarcity < 0               ? 0
							 : scarcity > SCARCITY_MOST ? SCARCITY_MOST
										    : scarcity);
	}
}

static unsigned most_values(const struct column *column)
{
	unsigned most = 1, run = 0;
	for (size_t i = 0; i < column->entries; i++) {
		run = i > 0 && column->records[i] == column->records[i - 1] ? run + 1 : 1;
		most = run > most ? run : most;
	}
	return most < MOST_SLOTS ? most : MOST_SLOTS;
}

/* The order of a record's values must not depend on the order of adding either. */
static void put_value(const struct column *column, uint32_t *slots, uint32_t code)
{
	const uint64_t *hashes = column->dictionary->values.hashes;
	for (unsigned i = 0; i < column->slots; i++) {
		if (slots[i] == 0) {
			slots[i] = code;
			return;
		}
		if (hashes[code - 1] < hashes[slots[i] - 1]) {
			uint32_t moved = slots[i];
			slots[i] = code;
			code = moved;
		}
	}
}

void linking_table_pack(struct linking_table *table)
{
	struct order *order = order_by_content(table);
	table->added = memory_alloc(table->count, sizeof *table->added);
	table->row_of = memory_alloc(table->count, sizeof *table->row_of);
	for (size_t i = 0; i < table->count; i++) {
		table->added[i] = order[i].record;
		table->row_of[order[i].record] = (uint32_t)i;
	}
	free(order);
	table->stride = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		struct column *column = &table->columns[c];
		column->slots = most_values(column);
		column->at = table->stride;
		table->stride += column->slots;
		count_values(column);
		if (c == table->given || c == table->family)
			measure_scarcity(column);
		read_values(column);
	}
	table->rows = memory_alloc(table->count * table->stride, sizeof *table->rows);
	for (size_t c = 0; c < table->column_count; c++) {
		struct column *column = &table->columns[c];
		for (size_t i = 0; i < column->entries; i++) {
			size_t row = table->row_of[column->records[i]];
			put_value(column, table->rows + row * table->stride + column->at, column->codes[i]);
		}
		free(column->records);
		free(column->codes);
		column->records = column->codes = NULL;
	}
}
