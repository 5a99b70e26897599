#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/form.h"

static void test_forms(void **state)
{
	(void)state;
	static const struct {
		const char *encoded, *shown; /* name=value pairs with ; behind each; NULL: refused */
	} cases[] = {
		{"", ""},
		{"a=1&b=2", "a=1;b=2;"},
		{"a=1&a=2", "a=1;a=2;"},
		{"a", "a=;"},
		{"a=", "a=;"},
		{"=x", "=x;"},
		{"a=b=c", "a=b=c;"},
		{"&&a=1&", "a=1;"},
		{"a+b=c%20d", "a b=c d;"},
		{"name=%C5%81%C3%B3d%C5%BA", "name=Łódź;"},
		{"a=%", NULL},
		{"a=%4", NULL},
		{"a=%4g", NULL},
		{"a=%00", NULL},
		{"a=%01", NULL},
		{"a=%1b%5b2J", NULL},
		{"a=%7f", NULL},
		{"a=b%0d%0a%09c", "a=b\r\n\tc;"},
		{"a=%ff", NULL},
		{"%c0%80=1", NULL},
	};
	struct arena arena;
	struct buf shown;
	arena_init(&arena, 1 << 20);
	buf_init(&shown, 1 << 16);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pairs pairs;
		bool read = form_parse(&arena, text_of(cases[i].encoded), &pairs);
		assert_int_equal(read, cases[i].shown != NULL);
		buf_clear(&shown);
		for (size_t p = 0; p < pairs.count; p++)
			buf_format(&shown, "%.*s=%.*s;", TEXT_ARG(pairs.at[p].name), TEXT_ARG(pairs.at[p].value));
		assert_string_equal(buf_text(&shown).at, read ? cases[i].shown : "");
	}
	buf_release(&shown);
	arena_release(&arena);
}

static void test_too_many_pairs_are_refused(void **state)
{
	(void)state;
	struct arena arena;
	struct buf form;
	struct pairs pairs;
	arena_init(&arena, 1 << 20);
	buf_init(&form, 1 << 16);
	for (int i = 0; i < FORM_PAIRS_MOST + 1; i++)
		buf_append_text(&form, TEXT("a=1&"));
	assert_false(form_parse(&arena, buf_text(&form), &pairs));
	assert_true(form_parse(&arena, text_slice(form.at, 400), &pairs));
	assert_int_equal(pairs.count, 100);
	buf_release(&form);
	arena_release(&arena);
}

static void test_cookies(void **state)
{
	(void)state;
	struct arena arena;
	struct pairs pairs;
	arena_init(&arena, 1 << 20);
	assert_true(cookies_parse(&arena, TEXT("a=1;  b=\"2\"; c; =d"), &pairs));
	assert_true(text_is(pairs_get(&pairs, "a"), "1"));
	assert_true(text_is(pairs_get(&pairs, "b"), "\"2\""));
	assert_true(text_is_absent(pairs_get(&pairs, "c")));
	assert_true(cookies_parse(&arena, TEXT_ABSENT, &pairs));
	assert_int_equal(pairs.count, 0);
	arena_release(&arena);
}

static void test_encoding_is_undone_by_parsing(void **state)
{
	(void)state;
	struct arena arena;
	struct buf encoded;
	struct pairs pairs;
	arena_init(&arena, 1 << 20);
	buf_init(&encoded, 1 << 16);
	struct text value = TEXT("a&b=c +%/?é\n");
	buf_append_text(&encoded, TEXT("x="));
	form_append_encoded(&encoded, value);
	assert_true(form_parse(&arena, buf_text(&encoded), &pairs));
	assert_true(text_equal(pairs_get(&pairs, "x"), value));
	buf_release(&encoded);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_too_many_pairs_are_refused),
		cmocka_unit_test(test_cookies),
		cmocka_unit_test(test_encoding_is_undone_by_parsing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
