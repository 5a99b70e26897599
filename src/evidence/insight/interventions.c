#include "insight/insight.h"

#include "base/buf.h"
#include "base/memory.h"

#include <stdlib.h>

struct moment { /* a row of a feed, by the days from which and up to which it was valid */
	int64_t resident_id;
	unsigned feed; /* number in the profile */
	date from, to;
};

struct counting {
	struct policy *policy;
	const struct profile *profile;
	struct store *data;
	date today;
	date *newest;     /* by number of feed: up to when its data is known; DATE_UNKNOWN: not at all */
	int64_t *feed_no; /* by number of feed in the profile; 0: not there */
	bool *free;       /* likewise: no resident has to have consented */
	struct moment *moments;
	size_t count, capacity;
};

/* ---- what may be read --------------------------------------------------------------------------------------- */

static bool may_use(const struct counting *c, const struct profile_feed *feed, const struct profile_element *element)
{
	return element &&
	       policy_may_use(c->policy, NULL, feed, element, USE_MODELLING, c->today).verdict == POLICY_ALLOW;
}

/* Only what the days of a row tell by themselves: no condition has to be asked. */
static bool told_by_days(const struct profile_feed *feed, const struct profile_element *day)
{
	return day && (day == feed->valid_from || day == feed->valid_to);
}

static bool can_count(const struct counting *c, const struct profile_intervention *rule)
{
	return rule->feed && rule->start == rule->feed->valid_from && rule->end == rule->feed->valid_to &&
	       c->feed_no[rule->feed->number] && may_use(c, rule->feed, rule->start) &&
	       may_use(c, rule->feed, rule->end);
}

static bool can_follow(const struct counting *c, const struct profile_event *event)
{
	return told_by_days(event->feed, event->date) && !event->when.count && !event->changed &&
	       c->feed_no[event->feed->number] && may_use(c, event->feed, event->date);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static enum status read_feeds(struct counting *c, struct error *error)
{
	struct statement *row;
	bool more = false;
	enum status status = store_prepare(&row, c->data,
					   "SELECT f.feed_no, f.feed_id, (SELECT MAX(e.as_at) FROM extract e WHERE "
					   "e.feed_no = f.feed_no AND e.status = 'loaded') AS newest FROM feed f",
					   error);
	if (status != STATUS_OK)
		return status;
	int feed_no = statement_column(row, "feed_no"), feed_id = statement_column(row, "feed_id"),
	    newest = statement_column(row, "newest");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		const struct profile_feed *feed = profile_feed(c->profile, statement_text(row, feed_id));
		if (!feed)
			continue;
		c->feed_no[feed->number] = statement_int(row, feed_no);
		if (!statement_is_null(row, newest))
			c->newest[feed->number] = (date)statement_int(row, newest);
	}
	statement_done(row);
	return status;
}

static void want(const struct counting *c, struct buf *list, bool *wanted, const struct profile_feed *feed)
{
	if (wanted[feed->number])
		return;
	wanted[feed->number] = true;
	if (list->len)
		buf_append_char(list, ',');
	buf_append_int(list, c->feed_no[feed->number]);
}

static void wanted_feeds(const struct counting *c, struct buf *list)
{
	bool *wanted = memory_alloc(c->profile->feeds.count + 1, sizeof *wanted);
	for (size_t i = 0; i < c->profile->interventions.count; i++) {
		const struct profile_intervention *rule = &c->profile->interventions.at[i];
		if (!can_count(c, rule))
			continue;
		want(c, list, wanted, rule->feed);
		for (size_t e = 0; e < rule->followed_count; e++)
			if (can_follow(c, rule->followed_by[e]))
				want(c, list, wanted, rule->followed_by[e]->feed);
	}
	free(wanted);
}

static unsigned number_of(const struct counting *c, int64_t feed_no)
{
	unsigned number = 0;
	while (c->feed_no[number] != feed_no)
		number++;
	return number;
}

static int compare_moments(const void *left, const void *right)
{
	const struct moment *a = left, *b = right;
	return (a->resident_id > b->resident_id) - (a->resident_id < b->resident_id);
}

/* Whether AGREEMENT by itself lets ELEMENT of FEED be used; no such day is nothing to ask for. */
static bool lets(const struct counting *c, const struct profile_agreement *agreement, const struct profile_feed *feed,
		 const struct profile_element *element)
{
	return !element ||
	       policy_may_use(c->policy, agreement, feed, element, USE_MODELLING, c->today).verdict == POLICY_ALLOW;
}

/* By an agreement that rests on no consent, or on one that this resident gave. BOUNDS NULL: of nobody. */
static bool is_let(const struct counting *c, const struct profile_feed *feed, const struct profile_element *element,
		   const struct policy_bounds *bounds)
{
	for (size_t i = 0; element && i < c->profile->agreements.count; i++) {
		const struct profile_agreement *agreement = &c->profile->agreements.at[i];
		bool asks = agreement->consent && !(bounds && policy_has_consent(c->policy, bounds, agreement));
		if (!asks && lets(c, agreement, feed, element))
			return true;
	}
	return !element;
}

