/* One resident by what is known exactly, break-glass, and whose case somebody is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "household/caseloads.h"
#include "policy/account.h"
#include "support/borough_tests.h"

static struct disclosure_exact_answer ask(struct viewer *viewer, enum exact_wanted wanted, const char *number,
					  const char *name, const char *born)
{
	struct error e;
	struct disclosure_exact_answer answer;
	const struct disclosure_exact exact = {.viewer = viewer,
					       .wanted = wanted,
					       .number = number ? text_of(number) : TEXT_ABSENT,
					       .name = name ? text_of(name) : TEXT(""),
					       .date_of_birth = born ? text_of(born) : TEXT(""),
					       .action = "test.exact"};
	assert_ok(disclosure_find_exact(&answer, borough.door, &exact, &arena, &e), &e);
	assert_ok(disclosure_wait(answer.ticket, &e), &e);
	return answer;
}

static void mark(int64_t resident_id, const char *restriction)
{
	struct error e;
	const struct policy_mark ruling = {POLICY_RESIDENT, resident_id, text_of(restriction), DATE_UNKNOWN};
	assert_ok(policy_set_mark(borough.desk, &ruling, TEXT("test"), &e), &e);
	assert_ok(policy_load(borough.policy, borough.data, borough.desk, &e), &e);
}

static void lift(int64_t resident_id, const char *restriction)
{
	struct error e;
	const struct policy_mark ruling = {POLICY_RESIDENT, resident_id, text_of(restriction), DATE_UNKNOWN};
	assert_ok(policy_lift_mark(borough.desk, &ruling, TEXT("test"), &e), &e);
	assert_ok(policy_load(borough.policy, borough.data, borough.desk, &e), &e);
}

static void test_only_what_is_written_exactly_finds(void **state)
{
	(void)state;
	static const struct {
		const char *role, *purpose, *number, *name, *born;
		int64_t resident;
	} cases[] = {
		{"housing_officer", "homelessness_prevention", NULL, "Aisha Mohammed", "1985-03-12", 1001},
		{"housing_officer", "homelessness_prevention", NULL, "MOHAMMED aisha", "1985-03-12", 1001},
		{"housing_officer", "homelessness_prevention", NULL, "Aisha Mohamed-Ali", "1985-03-12", 0},
		{"housing_officer", "homelessness_prevention", NULL, "Aysha Mohammed", "1985-12-03", 0},
		{"housing_officer", "homelessness_prevention", NULL, "Aisha Mohammed", "1985-03-13", 0},
		{"housing_officer", "homelessness_prevention", NULL, "Aisha", "1985-03-12", 0},
		{"match_reviewer", "data_quality", "AB 12 34 56 C", NULL, NULL, 1001},
		{"housing_officer", "homelessness_prevention", "AB123456C", NULL, NULL, 0}, /* withheld from them */
		{"match_reviewer", "data_quality", "07911 123456", NULL, NULL, 0},          /* of a telephone */
		{"match_reviewer", "data_quality", "100023336956", NULL, NULL, 0},          /* of a home */
		{"match_reviewer", "data_quality", "T-0001 AB123456C", NULL, NULL, 0},      /* two in one try */
		{"match_reviewer", "data_quality", "AB123456C Aisha", NULL, NULL, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct viewer viewer = borough_viewer(&borough, cases[i].role, cases[i].purpose);
		int64_t found = ask(&viewer, EXACT_KNOWN, cases[i].number, cases[i].name, cases[i].born).resident_id;
		if (found != cases[i].resident)
			fail_msg("%s: %s%s: %d", cases[i].role, cases[i].number ? cases[i].number : "",
				 cases[i].name ? cases[i].name : "", (int)found);
	}
}

