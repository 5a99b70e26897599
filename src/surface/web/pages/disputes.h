/* "The resident disputes this", beside a value that the viewer sees: never beside one that is withheld, and without
 * what the resident said. */
#ifndef WEB_PAGES_DISPUTES_H
#define WEB_PAGES_DISPUTES_H

#include "view/view.h"
#include "web/site.h"

/* Takes note of what is disputed of the rows that were let through, for the two below. */
enum status disputes_read(struct visit *visit, const struct disclosure_resident *answer,
			  struct error *error) MUST_CHECK;
/* Puts "disputed": whether VALUE of the row that it is from is. */
void put_disputed(struct visit *visit, struct value *object, const struct view_value *value);
/* The same of a value that several rows have: one of them is enough. */
void put_disputed_variant(struct visit *visit, struct value *object, const struct view_variant *variant);
/* Of an address, which is in several columns of a row. */
void put_disputed_address(struct visit *visit, struct value *object, const struct view_address *address);

#endif
