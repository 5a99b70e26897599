/* "This is wrong": made from a value, answered by the owner of its source, tracked by both. */
#include "web/pages/reports.h"
#include "base/id.h"
#include "casework/home_report.h"
#include "linking/refresh.h"
#include "profile/summaries.h"
#include "vault/disclosure.h"
#include "web/pages/break_glass.h"
#include "web/pages/feeds.h"
#include "web/pages/household.h"
#include "web/pages/pages.h"

enum { REPORTS_A_PAGE = 50 };

static const char *colour_of(enum report_status status)
{
	static const char *const colours[REPORT_STATUS_COUNT] = {[REPORT_OPEN] = "yellow",
								 [REPORT_CORRECTED] = "green",
								 [REPORT_RIGHT] = "grey",
								 [REPORT_NOT_OURS] = "grey"};
	return colours[status];
}

static struct text element_title(const struct visit *visit, struct text id)
{
	const struct profile_element *element = profile_element(visit->profile, id);
	return element ? element->title : id;
}

static struct text source_title(const struct visit *visit, struct text id)
{
	const struct profile_source *source = profile_source(visit->profile, id);
	return source ? source->title : id;
}

static bool is_hidden(struct visit *visit, int64_t resident_id)
{
	return policy_is_hidden(visit->snapshot->policy, visit_grid(visit), POLICY_RESIDENT, resident_id);
}

/* Nobody hears of a report about somebody whom they may not know of, also when its record is somebody else's now. */
bool report_may_know(void *context, const struct report *report)
{
	struct visit *visit = context;
	struct store *data;
	struct linking_residents now;
	if (is_hidden(visit, report->resident_id) || visit_data(visit, &data, NULL) != STATUS_OK)
		return false;
	enum status status = linking_residents_of(&now, data, report->record_id, report->record_id, NULL);
	return status == STATUS_NOT_FOUND || (status == STATUS_OK && !is_hidden(visit, now.a));
}

/* Owners see what is about their sources, managers of all sources everything, others their own. */
static struct report_filter filter_of(struct visit *visit)
{
	const struct viewer *viewer = &visit->viewer;
	struct report_filter filter = {.limit = REPORTS_A_PAGE, .may = report_may_know, .context = visit};
	bool manages = visit_can(visit, CAPABILITY_REPORTS_MANAGE);
	filter.has_status = report_status_parse(visit_query(visit, "status"), &filter.status);
	filter.offset = (visit_page_number(visit) - 1) * REPORTS_A_PAGE;
	if (manages && !viewer->role->own_sources)
		return filter;
	filter.user_id = viewer->user_id;
	if (!manages || !viewer->team)
		return filter;
	struct text *sources = ARENA_ARRAY(visit->arena, viewer->team->source_count + 1, struct text);
	for (size_t i = 0; i < viewer->team->source_count; i++)
		sources[i] = viewer->team->sources[i]->id;
	filter.sources = sources;
	filter.source_count = viewer->team->source_count;
	return filter;
}

static void put_report(struct visit *visit, struct value *reports, const struct report *report)
{
	char id[ID_TEXT_SIZE];
	struct value *row = add_object(reports);
	put_id(row, "number", report->report_id);
	put_format(row, "href", "/reports/%s", id_format(report->report_id, id));
	put_long_instant(row, "at_text", report->made);
	put_text(row, "by", report->username);
	put_text(row, "service", source_title(visit, report->source_id));
	put_text(row, "what",
		 report->sentence_id.len ? text_of(report_aspect_title(report->aspect))
					 : element_title(visit, report->element_id));
	put_string(row, "status", report_status_name(report->status));
	put_string(row, "state", report_status_title(report->status));
	put_string(row, "colour", colour_of(report->status));
}

/* What the viewer said of households, whoever answers that. */
static enum status put_household_reports(struct visit *visit, struct store *desk, struct error *error)
{
	size_t count = 0;
	struct home_report *reports;
	enum status status = home_report_list(desk, visit->viewer.user_id, visit->arena, &reports, &count, error);
	struct value *rows = put_array(visit->document, "household_reports");
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (!is_hidden(visit, reports[i].resident_a) && !is_hidden(visit, reports[i].resident_b))
			household_put_report(rows, &reports[i]);
	put_bool(visit->document, "has_household_reports", rows->count > 0);
	return status;
}

