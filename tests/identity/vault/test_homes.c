/* Residences with their records, households at a date, how members are related, who else is there: through the door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough_tests.h"

static void run_sql(const char *sql)
{
	struct error e;
	assert_ok(store_execute(borough.data, sql, &e), &e);
}

static void open_home(struct disclosure_household *out, const char *role, const char *purpose, const date *drawn_at)
{
	struct error e;
	struct viewer viewer = borough_viewer(&borough, role, purpose);
	struct disclosure_question question = {
		.viewer = &viewer, .subject_id = 5001, .on = DATE_UNKNOWN, .drawn_at = drawn_at};
	assert_ok(disclosure_open_household(out, borough.door, &question, &arena, &e), &e);
	assert_ok(disclosure_wait(out->ticket, &e), &e);
}

/* The household as it is at first; tests share one borough. */
static void begin_anew(void)
{
	static const char *const tables[] = {"household_member", "household_event", "relationship", "shared_property",
					     "residence_record"};
	char sql[100];
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		snprintf(sql, sizeof sql, "DELETE FROM %s", tables[i]);
		run_sql(sql);
	}
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, certainty, "
		"why) "
		"VALUES (1001, 5001, 1, 7001, 18000, 'certain', 'same_address'), (1002, 5001, 1, 7001, 18000, "
		"'likely', "
		"'same_address'), (1003, 5001, 1, 7001, 18000, 'uncertain', 'same_address')");
}

static void test_a_residence_names_the_records_that_may_be_seen(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_resident answer;
	run_sql("INSERT INTO residence_record (resident_id, property_id, sequence, record_id, feed_no, from_date, "
		"to_date, "
		"seen_date) SELECT DISTINCT 1001, 7001, 1, f.record_id, f.feed_no, 17000, "
		"CAST(NULL AS INTEGER), 18000 FROM fact f JOIN "
		"resident_record r ON r.record_id = f.record_id WHERE r.resident_id = 1001");
	/* Nobody's row says so to this viewer: it is not there. */
	run_sql("INSERT INTO residence (resident_id, property_id, sequence, sources, records, confidence, standing) "
		"VALUES "
		"(1001, 7002, 1, 1, 1, 0.2, 'doubtful')");
	open_as(&answer, "housing_officer", "homelessness_prevention", 1001);
	assert_int_equal(answer.residence_count, 1);
	const struct disclosed_residence *home = &answer.residences[0];
	assert_string_equal(home->standing.at, "main");
	assert_string_equal(home->address.at, "14 Mill Lane, Eastmarsh");
	size_t tenancies = 0, council_tax = 0;
	for (size_t i = 0; i < home->claim_count; i++) {
		tenancies += text_is(home->claims[i].feed->id, "housing_tenancies");
		council_tax += text_is(home->claims[i].feed->id, "council_tax_liable");
		assert_int_equal(home->claims[i].from, 17000);
		assert_int_equal(home->claims[i].to, DATE_UNKNOWN);
	}
	assert_int_equal(tenancies, 1);
	assert_int_equal(council_tax, 1);
	/* A record of which this viewer sees no row. */
	run_sql("UPDATE residence_record SET record_id = 1");
	open_as(&answer, "housing_officer", "homelessness_prevention", 1001);
	assert_int_equal(answer.residence_count, 0);
}

