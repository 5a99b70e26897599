#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "base/file.h"
#include "runs/workspace.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct test_database db;
static char folder[300], profile[400];
static struct workspace_options options;
static struct error e;

static int make(void **state)
{
	(void)state;
	test_database_make(&db);
	snprintf(folder, sizeof folder, "%s/workspace", db.folder);
	snprintf(profile, sizeof profile, "%s/tests/data/profiles/good", getenv("ONEVIEW_SOURCE"));
	options = (struct workspace_options){.profile = profile,
					     .address = db.kind == STORE_POSTGRESQL ? db.address : NULL};
	return 0;
}

static int drop(void **state)
{
	(void)state;
	test_database_drop(&db);
	return 0;
}

static unsigned mode_of(const char *path)
{
	struct stat at;
	assert_int_equal(stat(path, &at), 0);
	return at.st_mode & 0777;
}

static struct workspace *init_and_open(void)
{
	struct workspace *workspace = NULL;
	assert_ok(workspace_init(folder, &options, &e), &e);
	assert_ok(workspace_open(&workspace, folder, &e), &e);
	return workspace;
}

static void test_init_makes_all_of_it(void **state)
{
	(void)state;
	struct audit *audit;
	struct store *data;
	struct workspace *workspace = init_and_open();
	assert_string_equal(workspace->title, workspace->profile->title.at);
	assert_true(file_exists(workspace->paths.inbox));
	assert_int_equal(mode_of(workspace->folder), 0700);
	assert_int_equal(mode_of(workspace->paths.settings), 0600);
	assert_int_equal(mode_of(workspace->paths.audit_key), 0600);
	assert_int_equal(mode_of(workspace->paths.keys), 0700);
	assert_ok(workspace_store(workspace, STORE_DATA, STORE_READ, &data, &e), &e);
	store_close(data);
	assert_ok(workspace_audit(workspace, &audit, &e), &e);
	audit_close(audit);
	if (db.kind == STORE_SQLITE) {
		char path[400];
		snprintf(path, sizeof path, "%s/desk.db", folder);
		assert_int_equal(mode_of(path), 0600);
	}
	workspace_close(workspace);
	assert_int_equal(workspace_init(folder, &options, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "workspace.exists");
}

static void test_what_is_missing_is_named(void **state)
{
	(void)state;
	struct workspace *workspace;
	assert_int_equal(workspace_open(&workspace, "/no/such/folder", &e), STATUS_NOT_FOUND);
	assert_int_equal(workspace_open(&workspace, db.folder, &e), STATUS_NOT_FOUND);
	assert_non_null(strstr(e.remedy, "oneview init"));
	options.profile = "/no/such/profile";
	assert_int_not_equal(workspace_init(folder, &options, &e), STATUS_OK);
	assert_int_equal(workspace_open(&workspace, folder, &e), STATUS_NOT_FOUND);
	options.profile = profile; /* the failed init can be repeated */
	workspace = init_and_open();
	char path[WORKSPACE_PATH_SIZE];
	snprintf(path, sizeof path, "%s", workspace->paths.settings);
	workspace_close(workspace);
	assert_ok(file_replace(path, TEXT("title: x\n"), 0600, &e), &e);
	assert_int_equal(workspace_open(&workspace, folder, &e), STATUS_INVALID);
	assert_non_null(strstr(e.message, "database"));
}

static void test_an_odd_title_survives(void **state)
{
	(void)state;
	options.title = "Eastmarsh: \"one view\" # 1 \\ \xc3\xa9";
	struct workspace *workspace = init_and_open();
	assert_string_equal(workspace->title, options.title);
	workspace_close(workspace);
}

/* Without encryption only to this machine, whole: no other host begins like it. */
static void test_the_provider_is_an_exact_origin(void **state)
{
	(void)state;
	static const struct {
		const char *issuer;
		enum status status;
	} cases[] = {{"https://id.example", STATUS_OK},
		     {"https://id.example:8443/realms/staff", STATUS_OK},
		     {"http://127.0.0.1:9000", STATUS_OK},
		     {"http://localhost", STATUS_OK},
		     {"https://[2001:db8::1]:8443", STATUS_OK},
		     {"http://127.0.0.1.evil.example", STATUS_INVALID},
		     {"http://localhost.evil.example:80", STATUS_INVALID},
		     {"http://localhost@evil.example", STATUS_INVALID},
		     {"http://127.0.0.1:80@evil.example", STATUS_INVALID},
		     {"http://id.example", STATUS_INVALID},
		     {"https://", STATUS_INVALID},
		     {"https:///staff", STATUS_INVALID},
		     {"https://staff:secret@id.example", STATUS_INVALID},
		     {"https://id.example:0", STATUS_INVALID},
		     {"https://id.example/", STATUS_INVALID},
		     {"https://id.example?a=b", STATUS_INVALID}};
	struct workspace *workspace = init_and_open();
	char path[WORKSPACE_PATH_SIZE], yaml[500];
	snprintf(path, sizeof path, "%s", workspace->paths.settings);
	workspace_close(workspace);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int len = snprintf(yaml, sizeof yaml,
				   "title: x\ndatabase: sqlite\nprovider: {issuer: \"%s\", address: "
				   "\"https://us.example\", client_id: us, secret_file: keys/secret}\n",
				   cases[i].issuer);
		assert_ok(file_replace(path, text_slice(yaml, (size_t)len), 0600, &e), &e);
		enum status status = workspace_open(&workspace, folder, &e);
		if (status != cases[i].status)
			fail_msg("%s", cases[i].issuer);
		if (status == STATUS_OK)
			workspace_close(workspace);
	}
}

