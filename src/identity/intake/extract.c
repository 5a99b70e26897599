/* The life of one extract on the reading thread, from its file name to commit or discard. */
#include "base/memory.h"
#include "base/progress.h"
#include "intake/intake_int.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const struct plan *extract_plan_of(const struct intake *intake, struct text file_name, date *as_at)
{
	const struct profile *profile = intake->settings.profile;
	for (size_t i = 0; i < profile->feeds.count; i++) {
		if (profile_file_matches(&profile->feeds.at[i], file_name, as_at))
			return &intake->plans[i];
	}
	return NULL;
}

/* ---- the job ---------------------------------------------------------------------------------------- */

static struct extract_job *job_new(struct intake *intake, const char *path)
{
	struct extract_job *job = memory_alloc(1, sizeof *job);
	const char *slash = strrchr(path, '/');
	arena_init(&job->arena, 64 << 20);
	snprintf(job->path, sizeof job->path, "%s", path);
	snprintf(job->result.file_name, sizeof job->result.file_name, "%s", slash ? slash + 1 : path);
	job->received = instant_now();
	*intake->last_job = job;
	intake->last_job = &job->next;
	return job;
}

static enum status job_look(struct extract_job *job, struct stat *info, struct error *error)
{
	if (stat(job->path, info)) {
		error_set_errno(error, errno, "intake.open", "The extract cannot be looked at");
		error_at(error, job->result.file_name, 0, 0);
		return STATUS_IO;
	}
	job->device = (int64_t)info->st_dev;
	job->inode = (int64_t)info->st_ino;
	job->size = info->st_size;
	job->mtime_ns = info->st_mtim.tv_sec * INT64_C(1000000000) + info->st_mtim.tv_nsec;
	job->result.bytes = (uint64_t)info->st_size;
	return STATUS_OK;
}

static bool job_file_changed(const struct extract_job *job)
{
	struct stat info;
	return stat(job->path, &info) != 0 || info.st_size != job->size ||
	       info.st_mtim.tv_sec * INT64_C(1000000000) + info.st_mtim.tv_nsec != job->mtime_ns;
}

/* One that waited in the archive is known by its number: an erasure may have taken rows from it since. */
static enum status job_identify(struct intake *intake, struct extract_job *job, struct error *error)
{
	struct intake_result *result = &job->result;
	enum status status =
		job->waited ? STATUS_OK : vault_hash_file(intake->settings.vault, job->path, job->hash, error);
	if (status)
		return status;
	job->known = intake_find_extract(intake, job->plan, result->as_at, job->hash);
	result->extract_id = job->known ? job->known->extract_id : intake->next_extract++;
	if (job->known && job->known->archive_name[0])
		snprintf(job->archive_name, sizeof job->archive_name, "%s", job->known->archive_name);
	else if (intake->settings.archive)
		snprintf(job->archive_name, sizeof job->archive_name, "%08lld_%.240s.sealed",
			 (long long)result->extract_id, result->file_name);
	enum feed_delivery delivery = job->plan->feed->delivery;
	const struct known_extract *before = intake_last_loaded(intake, job->plan, false);
	job->is_full = delivery == DELIVERY_FULL || (delivery == DELIVERY_FIRST_FULL && !before);
	return STATUS_OK;
}

/* ---- outcomes ------------------------------------------------------------------------------------------ */

/* Without rows: a row in `extract` that says why, when STATUS is given; the file then waits in the archive. */
static void job_end(struct intake *intake, struct extract_job *job, enum extract_outcome outcome, const char *status)
{
	job->result.outcome = outcome;
	job->status = status;
	if (!status)
		job->archive_name[0] = '\0';
	intake_note_extract(intake, job);
	writer_give(intake->writer, writer_batch(intake->writer, job, BATCH_DISCARD));
}

static void job_repeated(struct intake *intake, struct extract_job *job)
{
	job->result.outcome = EXTRACT_REPEATED;
	snprintf(job->result.reason, sizeof job->result.reason, "Loaded before as extract %lld",
		 (long long)job->result.extract_id);
	job->committed = true;
	job->was_loaded = true;
	/* The run that loaded it was stopped before it could put the file away. */
	if (intake->away && job->archive_name[0])
		away_add(intake->away, job);
}

static void job_busy(struct extract_job *job)
{
	job->result.outcome = EXTRACT_BUSY;
	snprintf(job->result.reason, sizeof job->result.reason,
		 "Still being written: left for the next run. Write under another name and rename when it is whole");
	job->committed = true;
}

