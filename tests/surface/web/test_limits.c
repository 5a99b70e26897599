/* How often somebody may ask: what is counted, what is refused and recorded, and what is only noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "village.h"

#include "web/limits.h"
#include "web/provider.h"

/* Windows are those of the clock: a test that needs one waits for the next, when this one is nearly over. */
static void wait_for_a_young_minute(void)
{
	while (instant_now() % 60000000 > 54000000)
		usleep(100000);
}

static struct limits_answer opened(struct limits *limits, const struct limits_asker *asker, int64_t subject,
				   struct store *desk)
{
	struct error e;
	struct limits_answer answer;
	assert_ok(limits_open(limits, asker, subject, desk, &answer, &e), &e);
	return answer;
}

static void test_windows(void **state)
{
	struct village *v = *state;
	struct error e;
	struct store *desk;
	struct limits *limits = limits_new(0);
	const struct profile_limits most = {
		.opens_minute = 5, .opens_hour = 7, .opens_day = 1000, .residents_hour = 3, .searches_minute = 2};
	const struct limits_asker one = {1, TEXT("one"), &most}, other = {2, TEXT("other"), &most};
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	wait_for_a_young_minute();
	for (int i = 0; i < 5; i++)
		assert_null(opened(limits, &one, 0, desk).over);
	struct limits_answer answer = opened(limits, &one, 0, desk);
	assert_string_equal(answer.over, "minute");
	assert_int_equal(answer.most, 5);
	assert_null(opened(limits, &other, 0, desk).over); /* another user's are their own */
	assert_true(limits_search(limits, &one) && limits_search(limits, &one));
	assert_false(limits_search(limits, &one));
	assert_true(limits_search(limits, &other));
	assert_int_equal(limits_numbers(limits).refused, 2);
	limits_free(limits);
	store_close(desk);
}

static void test_a_long_caseload_is_noticed_once(void **state)
{
	(void)state;
	struct limits *limits = limits_new(0);
	const struct profile_limits most = {1000, 1000, 1000, 1000, 1000, 20};
	const struct limits_asker one = {1, TEXT("one"), &most}, other = {2, TEXT("other"), &most};
	while (instant_now() / 1000000 % 3600 > 3595)
		usleep(100000);
	assert_false(limits_caseload(limits, &one, 20));
	assert_true(limits_caseload(limits, &one, 21));
	assert_false(limits_caseload(limits, &one, 400));
	assert_true(limits_caseload(limits, &other, 21));
	assert_int_equal(limits_numbers(limits).bulk, 2);
	limits_free(limits);
}

/* Once an hour, however many more there are; the same resident again is nobody new. */
static void test_bulk_is_noticed_once(void **state)
{
	struct village *v = *state;
	struct error e;
	struct store *desk;
	struct limits *limits = limits_new(0);
	const struct profile_limits most = {1000, 1000, 1000, 3, 1000, 1000};
	const struct limits_asker one = {1, TEXT("one"), &most};
	const int64_t residents[] = {11, 12, 11, 13, 13, 12, 14, 15, 14};
	int noticed = 0;
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	while (instant_now() / 1000000 % 3600 > 3595)
		usleep(100000);
	for (size_t i = 0; i < sizeof residents / sizeof *residents; i++) {
		int bulk = opened(limits, &one, residents[i], desk).bulk;
		assert_int_equal(bulk, residents[i] == 14 && !noticed ? 4 : 0);
		noticed += bulk > 0;
	}
	assert_int_equal(noticed, 1);
	assert_int_equal(limits_numbers(limits).bulk, 1);
	limits_free(limits);
	store_close(desk);
}

static void test_what_showed_nobody_is_given_back(void **state)
{
	struct village *v = *state;
	struct error e;
	struct store *desk;
	struct limits *limits = limits_new(0);
	const struct profile_limits most = {1000, 2, 1000, 2, 1000, 1000};
	const struct limits_asker one = {1, TEXT("one"), &most};
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	while (instant_now() / 1000000 % 3600 > 3595)
		usleep(100000);
	assert_null(opened(limits, &one, 0, desk).over);
	assert_null(opened(limits, &one, 0, desk).over);
	limits_give_back(limits, &one);
	assert_null(opened(limits, &one, 0, desk).over);
	assert_string_equal(opened(limits, &one, 0, desk).over, "hour");
	assert_int_equal(limits_saw(limits, &one, 21), 0);
	assert_int_equal(limits_saw(limits, &one, 22), 0);
	assert_int_equal(limits_saw(limits, &one, 22), 0);
	assert_int_equal(limits_saw(limits, &one, 23), 3);
	assert_int_equal(limits_numbers(limits).bulk, 1);
	limits_free(limits);
	store_close(desk);
}

