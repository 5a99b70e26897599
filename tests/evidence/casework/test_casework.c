#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "casework/casework.h"
#include "casework/home_report.h"
#include "support/databases.h"
#include "vault/vault.h"

struct fixture {
	struct test_database db;
	struct store *desk;
	struct vault *vault;
	struct arena arena;
};

static int set_up(void **state)
{
	struct error e;
	char key[300];
	struct fixture *f = calloc(1, sizeof *f);
	test_database_make(&f->db);
	f->desk = test_database_open(&f->db, STORE_DESK);
	snprintf(key, sizeof key, "%s/master.key", f->db.folder);
	assert_ok(vault_create_key(key, &e), &e);
	assert_ok(vault_open(&f->vault, key, &e), &e);
	arena_init(&f->arena, 1 << 24);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	store_close(f->desk);
	vault_close(f->vault);
	arena_release(&f->arena);
	test_database_drop(&f->db);
	free(f);
	return 0;
}

static int64_t make(struct fixture *f, int64_t user_id, const char *source, const char *text)
{
	struct error e;
	int64_t id;
	struct report report = {.user_id = user_id,
				.username = TEXT("a.user"),
				.resident_id = 11,
				.record_id = 22,
				.row_key = 33,
				.feed_id = TEXT("housing_tenancies"),
				.source_id = text_of(source),
				.element_id = TEXT("tenure"),
				.as_at = DATE_UNKNOWN,
				.text = text_of(text)};
	assert_ok(report_make(f->desk, f->vault, &report, &id, &e), &e);
	return id;
}

static void test_a_report_is_sealed_and_answered_once(void **state)
{
	struct error e;
	struct report report;
	struct fixture *f = *state;
	int64_t id = make(f, 1, "housing", "Mrs Begum moved out");
	assert_int_equal(test_query(f->desk, "SELECT count(*) FROM report WHERE status = 'open'"), 1);
	assert_ok(report_read(f->desk, f->vault, id, &f->arena, &report, &e), &e);
	assert_true(text_is(report.text, "Mrs Begum moved out"));
	assert_true(text_is_absent(report.reply));
	assert_int_equal(report.replied, INSTANT_UNKNOWN);
	assert_ok(report_answer(f->desk, f->vault, id, REPORT_CORRECTED, TEXT("Ended on 3 May"), TEXT("an.owner"), &e),
		  &e);
	assert_int_equal(report_answer(f->desk, f->vault, id, REPORT_RIGHT, TEXT("No"), TEXT("x"), &e),
			 STATUS_CONFLICT);
	assert_ok(report_read(f->desk, f->vault, id, &f->arena, &report, &e), &e);
	assert_int_equal(report.status, REPORT_CORRECTED);
	assert_true(text_is(report.reply, "Ended on 3 May"));
	assert_true(text_is(report.replied_by, "an.owner"));
	assert_int_equal(report_read(f->desk, f->vault, id + 1, &f->arena, &report, &e), STATUS_NOT_FOUND);
}

static void test_lists_are_by_user_source_and_state(void **state)
{
	struct error e;
	size_t count;
	int64_t total;
	struct report *list;
	struct fixture *f = *state;
	struct text housing = TEXT("housing");
	make(f, 1, "housing", "x");
	make(f, 1, "schools", "x");
	make(f, 2, "housing", "x");
	make(f, 2, "benefits", "x");
	static const struct {
		int64_t user_id;
		size_t sources;
		bool answered;
		int64_t expected;
	} cases[] = {{0, 0, false, 4}, {1, 0, false, 2}, {0, 1, false, 2}, {2, 1, false, 3}, {0, 0, true, 0}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct report_filter filter = {.user_id = cases[i].user_id,
					       .sources = &housing,
					       .source_count = cases[i].sources,
					       .has_status = cases[i].answered,
					       .status = REPORT_CORRECTED,
					       .limit = 2};
		assert_ok(report_list(f->desk, &filter, &f->arena, &list, &count, &total, &e), &e);
		assert_int_equal(total, cases[i].expected);
		assert_int_equal(count, cases[i].expected < 2 ? cases[i].expected : 2);
	}
}

static instant look(struct fixture *f, struct seen *seen, int64_t user_id, instant at)
{
	struct error e;
	instant before;
	assert_ok(seen_look(seen, f->desk, user_id, 77, at, &before, &e), &e);
	return before;
}

