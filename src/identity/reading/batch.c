/* Records in columns: adding to them, and bringing two batches together. */
#include "reading/reading_int.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

void batch_init(struct reading_batch *batch)
{
	*batch = (struct reading_batch){0};
	ARRAY_GROW(batch->first_value, 0, batch->first_rooms[0]);
	ARRAY_GROW(batch->first_place, 0, batch->first_rooms[1]);
	ARRAY_GROW(batch->first_family, 0, batch->first_rooms[2]);
	batch->first_value[0] = batch->first_place[0] = batch->first_family[0] = 0;
}

void batch_release(struct reading_batch *batch)
{
	free(batch->records);
	free(batch->first_value);
	free(batch->first_place);
	free(batch->first_family);
	free(batch->dead);
	free(batch->named_by);
	free(batch->values);
	free(batch->places);
	free(batch->families);
	free(batch->properties);
	*batch = (struct reading_batch){0};
}

/* What was added to the last record ends where the arrays do now. */
static void end_record(struct reading_batch *batch)
{
	batch->first_value[batch->count] = (uint32_t)batch->value_count;
	batch->first_place[batch->count] = (uint32_t)batch->place_count;
	batch->first_family[batch->count] = (uint32_t)batch->family_count;
}

void batch_add_record(struct reading_batch *batch, int64_t record_id)
{
	assert(batch->count == 0 || batch->records[batch->count - 1] < record_id);
	ARRAY_GROW(batch->records, batch->count, batch->record_room);
	ARRAY_GROW(batch->dead, batch->count, batch->dead_room);
	ARRAY_GROW(batch->named_by, batch->count, batch->named_room);
	ARRAY_GROW(batch->first_value, batch->count + 1, batch->first_rooms[0]);
	ARRAY_GROW(batch->first_place, batch->count + 1, batch->first_rooms[1]);
	ARRAY_GROW(batch->first_family, batch->count + 1, batch->first_rooms[2]);
	batch->dead[batch->count] = 0;
	batch->named_by[batch->count] = 0;
	batch->records[batch->count++] = record_id;
	end_record(batch);
}

static uint32_t number_of(struct text_map *map, struct text text)
{
	bool is_new;
	uint64_t *number = text_map_put(map, text, &is_new);
	if (is_new)
		*number = map->count - 1;
	return (uint32_t)*number;
}

static void add_value(struct reading_batch *batch, uint32_t value)
{
	for (size_t i = batch->first_value[batch->count - 1]; i < batch->value_count; i++) {
		if (batch->values[i] == value)
			return;
	}
	ARRAY_GROW(batch->values, batch->value_count, batch->value_room);
	batch->values[batch->value_count++] = value;
}

static void add_family(struct reading_batch *batch, uint64_t family)
{
	for (size_t i = batch->first_family[batch->count - 1]; i < batch->family_count; i++) {
		if (batch->families[i] == family)
			return;
	}
	ARRAY_GROW(batch->families, batch->family_count, batch->family_room);
	batch->families[batch->family_count++] = family;
}

void batch_add_row(struct reading *reading, struct reading_batch *batch, const struct cleaned *cleaned,
		   const struct clean_row *row)
{
	for (uint32_t i = row->first_value; i < row->first_value + row->values; i++) {
		const struct clean_value *value = &cleaned->values[i];
		uint32_t text = number_of(&reading->texts, value->text);
		assert(text >> READING_TEXT_BITS == 0);
		add_value(batch, (uint32_t)value->column << READING_TEXT_BITS | text);
	}
	for (uint32_t i = row->first_family; i < row->first_family + row->families; i++)
		add_family(batch, cleaned->families[i]);
	batch->dead[batch->count - 1] |= row->dead;
	if (row->named)
		batch->named_by[batch->count - 1] |= UINT64_C(1) << (row->feed_no < 63 ? row->feed_no : 63);
	if (!text_is_absent(row->address)) {
		ARRAY_GROW(batch->places, batch->place_count, batch->place_room);
		struct reading_place *place = &batch->places[batch->place_count++];
		memset(place, 0, sizeof *place); /* kept as bytes: no gap may hold anything */
		place->row_key = row->row_key;
		place->feed_no = row->feed_no;
		place->version = row->version;
		place->address = number_of(&reading->addresses, row->address);
		place->from = place->as_at = place->to = DATE_UNKNOWN;
	}
	end_record(batch);
}

