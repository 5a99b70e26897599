#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "linking/linking.h"
#include "maths/random.h"

#include <math.h>
#include <stdio.h>

enum { GIVEN, FAMILY, BIRTH, SEX, PLACE, PHONE, NHS, COLUMNS };

static const struct linking_column columns[COLUMNS] = {
	{"given_name", LINKING_GIVEN}, {"family_name", LINKING_FAMILY}, {"date_of_birth", LINKING_BIRTH},
	{"sex", LINKING_SEX},          {"place", LINKING_PLACE},        {"phone", LINKING_PHONE},
	{"nhs_number", LINKING_NHS},
};

struct person_record {
	const char *values[COLUMNS]; /* place as "property|postcode" */
	uint64_t person;
};

static void add_record(struct linking_table *table, const struct person_record *record, int64_t key)
{
	linking_table_add_record(table, key);
	for (size_t c = 0; c < COLUMNS; c++) {
		char out[LINKING_PLACE_SIZE];
		int64_t property = 0;
		struct text value = text_of(record->values[c]), part;
		if (c == PLACE && value.len > 0) {
			text_split(&value, '|', &part);
			assert_true(text_parse_int64(part, &property));
			value = linking_place_value(out, property, value, TEXT_ABSENT);
		}
		linking_table_add_value(table, c, value);
	}
}

static struct linking_run *run_table(struct linking_table *table, unsigned threads)
{
	struct linking_run *run;
	struct error error;
	assert_int_equal(linking_run_new(&run, table, &(struct linking_settings){.threads = threads}, &error),
			 STATUS_OK);
	return run;
}

/* ---- a small borough of invented names ------------------------------------------------------- */

enum { PEOPLE = 600, RECORDS = PEOPLE * 4 };

struct borough {
	struct person_record records[RECORDS];
	char text[RECORDS][COLUMNS][24];
};

static const char *const givens[] = {"amara",  "brian", "chidi",   "diana", "edward", "farah",    "george",
				     "hannah", "ivan",  "julia",   "kofi",  "lena",   "mohammed", "nadia",
				     "oscar",  "priya", "quentin", "rosa",  "samuel", "tara"};
static const char *const families[] = {"adeyemi", "baker",   "cohen",   "dhillon", "evans",    "farouk",
				       "green",   "hussain", "ivanova", "jones",   "kowalski", "lopez",
				       "morris",  "nguyen",  "okafor",  "patel",   "quinn",    "roberts"};

static void put(struct borough *b, size_t record, size_t column, const char *value)
{
	snprintf(b->text[record][column], 24, "%s", value);
	b->records[record].values[column] = b->text[record][column];
}

static void make_record(struct borough *b, size_t person, size_t n)
{
	struct random p, h, r;
	char out[24];
	size_t record = person * 4 + n, household = person / 3;
	random_start(&p, 1, 1, person, 0);
	random_start(&h, 1, 2, household, 0);
	random_start(&r, 1, 3, record, 0);
	b->records[record].person = person + 1;
	put(b, record, GIVEN, givens[random_below(&p, 20)]);
	put(b, record, FAMILY, families[random_below(&h, 18)]);
	put(b, record, BIRTH, date_format_iso(date_of(1940, 1, 1) + (date)random_below(&p, 365 * 75), out));
	put(b, record, SEX, random_chance(&p, 0.5) ? "1" : "2");
	snprintf(out, sizeof out, "%zu|EM1 %zuAA", household + 1, household % 10);
	if (random_chance(&r, 0.8))
		put(b, record, PLACE, out);
	if (random_chance(&r, 0.1))
		b->text[record][GIVEN][2] = 'x';
	if (random_chance(&r, 0.1))
		put(b, record, FAMILY, families[random_below(&p, 18)]);
	if (random_chance(&r, 0.05))
		put(b, record, BIRTH, "");
}

static struct borough *make_borough(void)
{
	struct borough *b = memory_alloc(1, sizeof *b);
	for (size_t person = 0; person < PEOPLE; person++) {
		for (size_t n = 0; n < 4; n++)
			make_record(b, person, n);
	}
	return b;
}

