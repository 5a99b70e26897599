#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "household/restrictions.h"
#include "policy/policy.h"

static struct test_database db;
static struct store *data, *desk;
static struct profile *profile;
static struct error e;

enum { TENANCIES = 3, CASES = 9 };

static int make(void **state)
{
	(void)state;
	char path[400];
	test_database_make(&db);
	data = test_database_open(&db, STORE_DATA);
	desk = test_database_open(&db, STORE_DESK);
	snprintf(path, sizeof path, "%s/tests/data/profiles/policy", getenv("ONEVIEW_SOURCE"));
	assert_ok(profile_load(&profile, path, &e), &e);
	assert_ok(store_execute(
			  data,
			  "INSERT INTO source (source_no, source_id) VALUES (1, 'housing'), (2, 'care');"
			  "INSERT INTO feed (feed_no, feed_id, source_no) VALUES (3, 'tenancies', 1), (9, 'cases', 2)",
			  &e),
		  &e);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	profile_free(profile);
	store_close(data);
	store_close(desk);
	test_database_drop(&db);
	return 0;
}

/* ENDED_BY 0: the version is current. */
static void add_fact(int64_t record, int feed, int version, int ended_by, const char *payload)
{
	struct statement *s;
	int64_t payload_id = record * 100 + feed * 10 + version;
	assert_ok(store_prepare(&s, data,
				"INSERT INTO fact_payload (payload_id, record_id, payload) VALUES (:payload_id, "
				":record, :payload)",
				&e),
		  &e);
	statement_bind_int(s, "payload_id", payload_id);
	statement_bind_int(s, "record", record);
	statement_bind_text(s, "payload", text_of(payload));
	assert_ok(statement_run(s, NULL, &e), &e);
	statement_done(s);
	assert_ok(store_prepare(&s, data,
				"INSERT INTO fact (record_id, feed_no, row_key, version, extract_id, line, valid_from, "
				"ended_by, row_hash, seal_hash, payload_id) VALUES (:record, :feed, 1, :version, 1, 2, "
				"19000, :ended_by, 5, 6, :payload_id)",
				&e),
		  &e);
	statement_bind_int(s, "payload_id", payload_id);
	statement_bind_int(s, "record", record);
	statement_bind_int(s, "feed", feed);
	statement_bind_int(s, "version", version);
	if (ended_by)
		statement_bind_int(s, "ended_by", ended_by);
	else
		statement_bind_null(s, "ended_by");
	assert_ok(statement_run(s, NULL, &e), &e);
	statement_done(s);
}

static void run_sql(const char *sql)
{
	assert_ok(store_execute(data, sql, &e), &e);
}

static int64_t refresh(void)
{
	int64_t marks;
	assert_ok(restrictions_refresh(profile, data, 20000, &marks, &e), &e);
	return marks;
}

static int64_t marked(const char *condition)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM restriction_mark WHERE %s", condition);
	return test_query(data, sql);
}

static void test_residents_are_marked_by_their_facts(void **state)
{
	(void)state;
	run_sql("INSERT INTO resident_record (resident_id, record_id) VALUES "
		"(101, 1), (102, 2), (103, 3), (104, 4), (105, 5), (101, 6)");
	add_fact(1, CASES, 1, 0, "{\"protected_marker\":\"yes\"}");
	add_fact(2, CASES, 1, 0, "{\"protected_marker\":\"no\"}");
	add_fact(3, CASES, 1, 7, "{\"protected_marker\":\"yes\"}"); /* changed its mind ... */
	add_fact(3, CASES, 2, 0, "{\"protected_marker\":\"no\"}");
	add_fact(4, CASES, 1, 7, "{\"protected_marker\":\"yes\"}");     /* no longer delivered: still protected */
	add_fact(5, TENANCIES, 1, 0, "{\"protected_marker\":\"yes\"}"); /* not a feed of the restriction */
	add_fact(6, TENANCIES, 1, 0, "{}");
	assert_int_equal(refresh(), 2);
	assert_int_equal(marked("subject_kind = 1 AND subject_id = 101 AND restriction_id = 'protected'"), 1);
	assert_int_equal(marked("subject_kind = 1 AND subject_id = 104"), 1);
	assert_int_equal(refresh(), 2); /* again: the same */
	run_sql("UPDATE fact_payload SET payload = '{}' WHERE record_id = 1");
	assert_int_equal(refresh(), 1);
	assert_int_equal(marked("subject_id = 101"), 0);
}

