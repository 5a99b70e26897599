/* What is marked in a copy: decided by one person, looked at by another; and the copy, given out. */
#include "web/pages/access_request.h"
#include "web/pages/pages.h"

#include "base/id.h"
#include "rights/redaction.h"
#include "web/subject_access.h"

enum { ITEMS_A_PAGE = 10 };

enum shown { SHOWN_WAITING, SHOWN_SECOND, SHOWN_ALL, SHOWN_COUNT };
static const struct {
	const char *id, *title;
} shown_names[SHOWN_COUNT] = {[SHOWN_WAITING] = {"waiting", "To decide"},
			      [SHOWN_SECOND] = {"second", "For a second look"},
			      [SHOWN_ALL] = {"all", "Everything marked"}};

struct item {
	const struct rights_row *row;
	const struct rights_value *value;
	bool readable; /* an agreement lets the viewer see it */
};

static enum shown shown_of(struct text id)
{
	for (enum shown s = SHOWN_WAITING; s < SHOWN_COUNT; s++)
		if (text_is(id, shown_names[s].id))
			return s;
	return SHOWN_WAITING;
}

static bool is_shown(const struct rights_value *value, enum shown shown)
{
	if (!value->mark)
		return false;
	switch (shown) {
	case SHOWN_WAITING:
		return value->state == ITEM_WAITS;
	case SHOWN_SECOND:
		return value->state != ITEM_WAITS && !value->confirmed;
	case SHOWN_ALL:
	case SHOWN_COUNT:
		break;
	}
	return true;
}

/* A copy is for the resident; of what is shown to staff, the door's rules hold. What staff wrote is for who answers it.
 */
static bool may_read(struct visit *visit, int64_t resident_id, const struct rights_row *row,
		     const struct rights_value *value)
{
	const struct policy_bounds bounds = policy_bounds_of(visit->snapshot->policy, POLICY_RESIDENT, resident_id);
	if (!row->feed)
		return visit_can(visit, CAPABILITY_REPORTS_MANAGE);
	return value->element &&
	       policy_decide_of(visit_grid(visit), &bounds, row->feed, value->element).verdict == POLICY_ALLOW;
}

static void put_exemption_options(struct value *row, struct text chosen)
{
	struct value *options = put_array(row, "exemptions");
	for (int i = EXEMPTION_NONE + 1; i < EXEMPTION_COUNT; i++)
		put_option(options, text_of(exemption_name((enum rights_exemption)i)),
			   text_of(exemption_title((enum rights_exemption)i)), chosen);
}

static void put_decision(struct value *row, const struct visit *visit, const struct item *item)
{
	const struct rights_value *value = item->value;
	bool decided = value->state != ITEM_WAITS;
	bool own = decided && text_equal(value->decided_by, visit->viewer.username);
	put_bool(row, "decided", decided);
	put_bool(row, "confirmed", value->confirmed);
	put_string(row, "decision", value->state == ITEM_WITHHELD ? "Left out" : "Goes into the copy");
	put_string(row, "colour", value->state == ITEM_WITHHELD ? "orange" : "green");
	put_text(row, "decided_by", value->decided_by);
	put_text(row, "looked_by", value->looked_by);
	put_text(row, "reason", value->why);
	put_string(row, "exemption", exemption_title(value->exemption));
	put_string(row, "law", exemption_law(value->exemption));
	put_bool(row, "own", own && !value->confirmed);
	put_bool(row, "may_confirm", decided && !own && !value->confirmed && item->readable);
	if (decided)
		put_format(row, "seen", "%s-%lld", value->state == ITEM_WITHHELD ? "withhold" : "release",
			   (long long)value->decided_at);
}

static void put_item(struct visit *visit, struct value *items, const struct item *item, size_t number)
{
	char id[ID_TEXT_SIZE];
	struct value *row = add_object(items);
	const struct rights_value *value = item->value;
	bool asked = text_is(visit_field(visit, "item"), id_format(value->item, id));
	put_id(row, "item", value->item);
	put_int(row, "number", (int64_t)number);
	put_text(row, "title", value->title);
	put_text(row, "feed", item->row->title);
	put_text(row, "source", subject_access_source(item->row, visit->arena));
	put_string(row, "mark", rights_mark_words(value->mark));
	put_bool(row, "readable", item->readable);
	put_text(row, "value", item->readable ? value->value : TEXT_ABSENT);
	put_exemption_options(row, asked ? visit_field(visit, "exemption") : text_of(exemption_name(value->exemption)));
	put_text(row, "why", asked ? visit_field(visit, "why") : value->state == ITEM_WITHHELD ? value->why : TEXT(""));
	put_decision(row, visit, item);
}

static void put_tabs(struct visit *visit, const struct rights_copy *copy, enum shown chosen)
{
	const size_t counts[SHOWN_COUNT] = {copy->waiting, copy->unconfirmed, copy->marked};
	struct value *tabs = put_array(visit->document, "tabs");
	for (enum shown s = SHOWN_WAITING; s < SHOWN_COUNT; s++) {
		struct value *tab = add_object(tabs);
		put_format(tab, "href", "/access-requests/%.*s/items?show=%s", TEXT_ARG(visit->parameters[0]),
			   shown_names[s].id);
		put_format(tab, "title", "%s (%zu)", shown_names[s].title, counts[s]);
		put_bool(tab, "current", s == chosen);
	}
	put_string(visit->document, "show", shown_names[chosen].id);
}

