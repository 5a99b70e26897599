/* All of a feed that the profile no longer has, deleted because somebody decided so. Each step may be done twice. */
#include "rights/erasure_int.h"
#include "rights/retention_int.h"

#include "base/file.h"
#include "base/memory.h"
#include "runs/runs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct dropping {
	struct retention_drop *drop;
	const struct rights_parts *parts;
	struct policy *policy;
	const char *archive;
	int64_t feed_no;
	struct arena arena;
	struct erased_record *records; /* of which the feed has rows */
	size_t count;
};

static enum status refuse(struct error *error, enum status status, const char *message, struct text feed,
			  const char *remedy)
{
	error_set(error, status, "retention.feed", message, TEXT_ARG(feed));
	error_remedy(error, "%s", remedy);
	return status;
}

static enum status find_feed(struct dropping *d, struct error *error)
{
	struct statement *s;
	bool row = false;
	if (profile_feed(d->parts->profile, d->drop->feed_id))
		return refuse(
			error, STATUS_REFUSED, "The profile has the feed \"%.*s\"", d->drop->feed_id,
			"its retention says what is deleted; only a feed that the profile does not have is dropped");
	enum status status = store_prepare(&s, d->parts->data, "SELECT feed_no FROM feed WHERE feed_id = :feed", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(s, "feed", d->drop->feed_id);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row)
		d->feed_no = copied_number(s, "feed_no");
	statement_done(s);
	if (status == STATUS_OK && !row)
		return refuse(error, STATUS_NOT_FOUND, "Nothing was ever loaded of a feed \"%.*s\"", d->drop->feed_id,
			      "\"oneview retention plan\" names the feeds that the profile does not have");
	return status;
}

static enum status find_records(struct dropping *d, struct error *error)
{
	struct statement *s;
	size_t capacity = 0;
	bool row;
	enum status status = store_prepare(
		&s, d->parts->data,
		"SELECT f.record_id AS record_id, r.client_hash AS client_hash, s.source_id AS source_id, "
		"m.resident_id AS "
		"resident_id, COUNT(*) AS n FROM fact f JOIN record r ON r.record_id = f.record_id JOIN source s ON "
		"s.source_no = r.source_no LEFT JOIN resident_record m ON m.record_id = f.record_id WHERE f.feed_no = "
		":feed GROUP BY f.record_id, r.client_hash, s.source_id, m.resident_id ORDER BY f.record_id",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "feed", d->feed_no);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(d->records, d->count, capacity);
		d->records[d->count++] = (struct erased_record){.record_id = copied_number(s, "record_id"),
								.client_hash = copied_number(s, "client_hash"),
								.resident_id = copied_number(s, "resident_id"),
								.source_id = copied_text(s, "source_id", &d->arena)};
		d->drop->rows += copied_number(s, "n");
	}
	statement_done(s);
	d->drop->clients = (int64_t)d->count;
	for (size_t i = 0; i < d->count && status == STATUS_OK; i++)
		if (policy_bounds_of(d->policy, POLICY_RESIDENT, d->records[i].resident_id).held)
			return refuse(error, STATUS_REFUSED,
				      "A resident with rows of \"%.*s\" is held for a legal claim", d->drop->feed_id,
				      "lift the hold first, or keep the feed until it is lifted");
	return status;
}

