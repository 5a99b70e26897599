/* Archives written anew without the rows of those who are erased; nothing of them lies on the disk in clear meanwhile.
 */
#include "rights/erasure_int.h"

#include "base/file.h"
#include "intake/csv.h"
#include "runs/workspace.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ARCHIVE_LARGEST = 1 << 30 };

struct archived {
	int64_t extract_id;
	const struct profile_feed *feed;
	struct text name;
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
	struct buf key;
	buf_init(&key, 1 << 16);
	buf_format(&key, "%.*s\x1f%.*s", TEXT_ARG(feed->source->id), TEXT_ARG(text_trim(client)));
	int64_t hash = vault_hash64(e->parts->vault, VAULT_CLIENT, buf_text(&key));
	buf_wipe(&key);
	buf_release(&key);
	const uint64_t *number = id_map_get(&e->by_client, (uint64_t)hash);
	return number ? &e->records[*number] : NULL;
}

/* Where the client's number stands; false: the header does not have it. */
static bool find_client(const struct profile_feed *feed, const struct csv_row *header, size_t *at)
{
	const struct profile_column *column = feed_column(feed, feed->client);
	if (!column)
		return false;
	if (!feed->header_row) {
		*at = column->number;
		return true;
	}
	for (*at = 0; *at < header->count; ++*at)
		if (text_equal_ignoring_case(text_trim(header->fields[*at]), text_trim(column->header)))
			return true;
	return false;
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

/* The bytes that stay into OUT, row by row as they are. */
static enum status filter(struct erasing *e, const struct archived *archived, struct text all, struct buf *out,
			  int64_t *dropped, struct error *error)
{
	const struct profile_feed *feed = archived->feed;
	const struct csv_given given = {feed->delimiter, feed->quote, feed->encoding != ENCODING_DETECT,
					feed->encoding == ENCODING_WINDOWS_1252 ? CSV_WINDOWS_1252 : CSV_UTF_8};
	struct csv_format format = csv_format_detect(all, &given);
	struct csv *csv = csv_open_memory(all, &format);
	struct csv_row row;
	size_t client = 0;
	bool first = true, found = false;
	enum status status;
	while ((status = csv_next(csv, &row, error)) == STATUS_OK && row.line) {
		bool is_header = first && feed->header_row;
		if (first) {
			found = find_client(feed, &row, &client);
			csv_expect(csv, row.count);
			if (!found) { /* whose rows are whose cannot be told: others' would go */
				status = error_set(error, STATUS_REFUSED, "rights.archive",
						   "the archive of extract %lld has no column of client numbers",
						   (long long)archived->extract_id);
				error_remedy(error,
					     "Give the feed's client column its header of that time, then erase again");
				break;
			}
		}
		first = false;
		/* a row that cannot be read may be anybody's: it goes with somebody who is erased, and is counted */
		bool unreadable = !is_header && !e->feed && client >= row.count;
		e->erasure->unreadable += unreadable;
		if (!is_header && (unreadable || (client < row.count && record_of(e, feed, row.fields[client])))) {
			++*dropped;
			status = erase_line(e, archived->extract_id, (int64_t)row.line, error);
			if (status != STATUS_OK)
				break;
			continue;
		}
		buf_append_text(out, row.raw);
		if (!out->len || (out->at[out->len - 1] != '\n' && out->at[out->len - 1] != '\r'))
			buf_append_char(out, format.cr_lines ? '\r' : '\n');
	}
	csv_close(csv);
	return status;
}

/* Through memory that has a name as a file: the vault seals files. */
static enum status seal(struct erasing *e, const char *path, struct text content, struct error *error)
{
	char name[64];
	int memory = memfd_create("archive", MFD_CLOEXEC);
	if (memory < 0)
		return error_set_errno(error, errno, "rights.archive", "no memory for an archive");
	enum status status = STATUS_OK;
	for (size_t at = 0; at < content.len && status == STATUS_OK;) {
		ssize_t wrote = write(memory, content.at + at, content.len - at);
		if (wrote <= 0)
			status = error_set_errno(error, errno, "rights.archive", "no memory for an archive");
		else
			at += (size_t)wrote;
	}
	snprintf(name, sizeof name, "/proc/self/fd/%d", memory);
	if (status == STATUS_OK)
		status = vault_seal_file(e->parts->vault, name, path, true, error);
	close(memory);
	return status;
}

static enum status rewrite(struct erasing *e, const struct archived *archived, const char *path, struct error *error)
{
	struct buf all, kept;
	int64_t dropped = 0;
	buf_init(&all, ARCHIVE_LARGEST);
	buf_init(&kept, ARCHIVE_LARGEST);
	enum status status = vault_open_archive(e->parts->vault, path, take_block, &all, error);
	if (status == STATUS_OK)
		status = filter(e, archived, buf_text(&all), &kept, &dropped, error);
	if (status == STATUS_OK && dropped && !e->erasure->dry)
		status = seal(e, path, buf_text(&kept), error);
	e->erasure->archives += dropped > 0;
	e->erasure->archived_rows += dropped;
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
			"SELECT e.extract_id AS extract_id, f.feed_id AS feed_id, e.archive_name AS archive_name FROM "
			"extract e JOIN feed f ON f.feed_no = e.feed_no ORDER BY e.extract_id",
			error);
	if (status != STATUS_OK)
		return status;
	*out = ARENA_ARRAY(&e->arena, (size_t)most + 1, struct archived);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < (size_t)most)
		(*out)[(*count)++] = (struct archived){
			copied_number(s, "extract_id"),
			profile_feed(e->parts->profile, copied_text(s, "feed_id", &e->arena)),
			copied_text(s, "archive_name", &e->arena),
		};
	statement_done(s);
	return status;
}

static bool is_of_a_source(const struct erasing *e, const struct profile_feed *feed)
{
	for (size_t i = 0; i < e->count; i++)
		if (text_equal(e->records[i].source_id, feed->source->id))
			return true;
	return false;
}

enum status erase_archives(struct erasing *e, struct error *error)
{
	struct archived *all;
	size_t count;
	id_map_init(&e->by_client);
	for (size_t i = 0; i < e->count; i++)
		*id_map_put(&e->by_client, (uint64_t)e->records[i].client_hash, NULL) = i;
	enum status status = list_archives(e, &all, &count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		char path[WORKSPACE_PATH_SIZE + 300];
		if (!all[i].feed || !all[i].feed->client || (e->feed && all[i].feed != e->feed) ||
		    !is_of_a_source(e, all[i].feed))
			continue;
		snprintf(path, sizeof path, "%s/%.*s", e->archive, TEXT_ARG(all[i].name));
		if (text_is_empty(all[i].name) || !file_exists(path))
			status = forget_quarantine(e, all[i].extract_id, error);
		else
			status = rewrite(e, &all[i], path, error);
	}
	id_map_release(&e->by_client);
	return status;
}
