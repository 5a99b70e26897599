/* Who manages users, and what they may not do to an account: their own, one that has changed meanwhile, another's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "village.h"

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

static int64_t count(const char *sql)
{
	return village_query(v, STORE_DESK, sql);
}

static void execute(const char *sql)
{
	struct error e;
	struct store *desk;
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, sql, &e), &e);
	store_close(desk);
}

static const char *path_of(const char *username)
{
	static char path[100];
	char sql[200], id[ID_TEXT_SIZE];
	snprintf(sql, sizeof sql, "SELECT user_id FROM account WHERE username = '%s'", username);
	snprintf(path, sizeof path, "/admin/users/%s", id_format(count(sql), id));
	return path;
}

/* The password that a page shows this once, in OUT; false: it shows none. */
static bool shown_password(char out[25])
{
	const char *at = strstr(v->out.at, "The new password is <strong class=\"ov-hash\">");
	if (at)
		snprintf(out, 25, "%.24s", strstr(at, "ov-hash\">") + 9);
	return at != NULL;
}

static int enter(const char *username, const char *password)
{
	char form[300];
	snprintf(form, sizeof form, "username=%s&password=%s", username, password);
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	return village_post(v, "/sign-in", form);
}

static void test_a_reset_password_must_be_changed(void **state)
{
	(void)state;
	char given[25], form[300], where[500];
	village_user(v, "wren", "hurried"); /* a role that the profile lets one person give */
	village_sign_in(v, "admin");
	assert_int_equal(village_post(v, path_of("wren"), "name=Wren&role=hurried&status=active&reset=yes"), 200);
	assert_true(shown_password(given));
	assert_int_equal(enter("wren", given), 303);
	assert_int_equal(village_get(v, "/search"), 303);
	assert_string_equal(village_header(v, "Location", where), "/password");
	assert_int_equal(village_get(v, "/password"), 200);
	snprintf(form, sizeof form, "old=%s&new=four+words+of+my+own&again=four+words+of+my+own", given);
	assert_int_equal(village_post(v, "/password", form), 303);
	assert_int_equal(village_get(v, "/purpose"), 200);
	execute("UPDATE account SET must_change_password = 1, password_given = 1 WHERE username = 'wren'");
	assert_int_equal(enter("wren", "four+words+of+my+own"), 422); /* not used for a fortnight */
	assert_int_equal(count("SELECT count(*) FROM audit_entry WHERE action = 'sign_in' AND detail = "
			       "'password_not_changed_in_time'"),
			 1);
}

/* ---- one's own account ---------------------------------------------------------------------------------- */

static void test_users_are_told_what_was_changed_and_end_their_sessions(void **state)
{
	(void)state;
	char first[200], form[100];
	village_user(v, "nils", "hurried");
	village_sign_in(v, "nils");
	snprintf(first, sizeof first, "%s", v->cookie);
	assert_false(village_shows(v, "Your account was changed"));
	assert_int_equal(village_get(v, "/account"), 200);
	assert_true(village_shows(v, "Nothing was changed"));
	usleep(1100000); /* a sign-in of the same second is not one before */
	village_sign_in(v, "admin");
	assert_int_equal(village_post(v, path_of("nils"), "name=Nils+Aas&role=hurried&status=active"), 200);
	usleep(1100000);
	village_sign_in(v, "nils");
	assert_true(village_shows(v, "Your account was changed since you last signed in"));
	assert_int_equal(village_get(v, "/account"), 200);
	assert_true(village_shows(v, "Name, role, team or state were saved"));
	assert_true(village_shows(v, "<td class=\"govuk-table__cell\">admin</td>"));
	assert_true(village_shows(v, "127.0.0.1") && village_shows(v, "This one") && village_shows(v, "End it"));
	int64_t other = count("SELECT min(session_id) FROM session s JOIN account a USING (user_id) WHERE a.username = "
			      "'nils'"),
		whose = count("SELECT min(session_id) FROM session s JOIN account a USING (user_id) WHERE a.username = "
			      "'admin'");
	snprintf(form, sizeof form, "session=%lld", (long long)whose); /* somebody else's stays */
	assert_int_equal(village_post(v, "/account/sessions", form), 303);
	snprintf(form, sizeof form, "session=%lld", (long long)other);
	assert_int_equal(village_post(v, "/account/sessions", form), 303);
	assert_int_equal(
		count("SELECT count(*) FROM session s JOIN account a USING (user_id) WHERE a.username = 'nils'"), 1);
	assert_true(count("SELECT count(*) FROM session s JOIN account a USING (user_id) WHERE a.username = 'admin'") >
		    0);
	assert_int_equal(
		count("SELECT count(*) FROM audit_entry WHERE action = 'sign_out' AND detail LIKE 'session=%'"), 1);
	snprintf(v->cookie, sizeof v->cookie, "%s", first);
	assert_int_equal(village_get(v, "/account"), 303); /* to signing in */
}

