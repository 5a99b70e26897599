/* Extracts that are held or refused: sealed in the archive, looked at again from there, replaced, thrown away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#include <sys/stat.h>

#define HEADER "Tenancy Ref,Person Ref,Surname,DOB,NHS,Postcode,Tenure,Start,End,Rent,Rooms,Joint\n"
#define ADA "T1,P1,Lovelace,10/12/1985,943 476 5919,EM1 2AB,SEC,01/04/2020,,\"1,100.50\",3,Y\n"
#define BOB "T2,P2,Babbage,26/12/1971,,EM1 2AD,INT,01/05/2021,,95,2,N\n"
#define CYD "T3,P3,Charisse,,,,,01/06/2022,,,,\n"

static struct error e;

static int64_t count(struct fixture *f, const char *what)
{
	char sql[300];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) AS n FROM %s", what);
	return test_query(f->data, sql);
}

static enum status append(void *context, struct text block, struct error *error)
{
	(void)error;
	buf_append_text(context, block);
	return STATUS_OK;
}

static void archive_path(const struct fixture *f, int64_t extract_id, const char *file, char out[700])
{
	snprintf(out, 700, "%s/%08lld_%s.sealed", f->archive, (long long)extract_id, file);
}

/* What the archive of the extract holds; absent: there is none. */
static const char *archived(const struct fixture *f, int64_t extract_id, const char *file)
{
	static char text[2000];
	struct buf all;
	char path[700];
	archive_path(f, extract_id, file, path);
	if (!file_exists(path))
		return "none";
	buf_init(&all, 1 << 20);
	assert_ok(vault_open_archive(f->vault, path, extract_id, append, &all, &e), &e);
	snprintf(text, sizeof text, "%.*s", TEXT_ARG(buf_text(&all)));
	buf_release(&all);
	return text;
}

static int64_t size_of_archive(const struct fixture *f, int64_t extract_id, const char *file)
{
	char path[700];
	struct stat info;
	archive_path(f, extract_id, file, path);
	assert_int_equal(stat(path, &info), 0);
	return (int64_t)info.st_size;
}

static size_t files_in(const char *folder)
{
	struct arena arena;
	struct text *names;
	size_t n;
	arena_init(&arena, 1 << 20);
	assert_ok(file_list(folder, &arena, &names, &n, &e), &e);
	arena_release(&arena);
	return n;
}

/* Four tenants are loaded; the next delivery has one, and is held. */
static void hold_one(struct fixture *f, const char *rows)
{
	fixture_put(f, "tenancies_20240131.csv", HEADER ADA BOB CYD "T4,P4,D,,,,,01/06/2022,,,,\n");
	fixture_run(f);
	fixture_put(f, "tenancies_20240229.csv", rows);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_int_equal(f->last.extract_id, 2);
}

static void what_is_held_is_sealed_and_loaded_from_there(void **state)
{
	struct fixture *f = *state;
	hold_one(f, HEADER ADA);
	assert_int_equal(files_in(f->inbox), 0);
	assert_string_equal(archived(f, 2, "tenancies_20240229.csv"), HEADER ADA);
	int64_t received = test_query(f->data, "SELECT received FROM extract WHERE extract_id = 2");
	fixture_run(f);
	assert_int_equal(f->totals.held, 1); /* told by each run */
	assert_int_equal(test_query(f->data, "SELECT received FROM extract WHERE extract_id = 2"), received);
	assert_ok(intake_release(f->data, 2, &e), &e);
	fixture_run(f);
	assert_int_equal(f->totals.loaded, 1);
	assert_counts(f, 1, 0, 1, 0, 3);
	assert_int_equal(count(f, "extract WHERE extract_id = 2 AND status = 'loaded'"), 1);
	assert_string_equal(archived(f, 2, "tenancies_20240229.csv"), HEADER ADA);
	fixture_run(f);
	assert_int_equal(f->totals.files, 0);
	assert_int_equal(files_in(f->archive), 2);
}

static void what_cannot_be_read_is_sealed_all_the_same(void **state)
{
	struct fixture *f = *state;
	fixture_write(f, f->inbox, "tenancies_20240131.csv", text_slice("\xff\xfeT\0e\0", 6));
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_REFUSED);
	assert_int_equal(files_in(f->inbox), 0);
	assert_int_equal(files_in(f->archive), 1);
	assert_ok(store_execute(f->data, "INSERT INTO refused_client (client_hash) VALUES (1)", &e), &e);
	fixture_write(f, f->inbox, "tenancies_20240229.csv", text_slice("\xff\xfeT\0e\0", 6));
	fixture_run(f);
	assert_int_equal(f->totals.refused, 2);
	assert_int_equal(files_in(f->inbox), 0);
	assert_int_equal(size_of_archive(f, 2, "tenancies_20240229.csv"),
			 size_of_archive(f, 1, "tenancies_20240131.csv"));
}

