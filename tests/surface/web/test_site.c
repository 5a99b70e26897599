#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "village.h"

#include "policy/staff.h"
#include "vault/disclosure.h"

static int set_up(void **state)
{
	*state = village_make();
	return 0;
}

static int tear_down(void **state)
{
	village_remove(*state);
	return 0;
}

static void choose_purpose(struct village *v)
{
	assert_int_equal(village_get(v, "/purpose"), 200);
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=test"), 303);
}

/* The page of the first resident there is. */
static void resident_path(struct village *v, char out[100])
{
	char id[ID_TEXT_SIZE];
	int64_t resident = village_query(v, STORE_DATA, "SELECT MIN(resident_id) FROM resident");
	snprintf(out, 100, "/residents/%s", id_format(resident, id));
}

/* What users state may name anybody. */
static void test_reasons_are_sealed_and_shown(void **state)
{
	struct village *v = *state;
	struct store *desk;
	struct error e;
	village_sign_in(v, "rosa");
	assert_int_equal(village_get(v, "/purpose"), 200);
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=Jan+Kowalski+rang"), 303);
	assert_int_equal(village_get(v, "/purpose"), 200);
	assert_true(village_shows(v, "value=\"Jan Kowalski rang\""));
	assert_int_equal(village_query(v, STORE_DESK, "SELECT COUNT(*) FROM session WHERE reason NOT LIKE 'words:%'"),
			 0);
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM audit_entry WHERE reason LIKE '%Kowalski%' OR detail LIKE "
				       "'%Kowalski%'"),
			 0);
	village_user(v, "paula", "auditor");
	village_sign_in(v, "paula");
	assert_int_equal(village_get(v, "/audit?user=rosa"), 200);
	assert_true(village_shows(v, "Jan Kowalski rang"));
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, "DELETE FROM stated", &e), &e);
	store_close(desk);
	assert_int_equal(village_get(v, "/audit?user=rosa"), 200);
	assert_true(village_shows(v, "these words are no longer kept"));
}

static void test_nobody_gets_in_without_signing_in(void **state)
{
	struct village *v = *state;
	char value[500], resident[100];
	resident_path(v, resident);
	static const char *const paths[] = {"/",        "/search",      "/feeds",      "/quarantine",
					    "/reports", "/admin/users", "/agreements", "/audit",
					    "/status",  "/purpose"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		assert_int_equal(village_get(v, paths[i]), 303);
		assert_int_equal(strncmp(village_header(v, "Location", value), "/sign-in", 8), 0);
		assert_int_equal(village_get_as(v, paths[i], "application/json"), 401);
	}
	assert_int_equal(village_get(v, resident), 303);
	assert_int_equal(village_get(v, "/sign-in"), 200);
	assert_int_equal(village_post(v, "/sign-in", "username=rosa&password=wrong+password+altogether"), 422);
	assert_true(village_shows(v, "The user name or the password is wrong"));
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM audit_entry WHERE action = 'sign_in' AND outcome = "
				       "'refused'"),
			 1);
}

static void test_a_look_is_recorded_before_it_is_shown(void **state)
{
	struct village *v = *state;
	char resident[100];
	resident_path(v, resident);
	village_sign_in(v, "rosa");
	assert_int_equal(village_get(v, resident), 303); /* asks for a purpose first */
	choose_purpose(v);
	int64_t before =
		village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry WHERE action = 'resident.open'");
	for (int i = 0; i < 3; i++)
		assert_int_equal(village_get(v, resident), 200);
	assert_true(village_shows(v, "Known to"));
	assert_int_equal(
		village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry WHERE action = 'resident.open'"),
		before + 3);
	assert_int_equal(village_get_as(v, resident, "application/json"), 200);
	assert_true(village_shows(v, "\"known_to\":["));
	assert_false(village_shows(v, "<html"));
	assert_int_equal(village_get(v, "/residents/0000000000001"), 404);
	assert_int_equal(village_get(v, "/residents/rubbish"), 404);
}

