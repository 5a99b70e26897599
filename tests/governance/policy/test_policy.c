#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "policy/account.h"
#include "policy/policy.h"
#include "policy/standing.h"

#include <pthread.h>
#include <stdatomic.h>

static struct test_database db;
static struct store *data, *desk;
static struct profile *profile;
static struct policy *policy;
static struct error e;
static date today; /* set by make(), in force for housing_sharing */

static int make(void **state)
{
	(void)state;
	char path[400];
	test_database_make(&db);
	data = test_database_open(&db, STORE_DATA);
	desk = test_database_open(&db, STORE_DESK);
	snprintf(path, sizeof path, "%s/tests/data/profiles/policy", getenv("ONEVIEW_SOURCE"));
	assert_ok(profile_load(&profile, path, &e), &e);
	assert_ok(policy_open(&policy, profile, &e), &e);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	today = date_of(2025, 6, 1);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	policy_close(policy);
	profile_free(profile);
	store_close(data);
	store_close(desk);
	test_database_drop(&db);
	return 0;
}

static struct viewer viewer_of(const char *role, const char *team, const char *purpose)
{
	return (struct viewer){
		.user_id = 1,
		.username = TEXT("somebody"),
		.role = role ? profile_role(profile, text_of(role)) : NULL,
		.team = team ? profile_team(profile, text_of(team)) : NULL,
		.purpose = purpose ? profile_purpose(profile, text_of(purpose)) : NULL,
	};
}

static struct policy_decision decide(const struct viewer *viewer, const char *feed, const char *element, date on)
{
	const struct policy_grid *grid = policy_grid(policy, viewer, on);
	struct policy_decision decision = element ? policy_decide(grid, profile_feed(profile, text_of(feed)),
								  profile_element(profile, text_of(element)))
						  : policy_decide_presence(grid, profile_feed(profile, text_of(feed)));
	policy_grid_done(grid);
	return decision;
}

