#include "profile/profile_int.h"

#include <math.h>

struct profile_place place_of(struct reader *r, const struct yaml_node *node)
{
	return (struct profile_place){r->file->name, node->line, node->column};
}

static size_t gather(const char *const *names, struct text *out, size_t most)
{
	size_t count = 0;
	while (names[count] && count < most) {
		out[count] = text_of(names[count]);
		count++;
	}
	return count;
}

static const char *kind_word(const struct yaml_node *node)
{
	static const char *const words[] = {"a single value", "a list", "a mapping of keys and values"};
	return words[node->kind];
}

static bool key_is_known(struct text key, const char *const *keys)
{
	int at;
	return name_parse(keys, key, &at);
}

bool read_mapping(struct reader *r, const struct yaml_node *node, const char *what, const char *const *keys)
{
	if (!node || node->kind != YAML_MAPPING) {
		problem(r, node, "%s must be written as keys and values, this is %s", what,
			node ? kind_word(node) : "missing");
		return false;
	}
	struct text candidates[64];
	size_t candidate_count = gather(keys, candidates, 64);
	for (size_t i = 0; i < node->count; i++) {
		if (!key_is_known(node->keys[i], keys)) {
			problem(r, node->key_nodes[i], "%s has no key `%.*s`", what, TEXT_ARG(node->keys[i]));
			remedy_nearest(r, node->keys[i], candidates, candidate_count,
				       "See docs/formats/profile.md for the keys.");
		}
		for (size_t j = 0; j < i; j++) {
			if (text_equal(node->keys[i], node->keys[j])) {
				problem(r, node->key_nodes[i], "`%.*s` is written twice", TEXT_ARG(node->keys[i]));
				remedy(r, "Keep one; the other is in line %u.", node->key_nodes[j]->line);
				break;
			}
		}
	}
	return true;
}

struct yaml_node *read_key(struct reader *r, const struct yaml_node *mapping, const char *key, bool required)
{
	struct yaml_node *node = yaml_get(mapping, key);
	if (node && node->kind == YAML_SCALAR && text_is_absent(node->text))
		node = NULL; /* `key:` with nothing behind it */
	if (!node && required) {
		problem(r, mapping, "`%s` is missing", key);
		remedy(r, "Add `%s: ...` here.", key);
	}
	return node;
}

struct text scalar_text(struct reader *r, const struct yaml_node *node, const char *what)
{
	if (!node)
		return TEXT_ABSENT;
	if (node->kind != YAML_SCALAR) {
		problem(r, node, "`%s` must be a single value, this is %s", what, kind_word(node));
		return TEXT_ABSENT;
	}
	return node->text.at ? arena_text(r->loader->arena, node->text) : TEXT_ABSENT;
}

struct text read_text(struct reader *r, const struct yaml_node *mapping, const char *key, bool required)
{
	return scalar_text(r, read_key(r, mapping, key, required), key);
}

int scalar_enum(struct reader *r, const struct yaml_node *node, const char *key, const char *const *names,
		int otherwise)
{
	struct text written = scalar_text(r, node, key);
	int value = otherwise;
	if (text_is_absent(written) || name_parse(names, written, &value))
		return value;
	struct text candidates[64];
	size_t count = gather(names, candidates, 64);
	problem(r, node, "`%s: %.*s` is not known", key, TEXT_ARG(written));
	remedy_nearest(r, written, candidates, count, "See docs/formats/profile.md.");
	return otherwise;
}

int read_enum(struct reader *r, const struct yaml_node *mapping, const char *key, const char *const *names,
	      bool required, int otherwise)
{
	struct yaml_node *node = read_key(r, mapping, key, required);
	return node ? scalar_enum(r, node, key, names, otherwise) : otherwise;
}

bool read_bool(struct reader *r, const struct yaml_node *mapping, const char *key, bool otherwise)
{
	struct yaml_node *node = read_key(r, mapping, key, false);
	struct text written = scalar_text(r, node, key);
	if (text_is_absent(written))
		return otherwise;
	if (text_is(written, "true") || text_is(written, "yes"))
		return true;
	if (!text_is(written, "false") && !text_is(written, "no")) {
		problem(r, node, "`%s` must be true or false, not `%.*s`", key, TEXT_ARG(written));
		remedy(r, "Write `%s: true` or `%s: false`.", key, key);
	}
	return false;
}

date read_date(struct reader *r, const struct yaml_node *mapping, const char *key, bool required)
{
	struct yaml_node *node = read_key(r, mapping, key, required);
	struct text written = scalar_text(r, node, key);
	date d = DATE_UNKNOWN;
	if (!text_is_absent(written) && !date_parse_iso(written, &d)) {
		problem(r, node, "`%s: %.*s` is not a date", key, TEXT_ARG(written));
		remedy(r, "Write year, month and day: 2024-03-31.");
		return DATE_UNKNOWN;
	}
	return d;
}

double read_number(struct reader *r, const struct yaml_node *mapping, const char *key, double otherwise)
{
	struct yaml_node *node = read_key(r, mapping, key, false);
	struct text written = scalar_text(r, node, key);
	double value = otherwise;
	if (text_is_absent(written))
		return otherwise;
	if (!text_parse_double(written, &value) || !isfinite(value)) {
		problem(r, node, "`%s: %.*s` is not a number", key, TEXT_ARG(written));
		remedy(r, "Write digits with a point, such as 0.3.");
		return otherwise;
	}
	return value;
}

