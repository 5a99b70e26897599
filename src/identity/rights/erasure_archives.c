/* Archives written anew without the rows of those who are erased; nothing of them lies on the disk in clear meanwhile.
 */
#include "rights/erasure_int.h"

#include "base/file.h"
#include "intake/csv.h"
#include "intake/intake.h"
#include "runs/workspace.h"

enum { ARCHIVE_LARGEST = 1 << 30 };

struct archived {
	int64_t extract_id;
	const struct profile_feed *feed; /* NULL: the profile has it no longer */
	struct text name, source_id;
	bool waits; /* held or refused: no row of it was loaded */
};

static enum status take_block(void *context, struct text block, struct error *error)
{
	struct buf *all = context;
	buf_append_text(all, block);
	if (!all->failed)
		return STATUS_OK;
	return error_set(error, STATUS_TOO_LARGE, "rights.archive", "an archive is larger than %d MB",
			 ARCHIVE_LARGEST >> 20);
}

static const struct erased_record *record_of(const struct erasing *e, const struct profile_feed *feed,
					     struct text client)
{
	int64_t hash = intake_client_hash(e->parts->vault, feed, client);
	const uint64_t *number = id_map_get(&e->by_client, (uint64_t)hash);
	return number ? &e->records[*number] : NULL;
}

static enum status erase_line(struct erasing *e, int64_t extract_id, int64_t line, struct error *error)
{
	struct statement *s;
	int64_t changed = 0;
	enum status status = store_prepare(
		&s, e->parts->data, "DELETE FROM quarantine WHERE extract_id = :extract AND line = :line", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "extract", extract_id);
	statement_bind_int(s, "line", line);
	status = statement_run(s, &changed, error);
	statement_done(s);
	e->erasure->rows += changed;
	return status;
}

struct filtering {
	struct erasing *e;
	const struct archived *archived;
	size_t client; /* where its number stands */
	bool first;
	bool anywhere; /* no column is known to have it: a row that has the number in any goes */
	int64_t dropped;
};

/* What of theirs may be in it cannot be told: a person has to look. */
static void note_unsearched(struct erasing *e, const struct archived *archived)
{
	char *out = e->erasure->unsearched;
	size_t len = strlen(out);
	if (e->lines && !e->feed && len + 24 < ERASURE_UNSEARCHED_SIZE)
		snprintf(out + len, ERASURE_UNSEARCHED_SIZE - len, "%s%lld", len ? " " : "",
			 (long long)archived->extract_id);
	else if (e->lines && !e->feed && len + 5 < ERASURE_UNSEARCHED_SIZE && out[len - 1] != '.')
		snprintf(out + len, ERASURE_UNSEARCHED_SIZE - len, " ...");
}

static enum status read_header(struct filtering *f, struct csv *csv, const struct csv_row *row, struct error *error)
{
	f->first = false;
	csv_expect(csv, row->count);
	if (intake_client_column(&f->client, f->archived->feed, row))
		return STATUS_OK;
	f->anywhere = f->archived->waits;
	if (f->anywhere) {
		note_unsearched(f->e, f->archived);
		return STATUS_OK;
	}
	/* whose rows are whose cannot be told: others' would go */
	error_set(error, STATUS_REFUSED, "rights.archive",
		  "the archive of extract %lld has no column of client numbers", (long long)f->archived->extract_id);
	error_remedy(error, "Give the feed's client column its header of that time, then erase again");
	return STATUS_REFUSED;
}

static bool is_theirs(const struct filtering *f, const struct csv_row *row)
{
	bool theirs =
		!f->anywhere && f->client < row->count && record_of(f->e, f->archived->feed, row->fields[f->client]);
	for (size_t i = 0; f->anywhere && i < row->count; i++)
		theirs = theirs ||
			 (!text_is_empty(row->fields[i]) && record_of(f->e, f->archived->feed, row->fields[i]));
	return theirs;
}

