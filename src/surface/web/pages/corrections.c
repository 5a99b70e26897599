/* Corrections that residents asked for: asked and answered on a resident's page, and the register of all of them. */
#include "web/pages/pages.h"
#include "web/pages/people.h"
#include "web/pages/rights.h"

#include "base/id.h"
#include "rights/corrections.h"

static const char *colour_of(const struct correction *one)
{
	static const char *const colours[CORRECTION_STATES] = {[CORRECTION_ASKED] = "yellow",
							       [CORRECTION_SENT] = "blue",
							       [CORRECTION_ACCEPTED] = "turquoise",
							       [CORRECTION_REFUSED] = "grey",
							       [CORRECTION_DONE] = "green"};
	return colours[one->state];
}

static void put_day(struct value *row, const char *name, date day)
{
	if (day != DATE_UNKNOWN)
		put_long_date(row, name, day);
}

static void put_what(struct value *row, const struct correction *one)
{
	const struct profile_source *source = one->feed ? one->feed->source : NULL;
	put_text(row, "feed", one->feed ? one->feed->title : one->feed_id);
	put_text(row, "element", one->element ? one->element->title : one->element_id);
	put_text(row, "owner", source ? source->owner : TEXT(""));
	put_text(row, "contact", source ? source->contact : TEXT(""));
	put_string(row, "state", correction_state_title(one->state));
	put_string(row, "colour", colour_of(one));
	put_bool(row, "overdue", one->overdue);
	put_bool(row, "is_open", one->open);
	put_day(row, "asked_text", one->asked);
	put_day(row, "due_text", one->due);
	put_day(row, "sent_text", one->sent);
	put_day(row, "decided_text", one->decided);
	put_day(row, "told_text", one->told);
	put_day(row, "seen_text", one->seen);
	put_string(row, "seen_as", correction_seen_title(one->seen_as));
}

/* ---- the register ---------------------------------------------------------------------------------------- */

static bool may_know(struct visit *visit, const struct correction *one)
{
	return one->resident_id &&
	       !policy_is_hidden(visit->snapshot->policy, visit_grid(visit), POLICY_RESIDENT, one->resident_id);
}

static void put_register(struct visit *visit, const struct correction *all, size_t count)
{
	char id[ID_TEXT_SIZE];
	int64_t open = 0, overdue = 0;
	struct value *rows = put_array(visit->document, "corrections");
	for (size_t i = 0; i < count; i++) {
		if (!may_know(visit, &all[i]))
			continue;
		struct value *row = add_object(rows);
		put_what(row, &all[i]);
		put_id(row, "resident", all[i].resident_id);
		put_format(row, "href", "/residents/%s/corrections", id_format(all[i].resident_id, id));
		open += all[i].open;
		overdue += all[i].overdue;
	}
	put_bool(visit->document, "has_corrections", rows->count > 0);
	put_bool(visit->document, "has_overdue", overdue > 0);
	put_format(visit->document, "summary", "%lld open, %lld overdue", (long long)open, (long long)overdue);
}

enum status page_corrections(struct visit *visit, struct error *error)
{
	size_t count = 0;
	struct correction *all;
	struct rights_parts parts;
	if (!visit->viewer.purpose || !visit->viewer.purpose->residents_rights) {
		error_set(error, STATUS_REFUSED, "web.purpose",
			  "This page is for answering residents about their rights.");
		error_remedy(error, "Choose that purpose first.");
		return STATUS_REFUSED;
	}
	enum status status = rights_parts_of(visit, &parts, error);
	if (status == STATUS_OK)
		status = corrections_read(&all, &count, &parts, 0, date_today(), visit->arena, error);
	if (status != STATUS_OK)
		return status;
	struct audit_entry entry = visit_entry(visit, "correction.list", "allowed");
	visit_record(visit, &entry);
	put_register(visit, all, count);
	return visit_page(visit, "corrections", "Corrections");
}

/* ---- one resident's ------------------------------------------------------------------------------------------ */

static void put_one(struct visit *visit, struct value *rows, const struct correction *one)
{
	struct text *recipients;
	struct value *row = add_object(rows);
	size_t count = correction_recipients(&recipients, one, visit->profile, visit->arena);
	put_what(row, one);
	put_id(row, "correction", one->id);
	put_text(row, "wanted", one->wanted);
	put_text(row, "evidence", one->evidence);
	put_text(row, "reply", one->reply);
	put_bool(row, "can_send", one->open && one->state == CORRECTION_ASKED);
	put_bool(row, "can_answer", one->open && one->state != CORRECTION_ASKED);
	put_bool(row, "can_tell",
		 one->open && (one->state == CORRECTION_ACCEPTED || one->state == CORRECTION_REFUSED ||
			       one->state == CORRECTION_DONE));
	put_bool(row, "was_refused", one->state == CORRECTION_REFUSED);
	struct value *titles = put_array(row, "recipients");
	for (size_t i = 0; i < count; i++)
		put_text(add_object(titles), "title", recipients[i]);
	put_bool(row, "has_recipients", count > 0 && one->state == CORRECTION_DONE);
}

