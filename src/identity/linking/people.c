#include "linking/people.h"

#include "address/address.h"
#include "base/map.h"
#include "base/memory.h"
#include "clean/birth.h"
#include "clean/door.h"
#include "clean/fold.h"
#include "clean/identifiers.h"
#include "clean/names.h"
#include "profile/profile.h"
#include "store/store.h"
#include "vault/vault.h"

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

/* ---- which element is what ------------------------------------------------------------------------------ */

enum meaning {
	MEANS_NOTHING,
	MEANS_TITLE,
	MEANS_FULL_NAME,
	MEANS_GIVEN,
	MEANS_MIDDLE,
	MEANS_FAMILY,
	MEANS_OTHER_FAMILY,
	MEANS_ALIAS,
	MEANS_SUFFIX,
	MEANS_BIRTH,
	MEANS_SEX,
	MEANS_PHONE,
	MEANS_EMAIL,
	MEANS_NHS,
	MEANS_NI,
	MEANS_UPN
};

static const struct {
	const char *element;
	enum meaning meaning;
} meanings[] = {
	{"title", MEANS_TITLE},
	{"full_name", MEANS_FULL_NAME},
	{"given_name", MEANS_GIVEN},
	{"middle_names", MEANS_MIDDLE},
	{"family_name", MEANS_FAMILY},
	{"former_family_name", MEANS_OTHER_FAMILY},
	{"preferred_family_name", MEANS_OTHER_FAMILY},
	{"alias", MEANS_ALIAS},
	{"name_suffix", MEANS_SUFFIX},
	{"date_of_birth", MEANS_BIRTH},
	{"sex", MEANS_SEX},
	{"phone", MEANS_PHONE},
	{"mobile", MEANS_PHONE},
	{"email", MEANS_EMAIL},
	{"nhs_number", MEANS_NHS},
	{"ni_number", MEANS_NI},
	{"upn", MEANS_UPN},
	{"former_upn", MEANS_UPN},
};

struct value {
	int64_t record_id;
	enum people_column column;
	struct text text;
};

struct made { /* the cleaned values of one block */
	struct arena arena;
	struct value *values;
	size_t count, capacity;
};

struct reading {
	unsigned char *meaning; /* by element number */
	size_t element_count;
	struct address_elements address;
	struct id_map properties; /* key of a row -> property id */
	date today;
	const atomic_bool *stop;
	struct people *people;
	size_t added;   /* of people->records, to the table */
	uint64_t feeds; /* bits: that name the person of the record added last */
};

/* ---- one row --------------------------------------------------------------------------------------------- */

static void keep(struct made *made, int64_t record_id, enum people_column column, struct text text)
{
	if (text.len == 0)
		return;
	ARRAY_GROW(made->values, made->count, made->capacity);
	made->values[made->count++] = (struct value){record_id, column, arena_text(&made->arena, text)};
}

static void keep_suffix(struct made *made, int64_t record_id, enum name_suffix suffix)
{
	if (suffix != NAME_NO_SUFFIX)
		keep(made, record_id, PEOPLE_SUFFIX, text_slice(&"01234"[suffix], 1));
}

static void keep_name(struct made *made, int64_t record_id, const struct name_columns *columns)
{
	struct person_name name;
	clean_name(&name, columns);
	keep(made, record_id, PEOPLE_GIVEN, text_of(name.given));
	keep(made, record_id, PEOPLE_MIDDLE, text_of(name.middle));
	keep(made, record_id, PEOPLE_FAMILY, text_of(name.family));
	keep_suffix(made, record_id, name.suffix);
	if (name.title_sex == SEX_MALE || name.title_sex == SEX_FEMALE)
		keep(made, record_id, PEOPLE_SEX, name.title_sex == SEX_MALE ? TEXT("1") : TEXT("2"));
}

/* "Johnny", or "Johnny Smith". */
static void keep_alias(struct made *made, int64_t record_id, struct text alias)
{
	alias = text_trim(alias);
	bool full = text_find_char(alias, ' ') < alias.len;
	if (alias.len > 0)
		keep_name(made, record_id,
			  full ? &(struct name_columns){.full = alias} : &(struct name_columns){.given = alias});
}

static void keep_birth(struct made *made, const struct reading *reading, int64_t record_id, struct text value)
{
	date birth;
	char out[DATE_TEXT_SIZE];
	if (date_parse_iso(value, &birth) && clean_birth(birth, reading->today) >= BIRTH_YEAR)
		keep(made, record_id, PEOPLE_BIRTH, text_of(date_format_iso(birth, out)));
}

