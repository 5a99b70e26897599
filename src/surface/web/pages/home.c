/* Home: what needs attention, and how fresh the data is. */
#include "casework/home_report.h"
#include "linking/review.h"
#include "web/pages/break_glass.h"
#include "web/pages/feeds.h"
#include "web/pages/pages.h"
#include "web/pages/reports.h"
#include "web/pages/review.h"

struct attention {
	struct value *list;
	bool any;
};

static void attend(struct attention *attention, const char *label, const char *colour, struct text text,
		   struct text href)
{
	struct value *row = add_object(attention->list);
	attention->any = true;
	put_string(row, "label", label);
	put_string(row, "colour", colour);
	put_text(row, "text", text);
	put_text(row, "href", href);
}

/* A source's feeds taken together: as bad as the worst of them, as old as the oldest. */
struct source_state {
	const struct feed_status *first;
	enum feed_freshness worst;
	date newest, oldest, due;
	unsigned feeds, late;
	const struct feed_status *waiting;
};

static int badness(enum feed_freshness freshness)
{
	return freshness == FEED_WAITING ? 3 : freshness == FEED_LATE ? 2 : freshness == FEED_NEVER ? 1 : 0;
}

static void source_add(struct source_state *source, const struct feed_status *feed)
{
	if (!source->feeds++)
		*source = (struct source_state){feed, feed->freshness, DATE_UNKNOWN, DATE_UNKNOWN, DATE_UNKNOWN, 1, 0,
						NULL};
	if (badness(feed->freshness) > badness(source->worst))
		source->worst = feed->freshness;
	if (feed->as_at != DATE_UNKNOWN && (source->newest == DATE_UNKNOWN || feed->as_at > source->newest))
		source->newest = feed->as_at;
	if (feed->as_at != DATE_UNKNOWN && (source->oldest == DATE_UNKNOWN || feed->as_at < source->oldest))
		source->oldest = feed->as_at;
	if (feed->freshness == FEED_WAITING)
		source->waiting = feed;
	if (feed->freshness != FEED_LATE)
		return;
	source->late++;
	if (source->due == DATE_UNKNOWN || feed->expected < source->due)
		source->due = feed->expected;
}

static size_t group_by_source(struct visit *visit, const struct feed_status *feeds, size_t count,
			      struct source_state **out)
{
	size_t sources = 0;
	*out = ARENA_ARRAY(visit->arena, count + 1, struct source_state);
	for (size_t i = 0; i < count; i++) {
		size_t s = 0;
		while (s < sources && !text_equal((*out)[s].first->source_id, feeds[i].source_id))
			s++;
		sources += s == sources;
		source_add(&(*out)[s], &feeds[i]);
	}
	return sources;
}

static struct text feeds_address(struct visit *visit, const struct source_state *source)
{
	return arena_format(visit->arena, "/feeds?source=%.*s", TEXT_ARG(source->first->source_id));
}

/* Held data is for those who can do something about it. */
static void attend_waiting(struct visit *visit, struct attention *attention, const struct feed_status *waiting)
{
	if (waiting)
		attend(attention, "Waiting", "red",
		       arena_format(visit->arena, "%.*s: %.*s", TEXT_ARG(waiting->title),
				    TEXT_ARG(waiting->waiting_reason)),
		       arena_format(visit->arena, "/feeds/%.*s/extracts/%lld", TEXT_ARG(waiting->feed_id),
				    (long long)waiting->waiting_extract));
}

/* A line a source for its owner, one line for everybody else: to them lateness is a caution, not a task. */
static void attend_late(struct visit *visit, struct attention *attention, const struct source_state *source)
{
	struct text due = document_long_date(visit->arena, source->due), title = source->first->source_title;
	if (source->late)
		attend(attention, "Late", "yellow",
		       arena_format(visit->arena, "%.*s: %u of %u feeds late, the first was due on %.*s",
				    TEXT_ARG(title), source->late, source->feeds, TEXT_ARG(due)),
		       feeds_address(visit, source));
}

static void attend_late_services(struct visit *visit, struct attention *attention, size_t late, bool may_read)
{
	if (late)
		attend(attention, "Late", "yellow",
		       arena_format(visit->arena, "Data of %zu %s is late", late, late == 1 ? "service" : "services"),
		       may_read ? TEXT("/feeds") : TEXT("#freshness"));
}

static void put_source(struct value *rows, const struct source_state *source, struct text href)
{
	struct feed_status shown = *source->first;
	struct value *row = add_object(rows);
	shown.freshness = source->worst;
	shown.as_at = source->newest;
	put_feed_state(row, &shown);
	put_long_date(row, "oldest_text", source->oldest);
	put_int(row, "feeds", source->feeds);
	put_int(row, "late", source->late);
	put_text(row, "href", href);
}

