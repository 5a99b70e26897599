#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "profile/profile_int.h"

/* A condition over three elements a, b, c with the given values: as event rules ask (holds)
 * and as rules of feeds ask (kept: nothing is broken by what is missing). */

static struct profile_element elements[3];
static const char *values[3];

static struct text value_of(const void *context, const struct profile_element *element)
{
	(void)context;
	return text_of(values[element->number]);
}

static void test_conditions(void **state)
{
	(void)state;
	static const struct {
		const char *condition, *a, *b, *c;
		bool holds, kept;
	} cases[] = {
		{"a >= b", "2024-05-02", "2024-05-01", NULL, true, true},
		{"a >= b", "2024-05-01", "2024-05-02", NULL, false, false},
		{"a >= b", NULL, "2024-05-02", NULL, false, true},
		{"a > b", "10", "9.5", NULL, true, true},
		{"a = 'open'", "open", NULL, NULL, true, true},
		{"a = \"open\"", "shut", NULL, NULL, false, false},
		{"a != 'open'", "shut", NULL, NULL, true, true},
		{"a > 500", "500.01", NULL, NULL, true, true},
		{"a > 500", "500", NULL, NULL, false, false},
		{"a > -5", "-4", NULL, NULL, true, true},
		{"a is absent", NULL, NULL, NULL, true, true},
		{"a is present", "", NULL, NULL, false, false},
		{"a is present", "x", NULL, NULL, true, true},
		{"a <= today", "2024-06-30", NULL, NULL, true, true},
		{"a <= today", "2024-07-01", NULL, NULL, false, false},
		{"a <= as_at", "2024-06-02", NULL, NULL, false, false},
		{"a >= 2024-01-01", "2024-01-01 09:30", NULL, NULL, true, true},
		{"a > 1 and b = 'x'", "2", "x", NULL, true, true},
		{"a > 1 and b = 'x'", "2", "y", NULL, false, false},
		{"a > 1 or b = 'x' or c is present", "0", "y", "z", true, true},
		{"a > 1 or b = 'x'", "0", NULL, NULL, false, true},
	};
	struct profile profile = {0};
	struct profile_inside inside = {0};
	struct profile_problems problems = {0};
	profile.inside = &inside;
	text_map_init(&inside.ids[KIND_ELEMENT]);
	static const char *const names[] = {"a", "b", "c"};
	for (unsigned i = 0; i < 3; i++) {
		elements[i] = (struct profile_element){.id = text_of(names[i]), .number = i};
		*text_map_put(&inside.ids[KIND_ELEMENT], text_of(names[i]), NULL) = i;
	}
	arena_init(&inside.arena, 1 << 20);
	struct loader loader = {.profile = &profile, .arena = &inside.arena, .problems = &problems};
	loader.things[KIND_ELEMENT] = elements;
	struct reader r = {&loader, &(struct file){.name = "x.yaml"}};
	struct condition_values asked = {value_of, NULL, date_of(2024, 6, 30), date_of(2024, 6, 1)};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct profile_condition condition;
		values[0] = cases[i].a;
		values[1] = cases[i].b;
		values[2] = cases[i].c;
		assert_true(condition_parse(&r, NULL, text_of(cases[i].condition), NULL, 0, &condition));
		if (condition_holds(&condition, &asked) != cases[i].holds ||
		    condition_kept(&condition, &asked) != cases[i].kept)
			fail_msg("case %zu: %s", i, cases[i].condition);
	}
	struct profile_condition none = {.written = TEXT_ABSENT};
	assert_true(condition_holds(&none, &asked));
	arena_release(&inside.arena);
	text_map_release(&inside.ids[KIND_ELEMENT]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_conditions)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
