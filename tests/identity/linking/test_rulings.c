/* What people ruled: settled, bound to, taken back, on either database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "support/borough.h"

#include "base/memory.h"
#include "linking/labels.h"
#include "linking/refresh.h"
#include "linking/review.h"
#include "linking/rulings.h"
#include "reading/reading.h"

static struct borough b;
static struct error e;

/* ---- settling: opinions in, what holds out --------------------------------------------------------- */

static const struct settling_case {
	const char *opinions; /* "user pair verdict[!]": pair of records a..d, '=' same, '/' different, '?' unsure, '!'
				 asks for a second opinion, '-' was taken back */
	const char *expected; /* "pair verdict state", by pair */
} settling_cases[] = {
	{"1ab=", "ab= holds"},
	{"1ab/", "ab/ holds"},
	{"1ab?", "ab? waiting"},
	{"1ab=-", "ab? open"},
	{"1ab=!", "ab= waiting"},
	{"1ab=! 2ab=", "ab= holds"},
	{"1ab? 2ab=", "ab= waiting"},
	{"1ab? 2ab= 3ab=", "ab= holds"},
	{"1ab=! 2ab/", "ab/ disagreed"},
	{"1ab=! 2ab/ 3ab=", "ab= holds"},
	{"1ab=! 2ab/ 3ab/", "ab/ holds"},
	{"1ab= 1bc=", "ab= holds bc= holds"},
	{"1ab= 1bc= 1ac/", "ab= holds ac/ contradicted bc= holds"},
	{"1ac/ 1ab= 1bc=", "ab= holds ac/ holds bc= contradicted"},
	{"1ab= 1bc=- 1ac/", "ab= holds ac/ holds bc? open"},
	{"1ab/ 1cd/ 1ac= 1bd=", "ab/ holds ac= holds bd= holds cd/ holds"},
	{"1ab/ 1ac= 1cd= 1bd=", "ab/ holds ac= holds bd= contradicted cd= holds"},
};

static void parse_opinions(struct rulings *rulings, const char *text)
{
	size_t capacity = 0;
	struct text rest = text_of(text), word;
	*rulings = (struct rulings){0};
	arena_init(&rulings->arena, 1 << 20);
	while (text_split(&rest, ' ', &word)) {
		char verdict = word.at[3], flag = word.len > 4 ? word.at[4] : ' ';
		ARRAY_GROW(rulings->opinions, rulings->count, capacity);
		rulings->opinions[rulings->count] = (struct ruling){.ruling_id = (int64_t)rulings->count + 1,
								    .user_id = word.at[0],
								    .a = {TEXT("housing"), word.at[1]},
								    .b = {TEXT("housing"), word.at[2]},
								    .verdict = verdict == '='   ? RULING_SAME
									       : verdict == '/' ? RULING_DIFFERENT
												: RULING_UNSURE,
								    .second = flag == '!',
								    .undone = flag == '-' ? 1 : INSTANT_UNKNOWN};
		rulings->count++;
	}
}

static void rulings_are_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof settling_cases / sizeof *settling_cases; i++) {
		struct rulings rulings;
		char out[300];
		size_t len = 0;
		parse_opinions(&rulings, settling_cases[i].opinions);
		rulings_settle(&rulings);
		for (size_t p = 0; p < rulings.pair_count; p++) {
			const struct ruled_pair *pair = &rulings.pairs[p];
			len += (size_t)snprintf(out + len, sizeof out - len, "%s%c%c%c %s", p ? " " : "",
						(char)pair->a.client, (char)pair->b.client, "=/?"[pair->verdict],
						ruling_state_name(pair->state));
			assert_int_equal(pair->state == RULING_CONTRADICTED, pair->against != 0);
		}
		assert_string_equal(out, settling_cases[i].expected);
		rulings_release(&rulings);
	}
}

/* ---- on the borough ------------------------------------------------------------------------------------- */

static int64_t query(const char *format, ...) PRINTF_LIKE(1, 2);
static int64_t query(const char *format, ...)
{
	char sql[400];
	va_list args;
	va_start(args, format);
	vsnprintf(sql, sizeof sql, format, args);
	va_end(args);
	return test_query(b.data, sql);
}

static int64_t record_of(const char *source, const char *client)
{
	char key[100];
	snprintf(key, sizeof key, "%s\x1f%s", source, client);
	return query("SELECT record_id FROM record WHERE client_hash = %lld",
		     (long long)vault_hash64(b.vault, VAULT_CLIENT, text_of(key)));
}

static int64_t resident_of(int64_t record)
{
	return query("SELECT resident_id FROM resident_record WHERE record_id = %lld", (long long)record);
}