static void add_property(int64_t id, const char *class, const char *kind)
{
	struct statement *s;
	assert_ok(store_prepare(&s, data,
				"INSERT INTO property (property_id, uprn_hash, class, kind, sealed) "
				"VALUES (:id, :id, :class, :kind, :sealed)",
				&e),
		  &e);
	statement_bind_int(s, "id", id);
	statement_bind_text(s, "class", text_of(class));
	statement_bind_text(s, "kind", text_of(kind));
	statement_bind_blob(s, "sealed", "x", 1);
	assert_ok(statement_run(s, NULL, &e), &e);
	statement_done(s);
}

static void test_a_refuge_protects_its_household(void **state)
{
	(void)state;
	add_property(501, "RD", "dwelling");
	add_property(502, "RI", "refuge");
	run_sql("INSERT INTO residence (resident_id, property_id, sequence, to_date, sources, records, confidence) "
		"VALUES "
		"(201, 501, 1, NULL, 1, 1, 1), (202, 502, 1, NULL, 1, 1, 1), (203, 502, 1, 20000, 1, 1, 1), "
		"(204, 502, 1, 19999, 1, 1, 1)");
	/* 205 is in the household of 202, 206 was. */
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, to_date, certainty, "
		"why) VALUES (202, 900, 1, 502, NULL, 'certain', 'x'), (205, 900, 1, 502, NULL, 'certain', 'x'), "
		"(206, 900, 1, 502, 19000, 'certain', 'x'), (201, 901, 1, 501, NULL, 'certain', 'x')");
	assert_int_equal(refresh(), 4);
	assert_int_equal(marked("subject_kind = 2 AND subject_id = 502 AND restriction_id = 'refuge'"), 1);
	assert_int_equal(marked("subject_kind = 1 AND subject_id IN (202, 203, 205)"), 3);
}

/* A resident who is hidden does not hide the household: only an address is shared. */
static void test_a_hidden_resident_hides_nobody_else(void **state)
{
	(void)state;
	run_sql("INSERT INTO resident_record (resident_id, record_id) VALUES (101, 1)");
	run_sql("INSERT INTO household_member (resident_id, household_id, sequence, property_id, certainty, why) "
		"VALUES "
		"(101, 900, 1, 501, 'certain', 'x'), (102, 900, 1, 501, 'certain', 'x')");
	add_fact(1, CASES, 1, 0, "{\"protected_marker\":\"yes\"}");
	assert_int_equal(refresh(), 1);
	assert_int_equal(marked("subject_id = 101"), 1);
}

static void add_extract(int64_t id, date as_at)
{
	struct statement *s;
	assert_ok(store_prepare(&s, data,
				"INSERT INTO extract (extract_id, feed_no, file_name, as_at, received, delivery, "
				"content_hash, bytes, rows_read, rows_loaded, rows_unchanged, rows_quarantined, "
				"rows_ended, new_clients, status) VALUES (:id, 9, 'cases.csv', :as_at, 0, 'full', "
				":hash, 0, 0, 0, 0, 0, 0, 0, 'loaded')",
				&e),
		  &e);
	statement_bind_int(s, "id", id);
	statement_bind_int(s, "as_at", as_at);
	statement_bind_blob(s, "hash", "x", 1);
	assert_ok(statement_run(s, NULL, &e), &e);
	statement_done(s);
}

/* A hidden address outlives the row that hid it: today is day 20000, extract 7 ended its rows on 19800, 8 on 19600. */
static void test_a_hidden_address_outlives_its_row(void **state)
{
	(void)state;
	run_sql("INSERT INTO resident_record (resident_id, record_id) VALUES "
		"(101, 1), (102, 2), (103, 3), (104, 4), (105, 5)");
	add_extract(7, 19800);
	add_extract(8, 19600);
	add_fact(1, CASES, 1, 7, "{\"protected_marker\":\"fled\"}"); /* no longer delivered */
	add_fact(2, CASES, 1, 7, "{\"protected_marker\":\"fled\"}"); /* says otherwise now */
	add_fact(2, CASES, 2, 0, "{\"protected_marker\":\"no\"}");
	add_fact(3, CASES, 1, 7, "{\"protected_marker\":\"year\"}"); /* 200 days ago */
	add_fact(4, CASES, 1, 8, "{\"protected_marker\":\"year\"}"); /* 400 days ago */
	add_fact(5, CASES, 1, 0, "{\"protected_marker\":\"fled\"}");
	assert_int_equal(refresh(), 4);
	assert_int_equal(marked("subject_id IN (101, 102) AND restriction_id = 'fled' AND kept_since = 19800"), 2);
	assert_int_equal(marked("subject_id = 103 AND restriction_id = 'hidden_for_a_year'"), 1);
	assert_int_equal(marked("subject_id = 104"), 0);
	assert_int_equal(marked("subject_id = 105 AND kept_since IS NULL"), 1);
}

