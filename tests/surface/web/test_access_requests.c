/* A request for a copy from its first page to the file: two persons, no name without its entry, nothing for anybody
 * else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "casework/casework.h"
#include "village.h"
#include "web/subject_access.h"

/* The copy cannot be written, with half of it written. */
static bool cannot_write;
enum status __real_subject_access_render(struct buf *out, const struct value *document, struct error *error);
enum status __wrap_subject_access_render(struct buf *out, const struct value *document, struct error *error);
enum status __wrap_subject_access_render(struct buf *out, const struct value *document, struct error *error)
{
	enum status status = __real_subject_access_render(out, document, error);
	return cannot_write ? error_set(error, STATUS_TOO_LARGE, "rights.large", "too large") : status;
}

static const char words[] = "her sister Ngozi says otherwise";

static void replace_in_profile(struct village *v, const char *name, const char *from, const char *to)
{
	struct error e;
	char path[WORKSPACE_PATH_SIZE + 40];
	struct buf content, changed;
	buf_init(&content, 1 << 20);
	buf_init(&changed, 1 << 20);
	snprintf(path, sizeof path, "%s/%s", v->workspace->paths.profile, name);
	assert_ok(file_read(path, &content, &e), &e);
	struct text all = buf_text(&content);
	size_t at = text_find(all, text_of(from));
	assert_true(at < all.len);
	buf_format(&changed, "%.*s%s%s", (int)at, all.at, to, all.at + at + strlen(from));
	assert_ok(file_replace(path, buf_text(&changed), 0600, &e), &e);
	buf_release(&content);
	buf_release(&changed);
}

static void widen_profile(struct village *v)
{
	replace_in_profile(
		v, "roles.yaml", "roles:\n",
		"roles:\n  - {id: officer, title: Officer, capabilities: [search, resident.open, rights.manage, "
		"reports.manage], purposes: [rights, early_help]}\n");
	replace_in_profile(v, "purposes.yaml", "purposes:\n",
			   "purposes:\n  - {id: rights, title: Residents ask, residents_rights: true}\n");
	replace_in_profile(v, "agreements.yaml", "recipients: {roles: [front_line]}\n    purposes: [early_help]",
			   "recipients: {roles: [front_line, officer]}\n    purposes: [early_help, rights]");
}

/* Free text about 1001: marked in a copy. */
static void report_on_somebody(struct village *v)
{
	struct error e;
	int64_t id;
	struct vault *vault;
	struct store *desk;
	struct report report = {.user_id = 1,
				.username = TEXT("rosa"),
				.resident_id = 1001,
				.record_id = 1,
				.feed_id = TEXT("housing_tenancies"),
				.source_id = TEXT("housing"),
				.element_id = TEXT("tenure"),
				.as_at = DATE_UNKNOWN,
				.text = text_of(words)};
	assert_ok(vault_open(&vault, v->workspace->paths.master_key, &e), &e);
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_begin(desk, &e), &e);
	assert_ok(report_make(desk, vault, &report, &id, &e), &e);
	assert_ok(store_commit(desk, &e), &e);
	store_close(desk);
	vault_close(vault);
}

static int make(void **state)
{
	struct village *v = village_make();
	village_stop(v);
	widen_profile(v);
	village_user(v, "first", "officer");
	village_user(v, "second", "officer");
	report_on_somebody(v);
	village_start(v);
	*state = v;
	return 0;
}

static int drop(void **state)
{
	village_remove(*state);
	return 0;
}

static void sign_in(struct village *v, const char *user, const char *purpose)
{
	char form[100];
	village_sign_in(v, user);
	assert_int_equal(village_get(v, "/purpose"), 200);
	snprintf(form, sizeof form, "purpose=%s", purpose);
	assert_int_equal(village_post(v, "/purpose", form), 303);
}

static const char *somebody(const char *more)
{
	static char path[100];
	char id[ID_TEXT_SIZE];
	snprintf(path, sizeof path, "/residents/%s%s", id_format(1001, id), more);
	return path;
}

