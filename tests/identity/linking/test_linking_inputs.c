/* How records come in and pairs go out: bulk columns, pinned rules, files, streams of pairs, sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "linking/linking.h"
#include "linking/sort.h"
#include "maths/random.h"

#include <stdio.h>

enum { GIVEN, FAMILY, BIRTH, SEX, COLUMNS };
static const struct linking_column columns[COLUMNS] = {
	{"given_name", LINKING_GIVEN},
	{"family_name", LINKING_FAMILY},
	{"date_of_birth", LINKING_BIRTH},
	{"sex", LINKING_SEX},
};
static const char *const givens[] = {"amara", "brian", "chidi", "diana", "edward", "farah", "george", "hannah"};
static const char *const families[] = {"adeyemi", "baker", "cohen", "dhillon", "evans", "farouk", "green", "hussain"};
enum { RECORDS = 900, EACH = 3 };

static uint32_t *values_of(size_t column)
{
	uint32_t *codes = memory_alloc(RECORDS, sizeof *codes);
	for (uint32_t i = 0; i < RECORDS; i++) {
		struct random p;
		random_start(&p, 5, 1, i / EACH, column);
		codes[i] = 1 + random_below(&p, column == BIRTH ? 700 : column == SEX ? 2 : 8);
		if (column == GIVEN && i % 7 == 0)
			codes[i] = 0;
	}
	return codes;
}

static struct text value_of(char out[24], size_t column, uint32_t code)
{
	if (column == BIRTH)
		return text_of(date_format_iso(date_of(1950, 1, 1) + (date)(code * 31), out));
	snprintf(out, 24, "%s",
		 column == GIVEN    ? givens[code - 1]
		 : column == FAMILY ? families[code - 1]
		 : code == 1        ? "1"
				    : "2");
	return text_of(out);
}

static struct linking_table *filled_one_by_one(void)
{
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	uint32_t *codes[COLUMNS];
	for (size_t c = 0; c < COLUMNS; c++)
		codes[c] = values_of(c);
	for (size_t i = 0; i < RECORDS; i++) {
		linking_table_add_record(table, (int64_t)i);
		for (size_t c = 0; c < COLUMNS; c++) {
			char out[24];
			if (codes[c][i])
				linking_table_add_value(table, c, value_of(out, c, codes[c][i]));
		}
	}
	for (size_t c = 0; c < COLUMNS; c++)
		free(codes[c]);
	return table;
}

static struct linking_table *filled_in_bulk(void)
{
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	static char held[COLUMNS][701][24];
	static struct text texts[COLUMNS][701];
	struct linking_bulk parts[COLUMNS];
	uint32_t *codes[COLUMNS];
	for (size_t c = 0; c < COLUMNS; c++) {
		size_t count = c == BIRTH ? 700 : c == SEX ? 2 : 8;
		codes[c] = values_of(c);
		for (uint32_t v = 1; v <= count; v++)
			texts[c][v - 1] = value_of(held[c][v], c, v);
		parts[c] = (struct linking_bulk){c, texts[c], count, codes[c]};
	}
	linking_table_add_bulk(table, linking_table_add_records(table, RECORDS, 0), RECORDS, parts, COLUMNS, 2);
	for (size_t c = 0; c < COLUMNS; c++)
		free(codes[c]);
	return table;
}

static struct linking_run *run_of(struct linking_table *table, const struct linking_settings *settings)
{
	struct linking_run *run;
	struct error error;
	assert_int_equal(linking_run_new(&run, table, settings, &error), STATUS_OK);
	return run;
}

static void bulk_is_the_same_as_one_by_one(void **state)
{
	(void)state;
	struct linking_run *one = run_of(filled_one_by_one(), &(struct linking_settings){0});
	struct linking_run *bulk = run_of(filled_in_bulk(), &(struct linking_settings){0});
	struct buf x, y;
	buf_init(&x, 1 << 20);
	buf_init(&y, 1 << 20);
	linking_model_json(one, &x);
	linking_model_json(bulk, &y);
	assert_true(text_equal(buf_text(&x), buf_text(&y)));
	assert_true(linking_run_report(one)->links > 300);
	for (size_t i = 0; i < RECORDS; i++)
		assert_int_equal(linking_cluster_of(one, i), linking_cluster_of(bulk, i));
	buf_release(&x);
	buf_release(&y);
	linking_run_free(one);
	linking_run_free(bulk);
}

/* ---- pinned rules: exactly the pairs that a double loop finds -------------------------------------- */

struct seen {
	uint64_t pairs, last, most;
	bool same[RECORDS];
};

static bool count_pair(void *context, const struct linking_link *pair)
{
	struct seen *seen = context;
	assert_true(pair->a < pair->b && pair->b < RECORDS);
	seen->pairs++;
	return seen->pairs != seen->most;
}

