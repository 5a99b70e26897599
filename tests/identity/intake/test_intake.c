/* Extracts through intake: versions, deliveries, idempotence, holds, refusals, what is on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#include <fcntl.h>

#define HEADER "Tenancy Ref,Person Ref,Surname,DOB,NHS,Postcode,Tenure,Start,End,Rent,Rooms,Joint\n"
#define ADA "T1,P1,Lovelace,10/12/1985,943 476 5919,EM1 2AB,SEC,01/04/2020,,\"1,100.50\",3,Y\n"
#define BOB "T2,P2,Babbage,26/12/1971,,EM1 2AD,INT,01/05/2021,,95,2,N\n"
#define CYD "T3,P3,Charisse,,,,,01/06/2022,,,,\n"
#define NOTES "Note;Person;At;Text;Where\n"

static int64_t count(struct fixture *f, const char *what)
{
	char sql[300];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) AS n FROM %s", what);
	return test_query(f->data, sql);
}

static void payload_of(struct fixture *f, const char *where, char out[400])
{
	struct error e;
	struct statement *select;
	char sql[300];
	bool row;
	snprintf(sql, sizeof sql, "SELECT payload FROM fact JOIN fact_payload USING (record_id, payload_id) WHERE %s",
		 where);
	assert_ok(store_prepare(&select, f->data, sql, &e), &e);
	assert_ok(statement_step(select, &row, &e), &e);
	assert_true(row);
	snprintf(out, 400, "%.*s", TEXT_ARG(statement_text(select, statement_column(select, "payload"))));
	statement_reset(select);
	statement_done(select);
}

/* The value of ELEMENT in the newest sealed rows of RECORD. */
static void sealed_value(struct fixture *f, int64_t record, const char *element, char out[200])
{
	struct error e;
	struct arena arena;
	struct vault_elements elements;
	struct vault_row *rows;
	size_t n;
	arena_init(&arena, 1 << 20);
	assert_ok(vault_elements_load(&elements, f->data, &e), &e);
	assert_ok(vault_open_record(&rows, &n, f->vault, f->data, record, VAULT_NEWEST, &arena, &e), &e);
	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		struct text value = vault_values_find(rows[i].packed, vault_element_no(&elements, text_of(element)));
		if (!text_is_absent(value))
			snprintf(out, 200, "%.*s", TEXT_ARG(value));
	}
	vault_elements_release(&elements);
	arena_release(&arena);
}

static void test_a_row_is_split(void **state)
{
	struct fixture *f = *state;
	char text[400];
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA BOB CYD);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
	assert_counts(f, 3, 3, 0, 0, 0);
	assert_int_equal(f->last.new_clients, 3);
	assert_int_equal(f->last.warnings, 1); /* rent above 1000 */
	payload_of(f, "record_id = 1", text);
	assert_string_equal(text, "{\"tenure\":\"secure\",\"tenancy_start\":\"2020-04-01\",\"rent\":\"1100.50\","
				  "\"rooms\":\"3\",\"joint\":\"true\"}");
	payload_of(f, "record_id = 3", text);
	assert_string_equal(text, "{\"tenancy_start\":\"2022-06-01\"}");
	sealed_value(f, 1, "family_name", text);
	assert_string_equal(text, "Lovelace");
	sealed_value(f, 1, "nhs_number", text);
	assert_string_equal(text, "9434765919");
	sealed_value(f, 2, "date_of_birth", text);
	assert_string_equal(text, "1971-12-26");
	assert_int_equal(test_query(f->data, "SELECT valid_from FROM fact WHERE record_id = 1"), date_of(2020, 4, 1));
	assert_int_equal(count(f, "quarantine WHERE severity = 'warn' AND rule = 'dear'"), 1);
}

