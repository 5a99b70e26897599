/* What was written when the session ended is there after signing in again: for that user, in that browser, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "base/file.h"
#include "base/id.h"
#include "village.h"

static struct village *v;

#define WRITTEN "the+rent+account+has+another+name"

static void let_rosa_report(void)
{
	char path[600];
	struct error e;
	struct buf roles;
	buf_init(&roles, 4 << 20);
	snprintf(path, sizeof path, "%s/profile/roles.yaml", v->folder);
	assert_ok(file_read(path, &roles, &e), &e);
	char *at = strstr(roles.at, "property.open]");
	assert_non_null(at);
	FILE *out = fopen(path, "w");
	fprintf(out, "%.*sproperty.open, reports.make]%s", (int)(at - roles.at), roles.at,
		at + strlen("property.open]"));
	fclose(out);
	buf_release(&roles);
}

static int make(void **state)
{
	(void)state;
	v = village_make();
	village_stop(v);
	let_rosa_report();
	village_user(v, "vera", "front_line");
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

static int64_t count(const char *sql)
{
	return village_query(v, STORE_DESK, sql);
}

static const char *form(void)
{
	static char text[600];
	char id[ID_TEXT_SIZE];
	int64_t record = village_query(v, STORE_DATA, "SELECT min(record_id) FROM record");
	int64_t resident = record + 1000;
	snprintf(text, sizeof text,
		 "resident=%s&record=%lld&row=1&feed=housing_tenancies&element=family_name&text=" WRITTEN,
		 id_format(resident, id), (long long)record);
	return text;
}

/* Rosa writes, her session ends by itself, and then she sends. */
static void write_too_late(void)
{
	village_sign_in(v, "rosa");
	change("UPDATE session SET seen = seen - 3600000000");
	assert_int_equal(village_post(v, "/reports", form()), 303);
}

static bool goes_to(const char *where)
{
	char location[500];
	return village_header(v, "Location", location) && !strcmp(location, where);
}

/* With the cookie of before, as a browser does. */
static void sign_in_again(const char *name)
{
	char text[300], before[sizeof v->cookie], both[2 * sizeof v->cookie];
	snprintf(before, sizeof before, "%s", v->cookie);
	assert_int_equal(village_get(v, "/sign-in?kept=yes"), 200);
	snprintf(both, sizeof both, "%s; %s", v->cookie, before);
	assert_true(strlen(both) < sizeof v->cookie);
	memcpy(v->cookie, both, strlen(both) + 1);
	snprintf(text, sizeof text, "username=%s&password=correct+horse+battery", name);
	assert_int_equal(village_post(v, "/sign-in", text), 303);
}

static void test_what_was_written_is_offered_again(void **state)
{
	(void)state;
	write_too_late();
	assert_true(goes_to("/sign-in?kept=yes"));
	assert_int_equal(count("SELECT count(*) FROM draft"), 1);
	assert_int_equal(count("SELECT count(*) FROM audit_entry WHERE action = 'draft.keep' AND user_name = 'rosa'"),
			 1);
	sign_in_again("rosa");
	assert_true(goes_to("/draft"));
	assert_int_equal(village_get(v, "/draft"), 303); /* first, why they look */
	assert_true(goes_to("/purpose?next=/draft"));
	assert_int_equal(village_get(v, "/purpose?next=/draft"), 200);
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=test&next=/draft"), 303);
	assert_int_equal(village_get(v, "/draft"), 200);
	assert_true(village_shows(v, "the rent account has another name"));
	assert_true(village_shows(v, "action=\"/reports\""));
	char sent[800];
	snprintf(sent, sizeof sent, "%s&draft=yes", form());
	int64_t before = count("SELECT count(*) FROM report");
	assert_int_equal(village_post(v, "/reports", sent), 303);
	assert_int_equal(count("SELECT count(*) FROM report"), before + 1);
	assert_int_equal(count("SELECT count(*) FROM draft"), 0);
}

