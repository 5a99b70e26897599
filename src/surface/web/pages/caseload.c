/* Those with whom the viewer works: no purpose is asked for them. */
#include "base/log.h"
#include "web/pages/pages.h"
#include "web/pages/people.h"

static void put_case(struct visit *visit, struct value *rows, const struct disclosed_case *found)
{
	const struct disclosed_person *person = &found->person;
	struct value *row = add_object(rows);
	put_id(row, "id", person->resident_id);
	put_href(row, "href", "residents", person->resident_id);
	put_text(row, "name", person_name(person));
	put_birth(row, "born_text", person->date_of_birth);
	put_age(row, "age", person->date_of_birth, person->date_of_death, 0);
	put_text(row, "address", person->address_protected ? TEXT("Protected") : person->address);
	struct text known_to = source_titles(visit->arena, found->known_to, found->known_to_count);
	put_text(row, "known_to", known_to.len ? known_to : TEXT_ABSENT);
	put_bool(row, "own", found->relationship == RELATIONSHIP_OWN);
}

/* Reading the list is reading of each who stands on it. */
static void notice_size(struct visit *visit, const struct disclosure_caseload *caseload)
{
	struct limits_asker asker = visit_asker(visit);
	if (visit->site->settings->without_limits || !limits_caseload(visit->site->asked, &asker, caseload->count))
		return;
	visit_notice(visit, arena_format(visit->arena, "caseload=%zu%s expected=%d", caseload->count,
					 caseload->more ? " or more" : "", asker.most->cases));
	log_event(LOG_WARNING, "web.bulk", "a user has read a caseload of %zu, and %d are expected: see /audit/unusual",
		  caseload->count, asker.most->cases);
}

enum status page_caseload(struct visit *visit, struct error *error)
{
	struct disclosure_caseload caseload;
	const struct viewer *viewer = &visit->viewer;
	bool of_team = viewer->role->caseload_of == CASELOAD_TEAM;
	enum status status =
		disclosure_open_caseload(&caseload, visit->snapshot->disclosure, viewer, visit->arena, error);
	if (status != STATUS_OK)
		return status;
	visit_ticket(visit, caseload.ticket);
	notice_size(visit, &caseload);
	put_string(visit->document, "heading", of_team ? "My team's caseload" : "My caseload");
	put_bool(visit->document, "of_team", of_team);
	put_bool(visit->document, "has_number", viewer->worker_count > 0);
	put_format(visit->document, "summary", "%zu %s", caseload.count,
		   caseload.count == 1 ? "resident" : "residents");
	put_bool(visit->document, "more", caseload.more);
	put_bool(visit->document, "any", caseload.count > 0);
	struct value *rows = put_array(visit->document, "cases");
	for (size_t i = 0; i < caseload.count; i++)
		put_case(visit, rows, &caseload.at[i]);
	return visit_page(visit, "caseload", of_team ? "My team's caseload" : "My caseload");
}
