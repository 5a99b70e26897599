/* Batches into tables.
 *
 * Several extracts are a transaction, which ends when it has grown to GROUP_ROWS or is
 * GROUP_SECONDS old: rows of one month are spread over all records, so a transaction for each
 * small extract would write nearly every page of the tables by record each time.  A large extract,
 * whose first rows come before it is known whether it is loaded, is a savepoint.
 */
#include "base/memory.h"
#include "intake/intake_int.h"

#include <stdlib.h>

enum bulk_table { BULK_RECORD, BULK_FACT, BULK_PAYLOAD, BULK_SEALED, BULK_QUARANTINE, BULK_REFERENCE, BULK_TABLES };

static const char *const bulk_tables[BULK_TABLES][2] = {
	[BULK_RECORD] = {"record", "record_id, source_no, client_hash"},
	[BULK_FACT] = {"fact",
		       "record_id, feed_no, row_key, version, extract_id, line, valid_from, valid_to, row_hash, "
		       "seal_hash, payload_id"},
	[BULK_PAYLOAD] = {"fact_payload", "payload_id, record_id, payload"},
	[BULK_SEALED] = {"sealed", "record_id, feed_no, row_key, version, part, sealed"},
	[BULK_QUARANTINE] = {"quarantine", "extract_id, line, problem, column_name, rule, severity, message, sealed"},
	[BULK_REFERENCE] = {"reference_value", "feed_no, element_no, value_hash"},
};

enum { GROUP_ROWS = 2000000, GROUP_SECONDS = 15 };

struct write_state {
	struct store *store;
	struct bulk *bulks[BULK_TABLES];
	bool in_savepoint;
	uint64_t group_rows;
	instant group_began;
	struct extract_job **group; /* done, and waiting for the transaction */
	size_t group_count, group_capacity;
};

struct write_state *write_state_new(struct store *store)
{
	struct write_state *state = memory_alloc(1, sizeof *state);
	state->store = store;
	return state;
}

static void abandon_bulks(struct write_state *state)
{
	for (int i = 0; i < BULK_TABLES; i++) {
		bulk_abandon(state->bulks[i]);
		state->bulks[i] = NULL;
	}
}

static void abandon(struct write_state *state)
{
	abandon_bulks(state);
	store_rollback(state->store);
	state->group_count = 0;
	state->in_savepoint = false;
}

void write_state_free(struct write_state *state)
{
	abandon(state);
	free(state->group);
	free(state);
}

/* ---- rows --------------------------------------------------------------------------------------------- */

/* Bulks are opened when there is something for them: most extracts have no quarantine. */
static enum status want(struct write_state *state, enum bulk_table table, size_t count, struct error *error)
{
	if (count == 0 || state->bulks[table])
		return STATUS_OK;
	return store_bulk_begin(&state->bulks[table], state->store, bulk_tables[table][0], bulk_tables[table][1],
				error);
}

static enum status write_records(struct write_state *state, const struct batch *batch, struct error *error)
{
	struct bulk *bulk = state->bulks[BULK_RECORD];
	enum status status = STATUS_OK;
	for (size_t i = 0; i < batch->records.count && status == STATUS_OK; i++) {
		bulk_int(bulk, batch->records.at[i].record_id);
		bulk_int(bulk, batch->extract->plan->source_no);
		bulk_int(bulk, batch->records.at[i].client_hash);
		status = bulk_row(bulk, error);
	}
	return status;
}

/* A line of an extract is loaded once, so this is unique; and it grows, so new ones go behind the last. */
static int64_t payload_id(const struct batch *batch, const struct fact_op *fact)
{
	return batch->extract->result.extract_id * ((int64_t)1 << 32) + fact->line;
}

