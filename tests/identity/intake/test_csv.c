/* The CSV reader: a table of inputs and what they should be read as, at every buffer size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "intake/csv.h"

#include <stdlib.h>

static const struct csv_given nothing_given = {0};

/* Rows as "line:field|field|...!flaws$" (flaws only when there are some, $ for a last line without end). */
static void describe(struct buf *out, struct csv *csv)
{
	struct error e;
	struct csv_row row;
	for (;;) {
		if (csv_next(csv, &row, &e))
			fail_msg("%s", e.message);
		if (!row.line)
			return;
		buf_format(out, "%llu:", (unsigned long long)row.line);
		for (size_t i = 0; i < row.count; i++) {
			buf_append(out, "|", i > 0);
			buf_append_text(out, row.fields[i]);
		}
		if (row.flaws)
			buf_format(out, "!%u", row.flaws);
		buf_append(out, "$", row.unterminated);
		buf_append_char(out, '~');
	}
}

static void assert_reads(struct text bytes, size_t columns, const struct csv_given *given, struct text expected)
{
	struct csv_format format = csv_format_detect(bytes, given);
	size_t buffers[] = {1, 2, 3, 5, 7, 16, 63, 64, 65, 100, 4096};
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
		struct buf out;
		buf_init(&out, 1 << 20);
		struct csv *csv = csv_open_memory(bytes, &format);
		csv_set_buffer(csv, buffers[i]);
		csv_expect(csv, columns);
		describe(&out, csv);
		csv_close(csv);
		if (!text_equal(buf_text(&out), expected))
			fail_msg("buffer %zu, \"%.*s\":\n  got      %s\n  expected %.*s", buffers[i], TEXT_ARG(bytes),
				 out.at, TEXT_ARG(expected));
		buf_release(&out);
	}
}

#define CASE(bytes, columns, expected) \
	{ \
		TEXT(bytes), columns, TEXT(expected) \
	}

static const struct {
	struct text bytes;
	size_t columns;
	struct text expected;
} cases[] = {
	CASE("", 2, ""),
	CASE("a,b\n", 2, "1:a|b~"),
	CASE("a,b", 2, "1:a|b$~"),
	CASE("a,b\r\nc,d\r\n", 2, "1:a|b~2:c|d~"),
	CASE("a,b\rc,d\r", 2, "1:a|b~2:c|d~"),
	CASE("a,\n,b\n,\n", 2, "1:a|~2:|b~3:|~"),
	CASE("a,b\n\n\r\nc,d\n\n", 2, "1:a|b~4:c|d~"),
	CASE("a,b\nc,d\n\x1a", 2, "1:a|b~2:c|d~"),
	/* quotes */
	CASE("\"a\",\"b\"\n", 2, "1:a|b~"),
	CASE("\"a,1\",\"b\"\"c\"\r\n\"\",\"\"\"\"\n", 2, "1:a,1|b\"c~2:|\"~"),
	CASE("\"a\nb\",c\nd,e\n", 2, "1:a\nb|c~3:d|e~"),
	CASE("\"a\r\nb\r\n\r\nc\",d\r\ne,f\r\n", 2, "1:a\r\nb\r\n\r\nc|d~5:e|f~"),
	CASE("x,\"y\"", 2, "1:x|y$~"),
	CASE("5\" pipe,b\nc,d\n", 2, "1:5\" pipe|b~2:c|d~"),
	CASE("a,b\"c\"\n", 2, "1:a|b\"c\"~"),
	/* a stray quote: the row is flawed, the next is not */
	CASE("\"He said \"hi\" to me\",b\nc,d\n", 2, "1:He said \"hi\" to me|b!1~2:c|d~"),
	CASE("\"a\" ,b\nc,\"d\"\ne,f\n", 2, "1:!1~2:c|d~3:e|f~"),
	/* an unclosed quote swallows at most what is no row by itself */
	CASE("h,i\n\"a,b\nc,d\ne,f\n", 2, "1:h|i~2:!1~3:c|d~4:e|f~"),
	CASE("h,i\n\"a,b\nc,\"d\"\ne,f\n", 2, "1:h|i~2:!1~3:c|d~4:e|f~"),
	CASE("h,i\nx,\"cut off\nin the middle\nof a note", 2, "1:h|i~2:!17$~"),
	/* NUL and bytes that are no text */
	CASE("a\0b,c\nd,e\n", 2, "1:a\0b|c!2~2:d|e~"),
	CASE("a,\"b\0\"\nd,e\n", 2, "1:a|b\0!2~2:d|e~"),
	CASE("n\xc3\xa9,b\n", 2, "1:n\xc3\xa9|b~"),
	CASE("\xef\xbb\xbfname,b\nZo\xc3\xab,d\n", 2, "1:name|b~2:Zo\xc3\xab|d~"),
	CASE("\xef\xbb\xbf\"na,me\",b\n", 2, "1:na,me|b~"),
	/* detection */
	CASE("a;b;c\n1,5;2;3\n", 3, "1:a|b|c~2:1,5|2|3~"),
	CASE("a\tb\n1\t2\n", 2, "1:a|b~2:1|2~"),
	CASE("a|b\n1|2\n", 2, "1:a@b~2:1@2~"),
	CASE("'a','b,c'\n'1','2'\n", 2, "1:a|b,c~2:1|2~"),
	CASE("n\xe9\x80,b\n", 2, "1:n\xc3\xa9\xe2\x82\xac|b~"), /* Windows-1252 */
	CASE("n\xe9,b\nx\x81,y\n", 2, "1:n\xc3\xa9|b~2:x\xef\xbf\xbd|y!4~"),
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text expected = cases[i].expected;
		if (text_find_char(expected, '@') < expected.len)
			continue; /* the delimiter of the description: tested below */
		assert_reads(cases[i].bytes, cases[i].columns, &nothing_given, expected);
	}
	struct csv_format format = csv_format_detect(TEXT("a|b\n1|2\n"), &nothing_given);
	assert_int_equal(format.delimiter, '|');
}

