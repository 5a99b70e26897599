/* Rows from the vault, and what their facts say of when. */
#include "reading/reading_int.h"

#include "base/memory.h"
#include "profile/profile.h"
#include "store/store.h"

#include <stdlib.h>

/* ---- which feeds ------------------------------------------------------------------------------- */

static bool says_who_or_where(const struct profile *profile, const struct profile_feed *feed)
{
	static const char *const elements[] = {
		"full_name",
		"given_name",
		"family_name",
		"middle_names",
		"former_family_name",
		"alias",
		"date_of_birth",
		"date_of_death",
		"sex",
		"preferred_family_name",
		"name_suffix",
		"phone",
		"mobile",
		"email",
		"nhs_number",
		"ni_number",
		"upn",
		"former_upn",
		"title",
		"address",
		"address_line_1",
		"address_line_2",
		"address_line_3",
		"postcode",
		"address_line_4",
		"address_line_5",
		"town",
		"uprn",
	};
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
		const struct profile_element *element = profile_element(profile, text_of(elements[i]));
		if (element && feed_column(feed, element))
			return true;
	}
	return false;
}

static bool is_gazetteer(const struct profile_feed *feed)
{
	return feed && feed->client && text_is(feed->client->id, "uprn");
}

/* All feeds but those that the profile knows to hold nothing for us. */
enum status feeds_read_init(struct feeds_read *feeds, struct store *data, const struct profile *profile,
			    struct error *error)
{
	struct statement *query;
	size_t capacity = 0;
	bool row;
	*feeds = (struct feeds_read){0};
	id_map_init(&feeds->gazetteer);
	enum status status = store_prepare(&query, data, "SELECT feed_no, feed_id FROM feed ORDER BY feed_no", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "feed_no"), id = statement_column(query, "feed_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_feed *feed = profile_feed(profile, statement_text(query, id));
		if (feed && !is_gazetteer(feed) && !says_who_or_where(profile, feed))
			continue;
		ARRAY_GROW(feeds->wanted, feeds->count, capacity);
		feeds->wanted[feeds->count++] = (int32_t)statement_int(query, number);
		if (is_gazetteer(feed)) {
			bool main = feed->key_count == 1 && feed->key[0] == feed->client;
			*id_map_put(&feeds->gazetteer, (uint64_t)statement_int(query, number), NULL) = main ? 1 : 2;
		}
	}
	statement_done(query);
	return status;
}

void feeds_read_release(struct feeds_read *feeds)
{
	free(feeds->wanted);
	id_map_release(&feeds->gazetteer);
}

/* ---- the scan ---------------------------------------------------------------------------------- */

struct scanning {
	struct reading *reading;
	struct reading_batch *batch;
	const struct feeds_read *feeds;
	struct cleaner cleaner;
	const int64_t *people;
	size_t people_count, next;
	const atomic_bool *stop;
};

static bool same_row(const struct vault_row *a, const struct vault_row *b)
{
	return a->record_id == b->record_id && a->feed_no == b->feed_no && a->row_key == b->row_key;
}

static bool prepare_block(void *context, struct vault_block *block)
{
	const struct scanning *scanning = context;
	if (scanning->stop && atomic_load(scanning->stop))
		return false;
	struct cleaned *cleaned = memory_alloc(1, sizeof *cleaned);
	cleaned_init(cleaned);
	for (size_t i = 0; i < block->count; i++) {
		const struct vault_row *row = &block->rows[i];
		bool newest = i + 1 == block->count || !same_row(row, &block->rows[i + 1]);
		if (!id_map_get(&scanning->feeds->gazetteer, (uint64_t)row->feed_no))
			cleaner_take(&scanning->cleaner, cleaned, row, newest);
	}
	block->made = cleaned;
	return true;
}

static void add_people_to(struct scanning *scanning, int64_t record_id)
{
	while (scanning->next < scanning->people_count && scanning->people[scanning->next] <= record_id)
		batch_add_record(scanning->batch, scanning->people[scanning->next++]);
}

