/* What columns are taken for, and that the truth is never looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "matching/matching_int.h"
#include "maths/random.h"
#include "people_files.h"

static const char *const given[] = {"John", "Mary", "William", "Elizabeth", "Thomas", "Sarah", "James", "Anne"};
static const char *const family[] = {"Smith", "Okafor", "Patel", "Quill", "Hughes", "Nowak", "Brown", "Vance"};
static const char *const town[] = {"Leeds", "York", "Bristol", "Exeter", "Hull"};

/* Values of a file of PEOPLE, two records each, by a pattern: g given, f family, d date, u date as in the United
 * States, y year, s sex, p postcode, e e-mail, n phone, a address, t town, i person, r row, c constant, z null. */
static void put_value(struct buf *out, char what, int person, int record)
{
	struct random r;
	random_start(&r, 7, 1, (uint64_t)person, 0);
	int year = 1900 + (int)random_below(&r, 110), month = 1 + (int)random_below(&r, 12),
	    day = 1 + (int)random_below(&r, 28);
	const char *first = given[random_below(&r, 8)], *last = family[random_below(&r, 8)];
	switch (what) {
	case 'g':
		buf_format(out, "%s", first);
		break;
	case 'f':
		buf_format(out, "%s", last);
		break;
	case 'd':
		buf_format(out, "%02d/%02d/%d", day, month, year);
		break;
	case 'u':
		buf_format(out, "%02d/%02d/%d", month, day, year);
		break;
	case 'y':
		buf_format(out, "%d", year);
		break;
	case 's':
		buf_format(out, "%s", person % 2 ? "F" : "M");
		break;
	case 'p':
		buf_format(out, "LS%d %d%c%c", 1 + person % 20, person % 9, 'A' + person % 10, "BDEFGH"[person % 6]);
		break;
	case 'e':
		buf_format(out, "%s.%d@example.org", last, person);
		break;
	case 'n':
		buf_format(out, "077009%05d", person * 37 % 100000);
		break;
	case 'a':
		buf_format(out, "%d %s Street", 1 + person % 90, last);
		break;
	case 't':
		buf_format(out, "%s", town[person % 5]);
		break;
	case 'i':
		buf_format(out, "P%05d", person);
		break;
	case 'r':
		buf_format(out, "%d", record);
		break;
	case 'c':
		buf_format(out, "same");
		break;
	default:
		break;
	}
}

static const char *make_file(const char *headers, const char *pattern, int people)
{
	struct buf file;
	buf_init(&file, 16 << 20);
	buf_format(&file, "%s\n", headers);
	for (int record = 0; record < people * 2; record++) {
		for (const char *what = pattern; *what; what++) {
			if (what > pattern)
				buf_append_char(&file, ',');
			put_value(&file, *what, record % people, record + 1);
		}
		buf_append_char(&file, '\n');
	}
	const char *path = people_file("made.csv", buf_text(&file));
	buf_release(&file);
	return path;
}

static void expect_meanings(const char *headers, const char *pattern, const char *expected)
{
	struct matching *matching;
	struct error error;
	char got[256] = "";
	size_t len = 0;
	if (people_read(&matching, make_file(headers, pattern, 400), 0, 1, &error) != STATUS_OK)
		fail_msg("%s: %s", headers, error.message);
	struct matching_file file = matching_file(matching, 0);
	for (size_t c = 0; c < file.column_count; c++)
		len += (size_t)snprintf(got + len, sizeof got - len, "%s%s", c ? " " : "",
					meaning_name(file.columns[c].meaning));
	if (strcmp(got, expected) != 0)
		fail_msg("%s\nexpected %s\n     got %s", headers, expected, got);
	matching_free(matching);
}

static void columns_are_understood(void **state)
{
	(void)state;
	expect_meanings("unique_id,first_name,surname,dob,gender,postcode_fake,email,cluster", "rgfdspei",
			"id given_name family_name date_of_birth sex postcode email truth");
	/* headers that say nothing: the values decide */
	expect_meanings("c1,c2,c3,c4,c5,c6,c7", "rgfdspe",
			"id given_name family_name date_of_birth sex postcode email");
	expect_meanings("v1,v2,v3,v4", "gfyn", "given_name family_name birth_year phone");
	/* codes that a few records share each may be the truth */
	expect_meanings("a,b,c,d", "gfdi", "given_name family_name date_of_birth ignored");
	/* what cannot help */
	expect_meanings("name,surname,x,y,z", "gfrcz", "given_name family_name id ignored ignored");
	expect_meanings("Name,Wohnort,Adresse,mother_first_name", "gtag", "given_name place address other");
	expect_meanings("person_id,true_id,label,entity,first,last", "iiiigf",
			"truth truth truth truth given_name family_name");
}

static enum date_order order_read(const char *pattern)
{
	struct matching *matching;
	struct error error;
	assert_int_equal(people_read(&matching, make_file("first_name,dob", pattern, 400), 0, 1, &error), STATUS_OK);
	enum date_order order = matching_file(matching, 0).columns[1].order;
	matching_free(matching);
	return order;
}

static void order_of_dates_is_seen(void **state)
{
	(void)state;
	assert_int_equal(order_read("gd"), DATE_DAY_FIRST);
	assert_int_equal(order_read("gu"), DATE_MONTH_FIRST);
}

/* The clusters of a run, one number a record. */
static uint32_t *clusters_of(const char *path, unsigned threads, size_t *count)
{
	struct matching *matching;
	struct error error;
	struct matching_summary summary;
	assert_int_equal(people_read(&matching, path, 4096, threads, &error), STATUS_OK);
	assert_int_equal(matching_run(matching, &error), STATUS_OK);
	matching_summary(matching, &summary);
	uint32_t *clusters = calloc(summary.records, sizeof *clusters);
	for (size_t i = 0; i < summary.records; i++)
		clusters[i] = matching_cluster(matching, i);
	*count = summary.records;
	matching_free(matching);
	return clusters;
}

static void records_of_one_person_meet(void **state)
{
	size_t count, again;
	(void)state;
	const char *path = make_file("id,first_name,surname,dob,postcode,email", "rgfdpe", 300);
	uint32_t *one = clusters_of(path, 1, &count), *three = clusters_of(path, 3, &again);
	assert_int_equal(count, 600);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(one[i], one[i + 300]);
	assert_memory_equal(one, three, count * sizeof *one);
	free(one);
	free(three);
}

/* With a wrong truth in the file, the result is as without it. */
static void the_truth_is_not_looked_at(void **state)
{
	size_t count, again;
	(void)state;
	uint32_t *with = clusters_of(make_file("id,first_name,surname,dob,person_id", "rgfdr", 300), 1, &count);
	uint32_t *without = clusters_of(make_file("id,first_name,surname,dob", "rgfd", 300), 1, &again);
	assert_int_equal(count, again);
	assert_memory_equal(with, without, count * sizeof *with);
	free(with);
	free(without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_understood),
		cmocka_unit_test(order_of_dates_is_seen),
		cmocka_unit_test(records_of_one_person_meet),
		cmocka_unit_test(the_truth_is_not_looked_at),
	};
	return cmocka_run_group_tests(tests, people_setup, people_teardown);
}
