/* RFC 6238's own examples, and the promises about codes: each once, a narrow window, one lock with passwords. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "policy/second_factor.h"

static struct test_database db;
static struct store *desk;
static struct arena arena;
static struct error e;

static const unsigned char secret[] = "12345678901234567890"; /* the RFC's */
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

static void test_the_standard_s_examples(void **state)
{
	(void)state;
	static const struct {
		int64_t seconds;
		const char *code;
	} cases[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
		     {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char code[9];
		totp_code(secret, totp_step(cases[i].seconds * 1000000), 8, code);
		assert_string_equal(code, cases[i].code);
	}
	char text[TOTP_SECRET_TEXT + 1];
	totp_secret_text(secret, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static void test_the_window_is_one_step_to_each_side(void **state)
{
	(void)state;
	instant at = 1111111111 * INT64_C(1000000);
	int64_t step = totp_step(at);
	for (int away = -3; away <= 3; away++) {
		char code[9];
		totp_code(secret, step + away, TOTP_DIGITS, code);
		assert_int_equal(totp_match(secret, text_of(code), at), away >= -1 && away <= 1 ? step + away : -1);
	}
	assert_int_equal(totp_match(secret, TEXT("050 471"), at), step);
	static const char *const wrong[] = {"", "05047", "0504711", "05047a", "14050471", "-50471"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(totp_match(secret, text_of(wrong[i]), at), -1);
}

static void code_of(int away, char out[9])
{
	totp_code(secret, totp_step(instant_now()) + away, TOTP_DIGITS, out);
}

static int64_t enrol(char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	struct account account = {
		.username = TEXT("wren"), .display_name = TEXT("Wren Okafor"), .role = TEXT("officer")};
	int64_t user_id = 0;
	char code[9];
	assert_ok(account_create(desk, &account, PASSWORD, &user_id, &e), &e);
	assert_ok(second_factor_begin(desk, user_id, TEXT("sealed elsewhere"), &e), &e);
	assert_int_equal(second_factor_confirm(desk, user_id, secret, TEXT("000000"), recovery, &e), STATUS_INVALID);
	code_of(-1, code);
	assert_ok(second_factor_confirm(desk, user_id, secret, text_of(code), recovery, &e), &e);
	return user_id;
}

static enum sign_in_outcome check(int64_t user_id, const char *code, bool *by_recovery)
{
	struct second_factor factor;
	enum sign_in_outcome outcome = SIGN_IN_OK;
	assert_ok(second_factor_get(desk, user_id, &arena, &factor, &e), &e);
	enum status status = second_factor_check(desk, &factor, secret, text_of(code), by_recovery, &outcome, &e);
	assert_int_equal(status, outcome == SIGN_IN_OK ? STATUS_OK : STATUS_REFUSED);
	return outcome;
}

static enum sign_in_outcome sign_in(struct text password)
{
	struct account account = {0};
	enum sign_in_outcome outcome;
	(void)!account_sign_in(desk, TEXT("wren"), password, &arena, &account, &outcome, &e);
	assert_true(outcome != SIGN_IN_OK || account.second_factor);
	return outcome;
}

static void test_a_code_is_taken_once(void **state)
{
	(void)state;
	char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE], before[9], now[9], next[9];
	bool by_recovery;
	int64_t user_id = enrol(recovery);
	code_of(-1, before);
	assert_int_equal(check(user_id, before, &by_recovery), SIGN_IN_WRONG_CODE); /* it set the app up */
	code_of(0, now);
	assert_int_equal(check(user_id, now, &by_recovery), SIGN_IN_OK);
	assert_int_equal(check(user_id, now, &by_recovery), SIGN_IN_WRONG_CODE);
	code_of(1, next);
	assert_int_equal(check(user_id, next, &by_recovery), SIGN_IN_OK);
	assert_int_equal(check(user_id, now, &by_recovery), SIGN_IN_WRONG_CODE); /* older than the newest */
	assert_false(by_recovery);
}

static void test_a_recovery_code_is_taken_once(void **state)
{
	(void)state;
	char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE], capitals[RECOVERY_CODE_SIZE];
	bool by_recovery;
	struct second_factor factor;
	int64_t user_id = enrol(recovery);
	assert_int_equal(strlen(recovery[3]), 29); /* 24 letters of 31: 118 bits */
	for (int i = 0; i < RECOVERY_CODE_SIZE; i++)
		capitals[i] =
			recovery[3][i] >= 'a' && recovery[3][i] <= 'z' ? (char)(recovery[3][i] - 32) : recovery[3][i];
	assert_int_equal(check(user_id, capitals, &by_recovery), SIGN_IN_OK);
	assert_true(by_recovery);
	assert_int_equal(check(user_id, recovery[3], &by_recovery), SIGN_IN_WRONG_CODE);
	assert_int_equal(check(user_id, recovery[4], &by_recovery), SIGN_IN_OK);
	assert_ok(second_factor_get(desk, user_id, &arena, &factor, &e), &e);
	assert_int_equal(factor.recovery_left, RECOVERY_CODES - 2);
	assert_int_equal(check(user_id, "aaaa-bbbb-cccc-dddd", &by_recovery), SIGN_IN_WRONG_CODE);
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM recovery_code WHERE CAST(code_hash AS TEXT) LIKE '%%%.4s%%'",
		 recovery[5]);
	if (db.kind == STORE_SQLITE)
		assert_int_equal(test_query(desk, sql), 0);
}

/* Who knows the password must not get more guesses at the code by giving the password in between. */
static void test_codes_and_passwords_share_one_lock(void **state)
{
	(void)state;
	char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE], now[9];
	bool by_recovery;
	int64_t user_id = enrol(recovery);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(sign_in(PASSWORD), SIGN_IN_OK);
		assert_int_equal(check(user_id, "000000", &by_recovery), SIGN_IN_WRONG_CODE);
	}
	assert_int_equal(sign_in(PASSWORD), SIGN_IN_OK);
	assert_int_equal(sign_in(TEXT("wrong password")), SIGN_IN_WRONG_PASSWORD);
	code_of(0, now);
	assert_int_equal(check(user_id, now, &by_recovery), SIGN_IN_LOCKED);
	assert_int_equal(check(user_id, recovery[0], &by_recovery), SIGN_IN_LOCKED);
	assert_int_equal(sign_in(PASSWORD), SIGN_IN_LOCKED);
	assert_ok(store_execute(desk, "UPDATE account SET locked_until = 1", &e), &e); /* time goes by */
	assert_int_equal(check(user_id, now, &by_recovery), SIGN_IN_OK);
	assert_int_equal(test_query(desk, "SELECT failures FROM account"), 0);
}

