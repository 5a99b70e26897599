/* Joiners, movers and leavers: what becomes of an account, and that nobody signs in who has left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "policy/staff.h"

static struct test_database db;
static struct store *desk;
static struct arena arena;
static struct error e;

#define PASSWORD TEXT("three random words")

static int make(void **state)
{
	(void)state;
	test_database_make(&db);
	desk = test_database_open(&db, STORE_DESK);
	arena_init(&arena, 16 << 20);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_release(&arena);
	store_close(desk);
	test_database_drop(&db);
	return 0;
}

static struct staff_person person(const char *username, const char *role)
{
	return (struct staff_person){.username = text_of(username),
				     .display_name = TEXT("Wren Okafor"),
				     .role = text_of(role),
				     .team = TEXT_ABSENT,
				     .start = DATE_UNKNOWN,
				     .end = DATE_UNKNOWN,
				     .training_until = DATE_UNKNOWN};
}

/* What comes of sending PERSON, done. */
static enum staff_kind send(const struct staff_person *person, struct account *after)
{
	struct account before;
	enum status status = account_find(desk, person->username, &arena, &before, &e);
	struct staff_change change = staff_compare(person, status ? NULL : &before, date_today());
	assert_ok(staff_apply(desk, &change, KEPT_BY_STAFF_FILE, &e), &e);
	if (account_find(desk, person->username, &arena, after, &e))
		*after = (struct account){0};
	return change.kind;
}

static void test_what_becomes_of_an_account(void **state)
{
	(void)state;
	struct account is;
	struct staff_person someone = person("w.okafor", "officer");
	someone.start = date_today() + 1;
	assert_int_equal(send(&someone, &is), STAFF_WAITS);
	assert_int_equal(is.user_id, 0);
	someone.start = date_today();
	assert_int_equal(send(&someone, &is), STAFF_JOINS);
	assert_true(is.status == ACCOUNT_ACTIVE && is.kept_by == KEPT_BY_STAFF_FILE && is.must_change_password);
	assert_int_equal(send(&someone, &is), STAFF_SAME);
	someone.manager = TEXT("r.bell");
	assert_int_equal(send(&someone, &is), STAFF_CHANGES);
	assert_true(text_is(is.manager, "r.bell"));
	someone.team = TEXT("options");
	assert_int_equal(send(&someone, &is), STAFF_MOVES);
	someone.end = date_today() - 1;
	assert_int_equal(send(&someone, &is), STAFF_LEAVES);
	assert_int_equal(is.status, ACCOUNT_LEFT);
	assert_int_equal(send(&someone, &is), STAFF_SAME);
	someone.end = DATE_UNKNOWN;
	assert_int_equal(send(&someone, &is), STAFF_RETURNS);
	is.status = ACCOUNT_DISABLED;
	assert_ok(account_update(desk, &is, &e), &e);
	assert_int_equal(send(&someone, &is), STAFF_BARRED);
	assert_int_equal(is.status, ACCOUNT_DISABLED);
}

static void test_a_joiner_has_no_password(void **state)
{
	(void)state;
	struct account is;
	enum sign_in_outcome outcome;
	struct staff_person someone = person("w.okafor", "officer");
	send(&someone, &is);
	assert_int_equal(account_sign_in(desk, TEXT("w.okafor"), TEXT(""), &arena, &is, &outcome, &e), STATUS_REFUSED);
	assert_int_equal(outcome, SIGN_IN_UNKNOWN);
}

static bool in_session(const char *token)
{
	struct session session;
	enum status status = session_find(desk, text_of(token), NULL, &arena, &session, &e);
	assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
	return status == STATUS_OK;
}

