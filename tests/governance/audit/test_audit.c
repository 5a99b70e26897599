#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "audit/checkpoint.h"
#include "audit/unusual.h"
#include "base/file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct test_database db;
static struct store *desk;
static struct error e;
static const struct audit_key key = {.bytes = "a key of thirty-two bytes, test"};

static int make(void **state)
{
	(void)state;
	test_database_make(&db);
	desk = test_database_open(&db, STORE_DESK);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	store_close(desk);
	test_database_drop(&db);
	return 0;
}

static struct audit_entry look_at(int64_t resident)
{
	return (struct audit_entry){
		.user_name = TEXT("worker.one"),
		.role = TEXT("early_help_worker"),
		.purpose = TEXT("early_help"),
		.action = TEXT("resident.open"),
		.subject_kind = TEXT("resident"),
		.subject_id = resident,
		.elements = TEXT("full_name date_of_birth tenure"),
		.agreements = TEXT("housing_sharing"),
		.outcome = TEXT("allowed"),
	};
}

static void append(int64_t first, int64_t last)
{
	struct audit *audit;
	assert_ok(audit_open(&audit, db.address, &key, &e), &e);
	for (int64_t i = first; i <= last; i++) {
		struct audit_entry entry = look_at(i);
		assert_ok(audit_append(audit, &entry, &e), &e);
	}
	audit_close(audit);
}

static enum status verify(struct audit_verification *out)
{
	struct store *reader = test_database_open_bare(&db, STORE_DESK, STORE_READ);
	enum status status = audit_verify(reader, &key, out, &e);
	store_close(reader);
	return status;
}

/* What somebody with the rights of the database's owner can do. */
static void tamper(const char *sql)
{
	assert_ok(
		store_execute(desk,
			      db.kind == STORE_SQLITE
				      ? "DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete; "
					"DROP TRIGGER audit_head_no_delete; DROP TRIGGER audit_head_forward"
				      : "ALTER TABLE audit_entry DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE "
					"TRIGGER USER",
			      &e),
		&e);
	assert_ok(store_execute(desk, sql, &e), &e);
}

static void test_entries_are_there_and_verify(void **state)
{
	(void)state;
	struct audit_verification found;
	assert_ok(verify(&found), &e);
	assert_int_equal(found.entries, 0);
	append(1, 5);
	append(6, 10);
	assert_ok(verify(&found), &e);
	assert_int_equal(found.entries, 10);
	assert_int_equal(found.head_seq, 10);
	assert_ok(audit_contains(desk, 10, found.head_hash, &e), &e);
	assert_int_equal(audit_contains(desk, 9, found.head_hash, &e), STATUS_CORRUPT);
	assert_int_equal(audit_contains(desk, 11, found.head_hash, &e), STATUS_CORRUPT);
}

static void test_any_changed_field_is_found_at_its_entry(void **state)
{
	static const char *const changes[] = {
		"UPDATE audit_entry SET user_name = 'worker.two' WHERE seq = 7",
		"UPDATE audit_entry SET elements = 'full_name date_of_birth tenurE' WHERE seq = 7",
		"UPDATE audit_entry SET at = at + 1 WHERE seq = 7",
		"UPDATE audit_entry SET subject_id = 8 WHERE seq = 7",
		"UPDATE audit_entry SET reason = '' WHERE seq = 7",
		"UPDATE audit_entry SET role = 'early_help_workere', purpose = 'arly_help' WHERE seq = 7",
		"UPDATE audit_entry SET hash = (SELECT hash FROM audit_entry WHERE seq = 6) WHERE seq = 7",
		"UPDATE audit_entry SET previous_hash = hash WHERE seq = 7",
		"DELETE FROM audit_entry WHERE seq = 7",
		"UPDATE audit_entry SET seq = -seq WHERE seq IN (7, 8); "
		"UPDATE audit_entry SET seq = 15 + seq WHERE seq < 0",
	};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct audit_verification found;
		if (i) {
			drop(state);
			make(state);
		}
		append(1, 12);
		assert_ok(verify(&found), &e);
		tamper(changes[i]);
		assert_int_equal(verify(&found), STATUS_CORRUPT);
		if (found.bad_seq != 7)
			fail_msg("%s: found at %lld", changes[i], (long long)found.bad_seq);
		assert_int_equal(found.entries, 6);
	}
}

static void test_a_removed_end_is_found(void **state)
{
	(void)state;
	struct audit_verification found;
	append(1, 12);
	tamper("DELETE FROM audit_entry WHERE seq > 9");
	assert_int_equal(verify(&found), STATUS_CORRUPT);
	assert_int_equal(found.bad_seq, 10);
}