/* The tenancy says from day 17000 to 18500; a record that is not for this viewer says from 15000, and still. */
static void test_a_residence_is_dated_by_what_may_be_seen(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_resident answer;
	run_sql("INSERT INTO residence_record (resident_id, property_id, sequence, record_id, feed_no, from_date, "
		"to_date, "
		"seen_date) SELECT DISTINCT 1001, 7001, 1, f.record_id, f.feed_no, 17000, 18500, 18400 FROM fact f "
		"JOIN "
		"resident_record r ON r.record_id = f.record_id JOIN feed d ON d.feed_no = f.feed_no WHERE "
		"r.resident_id = "
		"1001 AND d.feed_id = 'housing_tenancies'");
	run_sql("UPDATE residence SET from_date = 15000, to_date = 19000, seen_date = 18900 WHERE resident_id = 1001 "
		"AND "
		"property_id = 7001");
	open_as(&answer, "housing_officer", "homelessness_prevention", 1001);
	assert_int_equal(answer.residences[0].from, 15000); /* all that is said is seen: what was made of it counts */
	run_sql("INSERT INTO residence_record (resident_id, property_id, sequence, record_id, feed_no, from_date, "
		"to_date, "
		"seen_date) SELECT 1001, 7001, 1, 1, feed_no, 15000, 19000, 18900 FROM feed WHERE feed_id = "
		"'ssd_address'");
	open_as(&answer, "housing_officer", "homelessness_prevention", 1001);
	assert_int_equal(answer.residence_count, 1);
	assert_int_equal(answer.residences[0].from, 17000);
	assert_int_equal(answer.residences[0].to, 18500);
	assert_int_equal(answer.residences[0].seen, 18400);
	run_sql("UPDATE residence SET from_date = 18000, to_date = NULL, seen_date = NULL WHERE resident_id = 1001 AND "
		"property_id = 7001");
}

static bool tells_an_address(const struct disclosed_row *row)
{
	static const char *const addresses[] = {"address", "address_line_1", "uprn"};
	for (size_t v = 0; v < row->value_count; v++)
		for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
			if (text_is(row->values[v].element->id, addresses[i]) && !row->values[v].withheld)
				return true;
	return false;
}

/* Every row of 1001 was matched to 7001 in this borough, those without an address too. */
static void test_a_row_names_its_property_where_its_address_may_be_seen(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_resident answer;
	size_t named = 0, unnamed = 0;
	open_as(&answer, "housing_officer", "homelessness_prevention", 1001);
	for (size_t i = 0; i < answer.row_count; i++) {
		if (answer.rows[i].property_id && !tells_an_address(&answer.rows[i]))
			fail_msg("a row of %s names a property", answer.rows[i].origin.feed->id.at);
		named += answer.rows[i].property_id != 0;
		unnamed += answer.rows[i].property_id == 0;
	}
	assert_true(named > 0 && unnamed > 0);
}

static void test_a_household_is_drawn_at_a_date(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_household answer;
	date early = 18500, late = 19500;
	run_sql("UPDATE household_member SET to_date = 19000 WHERE resident_id = 1002");
	/* The two moved house on the way: one membership, and where they were then. */
	run_sql("UPDATE household_member SET to_date = 19200 WHERE resident_id = 1001");
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, certainty, "
		"why) "
		"VALUES (1001, 5001, 2, 7001, 19200, 'certain', 'only_resident')");
	run_sql("UPDATE household_member SET property_id = 7005 WHERE sequence = 1");
	open_home(&answer, "early_help_worker", "early_help", &early);
	assert_int_equal(answer.household.member_count, 2);
	assert_int_equal(answer.household.property_id, 0); /* elsewhere: a place that the gazetteer has not */
	open_home(&answer, "early_help_worker", "early_help", &late);
	assert_int_equal(answer.household.member_count, 1);
	assert_int_equal(answer.household.members[0].person.resident_id, 1001);
	assert_int_equal(answer.household.property_id, 7001);
	open_home(&answer, "early_help_worker", "early_help", NULL);
	assert_int_equal(answer.household.member_count, 2);
	assert_int_equal(answer.household.members[0].from, 18000);
	assert_int_equal(answer.household.members[0].to, DATE_UNKNOWN);
	assert_string_equal(answer.household.members[0].why.at, "only_resident");
}

/* 1003 does not exist for this viewer, and where 1004 lives is nobody's business: neither is counted. */
static void test_others_at_the_address_are_counted_without_the_protected(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_household answer;
	run_sql("DELETE FROM household_member WHERE resident_id = 1003");
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, certainty, "
		"why) "
		"VALUES (1003, 5003, 1, 7001, 18000, 'certain', 'x'), (1004, 5004, 1, 7001, 18000, 'certain', 'x'), "
		"(1005, 5005, 1, 7001, 18000, 'certain', 'x')");
	open_home(&answer, "early_help_worker", "early_help", NULL);
	assert_int_equal(answer.household.others_at_address, 0);
	run_sql("INSERT INTO shared_property (property_id, property_use, why, people, households, family_names) VALUES "
		"(7001, 'shared', 'class', 5, 4, 4)");
	open_home(&answer, "early_help_worker", "early_help", NULL);
	assert_string_equal(answer.household.property_use.at, "shared");
	assert_int_equal(answer.household.others_at_address, 1);
	struct view_household view;
	view_household(&view, borough.profile, &answer, date_of(2026, 3, 31), &arena);
	assert_string_equal(view.also_here.at, "Also at this address: 1 other (house in multiple occupation)");
}

