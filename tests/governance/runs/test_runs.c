#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "runs/runs.h"

static struct test_database db;
static struct store *data;
static struct error e;

static int make(void **state)
{
	(void)state;
	test_database_make(&db);
	data = test_database_open(&db, STORE_DATA);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	store_close(data);
	test_database_drop(&db);
	return 0;
}

static void test_a_stopped_run_goes_on_where_it_was(void **state)
{
	(void)state;
	struct run first, second, third;
	bool done;
	assert_ok(run_begin(&first, data, "refresh", &e), &e);
	assert_false(first.resumed);
	assert_ok(store_begin(data, &e), &e);
	assert_ok(run_mark_done(&first, "extract 1", "12 rows", &e), &e);
	assert_ok(store_commit(data, &e), &e);
	assert_ok(store_begin(data, &e), &e);
	assert_ok(run_mark_done(&first, "extract 2", NULL, &e), &e);
	store_rollback(data); /* the process died before its commit */

	assert_ok(run_begin(&second, data, "refresh", &e), &e);
	assert_true(second.resumed);
	assert_int_equal(second.run_id, first.run_id);
	assert_int_equal(second.started, first.started);
	assert_ok(run_has_done(&second, "extract 1", &done, &e), &e);
	assert_true(done);
	assert_ok(run_has_done(&second, "extract 2", &done, &e), &e);
	assert_false(done);
	assert_ok(run_end(&second, RUN_FINISHED, "1 extract", &e), &e);

	assert_ok(run_begin(&third, data, "refresh", &e), &e);
	assert_false(third.resumed);
	assert_true(third.run_id > second.run_id);
	assert_ok(run_has_done(&third, "extract 1", &done, &e), &e);
	assert_false(done);
}

static void test_generation_counts_with_the_transaction(void **state)
{
	(void)state;
	int64_t generation;
	assert_ok(run_generation(data, &generation, &e), &e);
	assert_int_equal(generation, 0);
	assert_ok(run_publish(data, &generation, &e), &e);
	assert_int_equal(generation, 1);
	assert_ok(store_begin(data, &e), &e);
	assert_ok(run_publish(data, NULL, &e), &e);
	store_rollback(data);
	assert_ok(run_generation(data, &generation, &e), &e);
	assert_int_equal(generation, 1);
}

static void test_a_clock_set_back_is_told(void **state)
{
	(void)state;
	instant now = instant_now(), hour = INT64_C(3600000000);
	struct run run;
	assert_ok(run_check_clock(data, now, &e), &e);
	assert_ok(run_check_clock(data, now - hour / 60, &e), &e); /* a minute's correction is usual */
	assert_ok(run_check_clock(data, now + hour, &e), &e);
	assert_int_equal(run_check_clock(data, now, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "runs.clock");
	assert_int_equal(run_begin(&run, data, "refresh", &e), STATUS_CONFLICT);
	assert_int_equal(test_query(data, "SELECT count(*) FROM run"), 0);
	assert_ok(run_check_clock(data, now + hour, &e), &e);
}

static void test_runs_are_listed_newest_first(void **state)
{
	(void)state;
	struct run a, b;
	struct arena arena;
	struct run_record *records;
	size_t count;
	arena_init(&arena, 1 << 20);
	assert_ok(run_begin(&a, data, "refresh", &e), &e);
	assert_ok(run_mark_done(&a, "x", NULL, &e), &e);
	assert_ok(run_end(&a, RUN_FAILED, "the disk was full", &e), &e);
	assert_ok(run_begin(&b, data, "evaluate", &e), &e);
	assert_ok(run_list(data, &arena, 10, &records, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_true(text_is(records[0].kind, "evaluate"));
	assert_int_equal(records[0].finished, INSTANT_UNKNOWN);
	assert_true(text_is_absent(records[0].detail));
	assert_int_equal(records[1].status, RUN_FAILED);
	assert_int_equal(records[1].steps, 1);
	assert_true(text_is(records[1].detail, "the disk was full"));
	assert_ok(run_list(data, &arena, 1, &records, &count, &e), &e);
	assert_int_equal(count, 1);
	arena_release(&arena);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_a_stopped_run_goes_on_where_it_was),
		ON_A_DATABASE(test_generation_counts_with_the_transaction),
		ON_A_DATABASE(test_a_clock_set_back_is_told),
		ON_A_DATABASE(test_runs_are_listed_newest_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