static void test_looks_of_one_day_are_one(void **state)
{
	struct error e;
	struct fixture *f = *state;
	const int64_t hour = 3600 * INT64_C(1000000);
	const instant monday = 1000 * hour;
	for (int flushed = 0; flushed < 2; flushed++) {
		int64_t user = 5 + flushed;
		struct seen *seen = seen_new();
		assert_int_equal(look(f, seen, user, monday), INSTANT_UNKNOWN);
		if (flushed)
			assert_ok(seen_flush(seen, f->desk, &e), &e);
		assert_int_equal(look(f, seen, user, monday + hour), INSTANT_UNKNOWN);
		if (flushed)
			assert_ok(seen_flush(seen, f->desk, &e), &e);
		assert_int_equal(look(f, seen, user, monday + 24 * hour), monday + hour);
		if (flushed)
			assert_ok(seen_flush(seen, f->desk, &e), &e);
		assert_int_equal(look(f, seen, user, monday + 25 * hour), monday + hour);
		assert_int_equal(look(f, seen, user + 100, monday), INSTANT_UNKNOWN);
		assert_ok(seen_flush(seen, f->desk, &e), &e);
		seen_free(seen);
	}
	assert_int_equal(test_query(f->desk, "SELECT count(*) FROM seen"), 4);
}

static void test_many_looks_are_kept(void **state)
{
	struct error e;
	struct fixture *f = *state;
	struct seen *seen = seen_new();
	instant before;
	for (int64_t i = 1; i <= 5000; i++)
		assert_ok(seen_look(seen, f->desk, i % 7, i, 1000 + i, &before, &e), &e);
	assert_ok(seen_flush(seen, f->desk, &e), &e);
	assert_int_equal(test_query(f->desk, "SELECT count(*) FROM seen"), 5000);
	seen_free(seen);
}

static int64_t make_home_report(struct fixture *f, int64_t user_id)
{
	struct error e;
	int64_t id;
	struct home_report report = {.user_id = user_id,
				     .username = TEXT("a.user"),
				     .household_id = 1,
				     .resident_a = 11,
				     .resident_b = 12,
				     .suggested = HOME_APART,
				     .text = TEXT("Moses moved out in May"),
				     .evidence = TEXT("The first: likely\n")};
	assert_ok(home_report_make(f->desk, f->vault, &report, &id, &e), &e);
	return id;
}

static void test_a_report_about_a_household_is_answered_once(void **state)
{
	struct error e;
	struct home_report *list, report;
	struct fixture *f = *state;
	size_t count;
	int64_t id = make_home_report(f, 5);
	make_home_report(f, 6);
	assert_ok(home_report_list(f->desk, 5, &f->arena, &list, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_ok(home_report_list(f->desk, 0, &f->arena, &list, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_ok(home_report_read(f->desk, f->vault, id, &f->arena, &report, &e), &e);
	assert_string_equal(report.text.at, "Moses moved out in May");
	assert_string_equal(report.evidence.at, "The first: likely\n");
	assert_int_equal(report.status, HOME_OPEN);
	assert_int_equal(report.suggested, HOME_APART);
	assert_int_equal(home_report_undo(f->desk, id, TEXT("r"), &e), STATUS_CONFLICT); /* nothing was decided */
	assert_ok(home_report_answer(f->desk, f->vault, id, HOME_APART, TEXT("so it is"), TEXT("r"), 77, &e), &e);
	assert_int_equal(home_report_answer(f->desk, f->vault, id, HOME_TOGETHER, TEXT("no"), TEXT("s"), 78, &e),
			 STATUS_CONFLICT);
	assert_ok(home_report_undo(f->desk, id, TEXT("s"), &e), &e);
	assert_int_equal(home_report_undo(f->desk, id, TEXT("s"), &e), STATUS_CONFLICT);
	assert_ok(home_report_read(f->desk, f->vault, id, &f->arena, &report, &e), &e);
	assert_int_equal(report.status, HOME_APART);
	assert_int_equal(report.ruling_id, 77);
	assert_string_equal(report.reply.at, "so it is");
	assert_string_equal(report.undone_by.at, "s");
	assert_int_equal(home_report_read(f->desk, f->vault, 123, &f->arena, &report, &e), STATUS_NOT_FOUND);
}

static void test_what_is_said_of_a_household_is_sealed(void **state)
{
	struct error e;
	struct fixture *f = *state;
	struct statement *row;
	bool found;
	make_home_report(f, 5);
	assert_ok(store_prepare(&row, f->desk, "SELECT text_sealed, evidence_sealed FROM household_report", &e), &e);
	assert_ok(statement_step(row, &found, &e), &e);
	struct text words = statement_blob(row, statement_column(row, "text_sealed")),
		    evidence = statement_blob(row, statement_column(row, "evidence_sealed"));
	assert_true(words.len > 0 && text_find(words, TEXT("Moses")) == words.len);
	assert_true(evidence.len > 0 && text_find(evidence, TEXT("likely")) == evidence.len);
	statement_done(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_report_is_sealed_and_answered_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lists_are_by_user_source_and_state, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_looks_of_one_day_are_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_looks_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_report_about_a_household_is_answered_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_said_of_a_household_is_sealed, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