static enum status show_items(struct visit *visit, struct asked_request *asked, enum shown shown)
{
	const struct rights_copy *copy = &asked->copy;
	unsigned page = visit_page_number(visit);
	size_t number = 0, first = (page - 1) * (size_t)ITEMS_A_PAGE;
	struct value *items = put_array(visit->document, "items");
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++) {
			struct item item = {.row = &copy->rows[r], .value = &copy->rows[r].values[v]};
			if (!is_shown(item.value, shown) || number++ < first || items->count >= ITEMS_A_PAGE)
				continue;
			item.readable = may_read(visit, asked->answer.resident_id, item.row, item.value);
			put_item(visit, items, &item, number);
		}
	asked_put_head(asked, visit);
	put_tabs(visit, copy, shown);
	put_bool(visit->document, "has_items", items->count > 0);
	put_pagination(visit->document,
		       arena_format(visit->arena, "/access-requests/%.*s/items?show=%s", TEXT_ARG(visit->parameters[0]),
				    shown_names[shown].id)
			       .at,
		       page, ITEMS_A_PAGE, (int64_t)number);
	return visit_page(visit, "access_items", "What is marked in the copy");
}

/* What was shown for a decision is a look of its own: these values are read by nobody else's page. */
static void record_look(struct visit *visit, const struct asked_request *asked, enum shown shown)
{
	char reference[REQUEST_REFERENCE_SIZE];
	struct audit_entry entry = visit_entry(visit, "access_request.items", "allowed");
	entry.subject_kind = TEXT("resident");
	entry.subject_id = asked->answer.resident_id;
	entry.detail = arena_format(visit->arena, "request %s, %s, page %u",
				    access_request_reference(&asked->request, reference), shown_names[shown].id,
				    visit_page_number(visit));
	visit_record(visit, &entry);
}

enum status page_access_items(struct visit *visit, struct error *error)
{
	struct asked_request asked;
	enum shown shown = shown_of(visit_query(visit, "show"));
	enum status status = asked_open(&asked, visit, error);
	if (status == STATUS_OK)
		status = asked_copy(&asked, visit, error);
	if (status != STATUS_OK)
		return status;
	record_look(visit, &asked, shown);
	return show_items(visit, &asked, shown);
}

/* ---- decisions ------------------------------------------------------------------------------------------- */

static bool find_item(struct item *out, struct visit *visit, const struct asked_request *asked, int64_t id)
{
	const struct rights_copy *copy = &asked->copy;
	for (size_t r = 0; r < copy->row_count; r++)
		for (size_t v = 0; v < copy->rows[r].count; v++) {
			const struct rights_value *value = &copy->rows[r].values[v];
			if (!value->mark || value->item != id)
				continue;
			*out = (struct item){&copy->rows[r], value,
					     may_read(visit, asked->answer.resident_id, &copy->rows[r], value)};
			return true;
		}
	return false;
}

/* "release-1767225600000000", as the page wrote it; anything else is a decision that nobody made. */
static struct redaction_seen seen_of(struct text field, int64_t item)
{
	int64_t at;
	struct redaction_seen seen = {.item = item, .release = false, .decided_at = INSTANT_UNKNOWN};
	size_t dash = text_find_char(field, '-');
	if (dash == field.len || !text_parse_int64(text_slice(field.at + dash + 1, field.len - dash - 1), &at))
		return seen;
	seen.release = text_is(text_slice(field.at, dash), "release");
	seen.decided_at = at;
	return seen;
}

static enum status write_decision(struct visit *visit, struct asked_request *asked, const struct item *item,
				  const char **action, struct error *error)
{
	struct text what = visit_field(visit, "do");
	struct redaction redaction = {.item = item->value->item,
				      .release = text_is(what, "release"),
				      .why = visit_field(visit, "why"),
				      .by = visit->viewer.username};
	if (text_is(what, "confirm")) {
		*action = "subject_access.second_look";
		const struct redaction_seen seen = seen_of(visit_field(visit, "seen"), redaction.item);
		return redaction_confirm(&asked->copy, &asked->parts, &seen, redaction.by, error);
	}
	if (!redaction.release && !text_is(what, "withhold"))
		return error_set(error, STATUS_INVALID, "rights.do", "Choose what becomes of it");
	*action = redaction.release ? "subject_access.release" : "subject_access.withhold";
	exemption_parse(visit_field(visit, "exemption"), &redaction.exemption);
	return redaction_decide(&asked->copy, &asked->parts, &redaction, error);
}