/* Lifted by a person, until a row says it again. */
static void test_what_is_kept_can_be_lifted(void **state)
{
	(void)state;
	struct policy *policy;
	struct policy_mark mark = {.kind = POLICY_RESIDENT, .subject_id = 101, .restriction = TEXT("fled")};
	bool found;
	run_sql("INSERT INTO resident_record (resident_id, record_id) VALUES (101, 1)");
	add_extract(7, 19800);
	add_fact(1, CASES, 1, 7, "{\"protected_marker\":\"fled\"}");
	refresh();
	assert_ok(policy_find_mark(data, &mark, &found, &e), &e);
	assert_true(found && mark.kept_since == 19800);
	assert_ok(policy_open(&policy, profile, &e), &e);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_int_not_equal(policy_restrictions_of(policy, POLICY_RESIDENT, 101), 0);
	assert_ok(policy_release_mark(desk, &mark, TEXT("manager"), &e), &e);
	refresh(); /* derives it again, and it stays lifted */
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_int_equal(policy_restrictions_of(policy, POLICY_RESIDENT, 101), 0);
	add_fact(1, CASES, 2, 0, "{\"protected_marker\":\"fled\"}");
	refresh();
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_int_not_equal(policy_restrictions_of(policy, POLICY_RESIDENT, 101), 0);
	policy_close(policy);
}

/* A list of addresses: of nobody, and the gazetteer has the property as any dwelling. */
static void test_a_listed_address_protects_who_lives_there(void **state)
{
	(void)state;
	add_property(501, "RD", "dwelling");
	add_property(502, "RD", "dwelling");
	add_fact(1, CASES, 1, 0, "{\"protected_marker\":\"listed\"}");
	add_fact(2, CASES, 1, 0, "{\"protected_marker\":\"no\"}");
	run_sql("INSERT INTO record_property (record_id, feed_no, row_key, version, property_id, match) VALUES "
		"(1, 9, 1, 1, 501, 'uprn'), (2, 9, 1, 1, 502, 'uprn')");
	run_sql("INSERT INTO residence (resident_id, property_id, sequence, to_date, sources, records, confidence) "
		"VALUES (201, 501, 1, NULL, 1, 1, 1), (202, 502, 1, NULL, 1, 1, 1)");
	assert_int_equal(refresh(), 2);
	assert_int_equal(marked("subject_kind = 2 AND subject_id = 501 AND restriction_id = 'listed'"), 1);
	assert_int_equal(marked("subject_kind = 1 AND subject_id = 201"), 1);
}

static void test_the_policy_hears_of_it(void **state)
{
	(void)state;
	struct policy *policy;
	bool stale;
	assert_ok(policy_open(&policy, profile, &e), &e);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	run_sql("INSERT INTO resident_record (resident_id, record_id) VALUES (101, 1)");
	add_fact(1, CASES, 1, 0, "{\"protected_marker\":\"yes\"}");
	refresh();
	assert_ok(policy_is_stale(policy, desk, data, &stale, &e), &e);
	assert_true(stale);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_int_not_equal(policy_restrictions_of(policy, POLICY_RESIDENT, 101), 0);
	assert_int_equal(policy_restrictions_of(policy, POLICY_RESIDENT, 102), 0);
	policy_close(policy);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_residents_are_marked_by_their_facts),
		ON_A_DATABASE(test_a_refuge_protects_its_household),
		ON_A_DATABASE(test_a_hidden_resident_hides_nobody_else),
		ON_A_DATABASE(test_a_hidden_address_outlives_its_row),
		ON_A_DATABASE(test_what_is_kept_can_be_lifted),
		ON_A_DATABASE(test_a_listed_address_protects_who_lives_there),
		ON_A_DATABASE(test_the_policy_hears_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
