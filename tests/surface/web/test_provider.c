/* Signing in at a real OpenID Connect provider (provider.mjs), from a confined keeper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "village.h"

#include "web/form.h"

#define BACK "https://oneview.test/sign-in/provider/back"

struct fixture {
	struct village *village;
	pid_t provider;
	unsigned port;
	struct buf walked;
};

static unsigned start_provider(struct fixture *f)
{
	int ends[2];
	char script[600], line[20] = "";
	snprintf(script, sizeof script, "%s/tests/surface/web/provider.mjs", getenv("ONEVIEW_SOURCE"));
	assert_int_equal(pipe(ends), 0);
	f->provider = fork();
	assert_true(f->provider >= 0);
	if (!f->provider) {
		prctl(PR_SET_PDEATHSIG, SIGTERM); /* also when the test is stopped */
		dup2(ends[1], 1);
		close(ends[0]);
		execlp("node", "node", script, BACK, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	FILE *out = fdopen(ends[0], "r");
	assert_non_null(fgets(line, sizeof line, out));
	fclose(out);
	int64_t port = 0;
	assert_true(text_parse_int64(text_trim(text_of(line)), &port));
	return (unsigned)port;
}

/* workspace.yaml gets the provider, roles.yaml its groups; the server is started anew with both. */
static void configure(struct fixture *f)
{
	struct error e;
	struct buf settings;
	char path[WORKSPACE_PATH_SIZE + 40];
	struct village *v = f->village;
	buf_init(&settings, 1 << 20);
	assert_ok(file_read(v->workspace->paths.settings, &settings, &e), &e);
	buf_format(&settings,
		   "provider:\n  issuer: http://127.0.0.1:%u\n  address: https://oneview.test\n  client_id: oneview\n"
		   "  secret_file: keys/provider.secret\n  title: your Little Marsh account\n  links: external_id\n",
		   f->port);
	assert_ok(file_replace(v->workspace->paths.settings, buf_text(&settings), 0600, &e), &e);
	snprintf(path, sizeof path, "%s/provider.secret", v->workspace->paths.keys);
	assert_ok(file_replace(path, TEXT("a secret for one test\n"), 0600, &e), &e);
	buf_release(&settings);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	buf_init(&f->walked, 1 << 16);
	f->village = village_make();
	village_stop(f->village);
	f->port = start_provider(f);
	configure(f);
	village_start(f->village);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	village_remove(f->village);
	kill(f->provider, SIGTERM);
	waitpid(f->provider, NULL, 0);
	buf_release(&f->walked);
	free(f);
	return 0;
}

/* The provider as USER's browser meets it, from LOCATION; the path that it sends the browser back to, in BACK_PATH. */
static void walk(struct fixture *f, const char *user, const char *location, char back_path[2000])
{
	char request[4000];
	struct buf encoded;
	buf_init(&encoded, 3000);
	form_append_encoded(&encoded, text_of(location));
	snprintf(request, sizeof request,
		 "GET /walk?user=%s&url=%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n", user,
		 encoded.at, f->port);
	client_ask(f->port, text_of(request), &f->walked);
	buf_release(&encoded);
	const char *at = strstr(f->walked.at, "https://oneview.test");
	if (!at)
		fail_msg("%s", f->walked.at);
	at += strlen("https://oneview.test");
	snprintf(back_path, 2000, "%.*s", (int)strcspn(at, "\r\n"), at);
}

static void begin(struct fixture *f, const char *path, char location[2000])
{
	char value[500];
	f->village->cookie[0] = '\0';
	assert_int_equal(village_get(f->village, path), 303);
	const char *at = strstr(f->village->out.at, "\r\nLocation: ");
	assert_non_null(at);
	snprintf(location, 2000, "%.*s", (int)strcspn(at + 12, "\r"), at + 12);
	assert_non_null(village_header(f->village, "Set-Cookie", value));
	assert_non_null(strstr(value, "HttpOnly; SameSite=Lax"));
}

static int sign_in(struct fixture *f, const char *user)
{
	char location[2000], back[2000];
	begin(f, "/sign-in/provider", location);
	walk(f, user, location, back);
	return village_get(f->village, back);
}

static int64_t accounts(struct fixture *f, const char *where)
{
	char sql[300];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM account WHERE %s", where);
	return village_query(f->village, STORE_DESK, sql);
}

static int64_t entries(struct fixture *f, const char *action, const char *detail)
{
	char sql[300];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_entry WHERE action = '%s' AND detail = '%s'", action,
		 detail);
	return village_query(f->village, STORE_DESK, sql);
}

