/* Whatever is refused leaves an entry, and only one; who is not known cannot fill the audit with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "village.h"
#include "web/limits.h"

static struct village *v;

static int make(void **state)
{
	(void)state;
	v = village_make();
	return 0;
}

static int drop(void **state)
{
	(void)state;
	village_remove(v);
	return 0;
}

static int64_t refused(const char *which)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "SELECT count(*) FROM audit_entry WHERE action = 'page.refused' AND outcome = 'refused' AND %s",
		 which);
	return village_query(v, STORE_DESK, sql);
}

static int ask_by_token(const char *method, const char *path, const char *token)
{
	char request[1000];
	snprintf(request, sizeof request,
		 "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: "
		 "0\r\n\r\n",
		 method, path, token);
	client_ask(atomic_load(&v->port), text_of(request), &v->out);
	return client_status(&v->out);
}

static void give_token(char token[API_TOKEN_SIZE])
{
	struct error e;
	struct store *desk;
	struct api_token made = {
		.user_id = village_query(v, STORE_DESK, "SELECT user_id FROM account WHERE username = 'rosa'"),
		.name = TEXT("a test"),
		.capabilities = TEXT("search"),
		.purpose = TEXT_ABSENT,
		.expires = instant_now() + INT64_C(3600000000)};
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(api_token_create(desk, &made, TEXT("test"), token, &e), &e);
	store_close(desk);
}

static void test_who_is_signed_in(void **state)
{
	(void)state;
	char token[API_TOKEN_SIZE];
	village_sign_in(v, "admin");
	assert_int_equal(village_get(v, "/scim/v2/Users"), 403);
	assert_int_equal(refused("user_name = 'admin' AND detail = 'route=/scim/v2/Users why=scim.token'"), 1);
	village_sign_in(v, "rosa");
	assert_int_equal(village_get(v, "/admin/users"), 403);
	assert_int_equal(refused("user_name = 'rosa'"), 1);
	snprintf(v->csrf, sizeof v->csrf, "0123456789012345678901234567890123456789012"); /* of another site */
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help"), 403);
	assert_int_equal(refused("user_name = 'rosa'"), 1); /* it has an entry of its own: form.refused */
	give_token(token);
	assert_int_equal(ask_by_token("POST", "/password", token), 403);
	assert_int_equal(refused("user_name = 'rosa' AND detail = 'route=/password why=web.token'"), 1);
}

/* In a quarter of an hour of the clock: a new one may begin meanwhile. */
static void test_who_is_not_known(void **state)
{
	(void)state;
	static const char *const which =
		"user_name IS NULL AND client = '127.0.0.1' AND detail = 'route=/search why=web.sign_in'";
	while (instant_now() / 1000000 % 900 > 890)
		usleep(100000);
	assert_int_equal(ask_by_token("GET", "/search", "nonsense"), 401);
	assert_int_equal(refused(which), 1);
	for (int i = 0; i < REFUSALS_NOTED_MOST + 5; i++)
		assert_int_equal(ask_by_token("GET", "/search", "nonsense"), 401);
	int64_t noted = refused(which);
	assert_true(noted > REFUSALS_NOTED_MOST / 2 && noted <= REFUSALS_NOTED_MOST);
}

/* Whoever is signed in does not fill the audit with forms either; other users' have entries all the same. */
static void test_forms_without_their_token(void **state)
{
	(void)state;
	static const char *const form =
		"SELECT count(*) FROM audit_entry WHERE action = 'form.refused' AND user_name = '%s'";
	char sql[200], other[200];
	snprintf(sql, sizeof sql, form, "rosa");
	snprintf(other, sizeof other, form, "admin");
	while (instant_now() / 1000000 % 900 > 880)
		usleep(100000);
	village_sign_in(v, "rosa");
	for (int i = 0; i < REFUSALS_NOTED_MOST + 5; i++) {
		snprintf(v->csrf, sizeof v->csrf, "0123456789012345678901234567890123456789012");
		assert_int_equal(village_post(v, "/purpose", "purpose=early_help"), 403);
	}
	int64_t noted = village_query(v, STORE_DESK, sql);
	assert_true(noted > REFUSALS_NOTED_MOST / 2 && noted <= REFUSALS_NOTED_MOST + 1);
	village_sign_in(v, "admin");
	snprintf(v->csrf, sizeof v->csrf, "0123456789012345678901234567890123456789012");
	assert_int_equal(village_post(v, "/password", ""), 403);
	assert_int_equal(village_query(v, STORE_DESK, other), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_signed_in),
		cmocka_unit_test(test_who_is_not_known),
		cmocka_unit_test(test_forms_without_their_token),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