static void test_a_search_leaves_no_words_behind(void **state)
{
	struct village *v = *state;
	char where[500];
	village_sign_in(v, "rosa");
	assert_int_equal(village_post(v, "/search", "q=smith"), 200);
	assert_true(village_shows(v, "Why are you looking?"));
	for (int i = 0; i < 100 && village_get(v, "/healthz") && !village_shows(v, "serving"); i++)
		usleep(50000);
	assert_int_equal(village_post(v, "/search", "q=zzyzx&purpose=early_help&reason=x"), 303);
	assert_non_null(village_header(v, "Location", where));
	assert_null(strstr(where, "zzyzx"));
	assert_int_equal(village_get(v, where), 200);
	assert_true(village_shows(v, "residents found"));
	assert_int_equal(village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%zzyzx%'"),
			 0);
	assert_int_equal(village_get(v, "/search?s=0000000000001"), 200);
	assert_false(village_shows(v, "residents found"));
}

static int64_t entries_of(const struct village *v, const char *action)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_entry WHERE action = '%s'", action);
	return village_query((struct village *)(uintptr_t)v, STORE_DESK, sql);
}

/* Behind the search for zzyzx. */
static void test_the_audit_is_read_and_its_reading_recorded(void **state)
{
	struct village *v = *state;
	char path[200];
	village_user(v, "ada", "auditor");
	village_sign_in(v, "ada");
	assert_int_equal(village_get(v, "/audit?action=search&purpose=early_help&outcome=allowed"), 200);
	assert_true(village_shows(v, "What was searched for"));
	assert_true(village_shows(v, "from 127.0.0.1, session "));
	assert_false(village_shows(v, "zzyzx"));
	assert_int_equal(village_get(v, "/audit?action=search&outcome=refused"), 200);
	assert_true(village_shows(v, ">0 entries<"));
	assert_int_equal(village_get(v, "/audit?purpose=administration&user=rosa"), 200);
	assert_true(village_shows(v, ">0 entries<"));
	int64_t read = entries_of(v, "audit.read");
	assert_true(read >= 3);

	int64_t seq = village_query(v, STORE_DESK, "SELECT MAX(seq) FROM audit_words");
	snprintf(path, sizeof path, "/audit?words=%lld", (long long)seq);
	assert_int_equal(village_get(v, path), 200);
	assert_true(village_shows(v, "zzyzx"));
	assert_int_equal(entries_of(v, "audit.words"), 1);
	assert_int_equal(village_get(v, "/audit?words=1"), 404);
	assert_int_equal(entries_of(v, "audit.words"), 2); /* the attempt, too */
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM audit_entry WHERE client IS NULL AND "
				       "session_no IS NOT NULL"),
			 0);

	assert_int_equal(village_get(v, "/audit/entries.csv?action=search&user=rosa"), 200);
	assert_true(village_shows(v, "number,at,user,role"));
	assert_true(village_shows(v, ",rosa,front_line,"));
	assert_false(village_shows(v, ",ada,"));
	assert_int_equal(entries_of(v, "audit.export"), 1);

	/* The one look there was is drawn, and what it was is kept as an entry. */
	assert_int_equal(village_get(v, "/audit/unusual?days=7&sample=5&seed=3"), 200);
	assert_true(village_shows(v, "Looks drawn at random"));
	assert_false(village_shows(v, "said by ada"));
	int64_t look = village_query(v, STORE_DESK,
				     "SELECT MIN(seq) FROM audit_entry WHERE action = 'resident.open' "
				     "AND outcome = 'allowed'");
	snprintf(path, sizeof path, "entry=%lld&result=breach&back=%%2Faudit%%2Funusual", (long long)look);
	assert_int_equal(village_post(v, "/audit/review", path), 303);
	assert_int_equal(village_post(v, "/audit/review", "entry=1&result=nonsense"), 400);
	assert_int_equal(entries_of(v, "audit.review"), 1);
	assert_int_equal(entries_of(v, "audit.unusual"), 1);
	assert_int_equal(village_get(v, "/audit/unusual?days=7&sample=5&seed=3"), 200);
	assert_true(village_shows(v, "said by ada"));
	snprintf(path, sizeof path, "/audit?words=%lld", (long long)seq);
	village_sign_in(v, "rosa");
	assert_int_equal(village_get(v, "/audit/entries.csv"), 403);
	assert_int_equal(village_get(v, "/audit/unusual"), 403);
	assert_int_equal(village_get(v, path), 403);
}

