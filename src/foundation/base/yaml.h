/* YAML as a tree in an arena that remembers where everything was written.
 *
 *     struct yaml_node *root;
 *     if (yaml_parse(&root, &arena, content, "feeds/x.yaml", &error))
 *         return error.status;
 *     const struct yaml_node *id = yaml_get(root, "id");
 *
 * Configuration must be told "line 12, column 5: did you mean ...", also when a value is well
 * formed and only wrong in the light of another file; so positions live as long as the values.
 * Scalars stay text: whoever reads them knows what they ought to be (so that "no" can be a code
 * and 007 a reference). One document a file; anchors, aliases and merge keys are refused,
 * because a small file must not unfold into a large one. Everything has a ceiling.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/arena.h"
#include "base/error.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

enum { YAML_BYTES_MAX = 4 << 20, YAML_DEPTH_MAX = 24, YAML_NODES_MAX = 400000 };

struct yaml_node {
	enum yaml_kind kind;
	unsigned line, column; /* from 1 */
	struct text text;      /* of a scalar; absent for a plain empty value, `~` and `null` */
	struct text *keys;     /* of a mapping, in the order written; `items` are their values */
	struct yaml_node **key_nodes;
	struct yaml_node **items;
	size_t count;
};

enum status yaml_parse(struct yaml_node **out, struct arena *arena, struct text content, const char *file,
		       struct error *error) MUST_CHECK;
/* Reads and parses FOLDER_FILE; FILE is the name that errors give. */
enum status yaml_read(struct yaml_node **out, struct arena *arena, const char *path, const char *file,
		      struct error *error) MUST_CHECK;

/* The value of KEY, NULL when MAPPING is not a mapping or has no such key. */
struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

#endif