enum status page_reports(struct visit *visit, struct error *error)
{
	size_t count;
	int64_t total;
	struct store *desk;
	struct report *reports;
	struct report_filter filter = filter_of(visit);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = report_list(desk, &filter, visit->arena, &reports, &count, &total, error);
	if (status == STATUS_OK)
		status = put_household_reports(visit, desk, error);
	if (status != STATUS_OK)
		return status;
	bool manages = visit_can(visit, CAPABILITY_REPORTS_MANAGE);
	struct text chosen = visit_query(visit, "status");
	put_string(
		visit->document, "explanation",
		manages ? "What users say is wrong in the data of the services you answer for, and what you reported."
			: "What you reported, and what the owner of the data answered.");
	struct value *options = put_array(visit->document, "status_options");
	for (int s = 0; s < REPORT_STATUS_COUNT; s++)
		put_option(options, text_of(report_status_name((enum report_status)s)),
			   text_of(report_status_title((enum report_status)s)), chosen);
	put_format(visit->document, "summary", "%lld %s", (long long)total, total == 1 ? "report" : "reports");
	put_bool(visit->document, "has_reports", count > 0);
	struct value *rows = put_array(visit->document, "reports");
	for (size_t i = 0; i < count; i++)
		put_report(visit, rows, &reports[i]);
	struct text base = chosen.len
				   ? arena_format(visit->arena, "/reports?status=%s", report_status_name(filter.status))
				   : TEXT("/reports");
	put_pagination(visit->document, base.at, visit_page_number(visit), REPORTS_A_PAGE, total);
	return visit_page(visit, "reports", "Reports");
}

/* ---- making one ------------------------------------------------------------------------------------ */

static const char *const field_names[] = {"resident", "record", "feed", "row", "element", "as_at", "sentence"};

struct about {
	int64_t resident_id, record_id, row_key;
	const struct profile_feed *feed;
	const struct profile_element *element;
	date as_at;
	struct text sentence; /* id of a rule of the summary, or of a factor; empty: a value */
	const struct profile_sentence *rule;
	const struct profile_factor *factor;
	const struct profile_intervention *tried;
};

static struct text given(const struct visit *visit, const char *name)
{
	bool post = visit->request->method == METHOD_POST;
	return post ? visit_field(visit, name) : visit_query(visit, name);
}

/* Who wrote the sentence: a rule, a factor read in notes, or the analysis of interventions. */
static bool read_sentence(const struct visit *visit, struct about *about)
{
	const struct profile *profile = visit->profile;
	about->sentence = given(visit, "sentence");
	if (!about->sentence.len)
		return true;
	for (size_t i = 0; i < profile->sentences.count; i++)
		if (text_equal(profile->sentences.at[i].id, about->sentence))
			about->rule = &profile->sentences.at[i];
	for (size_t i = 0; i < profile->factors.count; i++)
		if (text_equal(profile->factors.at[i].id, about->sentence))
			about->factor = &profile->factors.at[i];
	for (size_t i = 0; i < profile->interventions.count; i++)
		if (text_equal(profile->interventions.at[i].id, about->sentence))
			about->tried = &profile->interventions.at[i];
	return about->rule || about->factor || about->tried;
}

/* The address or form names a value by ids; all of them must make sense together. */
static bool read_about(const struct visit *visit, struct about *about)
{
	struct text as_at = given(visit, "as_at");
	*about = (struct about){.as_at = DATE_UNKNOWN};
	if ((as_at.len && !date_parse_iso(as_at, &about->as_at)) || !read_sentence(visit, about))
		return false;
	about->feed = profile_feed(visit->profile, given(visit, "feed"));
	about->element = profile_element(visit->profile, given(visit, "element"));
	return id_parse(given(visit, "resident"), &about->resident_id) &&
	       text_parse_int64(given(visit, "record"), &about->record_id) &&
	       text_parse_int64(given(visit, "row"), &about->row_key) && about->feed && about->element &&
	       feed_column(about->feed, about->element);
}

/* A sentence can be wrong in four ways, and each has somebody else to put it right. */
static void put_aspects(struct visit *visit, const struct about *about)
{
	struct value *options = put_array(visit->document, "aspects");
	struct text chosen = visit_field(visit, "aspect");
	put_bool(visit->document, "of_sentence", about->sentence.len > 0);
	for (int a = 0; about->sentence.len && a < REPORT_ASPECT_COUNT; a++)
		if (a != REPORT_OF_READING || about->factor)
			put_option(options, text_of(report_aspect_name((enum report_aspect)a)),
				   text_of(report_aspect_title((enum report_aspect)a)), chosen);
}

