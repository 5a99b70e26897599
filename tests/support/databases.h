/* A fresh database for a test, on SQLite or, under tests/support/with-postgres, on PostgreSQL.
 *
 *     struct test_database db;
 *     test_database_make(&db);
 *     struct store *data = test_database_open(&db, STORE_DATA);   // migrated
 *     ...
 *     store_close(data);
 *     test_database_drop(&db);
 *
 * Register a test twice: see tests/foundation/store/meson.build.  Include after <cmocka.h>.
 *
 * To make the newest schema takes longer than most tests, so it is made once, for a process (SQLite) or for a server
 * (PostgreSQL), and copied.  A test of how it is made begins with test_database_make_empty() and opens bare.
 */
#ifndef TESTS_SUPPORT_DATABASES_H
#define TESTS_SUPPORT_DATABASES_H

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_database {
	enum store_kind kind;
	char folder[200];  /* a temporary folder of the test's own, whatever the database */
	char address[400]; /* for store_open() */
	char name[64];     /* of the PostgreSQL database */
};

/* Shows the record and fails the test unless STATUS is STATUS_OK. */
#define assert_ok(status, error_ptr) \
	do { \
		if ((status) != STATUS_OK) { \
			error_print((error_ptr), stderr); \
			fail_msg("%s failed", #status); \
		} \
	} while (0)

static inline enum store_kind test_database_kind(void)
{
	const char *wanted = getenv("ONEVIEW_TEST_DATABASE");
	return wanted && strcmp(wanted, "postgresql") == 0 ? STORE_POSTGRESQL : STORE_SQLITE;
}

/* One number from a query that gives one. */
static inline int64_t test_query(struct store *store, const char *sql)
{
	struct error e;
	int64_t value;
	assert_ok(store_query_int(store, sql, &value, &e), &e);
	return value;
}

static inline struct store *test_database_server(void)
{
	struct error e;
	struct store *server;
	assert_ok(store_open(&server, getenv("ONEVIEW_TEST_POSTGRES"), STORE_DATA, STORE_WRITE, &e), &e);
	return server;
}

static inline void test_database_command(struct store *server, const char *format, const char *name, const char *other)
{
	struct error e;
	char sql[200];
	snprintf(sql, sizeof sql, format, name, other);
	assert_ok(store_execute(server, sql, &e), &e);
}

static inline void test_database_address(char address[400], const char *name)
{
	const char *query = strchr(getenv("ONEVIEW_TEST_POSTGRES"), '?');
	snprintf(address, 400, "postgresql:///%s%s", name, query ? query : "");
}

static inline void test_database_migrate(const char *address)
{
	for (int shelf = STORE_DATA; shelf <= STORE_DESK; shelf++) {
		struct error e;
		struct store *store;
		assert_ok(store_open(&store, address, (enum store_shelf)shelf, STORE_WRITE, &e), &e);
		assert_ok(store_migrate(store, &e), &e);
		store_close(store);
	}
}

/* The database that others on SERVER are copied from.  Processes that want it at once wait for the first. */
static inline void test_database_newest(struct store *server)
{
	char making[64], address[400];
	test_database_command(server, "SELECT pg_advisory_lock(1)", "", "");
	if (test_query(server, "SELECT COUNT(*) FROM pg_database WHERE datname = 'newest'"))
		return;
	snprintf(making, sizeof making, "making_%d", (int)getpid());
	test_database_command(server, "CREATE DATABASE %s", making, "");
	test_database_address(address, making);
	test_database_migrate(address);
	test_database_command(server, "ALTER DATABASE %s RENAME TO newest", making, "");
}

static inline void test_database_begin(struct test_database *db, const char *how)
{
	static unsigned made;
	memset(db, 0, sizeof *db);
	db->kind = test_database_kind();
	const char *tmp = getenv("TMPDIR");
	snprintf(db->folder, sizeof db->folder, "%s/oneview-test.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(db->folder));
	snprintf(db->address, sizeof db->address, "sqlite:%s", db->folder);
	if (db->kind == STORE_SQLITE)
		return;
	assert_non_null(getenv("ONEVIEW_TEST_POSTGRES"));
	snprintf(db->name, sizeof db->name, "test_%d_%u", (int)getpid(), ++made);
	test_database_address(db->address, db->name);
	struct store *server = test_database_server();
	if (*how)
		test_database_newest(server);
	test_database_command(server, "CREATE DATABASE %s %s", db->name, how);
	store_close(server);
}

/* Both shelves are to be opened by test_database_open(). */
static inline void test_database_make(struct test_database *db)
{
	test_database_begin(db, "TEMPLATE newest");
}

static inline void test_database_make_empty(struct test_database *db)
{
	test_database_begin(db, "");
}

static inline struct store *test_database_open_bare(const struct test_database *db, enum store_shelf shelf,
						    enum store_mode mode)
{
	struct error e;
	struct store *store;
	assert_ok(store_open(&store, db->address, shelf, mode, &e), &e);
	return store;
}

static char test_newest_folder[200]; /* of this process: SQLite files that others are copied from */
static pid_t test_newest_owner;

static inline void test_newest_remove(void)
{
	char command[260];
	snprintf(command, sizeof command, "rm -rf '%s'", test_newest_folder);
	if (getpid() == test_newest_owner && system(command) != 0)
		fprintf(stderr, "%s is left behind\n", test_newest_folder);
}

static inline void test_newest_make(void)
{
	char address[220];
	const char *tmp = getenv("TMPDIR");
	snprintf(test_newest_folder, sizeof test_newest_folder, "%s/oneview-newest.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(test_newest_folder));
	test_newest_owner = getpid();
	atexit(test_newest_remove);
	snprintf(address, sizeof address, "sqlite:%s", test_newest_folder);
	test_database_migrate(address);
}

/* Puts the newest schema where there is no file yet. */
static inline void test_newest_copy(const struct test_database *db, enum store_shelf shelf)
{
	struct error e;
	struct buf content;
	char from[220], to[220];
	const char *name = shelf == STORE_DESK ? "desk" : "data";
	snprintf(to, sizeof to, "%s/%s.db", db->folder, name);
	if (access(to, F_OK) == 0)
		return;
	if (!*test_newest_folder)
		test_newest_make();
	snprintf(from, sizeof from, "%s/%s.db", test_newest_folder, name);
	buf_init(&content, 64 << 20);
	assert_ok(file_read(from, &content, &e), &e);
	assert_ok(file_replace(to, buf_text(&content), 0600, &e), &e);
	buf_release(&content);
}

/* For writing, with the program's newest schema. */
static inline struct store *test_database_open(const struct test_database *db, enum store_shelf shelf)
{
	struct error e;
	if (db->kind == STORE_SQLITE)
		test_newest_copy(db, shelf);
	struct store *store = test_database_open_bare(db, shelf, STORE_WRITE);
	assert_ok(store_migrate(store, &e), &e);
	return store;
}

/* All stores must be closed. */
static inline void test_database_drop(struct test_database *db)
{
	char command[260];
	if (db->kind == STORE_POSTGRESQL) {
		struct store *server = test_database_server();
		test_database_command(server, "DROP DATABASE %s%s", db->name, "");
		store_close(server);
	}
	snprintf(command, sizeof command, "rm -rf '%s'", db->folder);
	assert_int_equal(system(command), 0);
}

#endif
