#include "web/metrics.h"

#include <inttypes.h>

static const int64_t bounds[METRICS_BUCKETS] = {500,   1000,   2500,   5000,   10000,   25000,
						50000, 100000, 250000, 500000, 1000000, 5000000};

void metrics_count(struct metrics *metrics, int64_t microseconds)
{
	size_t bucket = 0;
	while (bucket < METRICS_BUCKETS && microseconds > bounds[bucket])
		bucket++;
	atomic_fetch_add(&metrics->buckets[bucket], 1);
	atomic_fetch_add(&metrics->microseconds, microseconds > 0 ? (uint64_t)microseconds : 0);
	atomic_fetch_add(&metrics->pages, 1);
}

void metrics_emit(const struct metrics *metrics, struct buf *out)
{
	uint64_t below = 0;
	buf_format(out, "# HELP oneview_answer_seconds Time in the keeper, from the request to the answer on its way.\n"
			"# TYPE oneview_answer_seconds histogram\n");
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		below += atomic_load(&metrics->buckets[i]);
		buf_format(out, "oneview_answer_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", (double)bounds[i] / 1e6,
			   below);
	}
	below += atomic_load(&metrics->buckets[METRICS_BUCKETS]);
	buf_format(out, "oneview_answer_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", below);
	buf_format(out, "oneview_answer_seconds_sum %g\n", (double)atomic_load(&metrics->microseconds) / 1e6);
	buf_format(out, "oneview_answer_seconds_count %" PRIu64 "\n", (uint64_t)atomic_load(&metrics->pages));
}
