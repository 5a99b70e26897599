/* What is hidden is not told by what is beside it: by what else a search finds, nor by the rows of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough_tests.h"

static void mark_by_hand(enum policy_subject kind, int64_t subject_id, const char *restriction)
{
	struct error e;
	const struct policy_mark ruling = {kind, subject_id, text_of(restriction), DATE_UNKNOWN};
	assert_ok(policy_set_mark(borough.desk, &ruling, TEXT("operator"), &e), &e);
	assert_ok(policy_load(borough.policy, borough.data, borough.desk, &e), &e);
}

/* What only the hidden have is what nobody has, also beside what somebody has. */
static void test_search_does_not_tell_of_the_hidden_by_what_else_it_finds(void **state)
{
	(void)state;
	static const char *const role = "housing_officer", *const purpose = "homelessness_prevention";
	static const struct {
		const char *theirs, *nobodys;
	} pairs[] = {{"Mensah 07911 123456", "Mensah 07911 123499"},
		     {"Mensah Aisha", "Mensah Wilhelmina"},
		     {"O'Brien-Smith 12/03/1985", "O'Brien-Smith 12/03/1931"},
		     {"O'Brien-Smith 14 Mill Lane", "O'Brien-Smith 14 Zyxel Lane"},
		     {"Grace Mensah AB123456C", "Grace Mensah AB123456D"}};
	int64_t hidden, nobody;
	assert_int_equal(find_as(role, purpose, "Mohammed 07911 123456", &hidden), 1);
	mark_by_hand(POLICY_RESIDENT, 1001, "witness_protection");
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		size_t theirs = find_as(role, purpose, pairs[i].theirs, &hidden),
		       nobodys = find_as(role, purpose, pairs[i].nobodys, &nobody);
		if (theirs != nobodys || hidden != nobody || !theirs)
			fail_msg("\"%s\" finds %zu, \"%s\" %zu", pairs[i].theirs, theirs, pairs[i].nobodys, nobodys);
	}
}

static void assert_same_found(const char *role, const char *purpose, const char *one, const char *other)
{
	int64_t first, second;
	size_t count = find_as(role, purpose, one, &first);
	if (count != find_as(role, purpose, other, &second) || first != second)
		fail_msg("\"%s\" and \"%s\" find not the same", one, other);
}

/* Nor does a feed that the viewer may not search, or an address that is hidden. */
static void test_search_does_not_tell_of_what_may_not_be_searched(void **state)
{
	(void)state;
	assert_same_found("housing_officer", "homelessness_prevention", "Grace Zoe", "Grace Wilhelmina");
	assert_same_found("early_help_worker", "early_help", "Mensah EM4 9ZZ", "Mensah EM4 9ZY");
	assert_same_found("early_help_worker", "early_help", "Mohammed EM4 9ZZ", "Mohammed EM4 9ZY");
	assert_same_found("early_help_worker", "early_help", "Mohammed 5 Harbour Way", "Mohammed 5 Zyxel Way");
}

static void place_versions(int64_t resident_id, int64_t first, int64_t later)
{
	struct error e;
	char sql[500];
	snprintf(sql, sizeof sql,
		 "INSERT INTO record_property (record_id, feed_no, row_key, version, property_id, match) SELECT "
		 "f.record_id, f.feed_no, f.row_key, f.version, CASE WHEN f.version = 1 THEN %lld ELSE %lld END, "
		 "'exact' "
		 "FROM fact f JOIN resident_record r ON r.record_id = f.record_id WHERE r.resident_id = %lld",
		 (long long)first, (long long)later, (long long)resident_id);
	assert_ok(store_execute(borough.data, sql, &e), &e);
}

static size_t rows_with(const struct disclosure_resident *answer, const char *text)
{
	size_t count = 0;
	for (size_t i = 0; i < answer->row_count; i++)
		for (size_t v = 0; v < answer->rows[i].value_count; v++)
			count += text_find(answer->rows[i].values[v].value, text_of(text)) <
				 answer->rows[i].values[v].value.len;
	return count;
}

/* Whoever once lived at a protected address is not protected: the address is, in their rows too. */
static void test_a_protected_property_is_in_no_row_of_anybody(void **state)
{
	(void)state;
	int64_t first;
	struct disclosure_resident answer;
	place_versions(1005, 7001, 7002);
	assert_int_equal(open_as(&answer, "housing_officer", "homelessness_prevention", 1005), STATUS_OK);
	assert_int_equal(rows_with(&answer, "QUAY ROAD"), 1);
	mark_by_hand(POLICY_PROPERTY, 7001, "refuge");
	assert_int_equal(open_as(&answer, "housing_officer", "homelessness_prevention", 1005), STATUS_OK);
	assert_int_equal(rows_with(&answer, "QUAY ROAD"), 0);
	assert_int_equal(rows_with(&answer, "EM2 7AA"), 0);
	assert_int_equal(rows_with(&answer, "CANAL WHARF"), 1);
	for (size_t i = 0; i < answer.row_count; i++)
		assert_true(answer.rows[i].property_id != 7001);
	assert_int_equal(find_as("housing_officer", "homelessness_prevention", "14 Mill Lane", &first), 0);
	assert_int_equal(find_as("housing_officer", "homelessness_prevention", "Aisha Mohammed", &first), 1);
	assert_int_equal(open_as(&answer, "housing_officer", "homelessness_prevention", 1001), STATUS_OK);
	assert_string_equal(value_in(&answer, "housing_tenancies", "address_line_1"), "(none)");
	assert_null(answer.person.address.at);
}

/* Each begins with the borough as it was. */
static int begin(void **state)
{
	return borough_set_up(state) || borough_begin(state);
}

static int end(void **state)
{
	return borough_end(state) || borough_tear_down(state);
}

int main(void)
{
#define ON_A_BOROUGH(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		ON_A_BOROUGH(test_search_does_not_tell_of_the_hidden_by_what_else_it_finds),
		ON_A_BOROUGH(test_search_does_not_tell_of_what_may_not_be_searched),
		ON_A_BOROUGH(test_a_protected_property_is_in_no_row_of_anybody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