static enum status write_facts(struct write_state *state, const struct batch *batch, struct error *error)
{
	struct bulk *bulk = state->bulks[BULK_FACT];
	enum status status = STATUS_OK;
	for (size_t i = 0; i < batch->facts.count && status == STATUS_OK; i++) {
		const struct fact_op *fact = &batch->facts.at[i];
		bulk_int(bulk, fact->record_id);
		bulk_int(bulk, batch->extract->plan->feed_no);
		bulk_int(bulk, fact->row_key);
		bulk_int(bulk, fact->version);
		bulk_int(bulk, batch->extract->result.extract_id);
		bulk_int(bulk, fact->line);
		bulk_int(bulk, fact->from);
		if (fact->to == DATE_UNKNOWN)
			bulk_null(bulk);
		else
			bulk_int(bulk, fact->to);
		bulk_int(bulk, fact->row_hash);
		bulk_int(bulk, fact->seal_hash);
		bulk_int(bulk, payload_id(batch, fact));
		status = bulk_row(bulk, error);
	}
	return status;
}

static enum status write_payloads(struct write_state *state, const struct batch *batch, struct error *error)
{
	struct bulk *bulk = state->bulks[BULK_PAYLOAD];
	enum status status = STATUS_OK;
	for (size_t i = 0; i < batch->facts.count && status == STATUS_OK; i++) {
		const struct fact_op *fact = &batch->facts.at[i];
		bulk_int(bulk, payload_id(batch, fact));
		bulk_int(bulk, fact->record_id);
		bulk_text(bulk, text_slice(batch->bytes.at + fact->payload_at, fact->payload_len));
		status = bulk_row(bulk, error);
	}
	return status;
}

static enum status write_seals(struct write_state *state, const struct batch *batch, struct error *error)
{
	struct bulk *bulk = state->bulks[BULK_SEALED];
	enum status status = STATUS_OK;
	for (size_t i = 0; i < batch->seals.count && status == STATUS_OK; i++) {
		const struct seal_op *seal = &batch->seals.at[i];
		bulk_int(bulk, seal->record_id);
		bulk_int(bulk, batch->extract->plan->feed_no);
		bulk_int(bulk, seal->row_key);
		bulk_int(bulk, seal->version);
		bulk_int(bulk, seal->part);
		bulk_blob(bulk, batch->bytes.at + seal->at, seal->len);
		status = bulk_row(bulk, error);
	}
	return status;
}

static enum status write_quarantine(struct write_state *state, const struct batch *batch, struct error *error)
{
	struct bulk *bulk = state->bulks[BULK_QUARANTINE];
	enum status status = STATUS_OK;
	for (size_t i = 0; i < batch->quarantine.count && status == STATUS_OK; i++) {
		const struct quarantine_op *op = &batch->quarantine.at[i];
		bulk_int(bulk, batch->extract->result.extract_id);
		bulk_int(bulk, op->line);
		bulk_int(bulk, op->problem);
		bulk_text(bulk, op->column_name);
		bulk_text(bulk, op->rule);
		bulk_text(bulk, op->severity == SEVERITY_REJECT ? TEXT("reject") : TEXT("warn"));
		bulk_text(bulk, text_slice(batch->bytes.at + op->message_at, op->message_len));
		if (op->sealed_len)
			bulk_blob(bulk, batch->bytes.at + op->sealed_at, op->sealed_len);
		else
			bulk_null(bulk);
		status = bulk_row(bulk, error);
	}
	return status;
}

static enum status write_references(struct write_state *state, const struct batch *batch, struct error *error)
{
	struct bulk *bulk = state->bulks[BULK_REFERENCE];
	enum status status = STATUS_OK;
	for (size_t i = 0; i < batch->references.count && status == STATUS_OK; i++) {
		bulk_int(bulk, batch->extract->plan->feed_no);
		bulk_int(bulk, batch->references.at[i].element_no);
		bulk_int(bulk, batch->references.at[i].hash);
		status = bulk_row(bulk, error);
	}
	return status;
}

