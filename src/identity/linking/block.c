#include "base/memory.h"
#include "base/threads.h"
#include "clean/fold.h"
#include "linking/block_int.h"
#include "linking/sort.h"

#include <stdlib.h>

struct refiner {
	const struct column *column;
	struct linking_part part;
};
enum { REFINERS = LINKING_COLUMNS * 2 };
/* What one way of a chosen rule may come to. */
enum { PAIRS_A_RECORD = 4, PAIRS_AT_LEAST = 2000000 };

struct entries {
	uint64_t *at, *spare; /* as many in each */
	size_t count, capacity;
};

struct job {
	struct blocks *blocks;
	struct entries *entries; /* by thread: used for one way after the other */
	struct refiner refiners[REFINERS];
	size_t refiner_count, largest;
	uint64_t most_pairs; /* of one way; 0: any number */
};

/* ---- one block -------------------------------------------------------------------------------------- */

static void keep_block(struct way_blocks *of, uint32_t key, const uint64_t *entries, size_t count, bool part)
{
	if (count < 2) { /* alone, but of a block that was divided: UINT32_MAX is no block */
		if (part && count == 1) {
			ARRAY_GROW(of->parts, of->part_count, of->part_capacity);
			of->parts[of->part_count++] = sort_entry(sort_value(entries[0]), UINT32_MAX);
		}
		return;
	}
	if (of->count + 1 >= of->capacity)
		of->starts = memory_grow(of->starts, of->count + 1, &of->capacity, sizeof *of->starts);
	ARRAY_GROW(of->keys, of->count, of->key_capacity);
	while (of->member_count + count > of->member_capacity)
		of->members = memory_grow(of->members, of->member_capacity, &of->member_capacity, sizeof *of->members);
	for (size_t i = 0; i < count; i++) {
		of->members[of->member_count + i] = sort_value(entries[i]);
		if (part) {
			ARRAY_GROW(of->parts, of->part_count, of->part_capacity);
			of->parts[of->part_count++] = sort_entry(sort_value(entries[i]), (uint32_t)of->count);
		}
	}
	of->keys[of->count] = key;
	of->starts[of->count++] = (uint32_t)of->member_count;
	of->member_count += count;
	of->starts[of->count] = (uint32_t)of->member_count;
	of->pairs += (uint64_t)count * (count - 1) / 2;
}

static uint32_t refining_key(const struct job *job, const struct refiner *refiner, uint32_t row)
{
	uint32_t code = table_row(job->blocks->table, row)[refiner->column->at];
	return code ? (uint32_t)(hash_mix(value_keys(refiner->column, code, refiner->part).first) >> 32) : 0;
}

/* A block too large to compare everybody with everybody: by the next column that parts it. What nothing parts says
 * nearly the same in all that we know: neighbours in order of content are compared. */
static void divide_block(const struct job *job, struct way_blocks *of, uint32_t key, const uint64_t *entries,
			 size_t count, size_t next, size_t largest)
{
	if (count <= largest) {
		keep_block(of, key, entries, count, true);
		return;
	}
	if (next == job->refiner_count) {
		size_t step = largest > 1 ? largest / 2 : 1;
		of->cut++;
		for (size_t i = 0; i < count; i += step)
			keep_block(of, key, entries + i, count - i < largest ? count - i : largest, true);
		return;
	}
	uint64_t *parts = memory_alloc(count, sizeof *parts), *spare = memory_alloc(count, sizeof *spare);
	for (size_t i = 0; i < count; i++) {
		uint32_t row = sort_value(entries[i]);
		parts[i] = sort_entry(refining_key(job, &job->refiners[next], row), row);
	}
	sort_by_key(parts, spare, count, 1);
	free(spare);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && sort_key(parts[end]) == sort_key(parts[i]); end++)
			;
		divide_block(job, of, key, parts + i, end - i, next + 1, largest);
	}
	free(parts);
}

/* ---- one way ------------------------------------------------------------------------------------------ */

static void make_entries(struct entries *out, const struct blocks *blocks, const struct way *way)
{
	const struct lanes *lanes = &blocks->lanes;
	if (out->capacity == 0) {
		out->capacity = blocks->table->count + 1;
		out->at = memory_resize(NULL, out->capacity, sizeof *out->at);
		out->spare = memory_resize(NULL, out->capacity, sizeof *out->spare);
	}
	out->count = 0;
	for (uint32_t row = 0; row < blocks->table->count; row++) {
		uint32_t keys[MOST_KEYS];
		if (lanes->flags[row] & ROW_COPY)
			continue;
		size_t count = way_keys(lanes, way, row, keys);
		for (size_t i = 0; i < count; i++) {
			if (out->count == out->capacity) {
				out->spare = memory_resize(out->spare, out->capacity * 2, sizeof *out->spare);
				ARRAY_GROW(out->at, out->count, out->capacity);
			}
			out->at[out->count++] = sort_entry(keys[i], row);
		}
	}
}

