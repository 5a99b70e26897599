#include "base/date.h"
#include "base/memory.h"
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum frequent { FREQUENT_BEGIN, FREQUENT_BEGIN_WRITE, FREQUENT_COMMIT, FREQUENT_ROLLBACK, FREQUENT_COUNT };

struct sqlite {
	sqlite3 *handle;
	sqlite3_stmt *frequent[FREQUENT_COUNT]; /* compiled when first wanted */
	char path[240];
	instant waiting_since; /* for a lock */
};

struct sqlite_statement {
	struct statement base;
	sqlite3_stmt *handle;
};

static sqlite3 *handle_of(const struct store *store)
{
	return ((struct sqlite *)store->connection)->handle;
}

static sqlite3_stmt *stmt_of(struct statement *statement)
{
	return ((struct sqlite_statement *)statement)->handle;
}

static enum failure failure_of(sqlite3 *handle, int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return FAILURE_DISK_FULL;
	case SQLITE_IOERR:
		return sqlite3_system_errno(handle) == ENOSPC ? FAILURE_DISK_FULL : FAILURE_IO;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return FAILURE_READ_ONLY;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return FAILURE_LOCKED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return FAILURE_CORRUPT;
	case SQLITE_CONSTRAINT:
		return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
				       code == SQLITE_CONSTRAINT_ROWID
			       ? FAILURE_DUPLICATE
			       : FAILURE_CONSTRAINT;
	case SQLITE_NOMEM:
		return FAILURE_NO_MEMORY;
	case SQLITE_INTERRUPT:
		return FAILURE_INTERRUPTED;
	case SQLITE_CANTOPEN:
		return sqlite3_system_errno(handle) == ENOSPC ? FAILURE_DISK_FULL : FAILURE_IO;
	case SQLITE_TOOBIG:
		return FAILURE_CONSTRAINT;
	default:
		return FAILURE_SQL;
	}
}

/* SQLite's own messages name tables and columns, never values. */
static enum status sqlite_fail(const struct store *store, struct error *error)
{
	sqlite3 *handle = handle_of(store);
	int code = sqlite3_extended_errcode(handle);
	return store_fail(store, failure_of(handle, code), sqlite3_errmsg(handle), error);
}

/* SQLite would make a missing file readable to all; its journal files take the mode of this one. A file that is there
 * is never opened here: to close a descriptor of it would drop the locks of all connections that this
 * process has to it (fcntl(2)), and another process would then take the log away from under them. */
static enum status make_file(const struct store *store, const char *path, struct error *error)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file >= 0)
		close(file);
	if (file >= 0 || errno == EEXIST)
		return STATUS_OK;
	char cause[128];
	enum failure failure = errno == ENOENT                                       ? FAILURE_MISSING
			       : errno == ENOSPC                                     ? FAILURE_DISK_FULL
			       : errno == EACCES || errno == EROFS || errno == EPERM ? FAILURE_READ_ONLY
										     : FAILURE_IO;
	return store_fail(store, failure, strerror_r(errno, cause, sizeof cause), error);
}