static void test_a_role_ends_where_it_ends(void **state)
{
	struct village *v = *state;
	char resident[100];
	resident_path(v, resident);
	village_sign_in(v, "admin");
	assert_int_equal(village_get(v, "/admin/users"), 200);
	assert_int_equal(village_get(v, "/status"), 200);
	assert_int_equal(village_get(v, resident), 403);
	assert_int_equal(village_get(v, "/search"), 403);
	assert_true(village_shows(v, "Your role does not include this page"));
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM audit_entry WHERE action = 'page.refused' "
				       "AND user_name = 'admin'"),
			 2);
	village_sign_in(v, "rosa");
	assert_int_equal(village_get(v, "/admin/users"), 403);
	assert_int_equal(village_get(v, "/audit"), 403);
}

/* A token of rosa's account with CAPABILITIES, in TOKEN as a header. */
static int64_t give_token(struct village *v, const char *capabilities, const char *purpose, int days, char header[200])
{
	struct error e;
	struct store *desk;
	char token[API_TOKEN_SIZE];
	struct api_token made = {.name = TEXT("a test"),
				 .capabilities = text_of(capabilities),
				 .purpose = text_of(purpose),
				 .expires = instant_now() + days * INT64_C(86400000000)};
	made.user_id = village_query(v, STORE_DESK, "SELECT user_id FROM account WHERE username = 'rosa'");
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(api_token_create(desk, &made, TEXT("test"), token, &e), &e);
	store_close(desk);
	snprintf(header, 200, "Authorization: Bearer %s\r\n", token);
	return village_query(v, STORE_DESK, "SELECT MAX(token_id) FROM api_token");
}

static int ask_by_token(struct village *v, const char *method, const char *path, const char *header)
{
	char request[1000];
	snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%s%s\r\n", method, path,
		 header, method[0] == 'P' ? "Content-Length: 0\r\n" : "");
	client_ask(atomic_load(&v->port), text_of(request), &v->out);
	return client_status(&v->out);
}

static void test_a_program_asks_with_a_token(void **state)
{
	struct village *v = *state;
	struct error e;
	struct store *desk;
	char resident[100], header[200], other[200], over[200];
	resident_path(v, resident);
	v->cookie[0] = '\0';
	int64_t id = give_token(v, "resident.open", "early_help", 1, header);
	assert_int_equal(ask_by_token(v, "GET", resident, header), 200);
	assert_true(village_shows(v, "\"known_to\":[")); /* JSON, whatever it accepts */
	assert_int_equal(
		village_query(v, STORE_DESK,
			      "SELECT COUNT(*) FROM audit_entry WHERE action = 'resident.open' AND user_name = "
			      "'rosa' AND reason = 'a test' AND purpose = 'early_help'"),
		1);
	assert_int_equal(ask_by_token(v, "GET", "/search", header), 403); /* the role may, the token may not */
	assert_int_equal(ask_by_token(v, "POST", "/password", header), 403);
	assert_int_equal(ask_by_token(v, "GET", "/audit", header), 403);
	give_token(v, "resident.open,audit.read", NULL, 1, other);
	assert_int_equal(ask_by_token(v, "GET", resident, other), 403); /* without a purpose */
	assert_int_equal(ask_by_token(v, "GET", "/audit", other), 403); /* the token may, the role may not */
	give_token(v, "resident.open", "early_help", -1, over);
	assert_int_equal(ask_by_token(v, "GET", resident, over), 401);
	assert_int_equal(ask_by_token(v, "GET", resident, "Authorization: Bearer ov_nonsense\r\n"), 401);
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(api_token_revoke(desk, id, &e), &e);
	store_close(desk);
	assert_int_equal(ask_by_token(v, "GET", resident, header), 401);
	assert_int_equal(village_query(v, STORE_DESK, "SELECT COUNT(*) FROM api_token WHERE token_hash IS NULL"), 0);
}

static void test_forms_need_their_token_and_their_origin(void **state)
{
	struct village *v = *state;
	village_sign_in(v, "rosa");
	assert_int_equal(village_get(v, "/purpose"), 200);
	char right[100];
	snprintf(right, sizeof right, "%s", v->csrf);
	v->csrf[3] = v->csrf[3] == 'a' ? 'b' : 'a';
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help"), 403);
	static const char refused[] =
		"SELECT COUNT(*) FROM audit_entry WHERE action = 'form.refused' AND user_name = 'rosa' "
		"AND detail = 'route=/purpose'";
	assert_int_equal(village_query(v, STORE_DESK, refused), 1);
	snprintf(v->csrf, sizeof v->csrf, "%s", right);
	assert_int_equal(village_post_from(v, "/purpose", "purpose=early_help", "Origin: https://evil.example\r\n"),
			 403);
	assert_int_equal(village_post_from(v, "/purpose", "purpose=early_help", "Sec-Fetch-Site: cross-site\r\n"), 403);
	assert_int_equal(village_query(v, STORE_DESK, refused), 3);
	assert_int_equal(village_post_from(v, "/purpose", "purpose=early_help", "Origin: http://test\r\n"), 303);
	assert_int_equal(village_query(v, STORE_DESK, refused), 3);
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&next=//evil.example/"), 303);
	assert_true(village_shows(v, "Location: /\r\n"));
	assert_int_equal(village_post(v, "/sign-out", ""), 303);
	assert_int_equal(village_get(v, "/"), 303);
}

