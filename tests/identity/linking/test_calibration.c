/* Whether probabilities hold: on people whose truth is known to the test and not to the engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "linking/linking_int.h"
#include "maths/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { GIVEN, FAMILY, BIRTH, SEX, PLACE, PHONE, COLUMNS, PEOPLE = 3000, MOST_RECORDS = 5 };

static const struct linking_column columns[COLUMNS] = {
	{"given_name", LINKING_GIVEN}, {"family_name", LINKING_FAMILY}, {"date_of_birth", LINKING_BIRTH},
	{"sex", LINKING_SEX},          {"place", LINKING_PLACE},        {"phone", LINKING_PHONE},
};

struct made {
	char values[COLUMNS][24]; /* of the place: the home's number */
	uint32_t person;
};

/* Few names, so that many share one; half of the records undated; people who move. In the last homes every
 * second person is called after another one there. */
static void make_record(struct made *out, uint64_t seed, uint32_t person, uint32_t n)
{
	struct random p, h, r;
	uint32_t home = person / 3;
	random_start(&p, seed, 1, person, 0);
	random_start(&h, seed, 2, home, 0);
	random_start(&r, seed, 3, person, n);
	memset(out, 0, sizeof *out);
	out->person = person;
	snprintf(out->values[FAMILY], 24, "family%u", random_zipf(&h, 200, 0.7));
	if (home % 4 == 0 && person % 3 == 1) /* the parent's name */
		random_start(&p, seed, 1, person - 1, 0);
	snprintf(out->values[GIVEN], 24, "given%c%u", 'a' + (int)random_below(&p, 2), random_zipf(&p, 60, 0.7));
	snprintf(out->values[SEX], 24, "%d", 1 + (out->values[GIVEN][5] == 'b'));
	random_start(&p, seed, 4, person, 0);
	date born = date_of(1940, 1, 1) + (date)random_below(&p, 365 * 70);
	uint32_t moved_to = random_below(&p, PEOPLE), phone = random_below(&p, 100000000);
	if (random_chance(&r, 0.5))
		date_format_iso(born, out->values[BIRTH]);
	if (random_chance(&r, 0.9))
		snprintf(out->values[PLACE], 24, "%u", 1 + (random_chance(&r, 0.8) ? home : moved_to));
	if (random_chance(&r, 0.4))
		snprintf(out->values[PHONE], 24, "07%09u", phone);
}

static size_t make_people(struct made **out, uint64_t seed)
{
	size_t count = 0;
	*out = memory_alloc((size_t)PEOPLE * MOST_RECORDS, sizeof **out);
	for (uint32_t person = 0; person < PEOPLE; person++) {
		struct random r;
		random_start(&r, seed, 5, person, 0);
		for (uint32_t n = 1 + random_below(&r, MOST_RECORDS); n > 0; n--)
			make_record(&(*out)[count++], seed, person, n);
	}
	return count;
}

static void add_record(struct linking_table *table, const struct made *made, int64_t key)
{
	linking_table_add_record(table, key);
	for (size_t c = 0; c < COLUMNS; c++) {
		char place[LINKING_PLACE_SIZE];
		struct text value = text_of(made->values[c]);
		int64_t home = 0;
		if (c == PLACE && value.len) {
			assert_true(text_parse_int64(value, &home));
			value = linking_place_value(place, home, TEXT_ABSENT, TEXT_ABSENT);
		}
		linking_table_add_value(table, c, value);
	}
}

static struct linking_run *link_people(const struct made *made, size_t count, bool backwards,
				       const struct linking_settings *settings)
{
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	struct linking_run *run;
	struct error error;
	for (size_t i = 0; i < count; i++) {
		size_t at = backwards ? count - 1 - i : i;
		add_record(table, &made[at], (int64_t)at);
	}
	assert_int_equal(linking_run_new(&run, table, settings, &error), STATUS_OK);
	return run;
}

enum { BANDS = 20 };

/* How far what is said of the pairs in doubt is from what is so, on average. */
static double error_of(const struct linking_run *run, const struct made *made, bool by_weight)
{
	double said[BANDS] = {0}, so[BANDS] = {0}, error = 0, all = 0;
	size_t count;
	const struct linking_link *links = linking_links(run, &count);
	for (size_t i = 0; i < count; i++) {
		if (links[i].weight > 7)
			continue;
		double p = by_weight ? weight_probability((double)links[i].weight) : (double)links[i].probability;
		size_t band = (size_t)(p * BANDS);
		said[band] += p;
		so[band] += made[links[i].a].person == made[links[i].b].person;
		all++;
	}
	for (size_t b = 0; b < BANDS; b++)
		error += fabs(said[b] - so[b]);
	assert_true(all > 2000);
	return error / all;
}

static void probabilities_hold_where_the_model_claims_too_much(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct made *made;
		size_t count = make_people(&made, seed);
		struct linking_run *run = link_people(made, count, false, &(struct linking_settings){.threads = 2});
		double before = error_of(run, made, true), after = error_of(run, made, false);
		assert_true(before > 0.05); /* or the people are too easy to tell anything */
		assert_true(after < before * 0.75);
		linking_run_free(run);
		free(made);
	}
}

static int by_weight(const void *a, const void *b)
{
	const struct linking_link *x = a, *y = b;
	return (x->weight > y->weight) - (x->weight < y->weight);
}

