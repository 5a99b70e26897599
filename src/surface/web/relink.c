#include "web/relink.h"

#include "base/log.h"
#include "base/memory.h"
#include "casework/lists.h"
#include "household/household.h"
#include "household/household_rulings.h"
#include "household/restrictions.h"
#include "linking/review.h"
#include "linking/rulings.h"
#include "reading/reading.h"
#include "web/site.h"

#include <stdlib.h>
#include <time.h>

static const char run_kind[] = "rulings";

struct relinker {
	struct site *site;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool pending;    /* households have to follow, or rulings wait for the lock */
	bool households; /* have to follow whatever the rulings about records say */
	bool ending;
	atomic_bool stop;
};

struct shelves {
	struct workspace_lock *lock;
	struct store *data, *desk;
};

static void close_shelves(struct shelves *shelves)
{
	store_close(shelves->data);
	store_close(shelves->desk);
	workspace_unlock(shelves->lock);
}

/* *BUSY, and nothing opened, while another holds the lock. */
static enum status open_shelves(struct shelves *shelves, struct site *site, bool *busy, struct error *error)
{
	*shelves = (struct shelves){0};
	enum status status = workspace_lock(site->workspace, "rulings", &shelves->lock, error);
	*busy = status == STATUS_CONFLICT;
	if (*busy)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = workspace_store(site->workspace, STORE_DATA, STORE_WRITE, &shelves->data, error);
	if (status == STATUS_OK)
		status = workspace_store(site->workspace, STORE_DESK, STORE_WRITE, &shelves->desk, error);
	if (status != STATUS_OK)
		close_shelves(shelves);
	return status;
}

static void wake(struct relinker *relinker)
{
	pthread_mutex_lock(&relinker->lock);
	relinker->pending = true;
	pthread_cond_signal(&relinker->woken);
	pthread_mutex_unlock(&relinker->lock);
}

/* ---- residents, at once ------------------------------------------------------------------------------ */

static enum status move_residents(struct relinker *relinker, struct shelves *shelves, const struct rulings *rulings,
				  int64_t run_id, struct error *error)
{
	struct ruling_change change = {0};
	struct snapshot *snapshot = snapshot_hold(relinker->site);
	enum status status = store_begin(shelves->data, error);
	if (status == STATUS_OK)
		status = store_begin(shelves->desk, error);
	if (status == STATUS_OK)
		status = rulings_apply(&change, rulings, shelves->data, shelves->desk, relinker->site->vault, run_id,
				       error);
	if (status == STATUS_OK)
		status = review_refresh_some(shelves->data, snapshot->profile, change.residents, change.resident_count,
					     error);
	if (status == STATUS_OK) /* with the change itself: what is kept in memory is kept for one generation */
		status = run_publish(shelves->data, NULL, error);
	if (status == STATUS_OK)
		status = store_commit(shelves->desk, error);
	if (status == STATUS_OK)
		status = store_commit(shelves->data, error);
	if (status != STATUS_OK) {
		store_rollback(shelves->desk);
		store_rollback(shelves->data);
	} else {
		log_event(LOG_INFO, "web.rulings", "%zu records moved", change.moved);
	}
	free(change.residents);
	snapshot_release(relinker->site, snapshot);
	return status;
}

/* A run that an earlier server left open goes on, unless another has begun since: runs are told apart by their
 * numbers, and what is newer has a higher one. */
static enum status begin_run(struct run *run, struct store *data, struct error *error)
{
	struct arena arena;
	struct run_record *newest = NULL;
	size_t count = 0;
	arena_init(&arena, 1 << 16);
	enum status status = run_begin(run, data, run_kind, error);
	if (status == STATUS_OK && run->resumed)
		status = run_list(data, &arena, 1, &newest, &count, error);
	if (status == STATUS_OK && count > 0 && newest[0].run_id > run->run_id) {
		status = run_end(run, RUN_STOPPED, run_kind, error);
		if (status == STATUS_OK)
			status = run_begin(run, data, run_kind, error);
	}
	arena_release(&arena);
	return status;
}

