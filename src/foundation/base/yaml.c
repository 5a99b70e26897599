#include "base/yaml.h"

#include "base/file.h"
#include "base/memory.h"

#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	struct arena *arena;
	const char *file;
	size_t nodes;
	struct error *error;
};

static enum status fail_at(struct reader *r, yaml_mark_t mark, enum status status, const char *message,
			   const char *remedy)
{
	enum status result = error_set(r->error, status, "yaml.syntax", "%s", message);
	error_remedy(r->error, "%s", remedy);
	error_at(r->error, r->file, (unsigned)mark.line + 1, (unsigned)mark.column + 1);
	return result;
}

static enum status parser_failed(struct reader *r)
{
	yaml_mark_t mark = r->parser.problem_mark;
	char message[256];
	snprintf(message, sizeof message, "the YAML is not well formed: %s%s%s",
		 r->parser.problem ? r->parser.problem : "unknown problem", r->parser.context ? ", " : "",
		 r->parser.context ? r->parser.context : "");
	return fail_at(
		r, mark, STATUS_INVALID, message,
		"Check indentation (spaces, never tabs), colons and closing quotes at or just above this place.");
}

static enum status next_event(struct reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = false;
	if (!yaml_parser_parse(&r->parser, &r->event))
		return parser_failed(r);
	r->has_event = true;
	return STATUS_OK;
}

static bool is_null(const yaml_event_t *event)
{
	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	struct text t = text_slice((const char *)event->data.scalar.value, event->data.scalar.length);
	return t.len == 0 || text_is(t, "~") || text_is(t, "null");
}

static struct yaml_node *new_node(struct reader *r, enum yaml_kind kind)
{
	struct yaml_node *node = ARENA_NEW(r->arena, struct yaml_node);
	node->kind = kind;
	node->line = (unsigned)r->event.start_mark.line + 1;
	node->column = (unsigned)r->event.start_mark.column + 1;
	return node;
}

/* Children are gathered on the heap, since how many there are is known only at the end. */
struct children {
	struct yaml_node **keys, **items;
	size_t count, key_capacity, item_capacity;
};

static void children_add(struct children *c, struct yaml_node *key, struct yaml_node *item)
{
	ARRAY_GROW(c->keys, c->count, c->key_capacity);
	ARRAY_GROW(c->items, c->count, c->item_capacity);
	c->keys[c->count] = key;
	c->items[c->count++] = item;
}

static void children_move(struct reader *r, struct children *c, struct yaml_node *node)
{
	node->count = c->count;
	node->items = ARENA_ARRAY(r->arena, c->count, struct yaml_node *);
	node->key_nodes = ARENA_ARRAY(r->arena, c->count, struct yaml_node *);
	node->keys = ARENA_ARRAY(r->arena, c->count, struct text);
	for (size_t i = 0; i < c->count; i++) {
		node->items[i] = c->items[i];
		node->key_nodes[i] = c->keys[i];
		if (c->keys[i])
			node->keys[i] = c->keys[i]->text;
	}
	free(c->keys);
	free(c->items);
}

static enum status read_node(struct reader *r, struct yaml_node **out, unsigned depth);

static enum status read_key(struct reader *r, struct yaml_node **out, unsigned depth)
{
	if (r->event.type != YAML_SCALAR_EVENT)
		return fail_at(r, r->event.start_mark, STATUS_INVALID, "a key must be a single word",
			       "Write `key: value`.");
	enum status status = read_node(r, out, depth);
	if (!status && text_is_absent((*out)->text))
		(*out)->text = TEXT("");
	if (!status && text_is((*out)->text, "<<"))
		return fail_at(r, r->event.start_mark, STATUS_INVALID, "merge keys are not read",
			       "Write the values out in full.");
	return status;
}

