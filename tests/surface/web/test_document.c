#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/document.h"

static void test_a_document_is_emitted_in_the_order_it_was_put(void **state)
{
	(void)state;
	struct arena arena;
	struct buf out;
	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	struct value *page = document_object(&arena);
	put_text(page, "title", TEXT("A \"b\" <c>"));
	put_int(page, "count", -3);
	put_bool(page, "yes", true);
	put_bool(page, "no", false);
	put_text(page, "absent", TEXT_ABSENT);
	put_date(page, "born", date_of(2020, 2, 29));
	put_date(page, "died", DATE_UNKNOWN);
	put_decimal(page, "rate", 1.21);
	struct value *rows = put_array(page, "rows");
	put_string(add_object(rows), "name", "x");
	add_text(rows, TEXT("y"));
	add_int(rows, 7);
	document_emit_json(page, &out);
	assert_string_equal(out.at, "{\"title\":\"A \\\"b\\\" <c>\",\"count\":-3,\"yes\":true,\"no\":false,"
				    "\"absent\":null,\"born\":\"2020-02-29\",\"died\":null,\"rate\":1.21,"
				    "\"rows\":[{\"name\":\"x\"},\"y\",7]}");
	assert_int_equal(document_member(page, TEXT("count"))->number, -3);
	assert_null(document_member(page, TEXT("county")));
	buf_release(&out);
	arena_release(&arena);
}

static void test_json_goes_through_unchanged(void **state)
{
	(void)state;
	static const char *const cases[] = {"{\"a\":[1,2.5,null,true,false,\"x\",{},[]]}", "[]", "\"plain\"", "7"};
	struct arena arena;
	struct buf out;
	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct value *value;
		assert_true(document_parse_json(&arena, text_of(cases[i]), &value));
		buf_clear(&out);
		document_emit_json(value, &out);
		assert_string_equal(out.at, cases[i]);
	}
	struct value *value;
	assert_false(document_parse_json(&arena, TEXT("{\"a\":"), &value));
	assert_false(document_parse_json(&arena, TEXT_ABSENT, &value));
	buf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_document_is_emitted_in_the_order_it_was_put),
		cmocka_unit_test(test_json_goes_through_unchanged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
