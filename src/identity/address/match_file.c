/* Anybody's list of addresses against a book: OUT has a row for each row of IN, in the same order. */
#include "address/address_file.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/threads.h"
#include "intake/csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 4096, CHUNK = 64, COLUMNS = 32 };

struct asked_row {
	struct text id, address, postcode;
	bool broken;
	struct address_answer answer;
	struct buf why;
};

struct matching_file {
	const struct address_book *book;
	const struct address_file *file;
	struct address_file_summary *summary;
	size_t places[COLUMNS]; /* of the columns asked for, from 0 */
	bool is_postcode[COLUMNS];
	size_t id; /* SIZE_MAX: none */
	struct arena arena;
	struct asked_row *rows;
	size_t row_count;
	struct buf out;
	struct progress progress;
};

/* ---- columns --------------------------------------------------------------------------------------------- */

static bool is_named_postcode(struct text name)
{
	char folded[32];
	size_t len = 0;
	for (size_t i = 0; i < name.len && len + 1 < sizeof folded; i++) {
		if (isalnum((unsigned char)name.at[i]))
			folded[len++] = (char)tolower((unsigned char)name.at[i]);
	}
	struct text t = text_slice(folded, len);
	return text_find(t, TEXT("postcode")) < len || text_is(t, "pcode") || text_is(t, "zip") ||
	       text_find(t, TEXT("postalcode")) < len;
}

static size_t find_column(struct text name, const struct text *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal_ignoring_case(text_trim(fields[i]), name))
			return i;
	}
	return SIZE_MAX;
}

static enum status need_column(size_t *place, const char *name, const struct csv_row *header, const char *path,
			       struct error *error)
{
	*place = find_column(text_of(name), header->fields, header->count);
	if (*place != SIZE_MAX)
		return STATUS_OK;
	struct text near = text_nearest(text_of(name), header->fields, header->count);
	error_set(error, STATUS_INVALID, "address.column", "there is no column \"%s\"", name);
	error_at(error, path, 1, 0);
	if (near.len)
		error_remedy(error, "Did you mean \"%.*s\"?", TEXT_ARG(near));
	else
		error_remedy(error, "Name columns of the file's first line.");
	return STATUS_INVALID;
}

static enum status find_columns(struct matching_file *m, const struct csv_row *header, struct error *error)
{
	static const char *const ids[] = {"id", "unique_id", "record_id", "rec_id", "ref", "reference"};
	const struct address_file *file = m->file;
	if (file->column_count > COLUMNS)
		return error_set(error, STATUS_USAGE, "address.columns", "an address has at most %d columns", COLUMNS);
	for (size_t i = 0; i < file->column_count; i++) {
		enum status status = need_column(&m->places[i], file->columns[i], header, file->in, error);
		if (status != STATUS_OK)
			return status;
		m->is_postcode[i] = is_named_postcode(header->fields[m->places[i]]);
	}
	m->id = SIZE_MAX;
	if (file->id)
		return need_column(&m->id, file->id, header, file->in, error);
	for (size_t i = 0; i < sizeof ids / sizeof *ids && m->id == SIZE_MAX; i++)
		m->id = find_column(text_of(ids[i]), header->fields, header->count);
	return STATUS_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------- */

static void take_row(struct matching_file *m, const struct csv_row *row)
{
	char line[2048];
	size_t len = 0;
	struct asked_row *asked = &m->rows[m->row_count++];
	buf_clear(&asked->why);
	asked->broken = row->flaws != 0;
	asked->postcode = TEXT_ABSENT;
	asked->id = m->id < row->count ? arena_text(&m->arena, row->fields[m->id]) : TEXT_ABSENT;
	for (size_t i = 0; i < m->file->column_count; i++) {
		struct text value = m->places[i] < row->count ? text_trim(row->fields[m->places[i]]) : TEXT_ABSENT;
		if (value.len == 0)
			continue;
		if (m->is_postcode[i])
			asked->postcode = arena_text(&m->arena, value);
		else if (len + 2 < sizeof line)
			len += (size_t)snprintf(line + len, sizeof line - len, "%s%.*s", len ? ", " : "",
						TEXT_ARG(value));
		len = len < sizeof line ? len : sizeof line - 1;
	}
	asked->address = arena_text(&m->arena, text_slice(line, len));
}

static void match_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct matching_file *m = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		struct asked_row *row = &m->rows[i];
		address_book_match(m->book, row->address, row->postcode, &row->answer);
		if (row->broken)
			buf_append_text(&row->why, TEXT("the row is broken (quotes, or bytes that are no text); "));
		if (row->address.len == 0)
			buf_append_text(&row->why, TEXT("there is no address"));
		else
			address_answer_explain(&row->why, m->book, &row->answer);
	}
	progress_add(&m->progress, end - first);
}

static const char *count_class(struct address_file_summary *summary, enum address_class class)
{
	switch (class) {
	case ADDRESS_EXACT:
		summary->exact++;
		return "exact";
	case ADDRESS_STRONG:
		summary->strong++;
		return "strong";
	case ADDRESS_PROBABLE:
	case ADDRESS_PARENT:
		summary->probable++;
		return "probable";
	case ADDRESS_NONE:
	case ADDRESS_UPRN:
		break;
	}
	summary->none++;
	return "none";
}

