#include "base/memory.h"
#include "base/threads.h"
#include "linking/block_int.h"

#include <stdlib.h>

/* ---- which lanes and ways there are ---------------------------------------------------------------------- */

/* A lane is the first or second key of a part. A given name's second key is its group of nicknames and a lane of
 * its own; a double family name's halves are equals, and share one. */
struct lane {
	struct linking_part part;
	bool second, shared;
	uint32_t *key_of; /* by code; 0: none */
	uint32_t *other;  /* shared lanes: the second key by code */
};

struct plan {
	const struct linking_table *table;
	struct lane lanes[LANES];
	size_t count;
};

static bool has_groups(const struct linking_table *table, struct linking_part part)
{
	enum linking_kind kind = table->columns[part.column].is.kind;
	return part.transform == LINKING_KEY_SOUND && (kind == LINKING_GIVEN || kind == LINKING_MIDDLE);
}

/* LANES: there is no room for another. */
static unsigned lane_for(struct plan *plan, struct linking_part part, bool second)
{
	for (unsigned i = 0; i < plan->count; i++) {
		const struct lane *lane = &plan->lanes[i];
		if (lane->part.column == part.column && lane->part.transform == part.transform &&
		    lane->part.length == part.length && lane->second == second)
			return i;
	}
	if (plan->count == LANES)
		return LANES;
	plan->lanes[plan->count] =
		(struct lane){.part = part,
			      .second = second,
			      .shared = part.transform == LINKING_KEY_SOUND && !has_groups(plan->table, part)};
	return (unsigned)plan->count++;
}

static bool is_near(const struct linking_table *table, struct linking_part part)
{
	size_t near = table->birth != LINKING_COLUMNS ? table->birth : table->family;
	return part.column == near && (part.transform == LINKING_KEY_BIRTH || part.transform == LINKING_KEY_EXACT);
}

static unsigned crossing_for(struct lanes *lanes, unsigned given, unsigned family)
{
	for (unsigned i = 0; i < lanes->crossing_count; i++) {
		if (lanes->crossing[i][0] == given && lanes->crossing[i][1] == family)
			return i;
	}
	if (lanes->crossing_count == CROSSINGS)
		return CROSSINGS;
	lanes->crossing[lanes->crossing_count][0] = given;
	lanes->crossing[lanes->crossing_count][1] = family;
	return lanes->crossing_count++;
}

static void add_way(struct blocks *blocks, struct plan *plan, const struct linking_rule *rule, unsigned number,
		    unsigned seconds)
{
	struct way way = {.rule = number, .count = (unsigned)rule->count, .near = LANES};
	if (blocks->way_count == WAYS)
		return;
	for (unsigned i = 0; i < rule->count; i++) {
		unsigned lane = lane_for(plan, rule->parts[i], seconds >> i & 1);
		if (lane == LANES)
			return;
		way.lanes[i] = lane;
		way.need |= UINT64_C(1) << lane;
		if (is_near(plan->table, rule->parts[i]))
			way.near = lane;
	}
	way.crossing =
		rule->any_order && seconds == 0 ? crossing_for(&blocks->lanes, way.lanes[0], way.lanes[1]) : CROSSINGS;
	way.any_order = way.crossing < CROSSINGS;
	blocks->ways[blocks->way_count++] = way;
}

/* A rule with given names has a way for their sound and one for their group. */
static void plan_ways(struct blocks *blocks, struct plan *plan, const struct rules *rules)
{
	for (size_t r = 0; r < rules->count; r++) {
		const struct linking_rule *rule = &rules->at[r].is;
		for (unsigned seconds = 0; seconds < 1u << rule->count; seconds++) {
			bool possible = true;
			for (unsigned i = 0; i < rule->count; i++)
				possible &= !(seconds >> i & 1) || has_groups(plan->table, rule->parts[i]);
			if (possible)
				add_way(blocks, plan, rule, (unsigned)r, seconds);
		}
	}
}

