#include "linking/people.h"

#include "address/address.h"
#include "base/map.h"
#include "base/memory.h"
#include "clean/birth.h"
#include "clean/door.h"
#include "reading/reading.h"
#include "store/store.h"

#include <stdlib.h>

const struct linking_column people_columns[PEOPLE_COLUMNS] = {
	[PEOPLE_GIVEN] = {"given_name", LINKING_GIVEN},    [PEOPLE_MIDDLE] = {"middle_names", LINKING_MIDDLE},
	[PEOPLE_FAMILY] = {"family_name", LINKING_FAMILY}, [PEOPLE_SUFFIX] = {"name_suffix", LINKING_SUFFIX},
	[PEOPLE_BIRTH] = {"date_of_birth", LINKING_BIRTH}, [PEOPLE_SEX] = {"sex", LINKING_SEX},
	[PEOPLE_PLACE] = {"address", LINKING_PLACE},       [PEOPLE_PHONE] = {"phone", LINKING_PHONE},
	[PEOPLE_EMAIL] = {"email", LINKING_EMAIL},         [PEOPLE_NHS] = {"nhs_number", LINKING_NHS},
	[PEOPLE_NI] = {"ni_number", LINKING_IDENTIFIER},   [PEOPLE_UPN] = {"upn", LINKING_IDENTIFIER},
	[PEOPLE_SOURCE] = {"source", LINKING_SOURCE},
};

static const enum people_column column_of[READING_COLUMNS] = {
	[READING_GIVEN] = PEOPLE_GIVEN,   [READING_MIDDLE] = PEOPLE_MIDDLE, [READING_FAMILY] = PEOPLE_FAMILY,
	[READING_SUFFIX] = PEOPLE_SUFFIX, [READING_BIRTH] = PEOPLE_BIRTH,   [READING_SEX] = PEOPLE_SEX,
	[READING_PHONE] = PEOPLE_PHONE,   [READING_EMAIL] = PEOPLE_EMAIL,   [READING_NHS] = PEOPLE_NHS,
	[READING_NI] = PEOPLE_NI,         [READING_UPN] = PEOPLE_UPN,
};

/* The value of the place column that an address comes to: its property, else its words. */
static struct text place_value(char out[LINKING_PLACE_SIZE], const struct reading *reading, uint32_t address)
{
	struct text rest = reading->addresses.keys[address], uprn, postcode, text;
	int64_t property = reading->property ? reading->property[address] : 0;
	char folded[128], door[DOOR_TEXT_SIZE];
	text_split(&rest, '\x1f', &uprn);
	text_split(&rest, '\x1f', &postcode);
	text = text_slice(folded, address_fold(folded, sizeof folded, rest));
	if (property) /* its number and street, against records whose address was not found */
		text = clean_door_text(door, clean_door(text));
	return linking_place_value(out, property, postcode, text);
}

/* Each address once. Copies in the arena. */
static struct text *place_values(const struct reading *reading, struct arena *arena)
{
	struct text *values = memory_alloc(reading->addresses.count + 1, sizeof *values);
	char out[LINKING_PLACE_SIZE];
	for (size_t i = 0; i < reading->addresses.count; i++)
		values[i] = arena_text(arena, place_value(out, reading, (uint32_t)i));
	return values;
}

static bool says_something(const struct reading *reading, uint32_t value, date today)
{
	date birth;
	if (reading_value_column(value) != READING_BIRTH)
		return true;
	return date_parse_iso(reading->texts.keys[reading_value_text(value)], &birth) &&
	       clean_birth(birth, today) >= BIRTH_YEAR;
}

/* What a record's source is to matching: the feeds that name its person. Who is on the list of discounts alone
 * is not who is billed. */
static void add_source(struct linking_table *table, uint64_t feeds)
{
	char mask[20];
	int len = snprintf(mask, sizeof mask, "%llx", (unsigned long long)feeds);
	if (feeds)
		linking_table_add_value(table, PEOPLE_SOURCE, text_slice(mask, (size_t)len));
}

void people_make(struct people *out, const struct reading *reading)
{
	const struct reading_batch *all = &reading->all;
	date today = date_today();
	struct arena arena;
	arena_init(&arena, (size_t)8 << 30);
	arena_keep_secret(&arena);
	struct text *places = place_values(reading, &arena);
	*out = (struct people){.table = linking_table_new(people_columns, PEOPLE_COLUMNS), .count = all->count};
	out->records = memory_alloc(all->count + 1, sizeof *out->records);
	for (size_t r = 0; r < all->count; r++) {
		out->records[r] = all->records[r];
		linking_table_add_record(out->table, all->records[r]);
		add_source(out->table, all->named_by[r]);
		for (uint32_t v = all->first_value[r]; v < all->first_value[r + 1]; v++) {
			uint32_t value = all->values[v];
			if (says_something(reading, value, today))
				linking_table_add_value(out->table, column_of[reading_value_column(value)],
							reading->texts.keys[reading_value_text(value)]);
		}
		for (uint32_t p = all->first_place[r]; p < all->first_place[r + 1]; p++)
			linking_table_add_value(out->table, PEOPLE_PLACE, places[all->places[p].address]);
	}
	free(places);
	arena_release(&arena);
}

/* ---- a few --------------------------------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The properties that the last refresh found for these records' addresses. */
static enum status read_properties_of(struct reading *reading, size_t record, struct error *error)
{
	const struct reading_batch *all = &reading->all;
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, reading->data,
					   "SELECT feed_no, row_key, version, property_id FROM record_property"
					   " WHERE record_id = :record_id ORDER BY feed_no, row_key, version",
					   error);
	if (status != STATUS_OK)
		return status;
	int feed = statement_column(query, "feed_no"), key = statement_column(query, "row_key");
	int version = statement_column(query, "version"), property = statement_column(query, "property_id");
	statement_bind_int(query, "record_id", all->records[record]);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		for (uint32_t p = all->first_place[record]; p < all->first_place[record + 1]; p++) {
			const struct reading_place *place = &all->places[p];
			if (place->feed_no == statement_int(query, feed) &&
			    place->row_key == statement_int(query, key) &&
			    place->version == statement_int(query, version))
				reading->property[place->address] = statement_int(query, property);
		}
	}
	statement_done(query);
	return status;
}

enum status people_read_some(struct people *out, struct store *data, const struct vault *vault, const int64_t *records,
			     size_t count, struct error *error)
{
	struct reading *reading;
	int64_t *sorted = memory_alloc(count + 1, sizeof *sorted);
	*out = (struct people){0};
	memcpy(sorted, records, count * sizeof *records);
	qsort(sorted, count, sizeof *sorted, compare_ids);
	enum status status = reading_open_some(&reading, data, vault, sorted, count, error);
	free(sorted);
	if (status != STATUS_OK)
		return status;
	reading->property = memory_alloc(reading->addresses.count + 1, sizeof *reading->property);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = read_properties_of(reading, i, error);
	if (status == STATUS_OK)
		people_make(out, reading);
	reading_close(reading);
	return status;
}

void people_release(struct people *people)
{
	free(people->records);
	people->records = NULL;
}
