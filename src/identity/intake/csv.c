#include "intake/csv.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64, FIRST_BUFFER = 1 << 20 };

struct csv {
	struct csv_format format;
	int fd;           /* -1: from memory */
	struct text rest; /* of the memory that was not read so far */
	uint64_t left;    /* of the part of a file that is to be read */
	/* The buffer holds bytes at .. end, and BLOCK bytes behind end may be read. */
	char *base;
	size_t at, end, capacity;
	bool eof;
	/* Structural bytes that were found and not consumed: bit i of mask is base[block + i]. */
	size_t block;
	uint64_t mask;
	bool block_high, row_high; /* a byte above 0x7f in the block, in the row (or beside it) */

	uint64_t line;
	size_t expected;
	struct text *fields;
	size_t field_count, field_capacity;
	size_t *escaped; /* fields with doubled quotes */
	size_t escaped_count, escaped_capacity;
	struct buf scratch; /* fields that had to be rewritten */
};

/* ---- structure, 64 bytes at a time ---------------------------------------------------------------- */

#ifdef __SSE2__
static uint64_t bits_of(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(a) | (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 |
	       (uint64_t)(unsigned)_mm_movemask_epi8(c) << 32 | (uint64_t)(unsigned)_mm_movemask_epi8(d) << 48;
}

static __m128i structural(__m128i bytes, __m128i delimiter, __m128i quote, __m128i line)
{
	__m128i a = _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter), _mm_cmpeq_epi8(bytes, quote));
	__m128i b = _mm_or_si128(_mm_cmpeq_epi8(bytes, line), _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
	return _mm_or_si128(a, b);
}

static void load_block(struct csv *csv)
{
	const __m128i *from = (const __m128i *)(csv->base + csv->block);
	__m128i delimiter = _mm_set1_epi8(csv->format.delimiter), quote = _mm_set1_epi8(csv->format.quote);
	__m128i line = _mm_set1_epi8(csv->format.cr_lines ? '\r' : '\n');
	__m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1);
	__m128i c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
	csv->mask = bits_of(structural(a, delimiter, quote, line), structural(b, delimiter, quote, line),
			    structural(c, delimiter, quote, line), structural(d, delimiter, quote, line));
	csv->block_high = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) != 0;
}
#else
static void load_block(struct csv *csv)
{
	const unsigned char *from = (const unsigned char *)csv->base + csv->block;
	unsigned char line = csv->format.cr_lines ? '\r' : '\n', high = 0;
	csv->mask = 0;
	for (unsigned i = 0; i < BLOCK; i++) {
		bool is = from[i] == (unsigned char)csv->format.delimiter || from[i] == line || from[i] == 0 ||
			  from[i] == (unsigned char)csv->format.quote;
		csv->mask |= (uint64_t)is << i;
		high |= from[i];
	}
	csv->block_high = high >= 0x80;
}
#endif

/* The next structural byte, or csv->end. */
static inline size_t next_structural(struct csv *csv)
{
	while (!csv->mask) {
		csv->block += BLOCK;
		if (csv->block >= csv->end)
			return csv->end;
		load_block(csv);
		csv->row_high |= csv->block_high;
	}
	size_t at = csv->block + (size_t)__builtin_ctzll(csv->mask);
	if (at >= csv->end)
		return csv->end;
	csv->mask &= csv->mask - 1;
	return at;
}

/* Looks at the bytes from AT on, whatever was consumed before. */
static void seek_structure(struct csv *csv, size_t at)
{
	csv->block = at;
	csv->mask = 0;
	csv->block_high = false;
	if (at < csv->end)
		load_block(csv);
	csv->row_high = csv->block_high;
}

/* ---- one row ---------------------------------------------------------------------------------------- */

enum scan_end { SCAN_ROW, SCAN_MORE, SCAN_OPEN_QUOTE };

struct scan {
	size_t next;   /* where the next row begins */
	size_t stop;   /* where this one ends, without its line end */
	size_t inside; /* line ends inside quotes */
	unsigned flaws;
	size_t flaw_field;
	bool unterminated;
};

static void add_field(struct csv *csv, size_t from, size_t to)
{
	if (csv->field_count == CSV_FIELDS_CEILING)
		return; /* scan_row tells */
	if (csv->field_count == csv->field_capacity)
		ARRAY_GROW(csv->fields, csv->field_count, csv->field_capacity);
	csv->fields[csv->field_count++] = text_slice(csv->base + from, to - from);
}

