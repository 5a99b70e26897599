/* The door, over extracts that went through intake: who sees what, what is audited, what is not found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough_tests.h"

#include <pthread.h>
#include <stdatomic.h>

static int64_t audit_count(const char *where)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) AS n FROM audit_entry WHERE %s", where);
	return test_query(borough.desk, sql);
}

static void test_each_role_sees_what_its_agreements_give(void **state)
{
	(void)state;
	static const struct {
		const char *role, *purpose;
		int64_t resident;
		const char *feed, *element, *value;
	} cases[] = {
		{"housing_officer", "homelessness_prevention", 1001, "housing_tenancies", "given_name", "Aisha"},
		{"housing_officer", "homelessness_prevention", 1001, "housing_tenancies", "tenure", "secure"},
		{"housing_officer", "homelessness_prevention", 1001, "council_tax_liable", "council_tax_balance",
		 "410.00"},
		{"housing_officer", "homelessness_prevention", 1001, "housing_tenancies", "ni_number", "(withheld)"},
		{"housing_officer", "homelessness_prevention", 1002, "childrens_allocations", "worker_name",
		 "Jo Bright"},
		{"housing_officer", "homelessness_prevention", 1002, "childrens_allocations", "childrens_status",
		 "(withheld)"},
		{"housing_officer", "homelessness_prevention", 1002, "ssd_person", "given_name", "(none)"},
		{"social_worker", "safeguarding", 1002, "ssd_person", "given_name", "Zo\xc3\xab"},
		{"social_worker", "safeguarding", 1002, "childrens_allocations", "childrens_status", "child in need"},
		{"social_worker", "early_help", 1002, "ssd_person", "given_name", "Zo\xc3\xab"},
		{"early_help_worker", "early_help", 1001, "council_tax_liable", "council_tax_balance", "410.00"},
		{"early_help_worker", "early_help", 1001, "council_tax_liable", "council_tax_payment_method",
		 "(withheld)"},
		{"contact_centre", "customer_enquiry", 1001, "council_tax_liable", "council_tax_balance", "(none)"},
		{"contact_centre", "customer_enquiry", 1001, "housing_tenancies", "family_name", "Mohammed"},
		{"social_worker", "safeguarding", 1003, "ssd_person", "family_name", "Archer"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct disclosure_resident answer;
		assert_int_equal(open_as(&answer, cases[i].role, cases[i].purpose, cases[i].resident), STATUS_OK);
		const char *value = value_in(&answer, cases[i].feed, cases[i].element);
		/* whether nothing is said or that it is withheld depends on whether presence may be known */
		bool hidden = strcmp(cases[i].value, "(none)") == 0 && strcmp(value, "(withheld)") == 0;
		if (strcmp(value, cases[i].value) != 0 && !hidden)
			fail_msg("%s, %s: %s.%s is %s, not %s", cases[i].role, cases[i].purpose, cases[i].feed,
				 cases[i].element, value, cases[i].value);
	}
}

static void test_every_value_has_its_origin(void **state)
{
	(void)state;
	struct disclosure_resident answer;
	assert_int_equal(open_as(&answer, "housing_officer", "homelessness_prevention", 1001), STATUS_OK);
	assert_int_equal(answer.record_count, 2);
	for (size_t i = 0; i < answer.row_count; i++) {
		const struct disclosed_origin *origin = &answer.rows[i].origin;
		assert_non_null(origin->feed);
		assert_true(origin->extract_id > 0 && origin->record_id > 0 && origin->line > 0);
		assert_true(origin->as_at == date_of(2026, 1, 31) || origin->as_at == date_of(2026, 2, 28));
		bool newer = !text_is(origin->feed->id, "housing_tenancies");
		assert_int_equal(origin->data_as_at, newer ? date_of(2026, 2, 28) : date_of(2026, 1, 31));
		for (size_t v = 0; v < answer.rows[i].value_count; v++)
			assert_true(answer.rows[i].values[v].withheld == (answer.rows[i].values[v].value.at == NULL));
	}
	assert_string_equal(answer.person.name.at, "Aisha Mohammed");
	assert_string_equal(answer.person.date_of_birth.at, "1985-03-12");
}