static void record_look(struct store *desk, const struct audit_key *key, instant at, const char *action)
{
	struct error e;
	struct audit_entry entry = {
		.at = at, .user_name = TEXT("one"), .action = text_of(action), .outcome = TEXT("allowed")};
	assert_ok(store_begin(desk, &e), &e);
	assert_ok(audit_join(desk, key, &entry, &e), &e);
	assert_ok(store_commit(desk, &e), &e);
}

static void test_a_restart_is_no_fresh_start(void **state)
{
	struct village *v = *state;
	struct error e;
	struct store *desk;
	struct audit_key key;
	struct audit_looks looks;
	const struct profile_limits most = {1000, 1000, 6, 1000, 1000, 1000};
	const struct limits_asker one = {1, TEXT("one"), &most};
	instant now = instant_now() / 1000000 * 1000000;
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(workspace_audit_key(v->workspace, &key, &e), &e);
	for (int i = 0; i < 3; i++) /* pages of residents, as fast as a program asks */
		record_look(desk, &key, now + i, "resident.open");
	record_look(desk, &key, now, "search");
	record_look(desk, &key, now + 1000000, "household.open");
	record_look(desk, &key, now + 1000001, "resident.open"); /* of the same household's page */
	record_look(desk, &key, now + 1000002, "resident.open");
	record_look(desk, &key, now + 2000000, "partner.search");
	assert_ok(audit_count_looks(&looks, desk, TEXT("one"), now + 1000000, now - 1000000, &e), &e);
	assert_int_equal(looks.all, 5);
	assert_int_equal(looks.later, 2);
	struct limits *limits = limits_new(0);
	assert_null(opened(limits, &one, 0, desk).over);
	assert_string_equal(opened(limits, &one, 0, desk).over, "day");
	limits_free(limits);
	store_close(desk);
}

static void test_addresses(void **state)
{
	(void)state;
	struct limits *limits = limits_new(0);
	while (instant_now() / 1000000 % 900 > 897)
		usleep(100000);
	for (int i = 0; i < SIGN_IN_FAILURES_MOST; i++) {
		char address[50];
		snprintf(address, sizeof address, "2001:db8:1:2::%x", i);
		assert_true(limits_may_sign_in(limits, text_of(address)));
		limits_sign_in_failed(limits, text_of(address));
	}
	assert_false(limits_may_sign_in(limits, TEXT("2001:db8:1:2:ffff::1")));
	assert_true(limits_may_sign_in(limits, TEXT("2001:db8:1:3::1")));
	assert_true(limits_may_sign_in(limits, TEXT("192.0.2.1")));
	limits_free(limits);
}

/* ---- through pages ------------------------------------------------------------------------------- */

static int64_t entries(struct village *v, const char *which)
{
	char sql[300];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_entry WHERE user_name = 'hans' AND %s", which);
	return village_query(v, STORE_DESK, sql);
}

static void sign_in(struct village *v)
{
	village_user(v, "hans", "hurried");
	village_sign_in(v, "hans");
	assert_int_equal(village_get(v, "/purpose"), 200);
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=test"), 303);
}

static void test_too_many_pages(void **state)
{
	struct village *v = *state;
	char path[100], id[ID_TEXT_SIZE], value[500];
	int64_t first = village_query(v, STORE_DATA, "SELECT MIN(resident_id) FROM resident");
	sign_in(v);
	wait_for_a_young_minute();
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "/residents/%s", id_format(first + i, id));
		assert_int_not_equal(village_get(v, path), 429);
	}
	assert_int_equal(village_get(v, path), 429);
	assert_string_equal(village_header(v, "Retry-After", value), "60");
	assert_true(village_shows(v, "You have opened more than 4 pages about people this minute."));
	assert_int_equal(entries(v, "action = 'page.refused' AND detail = 'limit=minute most=4'"), 1);
	assert_int_equal(entries(v, "action = 'access.bulk' AND outcome = 'noticed'"), 1);
	assert_int_equal(village_get(v, "/purpose"), 200); /* what shows nobody goes on */
}