/* Whoever removes the end and sets the head back to fit cannot sign it. */
static void test_a_forged_head_is_found(void **state)
{
	(void)state;
	struct audit_verification found;
	append(1, 12);
	tamper("DELETE FROM audit_entry WHERE seq > 9;"
	       "UPDATE audit_head SET seq = 9, hash = (SELECT hash FROM audit_entry WHERE seq = 9)");
	assert_int_equal(verify(&found), STATUS_CORRUPT);
	assert_string_equal(e.code, "audit.head");
	struct audit *audit;
	struct audit_entry entry = look_at(1);
	assert_ok(audit_open(&audit, db.address, &key, &e), &e);
	assert_int_equal(audit_append(audit, &entry, &e), STATUS_CORRUPT);
	audit_close(audit);
}

static void test_another_key_does_not_verify(void **state)
{
	(void)state;
	struct audit_verification found;
	struct audit_key other = key;
	other.bytes[0] ^= 1;
	append(1, 2);
	assert_int_equal(audit_verify(desk, &other, &found, &e), STATUS_CORRUPT);
}

static void test_the_tables_refuse_change(void **state)
{
	(void)state;
	struct audit_verification found;
	append(1, 3);
	assert_int_not_equal(store_execute(desk, "UPDATE audit_entry SET user_name = 'x'", &e), STATUS_OK);
	assert_int_not_equal(store_execute(desk, "DELETE FROM audit_entry", &e), STATUS_OK);
	assert_int_not_equal(store_execute(desk, "DELETE FROM audit_head", &e), STATUS_OK);
	assert_int_not_equal(store_execute(desk, "UPDATE audit_head SET seq = 1", &e), STATUS_OK);
	assert_ok(verify(&found), &e);
	assert_int_equal(found.entries, 3);
}

static void test_an_entry_lives_and_dies_with_its_transaction(void **state)
{
	(void)state;
	struct audit_verification found;
	struct audit_entry entry = look_at(4);
	assert_int_equal(audit_join(desk, &key, &entry, &e), STATUS_INTERNAL);
	assert_ok(store_begin(desk, &e), &e);
	assert_ok(audit_join(desk, &key, &entry, &e), &e);
	assert_ok(audit_join(desk, &key, &entry, &e), &e);
	store_rollback(desk);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM audit_entry"), 0);
	assert_ok(store_begin(desk, &e), &e);
	assert_ok(audit_join(desk, &key, &entry, &e), &e);
	assert_ok(store_commit(desk, &e), &e);
	append(1, 1);
	assert_ok(verify(&found), &e);
	assert_int_equal(found.entries, 2);
}

static void test_what_cannot_be_recorded_is_refused(void **state)
{
	(void)state;
	struct audit *audit;
	static char long_text[100000];
	memset(long_text, 'x', sizeof long_text);
	assert_ok(audit_open(&audit, db.address, &key, &e), &e);
	struct audit_entry no_action = look_at(1), too_long = look_at(1), bad_text = look_at(1), nul = look_at(1);
	no_action.action = TEXT_ABSENT;
	too_long.elements = text_slice(long_text, sizeof long_text);
	bad_text.reason = TEXT("\xff");
	nul.reason = text_slice("a\0b", 3);
	assert_int_equal(audit_append(audit, &no_action, &e), STATUS_INVALID);
	assert_int_equal(audit_append(audit, &too_long, &e), STATUS_INVALID);
	assert_int_equal(audit_append(audit, &bad_text, &e), STATUS_INVALID);
	assert_int_equal(audit_append(audit, &nul, &e), STATUS_INVALID);
	/* The table is gone: the caller must hear of it. */
	assert_ok(store_execute(desk, "ALTER TABLE audit_entry RENAME TO elsewhere", &e), &e);
	struct audit_entry entry = look_at(1);
	assert_int_equal(audit_append(audit, &entry, &e), STATUS_INTERNAL);
	assert_ok(store_execute(desk, "ALTER TABLE elsewhere RENAME TO audit_entry", &e), &e);
	assert_ok(audit_append(audit, &entry, &e), &e);
	audit_close(audit);
	struct audit_verification found;
	assert_ok(verify(&found), &e);
	assert_int_equal(found.entries, 1);
}

static atomic_int durable, failed;

static void count_done(void *context, enum status status, const struct error *error)
{
	(void)context, (void)error;
	atomic_fetch_add(status == STATUS_OK ? &durable : &failed, 1);
}

static void *submit_many(void *context)
{
	for (int i = 1; i <= 500; i++) {
		struct audit_entry entry = look_at(i);
		audit_submit(context, &entry, count_done, NULL);
	}
	return NULL;
}

static void test_many_threads_share_commits(void **state)
{
	(void)state;
	struct audit *audit;
	struct audit_numbers numbers;
	struct audit_verification found;
	pthread_t threads[8];
	durable = failed = 0;
	assert_ok(audit_open(&audit, db.address, &key, &e), &e);
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, submit_many, audit), 0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	struct audit_entry last = look_at(1);
	assert_ok(audit_append(audit, &last, &e), &e);
	audit_numbers(audit, &numbers);
	assert_int_equal(numbers.written, 4001);
	assert_int_equal(numbers.waiting, 0);
	assert_true(numbers.commits < 1000);
	audit_close(audit);
	assert_int_equal(durable, 4000);
	assert_int_equal(failed, 0);
	assert_ok(verify(&found), &e);
	assert_int_equal(found.entries, 4001);
}

