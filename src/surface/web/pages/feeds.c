/* Feeds, their extracts, what was turned away. */
#include "web/pages/feeds.h"
#include "intake/intake.h"
#include "intake/quality.h"
#include "web/pages/pages.h"

static const char *colour_of(enum feed_freshness freshness)
{
	switch (freshness) {
	case FEED_FRESH:
		return "green";
	case FEED_LATE:
		return "yellow";
	case FEED_WAITING:
		return "red";
	default:
		return "grey";
	}
}

static const char *state_of(enum feed_freshness freshness)
{
	switch (freshness) {
	case FEED_FRESH:
		return "Fresh";
	case FEED_LATE:
		return "Late";
	case FEED_WAITING:
		return "Waiting";
	default:
		return "Never";
	}
}

bool visit_owns_source(const struct visit *visit, struct text source_id)
{
	const struct viewer *viewer = &visit->viewer;
	if (!viewer->role || !viewer->role->own_sources)
		return true;
	for (size_t i = 0; viewer->team && i < viewer->team->source_count; i++)
		if (text_equal(viewer->team->sources[i]->id, source_id))
			return true;
	return false;
}

void put_feed_state(struct value *row, const struct feed_status *feed)
{
	put_text(row, "title", feed->title);
	put_text(row, "service", feed->source_title);
	put_long_date(row, "as_at_text", feed->as_at);
	put_date(row, "as_at", feed->as_at);
	put_string(row, "state", state_of(feed->freshness));
	put_string(row, "colour", colour_of(feed->freshness));
}

static void put_feed(const struct visit *visit, struct value *feeds, const struct feed_status *feed)
{
	struct value *row = add_object(feeds);
	put_text(row, "id", feed->feed_id);
	put_feed_state(row, feed);
	put_format(row, "href", "/feeds/%.*s", TEXT_ARG(feed->feed_id));
	put_long_date(row, "expected_text", feed->expected);
	put_count(row, "rows_text", feed->rows_current);
	put_count(row, "quarantined_text", feed->rows_quarantined);
	put_share(row, "completeness_text", feed->rows_current ? feed->completeness : -1);
	put_share(row, "validity_text", feed->rows_current ? feed->validity : -1);
	if (feed->waiting_extract)
		put_format(row, "waiting_href", "/feeds/%.*s/extracts/%lld", TEXT_ARG(feed->feed_id),
			   (long long)feed->waiting_extract);
	if (feed->rows_quarantined && visit_can(visit, CAPABILITY_QUARANTINE_READ))
		put_format(row, "quarantine_href", "/quarantine?feed=%.*s", TEXT_ARG(feed->feed_id));
}

enum status page_feeds(struct visit *visit, struct error *error)
{
	size_t count;
	struct store *data;
	struct feed_status *feeds;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = feed_status_list(&feeds, &count, data, visit->profile, date_today(), visit->arena, error);
	if (status != STATUS_OK)
		return status;
	struct text source = visit_query(visit, "source"); /* one service's, else all */
	struct value *rows = put_array(visit->document, "feeds");
	put_bool(visit->document, "filtered", source.len > 0);
	put_bool(visit->document, "may_read_quarantine", visit_can(visit, CAPABILITY_QUARANTINE_READ));
	for (size_t i = 0; i < count; i++)
		if ((!source.len || text_equal(source, feeds[i].source_id)) &&
		    visit_owns_source(visit, feeds[i].source_id))
			put_feed(visit, rows, &feeds[i]);
	return visit_page(visit, "feeds", "Feeds");
}

/* ---- one feed ----------------------------------------------------------------------------------- */

static enum status find_feed(struct visit *visit, const struct profile_feed **out, struct error *error)
{
	*out = profile_feed(visit->profile, visit->parameters[0]);
	return *out && visit_owns_source(visit, (*out)->source->id) ? STATUS_OK : visit_not_found(error);
}

