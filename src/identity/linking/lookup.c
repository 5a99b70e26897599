#include "linking/lookup.h"

#include "base/memory.h"
#include "base/threads.h"
#include "linking/block_int.h"
#include "linking/sort.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { BLOCK_MOST = 200, CANDIDATES_MOST = 2000, REFINERS = 6, KEYS_MOST = 24 };

struct rule_index { /* entries of key and row, ascending */
	uint64_t *at;
	size_t count;
};

/* Keys of all values of a column. */
struct part_keys {
	struct linking_part part;
	struct value_keys *of; /* by code */
};

/* What divides a block that is too large, as in blocking: by the first value of a column. */
struct refiner {
	struct linking_part part;
	struct part_keys keys;
};

struct linking_lookup {
	const struct linking_run *run;
	struct rules rules;
	struct rule_index index[LINKING_RULES];
	struct refiner refiners[REFINERS];
	size_t refiner_count;
	json_t *sources;
};

/* ---- keys of a row ------------------------------------------------------------------------------- */

struct keys {
	uint32_t at[KEYS_MOST];
	size_t count;
};

static void add_key(struct keys *keys, uint64_t sum)
{
	uint32_t key = (uint32_t)(hash_mix(sum) >> 32);
	for (size_t i = 0; i < keys->count; i++) {
		if (keys->at[i] == key)
			return;
	}
	if (keys->count < KEYS_MOST)
		keys->at[keys->count++] = key;
}

/* All combinations of the parts' values; sums, so that names in either order come to one key. */
static void combine(struct keys *out, const struct linking_rule *rule, const struct part_keys *parts,
		    const struct linking_table *table, const uint32_t *row, size_t part, uint64_t sum)
{
	if (part == rule->count) {
		add_key(out, sum);
		return;
	}
	const struct column *column = &table->columns[parts[part].part.column];
	uint64_t salt = rule->any_order ? 0 : part * 77;
	for (unsigned i = 0; i < column->slots && row[column->at + i]; i++) {
		uint32_t code = row[column->at + i];
		uint64_t both[2] = {parts[part].of[code].first, parts[part].of[code].second};
		for (int k = 0; k < 2; k++) {
			if (both[k] && (k == 0 || both[1] != both[0]))
				combine(out, rule, parts, table, row, part + 1, sum + hash_mix(both[k] + salt));
		}
	}
}

static void part_keys_make(struct part_keys *keys, const struct linking_table *table, struct linking_part part)
{
	const struct column *column = &table->columns[part.column];
	size_t count = column->dictionary->values.count;
	keys->part = part;
	keys->of = memory_alloc(count + 1, sizeof *keys->of);
	for (size_t code = 1; code <= count; code++) {
		if (column->counts[code]) /* names share a dictionary: only what this column holds */
			keys->of[code] = value_keys(column, (uint32_t)code, part);
	}
}

static void part_keys_release(struct part_keys *keys)
{
	free(keys->of);
}

static void make_parts(struct part_keys *parts, const struct linking_rule *rule, const struct linking_table *table)
{
	for (size_t i = 0; i < rule->count; i++)
		part_keys_make(&parts[i], table, rule->parts[i]);
}

static void release_parts(struct part_keys *parts, const struct linking_rule *rule)
{
	for (size_t i = 0; i < rule->count; i++)
		part_keys_release(&parts[i]);
}

/* ---- the index ------------------------------------------------------------------------------------- */

