/* What followed an intervention, counted over everybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/insight.h"
#include "support/borough_tests.h"
#include "support/flags.h"

enum { CASES = 25, FOLLOWED = 6, FIRST = 700000 };

static void run(const char *format, ...)
{
	char sql[600];
	va_list args;
	struct error e;
	va_start(args, format);
	vsnprintf(sql, sizeof sql, format, args);
	va_end(args);
	assert_ok(store_execute(borough.data, sql, &e), &e);
}

static void deliver(int number, const char *feed, date as_at)
{
	run("INSERT INTO feed (feed_no, feed_id, source_no) VALUES (%d, '%s', 1) ON CONFLICT (feed_id) DO NOTHING",
	    number, feed);
	run("INSERT INTO extract (extract_id, feed_no, file_name, as_at, received, delivery, content_hash, bytes, "
	    "rows_read, "
	    "rows_loaded, rows_unchanged, rows_quarantined, rows_ended, new_clients, status) SELECT %d, feed_no, "
	    "'x.csv', %d, 1, "
	    "'full', x'00', 1, 1, 1, 0, 0, 0, 0, 'loaded' FROM feed WHERE feed_id = '%s'",
	    number, as_at, feed);
}

static void row(int person, const char *feed, date from, date to)
{
	char end[16] = "NULL";
	if (to != DATE_UNKNOWN)
		snprintf(end, sizeof end, "%d", to);
	run("INSERT INTO fact (record_id, feed_no, row_key, version, extract_id, line, valid_from, valid_to, row_hash, "
	    "seal_hash, payload_id) SELECT %d, feed_no, 1, 1, 9001, 1, %d, %s, 0, 0, 0 FROM feed WHERE feed_id = '%s'",
	    FIRST + person, from, end, feed);
}

static int make(void **state)
{
	static const char *const feeds[] = {"early_help_episodes", "ssd_cin_episodes", "ssd_s47_enquiry",
					    "ssd_cp_plans", "ssd_cla_episodes"};
	borough_set_up(state);
	for (int i = 0; i < 5; i++)
		deliver(9001 + i, feeds[i], date_of(2026, 10, 31));
	for (int i = 0; i < CASES; i++) {
		run("INSERT INTO record (record_id, source_no, client_hash) VALUES (%d, 1, %d)", FIRST + i, FIRST + i);
		run("INSERT INTO resident_record (resident_id, record_id) VALUES (%d, %d)", FIRST + i, FIRST + i);
		row(i, "early_help_episodes", date_of(2023, 1, 1), date_of(2023, 6, 1));
		if (i < FOLLOWED)
			row(i, "ssd_cin_episodes", date_of(2023, 8, 1), DATE_UNKNOWN);
		else if (i < FOLLOWED + 3) /* later than the months that are looked at */
			row(i, "ssd_cin_episodes", date_of(2025, 1, 1), DATE_UNKNOWN);
	}
	return 0;
}

static const struct summary_comparison *early_help(void)
{
	size_t count;
	struct error e;
	struct interventions_report report;
	const struct summary_comparison *compared;
	assert_ok(interventions_refresh(borough.policy, borough.profile, borough.data, date_of(2026, 11, 30), &report,
					&e),
		  &e);
	assert_ok(interventions_read(&compared, &count, borough.profile, borough.data, &arena, &e), &e);
	for (size_t i = 0; i < count; i++)
		if (text_is(compared[i].intervention->id, "early_help"))
			return &compared[i];
	fail_msg("no intervention early_help");
	return NULL;
}

static int64_t after(const struct summary_comparison *compared, const char *event)
{
	for (size_t i = 0; i < compared->intervention->followed_count; i++)
		if (text_is(compared->intervention->followed_by[i]->id, event))
			return compared->followed[i];
	return -2;
}

static void test_what_came_within_the_months_is_counted(void **state)
{
	(void)state;
	const struct summary_comparison *compared = early_help();
	assert_int_equal(compared->cases, CASES);
	assert_int_equal(after(compared, "referral"), FOLLOWED);
	assert_int_equal(after(compared, "section_47"), 0);
	assert_int_equal(compared->followed_by_any, FOLLOWED);
}

static void policy_follows(void)
{
	struct error e;
	assert_ok(policy_load(borough.policy, borough.data, borough.desk, &e), &e);
}

static void first_is_left_out(void)
{
	const struct summary_comparison *compared = early_help();
	assert_int_equal(compared->cases, CASES - 1);
	assert_int_equal(after(compared, "referral"), FOLLOWED - 1);
}

static void test_who_is_protected_is_not_counted(void **state)
{
	(void)state;
	run("INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (1, %d, 'adopted')", FIRST);
	policy_follows();
	first_is_left_out();
	run("DELETE FROM restriction_mark WHERE subject_id = %d", FIRST);
	policy_follows();
	assert_int_equal(early_help()->cases, CASES);
}