/* ---- two persons ---------------------------------------------------------------------------------------- */

/* What whoever is signed in says to what waits for USERNAME. */
static int answer(const char *username, const char *what)
{
	char path[200], sql[300], form[100];
	snprintf(sql, sizeof sql,
		 "SELECT coalesce(max(change_id), 0) FROM account_change c JOIN account a USING (user_id) WHERE "
		 "a.username = '%s'",
		 username);
	snprintf(form, sizeof form, "change=%lld&answer=%s", (long long)count(sql), what);
	snprintf(path, sizeof path, "%s/answer", path_of(username));
	return village_post(v, path, form);
}

static void test_an_account_with_names_is_given_by_two(void **state)
{
	(void)state;
	char given[25];
	village_sign_in(v, "admin");
	assert_int_equal(village_post(v, "/admin/users", "username=my.other&name=My+Other&role=front_line&team="), 200);
	assert_false(shown_password(given));
	assert_true(village_shows(v, "waits for another person"));
	assert_int_equal(count("SELECT status FROM account WHERE username = 'my.other'"), 1);
	/* nor by the same person once more, in whichever way */
	assert_int_equal(answer("my.other", "confirm"), 422);
	assert_true(village_shows(v, "Nobody confirms what they asked for"));
	assert_int_equal(village_post(v, path_of("my.other"), "name=My+Other&role=front_line&status=active"), 422);
	assert_true(village_shows(v, "waits for a second person"));
	assert_int_equal(village_post(v, path_of("my.other"), "name=My+Other&role=hurried&status=disabled"), 200);
	assert_int_equal(count("SELECT status FROM account WHERE username = 'my.other'"), 1);
	village_user(v, "second", "administrator");
	village_sign_in(v, "second");
	assert_int_equal(village_get(v, "/admin/users"), 200);
	assert_true(village_shows(v, "Waits for a second person"));
	assert_int_equal(answer("my.other", "confirm"), 422); /* its role is no longer what it was */
	assert_int_equal(answer("my.other", "reject"), 200);
	village_sign_in(v, "admin");
	assert_int_equal(village_post(v, path_of("my.other"), "name=My+Other&role=front_line&status=active&reset=yes"),
			 200);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'my.other' AND (status = 0 OR role_id = "
			       "'front_line')"),
			 0);
	village_sign_in(v, "second");
	assert_int_equal(answer("my.other", "confirm"), 200);
	assert_true(shown_password(given));
	assert_int_equal(enter("my.other", given), 303);
	assert_int_equal(village_get(v, "/search"), 303); /* a password of one's own first */
	assert_int_equal(
		count("SELECT count(*) FROM account WHERE username = 'my.other' AND role_id = 'front_line' AND "
		      "status = 0 AND must_change_password = 1"),
		1);
	assert_int_equal(count("SELECT count(*) FROM audit_entry WHERE action = 'account.confirm' AND outcome = "
			       "'refused' AND subject_id = (SELECT user_id FROM account WHERE username = 'my.other')"),
			 2);
	assert_int_equal(count("SELECT count(*) FROM audit_entry WHERE action IN ('account.ask', 'account.confirm', "
			       "'account.reject') AND outcome = 'allowed'"),
			 4);
}

