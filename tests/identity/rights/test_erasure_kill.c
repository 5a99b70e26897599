/* kill -9 before and behind every commit, behind every archive and before every clearing of pages, of an erasure and of
 * a retention run: going on with it leaves what an undisturbed one does.
 *
 * Linked with --wrap: the child counts what it is about to do and kills itself at the Nth; N goes up until a child
 * comes to its end, so no step can be left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "rights/replay.h"
#include "rights/retention.h"

#include <signal.h>
#include <sys/wait.h>

static struct borough b;
static struct error e;
static struct arena arena;
static char archive[400], signing_key[400];
static unsigned steps_left; /* 0: nobody is killed */

static void step(void)
{
	if (steps_left && --steps_left == 0)
		raise(SIGKILL);
}

enum status __real_store_commit(struct store *store, struct error *error);
enum status __wrap_store_commit(struct store *store, struct error *error);
enum status __real_store_execute(struct store *store, const char *sql, struct error *error);
enum status __wrap_store_execute(struct store *store, const char *sql, struct error *error);
enum status __real_vault_seal_text(const struct vault *vault, struct text content, const char *target,
				   int64_t extract_id, bool sync, struct error *error);
enum status __wrap_vault_seal_text(const struct vault *vault, struct text content, const char *target,
				   int64_t extract_id, bool sync, struct error *error);

enum status __wrap_store_commit(struct store *store, struct error *error)
{
	step();
	enum status status = __real_store_commit(store, error);
	step();
	return status;
}

enum status __wrap_store_execute(struct store *store, const char *sql, struct error *error)
{
	if (strcmp(sql, "VACUUM") == 0)
		step();
	return __real_store_execute(store, sql, error);
}

enum status __wrap_vault_seal_text(const struct vault *vault, struct text content, const char *target,
				   int64_t extract_id, bool sync, struct error *error)
{
	enum status status = __real_vault_seal_text(vault, content, target, extract_id, sync, error);
	step();
	return status;
}

/* ---- what is done ------------------------------------------------------------------------------------------ */

static struct rights_parts parts(void)
{
	return (struct rights_parts){b.profile, b.vault, b.data, b.desk};
}

static enum status erase(void)
{
	const struct rights_parts p = parts();
	struct erasure erasure = {.resident_id = 1001,
				  .by = TEXT("officer"),
				  .user_name = TEXT("officer"),
				  .ground = TEXT("REF-1"),
				  .refuse = true,
				  .audit_key = &b.audit_key};
	return rights_erase(&erasure, &p, archive, &e);
}

static enum status resume(void)
{
	int64_t done;
	const struct rights_parts p = parts();
	return rights_erase_resume(&done, &p, archive, &e);
}

static enum status retain(void)
{
	const struct rights_parts p = parts();
	const struct audit_checkpoint_places places = {&b.audit_key, signing_key, NULL};
	struct retention_run run = {.as_of = date_of(2032, 2, 28),
				    .by = TEXT("operator"),
				    .user_name = TEXT("system:test"),
				    .audit_key = &b.audit_key};
	enum status status = policy_load(b.policy, b.data, b.desk, &e);
	return status == STATUS_OK ? retention_run(&run, &p, b.policy, archive, &places, &arena, &e) : status;
}

static void close_stores(void)
{
	store_close(b.data); /* a connection does not outlive a fork */
	store_close(b.desk);
	b.data = b.desk = NULL;
}

static void open_stores(void)
{
	b.data = test_database_open_bare(&b.db, STORE_DATA, STORE_WRITE);
	b.desk = test_database_open_bare(&b.db, STORE_DESK, STORE_WRITE);
}

/* True: the child came to its end before its STEPth step. */
static bool killed_at(unsigned at, enum status (*act)(void))
{
	int state;
	close_stores();
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		open_stores();
		steps_left = at;
		_exit(act() == STATUS_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &state, 0), child);
	open_stores();
	if (WIFSIGNALED(state))
		assert_int_equal(WTERMSIG(state), SIGKILL);
	else
		assert_int_equal(WEXITSTATUS(state), 0);
	return !WIFSIGNALED(state);
}

/* A commit that was not begun and one that was are the same on the disk: behind one and before the next are one moment.
 * ONEVIEW_KILLS, as in the faults' test: every one. */
