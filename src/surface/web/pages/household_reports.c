/* Reports that a household is wrong: the queue of those who review matching, one report with what is known of the two,
 * the decision, and its taking back. */
#include "web/pages/household.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"
#include "web/pages/resident.h"
#include "web/pages/review.h"
#include "web/relink.h"

#include "base/id.h"
#include "casework/home_report.h"
#include "household/home_rulings.h"
#include "household/household_rulings.h"

static const char *colour_of(const struct home_report *report)
{
	return report->status == HOME_OPEN         ? "yellow"
	       : report->undone != INSTANT_UNKNOWN ? "grey"
	       : report->status == HOME_UNCLEAR    ? "grey"
						   : "green";
}

static const char *state_of(const struct home_report *report)
{
	return report->undone != INSTANT_UNKNOWN ? "Taken back" : home_answer_title(report->status);
}

static const char *question_of(const struct home_report *report)
{
	return report->suggested == HOME_APART ? "Two who do not live together" : "Somebody is missing";
}

/* ---- the queue -------------------------------------------------------------------------------------- */

void household_put_report(struct value *reports, const struct home_report *report)
{
	char id[ID_TEXT_SIZE];
	struct value *row = add_object(reports);
	put_id(row, "number", report->report_id);
	put_format(row, "href", "/reports/households/%s", id_format(report->report_id, id));
	put_long_instant(row, "at_text", report->made);
	put_text(row, "by", report->username);
	put_string(row, "what", question_of(report));
	put_string(row, "status", home_answer_name(report->status));
	put_string(row, "state", state_of(report));
	put_string(row, "colour", colour_of(report));
}

enum status page_review_households(struct visit *visit, struct error *error)
{
	struct store *desk;
	struct home_report *all;
	size_t count = 0, open = 0;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = home_report_list(desk, 0, visit->arena, &all, &count, error);
	if (status != STATUS_OK)
		return status;
	struct value *waiting = put_array(visit->document, "open"), *done = put_array(visit->document, "answered");
	for (size_t i = 0; i < count; i++) {
		if (!review_may_know(visit, all[i].resident_a) || !review_may_know(visit, all[i].resident_b))
			continue;
		household_put_report(all[i].status == HOME_OPEN ? waiting : done, &all[i]);
		open += all[i].status == HOME_OPEN;
	}
	put_bool(visit->document, "has_open", open > 0);
	put_bool(visit->document, "has_answered", done->count > 0);
	put_format(visit->document, "summary", "%zu %s", open, open == 1 ? "report waits" : "reports wait");
	return visit_page(visit, "review_households", "Households that are wrong");
}

/* ---- one report --------------------------------------------------------------------------------------- */

struct shown_report {
	struct home_report report;
	struct view_resident sides[2];
};

/* Their number may have changed since, when records were linked. */
static enum status open_side(struct visit *visit, int64_t resident_id, struct view_resident *out, struct error *error)
{
	struct disclosure_resident *answer = ARENA_NEW(visit->arena, struct disclosure_resident);
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = resident_id, .on = DATE_UNKNOWN};
	enum status status =
		disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND && !strcmp(error->code, "disclosure.moved")) {
		question.subject_id = answer->entry.subject_id;
		status = disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	}
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_resident(visit, answer);
	view_resident(out, visit->profile, answer, INSTANT_UNKNOWN, date_today(), visit->arena);
	return STATUS_OK;
}

/* For its maker and for reviewers, as long as they may look at both. */
static enum status find_report(struct visit *visit, struct shown_report *shown, struct error *error)
{
	int64_t id;
	struct store *desk;
	if (!visit_id_parameter(visit, 0, &id))
		return visit_not_found(error);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = home_report_read(desk, visit->site->vault, id, visit->arena, &shown->report, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status == STATUS_OK && !visit_can(visit, CAPABILITY_LINKS_REVIEW) &&
	    shown->report.user_id != visit->viewer.user_id)
		return visit_not_found(error);
	if (status == STATUS_OK)
		status = open_side(visit, shown->report.resident_a, &shown->sides[0], error);
	if (status == STATUS_OK)
		status = open_side(visit, shown->report.resident_b, &shown->sides[1], error);
	return status;
}

