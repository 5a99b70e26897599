#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "policy/account.h"

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

static struct account worker(const char *username)
{
	return (struct account){.username = text_of(username),
				.display_name = TEXT("Wren Okafor"),
				.role = TEXT("officer"),
				.team = TEXT("options"),
				.training_until = DATE_UNKNOWN,
				.ends = DATE_UNKNOWN};
}

static int64_t create(const char *username)
{
	struct account account = worker(username);
	int64_t user_id = 0;
	assert_ok(account_create(desk, &account, PASSWORD, &user_id, &e), &e);
	return user_id;
}

static enum sign_in_outcome sign_in(const char *username, struct text password)
{
	struct account account;
	enum sign_in_outcome outcome;
	enum status status = account_sign_in(desk, text_of(username), password, &arena, &account, &outcome, &e);
	assert_int_equal(status, outcome == SIGN_IN_OK ? STATUS_OK : STATUS_REFUSED);
	if (outcome == SIGN_IN_OK)
		assert_true(text_is(account.role, "officer"));
	else
		assert_string_equal(e.message, "The user name or the password is not right");
	return outcome;
}

static void test_accounts_are_made_and_found(void **state)
{
	(void)state;
	struct account found, *list, twice = worker("W.Okafor");
	size_t count;
	int64_t user_id = create(" W.Okafor ");
	assert_ok(account_find(desk, TEXT("w.okafor"), &arena, &found, &e), &e);
	assert_int_equal(found.user_id, user_id);
	assert_true(text_is(found.username, "w.okafor"));
	assert_true(text_is(found.display_name, "Wren Okafor"));
	assert_true(text_is(found.team, "options"));
	assert_int_equal(found.last_sign_in, INSTANT_UNKNOWN);
	assert_int_equal(account_create(desk, &twice, PASSWORD, NULL, &e), STATUS_CONFLICT);
	assert_int_equal(account_find(desk, TEXT("nobody"), &arena, &found, &e), STATUS_NOT_FOUND);
	create("a.first");
	assert_ok(account_list(desk, &arena, &list, &count, &e), &e);
	assert_int_equal(count, 2);
	assert_true(text_is(list[0].username, "a.first"));
	assert_int_equal(test_query(desk, "SELECT count(*) FROM account WHERE password_hash LIKE '$argon2id$%'"), 2);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM account WHERE password_hash LIKE '%random%'"), 0);
}

static void test_what_is_not_in_form_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *username, *password;
	} cases[] = {
		{"", "three random words"},
		{"a b", "three random words"},
		{"ok", "short"},
		{"ok", "aaaaaaaaaaaaaaaaaaaa"},
		{"wren", "my name is wren"},
		{"ok", "\xff\xfe three words"},
		{"caf\xc3\xa9", "three random words"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct account account = worker(cases[i].username);
		assert_int_equal(account_create(desk, &account, text_of(cases[i].password), NULL, &e), STATUS_INVALID);
		assert_true(e.remedy[0] != '\0');
	}
	assert_int_equal(test_query(desk, "SELECT count(*) FROM account"), 0);
}

static void test_signing_in_tells_nothing_apart(void **state)
{
	(void)state;
	struct account account = worker("off");
	account.user_id = create("off");
	create("on");
	account.status = ACCOUNT_DISABLED;
	assert_ok(account_update(desk, &account, &e), &e);
	assert_int_equal(sign_in("on", PASSWORD), SIGN_IN_OK);
	assert_int_equal(sign_in(" ON ", PASSWORD), SIGN_IN_OK);
	assert_int_equal(sign_in("on", TEXT("three random wordz")), SIGN_IN_WRONG_PASSWORD);
	assert_int_equal(sign_in("on", TEXT("")), SIGN_IN_WRONG_PASSWORD);
	assert_int_equal(sign_in("nobody", PASSWORD), SIGN_IN_UNKNOWN);
	assert_int_equal(sign_in("' OR 1 = 1 --", PASSWORD), SIGN_IN_UNKNOWN);
	assert_int_equal(sign_in("off", PASSWORD), SIGN_IN_DISABLED);
}

static void test_repeated_failures_lock_for_a_while(void **state)
{
	(void)state;
	create("on");
	for (int i = 0; i < 4; i++)
		assert_int_equal(sign_in("on", TEXT("wrong password")), SIGN_IN_WRONG_PASSWORD);
	assert_int_equal(sign_in("on", PASSWORD), SIGN_IN_OK); /* success forgets them */
	for (int i = 0; i < 5; i++)
		assert_int_equal(sign_in("on", TEXT("wrong password")), SIGN_IN_WRONG_PASSWORD);
	assert_int_equal(sign_in("on", PASSWORD), SIGN_IN_LOCKED);
	struct account found;
	assert_ok(account_find(desk, TEXT("on"), &arena, &found, &e), &e);
	assert_true(found.locked);
	assert_ok(store_execute(desk, "UPDATE account SET locked_until = 1", &e), &e); /* time goes by */
	assert_int_equal(sign_in("on", TEXT("wrong password")), SIGN_IN_WRONG_PASSWORD);
	assert_int_equal(sign_in("on", PASSWORD), SIGN_IN_OK);
}

