/* A PDF's text can be read back, its structure is whole, and each object is where the file says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "support/databases.h"
#include "web/pdf_int.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static struct error e;
static struct buf file, words;
static char map[1 << 16][8]; /* by glyph: its character */

static int make(void **state)
{
	(void)state;
	buf_init(&file, 8 << 20);
	buf_init(&words, 8 << 20);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	buf_release(&file);
	buf_release(&words);
	return 0;
}

static bool has(const char *part)
{
	return memmem(file.at, file.len, part, strlen(part)) != NULL;
}

static size_t count_of(const char *at, size_t len, const char *part)
{
	size_t count = 0;
	const char *end = at + len;
	while ((at = memmem(at, (size_t)(end - at), part, strlen(part)))) {
		count++;
		at += strlen(part);
	}
	return count;
}

/* Each stream of the file, inflated. */
static const char *next_stream(const char *at, struct buf *plain)
{
	static unsigned char room[4 << 20];
	static const char mark[] = "/Filter/FlateDecode/Length ";
	uLongf len = sizeof room;
	at = memmem(at, (size_t)(file.at + file.len - at), mark, strlen(mark));
	if (!at)
		return NULL;
	unsigned long packed = strtoul(at + strlen(mark), NULL, 10);
	const char *from = strstr(at, "stream\n") + 7;
	assert_int_equal(uncompress(room, &len, (const unsigned char *)from, packed), Z_OK);
	buf_clear(plain);
	buf_append(plain, room, len);
	return from + packed;
}

static void read_map(const struct buf *plain)
{
	const char *at = strstr(plain->at, "beginbfchar");
	for (at = at ? strchr(at, '<') : NULL; at; at = strstr(at, "\n<") ? strstr(at, "\n<") + 1 : NULL) {
		struct buf out;
		unsigned long glyph = strtoul(at + 1, NULL, 16), character = strtoul(at + 8, NULL, 16);
		buf_init(&out, 8);
		utf8_append(&out, (uint32_t)character);
		snprintf(map[glyph], sizeof map[glyph], "%s", out.at);
		buf_release(&out);
	}
}

static void read_words(const struct buf *plain)
{
	for (const char *at = plain->at; (at = strstr(at, "Td <"));) {
		char glyph[5] = "";
		for (at += 4; *at != '>'; at += 4) {
			memcpy(glyph, at, 4);
			buf_format(&words, "%s", map[strtoul(glyph, NULL, 16)]);
		}
		buf_format(&words, "\n");
	}
}

static size_t marks;

static void read_back(void)
{
	struct buf plain;
	buf_init(&plain, 8 << 20);
	memset(map, 0, sizeof map);
	marks = 0;
	for (const char *at = file.at; (at = next_stream(at, &plain));)
		if (strstr(plain.at, "beginbfchar"))
			read_map(&plain);
	for (const char *at = file.at; (at = next_stream(at, &plain));) {
		if (!plain.len || strncmp(plain.at, "/Artifact", 9) != 0)
			continue;
		read_words(&plain);
		marks += count_of(plain.at, plain.len, "/MCID ");
		assert_int_equal(count_of(plain.at, plain.len, "BDC\n") + count_of(plain.at, plain.len, " BMC\n"),
				 count_of(plain.at, plain.len, "EMC\n"));
	}
	buf_release(&plain);
}

static void write_sample(int rows)
{
	struct pdf *pdf;
	const struct text headings[] = {TEXT("Who"), TEXT("When")};
	assert_ok(pdf_new(&pdf, TEXT("What is held <about> you"), TEXT("en-GB"), &e), &e);
	pdf_heading(pdf, 1, TEXT("What is held <about> you"));
	pdf_paragraph(
		pdf, TEXT("Zo\xc3\xab \xc5\x81ukasz, \xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1 & Ay\xc5\x9f"
			  "e: a sentence that is long enough to go over the end of a line, and then some more words."));
	pdf_list_begin(pdf);
	pdf_list_item(pdf, TEXT("one of a list"));
	pdf_list_end(pdf);
	pdf_heading(pdf, 2, TEXT("Looks"));
	pdf_table_begin(pdf, headings, 2, NULL);
	for (int i = 0; i < rows; i++)
		pdf_table_row(pdf, (const struct text[]){TEXT("worker.one"), TEXT("9 March 2026")});
	pdf_table_end(pdf);
	assert_ok(pdf_write(pdf, &file, &e), &e);
	pdf_free(pdf);
}

static void the_text_can_be_read_back(void **state)
{
	(void)state;
	write_sample(3);
	read_back();
	assert_non_null(strstr(words.at,
			       "Zo\xc3\xab \xc5\x81ukasz, \xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1 & Ay\xc5\x9f"
			       "e: a sentence"));
	assert_non_null(strstr(words.at, "9 March 2026"));
	assert_true(file.len < 100000); /* the font is cut to what was used */
}

static void it_says_what_it_is(void **state)
{
	(void)state;
	write_sample(3);
	static const char *const parts[] = {"/Lang(en-GB)",
					    "/MarkInfo<</Marked true>>",
					    "/DisplayDocTitle true",
					    "/Title<FEFF0057006800610074",
					    "/S/Document",
					    "/S/H1",
					    "/S/H2",
					    "/S/LBody",
					    "/S/TH/",
					    "/Scope/Column",
					    "/S/TD/",
					    "&#60;about&#62;",
					    "/Type/Outlines/First"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!has(parts[i]))
			fail_msg("there is no %s", parts[i]);
}