static uint64_t row_identity(int64_t record_id, int64_t feed_no, int64_t row_key, int64_t version)
{
	uint64_t hash = hash_mix((uint64_t)record_id * 1000003 + (uint64_t)feed_no);
	return hash_mix(hash ^ (uint64_t)row_key) + (uint64_t)version;
}

static void keep_place(struct made *made, const struct reading *reading, const struct vault_row *row)
{
	struct address_row address;
	char folded[128], door[DOOR_TEXT_SIZE], out[LINKING_PLACE_SIZE];
	if (!address_of_row(&address, &reading->address, row->packed))
		return;
	const uint64_t *property = id_map_get(&reading->properties,
					      row_identity(row->record_id, row->feed_no, row->row_key, row->version));
	struct text text = text_slice(folded, address_fold(folded, sizeof folded, text_of(address.text)));
	if (property) /* its number and street, against records whose address was not found */
		text = clean_door_text(door, clean_door(text));
	keep(made, row->record_id, PEOPLE_PLACE,
	     linking_place_value(out, property ? (int64_t)*property : 0, text_of(address.postcode), text));
}

/* A feed's number as so many letters: the records of a block are put together later, see add_source(). */
static void keep_feed(struct made *made, const struct vault_row *row)
{
	static const char letters[] = "...............................................................";
	size_t number = row->feed_no < 64 ? (size_t)row->feed_no : 63;
	keep(made, row->record_id, PEOPLE_SOURCE, text_slice(letters, number));
}

static void clean_row(struct made *made, const struct reading *reading, const struct vault_row *row)
{
	struct name_columns name = {0};
	struct vault_values values = vault_values_of(row->packed);
	struct text value;
	char out[EMAIL_SIZE], nhs[NHS_NUMBER_SIZE], ni[NI_NUMBER_SIZE], upn[UPN_SIZE], phone[PHONE_SIZE];
	unsigned number;
	while (vault_values_next(&values, &number, &value)) {
		switch (number < reading->element_count ? reading->meaning[number] : MEANS_NOTHING) {
		case MEANS_TITLE:
			name.title = value;
			break;
		case MEANS_FULL_NAME:
			name.full = value;
			break;
		case MEANS_GIVEN:
			name.given = value;
			break;
		case MEANS_MIDDLE:
			name.middle = value;
			break;
		case MEANS_FAMILY:
			name.family = value;
			break;
		case MEANS_OTHER_FAMILY:
			keep_name(made, row->record_id, &(struct name_columns){.family = value});
			break;
		case MEANS_ALIAS:
			keep_alias(made, row->record_id, value);
			break;
		case MEANS_SUFFIX:
			keep_suffix(made, row->record_id, clean_suffix(value));
			break;
		case MEANS_BIRTH:
			keep_birth(made, reading, row->record_id, value);
			break;
		case MEANS_SEX:
			switch (clean_sex(value)) {
			case SEX_MALE:
				keep(made, row->record_id, PEOPLE_SEX, TEXT("1"));
				break;
			case SEX_FEMALE:
				keep(made, row->record_id, PEOPLE_SEX, TEXT("2"));
				break;
			default:
				break;
			}
			break;
		case MEANS_PHONE:
			if (clean_phone(phone, value))
				keep(made, row->record_id, PEOPLE_PHONE, text_of(phone));
			break;
		case MEANS_EMAIL:
			if (clean_email(out, value))
				keep(made, row->record_id, PEOPLE_EMAIL, text_of(out));
			break;
		case MEANS_NHS:
			if (clean_nhs_number(nhs, value))
				keep(made, row->record_id, PEOPLE_NHS, text_of(nhs));
			break;
		case MEANS_NI:
			if (clean_ni_number(ni, value))
				keep(made, row->record_id, PEOPLE_NI, text_slice(ni, 8));
			break;
		case MEANS_UPN:
			if (clean_upn(upn, value))
				keep(made, row->record_id, PEOPLE_UPN, text_of(upn));
			break;
		default:
			break;
		}
	}
	if (name.full.len || name.given.len || name.family.len) {
		keep_name(made, row->record_id, &name);
		keep_feed(made, row);
	}
	keep_place(made, reading, row);
}

/* ---- the scan ------------------------------------------------------------------------------------------------ */

