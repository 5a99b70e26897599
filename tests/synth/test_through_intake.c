/* Extracts through the real intake: quarantine finds every defect, and no good row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"
#include "identity/intake/fixture.h"
#include "synth/feeds/feeds.h"

static void use_profile(struct fixture *f, const char *folder)
{
	snprintf(f->profile_folder, sizeof f->profile_folder, "%s", folder);
	fixture_load_profile(f);
}

static void run(struct fixture *f)
{
	struct error e;
	struct intake *intake;
	struct intake_settings settings = fixture_settings(f);
	settings.settle_ms = 1;
	usleep(5000);
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, fixture_take_result, f, &f->totals, &e), &e);
	intake_close(intake);
}

/* "file:line" of every row that was turned away. */
static void turned_away(struct fixture *f, struct text_map *out)
{
	struct error e;
	struct statement *s;
	bool row;
	text_map_init(out);
	assert_ok(store_prepare(&s, f->data,
				"SELECT e.file_name, q.line FROM quarantine q JOIN extract e ON e.extract_id = "
				"q.extract_id WHERE q.severity = 'reject'",
				&e),
		  &e);
	int name = statement_column(s, "file_name"), line = statement_column(s, "line");
	while (statement_step(s, &row, &e) == STATUS_OK && row) {
		char key[400];
		int n = snprintf(key, sizeof key, "%.*s:%lld", TEXT_ARG(statement_text(s, name)),
				 (long long)statement_int(s, line));
		text_map_put(out, text_slice(key, (size_t)n), NULL);
	}
	statement_done(s);
}

/* Compares with a CSV whose first two columns are file and line. */
static size_t compare_with(const char *path, const struct text_map *got)
{
	struct buf content;
	struct error e;
	struct text_map expected;
	buf_init(&content, 16 << 20);
	assert_ok(file_read(path, &content, &e), &e);
	text_map_init(&expected);
	struct text rest = buf_text(&content), row, file, line;
	assert_true(text_split(&rest, '\n', &row));
	while (text_split(&rest, '\n', &row) && row.len) {
		char key[400];
		assert_true(text_split(&row, ',', &file) && text_split(&row, ',', &line));
		int n = snprintf(key, sizeof key, "%.*s:%.*s", TEXT_ARG(file), TEXT_ARG(line));
		text_map_put(&expected, text_slice(key, (size_t)n), NULL);
		if (!text_map_get(got, text_slice(key, (size_t)n)))
			fail_msg("not turned away: %s", key);
	}
	for (size_t i = 0; i < got->count; i++)
		if (!text_map_get(&expected, got->keys[i]))
			fail_msg("turned away for nothing: %.*s", TEXT_ARG(got->keys[i]));
	size_t count = expected.count;
	text_map_release(&expected);
	buf_release(&content);
	return count;
}

static void a_borough_loses_its_defects_only(void **state)
{
	struct fixture *f = *state;
	struct borough *b;
	struct error e;
	struct feeds_summary summary;
	struct text_map got;
	char path[400];
	assert_ok(borough_make(&b, &(struct borough_plan){.people = 1500, .seed = 3, .months = 12}, &e), &e);
	assert_ok(feeds_write(b, f->db.folder, &(struct feeds_plan){0}, &summary, &e), &e);
	borough_free(b);
	use_profile(f, PROFILES "/demo");
	f->today = date_of(2026, 11, 20);
	run(f);
	assert_int_equal(f->totals.loaded, summary.files);
	assert_int_equal(f->totals.rows_read, summary.rows);
	turned_away(f, &got);
	snprintf(path, sizeof path, "%s/truth/defects.csv", f->db.folder);
	assert_int_equal(compare_with(path, &got), summary.defects);
	assert_true(summary.defects > 150);
	text_map_release(&got);
}

static const char return_profile[] = "id: test\ntitle: Test\ncouncil: Test council\n"
				     "include:\n  - profile: ../statutory\n    feeds: [ssda903_header, "
				     "ssda903_episodes, ssda903_reviews, ssda903_oc2, ssda903_oc3, ssda903_ad1, "
				     "ssda903_placed_for_adoption, ssda903_previous_permanence, ssda903_missing, "
				     "ssda903_uasc, ssda903_sw_episodes]\n";
static const char return_sources[] = "sources:\n  - {id: childrens_social_care, title: Children, owner: Children}\n";
static const char return_agreements[] =
	"- id: all\n  title: All\n  status: approved\n  decision: {outcome: Share, by: Board, on: 2020-01-01}\n"
	"  controller: Test council\n  parties: [Children]\n  lawful_basis: Public task\n"
	"  special_condition: Substantial public interest\n  criminal_condition: Schedule 1\n"
	"  covers:\n    - {sources: [childrens_social_care]}\n"
	"  recipients: {roles: [officer]}\n  purposes: [housing]\n  from: 2015-01-01\n  to: 2030-01-01\n";

static void copy_into_inbox(const struct fixture *f, const char *folder)
{
	struct arena arena;
	struct text *names;
	struct error e;
	size_t count;
	arena_init(&arena, 1 << 20);
	assert_ok(file_list(folder, &arena, &names, &count, &e), &e);
	for (size_t i = 0; i < count; i++) {
		char path[700];
		struct buf content;
		if (!text_starts_with(names[i], TEXT("ssda903_")))
			continue;
		snprintf(path, sizeof path, "%s/%.*s", folder, TEXT_ARG(names[i]));
		buf_init(&content, 16 << 20);
		assert_ok(file_read(path, &content, &e), &e);
		fixture_write(f, f->inbox, names[i].at, buf_text(&content));
		buf_release(&content);
	}
	arena_release(&arena);
}

/* The public sample of the looked-after children return, through the definitions any council may use. */
static void the_public_return_loses_its_wrong_rows(void **state)
{
	struct fixture *f = *state;
	struct error e;
	struct text_map got;
	char folder[400], link[500];
	snprintf(folder, sizeof folder, "%s/return", f->db.folder);
	snprintf(link, sizeof link, "%s/statutory", f->db.folder);
	assert_ok(file_make_folder(folder, 0700, &e), &e);
	assert_int_equal(symlink(PROFILES "/statutory", link), 0);
	fixture_write(f, folder, "profile.yaml", text_of(return_profile));
	fixture_write(f, folder, "sources.yaml", text_of(return_sources));
	fixture_write(f, folder, "agreements.yaml", text_of(return_agreements));
	fixture_write(f, folder, "purposes.yaml", TEXT("- {id: housing, title: Housing}\n"));
	fixture_write(f, folder, "roles.yaml",
		      TEXT("roles:\n  - {id: officer, title: Officer, capabilities: [search], purposes: [housing]}\n"));
	use_profile(f, folder);
	f->today = date_of(2026, 11, 20); /* reviews of the sample lie in the future of every day before 2029 */
	copy_into_inbox(f, SAMPLE);
	run(f);
	assert_int_equal(f->totals.loaded, 11);
	assert_int_equal(f->totals.rows_read, 25944);
	assert_int_equal(f->totals.rows_quarantined, 134);
	turned_away(f, &got);
	assert_int_equal(compare_with(SAMPLE "/expected_quarantine.csv", &got), 134);
	text_map_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_borough_loses_its_defects_only, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(the_public_return_loses_its_wrong_rows, fixture_make, fixture_drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
