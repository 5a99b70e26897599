/* The workspace's gazetteer and addresses, matched and written as tables. */
#include "address/address.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/threads.h"
#include "reading/reading.h"
#include "store/difference.h"
#include "vault/disclosure.h"
#include "vault/vault.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

const struct sealed_rows address_sealed_rows = {
	.title = "properties",
	.select = "SELECT property_id AS record_id, 0 AS feed_no, 0 AS row_key, 0 AS version, 4 AS part, sealed "
		  "FROM property WHERE property_id > :record_id ORDER BY property_id LIMIT :most",
	.update = "UPDATE property SET sealed = :sealed WHERE property_id = :record_id",
	.place = {"record_id"}};
_Static_assert(VAULT_PROPERTY == 4, "the part in the query");

struct property { /* of a gazetteer; texts in the arena */
	int64_t id;
	struct text uprn, parent, address, postcode, organisation;
	double latitude, longitude;
	char class[8], ward[16];
	int64_t decile;
	bool historic;
};

struct elements {
	unsigned parent, flat, building, number, suffix, number_to, street, locality, town, postcode, organisation;
	unsigned latitude, longitude, uprn, address;
};

struct work {
	struct reading *reading;
	const struct vault *vault;
	struct store *data;
	struct elements elements;
	struct arena arena;
	struct property *properties;
	size_t property_count, property_capacity;
	struct text_map by_uprn; /* -> property number + 1 */
	struct gazetteer *gazetteer;
	const struct gazetteer *whole; /* of which GAZETTEER has the entries that changed */
	bool *moved;                   /* by address: came to another property in this run */
};

static void find_elements(struct elements *out, const struct vault_elements *all)
{
	out->uprn = vault_element_no(all, TEXT("uprn"));
	out->address = vault_element_no(all, TEXT("address"));
	out->town = vault_element_no(all, TEXT("town"));
	out->postcode = vault_element_no(all, TEXT("postcode"));
	out->parent = vault_element_no(all, TEXT("parent_uprn"));
	out->flat = vault_element_no(all, TEXT("sao_text"));
	out->building = vault_element_no(all, TEXT("pao_text"));
	out->number = vault_element_no(all, TEXT("pao_start_number"));
	out->suffix = vault_element_no(all, TEXT("pao_start_suffix"));
	out->number_to = vault_element_no(all, TEXT("pao_end_number"));
	out->street = vault_element_no(all, TEXT("street"));
	out->locality = vault_element_no(all, TEXT("locality"));
	out->organisation = vault_element_no(all, TEXT("organisation"));
	out->latitude = vault_element_no(all, TEXT("latitude"));
	out->longitude = vault_element_no(all, TEXT("longitude"));
}

/* ---- the gazetteer ------------------------------------------------------------------------------------ */

static int64_t property_id(const struct work *work, struct text uprn)
{
	char key[32];
	int len = snprintf(key, sizeof key, "property\x1f%.*s", TEXT_ARG(uprn));
	int64_t id = vault_hash64(work->vault, VAULT_ADDRESS, text_slice(key, (size_t)len)) & INT64_MAX;
	return id ? id : 1;
}

static unsigned number_of(struct text value)
{
	int64_t n;
	return text_parse_int64(text_trim(value), &n) && n > 0 && n < 100000 ? (unsigned)n : 0;
}

static uint32_t property_of_uprn(const struct work *work, struct text uprn)
{
	uint64_t *number = text_map_get(&work->by_uprn, uprn);
	return number && *number ? (uint32_t)(*number - 1) : UINT32_MAX;
}

static uint32_t make_property(struct work *work, struct text uprn)
{
	bool is_new;
	uint64_t *number = text_map_put(&work->by_uprn, uprn, &is_new);
	if (is_new) {
		ARRAY_GROW(work->properties, work->property_count, work->property_capacity);
		work->properties[work->property_count] = (struct property){.id = property_id(work, uprn),
									   .uprn = arena_text(&work->arena, uprn),
									   .latitude = NAN,
									   .longitude = NAN};
		*number = ++work->property_count;
	}
	return (uint32_t)(*number - 1);
}

