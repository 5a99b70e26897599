/* What has been kept long enough goes, with a certificate; what is held stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "rights/flags.h"
#include "rights/retention.h"

static struct borough b;
static struct error e;
static struct arena arena;
static char archive[400], signing_key[400];

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	arena_init(&arena, 64 << 20);
	snprintf(archive, sizeof archive, "%s/archive", b.db.folder);
	snprintf(signing_key, sizeof signing_key, "%s/signing.key", b.db.folder);
	/* Zoë was born in July 2013. */
	assert_ok(store_execute(b.data,
				"INSERT INTO resident_trait (resident_id, birth_month, dead, family) VALUES (1002, "
				"24162, 0, 0)",
				&e),
		  &e);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_release(&arena);
	borough_drop(&b);
	return 0;
}

static struct rights_parts parts(void)
{
	return (struct rights_parts){b.profile, b.vault, b.data, b.desk};
}

/* "feed state clients" of the plan on a day, blanks between. */
static const char *planned(int year, int month, int day)
{
	static char out[600];
	struct retention_plan plan;
	struct rights_parts p = parts();
	size_t len = 0;
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	assert_ok(retention_plan(&plan, &p, b.policy, date_of(year, month, day), &arena, &e), &e);
	out[0] = '\0';
	for (size_t i = 0; i < plan.count; i++)
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s %s %d", i ? ", " : "",
					plan.counts[i].feed->id.at, retention_state_name(plan.counts[i].state),
					(int)plan.counts[i].clients);
	return out;
}

static enum status run(struct retention_run *run, int year, int month, int day)
{
	struct rights_parts p = parts();
	const struct audit_checkpoint_places places = {&b.audit_key, signing_key, NULL};
	*run = (struct retention_run){.as_of = date_of(year, month, day),
				      .by = TEXT("operator"),
				      .user_name = TEXT("system:test"),
				      .audit_key = &b.audit_key};
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	return retention_run(run, &p, b.policy, archive, &places, &arena, &e);
}

static int64_t rows_of(const char *feed)
{
	char sql[200];
	snprintf(sql, sizeof sql,
		 "SELECT COUNT(*) FROM fact f JOIN feed d ON d.feed_no = f.feed_no WHERE d.feed_id = '%s'", feed);
	return test_query(b.data, sql);
}

static enum status append(void *context, struct text block, struct error *error)
{
	(void)error;
	buf_append_text(context, block);
	return STATUS_OK;
}