static void index_rule(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct linking_lookup *lookup = context;
	const struct linking_table *table = lookup->run->table;
	const struct linking_rule *rule = &lookup->rules.at[first].is;
	struct rule_index *index = &lookup->index[first];
	struct part_keys parts[LINKING_PARTS];
	size_t capacity = 0;
	(void)chunk, (void)end, (void)thread;
	make_parts(parts, rule, table);
	for (size_t row = 0; row < table->count; row++) {
		struct keys keys = {.count = 0};
		combine(&keys, rule, parts, table, table_row(table, (uint32_t)row), 0, 0);
		for (size_t i = 0; i < keys.count; i++) {
			ARRAY_GROW(index->at, index->count, capacity);
			index->at[index->count++] = sort_entry(keys.at[i], (uint32_t)row);
		}
	}
	release_parts(parts, rule);
	if (index->count == 0)
		return;
	index->at = memory_resize(index->at, index->count, sizeof *index->at);
	uint64_t *spare = memory_alloc(index->count, sizeof *spare);
	sort_by_key(index->at, spare, index->count, 1);
	free(spare);
}

static void make_refiners(struct linking_lookup *lookup)
{
	static const struct {
		enum linking_kind kind;
		enum linking_transform transform;
	} wanted[REFINERS] = {
		{LINKING_BIRTH, LINKING_KEY_YEAR},   {LINKING_GIVEN, LINKING_KEY_SOUND},
		{LINKING_FAMILY, LINKING_KEY_SOUND}, {LINKING_PLACE, LINKING_KEY_DISTRICT},
		{LINKING_BIRTH, LINKING_KEY_BIRTH},  {LINKING_PLACE, LINKING_KEY_UNIT},
	};
	const struct linking_table *table = lookup->run->table;
	for (size_t w = 0; w < REFINERS; w++) {
		for (size_t c = 0; c < table->column_count; c++) {
			if (table->columns[c].is.kind != wanted[w].kind)
				continue;
			struct refiner *refiner = &lookup->refiners[lookup->refiner_count++];
			refiner->part = (struct linking_part){.column = c, .transform = wanted[w].transform};
			part_keys_make(&refiner->keys, table, refiner->part);
			break;
		}
	}
}

struct linking_lookup *linking_lookup_new(const struct linking_run *run, unsigned threads)
{
	struct linking_lookup *lookup = memory_alloc(1, sizeof *lookup);
	lookup->run = run;
	rules_make(&lookup->rules, run->table, &run->settings);
	parallel_for(lookup->rules.count, 1, threads, index_rule, lookup);
	make_refiners(lookup);
	lookup->sources = sources_json(run->table);
	return lookup;
}

void linking_lookup_free(struct linking_lookup *lookup)
{
	if (!lookup)
		return;
	for (size_t r = 0; r < lookup->rules.count; r++)
		free(lookup->index[r].at);
	for (size_t i = 0; i < lookup->refiner_count; i++)
		part_keys_release(&lookup->refiners[i].keys);
	json_decref(lookup->sources);
	free(lookup);
}

/* ---- candidates -------------------------------------------------------------------------------------- */

struct candidates {
	uint64_t *at; /* row and rule */
	size_t count, capacity;
};

struct asking {
	const struct linking_lookup *lookup;
	const struct linking_table *record;
	uint64_t refined[REFINERS]; /* of the record */
	struct candidates found;
};

