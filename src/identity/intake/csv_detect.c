/* What an extract looks like: byte-order mark, encoding, delimiter, line ends. */
#include "intake/csv.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

enum { START = 1 << 16, CHUNK = 1 << 18 };

/* The delimiter that parts the first line most often, outside quotes; comma on a tie and when there is none. */
static char detect_delimiter(struct text start, char quote)
{
	static const char candidates[] = {',', '\t', ';', '|'};
	size_t counts[sizeof candidates] = {0};
	bool quoted = false;
	for (size_t i = 0; i < start.len; i++) {
		char c = start.at[i];
		if (!quoted && (c == '\n' || c == '\r') && i > 0)
			break;
		if (c == quote)
			quoted = !quoted;
		for (size_t k = 0; k < sizeof candidates && !quoted; k++)
			counts[k] += c == candidates[k];
	}
	size_t best = 0;
	for (size_t k = 1; k < sizeof candidates; k++) {
		if (counts[k] > counts[best])
			best = k;
	}
	return candidates[best];
}

/* A double quote, unless the fields of the first line begin with single ones. */
static char detect_quote(struct text start)
{
	if (text_find_char(start, '"') < start.len || start.len < 2 || start.at[0] != '\'')
		return '"';
	for (size_t i = 1; i < start.len && start.at[i] != '\n'; i++) {
		if (start.at[i] == '\'' && strchr(",;\t|\r\n", start.at[i + 1 < start.len ? i + 1 : i]))
			return '\'';
	}
	return '"';
}

/* Valid but for a character that the end of the sample cuts. */
static bool looks_utf8(struct text t)
{
	size_t bad = utf8_first_invalid(t);
	return bad == t.len || (t.len - bad < 4 && ((unsigned char)t.at[bad] & 0xc0) == 0xc0);
}

struct csv_format csv_format_detect(struct text start, const struct csv_given *given)
{
	struct csv_format format = {.encoding = given->encoding};
	const unsigned char *b = (const unsigned char *)start.at;
	if (start.len >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff))) {
		format.encoding = CSV_UTF_16;
	} else if (text_starts_with(start, TEXT("\xef\xbb\xbf"))) {
		format.encoding = CSV_UTF_8;
		format.byte_order_mark = true;
		start = text_slice(start.at + 3, start.len - 3);
	} else if (!given->encoding_given) {
		format.encoding = looks_utf8(start) ? CSV_UTF_8 : CSV_WINDOWS_1252;
	}
	format.quote = given->quote ? given->quote : detect_quote(start);
	format.delimiter = given->delimiter ? given->delimiter : detect_delimiter(start, format.quote);
	format.cr_lines = text_find_char(start, '\n') == start.len && text_find_char(start, '\r') + 1 < start.len;
	return format;
}

/* Whether all of FD is UTF-8, in pieces that end at a line. */
static bool file_is_utf8(int fd, char *chunk)
{
	size_t have = 0;
	for (;;) {
		ssize_t got = read(fd, chunk + have, CHUNK - have);
		if (got <= 0)
			return utf8_first_invalid(text_slice(chunk, have)) == have;
		have += (size_t)got;
		const char *end = memrchr(chunk, '\n', have);
		size_t whole = end ? (size_t)(end - chunk) + 1 : 0;
		if (utf8_first_invalid(text_slice(chunk, whole)) < whole || (have == CHUNK && whole == 0))
			return false;
		memmove(chunk, chunk + whole, have - whole);
		have -= whole;
	}
}

enum status csv_format_of_file(struct csv_format *out, const char *path, const struct csv_given *given,
			       struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *chunk = memory_alloc(1, CHUNK);
	ssize_t got = fd < 0 ? -1 : pread(fd, chunk, START, 0);
	enum status status = STATUS_OK;
	if (got < 0) {
		status = csv_cannot_open(path, error);
	} else {
		*out = csv_format_detect(text_slice(chunk, (size_t)got), given);
		if (!given->encoding_given && out->encoding == CSV_UTF_8 && !out->byte_order_mark &&
		    !file_is_utf8(fd, chunk))
			out->encoding = CSV_WINDOWS_1252;
	}
	if (fd >= 0)
		close(fd);
	sodium_memzero(chunk, CHUNK);
	free(chunk);
	return status;
}