static bool initials_agree(const char *given_a, const char *family_a, const char *given_b, const char *family_b)
{
	return (*given_a == *given_b && *family_a == *family_b) || (*given_a == *family_b && *family_a == *given_b);
}

static void pinned_rules_find_exactly_their_pairs(void **state)
{
	(void)state;
	static const struct linking_rule rules[] = {
		{.parts = {{GIVEN, LINKING_KEY_EXACT, 0}, {BIRTH, LINKING_KEY_EXACT, 0}}, .count = 2},
		{.parts = {{FAMILY, LINKING_KEY_START, 3}, {BIRTH, LINKING_KEY_YEAR, 0}}, .count = 2},
		{.parts = {{GIVEN, LINKING_KEY_INITIAL, 0},
			   {FAMILY, LINKING_KEY_INITIAL, 0},
			   {BIRTH, LINKING_KEY_YEAR, 0}},
		 .count = 3,
		 .any_order = true},
	};
	uint32_t *given = values_of(GIVEN), *family = values_of(FAMILY), *birth = values_of(BIRTH);
	uint64_t expected[3] = {0, 0, 0};
	for (size_t i = 0; i < RECORDS; i++) {
		for (size_t j = i + 1; j < RECORDS; j++) {
			int year_i = date_ymd(date_of(1950, 1, 1) + (date)(birth[i] * 31)).year;
			int year_j = date_ymd(date_of(1950, 1, 1) + (date)(birth[j] * 31)).year;
			if (given[i] && given[i] == given[j] && birth[i] == birth[j])
				expected[0]++;
			else if (strncmp(families[family[i] - 1], families[family[j] - 1], 3) == 0 && year_i == year_j)
				expected[1]++;
			else if (given[i] && given[j] && year_i == year_j &&
				 initials_agree(givens[given[i] - 1], families[family[i] - 1], givens[given[j] - 1],
						families[family[j] - 1]))
				expected[2]++;
		}
	}
	struct linking_run *run = run_of(filled_in_bulk(), &(struct linking_settings){.rules = rules, .rule_count = 3});
	const struct linking_report *report = linking_run_report(run);
	assert_int_equal(report->rules, 3);
	assert_int_equal(report->rule[0].pairs, expected[0]);
	assert_int_equal(report->rule[1].pairs, expected[1]);
	assert_true(expected[2] > 0);
	assert_int_equal(report->rule[2].pairs, expected[2]);
	struct seen all = {0}, some = {.most = 10};
	linking_pairs(run, -1e9, count_pair, &all);
	linking_pairs(run, -1e9, count_pair, &some);
	assert_int_equal(all.pairs, report->pairs);
	assert_int_equal(some.pairs, 10);
	linking_run_free(run);
	free(given);
	free(family);
	free(birth);
}

/* ---- files -------------------------------------------------------------------------------------------- */

static bool across(void *context, const struct linking_link *pair)
{
	(void)context;
	assert_true(pair->a < RECORDS / 2 && pair->b >= RECORDS / 2);
	return true;
}

static void link_only_compares_across_files(void **state)
{
	(void)state;
	struct linking_table *table = filled_one_by_one();
	linking_table_set_file(table, 0, 0);
	linking_table_set_file(table, RECORDS / 2, 1);
	struct linking_run *run = run_of(table, &(struct linking_settings){.link_only = true});
	linking_pairs(run, -1e9, across, NULL);
	linking_run_free(run);
}

/* Records 3 and 4 are of one file and, with record 5 of another, of one person by all that they say. */
static void a_clean_files_records_do_not_meet_through_a_third(void **state)
{
	(void)state;
	for (uint64_t clean = 0; clean < 2; clean++) {
		struct linking_table *table = filled_one_by_one();
		linking_table_set_file(table, 0, 1);
		linking_table_set_file(table, 3, 0);
		linking_table_set_file(table, 5, 1);
		struct linking_run *run = run_of(table, &(struct linking_settings){.clean_files = clean});
		uint32_t a = linking_cluster_of(run, 3), b = linking_cluster_of(run, 4),
			 third = linking_cluster_of(run, 5);
		assert_true((a == b) == (clean == 0));
		assert_true(third == a || third == b);
		linking_run_free(run);
	}
}

/* ---- blocks too large ----------------------------------------------------------------------------------- */

enum { ALIKE = 1500 };
struct pairs_seen {
	uint64_t count;
	unsigned char *at; /* ALIKE * ALIKE */
};

static bool see_once(void *context, const struct linking_link *pair)
{
	struct pairs_seen *seen = context;
	unsigned char *at = &seen->at[(size_t)pair->a * ALIKE + pair->b];
	assert_int_equal(*at, 0);
	*at = 1;
	seen->count++;
	return true;
}