static void put_household_of(struct value *households, const struct disclosed_household *household)
{
	struct value *row = add_object(households);
	put_href(row, "href", "households", household->household_id);
	put_text(row, "kind", household_kind(household->kind));
	put_text(row, "period", people_period(households->arena, household->from, household->to));
	if (household->address.len)
		put_text(row, "address", household->address);
	else
		put_string(row, "address", household->property_id ? "Address withheld" : "Address protected");
}

static void put_side(struct visit *visit, struct value *sides, const struct view_resident *side, const char *which)
{
	struct value *row = add_object(sides);
	put_string(row, "which", which);
	put_text(row, "name", side->name.len ? side->name : TEXT("Name withheld"));
	if (!visit_can(visit, CAPABILITY_RESIDENT_OPEN)) /* a home's members have names there, and no more */
		return;
	put_href(row, "href", "residents", side->resident_id);
	put_birth(row, "born_text", side->person.date_of_birth);
	put_age(row, "age_text", side->person.date_of_birth, side->person.date_of_death, 0);
	struct value *households = put_array(row, "households");
	for (size_t i = 0; i < side->household_count; i++)
		put_household_of(households, &side->households[i]);
	put_residences(visit, row, side);
}

static void put_evidence(struct visit *visit, struct text evidence)
{
	struct text line;
	struct value *lines = put_array(visit->document, "evidence");
	while (text_split(&evidence, '\n', &line)) {
		if (line.len)
			add_text(lines, line);
	}
}

/* Whether runs take up the ruling that the answer made. */
static enum status find_state(struct visit *visit, const struct home_report *report, enum household_ruling_state *state,
			      struct error *error)
{
	struct store *desk;
	struct household_rulings rulings;
	*state = HOUSEHOLD_RULING_UNDONE;
	if (!report->ruling_id)
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = household_rulings_read(&rulings, desk, NULL, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < rulings.count; i++) {
		if (rulings.at[i].ruling_id == report->ruling_id)
			*state = rulings.at[i].state;
	}
	household_rulings_release(&rulings);
	return STATUS_OK;
}

static void put_decision(struct visit *visit, const struct home_report *report, enum household_ruling_state state)
{
	char id[ID_TEXT_SIZE];
	struct value *document = visit->document, *outcomes = put_array(document, "outcomes");
	bool reviews = visit_can(visit, CAPABILITY_LINKS_REVIEW);
	put_bool(document, "can_decide", reviews && report->status == HOME_OPEN);
	put_bool(document, "can_undo", reviews && report->ruling_id && report->undone == INSTANT_UNKNOWN);
	put_format(document, "report_href", "/reports/households/%s", id_format(report->report_id, id));
	for (int a = HOME_TOGETHER; a < HOME_ANSWER_COUNT; a++)
		put_option(outcomes, text_of(home_answer_name((enum home_answer)a)),
			   text_of(home_answer_title((enum home_answer)a)), visit_field(visit, "verdict"));
	put_text(document, "reply_text", visit_field(visit, "reply"));
	if (report->status == HOME_OPEN)
		return;
	struct value *reply = put_object(document, "reply");
	put_string(reply, "answer", home_answer_title(report->status));
	put_text(reply, "text", report->reply);
	put_text(reply, "by", report->replied_by);
	put_long_instant(reply, "at_text", report->replied);
	put_bool(reply, "binds", state == HOUSEHOLD_RULING_HOLDS);
	put_bool(reply, "contradicted", state == HOUSEHOLD_RULING_CONTRADICTED);
	put_bool(reply, "superseded", state == HOUSEHOLD_RULING_SUPERSEDED);
	if (report->undone == INSTANT_UNKNOWN)
		return;
	put_text(reply, "undone_by", report->undone_by);
	put_long_instant(reply, "undone_text", report->undone);
}

