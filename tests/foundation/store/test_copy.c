#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/copy.h"
#include "support/databases.h"

#include <stdio.h>
#include <sys/stat.h>

static void fill(const struct test_database *db, enum store_shelf shelf, int count)
{
	struct error e;
	struct store *store = test_database_open(db, shelf);
	assert_ok(store_define(store, "CREATE TABLE thing (thing_id ID PRIMARY KEY, name TEXT)", &e), &e);
	for (int i = 1; i <= count; i++) {
		char sql[100];
		snprintf(sql, sizeof sql, "INSERT INTO thing (thing_id, name) VALUES (%d, 'thing')", i);
		assert_ok(store_execute(store, sql, &e), &e);
	}
	store_close(store);
}

static void assert_count(const struct test_database *db, enum store_shelf shelf, int count)
{
	struct store *store = test_database_open_bare(db, shelf, STORE_READ);
	assert_int_equal(test_query(store, "SELECT count(*) FROM thing"), count);
	store_close(store);
}

static void test_a_copy_holds_what_was_committed(void **state)
{
	(void)state;
	struct error e;
	struct test_database from, to;
	char folder[240], file[300];
	test_database_make_empty(&from);
	test_database_make_empty(&to);
	snprintf(folder, sizeof folder, "%s/copy", from.folder);
	assert_ok(file_make_folder(folder, 0700, &e), &e);
	fill(&from, STORE_DATA, 30);
	fill(&from, STORE_DESK, 3);

	struct store *busy = test_database_open_bare(&from, STORE_DATA, STORE_WRITE);
	assert_ok(store_begin(busy, &e), &e);
	assert_ok(store_execute(busy, "INSERT INTO thing (thing_id, name) VALUES (99, 'not committed')", &e), &e);
	assert_ok(store_copy_out(from.address, folder, &e), &e);
	store_close(busy);

	assert_ok(store_copy_in(to.address, folder, &e), &e);
	assert_count(&to, STORE_DATA, 30);
	assert_count(&to, STORE_DESK, 3);

	struct stat about;
	snprintf(file, sizeof file, "%s/%s", folder, from.kind == STORE_SQLITE ? "data.db" : "postgresql.dump");
	assert_int_equal(stat(file, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_not_equal(store_copy_in(to.address, folder, &e), STATUS_OK);
	assert_int_not_equal(store_copy_out(from.address, folder, &e), STATUS_OK);
	test_database_drop(&from);
	test_database_drop(&to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_copy_holds_what_was_committed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