/* -12 tenths are "-1.2". */
static void put_tenths(struct buf *out, int tenths)
{
	unsigned size = tenths < 0 ? 0u - (unsigned)tenths : (unsigned)tenths;
	buf_format(out, "%s%u.%u,", tenths < 0 ? "-" : "", size / 10, size % 10);
}

static void put_uprn(struct buf *out, uint64_t uprn)
{
	if (uprn)
		buf_append_int(out, (int64_t)uprn);
	buf_append_char(out, ',');
}

static void put_row(struct matching_file *m, struct asked_row *row)
{
	struct buf *out = &m->out;
	const struct address_answer *answer = &row->answer;
	buf_append_int(out, (int64_t)++m->summary->rows);
	buf_append_char(out, ',');
	buf_append_csv_harmless(out, row->id.len ? row->id : TEXT(""));
	buf_append_char(out, ',');
	put_uprn(out, answer->uprn);
	put_uprn(out, answer->parent);
	buf_append_csv(out, text_of(answer->class));
	buf_append_char(out, ',');
	buf_append_text(out, text_of(count_class(m->summary, answer->match.class)));
	buf_append_char(out, ',');
	put_tenths(out, answer->match.score);
	put_tenths(out, answer->match.gap);
	buf_append_csv(out, buf_text(&row->why));
	buf_append_char(out, '\n');
}

static void flush(struct matching_file *m)
{
	parallel_for(m->row_count, CHUNK, m->file->threads, match_chunk, m);
	for (size_t i = 0; i < m->row_count; i++)
		put_row(m, &m->rows[i]);
	m->row_count = 0;
	arena_reset(&m->arena);
}

static enum status read_rows(struct matching_file *m, struct csv *csv, struct error *error)
{
	struct csv_row row;
	enum status status = csv_next(csv, &row, error);
	if (status == STATUS_OK && !row.line) {
		status = error_set(error, STATUS_INVALID, "address.empty",
				   "the file is empty: its first line names the columns");
		error_remedy(error, "Give a CSV file with a line of column names and a line for each address.");
		error_at(error, m->file->in, 0, 0);
	}
	if (status == STATUS_OK)
		status = find_columns(m, &row, error);
	if (status != STATUS_OK)
		return status;
	csv_expect(csv, row.count);
	while ((status = csv_next(csv, &row, error)) == STATUS_OK && row.line) {
		take_row(m, &row);
		if (m->row_count < BATCH)
			continue;
		flush(m);
		if (m->file->stop && atomic_load(m->file->stop))
			return error_set(error, STATUS_INTERRUPTED, "address.stopped", "stopped: nothing is written");
	}
	flush(m);
	return status;
}

static enum status write_out(const struct matching_file *m, struct error *error)
{
	struct text all = buf_text(&m->out);
	if (m->out.failed)
		return error_set(error, STATUS_TOO_LARGE, "address.out",
				 "the result is larger than 8 GB: split the file");
	if (strcmp(m->file->out, "-") != 0)
		return file_replace(m->file->out, all, 0644, error);
	if (fwrite(all.at, 1, all.len, stdout) != all.len || fflush(stdout))
		return error_set(error, STATUS_IO, "address.out", "standard output cannot be written");
	return STATUS_OK;
}

static enum status match_all(struct matching_file *m, struct error *error)
{
	struct csv_format format;
	struct csv *csv;
	enum status status = csv_format_of_file(&format, m->file->in, &(struct csv_given){0}, error);
	if (status == STATUS_OK)
		status = csv_open(&csv, m->file->in, &format, error);
	if (status != STATUS_OK)
		return status;
	buf_append_text(&m->out, TEXT("row,id,uprn,parent_uprn,class,match,score,gap,why\n"));
	status = read_rows(m, csv, error);
	csv_close(csv);
	return status ? status : write_out(m, error);
}

enum status address_file_match(struct address_file_summary *summary, const struct address_book *book,
			       const struct address_file *file, struct error *error)
{
	instant started = instant_now();
	struct matching_file m = {.book = book, .file = file, .summary = summary};
	*summary = (struct address_file_summary){0};
	arena_init(&m.arena, (size_t)1 << 32);
	buf_init(&m.out, (size_t)8 << 30);
	m.rows = memory_alloc(BATCH, sizeof *m.rows);
	for (size_t i = 0; i < BATCH; i++)
		buf_init(&m.rows[i].why, 1 << 16);
	if (file->show_progress)
		progress_start(&m.progress, "Matching addresses", "addresses", 0);
	enum status status = match_all(&m, error);
	progress_end(&m.progress);
	summary->seconds = (double)(instant_now() - started) / 1e6;
	for (size_t i = 0; i < BATCH; i++)
		buf_release(&m.rows[i].why);
	buf_wipe(&m.out);
	buf_release(&m.out);
	arena_release(&m.arena);
	free(m.rows);
	return status;
}
