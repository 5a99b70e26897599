/* One box. What is searched for is in no address: a form is posted, kept in memory, and the results
 * have an address of their own that only this session can use. */
#include "base/id.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

enum { RESULTS_SHOWN = 25 };

static const struct {
	unsigned bit;
	const char *words;
} matches[] = {
	{FOUND_IDENTIFIER, "reference number"},
	{FOUND_NAME, "name"},
	{FOUND_NAME_ALIKE, "a name like it"},
	{FOUND_FORMER_NAME, "a former name"},
	{FOUND_BIRTH, "date of birth"},
	{FOUND_BIRTH_ALIKE, "a date of birth like it"},
	{FOUND_ADDRESS, "address"},
	{FOUND_POSTCODE, "postcode"},
};

static struct text why(struct visit *visit, unsigned matched)
{
	struct buf words;
	buf_init(&words, 1024);
	for (size_t i = 0; i < sizeof matches / sizeof *matches; i++)
		if (matched & matches[i].bit)
			buf_format(&words, "%s%s", words.len ? ", " : "", matches[i].words);
	struct text result = arena_text(visit->arena, buf_text(&words));
	buf_release(&words);
	return result;
}

static void put_born(struct value *row, struct text written)
{
	date born;
	if (!written.len || !date_parse_iso(written, &born)) {
		put_text(row, "born_text", written.len ? written : TEXT_ABSENT);
		return;
	}
	put_long_date(row, "born_text", born);
	int age = date_age_in_years(born, date_today());
	if (age >= 0)
		put_format(row, "age", "%d", age);
}

static void put_found(struct visit *visit, struct value *results, const struct disclosure_found *found)
{
	const struct disclosed_person *person = &found->person;
	char id[ID_TEXT_SIZE];
	struct value *row = add_object(results);
	put_id(row, "id", person->resident_id);
	put_format(row, "href", "/residents/%s", id_format(person->resident_id, id));
	put_text(row, "name", person->name.len ? person->name : TEXT("Name withheld"));
	put_text(row, "also_known_as", person->also_known_as);
	put_born(row, person->date_of_birth);
	put_text(row, "address", person->address_protected ? TEXT("Protected") : person->address);
	struct text known_to = source_titles(visit->arena, found->known_to, found->known_to_count);
	put_text(row, "known_to", known_to.len ? known_to : TEXT_ABSENT);
	put_text(row, "why", why(visit, found->matched));
}

static void put_summary(struct value *document, const struct disclosure_finding *finding)
{
	if (!finding->ready)
		put_string(document, "summary", "The search is getting ready: try again in a few seconds");
	else if (!finding->understood)
		put_string(document, "summary", "Nothing in this can be searched for");
	else
		put_format(document, "summary", "%zu %s found", finding->total,
			   finding->total == 1 ? "resident" : "residents");
	put_bool(document, "none", finding->count == 0);
	put_bool(document, "more", finding->total > finding->count);
	put_int(document, "shown", (int64_t)finding->count);
}

static enum status search(struct visit *visit, struct text query, struct error *error)
{
	struct disclosure_finding finding;
	struct disclosure_search question = {
		.query = query, .viewer = &visit->viewer, .on = DATE_UNKNOWN, .most = RESULTS_SHOWN};
	enum status status = disclosure_find(&finding, visit->snapshot->disclosure, &question, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	visit_ticket(visit, finding.ticket);
	put_bool(visit->document, "searched", true);
	put_summary(visit->document, &finding);
	struct value *results = put_array(visit->document, "results");
	for (size_t i = 0; i < finding.count; i++)
		put_found(visit, results, &finding.at[i]);
	return STATUS_OK;
}

static enum status form(struct visit *visit, struct text query)
{
	put_text(visit->document, "query", query);
	bool ask = visit->viewer.purpose == NULL;
	put_bool(visit->document, "ask_purpose", ask);
	if (ask)
		purpose_put_fields(visit, visit_field(visit, "purpose"), visit_field(visit, "reason"));
	return visit_page(visit, "search", "Search");
}

enum status page_search(struct visit *visit, struct error *error)
{
	int64_t number;
	struct text query = TEXT_ABSENT;
	if (visit->viewer.purpose && id_parse(visit_query(visit, "s"), &number))
		query = searches_find(visit->site->searches, visit->session.session_id, number, visit->arena);
	enum status status = query.len ? search(visit, query, error) : STATUS_OK;
	return status == STATUS_OK ? form(visit, query) : status;
}

static enum status check_often(struct visit *visit, struct error *error)
{
	struct limits_asker asker = visit_asker(visit);
	if (visit->site->settings->without_limits || limits_search(visit->site->asked, &asker))
		return STATUS_OK;
	struct audit_entry entry = visit_entry(visit, "search", "refused");
	entry.detail = arena_format(visit->arena, "limit=minute most=%d", asker.most->searches_minute);
	visit_record(visit, &entry);
	error_set(error, STATUS_REFUSED, "web.often", "You have searched more than %d times in a minute.",
		  asker.most->searches_minute);
	error_remedy(error, "Wait a minute and try again. If your work needs lists, ask for a report instead.");
	return STATUS_REFUSED;
}

enum status page_search_post(struct visit *visit, struct error *error)
{
	bool chosen = true;
	char id[ID_TEXT_SIZE];
	struct text query = visit_field(visit, "q");
	enum status status = STATUS_OK;
	if (!visit->viewer.purpose && (visit_field(visit, "purpose").len || !query.len))
		status = purpose_take(visit, &chosen, error);
	else
		chosen = visit->viewer.purpose != NULL;
	if (status != STATUS_OK)
		return status;
	if (!query.len)
		visit_form_error(visit, "q", "Write a name, a date of birth, an address or a reference number");
	if (!query.len || !chosen)
		return form(visit, query);
	status = check_often(visit, error);
	if (status != STATUS_OK)
		return status;
	if (visit->json) {
		status = search(visit, query, error);
		return status == STATUS_OK ? form(visit, query) : status;
	}
	int64_t number = searches_keep(visit->site->searches, visit->session.session_id, query);
	return visit_redirect(visit, "/search?s=%s", id_format(number, id));
}
