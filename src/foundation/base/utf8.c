#include "base/utf8.h"

static bool is_continuation(struct text t, size_t at)
{
	return at < t.len && ((unsigned char)t.at[at] & 0xc0) == 0x80;
}

/* Length of the valid sequence at AT, 0 when there is none (RFC 3629, section 4). */
static size_t sequence_length(struct text t, size_t at)
{
	unsigned char c = (unsigned char)t.at[at];
	unsigned char second = at + 1 < t.len ? (unsigned char)t.at[at + 1] : 0;
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return is_continuation(t, at + 1) ? 2 : 0;
	if (c >= 0xe0 && c <= 0xef) {
		bool overlong = c == 0xe0 && second < 0xa0, surrogate = c == 0xed && second > 0x9f;
		return is_continuation(t, at + 1) && is_continuation(t, at + 2) && !overlong && !surrogate ? 3 : 0;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		bool overlong = c == 0xf0 && second < 0x90, beyond = c == 0xf4 && second > 0x8f;
		bool whole = is_continuation(t, at + 1) && is_continuation(t, at + 2) && is_continuation(t, at + 3);
		return whole && !overlong && !beyond ? 4 : 0;
	}
	return 0;
}

size_t utf8_first_invalid(struct text t)
{
	size_t at = 0;
	while (at < t.len) {
		uint64_t eight;
		if (at + 8 <= t.len && (memcpy(&eight, t.at + at, 8), (eight & 0x8080808080808080u) == 0)) {
			at += 8;
			continue;
		}
		size_t len = sequence_length(t, at);
		if (len == 0)
			return at;
		at += len;
	}
	return t.len;
}

uint32_t utf8_next(struct text t, size_t *at)
{
	size_t len = sequence_length(t, *at);
	const unsigned char *p = (const unsigned char *)t.at + *at;
	*at += len ? len : 1;
	switch (len) {
	case 1:
		return p[0];
	case 2:
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	case 3:
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	case 4:
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 |
		       (p[3] & 0x3f);
	default:
		return 0xfffd;
	}
}

void utf8_append(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_append_char(out, (char)c);
	} else if (c < 0x800) {
		char two[] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f))};
		buf_append(out, two, sizeof two);
	} else if (c < 0x10000) {
		char three[] = {(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f))};
		buf_append(out, three, sizeof three);
	} else {
		char four[] = {(char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)), (char)(0x80 | (c >> 6 & 0x3f)),
			       (char)(0x80 | (c & 0x3f))};
		buf_append(out, four, sizeof four);
	}
}

/* Bytes 0x80 to 0x9f of Windows-1252; the rest is Latin-1 (WHATWG Encoding Standard). */
static const uint16_t windows_1252_high[32] = {
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

size_t utf8_append_windows_1252(struct buf *out, struct text t)
{
	size_t undefined = 0;
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];
		uint32_t code_point = c >= 0x80 && c < 0xa0 ? windows_1252_high[c - 0x80] : c;
		undefined += code_point == 0xfffd;
		utf8_append(out, code_point);
	}
	return undefined;
}

size_t utf8_count(struct text t)
{
	size_t count = 0;
	for (size_t i = 0; i < t.len; i++)
		count += ((unsigned char)t.at[i] & 0xc0) != 0x80;
	return count;
}
