#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"
#include "base/london.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"

static void test_dates_round_trip(void **state)
{
	(void)state;
	for (date d = date_of(1600, 1, 1); d < date_of(2200, 1, 1); d++) {
		struct ymd at = date_ymd(d);
		assert_int_equal(date_of(at.year, at.month, at.day), d);
	}
	assert_int_equal(date_of(2023, 2, 29), DATE_UNKNOWN);
	assert_int_equal(date_of(1970, 1, 1), 0);
}

static void test_dates_parse_by_pattern(void **state)
{
	(void)state;
	static const struct {
		const char *text, *pattern, *iso; /* iso NULL: must be refused */
	} cases[] = {
		{"09/03/2024", "DD/MM/YYYY", "2024-03-09"},
		{"9/3/2024", "DD/MM/YYYY", "2024-03-09"},
		{"09-Mar-24", "DD-Mon-YY", "2024-03-09"},
		{"09-Mar-45", "DD-Mon-YY", "1945-03-09"},
		{"2024-03-09 00:00:00", "YYYY-MM-DD", "2024-03-09"},
		{"2024-03-09T09:30:00", "YYYY-MM-DD", "2024-03-09"},
		{"20240309", "YYYYMMDD", "2024-03-09"},
		{"31/02/2024", "DD/MM/YYYY", NULL},
		{"2024-03-09x", "YYYY-MM-DD", NULL},
		{"", "YYYY-MM-DD", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		date d = 0;
		char iso[DATE_TEXT_SIZE];
		bool parsed = date_parse(text_of(cases[i].text), cases[i].pattern, 2026, &d);
		assert_int_equal(parsed, cases[i].iso != NULL);
		if (parsed)
			assert_string_equal(date_format_iso(d, iso), cases[i].iso);
	}
}

static void test_months_clamp_to_the_last_day(void **state)
{
	(void)state;
	assert_int_equal(date_add_months(date_of(2024, 1, 31), 1), date_of(2024, 2, 29));
	assert_int_equal(date_add_months(date_of(2024, 1, 31), -2), date_of(2023, 11, 30));
}

static void test_utf8_is_checked(void **state)
{
	(void)state;
	assert_int_equal(utf8_first_invalid(TEXT("Zażółć – gęślą")), TEXT("Zażółć – gęślą").len);
	assert_int_equal(utf8_first_invalid(text_slice("ab\xc0\x80", 4)), 2);
	assert_int_equal(utf8_first_invalid(text_slice("\xed\xa0\x80", 3)), 0);
	assert_int_equal(utf8_first_invalid(text_slice("12345678\xe2\x82", 10)), 8);
	struct buf out;
	buf_init(&out, 1000);
	assert_int_equal(utf8_append_windows_1252(&out, text_slice("O\x92"
								   "Brien \x80\x81",
								   10)),
			 1);
	assert_string_equal(out.at, "O’Brien €\xef\xbf\xbd");
	buf_release(&out);
}

static void test_buffers_stop_at_their_ceiling(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 100);
	for (int i = 0; i < 50; i++)
		buf_append(&buf, "abc", 3);
	assert_true(buf.failed);
	assert_true(buf.len < 100);
	assert_int_equal(strlen(buf.at), buf.len);
	buf_release(&buf);
}

static void test_maps_keep_what_they_are_given(void **state)
{
	(void)state;
	struct text_map map;
	struct id_map ids;
	text_map_init(&map);
	id_map_init(&ids);
	char key[16];
	for (uint64_t i = 0; i < 5000; i++) {
		bool is_new;
		snprintf(key, sizeof key, "k%d", (int)i);
		*text_map_put(&map, text_of(key), &is_new) = i;
		assert_true(is_new);
		*id_map_put(&ids, i << 40, &is_new) = i;
		assert_true(is_new);
	}
	for (uint64_t i = 0; i < 5000; i++) {
		snprintf(key, sizeof key, "k%d", (int)i);
		assert_int_equal(*text_map_get(&map, text_of(key)), i);
		assert_int_equal(*id_map_get(&ids, i << 40), i);
	}
	assert_null(text_map_get(&map, TEXT("absent")));
	assert_null(id_map_get(&ids, 7));
	text_map_release(&map);
	id_map_release(&ids);
}