static void test_a_name_in_one_field_reads_as_a_name(void **state)
{
	(void)state;
	struct disclosure_resident answer;
	assert_int_equal(open_as(&answer, "housing_officer", "homelessness_prevention", 1005), STATUS_OK);
	assert_string_equal(answer.person.name.at, "John Paul O'Brien-Smith");
	assert_string_equal(value_in(&answer, "council_tax_liable", "full_name"), "O'BRIEN-SMITH, MR JOHN PAUL");
}

static void test_a_protected_resident_is_like_nobody(void **state)
{
	(void)state;
	struct error protected, nobody;
	struct viewer viewer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 1003, .on = DATE_UNKNOWN};
	struct disclosure_resident answer;
	int64_t before = audit_count("outcome = 'refused'");
	assert_int_equal(disclosure_open_resident(&answer, borough.door, &question, &arena, &protected),
			 STATUS_NOT_FOUND);
	question.subject_id = 999999;
	assert_int_equal(disclosure_open_resident(&answer, borough.door, &question, &arena, &nobody), STATUS_NOT_FOUND);
	assert_memory_equal(&protected, &nobody, sizeof nobody);
	assert_int_equal(audit_count("outcome = 'refused'"), before + 2);
}

static void test_a_protected_address_is_in_no_value(void **state)
{
	(void)state;
	struct disclosure_resident answer;
	assert_int_equal(open_as(&answer, "early_help_worker", "early_help", 1004), STATUS_OK);
	assert_true(answer.address_protected);
	assert_string_equal(value_in(&answer, "housing_tenancies", "given_name"), "Grace");
	assert_string_equal(value_in(&answer, "housing_tenancies", "address_line_1"), "(none)");
	assert_string_equal(value_in(&answer, "housing_tenancies", "postcode"), "(none)");
	assert_null(answer.person.address.at);
	assert_int_equal(open_as(&answer, "housing_officer", "homelessness_prevention", 1004), STATUS_OK);
	assert_false(answer.address_protected);
	assert_string_equal(value_in(&answer, "housing_tenancies", "postcode"), "EM4 9ZZ");
}