static void test_the_file_goes_sealed_into_the_archive(void **state)
{
	struct fixture *f = *state;
	struct error e;
	char path[700], command[800];
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA BOB);
	fixture_run(f);
	assert_false(fixture_in_inbox(f, "tenancies_20240131.csv"));
	snprintf(path, sizeof path, "%s/00000001_tenancies_20240131.csv.sealed", f->archive);
	assert_true(file_exists(path));
	/* Nothing in clear: not in the database, its journal, or the archive. */
	assert_ok(store_sync(f->data, &e), &e);
	snprintf(command, sizeof command, "grep -r -a -q -i -e lovelace -e 9434765919 -e 'EM1 2AB' '%s'", f->db.folder);
	assert_int_not_equal(system(command), 0);
	/* The same file comes again, a removal was killed half way: nothing changes, both are put away. */
	fixture_put(f, ".removing.tenancies_20231231.csv", "0000");
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA BOB);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_REPEATED);
	assert_false(fixture_in_inbox(f, "tenancies_20240131.csv"));
	assert_false(fixture_in_inbox(f, ".removing.tenancies_20231231.csv"));
	assert_int_equal(count(f, "extract"), 1);
	assert_int_equal(count(f, "fact"), 2);
}

static void test_versions_of_full_deliveries(void **state)
{
	struct fixture *f = *state;
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA BOB CYD);
	/* Bob's rent changes: a version, nothing sealed again. Ada is absent: ended. */
	fixture_put(f, "tenancies_20240229.csv",
		    HEADER "T2,P2,Babbage,26/12/1971,,EM1 2AD,INT,01/05/2021,,99,2,N\n" CYD);
	fixture_run(f);
	assert_counts(f, 2, 1, 1, 0, 1);
	assert_int_equal(count(f, "fact WHERE record_id = 2"), 2);
	assert_int_equal(count(f, "sealed WHERE record_id = 2"), 1);
	assert_int_equal(count(f, "fact WHERE record_id = 2 AND version = 1 AND ended_how = 1 AND ended_by = 2"), 1);
	assert_int_equal(test_query(f->data, "SELECT valid_to FROM fact WHERE record_id = 1"), date_of(2024, 2, 29));
	assert_int_equal(count(f, "fact WHERE record_id = 1 AND ended_how = 2 AND ended_by = 2"), 1);
	/* Ada comes back, Bob has another name; columns in another order; in a run of its own. */
	fixture_put(f, "tenancies_20240331.csv",
		    "Person Ref,Tenancy Ref,surname , DOB,NHS,Postcode,Tenure,Start,End,Rent,Rooms,Joint\n"
		    "P2,T2,Cabbage,26/12/1971,,EM1 2AD,INT,01/05/2021,,99,2,N\n"
		    "P1,T1,Lovelace,10/12/1985,9434765919,EM1 2AB,SEC,01/04/2020,,1100.50,3,Y\n"
		    "P3,T3,Charisse,,,,,01/06/2022,,,,\n");
	fixture_run(f);
	assert_counts(f, 3, 2, 1, 0, 0);
	assert_int_equal(count(f, "fact WHERE record_id = 1"), 2);
	assert_int_equal(count(f, "fact WHERE record_id = 1 AND ended_by IS NULL"), 1);
	assert_int_equal(count(f, "sealed WHERE record_id = 1"), 1); /* the same as before it was ended */
	char text[200];
	sealed_value(f, 2, "family_name", text);
	assert_string_equal(text, "Cabbage");
	assert_int_equal(test_query(f->data, "SELECT MAX(version) AS v FROM sealed WHERE record_id = 2"), 3);
}

static void test_a_row_moves_to_another_client(void **state)
{
	struct fixture *f = *state;
	fixture_put(f, "notes_20240131.csv",
		    NOTES "N1;P1;05/01/2024 09:30;Visited;{\"LINE\": \"1 High St\", \"UPRN\": 100}\n");
	fixture_put(f, "notes_20240229.csv", NOTES "N1;P2;05/01/2024 09:30;Visited;\n");
	fixture_run(f);
	assert_counts(f, 1, 1, 0, 0, 0);
	assert_int_equal(count(f, "fact WHERE record_id = 1 AND ended_how = 1"), 1);
	assert_int_equal(count(f, "fact WHERE record_id = 2 AND ended_by IS NULL"), 1);
	char text[400];
	sealed_value(f, 2, "note_text", text);
	assert_string_equal(text, "Visited");
	sealed_value(f, 1, "uprn", text);
	assert_string_equal(text, "100");
	payload_of(f, "record_id = 2", text);
	assert_string_equal(text, "{\"note_at\":\"2024-01-05T09:30:00\"}");
}

