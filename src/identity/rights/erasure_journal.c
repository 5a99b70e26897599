/* An erasure from its written list to its proof. Each step may be done twice. */
#include "rights/erasure_int.h"

#include "base/memory.h"
#include "runs/runs.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the list ------------------------------------------------------------------------------------------ */

struct named_number {
	const char *name; /* NULL: behind the last */
	int64_t number;
};

static void bind_numbers(struct statement *s, const struct named_number *numbers)
{
	for (; numbers->name; numbers++)
		statement_bind_int(s, numbers->name, numbers->number);
}

static enum status insert_begun(const struct erasure *erasure, struct store *desk, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(
		&s, desk,
		"INSERT INTO erasure_begun (erasure_id, begun, erased_by, ground, refused, records, rows, archives, "
		"archived_rows, unreadable, unsearched) VALUES (:erasure, :now, :by, :ground, :refused, :records, "
		":rows, "
		":archives, :archived, :unreadable, :unsearched)",
		error);
	if (status != STATUS_OK)
		return status;
	bind_numbers(s, (const struct named_number[]){{"erasure", erasure->erasure_id},
						      {"now", erasure->at ? erasure->at : instant_now()},
						      {"refused", erasure->refuse},
						      {"records", erasure->records},
						      {"rows", erasure->rows},
						      {"archives", erasure->archives},
						      {"archived", erasure->archived_rows},
						      {"unreadable", erasure->unreadable},
						      {0}});
	statement_bind_text(s, "by", erasure->by);
	statement_bind_text(s, "ground", erasure->ground);
	statement_bind_text(s, "unsearched", erasure->unsearched[0] ? text_of(erasure->unsearched) : TEXT_ABSENT);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

static enum status insert_due(const struct erasing *e, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(
		&s, e->parts->desk,
		"INSERT INTO erasure_due (erasure_id, source_id, client_hash, record_id, resident_id, whole) "
		"VALUES (:erasure, :source, :client, :record, :resident, :whole)",
		error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		const struct erased_record *record = &e->records[i];
		bind_numbers(s, (const struct named_number[]){{"erasure", e->erasure->erasure_id},
							      {"client", record->client_hash},
							      {"record", record->record_id},
							      {"resident", record->resident_id},
							      {"whole", record->whole},
							      {0}});
		statement_bind_text(s, "source", record->source_id);
		status = statement_run(s, NULL, error);
	}
	statement_done(s);
	return status;
}

static enum status insert_proofs(const struct erasing *e, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, e->parts->desk,
					   "INSERT INTO erasure_proof (erasure_id, client_proof, refused_hash) VALUES "
					   "(:erasure, :proof, :refused) ON CONFLICT (erasure_id, client_proof) DO "
					   "NOTHING",
					   error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		const struct erased_record *record = &e->records[i];
		statement_bind_int(s, "erasure", e->erasure->erasure_id);
		statement_bind_int(s, "proof", rights_proof(e->parts->vault, record->source_id, record->client_hash));
		statement_bind_null(s, "refused");
		if (e->erasure->refuse)
			statement_bind_int(s, "refused", record->client_hash);
		status = statement_run(s, NULL, error);
	}
	statement_done(s);
	return status;
}

static enum status write_audit(struct erasing *e, struct error *error)
{
	char detail[160];
	const struct erasure *erasure = e->erasure;
	snprintf(detail, sizeof detail, "%lld records, %lld rows, %lld archives, ground %.*s",
		 (long long)erasure->records, (long long)erasure->rows, (long long)erasure->archives,
		 (int)(erasure->ground.len < 60 ? erasure->ground.len : 60), erasure->ground.at);
	const struct audit_entry entry = {.user_name = erasure->user_name,
					  .role = TEXT("operator"),
					  .action = TEXT("resident.erase"),
					  .subject_kind = TEXT("resident"),
					  .subject_id = erasure->resident_id,
					  .outcome = TEXT("allowed"),
					  .detail = text_of(detail)};
	return audit_join(e->parts->desk, erasure->audit_key, &entry, error);
}

enum status erasure_write_list(struct erasing *e, struct error *error)
{
	enum status status = insert_begun(e->erasure, e->parts->desk, error);
	if (status == STATUS_OK)
		status = insert_due(e, error);
	if (status == STATUS_OK)
		status = insert_proofs(e, error);
	return status == STATUS_OK ? write_audit(e, error) : status;
}

/* ---- tables ---------------------------------------------------------------------------------------------- */

