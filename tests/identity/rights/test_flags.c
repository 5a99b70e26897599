/* What residents asked for is obeyed from the next question on, and follows their records wherever these go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "policy/explain.h"
#include "rights/flags.h"

static struct borough b;
static struct error e;
static struct arena arena;

/* The agreement by which a money adviser sees council tax rests on consent here. */
static const struct profile_agreement *consented;

static const struct profile_feed *liable(void)
{
	return profile_feed(b.profile, TEXT("council_tax_liable"));
}

static struct policy_decision decide(const char *role, const char *purpose, int64_t resident_id,
				     const struct profile_feed *feed, const char *element)
{
	struct viewer viewer = borough_viewer(&b, role, purpose);
	const struct policy_bounds bounds = policy_bounds_of(b.policy, POLICY_RESIDENT, resident_id);
	const struct policy_grid *grid = policy_grid(b.policy, &viewer, date_today());
	struct policy_decision decision =
		policy_decide_of(grid, &bounds, feed, profile_element(b.profile, text_of(element)));
	policy_grid_done(grid);
	return decision;
}

static void open_again(void)
{
	struct disclosure_parts parts = {b.profile, b.vault, NULL, b.audit, b.pool, NULL};
	assert_ok(policy_open(&b.policy, b.profile, &e), &e);
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	parts.policy = b.policy;
	assert_ok(disclosure_open_door(&b.door, &parts, &e), &e);
	assert_ok(disclosure_refresh(b.door, NULL, &e), &e);
}

static void rest_on_consent(const struct profile_agreement *agreement)
{
	((struct profile_agreement *)(uintptr_t)agreement)->consent = true;
	disclosure_close_door(b.door);
	policy_close(b.policy);
	open_again();
}

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	arena_init(&arena, 64 << 20);
	assert_non_null(liable());
	consented = decide("money_adviser", "money_advice", 0, liable(), "council_tax_balance").agreement;
	assert_non_null(consented);
	rest_on_consent(consented);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	arena_release(&arena);
	borough_drop(&b);
	return 0;
}

static enum status flag(int64_t resident_id, enum flag_kind kind, const char *about, bool holds)
{
	const struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	const struct rights_flag order = {.kind = kind,
					  .about = text_of(about),
					  .holds = holds,
					  .reason = TEXT("letter of Aisha Mohammed, 3 March"),
					  .by = TEXT("officer")};
	assert_ok(store_begin(b.desk, &e), &e);
	enum status status = rights_flag_do(&order, &parts, resident_id, &e);
	if (status == STATUS_OK)
		assert_ok(store_commit(b.desk, &e), &e);
	store_rollback(b.desk);
	bool stale;
	struct error other;
	assert_ok(policy_is_stale(b.policy, b.desk, b.data, &stale, &other), &other);
	assert_int_equal(stale, status == STATUS_OK); /* so the next request loads it */
	assert_ok(policy_load(b.policy, b.data, b.desk, &other), &other);
	return status;
}

static enum status open_as(struct disclosure_resident *out, const char *role, const char *purpose, int64_t id)
{
	struct viewer viewer = borough_viewer(&b, role, purpose);
	struct disclosure_question question = {.viewer = &viewer, .subject_id = id, .on = DATE_UNKNOWN};
	enum status status = disclosure_open_resident(out, b.door, &question, &arena, &e);
	if (!status)
		assert_ok(disclosure_wait(out->ticket, &e), &e);
	return status;
}

/* Whether ID is among those that are found: others may have a name like theirs. */
static size_t found(const char *role, const char *purpose, const char *words, int64_t id)
{
	struct viewer viewer = borough_viewer(&b, role, purpose);
	struct disclosure_search search = {.viewer = &viewer, .query = text_of(words), .on = DATE_UNKNOWN, .most = 20};
	struct disclosure_finding out;
	assert_ok(disclosure_find(&out, b.door, &search, &arena, &e), &e);
	assert_ok(disclosure_wait(out.ticket, &e), &e);
	size_t count = 0;
	for (size_t i = 0; i < out.count; i++)
		count += out.at[i].person.resident_id == id;
	return count;
}