static void link_all(int64_t run_id)
{
	struct linking_outcome outcome;
	struct reading *reading;
	struct rulings rulings;
	assert_ok(rulings_read(&rulings, b.desk, b.data, &e), &e);
	struct linking_settings settings = {0};
	struct linking_ruling *binding = rulings_binding(&rulings, &settings.ruling_count);
	settings.rulings = binding;
	assert_ok(reading_open(&reading, b.data, b.vault, b.profile, NULL, &e), &e);
	assert_ok(linking_refresh(reading, run_id, &settings, &outcome, &e), &e);
	reading_close(reading);
	assert_ok(rulings_after_run(&rulings, b.data, b.desk, run_id, &e), &e);
	free(binding);
	rulings_release(&rulings);
}

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	link_all(1);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	borough_drop(&b);
	return 0;
}

static int64_t rule(int64_t record_a, int64_t record_b, enum ruling_verdict verdict, int64_t user)
{
	struct arena arena;
	struct ruling ruling = {.user_id = user, .username = TEXT("reviewer"), .verdict = verdict, .probability = 0.5};
	int64_t id;
	arena_init(&arena, 1 << 16);
	assert_ok(ruling_end_of(&ruling.a, b.data, record_a, &arena, &e), &e);
	assert_ok(ruling_end_of(&ruling.b, b.data, record_b, &arena, &e), &e);
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(ruling_add(b.desk, &ruling, &id, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
	arena_release(&arena);
	return id;
}

static void take_back(int64_t ruling_id)
{
	assert_ok(ruling_undo(b.desk, ruling_id, TEXT("reviewer"), &e), &e);
	assert_int_equal(ruling_undo(b.desk, ruling_id, TEXT("reviewer"), &e), STATUS_CONFLICT);
}

static size_t apply(int64_t run_id)
{
	struct rulings rulings;
	struct ruling_change change;
	bool due;
	assert_ok(rulings_read(&rulings, b.desk, b.data, &e), &e);
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(store_begin(b.data, &e), &e);
	assert_ok(rulings_apply(&change, &rulings, b.data, b.desk, b.vault, run_id, &e), &e);
	assert_ok(store_commit(b.desk, &e), &e);
	assert_ok(store_commit(b.data, &e), &e);
	assert_ok(rulings_are_due(&due, &rulings, b.data, &e), &e);
	assert_false(due);
	free(change.residents);
	rulings_release(&rulings);
	return change.moved;
}

static void check_whole(void)
{
	assert_int_equal(
		query("SELECT COUNT(*) FROM resident_record m WHERE NOT EXISTS (SELECT 1 FROM resident r WHERE "
		      "r.resident_id = m.resident_id AND r.ended_run IS NULL)"),
		0);
	assert_int_equal(
		query("SELECT COUNT(*) FROM resident r WHERE r.ended_run IS NULL AND NOT EXISTS (SELECT 1 FROM "
		      "resident_record m WHERE m.resident_id = r.resident_id)"),
		0);
}

/* As if the evidence had linked it: so few records give no model to rely on. */
static void put_with(int64_t record, int64_t resident)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "DELETE FROM resident WHERE resident_id = %lld; UPDATE resident_record SET resident_id = %lld WHERE "
		 "record_id = %lld",
		 (long long)resident_of(record), (long long)resident, (long long)record);
	assert_ok(store_execute(b.data, sql, &e), &e);
}

static void different_separates_and_undo_joins_again(void **state)
{
	(void)state;
	int64_t tenant = record_of("housing", "P1"), payer = record_of("council_tax", "L1");
	int64_t before = resident_of(tenant);
	put_with(payer, before);
	int64_t ruling = rule(payer, tenant, RULING_DIFFERENT, 1);
	assert_int_equal(apply(2), 1);
	assert_int_not_equal(resident_of(tenant), resident_of(payer));
	assert_int_equal(query("SELECT COUNT(*) FROM resident_history WHERE run_id = 2 AND what = 'separated' AND "
			       "resident_id = %lld",
			       (long long)before),
			 1);
	check_whole();
	link_all(3); /* the evidence is as it was, and the ruling holds */
	assert_int_not_equal(resident_of(tenant), resident_of(payer));
	take_back(ruling);
	assert_int_equal(apply(4), 1);
	assert_int_equal(resident_of(tenant), before);
	assert_int_equal(resident_of(payer), before);
	check_whole();
}

