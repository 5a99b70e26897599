#include "clean/fold.h"

#include "base/utf8.h"

#include <utf8proc.h>

enum { DROPPED = 0, GAP = ' ' };

/* What an ASCII byte becomes: a letter or digit, GAP, or DROPPED (the apostrophes). */
static inline char fold_ascii(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return (char)c;
	if (c >= 'A' && c <= 'Z')
		return (char)(c | 0x20);
	return c == '\'' || c == '`' ? DROPPED : GAP;
}

struct writer {
	char *out;
	size_t len, cap;
	bool gap; /* a space is due before the next letter */
};

static void write_letters(struct writer *w, const char *letters, size_t len)
{
	size_t need = len + (w->gap && w->len > 0);
	if (w->len + need >= w->cap) {
		w->cap = w->len + 1; /* nothing further fits: a cut in the middle of a word loses its tail only */
		return;
	}
	if (w->gap && w->len > 0)
		w->out[w->len++] = ' ';
	w->gap = false;
	memcpy(w->out + w->len, letters, len);
	w->len += len;
}

static void write_ascii(struct writer *w, unsigned char c)
{
	char folded = fold_ascii(c);
	if (folded == GAP)
		w->gap = true;
	else if (folded != DROPPED)
		write_letters(w, &folded, 1);
}

/* Letters that have no decomposition in Unicode. Case folding has made them lower case. */
static const struct {
	uint32_t code_point;
	char letters[4];
} own_letters[] = {
	{0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"}, {0x00FE, "th"}, {0x0111, "d"},  {0x0127, "h"},  {0x0131, "i"},
	{0x0138, "k"},  {0x0142, "l"}, {0x014B, "n"}, {0x0153, "oe"}, {0x0167, "t"},  {0x0180, "b"},  {0x0192, "f"},
	{0x01B4, "y"},  {0x0199, "k"}, {0x0253, "b"}, {0x0254, "o"},  {0x0257, "d"},  {0x0259, "e"},  {0x025B, "e"},
	{0x0268, "i"},  {0x0272, "n"}, {0x01B6, "z"}, {0x0289, "u"},  {0x1E9E, "ss"}, {0x00DF, "ss"},
};

/* Quotation marks and modifiers that stand for an apostrophe within a name. */
static bool is_apostrophe(uint32_t c)
{
	return c == 0x2018 || c == 0x2019 || c == 0x201B || c == 0x02B9 || c == 0x02BB || c == 0x02BC || c == 0x02BE ||
	       c == 0x02BF || c == 0x00B4 || c == 0x2032 || c == 0x0027 || c == 0x0060;
}

static bool is_letter_or_digit(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
	       category == UTF8PROC_CATEGORY_ND;
}

static void write_code_point(struct writer *w, uint32_t c)
{
	if (c < 0x80) {
		write_ascii(w, (unsigned char)c);
		return;
	}
	for (size_t i = 0; i < sizeof own_letters / sizeof *own_letters; i++) {
		if (own_letters[i].code_point == c) {
			write_letters(w, own_letters[i].letters, strlen(own_letters[i].letters));
			return;
		}
	}
	if (is_letter_or_digit(c)) {
		utf8proc_uint8_t bytes[4];
		write_letters(w, (const char *)bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)c, bytes));
	} else if (!is_apostrophe(c)) {
		w->gap = true;
	}
}

/* One source character at a time, so that no length of input needs memory. Marks that stand
 * alone are stripped by the same options. */
static void write_unicode(struct writer *w, struct text in)
{
	const utf8proc_option_t options = (utf8proc_option_t)(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
							      UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)in.at;
	utf8proc_ssize_t left = (utf8proc_ssize_t)in.len;
	while (left > 0) {
		utf8proc_int32_t c;
		utf8proc_ssize_t used = utf8proc_iterate(at, left, &c);
		if (used <= 0) { /* not UTF-8 */
			w->gap = true;
			at++, left--;
			continue;
		}
		at += used, left -= used;
		if (is_apostrophe((uint32_t)c)) /* before NFKC makes a space and a mark of it */
			continue;
		utf8proc_int32_t parts[32];
		int boundary = 0;
		utf8proc_ssize_t count = utf8proc_decompose_char(c, parts, 32, options, &boundary);
		for (utf8proc_ssize_t i = 0; i < count && i < 32; i++)
			write_code_point(w, (uint32_t)parts[i]);
	}
}

size_t clean_fold(char *out, size_t cap, struct text in)
{
	struct writer w = {.out = out, .cap = cap};
	size_t i = 0;
	while (i < in.len && (unsigned char)in.at[i] < 0x80)
		write_ascii(&w, (unsigned char)in.at[i++]);
	if (i < in.len)
		write_unicode(&w, text_slice(in.at + i, in.len - i));
	out[w.len] = '\0';
	return w.len;
}

size_t clean_squeeze(char *out, size_t cap, struct text in)
{
	size_t len = 0;
	for (size_t i = 0; i < in.len; i++) {
		char c = fold_ascii((unsigned char)in.at[i]);
		if (c == DROPPED || c == GAP)
			continue;
		if (len + 1 >= cap) {
			out[len] = '\0';
			return cap;
		}
		out[len++] = c >= 'a' ? (char)(c & ~0x20) : c;
	}
	out[len] = '\0';
	return len;
}

bool clean_is_filler(struct text folded)
{
	static const char *const fillers[] = {
		"unknown",
		"not known",
		"not given",
		"not provided",
		"not recorded",
		"not stated",
		"not applicable",
		"none",
		"null",
		"nil",
		"na",
		"n a",
		"nk",
		"n k",
		"tbc",
		"tba",
		"to be confirmed",
		"test",
		"dummy",
		"no name",
		"noname",
		"no fixed abode",
		"nfa",
		"no fixed address",
		"anonymous",
		"anon",
		"withheld",
		"refused",
		"declined",
		"missing",
		"blank",
		"see notes",
		"as above",
		"no surname",
		"no forename",
		"lnu",
		"fnu",
		"unk",
		"unspecified",
		"undisclosed",
	};
	if (folded.len == 0)
		return true;
	for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
		if (text_is(folded, fillers[i]))
			return true;
	}
	if (folded.len < 2 || (folded.at[0] != 'x' && folded.at[0] != 'z'))
		return false;
	for (size_t i = 1; i < folded.len; i++) { /* "xxx", "zzzz" */
		if (folded.at[i] != folded.at[0])
			return false;
	}
	return true;
}