static void test_given(void **state)
{
	(void)state;
	struct csv_given semicolon = {.delimiter = ';'};
	assert_reads(TEXT("a,b\n"), 1, &semicolon, TEXT("1:a,b~"));
	struct csv_given utf8 = {.encoding_given = true, .encoding = CSV_UTF_8};
	assert_reads(TEXT("a\xe9,b\nc,d\n"), 2, &utf8, TEXT("1:a\xe9|b!4~2:c|d~"));
	struct csv_given windows = {.encoding_given = true, .encoding = CSV_WINDOWS_1252};
	assert_reads(TEXT("a\xc3\xa9,\"b\"\"\xe9\"\n"), 2, &windows, TEXT("1:a\xc3\x83\xc2\xa9|b\"\xc3\xa9~"));
	assert_reads(TEXT("\xef\xbb\xbfZo\xc3\xab,d\n"), 2, &windows, TEXT("1:Zo\xc3\xab|d~"));
	assert_int_equal(csv_format_detect(TEXT("\xff\xfe"
						"a\0"),
					   &nothing_given)
				 .encoding,
			 CSV_UTF_16);
}

/* A long note, longer than the buffer starts with, and one over the ceiling. */
static void test_long(void **state)
{
	(void)state;
	struct csv_format format = {.delimiter = ',', .quote = '"'};
	struct buf file;
	struct error e;
	struct csv_row row;
	buf_init(&file, 32 << 20);
	buf_append(&file, "h,i\nx,\"", 7);
	for (size_t i = 0; i < CSV_FIELD_CEILING - 10; i++)
		buf_append_char(&file, i % 80 ? 'n' : '\n');
	buf_append(&file, "\"\ny,\"", 5);
	for (size_t i = 0; i < CSV_ROW_CEILING + 10; i++)
		buf_append_char(&file, i % 80 ? 'n' : '\n');
	buf_append(&file, "\"\ny,z\n", 6);
	struct csv *csv = csv_open_memory(buf_text(&file), &format);
	csv_expect(csv, 2);
	assert_int_equal(csv_next(csv, &row, &e), STATUS_OK);
	assert_int_equal(csv_next(csv, &row, &e), STATUS_OK);
	assert_int_equal(row.count, 2);
	assert_int_equal(row.flaws, 0);
	assert_int_equal(row.fields[1].len, CSV_FIELD_CEILING - 10);
	assert_int_equal(csv_next(csv, &row, &e), STATUS_OK);
	assert_true(row.flaws & CSV_FLAW_TOO_LONG);
	struct csv_row last = row;
	uint64_t lines = 0;
	for (size_t i = 0; i + 6 < file.len; i++)
		lines += file.at[i] == '\n';
	while (csv_next(csv, &row, &e) == STATUS_OK && row.line)
		last = row;
	assert_int_equal(last.line, lines + 2);
	assert_int_equal(last.count, 2);
	assert_int_equal(last.flaws, 0);
	csv_close(csv);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
