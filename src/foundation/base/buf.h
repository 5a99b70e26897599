/* A byte buffer that grows to a ceiling (curl's dynbuf, git's strbuf).
 *
 * Appending past the ceiling, or without memory, appends nothing and sets `failed`, which
 * stays set: check it once at the end, as with ferror().  What is in `at` always ends in
 * a NUL that `len` does not count.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/text.h"

struct buf {
	char *at;
	size_t len, cap, ceiling;
	bool failed;
};

void buf_init(struct buf *buf, size_t ceiling);
void buf_release(struct buf *buf);
void buf_wipe(struct buf *buf); /* zeroes, then empties; for buffers that held identifiers */

static inline void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->at)
		buf->at[0] = '\0';
}

static inline struct text buf_text(const struct buf *buf)
{
	return (struct text){buf->at ? buf->at : "", buf->len};
}

bool buf_reserve(struct buf *buf, size_t more); /* room for MORE bytes behind len */
void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_append_json(struct buf *buf, struct text t); /* "quoted", escaped; null when absent */
void buf_append_csv(struct buf *buf, struct text t);  /* quoted only when it must be */
/* For files that people open in a spreadsheet, which would run a cell that begins with = + - @ tab or a line's end as a
 * formula: such a cell gets an apostrophe in front, and so does one that begins with an apostrophe, so that
 * taking one leading apostrophe off each cell that has any gives back what was there (OWASP, "CSV injection"). */
void buf_append_csv_harmless(struct buf *buf, struct text t);

static inline void buf_append_char(struct buf *buf, char c)
{
	if (buf->len + 1 < buf->cap) {
		buf->at[buf->len++] = c;
		buf->at[buf->len] = '\0';
	} else {
		buf_append(buf, &c, 1);
	}
}

static inline void buf_append_text(struct buf *buf, struct text t)
{
	buf_append(buf, t.at, t.len);
}

void buf_append_int(struct buf *buf, int64_t value);

#endif
