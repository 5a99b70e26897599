/* A file's bytes, how they are to be read, and its header. */
#include "base/threads.h"
#include "base/utf8.h"
#include "clean/fold.h"
#include "clean/identifiers.h"
#include "clean/postcode.h"
#include "intake/csv.h"
#include "matching/matching_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { START = 1 << 16, READ_PIECE = 4 << 20 };

/* ---- bytes --------------------------------------------------------------------------------------------- */

struct reading {
	int fd;
	char *bytes;
	size_t size;
	int *failed; /* errno by piece */
};

static void read_piece(void *context, size_t piece, size_t first, size_t end, unsigned thread)
{
	struct reading *job = context;
	(void)thread;
	while (first < end) {
		ssize_t got = pread(job->fd, job->bytes + first, end - first, (off_t)first);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			job->failed[piece] = got < 0 ? errno : EIO;
			return;
		}
		first += (size_t)got;
	}
}

static int read_regular(struct source *source, int fd, size_t size, unsigned threads)
{
	size_t pieces = size / READ_PIECE + 1;
	struct reading job = {.fd = fd, .size = size};
	int reason = 0;
	job.bytes = source->bytes = memory_resize(NULL, size + SCAN_BEHIND, 1);
	memset(source->bytes + size, 0, SCAN_BEHIND);
	job.failed = memory_alloc(pieces, sizeof *job.failed);
	source->size = size;
	parallel_for(size, READ_PIECE, threads, read_piece, &job);
	for (size_t i = 0; i < pieces; i++)
		reason = job.failed[i] ? job.failed[i] : reason;
	free(job.failed);
	return reason;
}

static int read_stream(struct source *source, int fd)
{
	size_t capacity = 0;
	for (;;) {
		if (source->size + START + SCAN_BEHIND > capacity) {
			capacity = capacity ? capacity * 2 : 4 * START;
			source->bytes = memory_resize(source->bytes, capacity, 1);
		}
		ssize_t got = read(fd, source->bytes + source->size, START);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (got == 0)
			break;
		source->size += (size_t)got;
	}
	memset(source->bytes + source->size, 0, SCAN_BEHIND);
	return 0;
}

static enum status cannot_open(const char *path, int reason, struct error *error)
{
	error_set_errno(error, reason, "matching.open", "the file cannot be read");
	if (reason == ENOENT) {
		error->status = STATUS_NOT_FOUND;
		error_remedy(error, "Check the name; it is looked for from the folder the command is called in.");
	} else if (reason == EISDIR) {
		error->status = STATUS_INVALID;
		error_remedy(error, "Give the files in it one by one, or as %s/*.csv.", path);
	}
	error_at(error, path, 0, 0);
	return error->status;
}

static enum status read_bytes(struct source *source, unsigned threads, struct error *error)
{
	struct stat is;
	int fd = open(source->path, O_RDONLY | O_CLOEXEC);
	int reason = fd < 0 || fstat(fd, &is) ? errno : S_ISDIR(is.st_mode) ? EISDIR : 0;
	if (!reason)
		reason = S_ISREG(is.st_mode) && is.st_size > 0 ? read_regular(source, fd, (size_t)is.st_size, threads)
							       : read_stream(source, fd);
	if (fd >= 0)
		close(fd);
	return reason ? cannot_open(source->path, reason, error) : STATUS_OK;
}

/* ---- what kind of file -------------------------------------------------------------------------------------- */

static enum status refuse(const struct source *source, struct error *error, const char *what, const char *remedy)
{
	error_set(error, STATUS_INVALID, "matching.file", "%s", what);
	error_remedy(error, "%s", remedy);
	error_at(error, source->path, 0, 0);
	return STATUS_INVALID;
}

/* Programs, images and databases are full of control characters; in exports one may stray. */
static bool looks_binary(struct text start)
{
	size_t controls = 0;
	for (size_t i = 0; i < start.len; i++) {
		unsigned char c = (unsigned char)start.at[i];
		controls += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
	}
	return controls * 50 > start.len;
}