static void add_flaw(struct csv *csv, struct scan *scan, enum csv_flaw flaw)
{
	if (!(scan->flaws & (CSV_FLAW_NUL | CSV_FLAW_ENCODING | CSV_FLAW_TOO_LONG)))
		scan->flaw_field = csv->field_count;
	scan->flaws |= flaw;
}

static inline char line_end(const struct csv *csv)
{
	return csv->format.cr_lines ? '\r' : '\n';
}

static size_t without_cr(const struct csv *csv, size_t from, size_t to)
{
	return to > from && csv->base[to - 1] == '\r' ? to - 1 : to;
}

enum field_end { FIELD_NEXT, FIELD_LAST, FIELD_MORE, FIELD_OPEN };

/* From FROM, which is no quote, to the next delimiter or line end. */
static inline enum field_end scan_plain(struct csv *csv, size_t from, struct scan *scan)
{
	for (;;) {
		size_t at = next_structural(csv);
		if (at == csv->end) {
			if (!csv->eof)
				return FIELD_MORE;
			scan->unterminated = true;
			scan->stop = without_cr(csv, from, at);
			scan->next = at;
			add_field(csv, from, scan->stop);
			return FIELD_LAST;
		}
		char c = csv->base[at];
		if (c == csv->format.delimiter) {
			add_field(csv, from, at);
			scan->next = at + 1;
			return FIELD_NEXT;
		}
		if (c == line_end(csv)) {
			scan->stop = without_cr(csv, from, at);
			scan->next = at + 1;
			add_field(csv, from, scan->stop);
			return FIELD_LAST;
		}
		if (c == '\0')
			add_flaw(csv, scan, CSV_FLAW_NUL);
	}
}

/* Behind the closing quote at AT: consumes the delimiter or line end. False when neither follows. */
static bool scan_closed(struct csv *csv, size_t from, size_t at, struct scan *scan, enum field_end *end)
{
	size_t behind = at + 1;
	if (behind < csv->end && csv->base[behind] == '\r' && !csv->format.cr_lines &&
	    (behind + 1 == csv->end || csv->base[behind + 1] == '\n'))
		behind++;
	bool delimiter = behind < csv->end && behind == at + 1 && csv->base[behind] == csv->format.delimiter;
	bool line = behind >= csv->end || csv->base[behind] == line_end(csv);
	if (!delimiter && !line)
		return false;
	if (behind < csv->end)
		(void)next_structural(csv);
	add_field(csv, from, at);
	scan->unterminated = behind >= csv->end;
	scan->next = behind < csv->end ? behind + 1 : csv->end;
	scan->stop = at + 1;
	*end = delimiter ? FIELD_NEXT : FIELD_LAST;
	return true;
}

static void mark_escaped(struct csv *csv)
{
	if (csv->escaped_count && csv->escaped[csv->escaped_count - 1] == csv->field_count)
		return;
	ARRAY_GROW(csv->escaped, csv->escaped_count, csv->escaped_capacity);
	csv->escaped[csv->escaped_count++] = csv->field_count;
}

/* From the opening quote at FROM to behind the closing one. */
static enum field_end scan_quoted(struct csv *csv, size_t from, struct scan *scan)
{
	(void)next_structural(csv); /* the opening quote */
	for (;;) {
		size_t at = next_structural(csv);
		if (at == csv->end)
			return csv->eof ? FIELD_OPEN : FIELD_MORE;
		char c = csv->base[at];
		if (c == line_end(csv))
			scan->inside++;
		if (c == '\0')
			add_flaw(csv, scan, CSV_FLAW_NUL);
		if (c != csv->format.quote)
			continue;
		if (csv->end - at <= 2 && !csv->eof)
			return FIELD_MORE;
		enum field_end end;
		if (at + 1 < csv->end && csv->base[at + 1] == csv->format.quote) {
			(void)next_structural(csv);
			mark_escaped(csv);
		} else if (scan_closed(csv, from + 1, at, scan, &end)) {
			return end;
		} else {
			scan->flaws |= CSV_FLAW_QUOTES;
		}
	}
}