static void test_too_many_searches(void **state)
{
	struct village *v = *state; /* signed in by the test before */
	assert_int_equal(village_get(v, "/search"), 200);
	wait_for_a_young_minute();
	for (int i = 0; i < 2; i++)
		assert_int_equal(village_post(v, "/search", "q=nobody"), 303);
	assert_int_equal(village_post(v, "/search", "q=nobody"), 429);
	assert_true(village_shows(v, "more than 2 times in a minute"));
	assert_int_equal(entries(v, "action = 'search' AND outcome = 'refused'"), 1);
}

static void test_too_many_wrong_passwords(void **state)
{
	struct village *v = *state;
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	for (int i = 0; i < 3; i++)
		assert_int_equal(village_post(v, "/sign-in", "username=nobody&password=wrong+password"), 422);
	assert_int_equal(village_post(v, "/sign-in", "username=other&password=wrong+password"), 429);
	assert_true(village_shows(v, "Signing in has failed too often from where you are."));
	assert_int_equal(village_post(v, "/sign-in", "username=other&password=wrong+password"), 429); /* told once */
	assert_int_equal(
		village_query(v, STORE_DESK,
			      "SELECT COUNT(*) FROM audit_entry WHERE action = 'sign_in' AND detail = 'limit=address'"),
		1);
}

/* At the identity provider as well, here one that does not answer: it is told once, and not asked each time. */
static void test_too_many_beginnings(void **state)
{
	struct village *v = *state;
	village_stop(v);
	village_start(v);
	for (int i = 0; i < 3; i++)
		assert_int_equal(village_get(v, "/sign-in/provider"), 422);
	int64_t before = village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(village_get(v, "/sign-in/provider"), 429);
		assert_int_equal(village_get(v, "/sign-in/provider/back?state=x&code=x"), 429);
	}
	assert_int_equal(village_query(v, STORE_DESK, "SELECT COUNT(*) FROM audit_entry") - before, 1);
}

static void test_an_address_is_what_its_host_is(void **state)
{
	(void)state;
	assert_true(provider_address_is_safe(TEXT("https://id.example/x")));
	assert_true(provider_address_is_safe(TEXT("http://127.0.0.1:8080/x")));
	assert_false(provider_address_is_safe(TEXT("http://id.example/")));
	assert_false(provider_address_is_safe(TEXT("http://localhost:x@evil.example/")));
	assert_false(provider_address_is_safe(TEXT("http://localhost.evil.example:80/")));
	assert_false(provider_address_is_safe(TEXT("https://user:word@id.example/")));
}

static void configure_provider(struct village *v)
{
	struct error e;
	struct buf settings;
	char path[WORKSPACE_PATH_SIZE + 40];
	buf_init(&settings, 1 << 20);
	assert_ok(file_read(v->workspace->paths.settings, &settings, &e), &e);
	buf_format(&settings, "provider:\n  issuer: http://127.0.0.1:1\n  address: https://oneview.test\n  client_id: "
			      "oneview\n  secret_file: keys/provider.secret\n  title: your account\n");
	assert_ok(file_replace(v->workspace->paths.settings, buf_text(&settings), 0600, &e), &e);
	snprintf(path, sizeof path, "%s/provider.secret", v->workspace->paths.keys);
	assert_ok(file_replace(path, TEXT("a secret for one test\n"), 0600, &e), &e);
	buf_release(&settings);
}

static int64_t noticed(struct village *v, const char *user)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_entry WHERE action = 'access.bulk' AND user_name = '%s'",
		 user);
	return village_query(v, STORE_DESK, sql);
}

