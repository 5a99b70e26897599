#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/id.h"
#include "casework/lists.h"
#include "policy/flags.h"
#include "support/databases.h"
#include "vault/vault.h"

/* Rules of tests/data/profiles/lists over a few people, on the day of the newest extract: 31 March 2026.
 *
 *   house 100  1 pays, with a discount for one; 2 has lived there for years, 3 since last week, 4 is 17
 *   house 200  5 pays, with a discount; 6 may be the same person as 5
 *   house 300  a house in multiple occupation whose rooms 301 and 302 count with it: 7 and 8, 9 and 10; three families
 *   house 400  11, 12 and her child 13: of one family; 13 goes to school from 500, where nobody of them ever lived
 *   house 500  14 and her child 15, who goes to school from 400, where 14 once lived
 *   house 600  a refuge: 16 pays, with a discount, and 17 lives there
 *   house 700  18 and her child 19, of 2, came in February
 */
enum { BILLS = 1, DISCOUNTS, CLAIMS, PUPILS };

struct fixture {
	struct test_database db;
	struct store *data, *desk;
	struct vault *vault;
	struct profile *profile;
	struct policy *policy;
	struct arena arena;
	date today;
};

static void run(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void run(struct fixture *f, const char *format, ...)
{
	struct error e;
	char sql[1000];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(sql, sizeof sql, format, arguments);
	va_end(arguments);
	assert_ok(store_execute(f->data, sql, &e), &e);
}

static void property(struct fixture *f, int id, int parent, const char *kind)
{
	run(f,
	    "INSERT INTO property (property_id, uprn_hash, parent_property_id, kind, ward, sealed)"
	    " VALUES (%d, %d, %s, '%s', 'E1', %s)",
	    id, id + 90000, parent ? "300" : "NULL", kind, f->db.kind == STORE_SQLITE ? "x''" : "''");
}

/* Lives at PROPERTY for DAYS, of FAMILY, born in YEAR (0: nobody says when). */
static void person(struct fixture *f, int id, int at, int days, int family, int year)
{
	char born[24] = "NULL";
	if (year)
		snprintf(born, sizeof born, "%d", year * 12 + 5);
	run(f, "INSERT INTO resident (resident_id, since_run, integrity) VALUES (%d, 1, 1)", id);
	run(f, "INSERT INTO resident_record (resident_id, record_id) VALUES (%d, %d)", id, id + 1000);
	run(f, "INSERT INTO resident_trait (resident_id, birth_month, dead, family) VALUES (%d, %s, 0, %d)", id, born,
	    family);
	run(f,
	    "INSERT INTO household (household_id, property_id, kind, since_run) SELECT %d, %d, 'family', 1"
	    " WHERE NOT EXISTS (SELECT 1 FROM household WHERE household_id = %d)",
	    at + family * 10000, at, at + family * 10000);
	run(f,
	    "INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, certainty, why)"
	    " VALUES (%d, %d, 1, %d, %d, 'likely', 'same_address')",
	    id, at + family * 10000, at, f->today - days);
	run(f,
	    "INSERT INTO residence (resident_id, property_id, sequence, from_date, sources, records, confidence)"
	    " VALUES (%d, %d, 1, %d, 1, 1, 0.9)",
	    id, at, f->today - days);
}

static void fact(struct fixture *f, int person_id, int feed, int at, int days, const char *payload)
{
	static int row;
	row++;
	run(f, "INSERT INTO fact_payload (payload_id, record_id, payload) VALUES (%d, %d, '%s')", row, person_id + 1000,
	    payload);
	run(f,
	    "INSERT INTO fact (record_id, feed_no, row_key, version, extract_id, line, valid_from, row_hash, seal_hash,"
	    " payload_id) VALUES (%d, %d, %d, 1, 1, %d, %d, 0, 0, %d)",
	    person_id + 1000, feed, row, row, f->today - days, row);
	if (at)
		run(f,
		    "INSERT INTO record_property (record_id, feed_no, row_key, version, property_id, match)"
		    " VALUES (%d, %d, %d, 1, %d, 'exact')",
		    person_id + 1000, feed, row, at);
}

static void single(struct fixture *f, int id, int at)
{
	fact(f, id, BILLS, at, 2000, "{}");
	fact(f, id, DISCOUNTS, 0, 2000, "{\"began\":\"2020-01-01\",\"discount\":\"single\"}");
}

static void people(struct fixture *f)
{
	static const struct {
		int id, parent;
		const char *kind;
	} properties[] = {{100, 0, "dwelling"}, {200, 0, "dwelling"}, {300, 0, "hmo"},
			  {301, 300, "hmo"},    {302, 300, "hmo"},    {400, 0, "dwelling"},
			  {500, 0, "dwelling"}, {600, 0, "refuge"},   {700, 0, "dwelling"}};
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		property(f, properties[i].id, properties[i].parent, properties[i].kind);
	static const struct {
		int id, at, days, family, year;
	} lives[] = {{1, 100, 2000, 1, 1980}, {2, 100, 1500, 2, 1982}, {3, 100, 7, 3, 1990},    {4, 100, 1500, 1, 2008},
		     {5, 200, 2000, 1, 1970}, {6, 200, 2000, 2, 0},    {7, 301, 900, 1, 1990},  {8, 301, 900, 1, 1991},
		     {9, 302, 900, 1, 1992},  {10, 302, 90, 2, 1993},  {11, 400, 900, 1, 1980}, {12, 400, 900, 1, 1981},
		     {13, 400, 900, 1, 2015}, {14, 500, 200, 1, 1985}, {15, 500, 200, 1, 2016}, {16, 600, 90, 1, 1990},
		     {17, 600, 90, 2, 1991},  {18, 700, 50, 1, 1995},  {19, 700, 50, 1, 2024}};
	for (size_t i = 0; i < sizeof lives / sizeof *lives; i++)
		person(f, lives[i].id, lives[i].at, lives[i].days, lives[i].family, lives[i].year);
	single(f, 1, 100);
	single(f, 5, 200);
	single(f, 16, 600);
	fact(f, 2, CLAIMS, 100, 400, "{\"claim_role\":\"claimant\"}");
	fact(f, 13, PUPILS, 500, 200, "{}");
	fact(f, 13, CLAIMS, 400, 900, "{\"claim_role\":\"dependant\"}");
	fact(f, 15, PUPILS, 400, 900, "{}");
	fact(f, 15, CLAIMS, 500, 200, "{\"claim_role\":\"dependant\"}");
	run(f, "INSERT INTO residence (resident_id, property_id, sequence, from_date, to_date, sources, records,"
	       " confidence) VALUES (14, 400, 1, 15000, 17000, 1, 1, 0.9)");
	run(f, "INSERT INTO review_item (record_a, record_b, resident_a, resident_b, source_a, source_b, weight,"
	       " probability, pairs, records, sensitive, household, harm) VALUES (1005, 1006, 6, 5, 1, 1, 1, 0.5, 1, 1,"
	       " 0, 0, 1)");
}

static void load_policy(struct fixture *f)
{
	struct error e;
	policy_close(f->policy);
	assert_ok(policy_open(&f->policy, f->profile, &e), &e);
	assert_ok(policy_load(f->policy, f->data, f->desk, &e), &e);
}

static int set_up(void **state)
{
	struct error e;
	char path[1024];
	static const char *const feeds[] = {"bills", "discounts", "claims", "pupils"};
	struct fixture *f = calloc(1, sizeof *f);
	f->today = date_of(2026, 3, 31);
	test_database_make(&f->db);
	f->data = test_database_open(&f->db, STORE_DATA);
	f->desk = test_database_open(&f->db, STORE_DESK);
	snprintf(path, sizeof path, "%s/tests/data/profiles/lists", getenv("ONEVIEW_SOURCE"));
	assert_ok(profile_load(&f->profile, path, &e), &e);
	snprintf(path, sizeof path, "%s/master.key", f->db.folder);
	assert_ok(vault_create_key(path, &e), &e);
	assert_ok(vault_open(&f->vault, path, &e), &e);
	for (int i = 0; i < 4; i++)
		run(f, "INSERT INTO feed (feed_no, feed_id, source_no) VALUES (%d, '%s', %d)", i + 1, feeds[i], i + 1);
	run(f,
	    "INSERT INTO extract (extract_id, feed_no, file_name, as_at, received, delivery, content_hash, bytes,"
	    " rows_read, rows_loaded, rows_unchanged, rows_quarantined, rows_ended, new_clients, status)"
	    " VALUES (1, 1, 'x', %d, 0, 'full', %s, 0, 0, 0, 0, 0, 0, 0, 'loaded')",
	    f->today, f->db.kind == STORE_SQLITE ? "x''" : "''");
	people(f);
	arena_init(&f->arena, 1 << 24);
	load_policy(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	policy_close(f->policy);
	profile_free(f->profile);
	vault_close(f->vault);
	store_close(f->data);
	store_close(f->desk);
	arena_release(&f->arena);
	test_database_drop(&f->db);
	free(f);
	return 0;
}

static const struct profile_list *list_of(const struct fixture *f, const char *id)
{
	const struct profile_list *list = profile_list(f->profile, text_of(id));
	assert_non_null(list);
	return list;
}

static size_t refresh(struct fixture *f)
{
	struct error e;
	struct lists_report report;
	assert_ok(lists_refresh(f->policy, f->profile, f->data, f->today, &report, &e), &e);
	return report.added + report.gone;
}

static struct list_row *rows_of(struct fixture *f, const char *id, size_t *count)
{
	struct error e;
	struct list_row *rows;
	assert_ok(lists_read(&rows, count, list_of(f, id), f->data, 0, &f->arena, &e), &e);
	return rows;
}

static void assert_reason(const struct list_row *row, size_t number, int points, const char *text)
{
	assert_true(number < row->reason_count);
	assert_int_equal(row->reasons[number].points, points);
	if (!text_is(row->reasons[number].text, text))
		fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARG(row->reasons[number].text), text);
}

static void test_a_property_with_another_adult(void **state)
{
	size_t count;
	struct fixture *f = *state;
	refresh(f);
	struct list_row *rows = rows_of(f, "not_alone", &count);
	assert_int_equal(count, 2); /* not 200, whose other adult may be the payer; 600 is hidden only from viewers */
	assert_int_equal(rows[0].subject_id, 100);
	assert_int_equal(rows[0].key, 90100);
	assert_int_equal(rows[0].points, 15);
	assert_int_equal(rows[0].since, f->today);
	assert_reason(&rows[0], 0, 10, "Others: 1"); /* not 3, who has just come, nor 4, who is no adult */
	assert_reason(&rows[0], 1, 5, "Claims of 1, 1 source");
	assert_int_equal(rows[0].reason_count, 2);
	assert_int_equal(rows[0].member_count, 2);
	assert_int_equal(rows[0].members[0].resident_id, 2);
	assert_true(text_is(rows[0].members[0].group, "others") && rows[0].members[0].shown);
	assert_int_equal(rows[1].subject_id, 600);
}

static void test_rooms_count_with_their_house(void **state)
{
	size_t count;
	struct fixture *f = *state;
	refresh(f);
	struct list_row *rows = rows_of(f, "many", &count);
	assert_int_equal(count, 2); /* and 100, with three family names */
	assert_int_equal(rows[0].subject_id, 300);
	assert_reason(&rows[0], 0, 4, "4 adults of 3 families");
	assert_int_equal(rows[1].subject_id, 100);
}

static void test_a_pupil_where_nobody_of_the_family_lived(void **state)
{
	size_t count;
	struct fixture *f = *state;
	refresh(f);
	struct list_row *rows = rows_of(f, "elsewhere", &count);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].subject_id, 13);
	assert_int_equal(rows[0].key, 13);
	assert_reason(&rows[0], 0, 10, "Elsewhere by 1 source");
	assert_reason(&rows[0], 1, 5, "New place");
	assert_int_equal(rows[0].member_count, 3); /* the child, and those whom it lives with */
}

