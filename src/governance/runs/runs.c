#include "runs/runs.h"

#include <unistd.h>

enum { CLOCK_TOLERANCE_S = 120 };

const char *run_status_name(enum run_status status)
{
	static const char *const names[] = {
		[RUN_RUNNING] = "running",
		[RUN_FINISHED] = "finished",
		[RUN_FAILED] = "failed",
		[RUN_STOPPED] = "stopped",
	};
	return names[status];
}

/* Runs a query of one value; *FOUND tells whether there was a row. */
static enum status one_value(struct statement *query, const char *column, int64_t *value, bool *found,
			     struct error *error)
{
	bool row;
	int handle = statement_column(query, column);
	enum status status = statement_step(query, &row, error);
	*found = status == STATUS_OK && row;
	*value = *found ? statement_int(query, handle) : 0;
	statement_done(query);
	return status;
}

static enum status state_value(struct store *data, const char *name, int64_t *value, struct error *error)
{
	struct statement *query;
	bool found;
	enum status status = store_prepare(&query, data, "SELECT value FROM state WHERE name = :name", error);
	if (status)
		return status;
	statement_bind_text(query, "name", text_of(name));
	return one_value(query, "value", value, &found, error);
}

enum status run_check_clock(struct store *data, instant now, struct error *error)
{
	int64_t latest;
	enum status status = state_value(data, "clock", &latest, error);
	if (status)
		return status;
	if (now < latest - CLOCK_TOLERANCE_S * INT64_C(1000000)) {
		char then[INSTANT_TEXT_SIZE], text[INSTANT_TEXT_SIZE];
		error_set(error, STATUS_CONFLICT, "runs.clock",
			  "This machine's clock says %s, but work was recorded at %s: the clock was set back",
			  instant_format(now, text), instant_format(latest, then));
		error_remedy(error, "Set the clock right (`timedatectl status`); if the recorded time was wrong, wait "
				    "until it has passed");
		return STATUS_CONFLICT;
	}
	struct statement *update;
	status = store_prepare(&update, data, "UPDATE state SET value = :now WHERE name = 'clock' AND value < :now",
			       error);
	if (status)
		return status;
	statement_bind_int(update, "now", now);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

/* The newest run of KIND that never ended; run_id 0 when there is none. */
static enum status find_unfinished(struct run *run, const char *kind, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, run->data,
					   "SELECT run_id, started FROM run WHERE kind = :kind AND status = :running "
					   "ORDER BY run_id DESC LIMIT 1",
					   error);
	if (status)
		return status;
	statement_bind_text(query, "kind", text_of(kind));
	statement_bind_int(query, "running", RUN_RUNNING);
	int run_id = statement_column(query, "run_id"), started = statement_column(query, "started");
	bool row;
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		run->run_id = statement_int(query, run_id);
		run->started = statement_int(query, started);
		run->resumed = true;
	}
	statement_done(query);
	return status;
}

static enum status insert_run(struct run *run, const char *kind, struct error *error)
{
	char host[128] = "";
	gethostname(host, sizeof host - 1);
	struct statement *insert;
	enum status status = store_prepare(&insert, run->data,
					   "INSERT INTO run (kind, host, started, status) "
					   "VALUES (:kind, :host, :started, :running) RETURNING run_id",
					   error);
	if (status)
		return status;
	statement_bind_text(insert, "kind", text_of(kind));
	statement_bind_text(insert, "host", text_of(host));
	statement_bind_int(insert, "started", run->started);
	statement_bind_int(insert, "running", RUN_RUNNING);
	bool found;
	return one_value(insert, "run_id", &run->run_id, &found, error);
}

enum status run_begin(struct run *out, struct store *data, const char *kind, struct error *error)
{
	*out = (struct run){.data = data, .started = instant_now()};
	enum status status = run_check_clock(data, out->started, error);
	if (status == STATUS_OK)
		status = find_unfinished(out, kind, error);
	if (status == STATUS_OK && !out->run_id)
		status = insert_run(out, kind, error);
	return status;
}

enum status run_end(struct run *run, enum run_status run_status, const char *detail, struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, run->data,
					   "UPDATE run SET status = :status, finished = :now, detail = :detail "
					   "WHERE run_id = :run_id",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "status", run_status);
	statement_bind_int(update, "now", instant_now());
	statement_bind_text(update, "detail", text_of(detail));
	statement_bind_int(update, "run_id", run->run_id);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

enum status run_has_done(struct run *run, const char *step, bool *done, struct error *error)
{
	struct statement *query;
	int64_t value;
	enum status status = store_prepare(
		&query, run->data, "SELECT run_id FROM run_step WHERE run_id = :run_id AND step = :step", error);
	if (status)
		return status;
	statement_bind_int(query, "run_id", run->run_id);
	statement_bind_text(query, "step", text_of(step));
	return one_value(query, "run_id", &value, done, error);
}

enum status run_mark_done(struct run *run, const char *step, const char *detail, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(&insert, run->data,
					   "INSERT INTO run_step (run_id, step, finished, detail) "
					   "VALUES (:run_id, :step, :now, :detail) ON CONFLICT (run_id, step) "
					   "DO UPDATE SET finished = excluded.finished, detail = excluded.detail",
					   error);
	if (status)
		return status;
	statement_bind_int(insert, "run_id", run->run_id);
	statement_bind_text(insert, "step", text_of(step));
	statement_bind_int(insert, "now", instant_now());
	statement_bind_text(insert, "detail", text_of(detail));
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

enum status run_publish(struct store *data, int64_t *generation, struct error *error)
{
	struct statement *update;
	int64_t value;
	bool found;
	enum status status = store_prepare(
		&update, data, "UPDATE state SET value = value + 1 WHERE name = 'generation' RETURNING value", error);
	if (status == STATUS_OK)
		status = one_value(update, "value", &value, &found, error);
	if (status == STATUS_OK && generation)
		*generation = value;
	return status;
}

enum status run_generation(struct store *data, int64_t *generation, struct error *error)
{
	return state_value(data, "generation", generation, error);
}

static void read_record(struct statement *query, struct arena *arena, struct run_record *out)
{
	int finished = statement_column(query, "finished"), detail = statement_column(query, "detail");
	*out = (struct run_record){
		.run_id = statement_int(query, statement_column(query, "run_id")),
		.kind = arena_text(arena, statement_text(query, statement_column(query, "kind"))),
		.host = arena_text(arena, statement_text(query, statement_column(query, "host"))),
		.status = (enum run_status)statement_int(query, statement_column(query, "status")),
		.started = statement_int(query, statement_column(query, "started")),
		.finished = statement_is_null(query, finished) ? INSTANT_UNKNOWN : statement_int(query, finished),
		.steps = statement_int(query, statement_column(query, "steps")),
	};
	if (!statement_is_null(query, detail))
		out->detail = arena_text(arena, statement_text(query, detail));
}

enum status run_list(struct store *data, struct arena *arena, size_t limit, struct run_record **out, size_t *count,
		     struct error *error)
{
	struct statement *query;
	*count = 0;
	*out = ARENA_ARRAY(arena, limit, struct run_record);
	enum status status = store_prepare(&query, data,
					   "SELECT r.*, (SELECT count(*) FROM run_step s WHERE s.run_id = r.run_id) AS "
					   "steps FROM run r ORDER BY r.run_id DESC LIMIT :limit",
					   error);
	if (status)
		return status;
	statement_bind_int(query, "limit", (int64_t)limit);
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < limit)
		read_record(query, arena, &(*out)[(*count)++]);
	statement_done(query);
	return status;
}
