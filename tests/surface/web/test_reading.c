/* The audit as its readers have it: whole or refused, and their own reading recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "village.h"

static int set_up(void **state)
{
	struct village *v = village_make();
	village_user(v, "ada", "auditor");
	*state = v;
	return 0;
}

static int tear_down(void **state)
{
	village_remove(*state);
	return 0;
}

static int64_t entries(struct village *v, const char *which)
{
	char sql[500];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_entry WHERE %s", which);
	return village_query(v, STORE_DESK, sql);
}

/* COUNT entries of ACTION, each with so many bytes of elements. */
static void record_long(struct village *v, int count, const char *action, size_t bytes)
{
	struct error e;
	struct store *desk;
	struct audit_key key;
	char *elements = malloc(bytes);
	memset(elements, 'e', bytes);
	struct audit_entry entry = {.user_name = TEXT("zoe"),
				    .action = text_of(action),
				    .elements = text_slice(elements, bytes),
				    .outcome = TEXT("allowed")};
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(workspace_audit_key(v->workspace, &key, &e), &e);
	assert_ok(store_begin(desk, &e), &e);
	for (int i = 0; i < count; i++)
		assert_ok(audit_join(desk, &key, &entry, &e), &e);
	assert_ok(store_commit(desk, &e), &e);
	store_close(desk);
	free(elements);
}

/* More than an arena or an answer holds is refused, and the service goes on. */
static void test_a_download_is_whole_or_refused(void **state)
{
	struct village *v = *state;
	village_sign_in(v, "ada");
	record_long(v, 1150, "resident.open", 60000);
	record_long(v, 700, "household.open", 9000);
	assert_int_equal(village_get(v, "/audit/entries.csv?user=zoe"), 413);
	assert_true(village_shows(v, "choose fewer days"));
	assert_int_equal(entries(v, "action = 'audit.export' AND detail LIKE '%user=zoe%'"), 0);
	assert_int_equal(village_get(v, "/audit/entries.csv?user=zoe&action=household.open"), 200);
	assert_true(v->out.len > (size_t)700 * 9000);
	assert_string_equal(v->out.at + v->out.len - 2, "\r\n");
	assert_int_equal(entries(v, "action = 'audit.export' AND detail LIKE '%user=zoe%'"), 1);
}

static void test_what_was_asked_is_recorded(void **state)
{
	struct village *v = *state;
	village_sign_in(v, "ada");
	assert_int_equal(village_get(v, "/audit?user=rosa&action=search&purpose=early_help&outcome=refused"), 200);
	assert_int_equal(entries(v, "action = 'audit.read' AND detail = 'entries=0 user=rosa action=search "
				    "purpose=early_help outcome=refused'"),
			 1);
	assert_int_equal(
		village_get_as(v, "/audit?user=r+o%3Dx&from=2026-01-01&to=2026-02-01&before=7", "application/json"),
		200);
	assert_int_equal(entries(v, "action = 'audit.read' AND detail = 'entries=0 user=r%20o%3Dx from=2026-01-01 "
				    "to=2026-02-01 before=7'"),
			 1);
	assert_int_equal(village_get(v, "/audit/entries.csv?user=nobody"), 200);
	assert_int_equal(entries(v, "action = 'audit.export' AND detail = 'entries=0 user=nobody'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_asked_is_recorded),
		cmocka_unit_test(test_a_download_is_whole_or_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down); /* one village for all: making one takes a second */
}
