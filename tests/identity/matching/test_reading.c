/* A file is read the same in one piece and in many, on one thread and on several. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "matching/matching_int.h"
#include "people_files.h"

/* Everything that was read, as one text. */
static void print_all(struct buf *out, const struct matching *matching)
{
	struct buf room;
	buf_init(&room, 1 << 20);
	for (size_t s = 0; s < matching->source_count; s++) {
		const struct source *source = &matching->sources[s];
		for (size_t row = 0; row < source->rows; row++) {
			char id[24];
			buf_format(out, "%.*s", TEXT_ARG(source_id(source, row, id)));
			for (size_t c = 0; c < source->column_count; c++) {
				if (!source->columns[c].codes)
					continue;
				struct raw raw = source->columns[c].values[source->columns[c].codes[row]];
				buf_format(out, "|%.*s", TEXT_ARG(raw_text(&room, raw, NULL)));
			}
			buf_append_char(out, '\n');
		}
	}
	buf_release(&room);
}

static char *read_as(const char *path, size_t piece_bytes, unsigned threads)
{
	struct matching *matching;
	struct error error;
	struct buf out;
	buf_init(&out, 16 << 20);
	if (people_read(&matching, path, piece_bytes, threads, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	print_all(&out, matching);
	matching_free(matching);
	return out.at;
}

static void pieces_and_threads_do_not_matter(void **state)
{
	struct buf file;
	(void)state;
	buf_init(&file, 1 << 20);
	buf_append_text(&file, TEXT("id,name,note,dob\r\n"));
	for (int i = 0; i < 300; i++)
		buf_format(&file, "%d,\"Smith, %s\",\"line\nbreak \"\"%d\"\"\",19%02d-01-%02d\r\n", i,
			   i % 3 ? "John" : "Zo\xc3\xab", i % 7, 10 + i % 80, 1 + i % 28);
	const char *path = people_file("pieces.csv", buf_text(&file));
	char *whole = read_as(path, 1 << 20, 1);
	assert_non_null(strstr(whole, "299|Smith, John|"));
	for (size_t bytes = 17; bytes < 400; bytes += 37) {
		char *parts = read_as(path, bytes, 3);
		assert_string_equal(whole, parts);
		free(parts);
	}
	free(whole);
	buf_release(&file);
}

static void stray_quotes_are_text(void **state)
{
	struct buf file;
	(void)state;
	buf_init(&file, 1 << 20);
	buf_append_text(&file, TEXT("id,name,town\n"));
	for (int i = 0; i < 200; i++)
		buf_format(&file, "%d,John \"Jack%s Smith,%s\n", i, i % 5 ? "\"" : "", i % 2 ? "Leeds" : "York");
	const char *path = people_file("stray.csv", buf_text(&file));
	char *whole = read_as(path, 1 << 20, 1), *parts = read_as(path, 64, 2);
	assert_non_null(strstr(whole, "199|John \"Jack\" Smith|Leeds"));
	assert_string_equal(whole, parts);
	free(whole);
	free(parts);
	buf_release(&file);
}

static void kinds_of_files_are_read(void **state)
{
	static const struct {
		const char *what, *content, *expected;
	} cases[] = {
		{"line ends of all kinds", "id,first_name,surname\r\n1,Ann,Lee\r\n2,Bob,Ray", "1|Ann|Lee\n2|Bob|Ray\n"},
		{"lone CR", "id,first_name,surname\r1,Ann,Lee\r2,Bob,Ray\r", "1|Ann|Lee\n2|Bob|Ray\n"},
		{"semicolons", "id;first_name;surname\n1;Ann;Lee\n2;Bob;Ray\n", "1|Ann|Lee\n2|Bob|Ray\n"},
		{"tabs", "id\tfirst_name\tsurname\n1\tAnn\tLee\n2\tBob\tRay\n", "1|Ann|Lee\n2|Bob|Ray\n"},
		{"a byte-order mark", "\xef\xbb\xbfid,first_name,surname\n1,Ann,Lee\n2,Bob,Ray\n",
		 "1|Ann|Lee\n2|Bob|Ray\n"},
		{"both encodings", "id,first_name,surname\n1,Zo\xc3\xab,Lee\n2,Andr\xe9,Ray\n",
		 "1|Zo\xc3\xab|Lee\n2|Andr\xc3\xa9|Ray\n"},
		{"short and long rows", "id,first_name,surname\n1,Ann\n2,Bob,Ray,x,y\n3,Cy,Fox\n",
		 "1|Ann|\n2|Bob|Ray\n3|Cy|Fox\n"},
		{"empty lines", "id,first_name,surname\n\n1,Ann,Lee\n\n\n2,Bob,Ray\n\n", "1|Ann|Lee\n2|Bob|Ray\n"},
		{"two columns of one name", "id,first_name,first_name\n1,Ann,Lee\n2,Bob,Ray\n",
		 "1|Ann|Lee\n2|Bob|Ray\n"},
		{"no header", "Ann,Lee,1985-02-14,ann@lee.org\nBob,Ray,1990-03-01,bob@ray.org\n",
		 "1|Ann|Lee|1985-02-14|ann@lee.org\n2|Bob|Ray|1990-03-01|bob@ray.org\n"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got = read_as(people_file("kind.csv", text_of(cases[i].content)), 0, 2);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].what, got);
		free(got);
	}
}

static void bad_files_are_refused_with_a_line(void **state)
{
	static const struct {
		const char *content, *code;
		unsigned line;
	} cases[] = {
		{"", "matching.file", 0},
		{"\n\n  \n", "matching.file", 0},
		{"id,first_name\n", "matching.file", 0},
		{"PK\x03\x04zip", "matching.file", 0},
		{"id,first_name\n1,Ann\n2,\"Bob\n3,Cy\n", "matching.quote", 3},
		{"id,first_name\n1,Ann\n2,Bob\n\n1,Cy\n", "matching.id", 5},
		{"id,row_number\n1,1\n2,2\n", "matching.columns", 1},
		{"id,first_name\n1,\n2,\n", "matching.columns", 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct matching *matching;
		struct error error;
		enum status status =
			people_read(&matching, people_file("bad.csv", text_of(cases[i].content)), 0, 2, &error);
		if (status == STATUS_OK || strcmp(error.code, cases[i].code) != 0 || error.line != cases[i].line ||
		    !error.remedy[0] || !strstr(error.file, "bad.csv"))
			fail_msg("case %zu: %s line %u: %s (%s)", i, error.code, error.line, error.message,
				 error.remedy);
	}
}

static void all_the_same_is_said(void **state)
{
	struct matching *matching;
	struct error error;
	size_t warnings;
	(void)state;
	const char *path = people_file("same.csv", TEXT("id,first_name\n1,Ann\n2,Ann\n3,Ann\n"));
	assert_int_equal(people_read(&matching, path, 0, 1, &error), STATUS_OK);
	assert_int_equal(matching_run(matching, &error), STATUS_OK);
	(void)matching_warnings(matching, &warnings);
	assert_int_equal(warnings, 1);
	assert_int_equal(matching_cluster(matching, 0), matching_cluster(matching, 2));
	matching_free(matching);
}

/* Behind 100,000 times the same person stands another, at none of the places that the sample is taken from. */
static void one_who_differs_is_found(void **state)
{
	enum { MANY = 100000 };
	struct matching *matching;
	struct error error;
	struct buf file;
	(void)state;
	buf_init(&file, 1 << 24);
	buf_append_text(&file, TEXT("first_name,surname,dob\n"));
	for (int i = 0; i < MANY; i++)
		buf_append_text(&file, TEXT("Ann,Lee,1980-01-02\n"));
	buf_append_text(&file, TEXT("Zofia,Kowalska,1955-11-30\n"));
	const char *path = people_file("nearly.csv", buf_text(&file));
	assert_int_equal(people_read(&matching, path, 0, 2, &error), STATUS_OK);
	const struct matching_column *column = matching_file(matching, 0).columns;
	assert_int_equal(column[1].meaning, MEANING_FAMILY);
	assert_int_equal(matching_run(matching, &error), STATUS_OK);
	assert_int_not_equal(matching_cluster(matching, 0), matching_cluster(matching, MANY));
	matching_free(matching);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_and_threads_do_not_matter),
		cmocka_unit_test(stray_quotes_are_text),
		cmocka_unit_test(kinds_of_files_are_read),
		cmocka_unit_test(bad_files_are_refused_with_a_line),
		cmocka_unit_test(all_the_same_is_said),
		cmocka_unit_test(one_who_differs_is_found),
	};
	return cmocka_run_group_tests(tests, people_setup, people_teardown);
}
