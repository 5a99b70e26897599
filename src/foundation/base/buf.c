#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *buf, size_t ceiling)
{
	*buf = (struct buf){.ceiling = ceiling};
}

void buf_release(struct buf *buf)
{
	free(buf->at);
	buf_init(buf, buf->ceiling);
}

void buf_wipe(struct buf *buf)
{
	if (buf->at)
		explicit_bzero(buf->at, buf->cap);
	buf_clear(buf);
}

bool buf_reserve(struct buf *buf, size_t more)
{
	if (buf->failed)
		return false;
	if (more < buf->cap - buf->len)
		return true;
	if (more >= buf->ceiling || buf->len >= buf->ceiling - more) {
		buf->failed = true;
		return false;
	}
	size_t cap = buf->cap ? buf->cap : 64;
	while (cap - buf->len <= more)
		cap *= 2;
	if (cap > buf->ceiling)
		cap = buf->ceiling;
	char *at = realloc(buf->at, cap);
	if (!at) {
		buf->failed = true;
		return false;
	}
	buf->at = at;
	buf->cap = cap;
	return true;
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
	if (!buf_reserve(buf, len))
		return;
	if (len)
		memcpy(buf->at + buf->len, bytes, len);
	buf->len += len;
	buf->at[buf->len] = '\0';
}

void buf_format(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !buf_reserve(buf, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(buf->at + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}

void buf_append_int(struct buf *buf, int64_t value)
{
	char digits[24];
	size_t n = sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		digits[--n] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		digits[--n] = '-';
	buf_append(buf, digits + n, sizeof digits - n);
}

static const char *json_escape(unsigned char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

void buf_append_json(struct buf *buf, struct text t)
{
	if (text_is_absent(t)) {
		buf_append(buf, "null", 4);
		return;
	}
	buf_append_char(buf, '"');
	size_t start = 0;
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_append(buf, t.at + start, i - start);
		start = i + 1;
		const char *escape = json_escape(c);
		if (escape)
			buf_append(buf, escape, 2);
		else
			buf_format(buf, "\\u%04x", c);
	}
	buf_append(buf, t.at + start, t.len - start);
	buf_append_char(buf, '"');
}

void buf_append_csv_harmless(struct buf *buf, struct text t)
{
	/* Also the full-width forms, which some spreadsheets take for the same. */
	static const char *const starts[] = {
		"=",           "+", "-", "@", "\t", "\r", "\n", "'", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
		"\xef\xbc\xa0"};
	bool harmless = true;
	for (size_t i = 0; i < sizeof starts / sizeof *starts && harmless; i++)
		harmless = !text_starts_with(t, text_of(starts[i]));
	if (harmless) {
		buf_append_csv(buf, t);
		return;
	}
	struct buf cell;
	buf_init(&cell, t.len + 2);
	buf_append_char(&cell, '\'');
	buf_append_text(&cell, t);
	buf_append_csv(buf, buf_text(&cell));
	buf_wipe(&cell);
	buf_release(&cell);
}

void buf_append_csv(struct buf *buf, struct text t)
{
	bool quote = false;
	for (size_t i = 0; i < t.len && !quote; i++)
		quote = t.at[i] == ',' || t.at[i] == '"' || t.at[i] == '\n' || t.at[i] == '\r';
	if (!quote) {
		buf_append_text(buf, t);
		return;
	}
	buf_append_char(buf, '"');
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] == '"')
			buf_append_char(buf, '"');
		buf_append_char(buf, t.at[i]);
	}
	buf_append_char(buf, '"');
}
