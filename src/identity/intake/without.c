/* Whose rows are in a file, and the file put away without those of clients who are refused. */
#include "base/file.h"
#include "intake/intake_int.h"

enum { WITHOUT_LARGEST = 1 << 30 };

bool intake_client_column(size_t *at, const struct profile_feed *feed, const struct csv_row *header)
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

int64_t intake_client_hash(const struct vault *vault, const struct profile_feed *feed, struct text client)
{
	struct buf key;
	buf_init(&key, 2 * CSV_FIELD_CEILING);
	buf_append_text(&key, feed->source->id);
	buf_append_char(&key, 0x1f);
	buf_append_text(&key, text_trim(client));
	int64_t hash = vault_hash64(vault, VAULT_CLIENT, buf_text(&key));
	buf_wipe(&key);
	buf_release(&key);
	return hash;
}

static bool is_refused(const struct vault *vault, const struct profile_feed *feed, struct text client,
		       const struct id_map *refused)
{
	return !text_is_empty(client) && id_map_get(refused, (uint64_t)intake_client_hash(vault, feed, client));
}

bool without_concerns(const struct vault *vault, const struct profile_feed *feed, const struct csv_row *row,
		      const struct id_map *refused)
{
	for (size_t i = 0; refused->count && i < row->count; i++)
		if (is_refused(vault, feed, row->fields[i], refused))
			return true;
	return false;
}

struct without {
	const struct vault *vault;
	const struct profile_feed *feed;
	const struct id_map *refused;
	size_t client, columns;
	bool begun, has_client;
};

static enum status choose_row(void *context, struct csv *csv, const struct csv_row *row, bool *keep,
			      struct error *error)
{
	struct without *w = context;
	(void)error;
	bool header = !w->begun && w->feed->header_row;
	if (!w->begun) {
		w->begun = true;
		w->columns = row->count;
		w->has_client = intake_client_column(&w->client, w->feed, row);
		csv_expect(csv, row->count);
	}
	bool broken = row->flaws || row->count != w->columns || !w->has_client || w->client >= row->count;
	if (!header)
		*keep = broken ? !without_concerns(w->vault, w->feed, row, w->refused)
			       : !is_refused(w->vault, w->feed, row->fields[w->client], w->refused);
	return STATUS_OK;
}

static enum status read_all(struct buf *all, const char *path, struct error *error)
{
	buf_init(all, WITHOUT_LARGEST);
	return file_read(path, all, error);
}

enum status without_seal(const struct extract_job *job, const struct vault *vault, const struct id_map *refused,
			 const char *target, struct error *error)
{
	struct buf all, kept;
	struct csv_format format = {0};
	const struct csv_given given = extract_given_format(job->plan->feed);
	struct without w = {.vault = vault, .feed = job->plan->feed, .refused = refused};
	buf_init(&kept, WITHOUT_LARGEST);
	enum status status = read_all(&all, job->path, error);
	if (status == STATUS_OK)
		status = csv_format_of_file(&format, job->path, &given, error);
	bool unreadable = status == STATUS_OK && format.encoding == CSV_UTF_16; /* no row of it can be told */
	if (unreadable)
		buf_append_text(&kept, buf_text(&all));
	else if (status == STATUS_OK)
		status = csv_write_without(buf_text(&all), &format, choose_row, &w, &kept, error);
	if (status == STATUS_OK)
		status = vault_seal_text(vault, buf_text(&kept), target, job->result.extract_id, false, error);
	buf_wipe(&all);
	buf_wipe(&kept);
	buf_release(&all);
	buf_release(&kept);
	return status;
}
