/* Home: what needs attention, and how fresh the data is. */
#include "web/pages/feeds.h"
#include "web/pages/pages.h"

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

static void attend_feed(struct visit *visit, struct attention *attention, const struct feed_status *feed)
{
	struct text extract = arena_format(visit->arena, "/feeds/%.*s/extracts/%lld", TEXT_ARG(feed->feed_id),
					   (long long)feed->waiting_extract);
	struct text page = arena_format(visit->arena, "/feeds/%.*s", TEXT_ARG(feed->feed_id));
	struct text due = document_long_date(visit->arena, feed->expected);
	if (feed->freshness == FEED_WAITING)
		attend(attention, "Waiting", "red",
		       arena_format(visit->arena, "%.*s: %.*s", TEXT_ARG(feed->title), TEXT_ARG(feed->waiting_reason)),
		       extract);
	else if (feed->freshness == FEED_LATE)
		attend(attention, "Late", "yellow",
		       arena_format(visit->arena, "%.*s was due on %.*s", TEXT_ARG(feed->title), TEXT_ARG(due)), page);
}

static enum status put_feeds(struct visit *visit, struct attention *attention, struct error *error)
{
	size_t count;
	struct store *data;
	struct feed_status *feeds;
	bool may_read = visit_can(visit, CAPABILITY_FEEDS_READ);
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = feed_status_list(&feeds, &count, data, visit->profile, date_today(), visit->arena, error);
	if (status != STATUS_OK)
		return status;
	put_bool(visit->document, "has_freshness", count > 0);
	struct value *rows = put_array(visit->document, "freshness");
	for (size_t i = 0; i < count; i++) {
		struct value *row = add_object(rows);
		put_feed_state(row, &feeds[i]);
		if (may_read && visit_owns_source(visit, feeds[i].source_id)) {
			put_format(row, "href", "/feeds/%.*s", TEXT_ARG(feeds[i].feed_id));
			attend_feed(visit, attention, &feeds[i]);
		}
	}
	return STATUS_OK;
}

static enum status put_reports(struct visit *visit, struct attention *attention, struct error *error)
{
	size_t count;
	int64_t total;
	struct store *desk;
	struct report *reports;
	struct report_filter filter = {.has_status = true, .status = REPORT_OPEN, .limit = 1};
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
	put_format(visit->document, "heading", "Hello, %.*s", TEXT_ARG(visit->viewer.display_name));
	put_bool(visit->document, "can_search", visit_can(visit, CAPABILITY_SEARCH));
	struct attention attention = {put_array(visit->document, "attention"), false};
	enum status status = put_feeds(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_reports(visit, &attention, error);
	if (status == STATUS_OK)
		status = put_audit(visit, &attention);
	if (status != STATUS_OK)
		return status;
	put_bool(visit->document, "has_attention", attention.any);
	return visit_page(visit, "home", "Home");
}