static void test_several_processes_keep_one_chain(void **state)
{
	(void)state;
	enum { PROCESSES = 3, EACH = 60 };
	pid_t children[PROCESSES];
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct audit *audit;
			struct error error;
			if (audit_open(&audit, db.address, &key, &error))
				_exit(1);
			for (int64_t n = 1; n <= EACH; n++) {
				struct audit_entry entry = look_at(n);
				if (audit_append(audit, &entry, &error)) {
					error_print(&error, stderr);
					_exit(1);
				}
			}
			audit_close(audit);
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	struct audit_verification found;
	assert_ok(verify(&found), &e);
	assert_int_equal(found.entries, PROCESSES * EACH);
}

static void test_the_reader_filters_and_pages(void **state)
{
	(void)state;
	struct audit *audit;
	struct arena arena;
	struct audit_page page;
	arena_init(&arena, 16 << 20);
	assert_ok(audit_open(&audit, db.address, &key, &e), &e);
	for (int i = 1; i <= 30; i++) {
		struct audit_entry entry = look_at(i % 3 + 1);
		entry.at = i * INT64_C(1000000);
		if (i % 5 == 0) {
			entry.user_name = TEXT("worker.two");
			entry.purpose = TEXT_ABSENT;
			entry.action = TEXT("search");
			entry.outcome = TEXT("refused");
			entry.subject_kind = TEXT_ABSENT;
			entry.subject_id = 0;
		}
		assert_ok(audit_append(audit, &entry, &e), &e);
	}
	audit_close(audit);

	struct audit_filter filter = {.limit = 20};
	assert_ok(audit_read(desk, &filter, &arena, &page, &e), &e);
	assert_int_equal(page.count, 20);
	assert_true(page.more);
	assert_int_equal(page.entries[0].seq, 30);
	assert_true(text_is(page.entries[0].user_name, "worker.two"));
	assert_true(text_is_absent(page.entries[0].purpose));
	assert_int_equal(page.entries[0].subject_id, 0);
	assert_true(text_is(page.entries[1].elements, "full_name date_of_birth tenure"));
	filter.before_seq = page.entries[19].seq;
	assert_ok(audit_read(desk, &filter, &arena, &page, &e), &e);
	assert_int_equal(page.count, 10);
	assert_false(page.more);
	assert_int_equal(page.entries[9].seq, 1);

	static const struct {
		struct audit_filter filter;
		size_t count;
	} cases[] = {
		{{.user_name = {"worker.two", 10}}, 6},
		{{.user_name = {"worker.", 7}}, 0},
		{{.purpose = {"early_help", 10}}, 24},
		{{.subject_kind = {"resident", 8}, .subject_id = 1}, 8},
		{{.action = {"search", 6}, .outcome = {"refused", 7}}, 6},
		{{.outcome = {"refused' OR '1' = '1", 20}}, 0},
		{{.role = {"early_help_worker", 17}}, 30},
		{{.from = 10000000, .before = 13000000}, 3},
		{{.from = 10000000, .before = 13000000, .user_name = {"worker.two", 10}}, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_ok(audit_read(desk, &cases[i].filter, &arena, &page, &e), &e);
		assert_int_equal(page.count, cases[i].count);
	}
	arena_release(&arena);
}

static void test_the_key_file_is_guarded(void **state)
{
	(void)state;
	char path[300];
	struct audit_key one, two;
	snprintf(path, sizeof path, "%s/audit.key", db.folder);
	assert_int_equal(audit_key_read(&one, path, &e), STATUS_REFUSED);
	assert_ok(audit_key_create(path, &e), &e);
	assert_ok(audit_key_read(&one, path, &e), &e);
	assert_int_equal(audit_key_create(path, &e), STATUS_CONFLICT);
	assert_ok(audit_key_read(&two, path, &e), &e);
	assert_memory_equal(&one, &two, sizeof one);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(audit_key_read(&two, path, &e), STATUS_REFUSED);
	assert_ok(file_replace(path, TEXT("0123\n"), 0600, &e), &e);
	assert_int_equal(audit_key_read(&two, path, &e), STATUS_REFUSED);
}

/* An entry and a head of form 1, worked out by another program than this one from what the README says. */
static void put_old_entry(void)
{
	static const char old_hash[] = "c344a7de92ff6341d6be3dde438663de9305fb1989176ad39bb72abee4820347",
			  old_mac[] = "cb4be8827449483db0659d80aaf4a98cb68735dafadb7f894233caab94eb27aa";
	char sql[1200];
	bool sqlite = db.kind == STORE_SQLITE;
	const char *open = sqlite ? "X'" : "'\\x";
	snprintf(sql, sizeof sql,
		 "INSERT INTO audit_entry (seq, at, user_name, role, purpose, action, subject_kind, subject_id, "
		 "elements, "
		 "agreements, outcome, previous_hash, hash) VALUES (1, 1700000000000000, 'worker.one', "
		 "'early_help_worker', 'early_help', 'resident.open', 'resident', 42, 'full_name', 'housing_sharing', "
		 "'allowed', %s%064d', %s%s'); UPDATE audit_head SET seq = 1, hash = %s%s', mac = %s%s'",
		 open, 0, open, old_hash, open, old_hash, open, old_mac);
	assert_ok(store_execute(desk, sql, &e), &e);
}

static void append_from(const char *client, int64_t session_no, const char *mark)
{
	struct audit *audit;
	struct audit_entry entry = look_at(7);
	entry.client = text_of(client);
	entry.session_no = session_no;
	entry.words_mark = text_of(mark);
	entry.words_sealed = TEXT("sealed\xff words");
	entry.words_id = session_no + 100;
	assert_ok(audit_open(&audit, db.address, &key, &e), &e);
	assert_ok(audit_append(audit, &entry, &e), &e);
	audit_close(audit);
}

static void test_entries_of_both_forms_verify_in_one_chain(void **state)
{
	static const char *const changes[] = {
		"UPDATE audit_entry SET client = '10.0.0.9' WHERE seq = 2",
		"UPDATE audit_entry SET client = NULL WHERE seq = 2",
		"UPDATE audit_entry SET session_no = 6 WHERE seq = 2",
		"UPDATE audit_entry SET words_mark = NULL WHERE seq = 2",
		"UPDATE audit_entry SET form = 1 WHERE seq = 2",
		"UPDATE audit_entry SET form = 2 WHERE seq = 1",
		"UPDATE audit_entry SET form = 3 WHERE seq = 2",
		"UPDATE audit_entry SET client = '10.0.0.9' WHERE seq = 1",
		"UPDATE audit_entry SET session_no = 0 WHERE seq = 1",
		"UPDATE audit_entry SET words_mark = hash WHERE seq = 1",
	};
	struct audit_verification found;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		if (i) {
			drop(state);
			make(state);
		}
		put_old_entry();
		append_from("10.0.0.8", 5, "a mark of thirty-two bytes......");
		append(3, 4);
		assert_ok(verify(&found), &e);
		assert_int_equal(found.entries, 4);
		tamper(changes[i]);
		assert_int_equal(verify(&found), STATUS_CORRUPT);
		if (found.bad_seq != (strstr(changes[i], "seq = 1") ? 1 : 2))
			fail_msg("%s: found at %lld", changes[i], (long long)found.bad_seq);
	}
}