static void same_joins_and_undo_brings_the_old_id_back(void **state)
{
	(void)state;
	int64_t daughter = record_of("childrens_social_care", "K1"), john = record_of("council_tax", "L2");
	int64_t hers = resident_of(daughter), his = resident_of(john);
	assert_int_not_equal(hers, his);
	int64_t ruling = rule(daughter, john, RULING_SAME, 1);
	assert_int_equal(apply(2), 1);
	assert_int_equal(resident_of(daughter), resident_of(john));
	int64_t kept = resident_of(john), gone = kept == his ? hers : his;
	assert_int_equal(query("SELECT other_resident_id FROM resident_history WHERE what = 'ended' AND resident_id = "
			       "%lld",
			       (long long)gone),
			 kept);
	check_whole();
	link_all(3);
	assert_int_equal(resident_of(daughter), kept);
	assert_int_equal(resident_of(john), kept);
	take_back(ruling);
	assert_int_equal(apply(4), 1);
	ruling = rule(daughter, john, RULING_SAME, 2); /* several in one run */
	assert_int_equal(apply(4), 1);
	take_back(ruling);
	assert_int_equal(apply(4), 1);
	assert_int_equal(resident_of(daughter), hers);
	assert_int_equal(resident_of(john), his);
	check_whole();
	struct arena arena;
	struct ruling_move *moves;
	size_t count;
	arena_init(&arena, 1 << 20);
	assert_ok(ruling_moves(&moves, &count, b.data, ruling, &arena, &e), &e);
	assert_int_equal(count, 2);
	assert_true(!moves[0].undone && moves[1].undone);
	arena_release(&arena);
}

static void a_second_opinion_is_waited_for(void **state)
{
	(void)state;
	int64_t daughter = record_of("childrens_social_care", "K1"), john = record_of("council_tax", "L2");
	rule(daughter, john, RULING_UNSURE, 1);
	assert_int_equal(apply(2), 0);
	rule(daughter, john, RULING_SAME, 2);
	assert_int_equal(apply(3), 0);
	rule(daughter, john, RULING_SAME, 2); /* the same person twice is one opinion */
	assert_int_equal(apply(4), 0);
	rule(daughter, john, RULING_SAME, 3);
	assert_int_equal(apply(5), 1);
}

static void protection_follows_the_records(void **state)
{
	(void)state;
	int64_t adopted = record_of("childrens_social_care", "K2"), john = record_of("council_tax", "L2");
	int64_t marks;
	assert_ok(restrictions_refresh(b.profile, b.data, date_of(2026, 3, 31), &marks, &e), &e);
	assert_ok(store_begin(b.desk, &e), &e);
	assert_ok(policy_set_mark(b.desk,
				  &(struct policy_mark){POLICY_RESIDENT, resident_of(adopted),
							b.profile->restrictions.at[0].id, DATE_UNKNOWN},
				  TEXT("manager"), &e),
		  &e);
	assert_ok(store_commit(b.desk, &e), &e);
	rule(adopted, john, RULING_SAME, 1);
	assert_int_equal(apply(2), 1);
	int64_t now = resident_of(john);
	assert_int_equal(resident_of(adopted), now);
	assert_true(query("SELECT COUNT(*) FROM restriction_mark WHERE subject_id = %lld", (long long)now) > 0);
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM restriction_ruling WHERE subject_id = %lld", (long long)now);
	assert_int_equal(test_query(b.desk, sql), 1);
	assert_ok(policy_load(b.policy, b.data, b.desk, &e), &e);
	assert_true(policy_restrictions_of(b.policy, POLICY_RESIDENT, now) != 0);
}

static void what_may_not_be_together_is_separated_last(void **state)
{
	(void)state;
	int64_t tenant = record_of("housing", "P1"), payer = record_of("council_tax", "L1");
	int64_t daughter = record_of("childrens_social_care", "K1");
	put_with(payer, resident_of(tenant));
	rule(tenant, daughter, RULING_SAME, 1);
	rule(payer, daughter, RULING_DIFFERENT, 1);
	apply(2);
	assert_int_equal(resident_of(tenant), resident_of(daughter));
	assert_int_not_equal(resident_of(payer), resident_of(daughter));
	check_whole();
}

/* ---- the queue -------------------------------------------------------------------------------------------- */

static void doubt(int64_t record_a, int64_t record_b, double probability)
{
	char sql[400];
	int64_t a = record_a < record_b ? record_a : record_b, c = record_a < record_b ? record_b : record_a;
	snprintf(sql, sizeof sql,
		 "DELETE FROM link WHERE record_a = %lld AND record_b = %lld; INSERT INTO link (record_a, record_b, "
		 "weight, probability, pattern, rule, status) VALUES (%lld, %lld, %f, %f, 0, 0, 'review')",
		 (long long)a, (long long)c, (long long)a, (long long)c, probability * 10 - 5, probability);
	assert_ok(store_execute(b.data, sql, &e), &e);
}

static void queue(struct review_item **items, size_t *count, struct arena *arena)
{
	assert_ok(review_refresh(b.data, b.profile, NULL, &e), &e);
	assert_ok(review_list(items, count, b.data, arena, &e), &e);
}

