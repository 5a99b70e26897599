#include "base/memory.h"
#include "base/threads.h"
#include "clean/birth.h"
#include "linking/linking_int.h"
#include "linking/sort.h"

#include <math.h>
#include <stdlib.h>

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
	values_init(&dictionary->values);
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
	table->place = first_of(table, LINKING_PLACE);
	table->source = first_of(table, LINKING_SOURCE);
	table->encoding = first_of(table, LINKING_ENCODING);
	table->encoded_place = first_of(table, LINKING_ENCODED_PLACE);
	return table;
}

void linking_table_free(struct linking_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->dictionary_count; i++) {
		values_release(&table->dictionaries[i].values);
		free(table->dictionaries[i].births);
		free(table->dictionaries[i].birth_digits);
		free(table->dictionaries[i].encodings);
		free(table->dictionaries[i].places);
		free(table->dictionaries[i].gists);
	}
	for (size_t i = 0; i < table->column_count; i++) {
		free(table->columns[i].codes);
		free(table->columns[i].further);
		free(table->columns[i].counts);
		free(table->columns[i].rarity);
		free(table->columns[i].scarcity);
	}
	free(table->keys);
	free(table->rows);
	free(table->files);
	free(table->added);
	free(table->row_of);
	free(table->sources);
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

size_t linking_table_add_records(struct linking_table *table, size_t count, int64_t first_key)
{
	size_t first = table->count;
	if (first + count > table->key_capacity) {
		table->key_capacity = first + count;
		table->keys = memory_resize(table->keys, table->key_capacity, sizeof *table->keys);
	}
	for (size_t i = 0; i < count; i++)
		table->keys[first + i] = first_key + (int64_t)i;
	table->count += count;
	return first;
}

void linking_table_set_file(struct linking_table *table, size_t first, unsigned file)
{
	if (table->file_count == LINKING_FILES)
		return;
	table->file_first[table->file_count] = first;
	table->file_numbers[table->file_count++] = file < LINKING_FILES ? file : LINKING_FILES - 1;
}

/* Room for a code of each record; those behind what was there are 0. */
static void column_reserve(struct column *column, size_t count)
{
	if (count <= column->code_capacity)
		return;
	size_t capacity = count < column->code_capacity * 2 ? column->code_capacity * 2 : count;
	column->codes = memory_resize(column->codes, capacity, sizeof *column->codes);
	memset(column->codes + column->code_capacity, 0, (capacity - column->code_capacity) * sizeof *column->codes);
	column->code_capacity = capacity;
}

static void add_code(struct column *column, uint32_t record, uint32_t code)
{
	if (column->codes[record] == 0) {
		column->codes[record] = code;
		return;
	}
	if (column->codes[record] == code)
		return;
	for (size_t i = column->further_count; i > 0 && column->further[i - 1].record == record; i--) {
		if (column->further[i - 1].code == code)
			return;
	}
	ARRAY_GROW(column->further, column->further_count, column->further_capacity);
	column->further[column->further_count++] = (struct further){record, code};
}

void linking_table_add_value(struct linking_table *table, size_t column, struct text value)
{
	struct column *c = &table->columns[column];
	if (value.len == 0 || table->count == 0)
		return;
	column_reserve(c, table->count);
	add_code(c, (uint32_t)(table->count - 1), values_code(&c->dictionary->values, value));
}

void table_add_code(struct linking_table *table, size_t column, uint32_t record, uint32_t code)
{
	column_reserve(&table->columns[column], table->count);
	add_code(&table->columns[column], record, code);
}

struct bulk_job {
	struct linking_table *table;
	const struct linking_bulk *parts;
	size_t part_count, first, count;
	size_t order[LINKING_COLUMNS]; /* of dictionaries: which has most to do is begun first */
};

static void add_part(const struct bulk_job *job, const struct linking_bulk *part)
{
	struct column *column = &job->table->columns[part->column];
	uint32_t *code_of = memory_resize(NULL, part->value_count + 1, sizeof *code_of);
	code_of[0] = 0;
	values_codes(&column->dictionary->values, part->values, part->value_count, code_of + 1);
	column_reserve(column, job->first + job->count);
	for (size_t i = 0; i < job->count; i++) {
		uint32_t code = code_of[part->codes[i]];
		if (code)
			add_code(column, (uint32_t)(job->first + i), code);
	}
	free(code_of);
}

