#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "household/household.h"

#include <stdlib.h>
#include <string.h>

enum { TAX, SCHOOL, HOUSING, CONTACT };

static date day(int year, int month)
{
	return date_of(year, month, 1);
}

static struct sighting seen(int64_t property, uint16_t source, date from, date to, bool ends)
{
	return (struct sighting){.resident_id = 1,
				 .property_id = property,
				 .record_id = 100 + source,
				 .from = from,
				 .to = to,
				 .source = source,
				 .ends = ends,
				 .seen = DATE_UNKNOWN};
}

static const struct residence *at_property(const struct residence *all, size_t count, int64_t property)
{
	for (size_t i = 0; i < count; i++) {
		if (all[i].property_id == property)
			return &all[i];
	}
	fail_msg("no residence at %lld", (long long)property);
	return NULL;
}

static void sources_join(void **state)
{
	(void)state;
	struct sighting rows[] = {seen(7, TAX, day(2020, 5), DATE_UNKNOWN, true),
				  seen(7, SCHOOL, day(2021, 9), DATE_UNKNOWN, false),
				  seen(7, HOUSING, day(2020, 4), DATE_UNKNOWN, true)};
	struct residence *all;
	assert_int_equal(residences_join(&all, rows, 3, day(2024, 1), NULL), 1);
	assert_int_equal(all[0].from, day(2020, 4));
	assert_int_equal(all[0].to, DATE_UNKNOWN);
	assert_int_equal(all[0].sources, 3);
	assert_true(all[0].current && all[0].confidence > 0.8);
	free(all);
}

/* The council tax knows of the move, the school does not yet: the new address is the present one. */
static void the_newest_address_is_the_present_one(void **state)
{
	(void)state;
	struct sighting rows[] = {seen(7, TAX, day(2020, 5), day(2023, 6), true),
				  seen(7, SCHOOL, day(2021, 9), DATE_UNKNOWN, false),
				  seen(8, TAX, day(2023, 6), DATE_UNKNOWN, true)};
	struct residence *all;
	size_t count = residences_join(&all, rows, 3, day(2024, 1), NULL);
	assert_int_equal(count, 2);
	assert_true(at_property(all, count, 8)->current);
	assert_false(at_property(all, count, 7)->current);
	assert_int_equal(at_property(all, count, 7)->to, day(2023, 6));
	free(all);
}

static void who_left_lives_nowhere(void **state)
{
	(void)state;
	struct sighting rows[] = {seen(7, TAX, day(2020, 5), day(2023, 6), true),
				  seen(7, CONTACT, day(2021, 2), DATE_UNKNOWN, false),
				  seen(9, TAX, day(2030, 1), DATE_UNKNOWN, true)};
	struct residence *all;
	size_t count = residences_join(&all, rows, 3, day(2024, 1), NULL);
	for (size_t i = 0; i < count; i++)
		assert_false(all[i].current);
	free(all);
}

static void order_of_rows_does_not_matter(void **state)
{
	(void)state;
	struct sighting rows[] = {
		seen(7, TAX, day(2020, 5), day(2023, 6), true), seen(8, SCHOOL, day(2023, 9), DATE_UNKNOWN, false),
		seen(8, TAX, day(2023, 6), DATE_UNKNOWN, true), seen(7, SCHOOL, day(2019, 1), DATE_UNKNOWN, false)};
	struct sighting turned[] = {rows[3], rows[1], rows[0], rows[2]};
	struct residence *first, *second;
	size_t count = residences_join(&first, rows, 4, day(2024, 1), NULL);
	assert_int_equal(residences_join(&second, turned, 4, day(2024, 1), NULL), count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(first[i].property_id, second[i].property_id);
		assert_int_equal(first[i].to, second[i].to);
		assert_int_equal(first[i].current, second[i].current);
	}
	free(first);
	free(second);
}

static struct occupant person(int64_t resident, int64_t property, uint64_t family, enum property_use use)
{
	return (struct occupant){.resident_id = resident,
				 .property_id = property,
				 .families = {2 * family}, /* a name, not a group */
				 .from = day(2020, 1),
				 .sources = 2,
				 .confidence = 0.8,
				 .use = use};
}

static void a_home_is_one_household(void **state)
{
	(void)state;
	struct occupant people[] = {person(3, 7, 11, USE_HOME), person(1, 7, 11, USE_HOME), person(2, 7, 12, USE_HOME),
				    person(4, 8, 11, USE_HOME)};
	assert_int_equal(households_make(people, 4, NULL, 0), 2);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(people[i].household, people[0].household);
		assert_string_equal(people[i].kind, "family");
	}
	assert_string_equal(people[3].kind, "single");
}