static enum status choose_row(void *context, struct csv *csv, const struct csv_row *row, bool *keep,
			      struct error *error)
{
	struct filtering *f = context;
	struct erasing *e = f->e;
	const struct profile_feed *feed = f->archived->feed;
	bool is_header = f->first && feed->header_row;
	enum status status = f->first ? read_header(f, csv, row, error) : STATUS_OK;
	if (status != STATUS_OK || is_header)
		return status;
	/* a row that cannot be read may be anybody's: it goes with somebody who is erased, and is counted */
	bool unreadable = !e->feed && !f->anywhere && f->client >= row->count;
	*keep = !unreadable && !is_theirs(f, row);
	f->dropped += !*keep;
	if (*keep || !e->lines)
		return STATUS_OK;
	e->erasure->unreadable += unreadable;
	return erase_line(e, f->archived->extract_id, (int64_t)row->line, error);
}

static struct csv_given given_format(const struct profile_feed *feed)
{
	return (struct csv_given){feed->delimiter, feed->quote, feed->encoding != ENCODING_DETECT,
				  feed->encoding == ENCODING_WINDOWS_1252 ? CSV_WINDOWS_1252 : CSV_UTF_8};
}

static enum status filter(struct erasing *e, const struct archived *archived, struct text all, struct buf *out,
			  int64_t *dropped, struct error *error)
{
	const struct csv_given given = given_format(archived->feed);
	const struct csv_format format = csv_format_detect(all, &given);
	struct filtering f = {.e = e, .archived = archived, .first = true};
	*dropped = 0;
	if (format.encoding == CSV_UTF_16) { /* held for that: no row of it can be told */
		note_unsearched(e, archived);
		return STATUS_OK;
	}
	enum status status = csv_write_without(all, &format, choose_row, &f, out, error);
	*dropped = f.dropped;
	return status;
}

/* While lines are looked for, nothing is written and everything counted. */
static enum status rewrite(struct erasing *e, const struct archived *archived, const char *path, struct error *error)
{
	struct buf all, kept;
	int64_t dropped = 0;
	buf_init(&all, ARCHIVE_LARGEST);
	buf_init(&kept, ARCHIVE_LARGEST);
	enum status status = vault_open_archive(e->parts->vault, path, archived->extract_id, take_block, &all, error);
	if (status == STATUS_OK)
		status = filter(e, archived, buf_text(&all), &kept, &dropped, error);
	if (status == STATUS_OK && dropped && !e->lines)
		status = vault_seal_text(e->parts->vault, buf_text(&kept), path, archived->extract_id, true, error);
	if (e->lines) {
		e->erasure->archives += dropped > 0;
		e->erasure->archived_rows += dropped;
	}
	buf_wipe(&all);
	buf_wipe(&kept);
	buf_release(&all);
	buf_release(&kept);
	return status;
}

/* Nobody can tell whose a quarantined row is without its archive: what was sealed of such rows goes. */
static enum status forget_quarantine(struct erasing *e, int64_t extract_id, struct error *error)
{
	struct statement *s;
	int64_t changed = 0;
	enum status status = store_prepare(
		&s, e->parts->data,
		"UPDATE quarantine SET sealed = NULL WHERE extract_id = :extract AND sealed IS NOT NULL", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "extract", extract_id);
	status = statement_run(s, &changed, error);
	statement_done(s);
	e->erasure->rows += changed;
	return status;
}

static enum status list_archives(struct erasing *e, struct archived **out, size_t *count, struct error *error)
{
	struct statement *s;
	int64_t most;
	bool row;
	*count = 0;
	enum status status = store_query_int(e->parts->data, "SELECT count(*) FROM extract", &most, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&s, e->parts->data,
			"SELECT e.extract_id AS extract_id, f.feed_id AS feed_id, s.source_id AS source_id, "
			"e.archive_name "
			"AS archive_name, CASE WHEN e.status = 'loaded' THEN 0 ELSE 1 END AS waits FROM extract e JOIN "
			"feed f ON f.feed_no = e.feed_no JOIN source s ON s.source_no = f.source_no ORDER BY "
			"e.extract_id",
			error);
	if (status != STATUS_OK)
		return status;
	*out = ARENA_ARRAY(&e->arena, (size_t)most + 1, struct archived);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < (size_t)most)
		(*out)[(*count)++] = (struct archived){
			copied_number(s, "extract_id"),
			profile_feed(e->parts->profile, copied_text(s, "feed_id", &e->arena)),
			copied_text(s, "archive_name", &e->arena),
			copied_text(s, "source_id", &e->arena),
			copied_number(s, "waits") != 0,
		};
	statement_done(s);
	return status;
}