static void test_nobody_enters_the_account_of_another_alone(void **state)
{
	(void)state;
	char given[25];
	village_user(v, "third", "administrator");
	execute("UPDATE account SET second_factor = 1 WHERE username = 'rosa'");
	village_sign_in(v, "admin");
	assert_int_equal(
		village_post(v, path_of("rosa"), "name=Rosa&role=front_line&status=active&reset=yes&factor=lost"), 200);
	assert_false(shown_password(given));
	assert_int_equal(count("SELECT second_factor FROM account WHERE username = 'rosa'"), 1);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'rosa' AND must_change_password = 1"), 0);
	village_sign_in(v, "third");
	assert_int_equal(answer("rosa", "reject"), 200);
	assert_int_equal(answer("rosa", "confirm"), 200); /* it is over */
	assert_true(village_shows(v, "answered already"));
	assert_int_equal(count("SELECT second_factor FROM account WHERE username = 'rosa'"), 1);
	execute("UPDATE account SET second_factor = 0 WHERE username = 'rosa'");
	/* a reset with a weaker role, to move back later, is a reset */
	assert_int_equal(village_post(v, path_of("rosa"), "name=Rosa&role=hurried&status=active&reset=yes"), 200);
	assert_false(shown_password(given));
	assert_int_equal(answer("rosa", "reject"), 200);
	/* whose account it is confirms nothing of it */
	assert_int_equal(village_post(v, path_of("admin"), "name=admin&role=administrator&status=active&reset=yes"),
			 200);
	village_sign_in(v, "admin");
	assert_int_equal(answer("admin", "confirm"), 422);
	assert_int_equal(answer("admin", "reject"), 200);
	/* moving up: the role that was stays until it is confirmed */
	assert_int_equal(village_post(v, path_of("rosa"), "name=Rosa&role=front_line&status=active"), 200);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'rosa' AND role_id = 'hurried'"), 1);
	execute("UPDATE account SET status = 1 WHERE username = 'rosa'"); /* somebody else disables it meanwhile */
	village_sign_in(v, "third");
	assert_int_equal(answer("rosa", "confirm"), 422);
	assert_true(village_shows(v, "no longer what it was"));
	execute("UPDATE account SET status = 0 WHERE username = 'rosa'");
	assert_int_equal(answer("rosa", "confirm"), 200);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'rosa' AND role_id = 'front_line' AND "
			       "status = 0"),
			 1);
}

static void test_an_account_of_the_identity_provider_gets_no_password(void **state)
{
	(void)state;
	village_user(v, "petra", "inspector");
	execute("UPDATE account SET external_id = 'https://id.example 7', password_hash = '' WHERE username = 'petra'");
	village_sign_in(v, "admin");
	assert_int_equal(village_post(v, path_of("petra"), "name=Petra&role=inspector&status=active&reset=yes"), 422);
	assert_true(village_shows(v, "has no password here"));
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'petra' AND password_hash = ''"), 1);
}

static void test_nobody_gives_themselves_rights(void **state)
{
	(void)state;
	static const char *const forms[] = {"role=front_line&status=active", "role=administrator&team=early_help_team",
					    "role=administrator&status=disabled", "role=administrator&reset=yes",
					    "role=administrator&factor=lost"};
	village_sign_in(v, "admin");
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		char form[200];
		snprintf(form, sizeof form, "name=Another+Name&%s", forms[i]);
		assert_int_equal(village_post(v, path_of("admin"), form), 422);
	}
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'admin' AND role_id = 'administrator' "
			       "AND team_id IS NULL AND status = 0 AND display_name = 'admin'"),
			 1);
	assert_int_equal(count("SELECT count(*) FROM audit_entry WHERE action = 'account.update' AND outcome = "
			       "'refused' AND detail = 'own account'"),
			 5);
	assert_int_equal(village_post(v, path_of("admin"), "name=Another+Name&role=administrator&status=active"), 200);
	assert_int_equal(village_get(v, "/admin/users"), 200);
}