static void test_search_finds_what_the_viewer_may_see(void **state)
{
	(void)state;
	static const struct {
		const char *role, *purpose, *query;
		int64_t first;
	} cases[] = {
		{"housing_officer", "homelessness_prevention", "Asha Mohamed", 1001},
		{"housing_officer", "homelessness_prevention", "mohammed 12/03/85", 1001},
		{"housing_officer", "homelessness_prevention", "14 mill lane", 1001},
		{"housing_officer", "homelessness_prevention", "T1", 0}, /* too short to be a number */
		{"housing_officer", "homelessness_prevention", "07911123456", 1001},
		{"housing_officer", "homelessness_prevention", "+44 7911 123456", 1001},
		{"social_worker", "safeguarding", "zoe", 1002},
		{"housing_officer", "homelessness_prevention", "zoe", 0},
		{"housing_officer", "homelessness_prevention", "4 July 2013", 0},
		{"social_worker", "safeguarding", "Liam Archer", 1003},
		{"early_help_worker", "early_help", "Liam Archer", 0},
		{"early_help_worker", "early_help", "Grace Mensah", 1004},
		{"early_help_worker", "early_help", "EM4 9ZZ", 0},
		{"early_help_worker", "early_help", "5 Harbour Way", 0},
		{"housing_officer", "homelessness_prevention", "EM4 9ZZ", 1004},
		{"partner", "partner_enquiry", "14 Mill Lane", 0},
		{"data_owner", "data_quality", "AB 12 34 56 C", 1001},
		{"housing_officer", "homelessness_prevention", "AB123456C", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t first;
		find_as(cases[i].role, cases[i].purpose, cases[i].query, &first);
		if (first != cases[i].first)
			fail_msg("%s asking \"%s\" found %lld, not %lld", cases[i].role, cases[i].query,
				 (long long)first, (long long)cases[i].first);
	}
	assert_int_equal(audit_count("detail LIKE '%Mill%' OR detail LIKE '%Grace%'"), 0);
}

static void test_what_was_searched_for_is_kept_sealed_with_its_entry(void **state)
{
	(void)state;
	int64_t first;
	struct error e;
	struct text query;
	struct audit_entry words;
	find_as("early_help_worker", "early_help", "Grace Mensah", &first);
	int64_t seq = test_query(borough.desk, "SELECT max(seq) FROM audit_entry WHERE action = 'search'");
	assert_ok(audit_read_words(borough.desk, seq, &arena, &words, &e), &e);
	assert_true(text_find(words.words_sealed, TEXT("Mensah")) == words.words_sealed.len);
	assert_ok(disclosure_unseal_search(borough.vault, &words, &arena, &query, &e), &e);
	assert_true(text_is(query, "Grace Mensah"));
	/* Words of another entry are not taken for these. */
	char mark[32];
	memcpy(mark, words.words_mark.at, sizeof mark);
	mark[3] ^= 1;
	words.words_mark = text_slice(mark, sizeof mark);
	assert_int_equal(disclosure_unseal_search(borough.vault, &words, &arena, &query, &e), STATUS_CORRUPT);
}

static void test_a_household_leaves_out_whom_the_viewer_may_not_know(void **state)
{
	(void)state;
	struct error e;
	struct viewer viewer = borough_viewer(&borough, "early_help_worker", "early_help");
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 5001, .on = DATE_UNKNOWN};
	struct disclosure_household answer;
	assert_ok(disclosure_open_household(&answer, borough.door, &question, &arena, &e), &e);
	assert_ok(disclosure_wait(answer.ticket, &e), &e);
	assert_int_equal(answer.household.member_count, 2);
	assert_string_equal(answer.household.members[0].person.name.at, "Aisha Mohammed");
	assert_string_equal(answer.household.address.at, "14 Mill Lane, Eastmarsh");
	assert_int_equal(answer.household.property_id, 7001);
	viewer = borough_viewer(&borough, "social_worker", "safeguarding");
	assert_ok(disclosure_open_household(&answer, borough.door, &question, &arena, &e), &e);
	assert_ok(disclosure_wait(answer.ticket, &e), &e);
	assert_int_equal(answer.household.member_count, 3);
	question.subject_id = 123;
	assert_int_equal(disclosure_open_household(&answer, borough.door, &question, &arena, &e), STATUS_NOT_FOUND);
}

static void test_a_property_is_found_by_its_uprn(void **state)
{
	(void)state;
	struct error e;
	int64_t id;
	assert_ok(disclosure_property_of_uprn(borough.door, TEXT("100023336956"), &id, &e), &e);
	assert_int_equal(id, 7001);
	assert_ok(disclosure_property_of_uprn(borough.door, TEXT("1"), &id, &e), &e);
	assert_int_equal(id, 0);
	struct viewer viewer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 7001, .on = DATE_UNKNOWN};
	struct disclosure_property answer;
	assert_ok(disclosure_open_property(&answer, borough.door, &question, &arena, &e), &e);
	assert_ok(disclosure_wait(answer.ticket, &e), &e);
	assert_string_equal(answer.property.address.at, "14 Mill Lane, Eastmarsh");
	assert_string_equal(answer.property.ward.at, "Marshside");
	assert_int_equal(answer.household_count, 1);
}