static void test_changes_do_not_end_rows(void **state)
{
	struct fixture *f = *state;
	fixture_put(f, "notes_20240131.csv", NOTES "N1;P1;05/01/2024;Caf\xe9 visit;\nN2;P2;;\"Two\nlines\";\n");
	fixture_put(f, "notes_20240229.csv", NOTES "N3;P1;05/02/2024;Third;\nN1;P1;05/01/2024;Caf\xe9 visit;\n");
	fixture_run(f);
	assert_counts(f, 2, 1, 1, 0, 0);
	assert_int_equal(count(f, "fact WHERE ended_by IS NULL"), 3);
	char text[200];
	sealed_value(f, 2, "note_text", text);
	assert_string_equal(text, "Two\nlines");
}

static void test_holds(void **state)
{
	struct fixture *f = *state;
	struct error e;
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA BOB CYD "T4,P4,D,,,,,01/06/2022,,,,\n");
	fixture_run(f);
	/* too few rows */
	fixture_put(f, "tenancies_20240229.csv", HEADER ADA);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_non_null(strstr(f->last.reason, "1 rows where the last full delivery had 4"));
	assert_false(fixture_in_inbox(f, "tenancies_20240229.csv")); /* but sealed in the archive */
	assert_int_equal(count(f, "fact WHERE ended_by IS NULL"), 4);
	assert_int_equal(count(f, "extract WHERE status = 'held'"), 1);
	fixture_run(f); /* it keeps waiting, as the same extract */
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_int_equal(count(f, "extract"), 2);
	assert_int_equal(intake_release(f->data, 99, &e), STATUS_NOT_FOUND);
	assert_ok(intake_release(f->data, f->last.extract_id, &e), &e);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
	assert_counts(f, 1, 0, 1, 0, 3);
	assert_int_equal(count(f, "extract"), 2);
	/* too many clients never seen; the next run must not believe that they are there */
	fixture_put(f, "tenancies_20240331.csv", HEADER "T7,P7,G,,,,,01/06/2022,,,,\nT8,P8,H,,,,,01/06/2022,,,,\n");
	fixture_put(f, "tenancies_20240430.csv", HEADER ADA "T7,P7,G,,,,,01/06/2022,,,,\n");
	fixture_run(f);
	assert_int_equal(f->totals.held, 1);
	assert_int_equal(f->totals.loaded, 1);
	assert_counts(f, 2, 1, 1, 0, 0);
	assert_int_equal(f->last.new_clients, 1);
	assert_int_equal(count(f, "record"), 5);
	/* older than what is loaded */
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_non_null(strstr(f->last.reason, "older than what is loaded"));
}

static void test_a_date_in_the_future_waits(void **state)
{
	struct fixture *f = *state;
	fixture_put(f, "tenancies_29991231.csv", HEADER ADA);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_non_null(strstr(f->last.reason, "As at 2999-12-31, after today"));
	/* and true deliveries go on */
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA);
	fixture_run(f);
	assert_int_equal(f->totals.loaded, 1);
}

static void test_columns_gone_or_renamed(void **state)
{
	struct fixture *f = *state;
	fixture_put(f, "tenancies_20240131.csv",
		    "Tenancy Ref,Person Ref,Sur-name,DOB,NHS,Postcode,Tenure,Start,End,Rent,Rooms,Joint\nT1,P1\n");
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_non_null(strstr(f->last.reason, "\"Surname\" (the file has \"Sur-name\": renamed?)"));
	fixture_put(f, "tenancies_20240131.csv", "");
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_REFUSED);
	fixture_write(f, f->inbox, "tenancies_20240131.csv", text_slice("\xff\xfeT\0e\0", 6));
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_REFUSED);
	assert_non_null(strstr(f->last.reason, "UTF-16"));
	fixture_put(f, "tenancies_20240131.csv",
		    "New,Tenancy Ref,Person Ref,Surname,DOB,NHS,Postcode,Tenure,Start,End,Rent,Rooms,Joint\nx," ADA);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
	assert_int_equal(f->last.rows_loaded, 1);
}