static void test_a_new_password_ends_lock_and_sessions(void **state)
{
	(void)state;
	char token[SESSION_TOKEN_SIZE];
	struct session session;
	int64_t user_id = create("on");
	for (int i = 0; i < 5; i++)
		sign_in("on", TEXT("wrong password"));
	assert_ok(session_start(desk, user_id, token, &e), &e);
	assert_ok(account_set_password(desk, user_id, TEXT("four other random words"), false, &e), &e);
	assert_int_equal(session_find(desk, text_of(token), NULL, &arena, &session, &e), STATUS_NOT_FOUND);
	assert_int_equal(sign_in("on", PASSWORD), SIGN_IN_WRONG_PASSWORD);
	assert_int_equal(sign_in("on", TEXT("four other random words")), SIGN_IN_OK);
	assert_int_equal(account_set_password(desk, 999, TEXT("four other random words"), false, &e), STATUS_NOT_FOUND);
}

static void test_a_password_from_somebody_else_must_be_changed(void **state)
{
	(void)state;
	struct account found;
	int64_t user_id = create("on");
	assert_ok(account_set_password(desk, user_id, TEXT("four other random words"), true, &e), &e);
	assert_ok(account_find(desk, TEXT("on"), &arena, &found, &e), &e);
	assert_true(found.must_change_password);
	assert_ok(account_set_password(desk, user_id, TEXT("five words of my own"), false, &e), &e);
	assert_ok(account_find(desk, TEXT("on"), &arena, &found, &e), &e);
	assert_false(found.must_change_password);
}

/* Characters are counted and not bytes. */
static void test_a_password_has_12_to_128_characters(void **state)
{
	(void)state;
	char word[400] = "";
	struct text password = {.at = word, .len = 0};
	int64_t user_id = create("on");
	for (int i = 0; i < 129; i++) {
		const char *one = i % 3 ? "\xc3\xa4" : i % 2 ? "q" : "\xe2\x82\xac";
		snprintf(word + password.len, sizeof word - password.len, "%s", one);
		password.len += strlen(one);
		enum status status = account_set_password(desk, user_id, password, false, &e);
		bool right = i + 1 >= 12 && i + 1 <= 128;
		if (i < 14 || i > 126)
			assert_int_equal(status, right ? STATUS_OK : STATUS_INVALID);
	}
	password.len -= 3;
	assert_int_equal(sign_in("on", password), SIGN_IN_WRONG_PASSWORD);
}

static void test_no_password_opens_an_account_of_the_identity_provider(void **state)
{
	(void)state;
	int64_t user_id = create("on");
	assert_ok(store_execute(desk, "UPDATE account SET external_id = 'https://id.example 1'", &e), &e);
	assert_int_equal(sign_in("on", PASSWORD), SIGN_IN_ELSEWHERE); /* also one that it had before */
	assert_int_equal(account_set_password(desk, user_id, TEXT("four other random words"), true, &e),
			 STATUS_CONFLICT);
	assert_string_equal(e.code, "account.external");
	assert_true(e.remedy[0] != '\0');
	assert_int_equal(sign_in("on", TEXT("four other random words")), SIGN_IN_ELSEWHERE);
}

