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
	size_t count, capacity, hash_capacity;
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
uint32_t values_code_hashed(struct values *values, struct text value, uint64_t hash); /* text_hash(VALUE) is known */
void values_codes(struct values *values, const struct text *from, size_t count, uint32_t *codes);
/* A new code for VALUE, whether it is there or not, without looking; mixing with the others is the caller's risk. */
uint32_t values_append(struct values *values, struct text value);
static inline void values_expect(const struct values *values, uint64_t hash)
{
	if (values->slot_count)
		__builtin_prefetch(&values->slots[hash & (values->slot_count - 1)]);
}

#endif
