/* Texts, once each, numbered from 1 in the order they came: what a column is encoded by.
 *
 *     struct values names;
 *     values_init(&names);
 *     uint32_t code = values_code(&names, TEXT("chidi"));
 *     names.keys[code - 1] ...
 *     values_release(&names);              // wipes the texts
 *
 * Leaner than a text_map and, with values_codes(), faster on many values: their slots are fetched while others
 * are looked at. About 28 bytes a value and its text. Not thread safe.
 */
#ifndef BASE_VALUES_H
#define BASE_VALUES_H

#include "base/arena.h"

struct values {
	struct text *keys; /* by code - 1 */
	uint64_t *hashes;  /* text_hash() of them */
	size_t count;
	uint64_t *slots;
	size_t slot_count;
	struct arena arena;
	char *room; /* what is left of the arena's last piece */
	size_t room_left;
};

void values_init(struct values *values);
void values_release(struct values *values);
void values_reserve(struct values *values, size_t count); /* room for so many without growing */
/* The code of VALUE, new or known; 0 for empty text. */
uint32_t values_code(struct values *values, struct text value);
/* The codes of COUNT texts; room is made for all of them at once. */
void values_codes(struct values *values, const struct text *from, size_t count, uint32_t *codes);

#endif
