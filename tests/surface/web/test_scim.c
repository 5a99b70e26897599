/* SCIM: the council's identity system makes, moves and disables users, by a token that can do nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "village.h"

static struct village *v;
static char token[200], id[20];

/* Behind MARK, or at the end. */
static void add_to_profile(const char *file, const char *mark, const char *more)
{
	struct error e;
	struct buf content, changed;
	char path[WORKSPACE_PATH_SIZE + 20];
	buf_init(&content, 1 << 20);
	buf_init(&changed, 1 << 20);
	snprintf(path, sizeof path, "%s/%s", v->workspace->paths.profile, file);
	if (access(path, F_OK) == 0)
		assert_ok(file_read(path, &content, &e), &e);
	struct text all = buf_text(&content);
	size_t at = *mark ? text_find(all, text_of(mark)) + strlen(mark) : all.len;
	assert_true(at <= all.len);
	buf_format(&changed, "%.*s%s%.*s", (int)at, all.at ? all.at : "", more, (int)(all.len - at),
		   all.at ? all.at + at : "");
	assert_ok(file_replace(path, buf_text(&changed), 0600, &e), &e);
	buf_release(&content);
	buf_release(&changed);
}

/* With a team that a restriction is open to, and one job that has it, and worker numbers. */
static int make(void **state)
{
	(void)state;
	v = village_make();
	village_stop(v);
	add_to_profile("roles.yaml", "", "  - {id: closed_team, title: Closed team}\n");
	add_to_profile("restrictions.yaml", "",
		       "- {id: shut, title: Shut, hides: resident, by_hand: true, open_to: {teams: "
		       "[closed_team]}}\n");
	add_to_profile("profile.yaml", "jobs: {", "CL-9: {role: hurried, teams: [closed_team], worker_numbers: yes}, ");
	village_start(v);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	village_remove(v);
	return 0;
}

static void give_token(const char *username, const char *capabilities)
{
	struct error e;
	struct store *desk;
	struct arena arena;
	struct account account;
	char key[API_TOKEN_SIZE];
	arena_init(&arena, 1 << 20);
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(account_find(desk, text_of(username), &arena, &account, &e), &e);
	struct api_token made = {.user_id = account.user_id,
				 .name = TEXT("a test"),
				 .capabilities = text_of(capabilities),
				 .purpose = TEXT_ABSENT,
				 .expires = instant_now() + INT64_C(3600000000)};
	assert_ok(api_token_create(desk, &made, TEXT("test"), key, &e), &e);
	snprintf(token, sizeof token, "Authorization: Bearer %s\r\n", key);
	store_close(desk);
	arena_release(&arena);
}

static int ask(const char *method, const char *path, const char *body)
{
	char request[4000];
	snprintf(request, sizeof request,
		 "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%sContent-Type: application/scim+json\r\n"
		 "Content-Length: %zu\r\n\r\n%s",
		 method, path, token, strlen(body), body);
	client_ask(atomic_load(&v->port), text_of(request), &v->out);
	return client_status(&v->out);
}

static int ask_user(const char *method, const char *body)
{
	char path[100];
	snprintf(path, sizeof path, "/scim/v2/Users/%s", id);
	return ask(method, path, body);
}

static void keep_id(void)
{
	const char *at = strstr(v->out.at, "\"id\":\"");
	if (!at)
		at = strstr(v->out.at, "\"id\": \"");
	assert_non_null(at);
	at = strchr(at + 4, '"') + 1;
	at = at[0] == ':' ? strchr(at, '"') + 1 : at;
	snprintf(id, sizeof id, "%.*s", (int)strcspn(at, "\""), at);
}

static int64_t count(const char *sql)
{
	return village_query(v, STORE_DESK, sql);
}

