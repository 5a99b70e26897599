/* Erasure of a resident or a record: counted or done, table by table, with the proof. */
#include "policy/flags.h"
#include "rights/erasure_int.h"

#include "base/id.h"
#include "runs/runs.h"

#include <stdio.h>

/* ---- whom -------------------------------------------------------------------------------------------- */

static enum status count_records(const struct erasing *e, size_t *count, struct error *error)
{
	char sql[120];
	int64_t found;
	snprintf(sql, sizeof sql, "SELECT count(*) FROM resident_record WHERE resident_id = %lld",
		 (long long)e->erasure->resident_id);
	enum status status = store_query_int(e->parts->data, sql, &found, error);
	*count = (size_t)found;
	return status;
}

static enum status find_records(struct erasing *e, struct error *error)
{
	struct statement *query;
	size_t most;
	bool row;
	enum status status = count_records(e, &most, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&query, e->parts->data,
			"SELECT r.record_id AS record_id, r.client_hash AS client_hash, s.source_id AS source_id FROM "
			"resident_record m JOIN record r ON r.record_id = m.record_id JOIN source s ON s.source_no = "
			"r.source_no WHERE m.resident_id = :resident AND (:one = 0 OR r.record_id = :one) ORDER BY "
			"r.record_id",
			error);
	if (status != STATUS_OK)
		return status;
	e->records = ARENA_ARRAY(&e->arena, most + 1, struct erased_record);
	statement_bind_int(query, "resident", e->erasure->resident_id);
	statement_bind_int(query, "one", e->erasure->record_id);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && e->count < most)
		e->records[e->count++] =
			(struct erased_record){.record_id = copied_number(query, "record_id"),
					       .client_hash = copied_number(query, "client_hash"),
					       .resident_id = e->erasure->resident_id,
					       .source_id = copied_text(query, "source_id", &e->arena)};
	statement_done(query);
	e->erasure->records = (int64_t)e->count;
	for (size_t i = 0; i < e->count; i++) /* the last record of a resident is the resident */
		e->records[i].whole = e->count == most;
	if (e->count == most)
		e->erasure->record_id = 0;
	if (status == STATUS_OK && !e->count) {
		error_set(error, STATUS_NOT_FOUND, "rights.nobody", "no resident with this id has such a record");
		error_remedy(error, "give the 13 characters that stand in the address of the resident's page, as it is "
				    "now, and the number of a record that is theirs");
		return STATUS_NOT_FOUND;
	}
	return status;
}

/* ---- tables --------------------------------------------------------------------------------------------- */

static bool speaks_of(const struct erasure_column *column, const char *parameter)
{
	return strstr(column->sql, parameter) != NULL;
}

static enum status erase_once(struct erasing *e, const struct erasure_column *column,
			      const struct erased_record *record, struct error *error)
{
	struct statement *s;
	int64_t changed = 0;
	struct store *store = column->shelf == STORE_DATA ? e->parts->data : e->parts->desk;
	enum status status = store_prepare(&s, store, column->sql, error);
	if (status != STATUS_OK)
		return status;
	if (speaks_of(column, ":resident"))
		statement_bind_int(s, "resident", record->resident_id);
	if (speaks_of(column, ":record"))
		statement_bind_int(s, "record", record->record_id);
	if (speaks_of(column, ":client")) {
		statement_bind_int(s, "client", record->client_hash);
		statement_bind_text(s, "source", record->source_id);
	}
	status = statement_run(s, &changed, error);
	statement_done(s);
	e->erasure->rows += changed;
	return status;
}

/* With one record gone, what was worked out of its resident is wrong until the next refresh makes it again. What people
 * said of the resident, protection above all, is still true. */
static bool is_made_anew(const struct erasure_column *column)
{
	static const char *const stay[] = {"resident", "resident_record", "resident_history", "restriction_mark",
					   "ruling_effect"};
	bool derived = column->shelf == STORE_DATA;
	for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
		derived = derived && strcmp(column->table, stay[i]) != 0;
	return derived;
}

