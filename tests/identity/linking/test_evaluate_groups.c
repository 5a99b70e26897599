#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "linking/evaluate_int.h"

#include "support/databases.h"

static struct error e;

static void write_file(const char *folder, const char *name, const char *content)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static const struct linking_group *group_of(const struct linking_evaluation *result, const char *kind, const char *name)
{
	for (size_t i = 0; i < result->group_count; i++) {
		if (strcmp(result->groups[i].kind, kind) == 0 && strcmp(result->groups[i].name, name) == 0)
			return &result->groups[i];
	}
	fail_msg("no group %s of %s", name, kind);
	return NULL;
}

/* Ann has three records in one resident and one in Bob's; Bob has two. Carl is not in any group of names. */
static void groups_share_what_is_wrong(void **state)
{
	(void)state;
	struct test_database db;
	struct linking_evaluation result = {0};
	uint64_t residents[] = {10, 10, 10, 20, 20, 20, 30}, people[] = {1, 1, 1, 1, 2, 2, 3};
	uint64_t records[] = {1, 2, 3, 4, 5, 6, 7};
	struct judged judged = {.residents = residents, .people = people, .records = records, .count = 7};
	test_database_make(&db);
	struct store *data = test_database_open(&db, STORE_DATA);
	write_file(db.folder, "persons.csv",
		   "person,sex,born,died,tradition,ethnicity,rest\n"
		   "0,F,1999-05-06,,0,1,\n1,M,1960-05-06,,1,1,\n2,M,1960-05-06,,7,1,\n");
	write_file(db.folder, "codes.csv",
		   "column,code,name\ntradition,0,British\ntradition,1,Tamil\nethnicity,1,Any\n");
	assert_ok(judge_groups(&result, &judged, data, db.folder, &e), &e);
	const struct linking_group *ann = group_of(&result, "tradition", "British");
	const struct linking_group *bob = group_of(&result, "tradition", "Tamil");
	const struct linking_group *all = group_of(&result, "ethnicity", "Any");
	assert_int_equal(ann->people, 1);
	assert_int_equal(ann->records, 4);
	assert_true(ann->found == 3 && ann->missed == 3 && ann->wrong == 1); /* two wrong pairs, half of each */
	assert_true(bob->found == 1 && bob->missed == 0 && bob->wrong == 1);
	assert_true(all->found == 4 && all->missed == 3 && all->wrong == 2);
	assert_true(all->f1 > 0.6153 && all->f1 < 0.6155);                 /* 8 / 13 */
	assert_int_equal(group_of(&result, "tradition", "7")->records, 1); /* no name for the code */
	assert_int_equal(group_of(&result, "sex", "M")->people, 2);
	store_close(data);
	test_database_drop(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(groups_share_what_is_wrong)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
