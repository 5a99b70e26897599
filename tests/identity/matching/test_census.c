/* A census against army records: ages here, years of birth there; one parish under two headers; a county that says
 * nothing more than the parish does; dates of death. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "matching/matching_int.h"
#include "maths/random.h"
#include "people_files.h"

enum { PEOPLE = 600, ASKED_IN = 1911 };

struct person {
	const char *given;
	char family[16];
	int year;
	unsigned parish;
};

static const char *const given[] = {"john", "william", "george", "arthur", "ernest", "hubert", "oswald", "giles"};
static const char *const starts[] = {"ash", "bur", "cot", "den", "far", "gor",
				     "hol", "kir", "lam", "mor", "pen", "ros"};
static const char *const ends[] = {"well", "ton", "by", "ley", "man", "field", "croft", "shaw", "stead", "wick"};
static const char *const parishes[] = {"Abington", "Barrow",  "Cadbury", "Dalton", "Eccles",
				       "Fenwick",  "Garston", "Hadley",  "Irby",   "Kelsall"};
/* five parishes a county */
static const char *const counties[] = {"Norfolk", "Durham"};

static struct person person_of(int number)
{
	struct random r;
	struct person person;
	random_start(&r, 11, 1, (uint64_t)number, 0);
	person.given = given[random_below(&r, 8)];
	snprintf(person.family, sizeof person.family, "%s%s", starts[random_below(&r, 12)], ends[random_below(&r, 10)]);
	person.year = 1870 + (int)random_below(&r, 30);
	person.parish = random_below(&r, 10);
	return person;
}

/* Every third age is told a year wrong. */
static const char *census_file(void)
{
	struct buf file;
	buf_init(&file, 1 << 20);
	buf_format(&file, "record_id,forenames,surname,age,birth_parish,birth_county\n");
	for (int i = 0; i < PEOPLE; i++) {
		struct person p = person_of(i);
		buf_format(&file, "c%d,%s,%s,%d,%s,%s\n", i, p.given, p.family, ASKED_IN - p.year + (i % 3 == 0),
			   parishes[p.parish], counties[p.parish / 5]);
	}
	const char *path = people_file("census.csv", buf_text(&file));
	buf_release(&file);
	return path;
}

/* Every second person of the census, and as many who are in no census. */
static const char *army_file(void)
{
	struct buf file;
	buf_init(&file, 1 << 20);
	buf_format(&file, "record_id,first_names,last_name,year_of_birth,birth_place,county,rank\n");
	for (int i = 0; i < PEOPLE; i++) {
		struct person p = person_of(i % 2 ? PEOPLE + i : i);
		buf_format(&file, "a%d,%s,%s,%d,%s,%s,private\n", i, p.given, p.family, p.year, parishes[p.parish],
			   counties[p.parish / 5]);
	}
	const char *path = people_file("army.csv", buf_text(&file));
	buf_release(&file);
	return path;
}

static struct matching *link_files(const char *const files[2])
{
	struct matching *matching;
	struct error error;
	struct matching_options options = {.files = files, .file_count = 2, .threads = 2, .link_only = true};
	assert_int_equal(matching_read(&matching, &options, &error), STATUS_OK);
	assert_int_equal(matching_run(matching, &error), STATUS_OK);
	return matching;
}

static void ages_meet_years_of_birth(void **state)
{
	size_t count, met = 0, wrong = 0;
	(void)state;
	struct matching *matching = link_files((const char *[]){census_file(), army_file()});
	const struct matching_warning *warnings = matching_warnings(matching, &count);
	bool said = false;
	for (size_t i = 0; i < count; i++)
		said |= strstr(warnings[i].text, "ages are taken as of 1911") != NULL;
	assert_true(said);
	for (size_t i = 0; i < PEOPLE; i++) {
		bool together = matching_cluster(matching, i) == matching_cluster(matching, PEOPLE + i);
		met += i % 2 == 0 && together;
		wrong += i % 2 == 1 && together;
	}
	assert_true(met >= PEOPLE / 2 * 9 / 10);
	assert_int_equal(wrong, 0);
	matching_free(matching);
}

