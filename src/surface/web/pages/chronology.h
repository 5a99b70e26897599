/* What the chronologies of a resident and of a household have in common: filter, rows, pages. */
#ifndef WEB_PAGES_CHRONOLOGY_H
#define WEB_PAGES_CHRONOLOGY_H

#include "view/view.h"
#include "web/site.h"

enum { CHRONOLOGY_EVENTS_A_PAGE = 40 };

struct chronology_filter { /* as the query has it: service, from, to, importance */
	struct text service;
	date from, to;
	bool high;
};
struct chronology_filter chronology_filter_of(const struct visit *visit);
bool chronology_passes(const struct chronology_filter *filter, const struct view_event *event);
/* The filter's fields; USED has for each source of the profile, by number, whether some event is of it. */
void put_chronology_filter(struct visit *visit, const struct chronology_filter *filter, const uint8_t *used);
/* A row of the list; returned, for what else there is to say of it. */
struct value *put_chronology_event(struct value *events, const struct view_event *event, int64_t resident_id);
/* How many there are, and the way to the others; MORE (NULL-ended) are further names of the query that stay. */
void put_chronology_pages(struct visit *visit, size_t shown, size_t all, const char *const *more);

#endif
