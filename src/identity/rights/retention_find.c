/* What has been kept long enough, by which rule. */
#include "rights/retention_int.h"
#include "rights/rights_int.h"

#include "base/memory.h"

#include <stdlib.h>

const char *retention_rule_words(enum retention_rule rule)
{
	return rule == RETAIN_SCHEDULE    ? "the feed's schedule"
	       : rule == RETAIN_DELETE_BY ? "the last day of the feed"
					  : "the end of its agreements";
}

const char *retention_state_name(enum retention_state state)
{
	static const char *const names[] = {[RETENTION_DUE] = "due",
					    [RETENTION_HELD] = "held",
					    [RETENTION_KEPT] = "kept",
					    [RETENTION_UNKNOWN] = "unknown"};
	return names[state];
}

struct text retention_schedule_words(const struct profile_feed *feed, struct arena *arena)
{
	const struct profile_retention *retention = &feed->retention;
	if (!retention->keep.given)
		return TEXT_ABSENT;
	int age = retention->birthday, ones = age % 10;
	const char *ordinal = age / 10 % 10 == 1 ? "th" : ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th";
	struct text after = retention->from == RETENTION_FROM_BIRTHDAY
				    ? arena_format(arena, "the %d%s birthday", age, ordinal)
			    : retention->from == RETENTION_FROM_END ? TEXT("the end of all that the source says")
								    : TEXT("the source last said something");
	const char *then = retention->holds ? "; then kept for legal claims" : "";
	if (!retention->keep.months && !retention->keep.days)
		return arena_format(arena, "Until %.*s%s", TEXT_ARG(after), then);
	return arena_format(arena, "%.*s after %.*s%s", TEXT_ARG(retention->keep.written), TEXT_ARG(after), then);
}

/* ---- a feed as a whole ---------------------------------------------------------------------------------- */

static bool speaks_of(const struct profile_agreement *agreement, const struct profile_feed *feed)
{
	for (size_t i = 0; i < agreement->cover_count; i++)
		if (agreement->covers[i].feeds[feed->number / 64] >> feed->number % 64 & 1)
			return true;
	return false;
}

/* The day from which nothing of the feed may be there, as the last of its agreements has it. DATE_UNKNOWN while one
 * runs, is suspended, or does not say. */
static date agreements_due(struct policy *policy, const struct profile *profile, const struct profile_feed *feed,
			   date as_of)
{
	date due = DATE_UNKNOWN;
	for (size_t i = 0; i < profile->agreements.count; i++) {
		date last;
		const struct profile_agreement *agreement = &profile->agreements.at[i];
		if (!speaks_of(agreement, feed) || agreement->status == AGREEMENT_DRAFT)
			continue;
		if (!policy_agreement_is_over(policy, agreement, as_of, &last) || !agreement->delete_after.given)
			return DATE_UNKNOWN;
		date after = period_after(&agreement->delete_after, last);
		due = due == DATE_UNKNOWN || after > due ? after : due;
	}
	return due;
}

static bool whole_feed_is_due(enum retention_rule *rule, struct policy *policy, const struct profile *profile,
			      const struct profile_feed *feed, date as_of)
{
	date due = agreements_due(policy, profile, feed, as_of);
	*rule = RETAIN_DELETE_BY;
	if (feed->delete_by != DATE_UNKNOWN && feed->delete_by < as_of)
		return true;
	*rule = RETAIN_AGREEMENT;
	return due != DATE_UNKNOWN && due < as_of;
}

/* ---- clients ---------------------------------------------------------------------------------------------- */

/* Of each client of a feed: until when anything was said, until when it lasted, and what is not over. A version that
 * gave way to a newer one (ended_how 1) says nothing of the end. */
#define CLIENTS_SQL \
	"SELECT f.record_id AS record_id, r.client_hash AS client_hash, m.resident_id AS resident_id, t.birth_month " \
	"AS " \
	"birth_month, COUNT(*) AS n, SUM(CASE WHEN f.ended_by IS NULL THEN 1 ELSE 0 END) AS current, SUM(CASE WHEN " \
	"f.ended_by IS NULL AND (f.valid_to IS NULL OR f.valid_to >= :day) THEN 1 ELSE 0 END) AS lasting, " \
	"MAX(e.as_at) AS brought, " \
	"MAX(x.as_at) " \
	"AS ended, MAX(CASE WHEN f.ended_how = 1 THEN NULL ELSE COALESCE(f.valid_to, x.as_at) END) AS until FROM " \
	"fact f " \
	"JOIN record r ON r.record_id = f.record_id JOIN extract e ON e.extract_id = f.extract_id LEFT JOIN extract " \
	"x ON " \
	"x.extract_id = f.ended_by LEFT JOIN resident_record m ON m.record_id = f.record_id LEFT JOIN resident_trait " \
	"t ON " \
	"t.resident_id = m.resident_id JOIN feed d ON d.feed_no = f.feed_no WHERE d.feed_id = :feed GROUP BY " \
	"f.record_id, " \
	"r.client_hash, m.resident_id, t.birth_month ORDER BY f.record_id"

struct finding {
	const struct rights_parts *parts;
	struct policy *policy;
	struct due_list *out;
	date as_of, newest; /* newest: as-at date of the feed's newest extract */
	const struct profile_feed *feed;
	bool whole;
	enum retention_rule rule;
};

/* In a full delivery the source says all of its current rows again; of a feed of changes those stand that last. Without
 * `valid_to` a row of changes was said when it came. */
static date last_said(const struct finding *f, struct statement *s)
{
	bool full = f->feed->delivery == DELIVERY_FULL;
	bool stands = full ? copied_number(s, "current") > 0 : f->feed->valid_to && copied_number(s, "lasting") > 0;
	date brought = copied_date(s, "brought"), ended = copied_date(s, "ended");
	date last = stands && f->newest != DATE_UNKNOWN ? f->newest : brought;
	return ended != DATE_UNKNOWN && ended > last ? ended : last;
}

