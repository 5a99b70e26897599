/* From columns of files to the engine's table. */
#include "matching/prepare_int.h"

#include <stdlib.h>

/* An address in several columns, or a postcode beside one. */
static bool place_is_made(const struct plan *plan, const struct source *source)
{
	return plan->british && (column_of(source, MEANING_ADDRESS) || column_of(source, MEANING_HOUSE_NUMBER) ||
				 column_of(source, MEANING_STREET) || column_of(source, MEANING_UPRN));
}

/* Whether the column is used as it is, value by value. */
static bool is_single(const struct plan *plan, const struct source *source, enum meaning meaning)
{
	switch (meaning) {
	case MEANING_BIRTH_YEAR:
	case MEANING_BIRTH_MONTH:
	case MEANING_BIRTH_DAY:
	case MEANING_AGE:
	case MEANING_UPRN:
		return false;
	case MEANING_POSTCODE:
		return !place_is_made(plan, source);
	case MEANING_ADDRESS:
	case MEANING_HOUSE_NUMBER:
	case MEANING_STREET:
	case MEANING_PLACE:
	case MEANING_REGION:
		return !plan->british;
	default:
		return meaning_is_used(meaning);
	}
}

struct file_job {
	struct cleaning *cleanings;
	size_t cleaning_count;
	struct made births, places;
	struct ages ages;
	struct file_parts parts;
};

void file_parts_add(struct file_parts *parts, size_t target, const struct text *values, size_t count,
		    const uint32_t *codes)
{
	if (target == LINKING_COLUMNS)
		return;
	ARRAY_GROW(parts->at, parts->count, parts->capacity);
	parts->at[parts->count++] = (struct linking_bulk){target, values, count, codes};
}

static void clean_columns(struct plan *plan, struct source *source, struct file_job *job)
{
	job->cleanings = memory_alloc(source->column_count, sizeof *job->cleanings);
	for (size_t c = 0; c < source->column_count; c++) {
		const struct source_column *column = &source->columns[c];
		if (!is_single(plan, source, column->is.meaning))
			continue;
		struct cleaning *cleaning = &job->cleanings[job->cleaning_count++];
		*cleaning = (struct cleaning){.plan = plan, .source = source, .column = column, .today = date_today()};
		cleaning_run(cleaning, c, plan->matching->options.threads);
		for (size_t chunk = 0; chunk <= column->count / CLEAN_CHUNK; chunk++) {
			source->windows_1252 |= cleaning->windows_1252[chunk];
			source->utf8 |= cleaning->utf8[chunk];
		}
		for (size_t p = 0; p < cleaning->product_count; p++) {
			if (cleaning->products[p].any)
				file_parts_add(&job->parts, cleaning->products[p].target, cleaning->products[p].values,
					       column->count, column->codes);
		}
	}
}

/* Who each record is of, as the settings' truth column says: for the report only. */
static void keep_truth(struct matching *matching, const struct source *source)
{
	if (source->truth_column == source->column_count)
		return;
	const struct source_column *column = &source->columns[source->truth_column];
	if (!matching->entities)
		matching->entities = memory_alloc(matching->records + 1, sizeof *matching->entities);
	for (size_t row = 0; row < source->rows; row++) {
		struct raw raw = column->values[column->codes[row]];
		struct text value = text_trim(text_slice(raw.at, raw.len & ~FIELD_DOUBLED));
		matching->entities[source->first_record + row] = value.len ? text_hash(value) | 1 : 0;
	}
}

static void clean_file(struct plan *plan, struct source *source, struct file_job *job)
{
	unsigned threads = plan->matching->options.threads;
	clean_columns(plan, source, job);
	keep_truth(plan->matching, source);
	if (column_of(source, MEANING_BIRTH_YEAR)) {
		made_births(&job->births, source, threads);
		file_parts_add(&job->parts, plan_date_target(plan, MEANING_BIRTH), job->births.values, source->rows,
			       job->births.codes);
	}
	if (place_is_made(plan, source)) {
		made_places(&job->places, source, threads);
		file_parts_add(&job->parts, plan_target(plan, LINKING_PLACE), job->places.values, source->rows,
			       job->places.codes);
	}
	ages_read(&job->ages, source);
	free(source->bytes);
	source->bytes = NULL;
}

static void file_job_release(struct file_job *job)
{
	for (size_t i = 0; i < job->cleaning_count; i++)
		cleaning_release(&job->cleanings[i]);
	made_release(&job->births);
	made_release(&job->places);
	free(job->cleanings);
	ages_release(&job->ages);
	free(job->parts.at);
}

/* Columns that no file has a value for, such as middle names, are not the engine's. */
static void drop_empty(struct plan *plan, struct file_job *jobs)
{
	struct matching *matching = plan->matching;
	bool any[LINKING_COLUMNS] = {false};
	size_t column_of_target[LINKING_COLUMNS] = {0};
	for (size_t s = 0; s < matching->source_count; s++) {
		for (size_t b = 0; b < jobs[s].parts.count; b++)
			any[jobs[s].parts.at[b].column] = true;
	}
	for (size_t t = 0; t < plan->count; t++) {
		if (!any[t])
			continue;
		column_of_target[t] = matching->column_count;
		matching->meanings[matching->column_count] = matching->meanings[t];
		matching->columns[matching->column_count++] = matching->columns[t];
	}
	for (size_t s = 0; s < matching->source_count; s++) {
		for (size_t b = 0; b < jobs[s].parts.count; b++)
			jobs[s].parts.at[b].column = column_of_target[jobs[s].parts.at[b].column];
	}
}

static void add_file(struct matching *matching, const struct source *source, const struct file_job *job, unsigned file)
{
	size_t first = linking_table_add_records(matching->table, source->rows, (int64_t)source->first_record);
	linking_table_set_file(matching->table, first, file);
	linking_table_add_bulk(matching->table, first, source->rows, job->parts.at, job->parts.count,
			       matching->options.threads);
}

static void settle_ages(struct plan *plan, struct file_job *jobs)
{
	size_t files = plan->matching->source_count;
	struct file_parts **parts = memory_alloc(files, sizeof *parts);
	const struct ages **ages = memory_alloc(files, sizeof *ages);
	for (size_t s = 0; s < files; s++) {
		parts[s] = &jobs[s].parts;
		ages[s] = &jobs[s].ages;
	}
	ages_settle(plan, parts, ages);
	free(parts);
	free(ages);
}

enum status prepare_table(struct matching *matching, struct error *error)
{
	struct plan plan = {.matching = matching};
	enum status status = check_marks(matching, error);
	if (status != STATUS_OK)
		return status;
	align_columns(matching);
	plan_make(&plan);
	struct file_job *jobs = memory_alloc(matching->source_count, sizeof *jobs);
	for (size_t s = 0; s < matching->source_count && status == STATUS_OK; s++) {
		clean_file(&plan, &matching->sources[s], &jobs[s]);
		status = matching_stopped(matching, error);
	}
	settle_ages(&plan, jobs);
	drop_empty(&plan, jobs);
	matching->all_same = matching->column_count == 0;
	if (status == STATUS_OK && !matching->all_same)
		matching->table = linking_table_new(matching->columns, matching->column_count);
	for (size_t s = 0; s < matching->source_count; s++) {
		if (matching->table)
			add_file(matching, &matching->sources[s], &jobs[s], (unsigned)s);
		file_job_release(&jobs[s]);
		source_forget_bytes(&matching->sources[s]);
	}
	free(jobs);
	return status;
}
