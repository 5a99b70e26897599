/* The workspace's addresses, matched and written as the table `record_property`. */
#include "address/workspace_int.h"
#include "base/memory.h"
#include "base/threads.h"
#include "store/difference.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

/* ---- matching ---------------------------------------------------------------------------------------- */

static void match_one(const struct work *work, size_t i)
{
	struct reading *reading = work->reading;
	struct text rest = reading->addresses.keys[i], uprn, postcode;
	struct address_match match = {0};
	text_split(&rest, '\x1f', &uprn);
	text_split(&rest, '\x1f', &postcode);
	match.property = uprn.len ? address_work_property_of_uprn(work, uprn) : UINT32_MAX;
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
		if ((uprn.len && address_work_property_of_uprn(changed, uprn) != UINT32_MAX) ||
		    gazetteer_reaches(changed->gazetteer, changed->whole, rest, postcode))
			reading->match[i] = READING_NO_MATCH;
	}
}

/* Addresses for which an entry that changed is, or was, a candidate. All versions of an entry are read. */
static void mark_reached(struct work *work)
{
	struct work changed;
	address_work_init(&changed, work->reading, &work->elements);
	address_work_read_gazetteer(&changed, reading_changed(work->reading));
	changed.whole = work->gazetteer;
	parallel_for(work->reading->addresses.count, 2048, 0, reach_chunk, &changed);
	address_work_release(&changed);
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
		return status ? status : address_work_write_properties(work, elements, NULL, error);
	}
	address_work_init(&changed, work->reading, &work->elements);
	address_work_read_gazetteer(&changed, reading_changed(work->reading));
	id_map_init(&ids);
	for (size_t i = 0; i < changed.property_count; i++)
		*id_map_put(&ids, (uint64_t)changed.properties[i].id, NULL) = 1;
	address_work_release(&changed);
	status = delete_properties(work, &ids, error);
	if (status == STATUS_OK)
		status = address_work_write_properties(work, elements, &ids, error);
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
		address_work_read_gazetteer(work, &reading->all);
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
	address_work_find_elements(&work->elements, &elements);
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
	address_work_init(&work, reading, NULL);
	enum status status = match_and_write(&work, write, error);
	if (status == STATUS_OK) {
		int64_t properties = 0;
		count_rows(reading, report);
		status = store_query_int(reading->data, "SELECT COUNT(*) FROM property", &properties, error);
		report->properties = (uint64_t)properties;
	}
	report->seconds = seconds_now() - start;
	free(work.moved);
	address_work_release(&work);
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