static enum status put_all(struct visit *visit, int64_t resident_id, struct error *error)
{
	size_t count = 0, choice_count = 0;
	struct correction *all;
	struct correction_choice *choices;
	struct rights_parts parts;
	struct text chosen = visit_field(visit, "value");
	enum status status = rights_parts_of(visit, &parts, error);
	if (status == STATUS_OK)
		status = corrections_read(&all, &count, &parts, resident_id, date_today(), visit->arena, error);
	if (status == STATUS_OK)
		status = correction_choices(&choices, &choice_count, &parts, resident_id, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	struct value *rows = put_array(visit->document, "corrections"), *values = put_array(visit->document, "values");
	for (size_t i = 0; i < count; i++)
		put_one(visit, rows, &all[i]);
	for (size_t i = 0; i < choice_count; i++)
		put_option(values, choices[i].key, choices[i].title, chosen);
	put_bool(visit->document, "has_corrections", count > 0);
	return STATUS_OK;
}

static enum status show(struct visit *visit, const struct disclosure_resident *answer, struct error *error)
{
	char id[ID_TEXT_SIZE], today[DATE_TEXT_SIZE];
	struct text asked = visit_field(visit, "asked");
	put_id(visit->document, "id", answer->resident_id);
	put_format(visit->document, "href", "/residents/%s", id_format(answer->resident_id, id));
	put_text(visit->document, "name", person_name(&answer->person));
	put_text(visit->document, "wanted", visit_field(visit, "wanted"));
	put_text(visit->document, "evidence", visit_field(visit, "evidence"));
	put_text(visit->document, "asked",
		 asked.len ? asked : arena_format(visit->arena, "%s", date_format_iso(date_today(), today)));
	enum status status = put_all(visit, answer->resident_id, error);
	return status == STATUS_OK ? visit_page(visit, "resident_corrections", "Corrections") : status;
}

enum status page_resident_corrections(struct visit *visit, struct error *error)
{
	struct disclosure_resident answer;
	enum status status = rights_open(visit, &answer, error);
	return status == STATUS_OK ? show(visit, &answer, error) : status;
}

/* ---- the forms -------------------------------------------------------------------------------------------------- */

static enum status ask(struct visit *visit, const struct rights_parts *parts, int64_t resident_id, struct text *detail,
		       struct error *error)
{
	int64_t id;
	struct correction_order order = {.asked = DATE_UNKNOWN};
	if (!correction_choice_parse(&order, visit_field(visit, "value"), visit->profile))
		order = (struct correction_order){.asked = DATE_UNKNOWN};
	if (!date_parse_iso(visit_field(visit, "asked"), &order.asked))
		order.asked = DATE_UNKNOWN;
	order.resident_id = resident_id;
	order.wanted = visit_field(visit, "wanted");
	order.evidence = visit_field(visit, "evidence");
	order.by = visit->viewer.username;
	enum status status = correction_ask(&id, &order, parts, error);
	if (status == STATUS_OK)
		*detail = arena_format(visit->arena, "%s %s", order.feed->id.at, order.element->id.at);
	return status;
}

static enum status answer_one(struct visit *visit, const struct rights_parts *parts, int64_t id, struct text *detail,
			      struct error *error)
{
	enum correction_state to;
	struct text act = visit_field(visit, "do"), by = visit->viewer.username;
	*detail = act;
	if (text_is(act, "told"))
		return correction_tell(id, by, parts, error);
	if (!correction_state_parse(act, &to) || to == CORRECTION_ASKED)
		return error_set(error, STATUS_INVALID, "rights.correction_do", "Choose what came of it");
	return correction_step(id, to, visit_field(visit, "reply"), by, parts, error);
}

/* A correction of this resident; 0: the form asks for a new one. */
static bool read_correction(struct visit *visit, const struct rights_parts *parts, int64_t resident_id, int64_t *id,
			    struct error *error)
{
	size_t count = 0;
	struct correction *all;
	*id = 0;
	if (!visit_field(visit, "correction").len)
		return true;
	if (!id_parse(visit_field(visit, "correction"), id) ||
	    corrections_read(&all, &count, parts, resident_id, date_today(), visit->arena, error) != STATUS_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (all[i].id == *id)
			return true;
	return false;
}

static enum status record(struct visit *visit, const struct rights_parts *parts, int64_t resident_id, int64_t id,
			  struct error *error)
{
	struct text detail = TEXT("");
	enum status status = store_begin(parts->desk, error);
	if (status != STATUS_OK)
		return status;
	status = id ? answer_one(visit, parts, id, &detail, error) : ask(visit, parts, resident_id, &detail, error);
	const struct audit_entry entry =
		visit_entry_about(visit, id ? "correction.answer" : "correction.ask", "resident", resident_id, detail);
	return visit_commit(visit, parts->desk, status, &entry, error);
}

static const char *field_of(const struct error *error)
{
	static const struct {
		const char *code, *field;
	} fields[] = {{"rights.correction_wanted", "wanted"},
		      {"rights.correction_evidence", "evidence"},
		      {"rights.correction_asked", "asked"},
		      {"rights.correction_reply", "reply"}};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(error->code, fields[i].code) == 0)
			return fields[i].field;
	return "value";
}

enum status page_resident_corrections_post(struct visit *visit, struct error *error)
{
	int64_t id;
	struct rights_parts parts;
	struct disclosure_resident answer;
	enum status status = rights_open(visit, &answer, error);
	if (status == STATUS_OK)
		status = rights_parts_of(visit, &parts, error);
	if (status != STATUS_OK)
		return status;
	if (!read_correction(visit, &parts, answer.resident_id, &id, error))
		return visit_not_found(error);
	status = record(visit, &parts, answer.resident_id, id, error);
	if (status == STATUS_OK)
		return visit_redirect(visit, "/residents/%.*s/corrections", TEXT_ARG(visit->parameters[0]));
	if (status != STATUS_INVALID && status != STATUS_CONFLICT && status != STATUS_NOT_FOUND)
		return status;
	visit_form_error(visit, field_of(error), arena_text(visit->arena, text_of(error->message)).at);
	return show(visit, &answer, error);
}