static bool visit_block(void *context, struct vault_block *block)
{
	struct scanning *scanning = context;
	struct reading_batch *batch = scanning->batch;
	struct cleaned *cleaned = block->made;
	for (size_t i = 0; i < cleaned->count; i++) {
		const struct clean_row *row = &cleaned->rows[i];
		add_people_to(scanning, row->record_id);
		if (batch->count > 0 && batch->records[batch->count - 1] == row->record_id)
			batch_add_row(scanning->reading, batch, cleaned, row);
	}
	for (size_t i = 0; i < block->count && scanning->feeds->gazetteer.count; i++) {
		const struct vault_row *row = &block->rows[i];
		const uint64_t *kind = id_map_get(&scanning->feeds->gazetteer, (uint64_t)row->feed_no);
		if (kind)
			batch_add_property(scanning->reading, batch, row, *kind == 1);
	}
	cleaned_release(cleaned);
	free(cleaned);
	return true;
}

/* ---- what the facts say ------------------------------------------------------------------------- */

struct dating {
	struct reading *reading;
	struct reading_batch *batch;
	const struct feeds_read *feeds;
	struct id_map as_at; /* by extract */
	size_t near, near_property;
};

static enum status read_extracts(struct dating *dating, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, dating->reading->data, "SELECT extract_id, as_at FROM extract", error);
	if (status != STATUS_OK)
		return status;
	int id = statement_column(query, "extract_id"), as_at = statement_column(query, "as_at");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&dating->as_at, (uint64_t)statement_int(query, id), NULL) =
			(uint64_t)statement_int(query, as_at);
	statement_done(query);
	return status;
}

struct fact_row {
	int64_t record_id, row_key, extract_id;
	int32_t feed_no, version;
	date from, to;
};

static void date_places(struct dating *dating, const struct fact_row *fact)
{
	struct reading_batch *batch = dating->batch;
	size_t record = batch_find(batch, fact->record_id, dating->near);
	if (record == SIZE_MAX)
		return;
	dating->near = record;
	for (uint32_t i = batch->first_place[record]; i < batch->first_place[record + 1]; i++) {
		struct reading_place *place = &batch->places[i];
		if (place->feed_no != fact->feed_no || place->row_key != fact->row_key)
			continue;
		place->ends |= fact->to != DATE_UNKNOWN;
		if (fact->version >= place->last) {
			place->last = fact->version;
			place->to = fact->to;
		}
		if (fact->version == place->version) {
			const uint64_t *as_at = id_map_get(&dating->as_at, (uint64_t)fact->extract_id);
			place->from = fact->from;
			place->as_at = as_at ? (date)(int64_t)*as_at : DATE_UNKNOWN;
		}
	}
}

/* Properties are in order of record; the main feed has one row each, whose newest version is its last. */
static void give_payload(struct dating *dating, const struct fact_row *fact, struct text payload)
{
	struct reading_batch *batch = dating->batch;
	size_t low = 0, high = batch->property_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (batch->properties[middle].record_id <= fact->record_id)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i-- > 0 && batch->properties[i].record_id == fact->record_id;) {
		struct reading_property *property = &batch->properties[i];
		if (property->feed_no == fact->feed_no && property->row_key == fact->row_key) {
			property->payload = arena_text(&dating->reading->arena, payload);
			return;
		}
	}
}

/* Numbers of the feeds of the places, and of the gazetteer's main feeds: "3, 17". */
static void list_feeds(const struct dating *dating, struct buf *places, struct buf *main)
{
	for (size_t i = 0; i < dating->feeds->count; i++) {
		int32_t feed = dating->feeds->wanted[i];
		const uint64_t *kind = id_map_get(&dating->feeds->gazetteer, (uint64_t)feed);
		struct buf *out = !kind ? places : *kind == 1 ? main : NULL;
		if (out)
			buf_format(out, "%s%d", out->len ? ", " : "", (int)feed);
	}
	if (places->len == 0)
		buf_format(places, "0");
	if (main->len == 0)
		buf_format(main, "0");
}