static const struct dictionary *dictionary_of(const struct bulk_job *job, size_t part)
{
	return job->table->columns[job->parts[part].column].dictionary;
}

/* All parts of one dictionary, in their order. */
static void add_dictionary(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	const struct bulk_job *job = context;
	(void)chunk, (void)end, (void)thread;
	for (size_t p = 0; p < job->part_count; p++) {
		if (dictionary_of(job, p) == &job->table->dictionaries[job->order[first]])
			add_part(job, &job->parts[p]);
	}
}

static void order_dictionaries(struct bulk_job *job)
{
	size_t values[LINKING_COLUMNS] = {0};
	for (size_t p = 0; p < job->part_count; p++)
		values[dictionary_of(job, p) - job->table->dictionaries] += job->parts[p].value_count;
	for (size_t d = 0; d < job->table->dictionary_count; d++) {
		size_t at = d;
		for (; at > 0 && values[job->order[at - 1]] < values[d]; at--)
			job->order[at] = job->order[at - 1];
		job->order[at] = d;
	}
}

void linking_table_add_bulk(struct linking_table *table, size_t first, size_t count, const struct linking_bulk *parts,
			    size_t part_count, unsigned threads)
{
	struct bulk_job job = {table, parts, part_count, first, count, {0}};
	order_dictionaries(&job);
	parallel_for(table->dictionary_count, 1, threads, add_dictionary, &job);
}

struct text linking_table_value(const struct linking_table *table, size_t record, size_t column)
{
	const struct column *c = &table->columns[column];
	return c->codes && record < c->code_capacity ? dictionary_value(c->dictionary, c->codes[record]) : TEXT_ABSENT;
}

struct text linking_place_value(char out[LINKING_PLACE_SIZE], int64_t property_id, struct text postcode,
				struct text address)
{
	if (property_id == 0 && postcode.len == 0 && address.len == 0)
		return TEXT_ABSENT;
	/* by hand: a million of these are made in a run */
	const struct text parts[] = {TEXT("\x1f"), postcode, TEXT("\x1f"), address};
	size_t len = property_id ? (size_t)snprintf(out, LINKING_PLACE_SIZE, "%lld", (long long)property_id) : 1;
	if (property_id == 0)
		out[0] = '0';
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t room = LINKING_PLACE_SIZE - 1 - len, take = parts[i].len < room ? parts[i].len : room;
		if (take)
			memcpy(out + len, parts[i].at, take);
		len += take;
	}
	out[len] = '\0';
	return text_slice(out, len);
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
	if (address.len > 0) {
		place.address = text_hash(address);
		place.door = clean_door(address);
	}
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
		dictionary->birth_digits = memory_alloc(count + 1, sizeof *dictionary->birth_digits);
		for (size_t i = 0; i < count; i++) {
			if (!date_parse_iso(dictionary->values.keys[i], &dictionary->births[i + 1]))
				dictionary->births[i + 1] = DATE_UNKNOWN;
			else
				dictionary->birth_digits[i + 1] = clean_birth_digits(dictionary->births[i + 1]);
			dictionary->unknown_births |= dictionary->births[i + 1] == DATE_UNKNOWN;
		}
	} else if (column->is.kind == LINKING_PLACE) {
		dictionary->places = memory_alloc_lines(count + 1, sizeof *dictionary->places);
		dictionary->places[0] = (struct place){0}; /* the others: read_places() */
	} else if (is_encoded(column->is.kind)) {
		struct text mark;
		dictionary->encodings = memory_alloc(count + 1, sizeof *dictionary->encodings);
		for (size_t i = 0; i < count; i++)
			(void)encoding_parse(&dictionary->encodings[i + 1], &mark, dictionary->values.keys[i]);
	}
}

/* ---- rows in order of content --------------------------------------------------------------------- */

enum { RECORDS_A_CHUNK = 1 << 14, VALUES_A_CHUNK = 1 << 12 };