static void put_outcome(struct value *row, struct text status)
{
	static const struct {
		const char *status, *state, *colour;
	} states[] = {{"loaded", "Loaded", "green"},       {"held", "Held", "yellow"},
		      {"released", "Let through", "blue"}, {"replaced", "Replaced by another file", "grey"},
		      {"discarded", "Deleted", "grey"},    {"refused", "Refused", "red"}};
	size_t i = 0;
	while (i + 1 < sizeof states / sizeof *states && !text_is(status, states[i].status))
		i++;
	put_text(row, "status", status);
	put_string(row, "state", states[i].state);
	put_string(row, "colour", states[i].colour);
}

static void put_extracts(struct value *document, const struct extract_info *extracts, size_t count)
{
	struct value *rows = put_array(document, "extracts");
	for (size_t i = 0; i < count; i++) {
		const struct extract_info *extract = &extracts[i];
		struct value *row = add_object(rows);
		put_int(row, "number", extract->extract_id);
		put_format(row, "href", "/feeds/%.*s/extracts/%lld", TEXT_ARG(extract->feed_id),
			   (long long)extract->extract_id);
		put_long_date(row, "as_at_text", extract->as_at);
		put_long_instant(row, "received_text", extract->received);
		put_outcome(row, extract->status);
		put_int(row, "rows_read", extract->rows_read);
		put_int(row, "rows_loaded", extract->rows_loaded);
		put_int(row, "rows_unchanged", extract->rows_unchanged);
		put_int(row, "rows_quarantined", extract->rows_quarantined);
	}
}

static void put_trend(struct value *document, const struct quality_point *points, size_t count)
{
	put_bool(document, "has_trend", count > 0);
	struct value *rows = put_array(document, "trend");
	for (size_t i = count > 24 ? count - 24 : 0; i < count; i++) {
		struct value *row = add_object(rows);
		put_long_date(row, "as_at_text", points[i].as_at);
		put_int(row, "rows_read", points[i].rows_read);
		put_int(row, "rows_quarantined", points[i].rows_quarantined);
		put_share(row, "completeness_text", points[i].completeness);
		put_share(row, "validity_text", points[i].validity);
		put_int(row, "days_late", points[i].days_late);
	}
}

/* The profile's words, as people say them. */
static struct text delivery_title(struct text name)
{
	static const struct {
		const char *name, *title;
	} titles[] = {{"full", "everything, each time"},
		      {"changes", "what is new or changed"},
		      {"first_full", "everything the first time, then what is new or changed"}};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (text_is(name, titles[i].name))
			return text_of(titles[i].title);
	return name;
}

static void put_definition(struct value *document, const struct profile_feed *feed)
{
	struct value *facts = put_array(document, "facts");
	put_fact(facts, "File", feed->file);
	put_fact(facts, "Comes", text_of(schedule_name(feed->schedule)));
	put_fact(facts, "Delivery", delivery_title(text_of(delivery_name(feed->delivery))));
	put_fact(facts, "Owner", feed->source->owner);
	put_fact(facts, "System", feed->source->system);
	put_fact(facts, "Kept apart as", feed->compartment);
	struct value *columns = put_array(document, "columns");
	for (size_t i = 0; i < feed->column_count; i++) {
		const struct profile_column *column = &feed->columns[i];
		struct value *row = add_object(columns);
		put_text(row, "column", column->header);
		put_text(row, "element", column->element ? column->element->title : TEXT("not kept"));
		put_string(row, "kind", column_type_name(column->type));
		put_string(row, "category", column->element ? category_name(column->element->category) : "");
		put_text(row, "definition", column->element ? column->element->definition : TEXT(""));
	}
}

