/* What is known about extracts afterwards: freshness, quality by column, trend, and the rows to fix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#define HEADER "Tenancy Ref,Person Ref,Surname,DOB,NHS,Postcode,Tenure,Start,End,Rent,Rooms,Joint\n"
#define ADA "T1,P1,Lovelace,10/12/1985,943 476 5919,EM1 2AB,SEC,01/04/2020,,\"1,100.50\",3,Y\n"
#define BOB "T2,P2,Babbage,26/12/1971,,EM1 2AD,INT,01/05/2021,,95,2,N\n"
#define CYD "T3,P3,Charisse,,,,,01/06/2022,,,,\n"
#define BAD "T4,P4,\"Nought, A\",31/02/1980,,,SEC,01/06/2022,,50,1,N\n"

static struct error e;

static void load_two_months(struct fixture *f)
{
	fixture_put(f, "tenancies_20240430.csv", HEADER ADA BOB CYD);
	fixture_run(f);
	fixture_put(f, "tenancies_20240531.csv", HEADER ADA BOB CYD BAD);
	fixture_run(f);
}

static const struct quality_column *column_named(const struct quality_column *columns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (text_is(columns[i].column_name, name))
			return &columns[i];
	fail_msg("no column %s", name);
	return NULL;
}

static void test_extracts_are_listed_newest_first(void **state)
{
	struct fixture *f = *state;
	struct extract_info *extracts, one;
	struct arena arena;
	size_t count;
	load_two_months(f);
	arena_init(&arena, 1 << 20);
	assert_ok(extract_list(&extracts, &count, f->data, TEXT("tenancies"), 0, &arena, &e), &e);
	assert_int_equal(count, 2);
	assert_true(text_is(extracts[0].file_name, "tenancies_20240531.csv"));
	assert_int_equal(extracts[0].rows_quarantined, 1);
	assert_true(text_is(extracts[0].source_id, "housing"));
	assert_ok(extract_list(&extracts, &count, f->data, TEXT_ABSENT, 1, &arena, &e), &e);
	assert_int_equal(count, 1);
	assert_ok(extract_list(&extracts, &count, f->data, TEXT("notes"), 0, &arena, &e), &e);
	assert_int_equal(count, 0);
	assert_ok(extract_read(&one, f->data, 1, &arena, &e), &e);
	assert_true(text_is(one.status, "loaded"));
	assert_int_equal(one.as_at, date_of(2024, 4, 30));
	assert_int_equal(extract_read(&one, f->data, 99, &arena, &e), STATUS_NOT_FOUND);
	arena_release(&arena);
}

static void test_freshness_follows_the_schedule(void **state)
{
	struct fixture *f = *state;
	struct feed_status *feeds;
	struct arena arena;
	size_t count;
	load_two_months(f);
	arena_init(&arena, 1 << 20);
	assert_ok(feed_status_list(&feeds, &count, f->data, f->profile, date_of(2024, 6, 15), &arena, &e), &e);
	assert_int_equal(count, 2);
	const struct feed_status *tenancies = text_is(feeds[0].feed_id, "tenancies") ? &feeds[0] : &feeds[1];
	const struct feed_status *notes = tenancies == &feeds[0] ? &feeds[1] : &feeds[0];
	assert_int_equal(notes->freshness, FEED_NEVER);
	assert_int_equal(tenancies->freshness, FEED_FRESH);
	assert_int_equal(tenancies->extracts, 2);
	assert_int_equal(tenancies->rows_current, 4);
	assert_int_equal(tenancies->rows_quarantined, 1);
	assert_true(tenancies->completeness > 0.5 && tenancies->completeness < 1);
	assert_true(tenancies->validity > 0.9 && tenancies->validity < 1);
	assert_ok(feed_status_list(&feeds, &count, f->data, f->profile, date_of(2024, 8, 15), &arena, &e), &e);
	tenancies = text_is(feeds[0].feed_id, "tenancies") ? &feeds[0] : &feeds[1];
	assert_int_equal(tenancies->freshness, FEED_LATE);
	assert_string_equal(feed_freshness_name(tenancies->freshness), "late");

	/* A term after 31 May ends on 14 November; with holidays until the 10th it is due two weeks after them. */
	for (size_t i = 0; i < f->profile->feeds.count; i++)
		((struct profile_feed *)(uintptr_t)&f->profile->feeds.at[i])->schedule = SCHEDULE_TERMLY;
	struct profile_holiday autumn = {date_of(2024, 10, 28), date_of(2024, 11, 10)};
	assert_ok(feed_status_list(&feeds, &count, f->data, f->profile, date_of(2024, 11, 20), &arena, &e), &e);
	tenancies = text_is(feeds[0].feed_id, "tenancies") ? &feeds[0] : &feeds[1];
	assert_int_equal(tenancies->freshness, FEED_LATE);
	f->profile->school_holidays.at = &autumn;
	f->profile->school_holidays.count = 1;
	assert_ok(feed_status_list(&feeds, &count, f->data, f->profile, date_of(2024, 11, 20), &arena, &e), &e);
	tenancies = text_is(feeds[0].feed_id, "tenancies") ? &feeds[0] : &feeds[1];
	assert_int_equal(tenancies->freshness, FEED_FRESH);
	assert_int_equal(tenancies->expected, date_of(2024, 11, 25));
	f->profile->school_holidays.count = 0;

	fixture_put(f, "tenancies_20240630.csv", HEADER ADA);
	fixture_run(f);
	assert_ok(feed_status_list(&feeds, &count, f->data, f->profile, f->today, &arena, &e), &e);
	tenancies = text_is(feeds[0].feed_id, "tenancies") ? &feeds[0] : &feeds[1];
	assert_int_equal(tenancies->freshness, FEED_WAITING);
	assert_int_equal(tenancies->waiting_extract, 3);
	assert_false(text_is_empty(tenancies->waiting_reason));
	arena_release(&arena);
}

