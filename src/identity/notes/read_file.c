/* Anybody's notes from a CSV file: a row a mention, or with a phrase given in each row a row a row.
 *
 * Not read through intake: a note here may be longer than a field of an extract, and may hold any byte. */
#include "notes/reader_int.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "profile/factor.h"

#include <sodium.h>
#include <stdlib.h>

enum { FIELDS_MOST = 64 };
static const size_t file_most = (size_t)16 << 30;

struct row { /* of the file being read */
	struct text fields[FIELDS_MOST];
	size_t count;
	unsigned line; /* where it begins */
};

struct note_file {
	const struct note_reader *reader;
	const struct profile *profile;
	const struct note_file_settings *settings;
	struct note_file_report *report;
	struct note_scratch *scratch;
	char *at, *end; /* what is left; quotes are undone in place */
	unsigned line;
	struct row row;
	size_t id, phrase, text; /* columns */
	struct buf out;
};

/* ---- rows ------------------------------------------------------------------------------------------------ */

static enum status wrong(const struct note_file *f, unsigned line, struct error *error, const char *what,
			 const char *remedy)
{
	error_set(error, STATUS_INVALID, "notes.row", "%s", what);
	error_remedy(error, "%s", remedy);
	error_at(error, f->settings->in, line, 0);
	return STATUS_INVALID;
}

/* A quoted field, from behind its opening quote; false when it does not close. */
static bool take_quoted(struct note_file *f, struct text *out)
{
	char *to = f->at;
	const char *start = to;
	while (f->at < f->end) {
		char *quote = memchr(f->at, '"', (size_t)(f->end - f->at));
		size_t len = (size_t)((quote ? quote : f->end) - f->at);
		for (const char *p = f->at; (p = memchr(p, '\n', (size_t)(f->at + len - p))) != NULL; p++)
			f->line++;
		if (to != f->at)
			memmove(to, f->at, len);
		to += len;
		f->at += len;
		if (!quote)
			return false;
		f->at++;
		if (f->at >= f->end || *f->at != '"') {
			*out = text_slice(start, (size_t)(to - start));
			return true;
		}
		*to++ = '"';
		f->at++;
	}
	return false;
}

static struct text take_plain(struct note_file *f)
{
	const char *start = f->at;
	while (f->at < f->end && *f->at != ',' && *f->at != '\n')
		f->at++;
	size_t len = (size_t)(f->at - start);
	if (len > 0 && start[len - 1] == '\r' && (f->at == f->end || *f->at == '\n'))
		len--;
	return text_slice(start, len);
}

/* The next row that is not empty; count 0 at the end. */
static enum status take_row(struct note_file *f, struct error *error)
{
	struct row *row = &f->row;
	while (f->at < f->end && (*f->at == '\n' || *f->at == '\r')) {
		f->line += *f->at == '\n';
		f->at++;
	}
	*row = (struct row){.line = f->line};
	while (f->at < f->end) {
		struct text field;
		if (*f->at == '"') {
			f->at++;
			if (!take_quoted(f, &field))
				return wrong(f, row->line, error, "a quote of this row does not close",
					     "Close it, and write a quote inside a note twice.");
		} else {
			field = take_plain(f);
		}
		if (row->count == FIELDS_MOST)
			return wrong(f, row->line, error, "the row has more than 64 fields",
				     "Put quotes around a text with commas.");
		row->fields[row->count++] = field;
		if (f->at < f->end && *f->at == '\r')
			f->at++;
		if (f->at >= f->end || *f->at == '\n')
			break;
		if (*f->at != ',')
			return wrong(f, row->line, error, "there is more behind a closing quote",
				     "Write a quote inside a note twice.");
		f->at++;
		if (f->at == f->end) /* an empty last field of the last row */
			row->fields[row->count++] = TEXT("");
	}
	if (f->at < f->end) {
		f->line++;
		f->at++;
	}
	return STATUS_OK;
}

static enum status find_column(const struct note_file *f, const char *name, size_t *place, struct error *error)
{
	for (*place = 0; *place < f->row.count; ++*place) {
		if (text_equal_ignoring_case(text_trim(f->row.fields[*place]), text_of(name)))
			return STATUS_OK;
	}
	error_set(error, STATUS_INVALID, "notes.column", "there is no column \"%s\"", name);
	error_remedy(error, "The first line names the columns: %s.",
		     f->settings->target ? "id,phrase,text" : "id,text");
	error_at(error, f->settings->in, f->row.line, 0);
	return STATUS_INVALID;
}

static enum status find_columns(struct note_file *f, struct error *error)
{
	if (f->end - f->at >= 3 && memcmp(f->at, "\xef\xbb\xbf", 3) == 0)
		f->at += 3;
	enum status status = take_row(f, error);
	if (status == STATUS_OK)
		status = find_column(f, "id", &f->id, error);
	if (status == STATUS_OK)
		status = find_column(f, "text", &f->text, error);
	if (status == STATUS_OK && f->settings->target)
		status = find_column(f, "phrase", &f->phrase, error);
	return status;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

/* Characters before AT: bytes that go on a character of UTF-8 do not count. */
static int64_t characters(struct text text, size_t from, size_t at)
{
	int64_t count = 0;
	for (size_t i = from; i < at; i++)
		count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return count;
}

static void put_attributes(struct buf *out, const struct note_mention *mention)
{
	const char *const words[] = {note_polarity_name(mention->polarity), note_time_name(mention->time),
				     note_whose_name(mention->whose), note_certainty_name(mention->certainty),
				     note_trend_name(mention->trend)};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		buf_append_char(out, ',');
		buf_append_text(out, text_of(words[i]));
	}
	buf_append_char(out, '\n');
}