/* The first day on which the client is surely of that age: the sources' month, to its end. */
static date birthday(struct statement *s, int years)
{
	int column = statement_column(s, "birth_month");
	if (statement_is_null(s, column))
		return DATE_UNKNOWN;
	int month = (int)statement_int(s, column) + 1 + 12 * years;
	return date_of(month / 12, month % 12 + 1, 1);
}

static bool is_due(const struct finding *f, struct statement *s, bool *unknown)
{
	const struct profile_retention *retention = &f->feed->retention;
	date from = DATE_UNKNOWN;
	*unknown = false;
	if (retention->from == RETENTION_FROM_LAST_ROW)
		from = last_said(f, s);
	else if (retention->from == RETENTION_FROM_BIRTHDAY)
		from = birthday(s, retention->birthday);
	else if (!copied_number(s, "lasting"))
		from = copied_date(s, "until");
	*unknown = retention->from == RETENTION_FROM_BIRTHDAY && from == DATE_UNKNOWN;
	date due = period_after(&retention->keep, from);
	return due != DATE_UNKNOWN && due <= f->as_of;
}

static enum retention_state state_of(const struct finding *f, int64_t resident_id, bool unknown)
{
	if (policy_bounds_of(f->policy, POLICY_RESIDENT, resident_id).held)
		return RETENTION_HELD;
	if (unknown)
		return RETENTION_UNKNOWN;
	return !f->whole && f->feed->retention.holds ? RETENTION_KEPT : RETENTION_DUE;
}

static void take_client(struct finding *f, struct statement *s)
{
	bool unknown = false;
	if (!f->whole && !is_due(f, s, &unknown) && !unknown)
		return;
	int64_t resident_id = copied_number(s, "resident_id");
	struct due_list *out = f->out;
	ARRAY_GROW(out->at, out->count, out->capacity);
	out->at[out->count++] = (struct due_client){.feed = f->feed,
						    .record_id = copied_number(s, "record_id"),
						    .resident_id = resident_id,
						    .client_hash = copied_number(s, "client_hash"),
						    .rule = f->whole ? f->rule : RETAIN_SCHEDULE,
						    .state = state_of(f, resident_id, unknown),
						    .rows = copied_number(s, "n")};
}

static enum status find_newest(struct finding *f, struct error *error)
{
	struct statement *s;
	bool row;
	f->newest = DATE_UNKNOWN;
	enum status status = store_prepare(&s, f->parts->data,
					   "SELECT MAX(e.as_at) AS newest FROM extract e JOIN feed d ON d.feed_no = "
					   "e.feed_no WHERE d.feed_id = :feed AND e.status = 'loaded'",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(s, "feed", f->feed->id);
	status = statement_step(s, &row, error);
	if (status == STATUS_OK && row)
		f->newest = copied_date(s, "newest");
	statement_done(s);
	return status;
}

static enum status find_in_feed(struct finding *f, struct error *error)
{
	struct statement *s;
	bool row;
	f->whole = whole_feed_is_due(&f->rule, f->policy, f->parts->profile, f->feed, f->as_of);
	if (!f->feed->client || (!f->whole && !f->feed->retention.keep.given))
		return STATUS_OK;
	enum status status = find_newest(f, error);
	if (status == STATUS_OK)
		status = store_prepare(&s, f->parts->data, CLIENTS_SQL, error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(s, "feed", f->feed->id);
	statement_bind_int(s, "day", f->as_of);
	while ((status = statement_step(s, &row, error)) == STATUS_OK && row)
		take_client(f, s);
	statement_done(s);
	return status;
}

enum status retention_find(struct due_list *out, const struct rights_parts *parts, struct policy *policy, date as_of,
			   struct error *error)
{
	struct finding f = {.parts = parts, .policy = policy, .out = out, .as_of = as_of};
	enum status status = STATUS_OK;
	*out = (struct due_list){0};
	for (size_t i = 0; i < parts->profile->feeds.count && status == STATUS_OK; i++) {
		f.feed = &parts->profile->feeds.at[i];
		status = find_in_feed(&f, error);
	}
	return status;
}

/* ---- counted ------------------------------------------------------------------------------------------------ */

/* Of one feed only one rule holds, so that feed and state are enough. */
static void count(struct retention_plan *out, const struct due_client *client)
{
	struct retention_count *counts = out->counts;
	size_t i = 0;
	while (i < out->count && (counts[i].feed != client->feed || counts[i].state != client->state))
		i++;
	if (i == out->count)
		counts[out->count++] =
			(struct retention_count){.feed = client->feed, .rule = client->rule, .state = client->state};
	counts[i].clients++;
	counts[i].rows += client->rows;
	if (client->state != RETENTION_DUE)
		return;
	out->clients++;
	out->rows += client->rows;
}

enum status retention_plan(struct retention_plan *out, const struct rights_parts *parts, struct policy *policy,
			   date as_of, struct arena *arena, struct error *error)
{
	struct due_list due;
	*out = (struct retention_plan){.as_of = as_of};
	out->counts =
		ARENA_ARRAY(arena, parts->profile->feeds.count * RETENTION_STATE_COUNT + 1, struct retention_count);
	enum status status = retention_find(&due, parts, policy, as_of, error);
	for (size_t i = 0; i < due.count && status == STATUS_OK; i++)
		count(out, &due.at[i]);
	free(due.at);
	if (status == STATUS_OK)
		status = retention_find_requests(&out->requests, &out->requests_held, parts, policy, as_of, error);
	return status == STATUS_OK ? retention_find_rest(out, parts, arena, error) : status;
}
