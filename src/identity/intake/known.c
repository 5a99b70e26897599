#include "base/memory.h"
#include "intake/intake_int.h"

#include <stdlib.h>

enum { KNOWN_FIRST_SLOTS = 1024 };

/* Row keys are keyed hashes already: their low bits are as good as any. */
static size_t known_slot(const struct known_feed *known, int64_t row_key)
{
	size_t at = (uint64_t)row_key & (known->slot_count - 1);
	while (known->slots[at] && known->rows[known->slots[at] - 1].row_key != row_key)
		at = (at + 1) & (known->slot_count - 1);
	return at;
}

struct known_row *known_find(const struct known_feed *known, int64_t row_key)
{
	if (known->count == 0)
		return NULL;
	size_t slot = known_slot(known, row_key);
	return known->slots[slot] ? &known->rows[known->slots[slot] - 1] : NULL;
}

static void known_widen(struct known_feed *known)
{
	free(known->slots);
	known->slot_count = known->slot_count ? known->slot_count * 2 : KNOWN_FIRST_SLOTS;
	known->slots = memory_alloc(known->slot_count, sizeof *known->slots);
	for (size_t i = 0; i < known->count; i++)
		known->slots[known_slot(known, known->rows[i].row_key)] = (uint32_t)i + 1;
}

struct known_row *known_add(struct known_feed *known, int64_t row_key)
{
	if ((known->count + 1) * 2 > known->slot_count)
		known_widen(known);
	ARRAY_GROW(known->rows, known->count, known->capacity);
	struct known_row *row = &known->rows[known->count];
	*row = (struct known_row){.row_key = row_key};
	known->slots[known_slot(known, row_key)] = (uint32_t)++known->count;
	return row;
}

void known_release(struct known_feed *known)
{
	free(known->rows);
	free(known->slots);
	*known = (struct known_feed){0};
}

/* Columns of the query, resolved once. */
struct fact_columns {
	int record_id, feed_no, row_key, version, row_hash, seal_hash, ended_by;
};

static void known_take(struct known_feed *known, struct statement *select, const struct fact_columns *at)
{
	int64_t key = statement_int(select, at->row_key);
	int32_t version = (int32_t)statement_int(select, at->version);
	struct known_row *row = known_find(known, key);
	if (row && row->version > version)
		return;
	if (!row)
		row = known_add(known, key);
	row->record_id = statement_int(select, at->record_id);
	row->version = version;
	row->row_hash = statement_int(select, at->row_hash);
	row->seal_hash = statement_int(select, at->seal_hash);
	row->ended = !statement_is_null(select, at->ended_by);
}

/* One pass over the facts, whatever the number of feeds: feeds are spread over the whole table. */
static enum status known_read(struct known_feed **by_feed_no, size_t count, struct statement *select,
			      struct error *error)
{
	struct fact_columns at = {
		.record_id = statement_column(select, "record_id"),
		.feed_no = statement_column(select, "feed_no"),
		.row_key = statement_column(select, "row_key"),
		.version = statement_column(select, "version"),
		.row_hash = statement_column(select, "row_hash"),
		.seal_hash = statement_column(select, "seal_hash"),
		.ended_by = statement_column(select, "ended_by"),
	};
	enum status status;
	bool more;
	statement_stream(select);
	while ((status = statement_step(select, &more, error)) == STATUS_OK && more) {
		uint64_t feed_no = (uint64_t)statement_int(select, at.feed_no);
		if (feed_no < count && by_feed_no[feed_no])
			known_take(by_feed_no[feed_no], select, &at);
	}
	return status;
}

enum status known_load(struct known_feed **by_feed_no, size_t count, struct store *store, struct error *error)
{
	size_t wanted = 0;
	int64_t only = 0;
	for (size_t i = 0; i < count; i++) {
		if (by_feed_no[i])
			wanted++, only = (int64_t)i;
	}
	if (wanted == 0)
		return STATUS_OK;
	struct statement *select;
	enum status status = store_prepare(
		&select, store,
		wanted == 1 ? "SELECT record_id, feed_no, row_key, version, row_hash, seal_hash, ended_by FROM fact "
			      "WHERE feed_no = :feed_no"
			    : "SELECT record_id, feed_no, row_key, version, row_hash, seal_hash, ended_by FROM fact",
		error);
	if (status)
		return status;
	if (wanted == 1)
		statement_bind_int(select, "feed_no", only);
	status = known_read(by_feed_no, count, select, error);
	statement_done(select);
	for (size_t i = 0; i < count; i++) {
		if (by_feed_no[i])
			by_feed_no[i]->loaded = status == STATUS_OK;
	}
	return status;
}
