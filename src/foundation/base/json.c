#include "base/json.h"

#include <assert.h>
#include <math.h>

void json_init(struct json *json, struct buf *out)
{
	*json = (struct json){.out = out};
}

static void new_line(struct json *json)
{
	if (!json->pretty)
		return;
	buf_append_char(json->out, '\n');
	for (unsigned i = 0; i < json->depth; i++)
		buf_append(json->out, "  ", 2);
}

static void begin_value(struct json *json, const char *name)
{
	if (json->depth) {
		assert((json->closers[json->depth - 1] == '}') == (name != NULL));
		if (!json->empty[json->depth - 1])
			buf_append_char(json->out, ',');
		json->empty[json->depth - 1] = false;
		new_line(json);
	}
	if (!name)
		return;
	buf_append_json(json->out, text_of(name));
	buf_append_char(json->out, ':');
	if (json->pretty)
		buf_append_char(json->out, ' ');
}

static void open_level(struct json *json, const char *name, char opener, char closer)
{
	assert(json->depth < JSON_DEPTH);
	begin_value(json, name);
	buf_append_char(json->out, opener);
	json->closers[json->depth] = closer;
	json->empty[json->depth++] = true;
}

void json_begin_object(struct json *json, const char *name)
{
	open_level(json, name, '{', '}');
}

void json_begin_array(struct json *json, const char *name)
{
	open_level(json, name, '[', ']');
}

void json_end(struct json *json)
{
	assert(json->depth > 0);
	json->depth--;
	if (!json->empty[json->depth])
		new_line(json);
	buf_append_char(json->out, json->closers[json->depth]);
}

void json_put_text(struct json *json, const char *name, struct text value)
{
	begin_value(json, name);
	buf_append_json(json->out, value);
}

void json_put_int(struct json *json, const char *name, int64_t value)
{
	begin_value(json, name);
	buf_append_int(json->out, value);
}

void json_put_double(struct json *json, const char *name, double value, int decimals)
{
	if (!isfinite(value)) {
		json_put_null(json, name);
		return;
	}
	begin_value(json, name);
	buf_format(json->out, "%.*f", decimals, value);
}

void json_put_bool(struct json *json, const char *name, bool value)
{
	begin_value(json, name);
	buf_append_text(json->out, value ? TEXT("true") : TEXT("false"));
}

void json_put_null(struct json *json, const char *name)
{
	begin_value(json, name);
	buf_append(json->out, "null", 4);
}

/* Values are plain text nearly always. Within a value no quote stands without a backslash before it, so a name cannot
 * be mistaken. */
enum json_found json_find_text(struct text *value, struct text document, struct text name)
{
	char key[80];
	int len = snprintf(key, sizeof key, "\"%.*s\":", TEXT_ARG(name));
	size_t found = len < (int)sizeof key ? text_find(document, text_slice(key, (size_t)len)) : document.len;
	*value = TEXT_ABSENT;
	if (found == document.len)
		return JSON_ABSENT;
	const char *at = document.at + found + len, *end = document.at + document.len;
	while (at < end && *at == ' ')
		at++;
	if (at == end || *at != '"')
		return JSON_ABSENT;
	size_t length = text_find_char(text_slice(at + 1, (size_t)(end - at - 1)), '"');
	if (memchr(at + 1, '\\', length))
		return JSON_ESCAPED;
	*value = text_slice(at + 1, length);
	return JSON_PLAIN;
}
