/* The household's page, by its parts. */
#ifndef WEB_PAGES_HOUSEHOLD_H
#define WEB_PAGES_HOUSEHOLD_H

#include "view/view.h"
#include "web/site.h"

/* household_graph.c: "graph" of DOCUMENT, its drawing as numbers for the template, and "relations", the same in
 * words. Whom it shows, it shows once; nobody who is not a member of VIEW is in it. */
void put_household_graph(struct value *document, const struct view_household *view);

/* household_members.c: members as cards, and in MEMBERS what is known of each, in the order of VIEW's members: NULL
 * where it is not opened. */
enum status household_open_members(struct visit *visit, const struct view_household *view,
				   const struct view_resident **members, struct error *error) MUST_CHECK;
/* ON: the day on which ages are told. */
void household_put_members(struct visit *visit, const struct view_household *view,
			   const struct view_resident *const *members, date on);
/* household_chronology.c */
void household_put_chronology(struct visit *visit, const struct view_household *view,
			      const struct view_resident *const *members);

/* household_reports.c */
struct home_report;
void household_put_report(struct value *reports, const struct home_report *report);

#endif