/* A report about a row is about a resident all the same, and so is its form. */
static void test_whoever_is_shown_counts(void **state)
{
	struct village *v = *state;
	char path[200], form[300], id[ID_TEXT_SIZE];
	int64_t first = village_query(v, STORE_DATA, "SELECT MIN(resident_id) FROM resident");
	village_sign_in(v, "rosa");
	assert_int_equal(village_post(v, "/purpose", "purpose=early_help&reason=test"), 303);
	wait_for_a_young_minute();
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "/residents/%s", id_format(first + i, id));
		assert_int_equal(village_get(v, path), 200);
		assert_int_equal(noticed(v, "rosa"), i == 2);
	}
	int64_t record = village_query(v, STORE_DATA, "SELECT min(record_id) FROM record");
	snprintf(path, sizeof path,
		 "/reports/new?resident=%s&record=%lld&row=1&feed=housing_tenancies&element=family_name",
		 id_format(record + 1000, id), (long long)record);
	snprintf(form, sizeof form,
		 "resident=%s&record=%lld&row=1&feed=housing_tenancies&element=family_name&text=Wrong", id,
		 (long long)record);
	assert_int_equal(village_get(v, path), 200);
	assert_int_equal(village_post(v, "/reports", form), 303);
	assert_int_equal(village_post(v, "/reports", form), 429);
	assert_int_equal(village_get(v, path), 429);
}

static void test_partners_have_limits(void **state)
{
	struct village *v = *state;
	static const char *const form = "name=Nobody+Whosoever&born=2001-02-03&reason=Case+4";
	village_user(v, "percy", "partner");
	v->cookie[0] = '\0';
	assert_int_equal(village_get(v, "/sign-in"), 200);
	assert_int_equal(village_post(v, "/sign-in", "username=percy&password=correct+horse+battery"), 303);
	assert_int_equal(village_get(v, "/partner"), 200);
	/* whom the council's records place in another organisation has come by the role wrongly */
	struct error e;
	struct store *desk;
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(store_execute(desk, "UPDATE account SET organisation = 'Another Landlord' WHERE username = 'percy'",
				&e),
		  &e);
	assert_int_equal(village_get(v, "/partner"), 403);
	assert_int_equal(village_post(v, "/partner", form), 403);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM audit_entry WHERE action = 'page.refused' AND detail = "
					  "'route=/partner why=web.partner'"),
			 2);
	assert_ok(store_execute(desk, "UPDATE account SET organisation = NULL WHERE username = 'percy'", &e), &e);
	store_close(desk);
	assert_int_equal(village_get(v, "/partner"), 200);
	while (instant_now() / 1000000 % 3600 > 3595)
		usleep(100000);
	assert_int_equal(village_post(v, "/partner", "name=Nobody&born=&reason="), 422); /* asks nothing yet */
	for (int i = 0; i < 3; i++)
		assert_int_equal(village_post(v, "/partner", form), 200);
	assert_int_equal(village_post(v, "/partner", form), 429);
	assert_true(village_shows(v, "more than 3 pages about people this hour"));
	assert_int_equal(village_get(v, "/partner"), 200);
}

/* Who opens little shows sooner what counts. */
static void change_roles(struct village *v)
{
	char path[600];
	struct error e;
	struct buf roles;
	buf_init(&roles, 4 << 20);
	snprintf(path, sizeof path, "%s/profile/roles.yaml", v->folder);
	assert_ok(file_read(path, &roles, &e), &e);
	char *at = strstr(roles.at, "property.open], ");
	assert_non_null(at);
	at += strlen("property.open");
	FILE *out = fopen(path, "w");
	fprintf(out,
		"roles:\n  - {id: partner, title: Partner, capabilities: [partner.enquire], purposes: [early_help], "
		"partner: {organisation: The homes}, limits: {opens_hour: 3}}\n%.*s, reports.make], limits: "
		"{opens_minute: 5, residents_hour: 2}%s",
		(int)(at - roles.at) - (int)strlen("roles:\n"), roles.at + strlen("roles:\n"), at + 1);
	fclose(out);
	buf_release(&roles);
}

static int set_up(void **state)
{
	struct village *v = village_make();
	village_stop(v);
	configure_provider(v);
	v->sign_in_failures = 3;
	change_roles(v);
	village_start(v);
	*state = v;
	return 0;
}

static int tear_down(void **state)
{
	village_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_a_long_caseload_is_noticed_once),
		cmocka_unit_test(test_bulk_is_noticed_once),
		cmocka_unit_test(test_what_showed_nobody_is_given_back),
		cmocka_unit_test(test_a_restart_is_no_fresh_start),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_too_many_pages),
		cmocka_unit_test(test_too_many_searches),
		cmocka_unit_test(test_whoever_is_shown_counts),
		cmocka_unit_test(test_partners_have_limits),
		cmocka_unit_test(test_too_many_wrong_passwords),
		cmocka_unit_test(test_too_many_beginnings),
		cmocka_unit_test(test_an_address_is_what_its_host_is),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
