/* The search index from the vault: newest identity of every row of every resident's records. */
#include "vault/disclosure_int.h"

#include "base/map.h"
#include "base/memory.h"
#include "clean/identifiers.h"

enum { NO_RESIDENT = UINT32_MAX };

struct building {
	struct disclosure *door;
	struct disclosure_state *state;
	uint32_t *resident_of; /* by record_id */
	size_t record_count;
	int64_t *residents;
	size_t resident_count, resident_capacity;
	struct search_builder *builder;
	struct id_map waiting; /* keys of the rows that extracts brought which are not shown yet */
};

static void note_record(struct building *b, int64_t record_id, uint32_t resident)
{
	size_t no = (size_t)record_id;
	if (no >= b->record_count) {
		size_t count = no + 1 > 2 * b->record_count ? no + 1 : 2 * b->record_count;
		b->resident_of = memory_resize(b->resident_of, count, sizeof *b->resident_of);
		for (size_t i = b->record_count; i < count; i++)
			b->resident_of[i] = NO_RESIDENT;
		b->record_count = count;
	}
	b->resident_of[no] = resident;
}

static enum status read_residents(struct building *b, struct store *data, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, data,
					   "SELECT resident_id, record_id FROM resident_record "
					   "ORDER BY resident_id, record_id",
					   error);
	if (status)
		return status;
	statement_stream(s);
	int resident = statement_column(s, "resident_id"), record = statement_column(s, "record_id");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		int64_t id = statement_int(s, resident);
		if (b->resident_count == 0 || b->residents[b->resident_count - 1] != id) {
			ARRAY_GROW(b->residents, b->resident_count, b->resident_capacity);
			b->residents[b->resident_count++] = id;
		}
		note_record(b, statement_int(s, record), (uint32_t)b->resident_count - 1);
	}
	statement_done(s);
	return status;
}

/* ---- what is not shown yet ---------------------------------------------------------------------------- */

static uint64_t row_version_key(int64_t record_id, int64_t feed_no, int64_t row_key, int64_t version)
{
	return hash_mix(hash_mix((uint64_t)record_id) ^ (uint64_t)row_key) ^
	       hash_mix((uint64_t)feed_no << 32 | (uint64_t)version);
}

/* Payloads are numbered by extract, 2^32 each, which finds its rows without an index on facts. */
static enum status read_waiting_rows(struct building *b, struct store *data, int64_t extract_id, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, data,
					   "SELECT f.record_id, f.feed_no, f.row_key, f.version FROM fact_payload p "
					   "JOIN fact f ON f.record_id = p.record_id AND f.payload_id = p.payload_id "
					   "WHERE p.payload_id >= :first AND p.payload_id < :end",
					   error);
	if (status)
		return status;
	statement_bind_int(s, "first", extract_id << 32);
	statement_bind_int(s, "end", (extract_id + 1) << 32);
	int record = statement_column(s, "record_id"), feed = statement_column(s, "feed_no"),
	    key = statement_column(s, "row_key"), version = statement_column(s, "version");
	bool row;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row)
		*id_map_put(&b->waiting,
			    row_version_key(statement_int(s, record), statement_int(s, feed), statement_int(s, key),
					    statement_int(s, version)),
			    NULL) = 1;
	statement_done(s);
	return status;
}

static enum status read_waiting(struct building *b, struct store *data, struct error *error)
{
	int64_t *extracts;
	size_t count;
	struct arena arena;
	arena_init(&arena, 16 << 20);
	enum status status = waiting_extracts(&extracts, &count, data, &arena, error);
	for (size_t i = 0; i < count && !status; i++)
		status = read_waiting_rows(b, data, extracts[i], error);
	arena_release(&arena);
	return status;
}

static bool row_waits(const struct building *b, const struct vault_row *row)
{
	return b->waiting.count &&
	       id_map_get(&b->waiting, row_version_key(row->record_id, row->feed_no, row->row_key, row->version));
}

/* ---- values into batches, on any thread ------------------------------------------------------------ */

