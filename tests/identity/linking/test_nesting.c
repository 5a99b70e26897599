/* Columns that follow from others: what a county says beside a parish, and that a model keeps it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "linking/linking_int.h"
#include "maths/random.h"

#include <stdio.h>

enum { GIVEN, FAMILY, BIRTH, PARISH, COUNTY, COLUMNS, PEOPLE = 1000, PARISHES = 40, COUNTIES = 5 };

static const struct linking_column columns[COLUMNS] = {
	{"given_name", LINKING_GIVEN}, {"family_name", LINKING_FAMILY}, {"date_of_birth", LINKING_BIRTH},
	{"parish", LINKING_TEXT},      {"county", LINKING_TEXT},
};

static void add(struct linking_table *table, size_t column, const char *stem, unsigned number)
{
	char value[24];
	snprintf(value, sizeof value, "%s%u", stem, number);
	linking_table_add_value(table, column, text_of(value));
}

/* Two records a person. With NESTED a parish lies in one county; otherwise in any. */
static struct linking_table *make_table(uint64_t seed, bool nested)
{
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (uint32_t i = 0; i < 2 * PEOPLE; i++) {
		struct random r;
		char birth[DATE_TEXT_SIZE];
		random_start(&r, seed, 1, i / 2, 0);
		linking_table_add_record(table, i);
		add(table, GIVEN, "given", random_below(&r, 100));
		add(table, FAMILY, "family", random_below(&r, 200));
		date_format_iso(date_of(1870, 1, 1) + (date)random_below(&r, 12000), birth);
		linking_table_add_value(table, BIRTH, text_of(birth));
		unsigned parish = random_below(&r, PARISHES), county = random_below(&r, COUNTIES);
		add(table, PARISH, "parish", parish);
		add(table, COUNTY, "county", nested ? parish % COUNTIES : county);
	}
	return table;
}

static struct linking_run *run_of(struct linking_table *table, const char *model)
{
	struct linking_run *run;
	struct error error;
	assert_int_equal(linking_run_new(&run, table, &(struct linking_settings){.threads = 1, .model = model}, &error),
			 STATUS_OK);
	return run;
}

/* Of the first person's two records. */
static void county_counts(const struct linking_run *run, bool wanted)
{
	struct linking_explanation why;
	linking_explain(run, 0, 1, &why);
	assert_int_equal(linking_pattern_level(why.pattern, PARISH), LINKING_LEVEL_SAME);
	assert_int_equal(linking_pattern_level(why.pattern, COUNTY) != LINKING_LEVEL_MISSING, wanted);
}

static void a_county_says_nothing_beside_its_parish(void **state)
{
	(void)state;
	struct linking_run *run = run_of(make_table(1, true), NULL), *free_run = run_of(make_table(1, false), NULL);
	county_counts(run, false);
	county_counts(free_run, true);
	linking_run_free(run);
	linking_run_free(free_run);
}

static void a_replayed_model_knows_what_was_nested(void **state)
{
	(void)state;
	struct buf nested, loose;
	struct error error;
	struct linking_run *run;
	buf_init(&nested, 1 << 20);
	buf_init(&loose, 1 << 20);
	run = run_of(make_table(1, true), NULL);
	linking_model_json(run, &nested);
	buf_append_char(&nested, '\0');
	linking_run_free(run);
	run = run_of(make_table(1, false), NULL);
	linking_model_json(run, &loose);
	buf_append_char(&loose, '\0');
	linking_run_free(run);

	run = run_of(make_table(2, false), nested.at);
	county_counts(run, false);
	linking_run_free(run);
	run = run_of(make_table(2, true), loose.at);
	county_counts(run, true);
	linking_run_free(run);

	char *name = strstr(strstr(nested.at, "\"nested\""), "\"parish\"");
	assert_non_null(name);
	name[1] = 'x';
	assert_int_not_equal(linking_run_new(&run, make_table(2, true),
					     &(struct linking_settings){.threads = 1, .model = nested.at}, &error),
			     STATUS_OK);
	buf_release(&nested);
	buf_release(&loose);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_county_says_nothing_beside_its_parish),
		cmocka_unit_test(a_replayed_model_knows_what_was_nested),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