static enum status decide(struct visit *visit, struct asked_request *asked, const struct item *item,
			  struct error *error)
{
	char id[ID_TEXT_SIZE];
	const char *action = "";
	if (!item->readable)
		return error_set(error, STATUS_CONFLICT, "rights.unread",
				 "Nobody decides of what they may not read. Ask somebody whose agreement covers it.");
	enum status status = store_begin(asked->parts.desk, error);
	if (status != STATUS_OK)
		return status;
	status = access_request_lock(&asked->request, &asked->parts, visit->arena, error);
	if (status == STATUS_OK)
		status = write_decision(visit, asked, item, &action, error);
	struct text exemption =
		text_is(visit_field(visit, "do"), "withhold") ? visit_field(visit, "exemption") : TEXT("");
	if (status == STATUS_OK)
		status = asked_commit(asked, visit, action,
				      arena_format(visit->arena, "item %s%s%.*s", id_format(item->value->item, id),
						   exemption.len ? ", " : "", TEXT_ARG(exemption)),
				      error);
	store_rollback(asked->parts.desk);
	return status;
}

/* The message stands with its item, and the summary leads to it. */
static void say_what_is_wrong(struct visit *visit, const struct item *item, const struct error *error)
{
	char id[ID_TEXT_SIZE];
	const char *field = strrchr(error->code, '.');
	bool of_field = !strcmp(error->code, "rights.exemption") || !strcmp(error->code, "rights.why");
	id_format(item->value->item, id);
	visit_form_error(visit, arena_format(visit->arena, "%s-%s", of_field ? field + 1 : "item", id).at,
			 arena_text(visit->arena, text_of(error->message)).at);
}

enum status page_access_items_post(struct visit *visit, struct error *error)
{
	int64_t id;
	struct item item;
	struct asked_request asked;
	enum shown shown = shown_of(visit_field(visit, "show"));
	enum status status = asked_open(&asked, visit, error);
	if (status == STATUS_OK)
		status = asked_copy(&asked, visit, error);
	if (status != STATUS_OK)
		return status;
	if (!id_parse(visit_field(visit, "item"), &id) || !find_item(&item, visit, &asked, id)) {
		visit_form_error(visit, "items",
				 "This item has changed since the page was made: decide of it as it is now");
		return show_items(visit, &asked, shown);
	}
	status = decide(visit, &asked, &item, error);
	if (status == STATUS_OK)
		return visit_redirect(visit, "/access-requests/%.*s/items?show=%s", TEXT_ARG(visit->parameters[0]),
				      shown_names[shown].id);
	if (status != STATUS_INVALID && status != STATUS_CONFLICT)
		return status;
	say_what_is_wrong(visit, &item, error);
	if (!strcmp(error->code, "rights.changed"))
		visit->request->response.status = 409;
	return show_items(visit, &asked, shown);
}

/* ---- the copy ------------------------------------------------------------------------------------------------ */

static enum status write_copy(struct visit *visit, struct asked_request *asked, bool pdf, struct error *error)
{
	struct buf *body = &visit->request->response.body;
	struct value *document = subject_access_document(&asked->copy, visit->profile, false, visit->arena);
	enum status status =
		pdf ? subject_access_pdf(body, document, error) : subject_access_render(body, document, error);
	if (status == STATUS_OK && body->failed)
		status = error_set(error, STATUS_TOO_LARGE, "rights.large", "the copy is too large for a page");
	return status;
}

static void answer_copy(struct visit *visit, const struct asked_request *asked, bool pdf)
{
	char reference[REQUEST_REFERENCE_SIZE];
	struct request *request = visit->request;
	request->response.status = 200;
	request->response.content_type = pdf ? "application/pdf" : "text/html; charset=utf-8";
	response_header(request, "Content-Disposition",
			arena_format(visit->arena, "attachment; filename=\"copy-%s.%s\"",
				     access_request_reference(&asked->request, reference), pdf ? "pdf" : "html")
				.at);
	visit->answered = true;
}

/* The copy is written before it counts as given, and nothing of it goes out when it does not. */
static enum status issue(struct visit *visit, struct asked_request *asked, bool pdf, struct error *error)
{
	struct text detail;
	enum status status = store_begin(asked->parts.desk, error);
	if (status != STATUS_OK)
		return status;
	status = access_request_lock(&asked->request, &asked->parts, visit->arena, error);
	if (status == STATUS_OK) /* by what is decided now */
		status = asked_copy(asked, visit, error);
	if (status == STATUS_OK)
		status = access_request_issue(&detail, &asked->request, &asked->copy, &asked->parts,
					      pdf ? "pdf" : "html", visit->viewer.username, visit->arena, error);
	if (status == STATUS_OK)
		status = write_copy(visit, asked, pdf, error);
	if (status == STATUS_OK)
		status = asked_commit(asked, visit, "subject_access.issue", detail, error);
	store_rollback(asked->parts.desk);
	if (status != STATUS_OK)
		buf_wipe(&visit->request->response.body);
	return status;
}

enum status page_access_copy(struct visit *visit, struct error *error)
{
	struct asked_request asked;
	bool pdf = text_is(visit_field(visit, "form"), "pdf");
	enum status status = asked_open(&asked, visit, error);
	if (status == STATUS_OK)
		status = issue(visit, &asked, pdf, error);
	if (status == STATUS_OK)
		answer_copy(visit, &asked, pdf);
	return status;
}