static void test_a_household_that_came_lately(void **state)
{
	size_t count;
	struct fixture *f = *state;
	refresh(f);
	struct list_row *rows = rows_of(f, "arrived", &count);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].subject_id, 10700);
	assert_int_equal(rows[0].property_id, 700);
	assert_reason(&rows[0], 0, 10, "Under five: 1");
}

static void test_what_is_no_more_leaves_and_since_stays(void **state)
{
	size_t count;
	struct fixture *f = *state;
	assert_int_equal(refresh(f), 6);
	assert_int_equal(refresh(f), 0);
	run(f, "UPDATE extract SET as_at = as_at + 30");
	run(f, "UPDATE fact SET ended_by = 1, ended_how = 2 WHERE record_id = 1016 AND feed_no = %d", DISCOUNTS);
	assert_int_equal(refresh(f), 1); /* 600 goes */
	struct list_row *rows = rows_of(f, "not_alone", &count);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].since, f->today);
}

static bool may_be_seen(struct fixture *f, const struct list_row *row, const char *role)
{
	struct viewer viewer = {.user_id = 1,
				.username = TEXT("x"),
				.role = profile_role(f->profile, text_of(role)),
				.purpose = profile_purpose(f->profile, TEXT("checking"))};
	const struct policy_grid *grid = policy_grid(f->policy, &viewer, f->today);
	bool seen = list_row_may_be_seen(row, list_of(f, "not_alone"), f->policy, grid);
	policy_grid_done(grid);
	return seen;
}