/* Logs a request; its path. */
static const char *logged(struct village *v)
{
	static char path[500];
	const char *form = somebody("/access-requests");
	assert_int_equal(village_get(v, form), 200);
	assert_int_equal(village_post(v, form, "received=2026-01-05&asker=resident&identity=documents&words=letter+7"),
			 303);
	assert_non_null(village_header(v, "Location", path));
	assert_int_equal(village_get(v, path), 200);
	return path;
}

static const char *under(const char *request, const char *more)
{
	static char path[600];
	snprintf(path, sizeof path, "%s%s", request, more);
	return path;
}

/* The form of the one item: "item=...&" and what is done. */
static int act(struct village *v, const char *request, const char *what)
{
	char form[300], item[40] = "", seen[60] = "";
	assert_int_equal(village_get(v, under(request, "/items?show=all")), 200);
	const char *at = strstr(v->out.at, "name=\"item\" value=\"");
	assert_non_null(at);
	snprintf(item, sizeof item, "%.13s", at + strlen("name=\"item\" value=\""));
	const char *decision = strstr(v->out.at, "name=\"seen\" value=\"");
	if (decision)
		snprintf(seen, sizeof seen, "%.*s", (int)strcspn(decision + strlen("name=\"seen\" value=\""), "\""),
			 decision + strlen("name=\"seen\" value=\""));
	snprintf(form, sizeof form, "item=%s&show=all&seen=%s&%s", item, seen, what);
	return village_post(v, under(request, "/items"), form);
}

static int64_t entries(struct village *v, const char *action)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM audit_entry WHERE action = '%s' AND subject_id = 1001", action);
	return village_query(v, STORE_DESK, sql);
}

static void a_copy_goes_out_when_two_have_looked(void **state)
{
	struct village *v = *state;
	char request[500];
	sign_in(v, "first", "rights");
	snprintf(request, sizeof request, "%s", logged(v));
	assert_true(village_shows(v, "Overdue"));
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 409);
	assert_int_equal(entries(v, "subject_access.issue"), 0);
	assert_int_equal(act(v, request, "do=withhold"), 422); /* by which exemption? */
	assert_true(village_shows(v, "Choose the exemption"));
	assert_int_equal(act(v, request, "do=release"), 303);
	assert_int_equal(act(v, request, "do=confirm"), 422);
	assert_true(village_shows(v, "cannot take the second look"));
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 409);
	sign_in(v, "second", "rights");
	assert_int_equal(act(v, request, "do=confirm"), 303);
	assert_int_equal(village_get(v, request), 200);
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 200);
	assert_true(village_shows(v, "attachment; filename="));
	assert_true(village_shows(v, words));
	assert_int_equal(entries(v, "subject_access.issue"), 1);
	assert_int_equal(entries(v, "subject_access.second_look"), 1);
	assert_int_equal(village_get(v, request), 200);
	assert_int_equal(village_post(v, under(request, "/copy"), "form=pdf"), 200);
	assert_true(village_shows(v, "Content-Type: application/pdf") && village_shows(v, "%PDF-1.7"));
	assert_int_equal(entries(v, "subject_access.issue"), 2);
	assert_int_equal(village_get(v, "/access-requests"), 200);
	assert_true(village_shows(v, "Answered"));
}

static void what_is_left_out_is_told_with_its_law(void **state)
{
	struct village *v = *state;
	char request[500];
	sign_in(v, "first", "rights");
	snprintf(request, sizeof request, "%s", logged(v));
	assert_int_equal(act(v, request, "do=withhold&exemption=third_party&why=names+her+sister"), 303);
	sign_in(v, "second", "rights");
	assert_int_equal(act(v, request, "do=confirm"), 303);
	assert_int_equal(village_get(v, request), 200);
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 200);
	assert_false(village_shows(v, words));
	assert_false(village_shows(v, "names her sister"));
	assert_true(village_shows(v, "schedule 2, paragraphs 16 and 17"));
	assert_int_equal(
		village_query(v, STORE_DESK,
			      "SELECT count(*) FROM audit_entry WHERE action = 'subject_access.issue' AND detail "
			      "LIKE '%1 withheld, third_party 1%'"),
		1);
}

