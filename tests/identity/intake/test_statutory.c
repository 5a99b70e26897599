/* Extracts as they are really delivered: the public SSDA903 sample through the statutory feeds, and a
 * synthetic borough whose defective rows are listed beside it. Quarantine must have all of
 * them and no other row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"
#include "fixture.h"
#include "intake/csv.h"

static const char *source_path(const char *rest)
{
	static char path[1024];
	snprintf(path, sizeof path, "%s/%s", getenv("ONEVIEW_SOURCE"), rest);
	return path;
}

static void run(const char *format, const char *a, const char *b)
{
	char command[2200];
	snprintf(command, sizeof command, format, a, b);
	assert_int_equal(system(command), 0);
}

/* Rows of a truth file as "file,line" or "file,line,rule,column" -> 0. */
static void read_expected(struct text_map *expected, const char *path, size_t columns)
{
	struct error e;
	struct csv *csv;
	struct csv_row row;
	struct csv_given given = {.delimiter = ','};
	struct csv_format format;
	char key[400];
	assert_ok(csv_format_of_file(&format, path, &given, &e), &e);
	assert_ok(csv_open(&csv, path, &format, &e), &e);
	assert_ok(csv_next(csv, &row, &e), &e);
	csv_expect(csv, row.count);
	while (csv_next(csv, &row, &e) == STATUS_OK && row.line) {
		int n = snprintf(key, sizeof key, "%.*s,%.*s", TEXT_ARG(row.fields[0]), TEXT_ARG(row.fields[1]));
		if (columns == 4)
			n = snprintf(key, sizeof key, "%.*s,%.*s,%.*s,%.*s", TEXT_ARG(row.fields[0]),
				     TEXT_ARG(row.fields[1]), TEXT_ARG(row.fields[2]), TEXT_ARG(row.fields[3]));
		*text_map_put(expected, text_slice(key, (size_t)n), NULL) = 0;
	}
	csv_close(csv);
}

/* Ticks off what is in quarantine; anything that is not expected fails. */
static void compare(struct fixture *f, struct text_map *expected, size_t columns)
{
	struct error e;
	struct arena arena;
	struct quarantine_row *rows;
	size_t count, missing = 0, surplus = 0;
	struct quarantine_filter rejected = {.severity = TEXT("reject"), .limit = 20000};
	arena_init(&arena, 64 << 20);
	assert_ok(quarantine_list(&rows, &count, NULL, f->data, &rejected, &arena, &e), &e);
	for (size_t i = 0; i < count; i++) {
		struct text key = columns == 4 ? arena_format(&arena, "%.*s,%lld,%.*s,%.*s",
							      TEXT_ARG(rows[i].file_name), (long long)rows[i].line,
							      TEXT_ARG(rows[i].rule), TEXT_ARG(rows[i].column_name))
					       : arena_format(&arena, "%.*s,%lld", TEXT_ARG(rows[i].file_name),
							      (long long)rows[i].line);
		uint64_t *place = text_map_get(expected, key);
		if (place) {
			*place = 1;
			continue;
		}
		surplus++;
		fprintf(stderr, "not expected: %.*s (%.*s, %.*s)\n", TEXT_ARG(key), TEXT_ARG(rows[i].rule),
			TEXT_ARG(rows[i].column_name));
	}
	for (size_t i = 0; i < expected->count; i++) {
		if (expected->values[i])
			continue;
		missing++;
		fprintf(stderr, "not found: %.*s\n", TEXT_ARG(expected->keys[i]));
	}
	assert_int_equal(missing, 0);
	assert_int_equal(surplus, 0);
	arena_release(&arena);
}

static void use_profile(struct fixture *f, const char *folder)
{
	snprintf(f->profile_folder, sizeof f->profile_folder, "%s", folder);
	fixture_load_profile(f);
}