static enum status use_log(struct store *store, struct error *error)
{
	/* The data shelf is read in long ranges. A commit of the desk writes a few pages, each whole. */
	const char *sql = store->shelf == STORE_DATA ? "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL"
						     : "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL";
	return sqlite3_exec(handle_of(store), sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK
										  : sqlite_fail(store, error);
}

static int64_t mapped_most(const struct store *store)
{
	return store->shelf == STORE_DATA ? INT64_C(4) << 30 : 256 << 20;
}

static enum status configure(struct store *store, struct error *error)
{
	sqlite3 *handle = handle_of(store);
	bool loads = store->shelf == STORE_DATA && store->mode == STORE_WRITE;
	char sql[640];
	/* Temporary tables stay in memory: nothing of a resident reaches a temporary file. The desk's log is moved
	 * into its file often and a little at a time, so that no page waits long for it. */
	snprintf(sql, sizeof sql,
		 "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
		 "PRAGMA cache_size = %d; PRAGMA mmap_size = %lld; PRAGMA synchronous = %s;"
		 "PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = 67108864; PRAGMA query_only = %d;",
		 loads ? -131072 : -16384, (long long)mapped_most(store),
		 store->shelf == STORE_DESK ? "FULL" : "NORMAL", loads ? 8000 : 500, store->mode == STORE_READ);
	if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_fail(store, error);
	/* The first read, so that a damaged or foreign file is told of here. */
	if (sqlite3_exec(handle, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_fail(store, error);
	return STATUS_OK;
}

/* SQLite's own handler sleeps up to 100 ms at a time, longer than most commits of a desk take. */
static int wait_for_lock(void *context, int tries)
{
	const struct store *store = context;
	struct sqlite *sqlite = store->connection;
	instant now = instant_now();
	if (tries == 0)
		sqlite->waiting_since = now;
	if (now - sqlite->waiting_since >= (int64_t)store->patience * 1000)
		return 0;
	usleep(tries < 20 ? 200 : 2000);
	return 1;
}

/* Pages that were read are in a mapping of the file: it is given up, and made again when next wanted. */
static void sqlite_forget_pages(struct store *store)
{
	char sql[96];
	snprintf(sql, sizeof sql, "PRAGMA shrink_memory; PRAGMA mmap_size = 0; PRAGMA mmap_size = %lld",
		 (long long)mapped_most(store));
	sqlite3_exec(handle_of(store), sql, NULL, NULL, NULL);
}

static void sqlite_set_patience(struct store *store)
{
	sqlite3_busy_handler(handle_of(store), wait_for_lock, store);
}

/* SQLite counts every byte that it allocates, under one lock for all threads: a fifteenth of a page's time. */
static void start_sqlite(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

static enum status sqlite_open(struct store *store, const char *address, struct error *error)
{
	static pthread_once_t started = PTHREAD_ONCE_INIT;
	pthread_once(&started, start_sqlite);
	const char *folder = address + strlen("sqlite:");
	struct sqlite *sqlite = memory_alloc(1, sizeof *sqlite);
	store->connection = sqlite;
	int len = snprintf(sqlite->path, sizeof sqlite->path, "%s/%s.db", folder, shelf_name(store->shelf));
	snprintf(store->where, sizeof store->where, "%s", sqlite->path);
	if (!*folder || len >= (int)sizeof sqlite->path)
		return error_set(error, STATUS_USAGE, "store.address",
				 "The folder of a database address is missing or too long");
	if (store->mode == STORE_WRITE) {
		enum status status = make_file(store, sqlite->path, error);
		if (status)
			return status;
	} else if (access(sqlite->path, F_OK) != 0) {
		return store_fail(store, FAILURE_MISSING, NULL, error);
	}
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (sqlite3_open_v2(sqlite->path, &sqlite->handle, flags, NULL) != SQLITE_OK)
		return sqlite_fail(store, error);
	sqlite_set_patience(store);
	enum status status = store->mode == STORE_WRITE ? use_log(store, error) : STATUS_OK;
	return status ? status : configure(store, error);
}

static void sqlite_close(struct store *store)
{
	struct sqlite *sqlite = store->connection;
	for (int i = 0; sqlite && i < FREQUENT_COUNT; i++)
		sqlite3_finalize(sqlite->frequent[i]);
	if (sqlite)
		sqlite3_close_v2(sqlite->handle);
	free(sqlite);
}

static enum status sqlite_ready(struct store *store, struct error *error)
{
	(void)store, (void)error;
	return STATUS_OK;
}

static enum status sqlite_execute(struct store *store, const char *sql, struct error *error)
{
	return sqlite3_exec(handle_of(store), sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK
										  : sqlite_fail(store, error);
}

/* Each page begins and ends a transaction or two: compiling the word took longer than doing it. */
static int run_frequent(const struct store *store, enum frequent which)
{
	static const char *const words[] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};
	struct sqlite *sqlite = store->connection;
	sqlite3_stmt **handle = &sqlite->frequent[which];
	if (!*handle) {
		int code =
			sqlite3_prepare_v3(sqlite->handle, words[which], -1, SQLITE_PREPARE_PERSISTENT, handle, NULL);
		if (code != SQLITE_OK)
			return code;
	}
	int code = sqlite3_step(*handle);
	int at_reset = sqlite3_reset(*handle); /* leaves the error where sqlite_fail() looks for it */
	return code == SQLITE_DONE ? at_reset : code;
}

static enum status sqlite_begin(struct store *store, struct error *error)
{
	int code = run_frequent(store, store->mode == STORE_READ ? FREQUENT_BEGIN : FREQUENT_BEGIN_WRITE);
	return code == SQLITE_OK ? STATUS_OK : sqlite_fail(store, error);
}

static enum status sqlite_commit(struct store *store, struct error *error)
{
	return run_frequent(store, FREQUENT_COMMIT) == SQLITE_OK ? STATUS_OK : sqlite_fail(store, error);
}

static void sqlite_rollback(struct store *store)
{
	/* After a full disk SQLite may have rolled back by itself. */
	if (!sqlite3_get_autocommit(handle_of(store)))
		run_frequent(store, FREQUENT_ROLLBACK);
}

static enum status force_to_disk(const struct store *store, const char *path, struct error *error)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return errno == ENOENT ? STATUS_OK : store_fail(store, FAILURE_IO, "opening the log", error);
	int failed = fsync(file);
	close(file);
	return failed ? store_fail(store, FAILURE_IO, "forcing the log to disk", error) : STATUS_OK;
}

/* With synchronous = NORMAL the log is written but not yet forced to disk; force it, and its name in the
 * folder. Closing the descriptor drops no lock, because SQLite holds none on the log itself. */
static enum status sqlite_sync(struct store *store, struct error *error)
{
	struct sqlite *sqlite = store->connection;
	char path[sizeof sqlite->path + 8];
	snprintf(path, sizeof path, "%s-wal", sqlite->path);
	enum status status = force_to_disk(store, path, error);
	snprintf(path, sizeof path, "%.*s", (int)(strrchr(sqlite->path, '/') - sqlite->path), sqlite->path);
	return status ? status : force_to_disk(store, path, error);
}

static struct statement *sqlite_statement_new(void)
{
	struct sqlite_statement *statement = memory_alloc(1, sizeof *statement);
	return &statement->base;
}

static enum status sqlite_prepare(struct statement *statement, struct error *error)
{
	struct sqlite_statement *self = (struct sqlite_statement *)statement;
	struct buf sql;
	buf_init(&sql, 1 << 20);
	sql_render(statement, 0, &sql);
	int code = sqlite3_prepare_v3(handle_of(statement->store), buf_text(&sql).at, -1, SQLITE_PREPARE_PERSISTENT,
				      &self->handle, NULL);
	buf_release(&sql);
	return code == SQLITE_OK ? STATUS_OK : sqlite_fail(statement->store, error);
}

/* LIFETIME is SQLITE_TRANSIENT (copied) or SQLITE_STATIC (borrowed until the next step). */
static void bind_to(sqlite3_stmt *handle, int place, const struct value *value, sqlite3_destructor_type lifetime)
{
	switch (value->type) {
	case VALUE_INT:
		sqlite3_bind_int64(handle, place, value->integer);
		break;
	case VALUE_DOUBLE:
		sqlite3_bind_double(handle, place, value->real);
		break;
	case VALUE_TEXT:
		sqlite3_bind_text64(handle, place, value->bytes.at, value->bytes.len, lifetime, SQLITE_UTF8);
		break;
	case VALUE_BLOB:
		sqlite3_bind_blob64(handle, place, value->bytes.at, value->bytes.len, lifetime);
		break;
	case VALUE_NULL:
		sqlite3_bind_null(handle, place);
		break;
	}
}

static void sqlite_bind(struct statement *statement, unsigned parameter, const struct value *value)
{
	bind_to(stmt_of(statement), (int)parameter + 1, value, SQLITE_TRANSIENT);
}

static enum status sqlite_step(struct statement *statement, bool *row, struct error *error)
{
	int code = sqlite3_step(stmt_of(statement));
	*row = code == SQLITE_ROW;
	return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : sqlite_fail(statement->store, error);
}

static enum status sqlite_queue(struct statement *statement, struct error *error)
{
	int code = sqlite3_step(stmt_of(statement));
	enum status status =
		code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : sqlite_fail(statement->store, error);
	sqlite3_reset(stmt_of(statement));
	return status;
}

static int64_t sqlite_changed(struct statement *statement)
{
	return sqlite3_changes64(handle_of(statement->store));
}

static void sqlite_reset(struct statement *statement)
{
	sqlite3_reset(stmt_of(statement));
}

static void sqlite_clear(struct statement *statement)
{
	sqlite3_clear_bindings(stmt_of(statement));
}

static void sqlite_statement_free(struct statement *statement)
{
	sqlite3_finalize(stmt_of(statement));
}

static int sqlite_column(struct statement *statement, const char *name)
{
	int count = sqlite3_column_count(stmt_of(statement)), i = statement->next_column;
	for (int tried = 0; tried < count; tried++, i++) {
		i = i < count ? i : 0;
		if (strcmp(sqlite3_column_name(stmt_of(statement), i), name) != 0)
			continue;
		statement->next_column = i + 1;
		return i;
	}
	return -1;
}

static bool sqlite_value(struct statement *statement, int column, enum value_type wanted, struct value *out)
{
	sqlite3_stmt *handle = stmt_of(statement);
	if (column == FIRST_COLUMN)
		column = 0;
	int type = sqlite3_column_type(handle, column);
	if (type == SQLITE_NULL)
		return true;
	bool number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
	out->type = wanted == VALUE_NULL ? VALUE_INT : wanted;
	if (wanted == VALUE_INT)
		out->integer = sqlite3_column_int64(handle, column);
	else if (wanted == VALUE_DOUBLE)
		out->real = sqlite3_column_double(handle, column);
	else if (wanted == VALUE_TEXT && !number) {
		const char *at = sqlite3_column_blob(handle, column);
		out->bytes = text_slice(at ? at : "", (size_t)sqlite3_column_bytes(handle, column));
	}
	return wanted == VALUE_NULL || number == (wanted != VALUE_TEXT);
}

struct sqlite_bulk {
	sqlite3_stmt *handle;
};

static enum status sqlite_bulk_open(struct bulk *bulk, struct error *error)
{
	struct sqlite_bulk *self = memory_alloc(1, sizeof *self);
	bulk->driver_data = self;
	struct buf sql;
	buf_init(&sql, 1 << 16);
	buf_format(&sql, "INSERT INTO %s (%s) VALUES (", bulk->table, bulk->columns);
	for (unsigned i = 0; i < bulk->column_count; i++)
		buf_format(&sql, i ? ",?%u" : "?%u", i + 1);
	buf_append_char(&sql, ')');
	int code = sqlite3_prepare_v3(handle_of(bulk->store), buf_text(&sql).at, -1, 0, &self->handle, NULL);
	buf_release(&sql);
	return code == SQLITE_OK ? STATUS_OK : sqlite_fail(bulk->store, error);
}

static void sqlite_bulk_value(struct bulk *bulk, const struct value *value)
{
	struct sqlite_bulk *self = bulk->driver_data;
	bind_to(self->handle, (int)bulk->value_count + 1, value, SQLITE_STATIC);
}

static enum status sqlite_bulk_row(struct bulk *bulk, struct error *error)
{
	struct sqlite_bulk *self = bulk->driver_data;
	int code = sqlite3_step(self->handle);
	enum status status = code == SQLITE_DONE ? STATUS_OK : sqlite_fail(bulk->store, error);
	sqlite3_reset(self->handle);
	return status;
}

static enum status sqlite_bulk_flush(struct bulk *bulk, struct error *error)
{
	(void)bulk, (void)error;
	return STATUS_OK;
}

static void sqlite_bulk_close(struct bulk *bulk)
{
	struct sqlite_bulk *self = bulk->driver_data;
	if (self)
		sqlite3_finalize(self->handle);
	free(self);
}

const struct store_driver sqlite_driver = {
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.open = sqlite_open,
	.close = sqlite_close,
	.execute = sqlite_execute,
	.ready = sqlite_ready,
	.rollback = sqlite_rollback,
	.set_patience = sqlite_set_patience,
	.forget_pages = sqlite_forget_pages,
	.sync = sqlite_sync,
	.statement_new = sqlite_statement_new,
	.prepare = sqlite_prepare,
	.bind = sqlite_bind,
	.step = sqlite_step,
	.queue = sqlite_queue,
	.changed = sqlite_changed,
	.reset = sqlite_reset,
	.clear = sqlite_clear,
	.statement_free = sqlite_statement_free,
	.column = sqlite_column,
	.value = sqlite_value,
	.bulk_open = sqlite_bulk_open,
	.bulk_value = sqlite_bulk_value,
	.bulk_row = sqlite_bulk_row,
	.bulk_flush = sqlite_bulk_flush,
	.bulk_close = sqlite_bulk_close,
};