static bool prepare_block(void *context, struct vault_block *block)
{
	const struct reading *reading = context;
	if (reading->stop && atomic_load(reading->stop))
		return false;
	struct made *made = memory_alloc(1, sizeof *made);
	arena_init(&made->arena, (size_t)1 << 30);
	arena_keep_secret(&made->arena);
	for (size_t i = 0; i < block->count; i++)
		clean_row(made, reading, &block->rows[i]);
	block->made = made;
	return true;
}

/* What a record's source is to matching: the feeds that name its person. Who is on the list of discounts alone
 * is not who is billed. */
static void add_source(struct reading *reading)
{
	char feeds[20];
	if (reading->feeds)
		linking_table_add_value(reading->people->table, PEOPLE_SOURCE,
					text_slice(feeds, (size_t)snprintf(feeds, sizeof feeds, "%llx",
									   (unsigned long long)reading->feeds)));
	reading->feeds = 0;
}

static void add_records_to(struct reading *reading, int64_t record_id)
{
	struct people *people = reading->people;
	if (reading->added > 0 && people->records[reading->added - 1] != record_id)
		add_source(reading);
	while (reading->added < people->count && people->records[reading->added] <= record_id)
		linking_table_add_record(people->table, people->records[reading->added++]);
}

static bool visit_block(void *context, struct vault_block *block)
{
	struct reading *reading = context;
	struct made *made = block->made;
	for (size_t i = 0; i < made->count; i++) {
		const struct value *value = &made->values[i];
		add_records_to(reading, value->record_id);
		if (reading->added == 0 || reading->people->records[reading->added - 1] != value->record_id)
			continue;
		if (value->column == PEOPLE_SOURCE)
			reading->feeds |= UINT64_C(1) << value->text.len;
		else
			linking_table_add_value(reading->people->table, value->column, value->text);
	}
	arena_release(&made->arena);
	free(made->values);
	free(made);
	return true;
}

/* ---- preparing ----------------------------------------------------------------------------------------------------
 */

static bool holds_people(const struct profile *profile, struct text source_id)
{
	static const char *const people[] = {"full_name", "given_name", "family_name", "date_of_birth"};
	for (size_t f = 0; f < profile->feeds.count; f++) {
		const struct profile_feed *feed = &profile->feeds.at[f];
		if (!text_equal(feed->source->id, source_id))
			continue;
		for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
			const struct profile_element *element = profile_element(profile, text_of(people[i]));
			if (element && feed_column(feed, element))
				return true;
		}
	}
	return false;
}

static enum status read_records(struct people *people, struct store *data, const struct profile *profile,
				struct error *error)
{
	struct statement *query;
	struct id_map sources; /* source_no -> 1 when it holds people */
	enum status status =
		store_prepare(&query, data, "SELECT source_no, source_id FROM source ORDER BY source_no", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "source_no"), id = statement_column(query, "source_id");
	bool row;
	id_map_init(&sources);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&sources, (uint64_t)statement_int(query, number), NULL) =
			holds_people(profile, statement_text(query, id));
	statement_done(query);
	if (status == STATUS_OK)
		status = store_prepare(&query, data, "SELECT record_id, source_no FROM record ORDER BY record_id",
				       error);
	if (status == STATUS_OK) {
		int record = statement_column(query, "record_id");
		number = statement_column(query, "source_no");
		statement_stream(query);
		while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
			const uint64_t *wanted = id_map_get(&sources, (uint64_t)statement_int(query, number));
			if (!wanted || !*wanted)
				continue;
			ARRAY_GROW(people->records, people->count, people->capacity);
			people->records[people->count++] = statement_int(query, record);
		}
		statement_done(query);
	}
	id_map_release(&sources);
	return status;
}

static enum status read_properties(struct reading *reading, struct store *data, struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, data,
			      "SELECT record_id, feed_no, row_key, version, property_id FROM record_property"
			      " ORDER BY record_id, feed_no, row_key, version",
			      error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id"), feed = statement_column(query, "feed_no");
	int key = statement_column(query, "row_key"), version = statement_column(query, "version");
	int property = statement_column(query, "property_id");
	bool row;
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		uint64_t identity = row_identity(statement_int(query, record), statement_int(query, feed),
						 statement_int(query, key), statement_int(query, version));
		*id_map_put(&reading->properties, identity, NULL) = (uint64_t)statement_int(query, property);
	}
	statement_done(query);
	return status;
}