/* What was loaded before somebody decided anew confirms nothing. */
static void a_second_look_is_at_what_was_seen(void **state)
{
	struct village *v = *state;
	char request[500], form[300], item[40], seen[60];
	sign_in(v, "first", "rights");
	snprintf(request, sizeof request, "%s", logged(v));
	assert_int_equal(act(v, request, "do=withhold&exemption=third_party&why=names+her+sister"), 303);
	sign_in(v, "second", "rights");
	assert_int_equal(village_get(v, under(request, "/items?show=all")), 200);
	assert_true(village_shows(v, "Left out"));
	snprintf(item, sizeof item, "%.13s", strstr(v->out.at, "name=\"item\" value=\"") + 19);
	const char *at = strstr(v->out.at, "name=\"seen\" value=\"") + 19;
	snprintf(seen, sizeof seen, "%.*s", (int)strcspn(at, "\""), at);
	sign_in(v, "first", "rights");
	assert_int_equal(act(v, request, "do=release"), 303);
	sign_in(v, "second", "rights");
	assert_int_equal(village_get(v, under(request, "/items?show=all")), 200);
	snprintf(form, sizeof form, "item=%s&show=all&seen=%s&do=confirm", item, seen);
	assert_int_equal(village_post(v, under(request, "/items"), form), 409);
	assert_true(village_shows(v, "decided anew since you saw it") && village_shows(v, "Goes into the copy"));
	snprintf(form, sizeof form, "item=%s&show=all&do=confirm", item);
	assert_int_equal(village_post(v, under(request, "/items"), form), 409);
	assert_int_equal(entries(v, "subject_access.second_look"), 0);
	assert_int_equal(village_get(v, request), 200);
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 409);
	assert_int_equal(act(v, request, "do=confirm"), 303);
}

/* Nothing on the page or in the file counts requests: a gap would tell of one that is hidden. */
static void a_request_has_no_number(void **state)
{
	struct village *v = *state;
	char request[500], reference[60], file[60];
	sign_in(v, "first", "rights");
	snprintf(request, sizeof request, "%s", logged(v));
	snprintf(reference, sizeof reference, "Request %s", request + strlen(request) - 6);
	snprintf(file, sizeof file, "filename=\"copy-%s.html\"", request + strlen(request) - 6);
	const char *const pages[] = {"/access-requests", request, under(request, "/items")};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(village_get(v, pages[i]), 200);
		assert_true(village_shows(v, reference));
		assert_false(village_shows(v, "Request 1<") || village_shows(v, "Request 1 for"));
	}
	assert_int_equal(act(v, request, "do=release"), 303);
	sign_in(v, "second", "rights");
	assert_int_equal(act(v, request, "do=confirm"), 303);
	assert_int_equal(village_get(v, request), 200);
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 200);
	assert_true(village_shows(v, file));
	assert_int_equal(
		village_query(v, STORE_DESK, "SELECT count(*) FROM audit_entry WHERE detail LIKE 'request 1,%'"), 0);
}

/* A copy that could not be written was not given. */
static void what_cannot_be_written_is_not_given(void **state)
{
	struct village *v = *state;
	char request[500];
	sign_in(v, "first", "rights");
	snprintf(request, sizeof request, "%s", logged(v));
	assert_int_equal(act(v, request, "do=release"), 303);
	sign_in(v, "second", "rights");
	assert_int_equal(act(v, request, "do=confirm"), 303);
	assert_int_equal(village_get(v, request), 200);
	cannot_write = true;
	int status = village_post(v, under(request, "/copy"), "form=html");
	cannot_write = false;
	assert_true(status >= 400);
	assert_false(village_shows(v, words));
	assert_int_equal(entries(v, "subject_access.issue"), 0);
	assert_int_equal(village_query(v, STORE_DESK, "SELECT count(*) FROM access_request_act WHERE what = 'issued'"),
			 0);
}

static void only_for_answering_residents(void **state)
{
	struct village *v = *state;
	char request[500];
	sign_in(v, "first", "rights");
	snprintf(request, sizeof request, "%s", logged(v));
	sign_in(v, "first", "early_help");
	assert_int_equal(village_get(v, "/access-requests"), 403);
	assert_int_equal(village_get(v, request), 403);
	assert_int_equal(village_get(v, under(request, "/items")), 403);
	assert_false(village_shows(v, words));
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 403);
	sign_in(v, "rosa", "early_help");
	assert_int_equal(village_get(v, "/access-requests"), 403);
	assert_int_equal(village_get(v, under(request, "/items")), 403);
}

