#include "base/memory.h"
#include "store/postgresql_int.h"

static bool is_gone(const struct store *store)
{
	return PQstatus(postgresql_of(store)->handle) != CONNECTION_OK;
}

/* SQLSTATE, or its class of two characters, and what it means to us. */
static const struct {
	const char *state;
	enum failure failure;
} states[] = {
	{"23505", FAILURE_DUPLICATE}, {"25006", FAILURE_READ_ONLY},
	{"40001", FAILURE_CONFLICT},  {"40P01", FAILURE_CONFLICT},
	{"42501", FAILURE_READ_ONLY}, {"53100", FAILURE_DISK_FULL},
	{"53200", FAILURE_NO_MEMORY}, {"53300", FAILURE_BUSY_SERVER},
	{"55P03", FAILURE_LOCKED},    {"57014", FAILURE_INTERRUPTED},
	{"58P01", FAILURE_CORRUPT},   {"3D000", FAILURE_MISSING},
	{"08", FAILURE_SERVER_GONE},  {"22", FAILURE_CONSTRAINT},
	{"23", FAILURE_CONSTRAINT},   {"28", FAILURE_SIGN_IN},
	{"53", FAILURE_IO},           {"57", FAILURE_SERVER_GONE},
	{"58", FAILURE_IO},           {"XX", FAILURE_CORRUPT},
};

static enum failure failure_of(const char *state)
{
	for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
			return states[i].failure;
	return FAILURE_SQL;
}

/* RESULT may be NULL. The server's message is quoted only where it cannot hold a value of a row. */
enum status pg_fail(struct store *store, const PGresult *result, struct error *error)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	if (is_gone(store) || !state)
		return store_fail(store, FAILURE_SERVER_GONE, state ? "the server closed the connection" : NULL, error);
	enum failure failure = failure_of(state);
	char cause[240];
	if (failure == FAILURE_CONSTRAINT || failure == FAILURE_DUPLICATE) {
		const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
		const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
		const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
		snprintf(cause, sizeof cause, "SQLSTATE %s, table %s, %s", state, table ? table : "unknown",
			 constraint ? constraint
			 : column   ? column
				    : "no constraint named");
	} else {
		snprintf(cause, sizeof cause, "%s", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	}
	return store_fail(store, failure, cause, error);
}

static void ignore_notice(void *context, const PGresult *result)
{
	(void)context, (void)result;
}

static enum status run_simple(struct store *store, const char *sql, struct error *error)
{
	PGresult *result = PQexec(postgresql_of(store)->handle, sql);
	ExecStatusType kind = PQresultStatus(result);
	enum status status = kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK || kind == PGRES_EMPTY_QUERY
				     ? STATUS_OK
				     : pg_fail(store, result, error);
	PQclear(result);
	return status;
}

/* libpq gives only a text for a failed connection; it holds no password. */
static enum status fail_to_connect(struct store *store, struct error *error)
{
	const char *said = PQerrorMessage(postgresql_of(store)->handle);
	enum failure failure = strstr(said, "authentication") || strstr(said, "password") || strstr(said, "pg_hba")
				       ? FAILURE_SIGN_IN
			       : strstr(said, "too many")       ? FAILURE_BUSY_SERVER
			       : strstr(said, "does not exist") ? FAILURE_MISSING
								: FAILURE_SERVER_GONE;
	char cause[200];
	snprintf(cause, sizeof cause, "%.*s", (int)strcspn(said, "\n"), said);
	return store_fail(store, failure, cause, error);
}

static enum status configure(struct store *store, struct error *error)
{
	char sql[320];
	snprintf(sql, sizeof sql,
		 "SET search_path = %s, pg_temp; SET TimeZone = 'UTC'; SET lock_timeout = %u;"
		 "SET default_transaction_read_only = %s; SET client_min_messages = warning; SET bytea_output = 'hex'",
		 shelf_name(store->shelf), store->patience, store->mode == STORE_READ ? "on" : "off");
	return run_simple(store, sql, error);
}

static enum status connect_server(struct store *store, struct error *error)
{
	struct postgresql *pg = postgresql_of(store);
	PQfinish(pg->handle);
	/* The address comes last and overrides these; a dead network is noticed in 30 seconds. */
	const char *keywords[] = {"connect_timeout",  "application_name", "client_encoding",
				  "tcp_user_timeout", "dbname",           NULL};
	const char *values[] = {"10", "oneview", "UTF8", "30000", pg->address, NULL};
	pg->handle = PQconnectdbParams(keywords, values, 1);
	pg->epoch++;
	pg->queued = 0;
	if (is_gone(store))
		return fail_to_connect(store, error);
	PQsetNoticeReceiver(pg->handle, ignore_notice, NULL);
	snprintf(store->where, sizeof store->where, "database %s on %s port %s, schema %s", PQdb(pg->handle),
		 PQhost(pg->handle), PQport(pg->handle), shelf_name(store->shelf));
	return configure(store, error);
}