static void test_sessions_end_with_a_move_and_on_the_last_day(void **state)
{
	(void)state;
	struct account is;
	enum sign_in_outcome outcome;
	char token[SESSION_TOKEN_SIZE], key[API_TOKEN_SIZE];
	struct staff_person someone = person("w.okafor", "officer");
	struct session session;
	send(&someone, &is);
	assert_ok(account_set_password(desk, is.user_id, PASSWORD, false, &e), &e);
	assert_ok(session_start(desk, is.user_id, token, &e), &e);
	assert_true(in_session(token));
	someone.team = TEXT("options");
	send(&someone, &is);
	assert_false(in_session(token));
	struct api_token made = {.user_id = is.user_id,
				 .name = TEXT("nightly"),
				 .capabilities = TEXT("search"),
				 .expires = instant_now() + INT64_C(3600000000)};
	assert_ok(api_token_create(desk, &made, TEXT("operator"), key, &e), &e);
	assert_ok(session_start(desk, is.user_id, token, &e), &e);
	is.ends = instant_date(instant_now());
	assert_ok(account_update(desk, &is, &e), &e);
	assert_true(in_session(token));
	is.ends--; /* the feed is not read again, and yet they are out */
	assert_ok(account_update(desk, &is, &e), &e);
	assert_false(in_session(token));
	assert_int_equal(api_token_find(desk, text_of(key), &arena, &made, &session, &e), STATUS_NOT_FOUND);
	assert_int_equal(account_sign_in(desk, TEXT("w.okafor"), PASSWORD, &arena, &is, &outcome, &e), STATUS_REFUSED);
	assert_int_equal(outcome, SIGN_IN_DISABLED);
}

static void test_a_plan_leaves_accounts_made_by_hand_alone(void **state)
{
	(void)state;
	struct account is, by_hand = {.username = TEXT("admin"), .display_name = TEXT("Admin"), .role = TEXT("admin")};
	struct staff_person people[2] = {person("b.second", "officer"), person("a.first", "officer")};
	struct staff_plan plan;
	assert_ok(account_create(desk, &by_hand, PASSWORD, NULL, &e), &e);
	send(&people[0], &is);
	send(&people[1], &is);
	assert_ok(staff_plan(&plan, desk, people, 1, false, &arena, &e), &e);
	assert_int_equal(plan.kept, 2);
	assert_int_equal(plan.of_kind[STAFF_LEAVES], 1);
	assert_true(text_is(plan.changes[0].account.username, "a.first") && plan.changes[0].kind == STAFF_LEAVES);
	assert_int_equal(plan.by_hand_count, 1);
	people[1] = person("admin", "officer");
	assert_ok(staff_plan(&plan, desk, people, 2, false, &arena, &e), &e);
	assert_int_equal(plan.in_way_count, 1);
	assert_int_equal(plan.of_kind[STAFF_MOVES], 0);
	assert_ok(staff_plan(&plan, desk, people, 2, true, &arena, &e), &e);
	assert_int_equal(plan.of_kind[STAFF_MOVES], 1);
	plan.kept = 400;
	assert_int_equal(staff_leavers_most(&plan), 40);
	plan.kept = 5;
	assert_int_equal(staff_leavers_most(&plan), STAFF_LEAVERS_ALWAYS);
}

static void test_whom_somebody_disabled_meanwhile_stays_out(void **state)
{
	(void)state;
	struct account is;
	struct staff_person between = person("between", "officer");
	struct staff_change joins = staff_compare(&between, NULL, date_today());
	assert_ok(staff_apply(desk, &joins, KEPT_BY_SCIM, &e), &e);
	assert_ok(account_find(desk, TEXT("between"), &arena, &is, &e), &e);
	between.display_name = TEXT("In Between-Times");
	struct staff_change change = staff_compare(&between, &is, date_today());
	assert_ok(store_execute(desk, "UPDATE account SET status = 1 WHERE username = 'between'", &e), &e);
	assert_int_equal(staff_apply(desk, &change, KEPT_BY_SCIM, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "staff.changed");
	assert_int_equal(test_query(desk, "SELECT status FROM account WHERE username = 'between'"), ACCOUNT_DISABLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_becomes_of_an_account, make, drop),
		cmocka_unit_test_setup_teardown(test_a_joiner_has_no_password, make, drop),
		cmocka_unit_test_setup_teardown(test_sessions_end_with_a_move_and_on_the_last_day, make, drop),
		cmocka_unit_test_setup_teardown(test_whom_somebody_disabled_meanwhile_stays_out, make, drop),
		cmocka_unit_test_setup_teardown(test_a_plan_leaves_accounts_made_by_hand_alone, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
