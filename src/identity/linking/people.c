#include "linking/people.h"

#include "address/address.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/threads.h"
#include "clean/birth.h"
#include "clean/door.h"
#include "linking/linking_int.h"
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

static bool says_something(const struct reading *reading, uint32_t value, date today)
{
	date birth;
	if (reading_value_column(value) != READING_BIRTH)
		return true;
	return date_parse_iso(reading->texts.keys[reading_value_text(value)], &birth) &&
	       clean_birth(birth, today) >= BIRTH_YEAR;
}

/* ---- filling the table: a thread a dictionary ------------------------------------------------------- */

static const uint32_t NOTHING = UINT32_MAX;

struct filling {
	const struct reading *reading;
	struct linking_table *table;
	const struct dictionary *dictionary;
	uint32_t *code_of; /* by number of text or address: 0 not asked yet */
	date today;
	struct text *places;  /* values, by address */
	struct arena *arenas; /* of them, by chunk */
};

enum { ADDRESSES_A_CHUNK = 1 << 13 };

static void make_places(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct filling *f = context;
	char out[LINKING_PLACE_SIZE];
	(void)thread;
	arena_init(&f->arenas[chunk], (size_t)1 << 30);
	arena_keep_secret(&f->arenas[chunk]);
	for (size_t i = first; i < end; i++)
		f->places[i] = arena_text(&f->arenas[chunk], place_value(out, f->reading, (uint32_t)i));
}

static void add_value(struct filling *f, uint32_t record, uint32_t value)
{
	enum people_column column = column_of[reading_value_column(value)];
	struct dictionary *dictionary = f->table->columns[column].dictionary;
	uint32_t number = reading_value_text(value), *code = &f->code_of[number];
	if (dictionary != f->dictionary)
		return;
	if (*code == 0)
		*code = says_something(f->reading, value, f->today)
				? values_code(&dictionary->values, f->reading->texts.keys[number])
				: NOTHING;
	if (*code != NOTHING)
		table_add_code(f->table, column, record, *code);
}

static void add_place(struct filling *f, uint32_t record, uint32_t address)
{
	struct dictionary *dictionary = f->table->columns[PEOPLE_PLACE].dictionary;
	uint32_t *code = &f->code_of[address];
	if (*code == 0)
		*code = f->places[address].len ? values_code(&dictionary->values, f->places[address]) : NOTHING;
	if (*code != NOTHING)
		table_add_code(f->table, PEOPLE_PLACE, record, *code);
}

/* What a record's source is to matching: the feeds that name its person. Who is on the list of discounts alone
 * is not who is billed. */
static void add_source(struct filling *f, uint32_t record, uint64_t feeds)
{
	char mask[20];
	int len = snprintf(mask, sizeof mask, "%llx", (unsigned long long)feeds);
	if (feeds)
		table_add_code(f->table, PEOPLE_SOURCE, record,
			       values_code(&f->table->columns[PEOPLE_SOURCE].dictionary->values,
					   text_slice(mask, (size_t)len)));
}

static void fill_dictionary(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct filling f = *(const struct filling *)context;
	const struct reading_batch *all = &f.reading->all;
	size_t texts = f.reading->texts.count, addresses = f.reading->addresses.count;
	(void)chunk, (void)end, (void)thread;
	f.dictionary = &f.table->dictionaries[first];
	f.code_of = memory_alloc((texts > addresses ? texts : addresses) + 1, sizeof *f.code_of);
	bool places = f.table->columns[PEOPLE_PLACE].dictionary == f.dictionary;
	bool sources = f.table->columns[PEOPLE_SOURCE].dictionary == f.dictionary;
	for (uint32_t r = 0; r < all->count; r++) {
		if (sources)
			add_source(&f, r, all->named_by[r]);
		for (uint32_t p = all->first_place[r]; places && p < all->first_place[r + 1]; p++)
			add_place(&f, r, all->places[p].address);
		for (uint32_t v = all->first_value[r]; !places && !sources && v < all->first_value[r + 1]; v++)
			add_value(&f, r, all->values[v]);
	}
	free(f.code_of);
}

void people_make(struct people *out, const struct reading *reading)
{
	const struct reading_batch *all = &reading->all;
	*out = (struct people){.table = linking_table_new(people_columns, PEOPLE_COLUMNS), .count = all->count};
	out->records = memory_alloc(all->count + 1, sizeof *out->records);
	for (size_t r = 0; r < all->count; r++) {
		out->records[r] = all->records[r];
		linking_table_add_record(out->table, all->records[r]);
	}
	struct filling filling = {.reading = reading, .table = out->table, .today = date_today()};
	size_t addresses = reading->addresses.count, chunks = addresses / ADDRESSES_A_CHUNK + 1;
	filling.places = memory_alloc(addresses + 1, sizeof *filling.places);
	filling.arenas = memory_alloc(chunks, sizeof *filling.arenas);
	parallel_for(addresses, ADDRESSES_A_CHUNK, 0, make_places, &filling);
	parallel_for(out->table->dictionary_count, 1, 0, fill_dictionary, &filling);
	for (size_t i = 0; i * ADDRESSES_A_CHUNK < addresses; i++)
		arena_release(&filling.arenas[i]);
	free(filling.arenas);
	free(filling.places);
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
