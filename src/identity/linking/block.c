#include "base/memory.h"
#include "base/threads.h"
#include "linking/block_int.h"

#include <stdlib.h>

struct entry {
	uint64_t key;
	uint32_t row;
};

struct entries {
	struct entry *at;
	size_t count, capacity;
};

/* ---- keys of a row ------------------------------------------------------------------------------ */

struct row_keys {
	uint64_t at[MOST_KEYS];
	size_t count;
};

static void add_key(struct row_keys *keys, uint64_t key)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (keys->at[i] == key)
			return;
	}
	if (keys->count < MOST_KEYS)
		keys->at[keys->count++] = key;
}

/* All combinations of the parts' values; sums, so that names in either order come to one key. */
static void combine(struct row_keys *out, const struct rule *rule, const struct part_keys *parts,
		    const struct linking_table *table, const uint32_t *row, size_t part, uint64_t sum)
{
	if (part == rule->is.count) {
		add_key(out, hash_mix(sum) | 1);
		return;
	}
	const struct column *column = &table->columns[parts[part].part.column];
	uint64_t salt = rule->is.any_order ? 0 : part * 77;
	for (unsigned i = 0; i < column->slots && row[column->at + i]; i++) {
		uint32_t code = row[column->at + i];
		uint64_t first = parts[part].first[code], second = parts[part].second[code];
		if (first)
			combine(out, rule, parts, table, row, part + 1, sum + hash_mix(first + salt));
		if (second && second != first)
			combine(out, rule, parts, table, row, part + 1, sum + hash_mix(second + salt));
	}
}

static void make_entries(struct entries *out, const struct rule *rule, const struct part_keys *parts,
			 const struct linking_table *table)
{
	for (size_t row = 0; row < table->count; row++) {
		struct row_keys keys = {.count = 0};
		combine(&keys, rule, parts, table, table_row(table, (uint32_t)row), 0, 0);
		for (size_t i = 0; i < keys.count; i++) {
			ARRAY_GROW(out->at, out->count, out->capacity);
			out->at[out->count++] = (struct entry){keys.at[i], (uint32_t)row};
		}
	}
}

/* ---- sorting by key -------------------------------------------------------------------------------- */

enum { DIGIT = 11, DIGITS = 3 };

/* Least digit first over the top 33 bits; stable, so rows stay ascending within a key. */
static void radix_sort(struct entries *entries)
{
	struct entry *from = entries->at, *to = memory_alloc(entries->count, sizeof *to);
	for (int pass = 0; pass < DIGITS; pass++) {
		int shift = 64 - DIGIT * (DIGITS - pass);
		size_t starts[(1 << DIGIT) + 1] = {0};
		for (size_t i = 0; i < entries->count; i++)
			starts[((from[i].key >> shift) & ((1 << DIGIT) - 1)) + 1]++;
		for (size_t i = 0; i < 1 << DIGIT; i++)
			starts[i + 1] += starts[i];
		for (size_t i = 0; i < entries->count; i++)
			to[starts[(from[i].key >> shift) & ((1 << DIGIT) - 1)]++] = from[i];
		struct entry *t = from;
		from = to;
		to = t;
	}
	free(to);
	entries->at = from;
	/* keys that agree in 33 bits and differ below are a handful */
	for (size_t i = 1; i < entries->count; i++) {
		struct entry moved = from[i];
		size_t j = i;
		for (; j > 0 && from[j - 1].key > moved.key; j--)
			from[j] = from[j - 1];
		from[j] = moved;
	}
}

/* ---- one rule ------------------------------------------------------------------------------------------ */

struct refiner {
	const struct column *column;
	struct part_keys keys;
};

struct rule_blocks { /* as struct blocks, for one rule */
	struct block *at;
	size_t count, capacity;
	uint32_t *members;
	size_t member_count, member_capacity;
	uint64_t oversized, cut;
};

struct job {
	const struct linking_table *table;
	const struct rules *rules;
	const struct refiner *refiners;
	size_t refiner_count, largest;
	struct rule_blocks *results;
};