/* An alternative holds when none of its lanes disagrees: by eight lanes, a table of those that may still hold.
 * The bits behind the lanes stand for names that have changed places. */
static void make_tables(struct blocks *blocks, size_t lane_count)
{
	uint64_t need[WAYS];
	unsigned count = 0;
	for (unsigned w = 0; w < blocks->way_count && count < WAYS; w++) {
		const struct way *way = &blocks->ways[w];
		blocks->way_of[count] = w;
		need[count++] = way->need;
		if (!way->any_order || count == WAYS)
			continue;
		blocks->way_of[count] = w;
		need[count++] = (way->need & ~(UINT64_C(1) << way->lanes[0]) & ~(UINT64_C(1) << way->lanes[1])) |
				UINT64_C(1) << (lane_count + way->crossing);
	}
	blocks->table_count = (unsigned)(lane_count + blocks->lanes.crossing_count + 7) / 8;
	for (unsigned t = 0; t < blocks->table_count; t++) {
		for (unsigned agree = 0; agree < 256; agree++) {
			for (unsigned i = 0; i < count; i++) {
				if (((need[i] >> (8 * t) & 255) & ~agree) == 0)
					blocks->tables[t][agree] |= UINT64_C(1) << i;
			}
		}
	}
}

/* ---- keys of values ---------------------------------------------------------------------------------------- */

static uint32_t lane_key(uint64_t key)
{
	return key ? (uint32_t)(hash_mix(key) >> 33) : 0; /* below LANE_NONE */
}

static void make_keys(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct plan *plan = context;
	struct lane *lane = &plan->lanes[first];
	const struct column *column = &plan->table->columns[lane->part.column];
	size_t count = column->dictionary->values.count;
	(void)chunk, (void)end, (void)thread;
	lane->key_of = memory_alloc(count + 1, sizeof *lane->key_of);
	if (lane->shared)
		lane->other = memory_alloc(count + 1, sizeof *lane->other);
	for (uint32_t code = 1; code <= count; code++) {
		if (!column->counts[code])
			continue; /* names share a dictionary: only what this column holds */
		struct value_keys keys = value_keys(column, code, lane->part);
		lane->key_of[code] = lane_key(lane->second ? keys.second : keys.first);
		if (lane->shared && keys.second != keys.first)
			lane->other[code] = lane_key(keys.second);
	}
}

/* ---- lanes of rows ------------------------------------------------------------------------------------------- */

enum { ROWS_A_CHUNK = 1 << 13 };

struct further_list {
	struct further_key *at;
	uint32_t *rows;
	size_t count, capacity, row_capacity;
};
struct filling {
	const struct plan *plan;
	struct lanes *lanes;
	struct further_list *lists; /* by chunk */
};

static void add_further(struct further_list *list, uint32_t row, unsigned lane, uint32_t key)
{
	ARRAY_GROW(list->at, list->count, list->capacity);
	ARRAY_GROW(list->rows, list->count, list->row_capacity);
	list->rows[list->count] = row;
	list->at[list->count++] = (struct further_key){lane, key};
}

static void put_key(uint32_t *place, struct further_list *list, uint32_t row, unsigned lane, uint32_t key)
{
	if (!key || *place == key)
		return;
	if (*place & LANE_NONE)
		*place = key;
	else
		add_further(list, row, lane, key);
}