/* Of 1002 this viewer may be told nothing, and of 1005 that they pay council tax. */
static void test_others_are_those_of_whom_something_may_be_said(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_household answer;
	run_sql("DELETE FROM household_member WHERE resident_id <> 1001");
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, certainty, "
		"why) VALUES (1002, 5002, 1, 7001, 18000, 'certain', 'x'), (1005, 5005, 1, 7001, 18000, 'certain', "
		"'x')");
	run_sql("INSERT INTO shared_property (property_id, property_use, why, people, households, family_names) VALUES "
		"(7001, 'shared', 'class', 3, 3, 3)");
	open_home(&answer, "social_worker", "safeguarding", NULL);
	assert_int_equal(answer.household.others_at_address, 2);
	open_home(&answer, "money_adviser", "money_advice", NULL);
	assert_int_equal(answer.household.property_id, 7001);
	assert_int_equal(answer.household.others_at_address, 1);
}

static void add_relation(int64_t a, int64_t b, const char *feed, const char *kind)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "INSERT INTO relationship (resident_id, other_id, feed_no, kind, record_id, other_record_id) SELECT "
		 "%lld, "
		 "%lld, feed_no, '%s', 1, 2 FROM feed WHERE feed_id = '%s'",
		 (long long)a, (long long)b, kind, feed);
	run_sql(sql);
}

static void test_relationships_are_told_by_feeds_that_may_be_seen(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_household answer;
	struct view_household view;
	add_relation(1001, 1002, "ssd_cla_episodes", "parent");
	open_home(&answer, "housing_officer", "homelessness_prevention", NULL);
	assert_int_equal(answer.household.relation_count, 0);
	open_home(&answer, "social_worker", "safeguarding", NULL);
	assert_int_equal(answer.household.relation_count, 1);
	view_household(&view, borough.profile, &answer, date_of(2026, 3, 31), &arena);
	assert_int_equal(view.relations[0].resident_id, 1001);
	assert_string_equal(view.relations[0].words.at, "parent of");
	assert_int_equal(view.relations[0].source_count, 1);
}

static void test_what_became_of_it_names_nobody_who_is_protected(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_household answer;
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, to_date, "
		"certainty, why) VALUES (1004, 5004, 1, 7009, 18600, NULL, 'certain', 'x'), (1005, 5005, 1, 7008, "
		"18600, "
		"NULL, 'certain', 'x')");
	run_sql("INSERT INTO household_event (household_id, sequence, on_date, what, resident_id, other_household_id, "
		"property_id) VALUES (5001, 1, 18000, 'began', NULL, NULL, 7001), (5001, 2, 18100, 'born', 1002, NULL, "
		"NULL), "
		"(5001, 3, 18200, 'joined', 1003, NULL, NULL), (5001, 4, 18600, 'separated', 1001, 5004, NULL), "
		"(5001, 5, 18600, 'separated', 1001, 5005, NULL)");
	open_home(&answer, "early_help_worker", "early_help", NULL);
	assert_int_equal(answer.household.event_count, 4); /* 1003 does not exist */
	assert_int_equal(answer.household.events[0].property_id, 7001);
	assert_string_equal(answer.household.events[1].what.at, "born");
	assert_int_equal(answer.household.events[2].other_household_id, 0); /* 1004's is not named */
	assert_int_equal(answer.household.events[3].other_household_id, 5005);
}