static size_t in_archives(const char *needle)
{
	struct text *names;
	size_t n, found = 0;
	assert_ok(file_list(archive, &arena, &names, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		struct buf all;
		buf_init(&all, 1 << 24);
		const char *path = arena_copy(&arena, arena_format(&arena, "%s/%.*s", archive, TEXT_ARG(names[i])));
		assert_ok(vault_open_archive(b.vault, path, strtoll(names[i].at, NULL, 10), append, &all, &e), &e);
		found += text_find(buf_text(&all), text_of(needle)) < all.len;
		buf_release(&all);
	}
	return found;
}

/* ---- what is due ------------------------------------------------------------------------------------------ */

static void each_schedule_counts_from_its_own_day(void **state)
{
	(void)state;
	assert_string_equal(planned(2026, 3, 31), "");
	/* L1 was last said on 31 January, L2's newest row on 28 February; both stand, for what is new is all that
	 * comes. */
	assert_string_equal(planned(2032, 2, 27), "");
	assert_string_equal(planned(2032, 2, 28), "council_tax_liable due 2");
	/* The tenancies go on: nothing of them is ever due. K1 is 25 in July 2038, known to the month. */
	assert_string_equal(planned(2038, 7, 31), "council_tax_liable due 2");
	assert_string_equal(planned(2038, 8, 1), "childrens_allocations due 1, council_tax_liable due 2");
}

static void a_tenancy_that_ended_is_due_from_its_end(void **state)
{
	(void)state;
	char sql[200];
	snprintf(sql, sizeof sql,
		 "UPDATE fact SET valid_to = %d WHERE record_id IN (SELECT record_id FROM resident_record WHERE "
		 "resident_id "
		 "= 1004)",
		 date_of(2026, 1, 31));
	assert_ok(store_execute(b.data, sql, &e), &e);
	assert_string_equal(planned(2032, 1, 30), "");
	assert_string_equal(planned(2032, 1, 31), "housing_tenancies due 1");
}

static void who_is_of_no_known_age_is_told(void **state)
{
	(void)state;
	assert_ok(store_execute(b.data, "DELETE FROM resident_trait", &e), &e);
	assert_string_equal(planned(2026, 3, 31), "childrens_allocations unknown 1");
}

/* ---- a run -------------------------------------------------------------------------------------------------- */

static void what_is_due_goes_and_is_certified(void **state)
{
	(void)state;
	size_t count;
	struct retention_run done;
	struct retention_record *records;
	int64_t tenancies = rows_of("housing_tenancies");
	assert_true(rows_of("council_tax_liable") >= 3 && tenancies >= 2);
	assert_true(in_archives("AYSHA") > 0);
	assert_ok(run(&done, 2032, 2, 28), &e);
	assert_int_equal(done.clients, 2);
	assert_false(done.resumed);
	assert_int_equal(done.archives, 2);
	assert_int_equal(rows_of("council_tax_liable"), 0);
	assert_int_equal(rows_of("housing_tenancies"), tenancies);
	assert_int_equal(in_archives("AYSHA"), 0);
	assert_int_equal(in_archives("Aisha"), 1);
	/* Of L2 nothing else was known: the resident is no more. Of 1001 the tenancy is left. */
	assert_int_equal(test_query(b.data, "SELECT COUNT(*) FROM resident_record WHERE resident_id = 1005"), 0);
	assert_int_equal(test_query(b.data, "SELECT COUNT(*) FROM resident_record WHERE resident_id = 1001"), 1);
	assert_int_equal(test_query(b.data,
				    "SELECT COUNT(*) FROM sealed s WHERE NOT EXISTS (SELECT 1 FROM fact f WHERE "
				    "f.record_id = s.record_id AND f.feed_no = s.feed_no)"),
			 0);
	assert_int_equal(test_query(b.data,
				    "SELECT COUNT(*) FROM fact_payload p WHERE NOT EXISTS (SELECT 1 FROM fact f "
				    "WHERE f.payload_id = p.payload_id)"),
			 0);
	assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM retention_due"), 0);
	assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM audit_entry WHERE action = 'retention.run'"), 1);
	assert_ok(retention_records(&records, &count, b.desk, 0, 5, &arena, &e), &e);
	assert_int_equal(count, 1);
	assert_true(records[0].signed_right);
	assert_true(text_find(records[0].certificate, TEXT("feed: council_tax_liable\nrule: the feed's schedule\n"
							   "clients: 2\nrows: ")) < records[0].certificate.len);
	assert_true(text_find(records[0].certificate, TEXT("\nlist: ")) < records[0].certificate.len);
	assert_ok(store_execute(b.desk, "UPDATE retention_run SET certificate = certificate || ' '", &e), &e);
	assert_ok(retention_records(&records, &count, b.desk, 0, 5, &arena, &e), &e);
	assert_false(records[0].signed_right);
}

static void flag(int64_t resident_id, bool holds)
{
	const struct rights_parts p = parts();
	const struct rights_flag order = {
		.kind = FLAG_HOLD, .holds = holds, .reason = TEXT("claim 17"), .by = TEXT("officer")};
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(rights_flag_do(&order, &p, resident_id, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
}

static void nothing_goes_of_who_is_held(void **state)
{
	(void)state;
	struct retention_run done;
	int64_t before = rows_of("council_tax_liable");
	flag(1001, true);
	assert_string_equal(planned(2032, 2, 28), "council_tax_liable held 1, council_tax_liable due 1");
	assert_ok(run(&done, 2032, 2, 28), &e);
	assert_int_equal(done.clients, 1);
	assert_int_equal(rows_of("council_tax_liable"), 1);
	assert_true(before > 1);
	assert_int_equal(in_archives("AYSHA"), 1);
	flag(1001, false);
	assert_ok(run(&done, 2032, 2, 28), &e);
	assert_int_equal(rows_of("council_tax_liable"), 0);
}

static void an_agreements_end_is_obeyed(void **state)
{
	(void)state;
	struct retention_run done;
	for (size_t i = 0; i < b.profile->agreements.count; i++) {
		struct profile_agreement *agreement =
			(struct profile_agreement *)(uintptr_t)&b.profile->agreements.at[i];
		agreement->to = date_of(2027, 3, 31);
		agreement->delete_after =
			(struct profile_period){.given = true, .written = TEXT("30 days"), .days = 30};
	}
	assert_string_equal(planned(2027, 4, 30), "");
	const char *due = planned(2027, 5, 1);
	assert_non_null(strstr(due, "housing_tenancies due 2"));
	assert_non_null(strstr(due, "council_tax_liable due 2"));
	flag(1004, true);
	assert_ok(run(&done, 2027, 5, 1), &e);
	assert_int_equal(test_query(b.data, "SELECT COUNT(DISTINCT resident_id) FROM resident_record"), 1);
	assert_non_null(strstr(done.certificate.at, "rule: the end of its agreements"));
	((struct profile_agreement *)(uintptr_t)&b.profile->agreements.at[0])->delete_after.given = false;
	assert_ok(run(&done, 2027, 5, 1), &e); /* one that does not say keeps what it covers */
	assert_int_equal(done.clients, 0);
}

/* Killed where each of its commits is about to be made, on either shelf: the next run ends it, with the same counts. */
static void killed_anywhere_the_next_run_ends_it(void **state)
{
	(void)state;
	struct retention_run done;
	static const char *const moments[] = {
		"CREATE TRIGGER stop BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'stop'); END",
		"CREATE TRIGGER stop BEFORE UPDATE ON state BEGIN SELECT RAISE(ABORT, 'stop'); END",
	};
	static const char *const desk_moments[] = {
		"CREATE TRIGGER stop BEFORE UPDATE OF done ON retention_due BEGIN SELECT RAISE(ABORT, 'stop'); END",
		"CREATE TRIGGER stop BEFORE UPDATE OF ended ON retention_run BEGIN SELECT RAISE(ABORT, 'stop'); END",
	};
	if (b.db.kind != STORE_SQLITE)
		skip();
	for (size_t i = 0; i < 4; i++) {
		struct store *shelf = i < 2 ? b.data : b.desk;
		assert_ok(store_execute(shelf, i < 2 ? moments[i] : desk_moments[i - 2], &e), &e);
		assert_int_not_equal(run(&done, 2032, 2, 28), STATUS_OK);
		assert_ok(store_execute(shelf, "DROP TRIGGER stop", &e), &e);
		assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM retention_run WHERE ended IS NULL"), 1);
		assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM retention_due"), 2);
	}
	assert_ok(run(&done, 2040, 1, 1), &e); /* the day is that of the run that was cut off */
	assert_true(done.resumed);
	assert_int_equal(done.as_of, date_of(2032, 2, 28));
	assert_int_equal(done.clients, 2);
	assert_true(done.rows >= 3);
	assert_int_equal(rows_of("council_tax_liable"), 0);
	assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM retention_run WHERE ended IS NULL"), 0);
	assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM retention_due"), 0);
}

/* ---- what no schedule reaches ---------------------------------------------------------------------------- */

static void hold_one(void)
{
	char inbox[400];
	struct intake_totals totals = {0};
	struct intake *intake;
	borough_write(&b, "tenancies_29991231.csv", "Tenancy Ref,Person Ref,Forename\nT1,P1,Aisha\n");
	snprintf(inbox, sizeof inbox, "%s/inbox", b.db.folder);
	struct intake_settings settings = {.profile = b.profile,
					   .vault = b.vault,
					   .store = b.data,
					   .inbox = inbox,
					   .archive = archive,
					   .today = date_of(2026, 3, 31)};
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, NULL, NULL, &totals, &e), &e);
	intake_close(intake);
	assert_int_equal(totals.held, 1);
	assert_ok(store_execute(b.data, "UPDATE extract SET received = 1774915200000000 WHERE status = 'held'", &e),
		  &e); /* 31 March 2026 */
}

static size_t waiting_on(int year, int month, int day)
{
	struct retention_plan plan;
	struct rights_parts p = parts();
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	assert_ok(retention_plan(&plan, &p, b.policy, date_of(year, month, day), &arena, &e), &e);
	return plan.waiting_count;
}

static void what_waits_too_long_is_thrown_away(void **state)
{
	(void)state;
	struct retention_run done;
	hold_one();
	assert_int_equal(in_archives("Aisha"), 2);
	assert_int_equal(waiting_on(2026, 6, 29), 0);
	assert_int_equal(waiting_on(2026, 6, 30), 1);
	assert_ok(run(&done, 2026, 6, 29), &e);
	assert_int_equal(in_archives("Aisha"), 2);
	assert_ok(run(&done, 2026, 6, 30), &e);
	assert_int_equal(in_archives("Aisha"), 1); /* what was loaded stays */
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM extract WHERE status = 'discarded'"), 1);
	assert_true(text_find(done.certificate, TEXT("extracts that had waited 90 days: ")) < done.certificate.len);
	assert_int_equal(waiting_on(2026, 6, 30), 0);
}

static void lose_feed(const char *feed)
{
	char sql[200];
	snprintf(sql, sizeof sql, "UPDATE feed SET feed_id = 'lost' WHERE feed_id = '%s'", feed);
	assert_ok(store_execute(b.data, sql, &e), &e);
}

static void a_feed_that_the_profile_lost_is_named(void **state)
{
	(void)state;
	struct retention_plan plan;
	struct retention_run done;
	struct rights_parts p = parts();
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	assert_ok(retention_plan(&plan, &p, b.policy, date_of(2032, 2, 28), &arena, &e), &e);
	assert_int_equal(plan.lost_count, 0);
	lose_feed("council_tax_liable");
	assert_ok(retention_plan(&plan, &p, b.policy, date_of(2032, 2, 28), &arena, &e), &e);
	assert_int_equal(plan.lost_count, 1);
	assert_true(text_is(plan.lost[0].feed_id, "lost"));
	assert_int_equal(plan.lost[0].rows, 3);
	assert_int_equal(plan.lost[0].archives, 2);
	assert_ok(run(&done, 2032, 2, 28), &e);
	assert_int_equal(done.lost_count, 1);
	assert_int_equal(rows_of("lost"), 3);
	assert_true(text_find(done.certificate, TEXT("not in the profile, kept: lost, 3 rows, 2 archives")) <
		    done.certificate.len);
}

static enum status drop_feed(const char *feed, struct retention_drop *out)
{
	struct rights_parts p = parts();
	*out = (struct retention_drop){
		.feed_id = text_of(feed), .user_name = TEXT("system:test"), .audit_key = &b.audit_key};
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	return retention_drop_feed(out, &p, b.policy, archive, &e);
}

static void all_of_a_lost_feed_can_be_deleted(void **state)
{
	(void)state;
	struct retention_drop drop;
	assert_int_equal(drop_feed("council_tax_liable", &drop), STATUS_REFUSED); /* the profile has it */
	assert_int_equal(drop_feed("lost", &drop), STATUS_NOT_FOUND);
	lose_feed("council_tax_liable");
	flag(1005, true);
	assert_int_equal(drop_feed("lost", &drop), STATUS_REFUSED);
	assert_int_equal(rows_of("lost"), 3);
	flag(1005, false);
	assert_ok(drop_feed("lost", &drop), &e);
	assert_int_equal(drop.clients, 2);
	assert_int_equal(drop.rows, 3);
	assert_int_equal(drop.archives, 2);
	assert_int_equal(rows_of("lost"), 0);
	assert_int_equal(in_archives("AYSHA") + in_archives("BRIEN"), 0);
	assert_int_equal(in_archives("Aisha"), 1);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM resident_record WHERE resident_id = 1005"), 0);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM resident_record WHERE resident_id = 1001"), 1);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM audit_entry WHERE action = 'retention.drop_feed'"),
			 1);
	assert_ok(drop_feed("lost", &drop), &e); /* twice is as once */
	assert_int_equal(drop.rows + drop.archives, 0);
}

