#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "web/template.h"

/* The public specification, one file a module; ONEVIEW_SOURCE is the root of the sources. */
static const char *const modules[] = {"comments", "delimiters", "interpolation", "inverted", "partials", "sections"};

static struct text member_text(const struct value *object, const char *key)
{
	const struct value *member = document_member(object, text_of(key));
	return member && member->kind == VALUE_TEXT ? member->text : TEXT("");
}

static void render_case(const struct value *test, struct buf *out)
{
	struct error error;
	struct template_set *set = template_set_new(TEMPLATE_SPEC);
	const struct value *partials = document_member(test, TEXT("partials"));
	for (const struct value *p = partials ? partials->first : NULL; p; p = p->next)
		assert_int_equal(template_set_add(set, text_slice(p->key, p->key_len), p->text, &error), STATUS_OK);
	assert_int_equal(template_set_add(set, TEXT("main "), member_text(test, "template"), &error), STATUS_OK);
	assert_int_equal(template_set_link(set, &error), STATUS_OK);
	const struct value *data = document_member(test, TEXT("data"));
	buf_clear(out);
	assert_int_equal(template_render(template_find(set, TEXT("main ")), data, out, &error), STATUS_OK);
	template_set_free(set);
}

static size_t run_module(const char *module)
{
	char path[400];
	const char *root = getenv("ONEVIEW_SOURCE");
	snprintf(path, sizeof path, "%s/../shared/data/mustache/%s.json", root ? root : ".", module);
	struct error error;
	struct buf json, out;
	struct arena arena;
	buf_init(&json, 1 << 20);
	buf_init(&out, 1 << 20);
	arena_init(&arena, 16 << 20);
	size_t count = 0;
	struct value *spec;
	if (file_read(path, &json, &error) == STATUS_OK) {
		assert_true(document_parse_json(&arena, buf_text(&json), &spec));
		const struct value *tests = document_member(spec, TEXT("tests"));
		for (const struct value *test = tests->first; test; test = test->next, count++) {
			struct text expected = member_text(test, "expected");
			render_case(test, &out);
			if (!text_equal(buf_text(&out), expected))
				fail_msg("%s: %.*s: got <%s> for <%.*s>", module, TEXT_ARG(member_text(test, "name")),
					 out.at, TEXT_ARG(expected));
		}
		assert_true(count > 0);
	}
	buf_release(&json);
	buf_release(&out);
	arena_release(&arena);
	return count;
}

static void test_the_public_specification(void **state)
{
	(void)state;
	size_t count = 0;
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
		count += run_module(modules[i]);
	if (!count) {
		print_message(
			"the Mustache specification is not beside the sources (../shared/data/mustache): skipped\n");
		skip();
	}
	assert_true(count > 120);
}

/* Renders SOURCE with the document JSON in the dialect of pages, or gives the compiler's message. */
static struct text render_page(struct arena *arena, const char *source, const char *json)
{
	struct error error;
	struct buf out;
	struct value *document;
	buf_init(&out, 1 << 16);
	assert_true(document_parse_json(arena, text_of(json), &document));
	if (document->kind == VALUE_OBJECT)
		put_markup(document, "markup", TEXT("<b>made here</b>"));
	struct template_set *set = template_set_new(TEMPLATE_PAGES);
	enum status status = template_set_add(set, TEXT("part"), TEXT("[{{x}}]"), &error);
	if (status == STATUS_OK)
		status = template_set_add(set, TEXT("loop"), TEXT("{{>loop}}"), &error);
	if (status == STATUS_OK)
		status = template_set_add(set, TEXT("page"), text_of(source), &error);
	if (status == STATUS_OK)
		status = template_set_link(set, &error);
	if (status == STATUS_OK)
		status = template_render(template_find(set, TEXT("page")), document, &out, &error);
	struct text result = status == STATUS_OK ? arena_text(arena, buf_text(&out))
						 : arena_format(arena, "%s:%u", error.code, error.line);
	template_set_free(set);
	buf_release(&out);
	return result;
}