/* The run stays open until the households have followed. */
static enum status apply(struct relinker *relinker, struct shelves *shelves, struct error *error)
{
	struct rulings rulings;
	struct run run;
	bool due = false;
	enum status status = rulings_read(&rulings, shelves->desk, shelves->data, error);
	if (status != STATUS_OK)
		return status;
	status = rulings_are_due(&due, &rulings, shelves->data, error);
	if (status == STATUS_OK && due) {
		status = begin_run(&run, shelves->data, error);
		if (status == STATUS_OK)
			status = move_residents(relinker, shelves, &rulings, run.run_id, error);
	}
	rulings_release(&rulings);
	return status;
}

enum status relinker_apply(struct relinker *relinker, bool *applied, struct error *error)
{
	struct shelves shelves;
	bool busy = false;
	enum status status = open_shelves(&shelves, relinker->site, &busy, error);
	*applied = status == STATUS_OK && !busy;
	if (*applied) {
		status = apply(relinker, &shelves, error);
		close_shelves(&shelves);
	}
	wake(relinker);
	return status;
}

void relinker_households(struct relinker *relinker)
{
	pthread_mutex_lock(&relinker->lock);
	relinker->pending = relinker->households = true;
	pthread_cond_signal(&relinker->woken);
	pthread_mutex_unlock(&relinker->lock);
}

/* ---- households, behind it ----------------------------------------------------------------------------- */

static enum status derive_households(struct reading *reading, struct store *desk, int64_t run_id, struct error *error)
{
	struct household_report report;
	struct household_rulings rulings;
	enum status status = household_rulings_read(&rulings, desk, reading->data, error);
	if (status != STATUS_OK)
		return status;
	status = household_refresh(reading, &rulings, run_id, &report, error);
	household_rulings_release(&rulings);
	return status;
}

static enum status derive(struct relinker *relinker, const struct shelves *shelves, struct run *run,
			  struct error *error)
{
	struct store *data = shelves->data;
	struct site *site = relinker->site;
	struct snapshot *snapshot = snapshot_hold(site);
	struct reading *reading;
	struct lists_report lists;
	struct reading_settings settings = {.stop = &relinker->stop};
	enum status status = reading_open(&reading, data, site->vault, snapshot->profile, &settings, error);
	if (status == STATUS_OK) {
		status = store_hold(data, error); /* no household is seen before who in it must be protected */
		if (status == STATUS_OK)
			status = derive_households(reading, shelves->desk, run->run_id, error);
		reading_close(reading);
	}
	if (status == STATUS_OK)
		status = restrictions_refresh(snapshot->profile, data, date_today(), NULL, error);
	if (status == STATUS_OK)
		status = review_refresh(data, snapshot->profile, NULL, error);
	if (status == STATUS_OK) /* they go by households */
		status = lists_refresh(snapshot->policy, snapshot->profile, data, date_today(), &lists, error);
	snapshot_release(site, snapshot);
	if (status == STATUS_OK)
		status = run_publish(data, NULL, error);
	if (status == STATUS_OK)
		status = run_end(run, RUN_FINISHED, "rulings", error);
	if (status == STATUS_OK)
		status = store_let_go(data, error);
	store_give_up(data);
	return status;
}

static bool run_is_open(struct store *data)
{
	enum { LOOK_BACK = 20 };
	struct arena arena;
	struct run_record *runs = NULL;
	struct error error;
	size_t count = 0;
	bool open = false;
	arena_init(&arena, 1 << 20);
	if (run_list(data, &arena, LOOK_BACK, &runs, &count, &error) == STATUS_OK) {
		for (size_t i = 0; i < count; i++)
			open |= runs[i].status == RUN_RUNNING && text_is(runs[i].kind, run_kind);
	}
	arena_release(&arena);
	return open;
}

/* *BUSY: to be tried again. */
static enum status follow(struct relinker *relinker, bool households, bool *busy, struct error *error)
{
	struct shelves shelves;
	struct run run;
	enum status status = open_shelves(&shelves, relinker->site, busy, error);
	if (status != STATUS_OK || *busy)
		return status;
	status = apply(relinker, &shelves, error);
	if (status == STATUS_OK && households) /* from now on, also if this server stops before it is done */
		status = begin_run(&run, shelves.data, error);
	if (status == STATUS_OK && run_is_open(shelves.data)) {
		status = run_begin(&run, shelves.data, run_kind, error);
		if (status == STATUS_OK)
			status = derive(relinker, &shelves, &run, error);
	}
	close_shelves(&shelves);
	return status;
}