static enum scan_end scan_row(struct csv *csv, struct scan *scan)
{
	*scan = (struct scan){.next = csv->at};
	csv->field_count = csv->escaped_count = 0;
	enum field_end end;
	do {
		size_t from = scan->next;
		if (from < csv->end && csv->base[from] == csv->format.quote && csv->format.quote)
			end = scan_quoted(csv, from, scan);
		else
			end = scan_plain(csv, from, scan);
	} while (end == FIELD_NEXT);
	if (csv->field_count == CSV_FIELDS_CEILING)
		scan->flaws |= CSV_FLAW_TOO_LONG;
	return end == FIELD_MORE ? SCAN_MORE : end == FIELD_OPEN ? SCAN_OPEN_QUOTE : SCAN_ROW;
}

/* ---- going on behind a broken row ---------------------------------------------------------------------- */

static size_t find_line_end(const struct csv *csv, size_t from)
{
	const char *at = from < csv->end ? memchr(csv->base + from, line_end(csv), csv->end - from) : NULL;
	return at ? (size_t)(at - csv->base) : csv->end;
}

/* Whether the one line FROM..TO, read alone, is a row with the expected number of columns. */
static bool is_whole_row(const struct csv *csv, size_t from, size_t to)
{
	size_t columns = 1;
	bool quoted = false, field_start = true;
	for (size_t i = from; i < to; i++) {
		char c = csv->base[i];
		if (quoted) {
			quoted = c != csv->format.quote;
		} else if (c == csv->format.quote && (field_start || csv->base[i - 1] == csv->format.quote)) {
			quoted = true;
		} else if (c == csv->format.delimiter) {
			columns++;
		}
		field_start = !quoted && c == csv->format.delimiter;
	}
	return !quoted && columns == csv->expected;
}

/* The row at csv->at has an open or stray quote and reaches to STOP. Ends it before the first
 * later line that is a row by itself; else where it ends, or at the last line in the buffer. */
static void cut_broken_row(struct csv *csv, struct scan *scan, size_t stop, bool whole)
{
	size_t last = csv->at;
	for (size_t end = find_line_end(csv, csv->at); end < stop; end = find_line_end(csv, end + 1)) {
		size_t next = find_line_end(csv, end + 1);
		last = end + 1;
		if (csv->expected > 1 && is_whole_row(csv, end + 1, next)) {
			scan->next = end + 1;
			scan->stop = end;
			csv->field_count = 0;
			scan->flaws &= ~(unsigned)CSV_FLAW_CUT;
			return;
		}
	}
	if (whole)
		return;
	scan->next = csv->eof || last == csv->at ? csv->end : last;
	scan->stop = scan->next;
	csv->field_count = 0;
}

/* ---- the buffer ------------------------------------------------------------------------------------------- */

static enum status read_more(struct csv *csv, struct error *error)
{
	size_t room = csv->capacity - csv->end;
	ssize_t got;
	if (csv->fd < 0) {
		got = (ssize_t)(csv->rest.len < room ? csv->rest.len : room);
		if (got)
			memcpy(csv->base + csv->end, csv->rest.at, (size_t)got);
		csv->rest = text_slice(csv->rest.at + got, csv->rest.len - (size_t)got);
	} else {
		room = room < csv->left ? room : csv->left;
		do
			got = read(csv->fd, csv->base + csv->end, room);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			return error_set_errno(error, errno, "intake.read", "The extract cannot be read");
		csv->left -= (uint64_t)got;
	}
	csv->eof = got == 0;
	csv->end += (size_t)got;
	memset(csv->base + csv->end, 0, BLOCK);
	return STATUS_OK;
}

/* Moves the row to the front, makes room and reads until there is something new. */
static enum status refill(struct csv *csv, struct error *error)
{
	memmove(csv->base, csv->base + csv->at, csv->end - csv->at);
	csv->end -= csv->at;
	csv->at = 0;
	if (csv->end == csv->capacity) {
		size_t capacity = csv->capacity * 2 < CSV_ROW_CEILING ? csv->capacity * 2 : CSV_ROW_CEILING;
		char *larger = memory_alloc(capacity + BLOCK, 1);
		memcpy(larger, csv->base, csv->end);
		sodium_memzero(csv->base, csv->capacity);
		free(csv->base);
		csv->base = larger;
		csv->capacity = capacity;
	}
	enum status status = read_more(csv, error);
	seek_structure(csv, csv->at);
	return status;
}

static bool buffer_is_full(const struct csv *csv)
{
	return csv->end - csv->at >= CSV_ROW_CEILING;
}

/* ---- text --------------------------------------------------------------------------------------------------- */