/* A council that takes the return and nothing else. */
static void return_profile(struct fixture *f)
{
	char folder[600];
	struct error e;
	snprintf(folder, sizeof folder, "%s/profiles/council", f->db.folder);
	assert_ok(file_make_folder(folder, 0700, &e), &e);
	run("cp -r '%s/profiles/statutory' '%s/profiles/'", getenv("ONEVIEW_SOURCE"), f->db.folder);
	fixture_write(
		f, folder, "profile.yaml",
		TEXT("id: council\ntitle: Council\ncouncil: Council\ninclude:\n  - {profile: ../statutory, feeds: "
		     "[ssda903_ad1, ssda903_episodes, ssda903_header, ssda903_missing, ssda903_oc2, ssda903_oc3, "
		     "ssda903_placed_for_adoption, ssda903_previous_permanence, ssda903_reviews, "
		     "ssda903_sw_episodes, ssda903_uasc]}\n"));
	fixture_write(f, folder, "sources.yaml",
		      TEXT("sources:\n  - {id: childrens_social_care, title: Children, owner: Children}\n"));
	fixture_write(f, folder, "purposes.yaml", TEXT("- {id: care, title: Care}\n"));
	fixture_write(f, folder, "roles.yaml",
		      TEXT("roles:\n  - {id: officer, title: Officer, capabilities: [search], purposes: [care]}\n"));
	fixture_write(
		f, folder, "agreements.yaml",
		TEXT("- id: sharing\n  title: Sharing\n  status: approved\n  decision: {outcome: Share, by: Board, on: "
		     "2020-01-01}\n"
		     "  controller: Council\n  parties: [Children]\n"
		     "  lawful_basis: Public task\n  special_condition: x\n  criminal_condition: x\n  covers:\n"
		     "    - {sources: [childrens_social_care], categories: [identity, personal, special, criminal, "
		     "protected, other]}\n  recipients: {roles: [officer]}\n  purposes: [care]\n"
		     "  from: 2020-01-01\n"));
	use_profile(f, folder);
}

static void test_ssda903(void **state)
{
	struct fixture *f = *state;
	struct text_map expected;
	text_map_init(&expected);
	if (!file_exists(source_path("tests/data/ssda903/expected_quarantine.csv"))) {
		print_message("the SSDA903 sample is not there\n");
		skip();
	}
	f->today = date_of(2026, 11, 20);
	return_profile(f);
	run("cp '%s'/tests/data/ssda903/ssda903_*.csv '%s/'", getenv("ONEVIEW_SOURCE"), f->inbox);
	fixture_run(f);
	assert_int_equal(f->totals.loaded, 11);
	assert_int_equal(f->totals.rows_read, 25944);
	assert_int_equal(f->totals.rows_quarantined, 134);
	read_expected(&expected, source_path("tests/data/ssda903/expected_quarantine.csv"), 4);
	compare(f, &expected, 4);
	text_map_release(&expected);
}

static void test_synthetic_defects(void **state)
{
	struct fixture *f = *state;
	struct text_map expected;
	char out[300], truth[400];
	const char *synth = getenv("ONEVIEW_SYNTH");
	if (!synth) {
		print_message("oneview-synth was not built\n");
		skip();
	}
	text_map_init(&expected);
	snprintf(out, sizeof out, "%s/borough", f->db.folder);
	run("'%s' --people 600 --seed 7 --months 12 --out '%s' >/dev/null", synth, out);
	run("cp -r '%s/inbox/.' '%s/'", out, f->inbox);
	f->today = date_of(2026, 11, 20);
	use_profile(f, source_path("profiles/demo"));
	fixture_run(f);
	assert_int_equal(f->totals.held + f->totals.refused + f->totals.unknown + f->totals.busy, 0);
	assert_true(f->totals.rows_quarantined > 0);
	snprintf(truth, sizeof truth, "%s/truth/defects.csv", out);
	read_expected(&expected, truth, 2);
	compare(f, &expected, 2);
	text_map_release(&expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ssda903, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_synthetic_defects, fixture_make, fixture_drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
