#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "profile/profile.h"
#include "profile/register.h"

#include <unistd.h>

static const char *source_path(const char *rest)
{
	static char path[1024];
	snprintf(path, sizeof path, "%s/%s", getenv("ONEVIEW_SOURCE"), rest);
	return path;
}

static struct profile *load(const char *folder)
{
	struct profile *profile;
	struct error error = {0};
	if (profile_load(&profile, source_path(folder), &error)) {
		error_print(&error, stderr);
		fail();
	}
	return profile;
}

/* Every problem of a profile that has each of them, against tests/data/profiles/bad/expected.txt. */
static void test_all_problems_are_told(void **state)
{
	(void)state;
	struct profile_problems problems;
	struct profile *profile;
	struct error error;
	assert_int_equal(profile_check(source_path("tests/data/profiles/bad"), &problems, &profile, &error), STATUS_OK);
	assert_null(profile);
	char *told = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&told, &len);
	profile_problems_print(&problems, out);
	fclose(out);
	struct buf expected;
	buf_init(&expected, 1 << 20);
	assert_int_equal(file_read(source_path("tests/data/profiles/bad/expected.txt"), &expected, &error), STATUS_OK);
	assert_string_equal(told, expected.at);
	assert_int_equal(problems.errors, problems.count);
	buf_release(&expected);
	free(told);
	profile_problems_release(&problems);
}

static void test_a_bad_profile_does_not_load(void **state)
{
	(void)state;
	struct profile *profile = NULL;
	struct error error = {0};
	assert_int_equal(profile_load(&profile, source_path("tests/data/profiles/bad"), &error), STATUS_INVALID);
	assert_null(profile);
	assert_non_null(strstr(error.file, "bad/agreements.yaml"));
	assert_int_equal(error.line, 1);
	assert_non_null(strstr(error.remedy, "oneview profile check"));
	assert_int_equal(profile_load(&profile, source_path("tests/data/no_such_profile"), &error), STATUS_NOT_FOUND);
}

static void test_feeds_are_resolved(void **state)
{
	(void)state;
	struct profile *p = load("tests/data/profiles/good");
	const struct profile_feed *feed = profile_feed(p, TEXT("tenancies"));
	assert_non_null(feed);
	assert_ptr_equal(feed->source, profile_source(p, TEXT("housing")));
	assert_int_equal(feed->encoding, ENCODING_WINDOWS_1252);
	assert_int_equal(feed->delivery, DELIVERY_FIRST_FULL);
	assert_int_equal(feed->key_count, 2);
	assert_ptr_equal(feed->client, profile_element(p, TEXT("person_reference")));
	const struct profile_element *postcode = profile_element(p, TEXT("postcode"));
	assert_int_equal(feed_column(feed, postcode)->type, COLUMN_JSON);
	const struct profile_column *tenure = feed_column(feed, profile_element(p, TEXT("tenure")));
	assert_string_equal(column_code(tenure, TEXT("SEC"))->to.at, "secure");
	assert_null(column_code(tenure, TEXT("sec")));
	assert_int_equal(feed->rule_count, 2);
	assert_ptr_equal(feed->rules[1].feed, profile_feed(p, TEXT("pupils")));
	assert_float_equal(feed->rows_fall_by, 0.3, 1e-9);
	profile_free(p);
}

static void test_included_feeds_are_taken_and_own_things_win(void **state)
{
	(void)state;
	struct profile *p = load("tests/data/profiles/good");
	assert_non_null(profile_feed(p, TEXT("pupils")));
	assert_null(profile_feed(p, TEXT("unwanted")));
	assert_non_null(profile_element(p, TEXT("attendance")));
	assert_true(text_starts_with(profile_element(p, TEXT("date_of_birth"))->definition, TEXT("The profile's own")));
	profile_free(p);
}

