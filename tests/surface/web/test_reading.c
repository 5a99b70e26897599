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
	village_user(v, "paula", "auditor");
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

/* Its number. */
static int64_t record_look(struct village *v, const char *user)
{
	struct error e;
	struct store *desk;
	struct audit_key key;
	struct audit_entry entry = {.user_name = text_of(user),
				    .role = TEXT("auditor"),
				    .action = TEXT("resident.open"),
				    .subject_kind = TEXT("resident"),
				    .subject_id = village_query(v, STORE_DATA, "SELECT MIN(resident_id) FROM resident"),
				    .outcome = TEXT("allowed")};
	assert_ok(workspace_store(v->workspace, STORE_DESK, STORE_WRITE, &desk, &e), &e);
	assert_ok(workspace_audit_key(v->workspace, &key, &e), &e);
	assert_ok(store_begin(desk, &e), &e);
	assert_ok(audit_join(desk, &key, &entry, &e), &e);
	assert_ok(store_commit(desk, &e), &e);
	store_close(desk);
	return village_query(v, STORE_DESK, "SELECT MAX(seq) FROM audit_entry WHERE action = 'resident.open'");
}

static int review(struct village *v, int64_t seq, const char *result)
{
	char form[200];
	snprintf(form, sizeof form, "entry=%lld&result=%s&back=%%2Faudit%%2Funusual", (long long)seq, result);
	return village_post(v, "/audit/review", form);
}

static void test_nobody_reviews_their_own_access(void **state)
{
	struct village *v = *state;
	int64_t own = record_look(v, "ada");
	village_sign_in(v, "ada");
	assert_int_equal(review(v, own, "fine"), 403);
	assert_true(village_shows(v, "is an access of your own"));
	assert_int_equal(village_get(v, "/audit/unusual"), 200);
	assert_true(village_shows(v, "This is an access of your own"));
	assert_int_equal(review(v, 99999999, "fine"), 404);
	assert_int_equal(
		review(v, village_query(v, STORE_DESK, "SELECT MIN(seq) FROM audit_entry WHERE action = 'sign_in'"),
		       "fine"),
		400);
	assert_true(village_shows(v, "is no access to anybody"));
	assert_int_equal(entries(v, "action = 'audit.review'"), 0);
}

/* As many as the page shows of one kind, each of which may have been reviewed: what is read of them is less than what
 * an answer may hold. */
static void test_many_unusual_accesses_are_shown(void **state)
{
	struct village *v = *state;
	record_long(v, 500, "access.bulk", 1);
	village_sign_in(v, "ada");
	assert_int_equal(village_get(v, "/audit/unusual"), 200);
	assert_true(village_shows(v, "More residents than the role expects"));
}

/* A breach stays one whoever finds it fine afterwards. */
static void test_reviews_stand_beside_each_other(void **state)
{
	struct village *v = *state;
	int64_t look = record_look(v, "zoe");
	village_sign_in(v, "ada");
	assert_int_equal(review(v, look, "breach"), 303);
	village_sign_in(v, "paula");
	assert_int_equal(review(v, look, "fine"), 303);
	assert_int_equal(village_get(v, "/audit/unusual?sample=50"), 200);
	assert_true(village_shows(v, "<strong>A breach</strong><br><span class=\"ov-as-at\">said by ada</span>"));
	assert_true(village_shows(v, "said by paula on"));
	assert_int_equal(entries(v, "action = 'audit.review'"), 2);
}

/* Whoever mistypes what they filter by is told, and is not given everything. */
static void test_a_filter_that_cannot_be_read_finds_nothing(void **state)
{
	struct village *v = *state;
	static const char *const wrong[] = {"from=2026-13-45", "to=yesterday", "subject=Amara"};
	char path[100];
	village_sign_in(v, "ada");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		snprintf(path, sizeof path, "/audit?%s", wrong[i]);
		assert_int_equal(village_get(v, path), 422);
		assert_true(village_shows(v, ">0 entries<"));
		assert_false(village_shows(v, ">entry "));
		assert_true(village_shows(v, "There is a problem"));
		snprintf(path, sizeof path, "/audit/entries.csv?%s", wrong[i]);
		assert_int_equal(village_get(v, path), 400);
		assert_false(village_shows(v, "sign_in"));
	}
	assert_int_equal(village_get(v, "/audit?from=2026-01-01"), 200);
	assert_false(village_shows(v, "There is a problem"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_reviews_their_own_access),
		cmocka_unit_test(test_reviews_stand_beside_each_other),
		cmocka_unit_test(test_many_unusual_accesses_are_shown),
		cmocka_unit_test(test_what_was_asked_is_recorded),
		cmocka_unit_test(test_a_filter_that_cannot_be_read_finds_nothing),
		cmocka_unit_test(test_a_download_is_whole_or_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down); /* one village for all: making one takes a second */
}
