#include "base/progress.h"

#include <stdio.h>
#include <unistd.h>

enum { PROGRESS_REDRAW_US = 100000 };

void progress_start(struct progress *progress, const char *label, const char *unit, uint64_t total)
{
	progress->label = label;
	progress->unit = unit;
	progress->total = total;
	atomic_store(&progress->done, 0);
	progress->started = progress->drawn = instant_now();
	progress->shown = isatty(STDERR_FILENO) == 1;
}

static void progress_draw(const struct progress *progress, instant now)
{
	uint64_t done = atomic_load(&progress->done);
	double seconds = (double)(now - progress->started) / 1e6;
	double rate = seconds > 0 ? (double)done / seconds : 0;
	fprintf(stderr, "\r\033[K%s: ", progress->label);
	if (progress->total)
		fprintf(stderr, "%3.0f%%  ", 100.0 * (double)done / (double)progress->total);
	fprintf(stderr, "%llu %s  %.0f/s", (unsigned long long)done, progress->unit, rate);
	if (progress->total > done && rate > 0)
		fprintf(stderr, "  %.0f s left", (double)(progress->total - done) / rate);
	fflush(stderr);
}

void progress_add(struct progress *progress, uint64_t done)
{
	atomic_fetch_add(&progress->done, done);
	if (!progress->shown)
		return;
	instant now = instant_now();
	if (now - progress->drawn < PROGRESS_REDRAW_US)
		return;
	progress->drawn = now;
	progress_draw(progress, now);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
