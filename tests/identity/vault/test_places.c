/* The parts of a building, and what a protected one among them lets be known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough_tests.h"
#include "support/properties.h"

static void add_property(int64_t id, int64_t parent, const char *uprn, const char *address, const char *class)
{
	test_property_add(borough.data, borough.vault,
			  &(struct test_property){id, parent, uprn, address, class, "flat", NULL, 51.5, 0.1});
}

static void protect(int64_t property)
{
	struct error e;
	char sql[300];
	snprintf(sql, sizeof sql,
		 "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (%d, %lld, "
		 "'confidential_placement')",
		 POLICY_PROPERTY, (long long)property);
	assert_ok(store_execute(borough.data, sql, &e), &e);
	assert_ok(store_execute(borough.data, "UPDATE restriction_state SET generation = generation + 1", &e), &e);
	assert_ok(policy_load(borough.policy, borough.data, borough.desk, &e), &e);
}

/* 8000 is the building, 8001 to 8003 its flats; the third one's address must not become known. */
static int make_building(void **state)
{
	borough_set_up(state);
	add_property(8000, 0, "9000", "Quay House, Eastmarsh", "PP");
	add_property(8001, 8000, "9001", "Flat 1, Quay House, Eastmarsh", "RD06");
	add_property(8002, 8000, "9002", "Flat 2, Quay House, Eastmarsh", "RD06");
	add_property(8003, 8000, "9003", "Flat 3, Quay House, Eastmarsh", "RI02");
	protect(8003);
	return 0;
}

static enum status open_property(struct disclosure_property *out, const char *role, const char *purpose, int64_t id)
{
	struct error e;
	struct viewer viewer = borough_viewer(&borough, role, purpose);
	struct disclosure_question question = {.viewer = &viewer, .subject_id = id, .on = DATE_UNKNOWN};
	enum status status = disclosure_open_property(out, borough.door, &question, &arena, &e);
	if (!status)
		assert_ok(disclosure_wait(out->ticket, &e), &e);
	return status;
}

static void test_a_flat_names_its_building_and_the_others(void **state)
{
	(void)state;
	struct disclosure_property answer;
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 8001), STATUS_OK);
	assert_int_equal(answer.parent.property_id, 8000);
	assert_int_equal(answer.part_count, 0);
	assert_int_equal(answer.sibling_count, 1); /* not itself, nor the protected one */
	assert_int_equal(answer.siblings[0].property_id, 8002);
	assert_string_equal(answer.siblings[0].address.at, "Flat 2, Quay House, Eastmarsh");
	assert_true(answer.property.has_place);
}

static void test_a_protected_flat_is_in_no_list(void **state)
{
	(void)state;
	struct disclosure_property answer;
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 8000), STATUS_OK);
	assert_int_equal(answer.part_count, 2);
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 8003), STATUS_NOT_FOUND);
	assert_int_equal(open_property(&answer, "social_worker", "safeguarding", 8000), STATUS_OK);
	assert_int_equal(answer.part_count, 3);
	assert_int_equal(open_property(&answer, "social_worker", "safeguarding", 8003), STATUS_OK);
	assert_int_equal(answer.sibling_count, 2);
}

/* At 8002 lives an adopted child alone, of whom this viewer may not know: nobody, then. */
static void test_a_household_of_nobody_is_not_listed(void **state)
{
	(void)state;
	struct error e;
	struct disclosure_property answer;
	assert_ok(store_execute(borough.data,
				"INSERT INTO household (household_id, property_id, kind, from_date, since_run) VALUES "
				"(5900, 8002, 'single', 18000, 1); INSERT INTO household_member (household_id, "
				"resident_id, sequence, property_id, from_date, certainty, why) VALUES (5900, 1003, 1, "
				"8002, 18000, 'certain', 'only_resident')",
				&e),
		  &e);
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 8002), STATUS_OK);
	assert_int_equal(answer.household_count, 0);
	assert_int_equal(open_property(&answer, "social_worker", "safeguarding", 8002), STATUS_OK);
	assert_int_equal(answer.household_count, 1);
}