static unsigned stride_of_kills(void)
{
	return test_database_kind() != STORE_SQLITE ? 7 : getenv("ONEVIEW_KILLS") ? 1 : 2;
}

/* ---- a borough for each kill ---------------------------------------------------------------------------------- */

/* A row of Aisha's that intake turned away: its raw line is sealed in quarantine, and found by the archive alone. */
static void quarantine_one(void)
{
	char inbox[400];
	struct intake_totals totals = {0};
	struct intake *intake;
	borough_write(&b, "rent_accounts_20260331.csv",
		      "Account No,Tenancy Ref,Main Tenant Ref,Weekly Charge,Balance,Arrears Band,Arrears Stage,Pay "
		      "Method,Last Payment,Balance Date\n"
		      "A1,T1,P1,120.00,much,3,NSP,DD,05/01/2026,31/03/2026\n"
		      "A2,T2,P2,120.00,more,3,NSP,DD,05/01/2026,31/03/2026\n");
	snprintf(inbox, sizeof inbox, "%s/inbox", b.db.folder);
	struct intake_settings settings = {.profile = b.profile,
					   .vault = b.vault,
					   .store = b.data,
					   .inbox = inbox,
					   .archive = archive,
					   .today = date_of(2026, 3, 31)};
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, NULL, NULL, &totals, &e), &e);
	intake_close(intake);
	assert_int_equal(totals.rows_quarantined, 2);
}

static void make(void)
{
	borough_make(&b);
	snprintf(archive, sizeof archive, "%s/archive", b.db.folder);
	snprintf(signing_key, sizeof signing_key, "%s/signing.key", b.db.folder);
	quarantine_one();
	disclosure_close_door(b.door);
	store_pool_close(b.pool);
	audit_close(b.audit);
	b.door = NULL;
	b.pool = NULL;
	b.audit = NULL;
}

static void drop(void)
{
	borough_drop(&b);
}

/* On SQLite each kill starts from a copy of one borough. */
static void save(const char *name, bool back)
{
	char command[900];
	if (b.db.kind != STORE_SQLITE) {
		if (back) {
			drop();
			make();
		}
		return;
	}
	close_stores();
	snprintf(command, sizeof command,
		 back ? "cd '%s' && rm -rf archive *.db* && cp -a '%s/.' ."
		      : "cd '%s' && mkdir '%s' && cp -a archive *.db* '%s'",
		 b.db.folder, name, name);
	assert_int_equal(system(command), 0);
	open_stores();
}

static enum status append(void *context, struct text block, struct error *error)
{
	(void)error;
	buf_append_text(context, block);
	return STATUS_OK;
}

static size_t in_archives(const char *needle)
{
	struct text *names;
	size_t n, found = 0;
	assert_ok(file_list(archive, &arena, &names, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		struct buf all;
		buf_init(&all, 1 << 24);
		const char *path = arena_copy(&arena, arena_format(&arena, "%s/%.*s", archive, TEXT_ARG(names[i])));
		assert_ok(vault_open_archive(b.vault, path, strtoll(names[i].at, NULL, 10), append, &all, &e), &e);
		found += text_find(buf_text(&all), text_of(needle)) < all.len;
		buf_release(&all);
	}
	return found;
}

/* What was sealed of a record: on SQLite no byte of it may be left in any file. */
static struct text marks[32];
static size_t mark_count;

static void note_marks(int64_t resident_id)
{
	struct statement *s;
	bool row;
	mark_count = 0;
	assert_ok(store_prepare(
			  &s, b.data,
			  "SELECT s.sealed AS sealed FROM sealed s JOIN resident_record m ON m.record_id = s.record_id "
			  "WHERE m.resident_id = :resident",
			  &e),
		  &e);
	statement_bind_int(s, "resident", resident_id);
	while (statement_step(s, &row, &e) == STATUS_OK && row && mark_count < 32)
		marks[mark_count++] = arena_text(&arena, statement_blob(s, statement_column(s, "sealed")));
	statement_done(s);
	assert_true(mark_count >= 2);
}

static size_t marks_on_disk(void)
{
	static const char *const names[] = {"data.db", "data.db-wal", "desk.db", "desk.db-wal"};
	size_t found = 0;
	for (size_t i = 0; b.db.kind == STORE_SQLITE && i < 4; i++) {
		char path[400];
		struct buf all;
		snprintf(path, sizeof path, "%s/%s", b.db.folder, names[i]);
		buf_init(&all, 1 << 28);
		if (file_exists(path))
			assert_ok(file_read(path, &all, &e), &e);
		for (size_t m = 0; m < mark_count; m++)
			found += text_find(buf_text(&all), marks[m]) < all.len;
		buf_release(&all);
	}
	return found;
}

/* ---- an erasure --------------------------------------------------------------------------------------------- */

static void assert_erased(int64_t rows)
{
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM resident_record WHERE resident_id = 1001"), 0);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM resident_record"), 5);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM record"), 5);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM refused_client"), 2);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM quarantine"), 1); /* Grace's */
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM erasure_done"), 1);
	assert_int_equal(in_archives("Aisha") + in_archives("AYSHA") + in_archives(",P1,"), 0);
	assert_int_equal(in_archives("Grace"), 1);
	assert_int_equal(marks_on_disk(), 0);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM erasure_begun"), 0);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM erasure_due"), 0);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM erasure_proof"), 2);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM erasure WHERE records = 2 AND refused = 1"), 1);
	assert_int_equal(test_query(b.desk, "SELECT rows FROM erasure"), rows);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM audit_entry WHERE action = 'resident.erase'"), 1);
}