struct list read_list(struct reader *r, const struct yaml_node *mapping, const char *key, bool required)
{
	struct yaml_node *node = read_key(r, mapping, key, required);
	if (!node)
		return (struct list){0};
	if (node->kind == YAML_SEQUENCE)
		return (struct list){node->items, node->count};
	if (node->kind == YAML_SCALAR) { /* one may be written without brackets */
		struct yaml_node **one = ARENA_NEW(r->loader->arena, struct yaml_node *);
		*one = node;
		return (struct list){one, 1};
	}
	problem(r, node, "`%s` must be a list, this is %s", key, kind_word(node));
	remedy(r, "Write `%s: [first, second]`, or one item a line, each behind a dash.", key);
	return (struct list){0};
}

const struct text *read_texts(struct reader *r, const struct yaml_node *mapping, const char *key, bool required,
			      size_t *count)
{
	struct list list = read_list(r, mapping, key, required);
	struct text *texts = ARENA_ARRAY(r->loader->arena, list.count, struct text);
	*count = 0;
	for (size_t i = 0; i < list.count; i++) {
		struct text t = scalar_text(r, list.at[i], key);
		if (!text_is_absent(t))
			texts[(*count)++] = t;
	}
	return texts;
}

const void *scalar_reference(struct reader *r, const struct yaml_node *node, enum kind kind)
{
	struct text id = scalar_text(r, node, kind_noun(kind));
	if (text_is_absent(id))
		return NULL;
	const struct text_map *ids = &r->loader->profile->inside->ids[kind];
	const uint64_t *number = text_map_get(ids, id);
	if (number)
		return (const char *)r->loader->things[kind] + *number * kind_size(kind);
	static const char *const files[KIND_COUNT] = {
		"sources.yaml",    "elements.yaml",     "feeds/",       "purposes.yaml", "roles.yaml", "roles.yaml",
		"agreements.yaml", "restrictions.yaml", "events.yaml",  "lists.yaml",    "factors/",   "summaries.yaml",
		"summaries.yaml",  "summaries.yaml",    "glossary.yaml"};
	char otherwise[96];
	snprintf(otherwise, sizeof otherwise, "Register it in %s, or correct the name.", files[kind]);
	problem(r, node, "the %s `%.*s` is not registered", kind_noun(kind), TEXT_ARG(id));
	remedy_nearest(r, id, ids->keys, ids->count, otherwise);
	return NULL;
}

const void *read_reference(struct reader *r, const struct yaml_node *mapping, const char *key, enum kind kind,
			   bool required)
{
	struct yaml_node *node = read_key(r, mapping, key, required);
	return node ? scalar_reference(r, node, kind) : NULL;
}

const void **read_references(struct reader *r, const struct yaml_node *mapping, const char *key, enum kind kind,
			     bool required, size_t *count)
{
	struct list list = read_list(r, mapping, key, required);
	const void **things = ARENA_ARRAY(r->loader->arena, list.count, const void *);
	*count = 0;
	for (size_t i = 0; i < list.count; i++) {
		const void *thing = scalar_reference(r, list.at[i], kind);
		if (thing)
			things[(*count)++] = thing;
	}
	return things;
}

const struct profile_element *scalar_column(struct reader *r, const struct yaml_node *node,
					    const struct profile_feed *feed)
{
	const struct profile_element *element = scalar_reference(r, node, KIND_ELEMENT);
	if (!element || !feed || feed_column(feed, element))
		return element;
	struct text candidates[256];
	size_t count = 0;
	for (size_t i = 0; i < feed->column_count && count < 256; i++) {
		if (feed->columns[i].element)
			candidates[count++] = feed->columns[i].element->id;
	}
	problem(r, node, "the feed `%s` has no column for the element `%s`", feed->id.at, element->id.at);
	remedy_nearest(r, element->id, candidates, count, "Name an element of the feed's columns.");
	return NULL;
}

const struct profile_element *read_column(struct reader *r, const struct yaml_node *mapping, const char *key,
					  const struct profile_feed *feed, bool required)
{
	struct yaml_node *node = read_key(r, mapping, key, required);
	return node ? scalar_column(r, node, feed) : NULL;
}

const struct profile_element **read_columns(struct reader *r, const struct yaml_node *mapping, const char *key,
					    const struct profile_feed *feed, bool required, size_t *count)
{
	struct list list = read_list(r, mapping, key, required);
	const struct profile_element **elements =
		ARENA_ARRAY(r->loader->arena, list.count, const struct profile_element *);
	*count = 0;
	for (size_t i = 0; i < list.count; i++) {
		const struct profile_element *element = scalar_column(r, list.at[i], feed);
		if (element)
			elements[(*count)++] = element;
	}
	return elements;
}

void read_condition(struct reader *r, const struct yaml_node *mapping, const char *key,
		    const struct profile_feed *const *feeds, size_t feed_count, struct profile_condition *out)
{
	*out = (struct profile_condition){.written = TEXT_ABSENT};
	struct yaml_node *node = read_key(r, mapping, key, false);
	struct text written = scalar_text(r, node, key);
	if (!text_is_absent(written))
		condition_parse(r, node, written, feeds, feed_count, out);
}