static void test_it_is_set_up_and_taken_away(void **state)
{
	(void)state;
	char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE], token[SESSION_TOKEN_SIZE];
	struct second_factor factor;
	struct account account;
	struct session session;
	int64_t user_id = enrol(recovery);
	assert_int_equal(second_factor_begin(desk, user_id, TEXT("another"), &e), STATUS_CONFLICT);
	assert_ok(account_get(desk, user_id, &arena, &account, &e), &e);
	assert_true(account.second_factor);
	assert_ok(session_start_half(desk, user_id, token, &e), &e);
	assert_ok(session_find(desk, text_of(token), NULL, &arena, &session, &e), &e);
	assert_int_equal(session.stage, SESSION_CODE_WANTED);
	assert_ok(store_execute(desk, "UPDATE session SET started = started - 301000000", &e), &e);
	assert_int_equal(session_find(desk, text_of(token), NULL, &arena, &session, &e), STATUS_NOT_FOUND);
	assert_ok(second_factor_remove(desk, user_id, &e), &e);
	assert_ok(second_factor_get(desk, user_id, &arena, &factor, &e), &e);
	assert_true(text_is_absent(factor.sealed));
	assert_ok(account_get(desk, user_id, &arena, &account, &e), &e);
	assert_false(account.second_factor);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM recovery_code"), 0);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_standard_s_examples),
		cmocka_unit_test(test_the_window_is_one_step_to_each_side),
		ON_A_DATABASE(test_a_code_is_taken_once),
		ON_A_DATABASE(test_a_recovery_code_is_taken_once),
		ON_A_DATABASE(test_codes_and_passwords_share_one_lock),
		ON_A_DATABASE(test_it_is_set_up_and_taken_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