static struct text written_address(struct arena *arena, const struct gazetteer_entry *e, struct text locality,
				   struct text town)
{
	char out[320], number[24] = "";
	struct text parts[] = {e->flat, e->building, TEXT_ABSENT, locality, town};
	char house[160];
	size_t len = 0;
	if (e->number && e->number_to)
		snprintf(number, sizeof number, "%u-%u ", e->number, e->number_to);
	else if (e->number)
		snprintf(number, sizeof number, "%u%.*s ", e->number, e->suffix ? 1 : 0, &e->suffix);
	snprintf(house, sizeof house, "%s%.*s", number, TEXT_ARG(e->street));
	parts[2] = text_of(house);
	out[0] = '\0';
	for (size_t i = 0; i < 5 && len < sizeof out; i++) {
		if (parts[i].len > 0)
			len += (size_t)snprintf(out + len, sizeof out - len, "%s%.*s", len ? ", " : "",
						TEXT_ARG(parts[i]));
	}
	return arena_text(arena, text_of(out));
}

static void copy_value(char *out, size_t cap, const json_t *payload, const char *name)
{
	const char *value = json_string_value(json_object_get(payload, name));
	snprintf(out, cap, "%s", value ? value : "");
}

static void read_payload(struct property *p, struct text payload)
{
	char decile[8], state[32];
	json_t *json = json_loadb(payload.at, payload.len, 0, NULL);
	if (!json)
		return;
	copy_value(p->class, sizeof p->class, json, "property_class");
	copy_value(p->ward, sizeof p->ward, json, "ward");
	copy_value(decile, sizeof decile, json, "deprivation_decile");
	copy_value(state, sizeof state, json, "property_status");
	p->historic = strcmp(state, "historical") == 0;
	if (!text_parse_int64(text_of(decile), &p->decile))
		p->decile = 0;
	json_decref(json);
}

static void read_gazetteer_row(struct work *work, const struct reading_property *row)
{
	const struct elements *e = &work->elements;
	struct gazetteer_entry entry = {0};
	struct text uprn = TEXT_ABSENT, parent = TEXT_ABSENT, locality = TEXT_ABSENT, town = TEXT_ABSENT, value;
	struct text organisation = TEXT_ABSENT;
	double latitude = NAN, longitude = NAN;
	struct vault_values values = vault_values_of(row->packed);
	unsigned number;
	while (vault_values_next(&values, &number, &value)) {
		if (number == e->uprn)
			uprn = value;
		else if (number == e->parent)
			parent = value;
		else if (number == e->flat)
			entry.flat = value;
		else if (number == e->building)
			entry.building = value;
		else if (number == e->number)
			entry.number = number_of(value);
		else if (number == e->number_to)
			entry.number_to = number_of(value);
		else if (number == e->suffix && value.len == 1)
			entry.suffix = value.at[0];
		else if (number == e->street)
			entry.street = value;
		else if (number == e->postcode)
			entry.postcode = value;
		else if (number == e->locality)
			locality = value;
		else if (number == e->town)
			town = value;
		else if (number == e->organisation)
			organisation = value;
		else if (number == e->latitude)
			text_parse_double(value, &latitude);
		else if (number == e->longitude)
			text_parse_double(value, &longitude);
	}
	if (uprn.len == 0)
		return;
	uint32_t property = make_property(work, uprn);
	struct property *p = &work->properties[property];
	entry.locality = locality;
	entry.town = town;
	entry.organisation = organisation;
	entry.status = GAZETTEER_ALTERNATIVE;
	if (row->main) {
		if (!text_is_absent(row->payload))
			read_payload(p, row->payload);
		entry.status = p->historic ? GAZETTEER_HISTORIC : GAZETTEER_APPROVED;
	}
	gazetteer_add(work->gazetteer, property, &entry);
	if (!row->main)
		return;
	p->parent = arena_text(&work->arena, parent);
	p->address = written_address(&work->arena, &entry, locality, town);
	p->postcode = arena_text(&work->arena, entry.postcode);
	p->organisation = arena_text(&work->arena, organisation);
	p->latitude = latitude;
	p->longitude = longitude;
}

