/* Shared by the files that read and write settings. Each mistake is told with path, line and column. */
#ifndef MATCHING_SETTINGS_INT_H
#define MATCHING_SETTINGS_INT_H

#include "base/yaml.h"
#include "matching/matching_int.h"

struct pinned {
	const char *path;
	const struct yaml_node *root;
	const char *id;
	struct text truth; /* a column that the report is judged by; never compared */
};

enum status pinned_wrong(const struct pinned *pinned, const struct yaml_node *node, struct error *error,
			 const char *format, ...) PRINTF_LIKE(4, 5);
/* WORD is no WHAT: what is nearest of WORDS is offered. */
enum status pinned_unknown(const struct pinned *pinned, const struct yaml_node *node, struct text word,
			   const struct text *words, size_t count, const char *what, struct error *error);
/* ALLOWED as "this|that". */
enum status pinned_keys(const struct pinned *pinned, const struct yaml_node *node, const char *allowed,
			struct error *error);
/* Out stays as it is where the mapping has no such key. */
enum status pinned_number(const struct pinned *pinned, const struct yaml_node *mapping, const char *key, double least,
			  double most, double *out, struct error *error);
enum status pinned_bool(const struct pinned *pinned, const struct yaml_node *mapping, const char *key, bool *out,
			struct error *error);
/* The compared column of a name. */
enum status pinned_column(const struct matching *matching, const struct yaml_node *node, struct text name,
			  size_t *column, struct error *error);

enum status pinned_comparisons(struct matching *matching, struct error *error) MUST_CHECK;
/* The end of a comparison's line: its levels, as they are read. */
void levels_append(struct buf *out, const struct linking_levels *levels);

#endif