static void test_users_are_added_and_changed(void **state)
{
	struct village *v = *state;
	char id[ID_TEXT_SIZE], path[100];
	village_sign_in(v, "admin");
	assert_int_equal(village_post(v, "/admin/users", "username=&name=x&role=hurried"), 422);
	assert_int_equal(village_post(v, "/admin/users", "username=new.user&name=New+User&role=hurried&team="), 200);
	assert_true(village_shows(v, "The new password is"));
	assert_int_equal(village_post(v, "/admin/users", "username=new.user&name=New+User&role=hurried"), 422);
	int64_t user = village_query(v, STORE_DESK, "SELECT user_id FROM account WHERE username = 'new.user'");
	snprintf(path, sizeof path, "/admin/users/%s", id_format(user, id));
	assert_int_equal(village_get(v, path), 200);
	assert_int_equal(village_post(v, path, "name=New+Name&role=hurried&status=disabled"), 200);
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(*) FROM audit_entry WHERE action IN ('account.create', "
				       "'account.update')"),
			 2);
}

static void test_what_can_be_asked_for_without_signing_in(void **state)
{
	struct village *v = *state;
	assert_int_equal(village_get(v, "/healthz"), 200);
	assert_int_equal(village_get(v, "/metrics"), 200);
	assert_true(village_shows(v, "oneview_answer_seconds_bucket"));
	assert_int_equal(village_get(v, "/openapi.json"), 200);
	assert_true(village_shows(v, "/residents/{resident}"));
	assert_true(village_shows(v, "Content-Disposition: attachment; filename=\"answer.json\"\r\n"));
	assert_int_equal(village_get(v, "/static/../workspace.yaml"), 404);
	assert_int_equal(village_get(v, "/no-such-page"), 404);
	assert_int_equal(village_post(v, "/healthz", ""), 405);
	client_ask(
		atomic_load(&v->port),
		TEXT("POST /sign-in HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\n"
		     "Content-Length: 2\r\n\r\n{}"),
		&v->out);
	assert_int_equal(client_status(&v->out), 415);
	assert_true(village_shows(v, "application/x-www-form-urlencoded"));
}

/* Nothing is shown that is not recorded: the audit's table is taken away behind the server's back. */
static void test_without_audit_no_answer(void **state)
{
	struct error e;
	struct store *desk;
	struct village *v = *state;
	char resident[100];
	resident_path(v, resident);
	village_sign_in(v, "rosa");
	choose_purpose(v);
	assert_int_equal(village_get(v, resident), 200);
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, "ALTER TABLE audit_entry RENAME TO audit_entry_away", &e), &e);
	assert_int_equal(village_get(v, resident), 503);
	assert_true(village_shows(v, "cannot write its audit"));
	assert_false(village_shows(v, "Known to"));
	assert_int_equal(village_get(v, "/status"), 503); /* nor is a refusal that cannot be recorded */
	assert_ok(store_execute(desk, "ALTER TABLE audit_entry_away RENAME TO audit_entry", &e), &e);
	store_close(desk);
	assert_int_equal(village_get(v, resident), 200);
}

/* What a refresh publishes is shown without a restart, and nobody waits for it. */
static void test_a_new_state_is_shown_without_a_pause(void **state)
{
	struct error e;
	struct store *data;
	struct village *v = *state;
	int64_t generation;
	char line[100];
	assert_ok(workspace_store(v->workspace, STORE_DATA, STORE_WRITE, &data, &e), &e);
	assert_ok(run_publish(data, &generation, &e), &e);
	store_close(data);
	snprintf(line, sizeof line, "oneview_generation %lld\n", (long long)generation);
	bool shown = false;
	for (int i = 0; i < 400 && !shown; i++) {
		assert_int_equal(village_get(v, "/metrics"), 200);
		shown = village_shows(v, line);
		usleep(10000);
	}
	assert_true(shown);
}

