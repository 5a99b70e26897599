/* Shared inside the view only. */
#ifndef VIEW_INT_H
#define VIEW_INT_H

#include "view/view.h"

struct viewing {
	struct view_resident *out;
	const struct profile *profile;
	const struct disclosure_resident *answer;
	struct arena *arena;
	instant seen;
	date today;
};

/* The value of ELEMENT in ROW, NULL when there is none. */
const struct disclosed_value *row_value(const struct disclosed_row *row, const struct profile_element *element);
struct text row_text(const struct disclosed_row *row, const struct profile_element *element); /* absent when withheld */
/* Whether the condition can be told from what was let through, and holds. */
bool row_holds(const struct viewing *v, const struct disclosed_row *row, const struct profile_condition *condition);
bool row_is_new(const struct viewing *v, const struct disclosed_row *row);
bool row_is_current(const struct viewing *v, const struct disclosed_row *row);
struct view_value make_value(const struct viewing *v, const struct disclosed_row *row,
			     const struct profile_element *element); /* element NULL when there is no value */
struct text why_withheld(const struct viewing *v, enum policy_rule rule, const struct profile_agreement *agreement);
/* Same letters and digits, whatever the case and punctuation. */
bool same_words(struct text a, struct text b);
bool in_capitals(struct text t);
bool has_source(const struct profile_source *const *sources, size_t count, const struct profile_source *source);

/* Events in the order of a chronology: the newest first, unknown dates last. */
int view_compare_events(const void *left, const void *right);
/* Where somebody moved to and from, as far as a row that the viewer sees says so. At most 2 for each residence. */
size_t view_put_moves(struct viewing *v, struct view_event *events);
void view_put_services(struct viewing *v);
void view_put_identity(struct viewing *v);
void view_put_addresses(struct viewing *v);
void view_put_homes(struct viewing *v); /* after the addresses */
void view_put_residences(struct viewing *v);
void view_put_sections(struct viewing *v);
void view_put_balances(struct viewing *v);
void view_put_markers(struct viewing *v);
void view_put_events(struct viewing *v);

#endif
