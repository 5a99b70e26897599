#include "base/map.h"

#include "base/memory.h"

#include <stdlib.h>

enum { MAP_FIRST_SLOTS = 64 };

static bool is_crowded(size_t count, size_t slot_count)
{
	return (count + 1) * 4 > slot_count * 3;
}

void text_map_init(struct text_map *map)
{
	*map = (struct text_map){0};
	arena_init(&map->arena, SIZE_MAX / 2);
}

void text_map_release(struct text_map *map)
{
	free(map->keys);
	free(map->values);
	free(map->slots);
	free(map->hashes);
	arena_release(&map->arena);
	text_map_init(map);
}

static void text_map_rehash(struct text_map *map)
{
	size_t slot_count = map->slot_count ? map->slot_count * 2 : MAP_FIRST_SLOTS;
	free(map->slots);
	map->slots = memory_alloc(slot_count, sizeof *map->slots);
	map->slot_count = slot_count;
	for (size_t i = 0; i < map->count; i++) {
		size_t at = map->hashes[i] & (slot_count - 1);
		while (map->slots[at])
			at = (at + 1) & (slot_count - 1);
		map->slots[at] = (uint32_t)i + 1;
	}
}

/* The slot that holds KEY, or the free one where it belongs. */
static size_t text_map_find(const struct text_map *map, struct text key, uint64_t hash)
{
	size_t at = hash & (map->slot_count - 1);
	for (; map->slots[at]; at = (at + 1) & (map->slot_count - 1)) {
		size_t i = map->slots[at] - 1;
		if (map->hashes[i] == hash && text_equal(map->keys[i], key))
			break;
	}
	return at;
}

uint64_t *text_map_put(struct text_map *map, struct text key, bool *is_new)
{
	if (is_crowded(map->count, map->slot_count))
		text_map_rehash(map);
	uint64_t hash = text_hash(key);
	size_t slot = text_map_find(map, key, hash);
	bool absent = map->slots[slot] == 0;
	if (is_new)
		*is_new = absent;
	if (!absent)
		return &map->values[map->slots[slot] - 1];
	size_t i = map->count, capacity = map->capacity;
	ARRAY_GROW(map->keys, i, capacity);
	capacity = map->capacity;
	ARRAY_GROW(map->values, i, capacity);
	capacity = map->capacity;
	ARRAY_GROW(map->hashes, i, capacity);
	map->capacity = capacity;
	map->keys[i] = text_slice(arena_copy(&map->arena, key), key.len);
	map->values[i] = 0;
	map->hashes[i] = hash;
	map->slots[slot] = (uint32_t)++map->count;
	return &map->values[i];
}

uint64_t *text_map_get(const struct text_map *map, struct text key)
{
	if (map->count == 0)
		return NULL;
	size_t slot = text_map_find(map, key, text_hash(key));
	return map->slots[slot] ? &map->values[map->slots[slot] - 1] : NULL;
}

void id_map_init(struct id_map *map)
{
	*map = (struct id_map){0};
}

void id_map_release(struct id_map *map)
{
	free(map->keys);
	free(map->values);
	free(map->used);
	id_map_init(map);
}

static size_t id_map_find(const struct id_map *map, uint64_t key)
{
	size_t at = hash_mix(key) & (map->slot_count - 1);
	while (map->used[at] && map->keys[at] != key)
		at = (at + 1) & (map->slot_count - 1);
	return at;
}

static void id_map_resize(struct id_map *map, size_t slot_count)
{
	struct id_map old = *map;
	map->slot_count = slot_count;
	map->keys = memory_alloc(slot_count, sizeof *map->keys);
	map->values = memory_alloc(slot_count, sizeof *map->values);
	map->used = memory_alloc(slot_count, sizeof *map->used);
	for (size_t i = 0; i < old.slot_count; i++) {
		if (!old.used[i])
			continue;
		size_t at = id_map_find(map, old.keys[i]);
		map->used[at] = 1;
		map->keys[at] = old.keys[i];
		map->values[at] = old.values[i];
	}
	free(old.keys);
	free(old.values);
	free(old.used);
}

void id_map_reserve(struct id_map *map, size_t count)
{
	size_t slot_count = map->slot_count ? map->slot_count : MAP_FIRST_SLOTS;
	while (is_crowded(count, slot_count))
		slot_count *= 2;
	if (slot_count != map->slot_count)
		id_map_resize(map, slot_count);
}

uint64_t *id_map_put(struct id_map *map, uint64_t key, bool *is_new)
{
	if (is_crowded(map->count, map->slot_count))
		id_map_reserve(map, map->count + 1);
	size_t at = id_map_find(map, key);
	if (is_new)
		*is_new = !map->used[at];
	if (!map->used[at]) {
		map->used[at] = 1;
		map->keys[at] = key;
		map->count++;
	}
	return &map->values[at];
}

uint64_t *id_map_get(const struct id_map *map, uint64_t key)
{
	if (map->count == 0)
		return NULL;
	size_t at = id_map_find(map, key);
	return map->used[at] ? &map->values[at] : NULL;
}