static void change_profile(struct village *v, const char *file, const char *from, const char *to)
{
	struct error e;
	char path[WORKSPACE_PATH_SIZE + 20];
	struct buf content, changed;
	buf_init(&content, 1 << 20);
	buf_init(&changed, 1 << 20);
	snprintf(path, sizeof path, "%s/%s", v->workspace->paths.profile, file);
	assert_ok(file_read(path, &content, &e), &e);
	struct text all = buf_text(&content);
	size_t at = text_find(all, text_of(from));
	assert_true(at < all.len);
	buf_format(&changed, "%.*s%s%s", (int)at, all.at, to, all.at + at + strlen(from));
	assert_ok(file_replace(path, buf_text(&changed), 0600, &e), &e);
	buf_release(&content);
	buf_release(&changed);
}

static bool comes_to_show(struct village *v, const char *path, const char *words, bool wanted)
{
	bool is = !wanted;
	for (int i = 0; i < 500 && is != wanted; i++) {
		assert_int_equal(village_get(v, path), 200);
		is = village_shows(v, words);
		usleep(10000);
	}
	return is == wanted;
}

/* A profile is taken as a whole or not at all; what is wrong with it is told, and pages go on. */
static void test_a_changed_profile_is_taken_or_told_why_not(void **state)
{
	struct error e;
	struct store *data;
	struct village *v = *state;
	int64_t generation;
	char resident[100], line[100];
	resident_path(v, resident);
	village_sign_in(v, "admin");
	change_profile(v, "roles.yaml", "title: Front-line worker", "titel: Front-line worker");
	assert_true(comes_to_show(v, "/status", "stays in force", true));
	assert_true(village_shows(v, "roles.yaml, line 2: "));
	assert_true(village_shows(v, "with the profile of before"));
	assert_false(village_shows(v, v->folder));
	/* new data is followed all the same */
	assert_ok(workspace_store(v->workspace, STORE_DATA, STORE_WRITE, &data, &e), &e);
	assert_ok(run_publish(data, &generation, &e), &e);
	store_close(data);
	snprintf(line, sizeof line, "oneview_generation %lld\n", (long long)generation);
	assert_true(comes_to_show(v, "/metrics", line, true));
	change_profile(v, "roles.yaml", "titel: Front-line worker", "title: Door worker");
	assert_true(comes_to_show(v, "/status", "stays in force", false));
	assert_true(comes_to_show(v, "/admin/users", "Door worker", true));
	village_sign_in(v, "rosa");
	choose_purpose(v);
	assert_int_equal(village_get(v, resident), 200);
	assert_true(village_shows(v, "Known to"));
}

static void test_why_is_said_in_words(void **state)
{
	struct village *v = *state;
	village_sign_in(v, "admin");
	assert_int_equal(village_get(v, "/access"), 200);
	assert_int_equal(village_get(v, "/access?element=tenure&purpose=administration"), 200);
	assert_true(village_shows(v, "No data-sharing agreement gives it to your role"));
	assert_true(village_shows(v, "Housing tenancies"));
	assert_int_equal(village_get(v, "/access?element=rubbish"), 422);
	/* another role's, by whoever may read agreements */
	assert_int_equal(village_get(v, "/access?element=tenure&role=front_line&purpose=early_help"), 200);
	assert_true(village_shows(v, "Tenure, as Front-line worker"));
	assert_true(village_shows(v, "Yes: the agreement"));
	assert_int_equal(village_get(v, "/access?element=tenure&role=front_line&purpose=administration"), 200);
	assert_true(village_shows(v, "The role does not work for this purpose"));
	assert_int_equal(village_get(v, "/access?element=tenure&role=rubbish"), 422);
	village_sign_in(v, "rosa"); /* her role may not read agreements */
	assert_int_equal(village_get(v, "/access?element=tenure"), 403);
}

/* One proposes, another confirms: what the agreement let through is gone from the next page on, and both are in the
 * audit. */
