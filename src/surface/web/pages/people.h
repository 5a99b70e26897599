/* Pieces that the pages about residents, households and properties share. */
#ifndef WEB_PAGES_PEOPLE_H
#define WEB_PAGES_PEOPLE_H

#include "view/view.h"
#include "web/site.h"

/* "March 2015 to May 2019", "since May 2019", "until May 2019", "". */
struct text people_period(struct arena *arena, date from, date to);
/* "8 years old", "7 months old"; "died aged 82" when a source says so (DIED may be absent). ON: 0 is today. */
void put_age(struct value *object, const char *key, struct text born, struct text died, date on);
void put_birth(struct value *object, const char *key, struct text date_of_birth);
struct text person_name(const struct disclosed_person *person);
/* "Housing, Council tax" */
struct text source_titles(struct arena *arena, const struct profile_source *const *sources, size_t count);
/* The day that "at" of the query asks for; DATE_UNKNOWN when it does not, *RIGHT false when it is no day up to today.
 * Puts the date field: at, at_text, today. */
date people_take_day(struct visit *visit, bool *right);
void put_restrictions(const struct visit *visit, struct value *document, uint64_t restrictions);
struct text household_kind(struct text kind);
struct text household_certainty(struct text certainty);
/* The address to put after /residents/ and the like. */
void put_href(struct value *object, const char *key, const char *where, int64_t id);
/* as_at, unchanged_since and both in words: up to when it is known, and since when it has been so. */
void put_data_date(struct value *object, date as_at, date unchanged_since);
/* "source": what a value rests on, with the way to say that it is wrong. RESIDENT_ID 0: without. */
void put_source(struct value *object, int64_t resident_id, struct text what, const struct disclosed_origin *origin,
		const struct profile_element *element, struct text detail);
struct text report_address(struct arena *arena, int64_t resident_id, const struct disclosed_origin *origin,
			   const struct profile_element *element);

#endif