/* The number that a source has for a client finds them for who may see it, and nobody for everybody else. */
static void test_a_number_that_may_not_be_seen_may_not_be_looked_for(void **state)
{
	(void)state;
	static const struct {
		const char *role, *purpose, *source, *client;
		int64_t resident;
	} cases[] = {
		{"social_worker", "safeguarding", "childrens_social_care", "K1", 1002},
		{"social_worker", "safeguarding", "childrens_social_care", "NOBODY", 0},
		{"contact_centre", "customer_enquiry", "childrens_social_care", "K1", 0},
		{"housing_officer", "homelessness_prevention", "childrens_social_care", "K1", 0},
		{"housing_officer", "homelessness_prevention", "housing", "P1", 1001},
		{"contact_centre", "customer_enquiry", "homelessness", "HP1", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error e;
		int64_t id = 1;
		struct viewer viewer = borough_viewer(&borough, cases[i].role, cases[i].purpose);
		const struct profile_source *source = profile_source(borough.profile, text_of(cases[i].source));
		assert_ok(
			disclosure_resident_of_client(borough.door, &viewer, source, text_of(cases[i].client), &id, &e),
			&e);
		if (id != cases[i].resident)
			fail_msg("%s is told %lld of %s %s", cases[i].role, (long long)id, cases[i].source,
				 cases[i].client);
	}
}

static void test_every_look_is_one_audit_entry(void **state)
{
	(void)state;
	struct disclosure_resident answer;
	int64_t first, before = audit_count("1 = 1");
	assert_int_equal(open_as(&answer, "social_worker", "safeguarding", 1002), STATUS_OK);
	find_as("social_worker", "safeguarding", "zoe", &first);
	assert_int_equal(audit_count("1 = 1"), before + 2);
	assert_int_equal(audit_count("action = 'resident.open' AND subject_id = 1002 AND purpose = 'safeguarding' AND "
				     "agreements LIKE '%childrens_social_care%' AND elements LIKE '%worker_name%'") > 0,
			 1);
	struct error e;
	struct audit_verification verification;
	assert_ok(audit_verify(borough.desk, &borough.audit_key, &verification, &e), &e);
}

static void done(void *context, enum status status, const struct error *error)
{
	(void)error;
	assert_int_equal(status, STATUS_OK);
	atomic_fetch_add((atomic_int *)context, 1);
}

static void test_a_ticket_calls_back_once(void **state)
{
	(void)state;
	struct error e;
	atomic_int called = 0;
	struct viewer viewer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 1001, .on = DATE_UNKNOWN};
	for (int i = 0; i < 50; i++) {
		struct disclosure_resident answer;
		assert_ok(disclosure_open_resident(&answer, borough.door, &question, &arena, &e), &e);
		disclosure_when_durable(answer.ticket, done, &called);
	}
	for (int waited = 0; waited < 5000 && atomic_load(&called) < 50; waited++)
		usleep(1000);
	assert_int_equal(atomic_load(&called), 50);
}

static void test_a_new_generation_is_taken_up(void **state)
{
	(void)state;
	struct error e;
	bool rebuilt;
	int64_t generation;
	assert_ok(disclosure_refresh(borough.door, &rebuilt, &e), &e);
	assert_false(rebuilt);
	assert_ok(run_publish(borough.data, &generation, &e), &e);
	assert_ok(disclosure_refresh(borough.door, &rebuilt, &e), &e);
	assert_true(rebuilt);
	struct disclosure_numbers numbers;
	disclosure_numbers(borough.door, &numbers);
	assert_int_equal(numbers.generation, generation);
	assert_int_equal(numbers.residents, 5);
}

static int first_line(void)
{
	struct disclosure_resident answer;
	assert_int_equal(open_as(&answer, "early_help_worker", "early_help", 1001), STATUS_OK);
	return answer.rows[0].origin.line;
}

/* Rows of somebody are kept for one generation; a shelf that is ahead of what is kept is read. */
static void test_what_is_kept_ends_with_its_generation(void **state)
{
	(void)state;
	struct error e;
	int64_t generation;
	int line = first_line();
	assert_ok(store_execute(borough.data, "UPDATE fact SET line = line + 1000", &e), &e);
	assert_int_equal(first_line(), line);
	assert_ok(run_publish(borough.data, &generation, &e), &e);
	assert_int_equal(first_line(), line + 1000);
	assert_ok(disclosure_refresh(borough.door, NULL, &e), &e);
	assert_int_equal(first_line(), line + 1000);
	assert_ok(store_execute(borough.data, "UPDATE fact SET line = line - 1000", &e), &e);
	assert_int_equal(first_line(), line + 1000);
	assert_ok(run_publish(borough.data, &generation, &e), &e);
	assert_ok(disclosure_refresh(borough.door, NULL, &e), &e);
	assert_int_equal(first_line(), line);
}

