/* One record against all finds what a run over all found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "linking/lookup.h"
#include "maths/random.h"

#include <math.h>
#include <stdlib.h>

enum { GIVEN, FAMILY, BIRTH, PLACE, PHONE, COLUMNS, PEOPLE = 400, RECORDS = PEOPLE * 3, MOST = 64 };

static const struct linking_column columns[COLUMNS] = {{"given_name", LINKING_GIVEN},
						       {"family_name", LINKING_FAMILY},
						       {"date_of_birth", LINKING_BIRTH},
						       {"address", LINKING_PLACE},
						       {"phone", LINKING_PHONE}};
static const char *const givens[] = {"amara", "brian", "chidi", "diana", "farah", "george", "hannah", "ivan",
				     "julia", "kofi",  "lena",  "nadia", "oscar", "priya",  "rosa",   "samuel"};
static const char *const families[] = {"adeyemi", "baker", "cohen", "dhillon", "evans",  "farouk", "green",
				       "hussain", "jones", "lopez", "morris",  "okafor", "patel",  "quinn"};

static void add_record(struct linking_table *table, uint32_t record)
{
	struct random p, r;
	char out[LINKING_PLACE_SIZE], name[24];
	uint32_t person = record / 3;
	random_start(&p, 5, 1, person, 0);
	random_start(&r, 5, 2, record, 0);
	linking_table_add_record(table, record);
	snprintf(name, sizeof name, "%s", givens[random_below(&p, 16)]);
	if (random_chance(&r, 0.1))
		name[1] = 'x';
	linking_table_add_value(table, GIVEN, text_of(name));
	linking_table_add_value(table, FAMILY, text_of(families[random_below(&p, 14)]));
	if (random_chance(&r, 0.1))
		linking_table_add_value(table, FAMILY, text_of(families[random_below(&r, 14)]));
	date birth = date_of(1950, 1, 1) + (date)random_below(&p, 365 * 60);
	if (random_chance(&r, 0.9))
		linking_table_add_value(table, BIRTH, text_of(date_format_iso(birth, out)));
	linking_table_add_value(table, PLACE,
				linking_place_value(out, 1 + (random_chance(&r, 0.8) ? person : record) / 3,
						    TEXT("EM1 2AB"), TEXT_ABSENT));
	snprintf(out, sizeof out, "+4479%08u", 1000 + person);
	if (random_chance(&r, 0.4))
		linking_table_add_value(table, PHONE, text_of(out));
}

static struct linking_run *run_all(void)
{
	struct linking_run *run;
	struct error e;
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (uint32_t i = 0; i < RECORDS; i++)
		add_record(table, i);
	if (linking_run_new(&run, table, &(struct linking_settings){.threads = 2}, &e) != STATUS_OK)
		fail_msg("%s", e.message);
	return run;
}

static const struct linking_match *find(const struct linking_match *matches, size_t count, uint32_t record)
{
	for (size_t i = 0; i < count; i++) {
		if (matches[i].record == record)
			return &matches[i];
	}
	return NULL;
}

static void finds_what_a_run_found(void **state)
{
	(void)state;
	struct linking_run *run = run_all();
	struct linking_lookup *lookup = linking_lookup_new(run, 2);
	size_t links, seen = 0;
	const struct linking_link *link = linking_links(run, &links);
	for (uint32_t i = 0; i < RECORDS; i++) {
		struct linking_match matches[MOST];
		struct linking_table *record = linking_table_new(columns, COLUMNS);
		add_record(record, i);
		size_t count = linking_match_one(lookup, record, 0.02, matches, MOST);
		assert_non_null(find(matches, count, i)); /* itself */
		for (size_t k = 1; k < count; k++)
			assert_true(matches[k - 1].weight >= matches[k].weight);
		for (size_t l = 0; l < links && count < MOST; l++) {
			if (link[l].a != i && link[l].b != i)
				continue;
			const struct linking_match *match = find(matches, count, link[l].a ^ link[l].b ^ i);
			assert_non_null(match);
			assert_true(fabsf(match->weight - link[l].weight) < 0.001f);
			seen++;
		}
		linking_table_free(record);
	}
	assert_true(links > RECORDS / 2 && seen > links);
	linking_lookup_free(lookup);
	linking_run_free(run);
}

static void a_stranger_finds_nobody(void **state)
{
	(void)state;
	struct linking_run *run = run_all();
	struct linking_lookup *lookup = linking_lookup_new(run, 1);
	struct linking_match matches[MOST];
	struct linking_table *record = linking_table_new(columns, COLUMNS),
			     *empty = linking_table_new(columns, COLUMNS);
	linking_table_add_record(record, 1);
	linking_table_add_value(record, GIVEN, TEXT("wilhelmina"));
	linking_table_add_value(record, FAMILY, TEXT("zybrowska"));
	linking_table_add_value(record, BIRTH, TEXT("1911-11-11"));
	assert_int_equal(linking_match_one(lookup, record, 0.5, matches, MOST), 0);
	linking_table_add_record(empty, 1);
	assert_int_equal(linking_match_one(lookup, empty, 0.5, matches, MOST), 0);
	linking_table_free(record);
	linking_table_free(empty);
	linking_lookup_free(lookup);
	linking_run_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_a_run_found),
		cmocka_unit_test(a_stranger_finds_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
