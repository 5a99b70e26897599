/* The review queue: doubtful pairs and clusters, ordered by what a decision would change.
 *
 * A row of the queue is two residents who may be one (the likeliest pair of their records stands for all), or
 * one resident whose records may be two people (the pair at the weakest bridge between them).  Its *harm* is
 * how much may be shown wrongly as things stand:
 *
 *     chance that the present state is wrong  x  (records that would move + 2 for each of their sources
 *     that tells special-category or criminal matters + 2 when somebody would move to another household)
 *
 * The queue is made anew by every refresh.  What has been ruled on is not in it.
 */
#ifndef LINKING_REVIEW_H
#define LINKING_REVIEW_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct profile;
struct store;

struct review_item {
	int64_t record_a, record_b;     /* record_a < record_b */
	int64_t resident_a, resident_b; /* the same: one resident, in doubt */
	struct text source_a, source_b; /* ids; absent where the item was only found, not listed */
	int source_no_a, source_no_b;
	double weight, probability;
	int pairs, records, sensitive;
	bool household;
	double harm;
};

/* In a transaction of its own. *ITEMS (may be NULL) is how many there are. */
enum status review_refresh(struct store *data, const struct profile *profile, size_t *items,
			   struct error *error) MUST_CHECK;
/* The same for what concerns these residents only, in the caller's transaction. */
enum status review_refresh_some(struct store *data, const struct profile *profile, const int64_t *residents,
				size_t count, struct error *error) MUST_CHECK;

enum status review_count(int64_t *count, struct store *data, struct error *error) MUST_CHECK;
/* The whole queue, most harm first. */
enum status review_list(struct review_item **out, size_t *count, struct store *data, struct arena *arena,
			struct error *error) MUST_CHECK;
/* *FOUND false: the pair is not in the queue. */
enum status review_find(struct review_item *out, bool *found, struct store *data, int64_t record_a, int64_t record_b,
			struct error *error) MUST_CHECK;

#endif