static enum status report_form(struct visit *visit, const struct about *about)
{
	struct value *facts = put_array(visit->document, "facts"), *fields = put_array(visit->document, "fields");
	put_fact(facts, "What", about->sentence.len ? TEXT("A sentence of the case summary") : about->element->title);
	put_fact(facts, "About",
		 about->factor  ? about->factor->name
		 : about->tried ? about->tried->title
				: TEXT_ABSENT);
	put_aspects(visit, about);
	put_fact(facts, "According to", about->feed->source->title);
	put_fact(facts, "In", about->feed->title);
	put_fact(facts, "As at", document_long_date(visit->arena, about->as_at));
	for (size_t i = 0; i < sizeof field_names / sizeof *field_names; i++) {
		struct value *field = add_object(fields);
		put_string(field, "name", field_names[i]);
		put_text(field, "value", given(visit, field_names[i]));
	}
	struct text owner = about->feed->source->owner;
	if (about->sentence.len)
		put_format(visit->document, "owner",
			   "whoever puts that right: %s for what was recorded, those who review matching, or those who "
			   "keep the summary's words%s%s",
			   owner.len ? owner.at : "the owner of the data", about->factor ? " and definitions: " : "",
			   about->factor ? about->factor->owner.at : "");
	else
		put_text(visit->document, "owner", owner.len ? owner : TEXT("the owner of the data"));
	put_text(visit->document, "text", visit_field(visit, "text"));
	return visit_page(visit, "report_new", "Report something wrong");
}

/* A report is about somebody whose page the viewer might open; anybody else is not there. */
static enum status open_about(struct visit *visit, struct about *about, struct error *error)
{
	bool known;
	struct glass_held held;
	if (!read_about(visit, about))
		return visit_not_found(error);
	enum status status = glass_take(visit, about->resident_id, &held, error);
	visit->asked_door = true; /* whether somebody is there is an answer, too */
	if (status == STATUS_OK)
		status = disclosure_is_known(&known, visit->snapshot->disclosure, &visit->viewer, about->resident_id,
					     held.found ? &held.pass : NULL, error);
	return status != STATUS_OK || known ? status : visit_not_found(error);
}

enum status page_report_new(struct visit *visit, struct error *error)
{
	struct about about;
	enum status status = open_about(visit, &about, error);
	return status == STATUS_OK ? report_form(visit, &about) : status;
}

static enum status make(struct visit *visit, const struct about *about, enum report_aspect aspect, struct text text,
			int64_t *report_id, struct error *error)
{
	struct store *desk;
	struct report report = {.user_id = visit->viewer.user_id,
				.username = visit->viewer.username,
				.resident_id = about->resident_id,
				.record_id = about->record_id,
				.row_key = about->row_key,
				.feed_id = about->feed->id,
				.source_id = about->feed->source->id,
				.element_id = about->element->id,
				.as_at = about->as_at,
				.aspect = aspect,
				.sentence_id = about->sentence.len ? about->sentence : TEXT_ABSENT,
				.text = text};
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = report_make(desk, visit->site->vault, &report, report_id, error);
	const struct audit_entry entry = visit_entry_about(
		visit, "report.make", "report", *report_id,
		arena_format(visit->arena, "feed=%.*s element=%.*s aspect=%s", TEXT_ARG(about->feed->id),
			     TEXT_ARG(about->element->id), report_aspect_name(aspect)));
	return visit_commit(visit, desk, status, &entry, error);
}

enum status page_report_post(struct visit *visit, struct error *error)
{
	struct about about;
	int64_t report_id;
	char id[ID_TEXT_SIZE];
	enum report_aspect aspect = REPORT_OF_DATA;
	struct text text = visit_field(visit, "text");
	enum status status = open_about(visit, &about, error);
	if (status != STATUS_OK)
		return status;
	if (about.sentence.len && !report_aspect_parse(visit_field(visit, "aspect"), &aspect))
		visit_form_error(visit, "aspect", "Choose what is wrong about the sentence");
	if (text.len < 3)
		visit_form_error(visit, "text", "Say what is wrong");
	else if (text.len > REPORT_TEXT_LONGEST)
		visit_form_error(visit, "text", "What you wrote must be 1,000 characters or fewer");
	if (visit->request->response.status == 422)
		return report_form(visit, &about);
	status = make(visit, &about, aspect, text, &report_id, error);
	return status == STATUS_OK ? visit_redirect(visit, "/reports/%s?made=yes", id_format(report_id, id)) : status;
}

/* ---- one report -------------------------------------------------------------------------------------- */