enum status page_feed(struct visit *visit, struct error *error)
{
	struct store *data;
	const struct profile_feed *feed;
	struct extract_info *extracts;
	struct quality_point *points;
	size_t extract_count, point_count;
	enum status status = find_feed(visit, &feed, error);
	if (status == STATUS_OK)
		status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = extract_list(&extracts, &extract_count, data, feed->id, 60, visit->arena, error);
	if (status == STATUS_OK)
		status = quality_trend(&points, &point_count, data, feed->id, TEXT_ABSENT, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	put_text(visit->document, "id", feed->id);
	put_text(visit->document, "name", feed->title);
	put_text(visit->document, "service", feed->source->title);
	put_definition(visit->document, feed);
	put_extracts(visit->document, extracts, extract_count);
	put_trend(visit->document, points, point_count);
	return visit_page(visit, "feed", feed->title.at);
}

/* ---- one extract ----------------------------------------------------------------------------------- */

static enum status find_extract(struct visit *visit, const struct profile_feed **feed, struct extract_info *out,
				struct error *error)
{
	int64_t number;
	struct store *data;
	enum status status = find_feed(visit, feed, error);
	if (status == STATUS_OK && !text_parse_int64(visit->parameters[1], &number))
		status = visit_not_found(error);
	if (status == STATUS_OK)
		status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = extract_read(out, data, number, visit->arena, error);
	if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !text_equal(out->feed_id, (*feed)->id)))
		return visit_not_found(error);
	return status;
}

static void put_extract(struct visit *visit, const struct profile_feed *feed, const struct extract_info *extract)
{
	struct value *document = visit->document;
	bool held = text_is(extract->status, "held"), waiting = held || text_is(extract->status, "refused");
	struct text href = arena_format(visit->arena, "/feeds/%.*s/extracts/%lld", TEXT_ARG(feed->id),
					(long long)extract->extract_id);
	put_int(document, "number", extract->extract_id);
	put_text(document, "service", feed->source->title);
	put_text(document, "feed", feed->title);
	put_long_date(document, "as_at_text", extract->as_at);
	put_outcome(document, extract->status);
	put_bool(document, "waiting", waiting);
	put_text(document, "reason", extract->reason);
	put_bool(document, "can_release", held && visit_can(visit, CAPABILITY_FEEDS_RELEASE));
	put_text(document, "release_href", href);
	put_count(document, "rows_read", extract->rows_read);
	put_count(document, "rows_loaded", extract->rows_loaded);
	put_count(document, "rows_unchanged", extract->rows_unchanged);
	put_count(document, "rows_quarantined", extract->rows_quarantined);
	bool problems = extract->rows_quarantined > 0;
	if (problems && visit_can(visit, CAPABILITY_QUARANTINE_READ))
		put_format(document, "quarantine_href", "/quarantine?extract=%lld", (long long)extract->extract_id);
	if (problems && visit_can(visit, CAPABILITY_QUARANTINE_VALUES))
		put_format(document, "values_href", "%.*s/rows.csv", TEXT_ARG(href));
	struct value *facts = put_array(document, "facts");
	put_fact(facts, "File", extract->file_name);
	put_fact(facts, "Outcome", document_member(document, TEXT("state"))->text);
	put_fact(facts, "Delivery", delivery_title(extract->delivery));
	put_fact(facts, "Archive", extract->archive_name);
	put_fact(facts, "Rows that ended", arena_format(visit->arena, "%lld", (long long)extract->rows_ended));
	put_fact(facts, "Clients not known before",
		 arena_format(visit->arena, "%lld", (long long)extract->new_clients));
}