/* The label of each record, the same whichever order they were added in. */
static void cluster_borough(uint32_t *label, const struct borough *b, const uint32_t *order, unsigned threads,
			    struct buf *model)
{
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (size_t i = 0; i < RECORDS; i++)
		add_record(table, &b->records[order[i]], (int64_t)order[i]);
	struct linking_run *run = run_table(table, threads);
	for (size_t i = 0; i < RECORDS; i++)
		label[order[i]] = linking_cluster_of(run, i);
	if (model)
		linking_model_json(run, model);
	linking_run_free(run);
}

static void order_and_threads_do_not_matter(void **state)
{
	(void)state;
	struct borough *b = make_borough();
	uint32_t order[RECORDS], *first = memory_alloc(RECORDS, sizeof *first),
				 *second = memory_alloc(RECORDS, sizeof *second);
	struct buf model, other;
	struct random r;
	buf_init(&model, 1 << 20);
	buf_init(&other, 1 << 20);
	for (uint32_t i = 0; i < RECORDS; i++)
		order[i] = i;
	cluster_borough(first, b, order, 1, &model);
	cluster_borough(second, b, order, 4, &other);
	assert_memory_equal(first, second, RECORDS * sizeof *first);
	assert_true(text_equal(buf_text(&model), buf_text(&other)));
	random_start(&r, 9, 9, 9, 9);
	random_shuffle(&r, order, RECORDS);
	buf_clear(&other);
	cluster_borough(second, b, order, 2, &other);
	assert_memory_equal(first, second, RECORDS * sizeof *first);
	assert_true(text_equal(buf_text(&model), buf_text(&other)));
	buf_release(&model);
	buf_release(&other);
	free(first);
	free(second);
	free(b);
}

static void finds_the_people(void **state)
{
	(void)state;
	struct borough *b = make_borough();
	uint32_t order[RECORDS], label[RECORDS];
	uint64_t clusters[RECORDS], truth[RECORDS];
	struct linking_quality quality;
	for (uint32_t i = 0; i < RECORDS; i++)
		order[i] = i;
	cluster_borough(label, b, order, 2, NULL);
	for (size_t i = 0; i < RECORDS; i++) {
		clusters[i] = label[i];
		truth[i] = b->records[i].person;
	}
	linking_evaluate(clusters, truth, RECORDS, &quality);
	print_message("precision %.4f recall %.4f\n", quality.precision, quality.recall);
	assert_true(quality.precision > 0.97 && quality.recall > 0.93);
	free(b);
}

/* ---- cases: two records planted in the borough, together or apart ------------------------------ */

