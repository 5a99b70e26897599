#include "base/file.h"
#include "base/threads.h"
#include "matching/matching_int.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

/* In a small file pairs are cheap, and one that no rule finds cannot be linked. */
enum { SAMPLE_ROWS = 5000, FEW_RECORDS = 10000 };

double matching_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void matching_warn(struct matching *matching, const struct source *source, uint64_t line, const char *format, ...)
{
	ARRAY_GROW(matching->warnings, matching->warning_count, matching->warning_capacity);
	struct matching_warning *warning = &matching->warnings[matching->warning_count++];
	*warning = (struct matching_warning){.file = source ? source->name : TEXT_ABSENT, .line = line};
	va_list args;
	va_start(args, format);
	vsnprintf(warning->text, sizeof warning->text, format, args);
	va_end(args);
}

enum status matching_stopped(const struct matching *matching, struct error *error)
{
	if (!matching->options.stop || !atomic_load(matching->options.stop))
		return STATUS_OK;
	error_set(error, STATUS_INTERRUPTED, "interrupted", "stopped: nothing was written");
	return STATUS_INTERRUPTED;
}

/* ---- which column names the record -------------------------------------------------------------------------- */

static enum status no_such_id(const struct source *source, const char *id, struct error *error)
{
	struct text headers[MOST_COLUMNS];
	for (size_t c = 0; c < source->column_count; c++)
		headers[c] = source->columns[c].is.header;
	struct text near = text_nearest(text_of(id), headers, source->column_count);
	error_set(error, STATUS_NOT_FOUND, "matching.id", "there is no column \"%s\" for the ids", id);
	if (near.len)
		error_remedy(error, "Did you mean \"%.*s\"?", TEXT_ARG(near));
	else
		error_remedy(error, "Name one of the file's columns with --id, or number the rows with --id none.");
	error_at(error, source->path, 1, 0);
	return STATUS_NOT_FOUND;
}

static enum status choose_id(struct matching *matching, struct source *source, struct error *error)
{
	const char *id = matching->options.id ? matching->options.id : pinned_id(matching);
	if (id && strcmp(id, "none") == 0)
		return STATUS_OK;
	for (size_t c = 0; id && c < source->column_count; c++) {
		if (text_is(source->columns[c].is.header, id)) {
			source->id_column = c;
			return STATUS_OK;
		}
	}
	if (id)
		return no_such_id(source, id, error);
	for (size_t rank = 0; rank < USUAL_IDS; rank++) {
		for (size_t c = 0; c < source->column_count; c++) {
			if (header_is_usual_id(source->columns[c].is.header, rank)) {
				source->id_column = c;
				return STATUS_OK;
			}
		}
	}
	return STATUS_OK;
}