static struct linking_run *run_alike(unsigned count)
{
	static const char vowels[] = "aeiou";
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (unsigned i = 0; i < count; i++) {
		char given[16], family[16];
		linking_table_add_record(table, i);
		snprintf(given, sizeof given, "b%crn%cd%c", vowels[i % 5], vowels[i / 5 % 5], vowels[i / 25 % 5]);
		snprintf(family, sizeof family, "sm%ct%cr%c", vowels[i / 125 % 5], vowels[i / 625 % 5], vowels[i % 3]);
		linking_table_add_value(table, GIVEN, text_of(given));
		linking_table_add_value(table, FAMILY, text_of(family));
	}
	return run_of(table, &(struct linking_settings){.largest_block = 100});
}

/* Names that sound the same and say nothing else: a block that nothing divides is reported as cut, no pair comes
 * twice, and pairs grow with the records, not with their square. */
static void large_blocks_are_cut_and_said(void **state)
{
	(void)state;
	struct linking_run *half = run_alike(ALIKE / 2), *run = run_alike(ALIKE);
	const struct linking_report *report = linking_run_report(run);
	struct pairs_seen seen = {0, memory_alloc((size_t)ALIKE * ALIKE, 1)};
	uint64_t oversized = 0, cut = 0;
	for (size_t r = 0; r < report->rules; r++) {
		oversized += report->rule[r].oversized;
		cut += report->rule[r].cut;
	}
	assert_true(oversized >= 1 && cut >= 1);
	assert_true(report->pairs > ALIKE * 50 && report->pairs * 10 < linking_run_report(half)->pairs * 23);
	linking_pairs(run, -1e9, see_once, &seen);
	assert_int_equal(seen.count, report->pairs);
	free(seen.at);
	linking_run_free(half);
	linking_run_free(run);
}

static struct linking_table *filled_with_several(void)
{
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (unsigned i = 0; i < ALIKE; i++) {
		struct random r;
		char out[24];
		random_start(&r, 8, 1, i, 0);
		linking_table_add_record(table, i);
		linking_table_add_value(table, GIVEN, text_of(givens[random_below(&r, 8)]));
		for (unsigned n = 0; n < 1 + i % 3; n++)
			linking_table_add_value(table, FAMILY, text_of(families[random_below(&r, 8)]));
		linking_table_add_value(table, BIRTH, value_of(out, BIRTH, 1 + random_below(&r, 60)));
	}
	return table;
}

/* A person with several family names meets others in several blocks: each pair still comes once. */
static void several_values_give_each_pair_once(void **state)
{
	(void)state;
	static const size_t largest[] = {3, 20, 200, 2000};
	for (size_t i = 0; i < sizeof largest / sizeof *largest; i++) {
		struct linking_run *run =
			run_of(filled_with_several(), &(struct linking_settings){.largest_block = largest[i]});
		struct pairs_seen seen = {0, memory_alloc((size_t)ALIKE * ALIKE, 1)};
		linking_pairs(run, -1e9, see_once, &seen);
		assert_int_equal(seen.count, linking_run_report(run)->pairs);
		assert_true(seen.count > ALIKE);
		free(seen.at);
		linking_run_free(run);
	}
}

/* ---- sorting ------------------------------------------------------------------------------------------- */

static void sorting_is_stable_and_right(void **state)
{
	(void)state;
	static const size_t counts[] = {0, 1, 2, 24, 25, 300, 70000};
	for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
		for (unsigned way = 0; way < 10;
		     way++) { /* from all equal to nearly all different, of high or low bits */
			unsigned bits = way / 2 * 8, unused = way % 2 ? 0 : 32 - bits;
			size_t count = counts[n];
			uint64_t *at = memory_alloc(count + 1, sizeof *at),
				 *spare = memory_alloc(count + 1, sizeof *spare);
			struct random r;
			random_start(&r, n, bits, 0, 0);
			for (size_t i = 0; i < count; i++)
				at[i] = sort_entry(bits ? (uint32_t)(random_bits(&r) >> (64 - bits)) << unused : 7,
						   (uint32_t)i);
			sort_by_key(at, spare, count, 2);
			for (size_t i = 1; i < count; i++)
				assert_true(at[i - 1] < at[i]);
			free(at);
			free(spare);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bulk_is_the_same_as_one_by_one),
		cmocka_unit_test(pinned_rules_find_exactly_their_pairs),
		cmocka_unit_test(link_only_compares_across_files),
		cmocka_unit_test(a_clean_files_records_do_not_meet_through_a_third),
		cmocka_unit_test(large_blocks_are_cut_and_said),
		cmocka_unit_test(several_values_give_each_pair_once),
		cmocka_unit_test(sorting_is_stable_and_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