static void test_an_entry_tells_from_where_and_keeps_words_apart(void **state)
{
	(void)state;
	struct arena arena;
	struct audit_page page;
	struct audit_entry words;
	struct audit_filter filter = {0};
	arena_init(&arena, 1 << 20);
	append(1, 1);
	append_from("10.0.0.8", 5, "a mark of thirty-two bytes......");
	assert_ok(audit_read(desk, &filter, &arena, &page, &e), &e);
	assert_true(text_is(page.entries[0].client, "10.0.0.8"));
	assert_int_equal(page.entries[0].session_no, 5);
	assert_true(text_is_absent(page.entries[1].client));
	assert_ok(audit_read_words(desk, 2, &arena, &words, &e), &e);
	assert_true(text_is(words.words_sealed, "sealed\xff words"));
	assert_true(text_is(words.words_mark, "a mark of thirty-two bytes......"));
	assert_int_equal(words.words_id, 105);
	assert_int_equal(audit_read_words(desk, 1, &arena, &words, &e), STATUS_NOT_FOUND);
	arena_release(&arena);
}

/* ---- unusual accesses --------------------------------------------------------------------------- */

#define AN_HOUR INT64_C(3600000000)
/* A Wednesday, at midnight. */
#define WEDNESDAY (INT64_C(20089) * 24 * AN_HOUR)

static struct audit *busy;

static void looks(const char *user, instant at, int first, int count, const char *outcome)
{
	for (int i = 0; i < count; i++) {
		struct audit_entry entry = look_at(first + i);
		entry.user_name = text_of(user);
		entry.at = at + i;
		entry.outcome = text_of(outcome);
		assert_ok(audit_append(busy, &entry, &e), &e);
	}
}

/* Three workers, who open four residents in each of two hours a day, Wednesday to Friday. */
static void ordinary_weeks(void)
{
	static const char *const users[] = {"worker.one", "worker.two", "worker.three"};
	for (int day = 0; day < 9; day++)
		for (int u = 0; u < 3; u++)
			for (int h = 10; h < 12; h++)
				looks(users[u], WEDNESDAY + (day / 3 * 7 + day % 3) * 24 * AN_HOUR + h * AN_HOUR,
				      1000 + 100 * day + 10 * u + 4 * h, 4, "allowed");
}