static void each_object_is_where_the_file_says(void **state)
{
	(void)state;
	write_sample(3);
	const char *end = strstr(file.at + file.len - 60, "startxref\n");
	assert_non_null(end);
	const char *table = file.at + strtoul(end + 10, NULL, 10);
	unsigned long count = strtoul(table + strlen("xref\n0 "), NULL, 10);
	const char *row = strchr(strchr(table, '\n') + 1, '\n') + 1;
	assert_true(count > 30);
	for (unsigned long i = 1; i < count; i++, row += 20) {
		unsigned long place = strtoul(row + 20, NULL, 10);
		assert_true(place > 0 && place < file.len);
		assert_int_equal(strtoul(file.at + place, NULL, 10), i);
	}
}

/* What is on pages, and nothing else, is in the tree that leads from marks to elements. */
static void every_mark_is_in_the_structure(void **state)
{
	(void)state;
	write_sample(200);
	read_back();
	const char *tree = strstr(file.at, "<</Nums["), *end;
	for (tree = file.at; strncmp(tree, "<</Nums[", 8) != 0;)
		tree++;
	end = strstr(tree, "endobj");
	assert_int_equal(count_of(tree, (size_t)(end - tree), " 0 R"), marks);
	assert_int_equal(count_of(file.at, file.len, "/Type/MCR"), marks);
	assert_true(has("/Count 5/") || has("/Count 4/") || has("/Count 6/")); /* pages */
}

static void a_row_longer_than_a_page_goes_over(void **state)
{
	(void)state;
	struct pdf *pdf;
	struct buf text;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 3000; i++)
		buf_format(&text, "word%d ", i);
	assert_ok(pdf_new(&pdf, TEXT("Long"), TEXT("en-GB"), &e), &e);
	pdf_table_begin(pdf, NULL, 2, (const int[]){3, 7});
	pdf_table_row(pdf, (const struct text[]){TEXT("Note"), buf_text(&text)});
	pdf_table_end(pdf);
	pdf_paragraph(pdf, TEXT("no \xff UTF-8"));
	assert_ok(pdf_write(pdf, &file, &e), &e);
	pdf_free(pdf);
	read_back();
	assert_non_null(strstr(words.at, "word0 "));
	assert_non_null(strstr(words.at, "word2999"));
	assert_non_null(strstr(words.at, "not valid UTF-8"));
	assert_true(has("/Scope/Row"));
	buf_release(&text);
}

/* One line's height is left of the page, and in numbers of the machine a hair less: it goes there, or on the next. */
static void a_row_at_the_foot_of_a_page_has_an_end(void **state)
{
	(void)state;
	struct pdf *pdf;
	assert_ok(pdf_new(&pdf, TEXT("Foot"), TEXT("en-GB"), &e), &e);
	pdf_table_begin(pdf, NULL, 2, (const int[]){3, 7});
	for (double above = 11.0; above < 11.5; above += 0.01) {
		pdf->y = 62 + above;
		pdf_table_row(pdf, (const struct text[]){TEXT("Name"), TEXT("Value")});
	}
	pdf->y = 73.22;
	pdf_table_row(pdf, (const struct text[]){TEXT("Name"), TEXT("Last")});
	pdf_table_end(pdf);
	assert_ok(pdf_write(pdf, &file, &e), &e);
	pdf_free(pdf);
	read_back();
	assert_non_null(strstr(words.at, "Last"));
}

static void nothing_of_a_long_value_is_cut(void **state)
{
	(void)state;
	struct pdf *pdf;
	struct buf text;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 5000; i++)
		buf_format(&text, "word%d\n", i);
	assert_ok(pdf_new(&pdf, TEXT("Long"), TEXT("en-GB"), &e), &e);
	pdf_table_begin(pdf, NULL, 2, (const int[]){3, 7});
	pdf_table_row(pdf, (const struct text[]){TEXT("Note"), buf_text(&text)});
	pdf_table_end(pdf);
	assert_ok(pdf_write(pdf, &file, &e), &e);
	pdf_free(pdf);
	read_back();
	assert_non_null(strstr(words.at, "word4999"));
	buf_release(&text);
}

static void what_is_too_large_is_said(void **state)
{
	(void)state;
	struct pdf *pdf;
	struct buf small;
	buf_init(&small, 2000);
	assert_ok(pdf_new(&pdf, TEXT("Large"), TEXT("en-GB"), &e), &e);
	assert_int_equal(pdf_write(pdf, &small, &e), STATUS_TOO_LARGE);
	pdf_free(pdf);
	buf_release(&small);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(the_text_can_be_read_back),          CASE(it_says_what_it_is),
		CASE(each_object_is_where_the_file_says), CASE(every_mark_is_in_the_structure),
		CASE(a_row_longer_than_a_page_goes_over), CASE(what_is_too_large_is_said),
		CASE(nothing_of_a_long_value_is_cut),     CASE(a_row_at_the_foot_of_a_page_has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