/* By row; the blocks of a row, which are few, came in order but for UINT32_MAX. */
static void sort_parts(uint64_t *parts, size_t count)
{
	uint64_t *spare = memory_resize(NULL, count, sizeof *spare);
	sort_by_key(parts, spare, count, 1);
	free(spare);
	for (size_t i = 1; i < count; i++) {
		uint64_t moved = parts[i];
		size_t j = i;
		for (; j > 0 && parts[j - 1] > moved; j--)
			parts[j] = parts[j - 1];
		parts[j] = moved;
	}
}

static void *fitted(void *at, size_t count, size_t size)
{
	return memory_resize(at, count + 1, size);
}

/* How large a block may be. Rules that are chosen must not grow with the square of the records: blocks of the commonest
 * names are divided sooner, until the way has no more pairs than it may. */
static size_t largest_block(const struct job *job, const struct entries *entries)
{
	enum { LEAST = 8 };
	uint64_t rows_above = 0, pairs = 0;
	if (job->most_pairs == 0 || job->largest <= LEAST)
		return job->largest;
	uint32_t *counts = memory_alloc(job->largest + 1, sizeof *counts);
	for (size_t i = 0, behind; i < entries->count; i = behind) {
		for (behind = i + 1;
		     behind < entries->count && sort_key(entries->at[behind]) == sort_key(entries->at[i]); behind++)
			;
		if (behind - i <= job->largest)
			counts[behind - i]++;
		else
			rows_above += behind - i;
	}
	for (size_t size = 1; size <= job->largest; size++)
		pairs += (uint64_t)counts[size] * size * (size - 1) / 2;
	size_t largest = job->largest; /* larger ones are divided into some about as large */
	while (largest > LEAST && pairs + rows_above * largest / 2 > job->most_pairs) {
		pairs -= (uint64_t)counts[largest] * largest * (largest - 1) / 2;
		rows_above += (uint64_t)counts[largest] * largest;
		largest--;
	}
	free(counts);
	return largest;
}

static void block_way(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	const struct job *job = context;
	size_t w = job->blocks->way_count - 1 - first; /* the last, which are the broadest, take longest */
	struct way_blocks *of = &job->blocks->of[w];
	(void)chunk, (void)end;
	make_entries(&job->entries[thread], job->blocks, &job->blocks->ways[w]);
	struct entries entries = job->entries[thread];
	sort_by_key(entries.at, entries.spare, entries.count, 1);
	size_t largest = largest_block(job, &entries);
	for (size_t i = 0, behind; i < entries.count; i = behind) {
		uint32_t key = sort_key(entries.at[i]);
		for (behind = i + 1; behind < entries.count && sort_key(entries.at[behind]) == key; behind++)
			;
		if (behind - i <= largest) {
			keep_block(of, key, entries.at + i, behind - i, false);
			continue;
		}
		of->oversized++;
		ARRAY_GROW(of->divided_keys, of->divided_count, of->divided_capacity);
		of->divided_keys[of->divided_count++] = key;
		divide_block(job, of, key, entries.at + i, behind - i, 0, largest);
	}
	if (of->part_count > 0)
		sort_parts(of->parts, of->part_count);
	of->members = fitted(of->members, of->member_count, sizeof *of->members);
	of->starts = fitted(of->starts, of->count, sizeof *of->starts);
	of->keys = fitted(of->keys, of->count, sizeof *of->keys);
}

/* ---- rows that say the same ------------------------------------------------------------------------------ */

/* Equal rows more than this are one row in the blocks: what holds of the first holds of all. Fewer are compared like
 * others, so that every pair is seen. */
enum { FEW_COPIES = 32 };

static bool rows_equal(const struct linking_table *table, uint32_t a, uint32_t b)
{
	return memcmp(table_row(table, a), table_row(table, b), table->stride * sizeof(uint32_t)) == 0;
}

/* Equal rows lie beside each other. */
static void set_copies_apart(struct blocks *blocks)
{
	const struct linking_table *table = blocks->table;
	size_t capacity = 0;
	for (uint32_t first = 0, end; first < table->count; first = end) {
		for (end = first + 1; end < table->count && rows_equal(table, first, end); end++)
			;
		if (end - first <= FEW_COPIES)
			continue;
		for (uint32_t row = first + 1; row < end; row++) {
			if (2 * blocks->copy_count + 2 > capacity)
				blocks->copies = memory_grow(blocks->copies, 2 * blocks->copy_count + 1, &capacity,
							     sizeof *blocks->copies);
			blocks->copies[2 * blocks->copy_count] = row;
			blocks->copies[2 * blocks->copy_count++ + 1] = first;
			blocks->lanes.flags[row] |= ROW_COPY;
		}
	}
}

/* ---- all ways ----------------------------------------------------------------------------------------------- */