static void keep_block(struct rule_blocks *out, uint64_t key, const struct entry *entries, size_t count)
{
	if (count < 2)
		return;
	ARRAY_GROW(out->at, out->count, out->capacity);
	out->at[out->count++] =
		(struct block){.key = key, .first = (uint32_t)out->member_count, .count = (uint32_t)count};
	for (size_t i = 0; i < count; i++) {
		ARRAY_GROW(out->members, out->member_count, out->member_capacity);
		out->members[out->member_count++] = entries[i].row;
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* A block too large to compare everybody with everybody: by the next column that parts it. What
 * nothing parts says the same in all that we know: neighbours in order of content are compared. */
static void divide_block(const struct job *job, struct rule_blocks *out, uint64_t key, struct entry *entries,
			 size_t count, size_t next)
{
	if (count <= job->largest) {
		keep_block(out, key, entries, count);
		return;
	}
	if (next == job->refiner_count) {
		out->cut++;
		for (size_t i = 0; i < count; i += job->largest / 2)
			keep_block(out, hash_mix(key + i), entries + i,
				   count - i < job->largest ? count - i : job->largest);
		return;
	}
	const struct refiner *refiner = &job->refiners[next];
	struct entry *parts = memory_alloc(count, sizeof *parts);
	for (size_t i = 0; i < count; i++) {
		uint32_t code = table_row(job->table, entries[i].row)[refiner->column->at];
		parts[i] = (struct entry){code ? refiner->keys.first[code] : 0, entries[i].row};
	}
	qsort(parts, count, sizeof *parts, compare_entries);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && parts[end].key == parts[i].key; end++)
			;
		divide_block(job, out, hash_mix(key + parts[i].key), parts + i, end - i, next + 1);
	}
	free(parts);
}

static void block_rule(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	const struct job *job = context;
	const struct rule *rule = &job->rules->at[first];
	struct rule_blocks *out = &job->results[first];
	struct part_keys parts[LINKING_PARTS];
	struct entries entries = {0};
	(void)chunk, (void)end, (void)thread;
	for (size_t i = 0; i < rule->is.count; i++)
		part_keys_make(&parts[i], job->table, rule->is.parts[i]);
	make_entries(&entries, rule, parts, job->table);
	radix_sort(&entries);
	for (size_t i = 0, behind; i < entries.count; i = behind) {
		for (behind = i + 1; behind < entries.count && entries.at[behind].key == entries.at[i].key; behind++)
			;
		out->oversized += behind - i > job->largest;
		divide_block(job, out, entries.at[i].key, entries.at + i, behind - i, 0);
	}
	for (size_t i = 0; i < rule->is.count; i++)
		part_keys_release(&parts[i]);
	free(entries.at);
}

/* ---- all rules -------------------------------------------------------------------------------------------- */

static size_t make_refiners(struct refiner *refiners, const struct linking_table *table)
{
	static const struct linking_part wanted[] = {
		{LINKING_BIRTH, LINKING_KEY_YEAR, 0},       {LINKING_GIVEN, LINKING_KEY_SOUND, 0},
		{LINKING_FAMILY, LINKING_KEY_SOUND, 0},     {LINKING_PLACE, LINKING_KEY_DISTRICT, 0},
		{LINKING_BIRTH, LINKING_KEY_BIRTH, 0},      {LINKING_PLACE, LINKING_KEY_UNIT, 0},
		{LINKING_PLACE, LINKING_KEY_PROPERTY, 0},   {LINKING_TEXT, LINKING_KEY_EXACT, 0},
		{LINKING_PHONE, LINKING_KEY_EXACT, 0},      {LINKING_EMAIL, LINKING_KEY_EXACT, 0},
		{LINKING_IDENTIFIER, LINKING_KEY_EXACT, 0}, {LINKING_NHS, LINKING_KEY_EXACT, 0},
	};
	size_t count = 0;
	for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
		for (size_t c = 0; c < table->column_count && count < LINKING_COLUMNS * 2; c++) {
			if (table->columns[c].is.kind != (enum linking_kind)wanted[w].column)
				continue;
			refiners[count].column = &table->columns[c];
			part_keys_make(&refiners[count++].keys, table,
				       (struct linking_part){.column = c, .transform = wanted[w].transform});
		}
	}
	return count;
}