static void reason_from(struct extract_job *job, const struct error *error)
{
	snprintf(job->result.reason, sizeof job->result.reason, "%s%s%s", error->message, error->remedy[0] ? ". " : "",
		 error->remedy);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

static bool is_stopped(const struct intake *intake)
{
	return intake->settings.stop && atomic_load(intake->settings.stop);
}

static enum status interrupted(struct error *error)
{
	error_set(error, STATUS_INTERRUPTED, "intake.stopped",
		  "Stopped; the extract that was being read is not loaded");
	error_remedy(error, "Run it again: it goes on where it was stopped");
	return STATUS_INTERRUPTED;
}

static enum status read_rows(struct reader *reader, struct csv *csv, size_t header_columns, struct error *error)
{
	struct intake *intake = reader->intake;
	struct csv_row row;
	enum status status;
	uint64_t bytes = 0;
	while ((status = csv_next(csv, &row, error)) == STATUS_OK && row.line) {
		rows_take(reader, &row, header_columns);
		bytes += row.raw.len + 1;
		if (!batch_is_full(reader->batch))
			continue;
		reader_flush(reader);
		progress_add(&intake->progress, bytes);
		bytes = 0;
		if (is_stopped(intake))
			return interrupted(error);
		status = writer_status(intake->writer, error);
		if (status)
			return status;
	}
	progress_add(&intake->progress, bytes);
	return status;
}

struct csv_given extract_given_format(const struct profile_feed *feed)
{
	return (struct csv_given){.delimiter = feed->delimiter,
				  .quote = feed->quote,
				  .encoding_given = feed->encoding != ENCODING_DETECT,
				  .encoding = feed->encoding == ENCODING_WINDOWS_1252 ? CSV_WINDOWS_1252 : CSV_UTF_8};
}

/* STATUS_REFUSED: it cannot be read; STATUS_HELD: a column is missing. */
static enum status open_csv(struct reader *reader, struct csv **csv, size_t *header_columns, struct error *error)
{
	const struct profile_feed *feed = reader->plan->feed;
	struct csv_given given = extract_given_format(feed);
	struct csv_format format;
	struct csv_row header;
	*csv = NULL;
	enum status status = csv_format_of_file(&format, reader->job->path, &given, error);
	if (status)
		return status;
	if (format.encoding == CSV_UTF_16) {
		error_set(error, STATUS_REFUSED, "intake.utf16", "The file is UTF-16");
		error_remedy(error, "Export it as UTF-8, or as Windows-1252 with the feed's encoding set so");
		return STATUS_REFUSED;
	}
	status = csv_open(csv, reader->job->path, &format, error);
	if (status == STATUS_OK)
		status = csv_next(*csv, &header, error);
	if (status)
		return status;
	if (!header.line || (header.flaws & ~(unsigned)CSV_FLAW_ENCODING)) {
		error_set(error, STATUS_REFUSED, "intake.no_header",
			  header.line ? "The header line cannot be read" : "The file is empty");
		error_remedy(error, "The first line must hold the column names");
		return STATUS_REFUSED;
	}
	*header_columns = header.count;
	csv_expect(*csv, header.count);
	return header_map(reader, &header, error);
}

static void take_back(struct reader *reader, enum extract_outcome outcome, const char *status)
{
	struct intake *intake = reader->intake;
	reader_drop_all(reader); /* what the writer has already is rolled back by it */
	job_end(intake, reader->job, outcome, status);
	intake_forget(intake, reader->plan);
}

/* Behind the last row: commit, or why not. */
static void decide(struct reader *reader)
{
	struct intake *intake = reader->intake;
	struct extract_job *job = reader->job;
	struct intake_result *result = &job->result;
	bool released = job->known && job->known->status == KNOWN_RELEASED;
	if (job_file_changed(job)) {
		take_back(reader, EXTRACT_BUSY, NULL);
		job_busy(job);
		return;
	}
	if (!released && extract_must_wait(intake, job, result->reason, sizeof result->reason)) {
		take_back(reader, EXTRACT_HELD, "held");
		return;
	}
	if (job->is_full && !reader->cut_short)
		rows_end_absent(reader);
	else if (job->is_full)
		snprintf(result->reason, sizeof result->reason,
			 "The file ends inside a row: rows that it does not have were not ended");
	rows_finish(reader);
	result->outcome = EXTRACT_LOADED;
	job->status = "loaded";
	intake_note_extract(intake, job);
	result->seconds = (double)(instant_now() - job->received) / 1e6;
	reader_give_all(reader);
	writer_give(intake->writer, writer_batch(intake->writer, job, BATCH_COMMIT));
}

static enum status read_extract(struct intake *intake, struct extract_job *job, struct error *error)
{
	struct reader *reader = intake->reader;
	struct csv *csv;
	size_t header_columns;
	reader_start(reader, job, job->plan);
	enum status status = open_csv(reader, &csv, &header_columns, error);
	if (status == STATUS_REFUSED || status == STATUS_HELD) {
		csv_close(csv);
		reason_from(job, error);
		job_end(intake, job, status == STATUS_HELD ? EXTRACT_HELD : EXTRACT_REFUSED,
			status == STATUS_HELD ? "held" : "refused");
		return STATUS_OK;
	}
	if (status == STATUS_OK) {
		reader->batch = writer_batch(intake->writer, job, BATCH_ROWS);
		status = read_rows(reader, csv, header_columns, error);
		if (status == STATUS_OK)
			decide(reader);
		else
			take_back(reader, EXTRACT_BUSY, NULL);
	}
	csv_close(csv);
	return status;
}

/* Everything that can be said before a row is read. *READ: it should be. */
static enum status examine(struct intake *intake, struct extract_job *job, bool *read, struct error *error)
{
	struct intake_result *result = &job->result;
	*read = false;
	enum status status = job_identify(intake, job, error);
	if (status)
		return status;
	if (job->known && job->known->status == KNOWN_LOADED) {
		job_repeated(intake, job);
		return STATUS_OK;
	}
	if (!extract_is_agreed(intake, job->plan->feed, result->reason, sizeof result->reason)) {
		job_end(intake, job, EXTRACT_REFUSED, "refused");
		return STATUS_OK;
	}
	bool late = extract_comes_at_a_wrong_time(intake, job, result->reason, sizeof result->reason);
	if (late && !(job->known && job->known->status == KNOWN_RELEASED)) {
		job_end(intake, job, EXTRACT_HELD, "held");
		return STATUS_OK;
	}
	result->reason[0] = '\0';
	job->is_full = job->is_full && !late;
	*read = true;
	return STATUS_OK;
}

static enum status take_in(struct intake *intake, struct extract_job *job, struct error *error)
{
	bool read;
	enum status status = examine(intake, job, &read, error);
	if (status != STATUS_OK || !read)
		return status;
	bool *wanted = memory_alloc(intake->settings.profile->feeds.count + 1, sizeof *wanted);
	wanted[job->plan->feed->number] = true;
	status = intake_know(intake, wanted, error);
	free(wanted);
	return status == STATUS_OK ? read_extract(intake, job, error) : status;
}

enum status extract_read_file(struct intake *intake, const char *path, struct error *error)
{
	struct extract_job *job = job_new(intake, path);
	struct stat info;
	enum status status = job_look(job, &info, error);
	if (status)
		return status;
	job->plan = extract_plan_of(intake, text_of(job->result.file_name), &job->result.as_at);
	if (!job->plan) {
		job->result.outcome = EXTRACT_UNKNOWN;
		job->result.as_at = DATE_UNKNOWN;
		snprintf(job->result.reason, sizeof job->result.reason, "No feed has files of this name");
		job->committed = true;
		return STATUS_OK;
	}
	job->result.feed = job->plan->feed;
	if (job->result.as_at == DATE_UNKNOWN)
		job->result.as_at = (date)(info.st_mtim.tv_sec / 86400);
	if (file_is_being_written(path, intake->settings.settle_ms)) {
		job_busy(job);
		return STATUS_OK;
	}
	return take_in(intake, job, error);
}

/* The archive was changed or cannot be read: told as refused, and looked at again by the next run. */
static void job_unopened(struct intake *intake, struct extract_job *job, const struct known_extract *known,
			 const struct error *error)
{
	job->known = known;
	job->result.extract_id = known->extract_id;
	snprintf(job->archive_name, sizeof job->archive_name, "%s", known->archive_name);
	reason_from(job, error);
	job_end(intake, job, EXTRACT_REFUSED, "refused");
}

/* Opened into memory, not onto the disk. */
static enum status open_waiting(struct intake *intake, struct extract_job *job, const struct known_extract *known,
				struct error *error)
{
	char path[4400];
	struct stat info;
	snprintf(path, sizeof path, "%s/%s", intake->settings.archive, known->archive_name);
	enum status status =
		vault_open_archive_as_file(&job->waited, intake->settings.vault, path, known->extract_id, error);
	if (status != STATUS_OK)
		return status;
	snprintf(job->path, sizeof job->path, "/proc/self/fd/%d", job->waited);
	return job_look(job, &info, error);
}

enum status extract_read_waiting(struct intake *intake, int64_t extract_id, const struct plan *plan,
				 struct error *error)
{
	const struct known_extract *known = intake_extract_of(intake, extract_id);
	struct extract_job *job = job_new(intake, known->file_name);
	job->plan = plan;
	job->result.feed = plan->feed;
	job->result.as_at = known->as_at;
	memcpy(job->hash, known->hash, sizeof job->hash);
	enum status status = open_waiting(intake, job, known, error);
	if (status == STATUS_OK)
		status = take_in(intake, job, error);
	else if (status == STATUS_CORRUPT) {
		job_unopened(intake, job, known, error);
		status = STATUS_OK;
	}
	if (job->waited > 0 && !job->refused_rows) { /* else the archive is written again without them */
		close(job->waited);
		job->waited = -1;
	}
	return status;
}