static void undouble(struct csv *csv, struct text *field)
{
	struct buf *out = &csv->scratch;
	size_t from = out->len;
	for (size_t i = 0; i < field->len; i++) {
		buf_append_char(out, field->at[i]);
		if (field->at[i] == csv->format.quote && i + 1 < field->len && field->at[i + 1] == csv->format.quote)
			i++;
	}
	*field = text_slice(out->at + from, out->len - from);
}

static bool is_ascii(struct text t)
{
	unsigned char high = 0;
	size_t i = 0;
	for (; i + 8 <= t.len; i += 8) {
		uint64_t word;
		memcpy(&word, t.at + i, sizeof word);
		if (word & 0x8080808080808080u)
			return false;
	}
	for (; i < t.len; i++)
		high |= (unsigned char)t.at[i];
	return high < 0x80;
}

/* Makes FIELD UTF-8; false when it cannot be read as text. */
static bool decode(struct csv *csv, struct text *field)
{
	if (is_ascii(*field))
		return true;
	if (csv->format.encoding == CSV_UTF_8)
		return utf8_first_invalid(*field) == field->len;
	size_t from = csv->scratch.len;
	bool good = utf8_append_windows_1252(&csv->scratch, *field) == 0;
	*field = text_slice(csv->scratch.at + from, csv->scratch.len - from);
	return good;
}