static enum status open_facts(struct statement **query, const struct dating *dating, const char *within,
			      struct error *error)
{
	struct buf sql, places, main;
	buf_init(&sql, 1 << 16);
	buf_init(&places, 1 << 14);
	buf_init(&main, 1 << 14);
	list_feeds(dating, &places, &main);
	buf_format(&sql,
		   "SELECT f.record_id, f.feed_no, f.row_key, f.version, f.extract_id, f.valid_from, f.valid_to,"
		   " CASE WHEN f.ended_by IS NULL AND f.feed_no IN (%s) THEN (SELECT p.payload FROM fact_payload p"
		   " WHERE p.payload_id = f.payload_id) END AS payload FROM ",
		   main.at);
	if (within)
		buf_format(&sql, "%s w CROSS JOIN fact f WHERE f.record_id = w.record_id AND ", within);
	else
		buf_format(&sql, "fact f WHERE ");
	buf_format(&sql, "(f.feed_no IN (%s) OR f.feed_no IN (%s))", places.at, main.at);
	enum status status = store_prepare(query, dating->reading->data, sql.at, error);
	buf_release(&sql);
	buf_release(&places);
	buf_release(&main);
	return status;
}

static date date_or_unknown(struct statement *query, int column)
{
	return statement_is_null(query, column) ? DATE_UNKNOWN : (date)statement_int(query, column);
}

static enum status read_facts(struct dating *dating, const char *within, const atomic_bool *stop, struct error *error)
{
	struct statement *query;
	enum status status = open_facts(&query, dating, within, error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id"), feed = statement_column(query, "feed_no"),
	    key = statement_column(query, "row_key"), version = statement_column(query, "version"),
	    extract = statement_column(query, "extract_id"), from = statement_column(query, "valid_from"),
	    to = statement_column(query, "valid_to"), payload = statement_column(query, "payload");
	bool row;
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		struct fact_row fact = {.record_id = statement_int(query, record),
					.row_key = statement_int(query, key),
					.extract_id = statement_int(query, extract),
					.feed_no = (int32_t)statement_int(query, feed),
					.version = (int32_t)statement_int(query, version),
					.from = date_or_unknown(query, from),
					.to = date_or_unknown(query, to)};
		if (stop && atomic_load(stop)) {
			status = error_set(error, STATUS_INTERRUPTED, "reading.stopped", "reading was stopped");
			break;
		}
		if (!statement_is_null(query, payload))
			give_payload(dating, &fact, statement_text(query, payload));
		else
			date_places(dating, &fact);
	}
	statement_reset(query);
	statement_done(query);
	return status;
}

enum status vault_read(struct reading *reading, struct reading_batch *batch, const struct feeds_read *feeds,
		       const int64_t *people, size_t people_count, const char *within, const atomic_bool *stop,
		       struct error *error)
{
	struct scanning scanning = {.reading = reading,
				    .batch = batch,
				    .feeds = feeds,
				    .people = people,
				    .people_count = people_count,
				    .stop = stop};
	struct dating dating = {.reading = reading, .batch = batch, .feeds = feeds};
	if (feeds->count == 0) {
		add_people_to(&scanning, INT64_MAX);
		return STATUS_OK;
	}
	enum status status = cleaner_init(&scanning.cleaner, reading->vault, reading->data, reading->profile, error);
	if (status != STATUS_OK)
		return status;
	struct vault_scan scan = {.part = VAULT_IDENTITY,
				  .versions = VAULT_EVERY_VERSION,
				  .feeds = feeds->wanted,
				  .feed_count = feeds->count,
				  .within = within,
				  .prepare = prepare_block,
				  .visit = visit_block,
				  .context = &scanning};
	status = vault_scan(reading->vault, reading->data, &scan, error);
	add_people_to(&scanning, INT64_MAX);
	cleaner_release(&scanning.cleaner);
	id_map_init(&dating.as_at);
	if (status == STATUS_OK)
		status = read_extracts(&dating, error);
	if (status == STATUS_OK)
		status = read_facts(&dating, within, stop, error);
	id_map_release(&dating.as_at);
	return status;
}
