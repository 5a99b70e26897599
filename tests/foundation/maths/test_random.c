#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "maths/random.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWS = 200000 };

struct moments {
	double sum, squares;
};

static void add(struct moments *m, double x)
{
	m->sum += x;
	m->squares += x * x;
}

static double mean(const struct moments *m)
{
	return m->sum / DRAWS;
}

static double variance(const struct moments *m)
{
	return m->squares / DRAWS - mean(m) * mean(m);
}

static void assert_near(double got, double want, double within)
{
	if (fabs(got - want) > within)
		fail_msg("got %g, want %g within %g", got, want, within);
}

static void same_name_same_stream(void **state)
{
	(void)state;
	struct random a, b;
	random_start(&a, 7, 1, 2, 3);
	random_start(&b, 7, 1, 2, 3);
	for (int i = 0; i < 100; i++)
		assert_int_equal(random_bits(&a), random_bits(&b));
}

/* Published once, kept for ever: a change here changes every borough. */
static void known_values(void **state)
{
	(void)state;
	struct random r = {{1, 2, 3, 4}}; /* reference output of xoshiro256++ from state 1, 2, 3, 4 */
	assert_true(random_bits(&r) == 41943041u);
	assert_true(random_bits(&r) == 58720359u);
	assert_true(random_bits(&r) == 3588806011781223u);
	assert_true(random_bits(&r) == 3591011842654386u);
}

static void every_part_of_the_name_counts(void **state)
{
	(void)state;
	static const uint64_t names[][4] = {{1, 2, 3, 4}, {2, 1, 3, 4}, {1, 3, 2, 4},
					    {1, 2, 4, 3}, {4, 3, 2, 1}, {0, 0, 0, 0}};
	uint64_t first[6];
	for (size_t i = 0; i < 6; i++) {
		struct random r;
		random_start(&r, names[i][0], names[i][1], names[i][2], names[i][3]);
		first[i] = random_bits(&r);
		for (size_t j = 0; j < i; j++)
			assert_true(first[i] != first[j]);
	}
}

static void below_is_even(void **state)
{
	(void)state;
	struct random r;
	random_start(&r, 1, 1, 1, 1);
	unsigned counts[7] = {0};
	for (int i = 0; i < DRAWS; i++)
		counts[random_below(&r, 7)]++;
	double chi = 0, want = DRAWS / 7.0;
	for (int i = 0; i < 7; i++)
		chi += (counts[i] - want) * (counts[i] - want) / want;
	assert_true(chi < 22.5); /* 6 degrees of freedom, 0.1 % */
	for (int i = 0; i < 1000; i++) {
		int x = random_between(&r, -3, 3);
		assert_true(x >= -3 && x <= 3);
	}
}

static void continuous_moments(void **state)
{
	(void)state;
	struct random r;
	random_start(&r, 2, 1, 1, 1);
	struct moments uniform = {0}, normal = {0}, gamma = {0}, small_gamma = {0}, beta = {0}, wait = {0};
	for (int i = 0; i < DRAWS; i++) {
		add(&uniform, random_uniform(&r));
		add(&normal, random_normal(&r, 10, 3));
		add(&gamma, random_gamma(&r, 4, 0.5));
		add(&small_gamma, random_gamma(&r, 0.3, 2));
		add(&beta, random_beta(&r, 2, 6));
		add(&wait, random_exponential(&r, 5));
	}
	assert_near(mean(&uniform), 0.5, 0.005);
	assert_near(variance(&uniform), 1.0 / 12, 0.002);
	assert_near(mean(&normal), 10, 0.03);
	assert_near(variance(&normal), 9, 0.15);
	assert_near(mean(&gamma), 2, 0.02);
	assert_near(variance(&gamma), 1, 0.03);
	assert_near(mean(&small_gamma), 0.6, 0.02);
	assert_near(variance(&small_gamma), 1.2, 0.06);
	assert_near(mean(&beta), 0.25, 0.003);
	assert_near(mean(&wait), 5, 0.06);
}

static void counting_moments(void **state)
{
	(void)state;
	struct random r;
	random_start(&r, 3, 1, 1, 1);
	struct moments few = {0}, many = {0}, spread = {0};
	for (int i = 0; i < DRAWS; i++) {
		add(&few, random_poisson(&r, 0.7));
		add(&many, random_poisson(&r, 250));
		add(&spread, random_negative_binomial(&r, 3, 0.5));
	}
	assert_near(mean(&few), 0.7, 0.01);
	assert_near(variance(&few), 0.7, 0.02);
	assert_near(mean(&many), 250, 0.2);
	assert_near(variance(&many), 250, 5);
	assert_near(mean(&spread), 3, 0.08);
	assert_near(variance(&spread), 21, 1.2);
	assert_int_equal(random_poisson(&r, 0), 0);
}

static void zipf_falls_as_it_should(void **state)
{
	(void)state;
	static const double exponents[] = {0.7, 1.0, 1.6};
	for (size_t e = 0; e < 3; e++) {
		struct random r;
		random_start(&r, 4, e, 1, 1);
		enum { RANKS = 50 };
		unsigned counts[RANKS + 1] = {0};
		double sum = 0;
		for (int k = 1; k <= RANKS; k++)
			sum += pow(k, -exponents[e]);
		for (int i = 0; i < DRAWS; i++)
			counts[random_zipf(&r, RANKS, exponents[e])]++;
		assert_int_equal(counts[0], 0);
		for (int k = 1; k <= RANKS; k++) {
			double want = DRAWS * pow(k, -exponents[e]) / sum;
			assert_near(counts[k], want, 5 * sqrt(want));
		}
	}
}

static void alias_table_keeps_proportions(void **state)
{
	(void)state;
	static const double weights[] = {0, 1, 2, 3, 0.001, 94};
	struct alias_table table;
	alias_init(&table, weights, 6);
	struct random r;
	random_start(&r, 5, 1, 1, 1);
	unsigned counts[6] = {0}, direct[6] = {0};
	for (int i = 0; i < DRAWS; i++) {
		counts[alias_pick(&table, &r)]++;
		direct[random_weighted(&r, weights, 6)]++;
	}
	assert_int_equal(counts[0], 0);
	for (int i = 1; i < 6; i++) {
		double want = DRAWS * weights[i] / 100.001;
		assert_near(counts[i], want, 5 * sqrt(want) + 5);
		assert_near(direct[i], want, 5 * sqrt(want) + 5);
	}
	alias_release(&table);
}

static void shuffle_moves_and_keeps(void **state)
{
	(void)state;
	struct random r;
	random_start(&r, 6, 1, 1, 1);
	unsigned first[5] = {0};
	for (int i = 0; i < 20000; i++) {
		uint32_t at[5] = {0, 1, 2, 3, 4}, seen = 0;
		random_shuffle(&r, at, 5);
		for (int j = 0; j < 5; j++)
			seen |= 1u << at[j];
		assert_int_equal(seen, 31);
		first[at[0]]++;
	}
	for (int i = 0; i < 5; i++)
		assert_near(first[i], 4000, 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_name_same_stream),
		cmocka_unit_test(known_values),
		cmocka_unit_test(every_part_of_the_name_counts),
		cmocka_unit_test(below_is_even),
		cmocka_unit_test(continuous_moments),
		cmocka_unit_test(counting_moments),
		cmocka_unit_test(zipf_falls_as_it_should),
		cmocka_unit_test(alias_table_keeps_proportions),
		cmocka_unit_test(shuffle_moves_and_keeps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