static void test_two_persons_end_an_agreement(void **state)
{
	struct village *v = *state;
	char resident[100], form[100];
	resident_path(v, resident);
	village_user(v, "second", "administrator");
	village_sign_in(v, "rosa");
	choose_purpose(v);
	assert_int_equal(village_get_as(v, resident, "application/json"), 200);
	assert_int_equal(village_post(v, "/agreements/early_help_sharing/propose", "action=end&reason=not+mine"), 403);
	village_sign_in(v, "admin");
	assert_int_equal(village_get(v, "/agreements/early_help_sharing"), 200);
	assert_true(village_shows(v, "Propose"));
	assert_int_equal(village_post(v, "/agreements/early_help_sharing/propose", "action=end&reason=x"), 422);
	assert_int_equal(village_post(v, "/agreements/early_help_sharing/propose", "action=burn&reason=over+and+done"),
			 422);
	assert_int_equal(village_post(v, "/agreements/early_help_sharing/propose", "action=end&reason=over+and+done"),
			 303);
	int64_t number = village_query(v, STORE_DESK, "SELECT MAX(proposal_id) FROM agreement_proposal");
	snprintf(form, sizeof form, "proposal=%lld&answer=confirm", (long long)number);
	assert_int_equal(village_get(v, "/agreements/early_help_sharing"), 200);
	assert_true(village_shows(v, "Somebody else has to confirm it"));
	assert_int_equal(village_post(v, "/agreements/early_help_sharing/answer", form), 422);
	assert_true(village_shows(v, "Nobody confirms what they proposed themselves"));
	assert_int_equal(
		village_query(v, STORE_DESK,
			      "SELECT count(*) FROM audit_entry WHERE action = 'agreement.confirm' AND outcome "
			      "= 'refused'"),
		1);
	village_sign_in(v, "second");
	assert_int_equal(village_post(v, "/agreements/revenues_own/answer", form), 404);
	assert_int_equal(village_post(v, "/agreements/early_help_sharing/answer", form), 303);
	assert_int_equal(village_get(v, "/agreements/early_help_sharing"), 200);
	assert_true(village_shows(v, ">Ended<"));
	village_sign_in(v, "rosa");
	choose_purpose(v);
	assert_int_equal(village_get_as(v, resident, "application/json"), 404); /* no service may be named */
	assert_int_equal(village_query(v, STORE_DESK,
				       "SELECT COUNT(DISTINCT user_name) FROM audit_entry WHERE subject_kind = "
				       "'agreement' AND agreements = 'early_help_sharing' AND outcome = 'allowed'"),
			 2);
}

static void test_a_review_that_is_due_is_told(void **state)
{
	struct village *v = *state;
	village_sign_in(v, "admin");
	assert_int_equal(village_get(v, "/status"), 200);
	assert_false(village_shows(v, "review is due"));
	change_profile(v, "agreements.yaml", "review: 2099-01-01", "review: 2021-01-01");
	assert_true(comes_to_show(v, "/status", "Agreements whose review is due", true));
	assert_true(village_shows(v, "Data for early help"));
	assert_int_equal(village_get(v, "/agreements"), 200);
	assert_true(village_shows(v, "Review is due"));
	change_profile(v, "agreements.yaml", "review: 2021-01-01", "review: 2099-01-01");
	assert_true(comes_to_show(v, "/status", "Agreements whose review is due", false));
}

static void test_what_is_printed_is_recorded(void **state)
{
	struct village *v = *state;
	char path[100], id[ID_TEXT_SIZE], sql[300];
	int64_t resident = village_query(v, STORE_DATA, "SELECT min(resident_id) FROM resident");
	village_sign_in(v, "rosa");
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=test"), 303);
	snprintf(path, sizeof path, "/residents/%s", id_format(resident, id));
	assert_int_equal(village_get(v, path), 200);
	assert_true(village_shows(v, "?print=1\">Print this page"));
	snprintf(sql, sizeof sql, "SELECT count(*) FROM audit_entry WHERE action = 'page.print' AND subject_id = %lld",
		 (long long)resident);
	assert_int_equal(village_query(v, STORE_DESK, sql), 0);
	snprintf(path, sizeof path, "/residents/%s?print=1", id_format(resident, id));
	assert_int_equal(village_get(v, path), 200);
	assert_true(village_shows(v, "It is recorded that you print this page"));
	assert_int_equal(village_query(v, STORE_DESK, sql), 1);
	assert_int_equal(village_get(v, "/search?print=1"), 200); /* nothing about anybody */
	assert_int_equal(village_query(v, STORE_DESK, "SELECT count(*) FROM audit_entry WHERE action = 'page.print'"),
			 1);
}