static void test_an_account_is_made_kept_up_to_date_and_ended(void **state)
{
	struct fixture *f = *state;
	struct village *v = f->village;
	char location[2000], back[2000], where[500];
	assert_int_equal(village_get(v, "/sign-in"), 200);
	assert_true(village_shows(v, "Sign in with your Little Marsh account"));
	begin(f, "/sign-in/provider?next=%2Fsearch%3Fx%3D1", location);
	assert_non_null(strstr(location, "code_challenge_method=S256"));
	walk(f, "petra", location, back);
	assert_int_equal(village_get(v, back), 303);
	assert_string_equal(village_header(v, "Location", where), "/search?x=1");
	assert_int_equal(village_get(v, "/search"), 200);
	assert_true(village_shows(v, "Petra Nowak, Front-line worker"));
	assert_int_equal(accounts(f, "username = 'petra.nowak' AND role_id = 'front_line' AND status = 0"), 1);
	assert_int_equal(entries(f, "account.create", "role=front_line"), 1);
	assert_int_equal(entries(f, "sign_in", "identity provider"), 2); /* olga of the test before */
	/* no password opens it */
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	assert_int_equal(village_post(v, "/sign-in", "username=petra.nowak&password="), 422);
	/* another group, another role; the second factor is the provider's */
	assert_int_equal(sign_in(f, "petra_inspects"), 303);
	assert_int_equal(village_get(v, "/"), 200);
	assert_true(village_shows(v, "Petra Nowak-Lee, Inspector"));
	assert_int_equal(accounts(f, "username = 'petra.nowak'"), 1);
	assert_int_equal(entries(f, "account.update", "role=inspector"), 1);
	/* no group any more: refused, and disabled */
	assert_int_equal(sign_in(f, "petra_left"), 422);
	assert_true(village_shows(v, "None of your groups has a role here"));
	assert_int_equal(accounts(f, "username = 'petra.nowak' AND status = 1"), 1);
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM session s JOIN account a ON a.user_id = "
				       "s.user_id WHERE a.username = 'petra.nowak'"),
			 0);
	assert_int_equal(sign_in(f, "petra"), 422); /* whoever was disabled is let in again by a person only */
	assert_int_equal(entries(f, "sign_in", "account.disabled"), 1);
}

static void test_strangers_and_borrowed_names_are_refused(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(sign_in(f, "stranger"), 422);
	assert_int_equal(accounts(f, "username = 'stranger'"), 0);
	assert_int_equal(sign_in(f, "rosa"), 422); /* has an account of her own here */
	assert_int_equal(accounts(f, "username = 'rosa' AND external_id IS NULL"), 1);
	assert_int_equal(entries(f, "sign_in", "account.exists"), 1);
}

static void put_account(struct fixture *f, const char *name, int kept_by, const char *provisioned_id)
{
	char sql[500];
	struct error e;
	struct store *desk;
	snprintf(sql, sizeof sql,
		 "INSERT INTO account (username, display_name, password_hash, role_id, status, must_change_password, "
		 "created, kept_by, provisioned_id) VALUES ('%s', '%s', 'x', 'inspector', 0, 1, 1, %d, '%s')",
		 name, name, kept_by, provisioned_id);
	assert_ok(workspace_store(f->village->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, sql, &e), &e);
	store_close(desk);
}

static void execute(struct fixture *f, const char *sql)
{
	struct error e;
	struct store *desk;
	assert_ok(workspace_store(f->village->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, sql, &e), &e);
	store_close(desk);
}