static void finish_fields(struct csv *csv, struct scan *scan)
{
	buf_clear(&csv->scratch);
	/* Room for all beforehand, so that slices stay where they are: undoubled once, decoded to three bytes each. */
	if (csv->escaped_count || csv->row_high)
		(void)buf_reserve(&csv->scratch, (scan->stop - csv->at) * 4 + 16);
	for (size_t i = 0; i < csv->escaped_count; i++) {
		if (csv->escaped[i] < csv->field_count)
			undouble(csv, &csv->fields[csv->escaped[i]]);
	}
	for (size_t i = 0; i < csv->field_count; i++) {
		if (csv->row_high && !decode(csv, &csv->fields[i])) {
			scan->flaw_field = i;
			scan->flaws |= CSV_FLAW_ENCODING;
		}
		if (csv->fields[i].len > CSV_FIELD_CEILING) {
			scan->flaw_field = i;
			scan->flaws |= CSV_FLAW_TOO_LONG;
		}
	}
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

static uint64_t count_lines(const struct csv *csv, size_t from, size_t to)
{
	uint64_t lines = 0;
	for (size_t at = find_line_end(csv, from); at < to; at = find_line_end(csv, at + 1))
		lines++;
	return lines;
}

static void deliver(struct csv *csv, struct scan *scan, struct csv_row *row)
{
	bool broken = (scan->flaws & (CSV_FLAW_QUOTES | CSV_FLAW_TOO_LONG)) != 0;
	finish_fields(csv, scan);
	*row = (struct csv_row){.fields = csv->fields,
				.count = csv->field_count,
				.line = csv->line,
				.raw = text_slice(csv->base + csv->at, scan->stop - csv->at),
				.flaws = scan->flaws,
				.flaw_field = scan->flaw_field,
				.unterminated = scan->unterminated};
	csv->line += broken ? count_lines(csv, csv->at, scan->next) : scan->inside + !scan->unterminated;
	csv->at = scan->next;
	if (broken)
		seek_structure(csv, csv->at);
	csv->row_high = csv->block_high;
}

static bool is_blank(const struct csv *csv, const struct scan *scan)
{
	size_t len = scan->stop - csv->at;
	return scan->flaws == 0 && (len == 0 || (len == 1 && scan->unterminated && csv->base[csv->at] == 0x1a));
}

/* Scans one row, reading as needed. */
static enum status complete_row(struct csv *csv, struct scan *scan, struct error *error)
{
	for (;;) {
		enum scan_end end = scan_row(csv, scan);
		if (end == SCAN_ROW) {
			if ((scan->flaws & CSV_FLAW_QUOTES) && scan->inside)
				cut_broken_row(csv, scan, scan->stop, true);
			return STATUS_OK;
		}
		if (end == SCAN_OPEN_QUOTE || buffer_is_full(csv)) {
			scan->flaws |= end == SCAN_OPEN_QUOTE ? CSV_FLAW_QUOTES | CSV_FLAW_CUT : CSV_FLAW_TOO_LONG;
			scan->unterminated = end == SCAN_OPEN_QUOTE;
			cut_broken_row(csv, scan, csv->end, false);
			scan->unterminated = scan->unterminated && scan->next == csv->end;
			return STATUS_OK;
		}
		enum status status = refill(csv, error);
		if (status)
			return status;
	}
}

enum status csv_next(struct csv *csv, struct csv_row *row, struct error *error)
{
	*row = (struct csv_row){0};
	for (;;) {
		if (csv->at == csv->end && csv->eof)
			return STATUS_OK;
		struct scan scan;
		enum status status = complete_row(csv, &scan, error);
		if (status)
			return status;
		if (csv->at == csv->end && csv->eof)
			return STATUS_OK;
		bool blank = is_blank(csv, &scan);
		deliver(csv, &scan, row);
		if (!blank)
			return STATUS_OK;
		*row = (struct csv_row){0};
	}
}

static struct csv *csv_new(const struct csv_format *format, size_t buffer)
{
	assert(format->encoding != CSV_UTF_16);
	struct csv *csv = memory_alloc(1, sizeof *csv);
	csv->format = *format;
	csv->line = 1;
	csv->capacity = buffer;
	csv->base = memory_alloc(csv->capacity + BLOCK, 1);
	buf_init(&csv->scratch, (size_t)CSV_ROW_CEILING * 5);
	return csv;
}

static void skip_mark(struct csv *csv)
{
	if (csv->format.byte_order_mark && csv->end >= 3 && memcmp(csv->base, "\xef\xbb\xbf", 3) == 0)
		csv->at = 3;
}

enum status csv_cannot_open(const char *path, struct error *error)
{
	int reason = errno;
	error_set_errno(error, reason, "intake.open", "the file cannot be read");
	error_remedy(error, reason == EISDIR ? "Give a file in it." : "Give a file that is there and may be read.");
	error_at(error, path, 0, 0);
	return STATUS_IO;
}

enum status csv_open(struct csv **out, const char *path, const struct csv_format *format, struct error *error)
{
	return csv_open_part(out, path, format, 0, UINT64_MAX, error);
}

enum status csv_open_part(struct csv **out, const char *path, const struct csv_format *format, uint64_t from,
			  uint64_t bytes, struct error *error)
{
	*out = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return csv_cannot_open(path, error);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	/* Most files are small: room for all of it and the end behind it, as the buffer is cleared and wiped. */
	struct stat info;
	bool small = fstat(fd, &info) == 0 && info.st_size > 0 && info.st_size < FIRST_BUFFER;
	struct csv *csv = csv_new(format, small ? (size_t)info.st_size + 1 : FIRST_BUFFER);
	csv->fd = fd;
	csv->left = bytes;
	enum status status = STATUS_OK;
	if (from > 0 && lseek(fd, (off_t)from, SEEK_SET) < 0)
		status = error_set_errno(error, errno, "intake.seek", "The file cannot be read from its middle");
	if (status == STATUS_OK)
		status = read_more(csv, error);
	if (status) {
		csv_close(csv);
		return status;
	}
	if (from == 0)
		skip_mark(csv);
	seek_structure(csv, csv->at);
	*out = csv;
	return STATUS_OK;
}

struct csv *csv_open_memory(struct text bytes, const struct csv_format *format)
{
	struct csv *csv = csv_new(format, bytes.len < FIRST_BUFFER ? bytes.len + 1 : FIRST_BUFFER);
	csv->fd = -1;
	csv->rest = bytes;
	if (format->byte_order_mark && text_starts_with(bytes, TEXT("\xef\xbb\xbf")))
		csv->rest = text_slice(bytes.at + 3, bytes.len - 3);
	seek_structure(csv, 0);
	return csv;
}

void csv_close(struct csv *csv)
{
	if (!csv)
		return;
	if (csv->fd >= 0)
		close(csv->fd);
	sodium_memzero(csv->base, csv->capacity);
	free(csv->base);
	free(csv->fields);
	free(csv->escaped);
	buf_wipe(&csv->scratch);
	buf_release(&csv->scratch);
	free(csv);
}

uint64_t csv_line(const struct csv *csv)
{
	return csv->line;
}

void csv_expect(struct csv *csv, size_t columns)
{
	csv->expected = columns;
}

void csv_set_buffer(struct csv *csv, size_t bytes)
{
	assert(csv->at == csv->end);
	csv->capacity = bytes;
	free(csv->base);
	csv->base = memory_alloc(bytes + BLOCK, 1);
}