static enum status open_household_on(struct disclosure_household *out, const char *role, const char *purpose,
				     int64_t id, date on)
{
	struct error e;
	struct viewer viewer = borough_viewer(&borough, role, purpose);
	struct disclosure_question question = {
		.viewer = &viewer, .subject_id = id, .on = DATE_UNKNOWN, .drawn_at = &on};
	enum status status = disclosure_open_household(out, borough.door, &question, &arena, &e);
	if (!status)
		assert_ok(disclosure_wait(out->ticket, &e), &e);
	return status;
}

/* 5001 began in April 2019; before that it is empty for those who may know of it, and for nobody else. */
static void test_a_household_before_its_time(void **state)
{
	(void)state;
	struct disclosure_household answer;
	date before = date_of(2010, 1, 1), then = date_of(2025, 1, 1);
	assert_int_equal(open_household_on(&answer, "housing_officer", "homelessness_prevention", 5001, before),
			 STATUS_OK);
	assert_int_equal(answer.household.member_count, 0);
	assert_int_equal(answer.household.property_id, 0);
	assert_int_equal(open_household_on(&answer, "housing_officer", "homelessness_prevention", 5001, then),
			 STATUS_OK);
	assert_int_equal(answer.household.member_count, 2);
	assert_int_equal(open_household_on(&answer, "housing_officer", "homelessness_prevention", 5900, before),
			 STATUS_NOT_FOUND);
	assert_int_equal(open_household_on(&answer, "social_worker", "safeguarding", 5900, before), STATUS_OK);
}

static void set_standing(const char *sql)
{
	struct error e;
	assert_ok(store_execute(borough.desk, sql, &e), &e);
	assert_ok(store_execute(borough.desk, "UPDATE policy_state SET generation = generation + 1", NULL), &e);
	assert_ok(policy_load(borough.policy, borough.data, borough.desk, &e), &e);
}

/* What the gazetteer says is under an agreement like everything else, and the entry names it. */
static void test_the_gazetteer_is_under_its_agreement(void **state)
{
	(void)state;
	struct disclosure_property answer;
	struct disclosure_household home;
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 7001), STATUS_OK);
	assert_string_equal(answer.property.uprn.at, "100023336956");
	assert_string_equal(answer.property.ward.at, "Marshside");
	assert_int_equal(answer.property.decile, 3);
	assert_non_null(strstr(answer.entry.agreements.at, "gazetteer"));
	assert_non_null(strstr(answer.entry.elements.at, "uprn"));
	assert_non_null(strstr(answer.entry.elements.at, "street"));
	set_standing("INSERT INTO agreement_ended (agreement_id, ended_at, ended_by, suspended) VALUES ('gazetteer', "
		     "0, 'x', 1)");
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 7001), STATUS_OK);
	assert_null(answer.property.uprn.at);
	assert_null(answer.property.address.at);
	assert_null(answer.property.postcode.at);
	assert_null(answer.property.ward.at);
	assert_null(answer.property.class_code.at);
	assert_int_equal(answer.property.decile, 0);
	assert_false(answer.property.has_place);
	assert_true(answer.entry.agreements.len == 0 || !strstr(answer.entry.agreements.at, "gazetteer"));
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 8001), STATUS_OK);
	assert_int_equal(answer.parent.property_id, 0);
	assert_int_equal(answer.sibling_count, 0);
	assert_false(answer.property.has_place);
	assert_int_equal(
		open_household_on(&home, "housing_officer", "homelessness_prevention", 5001, date_of(2026, 3, 1)),
		STATUS_OK);
	assert_null(home.household.address.at);
	set_standing("DELETE FROM agreement_ended");
	assert_int_equal(open_property(&answer, "housing_officer", "homelessness_prevention", 7001), STATUS_OK);
	assert_string_equal(answer.property.address.at, "14 Mill Lane, Eastmarsh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_THE_BOROUGH(test_a_flat_names_its_building_and_the_others),
		ON_THE_BOROUGH(test_a_protected_flat_is_in_no_list),
		ON_THE_BOROUGH(test_a_household_of_nobody_is_not_listed),
		ON_THE_BOROUGH(test_a_household_before_its_time),
		ON_THE_BOROUGH(test_the_gazetteer_is_under_its_agreement),
	};
	return cmocka_run_group_tests(tests, make_building, borough_tear_down);
}
