#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "synth/world/world_int.h"

static struct borough borough;
static struct world world = {.b = &borough};

static int set_up(void **state)
{
	(void)state;
	arena_init(&borough.arena, 64u << 20);
	assert_true(names_load());
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&borough.arena);
	return 0;
}

static void family_names_follow_the_language(void **state)
{
	(void)state;
	static const struct {
		enum tradition tradition;
		const char *man;
		enum sex sex;
		bool married;
		const char *want;
	} cases[] = {
		{TRADITION_POLISH, "Kowalski", SEX_FEMALE, false, "Kowalska"},
		{TRADITION_POLISH, "Kowalski", SEX_MALE, false, "Kowalski"},
		{TRADITION_POLISH, "Sawicki", SEX_FEMALE, true, "Sawicka"},
		{TRADITION_POLISH, "Nowak", SEX_FEMALE, true, "Nowak"},
		{TRADITION_LITHUANIAN, "Kazlauskas", SEX_FEMALE, false, "Kazlauskaite"},
		{TRADITION_LITHUANIAN, "Kazlauskas", SEX_FEMALE, true, "Kazlauskiene"},
		{TRADITION_LITHUANIAN, "Butkus", SEX_FEMALE, false, "Butkute"},
		{TRADITION_LITHUANIAN, "Stankevicius", SEX_FEMALE, true, "Stankeviciene"},
		{TRADITION_LITHUANIAN, "Petraitis", SEX_FEMALE, false, "Petraityte"},
		{TRADITION_BULGARIAN, "Georgiev", SEX_FEMALE, false, "Georgieva"},
		{TRADITION_BRITISH, "Kowalski", SEX_FEMALE, true, "Kowalski"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
			names_family_form(&world, cases[i].tradition, cases[i].man, cases[i].sex, cases[i].married),
			cases[i].want);
}

/* 5 January 2020 was a Sunday. */
static void day_names(void **state)
{
	(void)state;
	static const char *const boys[] = {"Kwasi", "Kwadwo", "Kwabena", "Kwaku", "Yaw", "Kofi", "Kwame"};
	for (int day = 0; day < 7; day++)
		assert_string_equal(names_day(SEX_MALE, date_of(2020, 1, 5 + day)), boys[day]);
	assert_string_equal(names_day(SEX_FEMALE, date_of(1969, 12, 28)), "Akosua");
}

static void cohorts_differ(void **state)
{
	(void)state;
	unsigned old_doreens = 0, young_doreens = 0, young_chloes = 0;
	for (unsigned i = 0; i < 3000; i++) {
		struct random r;
		random_start(&r, 1, 2, 3, i);
		old_doreens += !strcmp(names_given(&world, TRADITION_BRITISH, SEX_FEMALE, 1930, &r), "Doreen");
		const char *young = names_given(&world, TRADITION_BRITISH, SEX_FEMALE, 2005, &r);
		young_doreens += !strcmp(young, "Doreen");
		young_chloes += !strcmp(young, "Chloe");
	}
	assert_true(old_doreens > 20);
	assert_int_equal(young_doreens, 0);
	assert_true(young_chloes > 20);
}

/* Each table gives plausible names: letters, marks that names have, no leftover marks of the file. */
static void every_name_is_clean(void **state)
{
	(void)state;
	for (int t = 0; t < TRADITIONS; t++) {
		for (unsigned i = 0; i < 2000; i++) {
			struct random r;
			random_start(&r, 9, (uint64_t)t, 3, i);
			const char *names[] = {
				names_given(&world, (enum tradition)t, (enum sex)(i & 1), 1930 + (int)i % 90, &r),
				names_family(&world, (enum tradition)t, &r)};
			for (int n = 0; n < 2; n++) {
				assert_true(strlen(names[n]) >= 2 && strlen(names[n]) < 40);
				assert_int_equal(strcspn(names[n], "_[]=,#0123456789"), strlen(names[n]));
			}
		}
	}
}

/* The surnames of a crowd have a few heavy heads and a long tail of single ones. */
static void family_names_have_a_long_tail(void **state)
{
	(void)state;
	enum { CROWD = 8000 };
	struct text_map seen;
	text_map_init(&seen);
	for (unsigned i = 0; i < CROWD; i++) {
		struct random r;
		random_start(&r, 10, 2, 3, i);
		(*text_map_put(&seen, text_of(names_family(&world, TRADITION_BRITISH, &r)), NULL))++;
	}
	uint64_t most = 0, single = 0;
	for (size_t i = 0; i < seen.count; i++) {
		most = seen.values[i] > most ? seen.values[i] : most;
		single += seen.values[i] == 1;
	}
	assert_true(most > CROWD / 200 && most < CROWD / 25);
	assert_true(seen.count > 1200);
	assert_true(single > seen.count / 4);
	text_map_release(&seen);
}

static void other_forms(void **state)
{
	(void)state;
	struct random r;
	random_start(&r, 1, 1, 1, 1);
	assert_string_equal(name_other_spelling(TRADITION_BRITISH, "Zebedee", &r), "Zebedee");
	assert_string_equal(name_short_form(TRADITION_BRITISH, "Zebedee", &r), "");
	assert_string_equal(name_short_form(TRADITION_BRITISH, "Michelle", &r), "Shell");
	assert_string_equal(name_short_form(TRADITION_YORUBA, "Joshua", &r), "Josh"); /* shared names */
	bool differs = false;
	for (int i = 0; i < 20; i++)
		differs = differs || strcmp(name_other_spelling(TRADITION_PAKISTANI, "Muhammad", &r), "Muhammad");
	assert_true(differs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(family_names_follow_the_language),
		cmocka_unit_test(day_names),
		cmocka_unit_test(cohorts_differ),
		cmocka_unit_test(every_name_is_clean),
		cmocka_unit_test(family_names_have_a_long_tail),
		cmocka_unit_test(other_forms),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
