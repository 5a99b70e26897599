/* How often strangers agree, by pairs drawn at random. */
#include "base/memory.h"
#include "base/threads.h"
#include "linking/linking_int.h"
#include "maths/random.h"

#include <stdlib.h>

static double chance_of_same(const struct column *column)
{
	double filled = (double)column->filled, sum = 0;
	size_t count = column->dictionary->values.count;
	for (size_t code = 1; code <= count; code++)
		sum += (double)column->counts[code] * ((double)column->counts[code] - 1);
	return filled > 1 ? sum / (filled * (filled - 1)) : 0;
}

enum { RANDOM_PAIRS = 300000, CHUNK = 10000, AT_ONCE = 16 };

struct sampler {
	const struct linking_table *table;
	struct comparer *comparers;
	double (*counts)[LINKING_COLUMNS][LINKING_LEVELS]; /* by chunk: added up in order */
};

struct row_pair {
	const uint32_t *a, *b;
};

static struct row_pair row_pair(const struct linking_table *table, uint32_t a, uint32_t b)
{
	struct row_pair pair = {table_row(table, a), table_row(table, b)};
	__builtin_prefetch(pair.a);
	__builtin_prefetch(pair.b);
	return pair;
}

static void count_levels(struct sampler *sampler, size_t chunk, const struct row_pair *pair, struct comparer *comparer)
{
	uint64_t pattern = comparer_pattern(comparer, pair->a, pair->b);
	for (size_t c = 0; c < sampler->table->column_count; c++)
		sampler->counts[chunk][c][pattern_level(pattern, c)]++;
}

static void sample_pairs(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct sampler *sampler = context;
	const struct linking_table *table = sampler->table;
	struct random r;
	random_start(&r, 20, chunk, 0, 0);
	for (size_t i = first; i < end; i += AT_ONCE) {
		struct row_pair pairs[AT_ONCE];
		size_t some = end - i < AT_ONCE ? end - i : AT_ONCE;
		for (size_t k = 0; k < some; k++) {
			uint32_t a = random_below(&r, (uint32_t)table->count);
			uint32_t b = random_below(&r, (uint32_t)table->count);
			pairs[k] = row_pair(table, a, b);
		}
		for (size_t k = 0; k < some; k++)
			comparer_expect(&sampler->comparers[thread], pairs[k].a, pairs[k].b);
		for (size_t k = 0; k < some; k++) {
			if (pairs[k].a != pairs[k].b)
				count_levels(sampler, chunk, &pairs[k], &sampler->comparers[thread]);
		}
	}
}

void model_sample_u(struct model *model, const struct linking_table *table, unsigned threads)
{
	threads = threads ? threads : threads_available();
	size_t chunks = RANDOM_PAIRS / CHUNK;
	struct sampler sampler = {.table = table};
	sampler.comparers = memory_alloc(threads, sizeof *sampler.comparers);
	sampler.counts = memory_alloc(chunks, sizeof *sampler.counts);
	for (unsigned t = 0; t < threads; t++)
		comparer_init(&sampler.comparers[t], table);
	parallel_for(RANDOM_PAIRS, CHUNK, threads, sample_pairs, &sampler);
	for (size_t c = 0; c < table->column_count; c++) {
		unsigned levels = column_levels(&table->columns[c]);
		double total = 0;
		for (unsigned l = 1; l < levels; l++) {
			for (size_t k = 0; k < chunks; k++)
				model->u[c][l] += sampler.counts[k][c][l];
			total += model->u[c][l];
		}
		double same = chance_of_same(&table->columns[c]);
		for (unsigned l = 1; l < levels; l++)
			model->u[c][l] = (model->u[c][l] + 0.2) / (total + 0.2 * (levels - 1));
		/* the frequencies know the chance of the same value better than any sample */
		if (same > 0 && table->columns[c].slots == 1 && column_equal_is_best(&table->columns[c]) &&
		    column_own_kind(&table->columns[c]) != LINKING_PLACE)
			model->u[c][1] = same;
	}
	for (unsigned t = 0; t < threads; t++)
		comparer_release(&sampler.comparers[t]);
	free(sampler.comparers);
	free(sampler.counts);
}