static enum status find_report(struct visit *visit, struct report *report, struct error *error)
{
	int64_t id;
	struct store *desk;
	if (!visit_id_parameter(visit, 0, &id))
		return visit_not_found(error);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = report_read(desk, visit->site->vault, id, visit->arena, report, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	bool manages = visit_can(visit, CAPABILITY_REPORTS_MANAGE) && visit_owns_source(visit, report->source_id);
	bool theirs = manages || report->user_id == visit->viewer.user_id;
	return theirs && report_may_know(visit, report) ? STATUS_OK : visit_not_found(error);
}

static void put_reply(struct visit *visit, const struct report *report)
{
	char id[ID_TEXT_SIZE];
	struct value *document = visit->document;
	if (report->reply.len) {
		struct value *reply = put_object(document, "reply");
		put_text(reply, "text", report->reply);
		put_text(reply, "by", report->replied_by);
		put_long_instant(reply, "at_text", report->replied);
	}
	bool open = report->status == REPORT_OPEN;
	put_bool(document, "can_reply",
		 open && visit_can(visit, CAPABILITY_REPORTS_MANAGE) && visit_owns_source(visit, report->source_id));
	put_format(document, "reply_href", "/reports/%s", id_format(report->report_id, id));
	struct value *outcomes = put_array(document, "outcomes");
	for (int s = REPORT_CORRECTED; s < REPORT_STATUS_COUNT; s++)
		put_option(outcomes, text_of(report_status_name((enum report_status)s)),
			   text_of(report_status_title((enum report_status)s)), visit_field(visit, "status"));
}

static void put_resident(struct value *facts, const struct report *report)
{
	char id[ID_TEXT_SIZE];
	struct value *row = add_object(facts);
	put_string(row, "title", "About");
	put_format(row, "value", "Resident %s", id_format(report->resident_id, id));
	put_format(row, "href", "/residents/%s", id);
}

static enum status report_page(struct visit *visit, const struct report *report)
{
	struct value *facts = put_array(visit->document, "facts");
	const struct profile_feed *feed = profile_feed(visit->profile, report->feed_id);
	put_id(visit->document, "number", report->report_id);
	put_fact(facts, "State", text_of(report_status_title(report->status)));
	put_fact(facts, "What is wrong", report->text);
	if (report->sentence_id.len) {
		put_fact(facts, "Of the summary", text_of(report_aspect_title(report->aspect)));
		put_fact(facts, "Sentence", report->sentence_id);
	}
	put_fact(facts, "Value", element_title(visit, report->element_id));
	put_fact(facts, "According to", source_title(visit, report->source_id));
	put_fact(facts, "In", feed ? feed->title : report->feed_id);
	put_fact(facts, "As at", document_long_date(visit->arena, report->as_at));
	put_fact(facts, "Record", arena_format(visit->arena, "%lld", (long long)report->record_id));
	put_resident(facts, report);
	put_fact(facts, "Reported by", report->username);
	put_reply(visit, report);
	return visit_page(visit, "report", "Report");
}

enum status page_report(struct visit *visit, struct error *error)
{
	struct report report;
	enum status status = find_report(visit, &report, error);
	if (status != STATUS_OK)
		return status;
	struct audit_entry entry = visit_entry(visit, "report.open", "allowed");
	entry.subject_kind = TEXT("report");
	entry.subject_id = report.report_id;
	visit_record(visit, &entry);
	if (visit_query(visit, "made").len)
		put_string(visit->document, "notice", "Your report is on its way to the owner of the data.");
	return report_page(visit, &report);
}

static enum status answer(struct visit *visit, const struct report *report, enum report_status outcome,
			  struct text reply, struct error *error)
{
	struct store *desk;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = report_answer(desk, visit->site->vault, report->report_id, outcome, reply,
				       visit->viewer.username, error);
	const struct audit_entry entry =
		visit_entry_about(visit, "report.answer", "report", report->report_id,
				  arena_format(visit->arena, "status=%s", report_status_name(outcome)));
	return visit_commit(visit, desk, status, &entry, error);
}

enum status page_report_reply(struct visit *visit, struct error *error)
{
	char id[ID_TEXT_SIZE];
	struct report report;
	enum report_status outcome = REPORT_OPEN;
	struct text reply = visit_field(visit, "reply");
	enum status status = find_report(visit, &report, error);
	if (status != STATUS_OK)
		return status;
	if (!visit_owns_source(visit, report.source_id))
		return visit_not_found(error);
	if (!report_status_parse(visit_field(visit, "status"), &outcome) || outcome == REPORT_OPEN)
		visit_form_error(visit, "status", "Choose an outcome");
	if (reply.len < 3 || reply.len > REPORT_TEXT_LONGEST)
		visit_form_error(visit, "reply", "Write what you found, in 2,000 characters or fewer");
	if (visit->request->response.status == 422)
		return report_page(visit, &report);
	status = answer(visit, &report, outcome, reply, error);
	return status == STATUS_OK ? visit_redirect(visit, "/reports/%s", id_format(report.report_id, id)) : status;
}
