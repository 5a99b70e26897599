/* What was run, how far it came, and what `serve` should show now.
 *
 *     struct run run;
 *     status = run_begin(&run, data, "refresh", error);        // after workspace_lock()
 *     if (!run_has_done(&run, "extract 17", error)) {
 *             store_begin(data); ... store_commit(data) with run_mark_done(&run, "extract 17", detail) before it
 *     }
 *     status = run_publish(&run, error);                       // serve switches to the new state
 *     status = run_end(&run, RUN_FINISHED, "12 extracts, 1,204 residents new", error);
 *
 * Steps are marked in the transaction that does their work, so a run that is killed takes up where
 * it was: run_begin() then continues that run (`resumed`), and what was marked done stays done.
 */
#ifndef RUNS_RUNS_H
#define RUNS_RUNS_H

#include "base/arena.h"
#include "base/date.h"
#include "store/store.h"

enum run_status { RUN_RUNNING, RUN_FINISHED, RUN_FAILED, RUN_STOPPED };
const char *run_status_name(enum run_status status); /* "running" ... */

struct run {
	struct store *data;
	int64_t run_id;
	bool resumed; /* an unfinished run of this kind was there and goes on */
	instant started;
};

/* Runs of KIND that never ended are continued; the caller must hold the workspace's lock, so nobody else
 * works on them. Refuses (STATUS_CONFLICT, "runs.clock") when the clock is behind what was recorded. */
enum status run_begin(struct run *out, struct store *data, const char *kind, struct error *error) MUST_CHECK;
enum status run_end(struct run *run, enum run_status status, const char *detail, struct error *error) MUST_CHECK;

/* STEP is a name of the caller's: "extract 17", "linking". */
enum status run_has_done(struct run *run, const char *step, bool *done, struct error *error) MUST_CHECK;
enum status run_mark_done(struct run *run, const char *step, const char *detail, struct error *error) MUST_CHECK;

/* Counts up the generation, in the caller's transaction or one of its own. */
enum status run_publish(struct store *data, int64_t *generation, struct error *error) MUST_CHECK;
/* 0 before the first. Cheap: serve asks once a second. */
enum status run_generation(struct store *data, int64_t *generation, struct error *error) MUST_CHECK;

/* STATUS_CONFLICT, "runs.clock", when NOW is more than two minutes behind the latest instant recorded
 * on the shelf; else records NOW. */
enum status run_check_clock(struct store *data, instant now, struct error *error) MUST_CHECK;

struct run_record {
	int64_t run_id;
	struct text kind, detail, host;
	enum run_status status;
	instant started, finished; /* INSTANT_UNKNOWN: not yet */
	int64_t steps;
};
/* Newest first, at most LIMIT. */
enum status run_list(struct store *data, struct arena *arena, size_t limit, struct run_record **out, size_t *count,
		     struct error *error) MUST_CHECK;

#endif
