/* The resident's page, by its parts. */
#ifndef WEB_PAGES_RESIDENT_H
#define WEB_PAGES_RESIDENT_H

#include "view/view.h"
#include "web/site.h"

enum status resident_page(struct visit *visit, const struct disclosure_resident *answer,
			  struct error *error) MUST_CHECK;

/* resident_known.c */
void resident_put_services(struct visit *visit, const struct view_resident *view);
void resident_put_identity(struct visit *visit, const struct view_resident *view);
/* resident_home.c */
/* Into OBJECT: two_homes, conflicts and residences, each with the records that say so. */
void put_residences(struct visit *visit, struct value *object, const struct view_resident *view);
void resident_put_home(struct visit *visit, const struct view_resident *view);
/* resident_lists.c */
void resident_put_sections(struct visit *visit, const struct view_resident *view);
void resident_put_chronology(struct visit *visit, const struct view_resident *view);

#endif