/* The form as the page had it, with another name. */
static int send_seen(const char *seen, const char *rest)
{
	char form[300];
	snprintf(form, sizeof form, "seen=%s&name=Corrected+Name&%s", seen, rest);
	return village_post(v, path_of("olwen"), form);
}

static void test_an_old_form_brings_nobody_back(void **state)
{
	(void)state;
	char seen[100];
	village_user(v, "olwen", "hurried");
	village_sign_in(v, "admin");
	assert_int_equal(village_get(v, path_of("olwen")), 200);
	const char *at = strstr(v->out.at, "name=\"seen\" value=\"");
	assert_non_null(at);
	snprintf(seen, sizeof seen, "%.*s", (int)strcspn(at + 19, "\""), at + 19);
	execute("UPDATE account SET status = 2 WHERE username = 'olwen'"); /* SCIM: has left */
	assert_int_equal(send_seen(seen, "role=hurried&status=active"), 422);
	assert_true(village_shows(v, "was changed since you opened the page"));
	assert_true(village_shows(v, "<option value=\"disabled\" selected>"));
	assert_int_equal(
		count("SELECT count(*) FROM account WHERE username = 'olwen' AND status = 2 AND display_name = "
		      "'olwen'"),
		1);
	assert_int_equal(send_seen("disabled/hurried/", "role=hurried&status=disabled"), 200);
	assert_int_equal(
		count("SELECT count(*) FROM account WHERE username = 'olwen' AND status = 2 AND display_name = "
		      "'Corrected Name'"),
		1);
	assert_int_equal(send_seen("disabled/hurried/", "role=hurried&status=active"), 200);
	assert_int_equal(count("SELECT count(*) FROM account WHERE username = 'olwen' AND status = 0"), 1);
	execute("UPDATE account SET role_id = 'inspector' WHERE username = 'olwen'");
	assert_int_equal(send_seen(seen, "role=hurried&status=active"), 422);
}

/* What cannot be written down is not done: the audit's table is taken away behind the server's back. */
static void test_nothing_changes_without_its_entry(void **state)
{
	(void)state;
	int64_t sessions = 0;
	village_user(v, "una", "front_line");
	village_sign_in(v, "una");
	assert_int_equal(village_get(v, "/password"), 200);
	sessions = count("SELECT count(*) FROM session");
	execute("ALTER TABLE audit_entry RENAME TO audit_entry_away");
	assert_true(village_post(v, "/password",
				 "old=correct+horse+battery&new=four+words+of+my+own&again=four+words+of+my+own") >=
		    500);
	assert_true(village_post(v, "/purpose", "purpose=early_help&reason=a+referral") >= 500);
	assert_true(village_post(v, "/sign-out", "") >= 500);
	assert_int_equal(count("SELECT count(*) FROM session"), sessions);
	assert_int_equal(count("SELECT count(*) FROM session WHERE purpose IS NOT NULL"), 0);
	char kept[200];
	snprintf(kept, sizeof kept, "%s", v->cookie);
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	assert_true(village_post(v, "/sign-in", "username=una&password=correct+horse+battery") >= 500);
	assert_int_equal(count("SELECT count(*) FROM session"), sessions);
	execute("ALTER TABLE audit_entry_away RENAME TO audit_entry");
	snprintf(v->cookie, sizeof v->cookie, "%s", kept);
	assert_int_equal(village_get(v, "/purpose"), 200); /* the session goes on */
	village_sign_in(v, "una");                         /* with the old password */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_reset_password_must_be_changed),
		cmocka_unit_test(test_users_are_told_what_was_changed_and_end_their_sessions),
		cmocka_unit_test(test_an_account_with_names_is_given_by_two),
		cmocka_unit_test(test_nobody_enters_the_account_of_another_alone),
		cmocka_unit_test(test_an_account_of_the_identity_provider_gets_no_password),
		cmocka_unit_test(test_nobody_gives_themselves_rights),
		cmocka_unit_test(test_an_old_form_brings_nobody_back),
		cmocka_unit_test(test_nothing_changes_without_its_entry),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
