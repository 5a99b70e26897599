#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "base/file.h"
#include "runs/backup.h"

static struct test_database from, to;
static char workspace_folder[300], backup_folder[300], keys_folder[300], restored_folder[300], profile[400];
static struct error e;

static int make(void **state)
{
	(void)state;
	test_database_make(&from);
	test_database_make_empty(&to);
	snprintf(workspace_folder, sizeof workspace_folder, "%s/workspace", from.folder);
	snprintf(backup_folder, sizeof backup_folder, "%s/backup", from.folder);
	snprintf(keys_folder, sizeof keys_folder, "%s/keys", from.folder);
	snprintf(restored_folder, sizeof restored_folder, "%s/restored", to.folder);
	snprintf(profile, sizeof profile, "%s/tests/data/profiles/good", getenv("ONEVIEW_SOURCE"));
	return 0;
}

static int drop(void **state)
{
	(void)state;
	test_database_drop(&from);
	test_database_drop(&to);
	return 0;
}

static const char *address_of(const struct test_database *db)
{
	return db->kind == STORE_POSTGRESQL ? db->address : NULL;
}

/* A workspace with one audit entry and one sealed archive, backed up. */
static void make_backup(struct backup_report *report)
{
	struct workspace *workspace;
	struct audit *audit;
	char path[600];
	struct workspace_options options = {.profile = profile, .address = address_of(&from)};
	assert_ok(workspace_init(workspace_folder, &options, &e), &e);
	assert_ok(workspace_open(&workspace, workspace_folder, &e), &e);
	assert_ok(workspace_audit(workspace, &audit, &e), &e);
	assert_ok(audit_append(audit,
			       &(struct audit_entry){.user_name = TEXT("test"),
						     .role = TEXT("test"),
						     .action = TEXT("test"),
						     .outcome = TEXT("allowed")},
			       &e),
		  &e);
	audit_close(audit);
	snprintf(path, sizeof path, "%s/1.sealed", workspace->paths.archive);
	assert_ok(file_replace(path, TEXT("sealed bytes"), 0600, &e), &e);
	snprintf(path, sizeof path, "%s/in_clear.csv", workspace->paths.inbox);
	assert_ok(file_replace(path, TEXT("a name"), 0600, &e), &e);
	assert_ok(backup_make(workspace, backup_folder, report, &e), &e);
	assert_ok(backup_keys(workspace, keys_folder, &e), &e);
	workspace_close(workspace);
}

static struct backup_restore restore_settings(void)
{
	return (struct backup_restore){
		.from = backup_folder, .folder = restored_folder, .keys = keys_folder, .address = address_of(&to)};
}

static void test_a_restored_workspace_is_whole(void **state)
{
	(void)state;
	struct backup_report made, read;
	make_backup(&made);
	struct backup_restore restore = restore_settings();
	assert_ok(backup_restore(&restore, &read, &e), &e);
	assert_int_equal(made.files, read.files);
	assert_int_equal(made.bytes, read.bytes);

	struct workspace *workspace;
	struct audit_key key;
	struct store *desk;
	struct audit_verification verification;
	char path[600];
	assert_ok(workspace_open(&workspace, restored_folder, &e), &e);
	assert_ok(workspace_audit_key(workspace, &key, &e), &e);
	assert_ok(workspace_store(workspace, STORE_DESK, STORE_READ, &desk, &e), &e);
	assert_ok(audit_verify(desk, &key, &verification, &e), &e);
	assert_int_equal(verification.entries, 1);
	store_close(desk);
	snprintf(path, sizeof path, "%s/1.sealed", workspace->paths.archive);
	assert_true(file_exists(path));
	workspace_close(workspace);
	assert_int_equal(backup_restore(&restore, &read, &e), STATUS_CONFLICT);
}

static void test_keys_and_clear_files_are_left_out(void **state)
{
	(void)state;
	struct backup_report report;
	char path[600];
	make_backup(&report);
	snprintf(path, sizeof path, "grep -rqE 'a name|database:' '%s' || test -e '%s/keys'", backup_folder,
		 backup_folder);
	assert_int_not_equal(system(path), 0);
}

static void test_a_changed_backup_is_refused(void **state)
{
	(void)state;
	struct backup_report report;
	char path[600];
	make_backup(&report);
	snprintf(path, sizeof path, "%s/archive/1.sealed", backup_folder);
	assert_ok(file_replace(path, TEXT("sealed Bytes"), 0600, &e), &e);
	struct backup_restore restore = restore_settings();
	assert_int_equal(backup_restore(&restore, &report, &e), STATUS_CORRUPT);
	assert_non_null(strstr(e.message, "1.sealed"));
	snprintf(path, sizeof path, "%s/workspace.yaml", restored_folder);
	assert_false(file_exists(path));
}

static void test_the_kind_of_database_must_fit(void **state)
{
	(void)state;
	struct backup_report report;
	make_backup(&report);
	struct backup_restore restore = restore_settings();
	restore.address = restore.address ? NULL : "postgresql:///none";
	assert_int_equal(backup_restore(&restore, &report, &e), STATUS_USAGE);
	restore = restore_settings();
	restore.from = keys_folder;
	assert_int_equal(backup_restore(&restore, &report, &e), STATUS_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_restored_workspace_is_whole, make, drop),
		cmocka_unit_test_setup_teardown(test_keys_and_clear_files_are_left_out, make, drop),
		cmocka_unit_test_setup_teardown(test_a_changed_backup_is_refused, make, drop),
		cmocka_unit_test_setup_teardown(test_the_kind_of_database_must_fit, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
