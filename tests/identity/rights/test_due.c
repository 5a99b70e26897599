/* One calendar month, and then the next working day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rights/due.h"

static date day(const char *iso)
{
	date d;
	assert_true(date_parse_iso(text_of(iso), &d));
	return d;
}

static void the_same_day_of_the_next_month(void **state)
{
	(void)state;
	static const struct {
		const char *received;
		int months;
		const char *due;
	} cases[] = {
		{"2026-03-10", 1, "2026-04-10"}, /* a Friday */
		{"2026-09-05", 1, "2026-10-05"}, /* received on a Saturday: it counts from that day */
		{"2026-09-03", 1, "2026-10-05"}, /* would end on Saturday, 3 October */
		{"2027-01-31", 1, "2027-03-01"}, /* 28 February 2027 is a Sunday */
		{"2028-01-31", 1, "2028-02-29"}, /* the last day of a shorter month */
		{"2026-11-25", 1, "2026-12-29"}, /* Christmas Day a Friday, Boxing Day moved to Monday, 28 December */
		{"2026-03-03", 1, "2026-04-07"}, /* Good Friday, Easter, Easter Monday */
		{"2026-03-31", 1, "2026-04-30"}, {"2026-04-04", 1, "2026-05-05"}, /* the early May bank holiday */
		{"2026-01-12", 3, "2026-04-13"},                                  /* extended by two months: Sunday */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char due[DATE_TEXT_SIZE];
		date_format_iso(rights_due(day(cases[i].received), cases[i].months), due);
		assert_string_equal(due, cases[i].due);
	}
	assert_int_equal(rights_due(DATE_UNKNOWN, 1), DATE_UNKNOWN);
}

/* As published on gov.uk/bank-holidays for England and Wales. */
static void bank_holidays_are_those_of_england_and_wales(void **state)
{
	(void)state;
	static const char *const holidays[] = {
		"2024-01-01", "2024-03-29", "2024-04-01", "2024-05-06", "2024-05-27", "2024-08-26", "2024-12-25",
		"2024-12-26", "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25",
		"2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25",
		"2026-08-31", "2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03",
		"2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
	};
	size_t at = 0, count = sizeof holidays / sizeof *holidays;
	for (date d = day("2024-01-01"); d <= day("2027-12-31"); d++) {
		bool weekend = (d - day("2024-01-06")) % 7 == 0 || (d - day("2024-01-07")) % 7 == 0;
		bool holiday = at < count && d == day(holidays[at]);
		assert_int_equal(rights_is_working_day(d), !weekend && !holiday);
		at += holiday;
	}
	assert_int_equal(at, count);
	/* New Year's Day on a Saturday and on a Sunday; Christmas Day on a Sunday. */
	assert_false(rights_is_working_day(day("2022-01-03")));
	assert_true(rights_is_working_day(day("2022-01-04")));
	assert_false(rights_is_working_day(day("2023-01-02")));
	assert_false(rights_is_working_day(day("2022-12-26")));
	assert_false(rights_is_working_day(day("2022-12-27")));
	assert_true(rights_is_working_day(day("2022-12-28")));
}

static void a_request_came_in_our_days(void **state)
{
	(void)state;
	date today = day("2026-03-31");
	assert_true(rights_may_have_come(today, today));
	assert_true(rights_may_have_come(day("2018-05-25"), today));
	assert_false(rights_may_have_come(day("2018-05-24"), today));
	assert_false(rights_may_have_come(day("0001-01-01"), today));
	assert_false(rights_may_have_come(day("2026-04-01"), today));
	assert_false(rights_may_have_come(DATE_UNKNOWN, today));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_day_of_the_next_month),
		cmocka_unit_test(bank_holidays_are_those_of_england_and_wales),
		cmocka_unit_test(a_request_came_in_our_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