static enum status report_page(struct visit *visit, const struct shown_report *shown, struct error *error)
{
	char id[ID_TEXT_SIZE];
	enum household_ruling_state state;
	enum status status = find_state(visit, &shown->report, &state, error);
	if (status != STATUS_OK)
		return status;
	const struct home_report *report = &shown->report;
	struct value *document = visit->document, *facts = put_array(document, "facts"), *row;
	put_id(document, "number", report->report_id);
	put_fact(facts, "State", text_of(state_of(report)));
	put_fact(facts, "What is wrong", text_of(question_of(report)));
	put_fact(facts, "How they know", report->text);
	put_fact(facts, "Reported by", report->username);
	row = add_object(facts);
	put_string(row, "title", "Household");
	put_format(row, "value", "Household %s", id_format(report->household_id, id));
	put_href(row, "href", "households", visit_can(visit, CAPABILITY_HOUSEHOLD_OPEN) ? report->household_id : 0);
	put_evidence(visit, report->evidence);
	struct value *sides = put_array(document, "sides");
	put_side(visit, sides, &shown->sides[0], "The first");
	put_side(visit, sides, &shown->sides[1], "The second");
	put_decision(visit, report, state);
	return visit_page(visit, "household_report", "Do these two live together?");
}

enum status page_household_report(struct visit *visit, struct error *error)
{
	struct shown_report shown;
	enum status status = find_report(visit, &shown, error);
	if (status != STATUS_OK)
		return status;
	if (visit_query(visit, "made").len)
		put_string(visit->document, "notice", "Your report is on its way to those who review matching.");
	return report_page(visit, &shown, error);
}

/* ---- deciding ----------------------------------------------------------------------------------------- */

static enum status write_decision(struct visit *visit, const struct shown_report *shown, enum home_answer answer,
				  struct text reply, struct error *error)
{
	struct store *desk, *data;
	int64_t ruling_id = 0, report_id = shown->report.report_id;
	struct home_ruling ruling = {.user_id = visit->viewer.user_id,
				     .username = visit->viewer.username,
				     .resident_a = shown->sides[0].resident_id,
				     .resident_b = shown->sides[1].resident_id,
				     .together = answer == HOME_TOGETHER};
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = visit_data(visit, &data, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	if (answer != HOME_UNCLEAR)
		status = home_ruling_add(desk, data, &ruling, &ruling_id, error);
	if (status == STATUS_OK)
		status = home_report_answer(desk, visit->site->vault, report_id, answer, reply, visit->viewer.username,
					    ruling_id, error);
	const struct audit_entry entry =
		visit_entry_about(visit, "household.decide", "report", report_id, text_of(home_answer_name(answer)));
	return visit_commit(visit, desk, status, &entry, error);
}

enum status page_household_report_post(struct visit *visit, struct error *error)
{
	char id[ID_TEXT_SIZE];
	struct shown_report shown;
	enum home_answer answer = HOME_OPEN;
	struct text reply = visit_field(visit, "reply");
	enum status status = find_report(visit, &shown, error);
	if (status != STATUS_OK)
		return status;
	if (!home_answer_parse(visit_field(visit, "verdict"), &answer) || answer == HOME_OPEN)
		visit_form_error(visit, "verdict", "Choose what you found");
	if (reply.len < 3 || reply.len > HOME_TEXT_LONGEST)
		visit_form_error(visit, "reply", "Write what you found, in 1,000 characters or fewer");
	if (visit->request->response.status == 422)
		return report_page(visit, &shown, error);
	status = write_decision(visit, &shown, answer, reply, error);
	if (status != STATUS_OK)
		return status;
	if (answer != HOME_UNCLEAR)
		relinker_households(visit->site->relinker);
	return visit_redirect(visit, "/reports/households/%s", id_format(shown.report.report_id, id));
}

enum status page_household_report_undo(struct visit *visit, struct error *error)
{
	char id[ID_TEXT_SIZE];
	struct store *desk;
	struct shown_report shown;
	enum status status = find_report(visit, &shown, error);
	if (status == STATUS_OK)
		status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	int64_t report_id = shown.report.report_id;
	status = home_report_undo(desk, report_id, visit->viewer.username, error);
	if (status == STATUS_OK)
		status = home_ruling_undo(desk, shown.report.ruling_id, visit->viewer.username, error);
	const struct audit_entry entry = visit_entry_about(visit, "household.undo", "report", report_id, TEXT_ABSENT);
	status = visit_commit(visit, desk, status, &entry, error);
	if (status != STATUS_OK)
		return status;
	relinker_households(visit->site->relinker);
	return visit_redirect(visit, "/reports/households/%s", id_format(report_id, id));
}