static void test_who_is_protected_takes_the_row_away(void **state)
{
	size_t count;
	struct fixture *f = *state;
	refresh(f);
	struct list_row *rows = rows_of(f, "not_alone", &count);
	run(f, "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (%d, 600, 'refuge')",
	    POLICY_PROPERTY);
	load_policy(f);
	assert_true(may_be_seen(f, &rows[0], "investigator"));
	assert_true(list_row_is_open(&rows[0], list_of(f, "not_alone"), f->policy));
	assert_false(may_be_seen(f, &rows[1], "investigator"));
	assert_false(list_row_is_open(&rows[1], list_of(f, "not_alone"), f->policy));
	assert_true(may_be_seen(f, &rows[1], "trusted"));
	/* Hidden altogether, and not even named on the page: 4 is in no group, 2 is. */
	run(f, "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (%d, 2, 'adopted')",
	    POLICY_RESIDENT);
	load_policy(f);
	assert_false(may_be_seen(f, &rows[0], "investigator"));
	assert_true(may_be_seen(f, &rows[0], "trusted"));
}

static void decide(struct fixture *f, int person_id, enum flag_kind kind, const char *about, bool holds)
{
	struct error e;
	const struct flag_record record = {TEXT("tax"), person_id};
	struct flag_act act = {.act_id = id_random(),
			       .kind = kind,
			       .about = text_of(about),
			       .holds = holds,
			       .reason_sealed = TEXT("sealed"),
			       .by = TEXT("officer"),
			       .records = &record,
			       .record_count = 1};
	run(f, "INSERT INTO source (source_no, source_id) VALUES (1, 'tax') ON CONFLICT DO NOTHING");
	run(f, "INSERT INTO record (record_id, source_no, client_hash) VALUES (%d, 1, %d) ON CONFLICT DO NOTHING",
	    person_id + 1000, person_id);
	assert_ok(flag_do(f->desk, &act, &e), &e);
	load_policy(f);
}

