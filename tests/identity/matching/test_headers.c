/* What headers say, in many styles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "matching/matching_int.h"

static void styles_mean_the_same(void **state)
{
	static const struct {
		const char *header;
		enum header_place place;
		enum meaning meaning;
	} cases[] = {
		{"first_name", HEADER_SURE, MEANING_GIVEN},
		{"FirstName", HEADER_SURE, MEANING_GIVEN},
		{"FIRST NAME", HEADER_SURE, MEANING_GIVEN},
		{"Patient.Forename", HEADER_SURE, MEANING_GIVEN},
		{"given_name_1", HEADER_SURE, MEANING_GIVEN},
		{"vorname", HEADER_SURE, MEANING_GIVEN},
		{"Prénom", HEADER_SURE, MEANING_GIVEN},
		{"surname", HEADER_SURE, MEANING_FAMILY},
		{"LAST_NM", HEADER_SURE, MEANING_FAMILY},
		{"maidenName", HEADER_SURE, MEANING_FORMER_FAMILY},
		{"first_and_surname", HEADER_SURE, MEANING_FULL_NAME},
		{"DOB", HEADER_SURE, MEANING_BIRTH},
		{"DateOfBirth", HEADER_SURE, MEANING_BIRTH},
		{"birth_year", HEADER_SURE, MEANING_BIRTH_YEAR},
		{"date_of_death", HEADER_SURE, MEANING_DEATH},
		{"age", HEADER_SURE, MEANING_AGE},
		{"age at death", HEADER_SURE, MEANING_IGNORED},
		{"gender", HEADER_SURE, MEANING_SEX},
		{"postcode_fake", HEADER_SURE, MEANING_POSTCODE},
		{"ZipCode", HEADER_SURE, MEANING_POSTCODE},
		{"address_line_2", HEADER_SURE, MEANING_ADDRESS},
		{"Address1", HEADER_SURE, MEANING_ADDRESS},
		{"birth_place", HEADER_SURE, MEANING_BIRTH_PLACE},
		{"soc_sec_id", HEADER_SURE, MEANING_IDENTIFIER},
		{"NHS Number", HEADER_SURE, MEANING_NHS},
		{"cluster", HEADER_SURE, MEANING_TRUTH},
		{"cluster_id", HEADER_SURE, MEANING_TRUTH},
		{"entity_id", HEADER_SURE, MEANING_TRUTH},
		{"person_id", HEADER_SURE, MEANING_TRUTH},
		{"true_id", HEADER_SURE, MEANING_TRUTH},
		{"label", HEADER_SURE, MEANING_TRUTH},
		{"rec_id", HEADER_SURE, MEANING_ID},
		{"household_id", HEADER_SURE, MEANING_IGNORED},
		{"fn", HEADER_SURE, MEANING_GIVEN},
		{"MID_INIT", HEADER_SURE, MEANING_MIDDLE},
		{"SFX", HEADER_SURE, MEANING_SUFFIX},
		{"Hausnr", HEADER_SURE, MEANING_HOUSE_NUMBER},
		{"enlisted", HEADER_SURE, MEANING_IGNORED},
		{"xyzzy", HEADER_UNKNOWN, MEANING_UNDECIDED},
		{"V7", HEADER_UNKNOWN, MEANING_UNDECIDED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum meaning meaning = MEANING_UNDECIDED;
		bool other;
		enum header_place place = header_meaning(text_of(cases[i].header), &meaning, &other);
		if (place != cases[i].place || (place != HEADER_UNKNOWN && meaning != cases[i].meaning))
			fail_msg("%s: %d %s", cases[i].header, place, meaning_name(meaning));
	}
}

static void other_people_are_not_the_person(void **state)
{
	enum meaning meaning;
	bool other;
	(void)state;
	assert_int_not_equal(header_meaning(TEXT("mother_first_name"), &meaning, &other), HEADER_UNKNOWN);
	assert_true(other);
	assert_int_not_equal(header_meaning(TEXT("first_name"), &meaning, &other), HEADER_UNKNOWN);
	assert_false(other);
}

static void names_of_meanings_are_read_back(void **state)
{
	(void)state;
	for (unsigned m = MEANING_ID; m < MEANING_COUNT; m++) {
		enum meaning back;
		assert_true(meaning_parse(text_of(meaning_name((enum meaning)m)), &back));
		assert_int_equal(back, m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(styles_mean_the_same),
		cmocka_unit_test(other_people_are_not_the_person),
		cmocka_unit_test(names_of_meanings_are_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
