/* One record against all: who is this?
 *
 * A pushed record must find its resident at once, without linking everything again.  A lookup
 * is an index over a finished run: for each rule, the keys of all records in order.  A new record
 * is compared, under the run's model and with the run's frequencies, with those that share a key.
 *
 *     struct linking_lookup *lookup = linking_lookup_new(run, threads);
 *     size_t count = linking_match_one(lookup, record, 0.5, matches, MOST);
 *     linking_lookup_free(lookup);
 *
 * What it finds for a record that is in the run are the links that the run found for it, with
 * the same weights, and the record itself; but where a block was too large and nothing parts
 * it, a run compares neighbours only and a lookup the first of the block.
 *
 * Read-only after it was made: any number of threads may ask.
 */
#ifndef LINKING_LOOKUP_H
#define LINKING_LOOKUP_H

#include "linking/linking.h"

struct linking_lookup;
/* RUN must outlive it. About 8 bytes a key, of which a record has 10 to 20. */
struct linking_lookup *linking_lookup_new(const struct linking_run *run, unsigned threads);
void linking_lookup_free(struct linking_lookup *lookup);

struct linking_match {
	uint32_t record; /* number of adding, in the run */
	float weight, probability;
	uint64_t pattern;
	uint16_t rule;  /* the first that found it */
	bool forbidden; /* something says that the two cannot be one person */
};
/* RECORD holds one record, in the columns of the run; it is packed. The likeliest first; equals in the order of
 * adding. Returns how many of probability LEAST or more there are, at most MOST. */
size_t linking_match_one(const struct linking_lookup *lookup, struct linking_table *record, double least,
			 struct linking_match *out, size_t most);

#endif