static void read_gazetteer(struct work *work, const struct reading_batch *batch)
{
	work->gazetteer = gazetteer_new();
	for (size_t i = 0; i < batch->property_count; i++)
		read_gazetteer_row(work, &batch->properties[i]);
	gazetteer_finish(work->gazetteer);
}

static void work_init(struct work *work, struct reading *reading, const struct elements *elements)
{
	*work = (struct work){.reading = reading, .vault = reading->vault, .data = reading->data};
	if (elements)
		work->elements = *elements;
	arena_init(&work->arena, (size_t)8 << 30);
	arena_keep_secret(&work->arena);
	text_map_init(&work->by_uprn);
	arena_keep_secret(&work->by_uprn.arena);
}

static void work_release(struct work *work)
{
	gazetteer_free(work->gazetteer);
	text_map_release(&work->by_uprn);
	arena_release(&work->arena);
	free(work->properties);
}

/* BLPU classes as AddressBase has them: RD dwellings, RH houses in multiple occupation, RI institutions,
 * PP parent shells. */
static const char *kind_of(const struct property *p)
{
	static const struct {
		const char *class, *kind;
	} kinds[] = {{"RD06", "flat"}, {"RD", "dwelling"}, {"RH", "hmo"},  {"RI01", "care_home"}, {"RI03", "hall"},
		     {"RI", "hostel"}, {"CH02", "hostel"}, {"P", "shell"}, {"RB", "hostel"}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (text_starts_with(text_of(p->class), text_of(kinds[i].class)))
			return kinds[i].kind;
	}
	return "other";
}

/* ---- matching ---------------------------------------------------------------------------------------- */

static void match_one(const struct work *work, size_t i)
{
	struct reading *reading = work->reading;
	struct text rest = reading->addresses.keys[i], uprn, postcode;
	struct address_match match = {0};
	text_split(&rest, '\x1f', &uprn);
	text_split(&rest, '\x1f', &postcode);
	match.property = uprn.len ? property_of_uprn(work, uprn) : UINT32_MAX;
	if (match.property != UINT32_MAX)
		match.class = ADDRESS_UPRN;
	else
		gazetteer_match(work->gazetteer, rest, postcode, &match);
	reading->match[i] = (signed char)match.class;
	reading->property[i] = match.property == UINT32_MAX ? 0 : work->properties[match.property].id;
}

static void match_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	const struct work *work = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		if (work->reading->match[i] == READING_NO_MATCH)
			match_one(work, i);
	}
}

/* Room for a match of each address; those that have none are marked. */
static void make_room(struct reading *reading)
{
	size_t count = reading->addresses.count, known = reading->match ? reading->match_room - 1 : 0;
	if (known < count || !reading->match) {
		reading->property = memory_resize(reading->property, count + 1, sizeof *reading->property);
		reading->match = memory_resize(reading->match, count + 1, sizeof *reading->match);
	}
	for (size_t i = reading->gazetteer_anew ? 0 : known; i < count; i++) {
		reading->match[i] = READING_NO_MATCH;
		reading->property[i] = 0;
	}
	reading->match_room = count + 1;
}

static void reach_chunk(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	const struct work *changed = context;
	struct reading *reading = changed->reading;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		struct text rest = reading->addresses.keys[i], uprn, postcode;
		text_split(&rest, '\x1f', &uprn);
		text_split(&rest, '\x1f', &postcode);
		if ((uprn.len && property_of_uprn(changed, uprn) != UINT32_MAX) ||
		    gazetteer_reaches(changed->gazetteer, changed->whole, rest, postcode))
			reading->match[i] = READING_NO_MATCH;
	}
}