static void fill_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct filling *job = context;
	const struct linking_table *table = job->plan->table;
	struct lanes *lanes = job->lanes;
	(void)thread;
	for (size_t row = first; row < end; row++) {
		for (size_t l = 0; l < lanes->stride; l++)
			lanes->at[row * lanes->stride + l] = LANE_NONE | (uint32_t)row;
	}
	for (unsigned l = 0; l < lanes->count; l++) {
		const struct lane *lane = &job->plan->lanes[l];
		const struct column *column = &table->columns[lane->part.column];
		for (size_t row = first; row < end; row++) {
			const uint32_t *codes = table_row(table, (uint32_t)row) + column->at;
			uint32_t *place = &lanes->at[row * lanes->stride + l];
			for (unsigned i = 0; i < column->slots && codes[i]; i++) {
				put_key(place, &job->lists[chunk], (uint32_t)row, l, lane->key_of[codes[i]]);
				if (lane->shared)
					put_key(place, &job->lists[chunk], (uint32_t)row, l, lane->other[codes[i]]);
			}
		}
	}
}

static void join_further(struct lanes *lanes, struct further_list *lists, size_t chunks, size_t rows)
{
	size_t total = 0;
	for (size_t k = 0; k < chunks; k++)
		total += lists[k].count;
	if (total > 0) {
		lanes->starts = memory_alloc(rows + 2, sizeof *lanes->starts);
		lanes->further = memory_alloc(total, sizeof *lanes->further);
		uint32_t *starts = lanes->starts + 1; /* one place ahead while filling */
		for (size_t k = 0; k < chunks; k++) {
			for (size_t i = 0; i < lists[k].count; i++)
				starts[lists[k].rows[i] + 1]++;
		}
		for (size_t row = 0; row < rows; row++)
			starts[row + 1] += starts[row];
		for (size_t k = 0; k < chunks; k++) {
			for (size_t i = 0; i < lists[k].count; i++) {
				uint32_t row = lists[k].rows[i];
				lanes->further[starts[row]++] = lists[k].at[i];
				lanes->flags[row] |= ROW_FURTHER;
			}
		}
	}
	for (size_t k = 0; k < chunks; k++) {
		free(lists[k].at);
		free(lists[k].rows);
	}
}

/* So that a row lies in as few cache lines as it can. */
static size_t lane_stride(size_t count)
{
	enum { LINE = 16 };
	size_t stride = LANE_STEP;
	while (stride < count)
		stride += stride < LINE ? stride : LANE_STEP;
	return stride;
}

void lanes_make(struct blocks *blocks, const struct rules *rules, unsigned threads)
{
	const struct linking_table *table = blocks->table;
	struct lanes *lanes = &blocks->lanes;
	struct plan *plan = memory_alloc(1, sizeof *plan);
	plan->table = table;
	plan_ways(blocks, plan, rules);
	make_tables(blocks, plan->count);
	lanes->count = plan->count;
	lanes->stride = lane_stride(plan->count);
	lanes->flags = memory_alloc(table->count + 1, 1);
	lanes->at = memory_alloc_lines(table->count * lanes->stride + 1, sizeof *lanes->at);
	parallel_for(plan->count, 1, threads, make_keys, plan);
	size_t chunks = (table->count + ROWS_A_CHUNK - 1) / ROWS_A_CHUNK;
	struct filling job = {.plan = plan, .lanes = lanes};
	job.lists = memory_alloc(chunks + 1, sizeof *job.lists);
	parallel_for(table->count, ROWS_A_CHUNK, threads, fill_chunk, &job);
	join_further(lanes, job.lists, chunks, table->count);
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->lanes[i].key_of);
		free(plan->lanes[i].other);
	}
	free(job.lists);
	free(plan);
}

void lanes_release(struct lanes *lanes)
{
	free(lanes->at);
	free(lanes->starts);
	free(lanes->further);
	free(lanes->flags);
}

/* ---- keys of rows ---------------------------------------------------------------------------------------------- */

static uint64_t spread(uint64_t x)
{
	x *= UINT64_C(0x9e3779b97f4a7c15);
	return x ^ x >> 29;
}

/* Names in any order come to one key. The upper half is the near lane's where there is one: blocks then come in an
 * order in which their rows lie near each other. */
