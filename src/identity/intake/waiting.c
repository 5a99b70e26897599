/* Extracts that are held or refused wait sealed in the archive, under their numbers, and each run looks at them again
 * as it looks at the inbox: what was wrong may have been put right in the profile, or let through by a person. */
#include "base/file.h"
#include "intake/intake_int.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_waiting(const struct known_extract *known)
{
	return known->status != KNOWN_LOADED && known->archive_name[0];
}

static void path_of(const struct intake *intake, const struct known_extract *known, char out[4400])
{
	snprintf(out, 4400, "%s/%s", intake->settings.archive, known->archive_name);
}

static const struct plan *plan_of(const struct intake *intake, int64_t feed_no)
{
	for (size_t i = 0; i < intake->settings.profile->feeds.count; i++)
		if (intake->plans[i].feed_no == feed_no)
			return &intake->plans[i];
	return NULL;
}

void waiting_list(struct waiting_extract **out, size_t *count, const struct intake *intake, struct arena *arena)
{
	*out = ARENA_ARRAY(arena, intake->extract_count + 1, struct waiting_extract);
	*count = 0;
	for (size_t i = 0; intake->settings.archive && i < intake->extract_count; i++) {
		const struct known_extract *known = &intake->extracts[i];
		const struct plan *plan = plan_of(intake, known->feed_no);
		char path[4400];
		struct stat info;
		if (!is_waiting(known) || !plan)
			continue;
		path_of(intake, known, path);
		if (stat(path, &info) == 0)
			(*out)[(*count)++] = (struct waiting_extract){known->extract_id, plan,
								      arena_text(arena, text_of(known->file_name)),
								      known->as_at, (uint64_t)info.st_size};
	}
}

/* The file first: what is not there any more is not looked for, and its row may say so later. */
static enum status end_waiting(struct store *store, const char *path, int64_t extract_id, const char *as,
			       struct error *error)
{
	struct statement *update;
	if (file_exists(path) && unlink(path)) {
		error_set_errno(error, errno, "intake.archive", "The archive of extract %lld cannot be removed",
				(long long)extract_id);
		return STATUS_IO;
	}
	enum status status = store_prepare(
		&update, store, "UPDATE extract SET status = :as, archive_name = NULL WHERE extract_id = :extract_id",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(update, "as", text_of(as));
	statement_bind_int(update, "extract_id", extract_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

static enum status replace(struct intake *intake, struct known_extract *known, struct error *error)
{
	char path[4400];
	path_of(intake, known, path);
	known->archive_name[0] = '\0';
	return end_waiting(intake->settings.store, path, known->extract_id, "replaced", error);
}

static enum status replace_by(struct intake *intake, const struct extract_job *job, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < intake->extract_count && status == STATUS_OK; i++) {
		struct known_extract *known = &intake->extracts[i];
		if (is_waiting(known) && known->feed_no == job->plan->feed_no &&
		    known->extract_id != job->result.extract_id && strcmp(known->file_name, job->result.file_name) == 0)
			status = replace(intake, known, error);
	}
	return status;
}

enum status waiting_replace(struct intake *intake, struct error *error)
{
	enum status status = STATUS_OK;
	for (const struct extract_job *job = intake->first_job; job && status == STATUS_OK; job = job->next)
		if (job->plan && !job->waited && job->result.extract_id && job->result.outcome != EXTRACT_BUSY)
			status = replace_by(intake, job, error);
	return status;
}

static enum status no_such(int64_t extract_id, struct error *error)
{
	error_set(error, STATUS_NOT_FOUND, "intake.not_waiting", "There is no held or refused extract %lld",
		  (long long)extract_id);
	error_remedy(error, "\"oneview refresh --json\" tells the number of each that waits");
	return STATUS_NOT_FOUND;
}

enum status intake_discard(struct store *store, const char *archive, int64_t extract_id, struct error *error)
{
	char path[4400];
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, store,
					   "SELECT archive_name FROM extract WHERE extract_id = :extract_id AND status "
					   "IN ('held', 'refused', 'released')",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "extract_id", extract_id);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row) {
		struct text name = statement_text(s, statement_column(s, "archive_name"));
		snprintf(path, sizeof path, "%s/%.*s", archive, name.len ? (int)name.len : 1, name.len ? name.at : "-");
	}
	statement_done(s);
	if (status != STATUS_OK)
		return status;
	return row ? end_waiting(store, path, extract_id, "discarded", error) : no_such(extract_id, error);
}