static void archive_path(char *out, size_t size, const struct erasing *e, const struct archived *archived)
{
	snprintf(out, size, "%s/%.*s", e->archive, TEXT_ARG(archived->name));
}

static bool is_of_a_source(const struct erasing *e, const struct archived *archived)
{
	for (size_t i = 0; i < e->count; i++)
		if (text_equal(e->records[i].source_id, archived->source_id))
			return true;
	return false;
}

static enum status of_archive(struct erasing *e, const struct archived *archived, struct error *error)
{
	char path[WORKSPACE_PATH_SIZE + 300];
	archive_path(path, sizeof path, e, archived);
	bool there = !text_is_empty(archived->name) && file_exists(path);
	if (!is_of_a_source(e, archived) || (e->feed && archived->feed != e->feed))
		return STATUS_OK;
	if (!archived->feed) {
		if (there)
			note_unsearched(e, archived);
		return STATUS_OK;
	}
	if (!archived->feed->client)
		return STATUS_OK;
	if (there)
		return rewrite(e, archived, path, error);
	return e->lines ? forget_quarantine(e, archived->extract_id, error) : STATUS_OK;
}

static enum status each_archive(struct erasing *e, struct error *error)
{
	struct archived *all;
	size_t count;
	id_map_init(&e->by_client);
	for (size_t i = 0; i < e->count; i++)
		*id_map_put(&e->by_client, (uint64_t)e->records[i].client_hash, NULL) = i;
	enum status status = list_archives(e, &all, &count, error);
	if (e->lines)
		e->erasure->unsearched[0] = '\0';
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = of_archive(e, &all[i], error);
	id_map_release(&e->by_client);
	return status;
}

/* ---- whose they are ------------------------------------------------------------------------------------ */

struct walking {
	struct filtering filtering;
	erasure_meets *meets;
	void *context;
};

static enum status meet_row(void *context, struct csv *csv, const struct csv_row *row, bool *keep, struct error *error)
{
	struct walking *w = context;
	struct filtering *f = &w->filtering;
	const struct profile_feed *feed = f->archived->feed;
	bool is_header = f->first && feed->header_row;
	enum status status = f->first ? read_header(f, csv, row, error) : STATUS_OK;
	*keep = false;
	for (size_t i = 0; status == STATUS_OK && f->anywhere && i < row->count; i++)
		w->meets(w->context, feed, intake_client_hash(f->e->parts->vault, feed, row->fields[i]));
	if (status == STATUS_OK && !is_header && !f->anywhere && f->client < row->count)
		w->meets(w->context, feed, intake_client_hash(f->e->parts->vault, feed, row->fields[f->client]));
	return status;
}

static enum status walk(struct walking *w, const char *path, struct error *error)
{
	struct buf all, none;
	const struct rights_parts *parts = w->filtering.e->parts;
	buf_init(&all, ARCHIVE_LARGEST);
	buf_init(&none, 64);
	enum status status =
		vault_open_archive(parts->vault, path, w->filtering.archived->extract_id, take_block, &all, error);
	const struct csv_given given = given_format(w->filtering.archived->feed);
	const struct csv_format format = csv_format_detect(buf_text(&all), &given);
	if (status == STATUS_OK && format.encoding != CSV_UTF_16)
		status = csv_write_without(buf_text(&all), &format, meet_row, w, &none, error);
	buf_wipe(&all);
	buf_release(&all);
	buf_release(&none);
	return status;
}

enum status erasure_walk_archives(struct erasing *e, erasure_meets *meets, void *context, struct error *error)
{
	struct archived *all;
	size_t count;
	enum status status = list_archives(e, &all, &count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		char path[WORKSPACE_PATH_SIZE + 300];
		struct walking w = {{.e = e, .archived = &all[i], .first = true}, meets, context};
		if (!all[i].feed || !all[i].feed->client || text_is_empty(all[i].name))
			continue;
		archive_path(path, sizeof path, e, &all[i]);
		if (file_exists(path))
			status = walk(&w, path, error);
	}
	return status;
}

enum status erase_lines(struct erasing *e, struct error *error)
{
	e->lines = true;
	return each_archive(e, error);
}

enum status erase_archives(struct erasing *e, struct error *error)
{
	e->lines = false;
	return each_archive(e, error);
}
