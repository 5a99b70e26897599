#include "base/memory.h"
#include "base/threads.h"
#include "linking/block_int.h"
#include "linking/sort.h"

#include <math.h>
#include <stdlib.h>

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
	const struct stretch *stretches;
	uint64_t every; /* one block in so many */
	struct comparer *comparers;
	struct tally *tallies; /* by thread: counts are whole numbers, so any order of adding is the same */
};
struct counting_thread {
	struct counting *job;
	unsigned thread;
};

static bool count_pair(void *context, unsigned way, uint32_t a, uint32_t b)
{
	struct counting_thread *own = context;
	const struct linking_table *table = own->job->table;
	uint64_t pattern =
		comparer_pattern(&own->job->comparers[own->thread], table_row(table, a), table_row(table, b));
	(void)way;
	++*id_map_put(&own->job->tallies[own->thread].map, pattern, NULL);
	return true;
}

static void count_stretch(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct counting *job = context;
	struct counting_thread own = {job, thread};
	(void)chunk, (void)end;
	if (!stopped(job->settings))
		(void)visit_stretch(job->blocks, job->settings, &job->stretches[first], job->every, count_pair, &own);
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
	double wanted = settings->training_pairs > 0 ? settings->training_pairs : TRAINING_PAIRS;
	struct stretch *stretches;
	size_t stretch_count = blocks_stretches(&stretches, blocks);
	struct counting job = {.table = table, .blocks = blocks, .settings = settings};
	job.every = 1 + (uint64_t)((double)blocks->pairs / wanted);
	job.stretches = stretches;
	*scale = (double)job.every;
	job.comparers = memory_alloc(threads, sizeof *job.comparers);
	job.tallies = memory_alloc(threads, sizeof *job.tallies);
	for (unsigned t = 0; t < threads; t++) {
		comparer_init(&job.comparers[t], table);
		id_map_init(&job.tallies[t].map);
	}
	parallel_for(stretch_count, 1, threads, count_stretch, &job);
	*count = add_up(out, job.tallies, threads);
	for (unsigned t = 0; t < threads; t++) {
		comparer_release(&job.comparers[t]);
		id_map_release(&job.tallies[t].map);
	}
	free(job.comparers);
	free(job.tallies);
	free(stretches);
	if (stopped(settings))
		return error_set(error, STATUS_INTERRUPTED, "linking.stopped", "linking was stopped");
	return STATUS_OK;
}

/* ---- scoring all pairs -------------------------------------------------------------------------------------- */

struct stretch_result {
	struct links links;
	uint64_t pairs;
};

struct scoring {
	const struct linking_table *table;
	const struct blocks *blocks;
	const struct model *model;
	const struct linking_settings *settings;
	const struct stretch *stretches;
	float least;
	struct limits limits;
	struct comparer *comparers;
	struct stretch_result *results;
};
/* Pairs are scored some at a time, so that what one looks at is on its way while others are. */
enum { WAITING = 32 };
struct waiting {
	const uint32_t *a, *b; /* their rows */
	uint32_t x, y;
	float left;
};
struct scoring_thread {
	struct scoring *job;
	struct comparer *comparer;
	struct stretch_result *result;
	unsigned rule;
	size_t count;
	struct waiting waiting[WAITING];
};

static void keep_link(struct links *links, uint32_t a, uint32_t b, const struct pair_score *score, uint64_t pattern,
		      unsigned rule)
{
	ARRAY_GROW(links->at, links->count, links->capacity);
	links->at[links->count++] = (struct linking_link){
		.a = a < b ? a : b,
		.b = a < b ? b : a,
		.weight = score->weight,
		.probability = (float)weight_probability((double)score->weight),
		.pattern = pattern,
		.rule = (uint16_t)rule,
	};
}

static void score_waiting(struct scoring_thread *own)
{
	const struct scoring *job = own->job;
	size_t left = 0;
	own->result->pairs += own->count;
	for (size_t i = 0; i < own->count; i++) {
		struct waiting pair = own->waiting[i];
		pair.left = limits_left(&job->limits, pair.a, pair.b);
		if (pair.left < 0)
			continue;
		comparer_expect(own->comparer, pair.a, pair.b);
		own->waiting[left++] = pair;
	}
	for (size_t i = 0; i < left; i++) {
		const struct waiting *pair = &own->waiting[i];
		uint64_t pattern;
		struct pair_score score;
		if (comparer_pattern_left(own->comparer, &job->limits, pair->left, pair->a, pair->b, &pattern) &&
		    model_score(job->model, job->table, pair->a, pair->b, pattern, job->least, &score))
			keep_link(&own->result->links, pair->x, pair->y, &score, pattern, own->rule);
	}
	own->count = 0;
}