static void columns_meet_by_their_values(void **state)
{
	(void)state;
	struct matching *matching = link_files((const char *[]){census_file(), army_file()});
	struct matching_file army = matching_file(matching, 1);
	assert_non_null(strstr(army.columns[4].why, "\"birth_parish\""));
	assert_non_null(strstr(army.columns[5].why, "\"birth_county\""));
	assert_int_equal(army.columns[5].meaning, MEANING_BIRTH_PLACE);
	assert_int_equal(army.columns[6].meaning, MEANING_IGNORED);
	matching_free(matching);
}

/* Two namesakes of one year, who died in different years, are two; one whose year of birth is a year off is one. */
static void dates_of_death_tell_namesakes_apart(void **state)
{
	struct buf file;
	struct matching *matching;
	struct error error;
	(void)state;
	buf_init(&file, 1 << 20);
	buf_format(&file, "id,forename,surname,born,died\n");
	for (int i = 0; i < PEOPLE; i++) {
		struct person p = person_of(i);
		for (int copy = 0; copy < 2; copy++)
			buf_format(&file, "%d,%s,%s,%d,%d-%02d-%02d\n", 2 * i + copy, p.given, p.family,
				   p.year + (copy && i % 4 == 0), p.year + 30 + i % 40, 1 + i % 12, 1 + i % 28);
	}
	buf_format(&file, "x,john,quillbane,1880,1931-02-03\ny,john,quillbane,1880,1955-10-17\n");
	assert_int_equal(people_read(&matching, people_file("died.csv", buf_text(&file)), 0, 2, &error), STATUS_OK);
	assert_int_equal(matching_file(matching, 0).columns[4].meaning, MEANING_DEATH);
	assert_int_equal(matching_run(matching, &error), STATUS_OK);
	size_t met = 0, last = 2 * (size_t)PEOPLE;
	for (size_t i = 0; i < PEOPLE; i++)
		met += matching_cluster(matching, 2 * i) == matching_cluster(matching, 2 * i + 1);
	assert_true(met >= PEOPLE * 98 / 100);
	assert_true(matching_cluster(matching, last) != matching_cluster(matching, last + 1));
	matching_free(matching);
	buf_release(&file);
}

static bool has_rule(const struct matching *matching, const char *name)
{
	const struct linking_report *report = linking_run_report(matching->run);
	for (size_t r = 0; r < report->rules; r++) {
		if (strcmp(report->rule[r].name, name) == 0)
			return true;
	}
	return false;
}

/* Above ten thousand records, for smaller tables have broad rules. */
static struct matching *link_many(const char *header, bool phone)
{
	struct buf file;
	struct matching *matching;
	struct error error;
	buf_init(&file, 4 << 20);
	buf_format(&file, "%s\n", header);
	for (int i = 0; i < 11000; i++) {
		struct person p = person_of(i % 5500);
		buf_format(&file, "%d,%s,%s,%d", i, p.given, p.family, p.year);
		if (phone)
			buf_format(&file, ",077009%05d", i % 5500);
		buf_format(&file, "\n");
	}
	assert_int_equal(people_read(&matching, people_file("many.csv", buf_text(&file)), 0, 2, &error), STATUS_OK);
	assert_int_equal(matching_run(matching, &error), STATUS_OK);
	buf_release(&file);
	return matching;
}

static void few_columns_get_more_rules(void **state)
{
	(void)state;
	struct matching *few = link_many("id,forename,surname,birth_year", false);
	struct matching *more = link_many("id,forename,surname,birth_year,phone", true);
	assert_true(has_rule(few, "family_name by sound + given_name initial"));
	assert_false(has_rule(more, "family_name by sound + given_name initial"));
	matching_free(few);
	matching_free(more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ages_meet_years_of_birth),
		cmocka_unit_test(columns_meet_by_their_values),
		cmocka_unit_test(dates_of_death_tell_namesakes_apart),
		cmocka_unit_test(few_columns_get_more_rules),
	};
	return cmocka_run_group_tests(tests, people_setup, people_teardown);
}