static void the_queue_puts_most_harm_first(void **state)
{
	(void)state;
	int64_t tenant = record_of("housing", "P1"), payer = record_of("council_tax", "L1");
	int64_t daughter = record_of("childrens_social_care", "K1"), john = record_of("council_tax", "L2");
	struct review_item *items;
	struct arena arena;
	size_t count;
	arena_init(&arena, 1 << 20);
	assert_ok(store_execute(b.data, "DELETE FROM link", &e), &e);
	put_with(payer, resident_of(tenant));
	doubt(tenant, payer, 0.6);  /* one resident: 0.4 wrong, one record */
	doubt(tenant, john, 0.5);   /* one record of council tax */
	doubt(payer, john, 0.3);    /* the same two residents: no question of its own */
	doubt(daughter, john, 0.5); /* one record, and children's social care is sensitive or council tax is not */
	queue(&items, &count, &arena);
	assert_int_equal(count, 3);
	for (size_t i = 1; i < count; i++)
		assert_true(items[i - 1].harm >= items[i].harm);
	const struct review_item *last = &items[2];
	assert_true(last->resident_a == last->resident_b);
	assert_int_equal(lround(last->harm * 10), 4 * (last->records + 2 * last->sensitive + 2 * last->household));
	for (size_t i = 0; i < count; i++) {
		if (items[i].record_a == john || items[i].record_b == john)
			assert_int_equal(items[i].pairs,
					 items[i].record_a == daughter || items[i].record_b == daughter ? 1 : 2);
		assert_true(items[i].source_a.len && items[i].source_b.len);
	}
	/* what has been ruled on is not asked again, and nothing of the two sides either */
	rule(tenant, john, RULING_DIFFERENT, 1);
	rule(tenant, payer, RULING_SAME, 1);
	apply(2);
	queue(&items, &count, &arena);
	assert_int_equal(count, 1);
	assert_true(items[0].record_a == daughter || items[0].record_b == daughter);
	arena_release(&arena);
}

/* ---- labels ------------------------------------------------------------------------------------------------- */

static void rulings_become_labels(void **state)
{
	(void)state;
	int64_t daughter = record_of("childrens_social_care", "K1"), john = record_of("council_tax", "L2");
	int64_t tenant = record_of("housing", "P1"), grace = record_of("housing", "P2");
	struct rulings rulings;
	struct label_rates rates;
	doubt(daughter, john, 0.6);
	doubt(tenant, john, 0.6);
	rule(daughter, john, RULING_DIFFERENT, 1);
	rule(tenant, grace, RULING_SAME, 1);
	assert_ok(rulings_read(&rulings, b.desk, b.data, &e), &e);
	assert_ok(labels_rates(&rates, &rulings, b.data, b.vault, &e), &e);
	assert_int_equal(rates.decided, 2);
	assert_int_equal(rates.same, 1);
	assert_int_equal(rates.bands[2].decided, 2); /* both were said to be 0.5 */
	assert_float_equal(rates.bands[2].share, 0.5, 1e-9);
	assert_float_equal(rates.bands[2].low, 0.0945, 1e-3); /* Wilson, 1 of 2 */
	assert_float_equal(rates.bands[2].high, 0.9055, 1e-3);
	assert_true(rates.bands[2].pairs >= 2);
	assert_true(rates.group_count >= 2);
	struct buf model;
	struct linking_outcome outcome;
	size_t used;
	buf_init(&model, 1 << 22);
	assert_ok(labels_retrain(&model, &used, &rulings, b.data, b.vault, &e), &e);
	assert_int_equal(used, 2);
	struct reading *reading;
	assert_ok(reading_open(&reading, b.data, b.vault, b.profile, NULL, &e), &e);
	assert_ok(linking_refresh(reading, 9, &(struct linking_settings){.model = model.at}, &outcome, &e), &e);
	reading_close(reading);
	assert_false(outcome.trained);
	buf_clear(&model);
	assert_ok(linking_model_read(&model, b.data, &e), &e);
	assert_true(text_find(buf_text(&model), TEXT("\"window\"")) < model.len);
	buf_release(&model);
	rulings_release(&rulings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rulings_are_settled),
		cmocka_unit_test_setup_teardown(different_separates_and_undo_joins_again, make, drop),
		cmocka_unit_test_setup_teardown(same_joins_and_undo_brings_the_old_id_back, make, drop),
		cmocka_unit_test_setup_teardown(a_second_opinion_is_waited_for, make, drop),
		cmocka_unit_test_setup_teardown(protection_follows_the_records, make, drop),
		cmocka_unit_test_setup_teardown(the_queue_puts_most_harm_first, make, drop),
		cmocka_unit_test_setup_teardown(rulings_become_labels, make, drop),
		cmocka_unit_test_setup_teardown(what_may_not_be_together_is_separated_last, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
