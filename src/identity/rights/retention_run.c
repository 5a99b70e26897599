/* A run of retention: what is due is written down, deleted feed by feed, and certified. */
#include "rights/erasure_int.h"
#include "rights/retention_int.h"

#include "base/memory.h"
#include "runs/runs.h"

#include <sodium.h>
#include <stdlib.h>

struct running {
	struct retention_run *run;
	const struct rights_parts *parts;
	struct policy *policy;
	const char *archive;
	const struct audit_checkpoint_places *places;
	struct arena *arena;
};

/* ---- the work list ------------------------------------------------------------------------------------- */

static enum status find_cut_off(struct running *r, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status =
		store_prepare(&s, r->parts->desk,
			      "SELECT run_no, as_of, extracts FROM retention_run WHERE ended IS NULL ORDER BY run_no "
			      "LIMIT 1",
			      error);
	if (status != STATUS_OK)
		return status;
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row) {
		r->run->resumed = true;
		r->run->run_no = copied_number(s, "run_no");
		r->run->as_of = copied_date(s, "as_of");
		r->run->extracts = copied_text(s, "extracts", r->arena);
	}
	statement_done(s);
	return status;
}

static enum status insert_run(struct running *r, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(&s, r->parts->desk,
					   "INSERT INTO retention_run (begun, as_of, done_by, extracts) VALUES (:now, "
					   ":as_of, :by, :extracts) RETURNING "
					   "run_no",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "now", instant_now());
	statement_bind_int(s, "as_of", r->run->as_of);
	statement_bind_text(s, "by", r->run->by);
	statement_bind_text(s, "extracts", r->run->extracts);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row)
		r->run->run_no = copied_number(s, "run_no");
	statement_done(s);
	return status;
}

static enum status insert_due(struct running *r, const struct due_list *due, struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, r->parts->desk,
			      "INSERT INTO retention_due (run_no, feed_id, source_id, client_hash, rule, rows) VALUES "
			      "(:run, :feed, :source, :client, :rule, :rows)",
			      error);
	for (size_t i = 0; i < due->count && status == STATUS_OK; i++) {
		const struct due_client *client = &due->at[i];
		if (client->state != RETENTION_DUE)
			continue;
		statement_bind_int(s, "run", r->run->run_no);
		statement_bind_text(s, "feed", client->feed->id);
		statement_bind_text(s, "source", client->feed->source->id);
		statement_bind_int(s, "client", client->client_hash);
		statement_bind_int(s, "rule", client->rule);
		statement_bind_int(s, "rows", client->rows);
		status = statement_run(s, NULL, error);
	}
	statement_done(s);
	return status;
}