static void an_erasure_goes_on_wherever_it_was_killed(void **state)
{
	(void)state;
	int64_t unfinished;
	unsigned killed = 0, begun = 0, stride = stride_of_kills();
	make();
	save("before", false);
	note_marks(1001);
	assert_true(b.db.kind != STORE_SQLITE || marks_on_disk() > 0);
	assert_ok(erase(), &e);
	int64_t rows = test_query(b.desk, "SELECT rows FROM erasure");
	assert_true(rows > 10);
	assert_erased(rows);
	for (unsigned at = 1;; at += stride) {
		save("before", true);
		if (killed_at(at, erase))
			break;
		killed++;
		assert_ok(rights_erase_unfinished(b.desk, &unfinished, &e), &e);
		bool ended = test_query(b.desk, "SELECT count(*) FROM erasure") == 1;
		if (!unfinished && !ended) { /* before the list was there nothing is gone */
			assert_int_equal(test_query(b.data, "SELECT count(*) FROM record"), 7);
			assert_int_equal(in_archives("Aisha"), 1);
			continue;
		}
		begun += unfinished > 0;
		if (at % 5 == 0)
			killed_at(3, resume); /* once more on the way */
		assert_ok(resume(), &e);
		assert_erased(rows);
	}
	assert_true(killed >= 2 && begun >= 1);
	assert_true(stride > 2 || (killed >= 7 && begun >= 5));
	drop();
}

/* ---- a retention run ------------------------------------------------------------------------------------------ */

static void assert_retained(void)
{
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM fact f JOIN feed d ON d.feed_no = f.feed_no WHERE "
					    "d.feed_id = 'council_tax_liable'"),
			 0);
	assert_int_equal(in_archives("AYSHA") + in_archives("BRIEN"), 0);
	assert_int_equal(in_archives("Aisha"), 1);
	assert_int_equal(marks_on_disk(), 0);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM retention_run WHERE ended IS NOT NULL"), 1);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM retention_due"), 0);
	assert_int_equal(test_query(b.desk,
				    "SELECT count(*) FROM retention_run WHERE certificate LIKE '%clients in all: "
				    "2\nrows in all: 3\n%'"),
			 1);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM audit_entry WHERE action = 'retention.run'"), 1);
}

static void a_retention_run_goes_on_wherever_it_was_killed(void **state)
{
	(void)state;
	unsigned killed = 0, stride = stride_of_kills();
	make();
	save("before", false);
	note_marks(1005); /* of whom nothing else is known */
	assert_ok(retain(), &e);
	assert_retained();
	for (unsigned at = 1;; at += stride) {
		save("before", true);
		if (killed_at(at, retain))
			break;
		killed++;
		if (test_query(b.desk, "SELECT count(*) FROM retention_run WHERE ended IS NOT NULL") == 0)
			assert_ok(retain(), &e);
		assert_retained();
	}
	assert_true(killed >= 2 && (stride > 2 || killed >= 5));
	drop();
}

int main(void)
{
	arena_init(&arena, 1 << 30);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_erasure_goes_on_wherever_it_was_killed),
		cmocka_unit_test(a_retention_run_goes_on_wherever_it_was_killed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