static void planted_pairs(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		bool together;
		struct person_record a, b;
	} cases[] = {
		{"nickname",
		 true,
		 {{"william", "thistlewood", "1971-05-03", "1", "9001|EM9 1AA", "", ""}, 0},
		 {{"bill", "thistlewood", "1971-05-03", "1", "9001|EM9 1AA", "", ""}, 0}},
		{"day and month swapped",
		 true,
		 {{"ottoline", "marchbanks", "1982-03-07", "2", "9002|EM9 1AA", "", ""}, 0},
		 {{"ottoline", "marchbanks", "1982-07-03", "2", "9002|EM9 1AA", "", ""}, 0}},
		{"twins",
		 false,
		 {{"peter", "umberslade", "2012-06-09", "1", "9003|EM9 1AA", "", ""}, 0},
		 {{"robert", "umberslade", "2012-06-09", "1", "9003|EM9 1AA", "", ""}, 0}},
		{"father and son",
		 false,
		 {{"tobias", "wetherall", "1960-02-11", "1", "9004|EM9 1AA", "", ""}, 0},
		 {{"tobias", "wetherall", "1991-10-25", "1", "9004|EM9 1AA", "", ""}, 0}},
		{"siblings",
		 false,
		 {{"agnes", "yarborough", "2009-02-11", "2", "9005|EM9 1AA", "+447911000001", ""}, 0},
		 {{"clive", "yarborough", "2011-08-23", "1", "9005|EM9 1AA", "+447911000001", ""}, 0}},
		{"two NHS numbers",
		 false,
		 {{"isolde", "zephaniah", "1990-02-11", "2", "9006|EM9 1AA", "", "9434765919"}, 0},
		 {{"isolde", "zephaniah", "1990-02-11", "2", "9006|EM9 1AA", "", "4010232137"}, 0}},
		{"married and moved, same NHS number",
		 true,
		 {{"perdita", "arbuthnot", "1984-02-11", "2", "9007|EM9 1AA", "", "9434765870"}, 0},
		 {{"perdita", "fotheringay", "1984-02-11", "2", "9008|EM8 1AA", "", "9434765870"}, 0}},
		{"names in each other's column",
		 true,
		 {{"ulysses", "pemberton", "1977-04-30", "1", "9009|EM9 1AA", "", ""}, 0},
		 {{"pemberton", "ulysses", "1977-04-30", "1", "9009|EM9 1AA", "", ""}, 0}},
		{"initial only",
		 true,
		 {{"ottilie", "quarmby", "1951-04-30", "2", "9010|EM9 1AA", "", ""}, 0},
		 {{"o", "quarmby", "", "2", "9010|EM9 1AA", "", ""}, 0}},
		{"another initial",
		 false,
		 {{"ottilie", "ravenshaw", "1951-04-30", "2", "9011|EM9 1AA", "", ""}, 0},
		 {{"p", "ravenshaw", "", "2", "9011|EM9 1AA", "", ""}, 0}},
		{"only a name in common",
		 false,
		 {{"kofi", "jones", "", "", "", "", ""}, 0},
		 {{"kofi", "jones", "", "", "", "", ""}, 0}},
	};
	enum { CASES = sizeof cases / sizeof *cases };
	struct borough *b = make_borough();
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (size_t i = 0; i < RECORDS; i++)
		add_record(table, &b->records[i], (int64_t)i);
	for (size_t i = 0; i < CASES; i++) {
		add_record(table, &cases[i].a, (int64_t)(100000 + 2 * i));
		add_record(table, &cases[i].b, (int64_t)(100001 + 2 * i));
	}
	struct linking_run *run = run_table(table, 0);
	for (size_t i = 0; i < CASES; i++) {
		bool together =
			linking_cluster_of(run, RECORDS + 2 * i) == linking_cluster_of(run, RECORDS + 2 * i + 1);
		struct linking_explanation why;
		linking_explain(run, RECORDS + 2 * i, RECORDS + 2 * i + 1, &why);
		if (together != cases[i].together)
			fail_msg("%s: %s, weight %.1f (prior %.1f, household %.1f), conflict %s", cases[i].what,
				 together ? "together" : "apart", why.weight, why.prior, why.household,
				 why.conflict ? why.conflict : "none");
	}
	linking_run_free(run);
	free(b);
}

/* Records without a date of birth that know both homes are no bridge between two people of one name: six copies
 * of one doubtful record are one doubtful record. */
static void copies_are_no_further_witnesses(void **state)
{
	(void)state;
	static const struct person_record first = {{"kofi", "jones", "1961-02-03", "1", "9101|EM9 1AA", "", ""}, 0},
					  second = {{"kofi", "jones", "1970-11-21", "1", "9102|EM8 1AA", "", ""}, 0},
					  undated = {{"kofi", "jones", "", "1", "9101|EM9 1AA", "", ""}, 0};
	struct borough *b = make_borough();
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	char out[LINKING_PLACE_SIZE];
	for (size_t i = 0; i < RECORDS; i++)
		add_record(table, &b->records[i], (int64_t)i);
	for (int64_t i = 0; i < 2; i++)
		add_record(table, &first, 100000 + i);
	for (int64_t i = 0; i < 2; i++)
		add_record(table, &second, 100010 + i);
	for (int64_t i = 0; i < 6; i++) {
		add_record(table, &undated, 100020 + i);
		linking_table_add_value(table, PLACE, linking_place_value(out, 9102, TEXT("EM8 1AA"), TEXT_ABSENT));
	}
	struct linking_run *run = run_table(table, 0);
	assert_int_equal(linking_cluster_of(run, RECORDS), linking_cluster_of(run, RECORDS + 1));
	assert_int_equal(linking_cluster_of(run, RECORDS + 2), linking_cluster_of(run, RECORDS + 3));
	assert_int_not_equal(linking_cluster_of(run, RECORDS), linking_cluster_of(run, RECORDS + 2));
	linking_run_free(run);
	free(b);
}