static void test_a_session_carries_purpose_and_task(void **state)
{
	(void)state;
	char token[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
	struct session session;
	int64_t user_id = create("on");
	assert_ok(session_start(desk, user_id, token, &e), &e);
	assert_ok(session_start(desk, user_id, other, &e), &e);
	assert_string_not_equal(token, other);
	assert_ok(session_find(desk, text_of(token), NULL, &arena, &session, &e), &e);
	assert_int_equal(session.account.user_id, user_id);
	assert_true(text_is(session.account.team, "options"));
	assert_true(text_is_absent(session.purpose));
	assert_ok(
		session_set_purpose(desk, session.session_id, TEXT("early_help"), TEXT("a referral"), TEXT("T-12"), &e),
		&e);
	assert_ok(session_find(desk, text_of(token), NULL, &arena, &session, &e), &e);
	assert_true(text_is(session.purpose, "early_help"));
	assert_true(text_is(session.reason, "a referral"));
	assert_true(text_is(session.task, "T-12"));
	assert_true(session_csrf_matches(&session, text_of(session.csrf)));
	assert_false(session_csrf_matches(&session, TEXT("")));
	assert_false(session_csrf_matches(&session, text_of(token)));
	/* The cookie's value is nowhere in the database. */
	assert_int_equal(session_find(desk, TEXT(""), NULL, &arena, &session, &e), STATUS_NOT_FOUND);
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM session WHERE csrf = '%s'", token);
	assert_int_equal(test_query(desk, sql), 0);
	assert_ok(session_end(desk, text_of(token), &e), &e);
	assert_int_equal(session_find(desk, text_of(token), NULL, &arena, &session, &e), STATUS_NOT_FOUND);
	assert_ok(session_find(desk, text_of(other), NULL, &arena, &session, &e), &e);
}

static void test_sessions_run_out(void **state)
{
	(void)state;
	char token[SESSION_TOKEN_SIZE];
	struct session session;
	struct session_limits limits = {.idle = 600 * INT64_C(1000000), .absolute = 3600 * INT64_C(1000000)};
	int64_t user_id = create("on");
	static const struct {
		int seen_ago, started_ago; /* seconds */
		enum status status;
	} cases[] = {
		{590, 3000, STATUS_OK},
		{610, 3000, STATUS_NOT_FOUND},
		{10, 3590, STATUS_OK},
		{10, 3610, STATUS_NOT_FOUND},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char sql[200];
		assert_ok(session_start(desk, user_id, token, &e), &e);
		snprintf(sql, sizeof sql, "UPDATE session SET seen = seen - %d000000, started = started - %d000000",
			 cases[i].seen_ago, cases[i].started_ago);
		assert_ok(store_execute(desk, sql, &e), &e);
		assert_int_equal(session_find(desk, text_of(token), &limits, &arena, &session, &e), cases[i].status);
		/* A find counts as being seen. */
		assert_int_equal(session_find(desk, text_of(token), &limits, &arena, &session, &e), cases[i].status);
		if (cases[i].status == STATUS_OK && cases[i].seen_ago > 60)
			assert_true(instant_now() - session.seen < 60 * INT64_C(1000000));
		assert_ok(session_sweep(desk, &limits, &e), &e);
		assert_int_equal(test_query(desk, "SELECT count(*) FROM session"), cases[i].status == STATUS_OK);
		assert_ok(session_end_all(desk, user_id, &e), &e);
	}
}

static void test_a_changed_role_or_disabled_account_is_signed_out(void **state)
{
	(void)state;
	char token[SESSION_TOKEN_SIZE];
	struct session session;
	struct account account = worker("on");
	account.user_id = create("on");
	assert_ok(session_start(desk, account.user_id, token, &e), &e);
	account.display_name = TEXT("Wren Okafor-Lee");
	assert_ok(account_update(desk, &account, &e), &e);
	assert_ok(session_find(desk, text_of(token), NULL, &arena, &session, &e), &e);
	assert_true(text_is(session.account.display_name, "Wren Okafor-Lee"));
	account.role = TEXT("analyst");
	assert_ok(account_update(desk, &account, &e), &e);
	assert_int_equal(session_find(desk, text_of(token), NULL, &arena, &session, &e), STATUS_NOT_FOUND);
	assert_ok(session_start(desk, account.user_id, token, &e), &e);
	account.status = ACCOUNT_DISABLED;
	assert_ok(account_update(desk, &account, &e), &e);
	assert_int_equal(session_find(desk, text_of(token), NULL, &arena, &session, &e), STATUS_NOT_FOUND);
}

static void test_random_passwords_differ(void **state)
{
	(void)state;
	char one[25], two[25];
	password_random(one, sizeof one);
	password_random(two, sizeof two);
	assert_int_equal(strlen(one), 24);
	assert_string_not_equal(one, two);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_accounts_are_made_and_found),
		ON_A_DATABASE(test_what_is_not_in_form_is_refused),
		ON_A_DATABASE(test_signing_in_tells_nothing_apart),
		ON_A_DATABASE(test_repeated_failures_lock_for_a_while),
		ON_A_DATABASE(test_a_new_password_ends_lock_and_sessions),
		ON_A_DATABASE(test_a_password_from_somebody_else_must_be_changed),
		ON_A_DATABASE(test_a_password_has_12_to_128_characters),
		ON_A_DATABASE(test_no_password_opens_an_account_of_the_identity_provider),
		ON_A_DATABASE(test_a_session_carries_purpose_and_task),
		ON_A_DATABASE(test_sessions_run_out),
		ON_A_DATABASE(test_a_changed_role_or_disabled_account_is_signed_out),
		cmocka_unit_test(test_random_passwords_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
