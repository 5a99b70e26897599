/* Runs: one file, or everything in the inbox. */
#include "base/file.h"
#include "base/memory.h"
#include "intake/intake_int.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct inbox_file {
	struct text name;
	const struct plan *plan;
	date as_at;
	unsigned depth;  /* feeds that others refer to come first */
	int64_t waiting; /* number of an extract that waits in the archive; 0: in the inbox */
};

struct run {
	struct intake *intake;
	intake_report *report;
	void *context;
	struct intake_totals *totals;
};

/* ---- reports ------------------------------------------------------------------------------------------- */

static void add_to_totals(struct intake_totals *totals, const struct intake_result *result)
{
	uint64_t *const by_outcome[] = {[EXTRACT_LOADED] = &totals->loaded, [EXTRACT_REPEATED] = &totals->repeated,
					[EXTRACT_HELD] = &totals->held,     [EXTRACT_REFUSED] = &totals->refused,
					[EXTRACT_BUSY] = &totals->busy,     [EXTRACT_UNKNOWN] = &totals->unknown};
	totals->files++;
	(*by_outcome[result->outcome])++;
	if (result->outcome != EXTRACT_LOADED)
		return;
	totals->bytes += result->bytes;
	totals->rows_read += result->rows_read;
	totals->rows_loaded += result->rows_loaded;
	totals->rows_unchanged += result->rows_unchanged;
	totals->rows_quarantined += result->rows_quarantined;
	totals->rows_ended += result->rows_ended;
}

/* What waited in the archive stays there as it is, unless it has rows that may not. */
static bool goes_away(const struct extract_job *job)
{
	if (job->waited)
		return job->result.outcome == EXTRACT_LOADED && job->refused_rows;
	return job->status && job->archive_name[0];
}

/* Tells of every extract that the writer is done with, in order. */
static void report_done(struct run *run)
{
	struct intake *intake = run->intake;
	for (struct extract_job *job = intake->first_job; job && job->committed; job = job->next) {
		if (job->reported)
			continue;
		job->reported = true;
		if (intake->away && goes_away(job))
			away_add(intake->away, job);
		add_to_totals(run->totals, &job->result);
		if (run->report)
			run->report(run->context, &job->result);
	}
}

/* Waits for writer and archive; then the clear files may go. */
static enum status finish(struct run *run, enum status status, struct error *error)
{
	struct intake *intake = run->intake;
	struct error late;
	enum status written = writer_drain(intake->writer, true, &late);
	report_done(run);
	if (written == STATUS_OK && intake->away)
		written = store_sync(intake->settings.store, &late);
	if (intake->away) {
		struct error why;
		enum status away = away_finish(intake->away, written == STATUS_OK, &why);
		if (written == STATUS_OK && away) {
			written = away;
			late = why;
		}
	}
	if (status == STATUS_OK && written) {
		*error = late;
		status = written;
	}
	return status;
}

/* ---- one file -------------------------------------------------------------------------------------------- */

static void keep_result(void *context, const struct intake_result *result)
{
	*(struct intake_result *)context = *result;
}

enum status intake_extract(struct intake *intake, const char *path, struct intake_result *result, struct error *error)
{
	struct intake_totals totals = {0};
	struct run run = {intake, keep_result, result, &totals};
	*result = (struct intake_result){0};
	enum status status = extract_read_file(intake, path, error);
	return finish(&run, status, error);
}

/* ---- the inbox --------------------------------------------------------------------------------------------- */

static unsigned feed_depth(const struct profile_feed *feed, unsigned most)
{
	unsigned depth = 0;
	for (size_t i = 0; i < feed->rule_count && most > 0; i++) {
		const struct profile_feed *there = feed->rules[i].feed;
		unsigned its = there && there != feed ? feed_depth(there, most - 1) + 1 : 0;
		depth = its > depth ? its : depth;
	}
	return depth;
}

static int in_order(const void *a, const void *b)
{
	const struct inbox_file *x = a, *y = b;
	if (x->as_at != y->as_at)
		return x->as_at < y->as_at ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	if (x->plan != y->plan)
		return x->plan < y->plan ? -1 : 1;
	return text_compare(x->name, y->name);
}

/* What somebody else writes under a name of its own until it is whole. */
static bool is_partial_name(struct text name)
{
	static const struct text endings[] = {TEXT(".part"), TEXT(".tmp"), TEXT(".filepart"), TEXT(".crdownload")};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		if (text_ends_with(name, endings[i]))
			return true;
	}
	return name.len == 0 || name.at[0] == '.' || name.at[0] == '~';
}

static void inbox_path(const struct intake *intake, struct text name, char out[4096])
{
	snprintf(out, 4096, "%s/%.*s", intake->settings.inbox, TEXT_ARG(name));
}