/* One of whom a row goes by, though only in a count: the row goes at once from the page, and with the next refresh. */
static void test_who_objects_takes_the_row_away(void **state)
{
	size_t count;
	struct fixture *f = *state;
	refresh(f);
	struct list_row *rows = rows_of(f, "not_alone", &count);
	size_t before = count;
	assert_true(may_be_seen(f, &rows[0], "investigator"));
	decide(f, 2, FLAG_OBJECTION, "checking", true);
	assert_false(may_be_seen(f, &rows[0], "investigator"));
	assert_false(may_be_seen(f, &rows[0], "trusted")); /* it is no protection from some */
	assert_false(list_row_is_open(&rows[0], list_of(f, "not_alone"), f->policy));
	refresh(f);
	rows_of(f, "not_alone", &count);
	assert_int_equal(count, before - 1);
	assert_int_equal(test_query(f->data, "SELECT count(*) FROM list_member WHERE resident_id = 2"), 0);
	decide(f, 2, FLAG_OBJECTION, "checking", false);
	refresh(f);
	rows_of(f, "not_alone", &count);
	assert_int_equal(count, before);
}

/* Between a withdrawal and the next refresh the row stands in the table, and nobody sees it. */
static void test_a_withdrawn_consent_takes_the_row_away(void **state)
{
	size_t count;
	struct fixture *f = *state;
	const struct profile_list *list = list_of(f, "not_alone");
	((struct profile_agreement *)(uintptr_t)list->agreement)->consent = true;
	load_policy(f);
	refresh(f);
	rows_of(f, "not_alone", &count);
	assert_int_equal(count, 0);
	for (int person_id = 1; person_id <= 19; person_id++)
		decide(f, person_id, FLAG_CONSENT, "checks", true);
	refresh(f);
	struct list_row *rows = rows_of(f, "not_alone", &count);
	assert_int_equal(count, 2);
	assert_true(may_be_seen(f, &rows[0], "investigator"));
	decide(f, 2, FLAG_CONSENT, "checks", false);
	assert_false(may_be_seen(f, &rows[0], "investigator"));
	assert_false(list_row_is_open(&rows[0], list, f->policy));
	assert_true(may_be_seen(f, &rows[1], "investigator"));
}

