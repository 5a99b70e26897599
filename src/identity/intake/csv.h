/* A CSV reader for what councils' systems really export (RFC 4180 and its enemies).
 *
 *     struct csv *csv;
 *     status = csv_open(&csv, path, &format, &error);       // format: csv_format_detect()ed or given
 *     while ((status = csv_next(csv, &row, &error)) == STATUS_OK && row.line)
 *             use(row.fields, row.count, row.flaws);
 *     csv_close(csv);
 *
 * The file is streamed through one buffer that is as large as the longest row, up to a ceiling.
 * Structure is found 64 bytes at a time (SSE2 compares, one bit a byte).  Fields are UTF-8,
 * with doubled quotes undone, and live until the next csv_next().
 *
 * Leniency, where the meaning is plain: line ends LF, CR LF or lone CR (when a file has no LF), a
 * last line without an end, empty lines, quotes inside an unquoted field, a final Ctrl-Z.
 * Everything else that is not as it should be is a flaw of its row; reading goes on behind it.
 * When an unclosed quote swallows other rows, reading resumes at the first later line
 * that has as many columns as the header.
 */
#ifndef INTAKE_CSV_H
#define INTAKE_CSV_H

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum csv_encoding { CSV_UTF_8, CSV_WINDOWS_1252, CSV_UTF_16 /* detected only: not readable */ };

struct csv_format {
	char delimiter, quote;
	enum csv_encoding encoding;
	bool byte_order_mark; /* three bytes to skip */
	bool cr_lines;        /* lone CR ends a line */
};

/* What is given (delimiter or quote '\0': not given) overrides what the first bytes of the file
 * look like; a byte-order mark overrides a given encoding. */
struct csv_given {
	char delimiter, quote;
	bool encoding_given;
	enum csv_encoding encoding;
};
struct csv_format csv_format_detect(struct text start, const struct csv_given *given);
/* The same over a file; without a given encoding the whole file is looked at. */
enum status csv_format_of_file(struct csv_format *out, const char *path, const struct csv_given *given,
			       struct error *error) MUST_CHECK;

enum csv_flaw {
	CSV_FLAW_QUOTES = 1,   /* a quote that opens and does not close, or closes in mid-field */
	CSV_FLAW_NUL = 2,      /* a NUL byte */
	CSV_FLAW_ENCODING = 4, /* bytes that are not text in the file's encoding */
	CSV_FLAW_TOO_LONG = 8, /* a field or row over the ceiling */
	CSV_FLAW_CUT = 16      /* the file ends inside a quoted field */
};

struct csv_row {
	const struct text *fields;
	size_t count;
	uint64_t line;     /* where the row begins, from 1; 0: no more rows */
	struct text raw;   /* the row as it is in the file */
	unsigned flaws;    /* enum csv_flaw, or-ed */
	size_t flaw_field; /* for NUL, encoding and length: which field, from 0 */
	bool unterminated; /* the last row, and no line end behind it */
};

enum {
	CSV_FIELD_CEILING = 1 << 20, /* bytes of a field */
	CSV_ROW_CEILING = 4 << 20,   /* bytes of a row, and of the buffer */
	CSV_FIELDS_CEILING = 4096
};

struct csv;
/* "intake.open", by errno: what csv_open() says of a file that is not there, is a folder, or may not be read. */
enum status csv_cannot_open(const char *path, struct error *error) MUST_CHECK;
enum status csv_open(struct csv **out, const char *path, const struct csv_format *format,
		     struct error *error) MUST_CHECK;
/* Only the BYTES bytes from FROM on, which should begin and end where rows do: a last row that an open quote carries
 * over the end has the flaw CSV_FLAW_CUT. */
enum status csv_open_part(struct csv **out, const char *path, const struct csv_format *format, uint64_t from,
			  uint64_t bytes, struct error *error) MUST_CHECK;
/* Reads from memory; BYTES must live as long. */
struct csv *csv_open_memory(struct text bytes, const struct csv_format *format);
void csv_close(struct csv *csv); /* wipes the buffer; NULL is fine */
/* How many columns a row should have: set after the header was read. */
void csv_expect(struct csv *csv, size_t columns);
/* The smallest buffer to start from, for tests of what happens at its edge. */
void csv_set_buffer(struct csv *csv, size_t bytes);
enum status csv_next(struct csv *csv, struct csv_row *row, struct error *error) MUST_CHECK;
/* ALL into OUT without the rows for which CHOOSES clears *KEEP. What is kept stands on the line where it stood: empty
 * lines fill the gaps. CHOOSES may call csv_expect() at the first row; a failure of it ends the writing. */
typedef enum status csv_chooses(void *context, struct csv *csv, const struct csv_row *row, bool *keep,
				struct error *error);
enum status csv_write_without(struct text all, const struct csv_format *format, csv_chooses *chooses, void *context,
			      struct buf *out, struct error *error) MUST_CHECK;
uint64_t csv_line(const struct csv *csv); /* where the next row would begin, from 1 */

#endif