static void test_text_orders_as_people_do(void **state)
{
	static const char *const ordered[] = {"",          "1 Oak Road", "Annexe", "flat 1", "Flat 2",
					      "Flat 2a",   "Flat 02b",   "Flat 3", "FLAT 9", "Flat 10",
					      "Flat 10 B", "Flat 100",   "Flat B", "Flats"};
	(void)state;
	size_t count = sizeof ordered / sizeof *ordered;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			int order = text_compare_natural(text_of(ordered[i]), text_of(ordered[k]));
			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
	assert_int_not_equal(text_compare_natural(TEXT("Flat 02"), TEXT("Flat 2")), 0);
}

static void test_text_parses_whole_numbers_only(void **state)
{
	(void)state;
	int64_t i;
	double d;
	assert_true(text_parse_int64(TEXT("-9223372036854775808"), &i) && i == INT64_MIN);
	assert_false(text_parse_int64(TEXT("9223372036854775808"), &i));
	assert_false(text_parse_int64(TEXT("12x"), &i));
	assert_true(text_parse_double(TEXT("-1.5e3"), &d) && d == -1500.0);
	assert_false(text_parse_double(TEXT("1,5"), &d));
	assert_false(text_parse_double(TEXT("nan"), &d));
}

static void test_a_near_name_is_proposed(void **state)
{
	(void)state;
	struct text names[] = {TEXT("tenancy_start"), TEXT("tenancy_end"), TEXT("postcode")};
	assert_true(text_is(text_nearest(TEXT("tenancy_strat"), names, 3), "tenancy_start"));
	assert_true(text_is_absent(text_nearest(TEXT("xyz"), names, 3)));
}

static void test_json_and_csv_are_escaped(void **state)
{
	(void)state;
	struct buf buf;
	buf_init(&buf, 1000);
	buf_append_json(&buf, TEXT("a\"b\\c\n\x01é"));
	assert_string_equal(buf.at, "\"a\\\"b\\\\c\\n\\u0001é\"");
	buf_clear(&buf);
	buf_append_csv(&buf, TEXT("a \"b\", c"));
	assert_string_equal(buf.at, "\"a \"\"b\"\", c\"");
	buf_release(&buf);
}

static void test_a_full_disk_has_a_remedy(void **state)
{
	(void)state;
	struct error error = {0};
	assert_int_equal(error_set_errno(&error, ENOSPC, "vault.archive", "The archive cannot be written"), STATUS_IO);
	assert_non_null(strstr(error.remedy, "space"));
	assert_int_equal(error_set_errno(&error, ENOENT, "vault.archive", "The archive cannot be opened"), STATUS_IO);
	assert_string_equal(error.remedy, "");
}

/* What a spreadsheet would run is text; one apostrophe off gives back what was there. */
static void test_cells_are_harmless_and_come_back(void **state)
{
	(void)state;
	static const struct {
		const char *value, *cell;
	} cases[] = {{"Smith", "Smith"},
		     {"O'Brien", "O'Brien"},
		     {"=1+1", "'=1+1"},
		     {"+44 20", "'+44 20"},
		     {"-12.50", "'-12.50"},
		     {"@SUM(A1)", "'@SUM(A1)"},
		     {"\tx", "'\tx"},
		     {"\rx", "\"'\rx\""},
		     {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
		     {"'quoted", "''quoted"},
		     {"'", "''"},
		     {"\xef\xbc\x9d"
		      "1",
		      "'\xef\xbc\x9d"
		      "1"},
		     {"", ""}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf buf;
		buf_init(&buf, 1000);
		buf_append_csv_harmless(&buf, text_of(cases[i].value));
		assert_true(text_is(buf_text(&buf), cases[i].cell));
		buf_release(&buf);
	}
}

/* The flags of the mapping that holds AT, as the system tells them. */
static bool has_large_pages(uintptr_t at)
{
	char line[512];
	bool inside = false, large = false;
	FILE *maps = fopen("/proc/self/smaps", "r");
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps)) {
		unsigned long from, to;
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from <= at && at < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			large = strstr(line, " hg") != NULL;
	}
	assert_int_equal(fclose(maps), 0);
	return large;
}

