/* The numbers that sources know users by. */
#include "policy/account.h"

enum { WORKER_MAX = 100 };

static enum status write_worker(struct store *desk, int64_t user_id, const struct account_worker *worker,
				const char *sql, int64_t *changed, struct error *error)
{
	struct statement *write;
	enum status status = store_prepare(&write, desk, sql, error);
	if (status)
		return status;
	statement_bind_int(write, "user", user_id);
	statement_bind_text(write, "source", worker->source);
	if (worker->worker.len)
		statement_bind_text(write, "worker", worker->worker);
	status = statement_run(write, changed, error);
	statement_done(write);
	return status;
}

enum status account_set_worker(struct store *desk, int64_t user_id, const struct account_worker *worker,
			       struct error *error)
{
	int64_t changed = 0;
	if (worker->worker.len > WORKER_MAX)
		return error_set(error, STATUS_INVALID, "account.worker", "A worker's number has at most %d characters",
				 WORKER_MAX);
	struct account_worker none = {worker->source, TEXT_ABSENT};
	enum status status =
		write_worker(desk, user_id, &none,
			     "DELETE FROM account_worker WHERE user_id = :user AND source_id = :source", NULL, error);
	if (status || !worker->worker.len)
		return status;
	status =
		write_worker(desk, user_id, worker,
			     "INSERT INTO account_worker (user_id, source_id, worker) VALUES (:user, :source, :worker) "
			     "ON CONFLICT DO NOTHING",
			     &changed, error);
	if (status || changed)
		return status;
	error_set(error, STATUS_CONFLICT, "account.worker", "Another account has the worker's number \"%.*s\" already",
		  TEXT_ARG(worker->worker));
	error_remedy(error,
		     "Whose cases they are must be one person's: take the number away from the other account first.");
	return STATUS_CONFLICT;
}

enum status account_workers(struct store *desk, int64_t user_id, struct arena *arena, struct account_worker **out,
			    size_t *count, struct error *error)
{
	enum { SOURCES_MOST = 100 };
	struct statement *query;
	*count = 0;
	enum status status = store_prepare(
		&query, desk, "SELECT source_id, worker FROM account_worker WHERE user_id = :user ORDER BY source_id",
		error);
	if (status)
		return status;
	statement_bind_int(query, "user", user_id);
	*out = ARENA_ARRAY(arena, SOURCES_MOST, struct account_worker);
	int source = statement_column(query, "source_id"), worker = statement_column(query, "worker");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < SOURCES_MOST)
		(*out)[(*count)++] = (struct account_worker){arena_text(arena, statement_text(query, source)),
							     arena_text(arena, statement_text(query, worker))};
	statement_done(query);
	return status;
}