static enum status check_kind(struct source *source, struct error *error)
{
	struct text start = text_slice(source->bytes, source->size < START ? source->size : START);
	if (text_trim(start).len == 0)
		return refuse(source, error, "the file is empty",
			      "Give a CSV file with a line of column names and at least one record.");
	if (text_starts_with(start, TEXT("PK\x03\x04")) || text_starts_with(start, TEXT("\xd0\xcf\x11\xe0")))
		return refuse(source, error, "the file is a spreadsheet or an archive, not CSV",
			      "Open it in the spreadsheet program and save the sheet as CSV.");
	if (text_starts_with(start, TEXT("\x1f\x8b")))
		return refuse(source, error, "the file is compressed", "Decompress it first.");
	struct csv_format format = csv_format_detect(start, &(struct csv_given){0});
	if (format.encoding == CSV_UTF_16)
		return refuse(source, error, "the file is in UTF-16", "Save it as CSV in UTF-8.");
	if (looks_binary(start))
		return refuse(source, error, "the file is not text",
			      "Give a CSV file: lines of text, with commas, semicolons, tabs or bars between values.");
	source->dialect = (struct dialect){format.delimiter, format.quote, format.cr_lines ? '\r' : '\n'};
	source->body = format.byte_order_mark ? 3 : 0;
	return STATUS_OK;
}

/* ---- the header --------------------------------------------------------------------------------------------- */

struct text raw_text(struct buf *out, struct raw raw, bool *windows_1252)
{
	struct text t = text_slice(raw.at, raw.len & ~FIELD_DOUBLED);
	if (windows_1252)
		*windows_1252 = false;
	buf_clear(out);
	if (raw.len & FIELD_DOUBLED) {
		for (size_t i = 0; i < t.len; i++) {
			buf_append_char(out, t.at[i]);
			i += t.at[i] == '"' && i + 1 < t.len && t.at[i + 1] == '"';
		}
		t = buf_text(out);
	}
	if (utf8_first_invalid(t) == t.len)
		return t;
	struct buf decoded;
	buf_init(&decoded, SIZE_MAX / 4);
	utf8_append_windows_1252(&decoded, t);
	buf_clear(out);
	buf_append_text(out, buf_text(&decoded));
	buf_release(&decoded);
	if (windows_1252)
		*windows_1252 = true;
	return buf_text(out);
}

/* A value that no column is called by. */
static bool looks_like_data(struct text cell)
{
	char email[EMAIL_SIZE];
	struct birth_parts birth;
	struct postcode postcode;
	int64_t number;
	if (clean_email(email, cell) || (text_parse_int64(cell, &number) && cell.len >= 3))
		return true;
	if (birth_read(cell, DATE_DAY_FIRST, &birth) && birth.day)
		return true;
	return clean_postcode(&postcode, cell) && postcode.part == POSTCODE_UNIT;
}

static bool is_header(const struct source *source)
{
	bool data = false;
	for (size_t c = 0; c < source->column_count; c++) {
		enum meaning meaning;
		bool other;
		struct text cell = source->columns[c].is.header;
		if (header_meaning(cell, &meaning, &other) == HEADER_SURE)
			return true;
		data |= looks_like_data(cell);
	}
	return !data;
}

/* Two columns of one name could not be told apart in settings. */
static void name_column(struct matching *matching, struct source *source, size_t c)
{
	struct text *header = &source->columns[c].is.header;
	if (header->len == 0)
		*header = arena_format(&matching->arena, "column_%zu", c + 1);
	for (size_t before = 0, same = 1; before < c; before++) {
		if (!text_equal(source->columns[before].is.header, *header))
			continue;
		struct text first = *header;
		*header = arena_format(&matching->arena, "%.*s (%zu)", TEXT_ARG(first), ++same);
		matching_warn(matching, source, 1, "column %zu has the name of column %zu: it is called \"%.*s\" here",
			      c + 1, before + 1, TEXT_ARG(*header));
	}
}