void batch_add_property(struct reading *reading, struct reading_batch *batch, const struct vault_row *row, bool main)
{
	ARRAY_GROW(batch->properties, batch->property_count, batch->property_room);
	batch->properties[batch->property_count++] =
		(struct reading_property){.record_id = row->record_id,
					  .row_key = row->row_key,
					  .feed_no = row->feed_no,
					  .version = row->version,
					  .main = main,
					  .packed = arena_text(&reading->arena, row->packed)};
}

size_t batch_find(const struct reading_batch *batch, int64_t record_id, size_t near)
{
	for (size_t i = near; i < near + 2 && i < batch->count; i++) {
		if (batch->records[i] == record_id)
			return i;
	}
	size_t low = 0, high = batch->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (batch->records[middle] < record_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < batch->count && batch->records[low] == record_id ? low : SIZE_MAX;
}

/* ---- merging ----------------------------------------------------------------------------------- */

#define COPY_RANGE(to, from, what, first, room) \
	do { \
		size_t start = (from)->first[i], count = (from)->first[i + 1] - start; \
		if ((to)->what##_count + count > (to)->room) { \
			(to)->room = ((to)->what##_count + count) * 2; \
			(to)->MEMBER_##what = \
				memory_resize((to)->MEMBER_##what, (to)->room, sizeof *(to)->MEMBER_##what); \
		} \
		if (count > 0) \
			memcpy((to)->MEMBER_##what + (to)->what##_count, (from)->MEMBER_##what + start, \
			       count * sizeof *(to)->MEMBER_##what); \
		(to)->what##_count += count; \
	} while (0)
#define MEMBER_value values
#define MEMBER_place places
#define MEMBER_family families

static void copy_record(struct reading_batch *to, const struct reading_batch *from, size_t i)
{
	batch_add_record(to, from->records[i]);
	to->dead[to->count - 1] = from->dead[i];
	to->named_by[to->count - 1] = from->named_by[i];
	COPY_RANGE(to, from, value, first_value, value_room);
	COPY_RANGE(to, from, place, first_place, place_room);
	COPY_RANGE(to, from, family, first_family, family_room);
	end_record(to);
}

static void copy_property(struct reading_batch *to, const struct reading_property *property)
{
	ARRAY_GROW(to->properties, to->property_count, to->property_room);
	to->properties[to->property_count++] = *property;
}

/* Both in order of record: a record's rows come from one of the two. */
static void merge_properties(struct reading_batch *out, const struct reading_batch *older,
			     const struct reading_batch *newer, const struct id_map *changed,
			     const struct id_map *gazetteer)
{
	size_t o = 0, n = 0;
	while (o < older->property_count || n < newer->property_count) {
		const struct reading_property *x = o < older->property_count ? &older->properties[o] : NULL;
		const struct reading_property *y = n < newer->property_count ? &newer->properties[n] : NULL;
		if (y && (!x || y->record_id <= x->record_id)) {
			copy_property(out, y);
			n++;
			continue;
		}
		if (!id_map_get(changed, (uint64_t)x->record_id) && id_map_get(gazetteer, (uint64_t)x->record_id))
			copy_property(out, x);
		o++;
	}
}

void batch_merge(struct reading_batch *out, const struct reading_batch *older, const struct reading_batch *newer,
		 const struct id_map *changed, const int64_t *people, size_t people_count,
		 const struct id_map *gazetteer)
{
	size_t o = 0, n = 0;
	for (size_t i = 0; i < people_count; i++) {
		while (o < older->count && older->records[o] < people[i])
			o++;
		while (n < newer->count && newer->records[n] < people[i])
			n++;
		if (n < newer->count && newer->records[n] == people[i])
			copy_record(out, newer, n);
		else if (o < older->count && older->records[o] == people[i] &&
			 !id_map_get(changed, (uint64_t)people[i]))
			copy_record(out, older, o);
		else
			batch_add_record(out, people[i]);
	}
	merge_properties(out, older, newer, changed, gazetteer);
}
