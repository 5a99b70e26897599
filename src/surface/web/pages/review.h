/* What the pages of the review queue share. */
#ifndef WEB_PAGES_REVIEW_H
#define WEB_PAGES_REVIEW_H

#include "linking/review.h"
#include "linking/rulings.h"
#include "vault/disclosure.h"
#include "web/site.h"

/* Opinions with today's record ids, in the caller's hands: rulings_release(). */
enum status review_rulings(struct rulings *out, struct visit *visit, struct error *error) MUST_CHECK;
/* The first question that waits for this viewer, but for the pair given; false when none does. */
enum status review_next(struct visit *visit, int64_t record_a, int64_t record_b, struct review_item *next, bool *found,
			struct error *error) MUST_CHECK;
/* How many questions wait that the viewer may see. */
enum status review_waiting(struct visit *visit, int64_t *count, struct error *error) MUST_CHECK;
bool review_may_know(struct visit *visit, int64_t resident_id);
/* The address of two records side by side, "/review/12-345-" and a key. Numbers of records follow one another: the key
 * is only on pages that had decided whether the viewer may know of both, and no address opens without it. */
const char *review_href(struct visit *visit, int64_t record_a, int64_t record_b);
bool review_parse_pair(struct visit *visit, struct text pair, int64_t *record_a, int64_t *record_b);
const char *review_verdict_title(enum ruling_verdict verdict);
/* "This pair waits for a second opinion", and the colour of its tag. */
const char *review_state_title(const struct ruled_pair *pair);
const char *review_state_colour(const struct ruled_pair *pair);
/* "opinions": who said what, when. */
void review_put_opinions(struct value *document, const struct rulings *rulings, const struct ruled_pair *pair);

struct linking_why;
/* Whether something that was compared may not be told to the viewer: then neither may what all of it comes to. */
bool review_hides(struct visit *visit, const struct disclosure_pair *pair, const struct linking_why *why);
/* The two sides, what differs, and what it is worth. */
void review_put_comparison(struct visit *visit, const struct disclosure_pair *pair, const struct linking_why *why);

#endif
