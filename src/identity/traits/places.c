/* Rows about properties that are not the gazetteer's: a register of licences, a list of addresses that must not become
 * known. Nobody's record is behind them, so that matching does not read them; here their UPRN, or an address that
 * somebody else's row has in the same words, leads to the property. */
#include "base/buf.h"
#include "base/memory.h"
#include "profile/profile.h"
#include "reading/reading.h"
#include "store/difference.h"
#include "traits/traits.h"
#include "vault/vault.h"

#include <stdlib.h>

struct placed {
	int64_t record_id, row_key, property_id;
	int32_t feed_no, version;
	bool by_uprn;
};

struct placing {
	const struct reading *reading;
	struct address_elements elements;
	int32_t *feeds;
	size_t feed_count, feed_capacity;
	struct id_map of_uprn; /* keyed hash of the UPRN -> property */
	struct placed *rows;
	size_t count, capacity, seen;
};

static enum status find_feeds(struct placing *p, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, p->reading->data, "SELECT feed_no, feed_id FROM feed", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(query, "feed_no"), id = statement_column(query, "feed_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		const struct profile_feed *feed = profile_feed(p->reading->profile, statement_text(query, id));
		if (!feed || feed->about != ABOUT_PROPERTIES || (feed->client && text_is(feed->client->id, "uprn")))
			continue;
		ARRAY_GROW(p->feeds, p->feed_count, p->feed_capacity);
		p->feeds[p->feed_count++] = (int32_t)statement_int(query, number);
	}
	statement_done(query);
	return status;
}

static enum status read_properties(struct placing *p, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, p->reading->data, "SELECT property_id, uprn_hash FROM property", error);
	if (status != STATUS_OK)
		return status;
	int property = statement_column(query, "property_id"), hash = statement_column(query, "uprn_hash");
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		*id_map_put(&p->of_uprn, (uint64_t)statement_int(query, hash), NULL) =
			(uint64_t)statement_int(query, property);
	statement_done(query);
	return status;
}

static int64_t property_of(const struct placing *p, const struct address_row *address, bool *by_uprn)
{
	const struct reading *reading = p->reading;
	const uint64_t *found = NULL;
	char key[300];
	*by_uprn = address->uprn[0] != '\0';
	if (*by_uprn)
		found = id_map_get(&p->of_uprn,
				   (uint64_t)vault_hash64(reading->vault, VAULT_UPRN, text_of(address->uprn)));
	if (found)
		return (int64_t)*found;
	*by_uprn = false;
	int len = snprintf(key, sizeof key, "\x1f%s\x1f%s", address->postcode, address->text);
	found = text_map_get(&reading->addresses, text_slice(key, (size_t)len));
	size_t number = found ? *found : SIZE_MAX;
	bool known = number < reading->addresses.count &&
		     text_equal(reading->addresses.keys[number], text_slice(key, (size_t)len));
	return known && reading->property[number] > 0 ? reading->property[number] : 0;
}

static bool place_rows(void *context, struct vault_block *block)
{
	struct placing *p = context;
	for (size_t i = 0; i < block->count; i++) {
		const struct vault_row *row = &block->rows[i];
		struct address_row address;
		bool by_uprn;
		p->seen++;
		if (!address_of_row(&address, &p->elements, row->packed))
			continue;
		int64_t property_id = property_of(p, &address, &by_uprn);
		if (!property_id)
			continue;
		ARRAY_GROW(p->rows, p->count, p->capacity);
		p->rows[p->count++] =
			(struct placed){row->record_id, row->row_key, property_id, row->feed_no, row->version, by_uprn};
	}
	return true;
}

static void give_place(const void *context, size_t number, struct cell *cells)
{
	const struct placed *row = &((const struct placing *)context)->rows[number];
	cells[0] = cell_int(row->record_id);
	cells[1] = cell_int(row->feed_no);
	cells[2] = cell_int(row->row_key);
	cells[3] = cell_int(row->version);
	cells[4] = cell_int(row->property_id);
	cells[5] = cell_text(row->by_uprn ? TEXT("uprn") : TEXT("exact"));
}

static enum status write_places(struct placing *p, struct error *error)
{
	struct buf where;
	struct store *data = p->reading->data;
	buf_init(&where, 1 << 14);
	buf_append_text(&where, TEXT("feed_no IN ("));
	for (size_t i = 0; i < p->feed_count; i++)
		buf_format(&where, "%s%d", i ? "," : "", p->feeds[i]);
	buf_append_char(&where, ')');
	struct difference_table table = {.name = "record_property",
					 .keys = {"record_id", "feed_no", "row_key", "version"},
					 .values = {"property_id", "match"},
					 .where = where.at};
	enum status status = store_begin(data, error);
	if (status == STATUS_OK)
		status = store_write_difference(data, &table, p->count, give_place, p, NULL, error);
	if (status == STATUS_OK)
		status = store_commit(data, error);
	store_rollback(data);
	buf_release(&where);
	return status;
}

static enum status place_all(struct placing *p, struct error *error)
{
	struct vault_elements elements;
	const struct reading *reading = p->reading;
	enum status status = find_feeds(p, error);
	if (status != STATUS_OK || p->feed_count == 0)
		return status;
	status = read_properties(p, error);
	if (status == STATUS_OK)
		status = vault_elements_load(&elements, reading->data, error);
	if (status != STATUS_OK)
		return status;
	address_elements_find(&p->elements, &elements);
	vault_elements_release(&elements);
	struct vault_scan scan = {.part = VAULT_IDENTITY,
				  .versions = VAULT_EVERY_VERSION,
				  .feeds = p->feeds,
				  .feed_count = p->feed_count,
				  .visit = place_rows,
				  .context = p};
	status = vault_scan(reading->vault, reading->data, &scan, error);
	return status == STATUS_OK ? write_places(p, error) : status;
}

enum status listed_places_refresh(const struct reading *reading, struct places_report *report, struct error *error)
{
	struct placing p = {.reading = reading};
	id_map_init(&p.of_uprn);
	enum status status = place_all(&p, error);
	*report = (struct places_report){.rows = p.seen, .placed = p.count};
	id_map_release(&p.of_uprn);
	free(p.feeds);
	free(p.rows);
	return status;
}