static struct unusual_list find_unusual(struct arena *arena)
{
	struct unusual_list list;
	struct unusual_question question = {WEDNESDAY - 100 * 24 * AN_HOUR, WEDNESDAY + 100 * 24 * AN_HOUR};
	assert_ok(unusual_find(&list, desk, &question, arena, &e), &e);
	return list;
}

static void test_unusual_accesses_are_found_and_explained(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 8 << 20);
	assert_ok(audit_open(&busy, db.address, &key, &e), &e);
	ordinary_weeks();
	assert_int_equal(find_unusual(&arena).count, 0);
	looks("worker.two", WEDNESDAY + 30 * 24 * AN_HOUR, 9000, 2, "refused");
	looks("worker.one", WEDNESDAY + 7 * 24 * AN_HOUR + 14 * AN_HOUR, 5000, 40, "allowed"); /* a spree */
	looks("worker.two", WEDNESDAY + 7 * 24 * AN_HOUR + 23 * AN_HOUR, 6000, 1, "allowed");  /* at night */
	looks("worker.three", WEDNESDAY + 7 * 24 * AN_HOUR + 9 * AN_HOUR, 7000, 3, "refused");
	for (int i = 0; i < 6; i++) {
		char user[20];
		snprintf(user, sizeof user, "visitor.%d", i);
		looks(user, WEDNESDAY + (7 * 24 + 10 + i) * AN_HOUR, 8000, 1, "allowed"); /* all want to see 8000 */
	}
	struct audit_entry bulk = {.at = WEDNESDAY + 10 * AN_HOUR, /* noticed by the server when it happened */
				   .user_name = TEXT("worker.three"),
				   .role = TEXT("worker"),
				   .action = TEXT("access.bulk"),
				   .outcome = TEXT("noticed")};
	assert_ok(audit_append(busy, &bulk, &e), &e);
	audit_close(busy);
	struct unusual_list list = find_unusual(&arena);
	static const struct {
		enum unusual_kind kind;
		const char *user;
		int64_t resident, count;
	} expected[] = {{UNUSUAL_SPREE, "worker.one", 0, 40},
			{UNUSUAL_OUT_OF_HOURS, "worker.two", 0, 1},
			{UNUSUAL_REFUSED, "worker.three", 0, 3},
			{UNUSUAL_OFTEN, NULL, 8000, 6},
			{UNUSUAL_BULK, "worker.three", 0, 1}};
	assert_int_equal(list.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(list.at[i].kind, expected[i].kind);
		assert_true(expected[i].user ? text_is(list.at[i].user_name, expected[i].user)
					     : text_is_absent(list.at[i].user_name));
		assert_int_equal(list.at[i].resident_id, expected[i].resident);
		assert_int_equal(list.at[i].count, expected[i].count);
		assert_true(list.at[i].last_seq - list.at[i].first_seq >= expected[i].count - 1);
	}
	assert_true(text_starts_with(list.at[0].why, TEXT("40 residents in one hour; usual is ")));
	arena_release(&arena);
}

static void look_of(const char *user, const char *role, instant at, int resident, const char *relationship)
{
	struct audit_entry entry = look_at(resident);
	char detail[80];
	snprintf(detail, sizeof detail, "2 records, 9 rows, relationship %s", relationship);
	entry.user_name = text_of(user);
	entry.role = text_of(role);
	entry.at = at;
	entry.detail = text_of(detail);
	assert_ok(audit_append(busy, &entry, &e), &e);
}

/* Four caseworkers open their own cases, and one in twenty others; five agents open whoever rings, and one rings all
 * day long. */
static void weeks_of_two_roles(void)
{
	for (int i = 0; i < 400; i++) {
		char user[20];
		instant at = WEDNESDAY + (i / 20 / 3 * 7 + i / 20 % 3) * 24 * AN_HOUR + 10 * AN_HOUR + i;
		snprintf(user, sizeof user, "caseworker.%d", i % 4);
		look_of(user, "caseworker", at, 1000 + i,
			i % 60 < 4   ? "none"
			: i % 60 < 8 ? "none, known to their service"
				     : "own");
		snprintf(user, sizeof user, "agent.%d", i / 4 % 5);
		look_of(user, "agent", at, i % 4 == 0 ? 777 : 2000 + i, "none");
	}
}

