#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "base/file.h"

#include <errno.h>
#include <sqlite3.h>

static struct test_database db;
static struct store *store;
static struct error e;

static void open_store(void)
{
	store = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
}

static int make(void **state)
{
	(void)state;
	test_database_make_empty(&db);
	store = test_database_open(&db, STORE_DATA);
	assert_ok(store_define(store, "CREATE TABLE pair (n ID PRIMARY KEY, twin INT)", &e), &e);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	store_close(store);
	test_database_drop(&db);
	return 0;
}

static void assert_told(enum status status, enum status wanted, const char *code)
{
	if (status != wanted || strcmp(e.code, code) != 0) {
		error_print(&e, stderr);
		fail_msg("wanted %s, got %s (status %d)", code, e.code, status);
	}
	assert_true(e.message[0] && e.remedy[0]);
}

/* ---- a disk that fills up: the Nth write fails, N = 1, 2, 3 ... (SQLite) ---------------------- */

static int writes_left = -1; /* -1: never fails */
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);

static bool fails_now(void)
{
	if (writes_left < 0 || --writes_left > 0)
		return false;
	writes_left = 0; /* a full disk stays full */
	errno = ENOSPC;
	return true;
}

static ssize_t failing_pwrite(int file, const void *at, size_t len, off_t to)
{
	return fails_now() ? -1 : real_pwrite(file, at, len, to);
}

static ssize_t failing_pwrite64(int file, const void *at, size_t len, off64_t to)
{
	return fails_now() ? -1 : real_pwrite64(file, at, len, to);
}

static ssize_t failing_write(int file, const void *at, size_t len)
{
	return fails_now() ? -1 : real_write(file, at, len);
}

static void replace_writes(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))vfs->xGetSystemCall(vfs, "pwrite");
	real_pwrite64 = (ssize_t(*)(int, const void *, size_t, off64_t))vfs->xGetSystemCall(vfs, "pwrite64");
	real_write = (ssize_t(*)(int, const void *, size_t))vfs->xGetSystemCall(vfs, "write");
	if (real_pwrite)
		vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)failing_pwrite);
	if (real_pwrite64)
		vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)failing_pwrite64);
	vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)failing_write);
}

/* Each n and its twin go in together, with enough beside them to spill over several pages. */
static enum status insert_twins(int64_t n)
{
	struct statement *insert;
	enum status status = store_begin(store, &e);
	if (status == STATUS_OK)
		status = store_prepare(&insert, store, "INSERT INTO pair (n, twin) VALUES (:n, :twin)", &e);
	for (int64_t i = 0; i < 2000 && status == STATUS_OK; i++) {
		statement_bind_int(insert, "n", n * 10000 + i);
		statement_bind_int(insert, "twin", n);
		status = statement_run(insert, NULL, &e);
		if (i == 1999 || status)
			statement_done(insert);
	}
	if (status == STATUS_OK)
		status = store_commit(store, &e);
	store_rollback(store);
	return status;
}

static void test_a_full_disk_leaves_all_or_nothing(void **state)
{
	(void)state;
	if (db.kind != STORE_SQLITE)
		skip();
	replace_writes();
	enum status status = STATUS_IO;
	int64_t whole = 0;
	int failures = 0;
	for (int nth = 1; status != STATUS_OK; nth++) {
		assert_true(nth < 1000);
		writes_left = nth;
		status = insert_twins(nth);
		writes_left = -1;
		if (status) {
			failures++;
			assert_told(status, STATUS_IO, "store.disk_full");
		}
		/* The same connection, and a new one, see whole transactions only. */
		int64_t count = test_query(store, "SELECT count(*) FROM pair");
		store_close(store);
		open_store();
		assert_int_equal(test_query(store, "SELECT count(*) FROM pair"), count);
		assert_int_equal(count % 2000, 0);
		assert_true(count == whole || (status == STATUS_OK && count == whole + 2000));
		whole = count;
	}
	assert_true(failures > 3);
	assert_int_equal(test_query(store, "SELECT count(*) FROM pair"), 2000);
}

static void test_a_database_that_may_not_grow(void **state)
{
	(void)state;
	if (db.kind != STORE_SQLITE)
		skip();
	assert_ok(store_execute(store, "PRAGMA max_page_count = 1", &e), &e);
	assert_told(insert_twins(1), STATUS_IO, "store.disk_full");
}