static uint32_t combined_key(const struct way *way, const uint32_t keys[LINKING_PARTS], uint32_t near)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < way->count; i++) {
		uint64_t salt = way->any_order && i < 2 ? 0 : (uint64_t)(i + 1) << 32;
		sum += hash_mix(keys[i] + salt);
	}
	uint32_t key = (uint32_t)(spread(sum) >> 32);
	return way->near == LANES ? key : (uint32_t)(spread(near) >> 48) << 16 | key >> 16;
}

/* All keys that ROW has in LANE. */
static size_t lane_keys(const struct lanes *lanes, uint32_t row, unsigned lane, uint32_t out[MOST_KEYS])
{
	size_t count = 0;
	uint32_t first = lanes->at[row * lanes->stride + lane];
	if (!(first & LANE_NONE))
		out[count++] = first;
	if (!(lanes->flags[row] & ROW_FURTHER))
		return count;
	for (uint32_t i = lanes->starts[row]; i < lanes->starts[row + 1]; i++) {
		if (lanes->further[i].lane == lane && count < MOST_KEYS)
			out[count++] = lanes->further[i].key;
	}
	return count;
}

struct combining {
	const struct lanes *lanes;
	const struct way *way;
	uint32_t row, *out;
	size_t count;
};

static void combine(struct combining *job, unsigned part, uint32_t keys[LINKING_PARTS], uint32_t near)
{
	if (part == job->way->count || part == LINKING_PARTS) {
		uint32_t key = combined_key(job->way, keys, near);
		for (size_t i = 0; i < job->count; i++) {
			if (job->out[i] == key)
				return;
		}
		if (job->count < MOST_KEYS)
			job->out[job->count++] = key;
		return;
	}
	uint32_t all[MOST_KEYS];
	size_t count = lane_keys(job->lanes, job->row, job->way->lanes[part], all);
	for (size_t i = 0; i < count; i++) {
		keys[part] = all[i];
		combine(job, part + 1, keys, job->way->lanes[part] == job->way->near ? all[i] : near);
	}
}

size_t way_keys(const struct lanes *lanes, const struct way *way, uint32_t row, uint32_t out[MOST_KEYS])
{
	uint32_t keys[LINKING_PARTS], near = 0;
	if (lanes->flags[row] & ROW_FURTHER) {
		struct combining job = {lanes, way, row, out, 0};
		combine(&job, 0, keys, 0);
		return job.count;
	}
	const uint32_t *at = lanes->at + row * lanes->stride;
	for (unsigned i = 0; i < way->count; i++) {
		keys[i] = at[way->lanes[i]];
		if (keys[i] & LANE_NONE)
			return 0;
		near = way->lanes[i] == way->near ? keys[i] : near;
	}
	out[0] = combined_key(way, keys, near);
	return 1;
}

/* ---- two rows, where it is not simple ------------------------------------------------------------------------------
 */

static bool share_lane(const struct lanes *lanes, uint32_t a, unsigned lane_a, uint32_t b, unsigned lane_b)
{
	uint32_t x[MOST_KEYS], y[MOST_KEYS];
	size_t count_x = lane_keys(lanes, a, lane_a, x), count_y = lane_keys(lanes, b, lane_b, y);
	for (size_t i = 0; i < count_x; i++) {
		for (size_t j = 0; j < count_y; j++) {
			if (x[i] == y[j])
				return true;
		}
	}
	return false;
}

static bool way_holds(const struct lanes *lanes, const struct way *way, uint32_t a, uint32_t b)
{
	bool rest = true;
	for (unsigned i = way->any_order ? 2 : 0; i < way->count; i++)
		rest = rest && share_lane(lanes, a, way->lanes[i], b, way->lanes[i]);
	if (!rest || !way->any_order)
		return rest;
	unsigned given = way->lanes[0], family = way->lanes[1];
	return (share_lane(lanes, a, given, b, given) && share_lane(lanes, a, family, b, family)) ||
	       (share_lane(lanes, a, given, b, family) && share_lane(lanes, a, family, b, given));
}