static void test_agreements(void **state)
{
	struct fixture *f = *state;
	struct buf changed;
	buf_init(&changed, 1 << 16);
	buf_append(&changed, fixture_agreements, strlen(fixture_agreements));
	char *covers = strstr(changed.at, "categories: [identity, personal]");
	memcpy(covers, "categories: [identity]          ", 32);
	fixture_write(f, f->profile_folder, "agreements.yaml", buf_text(&changed));
	buf_release(&changed);
	fixture_load_profile(f);
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_REFUSED);
	assert_non_null(strstr(f->last.reason, "tenure, tenancy_start, tenancy_end, rent, rooms and others"));
	assert_int_equal(count(f, "fact"), 0);
	assert_false(fixture_in_inbox(f, "tenancies_20240131.csv"));
	/* agreed later: the same file loads */
	fixture_write(f, f->profile_folder, "agreements.yaml", text_of(fixture_agreements));
	fixture_load_profile(f);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
	assert_int_equal(count(f, "extract"), 1);
}

static void agree(struct fixture *f, const char *from, const char *to)
{
	struct buf changed;
	const char *at = strstr(fixture_agreements, from);
	assert_non_null(at);
	buf_init(&changed, 1 << 16);
	buf_append(&changed, fixture_agreements, (size_t)(at - fixture_agreements));
	buf_append_text(&changed, text_of(to));
	buf_append_text(&changed, text_of(at + strlen(from)));
	fixture_write(f, f->profile_folder, "agreements.yaml", buf_text(&changed));
	buf_release(&changed);
	fixture_load_profile(f);
}

/* One column that no agreement in force covers is enough, and it is the one that is named. */
static void test_each_column_needs_an_agreement(void **state)
{
	struct fixture *f = *state;
	static const char *const columns[] = {"tenure", "rent", "postcode", "nhs_number"};
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		char to[100], named[100];
		snprintf(to, sizeof to, "personal], except: [%s]}", columns[i]);
		snprintf(named, sizeof named, "No agreement in force covers %s of the feed tenancies", columns[i]);
		agree(f, "personal]}", to);
		fixture_run(f);
		assert_int_equal(f->last.outcome, EXTRACT_REFUSED);
		assert_non_null(strstr(f->last.reason, named));
	}
	static const char *const not_in_force[][2] = {{"status: approved", "status: draft"},
						      {"status: approved", "status: suspended"},
						      {"status: approved", "status: ended"},
						      {"to: 2030-01-01", "to: 2024-06-29"},
						      {"from: 2020-01-01", "from: 2024-07-01"}};
	for (size_t i = 0; i < sizeof not_in_force / sizeof *not_in_force; i++) {
		agree(f, not_in_force[i][0], not_in_force[i][1]);
		fixture_run(f);
		assert_int_equal(f->last.outcome, EXTRACT_REFUSED);
	}
	assert_int_equal(count(f, "fact"), 0);
	agree(f, "to: 2030-01-01", "to: 2024-06-30"); /* the last day */
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
}

/* What two persons ended while the profile still has it is refused as well. */
static void test_an_ended_agreement_refuses_its_extracts(void **state)
{
	struct error e;
	struct fixture *f = *state;
	struct store *desk = test_database_open(&f->db, STORE_DESK);
	assert_ok(policy_open(&f->policy, f->profile, &e), &e);
	assert_ok(store_execute(desk,
				"INSERT INTO agreement_ended (agreement_id, ended_at, ended_by) VALUES "
				"('sharing', 0, 'two')",
				&e),
		  &e);
	assert_ok(policy_load(f->policy, f->data, desk, &e), &e);
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_REFUSED);
	assert_non_null(strstr(f->last.reason, "No agreement in force covers"));
	assert_ok(store_execute(desk, "DELETE FROM agreement_ended", &e), &e);
	assert_ok(policy_load(f->policy, f->data, desk, &e), &e);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
	store_close(desk);
}

static void test_files_that_are_not_ready(void **state)
{
	struct fixture *f = *state;
	char path[700];
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA);
	fixture_put(f, "holiday photos.csv", "x");
	fixture_put(f, "tenancies_20240229.csv.part", HEADER);
	snprintf(path, sizeof path, "%s/tenancies_20240131.csv", f->inbox);
	int writer = open(path, O_WRONLY | O_APPEND);
	assert_true(writer >= 0);
	fixture_run(f);
	assert_int_equal(f->totals.busy, 1);
	assert_int_equal(f->totals.unknown, 1);
	assert_int_equal(f->totals.files, 2);
	assert_int_equal(count(f, "extract"), 0);
	close(writer);
	fixture_run(f);
	assert_int_equal(f->totals.loaded, 1);
	assert_true(fixture_in_inbox(f, "holiday photos.csv"));
}