/* As the staff file would have said of USERNAME. */
static void set_self(struct village *v, const char *username, const char *self)
{
	struct error e;
	struct vault *vault;
	struct store *desk;
	struct arena arena;
	struct account account;
	struct buf sealed;
	arena_init(&arena, 1 << 20);
	buf_init(&sealed, 1 << 12);
	assert_ok(vault_open(&vault, v->workspace->paths.master_key, &e), &e);
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(account_find(desk, text_of(username), &arena, &account, &e), &e);
	disclosure_seal_words(vault, account.user_id, WORDS_OF_USER, text_of(self), &sealed);
	assert_ok(staff_set_self(desk, account.user_id, buf_text(&sealed), &e), &e);
	store_close(desk);
	vault_close(vault);
	buf_release(&sealed);
	arena_release(&arena);
}

static bool is_found(struct village *v, const char *words)
{
	village_sign_in(v, "olive");
	assert_int_equal(village_get(v, "/audit/unusual"), 200);
	return village_shows(v, words);
}

/* Siobhan O'Reilly of 2 Mill Lane is opened by somebody of her name, at her address, or whose colleague she is. */
static void test_who_opens_their_own_family_is_found(void **state)
{
	struct village *v = *state;
	static const char *const both = "The resident has the user&#39;s own surname and address",
				 *const name = "The resident has the user&#39;s own surname.",
				 *const address = "The resident has the user&#39;s own address.",
				 *const colleague = "The resident has surname and address of another user";
	char path[100], id[ID_TEXT_SIZE];
	village_user(v, "olive", "auditor");
	village_sign_in(v, "rosa");
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=test"), 303);
	int64_t residents = village_query(v, STORE_DATA, "SELECT count(*) FROM resident");
	for (int64_t i = 0; i < residents; i++) {
		char sql[100];
		snprintf(sql, sizeof sql, "SELECT resident_id FROM resident ORDER BY 1 LIMIT 1 OFFSET %lld",
			 (long long)i);
		snprintf(path, sizeof path, "/residents/%s", id_format(village_query(v, STORE_DATA, sql), id));
		assert_int_equal(village_get(v, path), 200);
	}
	assert_false(is_found(v, "The resident has"));
	set_self(v, "rosa", "O'REILLY\n2 Mill Lane, Little Marsh\nem11aa");
	assert_true(is_found(v, both));
	set_self(v, "rosa", "O'Reilly\n9 Elsewhere\nEM9 9ZZ");
	assert_true(is_found(v, name) && !is_found(v, both) && !is_found(v, colleague));
	set_self(v, "rosa", "Smith\nFlat 3, 2 Mill Lane\nEM1 1AA");
	assert_true(is_found(v, address) && !is_found(v, both));
	set_self(v, "rosa", "Smith\n\n");
	set_self(v, "admin", "O'Reilly\n2 Mill Lane\nEM1 1AA");
	assert_true(is_found(v, colleague));
	assert_false(village_shows(v, "Reilly"));
	set_self(v, "admin", "");
	assert_false(is_found(v, "The resident has"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_gets_in_without_signing_in),
		cmocka_unit_test(test_a_look_is_recorded_before_it_is_shown),
		cmocka_unit_test(test_a_search_leaves_no_words_behind),
		cmocka_unit_test(test_the_audit_is_read_and_its_reading_recorded),
		cmocka_unit_test(test_reasons_are_sealed_and_shown),
		cmocka_unit_test(test_a_role_ends_where_it_ends),
		cmocka_unit_test(test_a_program_asks_with_a_token),
		cmocka_unit_test(test_forms_need_their_token_and_their_origin),
		cmocka_unit_test(test_users_are_added_and_changed),
		cmocka_unit_test(test_who_opens_their_own_family_is_found),
		cmocka_unit_test(test_what_is_printed_is_recorded),
		cmocka_unit_test(test_what_can_be_asked_for_without_signing_in),
		cmocka_unit_test(test_why_is_said_in_words),
		cmocka_unit_test(test_a_review_that_is_due_is_told),
		cmocka_unit_test(test_a_changed_profile_is_taken_or_told_why_not),
		cmocka_unit_test(test_without_audit_no_answer),
		cmocka_unit_test(test_a_new_state_is_shown_without_a_pause),
		cmocka_unit_test(test_two_persons_end_an_agreement), /* last: it does not come back */
	};
	return cmocka_run_group_tests(tests, set_up, tear_down); /* one village for all: making one takes a second */
}