static void add_claim(int64_t resident, const char *feed, int from, const char *to)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "INSERT INTO residence_record (resident_id, property_id, sequence, record_id, feed_no, from_date, "
		 "to_date, seen_date) SELECT %lld, 7001, 1, feed_no, feed_no, %d, %s, 18900 FROM feed WHERE feed_id = "
		 "'%s'",
		 (long long)resident, from, to, feed);
	run_sql(sql);
}

static const struct disclosed_member *member_of(const struct disclosure_household *answer, int64_t resident_id)
{
	for (size_t i = 0; i < answer->household.member_count; i++)
		if (answer->household.members[i].person.resident_id == resident_id)
			return &answer->household.members[i];
	return NULL;
}

/* 1001 has a tenancy since day 18200, and social care has them there since 17000, with 1005, whom nobody else has
 * there.
 */
static void begin_with_two_services(void)
{
	begin_anew();
	run_sql("DELETE FROM household_member WHERE resident_id <> 1001");
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, certainty, "
		"why) VALUES (1005, 5001, 1, 7001, 17500, 'certain', 'related')");
	run_sql("UPDATE household_member SET from_date = 17000, why = 'related' WHERE resident_id = 1001");
	run_sql("UPDATE household SET from_date = 17000 WHERE household_id = 5001");
	run_sql("INSERT INTO household_event (household_id, sequence, on_date, what, resident_id) VALUES (5001, 1, "
		"17000, 'began', NULL), (5001, 2, 17500, 'moved_in', 1005), (5001, 3, 18200, 'joined', 1001), (5001, "
		"4, 18300, 'joined', 1001)");
	add_relation(1001, 1005, "ssd_cla_episodes", "parent");
	add_claim(1001, "housing_tenancies", 18200, "NULL");
	add_claim(1001, "ssd_address", 17000, "NULL");
	add_claim(1005, "ssd_address", 17500, "NULL");
}

static void test_a_membership_is_told_by_what_may_be_seen(void **state)
{
	(void)state;
	begin_with_two_services();
	struct disclosure_household answer;
	open_home(&answer, "social_worker", "safeguarding", NULL);
	assert_int_equal(answer.household.member_count, 2);
	const struct disclosed_member *member = member_of(&answer, 1001);
	assert_int_equal(member->from, 17000);
	assert_string_equal(member->certainty.at, "certain");
	assert_string_equal(member->why.at, "related");
	assert_int_equal(answer.household.from, 17000);
	assert_int_equal(answer.household.event_count, 4);
	open_home(&answer, "housing_officer", "homelessness_prevention", NULL);
	assert_int_equal(answer.household.member_count, 1);
	member = member_of(&answer, 1001);
	assert_int_equal(member->from, 18200);
	assert_int_equal(member->to, DATE_UNKNOWN);
	assert_string_equal(member->certainty.at, "likely");
	assert_string_equal(member->why.at, "only_resident");
	assert_string_equal(answer.household.kind.at, "single");
	assert_int_equal(answer.household.from, 18200);
	assert_int_equal(answer.household.event_count, 1);
	assert_int_equal(answer.household.events[0].on, 18200);
	/* Before the tenancy nobody may be said to have lived there. */
	date early = 17800;
	open_home(&answer, "housing_officer", "homelessness_prevention", &early);
	assert_int_equal(answer.household.member_count, 0);
	/* Social care has them there still; who may not see that learns that the tenancy has ended. */
	run_sql("UPDATE residence_record SET to_date = 18800 WHERE from_date = 18200");
	open_home(&answer, "housing_officer", "homelessness_prevention", NULL);
	assert_int_equal(member_of(&answer, 1001)->to, 18800);
	assert_int_equal(answer.household.to, 18800);
}

/* All that is said of the homes is seen, and who is related to whom is said by a service that is not. */
static void test_that_people_are_related_is_told_by_who_says_so(void **state)
{
	(void)state;
	begin_with_two_services();
	struct disclosure_household answer;
	run_sql("DELETE FROM residence_record WHERE from_date < 18000");
	add_claim(1005, "council_tax_liable", 17500, "NULL");
	open_home(&answer, "housing_officer", "homelessness_prevention", NULL);
	assert_int_equal(answer.household.member_count, 2);
	assert_string_equal(member_of(&answer, 1001)->certainty.at, "certain");
	assert_string_equal(member_of(&answer, 1001)->why.at, "same_address");
	open_home(&answer, "social_worker", "safeguarding", NULL);
	assert_string_equal(member_of(&answer, 1001)->why.at, "related");
}

