/* Hash maps: open addressing, linear probing, at most 3/4 full.
 *
 * `struct text_map` owns copies of its keys (in its own arena); `struct id_map` maps 64-bit
 * keys.  Both give a uint64_t value, wide enough for an index or a pointer's worth.
 * A text_map keeps insertion order, so output never depends on hashing.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct text_map {
	struct text *keys; /* in insertion order */
	uint64_t *values;
	uint32_t *slots; /* index + 1, 0 when free */
	uint64_t *hashes;
	size_t count, capacity, slot_count;
	struct arena arena;
};

void text_map_init(struct text_map *map);
void text_map_release(struct text_map *map);
/* The value's place for KEY, made with value 0 when absent; *IS_NEW (may be NULL) tells.
 * The place is valid until the next put. */
uint64_t *text_map_put(struct text_map *map, struct text key, bool *is_new);
uint64_t *text_map_get(const struct text_map *map, struct text key); /* NULL when absent */

struct id_map {
	uint64_t *keys;
	uint64_t *values;
	unsigned char *used;
	size_t count, slot_count;
};

void id_map_init(struct id_map *map);
void id_map_release(struct id_map *map);
void id_map_reserve(struct id_map *map, size_t count);
uint64_t *id_map_put(struct id_map *map, uint64_t key, bool *is_new);
uint64_t *id_map_get(const struct id_map *map, uint64_t key);

static inline uint64_t hash_mix(uint64_t x) /* splitmix64's finisher */
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

#endif
