/* A table brought to what it should hold, and not a row more written than differs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/difference.h"
#include "support/databases.h"

static struct test_database db;
static struct store *data;
static struct error e;

struct row {
	int64_t a, b;
	double weight;
	const char *word; /* NULL: null */
};

static const struct difference_table table = {.name = "thing", .keys = {"a", "b"}, .values = {"weight", "word"}};

static void give(const void *context, size_t i, struct cell *cells)
{
	const struct row *row = &((const struct row *)context)[i];
	cells[0] = cell_int(row->a);
	cells[1] = cell_int(row->b);
	cells[2] = cell_double(row->weight);
	cells[3] = cell_text(row->word ? text_of(row->word) : TEXT_ABSENT);
}

static struct difference_counts write_rows(const struct difference_table *how, const struct row *rows, size_t count)
{
	struct difference_counts counts;
	assert_ok(store_begin(data, &e), &e);
	assert_ok(store_write_difference(data, how, count, give, rows, &counts, &e), &e);
	assert_ok(store_commit(data, &e), &e);
	return counts;
}

static int make(void **state)
{
	(void)state;
	test_database_make(&db);
	data = test_database_open(&db, STORE_DATA);
	assert_ok(store_define(data,
			       "CREATE TEMP TABLE thing (a ID NOT NULL, b ID NOT NULL, weight REAL NOT NULL, word TEXT,"
			       " PRIMARY KEY (a, b))",
			       &e),
		  &e);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	store_close(data);
	test_database_drop(&db);
	return 0;
}

static const struct row first[] = {
	{1, 1, 0.1, "one"}, {1, 2, 1.0 / 3, NULL}, {2, 1, 5, ""}, {INT64_MAX, -7, -0.0, "last"}};

static void only_what_differs_is_written(void **state)
{
	(void)state;
	struct difference_counts counts = write_rows(&table, first, 4);
	assert_int_equal(counts.inserted, 4);
	counts = write_rows(&table, first, 4);
	assert_int_equal(counts.same, 4);
	assert_int_equal(counts.inserted + counts.updated + counts.deleted, 0);
	const struct row next[] = {{3, 3, 9, "new"}, {1, 2, 1.0 / 3, "word"}, {INT64_MAX, -7, -0.0, "last"}};
	counts = write_rows(&table, next, 3);
	assert_int_equal(counts.inserted, 1);
	assert_int_equal(counts.updated, 1);
	assert_int_equal(counts.deleted, 2);
	assert_int_equal(counts.same, 1);
	assert_int_equal(test_query(data, "SELECT COUNT(*) FROM thing"), 3);
	assert_int_equal(test_query(data, "SELECT COUNT(*) FROM thing WHERE a = 1 AND b = 2 AND word = 'word'"), 1);
	counts = write_rows(&table, next, 0);
	assert_int_equal(counts.deleted, 3);
}

static void only_rows_that_are_meant_are_looked_at(void **state)
{
	(void)state;
	struct difference_table ones = table, kept = table;
	const struct row next[] = {{1, 9, 2, "nine"}};
	ones.where = "a = 1";
	kept.keep = true;
	write_rows(&table, first, 4);
	struct difference_counts counts = write_rows(&kept, next, 1);
	assert_int_equal(counts.inserted, 1);
	assert_int_equal(counts.deleted, 0);
	counts = write_rows(&ones, next, 1);
	assert_int_equal(counts.same, 1);
	assert_int_equal(counts.deleted, 2);
	assert_int_equal(test_query(data, "SELECT COUNT(*) FROM thing"), 3);
}

static int64_t seed;
static void give_many(const void *context, size_t i, struct cell *cells)
{
	(void)context;
	uint64_t x = ((uint64_t)i + (uint64_t)seed) * 2654435761u;
	cells[0] = cell_int((int64_t)i);
	cells[1] = cell_int((int64_t)(x % 3 == 0));
	cells[2] = cell_double((double)(x % 5));
	cells[3] = x % 7 ? cell_text(TEXT("seven")) : cell_null();
}

static void any_table_becomes_any_other(void **state)
{
	(void)state;
	struct difference_counts counts;
	for (seed = 0; seed < 8; seed++) {
		size_t rows = (size_t)(seed % 3) * 400 + 100;
		for (int again = 0; again < 2; again++) {
			assert_ok(store_begin(data, &e), &e);
			assert_ok(store_write_difference(data, &table, rows, give_many, NULL, &counts, &e), &e);
			assert_ok(store_commit(data, &e), &e);
		}
		assert_int_equal(counts.same, rows);
		assert_int_equal(counts.inserted + counts.updated + counts.deleted, 0);
		assert_int_equal(test_query(data, "SELECT COUNT(*) FROM thing"), rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_what_differs_is_written, make, drop),
		cmocka_unit_test_setup_teardown(only_rows_that_are_meant_are_looked_at, make, drop),
		cmocka_unit_test_setup_teardown(any_table_becomes_any_other, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
