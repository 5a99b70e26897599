#include "intake/quality.h"

#include "base/memory.h"
#include "profile/profile.h"
#include "store/store.h"

const char *feed_freshness_name(enum feed_freshness freshness)
{
	static const char *const names[] = {
		[FEED_NEVER] = "never", [FEED_FRESH] = "fresh", [FEED_LATE] = "late", [FEED_WAITING] = "waiting"};
	return names[freshness];
}

/* ---- rows of a statement, kept in an arena --------------------------------------------------- */

struct rows { /* grows by doubling inside the arena: the halves left behind go with it */
	struct arena *arena;
	char *at;
	size_t size, count, capacity;
};

static void *rows_add(struct rows *rows)
{
	if (rows->count == rows->capacity) {
		size_t capacity = rows->capacity ? rows->capacity * 2 : 16;
		char *more = arena_alloc_array(rows->arena, capacity, rows->size);
		if (rows->count)
			memcpy(more, rows->at, rows->count * rows->size);
		rows->at = more;
		rows->capacity = capacity;
	}
	return rows->at + rows->count++ * rows->size;
}

static struct text column_text(struct statement *query, const char *name, struct arena *arena)
{
	int column = statement_column(query, name);
	return statement_is_null(query, column) ? TEXT_ABSENT : arena_text(arena, statement_text(query, column));
}

static int64_t column_int(struct statement *query, const char *name)
{
	return statement_int(query, statement_column(query, name));
}

typedef void read_row(struct statement *query, struct arena *arena, void *out);

/* All rows of QUERY, which is then done. */
static enum status read_rows(struct statement *query, struct rows *rows, read_row *read, struct error *error)
{
	bool row;
	enum status status;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		read(query, rows->arena, rows_add(rows));
	statement_done(query);
	return status;
}

static double share(int64_t part, int64_t whole)
{
	return whole > 0 ? (double)part / (double)whole : 0;
}

/* ---- extracts ------------------------------------------------------------------------------------ */

#define EXTRACT_COLUMNS \
	"SELECT e.extract_id AS extract_id, f.feed_id AS feed_id, s.source_id AS source_id, e.file_name AS " \
	"file_name, " \
	"e.delivery AS delivery, e.status AS status, e.reason AS reason, e.archive_name AS archive_name, e.as_at AS " \
	"as_at, " \
	"e.received AS received, e.finished AS finished, e.bytes AS bytes, e.rows_read AS rows_read, " \
	"e.rows_loaded AS rows_loaded, e.rows_unchanged AS rows_unchanged, e.rows_quarantined AS rows_quarantined, " \
	"e.rows_ended AS rows_ended, e.new_clients AS new_clients FROM extract e JOIN feed f ON f.feed_no = " \
	"e.feed_no " \
	"JOIN source s ON s.source_no = f.source_no "

static void read_extract(struct statement *query, struct arena *arena, void *out)
{
	int finished = statement_column(query, "finished");
	*(struct extract_info *)out = (struct extract_info){
		.extract_id = column_int(query, "extract_id"),
		.feed_id = column_text(query, "feed_id", arena),
		.source_id = column_text(query, "source_id", arena),
		.file_name = column_text(query, "file_name", arena),
		.delivery = column_text(query, "delivery", arena),
		.status = column_text(query, "status", arena),
		.reason = column_text(query, "reason", arena),
		.archive_name = column_text(query, "archive_name", arena),
		.as_at = (date)column_int(query, "as_at"),
		.received = column_int(query, "received"),
		.finished = statement_is_null(query, finished) ? INSTANT_UNKNOWN : statement_int(query, finished),
		.bytes = column_int(query, "bytes"),
		.rows_read = column_int(query, "rows_read"),
		.rows_loaded = column_int(query, "rows_loaded"),
		.rows_unchanged = column_int(query, "rows_unchanged"),
		.rows_quarantined = column_int(query, "rows_quarantined"),
		.rows_ended = column_int(query, "rows_ended"),
		.new_clients = column_int(query, "new_clients"),
	};
}

enum status extract_list(struct extract_info **out, size_t *count, struct store *store, struct text feed_id,
			 unsigned limit, struct arena *arena, struct error *error)
{
	struct statement *query;
	bool all = text_is_absent(feed_id);
	struct rows rows = {.arena = arena, .size = sizeof(struct extract_info)};
	enum status status = store_prepare(
		&query, store,
		all ? EXTRACT_COLUMNS "ORDER BY e.as_at DESC, e.extract_id DESC LIMIT :most"
		    : EXTRACT_COLUMNS "WHERE f.feed_id = :feed ORDER BY e.as_at DESC, e.extract_id DESC LIMIT :most",
		error);
	if (status == STATUS_OK) {
		if (!all)
			statement_bind_text(query, "feed", feed_id);
		statement_bind_int(query, "most", limit ? (int64_t)limit : INT32_MAX);
		status = read_rows(query, &rows, read_extract, error);
	}
	*out = (struct extract_info *)rows.at;
	*count = rows.count;
	return status;
}