static size_t first_of_key(const struct rule_index *index, uint32_t key)
{
	size_t low = 0, high = index->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (sort_key(index->at[middle]) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Those of ROWS that the next columns do not part from the record, until they are few enough. */
static size_t refine(const struct asking *asking, uint32_t *rows, size_t count)
{
	const struct linking_lookup *lookup = asking->lookup;
	const struct linking_table *table = lookup->run->table;
	for (size_t r = 0; r < lookup->refiner_count && count > BLOCK_MOST; r++) {
		const struct refiner *refiner = &lookup->refiners[r];
		unsigned at = table->columns[refiner->part.column].at;
		size_t kept = 0;
		for (size_t i = 0; i < count; i++) {
			uint32_t code = table_row(table, rows[i])[at];
			if ((code ? refiner->keys.of[code].first : 0) == asking->refined[r])
				rows[kept++] = rows[i];
		}
		count = kept;
	}
	return count < BLOCK_MOST ? count : BLOCK_MOST;
}

static void find_by_key(struct asking *asking, size_t rule, uint32_t key)
{
	const struct rule_index *index = &asking->lookup->index[rule];
	size_t first = first_of_key(index, key), end = first;
	while (end < index->count && sort_key(index->at[end]) == key)
		end++;
	uint32_t *rows = memory_alloc(end - first + 1, sizeof *rows);
	for (size_t i = first; i < end; i++)
		rows[i - first] = sort_value(index->at[i]);
	size_t count = refine(asking, rows, end - first);
	struct candidates *found = &asking->found;
	for (size_t i = 0; i < count && found->count < CANDIDATES_MOST; i++) {
		ARRAY_GROW(found->at, found->count, found->capacity);
		found->at[found->count++] = sort_entry(rows[i], (uint32_t)rule);
	}
	free(rows);
}

static int compare_entries(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void find_candidates(struct asking *asking)
{
	const struct linking_table *record = asking->record;
	struct candidates *found = &asking->found;
	size_t kept = 0;
	for (size_t r = 0; r < asking->lookup->rules.count; r++) {
		const struct linking_rule *rule = &asking->lookup->rules.at[r].is;
		struct part_keys parts[LINKING_PARTS];
		struct keys keys = {.count = 0};
		make_parts(parts, rule, record);
		combine(&keys, rule, parts, record, table_row(record, 0), 0, 0);
		release_parts(parts, rule);
		for (size_t i = 0; i < keys.count; i++)
			find_by_key(asking, r, keys.at[i]);
	}
	if (found->count == 0)
		return;
	qsort(found->at, found->count, sizeof *found->at, compare_entries);
	for (size_t i = 0; i < found->count; i++) { /* each row with its first rule */
		if (kept == 0 || sort_key(found->at[kept - 1]) != sort_key(found->at[i]))
			found->at[kept++] = found->at[i];
	}
	found->count = kept;
}

static void refine_record(struct asking *asking)
{
	const struct linking_table *record = asking->record;
	for (size_t r = 0; r < asking->lookup->refiner_count; r++) {
		struct part_keys keys;
		struct linking_part part = asking->lookup->refiners[r].part;
		uint32_t code = table_row(record, 0)[record->columns[part.column].at];
		part_keys_make(&keys, record, part);
		asking->refined[r] = code ? keys.of[code].first : 0;
		part_keys_release(&keys);
	}
}

/* ---- comparing ----------------------------------------------------------------------------------------- */

static void copy_values(struct linking_table *to, const struct linking_table *from, uint32_t row)
{
	const uint32_t *codes = table_row(from, row);
	for (size_t c = 0; c < from->column_count; c++) {
		const struct column *column = &from->columns[c];
		for (unsigned i = 0; i < column->slots && codes[column->at + i]; i++)
			linking_table_add_value(to, c, dictionary_value(column->dictionary, codes[column->at + i]));
	}
}

/* The code of each value in the run, by the value's hash and dictionary. */
static void note_codes(struct id_map *codes, const struct linking_table *table, uint32_t row)
{
	const uint32_t *at = table_row(table, row);
	for (size_t c = 0; c < table->column_count; c++) {
		const struct column *column = &table->columns[c];
		for (unsigned i = 0; i < column->slots && at[column->at + i]; i++) {
			uint64_t hash = column->dictionary->values.hashes[at[column->at + i] - 1];
			*id_map_put(codes, hash_mix(hash + c), NULL) = at[column->at + i];
		}
	}
}

/* How common values are is known from the run. What no candidate has is never the same as a candidate's. */
static void take_frequencies(struct linking_table *few, const struct linking_run *run, const struct id_map *codes)
{
	for (size_t c = 0; c < few->column_count; c++) {
		struct column *to = &few->columns[c];
		const struct column *from = &run->table->columns[c];
		size_t count = to->dictionary->values.count;
		to->filled = from->filled;
		to->rarity_most = from->rarity_most;
		if (from->rarity && !to->rarity)
			to->rarity = memory_alloc(count + 1, sizeof *to->rarity);
		for (size_t code = 1; code <= count; code++) {
			const uint64_t *known =
				id_map_get(codes, hash_mix(to->dictionary->values.hashes[code - 1] + c));
			to->counts[code] = known ? from->counts[*known] : 0;
			if (known && from->rarity)
				to->rarity[code] = from->rarity[*known];
			if (known && from->scarcity && to->scarcity)
				to->scarcity[code] = from->scarcity[*known];
		}
	}
}

/* The candidates and, last, the record, as a table of their own. */
static struct linking_table *gather(const struct asking *asking)
{
	const struct linking_lookup *lookup = asking->lookup;
	const struct linking_table *all = lookup->run->table;
	struct linking_column columns[LINKING_COLUMNS];
	struct id_map codes;
	id_map_init(&codes);
	for (size_t c = 0; c < all->column_count; c++)
		columns[c] = all->columns[c].is;
	struct linking_table *few = linking_table_new(columns, all->column_count);
	for (size_t i = 0; i < asking->found.count; i++) {
		uint32_t row = sort_key(asking->found.at[i]);
		linking_table_add_record(few, (int64_t)i);
		copy_values(few, all, row);
		note_codes(&codes, all, row);
	}
	linking_table_add_record(few, (int64_t)asking->found.count);
	copy_values(few, asking->record, 0);
	for (size_t c = 0; c < all->column_count; c++) {
		few->columns[c].not_compared = all->columns[c].not_compared;
		few->columns[c].plain = all->columns[c].plain;
		few->columns[c].nested_in = all->columns[c].nested_in;
	}
	few->any_nested = all->any_nested;
	linking_table_pack(few, 1);
	take_frequencies(few, lookup->run, &codes);
	if (lookup->sources && !sources_read(few, lookup->sources))
		few->sources = NULL;
	id_map_release(&codes);
	return few;
}

static int by_weight(const void *a, const void *b)
{
	const struct linking_match *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

static size_t score(const struct asking *asking, const struct linking_table *few, float least,
		    struct linking_match *matches)
{
	const struct linking_run *run = asking->lookup->run;
	const uint32_t *record = table_row(few, few->row_of[asking->found.count]);
	struct comparer comparer;
	size_t count = 0;
	comparer_init(&comparer, few);
	for (size_t i = 0; i < asking->found.count; i++) {
		const uint32_t *other = table_row(few, few->row_of[i]);
		struct pair_score pair;
		uint64_t pattern = comparer_pattern(&comparer, record, other);
		if (!model_score(&run->model, few, record, other, pattern, least, &pair))
			continue;
		matches[count++] = (struct linking_match){
			.record = run->table->added[sort_key(asking->found.at[i])],
			.weight = pair.weight,
			.probability = (float)model_probability(&run->model, few, pattern, (double)pair.weight),
			.pattern = pattern,
			.rule = (uint16_t)sort_value(asking->found.at[i]),
			.forbidden = model_conflict(few, pattern) != LINKING_NO_CONFLICT,
		};
	}
	comparer_release(&comparer);
	return count;
}

size_t linking_match_one(const struct linking_lookup *lookup, struct linking_table *record, double least,
			 struct linking_match *out, size_t most)
{
	struct asking asking = {.lookup = lookup, .record = record};
	if (!record->rows)
		linking_table_pack(record, 1);
	refine_record(&asking);
	find_candidates(&asking);
	if (asking.found.count == 0)
		return 0;
	struct linking_table *few = gather(&asking);
	struct linking_match *matches = memory_alloc(asking.found.count, sizeof *matches);
	size_t count = score(&asking, few, (float)log2(least / (1 - least)), matches);
	qsort(matches, count, sizeof *matches, by_weight);
	count = count < most ? count : most;
	memcpy(out, matches, count * sizeof *out);
	free(matches);
	free(asking.found.at);
	linking_table_free(few);
	return count;
}