static enum status read_header(struct matching *matching, struct source *source, struct error *error)
{
	struct scanned scanned = {0};
	struct buf room;
	size_t from = source->body;
	while (from < source->size && (source->bytes[from] == '\n' || source->bytes[from] == '\r'))
		from++;
	source->body = from;
	source->column_count = scan_width(source->bytes, source->size, from, source->dialect);
	if (source->column_count > MOST_COLUMNS)
		return refuse(source, error, "the file has more than 1024 columns",
			      "Give only the columns that describe the person.");
	source->columns = memory_alloc(source->column_count, sizeof *source->columns);
	scan_rows(&scanned, source->bytes, source->size, from, source->size, 1, source->column_count, source->dialect);
	buf_init(&room, SIZE_MAX / 4);
	for (size_t c = 0; c < source->column_count; c++) {
		struct field field = scanned.fields[c];
		struct text cell = raw_text(&room, (struct raw){source->bytes + from + field.at, field.len}, NULL);
		cell = text_trim(cell);
		if (cell.len > 200)
			cell.len = 200;
		source->columns[c].is.header = arena_text(&matching->arena, cell);
	}
	source->has_header = is_header(source);
	if (source->has_header)
		source->body = scanned.end;
	else
		matching_warn(matching, source, 1,
			      "the first line looks like data: it is read as a record, and columns "
			      "are called column_1, column_2 ...");
	for (size_t c = 0; c < source->column_count; c++) {
		if (!source->has_header)
			source->columns[c].is.header = TEXT("");
		name_column(matching, source, c);
	}
	scanned_release(&scanned);
	buf_release(&room);
	return STATUS_OK;
}

enum status source_open(struct matching *matching, struct source *source, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	source->path = path;
	source->name = text_of(slash ? slash + 1 : path);
	enum status status = read_bytes(source, matching->options.threads, error);
	if (status == STATUS_OK)
		status = check_kind(source, error);
	if (status == STATUS_OK)
		status = read_header(matching, source, error);
	if (status != STATUS_OK)
		return status;
	struct scanned first = {0};
	scan_rows(&first, source->bytes, source->size, source->body, source->size, 1, source->column_count,
		  source->dialect);
	bool any = first.rows > 0;
	scanned_release(&first);
	source->id_column = source->column_count;
	return any ? STATUS_OK
		   : refuse(source, error, "the file has a line of column names and no records",
			    "Give a file with at least one record.");
}

void source_forget_bytes(struct source *source)
{
	free(source->bytes);
	source->bytes = NULL;
	for (size_t c = 0; c < source->column_count; c++) {
		free(source->columns[c].values);
		free(source->columns[c].codes);
		source->columns[c].values = NULL;
		source->columns[c].codes = NULL;
	}
}

void source_release(struct source *source)
{
	source_forget_bytes(source);
	for (size_t p = 0; p < source->piece_count; p++) {
		free(source->pieces[p].ids);
		free(source->pieces[p].id_ends);
	}
	free(source->pieces);
	free(source->columns);
}

/* ---- ids ------------------------------------------------------------------------------------------------------ */

static const struct source_piece *piece_of(const struct source *source, size_t row)
{
	size_t low = 0, high = source->piece_count;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (source->pieces[middle].first_row <= row)
			low = middle;
		else
			high = middle;
	}
	return &source->pieces[low];
}

struct text source_id(const struct source *source, size_t row, char room[24])
{
	if (source->id_column == source->column_count)
		return text_slice(room, (size_t)snprintf(room, 24, "%zu", row + 1));
	const struct source_piece *piece = piece_of(source, row);
	size_t at = row - piece->first_row, from = at ? piece->id_ends[at - 1] : 0;
	return text_slice(piece->ids + from, piece->id_ends[at] - from);
}

/* ---- a sample --------------------------------------------------------------------------------------------------- */

/* The first row behind AT, when no quote is open there; a wrong guess costs a few odd rows of the sample. */
static size_t next_row(const struct source *source, size_t at)
{
	const char *end = memchr(source->bytes + at, source->dialect.line, source->size - at);
	return end ? (size_t)(end - source->bytes) + 1 : source->size;
}

/* As it is looked at; in ROOM. */
static struct text sampled_value(struct buf *room, const struct source *source, size_t from, struct field field)
{
	enum { LONG = 4096 };
	uint32_t len = field.len & ~FIELD_DOUBLED, doubled = field.len & FIELD_DOUBLED;
	struct raw raw = {source->bytes + from + field.at, (len < LONG ? len : LONG) | doubled};
	return text_trim(raw_text(room, raw, NULL));
}