static void a_file_of_the_same_name_takes_its_place(void **state)
{
	struct fixture *f = *state;
	hold_one(f, HEADER ADA);
	fixture_put(f, "tenancies_20240229.csv", HEADER ADA BOB CYD "T4,P4,E,,,,,01/06/2022,,,,\n");
	fixture_run(f);
	assert_int_equal(f->totals.files, 1);
	assert_int_equal(f->last.outcome, EXTRACT_LOADED);
	assert_string_equal(archived(f, 2, "tenancies_20240229.csv"), "none");
	assert_int_equal(count(f, "extract WHERE extract_id = 2 AND status = 'replaced' AND archive_name IS NULL"), 1);
	assert_int_equal(intake_release(f->data, 2, &e), STATUS_NOT_FOUND);
	fixture_run(f);
	assert_int_equal(f->totals.files, 0);
}

static void the_same_file_again_waits_once(void **state)
{
	struct fixture *f = *state;
	hold_one(f, HEADER ADA);
	fixture_put(f, "tenancies_20240229.csv", HEADER ADA);
	fixture_run(f);
	assert_int_equal(f->totals.held, 1);
	assert_int_equal(count(f, "extract"), 2);
	assert_int_equal(files_in(f->inbox), 0);
	assert_string_equal(archived(f, 2, "tenancies_20240229.csv"), HEADER ADA);
}

static void it_can_be_thrown_away(void **state)
{
	struct fixture *f = *state;
	hold_one(f, HEADER ADA);
	assert_int_equal(intake_discard(f->data, f->archive, 1, &e), STATUS_NOT_FOUND); /* loaded */
	assert_int_equal(intake_discard(f->data, f->archive, 99, &e), STATUS_NOT_FOUND);
	assert_ok(intake_discard(f->data, f->archive, 2, &e), &e);
	assert_int_equal(files_in(f->archive), 1);
	assert_int_equal(count(f, "extract WHERE extract_id = 2 AND status = 'discarded' AND archive_name IS NULL"), 1);
	fixture_run(f);
	assert_int_equal(f->totals.files, 0);
	fixture_put(f, "tenancies_20240229.csv", HEADER ADA); /* and may come again */
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_string_equal(archived(f, 2, "tenancies_20240229.csv"), HEADER ADA);
}

static int64_t client_hash(struct fixture *f, const char *client)
{
	return intake_client_hash(f->vault, &f->profile->feeds.at[0], text_of(client));
}

static void who_is_refused_is_not_in_what_waits(void **state)
{
	struct fixture *f = *state;
	char sql[200];
	fixture_put(f, "tenancies_20240131.csv",
		    HEADER ADA BOB CYD "T4,P4,D,,,,,01/06/2022,,,,\nT5,P5,E,,,,,01/06/2022,,,,\n");
	fixture_run(f);
	snprintf(sql, sizeof sql, "INSERT INTO refused_client (client_hash) VALUES (%lld)",
		 (long long)client_hash(f, "P2"));
	assert_ok(store_execute(f->data, sql, &e), &e);
	fixture_put(f, "tenancies_20240229.csv", HEADER BOB CYD);
	fixture_run(f);
	assert_int_equal(f->last.outcome, EXTRACT_HELD);
	assert_string_equal(archived(f, 2, "tenancies_20240229.csv"), HEADER "\n" CYD);
	fixture_put(f, "tenancies_20991231.csv", HEADER BOB CYD); /* of which no row was read */
	fixture_run(f);
	assert_int_equal(f->totals.held, 2);
	assert_string_equal(archived(f, 3, "tenancies_20991231.csv"), HEADER "\n" CYD);
	/* nor when they are refused only while it waits */
	snprintf(sql, sizeof sql, "INSERT INTO refused_client (client_hash) VALUES (%lld)",
		 (long long)client_hash(f, "P3"));
	assert_ok(store_execute(f->data, sql, &e), &e);
	assert_ok(intake_release(f->data, 2, &e), &e);
	fixture_run(f);
	assert_int_equal(f->totals.loaded, 1);
	assert_null(strstr(archived(f, 2, "tenancies_20240229.csv"), "Charisse"));
}

/* Each is bound to its number: one in another's place is not loaded as that. */
static void archives_cannot_be_exchanged(void **state)
{
	struct fixture *f = *state;
	char first[700], second[700], aside[720];
	hold_one(f, HEADER ADA);
	fixture_put(f, "tenancies_20240331.csv", HEADER BOB);
	fixture_run(f);
	assert_int_equal(f->totals.held, 2);
	archive_path(f, 2, "tenancies_20240229.csv", first);
	archive_path(f, 3, "tenancies_20240331.csv", second);
	snprintf(aside, sizeof aside, "%s.aside", first);
	assert_int_equal(rename(first, aside) + rename(second, first) + rename(aside, second), 0);
	assert_ok(intake_release(f->data, 2, &e), &e);
	fixture_run(f);
	assert_int_equal(f->totals.loaded, 0);
	assert_int_equal(f->totals.refused, 2);
	assert_non_null(strstr(f->last.reason, "does not open"));
	assert_int_equal(count(f, "fact WHERE ended_by IS NULL"), 4);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_make, fixture_drop)
	const struct CMUnitTest tests[] = {
		CASE(what_is_held_is_sealed_and_loaded_from_there),
		CASE(what_cannot_be_read_is_sealed_all_the_same),
		CASE(a_file_of_the_same_name_takes_its_place),
		CASE(the_same_file_again_waits_once),
		CASE(it_can_be_thrown_away),
		CASE(who_is_refused_is_not_in_what_waits),
		CASE(archives_cannot_be_exchanged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
