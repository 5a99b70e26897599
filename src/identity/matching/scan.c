/* Fields of a CSV file, 64 bytes at a time. */
#include "matching/matching_int.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct scanner {
	const char *bytes;
	size_t size, block; /* mask bit i is bytes[block + i] */
	uint64_t mask;
	struct dialect dialect;
};

#ifdef __SSE2__
static uint64_t mark(const char *at, struct dialect dialect)
{
	__m128i delimiter = _mm_set1_epi8(dialect.delimiter), quote = _mm_set1_epi8(dialect.quote),
		line = _mm_set1_epi8(dialect.line);
	uint64_t mask = 0;
	for (unsigned i = 0; i < 4; i++) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(at + 16 * i));
		__m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter), _mm_cmpeq_epi8(bytes, quote));
		found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, line));
		mask |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << (16 * i);
	}
	return mask;
}
#else
static uint64_t mark(const char *at, struct dialect dialect)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < 64; i++)
		mask |= (uint64_t)(at[i] == dialect.delimiter || at[i] == dialect.quote || at[i] == dialect.line) << i;
	return mask;
}
#endif

uint64_t count_byte(const char *bytes, size_t size, char wanted)
{
	uint64_t count = 0;
	for (const char *at = bytes, *end = bytes + size; (at = memchr(at, wanted, (size_t)(end - at))); at++)
		count++;
	return count;
}

static void scanner_start(struct scanner *s, size_t at)
{
	s->block = at;
	s->mask = at < s->size ? mark(s->bytes + at, s->dialect) : 0;
}

/* The next delimiter, quote or line end, or the size. */
static inline size_t scanner_next(struct scanner *s)
{
	while (!s->mask) {
		s->block += 64;
		if (s->block >= s->size)
			return s->size;
		s->mask = mark(s->bytes + s->block, s->dialect);
	}
	size_t at = s->block + (size_t)__builtin_ctzll(s->mask);
	s->mask &= s->mask - 1;
	return at < s->size ? at : s->size;
}

struct piece {                   /* a field as it was found */
	size_t from, to, behind; /* BEHIND: the delimiter or line end, or the size */
	bool doubled, open;
	uint64_t lines; /* line ends inside quotes */
};

/* From behind the opening quote. A closing quote that text follows is text itself. */
static void scan_quoted(struct scanner *s, size_t from, struct piece *out)
{
	*out = (struct piece){.from = from, .to = s->size, .behind = s->size, .open = true};
	for (size_t at = scanner_next(s); at < s->size; at = scanner_next(s)) {
		char c = s->bytes[at];
		out->lines += c == s->dialect.line;
		if (c != s->dialect.quote)
			continue;
		size_t behind = at + 1;
		if (behind < s->size && s->bytes[behind] == s->dialect.quote) {
			(void)scanner_next(s);
			out->doubled = true;
			continue;
		}
		if (behind < s->size && s->bytes[behind] == '\r' && s->dialect.line == '\n')
			behind++;
		if (behind < s->size && s->bytes[behind] != s->dialect.delimiter && s->bytes[behind] != s->dialect.line)
			continue;
		out->to = at;
		out->open = false;
		out->behind = behind < s->size ? scanner_next(s) : s->size;
		return;
	}
}

static inline void scan_field(struct scanner *s, size_t from, struct piece *out)
{
	if (from < s->size && s->bytes[from] == s->dialect.quote) {
		(void)scanner_next(s);
		scan_quoted(s, from + 1, out);
		return;
	}
	size_t at = scanner_next(s);
	while (at < s->size && s->bytes[at] == s->dialect.quote)
		at = scanner_next(s);
	*out = (struct piece){.from = from, .to = at, .behind = at};
	bool line_ends = at == s->size || s->bytes[at] == s->dialect.line;
	if (line_ends && at > from && s->bytes[at - 1] == '\r')
		out->to--;
}

static void make_room(struct scanned *out, size_t columns)
{
	size_t needed = (out->rows + 1) * columns;
	if (needed <= out->field_capacity)
		return;
	out->field_capacity = out->field_capacity ? out->field_capacity * 2 : 4096 * columns;
	out->fields = memory_resize(out->fields, out->field_capacity, sizeof *out->fields);
}

static inline void keep(struct scanned *out, struct field *to, const struct piece *piece, size_t from)
{
	size_t len = piece->to - piece->from;
	if (len > FIELD_LONGEST) {
		if (out->too_long++ == 0)
			out->first_too_long = out->lines + 1;
		len = 0;
	}
	*to = (struct field){(uint32_t)(piece->from - from), (uint32_t)len | (piece->doubled ? FIELD_DOUBLED : 0)};
}

static void note_width(struct scanned *out, size_t width, size_t columns, uint64_t line)
{
	if (width < columns && out->short_rows++ == 0)
		out->first_short = line;
	if (width > columns && out->long_rows++ == 0)
		out->first_long = line;
}

/* A row of nothing: an empty line, or the end-of-file mark of old systems. */
static bool is_blank(const struct scanner *s, const struct piece *only)
{
	size_t len = only->to - only->from;
	return s->bytes[only->from > 0 ? only->from - 1 : 0] != s->dialect.quote &&
	       (len == 0 || (len == 1 && s->bytes[only->from] == 0x1a));
}

void scan_rows(struct scanned *out, const char *bytes, size_t size, size_t from, size_t stop, size_t most,
	       size_t columns, struct dialect dialect)
{
	struct scanner s = {.bytes = bytes, .size = size, .dialect = dialect};
	struct scanned fresh = {.fields = out->fields, .field_capacity = out->field_capacity};
	*out = fresh;
	scanner_start(&s, from);
	size_t at = from;
	while (at < stop && out->rows < most) {
		size_t width = 0;
		uint64_t line = out->lines + 1;
		struct piece piece = {0};
		make_room(out, columns);
		struct field *row = out->fields + out->rows * columns;
		for (bool more = true; more;) {
			scan_field(&s, at, &piece);
			out->lines += piece.lines;
			if (piece.open && !out->open_quote)
				out->open_quote = out->lines - piece.lines + 1;
			if (width < columns)
				keep(out, &row[width], &piece, from);
			width++;
			more = piece.behind < size && bytes[piece.behind] == dialect.delimiter;
			at = piece.behind < size ? piece.behind + 1 : size;
		}
		out->lines++;
		if (width == 1 && is_blank(&s, &piece))
			continue;
		if (width != columns)
			note_width(out, width, columns, line);
		for (; width < columns; width++)
			row[width] = (struct field){0, 0};
		out->rows++;
	}
	out->end = at;
}

void scanned_release(struct scanned *scanned)
{
	free(scanned->fields);
	scanned->fields = NULL;
	scanned->field_capacity = 0;
}

size_t scan_width(const char *bytes, size_t size, size_t from, struct dialect dialect)
{
	struct scanner s = {.bytes = bytes, .size = size, .dialect = dialect};
	struct piece piece;
	size_t width = 0, at = from;
	scanner_start(&s, from);
	do {
		scan_field(&s, at, &piece);
		width++;
		at = piece.behind + 1;
	} while (piece.behind < size && bytes[piece.behind] == dialect.delimiter);
	return width;
}
