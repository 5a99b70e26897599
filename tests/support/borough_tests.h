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

/* The value of ELEMENT in FEED's newest row; "(withheld)", or "(none)". */
static inline const char *value_in(const struct disclosure_resident *answer, const char *feed, const char *element)
{
	for (size_t i = 0; i < answer->row_count; i++) {
		const struct disclosed_row *row = &answer->rows[i];
		if (!row->newest || !text_is(row->origin.feed->id, feed))
			continue;
		for (size_t v = 0; v < row->value_count; v++) {
			if (text_is(row->values[v].element->id, element))
				return row->values[v].withheld ? "(withheld)" : row->values[v].value.at;
		}
	}
	return "(none)";
}

/* How many are found, and the first of them. */
static inline size_t find_as(const char *role, const char *purpose, const char *query, int64_t *first)
{
	struct error e;
	struct viewer viewer = borough_viewer(&borough, role, purpose);
	struct disclosure_search search = {.query = text_of(query), .viewer = &viewer, .on = DATE_UNKNOWN};
	struct disclosure_finding finding;
	assert_ok(disclosure_find(&finding, borough.door, &search, &arena, &e), &e);
	assert_ok(disclosure_wait(finding.ticket, &e), &e);
	assert_true(finding.ready);
	*first = finding.count ? finding.at[0].person.resident_id : 0;
	return finding.count;
}

#endif