static void add_identifier(struct building *b, struct search_batch *batch, uint32_t resident, unsigned feed,
			   const struct profile_element *element, struct text value)
{
	char form[SEARCH_WORD_MAX + 1], phone[PHONE_SIZE];
	/* A number may be written with or without its country code: kept in the one form. */
	if ((text_is(element->id, "phone") || text_is(element->id, "mobile")) && clean_phone(phone, value))
		value = text_of(phone);
	if (search_identifier_form(form, sizeof form, value) || text_is(element->id, "email"))
		search_batch_identifier(batch, resident, feed, element->number,
					vault_fast_hash64(b->door->parts.vault, VAULT_VALUE, text_of(form)));
}

static void add_value(struct building *b, struct search_batch *batch, uint32_t resident, unsigned feed,
		      const struct profile_element *element, struct text value)
{
	switch (b->door->classes[element->number]) {
	case VALUE_NAME:
		search_batch_name(batch, resident, feed, false, value);
		break;
	case VALUE_FORMER_NAME:
		search_batch_name(batch, resident, feed, true, value);
		break;
	case VALUE_BIRTH:
		search_batch_birth(batch, resident, feed, value);
		break;
	case VALUE_ADDRESS:
		search_batch_address(batch, resident, feed, value);
		break;
	case VALUE_POSTCODE:
		search_batch_postcode(batch, resident, feed, value);
		break;
	case VALUE_IDENTIFIER:
		add_identifier(b, batch, resident, feed, element, value);
		break;
	default:
		break;
	}
}

static void add_row(struct building *b, struct search_batch *batch, const struct vault_row *row, uint32_t resident)
{
	const struct disclosure_state *state = b->state;
	const struct profile_feed *feed = (size_t)row->feed_no < state->feed_count ? state->feeds[row->feed_no] : NULL;
	struct vault_values values = vault_values_of(row->packed);
	unsigned element_no;
	struct text value;
	while (feed && vault_values_next(&values, &element_no, &value)) {
		if (element_no < state->element_count && state->elements[element_no])
			add_value(b, batch, resident, feed->number, state->elements[element_no], value);
	}
}

static bool prepare(void *context, struct vault_block *block)
{
	struct building *b = context;
	struct search_batch *batch = memory_alloc(1, sizeof *batch);
	int64_t record_id = 0;
	search_batch_init(batch);
	for (size_t i = 0; i < block->count; i++) {
		const struct vault_row *row = &block->rows[i];
		uint32_t resident =
			(size_t)row->record_id < b->record_count ? b->resident_of[row->record_id] : NO_RESIDENT;
		if (resident == NO_RESIDENT || row_waits(b, row))
			continue;
		if (row->record_id != record_id)
			search_batch_record(batch);
		record_id = row->record_id;
		add_row(b, batch, row, resident);
	}
	block->made = batch;
	return true;
}

static bool visit(void *context, struct vault_block *block)
{
	struct building *b = context;
	struct search_batch *batch = block->made;
	search_builder_take(b->builder, batch);
	search_batch_release(batch);
	free(batch);
	return true;
}

enum status disclosure_index_build(struct disclosure *door, struct disclosure_state *state, struct store *data,
				   struct error *error)
{
	struct building b = {.door = door, .state = state};
	instant start = instant_now();
	id_map_init(&b.waiting);
	enum status status = read_residents(&b, data, error);
	if (!status)
		status = read_waiting(&b, data, error);
	if (!status) {
		b.builder = search_builder_new(b.residents, b.resident_count);
		struct vault_scan scan = {.part = VAULT_IDENTITY,
					  .versions = VAULT_NEWEST,
					  .prepare = prepare,
					  .visit = visit,
					  .context = &b};
		status = vault_scan(door->parts.vault, data, &scan, error);
	}
	free(b.residents);
	free(b.resident_of);
	id_map_release(&b.waiting);
	if (status) {
		search_builder_free(b.builder);
		return status;
	}
	state->index = search_builder_finish(b.builder);
	state->build_microseconds = instant_now() - start;
	return STATUS_OK;
}