struct ordering {
	const struct linking_table *table;
	const struct column *near; /* rows with one value of it lie beside each other */
	uint64_t *content;         /* by record: a hash of what it says that no order of adding can change */
	uint64_t *entries;         /* by record: what its place hangs on, and its number */
};

static void hash_contents(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct ordering *o = context;
	(void)chunk, (void)thread;
	for (size_t c = 0; c < o->table->column_count; c++) {
		const struct column *column = &o->table->columns[c];
		const uint64_t *hashes = column->dictionary->values.hashes;
		for (size_t i = first; i < end; i++) {
			if (column->codes[i])
				o->content[i] += hash_mix(hashes[column->codes[i] - 1] + c);
		}
	}
}

static void hash_further(struct ordering *o)
{
	for (size_t c = 0; c < o->table->column_count; c++) {
		const struct column *column = &o->table->columns[c];
		for (size_t i = 0; i < column->further_count; i++)
			o->content[column->further[i].record] +=
				hash_mix(column->dictionary->values.hashes[column->further[i].code - 1] + c);
	}
}

/* Half of the key from the column that most blocks share, so that those who are compared are near in
 * memory; half from all that the record says. */
static void make_entries(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct ordering *o = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		uint64_t key = o->content[i] >> 32;
		uint32_t code = o->near ? o->near->codes[i] : 0;
		if (code)
			key = (hash_mix(o->near->dictionary->values.hashes[code - 1]) >> 48) << 16 | key >> 16;
		o->entries[i] = key << 32 | i;
	}
}

static int compare_records(const void *a, const void *b, void *context)
{
	const struct ordering *o = context;
	uint32_t x = (uint32_t) * (const uint64_t *)a, y = (uint32_t) * (const uint64_t *)b;
	if (o->content[x] != o->content[y])
		return o->content[x] < o->content[y] ? -1 : 1;
	return (o->table->keys[x] > o->table->keys[y]) - (o->table->keys[x] < o->table->keys[y]);
}

/* Records of one key by all of their content, and equal ones by the caller's key. */
static void settle_ties(struct ordering *o)
{
	size_t count = o->table->count;
	for (size_t i = 0, behind; i < count; i = behind) {
		for (behind = i + 1; behind < count && sort_key(o->entries[behind]) == sort_key(o->entries[i]);
		     behind++)
			;
		if (behind - i > 1)
			qsort_r(o->entries + i, behind - i, sizeof *o->entries, compare_records, o);
	}
}

/* The table's records in order of content, in the lower halves of the entries. */
static uint64_t *order_by_content(const struct linking_table *table, unsigned threads)
{
	struct ordering o = {.table = table};
	size_t near = table->birth != LINKING_COLUMNS ? table->birth : table->family;
	o.near = near != LINKING_COLUMNS ? &table->columns[near] : NULL;
	o.content = memory_alloc(table->count, sizeof *o.content);
	o.entries = memory_resize(NULL, table->count, sizeof *o.entries);
	uint64_t *spare = memory_resize(NULL, table->count, sizeof *spare);
	parallel_for(table->count, RECORDS_A_CHUNK, threads, hash_contents, &o);
	hash_further(&o);
	parallel_for(table->count, RECORDS_A_CHUNK, threads, make_entries, &o);
	sort_by_key(o.entries, spare, table->count, threads);
	free(spare);
	settle_ties(&o);
	free(o.content);
	return o.entries;
}

static void count_values(struct column *column, size_t records)
{
	column->counts = memory_alloc(column->dictionary->values.count + 1, sizeof *column->counts);
	for (size_t i = 0; i < records; i++)
		column->counts[column->codes[i]]++;
	column->filled = records - column->counts[0] + column->further_count;
	column->counts[0] = 0;
	for (size_t i = 0; i < column->further_count; i++)
		column->counts[column->further[i].code]++;
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
	unsigned most = 1, run = 1;
	for (size_t i = 0; i < column->further_count; i++) {
		run = i > 0 && column->further[i].record == column->further[i - 1].record ? run + 1 : 2;
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

static void prepare_column(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct linking_table *table = context;
	struct column *column = &table->columns[first];
	(void)chunk, (void)end, (void)thread;
	count_values(column, table->count);
	if (first == table->given || first == table->family)
		measure_scarcity(column);
	read_values(column);
}

static void read_places(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct dictionary *dictionary = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++)
		dictionary->places[i + 1] = read_place(dictionary->values.keys[i]);
}

static void make_gists(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct dictionary *dictionary = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		struct text value = dictionary->values.keys[i];
		dictionary->gists[i + 1] = dictionary->names ? clean_name_gist(value) : clean_contact_gist(value);
	}
}