/* Whether COLUMN is to be asked once more for RECORD: of records of one resident, what is the resident's goes with the
 * first. */
static bool concerns(const struct erasing *e, const struct erasure_column *column, size_t r)
{
	const struct erased_record *record = &e->records[r];
	if (speaks_of(column, ":record") || speaks_of(column, ":client"))
		return true;
	if (!speaks_of(column, ":resident"))
		return r == 0;
	for (size_t i = 0; i < r; i++)
		if (e->records[i].resident_id == record->resident_id)
			return false;
	return record->resident_id && (record->whole || is_made_anew(column));
}

enum status erase_tables(struct erasing *e, struct error *error)
{
	enum status status = erase_of_homes(e, error);
	for (size_t i = 0; i < erasure_column_count && status == STATUS_OK; i++) {
		const struct erasure_column *column = &erasure_columns[i];
		for (size_t r = 0; column->sql && r < e->count && status == STATUS_OK; r++)
			if (concerns(e, column, r))
				status = erase_once(e, column, &e->records[r], error);
	}
	return status == STATUS_OK ? store_execute(e->parts->desk, "DELETE FROM erasure_home", error) : status;
}

enum status rights_begin_both(const struct rights_parts *parts, struct error *error)
{
	enum status status = store_begin(parts->data, error);
	return status == STATUS_OK ? store_begin(parts->desk, error) : status;
}

enum status rights_commit_both(const struct rights_parts *parts, struct error *error)
{
	enum status status = store_commit(parts->desk, error);
	return status == STATUS_OK ? store_commit(parts->data, error) : status;
}

void rights_rollback_both(const struct rights_parts *parts)
{
	store_rollback(parts->desk);
	store_rollback(parts->data);
}

enum status erase_from_shelves(struct erasing *e, struct error *error)
{
	enum status status = rights_begin_both(e->parts, error);
	if (status == STATUS_OK)
		status = erase_lines(e, error);
	return status == STATUS_OK ? erase_tables(e, error) : status;
}

/* ---- what is left --------------------------------------------------------------------------------------- */

int64_t rights_proof(const struct vault *vault, struct text source_id, int64_t client_hash)
{
	struct buf key;
	buf_init(&key, 512);
	buf_format(&key, "erased\x1f%.*s\x1f%lld", TEXT_ARG(source_id), (long long)client_hash);
	int64_t proof = vault_hash64(vault, VAULT_VALUE, buf_text(&key)) & INT64_MAX;
	buf_release(&key);
	return proof;
}

/* SQLite: rows that moved while they were loaded have left copies in pages that were freed long before. PostgreSQL's
 * own vacuum does the same in its time. */
static enum status forget_pages(struct store *store, struct error *error)
{
	if (store_kind(store) != STORE_SQLITE)
		return STATUS_OK;
	enum status status = store_execute(store, "VACUUM", error);
	return status == STATUS_OK ? store_execute(store, "PRAGMA wal_checkpoint(TRUNCATE)", error) : status;
}

enum status rights_forget_pages(const struct rights_parts *parts, struct error *error)
{
	enum status status = forget_pages(parts->data, error);
	return status == STATUS_OK ? forget_pages(parts->desk, error) : status;
}

/* ---- erased ------------------------------------------------------------------------------------------------ */

/* How much would go: done, and rolled back. */
enum status erasure_count(struct erasing *e, struct error *error)
{
	enum status status = erase_from_shelves(e, error);
	rights_rollback_both(e->parts);
	return status;
}

