/* What the pages of residents' rights share. */
#ifndef WEB_PAGES_RIGHTS_H
#define WEB_PAGES_RIGHTS_H

#include "rights/rights.h"
#include "web/site.h"

/* The resident of the path, through the door, with its entry; STATUS_REFUSED unless the purpose is of residents'
 * rights. */
enum status rights_open(struct visit *visit, struct disclosure_resident *answer, struct error *error) MUST_CHECK;
/* The same for a resident known otherwise; of one who was taken into another, that one. */
enum status rights_open_resident(struct visit *visit, struct disclosure_resident *answer, int64_t resident_id,
				 struct error *error) MUST_CHECK;
/* STATUS_REFUSED unless the purpose is of residents' rights. */
enum status rights_purpose(const struct visit *visit, struct error *error) MUST_CHECK;
enum status rights_parts_of(struct visit *visit, struct rights_parts *parts, struct error *error) MUST_CHECK;

#endif