/* ---- many at once, while the state changes ------------------------------------------------------ */

static void *look_around(void *failures)
{
	for (int i = 0; i < 60; i++) {
		struct error e;
		struct arena own;
		struct viewer viewer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
		struct disclosure_question question = {.viewer = &viewer, .subject_id = 1001, .on = DATE_UNKNOWN};
		struct disclosure_search search = {.query = TEXT("Mohammed 12/03/1985"), .viewer = &viewer};
		struct disclosure_resident answer;
		struct disclosure_finding finding;
		arena_init(&own, 64 << 20);
		search.on = DATE_UNKNOWN;
		bool right = disclosure_open_resident(&answer, borough.door, &question, &own, &e) == STATUS_OK &&
			     disclosure_wait(answer.ticket, &e) == STATUS_OK && answer.record_count == 2;
		right &= disclosure_find(&finding, borough.door, &search, &own, &e) == STATUS_OK &&
			 disclosure_wait(finding.ticket, &e) == STATUS_OK && finding.count == 1 &&
			 finding.at[0].known_to_count == 2; /* housing and council tax */
		if (!right)
			atomic_fetch_add((atomic_int *)failures, 1);
		arena_release(&own);
	}
	return NULL;
}

static void test_looks_go_on_while_the_state_is_switched(void **state)
{
	(void)state;
	enum { LOOKERS = 4 };
	pthread_t threads[LOOKERS];
	atomic_int failures = 0;
	struct error e;
	for (int i = 0; i < LOOKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_around, &failures), 0);
	for (int i = 0; i < 20; i++) {
		int64_t generation;
		bool rebuilt;
		assert_ok(run_publish(borough.data, &generation, &e), &e);
		assert_ok(disclosure_refresh(borough.door, &rebuilt, &e), &e);
		assert_true(rebuilt);
	}
	for (int i = 0; i < LOOKERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&failures), 0);
}

/* Last: it breaks the audit. */
static void test_without_audit_there_is_no_answer(void **state)
{
	(void)state;
	struct error e;
	struct viewer viewer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 1001, .on = DATE_UNKNOWN};
	struct disclosure_resident answer;
	assert_ok(store_execute(borough.desk, "ALTER TABLE audit_entry RENAME TO audit_entry_gone", &e), &e);
	assert_ok(disclosure_open_resident(&answer, borough.door, &question, &arena, &e), &e);
	assert_int_not_equal(disclosure_wait(answer.ticket, &e), STATUS_OK);
	question.subject_id = 1003; /* a refusal needs its entry too, and says so rather than "not found" */
	enum status status = disclosure_open_resident(&answer, borough.door, &question, &arena, &e);
	assert_int_not_equal(status, STATUS_OK);
	assert_int_not_equal(status, STATUS_NOT_FOUND);
	assert_ok(store_execute(borough.desk, "ALTER TABLE audit_entry_gone RENAME TO audit_entry", &e), &e);
}

/* ---- two records side by side ------------------------------------------------------------------------ */

static int64_t record_of(const char *source, const char *client)
{
	char key[100], sql[200];
	snprintf(key, sizeof key, "%s\x1f%s", source, client);
	snprintf(sql, sizeof sql, "SELECT record_id FROM record WHERE client_hash = %lld",
		 (long long)vault_hash64(borough.vault, VAULT_CLIENT, text_of(key)));
	return test_query(borough.data, sql);
}