static void test_the_glass_breaks_for_the_protected_only(void **state)
{
	(void)state;
	struct viewer officer = borough_viewer(&borough, "housing_officer", "homelessness_prevention"),
		      adviser = borough_viewer(&borough, "money_adviser", "money_advice");
	assert_int_equal(ask(&officer, EXACT_BREAKABLE, NULL, "Aisha Mohammed", "1985-03-12").resident_id, 0);
	mark(1001, "staff_family");
	assert_int_equal(ask(&officer, EXACT_KNOWN, NULL, "Aisha Mohammed", "1985-03-12").resident_id, 0);
	struct disclosure_exact_answer found = ask(&officer, EXACT_BREAKABLE, NULL, "Aisha Mohammed", "1985-03-12");
	assert_int_equal(found.resident_id, 1001);
	assert_int_equal(found.hours, 3);
	assert_string_equal(glass_ids(borough.profile, found.restrictions, &arena).at, "staff_family");
	assert_int_equal(ask(&adviser, EXACT_BREAKABLE, NULL, "Aisha Mohammed", "1985-03-12").resident_id, 0);
	mark(1001, "witness_protection"); /* one that nobody may open shuts the other too */
	assert_int_equal(ask(&officer, EXACT_BREAKABLE, NULL, "Aisha Mohammed", "1985-03-12").resident_id, 0);
	lift(1001, "witness_protection");
	lift(1001, "staff_family");
}

static void test_a_pass_opens_one_resident_and_nothing_else(void **state)
{
	(void)state;
	struct error e;
	struct disclosure_resident answer;
	struct disclosure_household household;
	struct viewer officer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
	mark(1001, "staff_family");
	mark(1005, "staff_family");
	struct disclosure_exact_answer found = ask(&officer, EXACT_BREAKABLE, NULL, "Aisha Mohammed", "1985-03-12");
	const struct policy_pass pass = {1, 1001, found.restrictions};
	struct disclosure_question question = {.viewer = &officer, .subject_id = 1001, .on = DATE_UNKNOWN};
	assert_int_equal(disclosure_open_resident(&answer, borough.door, &question, &arena, &e), STATUS_NOT_FOUND);
	question.pass = &pass;
	assert_ok(disclosure_open_resident(&answer, borough.door, &question, &arena, &e), &e);
	assert_true(answer.by_pass);
	assert_ok(disclosure_wait(answer.ticket, &e), &e);
	question.subject_id = 1005;
	assert_int_equal(disclosure_open_resident(&answer, borough.door, &question, &arena, &e), STATUS_NOT_FOUND);
	question.subject_id = 5001; /* the household is asked with the pass in hand, and does not hear of it */
	if (disclosure_open_household(&household, borough.door, &question, &arena, &e) == STATUS_OK) {
		assert_ok(disclosure_wait(household.ticket, &e), &e);
		for (size_t i = 0; i < household.household.member_count; i++)
			assert_int_not_equal(household.household.members[i].person.resident_id, 1001);
	}
	lift(1001, "staff_family");
	lift(1005, "staff_family");
}

static void test_whose_case_somebody_is(void **state)
{
	(void)state;
	struct error e;
	int64_t rows;
	struct disclosure_caseload caseload;
	enum case_relationship relationship;
	struct viewer worker = borough_viewer(&borough, "social_worker", "safeguarding");
	const struct viewer_worker numbers[] = {{TEXT("childrens_social_care"), TEXT("W1017")},
						{TEXT("adult_social_care"), TEXT("W1018")}};
	assert_ok(caseloads_refresh(borough.profile, borough.data, date_of(2026, 3, 31), &rows, &e), &e);
	assert_int_equal(rows, 1);
	assert_ok(disclosure_relationship(&relationship, borough.door, &worker, 1002, &e), &e);
	assert_int_equal(relationship, RELATIONSHIP_NONE);
	worker.workers = numbers;
	worker.worker_count = 2;
	assert_ok(disclosure_relationship(&relationship, borough.door, &worker, 1002, &e), &e);
	assert_int_equal(relationship, RELATIONSHIP_OWN);
	assert_true(relationship_purpose(&worker, relationship) == worker.role->caseload_purpose);
	assert_null(relationship_purpose(&worker, RELATIONSHIP_TEAM));
	assert_ok(disclosure_open_caseload(&caseload, borough.door, &worker, &arena, &e), &e);
	assert_int_equal(caseload.count, 1);
	assert_int_equal(caseload.at[0].person.resident_id, 1002);
	assert_ok(disclosure_wait(caseload.ticket, &e), &e);
	mark(1002, "staff_family");
	assert_ok(disclosure_relationship(&relationship, borough.door, &worker, 1002, &e), &e);
	assert_int_equal(relationship, RELATIONSHIP_NONE);
	assert_ok(disclosure_open_caseload(&caseload, borough.door, &worker, &arena, &e), &e);
	assert_int_equal(caseload.count, 0);
	assert_ok(disclosure_wait(caseload.ticket, &e), &e);
}