static void fill_rows(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct linking_table *table = context;
	(void)chunk, (void)thread;
	memset(table->rows + first * table->stride, 0, (end - first) * table->stride * sizeof *table->rows);
	for (size_t c = 0; c < table->column_count; c++) {
		const struct column *column = &table->columns[c];
		uint32_t *at = table->rows + first * table->stride + column->at;
		for (size_t row = first; row < end; row++, at += table->stride)
			*at = column->codes[table->added[row]];
	}
}

static void place_files(struct linking_table *table)
{
	if (table->file_count == 0)
		return;
	table->files = memory_alloc(table->count + 1, 1);
	for (size_t f = 0; f < table->file_count; f++) {
		size_t end = f + 1 < table->file_count ? table->file_first[f + 1] : table->count;
		for (size_t i = table->file_first[f]; i < end; i++)
			table->files[table->row_of[i]] = (unsigned char)table->file_numbers[f];
	}
}

static void forget_entries(struct linking_table *table)
{
	for (size_t c = 0; c < table->column_count; c++) {
		struct column *column = &table->columns[c];
		for (size_t i = 0; i < column->further_count; i++) {
			size_t row = table->row_of[column->further[i].record];
			put_value(column, table->rows + row * table->stride + column->at, column->further[i].code);
		}
		free(column->codes);
		free(column->further);
		column->codes = NULL;
		column->further = NULL;
	}
}

/* How many pairs the files allow. */
double comparable_pairs(const struct linking_table *table, const struct linking_settings *settings)
{
	double records = (double)table->count, pairs = records * (records - 1) / 2, of_file[LINKING_FILES] = {0};
	for (size_t i = 0; i < table->count; i++)
		of_file[table->files ? table->files[i] : 0]++;
	for (unsigned f = 0; f < LINKING_FILES; f++) {
		if (settings->link_only || (settings->clean_files >> f & 1))
			pairs -= of_file[f] * (of_file[f] - 1) / 2;
	}
	return pairs > 0 ? pairs : 0;
}

void linking_table_pack(struct linking_table *table, unsigned threads)
{
	table->stride = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		struct column *column = &table->columns[c];
		column_reserve(column, table->count + 1);
		column->slots = most_values(column);
		column->at = table->stride;
		table->stride += column->slots;
	}
	table->stride = (table->stride + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
	uint64_t *order = order_by_content(table, threads);
	table->added = memory_resize(NULL, table->count, sizeof *table->added);
	table->row_of = memory_resize(NULL, table->count, sizeof *table->row_of);
	for (size_t i = 0; i < table->count; i++) {
		table->added[i] = sort_value(order[i]);
		table->row_of[table->added[i]] = (uint32_t)i;
	}
	free(order);
	parallel_for(table->column_count, 1, threads, prepare_column, table);
	for (size_t c = 0; c < table->column_count; c++) {
		struct dictionary *dictionary = table->columns[c].dictionary;
		enum linking_kind kind = table->columns[c].is.kind;
		if (kind == LINKING_PLACE)
			parallel_for(dictionary->values.count, VALUES_A_CHUNK, threads, read_places, dictionary);
		dictionary->names = is_name(kind);
		if ((!is_name(kind) && kind != LINKING_PHONE && kind != LINKING_EMAIL) || dictionary->gists)
			continue;
		dictionary->gists = memory_alloc(dictionary->values.count + 1, sizeof *dictionary->gists);
		parallel_for(dictionary->values.count, VALUES_A_CHUNK, threads, make_gists, dictionary);
	}
	table->rows = memory_alloc_lines(table->count * table->stride, sizeof *table->rows);
	parallel_for(table->count, RECORDS_A_CHUNK, threads, fill_rows, table);
	place_files(table);
	forget_entries(table);
}