enum status extract_read(struct extract_info *out, struct store *store, int64_t extract_id, struct arena *arena,
			 struct error *error)
{
	struct statement *query;
	struct rows rows = {.arena = arena, .size = sizeof(struct extract_info)};
	enum status status = store_prepare(&query, store, EXTRACT_COLUMNS "WHERE e.extract_id = :extract", error);
	if (status)
		return status;
	statement_bind_int(query, "extract", extract_id);
	status = read_rows(query, &rows, read_extract, error);
	if (status == STATUS_OK && rows.count == 0)
		return error_set(error, STATUS_NOT_FOUND, "intake.extract", "There is no extract %lld",
				 (long long)extract_id);
	if (status == STATUS_OK)
		*out = *(struct extract_info *)rows.at;
	return status;
}

/* ---- the state of each feed ------------------------------------------------------------------- */

/* The day after which the delivery behind one of AS_AT is overdue: its period, and the time it takes to come. */
static date expected_after(enum feed_schedule schedule, date as_at)
{
	switch (schedule) {
	case SCHEDULE_DAILY:
		return as_at + 1 + 1;
	case SCHEDULE_WEEKLY:
		return as_at + 7 + 2;
	case SCHEDULE_MONTHLY:
		return date_add_months(as_at, 1) + 7;
	case SCHEDULE_TERMLY:
		return date_add_months(as_at, 5) + 14;
	case SCHEDULE_YEARLY:
		return date_add_months(as_at, 12) + 31;
	case SCHEDULE_ONCE:
		break;
	}
	return DATE_UNKNOWN;
}

/* What is due each term is not due while the schools are closed: then two weeks after they have opened. */
static date after_holidays(const struct profile *profile, date expected)
{
	for (size_t i = 0; i < profile->school_holidays.count; i++) {
		const struct profile_holiday *holiday = &profile->school_holidays.at[i];
		if (expected >= holiday->from && expected <= holiday->to + 14)
			return holiday->to + 15;
	}
	return expected;
}

static void read_newest(struct statement *query, struct arena *arena, void *out)
{
	struct feed_status *feed = out;
	int64_t rows = column_int(query, "cells"), filled = column_int(query, "filled");
	*feed = (struct feed_status){
		.feed_id = column_text(query, "feed_id", arena),
		.as_at = (date)column_int(query, "as_at"),
		.received = column_int(query, "received"),
		.rows_current = column_int(query, "rows_read"),
		.rows_quarantined = column_int(query, "rows_quarantined"),
		.extracts = column_int(query, "extracts"),
		.completeness = share(filled, rows),
		.validity = share(column_int(query, "valid"), filled),
	};
}

/* The newest loaded extract of each feed, with the sums over its columns. */
static enum status read_loaded(struct rows *rows, struct store *store, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(
		&query, store,
		"WITH ranked AS (SELECT e.extract_id AS extract_id, e.feed_no AS feed_no, e.as_at AS as_at, "
		"e.received AS received, e.rows_read AS rows_read, e.rows_quarantined AS rows_quarantined, "
		"row_number() OVER (PARTITION BY e.feed_no ORDER BY e.as_at DESC, e.extract_id DESC) AS place, "
		"count(*) OVER (PARTITION BY e.feed_no) AS extracts FROM extract e WHERE e.status = 'loaded'), "
		"sums AS (SELECT q.extract_id AS extract_id, sum(q.rows) AS cells, sum(q.filled) AS filled, "
		"sum(q.valid) AS valid FROM quality q JOIN ranked r ON r.extract_id = q.extract_id AND r.place = 1 "
		"GROUP BY q.extract_id) "
		"SELECT f.feed_id AS feed_id, r.as_at AS as_at, r.received AS received, r.rows_read AS rows_read, "
		"r.rows_quarantined AS rows_quarantined, r.extracts AS extracts, "
		"CAST(COALESCE(s.cells, 0) AS BIGINT) AS cells, CAST(COALESCE(s.filled, 0) AS BIGINT) AS filled, "
		"CAST(COALESCE(s.valid, 0) AS BIGINT) AS valid FROM ranked r JOIN feed f ON f.feed_no = r.feed_no "
		"LEFT JOIN sums s ON s.extract_id = r.extract_id WHERE r.place = 1",
		error);
	return status ? status : read_rows(query, rows, read_newest, error);
}