static enum status begin(struct running *r, struct error *error)
{
	struct due_list due = {0};
	struct retention_plan rest = {0};
	struct store *desk = r->parts->desk;
	enum status status = find_cut_off(r, error);
	rest.as_of = r->run->as_of;
	if (status == STATUS_OK)
		status = retention_find_rest(&rest, r->parts, r->arena, error);
	r->run->lost = rest.lost;
	r->run->lost_count = rest.lost_count;
	if (status != STATUS_OK || r->run->resumed)
		return status;
	r->run->extracts = retention_waiting_numbers(&rest, r->arena);
	status = retention_find(&due, r->parts, r->policy, r->run->as_of, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = insert_run(r, error);
	if (status == STATUS_OK)
		status = insert_due(r, &due, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	store_rollback(desk);
	free(due.at);
	return status;
}

/* ---- one feed ------------------------------------------------------------------------------------------- */

static enum status read_clients(struct erasing *e, struct running *r, struct error *error)
{
	struct statement *s;
	size_t capacity = 0;
	bool row;
	enum status status = store_prepare(&s, r->parts->desk,
					   "SELECT source_id, client_hash FROM retention_due WHERE run_no = :run AND "
					   "feed_id = :feed AND done = 0 ORDER BY client_hash",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "run", r->run->run_no);
	statement_bind_text(s, "feed", e->feed->id);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(e->records, e->count, capacity);
		e->records[e->count++] = (struct erased_record){.client_hash = copied_number(s, "client_hash"),
								.source_id = copied_text(s, "source_id", &e->arena)};
	}
	statement_done(s);
	return status;
}

/* The record and its resident, each 0 when there is none any more. */
static enum status find_record(struct erased_record *record, struct store *data, struct error *error)
{
	struct statement *s;
	bool row;
	enum status status = store_prepare(
		&s, data,
		"SELECT r.record_id AS record_id, m.resident_id AS resident_id FROM source s JOIN record r ON "
		"r.source_no = "
		"s.source_no LEFT JOIN resident_record m ON m.record_id = r.record_id WHERE s.source_id = :source AND "
		"r.client_hash = :client",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(s, "source", record->source_id);
	statement_bind_int(s, "client", record->client_hash);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row) {
		record->record_id = copied_number(s, "record_id");
		record->resident_id = copied_number(s, "resident_id");
	}
	statement_done(s);
	return status;
}

static enum status release(struct running *r, const struct erasing *e, const struct erased_record *record,
			   struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(&s, r->parts->desk,
					   "DELETE FROM retention_due WHERE run_no = :run AND feed_id = :feed AND "
					   "source_id = :source AND client_hash = :client",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "run", r->run->run_no);
	statement_bind_text(s, "feed", e->feed->id);
	statement_bind_text(s, "source", record->source_id);
	statement_bind_int(s, "client", record->client_hash);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

/* Who was put under a legal hold since the list was written is let go from it. */
static enum status find_records(struct erasing *e, struct running *r, struct error *error)
{
	size_t kept = 0;
	enum status status = STATUS_OK;
	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		struct erased_record record = e->records[i];
		status = find_record(&record, r->parts->data, error);
		if (status != STATUS_OK)
			break;
		if (policy_bounds_of(r->policy, POLICY_RESIDENT, record.resident_id).held)
			status = release(r, e, &record, error);
		else
			e->records[kept++] = record;
	}
	e->count = kept;
	return status;
}

static enum status delete_rows(struct erasing *e, const struct erased_record *record, struct error *error)
{
	static const char *const sql[] = {
		"DELETE FROM fact_payload WHERE record_id = :record AND payload_id IN (SELECT f.payload_id FROM fact f "
		"JOIN "
		"feed d ON d.feed_no = f.feed_no WHERE f.record_id = :record AND d.feed_id = :feed)",
#define OF_FEED(table) \
	"DELETE FROM " #table \
	" WHERE record_id = :record AND feed_no = (SELECT feed_no FROM feed WHERE feed_id = :feed)"
		OF_FEED(fact),
		OF_FEED(sealed),
		OF_FEED(record_property),
		OF_FEED(note_flag),
		OF_FEED(note_read),
		OF_FEED(residence_record),
		OF_FEED(relationship)};
	enum status status = STATUS_OK;
	for (size_t i = 0; i < sizeof sql / sizeof *sql && status == STATUS_OK; i++) {
		struct statement *s;
		status = store_prepare(&s, e->parts->data, sql[i], error);
		if (status != STATUS_OK)
			return status;
		statement_bind_int(s, "record", record->record_id);
		statement_bind_text(s, "feed", e->feed->id);
		status = statement_run(s, NULL, error);
		statement_done(s);
	}
	return status;
}

enum status retention_forget_record(const struct rights_parts *parts, struct erased_record *record, struct error *error)
{
	struct statement *s;
	bool row;
	int64_t left = 0, others = 0;
	enum status status = store_prepare(&s, parts->data,
					   "SELECT (SELECT COUNT(*) FROM fact WHERE record_id = :record) AS rows_left, "
					   "(SELECT COUNT(*) FROM resident_record WHERE resident_id = :resident AND "
					   "record_id <> :record) AS others",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "record", record->record_id);
	statement_bind_int(s, "resident", record->resident_id);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row) {
		left = copied_number(s, "rows_left");
		others = copied_number(s, "others");
	}
	statement_done(s);
	if (status != STATUS_OK || left)
		return status;
	struct erasure erasure = {0};
	record->whole = !others;
	struct erasing one = {.erasure = &erasure, .parts = parts, .records = record, .count = 1};
	return erase_tables(&one, error);
}