static void test_a_damaged_file_is_told_at_opening(void **state)
{
	(void)state;
	if (db.kind != STORE_SQLITE)
		skip();
	char path[300];
	struct store *damaged;
	snprintf(path, sizeof path, "%s/desk.db", db.folder);
	assert_ok(
		file_replace(path, TEXT("this is no database, whatever its name says ....................."), 0600, &e),
		&e);
	assert_told(store_open(&damaged, db.address, STORE_DESK, STORE_READ, &e), STATUS_CORRUPT, "store.corrupt");
	assert_null(damaged);
}

static void test_what_is_missing_or_forbidden_is_told(void **state)
{
	(void)state;
	struct store *none;
	assert_told(store_open(&none, "sqlite:/no/such/folder", STORE_DATA, STORE_WRITE, &e), STATUS_NOT_FOUND,
		    "store.missing");
	assert_told(store_open(&none, "sqlite:/no/such/folder", STORE_DATA, STORE_READ, &e), STATUS_NOT_FOUND,
		    "store.missing");
	assert_told(store_open(&none, "sqlite:/sys/kernel", STORE_DATA, STORE_WRITE, &e), STATUS_IO, "store.read_only");
	assert_told(store_open(&none, "mysql://host", STORE_DATA, STORE_WRITE, &e), STATUS_USAGE, "store.address");
	assert_told(
		store_open(&none, "postgresql://nobody:hunter2@/x?host=/no/such/folder", STORE_DATA, STORE_WRITE, &e),
		STATUS_IO, "store.server_gone");
	assert_null(strstr(e.message, "hunter2"));
	assert_null(strstr(e.cause, "hunter2"));
	if (db.kind == STORE_POSTGRESQL) {
		char address[sizeof db.address + 20];
		snprintf(address, sizeof address, "postgresql:///no_such%s", strchr(db.address, '?'));
		assert_told(store_open(&none, address, STORE_DATA, STORE_READ, &e), STATUS_NOT_FOUND, "store.missing");
	}
}

static void test_a_held_database_is_told_in_time(void **state)
{
	(void)state;
	struct store *holder = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
	assert_ok(insert_twins(1), &e);
	assert_ok(store_begin(holder, &e), &e);
	assert_ok(store_execute(holder, "UPDATE pair SET twin = 5 WHERE n = 10000", &e), &e);
	store_set_patience(store, 50);
	enum status status = store_begin(store, &e);
	if (status == STATUS_OK)
		status = store_execute(store, "UPDATE pair SET twin = 6 WHERE n = 10000", &e);
	assert_told(status, STATUS_CONFLICT, "store.locked");
	store_rollback(store);
	assert_ok(store_commit(holder, &e), &e);
	assert_ok(store_execute(store, "UPDATE pair SET twin = 6 WHERE n = 10000", &e), &e);
	store_close(holder);
}

/* ---- a server that goes away (PostgreSQL) ----------------------------------------------------- */

static void cut_connections(void)
{
	struct store *other = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
	assert_ok(store_execute(other,
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
				"current_database() AND pid <> pg_backend_pid()",
				&e),
		  &e);
	store_close(other);
}

static void restart_server(void)
{
	const char *command = getenv("ONEVIEW_TEST_POSTGRES_RESTART");
	assert_non_null(command);
	assert_int_equal(system(command), 0);
}

