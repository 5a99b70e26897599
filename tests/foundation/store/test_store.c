#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"

#include <sys/wait.h>
#include <unistd.h>

static struct test_database db;
static struct store *store;
static struct error e;

static int make(void **state)
{
	(void)state;
	test_database_make_empty(&db);
	store = test_database_open(&db, STORE_DATA);
	assert_ok(store_define(
			  store,
			  "CREATE TABLE thing (thing_id ID PRIMARY KEY, name TEXT, weight REAL, body BLOB, born DATE, "
			  "seen INSTANT, alive BOOL)",
			  &e),
		  &e);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	store_close(store);
	test_database_drop(&db);
	return 0;
}

static void insert_thing(int64_t id, const char *name)
{
	struct statement *insert;
	assert_ok(store_prepare(&insert, store, "INSERT INTO thing (thing_id, name) VALUES (:id, :name)", &e), &e);
	statement_bind_int(insert, "id", id);
	statement_bind_text(insert, "name", text_of(name));
	assert_ok(statement_run(insert, NULL, &e), &e);
	statement_done(insert);
	assert_ok(store_sync(store, &e), &e);
}

static void test_every_type_comes_back(void **state)
{
	(void)state;
	struct statement *s;
	assert_ok(store_prepare(&s, store,
				"INSERT INTO thing (thing_id, name, weight, body, born, seen, alive) "
				"VALUES (:id, :name, :weight, :body, :born, :seen, :alive)",
				&e),
		  &e);
	statement_bind_int(s, "id", INT64_MAX);
	statement_bind_text(s, "name", TEXT("Zo\xc3\xab O'Hara :name"));
	statement_bind_double(s, "weight", -0.1);
	statement_bind_blob(s, "body", "\0\1\xff", 3);
	statement_bind_int(s, "born", date_of(1931, 2, 3));
	statement_bind_int(s, "seen", INT64_C(-62135596800000000));
	statement_bind_int(s, "alive", 1);
	int64_t changed;
	assert_ok(statement_run(s, &changed, &e), &e);
	assert_int_equal(changed, 1);
	statement_bind_int(s, "id", 1);
	statement_bind_text(s, "name", TEXT(""));
	statement_bind_null(s, "weight");
	statement_bind_blob(s, "body", "", 0);
	statement_bind_null(s, "born");
	statement_bind_null(s, "alive");
	assert_ok(statement_run(s, NULL, &e), &e);
	statement_done(s);

	assert_ok(store_prepare(&s, store, "SELECT * FROM thing ORDER BY thing_id DESC", &e), &e);
	int id = statement_column(s, "thing_id"), name = statement_column(s, "name"),
	    weight = statement_column(s, "weight"), body = statement_column(s, "body"),
	    born = statement_column(s, "born"), seen = statement_column(s, "seen"),
	    alive = statement_column(s, "alive");
	bool row;
	assert_ok(statement_step(s, &row, &e), &e);
	assert_true(row);
	assert_int_equal(statement_int(s, id), INT64_MAX);
	assert_true(text_is(statement_text(s, name), "Zo\xc3\xab O'Hara :name"));
	assert_true(statement_double(s, weight) == -0.1);
	assert_true(text_equal(statement_blob(s, body), text_slice("\0\1\xff", 3)));
	assert_int_equal(statement_int(s, born), date_of(1931, 2, 3));
	assert_int_equal(statement_int(s, seen), INT64_C(-62135596800000000));
	assert_int_equal(statement_int(s, alive), 1);
	assert_ok(statement_step(s, &row, &e), &e);
	assert_true(row);
	assert_false(statement_is_null(s, name));
	assert_int_equal(statement_text(s, name).len, 0);
	assert_false(text_is_absent(statement_text(s, name)));
	assert_false(statement_is_null(s, body));
	assert_true(statement_is_null(s, weight));
	assert_true(statement_double(s, weight) == 0);
	assert_true(statement_is_null(s, alive));
	assert_int_equal(statement_int(s, seen), INT64_C(-62135596800000000));
	assert_ok(statement_step(s, &row, &e), &e);
	assert_false(row);
	statement_done(s);
}

