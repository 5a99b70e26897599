/* Numbers for Prometheus: how long answers take, counted in buckets. */
#ifndef WEB_METRICS_H
#define WEB_METRICS_H

#include "base/buf.h"

#include <stdatomic.h>

enum { METRICS_BUCKETS = 12 };

struct metrics {
	atomic_uint_fast64_t buckets[METRICS_BUCKETS + 1]; /* the last: longer than all */
	atomic_uint_fast64_t microseconds;
	atomic_uint_fast64_t pages;
};

void metrics_count(struct metrics *metrics, int64_t microseconds);
void metrics_emit(const struct metrics *metrics, struct buf *out);

#endif
