/* Blocking, inside: rules and the keys they make of values. */
#ifndef LINKING_BLOCK_INT_H
#define LINKING_BLOCK_INT_H

#include "linking/linking_int.h"

enum { MOST_KEYS = 12 };

struct rule {
	char name[96];
	struct linking_rule is;
};
struct rules {
	struct rule at[LINKING_RULES];
	size_t count;
};
/* The rules that are pinned, or those that the table's columns call for. */
void rules_make(struct rules *rules, const struct linking_table *table, const struct linking_settings *settings);

struct part_keys { /* by code; 0 is none; a value may have two (a double family name, a nickname) */
	struct linking_part part;
	uint64_t *first, *second;
};
void part_keys_make(struct part_keys *keys, const struct linking_table *table, struct linking_part part);
void part_keys_release(struct part_keys *keys);

#endif