static bool score_pair(void *context, unsigned way, uint32_t a, uint32_t b)
{
	struct scoring_thread *own = context;
	const struct linking_table *table = own->job->table;
	struct waiting pair = {table_row(table, a), table_row(table, b), a, b, 0};
	(void)way;
	__builtin_prefetch(pair.a);
	__builtin_prefetch(pair.b);
	own->waiting[own->count++] = pair;
	if (own->count == WAITING)
		score_waiting(own);
	return true;
}

static void score_stretch(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct scoring *job = context;
	struct scoring_thread own;
	(void)chunk, (void)end;
	if (stopped(job->settings))
		return;
	own.job = job;
	own.comparer = &job->comparers[thread];
	own.result = &job->results[first];
	own.rule = job->blocks->ways[job->stretches[first].way].rule;
	own.count = 0;
	(void)visit_stretch(job->blocks, job->settings, &job->stretches[first], 1, score_pair, &own);
	score_waiting(&own);
}

/* Many equal rows: each is linked with the first of them, if a row like that is to be linked with its like. */
static void score_copies(struct links *out, struct scoring *job, struct linking_report *report)
{
	const struct blocks *blocks = job->blocks;
	uint32_t last = UINT32_MAX;
	struct way_found found = {.way = WAYS};
	struct pair_score score = {0, 0};
	uint64_t pattern = 0;
	bool linked = false;
	for (size_t i = 0; i < blocks->copy_count; i++) {
		uint32_t row = blocks->copies[2 * i], first = blocks->copies[2 * i + 1];
		const uint32_t *x = table_row(job->table, first);
		if (first != last) {
			found = find_way(blocks, first, first);
			pattern = comparer_pattern(&job->comparers[0], x, x);
			linked = found.way != WAYS &&
				 model_score(job->model, job->table, x, x, pattern, job->least, &score);
			last = first;
		}
		if (found.way == WAYS || same_file(job->table, job->settings, row, first))
			continue;
		report->rule[blocks->ways[found.way].rule].pairs++;
		report->pairs++;
		if (linked)
			keep_link(out, first, row, &score, pattern, blocks->ways[found.way].rule);
	}
}

struct gathering {
	const struct stretch_result *results;
	const size_t *starts; /* by stretch: where its links begin */
	struct linking_link *out;
};

static void gather_some(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct gathering *job = context;
	(void)chunk, (void)thread;
	for (size_t k = first; k < end; k++) {
		const struct links *links = &job->results[k].links;
		if (links->count > 0)
			memcpy(job->out + job->starts[k], links->at, links->count * sizeof *links->at);
		free(links->at);
	}
}

static void gather(struct links *out, struct scoring *job, size_t count, unsigned threads,
		   struct linking_report *report)
{
	size_t *starts = memory_alloc(count + 1, sizeof *starts), total = 0;
	for (size_t k = 0; k < count; k++) {
		starts[k] = total;
		total += job->results[k].links.count;
		report->rule[job->blocks->ways[job->stretches[k].way].rule].pairs += job->results[k].pairs;
		report->pairs += job->results[k].pairs;
	}
	*out = (struct links){.count = total, .capacity = total + 1};
	out->at = memory_resize(NULL, out->capacity, sizeof *out->at);
	parallel_for(count, 1, threads, gather_some, &(struct gathering){job->results, starts, out->at});
	free(starts);
}

struct placing {
	const struct linking_link *from;
	struct linking_link *to;
	const uint64_t *order;
	size_t count;
};

/* Links of one A are one thread's, though they begin in one chunk and end in the next. */
static void place_links(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	enum { AHEAD = 8 };
	const struct placing *job = context;
	const uint64_t *order = job->order;
	struct linking_link *to = job->to;
	(void)chunk, (void)thread;
	while (first > 0 && first < end && sort_key(order[first]) == sort_key(order[first - 1]))
		first++;
	if (first == end)
		return;
	while (end < job->count && sort_key(order[end]) == sort_key(order[end - 1]))
		end++;
	for (size_t i = first; i < end; i++) {
		if (i + AHEAD < end)
			__builtin_prefetch(&job->from[sort_value(order[i + AHEAD])]);
		struct linking_link moved = job->from[sort_value(order[i])];
		size_t j = i;
		for (; j > first && to[j - 1].a == moved.a && to[j - 1].b > moved.b; j--)
			to[j] = to[j - 1];
		to[j] = moved;
	}
}