static enum status pair_as(struct disclosure_pair *out, const char *role, const char *purpose, int64_t a, int64_t b)
{
	struct error e;
	struct viewer viewer = borough_viewer(&borough, role, purpose);
	enum status status = disclosure_open_pair(out, borough.door, &viewer, a, b, &arena, &e);
	for (size_t i = 0; i < out->ticket_count; i++)
		assert_ok(disclosure_wait(out->tickets[i], &e), &e);
	return status;
}

static void test_a_reviewer_sees_who_and_not_why(void **state)
{
	(void)state;
	struct disclosure_pair pair;
	int64_t tenant = record_of("housing", "P1"), payer = record_of("council_tax", "L1"),
		daughter = record_of("childrens_social_care", "K1");
	int64_t looks = test_query(borough.desk, "SELECT COUNT(*) FROM audit_entry WHERE action = 'match.open'");
	assert_int_equal(pair_as(&pair, "match_reviewer", "data_quality", tenant, daughter), STATUS_OK);
	assert_int_equal(pair.ticket_count, 2);
	assert_int_equal(test_query(borough.desk, "SELECT COUNT(*) FROM audit_entry WHERE action = 'match.open'"),
			 looks + 2);
	assert_int_equal(pair.sides[0].resident_id, 1001);
	assert_int_equal(pair.sides[0].other_count, 1);
	assert_int_equal(pair.sides[0].others[0].record_id, payer);
	for (size_t s = 0; s < 2; s++) {
		for (size_t r = 0; r < pair.sides[s].row_count; r++) {
			const struct disclosed_row *row = &pair.sides[s].rows[r];
			assert_int_equal(row->origin.record_id, s ? daughter : tenant);
			assert_true(row->newest);
			for (size_t v = 0; v < row->value_count; v++) {
				const struct disclosed_value *value = &row->values[v];
				assert_true(value->withheld || value->element->category == CATEGORY_IDENTITY ||
					    text_is(value->element->id, "sex"));
			}
		}
	}
	/* both of one resident: one look */
	assert_int_equal(pair_as(&pair, "match_reviewer", "data_quality", tenant, payer), STATUS_OK);
	assert_int_equal(pair.ticket_count, 1);
}

static void test_a_protected_resident_is_in_no_pair(void **state)
{
	(void)state;
	struct disclosure_pair pair;
	int64_t tenant = record_of("housing", "P1"), adopted = record_of("childrens_social_care", "K2");
	assert_int_equal(pair_as(&pair, "match_reviewer", "data_quality", tenant, adopted), STATUS_NOT_FOUND);
	assert_int_equal(pair_as(&pair, "match_reviewer", "data_quality", tenant, 999999), STATUS_NOT_FOUND);
	/* nor one of a source that nothing lets the viewer know of */
	assert_int_equal(pair_as(&pair, "data_owner", "data_quality", tenant, record_of("childrens_social_care", "K1")),
			 STATUS_NOT_FOUND);
}

/* ---- between a load and the marks that follow from it --------------------------------------------------- */

static void next_generation(void)
{
	struct error e;
	assert_ok(run_publish(borough.data, NULL, &e), &e);
	assert_ok(disclosure_refresh(borough.door, NULL, &e), &e);
}

static void assert_shown(bool moved)
{
	struct disclosure_resident answer;
	int64_t first;
	assert_int_equal(open_as(&answer, "housing_officer", "homelessness_prevention", 1001), STATUS_OK);
	assert_string_equal(value_in(&answer, "housing_tenancies", "postcode"), moved ? "EM9 9AA" : "EM1 4QT");
	assert_int_equal(find_as("housing_officer", "homelessness_prevention", "EM9 9AA", &first), moved);
	assert_int_equal(find_as("housing_officer", "homelessness_prevention", "14 Mill Lane", &first) > 0, true);
}

