/* The gate of training and acceptable use: nobody gets another page before, nor a program with their token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "village.h"

static struct village *v;

static void write_profile(const char *version)
{
	char path[600];
	snprintf(path, sizeof path, "%s/profile/profile.yaml", v->folder);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fprintf(out,
		"id: village\ntitle: A village\ncouncil: Little Marsh\nstaff:\n  acceptable_use: {version: \"%s\", "
		"text: "
		"[I look only at whom I work with.]}\n  training: {title: Data protection, valid_months: 12, roles: "
		"[front_line], where: the learning pages, ask: the digital team}\n",
		version);
	fclose(out);
}

static int make(void **state)
{
	(void)state;
	v = village_make();
	village_stop(v);
	write_profile("1");
	village_start(v);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	village_remove(v);
	return 0;
}

static void change(const char *sql)
{
	struct error e;
	struct store *desk;
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, sql, &e), &e);
	store_close(desk);
}

static void train(int days)
{
	char sql[200];
	snprintf(sql, sizeof sql, "UPDATE account SET training_until = %d WHERE username = 'rosa'",
		 date_today() + days);
	change(sql);
}

static void sign_in(const char *name)
{
	char form[300];
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	snprintf(form, sizeof form, "username=%s&password=correct+horse+battery", name);
	assert_int_equal(village_post(v, "/sign-in", form), 303);
}

static bool goes_to(const char *path, const char *where)
{
	char location[500];
	return village_get(v, path) == 303 && village_header(v, "Location", location) && !strcmp(location, where);
}

static void test_who_is_not_trained_gets_one_page(void **state)
{
	(void)state;
	sign_in("rosa");
	assert_true(goes_to("/", "/training"));
	assert_true(goes_to("/search", "/training"));
	assert_true(goes_to("/acceptable-use", "/training"));
	assert_int_equal(village_get(v, "/training"), 200);
	assert_true(village_shows(v, "the learning pages") && village_shows(v, "the digital team"));
	assert_false(village_shows(v, "href=\"/search\""));
	train(-1);
	assert_true(goes_to("/search", "/training"));
	assert_int_equal(village_get(v, "/training"), 200);
	assert_true(village_shows(v, "was valid until"));
}

static void test_who_has_not_accepted_gets_one_page(void **state)
{
	(void)state;
	train(0); /* the last day counts */
	sign_in("rosa");
	assert_true(goes_to("/search", "/acceptable-use"));
	assert_int_equal(village_get(v, "/acceptable-use"), 200);
	assert_true(village_shows(v, "I look only at whom I work with."));
	assert_int_equal(village_post(v, "/acceptable-use", "version=1"), 422);
	assert_int_equal(village_post(v, "/acceptable-use", "version=0&accept=yes"), 422);
	assert_int_equal(village_post(v, "/acceptable-use", "version=1&accept=yes"), 303);
	assert_int_equal(village_get(v, "/search"), 200);
	assert_true(village_shows(v, "is valid until")); /* the warning: it ends today */
	train(31);
	assert_int_equal(village_get(v, "/search"), 200);
	assert_false(village_shows(v, "is valid until"));
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT count(*) FROM audit_entry WHERE action = 'acceptable_use.accept' AND "
				       "user_name = 'rosa'"),
			 1);
	sign_in("admin"); /* a role that needs no training */
	assert_true(goes_to("/", "/acceptable-use"));
}

static int ask_by_token(const char *path, const char *token)
{
	char request[1000];
	snprintf(request, sizeof request,
		 "GET %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n", path, token);
	client_ask(atomic_load(&v->port), text_of(request), &v->out);
	return client_status(&v->out);
}

static void test_a_program_gets_no_more_than_its_account(void **state)
{
	(void)state;
	struct error e;
	struct store *desk;
	char token[API_TOKEN_SIZE];
	struct api_token made = {
		.user_id = village_query(v, STORE_DESK, "SELECT user_id FROM account WHERE username = 'rosa'"),
		.name = TEXT("a test"),
		.capabilities = TEXT("search"),
		.purpose = TEXT_ABSENT,
		.expires = instant_now() + INT64_C(3600000000)};
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(api_token_create(desk, &made, TEXT("test"), token, &e), &e);
	store_close(desk);
	assert_int_equal(ask_by_token("/search", token), 200);
	train(-1);
	assert_int_equal(ask_by_token("/search", token), 403);
	assert_int_equal(ask_by_token("/training", token), 403);
	train(10);
	assert_int_equal(ask_by_token("/search", token), 200);
}

static void test_a_new_version_is_accepted_anew(void **state)
{
	(void)state;
	sign_in("rosa");
	assert_int_equal(village_get(v, "/search"), 200);
	write_profile("2");
	for (int i = 0; i < 100 && village_get(v, "/search") == 200; i++)
		usleep(100000);
	assert_true(goes_to("/search", "/acceptable-use"));
	assert_int_equal(village_get(v, "/acceptable-use"), 200);
	assert_true(village_shows(v, "has changed since you accepted it"));
	assert_int_equal(
		village_query(v, STORE_DESK, "SELECT count(*) FROM audit_entry WHERE action = 'profile.change'"), 2);
}

/* A change while nothing is served is recorded by the server that starts with it; no change is no entry. */
static void test_a_change_before_the_start_is_recorded(void **state)
{
	(void)state;
	village_stop(v);
	write_profile("3");
	village_start(v);
	static const char entries[] =
		"SELECT count(*) FROM audit_entry WHERE action = 'profile.change' AND user_name LIKE 'system:%' AND "
		"detail LIKE '%changed: setting profile.yaml staff%'";
	assert_int_equal(village_query(v, STORE_DESK, entries), 2);
	village_stop(v);
	village_start(v);
	assert_int_equal(village_query(v, STORE_DESK, entries), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_not_trained_gets_one_page),
		cmocka_unit_test(test_who_has_not_accepted_gets_one_page),
		cmocka_unit_test(test_a_program_gets_no_more_than_its_account),
		cmocka_unit_test(test_a_new_version_is_accepted_anew),
		cmocka_unit_test(test_a_change_before_the_start_is_recorded),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