/* On entry the event is the collection's start; on exit its end. */
static enum status read_collection(struct reader *r, struct yaml_node *node, unsigned depth)
{
	yaml_event_type_t end = node->kind == YAML_MAPPING ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct children children = {0};
	enum status status = next_event(r);
	while (!status && r->event.type != end) {
		struct yaml_node *key = NULL, *item = NULL;
		if (node->kind == YAML_MAPPING) {
			status = read_key(r, &key, depth);
			if (!status)
				status = next_event(r);
		}
		if (!status)
			status = read_node(r, &item, depth);
		if (!status) {
			children_add(&children, key, item);
			status = next_event(r);
		}
	}
	children_move(r, &children, node);
	return status;
}

static enum status read_node(struct reader *r, struct yaml_node **out, unsigned depth)
{
	yaml_event_t *event = &r->event;
	if (depth > YAML_DEPTH_MAX)
		return fail_at(r, event->start_mark, STATUS_TOO_LARGE, "nested too deeply",
			       "At most 24 levels are read.");
	if (++r->nodes > YAML_NODES_MAX)
		return fail_at(r, event->start_mark, STATUS_TOO_LARGE, "too many values in one file",
			       "Split the file; at most 400,000 values are read.");
	bool anchored = (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
			(event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
			(event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
	if (event->type == YAML_ALIAS_EVENT || anchored)
		return fail_at(r, event->start_mark, STATUS_INVALID, "anchors and aliases (& and *) are not read",
			       "Write the value out; a value that begins with & or * needs quotes.");
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		*out = new_node(r, YAML_SCALAR);
		if (!is_null(event))
			(*out)->text = arena_text(r->arena, text_slice((const char *)event->data.scalar.value,
								       event->data.scalar.length));
		return STATUS_OK;
	case YAML_SEQUENCE_START_EVENT:
		*out = new_node(r, YAML_SEQUENCE);
		return read_collection(r, *out, depth + 1);
	case YAML_MAPPING_START_EVENT:
		*out = new_node(r, YAML_MAPPING);
		return read_collection(r, *out, depth + 1);
	default:
		return fail_at(r, event->start_mark, STATUS_INVALID, "a value was expected here", "");
	}
}

static enum status read_document(struct reader *r, struct yaml_node **out)
{
	enum status status = next_event(r); /* stream start */
	if (!status)
		status = next_event(r);
	if (status)
		return status;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return fail_at(r, r->event.start_mark, STATUS_INVALID, "the file is empty",
			       "Write its content or remove the file.");
	status = next_event(r); /* the root, after document start */
	if (!status)
		status = read_node(r, out, 0);
	if (!status)
		status = next_event(r); /* document end */
	if (!status)
		status = next_event(r);
	if (!status && r->event.type != YAML_STREAM_END_EVENT)
		return fail_at(r, r->event.start_mark, STATUS_INVALID, "a second document begins here",
			       "Keep one document a file: remove the `---`.");
	return status;
}

enum status yaml_parse(struct yaml_node **out, struct arena *arena, struct text content, const char *file,
		       struct error *error)
{
	struct reader r = {.arena = arena, .file = file, .error = error};
	if (content.len > YAML_BYTES_MAX) {
		enum status status = error_set(error, STATUS_TOO_LARGE, "yaml.size", "the file is larger than 4 MB");
		error_remedy(error, "Split it.");
		error_at(error, file, 0, 0);
		return status;
	}
	if (!yaml_parser_initialize(&r.parser))
		return error_set(error, STATUS_NO_MEMORY, "yaml.memory", "out of memory");
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)content.at, content.len);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	enum status status = read_document(&r, out);
	if (r.has_event)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return status;
}

enum status yaml_read(struct yaml_node **out, struct arena *arena, const char *path, const char *file,
		      struct error *error)
{
	struct buf content;
	buf_init(&content, YAML_BYTES_MAX);
	enum status status = file_read(path, &content, error);
	if (!status)
		status = yaml_parse(out, arena, buf_text(&content), file, error);
	buf_release(&content);
	return status;
}

struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
	if (!mapping || mapping->kind != YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < mapping->count; i++) {
		if (text_is(mapping->keys[i], key))
			return mapping->items[i];
	}
	return NULL;
}