/* Addresses for which an entry that changed is, or was, a candidate. All versions of an entry are read. */
static void mark_reached(struct work *work)
{
	struct work changed;
	work_init(&changed, work->reading, &work->elements);
	read_gazetteer(&changed, reading_changed(work->reading));
	changed.whole = work->gazetteer;
	parallel_for(work->reading->addresses.count, 2048, 0, reach_chunk, &changed);
	work_release(&changed);
}

/* ---- writing ---- */

/* ONLY: those with these ids; NULL: all. */
static enum status write_properties(struct work *work, const struct vault_elements *elements, const struct id_map *only,
				    struct error *error)
{
	struct bulk *bulk;
	struct buf packed, sealed;
	unsigned uprn_no = work->elements.uprn, address_no = vault_element_no(elements, TEXT("address"));
	unsigned postcode_no = work->elements.postcode, organisation_no = work->elements.organisation;
	enum status status =
		store_bulk_begin(&bulk, work->data, "property",
				 "property_id, uprn_hash, parent_property_id, class, kind, ward, decile, latitude, "
				 "longitude, sealed",
				 error);
	if (status != STATUS_OK)
		return status;
	buf_init(&packed, 1 << 16);
	buf_init(&sealed, 1 << 16);
	for (size_t i = 0; i < work->property_count && status == STATUS_OK; i++) {
		const struct property *p = &work->properties[i];
		int64_t id = p->id;
		if (only && !id_map_get(only, (uint64_t)id))
			continue;
		buf_clear(&packed);
		buf_clear(&sealed);
		vault_values_append(&packed, uprn_no, p->uprn);
		if (address_no && p->address.len)
			vault_values_append(&packed, address_no, p->address);
		if (postcode_no && p->postcode.len)
			vault_values_append(&packed, postcode_no, p->postcode);
		if (organisation_no && p->organisation.len)
			vault_values_append(&packed, organisation_no, p->organisation);
		vault_seal(work->vault, &(struct vault_place){.record_id = id, .part = VAULT_PROPERTY},
			   buf_text(&packed), &sealed);
		bulk_int(bulk, id);
		bulk_int(bulk, vault_hash64(work->vault, VAULT_UPRN, p->uprn));
		if (p->parent.len)
			bulk_int(bulk, property_id(work, p->parent));
		else
			bulk_null(bulk);
		bulk_text(bulk, p->class[0] ? text_of(p->class) : TEXT_ABSENT);
		bulk_text(bulk, text_of(kind_of(p)));
		bulk_text(bulk, p->ward[0] ? text_of(p->ward) : TEXT_ABSENT);
		if (p->decile)
			bulk_int(bulk, p->decile);
		else
			bulk_null(bulk);
		if (isnan(p->latitude) || isnan(p->longitude)) {
			bulk_null(bulk);
			bulk_null(bulk);
		} else {
			bulk_double(bulk, p->latitude);
			bulk_double(bulk, p->longitude);
		}
		bulk_blob(bulk, sealed.at, sealed.len);
		status = bulk_row(bulk, error);
	}
	buf_wipe(&packed);
	buf_release(&packed);
	buf_release(&sealed);
	if (status != STATUS_OK) {
		bulk_abandon(bulk);
		return status;
	}
	return bulk_end(bulk, error);
}

/* ---- rows ---- */

struct placed {
	int64_t record_id;
	const struct reading_place *place;
};
struct placed_rows {
	const struct reading *reading;
	struct placed *at;
	size_t count, capacity;
};

static void give_placed(const void *context, size_t row, struct cell *cells)
{
	const struct placed_rows *rows = context;
	const struct placed *placed = &rows->at[row];
	const struct reading *reading = rows->reading;
	cells[0] = cell_int(placed->record_id);
	cells[1] = cell_int(placed->place->feed_no);
	cells[2] = cell_int(placed->place->row_key);
	cells[3] = cell_int(placed->place->version);
	cells[4] = cell_int(reading->property[placed->place->address]);
	cells[5] = cell_text(text_of(address_class_name((enum address_class)reading->match[placed->place->address])));
}