static void test_columns_are_measured_beside_the_month_before(void **state)
{
	struct fixture *f = *state;
	struct quality_column *columns;
	struct quality_rule *rules;
	struct quality_point *points;
	struct arena arena;
	size_t count;
	load_two_months(f);
	arena_init(&arena, 1 << 20);
	assert_ok(quality_columns(&columns, &count, f->data, 1, &arena, &e), &e);
	assert_int_equal(count, 12);
	assert_true(column_named(columns, count, "DOB")->completeness_before < 0);
	assert_ok(quality_columns(&columns, &count, f->data, 2, &arena, &e), &e);
	const struct quality_column *born = column_named(columns, count, "DOB");
	assert_int_equal(born->rows, 4);
	assert_int_equal(born->filled, 3);
	assert_int_equal(born->valid, 2);
	assert_true(born->completeness_before > 0.66 && born->completeness_before < 0.67);
	assert_true(born->validity_before == 1);
	assert_ok(quality_rules(&rules, &count, f->data, 2, &arena, &e), &e);
	assert_true(count >= 1);
	assert_ok(quality_trend(&points, &count, f->data, TEXT("tenancies"), TEXT("DOB"), &arena, &e), &e);
	assert_int_equal(count, 2);
	assert_true(points[0].validity == 1 && points[1].validity < 1);
	assert_ok(quality_trend(&points, &count, f->data, TEXT("tenancies"), TEXT_ABSENT, &arena, &e), &e);
	assert_int_equal(count, 2);
	assert_int_equal(points[1].rows_quarantined, 1);
	arena_release(&arena);
}

/* The source of the tenancies, as the profile has it. */
static struct text rows_source(const struct fixture *f)
{
	return profile_feed(f->profile, TEXT("tenancies"))->source->id;
}

static void test_the_rows_to_fix_come_with_their_values(void **state)
{
	struct fixture *f = *state;
	struct quarantine_row *rows;
	struct arena arena;
	struct buf csv;
	size_t count;
	int64_t total;
	struct quarantine_told told;
	load_two_months(f);
	arena_init(&arena, 1 << 22);
	struct quarantine_filter filter = {.severity = TEXT("reject")};
	assert_ok(quarantine_list(&rows, &count, &total, f->data, &filter, &arena, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(total, 1);
	assert_int_equal(rows[0].line, 5);
	assert_true(text_is(rows[0].column_name, "DOB"));
	filter = (struct quarantine_filter){.feed_id = TEXT("notes")};
	assert_ok(quarantine_list(&rows, &count, &total, f->data, &filter, &arena, &e), &e);
	assert_int_equal(total, 0);
	const struct text own[] = {TEXT("schools"), rows_source(f)}, other[] = {TEXT("schools")};
	filter = (struct quarantine_filter){.severity = TEXT("reject"), .sources = own, .source_count = 2};
	assert_ok(quarantine_list(&rows, &count, &total, f->data, &filter, &arena, &e), &e);
	assert_int_equal(total, 1);
	filter = (struct quarantine_filter){.severity = TEXT("reject"), .sources = other, .source_count = 1};
	assert_ok(quarantine_list(&rows, &count, &total, f->data, &filter, &arena, &e), &e);
	assert_int_equal(total, 0);

	buf_init(&csv, 1 << 20);
	assert_int_equal(fixture_rows_to_fix(f, &csv, &told, "officer", 2, &arena), STATUS_OK);
	assert_true(told.rows >= 1);
	assert_non_null(strstr(csv.at, "tenancies_20240531.csv,5,DOB,"));
	assert_non_null(strstr(csv.at, "31/02/1980"));
	assert_non_null(strstr(csv.at, "Nought"));
	buf_release(&csv);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_extracts_are_listed_newest_first, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_freshness_follows_the_schedule, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_columns_are_measured_beside_the_month_before, fixture_make,
						fixture_drop),
		cmocka_unit_test_setup_teardown(test_the_rows_to_fix_come_with_their_values, fixture_make,
						fixture_drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
