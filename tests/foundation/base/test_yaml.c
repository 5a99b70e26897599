#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/yaml.h"

static void test_positions_are_kept(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, 1 << 20);
	struct error error;
	struct yaml_node *root;
	struct text content = TEXT("id: rents\ncodes: {SEC: secure, NO: no}\nlist:\n  - 007\n  - ~\n  - \"\"\n");
	assert_int_equal(yaml_parse(&root, &arena, content, "x.yaml", &error), STATUS_OK);
	assert_int_equal(root->count, 3);
	struct yaml_node *no = yaml_get(yaml_get(root, "codes"), "NO");
	assert_true(text_is(no->text, "no"));
	assert_int_equal(no->line, 2);
	assert_int_equal(no->column, 26);
	struct yaml_node *list = yaml_get(root, "list");
	assert_int_equal(list->count, 3);
	assert_true(text_is(list->items[0]->text, "007"));
	assert_true(text_is_absent(list->items[1]->text));
	assert_false(text_is_absent(list->items[2]->text));
	assert_int_equal(list->items[2]->line, 6);
	assert_null(yaml_get(root, "idd"));
	arena_release(&arena);
}

static void test_what_is_refused_says_where(void **state)
{
	(void)state;
	static const struct {
		const char *content, *message;
		unsigned line, column;
	} cases[] = {
		{"a: 1\nb: [1, 2\nc: 3\n", "not well formed", 3, 2},
		{"a: 1\n\tb: 2\n", "not well formed", 2, 1},
		{"a: &x 1\nb: *x\n", "anchors", 1, 4},
		{"a: *x\n", "anchors", 1, 4},
		{"<<: {a: 1}\n", "merge keys", 1, 1},
		{"[a, b]: 1\n", "a key must be a single word", 1, 1},
		{"a: 1\n---\nb: 2\n", "a second document", 2, 1},
		{"# only a comment\n", "the file is empty", 2, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena arena;
		arena_init(&arena, 1 << 20);
		struct error error = {0};
		struct yaml_node *root;
		assert_int_not_equal(yaml_parse(&root, &arena, text_of(cases[i].content), "x.yaml", &error), STATUS_OK);
		assert_non_null(strstr(error.message, cases[i].message));
		assert_string_equal(error.file, "x.yaml");
		assert_int_equal(error.line, cases[i].line);
		assert_int_equal(error.column, cases[i].column);
		arena_release(&arena);
	}
}

static void test_depth_has_a_ceiling(void **state)
{
	(void)state;
	struct buf deep;
	buf_init(&deep, 1 << 20);
	for (int i = 0; i < 10000; i++)
		buf_append_char(&deep, '[');
	struct arena arena;
	arena_init(&arena, 16 << 20);
	struct error error;
	struct yaml_node *root;
	assert_int_equal(yaml_parse(&root, &arena, buf_text(&deep), "x.yaml", &error), STATUS_TOO_LARGE);
	arena_release(&arena);
	buf_release(&deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positions_are_kept),
		cmocka_unit_test(test_what_is_refused_says_where),
		cmocka_unit_test(test_depth_has_a_ceiling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