/* Ended versions are of earlier extracts: a key comes once in a file, so none is still in a bulk. */
static enum status write_ends(struct write_state *state, const struct batch *batch, struct error *error)
{
	if (batch->ends.count == 0)
		return STATUS_OK;
	const struct plan *plan = batch->extract->plan;
	const struct intake_result *result = &batch->extract->result;
	struct statement *update;
	enum status status = store_prepare(&update, state->store,
					   "UPDATE fact SET ended_by = :ended_by, ended_how = :ended_how, "
					   "valid_to = COALESCE(valid_to, :valid_to) WHERE record_id = :record_id AND "
					   "feed_no = :feed_no AND row_key = :row_key AND version = :version",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "ended_by", result->extract_id);
	statement_bind_int(update, "feed_no", plan->feed_no);
	for (size_t i = 0; i < batch->ends.count && status == STATUS_OK; i++) {
		const struct end_op *end = &batch->ends.at[i];
		statement_bind_int(update, "ended_how", end->how);
		/* A version that was overtaken keeps the source's own (missing) end. */
		if (end->how == 1 && plan->feed->valid_to)
			statement_bind_null(update, "valid_to");
		else
			statement_bind_int(update, "valid_to", result->as_at);
		statement_bind_int(update, "record_id", end->record_id);
		statement_bind_int(update, "row_key", end->row_key);
		statement_bind_int(update, "version", end->version);
		status = statement_queue(update, error);
	}
	statement_done(update);
	return status;
}

static enum status write_rows(struct write_state *state, const struct batch *batch, struct error *error)
{
	static const struct {
		enum bulk_table table;
		enum status (*write)(struct write_state *, const struct batch *, struct error *);
	} steps[] = {{BULK_RECORD, write_records},        {BULK_FACT, write_facts},
		     {BULK_PAYLOAD, write_payloads},      {BULK_SEALED, write_seals},
		     {BULK_QUARANTINE, write_quarantine}, {BULK_REFERENCE, write_references}};
	const size_t counts[] = {batch->records.count, batch->facts.count,      batch->facts.count,
				 batch->seals.count,   batch->quarantine.count, batch->references.count};
	enum status status = write_ends(state, batch, error);
	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++) {
		status = want(state, steps[i].table, counts[i], error);
		if (status == STATUS_OK)
			status = steps[i].write(state, batch, error);
	}
	return status;
}

/* ---- the extract itself ---------------------------------------------------------------------------------- */

static void bind_counts(struct statement *upsert, const struct intake_result *result)
{
	statement_bind_int(upsert, "bytes", (int64_t)result->bytes);
	statement_bind_int(upsert, "rows_read", (int64_t)result->rows_read);
	statement_bind_int(upsert, "rows_loaded", (int64_t)result->rows_loaded);
	statement_bind_int(upsert, "rows_unchanged", (int64_t)result->rows_unchanged);
	statement_bind_int(upsert, "rows_quarantined", (int64_t)result->rows_quarantined);
	statement_bind_int(upsert, "rows_ended", (int64_t)result->rows_ended);
	statement_bind_int(upsert, "new_clients", (int64_t)result->new_clients);
}