static void add_request(int64_t id, int64_t resident_id, const char *act, int year)
{
	char sql[500];
	snprintf(sql, sizeof sql,
		 "INSERT INTO access_request (request_id, resident_id, received, asked_by) VALUES (%lld, %lld, "
		 "18000, "
		 "'resident')",
		 (long long)id, (long long)resident_id);
	assert_ok(store_execute(b.desk, sql, &e), &e);
	snprintf(sql, sizeof sql,
		 "INSERT INTO access_request_act (act_id, request_id, what, done_at, done_by) VALUES (%lld, "
		 "%lld, "
		 "'logged', %lld, 'clerk'), (%lld, %lld, '%s', %lld, 'clerk')",
		 (long long)id + 100, (long long)id, (long long)instant_of_date(date_of(year, 1, 5)),
		 (long long)id + 200, (long long)id, act, (long long)instant_of_date(date_of(year, 2, 5)));
	assert_ok(store_execute(b.desk, sql, &e), &e);
}

/* The demo profile keeps them for three years: one is due, one is held, one has not ended, one is too new. */
static void a_request_goes_so_long_after_its_end(void **state)
{
	(void)state;
	struct retention_plan plan;
	struct rights_parts p = parts();
	add_request(1, 1001, "issued", 2022);
	add_request(2, 1002, "withdrawn", 2022);
	add_request(3, 1001, "proven", 2022);
	add_request(4, 1001, "refused", 2024);
	flag(1002, true);
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	assert_ok(retention_plan(&plan, &p, b.policy, date_of(2025, 2, 4), &arena, &e), &e);
	assert_int_equal(plan.requests, 0);
	assert_ok(retention_plan(&plan, &p, b.policy, date_of(2025, 2, 5), &arena, &e), &e);
	assert_int_equal(plan.requests, 1);
	assert_int_equal(plan.requests_held, 1);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM access_request"), 4);
	struct retention_run done;
	assert_ok(run(&done, 2025, 2, 5), &e);
	assert_int_equal(done.requests, 1);
	assert_true(text_find(done.certificate, TEXT("requests for a copy: 1, 3 years after their end")) <
		    done.certificate.len);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM access_request WHERE request_id = 1"), 0);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM access_request"), 3);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM access_request_act"), 6);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(each_schedule_counts_from_its_own_day), CASE(a_tenancy_that_ended_is_due_from_its_end),
		CASE(who_is_of_no_known_age_is_told),        CASE(what_is_due_goes_and_is_certified),
		CASE(nothing_goes_of_who_is_held),           CASE(an_agreements_end_is_obeyed),
		CASE(killed_anywhere_the_next_run_ends_it),  CASE(what_waits_too_long_is_thrown_away),
		CASE(a_feed_that_the_profile_lost_is_named), CASE(all_of_a_lost_feed_can_be_deleted),
		CASE(a_request_goes_so_long_after_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
