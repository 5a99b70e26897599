/* All feeds, each a task of its own; then the truth they gathered, joined in the order of the table. */
#include "situations.h"

#include "base/file.h"
#include "base/threads.h"

#include <stdatomic.h>

static void writer_init(struct writer *w, const struct borough *b, const struct feed *feed, const char *inbox,
			const struct feeds_plan *plan)
{
	*w = (struct writer){.b = b, .feed = feed, .inbox = inbox, .plan = plan};
	arena_init(&w->arena, 64 << 20);
	buf_init(&w->file, (size_t)4 << 30);
	buf_init(&w->records, (size_t)1 << 30);
	buf_init(&w->uprns, (size_t)2 << 30);
	buf_init(&w->labels, (size_t)1 << 30);
	buf_init(&w->defects, 16 << 20);
	id_map_init(&w->clients);
}

/* What the months are written with goes as soon as the feed is done; the truth stays. */
static void writer_finish(struct writer *w)
{
	buf_release(&w->file);
	arena_release(&w->arena);
	id_map_release(&w->clients);
}

static void writer_release(struct writer *w)
{
	buf_release(&w->records);
	buf_release(&w->uprns);
	buf_release(&w->labels);
	buf_release(&w->defects);
}

static void write_one(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct writer *writers = context;
	(void)chunk;
	(void)thread;
	for (size_t i = first; i < end; i++) {
		writers[i].feed->write(&writers[i]);
		writer_finish(&writers[i]);
	}
}

static enum status save(const char *out, const char *name, struct buf *content, struct error *error)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/truth/%s", out, name);
	if (content->failed)
		return error_set(error, STATUS_NO_MEMORY, "synth.memory", "truth/%s is too large", name);
	return file_replace(path, buf_text(content), 0644, error);
}

/* A client may be met in several feeds of one source: one row for each. */
static void join_records(struct writer *writers, struct buf *out)
{
	struct id_map seen;
	id_map_init(&seen);
	for (size_t i = 0; i < feed_count; i++) {
		struct text rest = buf_text(&writers[i].records), line;
		while (text_split(&rest, '\n', &line)) {
			bool is_new;
			if (line.len == 0)
				continue;
			id_map_put(&seen, text_hash(line), &is_new);
			if (!is_new)
				continue;
			buf_append_text(out, line);
			buf_append_char(out, '\n');
		}
	}
	id_map_release(&seen);
}

static enum status write_truth(const char *out, struct writer *writers, struct error *error)
{
	struct buf file;
	buf_init(&file, (size_t)4 << 30);
	buf_append_text(&file, TEXT("source,client,person\n"));
	join_records(writers, &file);
	enum status status = save(out, "records.csv", &file, error);
	const struct {
		const char *name, *header;
		size_t offset;
	} parts[] = {
		{"uprns.csv", "file,line,uprn\n", offsetof(struct writer, uprns)},
		{"note_labels.csv", "note,factor,start,end,polarity,time,whose\n", offsetof(struct writer, labels)},
		{"defects.csv", "file,line,kind,column\n", offsetof(struct writer, defects)}};
	for (size_t p = 0; p < sizeof parts / sizeof *parts && !status; p++) {
		buf_clear(&file);
		buf_append_text(&file, text_of(parts[p].header));
		for (size_t i = 0; i < feed_count; i++)
			buf_append_text(&file,
					buf_text((const struct buf *)((const char *)&writers[i] + parts[p].offset)));
		status = save(out, parts[p].name, &file, error);
	}
	buf_release(&file);
	return status;
}

static void sum_up(const struct writer *writers, struct feeds_summary *summary)
{
	*summary = (struct feeds_summary){0};
	for (size_t i = 0; i < feed_count; i++) {
		summary->files += writers[i].summary.files;
		summary->rows += writers[i].summary.rows;
		summary->bytes += writers[i].summary.bytes;
		summary->defects += writers[i].summary.defects;
		summary->first_month_rows += writers[i].summary.first_month_rows;
	}
}

static enum status make_folders(const char *out, char *inbox, size_t size, struct error *error)
{
	char truth[4096];
	snprintf(inbox, size, "%s/inbox", out);
	snprintf(truth, sizeof truth, "%s/truth", out);
	enum status status = file_make_folder(inbox, 0755, error);
	return status ? status : file_make_folder(truth, 0755, error);
}

enum status feeds_write(const struct borough *b, const char *out, const struct feeds_plan *plan,
			struct feeds_summary *summary, struct error *error)
{
	char inbox[4096];
	enum status status = make_folders(out, inbox, sizeof inbox, error);
	if (status)
		return status;
	struct writer *writers = memory_alloc(feed_count, sizeof *writers);
	for (size_t i = 0; i < feed_count; i++)
		writer_init(&writers[i], b, &feeds[i], inbox, plan);
	parallel_for(feed_count, 1, plan->threads, write_one, writers);
	for (size_t i = 0; i < feed_count && !status; i++) {
		status = writers[i].status;
		if (status)
			*error = writers[i].error;
	}
	if (!status)
		status = write_truth(out, writers, error);
	if (!status)
		status = addresses_write(b, out, error);
	if (!status)
		status = situations_write_truth(b, out, error);
	if (!status)
		status = wards_write(b, out, error);
	if (summary)
		sum_up(writers, summary);
	for (size_t i = 0; i < feed_count; i++)
		writer_release(&writers[i]);
	free(writers);
	return status;
}