/* Feeds whose days are let be used without anybody's consent: of the others each resident is asked. */
static void find_free(struct counting *c)
{
	for (size_t i = 0; i < c->profile->feeds.count; i++) {
		const struct profile_feed *feed = &c->profile->feeds.at[i];
		c->free[i] = is_let(c, feed, feed->valid_from, NULL) && is_let(c, feed, feed->valid_to, NULL);
	}
}

static bool may_count(const struct counting *c, int64_t resident_id, unsigned number)
{
	const struct profile_feed *feed = &c->profile->feeds.at[number];
	const struct policy_bounds bounds = policy_bounds_of(c->policy, POLICY_RESIDENT, resident_id);
	return policy_is_unbound(&bounds) && (c->free[number] || (is_let(c, feed, feed->valid_from, &bounds) &&
								  is_let(c, feed, feed->valid_to, &bounds)));
}

/* Rows that nothing ended, and those that were only left out of a later delivery, of everybody who may be counted. */
static enum status read_moments(struct counting *c, const char *feeds, struct error *error)
{
	struct buf sql;
	struct statement *row;
	bool more = false;
	buf_init(&sql, 1 << 16);
	buf_format(&sql,
		   "SELECT m.resident_id, f.feed_no, f.valid_from, f.valid_to FROM fact f JOIN resident_record m ON "
		   "m.record_id = f.record_id WHERE f.feed_no IN (%s) AND (f.ended_by IS NULL OR f.ended_how = 2)",
		   feeds);
	enum status status = store_prepare(&row, c->data, sql.at, error);
	buf_release(&sql);
	if (status != STATUS_OK)
		return status;
	int resident = statement_column(row, "resident_id"), feed = statement_column(row, "feed_no"),
	    from = statement_column(row, "valid_from"), to = statement_column(row, "valid_to");
	statement_stream(row);
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		unsigned number = number_of(c, statement_int(row, feed));
		if (!may_count(c, statement_int(row, resident), number))
			continue;
		ARRAY_GROW(c->moments, c->count, c->capacity);
		c->moments[c->count++] =
			(struct moment){statement_int(row, resident), number, (date)statement_int(row, from),
					statement_is_null(row, to) ? DATE_UNKNOWN : (date)statement_int(row, to)};
	}
	statement_done(row);
	if (c->count > 1)
		qsort(c->moments, c->count, sizeof *c->moments, compare_moments);
	return status;
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

static size_t end_of_resident(const struct counting *c, size_t at)
{
	size_t end = at;
	while (end < c->count && c->moments[end].resident_id == c->moments[at].resident_id)
		end++;
	return end;
}

/* Up to when everything that could follow is known. */
static date known_until(const struct counting *c, const struct profile_intervention *rule)
{
	date until = c->today;
	for (size_t i = 0; i < rule->followed_count; i++) {
		const struct profile_event *event = rule->followed_by[i];
		if (can_follow(c, event) && c->newest[event->feed->number] < until)
			until = c->newest[event->feed->number];
	}
	return until;
}

static bool followed(const struct counting *c, size_t first, size_t end, const struct moment *case_of,
		     const struct profile_event *event, date until)
{
	for (size_t i = first; i < end; i++) {
		const struct moment *moment = &c->moments[i];
		date on = event->date == event->feed->valid_from ? moment->from : moment->to;
		if (moment != case_of && moment->feed == event->feed->number && on != DATE_UNKNOWN &&
		    on >= case_of->to && on <= until)
			return true;
	}
	return false;
}

static void count_case(const struct counting *c, const struct profile_intervention *rule, size_t first, size_t end,
		       const struct moment *case_of, int64_t *counts)
{
	bool any = false;
	date until = date_add_months(case_of->to, rule->months);
	for (size_t i = 0; i < rule->followed_count; i++) {
		bool came = can_follow(c, rule->followed_by[i]) &&
			    followed(c, first, end, case_of, rule->followed_by[i], until);
		counts[i] += came;
		any |= came;
	}
	counts[rule->followed_count] += any;
	counts[rule->followed_count + 1]++;
}

/* COUNTS: for each event, then for any of them, then the cases. */
static void count_rule(const struct counting *c, const struct profile_intervention *rule, int64_t *counts)
{
	date known = known_until(c, rule);
	for (size_t first = 0, end; first < c->count; first = end) {
		end = end_of_resident(c, first);
		for (size_t i = first; i < end; i++) {
			const struct moment *moment = &c->moments[i];
			if (moment->feed == rule->feed->number && moment->to != DATE_UNKNOWN &&
			    date_add_months(moment->to, rule->months) <= known)
				count_case(c, rule, first, end, moment, counts);
		}
	}
}

