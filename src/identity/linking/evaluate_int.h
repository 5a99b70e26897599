/* What the files that judge results share. */
#ifndef LINKING_EVALUATE_INT_H
#define LINKING_EVALUATE_INT_H

#include "linking/refresh.h"

struct judged { /* records with a truth */
	uint64_t *residents, *people /* true person + 1 */, *records;
	size_t count, capacity, people_capacity, record_capacity;
};
/* Reads persons.csv and codes.csv of the folder TRUTH; no groups when there is no persons.csv. */
enum status judge_groups(struct linking_evaluation *out, const struct judged *judged, struct store *data,
			 const char *truth, struct error *error) MUST_CHECK;
enum status judge_all(struct judged *judged, struct linking_evaluation *out, struct store *data,
		      const struct vault *vault, const char *truth, struct error *error) MUST_CHECK;
void judged_release(struct judged *judged);

#endif
