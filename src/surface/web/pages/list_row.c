/* One row of a list: who and where, why, and what came of it. */
#include "web/pages/lists.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

/* ---- through the door --------------------------------------------------------------------------------------- */

static const struct list_member *member_of(const struct list_row *row, int64_t resident_id)
{
	for (size_t i = 0; i < row->member_count; i++) {
		if (row->members[i].resident_id == resident_id)
			return &row->members[i];
	}
	return NULL;
}

/* "others" is a word of the rule's author; pages say it with a space for an underscore. */
static struct text group_words(struct arena *arena, struct text group)
{
	char *words = arena_copy(arena, group);
	for (char *at = words; *at; at++)
		*at = *at == '_' ? ' ' : *at;
	return text_slice(words, group.len);
}

static void put_person(struct visit *visit, struct value *people, const struct disclosed_person *person,
		       const struct list_member *member)
{
	struct value *row = add_object(people);
	put_text(row, "name", person_name(person));
	put_href(row, "href", "residents", visit_can(visit, CAPABILITY_RESIDENT_OPEN) ? person->resident_id : 0);
	put_birth(row, "born_text", person->date_of_birth);
	put_age(row, "age_text", person->date_of_birth, person->date_of_death, 0);
	put_text(row, "group", group_words(visit->arena, member->group));
	put_text(row, "address", person->address.len ? person->address : TEXT_ABSENT);
}

struct shown { /* of a row, those who were named */
	struct visit *visit;
	struct value *people;
	const struct list_row *row;
	bool *named; /* by member */
};

static void show_person(struct shown *shown, const struct disclosed_person *person)
{
	const struct list_member *member = member_of(shown->row, person->resident_id);
	if (!member || !member->shown || shown->named[member - shown->row->members])
		return;
	shown->named[member - shown->row->members] = true;
	put_person(shown->visit, shown->people, person, member);
}

static void show_household(struct shown *shown, const struct disclosed_household *household)
{
	for (size_t i = 0; i < household->member_count; i++) {
		if (household->members[i].to == DATE_UNKNOWN)
			show_person(shown, &household->members[i].person);
	}
}

static struct disclosure_question question_of(struct visit *visit, int64_t subject_id)
{
	return (struct disclosure_question){.viewer = &visit->viewer, .subject_id = subject_id, .on = DATE_UNKNOWN};
}

