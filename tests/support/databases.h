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
 */
#ifndef TESTS_SUPPORT_DATABASES_H
#define TESTS_SUPPORT_DATABASES_H

#include "base/error.h"
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

static inline void test_database_server(const char *command, const char *name)
{
	struct error e;
	struct store *server;
	char sql[128];
	snprintf(sql, sizeof sql, "%s %s", command, name);
	assert_ok(store_open(&server, getenv("ONEVIEW_TEST_POSTGRES"), STORE_DATA, STORE_WRITE, &e), &e);
	assert_ok(store_execute(server, sql, &e), &e);
	store_close(server);
}

static inline void test_database_make(struct test_database *db)
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
	const char *server = getenv("ONEVIEW_TEST_POSTGRES");
	assert_non_null(server);
	const char *query = strchr(server, '?');
	snprintf(db->name, sizeof db->name, "test_%d_%u", (int)getpid(), ++made);
	snprintf(db->address, sizeof db->address, "postgresql:///%s%s", db->name, query ? query : "");
	test_database_server("CREATE DATABASE", db->name);
}

static inline struct store *test_database_open_bare(const struct test_database *db, enum store_shelf shelf,
						    enum store_mode mode)
{
	struct error e;
	struct store *store;
	assert_ok(store_open(&store, db->address, shelf, mode, &e), &e);
	return store;
}

/* For writing, with the program's newest schema. */
static inline struct store *test_database_open(const struct test_database *db, enum store_shelf shelf)
{
	struct error e;
	struct store *store = test_database_open_bare(db, shelf, STORE_WRITE);
	assert_ok(store_migrate(store, &e), &e);
	return store;
}

/* All stores must be closed. */
static inline void test_database_drop(struct test_database *db)
{
	char command[260];
	if (db->kind == STORE_POSTGRESQL)
		test_database_server("DROP DATABASE", db->name);
	snprintf(command, sizeof command, "rm -rf '%s'", db->folder);
	assert_int_equal(system(command), 0);
}

/* One number from a query that gives one. */
static inline int64_t test_query(struct store *store, const char *sql)
{
	struct error e;
	int64_t value;
	assert_ok(store_query_int(store, sql, &value, &e), &e);
	return value;
}

#endif