/* Tax bills name adults and give no dates of birth; schools know children. Nobody says so: it is learned from
 * the families whose names tell them apart. */
static void sources_tell_who_is_in_them(void **state)
{
	(void)state;
	enum { FAMILIES = 400, FULL = COLUMNS + 1 };
	struct linking_column with_source[FULL];
	memcpy(with_source, columns, sizeof columns);
	with_source[COLUMNS] = (struct linking_column){"source", LINKING_SOURCE};
	struct linking_table *table = linking_table_new(with_source, FULL);
	static const char *const sources[] = {"housing", "school", "tax"};
	size_t count = 0, of[3] = {0};
	for (size_t i = 0; i < FAMILIES; i++) {
		char family[24], place[24], adult[24], child[24];
		bool one_name = i == 0; /* the parent and the child */
		struct random r;
		random_start(&r, 4, i, 0, 0);
		snprintf(family, sizeof family, "%s%s", families[random_below(&r, 18)], givens[random_below(&r, 20)]);
		snprintf(place, sizeof place, "%zu|EM1 1AA", i + 1);
		date_format_iso(date_of(1950, 1, 1) + (date)random_below(&r, 365 * 40), adult);
		date_format_iso(date_of(2006, 1, 1) + (date)random_below(&r, 365 * 12), child);
		const char *parent = givens[i % 20], *young = one_name ? parent : givens[(i + 7) % 20];
		struct person_record records[] = {{{parent, family, adult, "1", place, "", ""}, 0},
						  {{young, family, child, "1", place, "", ""}, 0},
						  {{parent, family, "", "1", place, "", ""}, 0}};
		for (size_t s = 0; s < 3; s++) {
			of[s] = one_name ? count : of[s];
			add_record(table, &records[s], (int64_t)count++);
			linking_table_add_value(table, COLUMNS, text_of(sources[s]));
		}
	}
	struct linking_run *run = run_table(table, 0);
	assert_int_equal(linking_cluster_of(run, of[2]), linking_cluster_of(run, of[0]));
	assert_int_not_equal(linking_cluster_of(run, of[2]), linking_cluster_of(run, of[1]));
	struct linking_explanation why;
	linking_explain(run, of[2], of[1], &why);
	assert_true(why.evidence[COLUMNS].level >= 4 && why.evidence[COLUMNS].weight < -2);
	linking_run_free(run);
}

/* An electoral register lists everybody once and knows no dates of birth. Two entries of one name in one home are
 * two people, however many records there are that might be either. */