static void check_recovery(void (*break_it)(void))
{
	struct statement *query;
	bool row;
	int64_t count;
	assert_ok(insert_twins(1), &e);
	assert_ok(store_prepare(&query, store, "SELECT twin FROM pair WHERE n = :n", &e), &e);
	int twin = statement_column(query, "twin");
	statement_bind_int(query, "n", 10001);
	assert_ok(statement_step(query, &row, &e), &e);
	statement_reset(query);

	break_it();
	assert_told(statement_step(query, &row, &e), STATUS_IO, "store.server_gone");
	/* The next use works, with the same statement. */
	assert_ok(statement_step(query, &row, &e), &e);
	assert_true(row);
	assert_int_equal(statement_int(query, twin), 1);
	statement_done(query);

	/* Inside a transaction nothing goes on as if nothing had happened. */
	assert_ok(store_begin(store, &e), &e);
	assert_ok(store_execute(store, "DELETE FROM pair", &e), &e);
	break_it();
	assert_told(store_execute(store, "DELETE FROM pair", &e), STATUS_IO, "store.server_gone");
	assert_int_equal(store_commit(store, &e), STATUS_INTERNAL);
	assert_false(store_in_transaction(store));
	assert_ok(store_query_int(store, "SELECT count(*) FROM pair", &count, &e), &e);
	assert_int_equal(count, 2000);

	/* Bulk rows and queued changes that were under way are gone, and said to be. */
	struct bulk *bulk;
	assert_ok(store_bulk_begin(&bulk, store, "pair", "n, twin", &e), &e);
	bulk_int(bulk, 1);
	bulk_int(bulk, 1);
	assert_ok(bulk_row(bulk, &e), &e);
	break_it();
	assert_told(bulk_end(bulk, &e), STATUS_IO, "store.server_gone");
	assert_ok(store_query_int(store, "SELECT count(*) FROM pair", &count, &e), &e);
	assert_int_equal(count, 2000);
	assert_ok(store_begin(store, &e), &e);
	assert_ok(store_prepare(&query, store, "DELETE FROM pair WHERE n = :n", &e), &e);
	statement_bind_int(query, "n", 10001);
	assert_ok(statement_queue(query, &e), &e);
	break_it();
	assert_told(store_commit(store, &e), STATUS_IO, "store.server_gone");
	statement_done(query);
	assert_ok(store_query_int(store, "SELECT count(*) FROM pair", &count, &e), &e);
	assert_int_equal(count, 2000);
}

/* What a server says when its disk is full and the like cannot be had cheaply: have it say so. */
static void test_what_a_server_says_is_understood(void **state)
{
	(void)state;
	static const struct {
		const char *sqlstate;
		enum status status;
		const char *code;
	} cases[] = {
		{"53100", STATUS_IO, "store.disk_full"},
		{"53200", STATUS_NO_MEMORY, "store.memory"},
		{"53300", STATUS_IO, "store.too_many"},
		{"25006", STATUS_IO, "store.read_only"},
		{"42501", STATUS_IO, "store.read_only"},
		{"40001", STATUS_CONFLICT, "store.conflict"},
		{"40P01", STATUS_CONFLICT, "store.conflict"},
		{"55P03", STATUS_CONFLICT, "store.locked"},
		{"57014", STATUS_INTERRUPTED, "store.interrupted"},
		{"57P03", STATUS_IO, "store.server_gone"},
		{"28P01", STATUS_REFUSED, "store.sign_in"},
		{"23505", STATUS_CONFLICT, "store.duplicate"},
		{"23514", STATUS_INVALID, "store.constraint"},
		{"22003", STATUS_INVALID, "store.constraint"},
		{"58030", STATUS_IO, "store.io"},
		{"XX001", STATUS_CORRUPT, "store.corrupt"},
		{"42P01", STATUS_INTERNAL, "store.sql"},
	};
	if (db.kind != STORE_POSTGRESQL)
		skip();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char sql[160];
		snprintf(sql, sizeof sql,
			 "DO $$ BEGIN RAISE EXCEPTION 'Secretname was here' USING ERRCODE = '%s'; END $$",
			 cases[i].sqlstate);
		assert_told(store_execute(store, sql, &e), cases[i].status, cases[i].code);
		if (strncmp(cases[i].sqlstate, "22", 2) == 0 || strncmp(cases[i].sqlstate, "23", 2) == 0)
			assert_null(strstr(e.cause, "Secretname"));
	}
}

static void test_a_cut_connection_is_told_and_made_anew(void **state)
{
	(void)state;
	if (db.kind != STORE_POSTGRESQL)
		skip();
	check_recovery(cut_connections);
}

static void test_a_restarted_server(void **state)
{
	(void)state;
	if (db.kind != STORE_POSTGRESQL || !getenv("ONEVIEW_TEST_RESTART"))
		skip();
	check_recovery(restart_server);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_a_full_disk_leaves_all_or_nothing),
		ON_A_DATABASE(test_a_database_that_may_not_grow),
		ON_A_DATABASE(test_a_damaged_file_is_told_at_opening),
		ON_A_DATABASE(test_what_is_missing_or_forbidden_is_told),
		ON_A_DATABASE(test_a_held_database_is_told_in_time),
		ON_A_DATABASE(test_what_a_server_says_is_understood),
		ON_A_DATABASE(test_a_cut_connection_is_told_and_made_anew),
		ON_A_DATABASE(test_a_restarted_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
