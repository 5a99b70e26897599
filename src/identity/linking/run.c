#include "base/memory.h"
#include "linking/linking_int.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

double linking_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static enum status train(struct linking_run *run, const struct linking_settings *settings, struct error *error)
{
	struct pattern_count *counts = NULL;
	size_t count = 0;
	double scale = 1;
	enum status status = STATUS_OK;
	model_start(&run->model, run->table, settings);
	if (settings->model)
		return model_read(&run->model, run->table, settings->model, error);
	if (run->table->count > 1) {
		model_sample_u(&run->model, run->table, settings->threads);
		status = count_patterns(&counts, &count, &scale, run->table, &run->blocks, settings, error);
	}
	if (status == STATUS_OK)
		model_train(&run->model, run->table, counts, count, scale);
	free(counts);
	return status;
}

static void set_probabilities(struct linking_run *run)
{
	for (size_t i = 0; i < run->links.count; i++) {
		struct linking_link *link = &run->links.at[i];
		link->probability =
			(float)model_probability(&run->model, run->table, link->pattern, (double)link->weight);
	}
}

static enum status run_all(struct linking_run *run, const struct linking_settings *settings, struct error *error)
{
	struct linking_report *report = &run->report;
	double start = linking_seconds(), now = start;
	linking_table_pack(run->table, settings->threads);
	table_find_nesting(run->table);
	blocks_make(&run->blocks, run->table, settings, report);
	table_pin_levels(run->table, settings->levels);
	report->seconds_block = linking_seconds() - now;
	now = linking_seconds();
	enum status status = train(run, settings, error);
	if (status != STATUS_OK)
		return status;
	model_finish(&run->model, run->table, !settings->without_rarity);
	if (!settings->model)
		sources_learn(run->table, &run->blocks, &run->model, settings);
	report->seconds_train = linking_seconds() - now;
	now = linking_seconds();
	status = score_pairs(&run->links, run->table, &run->blocks, &run->model, settings, report, error);
	if (status != STATUS_OK)
		return status;
	report->seconds_score = linking_seconds() - now;
	now = linking_seconds();
	clusters_make(&run->clusters, &run->links, run->table, &run->model, settings);
	if (!settings->model)
		model_calibrate(&run->model, run->table, &run->clusters, &run->links, settings->threads);
	set_probabilities(run);
	report->seconds_cluster = linking_seconds() - now;
	report->seconds_total = linking_seconds() - start;
	report->records = run->table->count;
	report->clusters = run->clusters.count;
	report->links = run->links.count;
	report->patterns = run->model.patterns;
	report->prior = 1 / run->model.prior_m;
	report->household_prior = run->model.prior_h > 0 ? 1 / run->model.prior_h : 0;
	return STATUS_OK;
}

/* From rows to the numbers the caller knows. */
static void number_as_added(struct linking_run *run)
{
	for (size_t i = 0; i < run->links.count; i++) {
		struct linking_link *link = &run->links.at[i];
		uint32_t a = run->table->added[link->a], b = run->table->added[link->b];
		link->a = a < b ? a : b;
		link->b = a < b ? b : a;
	}
	links_sort(&run->links, run->settings.threads);
}

enum status linking_run_new(struct linking_run **out, struct linking_table *table,
			    const struct linking_settings *settings, struct error *error)
{
	struct linking_run *run = memory_alloc(1, sizeof *run);
	run->table = table;
	run->settings = *settings;
	for (size_t c = 0; c < table->column_count && c < LINKING_COLUMNS; c++) {
		table->columns[c].not_compared = settings->not_compared >> c & 1;
		table->columns[c].plain = settings->plain >> c & 1;
	}
	*out = NULL;
	enum status status = run_all(run, settings, error);
	if (status != STATUS_OK) {
		linking_run_free(run);
		return status;
	}
	number_as_added(run);
	*out = run;
	return STATUS_OK;
}

void linking_run_free(struct linking_run *run)
{
	if (!run)
		return;
	blocks_release(&run->blocks);
	clusters_release(&run->clusters);
	free(run->links.at);
	linking_table_free(run->table);
	free(run);
}

const struct linking_report *linking_run_report(const struct linking_run *run)
{
	return &run->report;
}

uint32_t linking_cluster_of(const struct linking_run *run, size_t record)
{
	return run->clusters.of[run->table->row_of[record]];
}

double linking_cluster_integrity(const struct linking_run *run, uint32_t cluster)
{
	return (double)run->clusters.integrity[cluster];
}

const struct linking_link *linking_links(const struct linking_run *run, size_t *count)
{
	*count = run->links.count;
	return run->links.at;
}