static void test_references(void **state)
{
	struct fixture *f = *state;
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA);
	fixture_put(f, "notes_20240131.csv", NOTES "N1;P1;;a;\nN2;P9;;b;\n");
	fixture_run(f);
	assert_int_equal(count(f, "quarantine WHERE rule = 'tenant_known' AND severity = 'warn'"), 1);
	fixture_put(f, "notes_20240229.csv", NOTES "N3;P1;;a;\nN4;P9;;b;\n"); /* known again in another run */
	fixture_run(f);
	assert_int_equal(count(f, "quarantine WHERE rule = 'tenant_known' AND line = 3"), 2);
	assert_int_equal(count(f, "quarantine"), 2 + 1);
}

/* Too large to be decided on before its first rows are written. */
static void test_a_large_extract_is_held_whole(void **state)
{
	struct fixture *f = *state;
	struct error e;
	enum { ROWS = 60000 };
	struct buf big;
	buf_init(&big, 16 << 20);
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA BOB);
	fixture_run(f);
	buf_append(&big, HEADER, strlen(HEADER));
	for (int i = 0; i < ROWS; i++)
		buf_format(&big, "T%d,P%d,Name,,,,,01/06/2022,,,,\n", i + 10, i + 10);
	fixture_write(f, f->inbox, "tenancies_20240229.csv", buf_text(&big));
	fixture_put(f, "notes_20240331.csv", NOTES "N1;P1;;a;\n");
	fixture_run(f);
	assert_int_equal(f->totals.held, 1);
	assert_int_equal(f->totals.loaded, 1); /* the file behind it */
	assert_int_equal(count(f, "fact"), 3);
	assert_int_equal(count(f, "fact_payload"), 3);
	assert_int_equal(count(f, "record"), 2);
	int64_t held = test_query(f->data, "SELECT extract_id FROM extract WHERE status = 'held'");
	assert_ok(intake_release(f->data, held, &e), &e);
	fixture_run(f);
	assert_int_equal(f->totals.loaded, 1);
	assert_int_equal(count(f, "fact WHERE ended_by IS NULL"), ROWS + 1);
	assert_int_equal(count(f, "fact JOIN fact_payload USING (record_id, payload_id)"), ROWS + 3);
	buf_release(&big);
}

static void test_a_stop_rolls_back(void **state)
{
	struct fixture *f = *state;
	struct error e;
	struct buf big;
	struct intake *intake;
	atomic_bool stop = true;
	buf_init(&big, 16 << 20);
	buf_append(&big, HEADER, strlen(HEADER));
	for (int i = 0; i < 20000; i++)
		buf_format(&big, "T%d,P%d,Name,,,,,01/06/2022,,,,\n", i, i);
	fixture_write(f, f->inbox, "tenancies_20240131.csv", buf_text(&big));
	struct intake_settings settings = fixture_settings(f);
	settings.stop = &stop;
	char path[700];
	snprintf(path, sizeof path, "%s/tenancies_20240131.csv", f->inbox);
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_int_equal(intake_extract(intake, path, &f->last, &e), STATUS_INTERRUPTED);
	intake_close(intake);
	assert_int_equal(count(f, "fact"), 0);
	assert_int_equal(count(f, "record"), 0);
	assert_true(file_exists(path));
	fixture_run(f);
	assert_counts(f, 20000, 20000, 0, 0, 0);
	buf_release(&big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_row_is_split, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_the_file_goes_sealed_into_the_archive, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_versions_of_full_deliveries, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_a_row_moves_to_another_client, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_changes_do_not_end_rows, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_holds, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_a_large_extract_is_held_whole, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_a_date_in_the_future_waits, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_columns_gone_or_renamed, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_agreements, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_each_column_needs_an_agreement, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_an_ended_agreement_refuses_its_extracts, fixture_make,
						fixture_drop),
		cmocka_unit_test_setup_teardown(test_files_that_are_not_ready, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_references, fixture_make, fixture_drop),
		cmocka_unit_test_setup_teardown(test_a_stop_rolls_back, fixture_make, fixture_drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
