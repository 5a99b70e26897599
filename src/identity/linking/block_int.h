/* Blocking, inside: rules and the keys they make of values. */
#ifndef LINKING_BLOCK_INT_H
#define LINKING_BLOCK_INT_H

#include "linking/linking_int.h"

enum transform {
	KEY_EXACT,
	KEY_SOUND,
	KEY_INITIAL,
	KEY_BIRTH,
	KEY_YEAR,
	KEY_DAY_MONTH,
	KEY_PROPERTY,
	KEY_UNIT,
	KEY_DISTRICT
};

struct part {
	size_t column;
	enum transform transform;
};

enum { MOST_PARTS = 3, MOST_RULES = 32, MOST_KEYS = 12 };

struct rule {
	char name[96];
	struct part parts[MOST_PARTS];
	size_t count;
	bool any_order; /* a name counts the same in either column */
};
struct rules {
	struct rule at[MOST_RULES];
	size_t count;
};
void rules_make(struct rules *rules, const struct linking_table *table);

struct part_keys { /* by code; 0 is none; a value may have two (a double family name, a nickname) */
	struct part part;
	uint64_t *first, *second;
};
void part_keys_make(struct part_keys *keys, const struct linking_table *table, struct part part);
void part_keys_release(struct part_keys *keys);

#endif