static void test_one_refresh_at_a_time(void **state)
{
	(void)state;
	struct workspace_lock *lock, *second;
	char pid[32];
	struct workspace *workspace = init_and_open();
	assert_ok(workspace_lock(workspace, "refresh", &lock, &e), &e);
	assert_int_equal(workspace_lock(workspace, "ingest", &second, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "workspace.locked");
	assert_non_null(strstr(e.message, "refresh"));
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	assert_non_null(strstr(e.message, pid));
	if (db.kind == STORE_POSTGRESQL) { /* another machine: no common lock file */
		assert_int_equal(unlink(workspace->paths.lock), 0);
		assert_int_equal(workspace_lock(workspace, "ingest", &second, &e), STATUS_CONFLICT);
		assert_non_null(strstr(e.message, pid));
	}
	workspace_unlock(lock);
	assert_ok(workspace_lock(workspace, "ingest", &second, &e), &e);
	workspace_unlock(second);
	/* A workspace of an older program is brought up to date under the lock, so it can be had before. */
	struct store *data;
	assert_ok(workspace_store(workspace, STORE_DATA, STORE_WRITE, &data, &e), &e);
	assert_ok(store_execute(data, "DELETE FROM schema_version WHERE room = 'household'", &e), &e);
	store_close(data);
	assert_int_equal(workspace_store(workspace, STORE_DATA, STORE_WRITE, &data, &e), STATUS_CONFLICT);
	assert_ok(workspace_lock(workspace, "refresh", &lock, &e), &e);
	workspace_unlock(lock);
	workspace_close(workspace);
}

/* The key is changed when nobody serves, and nobody begins to serve while it is. */
static void test_servers_and_what_needs_none(void **state)
{
	(void)state;
	struct workspace_lock *first, *second, *alone, *refresh;
	struct workspace *workspace = init_and_open();
	assert_ok(workspace_lock_served(workspace, "serve", &first, &e), &e);
	assert_ok(workspace_lock_served(workspace, "serve", &second, &e), &e);
	assert_ok(workspace_lock(workspace, "refresh", &refresh, &e), &e); /* is in nobody's way */
	assert_int_equal(workspace_lock_unserved(workspace, "key change", &alone, &e), STATUS_CONFLICT);
	assert_non_null(strstr(e.message, "is being served: serve, process "));
	workspace_unlock(first);
	assert_int_equal(workspace_lock_unserved(workspace, "key change", &alone, &e), STATUS_CONFLICT);
	assert_ok(workspace_keep_served(second, &e), &e);
	assert_ok(workspace_keep_served(second, &e), &e); /* however often: it is let go of once */
	workspace_unlock(second);
	assert_ok(workspace_lock_unserved(workspace, "key change", &alone, &e), &e);
	assert_int_equal(workspace_lock_served(workspace, "serve", &first, &e), STATUS_CONFLICT);
	assert_non_null(strstr(e.message, "key change, process "));
	if (db.kind == STORE_POSTGRESQL) { /* another machine: no common lock file */
		char path[WORKSPACE_PATH_SIZE + 8];
		snprintf(path, sizeof path, "%s-serve", workspace->paths.lock);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(workspace_lock_served(workspace, "serve", &first, &e), STATUS_CONFLICT);
		assert_non_null(strstr(e.message, "key change, process "));
	}
	workspace_unlock(alone);
	workspace_unlock(refresh);
	workspace_close(workspace);
}

static _Noreturn void hold_the_lock(int ready)
{
	struct workspace *workspace;
	struct workspace_lock *lock;
	struct error error;
	if (workspace_open(&workspace, folder, &error) || workspace_lock(workspace, "refresh", &lock, &error) ||
	    write(ready, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void test_a_killed_holder_holds_no_longer(void **state)
{
	(void)state;
	struct workspace_lock *lock;
	int ready[2];
	char byte;
	struct workspace *workspace = init_and_open();
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0)
		hold_the_lock(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(workspace_lock(workspace, "refresh", &lock, &e), STATUS_CONFLICT);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	enum status status = STATUS_CONFLICT;
	for (int i = 0; i < 100 && status == STATUS_CONFLICT; i++) { /* PostgreSQL notices in a moment */
		status = workspace_lock(workspace, "refresh", &lock, &e);
		if (status == STATUS_CONFLICT)
			usleep(20000);
	}
	assert_ok(status, &e);
	workspace_unlock(lock);
	workspace_close(workspace);
	close(ready[0]);
	close(ready[1]);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_init_makes_all_of_it),
		ON_A_DATABASE(test_what_is_missing_is_named),
		ON_A_DATABASE(test_an_odd_title_survives),
		ON_A_DATABASE(test_the_provider_is_an_exact_origin),
		ON_A_DATABASE(test_one_refresh_at_a_time),
		ON_A_DATABASE(test_servers_and_what_needs_none),
		ON_A_DATABASE(test_a_killed_holder_holds_no_longer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
