/* Dates of birth as files write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "matching/matching_int.h"

static void forms_are_read(void **state)
{
	static const struct {
		const char *value;
		enum date_order order;
		int year, month, day; /* year 0: not a date */
	} cases[] = {
		{"1985-02-14", DATE_DAY_FIRST, 1985, 2, 14},
		{"1985-02-14 00:00:00", DATE_DAY_FIRST, 1985, 2, 14},
		{"1985-02-14T09:30:00Z", DATE_DAY_FIRST, 1985, 2, 14},
		{"14/02/1985", DATE_DAY_FIRST, 1985, 2, 14},
		{"02/14/1985", DATE_MONTH_FIRST, 1985, 2, 14},
		{"02/03/1985", DATE_DAY_FIRST, 1985, 3, 2},
		{"02/03/1985", DATE_MONTH_FIRST, 1985, 2, 3},
		{"02/14/1985", DATE_DAY_FIRST, 1985, 2, 14}, /* only one reading is possible */
		{"14.2.85", DATE_DAY_FIRST, 1985, 2, 14},
		{"19850214", DATE_DAY_FIRST, 1985, 2, 14},
		{"14021985", DATE_DAY_FIRST, 1985, 2, 14},
		{"19181012", DATE_DAY_FIRST, 1918, 10, 12},
		{"14 Feb 1985", DATE_DAY_FIRST, 1985, 2, 14},
		{"February 14th, 1985", DATE_DAY_FIRST, 1985, 2, 14},
		{"1833", DATE_DAY_FIRST, 1833, 0, 0},
		{"abt 1833", DATE_DAY_FIRST, 1833, 0, 0},
		{"1833-00-00", DATE_DAY_FIRST, 1833, 0, 0},
		{"1833-05", DATE_DAY_FIRST, 1833, 5, 0},
		{"May 1833", DATE_DAY_FIRST, 1833, 5, 0},
		{"31/02/1985", DATE_DAY_FIRST, 0, 0, 0},
		{"unknown", DATE_DAY_FIRST, 0, 0, 0},
		{"12 High Street 1985", DATE_DAY_FIRST, 0, 0, 0},
		{"8456781", DATE_DAY_FIRST, 0, 0, 0},
		{"", DATE_DAY_FIRST, 0, 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct birth_parts got;
		bool read = birth_read(text_of(cases[i].value), cases[i].order, &got);
		if (read != (cases[i].year != 0) || got.year != cases[i].year || got.month != cases[i].month ||
		    got.day != cases[i].day)
			fail_msg("\"%s\": %d %d-%d-%d", cases[i].value, read, got.year, got.month, got.day);
	}
}

static void a_year_alone_is_the_first_of_january(void **state)
{
	(void)state;
	assert_int_equal(birth_date(&(struct birth_parts){1833, 0, 0}), date_of(1833, 1, 1));
	assert_int_equal(birth_date(&(struct birth_parts){0, 0, 0}), DATE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_read),
		cmocka_unit_test(a_year_alone_is_the_first_of_january),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
