/* How long each feed's rows are kept, what is due today, and what the last runs deleted. Counts, and nobody. */
#include "web/pages/pages.h"
#include "web/pages/rights.h"

#include "rights/retention.h"

enum { RUNS_SHOWN = 12, COUNT_LEAST = 10 };

static bool has_count(const struct retention_plan *plan, const struct profile_feed *feed)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->counts[i].feed == feed)
			return true;
	return false;
}

static void put_due(struct visit *visit, struct value *row, const struct retention_plan *plan,
		    const struct profile_feed *feed)
{
	static const char *const words[] = {[RETENTION_DUE] = "due",
					    [RETENTION_HELD] = "under a legal hold",
					    [RETENTION_KEPT] = "kept for legal claims",
					    [RETENTION_UNKNOWN] = "without a known date of birth"};
	struct value *due = put_array(row, "due");
	for (size_t i = 0; i < plan->count; i++) {
		const struct retention_count *count = &plan->counts[i];
		if (count->feed != feed)
			continue;
		struct text number = count->clients < COUNT_LEAST
					     ? TEXT("Fewer than 10")
					     : arena_format(visit->arena, "%lld", (long long)count->clients);
		put_format(add_object(due), "text", "%.*s %s%s%s", TEXT_ARG(number), words[count->state],
			   count->rule == RETAIN_SCHEDULE ? "" : ", by ",
			   count->rule == RETAIN_SCHEDULE ? "" : retention_rule_words(count->rule));
	}
	put_bool(row, "has_due", due->count > 0);
}

/* Feeds with a rule of their own, or with something due, a row each; all others by name. */
static void put_schedules(struct visit *visit, const struct retention_plan *plan)
{
	struct value *feeds = put_array(visit->document, "feeds");
	struct value *others = put_array(visit->document, "unscheduled");
	for (size_t i = 0; i < visit->profile->feeds.count; i++) {
		const struct profile_feed *feed = &visit->profile->feeds.at[i];
		struct text schedule = retention_schedule_words(feed, visit->arena);
		bool whole = feed->delete_by != DATE_UNKNOWN || has_count(plan, feed);
		if (!feed->client)
			continue;
		if (text_is_absent(schedule) && !whole) {
			put_text(add_object(others), "title", feed->title);
			continue;
		}
		struct value *row = add_object(feeds);
		put_text(row, "title", feed->title);
		put_text(row, "schedule", text_is_absent(schedule) ? TEXT("No schedule") : schedule);
		put_text(row, "why", feed->retention.why);
		if (feed->delete_by != DATE_UNKNOWN)
			put_long_date(row, "delete_by_text", feed->delete_by);
		put_due(visit, row, plan, feed);
	}
	put_int(visit->document, "unscheduled_count", (int64_t)others->count);
	put_bool(visit->document, "has_unscheduled", others->count > 0);
}

static void put_requests(struct visit *visit, const struct retention_plan *plan)
{
	const struct profile_period *keep = &visit->profile->keep_access_requests;
	if (!keep->given) {
		put_string(visit->document, "requests",
			   "Residents' requests for a copy are kept until the resident is erased.");
		return;
	}
	struct text due = plan->requests == 0 ? TEXT("none")
			  : plan->requests < COUNT_LEAST
				  ? TEXT("fewer than 10")
				  : arena_format(visit->arena, "%lld", (long long)plan->requests);
	put_format(visit->document, "requests",
		   "Residents' requests for a copy are kept for %s after they ended. Due now: %.*s.", keep->written.at,
		   TEXT_ARG(due));
}

static enum status put_runs(struct visit *visit, struct store *desk, struct error *error)
{
	size_t count;
	struct retention_record *records;
	enum status status = retention_records(&records, &count, desk, 0, RUNS_SHOWN, visit->arena, error);
	struct value *runs = put_array(visit->document, "runs");
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct value *row = add_object(runs);
		put_int(row, "number", records[i].run_no);
		put_long_instant(row, "begun_text", records[i].begun);
		put_long_date(row, "as_of_text", records[i].as_of);
		put_text(row, "by", records[i].by);
		put_bool(row, "ended", records[i].ended != INSTANT_UNKNOWN);
		put_bool(row, "signed", records[i].signed_right);
		put_text(row, "certificate", records[i].certificate);
	}
	put_bool(visit->document, "has_runs", count > 0);
	return status;
}

enum status page_retention(struct visit *visit, struct error *error)
{
	struct rights_parts parts;
	struct retention_plan plan;
	enum status status = rights_parts_of(visit, &parts, error);
	if (status == STATUS_OK)
		status = retention_plan(&plan, &parts, visit->snapshot->policy, date_today(), visit->arena, error);
	if (status != STATUS_OK)
		return status;
	put_long_date(visit->document, "as_of_text", plan.as_of);
	put_schedules(visit, &plan);
	put_requests(visit, &plan);
	status = put_runs(visit, parts.desk, error);
	return status == STATUS_OK ? visit_page(visit, "retention", "Retention") : status;
}
