/* The gazetteer: entries, and lists of them by postcode, street and building. */
#include "address/gazetteer_int.h"
#include "base/memory.h"

#include <stdlib.h>

struct gazetteer *gazetteer_new(void)
{
	struct gazetteer *g = memory_alloc(1, sizeof *g);
	names_init(&g->names);
	text_map_init(&g->tails);
	text_map_init(&g->places);
	arena_keep_secret(&g->tails.arena);
	arena_keep_secret(&g->places.arena);
	id_map_init(&g->postcodes);
	return g;
}

void gazetteer_free(struct gazetteer *g)
{
	if (!g)
		return;
	struct listing *listings[] = {&g->by_postcode, &g->by_street, &g->by_building};
	for (size_t i = 0; i < 3; i++) {
		free(listings[i]->first);
		free(listings[i]->at);
	}
	names_release(&g->names);
	text_map_release(&g->tails);
	text_map_release(&g->places);
	id_map_release(&g->postcodes);
	free(g->postcode_codes);
	free(g->postcode_entries);
	free(g->tail_entries);
	free(g->entries);
	free(g);
}

static uint32_t put_postcode(struct gazetteer *g, uint64_t code)
{
	bool is_new;
	if (!code)
		return 0;
	uint64_t *number = id_map_put(&g->postcodes, code, &is_new);
	if (is_new) {
		*number = g->postcodes.count;
		ARRAY_GROW(g->postcode_codes, g->postcodes.count, g->postcode_capacity);
		ARRAY_GROW(g->postcode_entries, g->postcodes.count, g->postcode_room);
		g->postcode_codes[*number] = code;
		g->postcode_entries[*number] = 0;
	}
	g->postcode_entries[*number]++;
	return (uint32_t)*number;
}

static uint32_t put_tail(struct gazetteer *g, struct text tail)
{
	bool is_new;
	if (tail.len == 0)
		return 0;
	uint64_t *number = text_map_put(&g->tails, tail, &is_new);
	if (is_new) {
		*number = g->tails.count;
		ARRAY_GROW(g->tail_entries, g->tails.count, g->tail_capacity);
		g->tail_entries[*number] = 0;
	}
	g->tail_entries[*number]++;
	return (uint32_t)*number;
}

static void count_places(struct gazetteer *g)
{
	for (size_t t = 0; t < g->tails.count; t++) {
		struct text rest = g->tails.keys[t], word;
		while (text_split(&rest, ' ', &word))
			*text_map_put(&g->places, word, NULL) += g->tail_entries[t + 1];
	}
}

void gazetteer_put(struct gazetteer *g, uint32_t property, const struct address_parts *parts)
{
	ARRAY_GROW(g->entries, g->count, g->capacity);
	g->entries[g->count++] = (struct entry){.property = property,
						.postcode = put_postcode(g, parts->postcode),
						.street = names_put(&g->names, parts->street),
						.building = names_put(&g->names, parts->building),
						.organisation = names_put(&g->names, parts->organisation),
						.flat_name = names_put(&g->names, parts->flat_name),
						.tail = put_tail(g, parts->tail),
						.number = parts->from.number,
						.number_to = parts->to.number,
						.suffix = parts->from.suffix,
						.suffix_to = parts->to.suffix,
						.status = (uint8_t)parts->status,
						.beside = (uint8_t)parts->beside,
						.flat = parts->flat};
}

void gazetteer_add(struct gazetteer *g, uint32_t property, const struct gazetteer_entry *entry)
{
	struct address_parts parts;
	address_parts_read(&parts, entry);
	gazetteer_put(g, property, &parts);
}

/* ---- lists ---------------------------------------------------------------------------------------------- */

/* An entry is listed under at most four keys; 0 is none. */
typedef void listed_keys(const struct entry *entry, uint32_t keys[4]);

static void postcode_keys(const struct entry *e, uint32_t keys[4])
{
	keys[0] = e->postcode;
}

static void street_keys(const struct entry *e, uint32_t keys[4])
{
	keys[0] = e->street;
}

static void building_keys(const struct entry *e, uint32_t keys[4])
{
	keys[0] = e->building;
	keys[1] = e->organisation == e->building ? 0 : e->organisation;
	keys[2] = e->flat_name == e->building || e->flat_name == e->organisation ? 0 : e->flat_name;
}