/* A mother and child and three strangers in a house in multiple occupation: four households. */
static void a_shared_house_is_several(void **state)
{
	(void)state;
	struct occupant people[] = {person(1, 7, 11, USE_SHARED), person(2, 7, 11, USE_SHARED),
				    person(3, 7, 12, USE_SHARED), person(4, 7, 13, USE_SHARED),
				    person(5, 7, 0, USE_SHARED)};
	assert_int_equal(households_make(people, 5, NULL, 0), 4);
	assert_int_equal(people[0].household, people[1].household);
	assert_string_equal(people[0].certainty, "uncertain");
	assert_string_equal(people[2].why, "alone_at_shared_address");
	assert_int_not_equal(people[2].household, people[3].household);
	assert_int_not_equal(people[3].household, people[4].household);
}

/* A name that is all over the borough makes no family of grown people in a hostel; a rare one does, and of a child and
 * the only adult of the name also a common one. */
static void a_common_name_makes_no_family_in_a_hostel(void **state)
{
	(void)state;
	enum { BOROUGH = 400 };
	struct occupant people[BOROUGH];
	for (int64_t i = 0; i < BOROUGH; i++)
		people[i] = person(i + 1, i < 6 ? 7 : 100 + i, i % 10 ? 1000 + (uint64_t)i : 11,
				   i < 6 ? USE_INSTITUTION : USE_HOME);
	people[0].families[0] = people[1].families[0] = 2 * 11; /* two of forty */
	people[2].families[0] = people[3].families[0] = 2 * 12; /* the only two */
	people[4].families[0] = people[5].families[0] = 2 * 13;
	people[5].child = true;
	for (int64_t i = 20; i < 60; i++)
		people[i].families[0] = 2 * 13;
	households_make(people, BOROUGH, NULL, 0);
	assert_int_not_equal(people[0].household, people[1].household);
	assert_int_equal(people[2].household, people[3].household);
	assert_int_equal(people[4].household, people[5].household);
}

static void many_names_are_no_family(void **state)
{
	(void)state;
	struct occupant people[6];
	for (int64_t i = 0; i < 6; i++)
		people[i] = person(i + 1, 7, 20 + (uint64_t)i, USE_HOME);
	assert_int_equal(households_make(people, 6, NULL, 0), 6);
	assert_string_equal(people[0].kind, "shared");
	for (int64_t i = 0; i < 6; i++)
		people[i] = person(i + 1, 7, 20 + (uint64_t)(i / 3), USE_HOME);
	assert_int_equal(households_make(people, 6, NULL, 0), 1);
}

static void institutions_are_known(void **state)
{
	(void)state;
	assert_int_equal(property_use_of("refuge"), USE_INSTITUTION);
	assert_int_equal(property_use_of("care_home"), USE_INSTITUTION);
	assert_int_equal(property_use_of("hmo"), USE_SHARED);
	assert_int_equal(property_use_of("flat"), USE_HOME);
	struct occupant people[2] = {person(1, 7, 11, USE_INSTITUTION), person(2, 7, 12, USE_INSTITUTION)};
	assert_int_equal(households_make(people, 2, NULL, 0), 2);
	assert_string_equal(people[0].kind, "institution");
}

/* A town hall full of people: no quadratic time, nobody together. */
static void a_crowd_is_nobodys_household(void **state)
{
	(void)state;
	enum { CROWD = 50000 };
	struct occupant *people = calloc(CROWD, sizeof *people);
	for (int64_t i = 0; i < CROWD; i++)
		people[i] = person(i + 1, 7, 5, USE_HOME);
	assert_int_equal(households_make(people, CROWD, NULL, 0), CROWD);
	free(people);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_join),
		cmocka_unit_test(the_newest_address_is_the_present_one),
		cmocka_unit_test(who_left_lives_nowhere),
		cmocka_unit_test(order_of_rows_does_not_matter),
		cmocka_unit_test(a_home_is_one_household),
		cmocka_unit_test(a_shared_house_is_several),
		cmocka_unit_test(a_common_name_makes_no_family_in_a_hostel),
		cmocka_unit_test(many_names_are_no_family),
		cmocka_unit_test(institutions_are_known),
		cmocka_unit_test(a_crowd_is_nobodys_household),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
