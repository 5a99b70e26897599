/* Payloads: flat JSON of texts, written by intake. */
#include "vault/disclosure_int.h"

static unsigned hex_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a') + 10;
}

static size_t put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 0x3f));
	out[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

/* The text of a JSON string from behind its first quote; *AT ends behind the last one. Unescaped in place. */
static bool json_string(char *json, size_t len, size_t *at, struct text *out)
{
	size_t start = *at, to = start;
	while (*at < len && json[*at] != '"') {
		char c = json[(*at)++];
		if (c == '\\' && *at < len) {
			c = json[(*at)++];
			if (c == 'u' && *at + 4 <= len) {
				unsigned code = 0;
				for (int i = 0; i < 4; i++)
					code = code << 4 | hex_value(json[(*at)++]);
				to += put_utf8(json + to, code);
				continue;
			}
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
		}
		json[to++] = c;
	}
	if (*at >= len)
		return false;
	++*at;
	json[to] = '\0'; /* at the latest over the closing quote */
	*out = text_slice(json + start, to - start);
	return true;
}

static void skip_to(const char *json, size_t len, size_t *at, char wanted)
{
	while (*at < len && json[*at] != wanted)
		++*at;
}

/* Values that are not strings are taken as they stand. */
void asking_read_payload(struct asking_door *asking, char *json, size_t len)
{
	size_t at = 0;
	struct text key, value;
	for (;;) {
		skip_to(json, len, &at, '"');
		if (at++ >= len || !json_string(json, len, &at, &key))
			return;
		skip_to(json, len, &at, ':');
		at++;
		while (at < len && json[at] == ' ')
			at++;
		if (at < len && json[at] == '"') {
			at++;
			if (!json_string(json, len, &at, &value))
				return;
		} else {
			size_t start = at;
			while (at < len && json[at] != ',' && json[at] != '}')
				at++;
			value = text_slice(json + start, at - start);
			if (text_is(value, "null"))
				value = TEXT_ABSENT;
		}
		const struct profile_element *element = profile_element(asking->door->parts.profile, key);
		if (element)
			asking->slots[element->number] = value;
	}
}