static void put_mention(struct note_file *f, struct text text, const struct note_mention *mention, struct text factor,
			size_t *byte, int64_t *character)
{
	int64_t start = *character + characters(text, *byte, mention->start);
	*byte = mention->start;
	*character = start;
	buf_append_csv_harmless(&f->out, f->row.fields[f->id]);
	buf_append_char(&f->out, ',');
	buf_append_int(&f->out, start);
	buf_append_char(&f->out, ',');
	buf_append_int(&f->out, start + characters(text, mention->start, mention->end));
	buf_append_char(&f->out, ',');
	buf_append_csv_harmless(&f->out, text_slice(text.at + mention->start, mention->end - mention->start));
	buf_append_char(&f->out, ',');
	buf_append_text(&f->out, factor);
	put_attributes(&f->out, mention);
	f->report->mentions++;
}

static void read_target(struct note_file *f, struct text text)
{
	struct note_mention mention;
	size_t byte = 0;
	int64_t character = 0;
	if (note_reader_target(f->reader, f->scratch, text, f->row.fields[f->phrase], &mention)) {
		put_mention(f, text, &mention, TEXT(""), &byte, &character);
		return;
	}
	f->report->not_found++;
	buf_append_csv_harmless(&f->out, f->row.fields[f->id]);
	buf_append_text(&f->out, TEXT(",,,"));
	buf_append_csv_harmless(&f->out, f->row.fields[f->phrase]);
	buf_append_text(&f->out, TEXT(",,,,,,\n"));
}

static void read_note(struct note_file *f, struct text text)
{
	const struct note_mention *mentions;
	size_t byte = 0, count = note_reader_read(f->reader, f->scratch, text, DATE_UNKNOWN, &mentions);
	int64_t character = 0;
	for (size_t i = 0; i < count; i++)
		put_mention(f, text, &mentions[i], f->profile->factors.at[mentions[i].factor].id, &byte, &character);
}

static enum status read_row(struct note_file *f, struct error *error)
{
	size_t last = f->text > f->id ? f->text : f->id;
	last = f->settings->target && f->phrase > last ? f->phrase : last;
	if (f->row.count <= last)
		return wrong(
			f, f->row.line, error, "the row has too few fields",
			"Each row has a field for each column of the first line; quotes go around a text with commas.");
	struct text text = f->row.fields[f->text];
	if (text.len > UINT32_MAX / 2)
		return wrong(f, f->row.line, error, "the note is longer than 2 GB", "Split it.");
	f->report->rows++;
	f->report->bytes += (int64_t)text.len;
	if (f->settings->target)
		read_target(f, text);
	else
		read_note(f, text);
	return STATUS_OK;
}

static enum status read_rows(struct note_file *f, struct error *error)
{
	struct progress progress = {0};
	const struct note_file_settings *settings = f->settings;
	if (settings->show_progress)
		progress_start(&progress, "Reading notes", "bytes", (uint64_t)(f->end - f->at));
	enum status status = find_columns(f, error);
	while (status == STATUS_OK) {
		const char *before = f->at;
		status = take_row(f, error);
		if (status != STATUS_OK || f->row.count == 0)
			break;
		status = read_row(f, error);
		if (status == STATUS_OK && settings->stop && atomic_load(settings->stop))
			status = error_set(error, STATUS_INTERRUPTED, "notes.stopped", "stopped: nothing is written");
		if (settings->show_progress)
			progress_add(&progress, (uint64_t)(f->at - before));
	}
	if (settings->show_progress)
		progress_end(&progress);
	return status;
}

static enum status write_out(const struct note_file *f, struct error *error)
{
	if (f->out.failed)
		return error_set(error, STATUS_TOO_LARGE, "notes.out",
				 "the result is larger than 16 GB: split the file");
	if (strcmp(f->settings->out, "-") != 0)
		return file_replace(f->settings->out, buf_text(&f->out), 0600, error);
	if (fwrite(f->out.at, 1, f->out.len, stdout) != f->out.len || fflush(stdout))
		return error_set(error, STATUS_IO, "notes.out", "standard output cannot be written");
	return STATUS_OK;
}

enum status note_read_file(const struct note_reader *reader, const struct profile *profile,
			   const struct note_file_settings *settings, struct note_file_report *report,
			   struct error *error)
{
	struct note_file f = {.reader = reader, .profile = profile, .settings = settings, .report = report, .line = 1};
	struct buf content;
	*report = (struct note_file_report){0};
	buf_init(&content, file_most);
	buf_init(&f.out, file_most);
	f.scratch = note_scratch_new(reader);
	enum status status = file_read(settings->in, &content, error);
	if (status == STATUS_OK) {
		f.at = content.at;
		f.end = content.at + content.len;
		buf_append_text(&f.out, TEXT("id,start,end,phrase,factor,polarity,time,whose,certainty,trend\n"));
		status = read_rows(&f, error);
	}
	if (status == STATUS_OK)
		status = write_out(&f, error);
	note_scratch_free(f.scratch);
	buf_wipe(&content);
	buf_release(&content);
	buf_wipe(&f.out);
	buf_release(&f.out);
	return status;
}
