/* What the home page shows of feeds as well. */
#ifndef WEB_PAGES_FEEDS_H
#define WEB_PAGES_FEEDS_H

#include "intake/quality.h"
#include "web/site.h"

/* Roles of a source's owner see only the sources of their team. */
bool visit_owns_source(const struct visit *visit, struct text source_id);
void put_feed_state(struct value *row, const struct feed_status *feed);

#endif