static void test_an_ended_agreement_empties_its_lists(void **state)
{
	struct error e;
	struct lists_report report;
	struct fixture *f = *state;
	refresh(f);
	assert_ok(lists_refresh(f->policy, f->profile, f->data, date_of(2031, 1, 1), &report, &e), &e);
	assert_int_equal(report.rows, 0);
	assert_int_equal(test_query(f->data, "SELECT count(*) FROM list_row"), 0);
	assert_int_equal(test_query(f->data, "SELECT count(*) FROM list_member"), 0);
}

/* Ended by two persons before its date, or no longer for modelling: a list is a use of what its rules read. */
static void test_a_list_needs_its_agreement_for_each_use(void **state)
{
	struct error e;
	size_t count;
	struct fixture *f = *state;
	refresh(f);
	rows_of(f, "not_alone", &count);
	assert_true(count > 0);
	assert_ok(store_execute(f->desk,
				"INSERT INTO agreement_ended (agreement_id, ended_at, ended_by) VALUES ('checks', 0, "
				"'two')",
				&e),
		  &e);
	load_policy(f);
	refresh(f);
	assert_int_equal(test_query(f->data, "SELECT count(*) FROM list_row"), 0);
	assert_ok(store_execute(f->desk, "DELETE FROM agreement_ended", &e), &e);
	load_policy(f);
	refresh(f);
	rows_of(f, "not_alone", &count);
	assert_true(count > 0);
	const struct profile_agreement *agreement = profile_agreement(f->profile, TEXT("checks"));
	uint64_t *modelled = (uint64_t *)(uintptr_t)agreement->covers[0].modelled;
	size_t bit = profile_feed(f->profile, TEXT("discounts"))->number * f->profile->elements.count +
		     profile_element(f->profile, TEXT("discount"))->number;
	modelled[bit / 64] &= ~(UINT64_C(1) << bit % 64);
	refresh(f);
	rows_of(f, "not_alone", &count);
	assert_int_equal(count, 0);
	assert_true(test_query(f->data, "SELECT count(*) FROM list_row") > 0); /* lists that do not read it */
}