static size_t members(const char *role, const char *purpose)
{
	struct viewer viewer = borough_viewer(&b, role, purpose);
	struct disclosure_household out;
	struct disclosure_question question = {.viewer = &viewer, .subject_id = 5001, .on = DATE_UNKNOWN};
	assert_ok(disclosure_open_household(&out, b.door, &question, &arena, &e), &e);
	assert_ok(disclosure_wait(out.ticket, &e), &e);
	return out.household.member_count;
}

/* ---- what each does ------------------------------------------------------------------------------------ */

static void an_objection_takes_the_resident_out_of_its_purpose(void **state)
{
	(void)state;
	struct disclosure_resident out;
	size_t before = members("early_help_worker", "early_help");
	assert_ok(open_as(&out, "early_help_worker", "early_help", 1001), &e);
	assert_int_equal(found("early_help_worker", "early_help", "aisha mohammed", 1001), 1);
	assert_ok(flag(1001, FLAG_OBJECTION, "early_help", true), &e);
	assert_int_equal(open_as(&out, "early_help_worker", "early_help", 1001), STATUS_REFUSED);
	assert_string_equal(e.code, "disclosure.flagged");
	assert_non_null(strstr(e.message, "objected"));
	assert_int_equal(found("early_help_worker", "early_help", "aisha mohammed", 1001), 0);
	assert_int_equal(members("early_help_worker", "early_help"), before - 1);
	assert_int_equal(decide("early_help_worker", "early_help", 1001, liable(), "council_tax_balance").rule,
			 POLICY_RULE_OBJECTION);
	assert_ok(open_as(&out, "social_worker", "safeguarding", 1001), &e); /* another purpose */
	assert_ok(open_as(&out, "early_help_worker", "early_help", 1002), &e);
	assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM audit_entry WHERE outcome = 'refused' AND detail = "
					    "'objection' AND subject_id = 1001"),
			 1);
	assert_ok(flag(1001, FLAG_OBJECTION, "early_help", false), &e);
	assert_ok(open_as(&out, "early_help_worker", "early_help", 1001), &e);
}

static void restricted_processing_leaves_storage_and_rights(void **state)
{
	(void)state;
	struct disclosure_resident out;
	assert_ok(flag(1001, FLAG_RESTRICTION, "", true), &e);
	assert_int_equal(open_as(&out, "social_worker", "safeguarding", 1001), STATUS_REFUSED);
	assert_int_equal(open_as(&out, "data_protection_officer", "audit", 1001), STATUS_REFUSED);
	assert_int_equal(found("social_worker", "safeguarding", "aisha mohammed", 1001), 0);
	assert_ok(open_as(&out, "data_protection_officer", "residents_rights", 1001), &e);
	assert_int_equal(test_query(b.data, "SELECT COUNT(*) FROM resident_record WHERE resident_id = 1001"), 2);
}

/* To whom the resident is protected as well, nothing is said: not even that there is a flag. */
static void a_flag_tells_nothing_of_the_protected(void **state)
{
	(void)state;
	struct disclosure_resident out;
	assert_ok(flag(1003, FLAG_RESTRICTION, "", true), &e);
	assert_int_equal(open_as(&out, "early_help_worker", "early_help", 1003), STATUS_NOT_FOUND);
	assert_int_equal(open_as(&out, "social_worker", "safeguarding", 1003), STATUS_REFUSED);
}

static bool shows(const struct disclosure_resident *answer, const char *element)
{
	for (size_t r = 0; r < answer->row_count; r++)
		for (size_t v = 0; v < answer->rows[r].value_count; v++)
			if (text_is(answer->rows[r].values[v].element->id, element) &&
			    !answer->rows[r].values[v].withheld)
				return true;
	return false;
}