static void list(struct gazetteer *g, struct listing *out, size_t key_count, listed_keys *keys_of)
{
	size_t total = 0;
	out->first = memory_alloc(key_count + 2, sizeof *out->first);
	for (size_t i = 0; i < g->count; i++) {
		uint32_t keys[4] = {0};
		keys_of(&g->entries[i], keys);
		for (size_t k = 0; k < 4; k++) {
			total += keys[k] != 0;
			out->first[keys[k]]++;
		}
	}
	out->at = memory_alloc(total + 1, sizeof *out->at);
	out->first[0] = 0;
	for (size_t k = 1; k <= key_count; k++)
		out->first[k] += out->first[k - 1];
	out->first[key_count + 1] = out->first[key_count];
	for (size_t i = g->count; i-- > 0;) { /* ends count down to the starts */
		uint32_t keys[4] = {0};
		keys_of(&g->entries[i], keys);
		for (size_t k = 0; k < 4; k++) {
			if (keys[k])
				out->at[--out->first[keys[k]]] = (uint32_t)i;
		}
	}
}

struct numbered {
	uint32_t number, entry;
};

static int by_number(const void *left, const void *right)
{
	const struct numbered *a = left, *b = right;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->entry < b->entry ? -1 : a->entry > b->entry;
}

/* Within a street by house number, so that a number is found without going down the whole street. */
static void sort_streets(struct gazetteer *g)
{
	struct numbered *all = NULL;
	size_t room = 0;
	for (size_t s = 1; s <= g->names.count; s++) {
		uint32_t first = g->by_street.first[s], end = g->by_street.first[s + 1];
		bool sorted = true;
		if (end - first > room) {
			room = end - first;
			all = memory_resize(all, room, sizeof *all);
		}
		for (uint32_t i = first; i < end; i++) {
			uint32_t entry = g->by_street.at[i];
			all[i - first] = (struct numbered){g->entries[entry].number, entry};
			sorted &= i == first || all[i - first - 1].number <= all[i - first].number;
		}
		if (!sorted)
			qsort(all, end - first, sizeof *all, by_number);
		for (uint32_t i = first; i < end && !sorted; i++)
			g->by_street.at[i] = all[i - first].entry;
	}
	free(all);
}

void gazetteer_finish(struct gazetteer *g)
{
	names_finish(&g->names);
	count_places(g);
	list(g, &g->by_postcode, g->postcodes.count, postcode_keys);
	list(g, &g->by_street, g->names.count, street_keys);
	list(g, &g->by_building, g->names.count, building_keys);
	sort_streets(g);
}

/* ---- memory ---------------------------------------------------------------------------------------------- */

static size_t text_map_bytes(const struct text_map *map)
{
	return map->capacity * (sizeof *map->keys + sizeof *map->values + sizeof *map->hashes) +
	       map->slot_count * sizeof *map->slots + map->arena.used;
}

static size_t listing_bytes(const struct listing *listing, size_t keys)
{
	return (keys + 2 + listing->first[keys + 1]) * sizeof(uint32_t);
}

size_t gazetteer_bytes(const struct gazetteer *g)
{
	const struct names *n = &g->names;
	size_t names = text_map_bytes(&n->all) + text_map_bytes(&n->lexicon) + (n->count + 1) * sizeof *n->at +
		       n->capacity * sizeof *n->entries + n->arena.used +
		       (n->lexicon.count + 2 + n->first[n->lexicon.count]) * sizeof(uint32_t) +
		       (n->bucket_count + 2 + n->bucket_first[n->bucket_count]) * sizeof(uint32_t);
	size_t lists = listing_bytes(&g->by_postcode, g->postcodes.count) + listing_bytes(&g->by_street, n->count) +
		       listing_bytes(&g->by_building, n->count);
	size_t postcodes = g->postcodes.slot_count * 17 + g->postcode_capacity * 8 + g->postcode_room * 4;
	return g->capacity * sizeof *g->entries + names + lists + postcodes + text_map_bytes(&g->tails) +
	       text_map_bytes(&g->places);
}