static void test_looks_at_strangers_are_found_where_they_are_rare(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 8 << 20);
	assert_ok(audit_open(&busy, db.address, &key, &e), &e);
	weeks_of_two_roles();
	struct unusual_list list = find_unusual(&arena);
	for (size_t i = 0; i < list.count; i++)
		assert_true(list.at[i].kind != UNUSUAL_UNRELATED && list.at[i].kind != UNUSUAL_CELEBRITY);
	const instant late = WEDNESDAY + 8 * 24 * AN_HOUR + 9 * AN_HOUR;
	for (int i = 0; i < 4; i++) /* one caseworker, four strangers, one of them twice */
		look_of("caseworker.1", "caseworker", late + i, 5000 + i % 3, "none");
	for (int i = 0; i < 5; i++) { /* 6000: five users of two roles in six days; 7000: in forty */
		char user[20];
		snprintf(user, sizeof user, i < 3 ? "agent.%d" : "caseworker.%d", i);
		const char *role = i < 3 ? "agent" : "caseworker";
		look_of(user, role, late + i * 30 * AN_HOUR, 6000, "none");
		look_of(user, role, late + i * 10 * 24 * AN_HOUR, 7000, "none");
		look_of(user, role, late + i, 8000, i == 4 ? "team" : "none"); /* one of five works with 8000 */
	}
	audit_close(busy);
	list = find_unusual(&arena);
	bool unrelated = false;
	size_t celebrities = 0;
	for (size_t i = 0; i < list.count; i++) {
		const struct unusual_access *found = &list.at[i];
		if (found->kind == UNUSUAL_UNRELATED && found->at == late) {
			unrelated = true;
			assert_true(text_is(found->user_name, "caseworker.1"));
			assert_int_equal(found->count, 3);
			assert_true(text_starts_with(found->why, TEXT("3 residents of no case, team or service")));
		}
		if (found->kind == UNUSUAL_UNRELATED)
			assert_true(text_is(found->role, "caseworker"));
		if (found->kind != UNUSUAL_CELEBRITY)
			continue;
		celebrities++;
		assert_int_equal(found->resident_id, 6000);
		assert_int_equal(found->count, 5);
		assert_true(text_starts_with(found->why,
					     TEXT("5 users of 2 roles opened this resident within seven days")));
	}
	assert_true(unrelated);
	assert_int_equal(celebrities, 1);
	arena_release(&arena);
}

/* 2 July 2025 is a Wednesday in summer: half past seven UTC in the evening is half past eight on the clock. */
static void test_hours_are_those_of_the_clock_on_the_wall(void **state)
{
	(void)state;
	struct arena arena;
	struct unusual_list list;
	const instant half = AN_HOUR / 2, summer = INT64_C(20271) * 24 * AN_HOUR;
	struct unusual_question question = {WEDNESDAY, summer + 24 * AN_HOUR};
	arena_init(&arena, 8 << 20);
	assert_ok(audit_open(&busy, db.address, &key, &e), &e);
	looks("worker.one", summer + 19 * AN_HOUR + half, 1000, 1, "allowed");
	looks("worker.two", summer + 6 * AN_HOUR + half, 1001, 1, "allowed");
	looks("worker.three", WEDNESDAY + 19 * AN_HOUR + half, 1002, 1, "allowed");
	audit_close(busy);
	assert_ok(unusual_find(&list, desk, &question, &arena, &e), &e);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.at[0].kind, UNUSUAL_OUT_OF_HOURS);
	assert_true(text_is(list.at[0].user_name, "worker.one"));
	assert_true(text_find(list.at[0].why, TEXT("by local time")) < list.at[0].why.len);
	arena_release(&arena);
}

static void test_a_sample_is_the_same_for_the_same_seed(void **state)
{
	(void)state;
	struct arena arena;
	struct audit_page one, two, other, all;
	struct unusual_question question = {0, instant_now() + AN_HOUR};
	append(1, 60);
	arena_init(&arena, 8 << 20);
	assert_ok(unusual_draw(&one, desk, &question, &(struct unusual_sample){.seed = 7, .wanted = 10}, &arena, &e),
		  &e);
	assert_ok(unusual_draw(&two, desk, &question, &(struct unusual_sample){.seed = 7, .wanted = 10}, &arena, &e),
		  &e);
	assert_ok(unusual_draw(&other, desk, &question, &(struct unusual_sample){.seed = 8, .wanted = 10}, &arena, &e),
		  &e);
	assert_ok(unusual_draw(&all, desk, &question, &(struct unusual_sample){.seed = 7, .wanted = 400}, &arena, &e),
		  &e);
	assert_int_equal(one.count, 10);
	assert_int_equal(all.count, 60);
	bool differs = false;
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(one.entries[i].seq, two.entries[i].seq);
		differs |= one.entries[i].seq != other.entries[i].seq;
		assert_true(i == 0 || one.entries[i].seq > one.entries[i - 1].seq);
	}
	assert_true(differs);
	assert_true(one.entries[9].seq > 10);
	arena_release(&arena);
}

/* ---- checkpoints ------------------------------------------------------------------------------- */

static struct audit_checkpoint_places places;
static char signing_key[300], outbox[300];

static struct audit_checkpoint checkpoint(void)
{
	struct audit_checkpoint made_of;
	bool made;
	snprintf(signing_key, sizeof signing_key, "%s/audit-signing.key", db.folder);
	snprintf(outbox, sizeof outbox, "%s/audit-checkpoints.jsonl", db.folder);
	places = (struct audit_checkpoint_places){&key, signing_key, outbox};
	assert_ok(audit_checkpoint_make(&made, &made_of, desk, &places, &e), &e);
	assert_true(made);
	return made_of;
}

