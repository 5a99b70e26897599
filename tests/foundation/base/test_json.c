#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/interrupt.h"
#include "base/json.h"

#include <math.h>

static void test_documents_are_well_formed(void **state)
{
	(void)state;
	struct buf out;
	struct json json;
	buf_init(&out, 4096);
	json_init(&json, &out);
	json_begin_object(&json, NULL);
	json_put_int(&json, "n", INT64_MIN);
	json_begin_array(&json, "a");
	json_put_text(&json, NULL, TEXT("x\"y"));
	json_put_text(&json, NULL, TEXT_ABSENT);
	json_put_double(&json, NULL, 0.125, 2);
	json_put_double(&json, NULL, NAN, 2);
	json_end(&json);
	json_begin_array(&json, "empty");
	json_end(&json);
	json_put_bool(&json, "b", true);
	json_end(&json);
	assert_string_equal(out.at,
			    "{\"n\":-9223372036854775808,\"a\":[\"x\\\"y\",null,0.12,null],\"empty\":[],\"b\":true}");
	buf_release(&out);
}

static void test_pretty_documents_have_a_line_a_value(void **state)
{
	(void)state;
	struct buf out;
	struct json json;
	buf_init(&out, 4096);
	json_init(&json, &out);
	json.pretty = true;
	json_begin_object(&json, NULL);
	json_put_int(&json, "a", 1);
	json_begin_array(&json, "b");
	json_put_int(&json, NULL, 2);
	json_end(&json);
	json_begin_object(&json, "c");
	json_end(&json);
	json_end(&json);
	assert_string_equal(out.at, "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ],\n  \"c\": {}\n}");
	buf_release(&out);
}

static void test_a_member_is_found_in_a_document(void **state)
{
	(void)state;
	static const struct {
		const char *document, *name, *value;
		enum json_found found;
	} cases[] = {
		{"{\"role\":\"head\",\"x\":\"\"}", "role", "head", JSON_PLAIN},
		{"{\"a\": \"b\"}", "a", "b", JSON_PLAIN},
		{"{\"role\":\"head\",\"x\":\"\"}", "x", "", JSON_PLAIN},
		{"{\"my_role\":\"head\"}", "role", NULL, JSON_ABSENT},
		{"{\"a\":\"\\\"role\\\":\\\"no\\\"\",\"role\":\"yes\"}", "role", "yes", JSON_PLAIN},
		{"{\"n\":5}", "n", NULL, JSON_ABSENT},
		{"{\"a\":\"x\\u00e9y\"}", "a", NULL, JSON_ESCAPED},
		{"", "a", NULL, JSON_ABSENT},
		{"{\"a\":", "a", NULL, JSON_ABSENT},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text value;
		assert_int_equal(json_find_text(&value, text_of(cases[i].document), text_of(cases[i].name)),
				 cases[i].found);
		assert_true(cases[i].value ? text_is(value, cases[i].value) : text_is_absent(value));
	}
}

static void test_a_stop_is_told_once_asked_for(void **state)
{
	(void)state;
	struct error error;
	assert_int_equal(interrupt_check(&error), STATUS_OK);
	interrupt_request();
	assert_int_equal(interrupt_check(&error), STATUS_INTERRUPTED);
	assert_true(error.remedy[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documents_are_well_formed),
		cmocka_unit_test(test_pretty_documents_have_a_line_a_value),
		cmocka_unit_test(test_a_member_is_found_in_a_document),
		cmocka_unit_test(test_a_stop_is_told_once_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