struct waiting {
	struct text feed_id, reason;
	int64_t extract_id;
	date as_at;
};

static void read_waiting(struct statement *query, struct arena *arena, void *out)
{
	*(struct waiting *)out = (struct waiting){.feed_id = column_text(query, "feed_id", arena),
						  .reason = column_text(query, "reason", arena),
						  .extract_id = column_int(query, "extract_id"),
						  .as_at = (date)column_int(query, "as_at")};
}

/* Held and refused extracts, the newest of a feed last. */
static enum status read_all_waiting(struct rows *rows, struct store *store, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, store,
					   "SELECT f.feed_id AS feed_id, e.extract_id AS extract_id, e.as_at AS as_at, "
					   "e.reason AS reason FROM extract e JOIN feed f ON f.feed_no = e.feed_no "
					   "WHERE e.status IN ('held', 'refused') ORDER BY e.as_at, e.extract_id",
					   error);
	return status ? status : read_rows(query, rows, read_waiting, error);
}

static void fill_status(struct feed_status *out, const struct profile *profile, const struct profile_feed *feed,
			const struct rows *loaded, const struct rows *waiting, date today)
{
	*out = (struct feed_status){.as_at = DATE_UNKNOWN, .received = INSTANT_UNKNOWN, .expected = DATE_UNKNOWN};
	for (size_t i = 0; i < loaded->count; i++) {
		const struct feed_status *newest = &((const struct feed_status *)loaded->at)[i];
		if (!text_equal(newest->feed_id, feed->id))
			continue;
		*out = *newest;
		out->expected = expected_after(feed->schedule, newest->as_at);
		if (feed->schedule == SCHEDULE_TERMLY)
			out->expected = after_holidays(profile, out->expected);
		out->freshness = out->expected != DATE_UNKNOWN && today > out->expected ? FEED_LATE : FEED_FRESH;
	}
	for (size_t i = 0; i < waiting->count; i++) {
		const struct waiting *held = &((const struct waiting *)waiting->at)[i];
		if (!text_equal(held->feed_id, feed->id) || (out->as_at != DATE_UNKNOWN && held->as_at < out->as_at))
			continue;
		out->waiting_extract = held->extract_id;
		out->waiting_reason = held->reason;
		out->freshness = FEED_WAITING;
	}
	out->feed_id = feed->id;
	out->title = feed->title;
	out->source_id = feed->source->id;
	out->source_title = feed->source->title;
}

enum status feed_status_list(struct feed_status **out, size_t *count, struct store *store,
			     const struct profile *profile, date today, struct arena *arena, struct error *error)
{
	struct rows loaded = {.arena = arena, .size = sizeof(struct feed_status)};
	struct rows waiting = {.arena = arena, .size = sizeof(struct waiting)};
	*count = 0;
	*out = ARENA_ARRAY(arena, profile->feeds.count ? profile->feeds.count : 1, struct feed_status);
	enum status status = read_loaded(&loaded, store, error);
	if (status == STATUS_OK)
		status = read_all_waiting(&waiting, store, error);
	if (status)
		return status;
	for (size_t i = 0; i < profile->feeds.count; i++)
		fill_status(&(*out)[i], profile, &profile->feeds.at[i], &loaded, &waiting, today);
	*count = profile->feeds.count;
	return STATUS_OK;
}

/* ---- columns and rules of one extract ----------------------------------------------------------- */

static void read_column(struct statement *query, struct arena *arena, void *out)
{
	int before = statement_column(query, "rows_before");
	struct quality_column *column = out;
	*column = (struct quality_column){
		.column_name = column_text(query, "column_name", arena),
		.element_id = column_text(query, "element_id", arena),
		.rows = column_int(query, "rows_now"),
		.filled = column_int(query, "filled"),
		.valid = column_int(query, "valid"),
		.distinct_values = column_int(query, "distinct_values"),
		.completeness_before = -1,
		.validity_before = -1,
	};
	column->completeness = share(column->filled, column->rows);
	column->validity = share(column->valid, column->filled);
	column->uniqueness = share(column->distinct_values, column->filled);
	if (statement_is_null(query, before))
		return;
	int64_t filled = column_int(query, "filled_before");
	column->completeness_before = share(filled, statement_int(query, before));
	column->validity_before = share(column_int(query, "valid_before"), filled);
}