/* An extract that was held or refused before keeps its number. */
static enum status write_extract(struct write_state *state, const struct extract_job *job, struct error *error)
{
	static const char sql[] =
		"INSERT INTO extract (extract_id, feed_no, file_name, as_at, received, finished, delivery, "
		"content_hash, "
		"bytes, rows_read, rows_loaded, rows_unchanged, rows_quarantined, rows_ended, new_clients, status, "
		"reason, "
		"archive_name, waits) VALUES (:extract_id, :feed_no, :file_name, :as_at, :received, :finished, "
		":delivery, "
		":content_hash, :bytes, :rows_read, :rows_loaded, :rows_unchanged, :rows_quarantined, :rows_ended, "
		":new_clients, :status, :reason, :archive_name, :waits) "
		"ON CONFLICT (extract_id) DO UPDATE SET file_name = excluded.file_name, "
		"received = CASE WHEN :waited = 1 THEN extract.received ELSE excluded.received END, "
		"finished = excluded.finished, delivery = excluded.delivery, bytes = excluded.bytes, "
		"rows_read = excluded.rows_read, rows_loaded = excluded.rows_loaded, "
		"rows_unchanged = excluded.rows_unchanged, rows_quarantined = excluded.rows_quarantined, "
		"rows_ended = excluded.rows_ended, new_clients = excluded.new_clients, status = excluded.status, "
		"reason = excluded.reason, archive_name = excluded.archive_name, waits = excluded.waits";
	struct statement *upsert;
	enum status status = store_prepare(&upsert, state->store, sql, error);
	if (status)
		return status;
	const struct intake_result *result = &job->result;
	statement_bind_int(upsert, "extract_id", result->extract_id);
	statement_bind_int(upsert, "feed_no", job->plan->feed_no);
	statement_bind_text(upsert, "file_name", text_of(result->file_name));
	statement_bind_int(upsert, "as_at", result->as_at);
	statement_bind_int(upsert, "received", job->received);
	statement_bind_int(upsert, "finished", instant_now());
	statement_bind_text(upsert, "delivery", job->is_full ? TEXT("full") : TEXT("changes"));
	statement_bind_blob(upsert, "content_hash", job->hash, sizeof job->hash);
	bind_counts(upsert, result);
	statement_bind_int(upsert, "waited", job->waited != 0);
	statement_bind_text(upsert, "status", text_of(job->status));
	statement_bind_text(upsert, "reason", result->reason[0] ? text_of(result->reason) : TEXT_ABSENT);
	statement_bind_text(upsert, "archive_name", job->archive_name[0] ? text_of(job->archive_name) : TEXT_ABSENT);
	statement_bind_int(upsert, "waits", strcmp(job->status, "loaded") == 0);
	status = statement_run(upsert, NULL, error);
	statement_done(upsert);
	return status;
}

static enum status write_columns(struct write_state *state, const struct extract_job *job, struct error *error)
{
	struct bulk *bulk;
	enum status status = store_bulk_begin(
		&bulk, state->store, "quality",
		"extract_id, position, column_name, element_id, rows, filled, valid, distinct_values", error);
	if (status)
		return status;
	for (size_t i = 0; i < job->column_count && status == STATUS_OK; i++) {
		const struct measured_column *column = &job->columns[i];
		bulk_int(bulk, job->result.extract_id);
		bulk_int(bulk, (int64_t)i + 1);
		bulk_text(bulk, column->column_name);
		bulk_text(bulk, column->element_id);
		bulk_int(bulk, (int64_t)job->result.rows_read);
		bulk_int(bulk, (int64_t)column->filled);
		bulk_int(bulk, (int64_t)column->valid);
		bulk_int(bulk, (int64_t)column->distinct);
		status = bulk_row(bulk, error);
	}
	if (status) {
		bulk_abandon(bulk);
		return status;
	}
	return bulk_end(bulk, error);
}

static enum status write_rules(struct write_state *state, const struct extract_job *job, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(&insert, state->store,
					   "INSERT INTO quality_rule (extract_id, rule, column_name, severity, rows) "
					   "VALUES (:extract_id, :rule, :column_name, :severity, :rows)",
					   error);
	if (status)
		return status;
	statement_bind_int(insert, "extract_id", job->result.extract_id);
	for (size_t i = 0; i < job->rule_count && status == STATUS_OK; i++) {
		const struct measured_rule *rule = &job->rules[i];
		statement_bind_text(insert, "rule", rule->rule);
		statement_bind_text(insert, "column_name", rule->column_name);
		statement_bind_text(insert, "severity",
				    rule->severity == SEVERITY_REJECT ? TEXT("reject") : TEXT("warn"));
		statement_bind_int(insert, "rows", (int64_t)rule->rows);
		status = statement_run(insert, NULL, error);
	}
	statement_done(insert);
	return status;
}