static void mark_id(struct source *source)
{
	if (source->id_column == source->column_count)
		return;
	struct matching_column *column = &source->columns[source->id_column].is;
	column->meaning = MEANING_ID;
	snprintf(column->why, sizeof column->why, "names the record in the results; not compared");
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static enum status understand(struct matching *matching, struct source *source, const char *path, struct error *error)
{
	struct sample sample;
	enum status status = source_open(matching, source, path, error);
	if (status == STATUS_OK)
		status = choose_id(matching, source, error);
	if (status != STATUS_OK)
		return status;
	source_sample(matching, source, SAMPLE_ROWS, &sample);
	infer_columns(matching, source, &sample);
	mark_id(source);
	return pinned_apply(matching, source, error);
}

static void look_for_use(const struct matching *matching, bool *varies, bool *constant)
{
	*varies = *constant = false;
	for (size_t s = 0; s < matching->source_count; s++) {
		for (size_t c = 0; c < matching->sources[s].column_count; c++) {
			const struct matching_column *column = &matching->sources[s].columns[c].is;
			*varies |= meaning_is_used(column->meaning) && !column->constant;
			*constant |= column->constant &&
				     (meaning_is_used(column->meaning) || column->meaning == MEANING_IGNORED);
		}
	}
}

static bool all_empty(const struct matching *matching)
{
	for (size_t s = 0; s < matching->source_count; s++)
		for (size_t c = 0; c < matching->sources[s].column_count; c++) {
			const struct matching_column *column = &matching->sources[s].columns[c].is;
			if (column->meaning != MEANING_ID && column->filled > 0)
				return false;
		}
	return true;
}

/* Nothing to compare: either all records say the same, or the file holds nothing of people. */
static enum status check_usable(struct matching *matching, struct error *error)
{
	bool varies, constant;
	look_for_use(matching, &varies, &constant);
	if (varies)
		return STATUS_OK;
	if (constant && matching->source_count == 1) {
		matching->all_same = true;
		matching_warn(matching, NULL, 0,
			      "every record says the same: nothing tells them apart, so they are taken for one");
		return STATUS_OK;
	}
	error_set(error, STATUS_INVALID, "matching.columns", "no column can be used to tell people apart%s",
		  all_empty(matching) ? ": all but the ids are empty" : "");
	error_remedy(error, all_empty(matching)
				    ? "Give records with names, dates of birth or addresses in them."
				    : "Call the columns by what they hold, such as first_name, surname, date_of_birth, "
				      "postcode; or name their meanings in --settings (docs/formats/matching.md).");
	error_at(error, matching->sources[0].path, 1, 0);
	return STATUS_INVALID;
}

/* Records are told apart by their file's name and their id. */
static enum status check_name(const struct matching *matching, size_t s, struct error *error)
{
	const char *const *files = matching->options.files;
	for (size_t before = 0; before < s; before++) {
		if (!text_equal(matching->sources[before].name, matching->sources[s].name))
			continue;
		bool twice = file_is_same(files[before], files[s]);
		error_set(error, STATUS_INVALID, "matching.names", "%s",
			  twice ? "this file is given twice"
				: "two files have this name: their records could not be told apart in the result");
		error_remedy(error, twice ? "Give it once." : "Rename one of them.");
		error_at(error, files[s], 0, 0);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static enum status read_all(struct matching *matching, struct error *error)
{
	const struct matching_options *options = &matching->options;
	enum status status = STATUS_OK;
	matching->sources = memory_alloc(options->file_count, sizeof *matching->sources);
	for (size_t s = 0; s < options->file_count && status == STATUS_OK; s++) {
		matching->source_count = s + 1;
		status = understand(matching, &matching->sources[s], options->files[s], error);
		if (status == STATUS_OK)
			status = check_name(matching, s, error);
	}
	if (status != STATUS_OK)
		return status;
	infer_across(matching);
	status = pinned_check(matching, error);
	if (status == STATUS_OK)
		status = check_usable(matching, error);
	for (size_t s = 0; s < matching->source_count && status == STATUS_OK; s++) {
		struct source *source = &matching->sources[s];
		source->first_record = matching->records;
		status = source_read(matching, source, error);
		matching->records += source->rows;
	}
	if (status == STATUS_OK && matching->records > UINT32_MAX / 2) {
		error_set(error, STATUS_TOO_LARGE, "matching.size", "more than 2,147,483,647 records at once");
		status = STATUS_TOO_LARGE;
	}
	return status;
}

static enum status read_model(struct matching *matching, struct error *error)
{
	struct buf text;
	if (!matching->options.model)
		return STATUS_OK;
	buf_init(&text, 64 << 20);
	enum status status = file_read(matching->options.model, &text, error);
	if (status == STATUS_OK)
		matching->model_text = arena_copy(&matching->arena, buf_text(&text));
	buf_release(&text);
	return status;
}

enum status matching_read(struct matching **out, const struct matching_options *options, struct error *error)
{
	struct matching *matching = memory_alloc(1, sizeof *matching);
	double start = matching_seconds();
	*out = matching;
	matching->options = *options;
	if (!matching->options.threads)
		matching->options.threads = threads_available();
	arena_init(&matching->arena, SIZE_MAX / 2);
	enum status status = options->settings ? pinned_read(matching, options->settings, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = read_model(matching, error);
	if (status == STATUS_OK)
		status = read_all(matching, error);
	matching->seconds_read = matching_seconds() - start;
	if (status == STATUS_OK)
		return STATUS_OK;
	matching_free(matching);
	*out = NULL;
	return status;
}

void matching_free(struct matching *matching)
{
	if (!matching)
		return;
	for (size_t s = 0; s < matching->source_count; s++)
		source_release(&matching->sources[s]);
	free(matching->sources);
	free(matching->warnings);
	free(matching->entities);
	linking_table_free(matching->table);
	linking_run_free(matching->run);
	arena_release(&matching->arena);
	free(matching);
}

/* ---- linking --------------------------------------------------------------------------------------------------------
 */

enum status matching_run(struct matching *matching, struct error *error)
{
	double start = matching_seconds();
	enum status status = matching->all_same ? STATUS_OK : prepare_table(matching, error);
	matching->seconds_prepare = matching_seconds() - start;
	if (status != STATUS_OK || matching->all_same)
		return status;
	status = pinned_linking(matching, error);
	if (status != STATUS_OK)
		return status;
	start = matching_seconds();
	struct linking_settings *settings = &matching->linking;
	settings->threads = matching->options.threads;
	settings->stop = matching->options.stop;
	settings->model = matching->model_text;
	settings->link_only = matching->options.link_only;
	settings->broad = matching->records <= FEW_RECORDS;
	for (size_t s = 0; s < matching->source_count; s++)
		settings->clean_files |= (uint64_t)matching->sources[s].clean << s;
	if (matching->options.link_probability > 0)
		settings->link_probability = matching->options.link_probability;
	if (settings->keep_probability == 0 && matching->options.keep_pairs)
		settings->keep_probability = 0.001;
	struct linking_table *table = matching->table;
	matching->table = NULL;
	status = linking_run_new(&matching->run, table, settings, error);
	if (status == STATUS_INVALID && matching->options.model)
		error_at(error, matching->options.model, 0, 0);
	matching->seconds_link = matching_seconds() - start;
	return status;
}

/* ---- what came of it
 * --------------------------------------------------------------------------------------------------- */

size_t matching_file_count(const struct matching *matching)
{
	return matching->source_count;
}

struct matching_file matching_file(const struct matching *matching, size_t file)
{
	const struct source *source = &matching->sources[file];
	struct matching_column *columns =
		arena_alloc_array((struct arena *)&matching->arena, source->column_count, sizeof *columns);
	for (size_t c = 0; c < source->column_count; c++)
		columns[c] = source->columns[c].is;
	return (struct matching_file){.path = source->path,
				      .name = source->name,
				      .records = source->rows,
				      .columns = columns,
				      .column_count = source->column_count,
				      .id_column = source->id_column,
				      .has_header = source->has_header,
				      .encoding = !source->windows_1252 ? "UTF-8"
						  : source->utf8        ? "UTF-8 and Windows-1252"
									: "Windows-1252"};
}

const struct matching_warning *matching_warnings(const struct matching *matching, size_t *count)
{
	*count = matching->warning_count;
	return matching->warnings;
}

uint64_t matching_entity(const struct matching *matching, size_t record)
{
	return matching->entities ? matching->entities[record] : 0;
}

bool matching_has_truth(const struct matching *matching)
{
	return matching->entities != NULL;
}

uint32_t matching_cluster(const struct matching *matching, size_t record)
{
	return matching->run ? linking_cluster_of(matching->run, record) : 0;
}

struct text matching_record_name(const struct matching *matching, size_t record, struct text *file, char room[24])
{
	size_t s = matching->source_count - 1;
	while (matching->sources[s].first_record > record)
		s--;
	*file = matching->sources[s].name;
	return source_id(&matching->sources[s], record - matching->sources[s].first_record, room);
}

const struct linking_run *matching_linking(const struct matching *matching)
{
	return matching->run;
}

const struct linking_column *matching_compared(const struct matching *matching, size_t *count)
{
	*count = matching->run ? matching->column_count : 0;
	return matching->columns;
}

void matching_summary(const struct matching *matching, struct matching_summary *out)
{
	*out = (struct matching_summary){.records = matching->records,
					 .clusters = 1,
					 .largest_cluster = matching->records,
					 .linked_records = matching->records,
					 .threshold = matching->linking.link_probability,
					 .seconds_read = matching->seconds_read,
					 .seconds_prepare = matching->seconds_prepare,
					 .seconds_link = matching->seconds_link};
	if (out->threshold == 0)
		out->threshold = 0.5;
	if (!matching->run)
		return;
	const struct linking_report *report = linking_run_report(matching->run);
	uint32_t *sizes = memory_alloc(report->clusters + 1, sizeof *sizes);
	for (size_t i = 0; i < matching->records; i++)
		sizes[linking_cluster_of(matching->run, i)]++;
	out->largest_cluster = out->linked_records = 0;
	for (size_t i = 0; i < report->clusters; i++) {
		out->largest_cluster = sizes[i] > out->largest_cluster ? sizes[i] : out->largest_cluster;
		out->linked_records += sizes[i] > 1 ? sizes[i] : 0;
	}
	out->clusters = report->clusters;
	out->pairs_kept = report->links;
	out->pairs_compared = report->pairs;
	free(sizes);
}