static void list_placed(struct placed_rows *rows, size_t record)
{
	const struct reading_batch *all = &rows->reading->all;
	for (uint32_t p = all->first_place[record]; p < all->first_place[record + 1]; p++) {
		const struct reading_place *place = &all->places[p];
		if (rows->reading->property[place->address] == 0)
			continue;
		ARRAY_GROW(rows->at, rows->count, rows->capacity);
		rows->at[rows->count++] = (struct placed){all->records[record], place};
	}
}

struct touched { /* numbers of records */
	uint32_t *at;
	size_t count, capacity;
};

static enum status make_touched_table(struct work *work, const struct touched *touched, struct error *error)
{
	struct bulk *bulk;
	enum status status =
		store_define(work->data, "CREATE TEMP TABLE address_changed (record_id ID PRIMARY KEY)", error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, work->data, "address_changed", "record_id", error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < touched->count && status == STATUS_OK; i++) {
		bulk_int(bulk, work->reading->all.records[touched->at[i]]);
		status = bulk_row(bulk, error);
	}
	if (status == STATUS_OK)
		return bulk_end(bulk, error);
	bulk_abandon(bulk);
	return status;
}

/* Records that changed, and those with an address that came to another property. */
static void list_touched(struct touched *out, const struct work *work)
{
	const struct reading_batch *all = &work->reading->all, *changed = reading_changed(work->reading);
	struct id_map is_changed;
	id_map_init(&is_changed);
	for (size_t i = 0; i < changed->count; i++)
		*id_map_put(&is_changed, (uint64_t)changed->records[i], NULL) = 1;
	for (size_t r = 0; r < all->count; r++) {
		bool touched = id_map_get(&is_changed, (uint64_t)all->records[r]) != NULL;
		for (uint32_t p = all->first_place[r]; p < all->first_place[r + 1]; p++)
			touched |= work->moved[all->places[p].address];
		if (!touched)
			continue;
		ARRAY_GROW(out->at, out->count, out->capacity);
		out->at[out->count++] = (uint32_t)r;
	}
	id_map_release(&is_changed);
}

/* Only rows of records that are touched can be other than they were; of everything, when nothing was kept. */
static enum status write_rows(struct work *work, struct error *error)
{
	struct difference_table table = {.name = "record_property",
					 .keys = {"record_id", "feed_no", "row_key", "version"},
					 .values = {"property_id", "match"}};
	const struct reading *reading = work->reading;
	struct placed_rows rows = {.reading = reading};
	struct touched touched = {0};
	enum status status = STATUS_OK;
	if (reading->gazetteer_anew) {
		for (size_t r = 0; r < reading->all.count; r++)
			list_placed(&rows, r);
	} else {
		list_touched(&touched, work);
		for (size_t i = 0; i < touched.count; i++)
			list_placed(&rows, touched.at[i]);
		table.where = "record_id IN (SELECT record_id FROM address_changed)";
		status = make_touched_table(work, &touched, error);
	}
	if (status == STATUS_OK)
		status = store_write_difference(work->data, &table, rows.count, give_placed, &rows, NULL, error);
	if (status == STATUS_OK && table.where)
		status = store_execute(work->data, "DROP TABLE address_changed", error);
	free(rows.at);
	free(touched.at);
	return status;
}

static enum status delete_properties(struct work *work, const struct id_map *ids, struct error *error)
{
	struct statement *statement;
	enum status status =
		store_prepare(&statement, work->data, "DELETE FROM property WHERE property_id = :property_id", error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < ids->slot_count && status == STATUS_OK; i++) {
		if (!ids->used[i])
			continue;
		statement_bind_int(statement, "property_id", (int64_t)ids->keys[i]);
		status = statement_queue(statement, error);
	}
	statement_done(statement);
	return status;
}