static bool was_divided(const struct way_blocks *of, uint32_t key)
{
	size_t low = 0, high = of->divided_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (of->divided_keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < of->divided_count && of->divided_keys[low] == key;
}

static const uint64_t *parts_of(const struct way_blocks *of, uint32_t row)
{
	size_t low = 0, high = of->part_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (of->parts[middle] >> 32 < row)
			low = middle + 1;
		else
			high = middle;
	}
	return of->parts + low;
}

/* The first block, of those that came of dividing, that both rows are in; UINT32_MAX: none. */
static uint32_t common_part(const struct way_blocks *of, uint32_t a, uint32_t b)
{
	const uint64_t *x = parts_of(of, a), *y = parts_of(of, b), *end = of->parts + of->part_count;
	while (x < end && y < end && *x >> 32 == a && *y >> 32 == b) {
		uint32_t p = (uint32_t)*x, q = (uint32_t)*y;
		if (p == q)
			return p;
		if (p < q)
			x++;
		else
			y++;
	}
	return UINT32_MAX;
}

bool is_first_part(const struct blocks *blocks, uint64_t hold, unsigned way, uint32_t block, uint32_t a, uint32_t b)
{
	for (; hold; hold &= hold - 1) {
		unsigned w = blocks->way_of[__builtin_ctzll(hold)];
		const struct way_blocks *of = &blocks->of[w];
		if (of->divided_count == 0 || w > way)
			return w == way;
		if (w == way && of->cut == 0)
			return true; /* without windows, a row is in one block of the way: this */
		uint32_t key[MOST_KEYS];
		if (way_keys(&blocks->lanes, &blocks->ways[w], a, key) == 0 || !was_divided(of, key[0]))
			return w == way;
		uint32_t common = common_part(of, a, b);
		if (common != UINT32_MAX)
			return w == way && common == block;
	}
	return false;
}

/* Whether one block of the way has both; the lowest common key whose block was whole, else the first part. */
static bool find_in_way(const struct blocks *blocks, unsigned w, uint32_t a, uint32_t b, struct way_found *out)
{
	const struct way *way = &blocks->ways[w];
	const struct way_blocks *of = &blocks->of[w];
	uint32_t x[MOST_KEYS], y[MOST_KEYS];
	if (!way_holds(&blocks->lanes, way, a, b))
		return false;
	size_t count_x = way_keys(&blocks->lanes, way, a, x), count_y = way_keys(&blocks->lanes, way, b, y);
	bool whole = false, divided = false;
	for (size_t i = 0; i < count_x; i++) {
		for (size_t j = 0; j < count_y; j++) {
			if (x[i] != y[j])
				continue;
			if (was_divided(of, x[i])) {
				divided = true;
			} else if (!whole || x[i] < out->key) {
				whole = true;
				out->key = x[i];
			}
		}
	}
	out->way = w;
	out->divided = !whole;
	if (whole)
		return true;
	out->block = divided ? common_part(of, a, b) : UINT32_MAX;
	return out->block != UINT32_MAX;
}

struct way_found find_way(const struct blocks *blocks, uint32_t a, uint32_t b)
{
	struct way_found found = {.way = WAYS};
	for (unsigned w = 0; w < blocks->way_count; w++) {
		if (find_in_way(blocks, w, a, b, &found))
			return found;
	}
	return (struct way_found){.way = WAYS};
}

int blocks_rule(const struct blocks *blocks, uint32_t a, uint32_t b)
{
	for (size_t i = 0; i < blocks->copy_count; i++) {
		a = blocks->copies[2 * i] == a ? blocks->copies[2 * i + 1] : a;
		b = blocks->copies[2 * i] == b ? blocks->copies[2 * i + 1] : b;
	}
	struct way_found found = find_way(blocks, a, b);
	return found.way == WAYS ? -1 : (int)blocks->ways[found.way].rule;
}