static void test_each_value_by_its_agreement(void **state)
{
	(void)state;
	static const struct {
		const char *role, *team, *purpose, *feed, *element;
		const char *on;
		enum policy_verdict verdict;
		enum policy_rule rule;
		const char *agreement, *clause;
	} cases[] = {
		/* what the agreement gives, with its clause */
		{"officer", "options", "homelessness", "tenancies", "tenure", "2025-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.1"},
		{"officer", "options", "homelessness", "tenancies", "full_name", "2025-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.1"},
		{"officer", "options", "homelessness", "tenancies", "vulnerable", "2025-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.2"},
		{"officer", "options", "homelessness", "tenancies", "caution", "2025-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.2"},
		/* first and last day, and the days beside them */
		{"officer", "options", "homelessness", "tenancies", "tenure", "2024-04-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.1"},
		{"officer", "options", "homelessness", "tenancies", "tenure", "2026-03-31", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.1"},
		{"officer", "options", "homelessness", "tenancies", "tenure", "2024-03-31", POLICY_REFUSE,
		 POLICY_RULE_AGREEMENT_ENDED, "housing_sharing", "4.1"},
		{"officer", "options", "homelessness", "tenancies", "tenure", "2026-04-01", POLICY_REFUSE,
		 POLICY_RULE_AGREEMENT_ENDED, "housing_sharing", "4.1"},
		/* an element that no running agreement covers */
		{"officer", "options", "homelessness", "tenancies", "balance", "2025-06-01", POLICY_REDACT,
		 POLICY_RULE_AGREEMENT_ENDED, "older_sharing", NULL},
		{"officer", NULL, "homelessness", "tenancies", "balance", "2023-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "older_sharing", NULL},
		/* registered for statistics only, though an agreement covers it */
		{"officer", "options", "homelessness", "tenancies", "ethnicity", "2025-06-01", POLICY_REDACT,
		 POLICY_RULE_NOT_FOR_DISPLAY, NULL, NULL},
		/* a protected characteristic: for monitoring, unless the agreement says otherwise */
		{"officer", "options", "homelessness", "tenancies", "religion", "2025-06-01", POLICY_REDACT,
		 POLICY_RULE_MONITORING, "housing_sharing", "4.1"},
		{"officer", "options", "homelessness", "tenancies", "language", "2025-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.2"},
		/* only that the service knows the resident */
		{"officer", "options", "homelessness", "cases", NULL, "2025-06-01", POLICY_ALLOW, POLICY_RULE_AGREEMENT,
		 "housing_sharing", "4.3"},
		{"officer", "options", "homelessness", "cases", "case_status", "2025-06-01", POLICY_REDACT,
		 POLICY_RULE_NO_AGREEMENT, NULL, NULL},
		/* another role, team, purpose, or none */
		{"refuge_worker", "options", "homelessness", "tenancies", "tenure", "2025-06-01", POLICY_REFUSE,
		 POLICY_RULE_NO_AGREEMENT, NULL, NULL},
		{"officer", "refuge", "homelessness", "tenancies", "tenure", "2025-06-01", POLICY_REFUSE,
		 POLICY_RULE_NO_AGREEMENT, NULL, NULL},
		{"officer", NULL, "homelessness", "tenancies", "tenure", "2025-06-01", POLICY_REFUSE,
		 POLICY_RULE_NO_AGREEMENT, NULL, NULL},
		{"officer", "options", "pandemic", "tenancies", "tenure", "2025-06-01", POLICY_REFUSE,
		 POLICY_RULE_NO_AGREEMENT, NULL, NULL},
		{"officer", "options", "fraud", "tenancies", "tenure", "2025-06-01", POLICY_REFUSE,
		 POLICY_RULE_OTHER_PURPOSE, NULL, NULL},
		{"officer", "options", NULL, "tenancies", "tenure", "2025-06-01", POLICY_REFUSE, POLICY_RULE_NO_PURPOSE,
		 NULL, NULL},
		{NULL, NULL, NULL, "tenancies", "tenure", "2025-06-01", POLICY_REFUSE, POLICY_RULE_NO_AGREEMENT, NULL,
		 NULL},
		/* a role that works without names */
		{"analyst", "options", "homelessness", "tenancies", "tenure", "2025-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "housing_sharing", "4.1"},
		{"analyst", "options", "homelessness", "tenancies", "full_name", "2025-06-01", POLICY_REDACT,
		 POLICY_RULE_NO_NAMES, NULL, NULL},
		/* the compartment */
		{"officer", "options", "pandemic", "shielding", "shielding_since", "2025-06-01", POLICY_ALLOW,
		 POLICY_RULE_AGREEMENT, "pandemic", NULL},
		{"officer", "options", "homelessness", "shielding", "shielding_since", "2025-06-01", POLICY_REFUSE,
		 POLICY_RULE_NO_AGREEMENT, NULL, NULL},
		/* an element that the feed does not have */
		{"officer", "options", "homelessness", "tenancies", "shielding_since", "2025-06-01", POLICY_REFUSE,
		 POLICY_RULE_NO_AGREEMENT, NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct viewer viewer = viewer_of(cases[i].role, cases[i].team, cases[i].purpose);
		date on;
		assert_true(date_parse_iso(text_of(cases[i].on), &on));
		struct policy_decision got = decide(&viewer, cases[i].feed, cases[i].element, on);
		if (got.verdict != cases[i].verdict || got.rule != cases[i].rule)
			fail_msg("case %zu (%s): verdict %d, rule %d", i, cases[i].element, got.verdict, got.rule);
		if (cases[i].agreement)
			assert_true(text_is(got.agreement->id, cases[i].agreement));
		else
			assert_null(got.agreement);
		if (cases[i].clause)
			assert_true(text_is(got.cover->clause, cases[i].clause));
		assert_true(got.rule == POLICY_RULE_NONE || *policy_rule_text(got.rule));
	}
}

/* The profile's check refuses such an agreement; if one came in all the same, it must give nothing. */
static void test_special_categories_need_a_condition(void **state)
{
	(void)state;
	struct profile_agreement *agreement =
		(struct profile_agreement *)(uintptr_t)profile_agreement(profile, TEXT("housing_sharing"));
	struct viewer viewer = viewer_of("officer", "options", "homelessness");
	agreement->special_condition = TEXT_ABSENT;
	assert_int_equal(decide(&viewer, "tenancies", "vulnerable", today).rule, POLICY_RULE_SPECIAL_CATEGORY);
	assert_int_not_equal(decide(&viewer, "tenancies", "vulnerable", today).verdict, POLICY_ALLOW);
	assert_int_equal(decide(&viewer, "tenancies", "caution", today).verdict, POLICY_ALLOW);
	agreement->criminal_condition = TEXT_ABSENT;
	assert_int_equal(decide(&viewer, "tenancies", "caution", today + 1).rule, POLICY_RULE_CRIMINAL);
	assert_int_equal(decide(&viewer, "tenancies", "tenure", today + 1).verdict, POLICY_ALLOW);
	agreement = (struct profile_agreement *)(uintptr_t)profile_agreement(profile, TEXT("pandemic"));
	viewer = viewer_of("officer", "options", "pandemic");
	agreement->compartment = TEXT_ABSENT;
	assert_int_equal(decide(&viewer, "shielding", "shielding_since", today).rule, POLICY_RULE_COMPARTMENT);
}

static struct policy_decision use(const char *agreement, const char *feed, const char *element, enum element_use how,
				  date on)
{
	return policy_may_use(policy, agreement ? profile_agreement(profile, text_of(agreement)) : NULL,
			      profile_feed(profile, text_of(feed)), profile_element(profile, text_of(element)), how,
			      on);
}

static void test_each_use_by_its_agreement(void **state)
{
	(void)state;
	static const struct {
		const char *agreement, *feed, *element;
		enum element_use use;
		const char *on;
		enum policy_rule rule;
	} cases[] = {
		/* without `uses`: what the element is registered for, and nothing else */
		{NULL, "tenancies", "tenure", USE_DISPLAY, "2025-06-01", POLICY_RULE_AGREEMENT},
		{NULL, "tenancies", "tenure", USE_MODELLING, "2025-06-01", POLICY_RULE_AGREEMENT},
		{NULL, "tenancies", "tenure", USE_MONITORING, "2025-06-01", POLICY_RULE_OTHER_USE},
		{NULL, "tenancies", "vulnerable", USE_MODELLING, "2025-06-01", POLICY_RULE_OTHER_USE},
		/* protected characteristics */
		{NULL, "tenancies", "ethnicity", USE_MONITORING, "2025-06-01", POLICY_RULE_AGREEMENT},
		{NULL, "tenancies", "ethnicity", USE_MODELLING, "2025-06-01", POLICY_RULE_OTHER_USE},
		{NULL, "tenancies", "religion", USE_MONITORING, "2025-06-01", POLICY_RULE_AGREEMENT},
		{NULL, "tenancies", "religion", USE_DISPLAY, "2025-06-01", POLICY_RULE_MONITORING},
		{NULL, "tenancies", "language", USE_DISPLAY, "2025-06-01", POLICY_RULE_AGREEMENT},
		{NULL, "tenancies", "language", USE_MONITORING, "2025-06-01", POLICY_RULE_MONITORING},
		/* held: matched and modelled, not shown */
		{NULL, "cases", "case_status", USE_MODELLING, "2025-06-01", POLICY_RULE_AGREEMENT},
		{NULL, "cases", "case_status", USE_DISPLAY, "2025-06-01", POLICY_RULE_OTHER_USE},
		/* `uses` of the line is less than the registration */
		{NULL, "cases", "protected_marker", USE_DISPLAY, "2025-06-01", POLICY_RULE_AGREEMENT},
		{NULL, "cases", "protected_marker", USE_MODELLING, "2025-06-01", POLICY_RULE_OTHER_USE},
		/* by the one agreement only, on its days only */
		{"housing_sharing", "tenancies", "tenure", USE_MODELLING, "2025-06-01", POLICY_RULE_AGREEMENT},
		{"pandemic", "tenancies", "tenure", USE_MODELLING, "2025-06-01", POLICY_RULE_NO_AGREEMENT},
		{NULL, "tenancies", "balance", USE_DISPLAY, "2025-06-01", POLICY_RULE_AGREEMENT_ENDED},
		{NULL, "tenancies", "tenure", USE_MODELLING, "2026-04-01", POLICY_RULE_AGREEMENT_ENDED},
		{NULL, "tenancies", "shielding_since", USE_DISPLAY, "2025-06-01", POLICY_RULE_NO_AGREEMENT},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		date on;
		assert_true(date_parse_iso(text_of(cases[i].on), &on));
		struct policy_decision got = use(cases[i].agreement, cases[i].feed, cases[i].element, cases[i].use, on);
		if (got.rule != cases[i].rule ||
		    (got.verdict == POLICY_ALLOW) != (cases[i].rule == POLICY_RULE_AGREEMENT))
			fail_msg("case %zu (%s): verdict %d, rule %d", i, cases[i].element, got.verdict, got.rule);
	}
}

static int64_t account_of(const char *name)
{
	int64_t id;
	struct account account = {.username = text_of(name), .display_name = text_of(name), .role = TEXT("officer")};
	assert_ok(account_create(desk, &account, TEXT("a long pass phrase 17"), &id, &e), &e);
	return id;
}

static enum status propose(enum agreement_action action, int64_t by, int64_t *id)
{
	struct agreement_proposal proposal = {.agreement = TEXT("housing_sharing"),
					      .action = action,
					      .reason = TEXT("The purpose is fulfilled"),
					      .proposed_by = by};
	return agreement_propose(desk, &proposal, id, &e);
}

static enum status answer(int64_t id, int64_t by, bool confirm)
{
	struct arena arena;
	struct agreement_proposal proposal;
	arena_init(&arena, 1 << 20);
	enum status status = agreement_proposal_get(desk, id, &arena, &proposal, &e);
	assert_ok(store_begin(desk, &e), &e);
	struct error told = {0};
	if (status == STATUS_OK)
		status = agreement_answer(desk, &proposal, by, confirm, &told);
	if (status == STATUS_OK)
		assert_ok(store_commit(desk, &e), &e);
	else
		e = told;
	store_rollback(desk);
	arena_release(&arena);
	return status;
}

static enum policy_rule rule_now(const char *element)
{
	struct viewer viewer = viewer_of("officer", "options", "homelessness");
	bool stale;
	assert_ok(policy_is_stale(policy, desk, NULL, &stale, &e), &e);
	if (stale) /* as every request does */
		assert_ok(policy_load(policy, data, desk, &e), &e);
	return decide(&viewer, "tenancies", element, today).rule;
}

static void test_an_ended_agreement_ends_at_the_next_request(void **state)
{
	(void)state;
	struct viewer viewer = viewer_of("officer", "options", "homelessness");
	int64_t first = account_of("first"), second = account_of("second"), id;
	const struct policy_grid *before = policy_grid(policy, &viewer, today);
	uint32_t standings = policy_standings(policy);
	assert_true(policy_may_hold(policy, profile_feed(profile, TEXT("tenancies")),
				    profile_element(profile, TEXT("tenure")), today));
	assert_ok(propose(AGREEMENT_TO_END, first, &id), &e);
	assert_int_equal(rule_now("tenure"), POLICY_RULE_AGREEMENT);
	assert_ok(answer(id, second, true), &e);
	assert_int_equal(rule_now("tenure"), POLICY_RULE_AGREEMENT_ENDED);
	assert_int_equal(decide(&viewer, "tenancies", "tenure", today).verdict, POLICY_REFUSE);
	/* all three gates */
	assert_int_equal(use(NULL, "tenancies", "tenure", USE_MODELLING, today).rule, POLICY_RULE_AGREEMENT_ENDED);
	assert_false(policy_may_hold(policy, profile_feed(profile, TEXT("tenancies")),
				     profile_element(profile, TEXT("tenure")), today));
	assert_int_not_equal(policy_standings(policy), standings);
	/* A request that is under way keeps the answers it began with. */
	assert_int_equal(policy_decide(before, profile_feed(profile, TEXT("tenancies")),
				       profile_element(profile, TEXT("tenure")))
				 .verdict,
			 POLICY_ALLOW);
	policy_grid_done(before);
	/* It does not come back. */
	assert_int_equal(propose(AGREEMENT_TO_REINSTATE, first, &id), STATUS_REFUSED);
	assert_int_equal(propose(AGREEMENT_TO_SUSPEND, first, &id), STATUS_REFUSED);
}

static void test_two_persons_change_an_agreement(void **state)
{
	(void)state;
	int64_t first = account_of("first"), second = account_of("second"), id, other;
	const struct profile_agreement *agreement = profile_agreement(profile, TEXT("housing_sharing"));
	assert_int_equal(propose(AGREEMENT_TO_REINSTATE, first, &id), STATUS_REFUSED);
	assert_ok(propose(AGREEMENT_TO_SUSPEND, first, &id), &e);
	assert_int_equal(propose(AGREEMENT_TO_END, second, &other), STATUS_CONFLICT);
	assert_int_equal(answer(id, first, true), STATUS_REFUSED);
	assert_string_equal(e.code, "policy.same_person");
	assert_int_equal(rule_now("tenure"), POLICY_RULE_AGREEMENT);
	assert_ok(answer(id, second, true), &e);
	assert_int_equal(rule_now("tenure"), POLICY_RULE_AGREEMENT_ENDED);
	assert_int_equal(policy_agreement_standing(policy, agreement), STANDING_SUSPENDED);
	assert_int_equal(answer(id, second, true), STATUS_REFUSED);
	assert_string_equal(e.code, "policy.answered");
	assert_int_equal(propose(AGREEMENT_TO_SUSPEND, second, &id), STATUS_REFUSED);
	/* turned down, then taken back by whoever asked: nothing changes */
	assert_ok(propose(AGREEMENT_TO_REINSTATE, second, &id), &e);
	assert_ok(answer(id, first, false), &e);
	assert_ok(propose(AGREEMENT_TO_REINSTATE, second, &id), &e);
	assert_ok(answer(id, second, false), &e);
	assert_int_equal(rule_now("tenure"), POLICY_RULE_AGREEMENT_ENDED);
	assert_ok(propose(AGREEMENT_TO_REINSTATE, second, &id), &e);
	assert_ok(answer(id, first, true), &e);
	assert_int_equal(rule_now("tenure"), POLICY_RULE_AGREEMENT);
	assert_int_equal(policy_agreement_standing(policy, agreement), STANDING_AS_WRITTEN);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM agreement_proposal WHERE confirmed = 1"), 2);
}

static bool may_know(const struct viewer *viewer, enum policy_subject kind, int64_t id, bool *address)
{
	const struct policy_grid *grid = policy_grid(policy, viewer, today);
	const struct policy_bounds bounds = policy_bounds_of(policy, kind, id);
	bool known = policy_may_know_of(grid, &bounds);
	*address = policy_may_know_address(grid, bounds.restrictions);
	policy_grid_done(grid);
	return known;
}

static void test_the_protected_are_not_there(void **state)
{
	(void)state;
	struct viewer officer = viewer_of("officer", "options", "homelessness"),
		      refuge_worker = viewer_of("refuge_worker", NULL, "homelessness"),
		      refuge_team = viewer_of("officer", "refuge", "homelessness");
	const struct policy_mark marks[] = {
		{POLICY_RESIDENT, 7, TEXT("protected"), DATE_UNKNOWN},
		{POLICY_RESIDENT, 8, TEXT("refuge"), DATE_UNKNOWN},
		{POLICY_PROPERTY, 8, TEXT("protected"), DATE_UNKNOWN},
		{POLICY_RESIDENT, 9, TEXT("protected"), DATE_UNKNOWN},
		{POLICY_RESIDENT, 9, TEXT("refuge"), DATE_UNKNOWN},
		{POLICY_RESIDENT, 10, TEXT("no_longer_in_the_profile"), DATE_UNKNOWN},
	};
	bool stale, address;
	assert_ok(store_begin(data, &e), &e);
	assert_ok(policy_replace_marks(data, marks, 6, &e), &e);
	assert_ok(store_commit(data, &e), &e);
	assert_ok(policy_is_stale(policy, desk, data, &stale, &e), &e);
	assert_true(stale);
	assert_ok(policy_load(policy, data, desk, &e), &e);

	static const struct {
		int viewer; /* 0 officer, 1 refuge worker, 2 officer in the refuge's team */
		enum policy_subject kind;
		int64_t id;
		bool known, address;
	} cases[] = {
		{0, POLICY_RESIDENT, 1, true, true},    {0, POLICY_RESIDENT, 7, false, false},
		{1, POLICY_RESIDENT, 7, true, true},    {2, POLICY_RESIDENT, 7, false, false},
		{0, POLICY_RESIDENT, 8, true, false},   {2, POLICY_RESIDENT, 8, true, true},
		{0, POLICY_PROPERTY, 8, false, false},  {0, POLICY_PROPERTY, 7, true, true},
		{1, POLICY_RESIDENT, 9, true, false},   {2, POLICY_RESIDENT, 9, false, false},
		{1, POLICY_RESIDENT, 10, false, false},
	};
	const struct viewer *viewers[] = {&officer, &refuge_worker, &refuge_team};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool known = may_know(viewers[cases[i].viewer], cases[i].kind, cases[i].id, &address);
		if (known != cases[i].known || address != cases[i].address)
			fail_msg("case %zu: known %d, address %d", i, known, address);
	}
}

static void test_people_set_and_lift_marks(void **state)
{
	(void)state;
	struct viewer officer = viewer_of("officer", "options", "homelessness");
	struct policy_mark mark = {POLICY_RESIDENT, 55, TEXT("protected"), DATE_UNKNOWN};
	bool address, stale;
	assert_ok(policy_set_mark(desk, &mark, TEXT("manager"), &e), &e);
	assert_ok(policy_set_mark(desk, &mark, TEXT("manager"), &e), &e);
	assert_ok(policy_is_stale(policy, desk, NULL, &stale, &e), &e);
	assert_true(stale);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_false(may_know(&officer, POLICY_RESIDENT, 55, &address));
	/* A refresh derives its own marks anew and leaves those of people. */
	assert_ok(store_begin(data, &e), &e);
	assert_ok(policy_replace_marks(data, NULL, 0, &e), &e);
	assert_ok(store_commit(data, &e), &e);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_false(may_know(&officer, POLICY_RESIDENT, 55, &address));
	assert_ok(policy_lift_mark(desk, &mark, TEXT("manager"), &e), &e);
	assert_int_equal(policy_lift_mark(desk, &mark, TEXT("manager"), &e), STATUS_NOT_FOUND);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_true(may_know(&officer, POLICY_RESIDENT, 55, &address));
	assert_int_equal(test_query(desk, "SELECT count(*) FROM restriction_ruling WHERE lifted_by = 'manager'"), 1);
}

/* A thread that read before a mark was set comes to its end after one that read it. */
static void test_a_slow_load_takes_nothing_back(void **state)
{
	(void)state;
	struct viewer officer = viewer_of("officer", "options", "homelessness");
	struct policy_mark mark = {POLICY_RESIDENT, 56, TEXT("protected"), DATE_UNKNOWN};
	struct store *slow;
	bool address;
	assert_ok(store_open(&slow, db.address, STORE_DESK, STORE_READ, &e), &e);
	assert_ok(store_begin(slow, &e), &e);
	test_query(slow, "SELECT generation FROM policy_state");
	assert_ok(policy_set_mark(desk, &mark, TEXT("manager"), &e), &e);
	assert_ok(policy_load(policy, data, desk, &e), &e);
	assert_ok(policy_load(policy, data, slow, &e), &e);
	assert_false(may_know(&officer, POLICY_RESIDENT, 56, &address));
	/* With later marks from the feeds it has half of the truth: it is read again, and then given up. */
	assert_ok(store_begin(data, &e), &e);
	assert_ok(policy_replace_marks(data, NULL, 0, &e), &e);
	assert_ok(store_commit(data, &e), &e);
	assert_int_equal(policy_load(policy, data, slow, &e), STATUS_IO);
	assert_false(may_know(&officer, POLICY_RESIDENT, 56, &address));
	store_rollback(slow);
	assert_ok(policy_load(policy, data, slow, &e), &e);
	assert_false(may_know(&officer, POLICY_RESIDENT, 56, &address));
	store_close(slow);
}

static atomic_bool stop_asking;

static void *keep_asking(void *context)
{
	const struct viewer *viewer = context;
	const struct profile_feed *feed = profile_feed(profile, TEXT("tenancies"));
	const struct profile_element *element = profile_element(profile, TEXT("tenure"));
	uintptr_t wrong = 0;
	for (date on = today; !atomic_load(&stop_asking); on = on == today ? today + 1 : today) {
		const struct policy_grid *grid = policy_grid(policy, viewer, on);
		wrong += policy_decide(grid, feed, element).verdict != POLICY_ALLOW;
		const struct policy_bounds bounds = policy_bounds_of(policy, POLICY_RESIDENT, 1);
		wrong += !policy_may_know_of(grid, &bounds);
		policy_grid_done(grid);
	}
	return (void *)wrong;
}

/* Days and loads change while others ask: nobody is given a grid that is freed or half made. */
static void test_many_threads_ask_while_it_is_loaded(void **state)
{
	(void)state;
	struct viewer viewer = viewer_of("officer", "options", "homelessness");
	pthread_t threads[4];
	atomic_store(&stop_asking, false);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, keep_asking, &viewer), 0);
	for (int i = 0; i < 50; i++)
		assert_ok(policy_load(policy, data, desk, &e), &e);
	atomic_store(&stop_asking, true);
	for (int i = 0; i < 4; i++) {
		void *wrong;
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_each_value_by_its_agreement),
		ON_A_DATABASE(test_special_categories_need_a_condition),
		ON_A_DATABASE(test_each_use_by_its_agreement),
		ON_A_DATABASE(test_an_ended_agreement_ends_at_the_next_request),
		ON_A_DATABASE(test_two_persons_change_an_agreement),
		ON_A_DATABASE(test_the_protected_are_not_there),
		ON_A_DATABASE(test_people_set_and_lift_marks),
		ON_A_DATABASE(test_a_slow_load_takes_nothing_back),
		ON_A_DATABASE(test_many_threads_ask_while_it_is_loaded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