/* Of two pairs of which the same is known. */
static void a_higher_weight_is_no_lower_probability(void **state)
{
	(void)state;
	struct made *made;
	size_t count = make_people(&made, 7), links;
	struct linking_run *run = link_people(made, count, false, &(struct linking_settings){.threads = 2});
	const struct linking_link *at = linking_links(run, &links);
	struct linking_link *sorted = memory_alloc(links, sizeof *sorted);
	float most[3][3] = {{0}};
	memcpy(sorted, at, links * sizeof *sorted);
	qsort(sorted, links, sizeof *sorted, by_weight);
	for (size_t i = 0; i < links; i++) {
		unsigned birth = linking_pattern_level(sorted[i].pattern, BIRTH);
		unsigned place = linking_pattern_level(sorted[i].pattern, PLACE);
		float *before = &most[birth > 2 ? 2 : birth][place > 2 ? 2 : place];
		assert_true(sorted[i].probability >= *before - 1e-5F);
		*before = fmaxf(*before, sorted[i].probability);
	}
	free(sorted);
	linking_run_free(run);
	free(made);
}

static void probabilities_do_not_depend_on_threads_or_order(void **state)
{
	(void)state;
	struct made *made;
	size_t count = make_people(&made, 4), links_a, links_b;
	struct linking_run *run = link_people(made, count, false, &(struct linking_settings){.threads = 1});
	struct linking_run *other = link_people(made, count, true, &(struct linking_settings){.threads = 3});
	const struct linking_link *a = linking_links(run, &links_a), *b = linking_links(other, &links_b);
	double sum_a = 0, sum_b = 0, moved = 0;
	assert_int_equal(links_a, links_b);
	for (size_t i = 0; i < links_a; i++) {
		/* numbers of adding are turned round, and with them the order of links */
		uint32_t x = (uint32_t)count - 1 - a[i].b, y = (uint32_t)count - 1 - a[i].a;
		struct linking_link wanted = {.a = x, .b = y};
		size_t at = 0;
		sum_a += (double)a[i].probability;
		sum_b += (double)b[i].probability;
		moved += fabs((double)a[i].probability - weight_probability((double)a[i].weight));
		for (; i % 97 == 0 && at < links_b && (b[at].a != wanted.a || b[at].b != wanted.b); at++)
			;
		if (i % 97 == 0) {
			assert_true(at < links_b);
			assert_memory_equal(&a[i].probability, &b[at].probability, sizeof b[at].probability);
		}
	}
	assert_true(moved > 1);
	assert_float_equal(sum_a, sum_b, 1e-4);
	linking_run_free(run);
	linking_run_free(other);
	free(made);
}

static void a_model_keeps_its_calibration(void **state)
{
	(void)state;
	struct made *made;
	struct buf model;
	struct error error;
	size_t count = make_people(&made, 5), links_a, links_b;
	struct linking_run *run = link_people(made, count, false, &(struct linking_settings){.threads = 1});
	buf_init(&model, 1 << 20);
	linking_model_json(run, &model);
	buf_append_char(&model, '\0');
	struct linking_run *again = link_people(made, count, false, &(struct linking_settings){.model = model.at});
	const struct linking_link *a = linking_links(run, &links_a), *b = linking_links(again, &links_b);
	assert_int_equal(links_a, links_b);
	for (size_t i = 0; i < links_a; i++) {
		struct linking_explanation why;
		assert_float_equal(a[i].probability, b[i].probability, 1e-5);
		if (i % 50)
			continue;
		linking_explain(run, a[i].a, a[i].b, &why);
		assert_float_equal(a[i].probability, why.probability, 1e-4);
	}
	char *term = strstr(model.at, "\"add\": [");
	assert_non_null(term);
	term[1] = 'o'; /* no terms for this kind of pair */
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	add_record(table, &made[0], 0);
	struct linking_run *broken;
	assert_int_not_equal(linking_run_new(&broken, table, &(struct linking_settings){.model = model.at}, &error),
			     STATUS_OK);
	linking_run_free(run);
	linking_run_free(again);
	buf_release(&model);
	free(made);
}

/* Two files with everybody once: no pair has a witness, and whoever has one is somebody else. */
static void nothing_is_learned_without_witnesses(void **state)
{
	(void)state;
	struct made *made;
	size_t count = make_people(&made, 6), kept = 0, links;
	uint32_t last = UINT32_MAX, seen = 0;
	for (size_t i = 0; i < count; i++) {
		seen = made[i].person == last ? seen + 1 : 0;
		last = made[i].person;
		if (seen < 2)
			made[kept++] = made[i];
	}
	struct linking_run *run = link_people(made, kept, false, &(struct linking_settings){.threads = 2});
	const struct linking_link *at = linking_links(run, &links);
	assert_true(links > 500);
	for (size_t i = 0; i < links; i++)
		assert_float_equal(at[i].probability, weight_probability((double)at[i].weight), 1e-6);
	linking_run_free(run);
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probabilities_hold_where_the_model_claims_too_much),
		cmocka_unit_test(a_higher_weight_is_no_lower_probability),
		cmocka_unit_test(probabilities_do_not_depend_on_threads_or_order),
		cmocka_unit_test(a_model_keeps_its_calibration),
		cmocka_unit_test(nothing_is_learned_without_witnesses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