static void test_nobody_else_gets_it(void **state)
{
	(void)state;
	write_too_late();
	sign_in_again("vera"); /* in the same browser */
	assert_false(goes_to("/draft"));
	assert_int_equal(village_get(v, "/draft"), 303);
	assert_true(goes_to("/"));
	write_too_late();
	village_sign_in(v, "rosa"); /* in another browser: no cookie of before */
	assert_int_equal(village_get(v, "/draft"), 303);
	assert_true(goes_to("/"));
	change("DELETE FROM draft");
}

static void test_it_is_gone_after_an_hour_and_sealed_until_then(void **state)
{
	(void)state;
	write_too_late();
	assert_int_equal(count("SELECT count(*) FROM draft WHERE CAST(sealed AS TEXT) LIKE '%rent%'"), 0);
	change("UPDATE draft SET kept = kept - 3600000001");
	sign_in_again("rosa");
	assert_false(goes_to("/draft"));
	change("DELETE FROM draft");
}

static void test_what_is_not_kept(void **state)
{
	(void)state;
	village_sign_in(v, "rosa");
	change("UPDATE session SET seen = seen - 3600000000");
	snprintf(v->csrf, sizeof v->csrf, "0123456789012345678901234567890123456789012"); /* of another site */
	assert_int_equal(village_post(v, "/reports", form()), 401);
	village_sign_in(v, "rosa");
	change("UPDATE session SET seen = seen - 3600000000");
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help"), 401);
	assert_int_equal(village_get(v, "/search"), 303); /* and the session is as over as before */
	village_sign_in(v, "rosa");
	assert_int_equal(village_post(v, "/sign-out", ""), 303);
	assert_int_equal(village_post(v, "/reports", form()), 401);
	assert_int_equal(count("SELECT count(*) FROM draft"), 0);
}

/* Something has to be done first, which falls due between the form's page and its sending. */
static void test_what_falls_due_meanwhile_loses_nothing(void **state)
{
	(void)state;
	char sent[800];
	snprintf(sent, sizeof sent, "%s&draft=yes", form());
	village_sign_in(v, "rosa");
	change("UPDATE account SET must_change_password = 1 WHERE username = 'rosa'");
	assert_int_equal(village_post(v, "/draft", ""), 303);
	assert_true(goes_to("/password"));
	assert_int_equal(village_post(v, "/reports", form()), 303);
	assert_true(goes_to("/password"));
	assert_int_equal(count("SELECT count(*) FROM draft"), 1);
	assert_int_equal(village_post(v, "/reports", sent), 303); /* once more, from the draft's page */
	assert_int_equal(count("SELECT count(*) FROM draft"), 1);
	assert_int_equal(village_get(v, "/password"), 200);
	assert_int_equal(
		village_post(v, "/password",
			     "old=correct+horse+battery&new=another+horse+battery&again=another+horse+battery"),
		303);
	assert_true(goes_to("/draft"));
	assert_int_equal(village_get(v, "/purpose?next=/draft"), 200);
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=test&next=/draft"), 303);
	assert_int_equal(village_get(v, "/draft"), 200);
	assert_true(village_shows(v, "the rent account has another name"));
	change("DELETE FROM draft");
}

static void test_it_can_be_thrown_away(void **state)
{
	(void)state;
	write_too_late();
	sign_in_again("rosa");
	assert_int_equal(village_get(v, "/"), 200);
	assert_int_equal(village_post(v, "/draft", ""), 303);
	assert_int_equal(count("SELECT count(*) FROM draft"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_written_is_offered_again),
		cmocka_unit_test(test_nobody_else_gets_it),
		cmocka_unit_test(test_it_is_gone_after_an_hour_and_sealed_until_then),
		cmocka_unit_test(test_what_is_not_kept),
		cmocka_unit_test(test_it_can_be_thrown_away),
		cmocka_unit_test(test_what_falls_due_meanwhile_loses_nothing), /* last: she has another password then */
	};
	return cmocka_run_group_tests(tests, make, drop);
}
