/* What everybody guesses first, by rule; and the passwords of breaches, as published. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "policy/account.h"
#include "policy/password.h"
#include "support/databases.h"

static void test_what_is_guessed_first_is_told(void **state)
{
	(void)state;
	static const char *const common[] = {
		"password1234",   "Password2024!",    "P@ssw0rd2024!",    "passwordpassword",
		"qwertyuiop12",   "1234567890123",    "1q2w3e4r5t6y",     "qazwsxedcrfv",
		"Summer2026!!!!", "WelcomeWelcome1",  "liverpool-1892",   "abcabcabcabc",
		"aaaaaaaaaaaaaa", "letmein letmein",  "Manchester!2025",  "zyxwvutsrqpo",
		"iloveyou12345",  "council.password", "0neV1ew-Counc1l!", "correct horse battery staple",
		"asdfghjkl;123",  "December2026."};
	static const char *const good[] = {"correct horse battery",   "three random words",
					   "four other random words", "kettle-plum-violin",
					   "summer kettle plum",      "Tr4wler99haddock",
					   "hvq7fk2mzp9cxw4t",        "my mother paints blue doors"};
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (!password_is_common(text_of(common[i])))
			fail_msg("%s is guessed first", common[i]);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (password_is_common(text_of(good[i])))
			fail_msg("%s is not guessed first", good[i]);
	for (int i = 0; i < 200; i++) {
		char made[25];
		password_random(made, sizeof made);
		assert_false(password_is_common(text_of(made)));
	}
}

static void write_list(const char *folder, const char *name, const char *content)
{
	struct error e;
	char path[400];
	snprintf(path, sizeof path, "%s/" PASSWORD_BREACHES, folder);
	assert_ok(file_make_folder(path, 0700, &e), &e);
	snprintf(path, sizeof path, "%s/" PASSWORD_BREACHES "/%s", folder, name);
	assert_ok(file_replace(path, text_of(content), 0600, &e), &e);
}

static void test_a_breached_password_is_found_by_its_hash(void **state)
{
	(void)state;
	struct test_database db;
	struct error e;
	test_database_make(&db);
	struct text password = TEXT("three random words"), other = TEXT("four other random words");
	assert_ok(password_check_breaches(db.folder, password, false, &e), &e); /* no list, nothing found */
	assert_false(password_breaches_known(db.folder));
	assert_int_equal(password_check_breaches(db.folder, password, true, &e),
			 STATUS_REFUSED); /* must be looked up */
	assert_true(e.remedy[0]);
	/* printf 'three random words' | sha1sum */
	write_list(db.folder, "3FD95.txt",
		   "0000000000000000000000000000000000A:3\r\n1DDA7124805763621AC220C0601A84A9A63:"
		   "12\r\nFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:1\r\n");
	assert_int_equal(password_check_breaches(db.folder, password, false, &e), STATUS_INVALID);
	assert_true(e.remedy[0]);
	assert_null(strstr(e.message, "three"));
	assert_ok(password_check_breaches(db.folder, other, false, &e), &e);
	assert_true(password_breaches_known(db.folder));
	assert_int_equal(password_check_breaches(db.folder, other, true, &e),
			 STATUS_REFUSED); /* no file for this one */
	write_list(db.folder, "3FD95.txt", "0000000000000000000000000000000000A:3\n");
	assert_ok(password_check_breaches(db.folder, password, true, &e), &e);
	assert_ok(password_check_breaches(db.folder, password, false, &e), &e);
	test_database_drop(&db);
}

/* Also when it is changed, and in whatever letters. */
static void test_a_password_does_not_hold_the_user_s_name(void **state)
{
	(void)state;
	struct test_database db;
	struct error e;
	int64_t user_id;
	test_database_make(&db);
	struct store *desk = test_database_open(&db, STORE_DESK);
	struct account account = {.username = TEXT("wren"), .display_name = TEXT("Wren"), .role = TEXT("officer")};
	assert_int_equal(account_create(desk, &account, TEXT("kettle WREN violin"), &user_id, &e), STATUS_INVALID);
	assert_ok(account_create(desk, &account, TEXT("three random words"), &user_id, &e), &e);
	assert_int_equal(account_set_password(desk, user_id, TEXT("kettle-Wren-violin"), false, &e), STATUS_INVALID);
	assert_non_null(strstr(e.message, "user name"));
	assert_int_equal(account_set_password(desk, user_id, TEXT("Password2026!"), false, &e), STATUS_INVALID);
	assert_non_null(strstr(e.message, "guessed first"));
	assert_ok(account_set_password(desk, user_id, TEXT("kettle-plum-violin"), false, &e), &e);
	store_close(desk);
	test_database_drop(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_guessed_first_is_told),
		cmocka_unit_test(test_a_breached_password_is_found_by_its_hash),
		cmocka_unit_test(test_a_password_does_not_hold_the_user_s_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
