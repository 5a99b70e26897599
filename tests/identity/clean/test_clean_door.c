#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clean/door.h"

static void doors_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *address, *door;
	} cases[] = {
		{"19 millcombe eastmarsh", "19 millcomb"},
		{"flat 3 48 thorington road", "48 thoringt"},
		{"21a ash grove", "21a ash"},
		{"flat 2 rennie", "2 rennie"},
		{"the old rectory church lane", ""},
		{"12", ""},
		{"", ""},
		{"120000000 high street", ""},
		{"48 thoringt", "48 thoringt"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[DOOR_TEXT_SIZE];
		struct text got = clean_door_text(out, clean_door(text_of(cases[i].address)));
		if (!text_is(got, cases[i].door))
			fail_msg("%s: got \"%.*s\"", cases[i].address, TEXT_ARG(got));
	}
}

static void doors_are_alike(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool alike;
	} cases[] = {
		{"14 redshanj road eastmarsh", "14 redshank road", true},
		{"14 redshank road", "15 redshank road", false},
		{"14 redshank road", "14a redshank road", false},
		{"1 ash grove", "1 oak grove", false},
		{"ash grove", "ash grove", false}, /* no number: nothing to tell */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct door a = clean_door(text_of(cases[i].a)), b = clean_door(text_of(cases[i].b));
		if (clean_door_alike(&a, &b) != cases[i].alike || clean_door_alike(&b, &a) != cases[i].alike)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(doors_are_found), cmocka_unit_test(doors_are_alike)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
