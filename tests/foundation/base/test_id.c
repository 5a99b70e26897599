#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/id.h"

static void test_ids_round_trip(void **state)
{
	(void)state;
	char text[ID_TEXT_SIZE];
	for (int i = 0; i < 1000; i++) {
		int64_t id = id_random(), back = 0;
		assert_true(id > 0);
		assert_int_equal(strlen(id_format(id, text)), 13);
		assert_true(id_parse(text_of(text), &back));
		assert_int_equal(back, id);
	}
}

static void test_ids_are_read_as_people_type_them(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t id; /* 0: must be refused */
	} cases[] = {
		{"0000000000001", 1},         {"000000000000Z", 31}, {"00000-0000-0010", 32}, {"OOOOOOOOOOOOL", 1},
		{"7zzzzzzzzzzzz", INT64_MAX}, {"8000000000000", 0},  {"0000000000000", 0},    {"000000000001", 0},
		{"00000000000001", 0},        {"000000000000u", 0},  {"000000000000 ", 0},    {"", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t id = 0;
		assert_int_equal(id_parse(text_of(cases[i].text), &id), cases[i].id != 0);
		assert_int_equal(id, cases[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_round_trip),
		cmocka_unit_test(test_ids_are_read_as_people_type_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
