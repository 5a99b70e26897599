/* What was found about the homes of somebody who is erased: what is about them alone goes, of what is about others too
 * the words go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "casework/lists.h"
#include "rights/erasure.h"

static struct borough b;
static struct error e;
static struct arena arena;
static char archive[400];

/* 1005 lives alone at 7002, lived at 7003 with 1004 for a while, and stands on rows of two more homes. */
static void more_homes(void)
{
	static const char *const sql[] = {
		"INSERT INTO property (property_id, uprn_hash, class, kind, ward, decile, sealed) SELECT n.id, n.id * "
		"11, class, kind, ward, decile, sealed FROM property, (SELECT 7002 AS id UNION ALL SELECT 7003 UNION "
		"ALL SELECT 7004 UNION ALL SELECT 7005) n WHERE property_id = 7001",
		"INSERT INTO household (household_id, property_id, kind, since_run) VALUES (5002, 7002, 'single', 1), "
		"(5003, 7003, 'shared', 1)",
		"INSERT INTO household_member (resident_id, household_id, sequence, property_id, from_date, to_date, "
		"certainty, why) VALUES (1005, 5002, 1, 7002, 18000, NULL, 'certain', 'same_address'), (1005, 5003, 1, "
		"7003, 17000, 17500, 'certain', 'same_address'), (1004, 5003, 1, 7003, 16000, 17200, 'certain', "
		"'same_address')",
		"INSERT INTO list_row (list_no, subject_id, points, since, reasons) VALUES (1, 7004, 1, 1, ''), (1, "
		"7005, 1, 1, '')",
		"INSERT INTO list_member (list_no, subject_id, resident_id, group_id, shown) VALUES (1, 7004, 1005, "
		"'people', 1), (1, 7005, 1005, 'people', 1), (1, 7005, 1002, 'people', 1)"};
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
		assert_ok(store_execute(b.data, sql[i], &e), &e);
}

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	arena_init(&arena, 1 << 20);
	snprintf(archive, sizeof archive, "%s/archive", b.db.folder);
	more_homes();
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_release(&arena);
	borough_drop(&b);
	return 0;
}

static void erase(int64_t resident_id, bool dry)
{
	struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	struct erasure erasure = {.resident_id = resident_id,
				  .dry = dry,
				  .by = TEXT("officer"),
				  .user_name = TEXT("officer"),
				  .ground = TEXT("REF-1"),
				  .audit_key = &b.audit_key};
	assert_ok(rights_erase(&erasure, &parts, archive, &e), &e);
}

static const struct profile_list *a_list(void)
{
	return &b.profile->lists.at[0];
}

static void record(int64_t key, int day)
{
	int64_t outcome_id;
	const struct list_result result = {.key = key,
					   .made = (instant)day * 86400000000,
					   .user_id = 1,
					   .username = TEXT("worker"),
					   .outcome = a_list()->outcomes[0].id,
					   .note = TEXT("O'Brien opened the door")};
	assert_ok(lists_record(b.desk, b.vault, a_list(), &result, &outcome_id, &e), &e);
}

/* "-": no outcome of that home and day; "": without its words. */
static const char *found(int64_t key, int day)
{
	struct list_result *results;
	size_t count;
	assert_ok(lists_results_of(&results, &count, a_list(), key, b.desk, b.vault, &arena, &e), &e);
	for (size_t i = 0; i < count; i++)
		if (instant_date(results[i].made) == day) {
			assert_int_equal(results[i].words_erased, !results[i].note.len);
			return arena_copy(&arena, results[i].note);
		}
	return "-";
}

static void what_is_about_them_alone_goes(void **state)
{
	(void)state;
#define STAYS "O'Brien opened the door"
	static const struct {
		int64_t key;
		int day;
		const char *then;
	} cases[] = {
		{5002, 20000, "-"},      /* a household of nobody else */
		{7002 * 11, 20000, "-"}, /* and its property */
		{5002, 17900, "-"},      /* earlier than anybody says that they lived there */
		{5003, 17100, ""},       /* while somebody else lived there */
		{7003 * 11, 17100, ""},  /* likewise its property */
		{5003, 17300, "-"},      /* when the other one had left */
		{5003, 17600, STAYS},    /* when they had left themselves */
		{5003, 16500, STAYS},    /* before they came */
		{7004 * 11, 20000, "-"}, /* a row of a list that goes by them alone, wherever they live */
		{7005 * 11, 20000, ""},  /* and by somebody else */
		{5001, 20000, STAYS},    /* a home of others */
		{1004, 20000, STAYS},    /* another resident */
		{1005, 20000, "-"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		record(cases[i].key, cases[i].day);
	erase(1005, true);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM list_outcome WHERE length(note_sealed) > 0"),
			 sizeof cases / sizeof *cases);
	erase(1005, false);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (strcmp(found(cases[i].key, cases[i].day), cases[i].then) != 0)
			fail_msg("%lld on %d: \"%s\"", (long long)cases[i].key, cases[i].day,
				 found(cases[i].key, cases[i].day));
	}
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM erasure_home"), 0);
}

/* What is without words does not stop a change of the key. */
static void what_has_no_words_is_not_sealed_anew(void **state)
{
	(void)state;
	bool row;
	struct statement *s;
	record(7005 * 11, 20000);
	erase(1005, false);
	assert_string_equal(found(7005 * 11, 20000), "");
	assert_ok(store_prepare(&s, b.desk, list_sealed_notes.select, &e), &e);
	statement_bind_int(s, "record_id", 0);
	statement_bind_int(s, "most", 10);
	assert_ok(statement_step(s, &row, &e), &e);
	assert_false(row);
	statement_done(s);
}

/* A look at somebody or a home, for the REASON, or for one in those words. */
static struct text look(const char *words, const char *kind, int64_t id, struct text reason)
{
	if (text_is_empty(reason))
		assert_ok(disclosure_keep_stated(&reason, b.vault, b.desk, text_of(words), &arena, &e), &e);
	const struct audit_entry entry = {.user_name = TEXT("worker"),
					  .action = TEXT("household.open"),
					  .subject_kind = text_of(kind),
					  .subject_id = id,
					  .reason = reason,
					  .outcome = TEXT("allowed")};
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(audit_join(b.desk, &b.audit_key, &entry, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
	return reason;
}

static enum status words_of(struct text reference)
{
	struct text words;
	return disclosure_read_stated(&words, b.vault, b.desk, reference, &arena, &e);
}

static void why_somebody_looked_at_their_home_alone_goes(void **state)
{
	(void)state;
	struct text alone = look("O'Brien rang", "household", 5002, TEXT("")),
		    shared = look("The flat of two", "household", 5003, TEXT("")),
		    others = look("O'Brien and Aisha", "property", 7002, TEXT(""));
	look(NULL, "resident", 1005, alone);
	look(NULL, "property", 7002, alone);
	look(NULL, "list", 7004, look("His discount", "list", 1005, TEXT("")));
	look(NULL, "household", 5001, others);
	erase(1005, false);
	assert_int_equal(words_of(alone), STATUS_NOT_FOUND);
	assert_ok(words_of(shared), &e);
	assert_ok(words_of(others), &e);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM stated"), 2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(what_is_about_them_alone_goes),
		CASE(what_has_no_words_is_not_sealed_anew),
		CASE(why_somebody_looked_at_their_home_alone_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