static void test_a_null_first_does_not_fix_the_type(void **state)
{
	(void)state;
	struct statement *s;
	insert_thing(1, "a");
	insert_thing(2, NULL);
	assert_ok(store_prepare(&s, store, "SELECT thing_id FROM thing WHERE :name IS NULL OR name = :name ORDER BY 1",
				&e),
		  &e);
	int id = statement_column(s, "thing_id");
	bool row;
	statement_bind_null(s, "name");
	assert_ok(statement_step(s, &row, &e), &e);
	assert_true(row);
	statement_bind_text(s, "name", TEXT("a"));
	assert_ok(statement_step(s, &row, &e), &e);
	assert_int_equal(statement_int(s, id), 1);
	assert_ok(statement_step(s, &row, &e), &e);
	assert_false(row);
	statement_done(s);
}

static void test_mistakes_in_names_fail_the_step(void **state)
{
	(void)state;
	struct statement *s;
	bool row;
	insert_thing(1, "a");
	assert_ok(store_prepare(&s, store, "SELECT name FROM thing WHERE thing_id = :id", &e), &e);
	statement_bind_int(s, "id", 1);
	statement_bind_int(s, "idd", 1);
	assert_int_equal(statement_step(s, &row, &e), STATUS_INTERNAL);
	assert_non_null(strstr(e.message, "\"idd\""));
	statement_done(s);

	assert_ok(store_prepare(&s, store, "SELECT name FROM thing WHERE thing_id = :id", &e), &e);
	assert_int_equal(statement_step(s, &row, &e), STATUS_INTERNAL);
	assert_non_null(strstr(e.message, "\"id\""));
	statement_done(s);

	assert_ok(store_prepare(&s, store, "SELECT name FROM thing WHERE thing_id = :id", &e), &e);
	statement_bind_int(s, "id", 1);
	statement_column(s, "nom");
	assert_int_equal(statement_step(s, &row, &e), STATUS_INTERNAL);
	assert_non_null(strstr(e.message, "\"nom\""));
	statement_done(s);

	assert_ok(store_prepare(&s, store, "SELECT name, thing_id AS number FROM thing WHERE thing_id = :id", &e), &e);
	int name = statement_column(s, "name");
	statement_bind_int(s, "id", 1);
	assert_ok(statement_step(s, &row, &e), &e);
	assert_int_equal(statement_int(s, name), 0);
	assert_int_equal(statement_step(s, &row, &e), STATUS_INTERNAL);
	statement_done(s);
}

static void test_the_same_statement_can_be_held_twice(void **state)
{
	(void)state;
	insert_thing(1, "a");
	insert_thing(2, "b");
	struct statement *outer, *inner;
	const char *sql = "SELECT thing_id FROM thing ORDER BY thing_id";
	bool row;
	int pairs = 0;
	assert_ok(store_prepare(&outer, store, sql, &e), &e);
	while (statement_step(outer, &row, &e) == STATUS_OK && row) {
		assert_ok(store_prepare(&inner, store, sql, &e), &e);
		assert_ptr_not_equal(inner, outer);
		while (statement_step(inner, &row, &e) == STATUS_OK && row)
			pairs++;
		statement_done(inner);
	}
	statement_done(outer);
	assert_int_equal(pairs, 4);
	struct statement *again;
	assert_ok(store_prepare(&again, store, sql, &e), &e);
	assert_ptr_equal(again, outer);
	statement_done(again);
}

static void test_text_is_ordered_bytewise(void **state)
{
	(void)state;
	static const char *const names[] = {"a", "B", "\xc3\xa9", "z", "_", "A"};
	for (size_t i = 0; i < 6; i++)
		insert_thing((int64_t)i + 1, names[i]);
	struct statement *s;
	struct buf order;
	buf_init(&order, 100);
	bool row;
	assert_ok(store_prepare(&s, store, "SELECT name FROM thing ORDER BY name", &e), &e);
	int name = statement_column(s, "name");
	while (statement_step(s, &row, &e) == STATUS_OK && row)
		buf_append_text(&order, statement_text(s, name));
	statement_done(s);
	assert_string_equal(order.at, "AB_az\xc3\xa9");
	buf_release(&order);
}