static enum status put_quality(struct visit *visit, int64_t extract_id, struct error *error)
{
	struct store *data;
	struct quality_column *columns;
	struct quality_rule *rules;
	size_t column_count, rule_count;
	enum status status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = quality_columns(&columns, &column_count, data, extract_id, visit->arena, error);
	if (status == STATUS_OK)
		status = quality_rules(&rules, &rule_count, data, extract_id, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	put_bool(visit->document, "has_rules", rule_count > 0);
	struct value *rows = put_array(visit->document, "rules");
	for (size_t i = 0; i < rule_count; i++) {
		struct value *row = add_object(rows);
		put_text(row, "rule", rules[i].rule);
		put_text(row, "column", rules[i].column_name);
		put_string(row, "effect", text_is(rules[i].severity, "warn") ? "Warning" : "Turned away");
		put_int(row, "rows", rules[i].rows);
	}
	rows = put_array(visit->document, "columns");
	for (size_t i = 0; i < column_count; i++) {
		struct value *row = add_object(rows);
		put_text(row, "column", columns[i].column_name);
		put_share(row, "completeness_text", columns[i].completeness);
		put_share(row, "completeness_before_text", columns[i].completeness_before);
		put_share(row, "validity_text", columns[i].validity);
		put_share(row, "validity_before_text", columns[i].validity_before);
		put_count(row, "distinct", columns[i].distinct_values);
	}
	return STATUS_OK;
}

enum status page_extract(struct visit *visit, struct error *error)
{
	const struct profile_feed *feed;
	struct extract_info extract;
	enum status status = find_extract(visit, &feed, &extract, error);
	if (status != STATUS_OK)
		return status;
	put_extract(visit, feed, &extract);
	status = put_quality(visit, extract.extract_id, error);
	return status == STATUS_OK ? visit_page(visit, "extract", "Extract") : status;
}

static struct audit_entry extract_entry(const struct visit *visit, const char *action,
					const struct extract_info *extract)
{
	struct audit_entry entry = visit_entry(visit, action, "allowed");
	entry.subject_kind = TEXT("extract");
	entry.subject_id = extract->extract_id;
	return entry;
}

enum status page_extract_release(struct visit *visit, struct error *error)
{
	struct store *writer = NULL;
	const struct profile_feed *feed;
	struct extract_info extract;
	enum status status = find_extract(visit, &feed, &extract, error);
	if (status != STATUS_OK)
		return status;
	/* On another shelf than the audit, so the entry comes first: one too many is better than one missing. */
	struct audit_entry entry = extract_entry(visit, "extract.release", &extract);
	status = audit_append(visit->site->audit, &entry, error);
	visit->entries++;
	if (status == STATUS_OK)
		status = workspace_store(visit->site->workspace, STORE_DATA, STORE_WRITE, &writer, error);
	if (status == STATUS_OK)
		status = intake_release(writer, extract.extract_id, error);
	store_close(writer);
	if (status != STATUS_OK)
		return status;
	return visit_redirect(visit, "%.*s", TEXT_ARG(visit->request->path));
}

/* What was told is known when the file is written: the entry is on disk before the file leaves, or it does not leave.
 */
static enum status record_values(struct visit *visit, const struct extract_info *extract,
				 const struct quarantine_told *told, bool refused, struct error *error)
{
	struct audit_entry entry = extract_entry(visit, "quarantine.values", extract);
	if (refused)
		entry.outcome = TEXT("refused");
	else
		entry.detail = arena_format(visit->arena, "%lld problems, %lld rows withheld", (long long)told->rows,
					    (long long)told->withheld);
	entry.elements = told->elements;
	entry.agreements = told->agreements;
	enum status status = audit_append(visit->site->audit, &entry, error);
	visit->entries++;
	return status;
}

enum status page_extract_values(struct visit *visit, struct error *error)
{
	struct error why;
	struct store *data;
	const struct profile_feed *feed;
	struct extract_info extract;
	struct quarantine_told told;
	struct request *request = visit->request;
	enum status status = find_extract(visit, &feed, &extract, error);
	if (status == STATUS_OK)
		status = visit_data(visit, &data, error);
	if (status != STATUS_OK)
		return status;
	const struct quarantine_asked asked = {visit->profile, visit->site->vault, visit->snapshot->policy,
					       &visit->viewer, date_today()};
	enum status taken = quarantine_write_csv(&request->response.body, &told, &asked, data, feed, extract.extract_id,
						 visit->arena, &why);
	if (taken == STATUS_OK || taken == STATUS_REFUSED)
		status = record_values(visit, &extract, &told, taken == STATUS_REFUSED, error);
	if (taken != STATUS_OK || status != STATUS_OK)
		buf_wipe(&request->response.body);
	if (status != STATUS_OK)
		return status;
	if (taken != STATUS_OK) {
		*error = why;
		return taken;
	}
	request->response.status = 200;
	request->response.content_type = "text/csv; charset=utf-8";
	response_header(request, "Content-Disposition", "attachment; filename=\"rows-to-fix.csv\"");
	visit->answered = true;
	return STATUS_OK;
}