static enum status write_result(struct counting *c, const struct profile_intervention *rule, struct text event,
				int64_t cases, int64_t count, struct error *error)
{
	struct statement *insert;
	enum status status =
		store_prepare(&insert, c->data,
			      "INSERT INTO intervention_result (intervention_id, event_id, cases, followed) "
			      "VALUES (:intervention, :event, :cases, :followed)",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_text(insert, "intervention", rule->id);
	statement_bind_text(insert, "event", event);
	statement_bind_int(insert, "cases", cases);
	statement_bind_int(insert, "followed", count);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static enum status write_rule(struct counting *c, const struct profile_intervention *rule,
			      struct interventions_report *report, struct error *error)
{
	int64_t *counts = memory_alloc(rule->followed_count + 2, sizeof *counts);
	enum status status = STATUS_OK;
	if (can_count(c, rule))
		count_rule(c, rule, counts);
	int64_t cases = counts[rule->followed_count + 1];
	if (cases >= SUMMARY_CASES_LEAST) {
		status = write_result(c, rule, TEXT(""), cases, counts[rule->followed_count], error);
		for (size_t i = 0; status == STATUS_OK && i < rule->followed_count; i++)
			if (can_follow(c, rule->followed_by[i]))
				status = write_result(c, rule, rule->followed_by[i]->id, cases, counts[i], error);
		report->interventions++;
		report->cases += cases;
	}
	free(counts);
	return status;
}

static enum status count_all(struct counting *c, struct interventions_report *report, struct error *error)
{
	struct buf feeds;
	buf_init(&feeds, 1 << 14);
	enum status status = store_begin(c->data, error);
	if (status == STATUS_OK)
		status = store_execute(c->data, "DELETE FROM intervention_result", error);
	if (status == STATUS_OK)
		status = read_feeds(c, error);
	if (status == STATUS_OK)
		wanted_feeds(c, &feeds);
	if (status == STATUS_OK && feeds.len)
		status = read_moments(c, feeds.at, error);
	for (size_t i = 0; status == STATUS_OK && i < c->profile->interventions.count; i++)
		status = write_rule(c, &c->profile->interventions.at[i], report, error);
	if (status == STATUS_OK)
		status = store_commit(c->data, error);
	else
		store_rollback(c->data);
	buf_release(&feeds);
	return status;
}

enum status interventions_refresh(struct policy *policy, const struct profile *profile, struct store *data, date today,
				  struct interventions_report *report, struct error *error)
{
	struct counting c = {.policy = policy, .profile = profile, .data = data, .today = today};
	*report = (struct interventions_report){0};
	c.newest = memory_alloc(profile->feeds.count + 1, sizeof *c.newest);
	c.feed_no = memory_alloc(profile->feeds.count + 1, sizeof *c.feed_no);
	c.free = memory_alloc(profile->feeds.count + 1, sizeof *c.free);
	find_free(&c);
	for (size_t i = 0; i < profile->feeds.count; i++)
		c.newest[i] = DATE_UNKNOWN;
	enum status status = count_all(&c, report, error);
	free(c.newest);
	free(c.feed_no);
	free(c.free);
	free(c.moments);
	return status;
}

/* ---- for pages ------------------------------------------------------------------------------------------------------
 */

static const struct profile_intervention *intervention_of(const struct profile *profile, struct text id)
{
	for (size_t i = 0; i < profile->interventions.count; i++)
		if (text_equal(profile->interventions.at[i].id, id))
			return &profile->interventions.at[i];
	return NULL;
}

static void take_result(struct summary_comparison *compared, struct text event, int64_t cases, int64_t count)
{
	const struct profile_intervention *rule = compared->intervention;
	compared->cases = cases;
	if (!event.len)
		compared->followed_by_any = count;
	for (size_t i = 0; i < rule->followed_count; i++)
		if (text_equal(rule->followed_by[i]->id, event))
			((int64_t *)(uintptr_t)compared->followed)[i] = count;
}

enum status interventions_read(const struct summary_comparison **out, size_t *count, const struct profile *profile,
			       struct store *data, struct arena *arena, struct error *error)
{
	struct statement *row;
	bool more = false;
	struct summary_comparison *compared =
		ARENA_ARRAY(arena, profile->interventions.count, struct summary_comparison);
	*out = compared;
	*count = profile->interventions.count;
	for (size_t i = 0; i < *count; i++) {
		const struct profile_intervention *rule = &profile->interventions.at[i];
		int64_t *followed_by = ARENA_ARRAY(arena, rule->followed_count, int64_t);
		for (size_t e = 0; e < rule->followed_count; e++)
			followed_by[e] = -1;
		compared[i] = (struct summary_comparison){.intervention = rule, .followed = followed_by};
	}
	enum status status = store_prepare(
		&row, data, "SELECT intervention_id, event_id, cases, followed FROM intervention_result", error);
	if (status != STATUS_OK)
		return status;
	int intervention = statement_column(row, "intervention_id"), event = statement_column(row, "event_id"),
	    cases = statement_column(row, "cases"), came = statement_column(row, "followed");
	while ((status = statement_step(row, &more, error)) == STATUS_OK && more) {
		const struct profile_intervention *rule = intervention_of(profile, statement_text(row, intervention));
		if (rule)
			take_result(&compared[rule->number], statement_text(row, event), statement_int(row, cases),
				    statement_int(row, came));
	}
	statement_done(row);
	return status;
}