/* The table's checkpoints, under the table's keys. */
static enum status verify_signed(struct audit_verification *found)
{
	struct arena arena;
	struct audit_checkpoints checkpoints;
	struct audit_signers signers;
	arena_init(&arena, 1 << 20);
	assert_ok(audit_checkpoints_read(&checkpoints, desk, &arena, &e), &e);
	assert_ok(audit_signers_read(&signers, desk, &arena, &e), &e);
	enum status status = audit_checkpoints_check(&checkpoints, &signers, &e);
	if (status == STATUS_OK)
		status = audit_verify_against(desk, &key, &checkpoints, found, &e);
	arena_release(&arena);
	return status;
}

static void test_a_checkpoint_signs_the_last_entry_once(void **state)
{
	(void)state;
	struct audit_verification found;
	struct audit_checkpoint again;
	bool made = true;
	append(1, 5);
	struct audit_checkpoint first = checkpoint();
	assert_int_equal(first.seq, 5);
	assert_ok(audit_checkpoint_make(&made, &again, desk, &places, &e), &e);
	assert_false(made);
	assert_ok(audit_checkpoint_when_due(&made, desk, &places, &e), &e);
	assert_false(made);
	append(6, 9);
	assert_ok(audit_checkpoint_when_due(&made, desk, &places, &e), &e);
	assert_false(made); /* neither an hour nor ten thousand entries later */
	struct audit_checkpoint second = checkpoint();
	assert_int_equal(second.seq, 9);
	assert_string_equal(first.workspace, second.workspace);
	assert_int_equal(strlen(first.workspace), 32);
	assert_ok(verify_signed(&found), &e);
	assert_int_equal(found.entries, 9);
	assert_int_not_equal(store_execute(desk, "DELETE FROM audit_checkpoint", &e), STATUS_OK);
	assert_int_not_equal(store_execute(desk, "UPDATE audit_checkpoint SET at = 0", &e), STATUS_OK);
	assert_int_not_equal(store_execute(desk, "DELETE FROM audit_signer", &e), STATUS_OK);
}

static void test_the_first_checkpoint_is_due_at_once(void **state)
{
	(void)state;
	bool made = true;
	snprintf(signing_key, sizeof signing_key, "%s/audit-signing.key", db.folder);
	places = (struct audit_checkpoint_places){&key, signing_key, NULL};
	assert_ok(audit_checkpoint_when_due(&made, desk, &places, &e), &e);
	assert_false(made); /* nothing to sign */
	append(1, 1);
	assert_ok(audit_checkpoint_when_due(&made, desk, &places, &e), &e);
	assert_true(made);
}

/* With audit.key a whole chain can be written anew that holds together; what was signed and sent away cannot. */
static void test_a_chain_written_anew_is_found_by_what_was_sent_away(void **state)
{
	struct arena arena;
	struct audit_checkpoints sent;
	struct audit_verification found;
	char kept[340], command[800];
	append(1, 5);
	checkpoint();
	append(6, 12);
	checkpoint();
	snprintf(kept, sizeof kept, "/tmp/kept-checkpoints-%d.jsonl", (int)getpid());
	snprintf(command, sizeof command, "cp %s %s", outbox, kept);
	assert_int_equal(system(command), 0);
	drop(state);
	make(state);
	append(1, 8); /* the first eight are not those of before: their instants differ */
	append(20, 30);
	arena_init(&arena, 1 << 20);
	assert_ok(audit_checkpoints_file(&sent, kept, &arena, &e), &e);
	assert_int_equal(sent.count, 2);
	assert_ok(audit_verify(desk, &key, &found, &e), &e);
	assert_int_equal(audit_verify_against(desk, &key, &sent, &found, &e), STATUS_CORRUPT);
	assert_int_equal(found.bad_seq, 5);
	assert_non_null(strstr(e.message, "entries from 1 on"));
	drop(state);
	make(state);
	append(1, 3);
	assert_int_equal(audit_verify_against(desk, &key, &sent, &found, &e), STATUS_CORRUPT);
	assert_int_equal(found.bad_seq, 4);
	arena_release(&arena);
	unlink(kept);
}

static void test_a_changed_checkpoint_and_a_strange_key_are_found(void **state)
{
	(void)state;
	struct arena arena;
	struct audit_checkpoints sent;
	struct audit_signers signers;
	append(1, 5);
	checkpoint();
	arena_init(&arena, 1 << 20);
	assert_ok(audit_signers_read(&signers, desk, &arena, &e), &e);
	for (int change = 0; change < 5; change++) {
		assert_ok(audit_checkpoints_file(&sent, outbox, &arena, &e), &e);
		assert_ok(audit_checkpoints_check(&sent, &signers, &e), &e);
		sent.at->seq += change == 0;
		sent.at->at += change == 1;
		sent.at->hash[7] ^= change == 2;
		sent.at->workspace[0] ^= change == 3;
		sent.at->signature[9] ^= change == 4;
		assert_int_equal(audit_checkpoints_check(&sent, &signers, &e), STATUS_CORRUPT);
	}
	signers.at->bytes[0] ^= 1;
	assert_ok(audit_checkpoints_file(&sent, outbox, &arena, &e), &e);
	assert_int_equal(audit_checkpoints_check(&sent, &signers, &e), STATUS_CORRUPT);
	assert_non_null(strstr(e.message, "a key that is not given"));
	arena_release(&arena);
}

