/* JSON text into a document, by way of jansson's parser. */
#include "web/document.h"

#include <jansson.h>

enum { DEEPEST = 64 };

static bool convert(const json_t *json, struct value *into, int depth);

static void convert_text(const json_t *json, struct value *into)
{
	into->kind = VALUE_TEXT;
	into->text = arena_text(into->arena, text_slice(json_string_value(json), json_string_length(json)));
}

static bool convert_children(const json_t *json, struct value *into, int depth)
{
	if (json_is_array(json)) {
		into->kind = VALUE_ARRAY;
		for (size_t i = 0; i < json_array_size(json); i++)
			if (!convert(json_array_get(json, i), add_object(into), depth + 1))
				return false;
		return true;
	}
	into->kind = VALUE_OBJECT;
	const char *key;
	json_t *member;
	json_object_foreach((json_t *)(uintptr_t)json, key, member)
	{
		const char *kept = arena_copy(into->arena, text_of(key));
		if (!convert(member, put_object(into, kept), depth + 1))
			return false;
	}
	return true;
}

/* INTO is a fresh object value of its parent and takes the kind of JSON. */
static bool convert(const json_t *json, struct value *into, int depth)
{
	if (depth > DEEPEST)
		return false;
	switch (json_typeof(json)) {
	case JSON_NULL:
		into->kind = VALUE_NULL;
		return true;
	case JSON_TRUE:
		into->kind = VALUE_TRUE;
		return true;
	case JSON_FALSE:
		into->kind = VALUE_FALSE;
		return true;
	case JSON_INTEGER:
		into->kind = VALUE_INT;
		into->number = json_integer_value(json);
		return true;
	case JSON_REAL:
		into->kind = VALUE_DECIMAL;
		into->decimal = json_real_value(json);
		return true;
	case JSON_STRING:
		convert_text(json, into);
		return true;
	default:
		return convert_children(json, into, depth);
	}
}

bool document_parse_json(struct arena *arena, struct text json, struct value **out)
{
	json_error_t error;
	json_t *tree = json_loadb(json.at ? json.at : "", json.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (!tree)
		return false;
	*out = document_object(arena);
	bool whole = convert(tree, *out, 0);
	json_decref(tree);
	return whole;
}
