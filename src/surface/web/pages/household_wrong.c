/* "This household is wrong": somebody shown in it does not live with somebody else there, or somebody is missing. */
#include "web/pages/household.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

#include "base/id.h"
#include "casework/home_report.h"

struct wrong {
	struct view_household household;
	const struct view_member *first, *second; /* of the household */
	int64_t other_id;                         /* who is missing */
	enum home_answer suggested;               /* HOME_OPEN: not chosen */
	struct text text;
};

static enum status open_household(struct visit *visit, struct view_household *view, struct error *error)
{
	int64_t id;
	struct disclosure_household answer;
	if (!visit_id_parameter(visit, 0, &id) || !visit_can(visit, CAPABILITY_HOUSEHOLD_OPEN))
		return visit_not_found(error);
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = id, .on = DATE_UNKNOWN};
	enum status status =
		disclosure_open_household(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_household(visit, &answer);
	view_household(view, visit->profile, &answer, date_today(), visit->arena);
	return STATUS_OK;
}

static void put_choice(struct value *options, const struct view_member *member, struct text chosen)
{
	char id[ID_TEXT_SIZE];
	struct text own = arena_text(options->arena, text_of(id_format(member->resident_id, id)));
	put_option(options, own, member->name.len ? member->name : TEXT("Name withheld"), chosen);
}

static enum status form_page(struct visit *visit, const struct view_household *view)
{
	char id[ID_TEXT_SIZE];
	struct value *first = put_array(visit->document, "first_options"),
		     *second = put_array(visit->document, "second_options"),
		     *with = put_array(visit->document, "with_options"), *facts = put_array(visit->document, "facts");
	put_format(visit->document, "form_href", "/households/%s/wrong", id_format(view->household_id, id));
	put_fact(facts, "Household", household_kind(view->kind));
	put_fact(facts, "Address", view->place == PLACE_SHOWN ? view->address : TEXT_ABSENT);
	for (size_t i = 0; i < view->member_count; i++) {
		if (!view->members[i].current)
			continue;
		put_choice(first, &view->members[i], visit_field(visit, "first"));
		put_choice(second, &view->members[i], visit_field(visit, "second"));
		put_choice(with, &view->members[i], visit_field(visit, "with"));
	}
	put_bool(visit->document, "several", first->count > 1);
	struct text what = visit_field(visit, "what");
	put_bool(visit->document, "apart", text_is(what, "apart"));
	put_bool(visit->document, "together", text_is(what, "together"));
	put_text(visit->document, "other", visit_field(visit, "other"));
	put_text(visit->document, "text", visit_field(visit, "text"));
	return visit_page(visit, "household_wrong", "This household is wrong");
}

enum status page_household_wrong(struct visit *visit, struct error *error)
{
	struct view_household view;
	enum status status = open_household(visit, &view, error);
	return status == STATUS_OK ? form_page(visit, &view) : status;
}

/* ---- making one ------------------------------------------------------------------------------------- */

static const struct view_member *member_of(const struct view_household *view, struct text written)
{
	int64_t id;
	for (size_t i = 0; id_parse(written, &id) && i < view->member_count; i++) {
		if (view->members[i].resident_id == id && view->members[i].current)
			return &view->members[i];
	}
	return NULL;
}

static void read_apart(struct visit *visit, struct wrong *wrong)
{
	wrong->first = member_of(&wrong->household, visit_field(visit, "first"));
	wrong->second = member_of(&wrong->household, visit_field(visit, "second"));
	if (!wrong->first)
		visit_form_error(visit, "first", "Choose who does not live here");
	else if (!wrong->second || wrong->second == wrong->first)
		visit_form_error(visit, "second", "Choose somebody else whom they do not live with");
}