static void a_register_lists_everybody_once(void **state)
{
	(void)state;
	enum { FAMILIES = 400, FULL = COLUMNS + 1, CALLS = 4 };
	struct linking_column with_source[FULL];
	memcpy(with_source, columns, sizeof columns);
	with_source[COLUMNS] = (struct linking_column){"source", LINKING_SOURCE};
	struct linking_table *table = linking_table_new(with_source, FULL);
	int64_t key = 0;
	size_t entries[2] = {0};
	for (size_t i = 0; i < FAMILIES; i++) {
		char family[24], place[24];
		struct random r;
		random_start(&r, 6, i, 0, 0);
		snprintf(family, sizeof family, "%s%s", families[random_below(&r, 18)], givens[random_below(&r, 20)]);
		snprintf(place, sizeof place, "%zu|EM1 1AA", i + 1);
		for (size_t member = 0; member < 2; member++) {
			char born[24];
			const char *given = givens[(i + (i == 0 ? 0 : 7 * member)) % 20]; /* the first: of one name */
			date_format_iso(date_of(1950, 1, 1) + (date)random_below(&r, 365 * 40), born);
			struct person_record dated = {{given, family, born, "1", place, "", ""}, 0},
					     undated = {{given, family, "", "1", place, "", ""}, 0};
			for (size_t n = 0; n < 2 + CALLS; n++) {
				if (n == 1 && i == 0)
					entries[member] = linking_table_count(table);
				add_record(table, n == 0 && (i > 0 || member == 0) ? &dated : &undated, key++);
				linking_table_add_value(table, COLUMNS,
							text_of(n == 0   ? "housing"
								: n == 1 ? "register"
									 : "calls"));
			}
		}
	}
	struct linking_run *run = run_table(table, 0);
	assert_int_not_equal(linking_cluster_of(run, entries[0]), linking_cluster_of(run, entries[1]));
	linking_run_free(run);
}

/* One address the gazetteer knows, the other nobody could find: the door's number and the street still tell. */
static void addresses_are_compared_in_words(void **state)
{
	(void)state;
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	char out[LINKING_PLACE_SIZE];
	linking_table_add_record(table, 1);
	linking_table_add_value(table, PLACE, linking_place_value(out, 77, TEXT("EM1 1AA"), TEXT("14 redshank")));
	linking_table_add_record(table, 2);
	linking_table_add_value(table, PLACE,
				linking_place_value(out, 0, TEXT_ABSENT, TEXT("14 redshanj road eastmarsh")));
	linking_table_add_record(table, 3);
	linking_table_add_value(table, PLACE, linking_place_value(out, 78, TEXT("EM2 1AA"), TEXT("14 redshank")));
	struct linking_run *run = run_table(table, 0);
	struct linking_explanation why;
	linking_explain(run, 0, 1, &why);
	assert_string_equal(why.evidence[PLACE].level_name, "alike in words");
	linking_explain(run, 0, 2, &why); /* both are known, and are two properties */
	assert_string_equal(why.evidence[PLACE].level_name, "different");
	linking_run_free(run);
}

static void explanations_add_up(void **state)
{
	(void)state;
	struct borough *b = make_borough();
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (size_t i = 0; i < RECORDS; i++)
		add_record(table, &b->records[i], (int64_t)i);
	struct linking_run *run = run_table(table, 0);
	size_t count;
	const struct linking_link *links = linking_links(run, &count);
	assert_true(count > PEOPLE);
	for (size_t i = 0; i < count; i += 7) {
		struct linking_explanation why;
		linking_explain(run, links[i].a, links[i].b, &why);
		double sum = why.prior + why.household;
		for (size_t e = 0; e < why.count; e++)
			sum += why.evidence[e].weight;
		assert_true(why.pattern == links[i].pattern && why.rule >= 0);
		assert_true(why.weight - (double)links[i].weight < 1e-3 && (double)links[i].weight - why.weight < 1e-3);
		assert_true(sum - why.weight < 0.05 && why.weight - sum < 0.05);
	}
	linking_run_free(run);
	free(b);
}

struct kept {
	const struct linking_link *links;
	size_t count, found, seen;
};

static bool find_kept(void *context, const struct linking_link *pair)
{
	struct kept *kept = context;
	kept->seen++;
	if (pair->weight < log2f(0.02f / 0.98f))
		return true;
	for (size_t i = 0; i < kept->count; i++) {
		if (kept->links[i].a == pair->a && kept->links[i].b == pair->b) {
			assert_true(kept->links[i].pattern == pair->pattern);
			kept->found++;
		}
	}
	return true;
}

