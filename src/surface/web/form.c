#include "web/form.h"

#include "base/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What nobody types, and what a terminal or a spreadsheet would obey. */
static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

static bool decode(struct arena *arena, struct text t, bool plus_is_space, struct text *out)
{
	char *at = arena_alloc(arena, t.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < t.len; i++) {
		char c = t.at[i];
		if (c == '%') {
			int high = i + 2 < t.len ? hex_digit(t.at[i + 1]) : -1;
			int low = i + 2 < t.len ? hex_digit(t.at[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		if (is_control(c))
			return false;
		at[len++] = c;
	}
	*out = text_slice(at, len);
	return utf8_first_invalid(*out) == len;
}

static size_t count_char(struct text t, char c)
{
	size_t count = 0;
	for (size_t i = 0; i < t.len; i++)
		count += t.at[i] == c;
	return count;
}

static bool make_room(struct arena *arena, struct text t, char separator, size_t most, struct pairs *out)
{
	*out = (struct pairs){0};
	size_t count = count_char(t, separator) + 1;
	if (count > most)
		return false;
	out->at = ARENA_ARRAY(arena, count, struct pair);
	return true;
}

bool form_parse(struct arena *arena, struct text encoded, struct pairs *out)
{
	if (!make_room(arena, encoded, '&', FORM_PAIRS_MOST, out))
		return false;
	struct text part, rest = encoded;
	while (rest.len && text_split(&rest, '&', &part)) {
		if (!part.len)
			continue;
		size_t equals = text_find_char(part, '=');
		struct text value =
			equals < part.len ? text_slice(part.at + equals + 1, part.len - equals - 1) : TEXT("");
		struct pair *pair = &out->at[out->count];
		if (!decode(arena, text_slice(part.at, equals), true, &pair->name) ||
		    !decode(arena, value, true, &pair->value)) {
			out->count = 0;
			return false;
		}
		out->count++;
	}
	return true;
}

bool cookies_parse(struct arena *arena, struct text header, struct pairs *out)
{
	if (!make_room(arena, header, ';', COOKIES_MOST, out))
		return false;
	struct text part, rest = header;
	while (rest.len && text_split(&rest, ';', &part)) {
		part = text_trim(part);
		size_t equals = text_find_char(part, '=');
		if (equals == part.len)
			continue;
		struct text value = text_slice(part.at + equals + 1, part.len - equals - 1);
		out->at[out->count++] =
			(struct pair){arena_text(arena, text_slice(part.at, equals)), arena_text(arena, value)};
	}
	return true;
}

struct text pairs_get(const struct pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (text_is(pairs->at[i].name, name))
			return pairs->at[i].value;
	return TEXT_ABSENT;
}

bool path_decode(struct arena *arena, struct text encoded, struct text *out)
{
	return decode(arena, encoded, false, out);
}

void form_append_encoded(struct buf *out, struct text t)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];
		bool plain =
			(c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c && strchr("-._~", c));
		char escaped[3] = {'%', digits[c >> 4], digits[c & 15]};
		if (plain)
			buf_append_char(out, (char)c);
		else
			buf_append(out, escaped, 3);
	}
}