static enum status finish_bulks(struct write_state *state, struct error *error)
{
	enum status status = STATUS_OK;
	for (int i = 0; i < BULK_TABLES; i++) {
		struct bulk *bulk = state->bulks[i];
		state->bulks[i] = NULL;
		if (bulk && status == STATUS_OK)
			status = bulk_end(bulk, error);
		else
			bulk_abandon(bulk);
	}
	return status;
}

/* ---- transactions -------------------------------------------------------------------------------------------- */

static enum status begin_group(struct write_state *state, struct error *error)
{
	if (store_in_transaction(state->store))
		return STATUS_OK;
	state->group_rows = 0;
	state->group_began = instant_now();
	return store_begin(state->store, error);
}

static enum status begin_savepoint(struct write_state *state, struct error *error)
{
	enum status status = begin_group(state, error);
	if (status == STATUS_OK)
		status = store_execute(state->store, "SAVEPOINT extract", error);
	state->in_savepoint = status == STATUS_OK;
	return status;
}

static enum status write_commit(struct write_state *state, struct error *error)
{
	if (!store_in_transaction(state->store))
		return STATUS_OK;
	enum status status = store_commit(state->store, error);
	for (size_t i = 0; i < state->group_count && status == STATUS_OK; i++)
		state->group[i]->committed = true;
	state->group_count = 0;
	return status;
}

static enum status end_extract(struct write_state *state, struct extract_job *job, struct error *error)
{
	state->in_savepoint = false;
	ARRAY_GROW(state->group, state->group_count, state->group_capacity);
	state->group[state->group_count++] = job;
	state->group_rows += job->result.rows_read;
	bool due = state->group_rows >= GROUP_ROWS ||
		   instant_now() - state->group_began >= (instant)GROUP_SECONDS * 1000000;
	return due ? write_commit(state, error) : STATUS_OK;
}

static enum status commit_extract(struct write_state *state, struct extract_job *job, struct error *error)
{
	enum status status = begin_group(state, error);
	if (status == STATUS_OK)
		status = finish_bulks(state, error);
	if (status == STATUS_OK)
		status = write_columns(state, job, error);
	if (status == STATUS_OK)
		status = write_rules(state, job, error);
	if (status == STATUS_OK)
		status = write_extract(state, job, error);
	if (status == STATUS_OK && state->in_savepoint)
		status = store_execute(state->store, "RELEASE SAVEPOINT extract", error);
	return status == STATUS_OK ? end_extract(state, job, error) : status;
}

/* Takes back what was written; leaves only the extract's row, when it has something to say. */
static enum status discard_extract(struct write_state *state, struct extract_job *job, struct error *error)
{
	enum status status = STATUS_OK;
	abandon_bulks(state);
	if (state->in_savepoint)
		status = store_execute(state->store, "ROLLBACK TO SAVEPOINT extract; RELEASE SAVEPOINT extract", error);
	if (status == STATUS_OK && job->status) {
		status = begin_group(state, error);
		if (status == STATUS_OK)
			status = write_extract(state, job, error);
	}
	if (status == STATUS_OK && !store_in_transaction(state->store)) {
		job->committed = true;
		return STATUS_OK;
	}
	return status == STATUS_OK ? end_extract(state, job, error) : status;
}

enum status write_batch(struct write_state *state, const struct batch *batch, struct error *error)
{
	enum status status = STATUS_OK;
	switch (batch->kind) {
	case BATCH_SAVEPOINT:
		status = begin_savepoint(state, error);
		break;
	case BATCH_ROWS:
		status = begin_group(state, error);
		if (status == STATUS_OK)
			status = write_rows(state, batch, error);
		break;
	case BATCH_COMMIT:
		status = commit_extract(state, batch->extract, error);
		break;
	case BATCH_DISCARD:
		status = discard_extract(state, batch->extract, error);
		break;
	case BATCH_FLUSH:
	case BATCH_STOP:
		status = write_commit(state, error);
		break;
	}
	if (status)
		abandon(state);
	return status;
}