/* Without the lock, so that a server with no rulings is never in a refresh's way. */
static enum status is_needed(bool *needed, struct site *site, struct error *error)
{
	struct store *data = NULL, *desk = NULL;
	struct rulings rulings;
	int64_t generation = 0;
	*needed = false;
	enum status status = store_pool_take(site->desk, &desk, error);
	if (status == STATUS_OK)
		status = store_pool_take(site->data, &data, error);
	if (status == STATUS_OK)
		status = rulings_generation(desk, &generation, error);
	if (status == STATUS_OK)
		*needed = run_is_open(data);
	if (status == STATUS_OK && !*needed && generation > 0) {
		status = rulings_read(&rulings, desk, data, error);
		if (status == STATUS_OK) {
			status = rulings_are_due(needed, &rulings, data, error);
			rulings_release(&rulings);
		}
	}
	if (data)
		store_pool_give(site->data, data);
	if (desk)
		store_pool_give(site->desk, desk);
	return status;
}

enum { MOMENT_SECONDS = 3, PAUSE_LONGEST = 60 };

/* A moment for the next ruling, so that several are followed together; longer behind what failed. */
static void wait_for_more(struct relinker *relinker, unsigned seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	while (!relinker->ending && pthread_cond_timedwait(&relinker->woken, &relinker->lock, &until) == 0)
		;
}

/* *AGAIN: it has still to be done, as another holds the lock or something failed (*FAILED: the database is not there
 * for a while). What a stop has interrupted the next server finds as an open run. */
static void work_once(struct relinker *relinker, bool households, bool *again, bool *failed)
{
	struct error error;
	bool needed;
	enum status status = is_needed(&needed, relinker->site, &error);
	if (status == STATUS_OK && (needed || households))
		status = follow(relinker, households, again, &error);
	*failed = status != STATUS_OK && status != STATUS_INTERRUPTED;
	*again |= *failed;
	if (*failed)
		log_error(&error);
}

static void *work(void *context)
{
	struct relinker *relinker = context;
	unsigned pause = MOMENT_SECONDS;
	pthread_mutex_lock(&relinker->lock);
	for (;;) {
		bool again = false, failed = false, households;
		while (!relinker->ending && !relinker->pending)
			pthread_cond_wait(&relinker->woken, &relinker->lock);
		wait_for_more(relinker, pause);
		if (relinker->ending)
			break;
		households = relinker->households;
		relinker->pending = relinker->households = false;
		pthread_mutex_unlock(&relinker->lock);
		work_once(relinker, households, &again, &failed);
		pthread_mutex_lock(&relinker->lock);
		relinker->pending |= again;
		relinker->households |= again && households;
		pause = !failed ? MOMENT_SECONDS : 2 * pause < PAUSE_LONGEST ? 2 * pause : PAUSE_LONGEST;
	}
	pthread_mutex_unlock(&relinker->lock);
	return NULL;
}

enum status relinker_start(struct relinker **out, struct site *site, struct error *error)
{
	struct relinker *relinker = memory_alloc(1, sizeof *relinker);
	relinker->site = site;
	relinker->pending = true; /* what an earlier server left */
	pthread_mutex_init(&relinker->lock, NULL);
	pthread_cond_init(&relinker->woken, NULL);
	int failed = pthread_create(&relinker->thread, NULL, work, relinker);
	if (failed) {
		free(relinker);
		return error_set_errno(error, failed, "web.thread", "a thread cannot be started");
	}
	*out = relinker;
	return STATUS_OK;
}

void relinker_stop(struct relinker *relinker)
{
	if (!relinker)
		return;
	atomic_store(&relinker->stop, true);
	pthread_mutex_lock(&relinker->lock);
	relinker->ending = true;
	pthread_cond_signal(&relinker->woken);
	pthread_mutex_unlock(&relinker->lock);
	pthread_join(relinker->thread, NULL);
	pthread_mutex_destroy(&relinker->lock);
	pthread_cond_destroy(&relinker->woken);
	free(relinker);
}