static enum status pg_open(struct store *store, const char *address, struct error *error)
{
	struct postgresql *pg = memory_alloc(1, sizeof *pg);
	store->connection = pg;
	pg->address = store_copy(address);
	snprintf(store->where, sizeof store->where, "the server of the workspace's database address");
	return connect_server(store, error);
}

static void pg_close(struct store *store)
{
	struct postgresql *pg = postgresql_of(store);
	if (!pg)
		return;
	PQfinish(pg->handle);
	free(pg->address);
	free(pg);
}

static enum status pg_ready(struct store *store, struct error *error)
{
	return is_gone(store) ? connect_server(store, error) : STATUS_OK;
}

static enum status pg_execute(struct store *store, const char *sql, struct error *error)
{
	enum status status = pg_drain(store, error);
	return status ? status : run_simple(store, sql, error);
}

static enum status pg_commit(struct store *store, struct error *error)
{
	return pg_execute(store, "COMMIT", error);
}

static void pg_rollback(struct store *store)
{
	struct error ignored;
	(void)!pg_drain(store, &ignored);
	/* Without a connection the server has rolled back already. */
	if (!is_gone(store))
		(void)!run_simple(store, "ROLLBACK", &ignored);
}

/* A connection that fails here is made anew at the next use, with the same patience. */
static void pg_forget_pages(struct store *store)
{
	(void)store; /* the server keeps them */
}

static void pg_set_patience(struct store *store)
{
	char sql[48];
	struct error ignored;
	snprintf(sql, sizeof sql, "SET lock_timeout = %u", store->patience);
	(void)!pg_execute(store, sql, &ignored);
}

static enum status pg_sync(struct store *store, struct error *error)
{
	(void)store, (void)error; /* a commit is on disk when it returns */
	return STATUS_OK;
}

enum status pg_drain(struct store *store, struct error *error)
{
	struct postgresql *pg = postgresql_of(store);
	if (!pg->queued)
		return STATUS_OK;
	enum status status = PQpipelineSync(pg->handle) ? STATUS_OK : pg_fail(store, NULL, error);
	bool synced = false;
	while (!synced && !is_gone(store)) {
		PGresult *result = PQgetResult(pg->handle);
		ExecStatusType kind = result ? PQresultStatus(result) : PGRES_COMMAND_OK;
		synced = kind == PGRES_PIPELINE_SYNC;
		if (kind == PGRES_FATAL_ERROR && status == STATUS_OK)
			status = pg_fail(store, result, error);
		PQclear(result);
	}
	if (is_gone(store) && status == STATUS_OK)
		status = pg_fail(store, NULL, error);
	PQexitPipelineMode(pg->handle);
	pg->queued = 0;
	return status;
}

/* The data shelf has one writer at a time, as on SQLite, where BEGIN IMMEDIATE sees to it: else the last
 * commit of a process that was killed, still on its way in the server, could come in the middle of the next one's
 * transaction. The number names the lock to this program; 7020100 and 7020101 are for migrations and refreshes. */
static enum status pg_begin(struct store *store, struct error *error)
{
	if (store->mode == STORE_READ)
		return pg_execute(store, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", error);
	enum status status = pg_execute(store, "BEGIN", error);
	if (status || store->shelf == STORE_DESK)
		return status;
	status = run_simple(store, "SELECT pg_advisory_xact_lock(7020102)", error);
	if (status)
		pg_rollback(store);
	return status;
}

const struct store_driver postgresql_driver = {
	.begin = pg_begin,
	.open = pg_open,
	.close = pg_close,
	.execute = pg_execute,
	.ready = pg_ready,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.set_patience = pg_set_patience,
	.forget_pages = pg_forget_pages,
	.sync = pg_sync,
	.statement_new = pg_statement_new,
	.prepare = pg_prepare,
	.bind = pg_bind,
	.step = pg_step,
	.queue = pg_queue,
	.changed = pg_changed,
	.reset = pg_reset,
	.clear = pg_clear,
	.statement_free = pg_statement_free,
	.column = pg_column,
	.value = pg_value,
	.bulk_open = pg_bulk_open,
	.bulk_value = pg_bulk_value,
	.bulk_row = pg_bulk_row,
	.bulk_flush = pg_bulk_flush,
	.bulk_close = pg_bulk_close,
};