static void record(struct fixture *f, int64_t key, const char *outcome, instant made)
{
	struct error e;
	int64_t id;
	struct list_result result = {.key = key,
				     .made = made,
				     .user_id = 7,
				     .username = TEXT("an.investigator"),
				     .outcome = text_of(outcome),
				     .points = 15,
				     .note = TEXT("Mr Okonkwo let us in")};
	assert_ok(store_begin(f->desk, &e), &e);
	assert_ok(lists_record(f->desk, f->vault, list_of(f, "not_alone"), &result, &id, &e), &e);
	assert_ok(store_commit(f->desk, &e), &e);
}

static void test_outcomes_outlive_what_is_worked_out_anew(void **state)
{
	struct error e;
	size_t count, results;
	struct outcome_counts counts;
	struct list_result *result;
	struct fixture *f = *state;
	const struct profile_list *list = list_of(f, "not_alone");
	const instant day = INT64_C(86400000000);
	refresh(f);
	record(f, 90100, "alone", 20000 * day);
	record(f, 90100, "ended", 20001 * day);
	run(f, "DELETE FROM list_row");
	run(f, "DELETE FROM list_member");
	refresh(f);
	struct list_row *rows = rows_of(f, "not_alone", &count);
	load_policy(f);
	struct list_asker asker = {.data = f->data, .policy = f->policy};
	assert_ok(outcomes_count(&counts, list, rows, count, f->desk, &asker, 20050, &f->arena, &e), &e);
	assert_int_equal(counts.open, 1);
	assert_int_equal(counts.decided, 1); /* the last of a subject counts */
	assert_int_equal(counts.right, 1);
	assert_ok(outcomes_count(&counts, list, rows, count, f->desk, &asker, 20101, &f->arena, &e), &e);
	assert_int_equal(counts.open, 2); /* a hundred days later it may come back */
	/* What is protected now is not counted, whether it is on the list and hidden or has left it. */
	run(f, "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (%d, 100, 'refuge')",
	    POLICY_PROPERTY);
	load_policy(f);
	asker.policy = f->policy;
	assert_ok(outcomes_count(&counts, list, rows, 0, f->desk, &asker, 20101, &f->arena, &e), &e);
	assert_int_equal(counts.decided, 0);
	run(f, "DELETE FROM list_row");
	assert_ok(outcomes_count(&counts, list, rows, 0, f->desk, &asker, 20101, &f->arena, &e), &e);
	assert_int_equal(counts.decided, 0);
	run(f, "DELETE FROM restriction_mark");
	load_policy(f);
	asker.policy = f->policy;
	assert_ok(outcomes_count(&counts, list, rows, 0, f->desk, &asker, 20101, &f->arena, &e), &e);
	assert_int_equal(counts.decided, 1);
	assert_ok(lists_results_of(&result, &results, list, 90100, f->desk, f->vault, &f->arena, &e), &e);
	assert_int_equal(results, 2);
	assert_true(text_is(result[0].outcome, "ended"));
	assert_true(text_is(result[0].note, "Mr Okonkwo let us in"));
	assert_int_equal(
		test_query(f->desk, f->db.kind == STORE_SQLITE
					    ? "SELECT count(*) FROM list_outcome WHERE instr(note_sealed,"
					      " CAST('Okonkwo' AS BLOB)) > 0"
					    : "SELECT count(*) FROM list_outcome WHERE position('Okonkwo'::bytea"
					      " IN note_sealed) > 0"),
		0);
}

int main(void)
{
#define LISTS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		LISTS_TEST(test_a_property_with_another_adult),
		LISTS_TEST(test_rooms_count_with_their_house),
		LISTS_TEST(test_a_pupil_where_nobody_of_the_family_lived),
		LISTS_TEST(test_a_household_that_came_lately),
		LISTS_TEST(test_what_is_no_more_leaves_and_since_stays),
		LISTS_TEST(test_who_is_protected_takes_the_row_away),
		LISTS_TEST(test_who_objects_takes_the_row_away),
		LISTS_TEST(test_a_withdrawn_consent_takes_the_row_away),
		LISTS_TEST(test_an_ended_agreement_empties_its_lists),
		LISTS_TEST(test_a_list_needs_its_agreement_for_each_use),
		LISTS_TEST(test_outcomes_outlive_what_is_worked_out_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