static void test_an_agreement_lets_through_what_it_says(void **state)
{
	(void)state;
	struct profile *p = load("tests/data/profiles/good");
	const struct profile_agreement *agreement = profile_agreement(p, TEXT("housing_sharing"));
	const struct profile_feed *tenancies = profile_feed(p, TEXT("tenancies"));
	const struct profile_feed *pupils = profile_feed(p, TEXT("pupils"));
	static const struct {
		const char *element;
		bool tenancies, pupils;
	} cases[] = {{"tenure", true, false},     {"postcode", true, false},    {"balance", false, false},
		     {"vulnerable", true, false}, {"attendance", false, false}, {"pupil_reference", false, false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct profile_element *element = profile_element(p, text_of(cases[i].element));
		assert_int_equal(agreement_covers(p, agreement, tenancies, element, NULL), cases[i].tenancies);
		assert_int_equal(agreement_covers(p, agreement, pupils, element, NULL), cases[i].pupils);
	}
	const struct profile_cover *cover;
	assert_true(agreement_covers(p, agreement, tenancies, profile_element(p, TEXT("vulnerable")), &cover));
	assert_string_equal(cover->clause.at, "4.2");
	assert_true(agreement_covers_presence(p, agreement, pupils, NULL));
	assert_false(agreement_runs(agreement, date_of(2024, 3, 31)));
	assert_true(agreement_runs(agreement, date_of(2026, 3, 31)));
	assert_false(agreement_runs(agreement, date_of(2026, 4, 1)));
	assert_true(agreement_has_role(agreement, profile_role(p, TEXT("housing_officer"))));
	assert_false(agreement_has_role(agreement, profile_role(p, TEXT("insight_analyst"))));
	assert_false(agreement_has_team(agreement, NULL));
	profile_free(p);
}

static struct text registered(const struct register_field *fields, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].key, key) == 0)
			return fields[i].value;
	fail_msg("the register has no %s", key);
	return TEXT_ABSENT;
}

static void test_the_register_says_every_field(void **state)
{
	(void)state;
	static const char *const said[][2] = {{"id", "housing_sharing"},
					      {"status", "approved"},
					      {"controller", "Test council"},
					      {"dpo", "dpo@council.example"},
					      {"joint_controllers", "Other council (dpo@other.example)"},
					      {"processors", "Hosting Ltd"},
					      {"services", "Housing; Housing options"},
					      {"special_condition", "UK GDPR article 9(2)(g)"},
					      {"schedule_1_condition", "Paragraph 18"},
					      {"recipients", "Housing officer"},
					      {"categories", "identity; personal; special"},
					      {"legal_power", "Localism Act 2011 section 1"},
					      {"retention", "Six years"},
					      {"breach", "Told within 24 hours"},
					      {"dpia_outcome", "Low risk"},
					      {"decided_by", "The board"},
					      {"decided_on", "2020-01-01"},
					      {"from", "2024-04-01"},
					      {"review", "2025-10-01"}};
	struct profile *p = load("tests/data/profiles/good");
	struct arena arena;
	const struct register_field *fields;
	arena_init(&arena, 1 << 20);
	size_t count = agreement_register(&fields, p, profile_agreement(p, TEXT("housing_sharing")), &arena);
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		assert_string_equal(registered(fields, count, said[i][0]).at, said[i][1]);
	arena_release(&arena);
	profile_free(p);
}

/* Draft, suspended and ended agreements let nothing through on any day; and only one that runs can be overdue. */
static void test_only_an_approved_agreement_runs(void **state)
{
	(void)state;
	struct profile *p = load("tests/data/profiles/good");
	struct profile_agreement agreement = *profile_agreement(p, TEXT("housing_sharing"));
	date within = date_of(2025, 12, 1);
	assert_true(agreement_runs(&agreement, within));
	assert_true(agreement_review_is_due(&agreement, within));
	assert_false(agreement_review_is_due(&agreement, date_of(2025, 9, 30)));
	assert_false(agreement_review_is_due(&agreement, date_of(2026, 4, 1)));
	static const enum agreement_status others[] = {AGREEMENT_DRAFT, AGREEMENT_SUSPENDED, AGREEMENT_ENDED};
	for (size_t i = 0; i < 3; i++) {
		agreement.status = others[i];
		assert_false(agreement_runs(&agreement, within));
		assert_false(agreement_review_is_due(&agreement, within));
	}
	profile_free(p);
}

