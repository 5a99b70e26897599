#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "intake/csv_columns.h"
#include "maths/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct csv_format plain = {.delimiter = ',', .quote = '"', .encoding = CSV_UTF_8};

static void write_file(char *path, struct text bytes)
{
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.at, bytes.len), (ssize_t)bytes.len);
	close(fd);
}

static struct csv_columns *read_columns(const char *path, unsigned threads)
{
	struct csv_columns *columns;
	struct error error;
	assert_int_equal(csv_columns_read(&columns, path, &plain, threads, &error), STATUS_OK);
	return columns;
}

static struct text value_at(const struct csv_columns *columns, size_t column, size_t row)
{
	uint32_t code = columns->at[column].codes[row];
	return code ? columns->at[column].values.keys[code - 1] : TEXT("");
}

/* Every field of every row is what the reader of rows gives. */
static void assert_same_as_rows(const struct csv_columns *columns, const char *path)
{
	struct csv *csv;
	struct csv_row row;
	struct error error;
	assert_int_equal(csv_open(&csv, path, &plain, &error), STATUS_OK);
	csv_expect(csv, columns->count);
	assert_int_equal(csv_next(csv, &row, &error), STATUS_OK);
	for (size_t r = 0; r < columns->rows; r++) {
		assert_int_equal(csv_next(csv, &row, &error), STATUS_OK);
		assert_true(row.line > 0);
		for (size_t c = 0; c < columns->count; c++)
			assert_true(text_equal(value_at(columns, c, r), c < row.count ? row.fields[c] : TEXT("")));
	}
	assert_int_equal(csv_next(csv, &row, &error), STATUS_OK);
	assert_int_equal(row.line, 0);
	csv_close(csv);
}

static void make_rows(struct buf *out, size_t rows, unsigned quoted_in, bool broken)
{
	buf_append_text(out, TEXT("id,name,note,empty\n"));
	for (size_t i = 0; i < rows; i++) {
		struct random r;
		random_start(&r, 3, 1, i, 0);
		char start[48];
		snprintf(start, sizeof start, "%zu,name %u,", i * 7919, random_below(&r, 900));
		buf_append_text(out, text_of(start));
		if (quoted_in && random_below(&r, quoted_in) == 0)
			buf_append_text(out, TEXT("\"two\nlines, \"\"said\"\"\n1,2,3,4\n\""));
		else if (broken && i % 5003 == 0)
			buf_append_text(out, TEXT("\"stray \" quote"));
		else
			buf_append_text(out, TEXT("word"));
		buf_append_text(out, i % 11 == 0 ? TEXT(",,more\n") : i % 13 == 0 ? TEXT("\n") : TEXT(",\n"));
	}
}

static void threads_and_quotes_do_not_matter(void **state)
{
	(void)state;
	static const struct {
		size_t rows;
		unsigned quoted_in;
		bool broken;
	} cases[] = {{0, 0, false},      {1, 1, false},      {200000, 0, false},
		     {120000, 1, false}, {150000, 3, false}, {200000, 50, true}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf bytes;
		char path[] = "/tmp/oneview-columns-XXXXXX";
		buf_init(&bytes, 64 << 20);
		make_rows(&bytes, cases[i].rows, cases[i].quoted_in, cases[i].broken);
		write_file(path, buf_text(&bytes));
		struct csv_columns *one = read_columns(path, 1), *four = read_columns(path, 4);
		assert_int_equal(one->count, 4);
		if (!cases[i].broken)
			assert_int_equal(one->rows, cases[i].rows);
		assert_same_as_rows(one, path);
		assert_same_as_rows(four, path);
		assert_int_equal(one->flawed, four->flawed);
		assert_int_equal(one->told, four->told);
		for (size_t f = 0; f < one->told; f++) {
			assert_int_equal(one->flaws[f].line, four->flaws[f].line);
			assert_int_equal(one->flaws[f].fields, four->flaws[f].fields);
		}
		if (cases[i].rows > 100000) {
			assert_true(one->at[1].repeats && one->at[1].values.count <= 901);
			assert_true(!one->at[0].repeats);
			assert_true(one->at[1].values.count == four->at[1].values.count);
		}
		csv_columns_free(one);
		csv_columns_free(four);
		unlink(path);
		buf_release(&bytes);
	}
}

static void an_empty_file_has_no_columns(void **state)
{
	(void)state;
	char path[] = "/tmp/oneview-columns-XXXXXX";
	write_file(path, TEXT(""));
	struct csv_columns *columns = read_columns(path, 2);
	assert_int_equal(columns->count, 0);
	assert_int_equal(columns->rows, 0);
	csv_columns_free(columns);
	unlink(path);
	struct error error;
	assert_int_equal(csv_columns_read(&columns, "/nonexistent.csv", &plain, 2, &error), STATUS_IO);
	assert_null(columns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_and_quotes_do_not_matter),
		cmocka_unit_test(an_empty_file_has_no_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