static void a_form_that_is_not_right_asks_again(void **state)
{
	struct village *v = *state;
	char request[500];
	sign_in(v, "first", "rights");
	assert_int_equal(village_get(v, somebody("/access-requests")), 200);
	assert_int_equal(village_post(v, somebody("/access-requests"), "received=soon&words=letter+7"), 422);
	assert_true(village_shows(v, "Choose who asks") && village_shows(v, "Choose how identity was checked"));
	assert_true(village_shows(v, "letter 7")); /* what was written stays */
	assert_int_equal(village_post(v, somebody("/access-requests"),
				      "received=2999-01-01&asker=parent&identity=known&words=letter+7"),
			 422);
	snprintf(request, sizeof request, "%s", logged(v));
	assert_int_equal(village_post(v, request, "do=end&words=rang"), 422);
	assert_true(village_shows(v, "Choose how it ends"));
	assert_int_equal(village_post(v, request, "do=end&ending=withdrawn&words=rang+on+Monday"), 303);
	assert_int_equal(village_get(v, request), 200);
	assert_true(village_shows(v, "Withdrawn") && village_shows(v, "rang on Monday"));
	assert_int_equal(village_post(v, under(request, "/copy"), "form=html"), 409);
}

/* The officer records what the resident says of the value that ends in ELEMENT; WANTED is in the form's writing. */
static void dispute(struct village *v, const char *element, const char *wanted)
{
	char form[500], value[200];
	assert_int_equal(village_get(v, somebody("/corrections")), 200);
	const char *at = strstr(v->out.at, element);
	assert_non_null(at);
	const char *begin = at;
	while (begin[-1] != '"')
		begin--;
	snprintf(value, sizeof value, "%.*s%s", (int)(at - begin), begin, element);
	snprintf(form, sizeof form, "value=%s&wanted=%s&evidence=a+letter+of+hers&asked=2026-01-05", value, wanted);
	assert_int_equal(village_post(v, somebody("/corrections"), form), 303);
}

static size_t times(const struct village *v, const char *words_of_page)
{
	size_t count = 0;
	for (const char *at = v->out.at; (at = strstr(at, words_of_page)) != NULL; at++)
		count++;
	return count;
}

/* Beside the value, for who sees the value; what the resident said stays with who answers residents. */
static void what_is_disputed_is_marked(void **state)
{
	struct village *v = *state;
	sign_in(v, "first", "rights");
	dispute(v, "council_tax.date_of_birth", "1985-03-31");
	dispute(v, "council_tax.council_tax_balance", "77.77");
	sign_in(v, "rosa", "early_help"); /* who does not see how much is owed */
	assert_int_equal(village_get(v, somebody("")), 200);
	assert_int_equal(times(v, "The resident disputes this"), 1);
	assert_false(village_shows(v, "31 March 1985") || village_shows(v, "a letter of hers"));
	assert_int_equal(village_get_as(v, somebody(""), "application/json"), 200);
	assert_int_equal(times(v, "\"disputed\": true") + times(v, "\"disputed\":true"), 1);
	assert_false(village_shows(v, "1985-03-31") || village_shows(v, "77.77"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_copy_goes_out_when_two_have_looked, make, drop),
		cmocka_unit_test_setup_teardown(what_is_left_out_is_told_with_its_law, make, drop),
		cmocka_unit_test_setup_teardown(a_second_look_is_at_what_was_seen, make, drop),
		cmocka_unit_test_setup_teardown(a_request_has_no_number, make, drop),
		cmocka_unit_test_setup_teardown(what_cannot_be_written_is_not_given, make, drop),
		cmocka_unit_test_setup_teardown(only_for_answering_residents, make, drop),
		cmocka_unit_test_setup_teardown(a_form_that_is_not_right_asks_again, make, drop),
		cmocka_unit_test_setup_teardown(what_is_disputed_is_marked, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
