/* Requests for a copy: the register, a request with what was done about it, and what may be done next. */
#include "web/pages/access_request.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"
#include "web/pages/rights.h"

#include "base/id.h"

/* ---- what all pages of a request begin with ------------------------------------------------------------ */

enum status asked_open(struct asked_request *asked, struct visit *visit, struct error *error)
{
	int64_t id;
	if (!visit_id_parameter(visit, 0, &id))
		return visit_not_found(error);
	enum status status = rights_parts_of(visit, &asked->parts, error);
	if (status == STATUS_OK)
		status = access_request_find(&asked->request, &asked->parts, id, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	return status == STATUS_OK ? rights_open_resident(visit, &asked->answer, asked->request.resident_id, error)
				   : status;
}

enum status asked_copy(struct asked_request *asked, struct visit *visit, struct error *error)
{
	return rights_copy(&asked->copy, &asked->parts, asked->answer.resident_id, visit->arena, error);
}

enum status asked_commit(struct asked_request *asked, struct visit *visit, const char *action, struct text detail,
			 struct error *error)
{
	char reference[REQUEST_REFERENCE_SIZE];
	const struct audit_entry entry = visit_entry_about(
		visit, action, "resident", asked->answer.resident_id,
		arena_format(visit->arena, "request %s%s%.*s", access_request_reference(&asked->request, reference),
			     detail.len ? ", " : "", TEXT_ARG(detail)));
	return visit_commit(visit, asked->parts.desk, STATUS_OK, &entry, error);
}

enum status asked_form_error(struct visit *visit, enum status status, bool *asks_again, struct error *error)
{
	const char *field = strrchr(error->code, '.');
	if (status != STATUS_INVALID && status != STATUS_CONFLICT)
		return status;
	*asks_again = true;
	visit_form_error(visit, status == STATUS_INVALID && field ? field + 1 : "do",
			 arena_text(visit->arena, text_of(error->message)).at);
	return STATUS_OK;
}

static const char *colour_of(const struct access_request *request)
{
	if (request->overdue)
		return "red";
	switch (request->state) {
	case REQUEST_IDENTITY:
		return "yellow";
	case REQUEST_OPEN:
		return "blue";
	case REQUEST_ISSUED:
		return "green";
	case REQUEST_WITHDRAWN:
	case REQUEST_REFUSED:
	case REQUEST_STATES:
		break;
	}
	return "grey";
}

static void put_days(struct value *object, const char *key, date days, const char *what)
{
	put_format(object, key, "%d %s %s", (int)days, days == 1 ? "day" : "days", what);
}

static void put_state(struct value *object, const struct access_request *request)
{
	char reference[REQUEST_REFERENCE_SIZE];
	put_string(object, "state", request->overdue ? "Overdue" : request_state_title(request->state));
	put_string(object, "colour", colour_of(request));
	put_bool(object, "overdue", request->overdue);
	put_format(object, "reference", "%s", access_request_reference(request, reference));
	put_long_date(object, "received_text", request->received);
	put_long_date(object, "due_text", request->due);
	put_string(object, "asked_by", request_asker_title(request->asker));
	if (request->overdue)
		put_days(object, "late_text", date_today() - request->due, "late");
	else if (request->state == REQUEST_OPEN)
		put_days(object, "left_text", request->due - date_today(), "left");
	if (request->answered != DATE_UNKNOWN)
		put_long_date(object, "answered_text", request->answered);
	put_bool(object, "answered_late", request->late);
}

void asked_put_head(struct asked_request *asked, struct visit *visit)
{
	char id[ID_TEXT_SIZE];
	struct value *document = visit->document;
	put_id(document, "id", asked->request.request_id);
	put_format(document, "href", "/access-requests/%s", id_format(asked->request.request_id, id));
	put_href(document, "resident_href", "residents", asked->answer.resident_id);
	put_text(document, "name", person_name(&asked->answer.person));
	put_state(document, &asked->request);
}

/* ---- the register ---------------------------------------------------------------------------------------- */

/* Who may not know of a resident is not told that there is a request either. */
static bool may_know_of(struct visit *visit, const struct access_request *request)
{
	const struct policy_bounds bounds =
		policy_bounds_of(visit->snapshot->policy, POLICY_RESIDENT, request->resident_id);
	return policy_may_know_of(visit_grid(visit), &bounds);
}

static void put_register(struct visit *visit, const struct access_request *all, size_t count)
{
	size_t open = 0, overdue = 0;
	struct value *rows = put_array(visit->document, "requests");
	for (size_t i = 0; i < count; i++) {
		if (!may_know_of(visit, &all[i]))
			continue;
		struct value *row = add_object(rows);
		put_href(row, "href", "access-requests", all[i].request_id);
		put_state(row, &all[i]);
		open += all[i].state == REQUEST_OPEN || all[i].state == REQUEST_IDENTITY;
		overdue += all[i].overdue;
	}
	put_bool(visit->document, "has_requests", rows->count > 0);
	put_int(visit->document, "overdue_count", (int64_t)overdue);
	put_format(visit->document, "summary", "%zu open, %zu overdue", open, overdue);
	if (overdue)
		put_format(visit->document, "warning", "%zu %s overdue: a copy is to be given within one month.",
			   overdue, overdue == 1 ? "request is" : "requests are");
}

enum status page_access_requests(struct visit *visit, struct error *error)
{
	size_t count;
	struct access_request *all;
	struct rights_parts parts;
	enum status status = rights_purpose(visit, error);
	if (status == STATUS_OK)
		status = rights_parts_of(visit, &parts, error);
	if (status == STATUS_OK)
		status = access_request_list(&all, &count, &parts, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	put_register(visit, all, count);
	return visit_page(visit, "access_requests", "Requests for a copy");
}

/* ---- logging one ------------------------------------------------------------------------------------------- */

static void put_choices(struct value *options, const char *(*name)(int), const char *(*title)(int), int count,
			struct text chosen)
{
	for (int i = 0; i < count; i++) {
		struct value *option = add_object(options);
		put_string(option, "id", name(i));
		put_string(option, "title", title(i));
		put_bool(option, "chosen", text_is(chosen, name(i)));
		put_bool(option, "first", i == 0);
	}
}

#define CHOICES(kind) \
	static const char *kind##_name(int i) \
	{ \
		return request_##kind##_name((enum request_##kind)i); \
	} \
	static const char *kind##_title(int i) \
	{ \
		return request_##kind##_title((enum request_##kind)i); \
	}
CHOICES(asker)
CHOICES(identity)
CHOICES(extension)

static enum status ask_for_request(struct visit *visit, const struct disclosure_resident *answer)
{
	struct value *document = visit->document;
	put_id(document, "id", answer->resident_id);
	put_href(document, "resident_href", "residents", answer->resident_id);
	put_text(document, "name", person_name(&answer->person));
	put_date(document, "today", date_today());
	put_text(document, "received", visit_field(visit, "received"));
	put_text(document, "words", visit_field(visit, "words"));
	put_choices(put_array(document, "askers"), asker_name, asker_title, REQUEST_ASKERS,
		    visit_field(visit, "asker"));
	put_choices(put_array(document, "identities"), identity_name, identity_title, REQUEST_IDENTITIES,
		    visit_field(visit, "identity"));
	return visit_page(visit, "access_request_new", "Log a request for a copy");
}

enum status page_access_request_new(struct visit *visit, struct error *error)
{
	struct disclosure_resident answer;
	enum status status = rights_open(visit, &answer, error);
	return status == STATUS_OK ? ask_for_request(visit, &answer) : status;
}

static bool read_form(struct visit *visit, struct access_request *request)
{
	bool right = true;
	struct text received = visit_field(visit, "received");
	request->words = visit_field(visit, "words");
	if (!date_parse_iso(received, &request->received)) {
		visit_form_error(visit, "received", "Give the day on which the request came, as in 2026-03-27");
		right = false;
	}
	if (!request_asker_parse(visit_field(visit, "asker"), &request->asker)) {
		visit_form_error(visit, "asker", "Choose who asks");
		right = false;
	}
	if (!request_identity_parse(visit_field(visit, "identity"), &request->identity)) {
		visit_form_error(visit, "identity", "Choose how identity was checked");
		right = false;
	}
	return right;
}

static enum status log_request(struct visit *visit, struct access_request *request, struct error *error)
{
	struct rights_parts parts;
	char reference[REQUEST_REFERENCE_SIZE];
	enum status status = rights_parts_of(visit, &parts, error);
	if (status == STATUS_OK)
		status = store_begin(parts.desk, error);
	if (status != STATUS_OK)
		return status;
	status = access_request_log(request, &parts, visit->viewer.username, error);
	const struct audit_entry entry = visit_entry_about(
		visit, "access_request.log", "resident", request->resident_id,
		arena_format(visit->arena, "request %s, asked by %s, identity %s",
			     access_request_reference(request, reference), request_asker_name(request->asker),
			     request_identity_name(request->identity)));
	return visit_commit(visit, parts.desk, status, &entry, error);
}

enum status page_access_request_new_post(struct visit *visit, struct error *error)
{
	char id[ID_TEXT_SIZE];
	bool asks_again = false;
	struct disclosure_resident answer;
	struct access_request request = {0};
	enum status status = rights_open(visit, &answer, error);
	if (status != STATUS_OK)
		return status;
	request.resident_id = answer.resident_id;
	if (!read_form(visit, &request))
		return ask_for_request(visit, &answer);
	status = asked_form_error(visit, log_request(visit, &request, error), &asks_again, error);
	if (status != STATUS_OK)
		return status;
	return asks_again ? ask_for_request(visit, &answer)
			  : visit_redirect(visit, "/access-requests/%s", id_format(request.request_id, id));
}

/* ---- one request ---------------------------------------------------------------------------------------------- */

static const char *act_title(struct text what)
{
	static const struct {
		const char *what, *title;
	} titles[] = {{"logged", "Logged"},     {"proven", "Identity proven"}, {"extended", "Extended by two months"},
		      {"issued", "Copy given"}, {"withdrawn", "Withdrawn"},    {"refused", "Refused"}};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (text_is(what, titles[i].what))
			return titles[i].title;
	return "Done";
}

/* Codes of acts are put into words; an issue says its counts as they are. */
static struct text act_detail(const struct request_act *act)
{
	enum request_identity identity;
	enum request_extension extension;
	if (text_is_absent(act->detail))
		return TEXT("");
	if (request_identity_parse(act->detail, &identity))
		return text_of(request_identity_title(identity));
	if (request_extension_parse(act->detail, &extension))
		return text_of(request_extension_title(extension));
	return act->detail;
}

static void put_acts(struct visit *visit, const struct access_request *request)
{
	struct value *acts = put_array(visit->document, "acts");
	for (size_t i = 0; i < request->act_count; i++) {
		const struct request_act *act = &request->acts[i];
		struct value *row = add_object(acts);
		put_string(row, "title", act_title(act->what));
		put_text(row, "detail", act_detail(act));
		put_text(row, "words", act->words);
		put_text(row, "by", act->by);
		put_long_instant(row, "at_text", act->at);
		if (act->on != DATE_UNKNOWN)
			put_long_date(row, "on_text", act->on);
	}
}

static void put_next(struct visit *visit, const struct asked_request *asked)
{
	const struct access_request *request = &asked->request;
	const struct rights_copy *copy = &asked->copy;
	struct value *document = visit->document;
	struct error why;
	bool waits = request->state == REQUEST_IDENTITY, open = request->state == REQUEST_OPEN;
	put_bool(document, "needs_identity", waits);
	put_bool(document, "may_extend", open && !request->extended && !request->overdue);
	put_bool(document, "may_end", waits || open);
	put_bool(document, "works", waits || open || request->state == REQUEST_ISSUED);
	put_bool(document, "may_issue", access_request_may_issue(request, copy, &why) == STATUS_OK);
	put_count(document, "marked", (int64_t)copy->marked);
	put_count(document, "waiting", (int64_t)copy->waiting);
	put_count(document, "unconfirmed", (int64_t)copy->unconfirmed);
	put_count(document, "withheld", (int64_t)copy->withheld);
	put_count(document, "rows", (int64_t)copy->row_count);
	put_count(document, "sources", (int64_t)copy->sources);
	put_bool(document, "has_marked", copy->marked > 0);
	put_date(document, "today", date_today());
	put_text(document, "proven", visit_field(visit, "proven"));
	put_text(document, "extend_words",
		 text_is(visit_field(visit, "do"), "extend") ? visit_field(visit, "words") : TEXT(""));
	put_text(document, "end_words",
		 text_is(visit_field(visit, "do"), "end") ? visit_field(visit, "words") : TEXT(""));
	put_choices(put_array(document, "identities"), identity_name, identity_title, IDENTITY_ASKED_FOR,
		    visit_field(visit, "identity"));
	put_choices(put_array(document, "extensions"), extension_name, extension_title, REQUEST_EXTENSIONS,
		    visit_field(visit, "extension"));
}

static enum status show(struct visit *visit, struct asked_request *asked, struct error *error)
{
	enum status status = asked_copy(asked, visit, error);
	if (status != STATUS_OK)
		return status;
	asked_put_head(asked, visit);
	put_string(visit->document, "identity", request_identity_title(asked->request.identity));
	put_text(visit->document, "words", asked->request.words);
	put_bool(visit->document, "extended", asked->request.extended);
	put_acts(visit, &asked->request);
	put_next(visit, asked);
	return visit_page(visit, "access_request", "Request for a copy");
}

enum status page_access_request(struct visit *visit, struct error *error)
{
	struct asked_request asked;
	enum status status = asked_open(&asked, visit, error);
	return status == STATUS_OK ? show(visit, &asked, error) : status;
}

/* ---- what is done about it --------------------------------------------------------------------------------------- */

static enum status prove(struct visit *visit, struct asked_request *asked, struct error *error)
{
	date on = DATE_UNKNOWN;
	enum request_identity how = IDENTITY_ASKED_FOR;
	request_identity_parse(visit_field(visit, "identity"), &how);
	if (!date_parse_iso(visit_field(visit, "proven"), &on))
		on = DATE_UNKNOWN;
	return access_request_prove(&asked->request, &asked->parts, how, on, visit->viewer.username, error);
}

static enum status extend(struct visit *visit, struct asked_request *asked, struct error *error)
{
	enum request_extension why;
	if (!request_extension_parse(visit_field(visit, "extension"), &why))
		return error_set(error, STATUS_INVALID, "request.extension", "Choose why it is extended");
	return access_request_extend(&asked->request, &asked->parts, why, visit_field(visit, "words"),
				     visit->viewer.username, error);
}

static enum status end(struct visit *visit, struct asked_request *asked, struct error *error)
{
	struct text how = visit_field(visit, "ending");
	if (!text_is(how, "withdrawn") && !text_is(how, "refused"))
		return error_set(error, STATUS_INVALID, "request.ending", "Choose how it ends");
	return access_request_end(&asked->request, &asked->parts,
				  text_is(how, "refused") ? REQUEST_REFUSED : REQUEST_WITHDRAWN,
				  visit_field(visit, "words"), visit->viewer.username, error);
}

static const struct {
	const char *what, *action;
	enum status (*run)(struct visit *visit, struct asked_request *asked, struct error *error);
} steps[] = {{"prove", "access_request.prove", prove},
	     {"extend", "access_request.extend", extend},
	     {"end", "access_request.end", end}};

static enum status take_step(struct visit *visit, struct asked_request *asked, size_t step, struct error *error)
{
	enum status status = store_begin(asked->parts.desk, error);
	if (status != STATUS_OK)
		return status;
	status = steps[step].run(visit, asked, error);
	if (status == STATUS_OK)
		status = asked_commit(asked, visit, steps[step].action, TEXT(""), error);
	store_rollback(asked->parts.desk);
	return status;
}

enum status page_access_request_post(struct visit *visit, struct error *error)
{
	struct asked_request asked;
	bool asks_again = false;
	size_t step = 0, count = sizeof steps / sizeof *steps;
	enum status status = asked_open(&asked, visit, error);
	if (status != STATUS_OK)
		return status;
	while (step < count && !text_is(visit_field(visit, "do"), steps[step].what))
		step++;
	if (step == count) {
		visit_form_error(visit, "do", "Choose what was done");
		return show(visit, &asked, error);
	}
	status = asked_form_error(visit, take_step(visit, &asked, step, error), &asks_again, error);
	if (status != STATUS_OK)
		return status;
	return asks_again ? show(visit, &asked, error)
			  : visit_redirect(visit, "/access-requests/%.*s", TEXT_ARG(visit->parameters[0]));
}
