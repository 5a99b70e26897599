/* What other pages ask of break-glass. */
#ifndef WEB_PAGES_BREAK_GLASS_H
#define WEB_PAGES_BREAK_GLASS_H

#include "policy/glass.h"
#include "web/site.h"

/* The viewer's open pass for a resident. */
struct glass_held {
	struct policy_pass pass;
	instant ends;
	bool found;
};
enum status glass_take(struct visit *visit, int64_t resident_id, struct glass_held *held,
		       struct error *error) MUST_CHECK;
/* Records that it was used, and puts the banner: "glass". */
void glass_use(struct visit *visit, const struct glass_held *held);
/* How many wait for the viewer's review; 0 for who is told of none. */
enum status glass_waiting(struct visit *visit, size_t *waiting, struct error *error) MUST_CHECK;
/* Name and date of birth of a form that asks for one person; puts what is wrong on it. */
bool exact_read_form(struct visit *visit, struct disclosure_exact *exact);

#endif