/* A pair is given up before all of it is compared only when it could not have been kept. */
static void no_pair_is_given_up_too_early(void **state)
{
	(void)state;
	struct borough *b = make_borough();
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (size_t i = 0; i < RECORDS; i++)
		add_record(table, &b->records[i], (int64_t)i);
	struct linking_run *run = run_table(table, 0);
	struct kept kept = {0};
	kept.links = linking_links(run, &kept.count);
	linking_pairs(run, -1000, find_kept, &kept);
	assert_int_equal(kept.seen, linking_run_report(run)->pairs);
	assert_int_equal(kept.found, kept.count);
	linking_run_free(run);
	free(b);
}

static void model_is_replayed(void **state)
{
	(void)state;
	struct borough *b = make_borough();
	struct buf model;
	struct error error;
	struct linking_run *run;
	buf_init(&model, 1 << 20);
	uint32_t order[RECORDS], label[RECORDS];
	for (uint32_t i = 0; i < RECORDS; i++)
		order[i] = i;
	cluster_borough(label, b, order, 0, &model);
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	for (size_t i = 0; i < RECORDS; i++)
		add_record(table, &b->records[i], (int64_t)i);
	assert_int_equal(linking_run_new(&run, table, &(struct linking_settings){.model = model.at}, &error),
			 STATUS_OK);
	for (size_t i = 0; i < RECORDS; i++)
		assert_int_equal(linking_cluster_of(run, i), label[i]);
	linking_run_free(run);
	table = linking_table_new(columns, COLUMNS);
	assert_int_equal(linking_run_new(&run, table, &(struct linking_settings){.model = "{\"columns\": 3}"}, &error),
			 STATUS_INVALID);
	buf_release(&model);
	free(b);
}

/* ---- edges ------------------------------------------------------------------------------------------- */

static void small_and_odd_tables(void **state)
{
	(void)state;
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	struct linking_run *run = run_table(table, 0);
	assert_int_equal(linking_run_report(run)->clusters, 0);
	linking_run_free(run);
	table = linking_table_new(columns, COLUMNS);
	linking_table_add_record(table, 1);
	run = run_table(table, 0);
	assert_int_equal(linking_run_report(run)->clusters, 1);
	linking_run_free(run);
	table = linking_table_new(columns, COLUMNS); /* nothing known of anybody: nobody is anybody else */
	for (int i = 0; i < 1000; i++)
		linking_table_add_record(table, i);
	run = run_table(table, 0);
	assert_int_equal(linking_run_report(run)->clusters, 1000);
	linking_run_free(run);
	table = linking_table_new(columns, COLUMNS); /* one record ten thousand times: compared once */
	struct person_record same = {{"amara", "jones", "1980-05-05", "2", "1|EM1 1AA", "", ""}, 0};
	for (int i = 0; i < 10000; i++)
		add_record(table, &same, i);
	run = run_table(table, 0);
	assert_int_equal(linking_run_report(run)->pairs, 9999);
	assert_int_equal(linking_run_report(run)->identical, 9999);
	linking_run_free(run);
}

static void evaluation_counts_pairs(void **state)
{
	(void)state;
	const uint64_t clusters[] = {1, 1, 1, 2, 2, 3, 9}, truth[] = {5, 5, 6, 6, 6, 7, 0};
	struct linking_quality q;
	linking_evaluate(clusters, truth, 7, &q);
	assert_int_equal(q.records, 6);
	assert_int_equal(q.found, 2);
	assert_int_equal(q.wrong, 2);
	assert_int_equal(q.missed, 2);
	assert_true(q.precision == 0.5 && q.recall == 0.5 && q.f1 == 0.5);
}

/* ---- what people ruled ------------------------------------------------------------------------- */