/* Each number that SELECT finds on the desk, into the data shelf by INSERT. */
static enum status carry(const struct rights_parts *parts, const char *select, const char *insert, struct error *error)
{
	struct statement *from, *to;
	bool row;
	enum status status = store_prepare(&from, parts->desk, select, error);
	if (status != STATUS_OK)
		return status;
	status = store_prepare(&to, parts->data, insert, error);
	while (status == STATUS_OK && (status = statement_step(from, &row, error)) == STATUS_OK && row) {
		statement_bind_int(to, "id", copied_number(from, "id"));
		status = statement_run(to, NULL, error);
	}
	statement_done(to);
	statement_done(from);
	return status;
}

static enum status mark_data(const struct rights_parts *parts, struct error *error)
{
	enum status status = carry(parts,
				   "SELECT p.refused_hash AS id FROM erasure_proof p JOIN erasure_begun b ON "
				   "b.erasure_id = p.erasure_id WHERE p.refused_hash IS NOT NULL",
				   "INSERT INTO refused_client (client_hash) VALUES (:id) ON CONFLICT (client_hash) DO "
				   "NOTHING",
				   error);
	return status == STATUS_OK ? carry(parts, "SELECT erasure_id AS id FROM erasure_begun",
					   "INSERT INTO erasure_done (erasure_id) VALUES (:id) ON CONFLICT "
					   "(erasure_id) DO NOTHING",
					   error)
				   : status;
}

static enum status from_tables(struct erasing *e, struct error *error)
{
	int64_t generation;
	enum status status = erase_from_shelves(e, error);
	if (status == STATUS_OK)
		status = mark_data(e->parts, error);
	if (status == STATUS_OK)
		status = run_publish(e->parts->data, &generation, error);
	if (status == STATUS_OK)
		status = rights_commit_both(e->parts, error);
	rights_rollback_both(e->parts);
	return status;
}

/* ---- the end ---------------------------------------------------------------------------------------------- */

static enum status end(struct store *desk, struct error *error)
{
	static const char *const sql[] = {
		"INSERT INTO erasure (erasure_id, erased_at, erased_by, ground, records, rows, refused, tracked, "
		"unsearched) SELECT erasure_id, begun, erased_by, ground, records, rows, refused, 1, unsearched FROM "
		"erasure_begun WHERE true ON "
		"CONFLICT (erasure_id) DO NOTHING",
		"DELETE FROM erasure_due", "DELETE FROM erasure_begun"};
	enum status status = store_begin(desk, error);
	for (size_t i = 0; i < sizeof sql / sizeof *sql && status == STATUS_OK; i++)
		status = store_execute(desk, sql[i], error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	return status;
}

static enum status read_due(struct erasing *e, struct error *error)
{
	struct statement *s;
	size_t capacity = 0;
	bool row;
	enum status status = store_prepare(&s, e->parts->desk,
					   "SELECT source_id, client_hash, record_id, resident_id, whole FROM "
					   "erasure_due ORDER BY erasure_id, source_id, client_hash",
					   error);
	if (status != STATUS_OK)
		return status;
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(e->records, e->count, capacity);
		e->records[e->count++] = (struct erased_record){.source_id = copied_text(s, "source_id", &e->arena),
								.client_hash = copied_number(s, "client_hash"),
								.record_id = copied_number(s, "record_id"),
								.resident_id = copied_number(s, "resident_id"),
								.whole = copied_number(s, "whole") != 0};
	}
	statement_done(s);
	return status;
}

enum status rights_erase_unfinished(struct store *desk, int64_t *count, struct error *error)
{
	return store_query_int(desk, "SELECT count(*) FROM erasure_begun", count, error);
}

/* Archives only when their lines have been used: written anew they do not tell them any more. */
static enum status go_on(const struct rights_parts *parts, const char *archive, struct error *error)
{
	struct erasure counts = {0};
	struct erasing e = {.erasure = &counts, .parts = parts, .archive = archive};
	arena_init(&e.arena, 256 << 20);
	enum status status = read_due(&e, error);
	if (status == STATUS_OK)
		status = from_tables(&e, error);
	if (status == STATUS_OK)
		status = erase_archives(&e, error);
	if (status == STATUS_OK)
		status = rights_forget_pages(parts, error);
	if (status == STATUS_OK)
		status = end(parts->desk, error);
	free(e.records);
	arena_release(&e.arena);
	return status;
}

enum status rights_erase_resume(int64_t *done, const struct rights_parts *parts, const char *archive,
				struct error *error)
{
	enum status status = rights_erase_unfinished(parts->desk, done, error);
	return status == STATUS_OK && *done ? go_on(parts, archive, error) : status;
}