/* Before anything goes: one entry too many is better than one missing. */
static enum status audit_drop(const struct dropping *d, struct error *error)
{
	char detail[200];
	struct store *desk = d->parts->desk;
	snprintf(detail, sizeof detail, "feed %.*s, %lld clients, %lld rows", TEXT_ARG(d->drop->feed_id),
		 (long long)d->drop->clients, (long long)d->drop->rows);
	const struct audit_entry entry = {.user_name = d->drop->user_name,
					  .role = TEXT("operator"),
					  .action = TEXT("retention.drop_feed"),
					  .outcome = TEXT("allowed"),
					  .detail = text_of(detail)};
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = audit_join(desk, d->drop->audit_key, &entry, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	return status;
}

static enum status delete_rows(const struct dropping *d, struct error *error)
{
	static const char *const sql[] = {
		"DELETE FROM fact_payload WHERE payload_id IN (SELECT payload_id FROM fact WHERE feed_no = :feed)",
		"DELETE FROM quarantine WHERE extract_id IN (SELECT extract_id FROM extract WHERE feed_no = :feed)",
#define ALL_OF(table) "DELETE FROM " #table " WHERE feed_no = :feed"
		ALL_OF(fact),
		ALL_OF(sealed),
		ALL_OF(record_property),
		ALL_OF(note_flag),
		ALL_OF(note_read),
		ALL_OF(residence_record),
		ALL_OF(relationship),
		ALL_OF(reference_value)};
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof sql / sizeof *sql && status == STATUS_OK; i++) {
		struct statement *s;
		status = store_prepare(&s, d->parts->data, sql[i], error);
		if (status != STATUS_OK)
			return status;
		statement_bind_int(s, "feed", d->feed_no);
		status = statement_run(s, NULL, error);
		statement_done(s);
	}
	return status == STATUS_OK ? store_execute(d->parts->data, "DELETE FROM reading_kept", error) : status;
}

static enum status from_tables(struct dropping *d, struct error *error)
{
	int64_t generation;
	enum status status = rights_begin_both(d->parts, error);
	if (status == STATUS_OK)
		status = delete_rows(d, error);
	for (size_t i = 0; i < d->count && status == STATUS_OK; i++)
		status = retention_forget_record(d->parts, &d->records[i], error);
	if (status == STATUS_OK)
		status = run_publish(d->parts->data, &generation, error);
	if (status == STATUS_OK)
		status = rights_commit_both(d->parts, error);
	rights_rollback_both(d->parts);
	return status;
}

static enum status remove_archive(struct dropping *d, struct text name, struct error *error)
{
	char path[4400];
	snprintf(path, sizeof path, "%s/%.*s", d->archive, TEXT_ARG(name));
	d->drop->archives++;
	if (!file_exists(path) || unlink(path) == 0)
		return STATUS_OK;
	error_set_errno(error, errno, "retention.archive", "An archive of the feed cannot be removed");
	error_at(error, path, 0, 0);
	return STATUS_IO;
}

static enum status from_archives(struct dropping *d, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(
		&s, d->parts->data,
		"SELECT archive_name FROM extract WHERE feed_no = :feed AND archive_name IS NOT NULL", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "feed", d->feed_no);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		status = remove_archive(d, statement_text(s, statement_column(s, "archive_name")), error);
		if (status != STATUS_OK)
			break;
	}
	statement_done(s);
	if (status == STATUS_OK)
		status = store_prepare(
			&s, d->parts->data,
			"UPDATE extract SET archive_name = NULL, status = CASE WHEN status = 'loaded' THEN "
			"status ELSE 'discarded' END WHERE feed_no = :feed AND archive_name IS NOT NULL",
			error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "feed", d->feed_no);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

enum status retention_drop_feed(struct retention_drop *drop, const struct rights_parts *parts, struct policy *policy,
				const char *archive, struct error *error)
{
	struct dropping d = {.drop = drop, .parts = parts, .policy = policy, .archive = archive};
	arena_init(&d.arena, (size_t)1 << 30);
	enum status status = find_feed(&d, error);
	if (status == STATUS_OK)
		status = find_records(&d, error);
	if (status == STATUS_OK)
		status = audit_drop(&d, error);
	if (status == STATUS_OK)
		status = from_tables(&d, error);
	if (status == STATUS_OK)
		status = from_archives(&d, error);
	if (status == STATUS_OK)
		status = rights_forget_pages(parts, error);
	free(d.records);
	arena_release(&d.arena);
	return status;
}