static void test_whom_a_person_protects_is_not_counted(void **state)
{
	(void)state;
	struct error e;
	const struct policy_mark mark = {
		.kind = POLICY_RESIDENT, .subject_id = FIRST, .restriction = TEXT("witness_protection")};
	assert_ok(policy_set_mark(borough.desk, &mark, TEXT("officer"), &e), &e);
	policy_follows();
	first_is_left_out();
	assert_ok(policy_lift_mark(borough.desk, &mark, TEXT("officer"), &e), &e);
	policy_follows();
	assert_int_equal(early_help()->cases, CASES);
}

static void test_who_objects_or_is_restricted_is_not_counted(void **state)
{
	(void)state;
	borough_flag(&borough, FIRST, FLAG_OBJECTION, "early_help", true);
	first_is_left_out();
	borough_flag(&borough, FIRST, FLAG_OBJECTION, "early_help", false);
	assert_int_equal(early_help()->cases, CASES);
	borough_flag(&borough, FIRST, FLAG_RESTRICTION, "", true);
	first_is_left_out();
	borough_flag(&borough, FIRST, FLAG_RESTRICTION, "", false);
	assert_int_equal(early_help()->cases, CASES);
}

/* Each agreement that lets the episodes be used rests on consent now: of those who gave none nothing is counted. */
static void test_who_did_not_consent_is_not_counted(void **state)
{
	(void)state;
	struct error e;
	struct policy *before = borough.policy;
	const struct profile_feed *feed = profile_feed(borough.profile, TEXT("early_help_episodes"));
	struct profile_agreement *all = (struct profile_agreement *)(uintptr_t)borough.profile->agreements.at;
	bool *kept = calloc(borough.profile->agreements.count, sizeof *kept);
	const char *by = NULL;
	for (size_t i = 0; i < borough.profile->agreements.count; i++) {
		kept[i] = all[i].consent;
		if (policy_may_use(before, &all[i], feed, feed->valid_from, USE_MODELLING, date_of(2026, 11, 30))
			    .verdict != POLICY_ALLOW)
			continue;
		all[i].consent = true;
		by = all[i].id.at;
	}
	assert_non_null(by);
	assert_ok(policy_open(&borough.policy, borough.profile, &e), &e);
	policy_follows();
	assert_int_equal(early_help()->cases, 0);
	for (int i = 0; i < CASES - 1; i++)
		borough_flag(&borough, FIRST + i, FLAG_CONSENT, by, true);
	assert_int_equal(early_help()->cases, CASES - 1);
	borough_flag(&borough, FIRST, FLAG_CONSENT, by, false);
	assert_int_equal(early_help()->cases, CASES - 2);
	policy_close(borough.policy);
	borough.policy = before;
	for (size_t i = 0; i < borough.profile->agreements.count; i++)
		all[i].consent = kept[i];
	free(kept);
	assert_int_equal(early_help()->cases, CASES);
}

/* A case counts only where everything that could follow was delivered until its months were over. */
static void test_what_is_not_known_yet_is_not_counted(void **state)
{
	(void)state;
	run("UPDATE extract SET as_at = %d WHERE extract_id = 9003", date_of(2023, 12, 31));
	assert_int_equal(early_help()->cases, 0);
	run("UPDATE extract SET as_at = %d WHERE extract_id = 9003", date_of(2026, 10, 31));
	assert_int_equal(early_help()->cases, CASES);
}

static void test_of_fewer_than_twenty_nothing_is_kept(void **state)
{
	(void)state;
	run("DELETE FROM fact WHERE record_id >= %d", FIRST + SUMMARY_CASES_LEAST);
	assert_int_equal(early_help()->cases, SUMMARY_CASES_LEAST);
	run("DELETE FROM fact WHERE record_id = %d", FIRST + SUMMARY_CASES_LEAST - 1);
	assert_int_equal(early_help()->cases, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_THE_BOROUGH(test_what_came_within_the_months_is_counted),
		ON_THE_BOROUGH(test_who_is_protected_is_not_counted),
		ON_THE_BOROUGH(test_whom_a_person_protects_is_not_counted),
		ON_THE_BOROUGH(test_who_objects_or_is_restricted_is_not_counted),
		ON_THE_BOROUGH(test_who_did_not_consent_is_not_counted),
		ON_THE_BOROUGH(test_what_is_not_known_yet_is_not_counted),
		ON_THE_BOROUGH(test_of_fewer_than_twenty_nothing_is_kept),
	};
	return cmocka_run_group_tests(tests, make, borough_tear_down);
}