static void consent_opens_its_agreement_and_no_other(void **state)
{
	(void)state;
	struct disclosure_resident out;
	enum status status = open_as(&out, "money_adviser", "money_advice", 1005);
	assert_true(status == STATUS_NOT_FOUND || !shows(&out, "council_tax_balance"));
	assert_int_equal(decide("money_adviser", "money_advice", 1005, liable(), "council_tax_balance").rule,
			 POLICY_RULE_CONSENT);
	assert_ok(flag(1005, FLAG_CONSENT, consented->id.at, true), &e);
	assert_ok(open_as(&out, "money_adviser", "money_advice", 1005), &e);
	assert_true(shows(&out, "council_tax_balance"));
	assert_int_equal(decide("money_adviser", "money_advice", 1001, liable(), "council_tax_balance").rule,
			 POLICY_RULE_CONSENT);
	assert_ok(flag(1005, FLAG_CONSENT, consented->id.at, false), &e); /* withdrawn */
	status = open_as(&out, "money_adviser", "money_advice", 1005);
	assert_true(status == STATUS_NOT_FOUND || !shows(&out, "council_tax_balance"));
}

/* A name that only consent opens is no name to search by. */
static void nobody_is_found_by_what_they_must_consent_to(void **state)
{
	(void)state;
	const char *name = "john paul o'brien-smith";
	const struct profile_agreement *index = profile_agreement(b.profile, TEXT("residents_index"));
	assert_int_equal(found("money_adviser", "money_advice", name, 1005), 1);
	rest_on_consent(index);
	assert_int_equal(found("money_adviser", "money_advice", name, 1005), 0);
	assert_ok(flag(1001, FLAG_CONSENT, index->id.at, true), &e);
	assert_int_equal(found("money_adviser", "money_advice", name, 1005), 0);
}

static void explaining_says_so(void **state)
{
	(void)state;
	struct policy_reason *reasons;
	size_t count;
	struct viewer viewer = borough_viewer(&b, "early_help_worker", "early_help");
	assert_ok(flag(1001, FLAG_OBJECTION, "early_help", true), &e);
	const struct policy_bounds bounds = policy_bounds_of(b.policy, POLICY_RESIDENT, 1001);
	struct policy_question question = {&viewer, &bounds, profile_element(b.profile, TEXT("tenure")), date_today()};
	policy_explain(&reasons, &count, b.policy, &question, &arena);
	assert_true(count > 0);
	assert_non_null(strstr(reasons[0].words.at, "objected"));
	question.bounds = NULL; /* of no resident */
	policy_explain(&reasons, &count, b.policy, &question, &arena);
	assert_null(strstr(reasons[0].words.at, "objected"));
}

/* ---- wherever the records go ------------------------------------------------------------------------------ */

static void move(const char *source, const char *client, int64_t to)
{
	char key[100], sql[300];
	snprintf(key, sizeof key, "%s\x1f%s", source, client);
	snprintf(sql, sizeof sql,
		 "UPDATE resident_record SET resident_id = %lld WHERE record_id = (SELECT record_id FROM record WHERE "
		 "client_hash = %lld)",
		 (long long)to, (long long)vault_hash64(b.vault, VAULT_CLIENT, text_of(key)));
	assert_ok(store_execute(b.data, sql, &e), &e);
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
}

static void flags_follow_the_records_through_a_split(void **state)
{
	(void)state;
	assert_ok(flag(1001, FLAG_OBJECTION, "early_help", true), &e);
	move("council_tax", "L1", 1009);
	assert_true(policy_bounds_of(b.policy, POLICY_RESIDENT, 1001).objections != 0);
	assert_true(policy_bounds_of(b.policy, POLICY_RESIDENT, 1009).objections != 0);
	assert_ok(flag(1009, FLAG_OBJECTION, "early_help", false), &e); /* for one of the two */
	assert_true(policy_bounds_of(b.policy, POLICY_RESIDENT, 1001).objections != 0);
	assert_true(policy_bounds_of(b.policy, POLICY_RESIDENT, 1009).objections == 0);
	move("council_tax", "L1", 1001); /* and joined again: the stricter */
	assert_true(policy_bounds_of(b.policy, POLICY_RESIDENT, 1001).objections != 0);
}

