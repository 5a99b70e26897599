#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "linking/residents.h"

#include <string.h>

static int64_t new_id(void *context, int64_t founder, unsigned attempt)
{
	(void)context;
	return founder * 1000 + attempt;
}

static int was_used(void *context, int64_t id)
{
	return context && id == *(const int64_t *)context;
}

static struct residents_result assign(const int64_t *records, const uint32_t *cluster, const int64_t *before,
				      size_t count, size_t clusters, int64_t *used)
{
	struct residents_result result;
	struct residents_input input = {records, cluster, before, count, clusters, new_id, was_used, used};
	residents_assign(&result, &input);
	return result;
}

static void expect_event(const struct residents_result *result, int64_t id, int64_t other, enum resident_change change,
			 uint32_t records)
{
	for (size_t i = 0; i < result->event_count; i++) {
		const struct resident_event *e = &result->events[i];
		if (e->resident_id == id && e->other == other && e->change == change && e->records == records)
			return;
	}
	fail_msg("no event: %lld %s %lld, %u records", (long long)id, resident_change_name(change), (long long)other,
		 records);
}

static const int64_t records[] = {1, 2, 3, 4, 5, 6};

static void new_records_begin_residents(void **state)
{
	(void)state;
	int64_t used = 1000;
	struct residents_result r =
		assign(records, (const uint32_t[]){0, 0, 1, 1, 1, 2}, (const int64_t[]){0, 0, 0, 0, 0, 0}, 6, 3, &used);
	assert_int_equal(r.resident[0], 1001); /* 1000 was somebody's once */
	assert_int_equal(r.resident[1], 3000);
	assert_int_equal(r.resident[2], 6000);
	assert_int_equal(r.event_count, 3);
	expect_event(&r, 3000, 0, RESIDENT_BEGAN, 3);
	residents_release(&r);
}

static void nothing_new_changes_nothing(void **state)
{
	(void)state;
	struct residents_result r = assign(records, (const uint32_t[]){2, 2, 0, 0, 1, 1},
					   (const int64_t[]){71, 71, 72, 72, 73, 73}, 6, 3, NULL);
	assert_int_equal(r.resident[2], 71);
	assert_int_equal(r.resident[0], 72);
	assert_int_equal(r.resident[1], 73);
	assert_int_equal(r.event_count, 0);
	residents_release(&r);
}

static void the_majority_keeps_the_id(void **state)
{
	(void)state;
	struct residents_result r = assign(records, (const uint32_t[]){0, 0, 0, 1, 1, 1},
					   (const int64_t[]){71, 71, 71, 71, 72, 0}, 6, 2, NULL);
	assert_int_equal(r.resident[0], 71);
	assert_int_equal(r.resident[1], 72);
	expect_event(&r, 71, 72, RESIDENT_SEPARATED, 1);
	expect_event(&r, 72, 71, RESIDENT_LINKED, 1);
	assert_int_equal(r.event_count, 2);
	residents_release(&r);
}

static void two_become_one(void **state)
{
	(void)state;
	struct residents_result r = assign(records, (const uint32_t[]){0, 0, 0, 0, 0, 0},
					   (const int64_t[]){71, 71, 72, 72, 72, 72}, 6, 1, NULL);
	assert_int_equal(r.resident[0], 72);
	expect_event(&r, 71, 72, RESIDENT_ENDED, 2);
	expect_event(&r, 72, 71, RESIDENT_LINKED, 2);
	residents_release(&r);
}

static void one_becomes_two_evenly(void **state)
{
	(void)state;
	struct residents_result r = assign(records, (const uint32_t[]){1, 1, 1, 0, 0, 0},
					   (const int64_t[]){71, 71, 71, 71, 71, 71}, 6, 2, NULL);
	assert_int_equal(r.resident[1], 71); /* the lowest record's side */
	assert_int_equal(r.resident[0], 4000);
	expect_event(&r, 4000, 0, RESIDENT_BEGAN, 3);
	expect_event(&r, 71, 4000, RESIDENT_SEPARATED, 3);
	residents_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_records_begin_residents), cmocka_unit_test(nothing_new_changes_nothing),
		cmocka_unit_test(the_majority_keeps_the_id),   cmocka_unit_test(two_become_one),
		cmocka_unit_test(one_becomes_two_evenly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