/* A child whom no record has there follows the family; where nobody of it may be said to live there, nor is the child.
 */
static void test_who_follows_a_family_is_told_of_with_it(void **state)
{
	(void)state;
	begin_with_two_services();
	struct disclosure_household answer;
	run_sql("DELETE FROM residence_record WHERE resident_id = 1005");
	open_home(&answer, "housing_officer", "homelessness_prevention", NULL);
	assert_int_equal(answer.household.member_count, 2);
	run_sql("DELETE FROM residence_record WHERE from_date = 18200");
	struct error e;
	struct viewer viewer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 5001, .on = DATE_UNKNOWN};
	assert_int_equal(disclosure_open_household(&answer, borough.door, &question, &arena, &e), STATUS_NOT_FOUND);
}

/* Which home is the present one rests on all of them. */
static void test_where_somebody_lives_now_is_told_by_what_may_be_seen(void **state)
{
	(void)state;
	begin_anew();
	struct disclosure_resident answer;
	run_sql("INSERT INTO residence_record (resident_id, property_id, sequence, record_id, feed_no, from_date, "
		"to_date, seen_date) SELECT DISTINCT 1001, 7001, 1, f.record_id, f.feed_no, 17000, CAST(NULL AS "
		"INTEGER), 18400 FROM fact f JOIN resident_record r ON r.record_id = f.record_id JOIN feed d ON "
		"d.feed_no = f.feed_no WHERE r.resident_id = 1001 AND d.feed_id = 'housing_tenancies'");
	run_sql("UPDATE residence SET standing = 'doubtful', confidence = 0.1, sources = 3 WHERE resident_id = 1001 "
		"AND "
		"property_id = 7001");
	open_as(&answer, "housing_officer", "homelessness_prevention", 1001);
	assert_string_equal(answer.residences[0].standing.at, "doubtful");
	/* Of another home, by social care: it is what makes this one doubtful. */
	run_sql("INSERT INTO residence_record (resident_id, property_id, sequence, record_id, feed_no, from_date) "
		"SELECT "
		"1001, 7005, 1, 1, feed_no, 18500 FROM feed WHERE feed_id = 'ssd_address'");
	open_as(&answer, "housing_officer", "homelessness_prevention", 1001);
	assert_int_equal(answer.residence_count, 1);
	assert_string_equal(answer.residences[0].standing.at, "main");
	assert_int_equal(answer.residences[0].sources, 1);
	assert_true(answer.residences[0].confidence == 0.5);
	run_sql("UPDATE residence SET standing = 'main', confidence = 0.9, sources = 2 WHERE resident_id = 1001 AND "
		"property_id = 7001");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_THE_BOROUGH(test_a_residence_names_the_records_that_may_be_seen),
		ON_THE_BOROUGH(test_a_residence_is_dated_by_what_may_be_seen),
		ON_THE_BOROUGH(test_a_row_names_its_property_where_its_address_may_be_seen),
		ON_THE_BOROUGH(test_a_household_is_drawn_at_a_date),
		ON_THE_BOROUGH(test_others_at_the_address_are_counted_without_the_protected),
		ON_THE_BOROUGH(test_others_are_those_of_whom_something_may_be_said),
		ON_THE_BOROUGH(test_relationships_are_told_by_feeds_that_may_be_seen),
		ON_THE_BOROUGH(test_what_became_of_it_names_nobody_who_is_protected),
		ON_THE_BOROUGH(test_a_membership_is_told_by_what_may_be_seen),
		ON_THE_BOROUGH(test_that_people_are_related_is_told_by_who_says_so),
		ON_THE_BOROUGH(test_who_follows_a_family_is_told_of_with_it),
		ON_THE_BOROUGH(test_where_somebody_lives_now_is_told_by_what_may_be_seen),
	};
	return RUN_ON_THE_BOROUGH(tests);
}