static bool has_file(const struct inbox_file *files, size_t count, const struct waiting_extract *waiting)
{
	for (size_t i = 0; i < count; i++)
		if (files[i].plan == waiting->plan && text_equal(files[i].name, waiting->file_name))
			return true;
	return false;
}

/* One whose name is in the inbox again gives way to it. */
static void add_waiting(struct inbox_file *files, size_t *count, const struct waiting_extract *waiting, size_t waits,
			uint64_t *bytes)
{
	size_t in_inbox = *count;
	for (size_t i = 0; i < waits; i++) {
		if (has_file(files, in_inbox, &waiting[i]))
			continue;
		files[(*count)++] = (struct inbox_file){waiting[i].file_name, waiting[i].plan, waiting[i].as_at,
							feed_depth(waiting[i].plan->feed, 8), waiting[i].extract_id};
		*bytes += waiting[i].bytes;
	}
}

static enum status list_inbox(const struct intake *intake, struct arena *arena, struct inbox_file **out, size_t *count,
			      uint64_t *bytes, struct error *error)
{
	struct text *names;
	size_t found, waits;
	struct waiting_extract *waiting;
	enum status status = file_list(intake->settings.inbox, arena, &names, &found, error);
	if (status)
		return status;
	waiting_list(&waiting, &waits, intake, arena);
	struct inbox_file *files = ARENA_ARRAY(arena, found + waits + 1, struct inbox_file);
	*count = 0;
	*bytes = 0;
	for (size_t i = 0; i < found; i++) {
		char path[4096];
		struct stat info;
		inbox_path(intake, names[i], path);
		if (is_partial_name(names[i]) || stat(path, &info) || !S_ISREG(info.st_mode))
			continue;
		struct inbox_file *file = &files[(*count)++];
		*file = (struct inbox_file){.name = names[i], .as_at = DATE_UNKNOWN};
		file->plan = extract_plan_of(intake, names[i], &file->as_at);
		if (file->plan && file->as_at == DATE_UNKNOWN)
			file->as_at = (date)(info.st_mtim.tv_sec / 86400);
		file->depth = file->plan ? feed_depth(file->plan->feed, 8) : 0;
		*bytes += (uint64_t)info.st_size;
	}
	add_waiting(files, count, waiting, waits, bytes);
	qsort(files, *count, sizeof *files, in_order);
	*out = files;
	return STATUS_OK;
}

static enum status know_feeds(struct intake *intake, const struct inbox_file *files, size_t count, struct error *error)
{
	bool *wanted = memory_alloc(intake->settings.profile->feeds.count + 1, sizeof *wanted);
	for (size_t i = 0; i < count; i++) {
		if (files[i].plan)
			wanted[files[i].plan->feed->number] = true;
	}
	enum status status = count ? intake_know(intake, wanted, error) : STATUS_OK;
	free(wanted);
	return status;
}

static enum status read_files(struct run *run, const struct inbox_file *files, size_t count, struct error *error)
{
	struct intake *intake = run->intake;
	enum status status = know_feeds(intake, files, count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		char path[4096];
		inbox_path(intake, files[i].name, path);
		if (intake->settings.stop && atomic_load(intake->settings.stop))
			return error_set(error, STATUS_INTERRUPTED, "intake.stopped",
					 "Stopped; what was loaded so far is kept");
		status = files[i].waiting ? extract_read_waiting(intake, files[i].waiting, files[i].plan, error)
					  : extract_read_file(intake, path, error);
		report_done(run);
		if (status == STATUS_OK)
			status = writer_status(intake->writer, error);
	}
	return status;
}

enum status intake_inbox(struct intake *intake, intake_report *report, void *context, struct intake_totals *totals,
			 struct error *error)
{
	struct arena arena;
	struct inbox_file *files;
	size_t count = 0;
	uint64_t bytes = 0;
	struct run run = {intake, report, context, totals};
	*totals = (struct intake_totals){0};
	arena_init(&arena, 64 << 20);
	enum status status =
		intake->settings.archive ? vault_remove_leftovers(intake->settings.inbox, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = list_inbox(intake, &arena, &files, &count, &bytes, error);
	if (status == STATUS_OK) {
		progress_start(&intake->progress, "Loading extracts", "bytes", bytes);
		intake->progress.shown = intake->progress.shown && intake->settings.show_progress;
		status = finish(&run, read_files(&run, files, count, error), error);
		if (status == STATUS_OK)
			status = waiting_replace(intake, error);
		progress_end(&intake->progress);
	}
	arena_release(&arena);
	return status;
}

enum status intake_latest(struct store *store, instant *finished, struct error *error)
{
	return store_query_int(store, "SELECT max(finished) FROM extract WHERE status = 'loaded'", finished, error);
}
