/* Progress of a long command: on a terminal one line, redrawn ten times a second, with what
 * is done, the rate and the time left; in a pipe nothing. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/date.h"

#include <stdatomic.h>

struct progress {
	const char *label; /* "Reading housing tenancies" */
	const char *unit;  /* "rows" */
	uint64_t total;    /* 0 when not known beforehand */
	atomic_uint_fast64_t done;
	instant started, drawn;
	bool shown;
};

void progress_start(struct progress *progress, const char *label, const char *unit, uint64_t total);
void progress_add(struct progress *progress, uint64_t done); /* any thread may add; draws at most 10 times a second */
void progress_end(struct progress *progress);                /* clears the line */

#endif