/* Anybody of the new rows might be somebody who must be protected: they are shown when that has been found out. */
static void test_what_was_loaded_is_shown_after_the_marks(void **state)
{
	(void)state;
	struct error e;
	borough_write(&borough, "tenancies_20260331.csv",
		      "Tenancy Ref,Person Ref,Title,Forename,Surname,DOB,Sex,NI No,Role,Home Tel,Mobile,E-mail,Address "
		      "1,Address "
		      "2,Address 3,Post Code,UPRN,Tenure,Beds,Start,End,End Reason,Housing Officer,Officer Tel,Patch\n"
		      "T1,P1,Mrs,Aisha,Mohammed,12/03/1985,F,AB123456C,TEN,,07911 123456,aisha@mail.example,9 Secret "
		      "Wharf,Eastmarsh,,EM9 9AA,,SEC,3,01/04/2019,,,Ruth Okoro,020 7946 0001,North\n");
	next_generation();
	assert_shown(false); /* and kept in memory */
	borough_intake(&borough);
	assert_int_equal(test_query(borough.data, "SELECT count(*) FROM extract WHERE waits = 1"), 1);
	assert_shown(false);
	next_generation(); /* a server that is started now, or follows a ruling */
	assert_shown(false);
	assert_ok(intake_show(borough.data, &e), &e);
	next_generation();
	assert_shown(true);
}

/* What a look reads and what it is judged by are one state: marks that are newer than those in memory are no answer. */
static void test_a_look_is_judged_by_the_marks_of_what_it_reads(void **state)
{
	(void)state;
	struct error e;
	struct disclosure_resident answer;
	struct policy_mark adopted = {.kind = POLICY_RESIDENT,
				      .subject_id = 1001,
				      .restriction = borough.profile->restrictions.at[0].id,
				      .kept_since = DATE_UNKNOWN};
	assert_ok(store_begin(borough.data, &e), &e);
	assert_ok(policy_replace_marks(borough.data, &adopted, 1, &e), &e);
	assert_ok(store_commit(borough.data, &e), &e);
	struct viewer viewer = borough_viewer(&borough, "housing_officer", "homelessness_prevention");
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 1001, .on = DATE_UNKNOWN};
	assert_int_equal(disclosure_open_resident(&answer, borough.door, &question, &arena, &e), STATUS_IO);
	assert_string_equal(e.code, "disclosure.marks");
	assert_ok(policy_load(borough.policy, borough.data, borough.desk, &e), &e);
	assert_int_equal(disclosure_open_resident(&answer, borough.door, &question, &arena, &e), STATUS_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_THE_BOROUGH(test_each_role_sees_what_its_agreements_give),
		ON_THE_BOROUGH(test_every_value_has_its_origin),
		ON_THE_BOROUGH(test_a_name_in_one_field_reads_as_a_name),
		ON_THE_BOROUGH(test_a_protected_resident_is_like_nobody),
		ON_THE_BOROUGH(test_a_protected_address_is_in_no_value),
		ON_THE_BOROUGH(test_search_finds_what_the_viewer_may_see),
		ON_THE_BOROUGH(test_a_household_leaves_out_whom_the_viewer_may_not_know),
		ON_THE_BOROUGH(test_a_property_is_found_by_its_uprn),
		ON_THE_BOROUGH(test_a_number_that_may_not_be_seen_may_not_be_looked_for),
		ON_THE_BOROUGH(test_a_reviewer_sees_who_and_not_why),
		ON_THE_BOROUGH(test_a_protected_resident_is_in_no_pair),
		ON_THE_BOROUGH(test_every_look_is_one_audit_entry),
		ON_THE_BOROUGH(test_what_was_searched_for_is_kept_sealed_with_its_entry),
		ON_THE_BOROUGH(test_a_ticket_calls_back_once),
		ON_THE_BOROUGH(test_a_new_generation_is_taken_up),
		ON_THE_BOROUGH(test_what_is_kept_ends_with_its_generation),
		ON_THE_BOROUGH(test_looks_go_on_while_the_state_is_switched),
		ON_THE_BOROUGH(test_what_was_loaded_is_shown_after_the_marks),
		ON_THE_BOROUGH(test_without_audit_there_is_no_answer),
		ON_THE_BOROUGH(test_a_look_is_judged_by_the_marks_of_what_it_reads),
	};
	return RUN_ON_THE_BOROUGH(tests);
}
