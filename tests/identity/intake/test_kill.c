/* kill -9 at random moments of a load, then load again: the same state as an undisturbed load.
 *
 * The child loads a year of a small borough; the parent kills it after a random time and starts
 * another until one finishes.  ONEVIEW_KILLS sets how many kills (default 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

static void run(const char *format, const char *a, const char *b)
{
	char command[2200];
	snprintf(command, sizeof command, format, a, b);
	assert_int_equal(system(command), 0);
}

static unsigned files_in(const char *folder)
{
	unsigned files = 0;
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		files += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return files;
}

/* What must be the same: every table but the ciphertext, whose nonces are fresh, and the clock. */
static void digest(struct fixture *f, struct buf *out)
{
	static const char *const queries[] = {
		"SELECT 'e ' || feed_no || ' ' || file_name || ' ' || as_at || ' ' || delivery || ' ' || rows_read || "
		"' ' || "
		"rows_loaded || ' ' || rows_unchanged || ' ' || rows_quarantined || ' ' || rows_ended || ' ' || status "
		"AS "
		"line FROM extract ORDER BY extract_id",
		"SELECT 'f ' || record_id || ' ' || feed_no || ' ' || row_key || ' ' || version || ' ' || extract_id "
		"|| ' ' "
		"|| line || ' ' || valid_from || ' ' || COALESCE(valid_to, 0) || ' ' || COALESCE(ended_by, 0) || ' ' "
		"|| "
		"row_hash || ' ' || seal_hash || ' ' || payload AS line FROM fact JOIN fact_payload USING (record_id, "
		"payload_id) ORDER BY record_id, feed_no, "
		"row_key, "
		"version",
		"SELECT 's ' || record_id || ' ' || feed_no || ' ' || row_key || ' ' || version || ' ' || part AS line "
		"FROM sealed ORDER BY record_id, feed_no, row_key, version, part",
		"SELECT 'r ' || record_id || ' ' || source_no || ' ' || client_hash AS line FROM record ORDER BY "
		"record_id",
		"SELECT 'q ' || extract_id || ' ' || line || ' ' || problem || ' ' || rule AS line FROM quarantine "
		"ORDER BY extract_id, line, problem",
		"SELECT 'm ' || extract_id || ' ' || position || ' ' || filled || ' ' || valid || ' ' || "
		"distinct_values "
		"AS line FROM quality ORDER BY extract_id, position"};
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		struct error e;
		struct statement *select;
		bool row;
		assert_ok(store_prepare(&select, f->data, queries[i], &e), &e);
		int line = statement_column(select, "line");
		while (statement_step(select, &row, &e) == STATUS_OK && row) {
			buf_append_text(out, statement_text(select, line));
			buf_append_char(out, '\n');
		}
		statement_done(select);
	}
	assert_false(out->failed);
}

static void open_store(struct fixture *f)
{
	f->data = test_database_open(&f->db, STORE_DATA);
}

/* A child process that loads the inbox; killed after MICROSECONDS (0: never). True: it had finished. */
static bool load_in_child(struct fixture *f, unsigned microseconds)
{
	store_close(f->data); /* a connection does not outlive a fork */
	f->data = NULL;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct error e;
		open_store(f);
		/* As the workspace's lock does: the server may still be at the killed child's last commit. */
		assert_ok(store_begin(f->data, &e), &e);
		assert_ok(store_commit(f->data, &e), &e);
		fixture_run(f);
		_exit(0);
	}
	if (microseconds) {
		usleep(microseconds);
		kill(child, SIGKILL);
	}
	int state;
	assert_int_equal(waitpid(child, &state, 0), child);
	open_store(f);
	return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

static void fill_inbox(struct fixture *f, const char *borough)
{
	run("rm -rf '%s' '%s'", f->inbox, f->archive);
	run("mkdir '%s' '%s'", f->inbox, f->archive);
	run("cp -r '%s/inbox/.' '%s/'", borough, f->inbox);
}

static void make_borough(char out[300], struct fixture *f)
{
	snprintf(out, 300, "%s/borough", f->db.folder);
	run("'%s' --people 1500 --seed 3 --months 12 --out '%s' >/dev/null", getenv("ONEVIEW_SYNTH"), out);
	snprintf(f->profile_folder, sizeof f->profile_folder, "%s/profiles/demo", getenv("ONEVIEW_SOURCE"));
	f->today = date_of(2026, 11, 20);
	fixture_load_profile(f);
}

static void forget_everything(struct fixture *f)
{
	struct error e;
	static const char *const tables[] = {"fact",       "fact_payload", "sealed",       "record",          "extract",
					     "quarantine", "quality",      "quality_rule", "reference_value", "feed",
					     "source"};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		char sql[100];
		snprintf(sql, sizeof sql, "DELETE FROM %s", tables[i]);
		assert_ok(store_execute(f->data, sql, &e), &e);
	}
}

static void assert_same(struct fixture *f, const struct buf *undisturbed, unsigned archived)
{
	struct buf after;
	buf_init(&after, 256 << 20);
	digest(f, &after);
	assert_int_equal(after.len, undisturbed->len);
	assert_memory_equal(after.at, undisturbed->at, after.len);
	assert_int_equal(files_in(f->inbox), 0);
	assert_int_equal(files_in(f->archive), archived);
	buf_release(&after);
}

static void test_kills(void **state)
{
	struct fixture *f = *state;
	const char *wanted = getenv("ONEVIEW_KILLS");
	long kills = wanted ? strtol(wanted, NULL, 10) : 6;
	char borough[300];
	struct buf undisturbed;
	buf_init(&undisturbed, 256 << 20);
	make_borough(borough, f);
	fill_inbox(f, borough);
	instant start = instant_now();
	assert_true(load_in_child(f, 0));
	unsigned whole = (unsigned)(instant_now() - start);
	digest(f, &undisturbed);
	assert_true(undisturbed.len > 100000);
	unsigned archived = files_in(f->archive);
	srandom(20241);
	long done = 0, rounds = 0;
	for (bool finished = true; done < kills; done++) {
		if (finished) {
			forget_everything(f);
			fill_inbox(f, borough);
			rounds++;
		}
		finished = load_in_child(f, 1 + (unsigned)random() % whole);
		if (finished)
			assert_same(f, &undisturbed, archived);
	}
	assert_true(load_in_child(f, 0));
	assert_same(f, &undisturbed, archived);
	print_message("%ld kills in %ld loads\n", done, rounds);
	buf_release(&undisturbed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_kills, fixture_make, fixture_drop)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