static void of_two_that_are_merged_the_stricter_wins(void **state)
{
	(void)state;
	assert_ok(flag(1005, FLAG_RESTRICTION, "", true), &e);
	assert_ok(flag(1001, FLAG_CONSENT, consented->id.at, true), &e);
	struct policy_bounds bounds = policy_bounds_of(b.policy, POLICY_RESIDENT, 1001);
	assert_true(policy_has_consent(b.policy, &bounds, consented));
	move("council_tax", "L2", 1001);
	bounds = policy_bounds_of(b.policy, POLICY_RESIDENT, 1001);
	assert_true(bounds.restricted);
	assert_false(policy_has_consent(b.policy, &bounds, consented)); /* nobody gave it for L2 */
	assert_false(policy_may_count(b.policy, &bounds, profile_purpose(b.profile, TEXT("early_help")), consented));
	move("council_tax", "L2", 1005);
	bounds = policy_bounds_of(b.policy, POLICY_RESIDENT, 1001);
	assert_false(bounds.restricted);
	assert_true(policy_has_consent(b.policy, &bounds, consented));
}

/* Whoever withdrew consent has, though the record they withdrew it for is of a source that the agreement leaves out. */
static void consent_withdrawn_for_one_record_is_withdrawn(void **state)
{
	(void)state;
	assert_ok(flag(1002, FLAG_CONSENT, consented->id.at, true), &e);
	assert_ok(flag(1002, FLAG_CONSENT, consented->id.at, false), &e);
	assert_ok(flag(1005, FLAG_CONSENT, consented->id.at, true), &e);
	move("childrens_social_care", "K1", 1005);
	struct policy_bounds bounds = policy_bounds_of(b.policy, POLICY_RESIDENT, 1005);
	assert_false(policy_has_consent(b.policy, &bounds, consented));
}

/* ---- acts --------------------------------------------------------------------------------------------------- */

static void acts_are_kept_with_sealed_reasons(void **state)
{
	(void)state;
	size_t count;
	struct rights_flag *flags;
	const struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	assert_ok(flag(1001, FLAG_OBJECTION, "early_help", true), &e);
	assert_int_equal(flag(1001, FLAG_OBJECTION, "early_help", true), STATUS_CONFLICT);
	assert_int_equal(flag(1001, FLAG_RESTRICTION, "", false), STATUS_CONFLICT);
	assert_int_equal(flag(1001, FLAG_OBJECTION, "residents_rights", true), STATUS_INVALID);
	assert_int_equal(flag(1001, FLAG_CONSENT, "no_such_agreement", true), STATUS_INVALID);
	assert_int_equal(flag(4242, FLAG_RESTRICTION, "", true), STATUS_NOT_FOUND);
	assert_ok(flag(1001, FLAG_OBJECTION, "early_help", false), &e);
	assert_ok(rights_flags(&flags, &count, &parts, 1001, &arena, &e), &e);
	assert_int_equal(count, 2);
	assert_true(flags[0].current && !flags[0].holds && !flags[1].current && flags[1].holds);
	assert_true(text_is(flags[0].reason, "letter of Aisha Mohammed, 3 March"));
	assert_true(text_is(flags[0].by, "officer"));
	assert_int_equal(test_query(b.desk, "SELECT COUNT(*) FROM flag_act WHERE length(reason_sealed) < 40"), 0);
}

/* A purpose that the profile no longer has was something: it counts against all. */
static void an_objection_that_nobody_can_explain_hides_from_all(void **state)
{
	(void)state;
	struct disclosure_resident out;
	assert_ok(flag(1001, FLAG_OBJECTION, "early_help", true), &e);
	assert_ok(store_execute(b.desk, "UPDATE flag_act SET about = 'a_former_purpose'", &e), &e);
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	assert_int_equal(open_as(&out, "social_worker", "safeguarding", 1001), STATUS_REFUSED);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(an_objection_takes_the_resident_out_of_its_purpose),
		CASE(restricted_processing_leaves_storage_and_rights),
		CASE(a_flag_tells_nothing_of_the_protected),
		CASE(consent_opens_its_agreement_and_no_other),
		CASE(nobody_is_found_by_what_they_must_consent_to),
		CASE(explaining_says_so),
		CASE(flags_follow_the_records_through_a_split),
		CASE(of_two_that_are_merged_the_stricter_wins),
		CASE(consent_withdrawn_for_one_record_is_withdrawn),
		CASE(acts_are_kept_with_sealed_reasons),
		CASE(an_objection_that_nobody_can_explain_hides_from_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
