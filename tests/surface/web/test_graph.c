/* How a household is drawn: who stands above whom, whatever sources say of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/pages/household.h"

enum { FAMILY = 4, LARGE_FAMILY = 8 };

static struct arena arena;
static struct view_member members[30];
static struct view_relation relations[30];

static int set_up(void **state)
{
	(void)state;
	static const char *const names[FAMILY] = {"Ada", "Bea", "Cy", "Di"};
	arena_init(&arena, 1 << 24);
	memset(members, 0, sizeof members);
	memset(relations, 0, sizeof relations);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		members[i] = (struct view_member){.resident_id = (int64_t)i + 1,
						  .name = text_of(i < FAMILY ? names[i] : "Another"),
						  .age = 40,
						  .current = true,
						  .certainty = TEXT("certain")};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct view_relation related(int64_t a, int64_t b, const char *kind)
{
	return (struct view_relation){.resident_id = a,
				      .other_id = b,
				      .kind = text_of(kind),
				      .words = text_of(kind),
				      .from = DATE_UNKNOWN,
				      .to = DATE_UNKNOWN};
}

static const struct value *draw(size_t member_count, size_t relation_count)
{
	struct value *document = document_object(&arena);
	struct view_household view = {.members = members,
				      .member_count = member_count,
				      .current_count = member_count,
				      .relations = relations,
				      .relation_count = relation_count};
	put_household_graph(document, &view);
	return document;
}

static int64_t place(const struct value *document, size_t box, const char *key)
{
	const struct value *boxes = document_member(document_member(document, TEXT("graph")), TEXT("boxes"));
	const struct value *at = boxes->first;
	while (box-- > 0)
		at = at->next;
	return document_member(at, text_of(key))->number;
}

static uint32_t count_of(const struct value *document, const char *key)
{
	return document_member(document_member(document, TEXT("graph")), text_of(key))->count;
}

static void test_children_stand_below_and_partners_beside(void **state)
{
	(void)state;
	relations[0] = related(1, 4, "partner"); /* Ada and Di, with Bea and Cy between them in the list */
	relations[1] = related(1, 2, "parent");
	relations[2] = related(4, 2, "parent");
	relations[3] = related(1, 3, "parent");
	relations[4] = related(2, 3, "sibling");
	const struct value *document = draw(FAMILY, 5);
	assert_int_equal(place(document, 0, "y"), place(document, 3, "y"));
	assert_true(place(document, 1, "y") > place(document, 0, "y"));
	assert_int_equal(place(document, 1, "y"), place(document, 2, "y"));
	assert_int_equal(place(document, 3, "x") - place(document, 0, "x"), 190 + 34);
	assert_int_equal(count_of(document, "lines"), 4); /* one parent says already that they are siblings */
}

/* Sources may say that each is the other's parent. */
static void test_a_circle_of_parents_ends(void **state)
{
	(void)state;
	relations[0] = related(1, 2, "parent");
	relations[1] = related(2, 3, "parent");
	relations[2] = related(3, 1, "parent");
	const struct value *document = draw(3, 3);
	assert_int_equal(count_of(document, "boxes"), 3);
	assert_int_equal(document_member(document, TEXT("relations"))->count, 3);
}

/* A line past a row in between would seem to begin there: it is said in words only. */
static void test_lines_do_not_pass_a_row(void **state)
{
	(void)state;
	relations[0] = related(1, 2, "parent");
	relations[1] = related(2, 3, "parent");
	relations[2] = related(1, 3, "carer");
	const struct value *document = draw(3, 3);
	assert_int_equal(count_of(document, "lines"), 2);
	assert_int_equal(document_member(document, TEXT("relations"))->count, 3);
}

/* Two parents and six children: two rows of them, each child with a line from both parents. */
static void test_a_second_row_of_children_is_reached(void **state)
{
	(void)state;
	size_t count = 0;
	relations[count++] = related(1, 2, "partner");
	for (int64_t child = 3; child <= LARGE_FAMILY; child++) {
		relations[count++] = related(1, child, "parent");
		relations[count++] = related(2, child, "parent");
	}
	const struct value *document = draw(LARGE_FAMILY, count);
	assert_true(place(document, 7, "y") > place(document, 2, "y"));
	assert_int_equal(count_of(document, "lines"), count);
	const struct value *lines = document_member(document, TEXT("relation_lines"));
	assert_int_equal(lines->count, 3);
	assert_true(text_is(document_member(lines->first->next, TEXT("text"))->text,
			    "Ada: parent Cy, Di, Another, Another, Another and Another"));
}

static void test_whoever_is_uncertain_is_framed_so(void **state)
{
	(void)state;
	struct buf json;
	members[1].certainty = TEXT("uncertain");
	members[2].current = false;
	buf_init(&json, 1 << 20);
	document_emit_json(draw(FAMILY, 0), &json);
	assert_non_null(strstr(json.at, "\"name\":\"Bea\",\"uncertain\":true,\"detail\":\"40, uncertain\""));
	assert_non_null(strstr(json.at, "\"name\":\"Ada\",\"uncertain\":false"));
	assert_null(strstr(json.at, "\"name\":\"Cy\"")); /* has left */
	buf_release(&json);
}

static void test_one_alone_and_very_many(void **state)
{
	(void)state;
	const struct value *document = draw(1, 0);
	assert_int_equal(document_member(document, TEXT("has_graph"))->kind, VALUE_FALSE);
	document = draw(30, 0);
	assert_int_equal(count_of(document, "boxes"), 24);
	for (size_t i = 0; i < 24; i++)
		assert_true(place(document, i, "x") >= 0);
	assert_int_equal(place(document, 23, "y"), 8 + 5 * (62 + 56)); /* four in a row */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_children_stand_below_and_partners_beside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_circle_of_parents_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lines_do_not_pass_a_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_second_row_of_children_is_reached, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whoever_is_uncertain_is_framed_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_alone_and_very_many, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