enum status quality_columns(struct quality_column **out, size_t *count, struct store *store, int64_t extract_id,
			    struct arena *arena, struct error *error)
{
	struct statement *query;
	struct rows rows = {.arena = arena, .size = sizeof(struct quality_column)};
	enum status status = store_prepare(
		&query, store,
		"WITH this AS (SELECT extract_id, feed_no, as_at FROM extract WHERE extract_id = :extract), "
		"before AS (SELECT e.extract_id AS extract_id FROM extract e JOIN this t ON t.feed_no = e.feed_no "
		"WHERE e.status = 'loaded' AND (e.as_at < t.as_at OR (e.as_at = t.as_at AND e.extract_id < "
		"t.extract_id)) "
		"ORDER BY e.as_at DESC, e.extract_id DESC LIMIT 1) "
		"SELECT q.column_name AS column_name, q.element_id AS element_id, q.rows AS rows_now, q.filled AS "
		"filled, "
		"q.valid AS valid, q.distinct_values AS distinct_values, p.rows AS rows_before, p.filled AS "
		"filled_before, "
		"p.valid AS valid_before FROM quality q LEFT JOIN quality p ON p.column_name = q.column_name AND "
		"p.extract_id = (SELECT extract_id FROM before) WHERE q.extract_id = :extract ORDER BY q.position",
		error);
	if (status == STATUS_OK) {
		statement_bind_int(query, "extract", extract_id);
		status = read_rows(query, &rows, read_column, error);
	}
	*out = (struct quality_column *)rows.at;
	*count = rows.count;
	return status;
}

static void read_rule(struct statement *query, struct arena *arena, void *out)
{
	*(struct quality_rule *)out = (struct quality_rule){.rule = column_text(query, "rule", arena),
							    .column_name = column_text(query, "column_name", arena),
							    .severity = column_text(query, "severity", arena),
							    .rows = column_int(query, "rows_broken")};
}

enum status quality_rules(struct quality_rule **out, size_t *count, struct store *store, int64_t extract_id,
			  struct arena *arena, struct error *error)
{
	struct statement *query;
	struct rows rows = {.arena = arena, .size = sizeof(struct quality_rule)};
	enum status status = store_prepare(&query, store,
					   "SELECT rule, column_name, severity, rows AS rows_broken FROM quality_rule "
					   "WHERE extract_id = :extract ORDER BY rows DESC, rule, column_name",
					   error);
	if (status == STATUS_OK) {
		statement_bind_int(query, "extract", extract_id);
		status = read_rows(query, &rows, read_rule, error);
	}
	*out = (struct quality_rule *)rows.at;
	*count = rows.count;
	return status;
}

/* ---- the trend --------------------------------------------------------------------------------------- */

static void read_point(struct statement *query, struct arena *arena, void *out)
{
	(void)arena;
	int64_t filled = column_int(query, "filled");
	date as_at = (date)column_int(query, "as_at");
	*(struct quality_point *)out = (struct quality_point){
		.extract_id = column_int(query, "extract_id"),
		.as_at = as_at,
		.rows_read = column_int(query, "rows_read"),
		.rows_quarantined = column_int(query, "rows_quarantined"),
		.days_late = instant_date(column_int(query, "received")) - as_at,
		.completeness = share(filled, column_int(query, "cells")),
		.validity = share(column_int(query, "valid"), filled),
	};
}

#define TREND_SELECT \
	"SELECT e.extract_id AS extract_id, e.as_at AS as_at, e.received AS received, e.rows_read AS rows_read, " \
	"e.rows_quarantined AS rows_quarantined, CAST(COALESCE(sum(q.rows), 0) AS BIGINT) AS cells, " \
	"CAST(COALESCE(sum(q.filled), 0) AS BIGINT) AS filled, CAST(COALESCE(sum(q.valid), 0) AS BIGINT) AS valid " \
	"FROM extract e JOIN feed f ON f.feed_no = e.feed_no LEFT JOIN quality q ON q.extract_id = e.extract_id "
#define TREND_GROUP \
	" GROUP BY e.extract_id, e.as_at, e.received, e.rows_read, e.rows_quarantined ORDER BY e.as_at, e.extract_id"

enum status quality_trend(struct quality_point **out, size_t *count, struct store *store, struct text feed_id,
			  struct text column_name, struct arena *arena, struct error *error)
{
	struct statement *query;
	bool all = text_is_absent(column_name);
	struct rows rows = {.arena = arena, .size = sizeof(struct quality_point)};
	enum status status = store_prepare(
		&query, store,
		all ? TREND_SELECT "WHERE f.feed_id = :feed AND e.status = 'loaded'" TREND_GROUP
		    : TREND_SELECT
			"AND q.column_name = :column WHERE f.feed_id = :feed AND e.status = 'loaded'" TREND_GROUP,
		error);
	if (status == STATUS_OK) {
		statement_bind_text(query, "feed", feed_id);
		if (!all)
			statement_bind_text(query, "column", column_name);
		status = read_rows(query, &rows, read_point, error);
	}
	*out = (struct quality_point *)rows.at;
	*count = rows.count;
	return status;
}
