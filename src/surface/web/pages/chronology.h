/* What the chronologies of a resident and of a household have in common: filter, rows, pages. */
#ifndef WEB_PAGES_CHRONOLOGY_H
#define WEB_PAGES_CHRONOLOGY_H

#include "view/view.h"
#include "web/site.h"

enum { CHRONOLOGY_EVENTS_A_PAGE = 40 };

struct chronology_filter { /* as the query has it */
	struct text service, kind, factor, words;
	date from, to;
	bool major, fresh; /* importance: major | new */
};
/* What the events of a page are of, for the filter's choices. */
struct chronology_choices {
	uint8_t *sources;   /* by number */
	struct text *kinds; /* each once */
	size_t kind_count;
	uint8_t *factors; /* by number */
	date first, last; /* of the events that pass */
};
struct chronology_choices chronology_choices_new(struct visit *visit, size_t event_count);
void chronology_choose(struct chronology_choices *choices, const struct view_event *event);
struct chronology_filter chronology_filter_of(const struct visit *visit);
bool chronology_passes(const struct chronology_filter *filter, const struct view_event *event);
void put_chronology_filter(struct visit *visit, const struct chronology_filter *filter,
			   const struct chronology_choices *choices);
/* Counts EVENT, which passes, to the time that is shown. */
void chronology_span(struct chronology_choices *choices, const struct view_event *event);
/* A row of the list; returned, for what else there is to say of it. */
struct value *put_chronology_event(struct value *events, const struct view_event *event, int64_t resident_id);
/* How many there are, and the way to the others; MORE (NULL-ended) are further names of the query that stay. */
void put_chronology_pages(struct visit *visit, size_t shown, size_t all, const struct chronology_choices *choices,
			  const char *const *more);

#endif