static enum status put_feeds(struct visit *visit, struct attention *attention, struct error *error)
{
	size_t count;
	struct store *data;
	struct feed_status *feeds;
	struct source_state *sources;
	bool reads = visit_can(visit, CAPABILITY_FEEDS_READ),
	     owner = visit->viewer.role && visit->viewer.role->own_sources;
	bool mends = reads && visit_can(visit, CAPABILITY_QUALITY_READ);
	size_t late = 0;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = feed_status_list(&feeds, &count, data, visit->profile, date_today(), visit->arena, error);
	if (status != STATUS_OK)
		return status;
	size_t source_count = group_by_source(visit, feeds, count, &sources);
	put_bool(visit->document, "has_freshness", source_count > 0);
	struct value *rows = put_array(visit->document, "freshness");
	for (size_t i = 0; i < source_count; i++) {
		bool own = reads && visit_owns_source(visit, sources[i].first->source_id);
		put_source(rows, &sources[i], own ? feeds_address(visit, &sources[i]) : TEXT_ABSENT);
		late += sources[i].late > 0;
		if (mends && own)
			attend_waiting(visit, attention, sources[i].waiting);
		if (owner && own)
			attend_late(visit, attention, &sources[i]);
	}
	if (!owner)
		attend_late_services(visit, attention, late, reads);
	return STATUS_OK;
}

/* What became of one's own reports, for two weeks. */
static enum status put_answers(struct visit *visit, struct attention *attention, struct error *error)
{
	size_t count, answered = 0;
	int64_t total;
	struct store *desk;
	struct report *reports;
	struct report_filter filter = {
		.user_id = visit->viewer.user_id, .limit = 50, .may = report_may_know, .context = visit};
	instant since = instant_now() - 14 * INT64_C(86400000000);
	if (!visit_can(visit, CAPABILITY_REPORTS_MAKE))
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = report_list(desk, &filter, visit->arena, &reports, &count, &total, error);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		answered += reports[i].replied != INSTANT_UNKNOWN && reports[i].replied > since;
	if (status == STATUS_OK && answered)
		attend(attention, "Answered", "green",
		       arena_format(visit->arena, "%zu of your reports %s been answered", answered,
				    answered == 1 ? "has" : "have"),
		       TEXT("/reports"));
	return status;
}

static enum status put_reports(struct visit *visit, struct attention *attention, struct error *error)
{
	size_t count;
	int64_t total;
	struct store *desk;
	struct report *reports;
	struct report_filter filter = {
		.has_status = true, .status = REPORT_OPEN, .limit = 1, .may = report_may_know, .context = visit};
	if (!visit_can(visit, CAPABILITY_REPORTS_MANAGE))
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = report_list(desk, &filter, visit->arena, &reports, &count, &total, error);
	if (status == STATUS_OK && total)
		attend(attention, "Reports", "blue",
		       arena_format(visit->arena, "%lld %s that something is wrong", (long long)total,
				    total == 1 ? "report" : "reports"),
		       TEXT("/reports?status=open"));
	return status;
}

static enum status put_review(struct visit *visit, struct attention *attention, struct error *error)
{
	int64_t count = 0;
	if (!visit_can(visit, CAPABILITY_LINKS_REVIEW))
		return STATUS_OK;
	enum status status = review_waiting(visit, &count, error);
	if (status == STATUS_OK && count > 0)
		attend(attention, "Review", "blue",
		       arena_format(visit->arena, "%lld %s about whether records are one person", (long long)count,
				    count == 1 ? "question" : "questions"),
		       TEXT("/review"));
	return status;
}

static enum status put_wrong_households(struct visit *visit, struct attention *attention, struct error *error)
{
	struct store *desk;
	struct home_report *reports;
	size_t count = 0, open = 0;
	if (!visit_can(visit, CAPABILITY_LINKS_REVIEW))
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = home_report_list(desk, 0, visit->arena, &reports, &count, error);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		open += reports[i].status == HOME_OPEN && review_may_know(visit, reports[i].resident_a) &&
			review_may_know(visit, reports[i].resident_b);
	if (open > 0)
		attend(attention, "Review", "blue",
		       arena_format(visit->arena, "%zu %s that a household is wrong", open,
				    open == 1 ? "report" : "reports"),
		       TEXT("/review/households"));
	return status;
}

static enum status put_glass(struct visit *visit, struct attention *attention, struct error *error)
{
	size_t waiting;
	enum status status = glass_waiting(visit, &waiting, error);
	if (status == STATUS_OK && waiting)
		attend(attention, "Break-glass", "red",
		       arena_format(visit->arena, "%zu protected %s opened by break-glass, for you to review", waiting,
				    waiting == 1 ? "resident was" : "residents were"),
		       TEXT("/break-glass/reviews"));
	return status;
}

static enum status put_audit(struct visit *visit, struct attention *attention)
{
	struct audit_numbers numbers;
	audit_numbers(visit->site->audit, &numbers);
	if (numbers.failed && visit_can(visit, CAPABILITY_STATUS_READ))
		attend(attention, "Audit", "red",
		       TEXT("The audit could not be written: pages about people are withheld"), TEXT("/status"));
	return STATUS_OK;
}

enum status page_home(struct visit *visit, struct error *error)
{
	if (visit_can(visit, CAPABILITY_PARTNER_ENQUIRE))
		return visit_redirect(visit, "/partner");
	put_format(visit->document, "heading", "Hello, %.*s", TEXT_ARG(visit->viewer.display_name));
	put_bool(visit->document, "can_search", visit_can(visit, CAPABILITY_SEARCH));
	bool changed;
	struct attention attention = {put_array(visit->document, "attention"), false};
	enum status status = account_news(visit, &changed, error);
	if (status != STATUS_OK)
		return status;
	put_bool(visit->document, "account_changed", changed);
	status = put_feeds(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_reports(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_answers(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_review(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_wrong_households(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_glass(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_audit(visit, &attention);
	if (status != STATUS_OK)
		return status;
	put_bool(visit->document, "has_attention", attention.any);
	return visit_page(visit, "home", "Home");
}
