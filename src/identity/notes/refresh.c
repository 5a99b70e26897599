/* Which notes wait to be read, and reading them batch by batch. */
#include "notes/refresh.h"
#include "notes/refresh_int.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/progress.h"
#include "policy/policy.h"
#include "profile/factor.h"

#include <assert.h>

enum { BATCH_NOTES = 4096 };

/* ---- the reading: rules and lexicon, by their hash -------------------------------------------------------- */

static enum status query_reading(struct refreshing *r, struct error *error)
{
	struct statement *row;
	bool found = false;
	enum status status = store_prepare(
		&row, r->data,
		"SELECT reading_no, COALESCE(seen_extract, -1) AS seen FROM note_reading "
		"WHERE rules_version = :version AND reading_no = (SELECT MAX(reading_no) FROM note_reading)",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(row, "version", text_of(r->version));
	status = statement_step(row, &found, error);
	if (status == STATUS_OK && found) {
		r->reading_no = statement_int(row, statement_column(row, "reading_no"));
		r->seen_extract = statement_int(row, statement_column(row, "seen"));
	}
	statement_done(row);
	return status;
}

/* Rules that come back after others are a reading of their own: what was read in between is to be read again. */
static enum status begin_reading(struct refreshing *r, struct error *error)
{
	struct statement *insert;
	enum status status =
		store_query_int(r->data, "SELECT MAX(reading_no) FROM note_reading", &r->reading_no, error);
	if (status == STATUS_OK)
		status = store_begin(r->data, error);
	if (status == STATUS_OK)
		status = store_prepare(&insert, r->data,
				       "INSERT INTO note_reading (reading_no, rules_version, begun) VALUES (:number, "
				       ":version, :begun) ON CONFLICT (rules_version) DO UPDATE SET reading_no = "
				       "excluded.reading_no, begun = excluded.begun, seen_extract = NULL",
				       error);
	if (status == STATUS_OK) {
		statement_bind_int(insert, "number", ++r->reading_no);
		statement_bind_text(insert, "version", text_of(r->version));
		statement_bind_int(insert, "begun", instant_now());
		status = statement_run(insert, NULL, error);
		statement_done(insert);
	}
	r->seen_extract = -1;
	return status == STATUS_OK ? store_commit(r->data, error) : status;
}

static enum status mark_seen(struct refreshing *r, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(
		&update, r->data, "UPDATE note_reading SET seen_extract = :extract WHERE reading_no = :number", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(update, "extract", r->latest_extract);
	statement_bind_int(update, "number", r->reading_no);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

/* ---- feeds with notes -------------------------------------------------------------------------------------- */

static bool has_note(const struct profile_feed *feed)
{
	for (size_t i = 0; feed && i < feed->column_count; i++) {
		if (feed->columns[i].type == COLUMN_NOTE)
			return true;
	}
	return false;
}

static enum status find_feeds(struct refreshing *r, struct error *error)
{
	struct statement *row;
	bool more = false;
	size_t capacity = 0, feed_capacity = 0;
	enum status status = store_prepare(&row, r->data, "SELECT feed_no, feed_id FROM feed ORDER BY feed_no", error);
	if (status != STATUS_OK)
		return status;
	int number = statement_column(row, "feed_no"), id = statement_column(row, "feed_id");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		const struct profile_feed *feed = profile_feed(r->profile, statement_text(row, id));
		if (!has_note(feed))
			continue;
		ARRAY_GROW(r->feed_numbers, r->feed_count, capacity);
		ARRAY_GROW(r->feeds, r->feed_count, feed_capacity);
		r->feed_numbers[r->feed_count] = (int32_t)statement_int(row, number);
		r->feeds[r->feed_count++] = feed;
	}
	statement_done(row);
	return status;
}

/* ---- notes that wait ----------------------------------------------------------------------------------------- */

static void name_feeds(const struct refreshing *r, struct buf *sql)
{
	buf_append_text(sql, TEXT("("));
	for (size_t i = 0; i < r->feed_count; i++)
		buf_format(sql, "%s%d", i ? ", " : "", (int)r->feed_numbers[i]);
	buf_append_text(sql, TEXT(")"));
}

enum which_notes {
	NOTES_UNREAD, /* by these rules */
	NOTES_HELD,   /* likewise, of records that were passed over */
	NOTES_SINCE   /* that came since these rules had read everything */
};

static void waiting_sql(const struct refreshing *r, enum which_notes which, struct buf *sql)
{
	static const char *const from[] = {
		[NOTES_UNREAD] = "fact k",
		[NOTES_HELD] = "note_held h JOIN fact k ON k.record_id = h.record_id",
		[NOTES_SINCE] =
			"extract x JOIN fact_payload p ON p.payload_id > x.extract_id * 4294967296 AND p.payload_id < "
			"(x.extract_id + 1) * 4294967296 JOIN fact k ON k.record_id = p.record_id AND k.feed_no = "
			"x.feed_no AND k.extract_id = x.extract_id"};
	buf_format(sql,
		   "SELECT k.record_id, k.feed_no, k.row_key, k.version, k.valid_from, m.resident_id FROM %s LEFT "
		   "JOIN resident_record m ON m.record_id = k.record_id WHERE %s IN ",
		   from[which], which == NOTES_SINCE ? "x.extract_id > :seen AND x.feed_no" : "k.feed_no");
	name_feeds(r, sql);
	if (which == NOTES_SINCE)
		return;
	buf_append_text(sql, TEXT(" AND NOT EXISTS (SELECT 1 FROM note_read n WHERE n.record_id = k.record_id AND "
				  "n.feed_no = k.feed_no AND n.row_key = k.row_key AND n.reading_no = :reading "
				  "AND n.version >= k.version)"));
}

static int compare_waiting(const void *left, const void *right)
{
	const struct waiting_note *a = left, *b = right;
	if (a->record_id != b->record_id)
		return a->record_id < b->record_id ? -1 : 1;
	if (a->feed_no != b->feed_no)
		return a->feed_no < b->feed_no ? -1 : 1;
	if (a->row_key != b->row_key)
		return a->row_key < b->row_key ? -1 : 1;
	return (a->version > b->version) - (a->version < b->version);
}

/* Of each note the newest version. */
static void keep_newest(struct refreshing *r)
{
	size_t kept = 0;
	if (r->waiting_count)
		qsort(r->waiting, r->waiting_count, sizeof *r->waiting, compare_waiting);
	for (size_t i = 0; i < r->waiting_count; i++) {
		struct waiting_note *last = kept ? &r->waiting[kept - 1] : NULL;
		bool same = last && last->record_id == r->waiting[i].record_id &&
			    last->feed_no == r->waiting[i].feed_no && last->row_key == r->waiting[i].row_key;
		r->waiting[same ? kept - 1 : kept++] = r->waiting[i];
	}
	r->waiting_count = kept;
}

/* A record that is of no resident yet is under nobody's restriction. */
static bool may_be_read(const struct refreshing *r, int64_t resident_id)
{
	return !resident_id || !policy_bounds_of(r->settings->policy, POLICY_RESIDENT, resident_id).restricted;
}

static void take_waiting(struct refreshing *r, const struct waiting_note *note, int64_t resident_id)
{
	if (may_be_read(r, resident_id)) {
		ARRAY_GROW(r->waiting, r->waiting_count, r->waiting_capacity);
		r->waiting[r->waiting_count++] = *note;
	} else if (!r->held_count || r->held[r->held_count - 1] != note->record_id) {
		ARRAY_GROW(r->held, r->held_count, r->held_capacity);
		r->held[r->held_count++] = note->record_id;
	}
}

static enum status find_notes(struct refreshing *r, enum which_notes which, struct error *error)
{
	struct statement *row;
	struct buf sql;
	bool more = false;
	buf_init(&sql, 1 << 20);
	waiting_sql(r, which, &sql);
	enum status status = store_prepare(&row, r->data, sql.at, error);
	buf_release(&sql);
	if (status != STATUS_OK)
		return status;
	if (which == NOTES_SINCE)
		statement_bind_int(row, "seen", r->seen_extract);
	else
		statement_bind_int(row, "reading", r->reading_no);
	statement_stream(row);
	int record = statement_column(row, "record_id"), feed = statement_column(row, "feed_no"),
	    key = statement_column(row, "row_key"), version = statement_column(row, "version"),
	    on = statement_column(row, "valid_from"), resident = statement_column(row, "resident_id");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		struct waiting_note note = {.record_id = statement_int(row, record),
					    .row_key = statement_int(row, key),
					    .feed_no = (int32_t)statement_int(row, feed),
					    .version = (int32_t)statement_int(row, version),
					    .on = (date)statement_int(row, on)};
		take_waiting(r, &note, statement_is_null(row, resident) ? 0 : statement_int(row, resident));
	}
	statement_reset(row);
	statement_done(row);
	return status;
}

static enum status find_waiting(struct refreshing *r, bool anew, struct error *error)
{
	int64_t held = 0;
	enum status status = store_query_int(r->data, "SELECT count(*) FROM note_held", &held, error);
	r->were_held = held > 0;
	if (status == STATUS_OK)
		status = find_notes(r, anew ? NOTES_UNREAD : NOTES_SINCE, error);
	if (status == STATUS_OK && !anew && r->were_held)
		status = find_notes(r, NOTES_HELD, error);
	keep_newest(r);
	return status;
}

static enum status keep_held(struct refreshing *r, struct error *error)
{
	struct statement *insert;
	enum status status = store_execute(r->data, "DELETE FROM note_held", error);
	if (status == STATUS_OK)
		status = store_prepare(&insert, r->data,
				       "INSERT INTO note_held (record_id) VALUES (:record) ON CONFLICT DO NOTHING",
				       error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < r->held_count && status == STATUS_OK; i++) {
		statement_bind_int(insert, "record", r->held[i]);
		status = statement_run(insert, NULL, error);
	}
	statement_done(insert);
	return status;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

/* Batches end between records: a record's sealed rows come together. */
static size_t batch_end(const struct refreshing *r, size_t first)
{
	size_t end = first + BATCH_NOTES;
	if (end >= r->waiting_count)
		return r->waiting_count;
	while (end < r->waiting_count && r->waiting[end].record_id == r->waiting[end - 1].record_id)
		end++;
	return end;
}

static enum status read_waiting(struct refreshing *r, struct error *error)
{
	struct progress progress = {0};
	enum status status = STATUS_OK;
	if (r->settings->show_progress)
		progress_start(&progress, "Reading case notes", "notes", r->waiting_count);
	if (r->waiting_count)
		status = note_reader_open(&r->reader, r->profile, NULL, error);
	for (size_t first = 0; status == STATUS_OK && first < r->waiting_count;) {
		size_t end = batch_end(r, first);
		status = note_read_batch(r, first, end, error);
		if (status == STATUS_OK && r->settings->stop && atomic_load(r->settings->stop) &&
		    end < r->waiting_count) {
			error_set(error, STATUS_INTERRUPTED, "notes.stopped",
				  "stopped: the next refresh goes on reading");
			status = STATUS_INTERRUPTED;
		}
		if (r->settings->show_progress)
			progress_add(&progress, end - first);
		first = end;
	}
	if (r->settings->show_progress)
		progress_end(&progress);
	return status;
}

/* What was passed over is remembered together with how far the reading came: neither is without the other. */
static enum status end_reading(struct refreshing *r, struct error *error)
{
	if (r->seen_extract == r->latest_extract && !r->held_count && !r->were_held)
		return STATUS_OK;
	enum status status = store_begin(r->data, error);
	if (status == STATUS_OK)
		status = keep_held(r, error);
	if (status == STATUS_OK)
		status = mark_seen(r, error);
	if (status == STATUS_OK)
		return store_commit(r->data, error);
	store_rollback(r->data);
	return status;
}

static enum status refresh(struct refreshing *r, struct error *error)
{
	enum status status = find_feeds(r, error);
	if (status != STATUS_OK || r->feed_count == 0)
		return status;
	status = store_query_int(r->data, "SELECT MAX(extract_id) FROM extract", &r->latest_extract, error);
	if (status == STATUS_OK)
		status = query_reading(r, error);
	if (status == STATUS_OK && (r->reading_no == 0 || r->settings->all))
		status = begin_reading(r, error);
	if (status == STATUS_OK)
		status = note_words_load(r, error);
	r->report->anew = r->seen_extract < 0;
	if (status == STATUS_OK)
		status = find_waiting(r, r->seen_extract < 0, error);
	if (status == STATUS_OK)
		status = read_waiting(r, error);
	return status == STATUS_OK ? end_reading(r, error) : status;
}

enum status note_refresh(struct note_refresh_report *report, struct store *data, const struct vault *vault,
			 const struct profile *profile, const struct note_refresh_settings *settings,
			 struct error *error)
{
	struct refreshing r = {
		.data = data, .vault = vault, .profile = profile, .settings = settings, .report = report};
	assert(settings->policy);
	*report = (struct note_refresh_report){0};
	if (profile->factors.count == 0 || text_is_absent(profile->note_rules))
		return STATUS_OK;
	text_map_init(&r.words);
	enum status status = vault_elements_load(&r.elements, data, error);
	if (status == STATUS_OK) {
		status = note_version(r.version, profile, profile->note_rules.at, error);
		if (status == STATUS_OK)
			status = refresh(&r, error);
		vault_elements_release(&r.elements);
	}
	note_reader_close(r.reader);
	text_map_release(&r.words);
	free(r.feed_numbers);
	free(r.feeds);
	free(r.waiting);
	free(r.held);
	return status;
}