/* The borough with rulings between records; labels by record. */
static void cluster_ruled(uint32_t *label, const struct borough *b, const uint32_t *order,
			  const struct linking_ruling *rulings, size_t count)
{
	struct linking_table *table = linking_table_new(columns, COLUMNS);
	struct linking_run *run;
	struct error error;
	for (size_t i = 0; i < RECORDS; i++)
		add_record(table, &b->records[order[i]], (int64_t)order[i]);
	assert_int_equal(linking_run_new(&run, table,
					 &(struct linking_settings){.rulings = rulings, .ruling_count = count}, &error),
			 STATUS_OK);
	for (size_t i = 0; i < RECORDS; i++)
		label[order[i]] = linking_cluster_of(run, i);
	size_t links;
	const struct linking_link *link = linking_links(run, &links);
	for (size_t i = 0; i < links; i++) {
		for (size_t r = 0; r < count; r++) {
			int64_t x = order[link[i].a], y = order[link[i].b];
			if ((x == rulings[r].a && y == rulings[r].b) || (x == rulings[r].b && y == rulings[r].a))
				assert_int_not_equal(link[i].status, LINKING_REVIEW);
		}
	}
	linking_run_free(run);
}

/* Two records of one person that the engine links, and one of somebody else. */
static void find_linked(const uint32_t *label, size_t *a, size_t *b, size_t *other)
{
	for (*a = 0; label[*a] != label[*a + 1] || *a % 4 != 0; ++*a)
		;
	*b = *a + 1;
	for (*other = RECORDS - 1; label[*other] == label[*a]; --*other)
		;
}

static void rulings_bind(void **state)
{
	(void)state;
	struct borough *b = make_borough();
	uint32_t *label = memory_alloc(RECORDS, sizeof *label), *again = memory_alloc(RECORDS, sizeof *again);
	uint32_t *order = memory_alloc(RECORDS, sizeof *order), *backwards = memory_alloc(RECORDS, sizeof *order);
	size_t x, y, other;
	for (uint32_t i = 0; i < RECORDS; i++) {
		order[i] = i;
		backwards[i] = RECORDS - 1 - i;
	}
	cluster_ruled(label, b, order, NULL, 0);
	find_linked(label, &x, &y, &other);
	struct linking_ruling rulings[] = {{(int64_t)y, (int64_t)x, LINKING_DIFFERENT},
					   {(int64_t)x, (int64_t)other, LINKING_SAME},
					   {(int64_t)x, 999999, LINKING_SAME}};
	cluster_ruled(label, b, order, rulings, 3);
	assert_int_not_equal(label[x], label[y]);
	assert_int_equal(label[x], label[other]);
	cluster_ruled(again, b, backwards, rulings, 3);
	assert_memory_equal(label, again, RECORDS * sizeof *label);
	free(b);
	free(label);
	free(again);
	free(order);
	free(backwards);
}

static void rulings_that_contradict_keep_apart(void **state)
{
	(void)state;
	struct borough *b = make_borough();
	uint32_t *label = memory_alloc(RECORDS, sizeof *label), *order = memory_alloc(RECORDS, sizeof *order);
	size_t x, y, other;
	for (uint32_t i = 0; i < RECORDS; i++)
		order[i] = i;
	cluster_ruled(label, b, order, NULL, 0);
	find_linked(label, &x, &y, &other);
	struct linking_ruling rulings[] = {{(int64_t)x, (int64_t)y, LINKING_SAME},
					   {(int64_t)y, (int64_t)other, LINKING_SAME},
					   {(int64_t)x, (int64_t)other, LINKING_DIFFERENT}};
	cluster_ruled(label, b, order, rulings, 3);
	assert_int_not_equal(label[x], label[other]);
	free(b);
	free(label);
	free(order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rulings_bind),
		cmocka_unit_test(rulings_that_contradict_keep_apart),
		cmocka_unit_test(order_and_threads_do_not_matter),
		cmocka_unit_test(finds_the_people),
		cmocka_unit_test(planted_pairs),
		cmocka_unit_test(copies_are_no_further_witnesses),
		cmocka_unit_test(sources_tell_who_is_in_them),
		cmocka_unit_test(a_register_lists_everybody_once),
		cmocka_unit_test(addresses_are_compared_in_words),
		cmocka_unit_test(explanations_add_up),
		cmocka_unit_test(no_pair_is_given_up_too_early),
		cmocka_unit_test(model_is_replayed),
		cmocka_unit_test(small_and_odd_tables),
		cmocka_unit_test(evaluation_counts_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
