/* What follows a decision is done in the end, though the database was not there at first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "village.h"

static void change(struct village *v, const char *sql)
{
	struct error e;
	struct store *desk;
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, sql, &e), &e);
	store_close(desk);
}

static int64_t open_runs(struct village *v)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM run WHERE kind = 'rulings' AND status = %d", RUN_RUNNING);
	return village_query(v, STORE_DATA, sql);
}

/* As a server leaves it that stopped behind a decision. */
static void leave_open(struct village *v)
{
	struct error e;
	struct store *data;
	struct run run;
	assert_ok(workspace_store(v->workspace, STORE_DATA, STORE_WRITE, &data, &e), &e);
	assert_ok(run_begin(&run, data, "rulings", &e), &e);
	store_close(data);
}

static void test_what_failed_is_tried_again(void **state)
{
	(void)state;
	struct village *v = village_make();
	village_stop(v);
	leave_open(v);
	change(v, "ALTER TABLE household_ruling RENAME TO household_ruling_away");
	village_start(v);
	usleep(4500000); /* the first try comes after three seconds */
	change(v, "ALTER TABLE household_ruling_away RENAME TO household_ruling");
	assert_int_equal(open_runs(v), 1);
	for (int i = 0; i < 120 && open_runs(v); i++)
		usleep(100000);
	assert_int_equal(open_runs(v), 0);
	village_remove(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_failed_is_tried_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
