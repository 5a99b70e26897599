#include "web/document.h"

#include <assert.h>
#include <math.h>

/* Length and both ends of a key tell nearly all keys of one object apart. */
uint32_t document_key_mark(const char *key, size_t len)
{
	uint32_t mark = (uint32_t)len * 0x9e3779b1u;
	if (len)
		mark ^= (uint32_t)(unsigned char)key[0] << 24 ^ (uint32_t)(unsigned char)key[len - 1] << 8 ^
			(uint32_t)(unsigned char)key[len / 2];
	return mark;
}

static struct value *value_new(struct arena *arena, enum value_kind kind)
{
	struct value *value = ARENA_NEW(arena, struct value);
	value->arena = arena;
	value->kind = kind;
	return value;
}

struct value *document_object(struct arena *arena)
{
	return value_new(arena, VALUE_OBJECT);
}

struct value *document_array(struct arena *arena)
{
	return value_new(arena, VALUE_ARRAY);
}

static struct value *append(struct value *parent, enum value_kind kind)
{
	struct value *value = value_new(parent->arena, kind);
	if (parent->last)
		parent->last->next = value;
	else
		parent->first = value;
	parent->last = value;
	parent->count++;
	return value;
}

const struct value *document_member(const struct value *object, struct text key)
{
	if (object->kind != VALUE_OBJECT)
		return NULL;
	uint32_t mark = document_key_mark(key.at, key.len);
	for (const struct value *member = object->first; member; member = member->next)
		if (member->key_mark == mark && text_equal(text_slice(member->key, member->key_len), key))
			return member;
	return NULL;
}

static struct value *put(struct value *object, const char *key, enum value_kind kind)
{
	assert(object->kind == VALUE_OBJECT);
	assert(!document_member(object, text_of(key)));
	struct value *member = append(object, kind);
	size_t len = strlen(key);
	member->key = key;
	member->key_len = (uint32_t)len;
	member->key_mark = document_key_mark(key, len);
	return member;
}

static struct value *add(struct value *array, enum value_kind kind)
{
	assert(array->kind == VALUE_ARRAY);
	return append(array, kind);
}

void put_text(struct value *object, const char *key, struct text text)
{
	struct value *member = put(object, key, text_is_absent(text) ? VALUE_NULL : VALUE_TEXT);
	if (member->kind == VALUE_TEXT)
		member->text = text;
}

void put_string(struct value *object, const char *key, const char *string)
{
	put_text(object, key, text_of(string));
}

void put_format(struct value *object, const char *key, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put_text(object, key, arena_format_v(object->arena, format, args));
	va_end(args);
}

void put_int(struct value *object, const char *key, int64_t number)
{
	put(object, key, VALUE_INT)->number = number;
}

void put_decimal(struct value *object, const char *key, double decimal)
{
	if (isfinite(decimal))
		put(object, key, VALUE_DECIMAL)->decimal = decimal;
	else
		put(object, key, VALUE_NULL);
}

void put_bool(struct value *object, const char *key, bool yes)
{
	put(object, key, yes ? VALUE_TRUE : VALUE_FALSE);
}

void put_null(struct value *object, const char *key)
{
	put(object, key, VALUE_NULL);
}

void put_markup(struct value *object, const char *key, struct text html)
{
	put(object, key, VALUE_MARKUP)->text = html;
}

void put_date(struct value *object, const char *key, date d)
{
	char text[DATE_TEXT_SIZE];
	if (d == DATE_UNKNOWN)
		put_null(object, key);
	else
		put_text(object, key, arena_text(object->arena, text_of(date_format_iso(d, text))));
}

void put_instant(struct value *object, const char *key, instant at)
{
	char text[INSTANT_TEXT_SIZE];
	if (at == INSTANT_UNKNOWN)
		put_null(object, key);
	else
		put_text(object, key, arena_text(object->arena, text_of(instant_format(at, text))));
}

struct value *put_object(struct value *object, const char *key)
{
	return put(object, key, VALUE_OBJECT);
}

struct value *put_array(struct value *object, const char *key)
{
	return put(object, key, VALUE_ARRAY);
}

void add_text(struct value *array, struct text text)
{
	struct value *item = add(array, text_is_absent(text) ? VALUE_NULL : VALUE_TEXT);
	if (item->kind == VALUE_TEXT)
		item->text = text;
}

void add_int(struct value *array, int64_t number)
{
	add(array, VALUE_INT)->number = number;
}

struct value *add_object(struct value *array)
{
	return add(array, VALUE_OBJECT);
}

struct value *add_array(struct value *array)
{
	return add(array, VALUE_ARRAY);
}

struct text document_long_date(struct arena *arena, date d)
{
	char text[DATE_TEXT_SIZE + 8];
	return d == DATE_UNKNOWN ? TEXT_ABSENT : arena_text(arena, text_of(date_format_long(d, text)));
}

static void emit_children(const struct value *value, struct buf *out)
{
	bool object = value->kind == VALUE_OBJECT;
	buf_append_char(out, object ? '{' : '[');
	for (const struct value *child = value->first; child; child = child->next) {
		if (child != value->first)
			buf_append_char(out, ',');
		if (object) {
			buf_append_json(out, text_slice(child->key, child->key_len));
			buf_append_char(out, ':');
		}
		document_emit_json(child, out);
	}
	buf_append_char(out, object ? '}' : ']');
}

void document_emit_json(const struct value *value, struct buf *out)
{
	switch (value->kind) {
	case VALUE_NULL:
		buf_append(out, "null", 4);
		break;
	case VALUE_FALSE:
		buf_append(out, "false", 5);
		break;
	case VALUE_TRUE:
		buf_append(out, "true", 4);
		break;
	case VALUE_INT:
		buf_append_int(out, value->number);
		break;
	case VALUE_DECIMAL:
		buf_format(out, "%.15g", value->decimal);
		break;
	case VALUE_TEXT:
	case VALUE_MARKUP:
		buf_append_json(out, value->text);
		break;
	case VALUE_OBJECT:
	case VALUE_ARRAY:
		emit_children(value, out);
		break;
	}
}