static void test_a_user_joins_moves_and_leaves(void **state)
{
	(void)state;
	give_token("admin", "users.provision");
	assert_int_equal(ask("GET", "/scim/v2/ServiceProviderConfig", ""), 200);
	assert_true(village_shows(v, "application/scim+json"));
	assert_int_equal(ask("POST", "/scim/v2/Users",
			     "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"W.Okafor\","
			     "\"externalId\":\"u-77\",\"name\":{\"formatted\":\"Wren "
			     "Okafor\"},\"active\":true,\"roles\":[{\"value\":"
			     "\"front_line\"}]}"),
			 201);
	keep_id();
	assert_true(village_shows(v, "u-77"));
	assert_true(village_shows(v, "\r\nLocation: /scim/v2/Users/"));
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'w.okafor' AND kept_by = 2 AND status = "
			       "0 AND display_name = 'Wren Okafor' AND password_hash = ''"),
			 1);
	assert_int_equal(ask("GET", "/scim/v2/Users?filter=userName%20eq%20%22w.okafor%22", ""), 200);
	assert_true(village_shows(v, "\"totalResults\":1") || village_shows(v, "\"totalResults\": 1"));
	assert_int_equal(ask_user("PATCH", "{\"Operations\":[{\"op\":\"Replace\",\"path\":\"roles\",\"value\":"
					   "[{\"value\":\"revenues_officer\"}]}]}"),
			 200);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'w.okafor' AND role_id = "
			       "'revenues_officer'"),
			 1);
	assert_int_equal(ask_user("PATCH", "{\"Operations\":[{\"op\":\"replace\",\"value\":{\"active\":\"False\"}}]}"),
			 200);
	assert_int_equal(count("SELECT status FROM account WHERE username = 'w.okafor'"), ACCOUNT_LEFT);
	assert_int_equal(ask_user("PUT", "{\"userName\":\"w.okafor\",\"title\":\"front_line\"}"),
			 200); /* says nothing */
	assert_int_equal(count("SELECT status FROM account WHERE username = 'w.okafor'"), ACCOUNT_LEFT);
	assert_int_equal(ask_user("PUT", "{\"userName\":\"w.okafor\",\"displayName\":\"Wren Okafor\",\"active\":true,"
					 "\"title\":\"front_line\"}"),
			 200);
	assert_int_equal(count("SELECT status FROM account WHERE username = 'w.okafor'"), ACCOUNT_ACTIVE);
	assert_int_equal(count("SELECT count(*) FROM account WHERE provisioned_id = 'u-77'"),
			 1); /* PUT did not say it */
	assert_int_equal(ask_user("DELETE", ""), 204);
	assert_int_equal(count("SELECT status FROM account WHERE username = 'w.okafor'"), ACCOUNT_LEFT);
	assert_int_equal(count("SELECT count(*) FROM audit_entry WHERE detail LIKE 'SCIM: %' AND user_name = 'admin'"),
			 6);
}

static void test_what_cannot_be_done_is_told_in_its_form(void **state)
{
	(void)state;
	static const struct {
		const char *method, *path, *body;
		int status;
		const char *says;
	} cases[] = {
		{"POST", "/scim/v2/Users", "{\"userName\":\"rosa\",\"roles\":[{\"value\":\"front_line\"}]}", 409,
		 "uniqueness"},
		{"POST", "/scim/v2/Users", "{\"userName\":\"new\",\"roles\":[{\"value\":\"king\"}]}", 400,
		 "invalidValue"},
		/* roles that `staff: jobs:` does not list, whoever has the token */
		{"POST", "/scim/v2/Users", "{\"userName\":\"new\",\"roles\":[{\"value\":\"administrator\"}]}", 400,
		 "invalidValue"},
		{"POST", "/scim/v2/Users", "{\"userName\":\"new\",\"title\":\"auditor\"}", 400, "staff: jobs:"},
		{"POST", "/scim/v2/Users", "{\"userName\":\"new\"}", 400, "invalidValue"},
		{"POST", "/scim/v2/Users", "{\"userName\":", 400, "invalidSyntax"},
		{"POST", "/scim/v2/Users", "{\"userName\":\"a b\",\"title\":\"front_line\"}", 400, "invalidValue"},
		{"GET", "/scim/v2/Users?filter=title%20pr", "", 400, "invalidFilter"},
		{"GET", "/scim/v2/Users/0000000000001", "", 404, "\"404\""},
		{"DELETE", "/scim/v2/Users/0000000000001", "", 404, "\"404\""}, /* made by hand: not there for SCIM */
		{"PUT", "/scim/v2/Users", "{}", 405, "\"405\""},
	};
	give_token("admin", "users.provision");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(ask(cases[i].method, cases[i].path, cases[i].body), cases[i].status);
		assert_true(village_shows(v, "urn:ietf:params:scim:api:messages:2.0:Error"));
		assert_true(village_shows(v, cases[i].says));
	}
	assert_int_equal(count("SELECT count(*) FROM account WHERE kept_by = 2"), 1); /* of the case before */
}

