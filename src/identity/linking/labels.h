/* Rulings as labels: how often the model is right, and a model that has learned from them.
 *
 * Reviewers see what is doubtful, not a fair sample: a rate holds for its band of probability and for
 * nothing else.  The bounds are Wilson's (1927), 95 %.
 */
#ifndef LINKING_LABELS_H
#define LINKING_LABELS_H

#include "linking/rulings.h"

struct label_rate {
	char name[64];           /* "0.50-0.70", "sex male", "aged 0-17" */
	double from, to;         /* of a band */
	size_t decided, same;    /* rulings that hold, of a band or group */
	double expected;         /* mean of what the model said */
	double share, low, high; /* same / decided, and its bounds; 0..1 where nothing was decided */
	size_t wrong;            /* decided otherwise than the residents were shown then */
	int64_t pairs;           /* doubtful pairs of the band in the last run; bands only */
};
enum { LABEL_BANDS = 6, LABEL_GROUPS_MAX = 24 };
struct label_rates {
	size_t decided, same, wrong;
	struct label_rate bands[LABEL_BANDS], groups[LABEL_GROUPS_MAX];
	size_t group_count;
	/* Of the doubtful pairs of the last run, by the bands' rates: shown together and two people, or shown apart
	 * and one. Only bands with decisions count; `covered` is the share of pairs in such. */
	double false_links, missed_links, covered;
};
/* VAULT may be NULL: without groups, which need sex and age. */
enum status labels_rates(struct label_rates *out, const struct rulings *rulings, struct store *data,
			 const struct vault *vault, struct error *error) MUST_CHECK;

/* The model of the last run, with the rulings as anchors, as JSON for linking_settings.model; OUT is the caller's,
 * empty. One step of expectation-maximisation in which the labelled pairs, each for its share of the band
 * it is from, count as what people said they are. *USED is how many pairs it learned from; with none the
 * model is as it was. */
enum status labels_retrain(struct buf *out, size_t *used, const struct rulings *rulings, struct store *data,
			   const struct vault *vault, struct error *error) MUST_CHECK;

#endif
