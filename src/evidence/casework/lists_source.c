/* What lists are worked out from: rows, people and properties in arrays, each findable from the others. */
#include "base/memory.h"
#include "casework/lists_int.h"

#include <stdlib.h>

void list_source_init(struct list_source *source, const struct profile *profile, date today)
{
	*source = (struct list_source){.profile = profile, .today = today};
	text_map_init(&source->words);
	arena_init(&source->arena, (size_t)1 << 30);
}

void list_source_release(struct list_source *source)
{
	struct by_number *indexes[] = {&source->rows_of_person, &source->rows_of_place, &source->people_of_place,
				       &source->people_of_household, &source->doubles_of_person};
	for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
		free(indexes[i]->first);
		free(indexes[i]->at);
	}
	free(source->rows);
	free(source->people);
	free(source->places);
	free(source->households);
	free(source->pairs);
	text_map_release(&source->words);
	arena_release(&source->arena);
}

uint64_t list_source_question(struct list_source *source, const struct profile_condition *condition)
{
	if (condition->count == 0)
		return 0;
	for (size_t i = 0; i < source->question_count; i++) {
		if (text_equal(source->questions[i]->written, condition->written))
			return UINT64_C(1) << i;
	}
	source->questions[source->question_count] = condition;
	return UINT64_C(1) << source->question_count++;
}

/* ---- finding by id: arrays are sorted by it ---------------------------------------------------------- */

static int compare_ids(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_people(const void *a, const void *b)
{
	return compare_ids(((const struct person *)a)->resident_id, ((const struct person *)b)->resident_id);
}

static int compare_places(const void *a, const void *b)
{
	return compare_ids(((const struct place *)a)->property_id, ((const struct place *)b)->property_id);
}

static int compare_households(const void *a, const void *b)
{
	return compare_ids(*(const int64_t *)a, *(const int64_t *)b);
}

uint32_t list_source_person(const struct list_source *source, int64_t resident_id)
{
	const struct person wanted = {.resident_id = resident_id};
	if (source->people_count == 0)
		return UINT32_MAX;
	const struct person *found =
		bsearch(&wanted, source->people, source->people_count, sizeof wanted, compare_people);
	return found ? (uint32_t)(found - source->people) : UINT32_MAX;
}

uint32_t list_source_place(const struct list_source *source, int64_t property_id)
{
	const struct place wanted = {.property_id = property_id};
	if (source->place_count == 0) /* then there is nothing to search in, not even an address */
		return UINT32_MAX;
	const struct place *found =
		bsearch(&wanted, source->places, source->place_count, sizeof wanted, compare_places);
	return found ? (uint32_t)(found - source->places) : UINT32_MAX;
}

/* ---- indexes ------------------------------------------------------------------------------------------- */

void list_source_index(struct by_number *index, const uint32_t *owners, size_t count, size_t owner_count)
{
	index->first = memory_alloc(owner_count + 2, sizeof *index->first);
	index->at = memory_alloc(count + 1, sizeof *index->at);
	for (size_t i = 0; i < count; i++) {
		if (owners[i] != UINT32_MAX)
			index->first[owners[i] + 2]++;
	}
	for (size_t i = 2; i < owner_count + 2; i++)
		index->first[i] += index->first[i - 1];
	for (size_t i = 0; i < count; i++) {
		if (owners[i] != UINT32_MAX)
			index->at[index->first[owners[i] + 1]++] = (uint32_t)i;
	}
}

static void list_households(struct list_source *source)
{
	size_t kept = 0;
	source->households = memory_alloc(source->people_count + 1, sizeof *source->households);
	for (size_t i = 0; i < source->people_count; i++) {
		if (source->people[i].household_id)
			source->households[source->household_count++] = source->people[i].household_id;
	}
	qsort(source->households, source->household_count, sizeof *source->households, compare_households);
	for (size_t i = 0; i < source->household_count; i++) {
		if (i == 0 || source->households[i] != source->households[i - 1])
			source->households[kept++] = source->households[i];
	}
	source->household_count = kept;
}

static uint32_t household_number(const struct list_source *source, int64_t id)
{
	const int64_t *found = id ? bsearch(&id, source->households, source->household_count,
					    sizeof *source->households, compare_households)
				  : NULL;
	return found ? (uint32_t)(found - source->households) : UINT32_MAX;
}

static void index_people(struct list_source *source, uint32_t *owners)
{
	for (size_t i = 0; i < source->people_count; i++)
		owners[i] = source->people[i].household = household_number(source, source->people[i].household_id);
	list_source_index(&source->people_of_household, owners, source->people_count, source->household_count);
	for (size_t i = 0; i < source->people_count; i++)
		owners[i] = source->people[i].property = list_source_place(source, source->people[i].property_id);
	list_source_index(&source->people_of_place, owners, source->people_count, source->place_count);
}

static void index_rows(struct list_source *source, uint32_t *owners)
{
	for (size_t i = 0; i < source->row_count; i++)
		owners[i] = source->rows[i].person;
	list_source_index(&source->rows_of_person, owners, source->row_count, source->people_count);
	for (size_t i = 0; i < source->row_count; i++)
		owners[i] = list_source_place(source, source->rows[i].property_id);
	list_source_index(&source->rows_of_place, owners, source->row_count, source->place_count);
}

/* Each pair stands for two: number 2 i belongs to one of it and means the other. */
static void index_pairs(struct list_source *source, uint32_t *owners)
{
	for (size_t i = 0; i < source->pair_count; i++) {
		owners[2 * i] = list_source_person(source, source->pairs[i].a);
		owners[2 * i + 1] = list_source_person(source, source->pairs[i].b);
	}
	list_source_index(&source->doubles_of_person, owners, 2 * source->pair_count, source->people_count);
	for (size_t i = 0; i < source->doubles_of_person.first[source->people_count]; i++)
		source->doubles_of_person.at[i] = owners[source->doubles_of_person.at[i] ^ 1];
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

void list_source_finish(struct list_source *source)
{
	if (source->place_count)
		qsort(source->places, source->place_count, sizeof *source->places, compare_places);
	list_households(source);
	size_t most = larger(larger(source->row_count, source->people_count), 2 * source->pair_count);
	uint32_t *owners = memory_alloc(most + 1, sizeof *owners);
	index_people(source, owners);
	index_rows(source, owners);
	index_pairs(source, owners);
	free(owners);
	for (size_t i = 0; i < source->place_count; i++)
		source->places[i].whole = (uint32_t)i;
}
