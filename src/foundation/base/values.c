#include "base/values.h"

#include "base/memory.h"

#include <stdlib.h>

/* A slot holds the upper half of the hash and the code, so that looking touches the text only when
 * it is the one. At most two thirds are used, and there are as many places for keys. */

enum { FIRST_SLOTS = 64, AHEAD = 32, ROOM = 1 << 16 };

void values_init(struct values *values)
{
	*values = (struct values){0};
	arena_init(&values->arena, SIZE_MAX / 2);
	arena_keep_secret(&values->arena);
}

void values_release(struct values *values)
{
	free(values->keys);
	free(values->hashes);
	free(values->slots);
	arena_release(&values->arena);
	*values = (struct values){0};
}

static void put_slot(struct values *values, uint64_t hash, uint32_t code)
{
	size_t at = hash & (values->slot_count - 1);
	while (values->slots[at])
		at = (at + 1) & (values->slot_count - 1);
	values->slots[at] = (hash & ~UINT64_C(0xffffffff)) | code;
}

void values_reserve(struct values *values, size_t count)
{
	size_t slots = values->slot_count ? values->slot_count : FIRST_SLOTS;
	if (values->slot_count && (count + 1) * 3 <= slots * 2)
		return;
	while ((count + 1) * 3 > slots * 2)
		slots *= 2;
	free(values->slots);
	values->slots = memory_alloc(slots, sizeof *values->slots);
	values->slot_count = slots;
	values->keys = memory_resize(values->keys, slots * 2 / 3, sizeof *values->keys);
	values->hashes = memory_resize(values->hashes, slots * 2 / 3, sizeof *values->hashes);
	for (size_t i = 0; i < values->count; i++)
		put_slot(values, values->hashes[i], (uint32_t)i + 1);
}

/* One behind the other, without gaps: most values are shorter than an alignment. */
static struct text copy_value(struct values *values, struct text value)
{
	if (values->room_left < value.len) {
		values->room_left = value.len < ROOM ? ROOM : value.len;
		values->room = arena_alloc(&values->arena, values->room_left);
	}
	char *at = values->room;
	memcpy(at, value.at, value.len);
	values->room += value.len;
	values->room_left -= value.len;
	return text_slice(at, value.len);
}

static uint32_t add_value(struct values *values, struct text value, uint64_t hash, size_t slot)
{
	values->keys[values->count] = copy_value(values, value);
	values->hashes[values->count] = hash;
	uint32_t code = (uint32_t)++values->count;
	values->slots[slot] = (hash & ~UINT64_C(0xffffffff)) | code;
	return code;
}

static uint32_t code_of(struct values *values, struct text value, uint64_t hash)
{
	values_reserve(values, values->count + 1);
	size_t at = hash & (values->slot_count - 1);
	for (; values->slots[at]; at = (at + 1) & (values->slot_count - 1)) {
		uint32_t code = (uint32_t)values->slots[at];
		if (values->slots[at] >> 32 == hash >> 32 && text_equal(values->keys[code - 1], value))
			return code;
	}
	return add_value(values, value, hash, at);
}

uint32_t values_code(struct values *values, struct text value)
{
	return value.len == 0 ? 0 : code_of(values, value, text_hash(value));
}

/* Some at a time, so that their slots are on the way while others are looked at. */
void values_codes(struct values *values, const struct text *from, size_t count, uint32_t *codes)
{
	uint64_t hashes[AHEAD];
	values_reserve(values, values->count + count);
	for (size_t first = 0; first < count; first += AHEAD) {
		size_t some = count - first < AHEAD ? count - first : AHEAD;
		for (size_t i = 0; i < some; i++) {
			hashes[i] = text_hash(from[first + i]);
			__builtin_prefetch(&values->slots[hashes[i] & (values->slot_count - 1)]);
		}
		for (size_t i = 0; i < some; i++)
			codes[first + i] = from[first + i].len ? code_of(values, from[first + i], hashes[i]) : 0;
	}
}