/* Whoever the door does not let through is not said to be missing: the row says what it may. */
static enum status show_property(struct shown *shown, struct value *object, struct error *error)
{
	struct disclosure_property answer;
	struct visit *visit = shown->visit;
	struct disclosure_question question = question_of(visit, shown->row->property_id);
	enum status status =
		disclosure_open_property(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND) {
		put_string(object, "subject", "Address withheld");
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	visit_opened_property(visit, &answer);
	put_text(object, "subject", answer.property.address.len ? answer.property.address : TEXT("Address withheld"));
	put_text(object, "postcode", answer.property.postcode.len ? answer.property.postcode : TEXT_ABSENT);
	put_href(object, "subject_href", "properties",
		 visit_can(visit, CAPABILITY_PROPERTY_OPEN) ? shown->row->property_id : 0);
	for (size_t i = 0; i < answer.household_count; i++)
		show_household(shown, &answer.households[i]);
	return STATUS_OK;
}

static enum status show_home(struct shown *shown, struct value *object, struct error *error)
{
	struct disclosure_household answer;
	struct visit *visit = shown->visit;
	struct disclosure_question question = question_of(visit, shown->row->subject_id);
	enum status status =
		disclosure_open_household(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND) {
		put_string(object, "subject", "Household");
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	visit_opened_household(visit, &answer);
	struct text address = answer.household.address;
	put_text(object, "subject", address.len ? address : TEXT("Address withheld"));
	put_text(object, "postcode", answer.household.postcode.len ? answer.household.postcode : TEXT_ABSENT);
	put_href(object, "subject_href", "households",
		 visit_can(visit, CAPABILITY_HOUSEHOLD_OPEN) ? shown->row->subject_id : 0);
	show_household(shown, &answer.household);
	return STATUS_OK;
}

static enum status show_resident(struct shown *shown, int64_t resident_id, struct value *object, struct error *error)
{
	struct disclosure_resident answer;
	struct visit *visit = shown->visit;
	struct disclosure_question question = question_of(visit, resident_id);
	enum status status =
		disclosure_open_resident(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND) {
		if (object)
			put_string(object, "subject", "Name withheld");
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	visit_opened_resident(visit, &answer);
	if (object) {
		put_text(object, "subject", person_name(&answer.person));
		put_text(object, "postcode", answer.person.postcode.len ? answer.person.postcode : TEXT_ABSENT);
		put_href(object, "subject_href", "residents",
			 visit_can(visit, CAPABILITY_RESIDENT_OPEN) ? resident_id : 0);
	}
	show_person(shown, &answer.person);
	return STATUS_OK;
}

enum status lists_put_subject(struct visit *visit, struct value *object, const struct profile_list *list,
			      const struct list_row *row, bool whole, struct error *error)
{
	enum status status;
	struct shown shown = {.visit = visit,
			      .people = document_array(visit->arena),
			      .row = row,
			      .named = ARENA_ARRAY(visit->arena, row->member_count + 1, bool)};
	shown.people = put_array(object, "people");
	if (list->subject == LIST_OF_PROPERTIES)
		status = show_property(&shown, object, error);
	else if (list->subject == LIST_OF_HOUSEHOLDS)
		status = show_home(&shown, object, error);
	else
		status = show_resident(&shown, row->subject_id, object, error);
	for (size_t i = 0; status == STATUS_OK && whole && i < row->member_count; i++) {
		if (row->members[i].shown && !shown.named[i])
			status = show_resident(&shown, row->members[i].resident_id, NULL, error);
	}
	return status;
}

/* ---- the page ------------------------------------------------------------------------------------------------- */

static enum status put_results(struct visit *visit, const struct profile_list *list, const struct list_row *row,
			       struct error *error)
{
	struct store *desk;
	struct list_result *results;
	size_t count;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = lists_results_of(&results, &count, list, row->key, desk, visit->site->vault, visit->arena,
					  error);
	struct value *rows = put_array(visit->document, "results");
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		struct value *result = add_object(rows);
		put_text(result, "outcome", lists_outcome_title(list, results[i].outcome));
		put_text(result, "by", results[i].username);
		put_long_instant(result, "at_text", results[i].made);
		put_int(result, "points", results[i].points);
		put_text(result, "note",
			 results[i].words_erased ? TEXT("What was written here was erased with a resident of the home.")
			 : results[i].note.len   ? results[i].note
						 : TEXT_ABSENT);
	}
	if (status == STATUS_OK)
		put_bool(visit->document, "has_results", count > 0);
	return status;
}

static enum status find_row(struct visit *visit, const struct profile_list **list, struct list_row **row,
			    struct error *error)
{
	int64_t subject_id;
	size_t count = 0;
	enum status status = lists_open(list, visit, error);
	if (status != STATUS_OK)
		return status;
	if (!visit_id_parameter(visit, 1, &subject_id) || subject_id == 0)
		return visit_not_found(error);
	status = lists_rows(row, &count, visit, *list, subject_id, error);
	return status != STATUS_OK ? status : count ? STATUS_OK : visit_not_found(error);
}

static enum status row_page(struct visit *visit, const struct profile_list *list, const struct list_row *row,
			    struct error *error)
{
	char id[ID_TEXT_SIZE];
	enum status status = lists_put_subject(visit, visit->document, list, row, true, error);
	if (status == STATUS_OK)
		status = put_results(visit, list, row, error);
	if (status != STATUS_OK)
		return status;
	lists_put_rule(visit, list);
	lists_put_reasons(visit->document, row);
	put_format(visit->document, "row_href", "/lists/%s/%s", list->id.at, id_format(row->subject_id, id));
	put_int(visit->document, "points", row->points);
	put_long_date(visit->document, "since_text", row->since);
	struct value *outcomes = put_array(visit->document, "outcomes");
	for (size_t i = 0; i < list->outcome_count; i++)
		put_option(outcomes, list->outcomes[i].id, list->outcomes[i].title, visit_field(visit, "outcome"));
	put_text(visit->document, "note", visit_field(visit, "note"));
	struct audit_entry entry = visit_entry(visit, "list.row", "allowed");
	entry.subject_kind = TEXT("list");
	entry.subject_id = row->subject_id;
	entry.detail = arena_format(visit->arena, "list=%s", list->id.at);
	visit_record(visit, &entry);
	return visit_page(visit, "list_row", "List");
}

enum status page_list_row(struct visit *visit, struct error *error)
{
	const struct profile_list *list;
	struct list_row *row;
	enum status status = find_row(visit, &list, &row, error);
	if (status != STATUS_OK)
		return status;
	if (visit_query(visit, "recorded").len)
		put_string(visit->document, "notice", "What you found is recorded.");
	return row_page(visit, list, row, error);
}

static enum status record(struct visit *visit, const struct profile_list *list, const struct list_row *row,
			  struct error *error)
{
	int64_t outcome_id;
	struct store *desk;
	struct list_result result = {.key = row->key,
				     .user_id = visit->viewer.user_id,
				     .username = visit->viewer.username,
				     .outcome = visit_field(visit, "outcome"),
				     .points = row->points,
				     .note = visit_field(visit, "note")};
	enum status status = visit_desk(visit, &desk, error);
	const struct audit_entry entry = visit_entry_about(
		visit, "list.outcome", "list", row->subject_id,
		arena_format(visit->arena, "list=%s outcome=%.*s", list->id.at, TEXT_ARG(result.outcome)));
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = lists_record(desk, visit->site->vault, list, &result, &outcome_id, error);
	return visit_commit(visit, desk, status, &entry, error);
}

enum status page_list_outcome(struct visit *visit, struct error *error)
{
	char id[ID_TEXT_SIZE];
	const struct profile_list *list;
	struct list_row *row;
	enum status status = find_row(visit, &list, &row, error);
	if (status != STATUS_OK)
		return status;
	if (!list_outcome(list, visit_field(visit, "outcome")))
		visit_form_error(visit, "outcome", "Choose what you found");
	if (visit_field(visit, "note").len > LIST_NOTE_LONGEST)
		visit_form_error(visit, "note", "The note must be 2,000 characters or fewer");
	if (visit->request->response.status == 422)
		return row_page(visit, list, row, error);
	status = record(visit, list, row, error);
	return status == STATUS_OK
		       ? visit_redirect(visit, "/lists/%s/%s?recorded=yes", list->id.at, id_format(row->subject_id, id))
		       : status;
}