/* ROWS of SCANNED from FIRST on. */
static void sample_rows(struct matching *matching, const struct source *source, const struct scanned *scanned,
			size_t from, size_t first, size_t rows, struct sample *out)
{
	struct buf room;
	buf_init(&room, SIZE_MAX / 4);
	for (size_t i = 0; i < rows * out->columns; i++) {
		struct text value = sampled_value(&room, source, from, scanned->fields[first * out->columns + i]);
		out->values[out->rows * out->columns + i] =
			value.len ? arena_text(&matching->arena, value) : TEXT_ABSENT;
	}
	out->rows += rows;
	buf_release(&room);
}

/* ---- what the sample's places do not show --------------------------------------------------------------------- */

enum { EXCEPTIONS = 64 }; /* of a column, that are looked for */

struct dull { /* columns of which all the sample says the same, or nothing; how many exceptions each had */
	size_t *columns, *exceptions, count;
};

static void find_dull(struct dull *out, struct matching *matching, const struct sample *sample)
{
	*out = (struct dull){ARENA_ARRAY(&matching->arena, sample->columns, size_t),
			     ARENA_ARRAY(&matching->arena, sample->columns, size_t), 0};
	for (size_t c = 0; c < sample->columns; c++) {
		size_t row = 1;
		while (row < sample->rows && text_equal(sample->values[row * sample->columns + c], sample->values[c]))
			row++;
		if (row >= sample->rows)
			out->columns[out->count++] = c;
	}
}

/* Whether the row says anything else than the sample. A column that often does is looked at no longer. */
static bool is_exception(struct dull *dull, const struct source *source, const struct sample *sample, size_t from,
			 const struct field *row, struct buf *room)
{
	bool exception = false;
	for (size_t i = dull->count; i-- > 0;) {
		struct text same = sample->values[dull->columns[i]];
		struct field field = row[dull->columns[i]];
		if (field.len == same.len &&
		    (same.len == 0 || memcmp(source->bytes + from + field.at, same.at, same.len) == 0))
			continue;
		if (text_equal(sampled_value(room, source, from, field), same))
			continue;
		exception = true;
		if (++dull->exceptions[i] < EXCEPTIONS)
			continue;
		dull->count--;
		dull->columns[i] = dull->columns[dull->count];
		dull->exceptions[i] = dull->exceptions[dull->count];
	}
	return exception;
}

/* A column that says the same wherever the sample looked is looked through in the whole file: else the records of
 * which it says something else would be taken for the same person as all others. What they are joins the sample. */
static void sample_exceptions(struct matching *matching, const struct source *source, struct sample *out)
{
	enum { ROWS = 4096 };
	struct scanned scanned = {0};
	struct dull dull;
	struct buf room;
	find_dull(&dull, matching, out);
	buf_init(&room, SIZE_MAX / 4);
	for (size_t from = source->body; dull.count && from < source->size; from = scanned.end) {
		scan_rows(&scanned, source->bytes, source->size, from, source->size, ROWS, out->columns,
			  source->dialect);
		for (size_t row = 0; row < scanned.rows && dull.count; row++) {
			if (is_exception(&dull, source, out, from, scanned.fields + row * out->columns, &room))
				sample_rows(matching, source, &scanned, from, row, 1, out);
		}
	}
	buf_release(&room);
	scanned_release(&scanned);
}

void source_sample(struct matching *matching, const struct source *source, size_t rows, struct sample *out)
{
	enum { PLACES = 32 };
	struct scanned scanned = {0};
	size_t body = source->size - source->body, places = body < (1 << 20) ? 1 : PLACES;
	*out = (struct sample){.columns = source->column_count};
	out->values = ARENA_ARRAY(&matching->arena, (rows + EXCEPTIONS * out->columns) * out->columns, struct text);
	for (size_t i = 0; i < places; i++) {
		size_t from = i ? next_row(source, source->body + body / places * i) : source->body;
		size_t stop = i + 1 < places ? source->body + body / places * (i + 1) : source->size;
		if (from >= stop)
			continue;
		scan_rows(&scanned, source->bytes, source->size, from, stop, rows / places, out->columns,
			  source->dialect);
		sample_rows(matching, source, &scanned, from, 0, scanned.rows, out);
	}
	bool whole = places == 1 && scanned.end >= source->size;
	scanned_release(&scanned);
	if (!whole)
		sample_exceptions(matching, source, out);
}