static void test_a_failure_spoils_the_transaction(void **state)
{
	(void)state;
	assert_ok(store_begin(store, &e), &e);
	insert_thing(1, "kept out");
	struct statement *s;
	assert_ok(store_prepare(&s, store, "INSERT INTO thing (thing_id, name) VALUES (:id, :name)", &e), &e);
	statement_bind_int(s, "id", 1);
	statement_bind_text(s, "name", TEXT("Secretname"));
	assert_int_equal(statement_run(s, NULL, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "store.duplicate");
	assert_null(strstr(e.cause, "Secretname"));
	statement_done(s);
	assert_int_equal(store_commit(store, &e), STATUS_INTERNAL);
	assert_false(store_in_transaction(store));
	assert_int_equal(test_query(store, "SELECT count(*) FROM thing"), 0);
}

static void test_nothing_of_a_row_is_in_an_error(void **state)
{
	(void)state;
	assert_ok(store_define(store, "CREATE TABLE strict (a INT NOT NULL CHECK (a < 10))", &e), &e);
	struct statement *s;
	assert_ok(store_prepare(&s, store, "INSERT INTO strict (a) VALUES (:a)", &e), &e);
	statement_bind_int(s, "a", 424242);
	assert_int_equal(statement_run(s, NULL, &e), STATUS_INVALID);
	assert_string_equal(e.code, "store.constraint");
	assert_null(strstr(e.message, "424242"));
	assert_null(strstr(e.cause, "424242"));
	statement_bind_text(s, "a", TEXT("Secretname"));
	assert_int_not_equal(statement_run(s, NULL, &e), STATUS_OK);
	assert_null(strstr(e.cause, "Secretname"));
	statement_done(s);
}

static void load(int64_t count)
{
	struct bulk *bulk;
	assert_ok(store_bulk_begin(&bulk, store, "thing", "thing_id, name, weight, body, born, seen, alive", &e), &e);
	for (int64_t i = 1; i <= count; i++) {
		char name[32];
		snprintf(name, sizeof name, "thing %lld", (long long)i);
		bulk_int(bulk, i);
		bulk_text(bulk, text_of(name));
		bulk_double(bulk, (double)i / 2);
		bulk_blob(bulk, &i, sizeof i);
		if (i % 2)
			bulk_int(bulk, i % 30000);
		else
			bulk_null(bulk);
		bulk_int(bulk, -i);
		bulk_int(bulk, i % 2);
		assert_ok(bulk_row(bulk, &e), &e);
	}
	assert_ok(bulk_end(bulk, &e), &e);
}

static void test_bulk_rows_arrive(void **state)
{
	(void)state;
	load(30000);
	assert_int_equal(test_query(store, "SELECT count(*) FROM thing"), 30000);
	assert_int_equal(test_query(store, "SELECT sum(thing_id) FROM thing"), 450015000);
	assert_int_equal(test_query(store, "SELECT sum(seen) FROM thing"), -450015000);
	assert_int_equal(test_query(store, "SELECT count(born) FROM thing"), 15000);
	assert_int_equal(test_query(store, "SELECT sum(alive) FROM thing"), 15000);
	assert_int_equal(
		test_query(store, "SELECT count(*) FROM thing WHERE name = 'thing 29999' AND weight = 14999.5"), 1);
}

static void test_bulk_in_a_transaction_is_undone_with_it(void **state)
{
	(void)state;
	assert_ok(store_begin(store, &e), &e);
	load(20000);
	assert_true(store_in_transaction(store));
	store_rollback(store);
	assert_int_equal(test_query(store, "SELECT count(*) FROM thing"), 0);
}

static void test_a_wrong_bulk_row_is_told(void **state)
{
	(void)state;
	struct bulk *bulk;
	assert_ok(store_bulk_begin(&bulk, store, "thing", "thing_id, name", &e), &e);
	bulk_int(bulk, 1);
	assert_int_equal(bulk_row(bulk, &e), STATUS_INTERNAL);
	bulk_abandon(bulk);
	assert_ok(store_bulk_begin(&bulk, store, "thing", "thing_id, name", &e), &e);
	for (int i = 0; i < 2; i++) {
		bulk_int(bulk, 7);
		bulk_text(bulk, TEXT("Secretname"));
		enum status status = bulk_row(bulk, &e);
		assert_true(status == STATUS_OK || status == STATUS_CONFLICT);
	}
	assert_int_not_equal(bulk_end(bulk, &e), STATUS_OK);
	assert_false(store_in_transaction(store));
	assert_int_equal(test_query(store, "SELECT count(*) FROM thing"), 0);
	assert_int_equal(store_bulk_begin(&bulk, store, "no_such_table", "a", &e), STATUS_INTERNAL);
	assert_false(store_in_transaction(store));
}

static void test_a_stream_reads_all_and_shuts_others_out(void **state)
{
	(void)state;
	load(5000);
	struct statement *s;
	bool row;
	int64_t sum = 0;
	for (int round = 0; round < 2; round++) {
		assert_ok(store_prepare(&s, store, "SELECT thing_id, name FROM thing ORDER BY thing_id", &e), &e);
		statement_stream(s);
		int id = statement_column(s, "thing_id"), name = statement_column(s, "name");
		while (statement_step(s, &row, &e) == STATUS_OK && row) {
			sum += statement_int(s, id);
			assert_true(statement_text(s, name).len > 6);
			if (statement_int(s, id) == 5)
				assert_int_equal(store_execute(store, "DELETE FROM thing", &e), STATUS_INTERNAL);
			if (round == 0 && statement_int(s, id) == 100)
				break;
		}
		statement_done(s);
	}
	assert_int_equal(sum, 5050 + 12502500);
	assert_int_equal(test_query(store, "SELECT count(*) FROM thing"), 5000);
}

static void test_queued_changes_all_happen_or_none(void **state)
{
	(void)state;
	load(1000);
	struct statement *s;
	for (int round = 0; round < 2; round++) {
		assert_ok(store_begin(store, &e), &e);
		assert_ok(store_prepare(&s, store, "UPDATE thing SET thing_id = :to WHERE thing_id = :from", &e), &e);
		enum status status = STATUS_OK;
		for (int64_t i = 1; i <= 1000 && status == STATUS_OK; i++) {
			statement_bind_int(s, "from", i + round * 2000);
			statement_bind_int(s, "to", round == 1 && i == 999 ? 2001 + 2000 : i + (round + 1) * 2000);
			status = statement_queue(s, &e);
		}
		statement_done(s);
		if (status == STATUS_OK)
			status = store_commit(store, &e);
		store_rollback(store);
		assert_int_equal(status, round == 0 ? STATUS_OK : STATUS_CONFLICT);
	}
	assert_int_equal(test_query(store, "SELECT sum(thing_id) FROM thing"), 500500 + 1000 * 2000);
}

static void test_a_reader_sees_one_picture_and_cannot_write(void **state)
{
	(void)state;
	insert_thing(1, "a");
	struct store *reader = test_database_open_bare(&db, STORE_DATA, STORE_READ);
	assert_ok(store_begin(reader, &e), &e);
	assert_int_equal(test_query(reader, "SELECT count(*) FROM thing"), 1);
	insert_thing(2, "b");
	assert_int_equal(test_query(reader, "SELECT count(*) FROM thing"), 1);
	assert_ok(store_commit(reader, &e), &e);
	assert_int_equal(test_query(reader, "SELECT count(*) FROM thing"), 2);
	assert_int_equal(store_execute(reader, "DELETE FROM thing", &e), STATUS_IO);
	assert_string_equal(e.code, "store.read_only");
	assert_true(e.remedy[0] != '\0');
	store_close(reader);
}

static void test_what_is_held_is_seen_as_a_whole(void **state)
{
	(void)state;
	static const char count[] = "SELECT count(*) FROM thing";
	struct store *reader = test_database_open_bare(&db, STORE_DATA, STORE_READ);
	assert_ok(store_hold(store, &e), &e);
	assert_ok(store_begin(store, &e), &e);
	insert_thing(1, "kept");
	assert_int_equal(store_begin(store, &e), STATUS_INTERNAL); /* still no nesting */
	assert_ok(store_commit(store, &e), &e);
	store_rollback(store); /* after the commit: nothing of it */
	assert_ok(store_begin(store, &e), &e);
	insert_thing(2, "rolled back");
	assert_int_not_equal(store_execute(store, "INSERT INTO nowhere (a) VALUES (1)", &e), STATUS_OK);
	store_rollback(store);
	insert_thing(3, "between");
	assert_int_equal(store_commit(store, &e), STATUS_INTERNAL);
	assert_int_equal(test_query(reader, count), 0);
	assert_ok(store_let_go(store, &e), &e);
	assert_int_equal(test_query(reader, "SELECT sum(thing_id) FROM thing"), 4);
	assert_ok(store_hold(store, &e), &e);
	assert_ok(store_begin(store, &e), &e);
	insert_thing(5, "given up");
	assert_ok(store_commit(store, &e), &e);
	store_give_up(store);
	assert_int_equal(test_query(reader, count), 2);
	assert_ok(store_begin(store, &e), &e); /* as ever */
	insert_thing(6, "after");
	assert_ok(store_commit(store, &e), &e);
	assert_int_equal(test_query(reader, count), 3);
	store_close(reader);
}

static void test_the_shelves_are_apart(void **state)
{
	(void)state;
	struct store *desk = test_database_open(&db, STORE_DESK);
	int64_t count;
	assert_int_equal(store_query_int(desk, "SELECT count(*) FROM thing", &count, &e), STATUS_INTERNAL);
	assert_int_equal(store_shelf(desk), STORE_DESK);
	store_close(desk);
}

static void test_returning_and_upsert(void **state)
{
	(void)state;
	assert_ok(
		store_define(store, "CREATE TABLE counter (counter_id SEQUENCE, name TEXT NOT NULL UNIQUE, n INT)", &e),
		&e);
	struct statement *s;
	bool row;
	for (int i = 1; i <= 3; i++) {
		assert_ok(store_prepare(&s, store,
					"INSERT INTO counter (name, n) VALUES (:name, 1) ON CONFLICT (name) "
					"DO UPDATE SET n = counter.n + 1 RETURNING counter_id, n",
					&e),
			  &e);
		statement_bind_text(s, "name", TEXT("x"));
		assert_ok(statement_step(s, &row, &e), &e);
		assert_true(row);
		assert_int_equal(statement_int(s, statement_column(s, "n")), i);
		assert_int_equal(statement_int(s, statement_column(s, "counter_id")), 1);
		statement_done(s);
	}
}

static void test_what_was_not_committed_goes_back_with_the_connection(void **state)
{
	(void)state;
	struct store *taken;
	struct store_pool *pool;
	store_rollback(NULL); /* which is what somebody has who could take none */
	assert_ok(store_define(store, "CREATE TABLE begun (n INT)", &e), &e);
	assert_ok(store_pool_open(&pool, db.address, STORE_DATA, STORE_WRITE, 1, &e), &e);
	assert_ok(store_pool_take(pool, &taken, &e), &e);
	assert_ok(store_begin(taken, &e), &e);
	assert_ok(store_execute(taken, "INSERT INTO begun (n) VALUES (1)", &e), &e);
	store_pool_give(pool, taken);
	assert_ok(store_pool_take(pool, &taken, &e), &e);
	assert_false(store_in_transaction(taken));
	assert_int_equal(test_query(taken, "SELECT count(*) FROM begun"), 0);
	store_pool_give(pool, taken);
	store_pool_close(pool);
}

/* What one question reads ends at the line of its arena, as an error; and only of that question. */
static void test_reading_ends_at_the_line_of_the_arena(void **state)
{
	(void)state;
	bool row = false;
	int rows = 0;
	struct arena arena;
	struct statement *s;
	for (int i = 0; i < 100; i++)
		insert_thing(i + 1, "a name");
	arena_init(&arena, 1 << 20);
	arena_draw_line(&arena, 100 << 10);
	store_watch(store, &arena);
	assert_ok(store_prepare(&s, store, "SELECT thing_id FROM thing ORDER BY thing_id", &e), &e);
	enum status status;
	while ((status = statement_step(s, &row, &e)) == STATUS_OK && row && ++rows)
		arena_alloc(&arena, 5000);
	assert_int_equal(status, STATUS_TOO_LARGE);
	assert_string_equal(e.code, "store.too_much");
	assert_in_range(rows, 10, 60);
	assert_true(arena_is_over(&arena));
	arena_reset(&arena);
	store_watch(store, NULL);
	for (rows = 0; (status = statement_step(s, &row, &e)) == STATUS_OK && row; rows++)
		arena_alloc(&arena, 5000);
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(rows, 100);
	statement_done(s);
	arena_release(&arena);
}

static void test_a_pool_hands_out_what_it_has(void **state)
{
	(void)state;
	struct store_pool *pool;
	struct store *a, *b, *c;
	assert_ok(store_pool_open(&pool, db.address, STORE_DATA, STORE_READ, 2, &e), &e);
	assert_ok(store_pool_take(pool, &a, &e), &e);
	assert_ok(store_pool_take(pool, &b, &e), &e);
	assert_ptr_not_equal(a, b);
	store_pool_give(pool, a);
	assert_ok(store_pool_take(pool, &c, &e), &e);
	assert_ptr_equal(a, c);
	store_pool_give(pool, b);
	store_pool_give(pool, c);
	store_pool_close(pool);
}

/* A process that serves keeps its locks while it opens and closes further stores: else the next process to close would
 * think itself the last and take the log away. */
static void test_a_second_store_leaves_the_locks_of_the_first(void **state)
{
	(void)state;
	char log[300];
	int how;
	if (store_kind(store) != STORE_SQLITE)
		skip();
	snprintf(log, sizeof log, "%s/data.db-wal", db.folder);
	insert_thing(1, "first");
	store_close(test_database_open(&db, STORE_DATA));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) { /* a program of its own: a fork would inherit what SQLite knows of the locks */
		execl("/proc/self/exe", "test_store", db.address, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_int_equal(how, 0);
	assert_int_equal(access(log, F_OK), 0);
}

static int open_and_close(const char *address)
{
	struct store *other;
	struct error error;
	if (store_open(&other, address, STORE_DATA, STORE_WRITE, &error) != STATUS_OK)
		return 1;
	store_close(other);
	return 0;
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(int argc, char **argv)
{
	if (argc > 1)
		return open_and_close(argv[1]);
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_every_type_comes_back),
		ON_A_DATABASE(test_a_null_first_does_not_fix_the_type),
		ON_A_DATABASE(test_mistakes_in_names_fail_the_step),
		ON_A_DATABASE(test_the_same_statement_can_be_held_twice),
		ON_A_DATABASE(test_text_is_ordered_bytewise),
		ON_A_DATABASE(test_a_failure_spoils_the_transaction),
		ON_A_DATABASE(test_nothing_of_a_row_is_in_an_error),
		ON_A_DATABASE(test_bulk_rows_arrive),
		ON_A_DATABASE(test_bulk_in_a_transaction_is_undone_with_it),
		ON_A_DATABASE(test_a_wrong_bulk_row_is_told),
		ON_A_DATABASE(test_a_stream_reads_all_and_shuts_others_out),
		ON_A_DATABASE(test_queued_changes_all_happen_or_none),
		ON_A_DATABASE(test_a_reader_sees_one_picture_and_cannot_write),
		ON_A_DATABASE(test_what_is_held_is_seen_as_a_whole),
		ON_A_DATABASE(test_the_shelves_are_apart),
		ON_A_DATABASE(test_returning_and_upsert),
		ON_A_DATABASE(test_a_second_store_leaves_the_locks_of_the_first),
		ON_A_DATABASE(test_reading_ends_at_the_line_of_the_arena),
		ON_A_DATABASE(test_a_pool_hands_out_what_it_has),
		ON_A_DATABASE(test_what_was_not_committed_goes_back_with_the_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
