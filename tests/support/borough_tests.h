/* The fixture of tests that all look at one borough through the door: made once for the group, an arena for each
 * test. Include after <cmocka.h>. */
#ifndef TESTS_SUPPORT_BOROUGH_TESTS_H
#define TESTS_SUPPORT_BOROUGH_TESTS_H

#include "support/borough.h"

static struct borough borough;
static struct arena arena;

#define ON_THE_BOROUGH(test) cmocka_unit_test_setup_teardown(test, borough_begin, borough_end)
#define RUN_ON_THE_BOROUGH(tests) cmocka_run_group_tests(tests, borough_set_up, borough_tear_down)

static int borough_set_up(void **state)
{
	(void)state;
	struct error e;
	borough_make(&borough);
	assert_ok(disclosure_refresh(borough.door, NULL, &e), &e);
	return 0;
}

static int borough_tear_down(void **state)
{
	(void)state;
	borough_drop(&borough);
	return 0;
}

static int borough_begin(void **state)
{
	(void)state;
	arena_init(&arena, 64 << 20);
	return 0;
}

static int borough_end(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static inline enum status open_as(struct disclosure_resident *out, const char *role, const char *purpose, int64_t id)
{
	struct error e;
	struct viewer viewer = borough_viewer(&borough, role, purpose);
	struct disclosure_question question = {.viewer = &viewer, .subject_id = id, .on = DATE_UNKNOWN};
	enum status status = disclosure_open_resident(out, borough.door, &question, &arena, &e);
	if (!status)
		assert_ok(disclosure_wait(out->ticket, &e), &e);
	return status;
}

#endif