/* Whom the reporter may not look at cannot be named either: to them that person is nobody. */
static enum status find_other(struct visit *visit, int64_t id, bool *found, struct error *error)
{
	struct disclosure_resident *answer = ARENA_NEW(visit->arena, struct disclosure_resident);
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = id, .on = DATE_UNKNOWN};
	*found = false;
	if (!visit_can(visit, CAPABILITY_RESIDENT_OPEN))
		return STATUS_OK;
	enum status status =
		disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	*found = status == STATUS_OK;
	if (*found)
		visit_opened_resident(visit, answer);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status read_together(struct visit *visit, struct wrong *wrong, struct error *error)
{
	bool found = false;
	struct text written = visit_field(visit, "other");
	size_t slash = written.len;
	while (slash > 0 && written.at[slash - 1] != '/')
		slash--;
	written = text_slice(written.at + slash, written.len - slash); /* the address of their page will do */
	wrong->first = member_of(&wrong->household, visit_field(visit, "with"));
	if (!wrong->first)
		visit_form_error(visit, "with", "Choose whom they live with");
	if (!id_parse(written, &wrong->other_id)) {
		visit_form_error(visit, "other",
				 "Give the number of the resident who is missing, as their page has it");
		return STATUS_OK;
	}
	enum status status = find_other(visit, wrong->other_id, &found, error);
	if (status == STATUS_OK && !found)
		visit_form_error(visit, "other", "There is no such resident, or it is not for you to see");
	else if (status == STATUS_OK && wrong->first && wrong->first->resident_id == wrong->other_id)
		visit_form_error(visit, "other", "Give the number of somebody else than the one they live with");
	return status;
}

static enum status read_wrong(struct visit *visit, struct wrong *wrong, struct error *error)
{
	enum status status = STATUS_OK;
	struct text what = visit_field(visit, "what");
	wrong->text = visit_field(visit, "text");
	if (text_is(what, "apart")) {
		wrong->suggested = HOME_APART;
		read_apart(visit, wrong);
	} else if (text_is(what, "together")) {
		wrong->suggested = HOME_TOGETHER;
		status = read_together(visit, wrong, error);
	} else {
		visit_form_error(visit, "what", "Choose what is wrong");
	}
	if (wrong->text.len < 3)
		visit_form_error(visit, "text", "Say how you know");
	else if (wrong->text.len > HOME_TEXT_LONGEST)
		visit_form_error(visit, "text", "What you wrote must be 1,000 characters or fewer");
	return status;
}

/* What the page said, without naming sources: the reviewer may not be one of those who may know of them. */
static void add_evidence(struct buf *out, struct visit *visit, const char *who, const struct view_member *member)
{
	struct disclosed_member bare = {.why = member->why_code};
	struct text why = view_household_why(&bare, visit->arena),
		    period = people_period(visit->arena, member->from, member->to),
		    certainty = household_certainty(member->certainty);
	buf_format(out, "%s: %.*s%s%.*s%s%.*s\n", who, TEXT_ARG(certainty), why.len ? ", " : "", TEXT_ARG(why),
		   period.len ? ", " : "", TEXT_ARG(period));
}

static struct text evidence_of(struct visit *visit, const struct wrong *wrong)
{
	struct buf out;
	buf_init(&out, HOME_TEXT_LONGEST);
	buf_format(&out, "The household: %.*s, %zu shown now\n", TEXT_ARG(household_kind(wrong->household.kind)),
		   wrong->household.current_count);
	add_evidence(&out, visit, "The first", wrong->first);
	if (wrong->second)
		add_evidence(&out, visit, "The second", wrong->second);
	else
		buf_format(&out, "The second: not shown in this household\n");
	struct text evidence = arena_text(visit->arena, buf_text(&out));
	buf_release(&out);
	return evidence;
}

static enum status make(struct visit *visit, const struct wrong *wrong, int64_t *report_id, struct error *error)
{
	struct store *desk;
	struct home_report report = {.user_id = visit->viewer.user_id,
				     .username = visit->viewer.username,
				     .household_id = wrong->household.household_id,
				     .resident_a = wrong->first->resident_id,
				     .resident_b = wrong->second ? wrong->second->resident_id : wrong->other_id,
				     .suggested = wrong->suggested,
				     .text = wrong->text,
				     .evidence = evidence_of(visit, wrong)};
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = home_report_make(desk, visit->site->vault, &report, report_id, error);
	const struct audit_entry entry = visit_entry_about(visit, "household.report", "report", *report_id,
							   text_of(home_answer_name(report.suggested)));
	return visit_commit(visit, desk, status, &entry, error);
}

enum status page_household_wrong_post(struct visit *visit, struct error *error)
{
	struct wrong wrong = {.suggested = HOME_OPEN};
	int64_t report_id;
	char id[ID_TEXT_SIZE];
	enum status status = open_household(visit, &wrong.household, error);
	if (status == STATUS_OK)
		status = read_wrong(visit, &wrong, error);
	if (status != STATUS_OK)
		return status;
	if (visit->request->response.status == 422)
		return form_page(visit, &wrong.household);
	status = make(visit, &wrong, &report_id, error);
	return status == STATUS_OK ? visit_redirect(visit, "/reports/households/%s?made=yes", id_format(report_id, id))
				   : status;
}