/* The identity system made the account, with the id that the provider gives its users; the role is of no group. */
static void test_an_account_of_scim_is_opened_by_the_provider(void **state)
{
	struct fixture *f = *state;
	struct village *v = f->village;
	char where[500];
	put_account(f, "dara.lind", KEPT_BY_SCIM, "dara");
	put_account(f, "by.hand", KEPT_BY_HAND, "hana"); /* never taken over */
	put_account(f, "by.file", KEPT_BY_STAFF_FILE, "hana");
	assert_int_equal(sign_in(f, "dara"), 303);
	assert_int_equal(village_get(v, "/"),
			 200); /* neither a password of their own nor a factor of ours is asked for */
	assert_true(village_shows(v, "dara.lind, Inspector"));
	assert_int_equal(accounts(f, "username = 'dara.lind' AND external_id LIKE 'http%% dara' AND password_hash = '' "
				     "AND kept_by = 2"),
			 1);
	assert_int_equal(entries(f, "account.link", "role=inspector"), 1);
	assert_int_equal(sign_in(f, "dara"), 303);
	assert_int_equal(entries(f, "account.link", "role=inspector"), 1);
	/* the same account in a session that a password began is asked for both */
	execute(f, "UPDATE session SET began = 0; UPDATE account SET must_change_password = 0 WHERE username = "
		   "'dara.lind'");
	assert_int_equal(village_get(v, "/"), 303);
	assert_string_equal(village_header(v, "Location", where), "/second-factor");
	assert_int_equal(sign_in(f, "hana"), 422);
	assert_int_equal(accounts(f, "username LIKE 'by.%' AND external_id IS NULL AND password_hash = 'x'"), 2);
	execute(f, "UPDATE account SET status = 2 WHERE username = 'dara.lind'"); /* SCIM: has left */
	assert_int_equal(sign_in(f, "dara"), 422);
	execute(f, "UPDATE account SET kept_by = 2 WHERE username LIKE 'by.%'"); /* which of the two? */
	assert_int_equal(sign_in(f, "hana"), 422);
	assert_int_equal(entries(f, "sign_in", "account.ambiguous"), 1);
	assert_int_equal(accounts(f, "username LIKE 'by.%' AND external_id IS NULL"), 2);
}

static void test_an_attempt_is_one_browser_s_and_is_used_once(void **state)
{
	struct fixture *f = *state;
	struct village *v = f->village;
	char location[2000], back[2000], cookie[200];
	begin(f, "/sign-in/provider", location);
	snprintf(cookie, sizeof cookie, "%s", v->cookie);
	walk(f, "petra", location, back);
	v->cookie[0] = '\0'; /* another's browser */
	assert_int_equal(village_get(v, back), 422);
	assert_int_equal(entries(f, "sign_in", "provider.state"), 1);
	snprintf(v->cookie, sizeof v->cookie, "%s", cookie);
	char *code = strstr(back, "code=");
	code[5] = code[5] == 'x' ? 'y' : 'x'; /* a code that the provider did not give */
	assert_int_equal(village_get(v, back), 422);
	assert_int_equal(entries(f, "sign_in", "provider.answer"), 1);
	snprintf(v->cookie, sizeof v->cookie, "%s", cookie);
	assert_int_equal(village_get(v, back), 422); /* and the attempt is over */
	assert_int_equal(entries(f, "sign_in", "provider.state"), 2);
	assert_int_equal(village_get(v, "/sign-in/provider/back"), 422);
	assert_int_equal(village_get(v, "/sign-in/provider/back?state=&code=x"), 422);
}

static unsigned described(struct fixture *f)
{
	int64_t count = 0;
	client_ask(f->port, TEXT("GET /described HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), &f->walked);
	const char *at = strstr(f->walked.at, "asked:");
	assert_non_null(at);
	assert_true(text_parse_int64(text_slice(at + 6, strspn(at + 6, "0123456789")), &count));
	return (unsigned)count;
}

/* Whoever has no account cannot make the audit grow, or have the provider asked, as often as they like. */
static void test_one_address_begins_only_so_often(void **state)
{
	struct fixture *f = *state;
	struct village *v = f->village;
	char location[2000];
	village_stop(v);
	v->sign_in_failures = 4;
	village_start(v);
	unsigned asked = described(f);
	assert_int_equal(sign_in(f, "olga"), 303); /* what works does not count */
	for (int i = 0; i < 4; i++)
		begin(f, "/sign-in/provider", location);
	assert_int_equal(described(f) - asked, 1);
	int64_t before = village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(village_get(v, "/sign-in/provider"), 429);
		assert_int_equal(village_get(v, "/sign-in/provider/back?state=x&code=x"), 429);
	}
	assert_int_equal(village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry") - before, 1);
	assert_int_equal(entries(f, "sign_in", "limit=address"), 1);
	village_stop(v);
	v->sign_in_failures = 0;
	village_start(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_address_begins_only_so_often),
		cmocka_unit_test(test_strangers_and_borrowed_names_are_refused),
		cmocka_unit_test(test_an_attempt_is_one_browser_s_and_is_used_once),
		cmocka_unit_test(test_an_account_is_made_kept_up_to_date_and_ended),
		cmocka_unit_test(test_an_account_of_scim_is_opened_by_the_provider),
	};
	char there[600];
	snprintf(there, sizeof there, "%s/frontend/node_modules/oidc-provider/package.json", getenv("ONEVIEW_SOURCE"));
	if (access(there, R_OK)) {
		printf("1..0 # SKIP frontend/node_modules has no oidc-provider: run scripts/build-frontend\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