static void test_nobody_else_gets_in(void **state)
{
	(void)state;
	const char *user = "{\"userName\":\"eve\",\"title\":\"front_line\"}";
	give_token("admin", "users.read,users.manage");
	assert_int_equal(ask("POST", "/scim/v2/Users", user), 403);
	give_token("rosa", "users.provision"); /* the token may, the role may not */
	assert_int_equal(ask("POST", "/scim/v2/Users", user), 403);
	token[0] = '\0';
	assert_int_equal(ask("POST", "/scim/v2/Users", user), 401);
	assert_int_equal(ask("GET", "/scim/v2/Users", ""), 401);
	village_sign_in(v, "admin"); /* a browser, which another site could make send this */
	snprintf(token, sizeof token, "Cookie: %s\r\n", v->cookie);
	assert_int_equal(ask("POST", "/scim/v2/Users", user), 403);
	assert_int_equal(ask("GET", "/scim/v2/Users", ""), 403);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'eve'"), 0);
}

static void test_whom_somebody_disabled_here_stays_out(void **state)
{
	(void)state;
	struct error e;
	struct store *desk;
	give_token("admin", "users.provision");
	assert_int_equal(ask("POST", "/scim/v2/Users", "{\"userName\":\"b.ward\",\"title\":\"front_line\"}"), 201);
	keep_id();
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, "UPDATE account SET status = 1 WHERE username = 'b.ward'", &e), &e);
	store_close(desk);
	assert_int_equal(
		ask_user("PATCH", "{\"Operations\":[{\"op\":\"replace\",\"path\":\"active\",\"value\":true}]}"), 409);
	assert_int_equal(count("SELECT status FROM account WHERE username = 'b.ward'"), ACCOUNT_DISABLED);
}

static int64_t reaches(const char *role, const char *team, const char *numbers)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "SELECT count(*) FROM account WHERE username = 'c.reach' AND role_id = '%s' AND COALESCE(team_id, '') "
		 "= '%s' AND COALESCE(worker_ids, '') = '%s'",
		 role, team, numbers);
	return count(sql);
}

static void test_nobody_gets_further_than_the_job(void **state)
{
	(void)state;
#define PATCH_ONE(path, value) "{\"Operations\":[{\"op\":\"replace\",\"path\":\"" path "\",\"value\":" value "}]}"
	give_token("admin", "users.provision");
	assert_int_equal(ask("POST", "/scim/v2/Users",
			     "{\"userName\":\"c.reach\",\"title\":\"FL-1\",\"department\":\"closed_team\"}"),
			 400);
	assert_true(village_shows(v, "invalidValue") && village_shows(v, "staff: jobs:"));
	assert_int_equal(ask("POST", "/scim/v2/Users",
			     "{\"userName\":\"c.reach\",\"title\":\"FL-1\",\"employeeNumber\":\"housing:W1\"}"),
			 400);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'c.reach'"), 0);
	assert_int_equal(ask("POST", "/scim/v2/Users",
			     "{\"userName\":\"c.reach\",\"title\":\"FL-1\",\"department\":\"early_help_team\"}"),
			 201);
	keep_id();
	assert_int_equal(ask_user("PATCH", PATCH_ONE("department", "\"closed_team\"")), 400);
	assert_int_equal(ask_user("PATCH", PATCH_ONE("employeeNumber", "\"housing:W1\"")), 400);
	assert_int_equal(
		ask_user("PUT",
			 "{\"userName\":\"c.reach\",\"displayName\":\"C. Reach\",\"title\":\"FL-1\",\"active\":true,"
			 "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"closed_"
			 "team\"}}"),
		400);
	assert_int_equal(reaches("front_line", "early_help_team", ""), 1);
	/* the job that has both */
	assert_int_equal(ask_user("PUT", "{\"userName\":\"c.reach\",\"displayName\":\"C. Reach\",\"title\":\"CL-9\","
					 "\"department\":\"closed_team\",\"employeeNumber\":\"housing:W1\"}"),
			 200);
	assert_int_equal(reaches("hurried", "closed_team", "housing:W1"), 1);
	/* and what came with it does not stay behind for another one; who leaves, leaves */
	assert_int_equal(ask_user("PATCH", PATCH_ONE("roles", "[{\"value\":\"front_line\"}]")), 400);
	assert_int_equal(ask_user("PATCH", PATCH_ONE("displayName", "\"Cat Reach\"")), 200);
	assert_int_equal(ask_user("DELETE", ""), 204);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_user_joins_moves_and_leaves),
		cmocka_unit_test(test_what_cannot_be_done_is_told_in_its_form),
		cmocka_unit_test(test_nobody_else_gets_in),
		cmocka_unit_test(test_nobody_gets_further_than_the_job),
		cmocka_unit_test(test_whom_somebody_disabled_here_stays_out),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