static void test_wards_have_names(void **state)
{
	(void)state;
	struct profile *profile = load("tests/data/profiles/good");
	assert_true(text_is(profile_ward_title(profile, TEXT("W02")), "Gasworks & Reach"));
	assert_true(text_is(profile_ward_title(profile, TEXT("W99")), "W99"));
	profile_free(profile);
}

static void test_wards_have_boundaries(void **state)
{
	(void)state;
	struct profile *profile = load("tests/data/profiles/good");
	assert_int_equal(profile->boundaries.count, 3); /* one ward, and one in two pieces */
	assert_true(text_is(profile->boundaries.at[0].code, "W01"));
	assert_true(text_is(profile->boundaries.at[2].code, "W02"));
	assert_int_equal(profile->boundaries.at[0].point_count, 5);
	assert_true(profile->boundaries.at[0].points[2].longitude == 0.20);
	assert_true(profile->boundaries.at[0].points[2].latitude == 51.60);
	profile_free(profile);
}

static void test_file_names_fit_their_pattern(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *name, *as_at; /* as_at NULL: does not fit */
	} cases[] = {
		{"tenancies_{as_at:YYYYMMDD}.csv", "tenancies_20240131.csv", "2024-01-31"},
		{"tenancies_{as_at:YYYYMMDD}.csv", "tenancies_20240231.csv", NULL},
		{"tenancies_{as_at:YYYYMMDD}.csv", "tenancies_20240131.csv.part", NULL},
		{"*_{as_at:DD-Mon-YY}.txt", "a_b_05-Apr-23.txt", "2023-04-05"},
		{"ctax*{as_at:DD-MM-YYYY}*", "ctax 01-02-2023 (2).csv", "2023-02-01"},
		{"fixed.csv", "fixed.csv", ""},
		{"fixed.csv", "fixed.csv2", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct profile_feed feed = {.file = text_of(cases[i].pattern)};
		date as_at;
		char iso[DATE_TEXT_SIZE];
		assert_int_equal(profile_file_matches(&feed, text_of(cases[i].name), &as_at), cases[i].as_at != NULL);
		if (cases[i].as_at)
			assert_string_equal(date_format_iso(as_at, iso), cases[i].as_at);
	}
}

static void test_a_copy_stands_alone_with_the_same_version(void **state)
{
	(void)state;
	struct profile *p = load("tests/data/profiles/good");
	char folder[] = "/tmp/oneview-profile-XXXXXX", copy[64], command[128];
	assert_non_null(mkdtemp(folder));
	snprintf(copy, sizeof copy, "%s/profile", folder);
	struct error error;
	struct profile *copied;
	assert_int_equal(profile_copy(p, copy, &error), STATUS_OK);
	assert_int_equal(profile_load(&copied, copy, &error), STATUS_OK);
	assert_string_equal(copied->version, p->version);
	assert_int_equal(strlen(p->version), 32);
	assert_int_equal(copied->feeds.count, p->feeds.count);
	profile_free(copied);
	profile_free(p);
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void test_the_profiles_of_the_house_are_without_problem(void **state)
{
	(void)state;
	static const char *const folders[] = {"profiles/demo", "profiles/statutory"};
	for (size_t i = 0; i < 2; i++) {
		struct profile_problems problems;
		struct error error;
		assert_int_equal(profile_check(source_path(folders[i]), &problems, NULL, &error), STATUS_OK);
		profile_problems_print(&problems, stderr);
		assert_int_equal(problems.count, 0);
		profile_problems_release(&problems);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_problems_are_told),
		cmocka_unit_test(test_a_bad_profile_does_not_load),
		cmocka_unit_test(test_feeds_are_resolved),
		cmocka_unit_test(test_included_feeds_are_taken_and_own_things_win),
		cmocka_unit_test(test_an_agreement_lets_through_what_it_says),
		cmocka_unit_test(test_the_register_says_every_field),
		cmocka_unit_test(test_only_an_approved_agreement_runs),
		cmocka_unit_test(test_wards_have_names),
		cmocka_unit_test(test_wards_have_boundaries),
		cmocka_unit_test(test_file_names_fit_their_pattern),
		cmocka_unit_test(test_a_copy_stands_alone_with_the_same_version),
		cmocka_unit_test(test_the_profiles_of_the_house_are_without_problem),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
