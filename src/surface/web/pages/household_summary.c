/* The case summaries of everybody who lives in a household now, one under the other. */
#include "web/pages/household.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"
#include "web/pages/summary.h"

#include "base/id.h"
#include "insight/insight.h"

/* What is larger is no family: its members have pages of their own. */
enum { SUMMARISED_MOST = 12 };

struct together {
	struct summary_question question;
	struct value *members;
	bool *terms; /* by number: some sentence uses it */
	size_t left_out;
};

static void put_member(struct visit *visit, struct together *t, const struct view_summary *summary,
		       const struct view_resident *view)
{
	struct value *row = add_object(t->members);
	put_int(row, "number", (int64_t)t->members->count);
	put_text(row, "name", view->name.len ? view->name : TEXT("Name withheld"));
	put_href(row, "href", "residents", view->resident_id);
	put_age(row, "age_text", view->person.date_of_birth, view->person.date_of_death, 0);
	put_bool(row, "has_sentences", summary->sentence_count > 0);
	put_summary_sentences(visit, row, summary, view);
	for (size_t i = 0; i < summary->term_count; i++)
		t->terms[summary->terms[i]->number] = true;
}

/* Whoever may not be known of is not there. */
static enum status add_member(struct visit *visit, struct together *t, int64_t resident_id, struct error *error)
{
	struct disclosure_resident *answer = ARENA_NEW(visit->arena, struct disclosure_resident);
	struct disclosure_question question = {
		.viewer = &visit->viewer, .subject_id = resident_id, .on = DATE_UNKNOWN, .readings = true};
	struct view_resident view;
	struct view_summary summary;
	enum status status =
		disclosure_open_resident(answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	visit_opened_resident(visit, answer);
	status = summary_read_flags(visit, resident_id, &t->question.flags, error);
	if (status != STATUS_OK)
		return status;
	view_resident(&view, visit->profile, answer, INSTANT_UNKNOWN, t->question.today, visit->arena);
	view_summary(&summary, visit->profile, answer, &view, &t->question, visit->arena);
	put_member(visit, t, &summary, &view);
	return STATUS_OK;
}

static enum status ready(struct visit *visit, struct together *t, struct error *error)
{
	t->question = (struct summary_question){
		.layout = profile_layout(visit->profile, visit_query(visit, "layout"), visit->viewer.role),
		.since = INSTANT_UNKNOWN,
		.today = date_today()};
	t->terms = ARENA_ARRAY(visit->arena, visit->profile->terms.count, bool);
	if (!t->question.layout)
		return error_set(error, STATUS_NOT_FOUND, "summary.layout", "The profile has no layout for summaries.");
	enum status status = summary_feed_states(visit, &t->question.feeds, error);
	if (status == STATUS_OK)
		status = interventions_read(&t->question.compared, &t->question.compared_count, visit->profile,
					    visit->data, visit->arena, error);
	return status;
}

static enum status household_page(struct visit *visit, const struct view_household *view, struct error *error)
{
	struct together t = {0};
	size_t opened = 0;
	enum status status = ready(visit, &t, error);
	t.members = put_array(visit->document, "members");
	for (size_t i = 0; i < view->member_count && status == STATUS_OK; i++) {
		if (!view->members[i].current)
			continue;
		if (opened++ < SUMMARISED_MOST)
			status = add_member(visit, &t, view->members[i].resident_id, error);
		else
			t.left_out++;
	}
	if (status != STATUS_OK)
		return status;
	put_bool(visit->document, "has_members", t.members->count > 0);
	put_string(visit->document, "more",
		   t.left_out ? "More people live there; each has a summary of their own." : NULL);
	put_text(visit->document, "heading", household_kind(view->kind));
	put_href(visit->document, "household_href", "households", view->household_id);
	put_summary_layouts(visit, t.question.layout);
	put_summary_terms(visit, t.terms);
	return visit_page(visit, "household_summary", "Summary of a household");
}

enum status page_household_summary(struct visit *visit, struct error *error)
{
	int64_t id;
	struct view_household view;
	struct disclosure_household answer;
	if (!visit_id_parameter(visit, 0, &id) || !visit_can(visit, CAPABILITY_RESIDENT_OPEN))
		return visit_not_found(error);
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = id, .on = DATE_UNKNOWN};
	enum status status =
		disclosure_open_household(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return visit_not_found(error);
	if (status != STATUS_OK)
		return status;
	visit_opened_household(visit, &answer);
	view_household(&view, visit->profile, &answer, date_today(), visit->arena);
	return household_page(visit, &view, error);
}