static size_t make_refiners(struct refiner *refiners, const struct linking_table *table)
{
	static const struct {
		enum linking_kind kind;
		enum linking_transform transform;
	} wanted[] = {
		{LINKING_BIRTH, LINKING_KEY_YEAR},       {LINKING_GIVEN, LINKING_KEY_SOUND},
		{LINKING_FAMILY, LINKING_KEY_SOUND},     {LINKING_PLACE, LINKING_KEY_DISTRICT},
		{LINKING_BIRTH, LINKING_KEY_BIRTH},      {LINKING_PLACE, LINKING_KEY_UNIT},
		{LINKING_PLACE, LINKING_KEY_PROPERTY},   {LINKING_TEXT, LINKING_KEY_EXACT},
		{LINKING_PHONE, LINKING_KEY_EXACT},      {LINKING_EMAIL, LINKING_KEY_EXACT},
		{LINKING_IDENTIFIER, LINKING_KEY_EXACT}, {LINKING_NHS, LINKING_KEY_EXACT},
	};
	size_t count = 0;
	for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
		for (size_t c = 0; c < table->column_count && count < REFINERS; c++) {
			if (table->columns[c].is.kind != wanted[w].kind)
				continue;
			refiners[count].column = &table->columns[c];
			refiners[count++].part = (struct linking_part){c, wanted[w].transform, 0};
		}
	}
	return count;
}

/* Which rows lie in blocks that were divided. */
static void mark_divided(struct blocks *blocks)
{
	for (size_t w = 0; w < blocks->way_count; w++) {
		for (size_t i = 0; i < blocks->of[w].part_count; i++)
			blocks->lanes.flags[blocks->of[w].parts[i] >> 32] |= ROW_DIVIDED;
	}
}

/* Blocks are divided by the year of birth first: where many records have none, that would part what belongs together.
 */
static bool births_are_known(const struct linking_table *table)
{
	return table->birth != LINKING_COLUMNS && table->columns[table->birth].filled * 10 >= table->count * 9;
}

void blocks_make(struct blocks *blocks, const struct linking_table *table, const struct linking_settings *settings,
		 struct linking_report *report)
{
	struct rules *rules = memory_alloc(1, sizeof *rules);
	struct job *job = memory_alloc(1, sizeof *job);
	memset(blocks, 0, sizeof *blocks);
	blocks->table = table;
	rules_make(rules, table, settings);
	lanes_make(blocks, rules, settings->threads);
	set_copies_apart(blocks);
	job->blocks = blocks;
	job->largest = settings->largest_block ? settings->largest_block : 200;
	if (settings->rule_count == 0 && births_are_known(table))
		job->most_pairs = PAIRS_A_RECORD * table->count + PAIRS_AT_LEAST;
	job->refiner_count = make_refiners(job->refiners, table);
	unsigned threads = settings->threads ? settings->threads : threads_available();
	job->entries = memory_alloc(threads, sizeof *job->entries);
	parallel_for(blocks->way_count, 1, threads, block_way, job);
	for (unsigned t = 0; t < threads; t++) {
		free(job->entries[t].at);
		free(job->entries[t].spare);
	}
	free(job->entries);
	mark_divided(blocks);
	report->rules = rules->count;
	report->identical = blocks->copy_count;
	for (size_t r = 0; r < rules->count; r++)
		memcpy(report->rule[r].name, rules->at[r].name, sizeof rules->at[r].name);
	for (size_t w = 0; w < blocks->way_count; w++) {
		report->rule[blocks->ways[w].rule].oversized += blocks->of[w].oversized;
		report->rule[blocks->ways[w].rule].cut += blocks->of[w].cut;
		blocks->pairs += blocks->of[w].pairs;
	}
	free(job);
	free(rules);
}

void blocks_release(struct blocks *blocks)
{
	for (size_t w = 0; w < blocks->way_count; w++) {
		free(blocks->of[w].starts);
		free(blocks->of[w].members);
		free(blocks->of[w].keys);
		free(blocks->of[w].divided_keys);
		free(blocks->of[w].parts);
	}
	free(blocks->copies);
	lanes_release(&blocks->lanes);
}

/* ---- going through pairs --------------------------------------------------------------------------------------- */

size_t blocks_stretches(struct stretch **out, const struct blocks *blocks)
{
	struct stretch *all = NULL;
	size_t count = 0, capacity = 0;
	for (unsigned w = 0; w < blocks->way_count; w++) {
		const struct way_blocks *of = &blocks->of[w];
		uint64_t pairs = 0;
		uint32_t first = 0;
		for (uint32_t b = 0; b < of->count; b++) {
			uint64_t members = of->starts[b + 1] - of->starts[b];
			pairs += members * (members - 1) / 2 + 1;
			if (pairs < PAIRS_A_STRETCH && b + 1 < of->count)
				continue;
			ARRAY_GROW(all, count, capacity);
			all[count++] = (struct stretch){w, first, b + 1};
			first = b + 1;
			pairs = 0;
		}
	}
	*out = all;
	return count;
}