static enum status reading_init(struct reading *reading, struct store *data, struct error *error)
{
	struct vault_elements elements;
	enum status status = vault_elements_load(&elements, data, error);
	if (status != STATUS_OK)
		return status;
	id_map_init(&reading->properties);
	reading->today = date_today();
	reading->element_count = elements.count;
	reading->meaning = memory_alloc(elements.count + 1, 1);
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		unsigned number = vault_element_no(&elements, text_of(meanings[i].element));
		if (number)
			reading->meaning[number] = (unsigned char)meanings[i].meaning;
	}
	address_elements_find(&reading->address, &elements);
	vault_elements_release(&elements);
	return STATUS_OK;
}

static void reading_release(struct reading *reading)
{
	id_map_release(&reading->properties);
	free(reading->meaning);
}

enum status people_read(struct people *out, struct store *data, const struct vault *vault,
			const struct profile *profile, const atomic_bool *stop, struct error *error)
{
	struct reading reading = {.people = out, .stop = stop};
	memset(out, 0, sizeof *out);
	enum status status = reading_init(&reading, data, error);
	if (status != STATUS_OK)
		return status;
	out->table = linking_table_new(people_columns, PEOPLE_COLUMNS);
	status = read_records(out, data, profile, error);
	if (status == STATUS_OK)
		status = read_properties(&reading, data, error);
	if (status == STATUS_OK) {
		struct vault_scan scan = {.part = VAULT_IDENTITY,
					  .versions = VAULT_EVERY_VERSION,
					  .prepare = prepare_block,
					  .visit = visit_block,
					  .context = &reading};
		status = vault_scan(vault, data, &scan, error);
	}
	add_records_to(&reading, INT64_MAX);
	reading_release(&reading);
	if (status != STATUS_OK) {
		linking_table_free(out->table);
		people_release(out);
	}
	return status;
}

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static enum status read_one(struct reading *reading, struct store *data, const struct vault *vault, int64_t record_id,
			    struct error *error)
{
	struct arena arena;
	struct vault_block block = {0};
	struct vault_row *rows;
	arena_init(&arena, (size_t)64 << 20);
	arena_keep_secret(&arena);
	enum status status =
		vault_open_record(&rows, &block.count, vault, data, record_id, VAULT_EVERY_VERSION, &arena, error);
	if (status == STATUS_OK) {
		struct made *made = memory_alloc(1, sizeof *made);
		arena_init(&made->arena, (size_t)64 << 20);
		arena_keep_secret(&made->arena);
		for (size_t i = 0; i < block.count; i++) {
			if (rows[i].part == VAULT_IDENTITY)
				clean_row(made, reading, &rows[i]);
		}
		block.made = made;
		visit_block(reading, &block);
		add_records_to(reading, record_id);
	}
	arena_release(&arena);
	return status;
}

static enum status read_properties_of(struct reading *reading, struct store *data, int64_t record_id,
				      struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, data,
					   "SELECT feed_no, row_key, version, property_id FROM record_property"
					   " WHERE record_id = :record_id ORDER BY feed_no, row_key, version",
					   error);
	if (status != STATUS_OK)
		return status;
	int feed = statement_column(query, "feed_no"), key = statement_column(query, "row_key");
	int version = statement_column(query, "version"), property = statement_column(query, "property_id");
	bool row;
	statement_bind_int(query, "record_id", record_id);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&reading->properties,
			    row_identity(record_id, statement_int(query, feed), statement_int(query, key),
					 statement_int(query, version)),
			    NULL) = (uint64_t)statement_int(query, property);
	statement_done(query);
	return status;
}

enum status people_read_some(struct people *out, struct store *data, const struct vault *vault, const int64_t *records,
			     size_t count, struct error *error)
{
	struct reading reading = {.people = out};
	memset(out, 0, sizeof *out);
	enum status status = reading_init(&reading, data, error);
	if (status != STATUS_OK)
		return status;
	out->table = linking_table_new(people_columns, PEOPLE_COLUMNS);
	out->records = memory_alloc(count + 1, sizeof *out->records);
	memcpy(out->records, records, count * sizeof *records);
	out->count = count;
	qsort(out->records, count, sizeof *out->records, compare_ids);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = read_properties_of(&reading, data, out->records[i], error);
		if (status == STATUS_OK)
			status = read_one(&reading, data, vault, out->records[i], error);
	}
	reading_release(&reading);
	if (status != STATUS_OK) {
		linking_table_free(out->table);
		people_release(out);
	}
	return status;
}

void people_release(struct people *people)
{
	free(people->records);
	people->records = NULL;
}
