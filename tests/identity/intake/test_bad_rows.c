/* A file with one row of each fault: quarantine has all of them and no other row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#define HIDING \
	"- {id: hidden, title: Hidden, hides: resident, feeds: [tenancies], when: \"tenure = 'introductory'\", " \
	"open_to: " \
	"{}}\n"
#define HEADER "Tenancy Ref,Person Ref,Surname,DOB,NHS,Postcode,Tenure,Start,End,Rent,Rooms,Joint\n"

/* A row of the file and the rule that turns it away; "" is a good row. */
static const struct {
	const char *row, *rule, *column;
} rows[] = {
	{"T1,P1,Ada,10/12/1985,9434765919,EM1 2AB,SEC,01/04/2020,,100.50,3,Y", "", ""},
	{",P2,Bob,,,,,01/04/2020,,,,", "required", "Tenancy Ref"},
	{"T3,,Bob,,,,,01/04/2020,,,,", "required", "Person Ref"},
	{"T4,P4,Bob,31/02/1985,,,,01/04/2020,,,,", "type", "DOB"},
	{"T5,P5,Bob,1985-02-01,,,,01/04/2020,,,,", "type", "DOB"},
	{"T6,P6,Bob,01/07/2024,,,,01/04/2020,,,,", "range", "DOB"},
	{"T7,P7,Bob,31/12/1899,,,,01/04/2020,,,,", "range", "DOB"},
	{"T8,P8,Bob,,9434765918,,,01/04/2020,,,,", "nhs_number", "NHS"},
	{"T9,P9,Bob,,,,sec,01/04/2020,,,,", "code", "Tenure"},
	{"T10,P10,Bob,,,,,01/04/2020,31/03/2020,,,", "ends_after_start", NULL},
	{"T11,P11,Bob,,,,,01/04/2020,,2000.01,,", "range", "Rent"},
	{"T12,P12,Bob,,,,,01/04/2020,,12.x,,", "type", "Rent"},
	{"T13,P13,Bob,,,,,01/04/2020,,,2.5,", "type", "Rooms"},
	{"T14,P14,Bob,,,,,01/04/2020,,,,maybe", "type", "Joint"},
	{"T123456789,P15,Bob,,,,,01/04/2020,,,,", "length", "Tenancy Ref"},
	{"T16,P16,Bob,,,,,01/04/2020,,,", "columns", NULL},
	{"T17,P17,Bob,,,,,01/04/2020,,,,,", "columns", NULL},
	{"T1,P1,Again,,,,,01/04/2020,,,,", "duplicate_key", NULL},
	{"T19,P19,\"Bo\"b\",,,,,01/04/2020,,,,", "quotes", NULL},
	{"T20,P20,B\xe9,,,,,01/04/2020,,,,", "encoding", "Surname"},
	{"T21,P21,\"Two\nlines\",,,,,01/04/2020,,\"(1,100.00)\",,", "range", "Rent"},
	{"T22,P22,Bob,,,not one,,01/04/2020,,\xc2\xa3 99,12,N", "", ""}, /* warned: postcode */
	{"T23,P23,Bob,,,,,01/04/2020,,1500,,", "", ""},                  /* warned: dear */
	{"T24,P24,Bo", "truncated", NULL},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void load_rows(struct fixture *f)
{
	struct buf file;
	buf_init(&file, 1 << 16);
	buf_append(&file, HEADER, strlen(HEADER));
	for (size_t i = 0; i < ROWS; i++) {
		buf_append(&file, rows[i].row, strlen(rows[i].row));
		buf_append(&file, "\n", i + 1 < ROWS);
	}
	fixture_write(f, f->inbox, "tenancies_20240131.csv", buf_text(&file));
	buf_release(&file);
	fixture_run(f);
}

static void test_every_bad_row_and_no_good_one(void **state)
{
	struct fixture *f = *state;
	struct error e;
	struct arena arena;
	struct quarantine_row *found;
	size_t count, at = 0;
	int64_t total, line = 2;
	load_rows(f);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
	assert_counts(f, ROWS, 3, 0, ROWS - 3, 0);
	assert_non_null(strstr(f->last.reason, "ends inside a row"));
	arena_init(&arena, 1 << 20);
	struct quarantine_filter rejected = {.severity = TEXT("reject")};
	assert_ok(quarantine_list(&found, &count, &total, f->data, &rejected, &arena, &e), &e);
	assert_int_equal(total, ROWS - 3);
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].rule[0]) {
			assert_true(at < count);
			assert_int_equal(found[at].line, line);
			assert_string_equal(found[at].rule.at, rows[i].rule);
			if (rows[i].column)
				assert_string_equal(found[at].column_name.at, rows[i].column);
			else
				assert_true(text_is_absent(found[at].column_name));
			assert_null(strstr(found[at].message.at, "Bob"));
			at++;
		}
		for (const char *c = rows[i].row; *c; c++)
			line += *c == '\n';
		line++;
	}
	assert_int_equal(at, count);
	struct quarantine_filter warned = {.severity = TEXT("warn"), .limit = 1};
	assert_ok(quarantine_list(&found, &count, &total, f->data, &warned, &arena, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(total, 2);
	assert_string_equal(found[0].rule.at, "postcode");
	struct quarantine_filter none = {.sources = (struct text[]){TEXT("schools")}, .source_count = 1};
	assert_ok(quarantine_list(&found, &count, &total, f->data, &none, &arena, &e), &e);
	assert_int_equal(total, 0);
	arena_release(&arena);
}

static void test_rows_to_fix(void **state)
{
	struct fixture *f = *state;
	struct arena arena;
	struct buf out;
	struct quarantine_told told;
	load_rows(f);
	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	assert_int_equal(fixture_rows_to_fix(f, &out, &told, "officer", 1, &arena), STATUS_OK);
	assert_int_equal(told.rows, ROWS - 3 + 2);
	assert_int_equal(told.withheld, 0);
	assert_non_null(strstr(out.at, "tenancies_20240131.csv,5,DOB,type,reject,Not a date of the form "
				       "DD/MM/YYYY,31/02/1985,\"T4,P4,Bob,31/02/1985,,,,01/04/2020,,,,\"\r\n"));
	assert_non_null(strstr(out.at, "B\xc3\xa9")); /* shown as Windows-1252 */
	assert_non_null(strstr(told.elements.at, "family_name"));
	assert_true(text_is(told.agreements, "sharing"));
	buf_release(&out);
	arena_release(&arena);
}

/* The tenure and the start of a tenancy are all that this role may see. */
static void test_rows_to_fix_have_what_policy_gives(void **state)
{
	struct fixture *f = *state;
	struct arena arena;
	struct buf out;
	struct quarantine_told told;
	fixture_write(f, f->profile_folder, "roles.yaml",
		      TEXT("roles:\n  - {id: officer, title: Officer, capabilities: [search], purposes: [housing]}\n"
			   "  - {id: clerk, title: Clerk, capabilities: [search], purposes: [housing]}\n"
			   "  - {id: nobody, title: Nobody, capabilities: [search], purposes: [housing]}\n"));
	buf_init(&out, 1 << 20);
	buf_append(&out, fixture_agreements, strlen(fixture_agreements));
	buf_append_text(&out,
			TEXT("- id: starts\n  title: Starts\n  status: approved\n  decision: {outcome: Share, by: "
			     "Board, on: 2020-01-01}\n  controller: Test council\n  parties: [Housing]\n  "
			     "lawful_basis: Public task\n  covers:\n    - {sources: [housing], elements: "
			     "[tenancy_start, tenure]}\n  recipients: {roles: [clerk]}\n  purposes: [housing]\n  "
			     "from: 2020-01-01\n  to: 2030-01-01\n"));
	fixture_write(f, f->profile_folder, "agreements.yaml", buf_text(&out));
	fixture_load_profile(f);
	load_rows(f);
	arena_init(&arena, 1 << 20);
	buf_clear(&out);
	assert_int_equal(fixture_rows_to_fix(f, &out, &told, "clerk", 1, &arena), STATUS_OK);
	assert_int_equal(told.rows, ROWS - 3 + 2);
	assert_non_null(strstr(out.at, "tenancies_20240131.csv,5,DOB,type,reject,Not a date of the form "
				       "DD/MM/YYYY,,\",,,,,,,01/04/2020,,,,\"\r\n"));
	assert_non_null(strstr(out.at, ",Tenure,code,reject,"));
	assert_non_null(strstr(out.at, ",sec,\",,,,,,sec,01/04/2020,,,,\"\r\n"));
	assert_null(strstr(out.at, "Bob"));
	assert_null(strstr(out.at, "P4"));
	assert_true(text_is(told.elements, "tenure tenancy_start"));
	assert_true(text_is(told.agreements, "starts"));
	buf_clear(&out);
	assert_int_equal(fixture_rows_to_fix(f, &out, &told, "nobody", 1, &arena), STATUS_REFUSED);
	assert_int_equal(out.len, 0);
	buf_release(&out);
	arena_release(&arena);
}

/* P1 is known from a good row, and marked; a second row of theirs is turned away, and so is one that cannot be split.
 */
static void test_rows_of_the_hidden_have_no_values(void **state)
{
	struct fixture *f = *state;
	struct error e;
	struct arena arena;
	struct buf out;
	struct quarantine_told told;
	fixture_write(f, f->profile_folder, "restrictions.yaml", TEXT(HIDING));
	fixture_load_profile(f);
	load_rows(f);
	struct store *desk = test_database_open(&f->db, STORE_DESK);
	assert_ok(store_execute(
			  f->data,
			  "INSERT INTO resident_record (resident_id, record_id) SELECT 77, min(record_id) FROM fact; "
			  "INSERT INTO restriction_mark (subject_kind, subject_id, restriction_id) VALUES (1, 77, "
			  "'hidden'); UPDATE restriction_state SET generation = generation + 1",
			  &e),
		  &e);
	assert_ok(policy_open(&f->policy, f->profile, &e), &e);
	assert_ok(policy_load(f->policy, f->data, desk, &e), &e);
	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	assert_int_equal(fixture_rows_to_fix(f, &out, &told, "officer", 1, &arena), STATUS_OK);
	assert_int_equal(told.withheld, 1);
	assert_int_equal(told.rows, ROWS - 3 + 2);
	assert_non_null(strstr(out.at, "duplicate_key,reject,An earlier row of this file has the same key,,\r\n"));
	assert_null(strstr(out.at, "Again"));
	assert_non_null(strstr(out.at, "T4,P4,Bob"));
	buf_release(&out);
	arena_release(&arena);
	store_close(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_bad_row_and_no_good_one, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_rows_to_fix, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_rows_to_fix_have_what_policy_gives, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_rows_of_the_hidden_have_no_values, fixture_make, fixture_drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