/* The properties of rows that changed; all, when rows are gone or nothing was kept. */
static enum status replace_properties(struct work *work, const struct vault_elements *elements, struct error *error)
{
	struct work changed;
	struct id_map ids;
	enum status status;
	if (work->reading->gazetteer_anew) {
		status = store_execute(work->data, "DELETE FROM property", error);
		return status ? status : write_properties(work, elements, NULL, error);
	}
	work_init(&changed, work->reading, &work->elements);
	read_gazetteer(&changed, reading_changed(work->reading));
	id_map_init(&ids);
	for (size_t i = 0; i < changed.property_count; i++)
		*id_map_put(&ids, (uint64_t)changed.properties[i].id, NULL) = 1;
	work_release(&changed);
	status = delete_properties(work, &ids, error);
	if (status == STATUS_OK)
		status = write_properties(work, elements, &ids, error);
	id_map_release(&ids);
	return status;
}

static enum status write_all(struct work *work, const struct vault_elements *elements, struct error *error)
{
	enum status status = store_begin(work->data, error);
	if (status == STATUS_OK && work->reading->gazetteer_changed)
		status = replace_properties(work, elements, error);
	if (status == STATUS_OK)
		status = write_rows(work, error);
	if (status == STATUS_OK)
		status = store_commit(work->data, error);
	store_rollback(work->data);
	return status;
}

static void count_rows(const struct reading *reading, struct address_report *report)
{
	uint64_t *counts[] = {&report->none,   &report->by_uprn,  &report->exact,
			      &report->strong, &report->probable, &report->parent};
	report->rows = reading->all.place_count;
	for (size_t i = 0; i < reading->all.place_count; i++)
		++*counts[reading->match[reading->all.places[i].address]];
}

/* Asks what has no match, and notes which addresses came to another property. */
static void match_all(struct work *work)
{
	struct reading *reading = work->reading;
	make_room(reading);
	size_t count = reading->addresses.count;
	int64_t *property = memory_alloc(count + 1, sizeof *property);
	signed char *match = memory_alloc(count + 1, sizeof *match);
	memcpy(property, reading->property, count * sizeof *property);
	memcpy(match, reading->match, count * sizeof *match);
	work->moved = memory_alloc(count + 1, sizeof *work->moved);
	if (reading->gazetteer_changed || memchr(reading->match, READING_NO_MATCH & UCHAR_MAX, count)) {
		read_gazetteer(work, &reading->all);
		if (reading->gazetteer_changed && !reading->gazetteer_anew)
			mark_reached(work);
		parallel_for(count, 512, 0, match_chunk, work);
	}
	for (size_t i = 0; i < count; i++)
		work->moved[i] = property[i] != reading->property[i] || match[i] != reading->match[i];
	reading->matched = true;
	free(property);
	free(match);
}

static enum status match_and_write(struct work *work, bool write, struct error *error)
{
	struct vault_elements elements;
	enum status status = vault_elements_load(&elements, work->data, error);
	if (status != STATUS_OK)
		return status;
	find_elements(&work->elements, &elements);
	match_all(work);
	if (write)
		status = write_all(work, &elements, error);
	vault_elements_release(&elements);
	return status;
}

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static enum status run(struct reading *reading, struct address_report *report, bool write, struct error *error)
{
	double start = seconds_now();
	struct work work;
	memset(report, 0, sizeof *report);
	work_init(&work, reading, NULL);
	enum status status = match_and_write(&work, write, error);
	if (status == STATUS_OK) {
		int64_t properties = 0;
		count_rows(reading, report);
		status = store_query_int(reading->data, "SELECT COUNT(*) FROM property", &properties, error);
		report->properties = (uint64_t)properties;
	}
	report->seconds = seconds_now() - start;
	free(work.moved);
	work_release(&work);
	return status;
}

enum status address_refresh(struct reading *reading, struct address_report *report, struct error *error)
{
	return run(reading, report, true, error);
}

enum status address_match_all(struct reading *reading, struct error *error)
{
	struct address_report report;
	return reading->matched ? STATUS_OK : run(reading, &report, false, error);
}