static void test_a_new_signing_key_keeps_the_old_public_one(void **state)
{
	(void)state;
	struct arena arena;
	struct audit_signers signers;
	struct audit_verification found;
	struct audit_public_key fresh;
	struct audit_checkpoints checkpoints;
	append(1, 5);
	checkpoint();
	append(6, 8);
	assert_ok(audit_signer_change(&fresh, desk, &places, &e), &e); /* signs entry 8 with the old key first */
	struct audit_checkpoint after = checkpoint();
	assert_int_equal(after.seq, 8);
	assert_memory_equal(&after.signer, &fresh, sizeof fresh);
	arena_init(&arena, 1 << 20);
	assert_ok(audit_signers_read(&signers, desk, &arena, &e), &e);
	assert_ok(audit_checkpoints_read(&checkpoints, desk, &arena, &e), &e);
	assert_int_equal(signers.count, 2);
	assert_int_equal(checkpoints.count, 3);
	assert_memory_equal(&signers.at[1], &fresh, sizeof fresh);
	assert_ok(verify_signed(&found), &e);
	/* A key that was lost is told, not replaced in silence. */
	assert_int_equal(unlink(signing_key), 0);
	bool made;
	append(9, 9);
	assert_int_equal(audit_checkpoint_make(&made, &after, desk, &places, &e), STATUS_REFUSED);
	assert_false(file_exists(signing_key));
	assert_ok(audit_signer_change(&fresh, desk, &places, &e), &e);
	checkpoint();
	assert_ok(verify_signed(&found), &e);
	arena_release(&arena);
}

static void test_a_torn_line_of_the_outbox_is_cut_off(void **state)
{
	(void)state;
	struct arena arena;
	struct audit_checkpoints sent;
	append(1, 2);
	checkpoint();
	FILE *file = fopen(outbox, "a");
	fputs("{\"format\":\"onevi", file);
	fclose(file);
	arena_init(&arena, 1 << 20);
	assert_int_equal(audit_checkpoints_file(&sent, outbox, &arena, &e), STATUS_INVALID);
	assert_int_equal(e.line, 2);
	append(3, 4);
	checkpoint();
	assert_ok(audit_checkpoints_file(&sent, outbox, &arena, &e), &e);
	assert_int_equal(sent.count, 2);
	/* What cannot be sent is not kept either. */
	append(5, 6);
	bool made;
	struct audit_checkpoint none;
	places.outbox = "/nowhere/at/all";
	assert_int_not_equal(audit_checkpoint_make(&made, &none, desk, &places, &e), STATUS_OK);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM audit_checkpoint"), 2);
	arena_release(&arena);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_entries_are_there_and_verify),
		ON_A_DATABASE(test_any_changed_field_is_found_at_its_entry),
		ON_A_DATABASE(test_a_removed_end_is_found),
		ON_A_DATABASE(test_a_forged_head_is_found),
		ON_A_DATABASE(test_another_key_does_not_verify),
		ON_A_DATABASE(test_the_tables_refuse_change),
		ON_A_DATABASE(test_an_entry_lives_and_dies_with_its_transaction),
		ON_A_DATABASE(test_what_cannot_be_recorded_is_refused),
		ON_A_DATABASE(test_many_threads_share_commits),
		ON_A_DATABASE(test_several_processes_keep_one_chain),
		ON_A_DATABASE(test_the_reader_filters_and_pages),
		ON_A_DATABASE(test_entries_of_both_forms_verify_in_one_chain),
		ON_A_DATABASE(test_an_entry_tells_from_where_and_keeps_words_apart),
		ON_A_DATABASE(test_unusual_accesses_are_found_and_explained),
		ON_A_DATABASE(test_looks_at_strangers_are_found_where_they_are_rare),
		ON_A_DATABASE(test_hours_are_those_of_the_clock_on_the_wall),
		ON_A_DATABASE(test_a_sample_is_the_same_for_the_same_seed),
		ON_A_DATABASE(test_a_checkpoint_signs_the_last_entry_once),
		ON_A_DATABASE(test_the_first_checkpoint_is_due_at_once),
		ON_A_DATABASE(test_a_chain_written_anew_is_found_by_what_was_sent_away),
		ON_A_DATABASE(test_a_changed_checkpoint_and_a_strange_key_are_found),
		ON_A_DATABASE(test_a_new_signing_key_keeps_the_old_public_one),
		ON_A_DATABASE(test_a_torn_line_of_the_outbox_is_cut_off),
		ON_A_DATABASE(test_the_key_file_is_guarded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