static void test_a_worker_s_number_is_one_person_s(void **state)
{
	(void)state;
	struct error e;
	int64_t one, two;
	struct account_worker *found;
	size_t count;
	struct account first = {.username = TEXT("first"),
				.display_name = TEXT("First"),
				.role = TEXT("social_worker")},
		       second = {.username = TEXT("second"),
				 .display_name = TEXT("Second"),
				 .role = TEXT("social_worker")};
	const struct account_worker number = {TEXT("childrens_social_care"), TEXT("W1017")},
				    none = {TEXT("childrens_social_care"), TEXT_ABSENT};
	first.ends = second.ends = first.training_until = second.training_until = DATE_UNKNOWN;
	assert_ok(account_create(borough.desk, &first, TEXT("correct horse 1 battery"), &one, &e), &e);
	assert_ok(account_create(borough.desk, &second, TEXT("correct horse 2 battery"), &two, &e), &e);
	assert_ok(account_set_worker(borough.desk, one, &number, &e), &e);
	assert_ok(account_set_worker(borough.desk, one, &number, &e), &e);
	assert_int_equal(account_set_worker(borough.desk, two, &number, &e), STATUS_CONFLICT);
	assert_ok(account_set_worker(borough.desk, one, &none, &e), &e);
	assert_ok(account_set_worker(borough.desk, two, &number, &e), &e);
	assert_ok(account_workers(borough.desk, two, &arena, &found, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_string_equal(found[0].worker.at, "W1017");
}

static void test_a_pass_has_a_life(void **state)
{
	(void)state;
	struct error e;
	int64_t pass_id, owner, user;
	instant ends;
	bool found;
	struct policy_pass open;
	struct glass *list, pass;
	size_t count;
	struct account account = {
		.username = TEXT("night.duty"), .display_name = TEXT("Night"), .role = TEXT("social_worker")};
	account.ends = account.training_until = DATE_UNKNOWN;
	assert_ok(account_create(borough.desk, &account, TEXT("correct horse 3 battery"), &user, &e), &e);
	account.username = TEXT("owner");
	assert_ok(account_create(borough.desk, &account, TEXT("correct horse 4 battery"), &owner, &e), &e);
	struct viewer viewer = borough_viewer(&borough, "social_worker", "safeguarding");
	viewer.user_id = user;
	assert_ok(glass_try(borough.desk, user, &pass_id, &e), &e);
	assert_ok(glass_list(borough.desk, GLASS_WAITING, 0, &arena, &list, &count, &e), &e);
	assert_int_equal(count, 0);
	pass = (struct glass){.pass_id = pass_id,
			      .resident_id = 1001,
			      .restrictions = TEXT("staff_family"),
			      .purpose = TEXT("safeguarding"),
			      .reason = TEXT("In danger now"),
			      .ends = instant_now() + 60000000};
	assert_ok(glass_break(borough.desk, &pass, &e), &e);
	assert_ok(glass_of(borough.desk, &viewer, 1001, borough.profile, &open, &ends, &found, &e), &e);
	assert_true(found && open.restrictions);
	assert_ok(glass_of(borough.desk, &viewer, 1002, borough.profile, &open, &ends, &found, &e), &e);
	assert_false(found);
	struct viewer moved = borough_viewer(&borough, "early_help_worker", "early_help"); /* of another role by now */
	moved.user_id = user;
	assert_ok(glass_of(borough.desk, &moved, 1001, borough.profile, &open, &ends, &found, &e), &e);
	assert_false(found);
	assert_int_equal(glass_review(borough.desk, pass_id, user, TEXT("justified"), TEXT_ABSENT, &e),
			 STATUS_CONFLICT);
	assert_ok(glass_review(borough.desk, pass_id, owner, TEXT("question"), TEXT("Asked"), &e), &e);
	assert_int_equal(glass_review(borough.desk, pass_id, owner, TEXT("breach"), TEXT_ABSENT, &e), STATUS_CONFLICT);
	assert_ok(glass_end(borough.desk, pass_id, TEXT("night.duty"), &e), &e);
	assert_int_equal(glass_end(borough.desk, pass_id, TEXT_ABSENT, &e), STATUS_CONFLICT);
	assert_ok(glass_of(borough.desk, &viewer, 1001, borough.profile, &open, &ends, &found, &e), &e);
	assert_false(found);
	assert_ok(glass_try(borough.desk, user, &pass.pass_id, &e), &e);
	pass.ends = instant_now() - 1; /* its time is over */
	assert_ok(glass_break(borough.desk, &pass, &e), &e);
	assert_ok(glass_of(borough.desk, &viewer, 1001, borough.profile, &open, &ends, &found, &e), &e);
	assert_false(found);
	assert_ok(glass_list(borough.desk, GLASS_OVER, 0, &arena, &list, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_ok(glass_list(borough.desk, GLASS_WAITING, 0, &arena, &list, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_ok(glass_list(borough.desk, GLASS_REVIEWED, 0, &arena, &list, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_string_equal(list[0].outcome.at, "question");
	for (int i = 0; i < GLASS_TRIES_HOUR; i++)
		assert_ok(glass_try(borough.desk, user, &pass_id, &e), &e);
	assert_int_equal(glass_try(borough.desk, user, &pass_id, &e), STATUS_REFUSED);
}

static int64_t somebody(const char *name)
{
	struct error e;
	int64_t user;
	struct account account = {.username = text_of(name),
				  .display_name = text_of(name),
				  .role = TEXT("social_worker"),
				  .ends = DATE_UNKNOWN,
				  .training_until = DATE_UNKNOWN};
	assert_ok(account_create(borough.desk, &account, TEXT("correct horse 5 battery"), &user, &e), &e);
	return user;
}

static enum status open_one(int64_t user, int64_t *pass_id)
{
	struct error e;
	enum status status = glass_try(borough.desk, user, pass_id, &e);
	if (status != STATUS_OK)
		return status;
	const struct glass pass = {.pass_id = *pass_id,
				   .resident_id = 1001,
				   .restrictions = TEXT("staff_family"),
				   .purpose = TEXT("safeguarding"),
				   .ends = instant_now() + 60000000};
	return glass_break(borough.desk, &pass, &e);
}

/* The owner is told of each, however many come behind it; and there are not many. */
static void test_no_opening_is_buried(void **state)
{
	(void)state;
	struct error e;
	struct glass *list;
	size_t count, before;
	char sql[300];
	int64_t first, pass_id, user = somebody("busy"), reviewer = somebody("reviewer");
	assert_ok(glass_list(borough.desk, GLASS_WAITING, 0, &arena, &list, &before, &e), &e);
	assert_ok(open_one(user, &first), &e);
	for (int i = 1; i < GLASS_OPENINGS_HOUR; i++)
		assert_ok(open_one(user, &pass_id), &e);
	assert_int_equal(open_one(user, &pass_id), STATUS_REFUSED);
	assert_ok(glass_forget_try(borough.desk, pass_id, &e), &e);
	for (int i = 0; i < 2 * GLASS_MOST; i++) {
		snprintf(sql, sizeof sql,
			 "INSERT INTO glass (user_id, resident_id, began, ends, reviewed, reviewed_by) VALUES (%lld, "
			 "1001, %d, 2, %s, %lld)",
			 (long long)user, i, i % 2 ? "NULL" : "1", (long long)reviewer);
		assert_ok(store_execute(borough.desk, sql, &e), &e);
	}
	assert_ok(glass_list(borough.desk, GLASS_WAITING, 0, &arena, &list, &count, &e), &e);
	assert_int_equal(count, before + GLASS_OPENINGS_HOUR + GLASS_MOST);
	bool told = false;
	for (size_t i = 0; i < count; i++)
		told |= list[i].pass_id == first;
	assert_true(told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_THE_BOROUGH(test_only_what_is_written_exactly_finds),
		ON_THE_BOROUGH(test_the_glass_breaks_for_the_protected_only),
		ON_THE_BOROUGH(test_a_pass_opens_one_resident_and_nothing_else),
		ON_THE_BOROUGH(test_a_pass_has_a_life),
		ON_THE_BOROUGH(test_no_opening_is_buried),
		ON_THE_BOROUGH(test_whose_case_somebody_is),
		ON_THE_BOROUGH(test_a_worker_s_number_is_one_person_s),
	};
	return RUN_ON_THE_BOROUGH(tests);
}