static void append_rule(struct blocks *blocks, struct rule_blocks *from, size_t rule, struct linking_report *report)
{
	for (size_t i = 0; i < from->count; i++) {
		struct block block = from->at[i];
		block.first += (uint32_t)blocks->member_count;
		block.rule = (uint16_t)rule;
		blocks->pairs += (uint64_t)block.count * (block.count - 1) / 2;
		ARRAY_GROW(blocks->at, blocks->count, blocks->capacity);
		blocks->at[blocks->count++] = block;
	}
	if (from->member_count > 0) {
		blocks->members =
			memory_resize(blocks->members, blocks->member_count + from->member_count, sizeof(uint32_t));
		memcpy(blocks->members + blocks->member_count, from->members, from->member_count * sizeof(uint32_t));
		blocks->member_count += from->member_count;
	}
	report->rule[rule].oversized = from->oversized;
	report->rule[rule].cut = from->cut;
	free(from->at);
	free(from->members);
}

static void list_by_row(struct blocks *blocks, size_t rows)
{
	blocks->starts = memory_alloc(rows + 2, sizeof *blocks->starts);
	blocks->of = memory_alloc(blocks->member_count + 1, sizeof *blocks->of);
	uint32_t *starts = blocks->starts; /* one place ahead while filling */
	for (size_t i = 0; i < blocks->member_count; i++)
		starts[blocks->members[i] + 2]++;
	for (size_t i = 1; i < rows + 2; i++)
		starts[i] += starts[i - 1];
	for (size_t b = 0; b < blocks->count; b++) {
		for (uint32_t i = 0; i < blocks->at[b].count; i++)
			blocks->of[starts[blocks->members[blocks->at[b].first + i] + 1]++] = (uint32_t)b;
	}
}

void blocks_make(struct blocks *blocks, const struct linking_table *table, const struct linking_settings *settings,
		 struct linking_report *report)
{
	struct rules *rules = memory_alloc(1, sizeof *rules);
	struct refiner *refiners = memory_alloc(LINKING_COLUMNS * 2, sizeof *refiners);
	memset(blocks, 0, sizeof *blocks);
	rules_make(rules, table, settings);
	struct job job = {.table = table,
			  .rules = rules,
			  .refiners = refiners,
			  .largest = settings->largest_block ? settings->largest_block : 200};
	job.refiner_count = make_refiners(refiners, table);
	job.results = memory_alloc(rules->count + 1, sizeof *job.results);
	parallel_for(rules->count, 1, settings->threads, block_rule, &job);
	report->rules = rules->count;
	for (size_t r = 0; r < rules->count; r++) {
		memcpy(report->rule[r].name, rules->at[r].name, sizeof rules->at[r].name);
		append_rule(blocks, &job.results[r], r, report);
	}
	list_by_row(blocks, table->count);
	for (size_t i = 0; i < job.refiner_count; i++)
		part_keys_release(&refiners[i].keys);
	free(job.results);
	free(refiners);
	free(rules);
}

void blocks_release(struct blocks *blocks)
{
	free(blocks->at);
	free(blocks->members);
	free(blocks->starts);
	free(blocks->of);
}

uint32_t blocks_first_common(const struct blocks *blocks, uint32_t a, uint32_t b)
{
	const uint32_t *x = blocks->of + blocks->starts[a], *x_end = blocks->of + blocks->starts[a + 1];
	const uint32_t *y = blocks->of + blocks->starts[b], *y_end = blocks->of + blocks->starts[b + 1];
	while (x < x_end && y < y_end) {
		if (*x == *y)
			return *x;
		if (*x < *y)
			x++;
		else
			y++;
	}
	return UINT32_MAX;
}