void links_sort(struct links *links, unsigned threads)
{
	enum { LINKS_A_CHUNK = 1 << 14 };
	uint64_t *order = memory_resize(NULL, links->count + 1, sizeof *order),
		 *spare = memory_resize(NULL, links->count + 1, sizeof *spare);
	for (size_t i = 0; i < links->count; i++)
		order[i] = sort_entry(links->at[i].a, (uint32_t)i);
	sort_by_key(order, spare, links->count, threads);
	free(spare);
	struct placing job = {links->at, NULL, order, links->count};
	job.to = memory_resize(NULL, links->count + 1, sizeof *job.to);
	parallel_for(links->count, LINKS_A_CHUNK, threads, place_links, &job);
	free(order);
	free(links->at);
	links->at = job.to;
	links->capacity = links->count + 1;
}

enum status score_pairs(struct links *out, const struct linking_table *table, const struct blocks *blocks,
			const struct model *model, const struct linking_settings *settings,
			struct linking_report *report, struct error *error)
{
	unsigned threads = settings->threads ? settings->threads : threads_available();
	double keep = settings->keep_probability > 0 ? settings->keep_probability : 0.02;
	struct stretch *stretches;
	size_t count = blocks_stretches(&stretches, blocks);
	struct scoring *job = memory_alloc(1, sizeof *job);
	*job = (struct scoring){.table = table,
				.blocks = blocks,
				.model = model,
				.settings = settings,
				.stretches = stretches,
				.least = (float)log2(keep / (1 - keep))};
	model_limits(&job->limits, model, table, job->least);
	job->comparers = memory_alloc(threads, sizeof *job->comparers);
	job->results = memory_alloc(count + 1, sizeof *job->results);
	for (unsigned t = 0; t < threads; t++)
		comparer_init(&job->comparers[t], table);
	parallel_for(count, 1, threads, score_stretch, job);
	gather(out, job, count, threads, report);
	score_copies(out, job, report);
	links_sort(out, threads);
	for (unsigned t = 0; t < threads; t++)
		comparer_release(&job->comparers[t]);
	free(job->comparers);
	free(job->results);
	free(stretches);
	free(job);
	if (stopped(settings))
		return error_set(error, STATUS_INTERRUPTED, "linking.stopped", "linking was stopped");
	return STATUS_OK;
}

/* ---- all pairs once more, for whoever wants to see them ---------------------------------------------------- */

struct showing {
	const struct linking_run *run;
	float least;
	struct limits limits;
	struct comparer comparer;
	linking_pair_seen *pair;
	void *context;
};

static bool show_pair(void *context, unsigned way, uint32_t a, uint32_t b)
{
	struct showing *job = context;
	const struct linking_run *run = job->run;
	const uint32_t *x = table_row(run->table, a), *y = table_row(run->table, b);
	struct pair_score score;
	uint64_t pattern;
	if (!comparer_pattern_over(&job->comparer, &job->limits, x, y, &pattern) ||
	    !model_score(&run->model, run->table, x, y, pattern, job->least, &score))
		return true;
	uint32_t p = run->table->added[a], q = run->table->added[b];
	bool together = run->clusters.of[a] == run->clusters.of[b];
	return job->pair(job->context,
			 &(struct linking_link){.a = p < q ? p : q,
						.b = p < q ? q : p,
						.weight = score.weight,
						.probability = (float)model_probability(&run->model, run->table,
											pattern, (double)score.weight),
						.pattern = pattern,
						.rule = (uint16_t)run->blocks.ways[way].rule,
						.status = together ? LINKING_LINKED : LINKING_APART});
}

void linking_pairs(const struct linking_run *run, double least, linking_pair_seen *pair, void *context)
{
	struct stretch *stretches;
	size_t count = blocks_stretches(&stretches, &run->blocks);
	struct showing *job = memory_alloc(1, sizeof *job);
	*job = (struct showing){.run = run, .least = (float)least, .pair = pair, .context = context};
	model_limits(&job->limits, &run->model, run->table, job->least);
	comparer_init(&job->comparer, run->table);
	bool wanted = true;
	for (size_t i = 0; i < count && wanted; i++)
		wanted = visit_stretch(&run->blocks, &run->settings, &stretches[i], 1, show_pair, job);
	for (size_t i = 0; i < run->blocks.copy_count && wanted; i++) {
		const uint32_t *copy = run->blocks.copies + 2 * i;
		struct way_found found = find_way(&run->blocks, copy[1], copy[1]);
		if (found.way != WAYS && !same_file(run->table, &run->settings, copy[0], copy[1]))
			wanted = show_pair(job, found.way, copy[0], copy[1]);
	}
	comparer_release(&job->comparer);
	free(stretches);
	free(job);
}