static void test_a_heap_that_is_kept_has_large_pages(void **state)
{
	enum { GROWN = 8 << 20 };
	(void)state;
	if (access("/sys/kernel/mm/transparent_hugepage/enabled", R_OK) != 0)
		skip();
	assert_false(memory_advise_heap());
	memory_keep();
	for (int i = 0; i < 2; i++) {
		char *at = sbrk(GROWN);
		assert_true(at != (char *)-1);
		assert_false(has_large_pages((uintptr_t)at + GROWN / 2));
		assert_true(memory_advise_heap());
		assert_true(has_large_pages((uintptr_t)at + GROWN / 2));
	}
	free(memory_alloc(GROWN, 1));
}

static void test_local_time_changes_on_the_last_sundays(void **state)
{
	(void)state;
	static const struct {
		int year;
		const char *begins, *ends;
	} cases[] = {{2024, "2024-03-31", "2024-10-27"},
		     {2025, "2025-03-30", "2025-10-26"},
		     {2026, "2026-03-29", "2026-10-25"}};
	const instant hour = INT64_C(3600000000);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		date begins, ends;
		assert_true(date_parse_iso(text_of(cases[i].begins), &begins) &&
			    date_parse_iso(text_of(cases[i].ends), &ends));
		assert_int_equal(london_summer_begins(cases[i].year), begins * 24 * hour + hour);
		assert_int_equal(london_summer_ends(cases[i].year), ends * 24 * hour + hour);
		assert_int_equal(london_clock(begins * 24 * hour + hour - 1), begins * 24 * hour + hour - 1);
		assert_int_equal(london_clock(begins * 24 * hour + hour), begins * 24 * hour + 2 * hour);
		assert_int_equal(london_clock(ends * 24 * hour + hour), ends * 24 * hour + hour);
	}
	char clock[LONDON_TEXT_SIZE];
	date last;
	assert_true(date_parse_iso(TEXT("2026-10-25"), &last)); /* half past one comes twice that night */
	assert_string_equal(london_time(last * 24 * hour + hour / 2, clock), "01:30 BST");
	assert_string_equal(london_time(last * 24 * hour + hour + hour / 2, clock), "01:30 GMT");
	assert_string_equal(london_time(last * 24 * hour - 1, clock),
			    "00:59 BST"); /* of the 25th there, the 24th in UTC */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_local_time_changes_on_the_last_sundays),
		cmocka_unit_test(test_dates_round_trip),
		cmocka_unit_test(test_dates_parse_by_pattern),
		cmocka_unit_test(test_months_clamp_to_the_last_day),
		cmocka_unit_test(test_utf8_is_checked),
		cmocka_unit_test(test_buffers_stop_at_their_ceiling),
		cmocka_unit_test(test_maps_keep_what_they_are_given),
		cmocka_unit_test(test_text_orders_as_people_do),
		cmocka_unit_test(test_text_parses_whole_numbers_only),
		cmocka_unit_test(test_a_near_name_is_proposed),
		cmocka_unit_test(test_json_and_csv_are_escaped),
		cmocka_unit_test(test_a_full_disk_has_a_remedy),
		cmocka_unit_test(test_cells_are_harmless_and_come_back),
		cmocka_unit_test(test_a_heap_that_is_kept_has_large_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
