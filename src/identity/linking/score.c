#include "base/memory.h"
#include "base/threads.h"
#include "linking/linking_int.h"

#include <math.h>
#include <stdlib.h>

/* Blocks a chunk. Chunks are what the order of results hangs on, never threads. */
enum { BLOCKS_A_CHUNK = 1024 };

static bool stopped(const struct linking_settings *settings)
{
	return settings->stop && atomic_load(settings->stop);
}

/* ---- counting patterns, for training ------------------------------------------------------------------ */

struct tally { /* pattern -> pairs */
	struct id_map map;
};

struct counting {
	const struct linking_table *table;
	const struct blocks *blocks;
	const struct linking_settings *settings;
	uint64_t every; /* one block in so many */
	struct comparer *comparers;
	struct tally *tallies; /* by thread: counts are whole numbers, so any order of adding is the same */
};

static void count_block(struct counting *job, size_t number, unsigned thread)
{
	const struct block *block = &job->blocks->at[number];
	const uint32_t *members = job->blocks->members + block->first;
	if (hash_mix(block->key + block->rule) % job->every != 0)
		return;
	for (uint32_t i = 0; i < block->count; i++) {
		for (uint32_t j = i + 1; j < block->count; j++) {
			if (same_file(job->table, job->settings, members[i], members[j]) ||
			    blocks_first_common(job->blocks, members[i], members[j]) != number)
				continue;
			uint64_t pattern = comparer_pattern(&job->comparers[thread], table_row(job->table, members[i]),
							    table_row(job->table, members[j]));
			++*id_map_put(&job->tallies[thread].map, pattern, NULL);
		}
	}
}

static void count_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct counting *job = context;
	(void)chunk;
	for (size_t i = first; i < end && !stopped(job->settings); i++)
		count_block(job, i, thread);
}

static int compare_patterns(const void *a, const void *b)
{
	const struct pattern_count *x = a, *y = b;
	return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

static size_t add_up(struct pattern_count **out, struct tally *tallies, unsigned threads)
{
	size_t count = 0, most = 0, kept = 0;
	for (unsigned t = 0; t < threads; t++)
		most += tallies[t].map.count;
	struct pattern_count *all = memory_alloc(most + 1, sizeof *all);
	for (unsigned t = 0; t < threads; t++) {
		for (size_t i = 0; i < tallies[t].map.slot_count; i++) {
			if (tallies[t].map.used[i])
				all[count++] = (struct pattern_count){tallies[t].map.keys[i],
								      (double)tallies[t].map.values[i]};
		}
	}
	qsort(all, count, sizeof *all, compare_patterns);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && all[kept - 1].pattern == all[i].pattern)
			all[kept - 1].pairs += all[i].pairs;
		else
			all[kept++] = all[i];
	}
	*out = all;
	return kept;
}

enum status count_patterns(struct pattern_count **out, size_t *count, double *scale, const struct linking_table *table,
			   const struct blocks *blocks, const struct linking_settings *settings, struct error *error)
{
	unsigned threads = settings->threads ? settings->threads : threads_available();
	double wanted = settings->training_pairs > 0 ? settings->training_pairs : 2e6;
	struct counting job = {.table = table, .blocks = blocks, .settings = settings};
	job.every = 1 + (uint64_t)((double)blocks->pairs / wanted);
	*scale = (double)job.every;
	job.comparers = memory_alloc(threads, sizeof *job.comparers);
	job.tallies = memory_alloc(threads, sizeof *job.tallies);
	for (unsigned t = 0; t < threads; t++) {
		comparer_init(&job.comparers[t], table);
		id_map_init(&job.tallies[t].map);
	}
	parallel_for(blocks->count, BLOCKS_A_CHUNK, threads, count_chunk, &job);
	*count = add_up(out, job.tallies, threads);
	for (unsigned t = 0; t < threads; t++) {
		comparer_release(&job.comparers[t]);
		id_map_release(&job.tallies[t].map);
	}
	free(job.comparers);
	free(job.tallies);
	if (stopped(settings))
		return error_set(error, STATUS_INTERRUPTED, "linking.stopped", "linking was stopped");
	return STATUS_OK;
}

/* ---- scoring all pairs -------------------------------------------------------------------------------------- */

struct chunk_result {
	struct links links;
	uint64_t pairs[32]; /* by rule */
};

struct scoring {
	const struct linking_table *table;
	const struct blocks *blocks;
	const struct model *model;
	const struct linking_settings *settings;
	float least;
	struct comparer *comparers;
	struct chunk_result *results;
};

static void keep_link(struct links *links, uint32_t a, uint32_t b, const struct pair_score *score, uint64_t pattern,
		      uint16_t rule)
{
	ARRAY_GROW(links->at, links->count, links->capacity);
	links->at[links->count++] = (struct linking_link){
		.a = a < b ? a : b,
		.b = a < b ? b : a,
		.weight = score->weight,
		.probability = (float)weight_probability((double)score->weight),
		.pattern = pattern,
		.rule = rule,
	};
}

