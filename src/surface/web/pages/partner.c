/* The partners' page: one resident at a time, by exact name and date of birth, with what their agreement gives and
 * nothing else. Nobody, several, and somebody of whom nothing may be said are answered alike. */
#include "web/pages/break_glass.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

enum { REASON_SHORTEST = 3, REASON_LONGEST = 400 };

static const struct profile_agreement *agreement_of(const struct visit *visit)
{
	const struct profile *profile = visit->profile;
	for (size_t i = 0; i < profile->agreements.count; i++)
		if (agreement_has_role(&profile->agreements.at[i], visit->viewer.role) &&
		    agreement_has_purpose(&profile->agreements.at[i], visit->viewer.role->purposes[0]))
			return &profile->agreements.at[i];
	return NULL;
}

static enum status partner_page(struct visit *visit, bool nobody)
{
	const struct profile_agreement *agreement = agreement_of(visit);
	static const char *const fields[] = {"name", "born", "reason"};
	bool found = document_member(visit->document, TEXT("found")) != NULL;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		put_text(visit->document, fields[i], found ? TEXT("") : visit_field(visit, fields[i]));
	put_bool(visit->document, "nobody", nobody);
	put_text(visit->document, "organisation", visit->viewer.role->partner);
	put_text(visit->document, "agreement", agreement ? agreement->title : TEXT("no agreement"));
	return visit_page(visit, "partner", "Ask about a resident");
}

/* The role is one organisation's; an account that the council's records place in another has come by it wrongly. An
 * account of which nobody says where its user works is of the role's. */
static enum status check_organisation(struct visit *visit, struct error *error)
{
	struct text own = text_trim(visit->session.account.organisation);
	if (own.len == 0 || text_equal_ignoring_case(own, visit->viewer.role->partner))
		return STATUS_OK;
	error_set(error, STATUS_REFUSED, "web.partner", "Your account is of another organisation than this page.");
	error_remedy(error, "Ask the people who look after OneView in the council.");
	return STATUS_REFUSED;
}

enum status page_partner(struct visit *visit, struct error *error)
{
	enum status status = check_organisation(visit, error);
	return status ? status : partner_page(visit, false);
}

static struct text value_words(struct visit *visit, struct text value)
{
	date day;
	return date_parse_iso(value, &day) ? document_long_date(visit->arena, day) : value;
}

/* One row of a service, as it is now. */
static void put_row(struct visit *visit, struct value *feeds, const struct disclosed_row *row)
{
	struct value *feed = add_object(feeds);
	put_text(feed, "title", row->origin.feed->title);
	put_text(feed, "source", row->origin.feed->source->title);
	put_long_date(feed, "as_at_text", row->origin.data_as_at);
	put_bool(feed, "presence", row->presence_only);
	struct value *facts = put_array(feed, "facts");
	for (size_t i = 0; i < row->value_count; i++)
		if (!row->values[i].withheld)
			put_fact(facts, row->values[i].element->title.at, value_words(visit, row->values[i].value));
}

static void put_found(struct visit *visit, const struct disclosure_resident *answer)
{
	struct value *found = put_object(visit->document, "found");
	put_text(found, "name", person_name(&answer->person));
	struct value *facts = put_array(found, "facts");
	put_fact(facts, "Date of birth", value_words(visit, answer->person.date_of_birth));
	struct value *feeds = put_array(found, "feeds");
	for (size_t i = 0; i < answer->row_count; i++)
		if (answer->rows[i].newest && !answer->rows[i].ended)
			put_row(visit, feeds, &answer->rows[i]);
}

static enum status open_found(struct visit *visit, int64_t resident_id, struct error *error)
{
	struct disclosure_resident answer;
	struct disclosure_question question = {.viewer = &visit->viewer, .subject_id = resident_id, .on = DATE_UNKNOWN};
	enum status status =
		disclosure_open_resident(&answer, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status == STATUS_NOT_FOUND)
		return partner_page(visit, true);
	if (status != STATUS_OK)
		return status;
	visit_opened_resident(visit, &answer);
	put_found(visit, &answer);
	return partner_page(visit, false);
}

enum status page_partner_post(struct visit *visit, struct error *error)
{
	struct disclosure_exact_answer answer;
	struct limits_asker asker = visit_asker(visit);
	enum status status = check_organisation(visit, error);
	if (status != STATUS_OK)
		return status;
	struct disclosure_exact exact = {
		.viewer = &visit->viewer, .wanted = EXACT_KNOWN, .number = TEXT_ABSENT, .action = "partner.search"};
	visit->viewer.purpose = visit->viewer.role->purposes[0];
	struct text reason = visit_field(visit, "reason");
	bool right = exact_read_form(visit, &exact);
	if (reason.len < REASON_SHORTEST || reason.len > REASON_LONGEST) {
		visit_form_error(visit, "reason", "Say why you ask, in 3 to 400 characters");
		right = false;
	}
	if (!right)
		return partner_page(visit, false);
	if (!visit->site->settings->without_limits && !limits_search(visit->site->asked, &asker)) {
		error_set(error, STATUS_REFUSED, "web.often", "You have asked too often in this minute.");
		error_remedy(error, "Wait a minute and try again.");
		return STATUS_REFUSED;
	}
	status = visit_state(visit, reason, &visit->viewer.reason, error);
	if (status == STATUS_OK)
		status = disclosure_find_exact(&answer, visit->snapshot->disclosure, &exact, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	visit_ticket(visit, answer.ticket);
	return answer.resident_id ? open_found(visit, answer.resident_id, error) : partner_page(visit, true);
}