static enum status begin(struct erasing *e, struct error *error)
{
	struct store *desk = e->parts->desk;
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = erasure_write_list(e, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	return status;
}

/* What a feed delivered that the profile no longer has lies in archives that nobody can read by now. */
static enum status check_feeds(const struct erasing *e, struct error *error)
{
	bool row;
	struct statement *query;
	enum status status =
		store_prepare(&query, e->parts->data,
			      "SELECT DISTINCT f.feed_id AS feed_id FROM fact t JOIN feed f ON f.feed_no = t.feed_no "
			      "WHERE t.record_id = :record",
			      error);
	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		statement_bind_int(query, "record", e->records[i].record_id);
		while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
			struct text id = statement_text(query, statement_column(query, "feed_id"));
			if (profile_feed(e->parts->profile, id))
				continue;
			error_set(
				error, STATUS_REFUSED, "rights.feed",
				"the profile no longer has the feed \"%.*s\", so that rows of theirs would stay in its "
				"archives",
				TEXT_ARG(id));
			error_remedy(error, "Put the feed's definition back into the profile, then erase again");
			status = STATUS_REFUSED;
			break;
		}
		statement_reset(query);
	}
	statement_done(query);
	return status;
}

/* Whoever lifts the hold says why, and is recorded: there is no other way round it. */
static enum status check_holds(struct erasing *e, struct error *error)
{
	struct flag_act *acts;
	size_t count = 0;
	bool held = false;
	struct flag_record *records = ARENA_ARRAY(&e->arena, e->count, struct flag_record);
	for (size_t i = 0; i < e->count; i++)
		records[i] = (struct flag_record){e->records[i].source_id, e->records[i].client_hash};
	enum status status = flag_acts(&acts, &count, e->parts->desk, records, e->count, &e->arena, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		held |= acts[i].kind == FLAG_HOLD && acts[i].holds && acts[i].current;
	if (status != STATUS_OK || !held)
		return status;
	error_set(error, STATUS_REFUSED, "rights.held", "What is held on this resident is kept for a legal claim");
	error_remedy(error,
		     "when the claim is over, lift the hold with \"oneview rights flag WORKSPACE RESIDENT --hold "
		     "--lift\", then erase");
	return STATUS_REFUSED;
}

enum status rights_erase(struct erasure *erasure, const struct rights_parts *parts, const char *archive,
			 struct error *error)
{
	struct erasing e = {.erasure = erasure, .parts = parts, .archive = archive};
	int64_t done;
	arena_init(&e.arena, 64 << 20);
	enum status status = find_records(&e, error);
	if (status == STATUS_OK)
		status = check_holds(&e, error);
	if (status == STATUS_OK)
		status = erasure_check_ground(&e, error);
	if (status == STATUS_OK)
		status = check_feeds(&e, error);
	if (status == STATUS_OK)
		status = store_query_int(parts->desk, "SELECT count(*) FROM backup_made", &erasure->backups, error);
	if (status == STATUS_OK)
		status = erasure_count(&e, error);
	erasure->erasure_id = id_random();
	if (status == STATUS_OK && !erasure->dry)
		status = begin(&e, error);
	if (status == STATUS_OK && !erasure->dry)
		status = rights_erase_resume(&done, parts, archive, error);
	arena_release(&e.arena);
	return status;
}

/* ---- backups -------------------------------------------------------------------------------------------- */

enum status rights_note_backup(struct store *desk, struct text place, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(
		&s, desk, "INSERT INTO backup_made (backup_id, made, place) VALUES (:id, :now, :place)", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "id", id_random());
	statement_bind_int(s, "now", instant_now());
	statement_bind_text(s, "place", place);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

enum status rights_backups(struct rights_backup **out, size_t *count, struct store *desk, struct arena *arena,
			   struct error *error)
{
	struct statement *s;
	int64_t most;
	bool row;
	*count = 0;
	enum status status = store_query_int(desk, "SELECT count(*) FROM backup_made", &most, error);
	if (status == STATUS_OK)
		status = store_prepare(&s, desk, "SELECT made, place FROM backup_made ORDER BY made", error);
	if (status != STATUS_OK)
		return status;
	*out = ARENA_ARRAY(arena, (size_t)most + 1, struct rights_backup);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row && *count < (size_t)most)
		(*out)[(*count)++] = (struct rights_backup){copied_text(s, "place", arena), copied_number(s, "made")};
	statement_done(s);
	return status;
}
