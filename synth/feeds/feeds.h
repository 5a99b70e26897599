/* The extracts: what each council system would have sent about the borough, month by month.
 *
 *     status = feeds_write(borough, "out", &(struct feeds_plan){.threads = 0}, &error);
 *
 * writes OUT/inbox/ (every extract of every month, named as the feed definitions of the demo
 * profile say), OUT/wards.geojson and, in OUT/truth/, what only the maker can know: the person
 * behind each record, the UPRN behind each written address, the label of each statement in a
 * case note, and every defective row. The formats are in docs/synthetic-feeds.md.
 *
 * The borough is only read. One task per feed, on any number of threads; the bytes do not
 * depend on it.
 */
#ifndef SYNTH_FEEDS_H
#define SYNTH_FEEDS_H

#include "synth/borough.h"

struct feeds_plan {
	unsigned threads; /* 0: as many as there are processors */
	bool no_defects;  /* every row is a good one */
};

struct feeds_summary {
	uint64_t files, rows, bytes, defects;
	uint64_t first_month_rows;
};

/* OUT exists. SUMMARY may be NULL. */
enum status feeds_write(const struct borough *b, const char *out, const struct feeds_plan *plan,
			struct feeds_summary *summary, struct error *error) MUST_CHECK;

#endif