static void score_block(struct scoring *job, size_t number, struct chunk_result *result, unsigned thread)
{
	const struct block *block = &job->blocks->at[number];
	const uint32_t *members = job->blocks->members + block->first;
	for (uint32_t i = 0; i < block->count; i++) {
		const uint32_t *a = table_row(job->table, members[i]);
		for (uint32_t j = i + 1; j < block->count; j++) {
			if (same_file(job->table, job->settings, members[i], members[j]) ||
			    blocks_first_common(job->blocks, members[i], members[j]) != number)
				continue;
			const uint32_t *b = table_row(job->table, members[j]);
			uint64_t pattern = comparer_pattern(&job->comparers[thread], a, b);
			struct pair_score score;
			result->pairs[block->rule]++;
			if (model_score(job->model, job->table, a, b, pattern, job->least, &score))
				keep_link(&result->links, members[i], members[j], &score, pattern, block->rule);
		}
	}
}

static void score_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct scoring *job = context;
	for (size_t i = first; i < end && !stopped(job->settings); i++)
		score_block(job, i, &job->results[chunk], thread);
}

static int compare_links(const void *a, const void *b)
{
	const struct linking_link *x = a, *y = b;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static void gather(struct links *out, struct chunk_result *results, size_t chunks, struct linking_report *report)
{
	size_t total = 0;
	for (size_t k = 0; k < chunks; k++)
		total += results[k].links.count;
	out->at = memory_alloc(total + 1, sizeof *out->at);
	out->count = 0;
	out->capacity = total + 1;
	for (size_t k = 0; k < chunks; k++) {
		if (results[k].links.count > 0)
			memcpy(out->at + out->count, results[k].links.at, results[k].links.count * sizeof *out->at);
		out->count += results[k].links.count;
		free(results[k].links.at);
		for (size_t r = 0; r < 32; r++) {
			report->rule[r].pairs += results[k].pairs[r];
			report->pairs += results[k].pairs[r];
		}
	}
	qsort(out->at, out->count, sizeof *out->at, compare_links);
}

enum status score_pairs(struct links *out, const struct linking_table *table, const struct blocks *blocks,
			const struct model *model, const struct linking_settings *settings,
			struct linking_report *report, struct error *error)
{
	unsigned threads = settings->threads ? settings->threads : threads_available();
	double keep = settings->keep_probability > 0 ? settings->keep_probability : 0.02;
	size_t chunks = (blocks->count + BLOCKS_A_CHUNK - 1) / BLOCKS_A_CHUNK;
	struct scoring job = {.table = table,
			      .blocks = blocks,
			      .model = model,
			      .settings = settings,
			      .least = (float)log2(keep / (1 - keep))};
	job.comparers = memory_alloc(threads, sizeof *job.comparers);
	job.results = memory_alloc(chunks + 1, sizeof *job.results);
	for (unsigned t = 0; t < threads; t++)
		comparer_init(&job.comparers[t], table);
	parallel_for(blocks->count, BLOCKS_A_CHUNK, threads, score_chunk, &job);
	gather(out, job.results, chunks, report);
	for (unsigned t = 0; t < threads; t++)
		comparer_release(&job.comparers[t]);
	free(job.comparers);
	free(job.results);
	if (stopped(settings))
		return error_set(error, STATUS_INTERRUPTED, "linking.stopped", "linking was stopped");
	return STATUS_OK;
}

/* ---- all pairs once more, for whoever wants to see them ---------------------------------------------------- */

struct showing {
	const struct linking_run *run;
	float least;
	struct comparer comparer;
	linking_pair_seen *pair;
	void *context;
};

static bool show_pair(struct showing *job, uint32_t a, uint32_t b, uint16_t rule)
{
	const struct linking_run *run = job->run;
	const uint32_t *x = table_row(run->table, a), *y = table_row(run->table, b);
	struct pair_score score;
	uint64_t pattern = comparer_pattern(&job->comparer, x, y);
	if (!model_score(&run->model, run->table, x, y, pattern, job->least, &score))
		return true;
	uint32_t p = run->table->added[a], q = run->table->added[b];
	bool together = run->clusters.of[a] == run->clusters.of[b];
	return job->pair(job->context,
			 &(struct linking_link){.a = p < q ? p : q,
						.b = p < q ? q : p,
						.weight = score.weight,
						.probability = (float)weight_probability((double)score.weight),
						.pattern = pattern,
						.rule = rule,
						.status = together ? LINKING_LINKED : LINKING_APART});
}

static bool show_block(struct showing *job, size_t number)
{
	const struct linking_run *run = job->run;
	const struct block *block = &run->blocks.at[number];
	const uint32_t *members = run->blocks.members + block->first;
	for (uint32_t i = 0; i < block->count; i++) {
		for (uint32_t j = i + 1; j < block->count; j++) {
			if (!same_file(run->table, &run->settings, members[i], members[j]) &&
			    blocks_first_common(&run->blocks, members[i], members[j]) == number &&
			    !show_pair(job, members[i], members[j], block->rule))
				return false;
		}
	}
	return true;
}

void linking_pairs(const struct linking_run *run, double least, linking_pair_seen *pair, void *context)
{
	struct showing job = {.run = run, .least = (float)least, .pair = pair, .context = context};
	comparer_init(&job.comparer, run->table);
	for (size_t i = 0; i < run->blocks.count && show_block(&job, i); i++)
		;
	comparer_release(&job.comparer);
}