static enum status delete_clients(struct erasing *e, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		if (!e->records[i].record_id) /* a run that was cut off had done it */
			continue;
		status = delete_rows(e, &e->records[i], error);
		if (status == STATUS_OK)
			status = retention_forget_record(e->parts, &e->records[i], error);
	}
	return status == STATUS_OK ? store_execute(e->parts->data, "DELETE FROM reading_kept", error) : status;
}

static enum status mark_done(struct running *r, const struct profile_feed *feed, struct error *error)
{
	struct statement *s;
	enum status status = store_prepare(
		&s, r->parts->desk, "UPDATE retention_due SET done = 1 WHERE run_no = :run AND feed_id = :feed", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "run", r->run->run_no);
	statement_bind_text(s, "feed", feed->id);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

/* Tables and archives of one feed, in this order, for quarantine is found by the archives' lines; each may be done
 * twice. The desk is committed first, as in an erasure: killed behind it, the record is still there to be forgotten
 * again. That the feed is done is said last. */
static enum status delete_in_feed(struct erasing *e, struct running *r, struct error *error)
{
	int64_t generation;
	enum status status = rights_begin_both(r->parts, error);
	if (status == STATUS_OK)
		status = find_records(e, r, error);
	if (status == STATUS_OK)
		status = erase_lines(e, error);
	if (status == STATUS_OK)
		status = delete_clients(e, error);
	if (status == STATUS_OK)
		status = run_publish(r->parts->data, &generation, error);
	if (status == STATUS_OK)
		status = rights_commit_both(r->parts, error);
	rights_rollback_both(r->parts);
	return status == STATUS_OK ? erase_archives(e, error) : status;
}

static enum status run_feed(struct running *r, const struct profile_feed *feed, struct error *error)
{
	struct erasure counts = {0};
	struct erasing e = {.erasure = &counts, .parts = r->parts, .archive = r->archive, .feed = feed};
	arena_init(&e.arena, (size_t)1 << 30);
	enum status status = read_clients(&e, r, error);
	bool any = status == STATUS_OK && e.count;
	if (any)
		status = delete_in_feed(&e, r, error);
	if (any && status == STATUS_OK)
		status = mark_done(r, feed, error);
	r->run->archives += counts.archives;
	free(e.records);
	arena_release(&e.arena);
	return status;
}

/* ---- the certificate ------------------------------------------------------------------------------------- */

static int compare_pseudonyms(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

static void append_list_hash(struct buf *out, int64_t *pseudonyms, size_t count)
{
	unsigned char hash[crypto_generichash_BYTES];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	if (count)
		qsort(pseudonyms, count, sizeof *pseudonyms, compare_pseudonyms);
	for (size_t i = 0; i < count; i++) {
		char line[24];
		int len = snprintf(line, sizeof line, "%016llx\n", (unsigned long long)pseudonyms[i]);
		crypto_generichash_update(&state, (const unsigned char *)line, (unsigned long long)len);
	}
	crypto_generichash_final(&state, hash, sizeof hash);
	for (size_t i = 0; i < sizeof hash; i++)
		buf_format(out, "%02x", hash[i]);
}

struct certified { /* what was deleted of one feed */
	int64_t *pseudonyms;
	size_t count, capacity;
	int64_t rows;
	enum retention_rule rule;
};

static enum status read_certified(struct certified *out, struct running *r, const struct profile_feed *feed,
				  struct error *error)
{
	struct statement *s;
	bool row;
	enum status status =
		store_prepare(&s, r->parts->desk,
			      "SELECT source_id, client_hash, rule, rows FROM retention_due WHERE run_no = "
			      ":run AND feed_id = :feed AND done = 1",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "run", r->run->run_no);
	statement_bind_text(s, "feed", feed->id);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row) {
		struct text source = statement_text(s, statement_column(s, "source_id"));
		ARRAY_GROW(out->pseudonyms, out->count, out->capacity);
		out->pseudonyms[out->count++] = rights_proof(r->parts->vault, source, copied_number(s, "client_hash"));
		out->rows += copied_number(s, "rows");
		out->rule = (enum retention_rule)copied_number(s, "rule");
	}
	statement_done(s);
	return status;
}

static enum status certify_feed(struct buf *out, struct running *r, const struct profile_feed *feed,
				struct error *error)
{
	struct certified deleted = {0};
	enum status status = read_certified(&deleted, r, feed, error);
	if (status == STATUS_OK && deleted.count) {
		buf_format(out, "feed: %s\nrule: %s\nclients: %zu\nrows: %lld\nlist: ", feed->id.at,
			   retention_rule_words(deleted.rule), deleted.count, (long long)deleted.rows);
		append_list_hash(out, deleted.pseudonyms, deleted.count);
		buf_append_char(out, '\n');
		r->run->clients += (int64_t)deleted.count;
		r->run->rows += deleted.rows;
	}
	free(deleted.pseudonyms);
	return status;
}

static enum status write_certificate(struct buf *out, struct running *r, struct error *error)
{
	char day[DATE_TEXT_SIZE], now[INSTANT_TEXT_SIZE];
	enum status status = STATUS_OK;
	buf_format(out, "oneview retention certificate\nrun: %lld\nas of: %s\nended: %s\nprofile: %s\n",
		   (long long)r->run->run_no, date_format_iso(r->run->as_of, day), instant_format(instant_now(), now),
		   r->parts->profile->version);
	for (size_t i = 0; i < r->parts->profile->feeds.count && status == STATUS_OK; i++)
		status = certify_feed(out, r, &r->parts->profile->feeds.at[i], error);
	if (r->run->requests)
		buf_format(out, "requests for a copy: %lld, %s after their end\n", (long long)r->run->requests,
			   r->parts->profile->keep_access_requests.written.at);
	if (r->run->extracts.len)
		buf_format(out, "extracts that had waited %d days: %.*s\n", RETENTION_WAITING_DAYS,
			   TEXT_ARG(r->run->extracts));
	for (size_t i = 0; i < r->run->lost_count; i++)
		buf_format(out, "not in the profile, kept: %.*s, %lld rows, %lld archives\n",
			   TEXT_ARG(r->run->lost[i].feed_id), (long long)r->run->lost[i].rows,
			   (long long)r->run->lost[i].archives);
	buf_format(out, "clients in all: %lld\nrows in all: %lld\n", (long long)r->run->clients,
		   (long long)r->run->rows);
	return status;
}

static enum status end_run(struct running *r, struct text certificate, const struct audit_signature *signature,
			   struct error *error)
{
	struct statement *s;
	enum status status =
		store_prepare(&s, r->parts->desk,
			      "UPDATE retention_run SET ended = :now, certificate = :certificate, public_key "
			      "= :key, signature = :signature WHERE run_no = :run",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "now", instant_now());
	statement_bind_text(s, "certificate", certificate);
	statement_bind_blob(s, "key", signature->signer.bytes, sizeof signature->signer.bytes);
	statement_bind_blob(s, "signature", signature->bytes, sizeof signature->bytes);
	statement_bind_int(s, "run", r->run->run_no);
	status = statement_run(s, NULL, error);
	statement_done(s);
	if (status == STATUS_OK)
		status = store_prepare(&s, r->parts->desk, "DELETE FROM retention_due WHERE run_no = :run", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "run", r->run->run_no);
	status = statement_run(s, NULL, error);
	statement_done(s);
	return status;
}

static enum status audit_run(struct running *r, struct error *error)
{
	char detail[160], requests[40] = "";
	if (r->run->requests)
		snprintf(requests, sizeof requests, ", %lld requests", (long long)r->run->requests);
	snprintf(detail, sizeof detail, "run %lld, %lld clients, %lld rows%s", (long long)r->run->run_no,
		 (long long)r->run->clients, (long long)r->run->rows, requests);
	const struct audit_entry entry = {.user_name = r->run->user_name,
					  .role = TEXT("operator"),
					  .action = TEXT("retention.run"),
					  .outcome = TEXT("allowed"),
					  .detail = text_of(detail)};
	return audit_join(r->parts->desk, r->run->audit_key, &entry, error);
}

static enum status certify(struct running *r, struct arena *arena, struct error *error)
{
	struct buf text;
	struct audit_signature signature;
	buf_init(&text, 4 << 20);
	enum status status = store_begin(r->parts->desk, error);
	if (status == STATUS_OK)
		status = retention_delete_requests(&r->run->requests, r->parts, r->policy, r->run->as_of, error);
	if (status == STATUS_OK)
		status = write_certificate(&text, r, error);
	if (status == STATUS_OK)
		status = audit_text_sign(&signature, r->parts->desk, r->places, RETENTION_CERTIFICATE, buf_text(&text),
					 error);
	if (status == STATUS_OK)
		status = end_run(r, buf_text(&text), &signature, error);
	if (status == STATUS_OK)
		status = audit_run(r, error);
	if (status == STATUS_OK)
		status = store_commit(r->parts->desk, error);
	store_rollback(r->parts->desk);
	r->run->certificate = arena_text(arena, buf_text(&text));
	buf_release(&text);
	return status;
}

enum status retention_run(struct retention_run *run, const struct rights_parts *parts, struct policy *policy,
			  const char *archive, const struct audit_checkpoint_places *places, struct arena *arena,
			  struct error *error)
{
	struct running r = {run, parts, policy, archive, places, arena};
	enum status status = begin(&r, error);
	for (size_t i = 0; i < parts->profile->feeds.count && status == STATUS_OK; i++)
		status = run_feed(&r, &parts->profile->feeds.at[i], error);
	int64_t due = 0;
	if (status == STATUS_OK)
		status = retention_delete_waiting(run->extracts, parts, archive, error);
	if (status == STATUS_OK)
		status = store_query_int(parts->desk, "SELECT count(*) FROM retention_due", &due, error);
	if (status == STATUS_OK && due)
		status = rights_forget_pages(parts, error);
	if (status == STATUS_OK)
		status = certify(&r, arena, error);
	return status == STATUS_OK && run->requests ? rights_forget_pages(parts, error) : status;
}

/* ---- what was done ---------------------------------------------------------------------------------------- */

static bool is_signed(struct statement *s, const struct audit_signers *signers, struct text certificate)
{
	struct audit_signature signature;
	struct text key = statement_blob(s, statement_column(s, "public_key")),
		    bytes = statement_blob(s, statement_column(s, "signature"));
	if (key.len != sizeof signature.signer.bytes || bytes.len != sizeof signature.bytes)
		return false;
	memcpy(signature.signer.bytes, key.at, key.len);
	memcpy(signature.bytes, bytes.at, bytes.len);
	return audit_text_is_signed(&signature, signers, RETENTION_CERTIFICATE, certificate);
}

enum status retention_records(struct retention_record **out, size_t *count, struct store *desk, int64_t run_no,
			      size_t most, struct arena *arena, struct error *error)
{
	struct statement *s;
	struct audit_signers signers;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, most + 1, struct retention_record);
	enum status status = audit_signers_read(&signers, desk, arena, error);
	if (status == STATUS_OK)
		status =
			store_prepare(&s, desk,
				      "SELECT run_no, begun, ended, as_of, done_by, certificate, public_key, signature "
				      "FROM retention_run WHERE :every = 1 OR run_no = :run ORDER BY run_no DESC",
				      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(s, "every", run_no == 0);
	statement_bind_int(s, "run", run_no);
	while (*count < most && (status = statement_step(s, &row, error)) == STATUS_OK && row) {
		struct text certificate = copied_text(s, "certificate", arena);
		bool open = statement_is_null(s, statement_column(s, "ended"));
		(*out)[(*count)++] =
			(struct retention_record){.run_no = copied_number(s, "run_no"),
						  .begun = copied_number(s, "begun"),
						  .ended = open ? INSTANT_UNKNOWN : copied_number(s, "ended"),
						  .as_of = copied_date(s, "as_of"),
						  .by = copied_text(s, "done_by", arena),
						  .certificate = certificate,
						  .signed_right = !open && is_signed(s, &signers, certificate)};
	}
	statement_done(s);
	return status;
}