static void test_pages_cannot_be_made_unsafe(void **state)
{
	(void)state;
	static const struct {
		const char *source, *json, *expected;
	} cases[] = {
		{"<p>{{x}}</p>", "{\"x\":\"<'&\\\"\"}", "<p>&lt;&#39;&amp;&quot;</p>"},
		/* three braces are raw only for markup that the program itself made */
		{"<p>{{{x}}}</p>", "{\"x\":\"<b>\"}", "<p>&lt;b&gt;</p>"},
		{"<p>{{{markup}}}</p>", "{}", "<p><b>made here</b></p>"},
		{"<p>{{markup}}</p>", "{}", "<p>&lt;b&gt;made here&lt;/b&gt;</p>"},
		{"<a href=\"{{x}}\">", "{\"x\":\"/residents/1?a=1&b=2\"}", "<a href=\"/residents/1?a=1&amp;b=2\">"},
		{"<a href=\"{{x}}\">", "{\"x\":\"javascript:alert(1)\"}", "<a href=\"#\">"},
		{"<a href=\"{{x}}\">", "{\"x\":\"//elsewhere.example\"}", "<a href=\"#\">"},
		{"<a href=\"/r/{{x}}\">", "{\"x\":\"a\"}", "<a href=\"/r/a\">"},
		{"<form action='{{x}}'>", "{\"x\":\"data:text/html,x\"}", "<form action='#'>"},
		{"<input{{#x}} checked{{/x}}>", "{\"x\":true}", "<input checked>"},
		{"<i a=b c=\"{{x}}\">", "{\"x\":1}", "<i a=b c=\"1\">"},
		{"<p>\n   {{>part}}\n</p>", "{\"x\":1}", "<p>\n[1]</p>"},
		{"<p>a</p>\n  \t ", "{}", "<p>a</p>\n"},
		{"<!-- ' \" --><p>{{x}}", "{\"x\":1}", "<!-- ' \" --><p>1"},
		{"<script src=\"{{x}}\"></script>{{x}}", "{\"x\":\"/a.js\"}", "<script src=\"/a.js\"></script>/a.js"},
		/* refused by the compiler, with the line */
		{"<p>\n<a href={{x}}>", "{}", "template.syntax:2"},
		{"<a {{x}}>", "{}", "template.syntax:1"},
		{"<{{x}}>", "{}", "template.syntax:1"},
		{"<script>{{x}}</script>", "{}", "template.syntax:1"},
		{"<style>\n\n{{x}}</style>", "{}", "template.syntax:3"},
		{"<a onclick=\"{{x}}\">", "{}", "template.syntax:1"},
		{"<a style=\"color:{{x}}\">", "{}", "template.syntax:1"},
		{"<a title=\"{{{x}}}\">", "{}", "template.syntax:1"},
		{"<a title=\"{{#x}}\">{{/x}}", "{}", "template.syntax:1"},
		{"<a {{>part}}>", "{}", "template.syntax:1"},
		{"<p", "{}", "template.syntax:1"},
		{"{{#a}}", "{}", "template.syntax:1"},
		{"{{/a}}", "{}", "template.syntax:1"},
		{"{{#a}}{{/b}}", "{}", "template.syntax:1"},
		{"{{a", "{}", "template.syntax:1"},
		{"{{a..b}}", "{}", "template.syntax:1"},
		{"x\n{{>missing}}", "{}", "template.partial:2"},
		{"{{>loop}}", "{}", "template.depth:0"},
	};
	struct arena arena;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text got = render_page(&arena, cases[i].source, cases[i].json);
		if (!text_is(got, cases[i].expected))
			fail_msg("%s gave %.*s, expected %s", cases[i].source, TEXT_ARG(got), cases[i].expected);
	}
	arena_release(&arena);
}

static void test_output_has_a_ceiling(void **state)
{
	(void)state;
	struct arena arena;
	struct buf out;
	struct error error;
	arena_init(&arena, 1 << 20);
	buf_init(&out, 100);
	struct value *document;
	assert_true(document_parse_json(&arena, TEXT("{\"x\":[1,2,3,4,5,6,7,8,9,0]}"), &document));
	struct template_set *set = template_set_new(TEMPLATE_PAGES);
	assert_int_equal(
		template_set_add(set, TEXT("p"), TEXT("{{#x}}{{#x}}{{#x}}<p>{{.}}</p>{{/x}}{{/x}}{{/x}}"), &error),
		STATUS_OK);
	assert_int_equal(template_set_link(set, &error), STATUS_OK);
	assert_int_equal(template_render(template_find(set, TEXT("p")), document, &out, &error), STATUS_TOO_LARGE);
	assert_true(out.len < 100);
	template_set_free(set);
	buf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_public_specification),
		cmocka_unit_test(test_pages_cannot_be_made_unsafe),
		cmocka_unit_test(test_output_has_a_ceiling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
