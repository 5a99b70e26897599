/* Rows that were turned away: where and why, never what they held. */
#include "intake/quality.h"
#include "web/pages/feeds.h"
#include "web/pages/pages.h"

enum { ROWS_A_PAGE = 100 };

static void put_feed_options(struct visit *visit, struct text chosen)
{
	struct value *options = put_array(visit->document, "feed_options");
	for (size_t i = 0; i < visit->profile->feeds.count; i++) {
		const struct profile_feed *feed = &visit->profile->feeds.at[i];
		if (visit_owns_source(visit, feed->source->id))
			put_option(options, feed->id, feed->title, chosen);
	}
}

static void put_rows(struct visit *visit, const struct quarantine_row *list, size_t count)
{
	struct value *rows = put_array(visit->document, "rows");
	for (size_t i = 0; i < count; i++) {
		const struct profile_feed *feed = profile_feed(visit->profile, list[i].feed_id);
		struct value *row = add_object(rows);
		put_text(row, "feed", feed ? feed->title : list[i].feed_id);
		put_format(row, "href", "/feeds/%.*s/extracts/%lld", TEXT_ARG(list[i].feed_id),
			   (long long)list[i].extract_id);
		put_long_date(row, "as_at_text", list[i].as_at);
		put_int(row, "line", list[i].line);
		put_text(row, "column", list[i].column_name);
		put_text(row, "message", list[i].message);
		put_text(row, "rule", list[i].rule);
		put_string(row, "effect", text_is(list[i].severity, "warn") ? "Warning" : "Turned away");
	}
}

static void put_source_options(struct visit *visit, struct text chosen)
{
	struct value *options = put_array(visit->document, "source_options");
	for (size_t i = 0; i < visit->profile->sources.count; i++) {
		const struct profile_source *source = &visit->profile->sources.at[i];
		if (visit_owns_source(visit, source->id))
			put_option(options, source->id, source->title, chosen);
	}
}

/* The chosen source; without one, those of the team, for whose role ends at them. False: nothing to see. */
static bool choose_sources(struct visit *visit, struct text chosen, struct quarantine_filter *filter)
{
	const struct viewer *viewer = &visit->viewer;
	const struct profile_team *team = viewer->role->own_sources ? viewer->team : NULL;
	size_t most = chosen.len ? 1 : team ? team->source_count : 0;
	struct text *sources = ARENA_ARRAY(visit->arena, most, struct text);
	if (viewer->role->own_sources && !team)
		return false;
	for (size_t i = 0; i < most; i++)
		sources[i] = chosen.len ? chosen : team->sources[i]->id;
	filter->sources = sources;
	filter->source_count = most;
	if (chosen.len)
		return visit_owns_source(visit, chosen);
	return !team || most > 0;
}

static struct text base_address(const struct visit *visit)
{
	static const char *const names[] = {"source", "feed", "severity", "rule", "extract"};
	struct buf base;
	buf_init(&base, 8 << 10);
	buf_append_text(&base, TEXT("/quarantine?"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct text value = visit_query(visit, names[i]);
		if (!value.len)
			continue;
		buf_format(&base, "%s=", names[i]);
		form_append_encoded(&base, value);
		buf_append_char(&base, '&');
	}
	struct text result = arena_text(visit->arena, text_slice(base.at, base.len - 1));
	buf_release(&base);
	return result;
}

enum status page_quarantine(struct visit *visit, struct error *error)
{
	size_t count = 0;
	int64_t total = 0;
	struct store *data;
	struct quarantine_row *rows = NULL;
	unsigned page = visit_page_number(visit);
	struct text feed = visit_query(visit, "feed"), severity = visit_query(visit, "severity");
	struct text rule = visit_query(visit, "rule"), extract = visit_query(visit, "extract");
	struct text source = visit_query(visit, "source");
	struct quarantine_filter filter = {.feed_id = feed.len ? feed : TEXT_ABSENT,
					   .severity = severity.len ? severity : TEXT_ABSENT,
					   .rule = rule.len ? rule : TEXT_ABSENT,
					   .offset = (page - 1) * ROWS_A_PAGE,
					   .limit = ROWS_A_PAGE};
	if (extract.len && !text_parse_int64(extract, &filter.extract_id))
		return visit_not_found(error);
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK && choose_sources(visit, source, &filter))
		status = quarantine_list(&rows, &count, &total, data, &filter, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	struct value *document = visit->document;
	put_source_options(visit, source);
	put_feed_options(visit, feed);
	struct value *options = put_array(document, "severity_options");
	put_option(options, TEXT("reject"), TEXT("Turned away"), severity);
	put_option(options, TEXT("warn"), TEXT("Warning"), severity);
	put_text(document, "rule", rule);
	put_text(document, "extract", extract.len ? extract : TEXT_ABSENT);
	put_format(document, "summary", "%lld %s", (long long)total, total == 1 ? "problem" : "problems");
	put_bool(document, "has_rows", count > 0);
	put_rows(visit, rows, count);
	put_pagination(document, base_address(visit).at, page, ROWS_A_PAGE, total);
	return visit_page(visit, "quarantine", "Quarantine");
}
