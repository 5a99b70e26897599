/* Erasure: nothing of the resident is left but ids in the audit, and no table can be forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/borough.h"

#include "policy/account.h"
#include "rights/erasure.h"

static struct borough b;
static struct error e;
static char archive[400];

static int make(void **state)
{
	(void)state;
	borough_make(&b);
	snprintf(archive, sizeof archive, "%s/archive", b.db.folder);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	borough_drop(&b);
	return 0;
}

/* ---- no table is forgotten ------------------------------------------------------------------------- */

static const struct erasure_column *find(enum store_shelf shelf, struct text table, struct text column)
{
	for (size_t i = 0; i < erasure_column_count; i++) {
		const struct erasure_column *known = &erasure_columns[i];
		if (known->shelf == shelf && text_is(table, known->table) && text_is(column, known->column))
			return known;
	}
	return NULL;
}

/* Names that ids of people and what is known of them by have, and everything that is sealed or hashed. */
static bool may_speak_of_a_person(struct text column, struct text type)
{
	static const char *const words[] = {"resident", "record",   "household", "property", "subject",
					    "client",   "other_id", "person",    "sealed",   "_hash"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_find(column, text_of(words[i])) < column.len)
			return true;
	return text_is(type, "BLOB") || text_is(type, "bytea");
}

static struct statement *columns_of(struct store *store)
{
	struct statement *query;
	const char *sql = store_kind(store) == STORE_SQLITE
				  ? "SELECT m.name AS t, c.name AS c, c.type AS k FROM sqlite_master m, "
				    "pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
				  : "SELECT table_name AS t, column_name AS c, data_type AS k FROM "
				    "information_schema.columns WHERE table_schema = current_schema()";
	assert_ok(store_prepare(&query, store, sql, &e), &e);
	return query;
}

static size_t check_shelf(struct store *store, enum store_shelf shelf)
{
	bool row;
	size_t seen = 0, unknown = 0;
	struct statement *query = columns_of(store);
	int t = statement_column(query, "t"), c = statement_column(query, "c"), k = statement_column(query, "k");
	enum status status;
	while ((status = statement_step(query, &row, &e)) == STATUS_OK && row) {
		struct text table = statement_text(query, t), column = statement_text(query, c);
		if (!may_speak_of_a_person(column, statement_text(query, k)))
			continue;
		seen++;
		if (find(shelf, table, column))
			continue;
		print_error("erasure does not know %.*s.%.*s: add it to erasure_tables.c\n", TEXT_ARG(table),
			    TEXT_ARG(column));
		unknown++;
	}
	statement_done(query);
	assert_ok(status, &e);
	assert_int_equal(unknown, 0);
	return seen;
}

static void every_table_of_both_shelves_is_known(void **state)
{
	(void)state;
	size_t seen = check_shelf(b.data, STORE_DATA) + check_shelf(b.desk, STORE_DESK);
	assert_true(seen > 60);
	for (size_t i = 0; i < erasure_column_count; i++)
		assert_true(!erasure_columns[i].sql != !erasure_columns[i].stays);
}

/* ---- erased ------------------------------------------------------------------------------------------ */

static void erase(struct erasure *erasure)
{
	struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	erasure->by = TEXT("officer");
	erasure->user_name = TEXT("officer");
	erasure->ground = TEXT("REF-1");
	erasure->audit_key = &b.audit_key;
	assert_ok(rights_erase(erasure, &parts, archive, &e), &e);
}

static int64_t count(struct store *store, const char *table, const char *column, int64_t id)
{
	char sql[300];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s = %lld", table, column, (long long)id);
	return test_query(store, sql);
}

/* Every column of an integer in every table but the audit's. */
static int64_t found_anywhere(struct store *store, int64_t id)
{
	bool row;
	int64_t found = 0;
	char tables[300][64], columns[300][64];
	size_t n = 0;
	struct statement *query = columns_of(store);
	int t = statement_column(query, "t"), c = statement_column(query, "c"), k = statement_column(query, "k");
	while (statement_step(query, &row, &e) == STATUS_OK && row && n < 300) {
		struct text type = statement_text(query, k), table = statement_text(query, t);
		if ((!text_is(type, "INTEGER") && !text_is(type, "bigint")) || text_is(table, "audit_entry"))
			continue;
		snprintf(tables[n], 64, "%.*s", TEXT_ARG(table));
		snprintf(columns[n++], 64, "%.*s", TEXT_ARG(statement_text(query, c)));
	}
	statement_done(query);
	assert_true(n > 20);
	for (size_t i = 0; i < n; i++)
		found += count(store, tables[i], columns[i], id);
	return found;
}

static enum status append(void *context, struct text block, struct error *error)
{
	(void)error;
	buf_append_text(context, block);
	return STATUS_OK;
}

/* How many archives have these bytes when they are opened. */
static size_t in_archives(const char *needle)
{
	struct arena arena;
	struct text *names;
	size_t n, found = 0;
	arena_init(&arena, 1 << 20);
	assert_ok(file_list(archive, &arena, &names, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		struct buf all;
		buf_init(&all, 1 << 24);
		const char *path = arena_copy(&arena, arena_format(&arena, "%s/%.*s", archive, TEXT_ARG(names[i])));
		assert_ok(vault_open_archive(b.vault, path, strtoll(names[i].at, NULL, 10), append, &all, &e), &e);
		found += text_find(buf_text(&all), text_of(needle)) < all.len;
		buf_release(&all);
	}
	arena_release(&arena);
	return found;
}

static void counting_erases_nothing(void **state)
{
	(void)state;
	struct erasure erasure = {.resident_id = 1001, .dry = true};
	erase(&erasure);
	assert_int_equal(erasure.records, 2);
	assert_true(erasure.rows > 10);
	assert_int_equal(erasure.archives, 4); /* tenancies, two of rent, council tax */
	assert_int_equal(count(b.data, "resident_record", "resident_id", 1001), 2);
	assert_true(in_archives("Aisha") > 0);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM erasure"), 0);
}

static void nothing_of_the_resident_is_left(void **state)
{
	(void)state;
	assert_true(found_anywhere(b.data, 1001) > 0);
	assert_int_equal(in_archives("Aisha"), 1);
	struct erasure erasure = {.resident_id = 1001};
	erase(&erasure);
	assert_int_equal(found_anywhere(b.data, 1001), 0);
	assert_int_equal(found_anywhere(b.desk, 1001), 0);
	assert_int_equal(in_archives("Aisha"), 0);
	assert_int_equal(in_archives("AYSHA"), 0);
	assert_int_equal(in_archives("Grace"), 1); /* others stay, also in the same file */
	assert_int_equal(count(b.data, "resident_record", "resident_id", 1004), 2);
	assert_int_equal(test_query(b.data,
				    "SELECT count(*) FROM fact f WHERE NOT EXISTS (SELECT 1 FROM record r WHERE "
				    "r.record_id = f.record_id)"),
			 0);
}

static void what_is_left_is_a_proof_without_identity(void **state)
{
	(void)state;
	struct audit_verification verification;
	struct erasure erasure = {.resident_id = 1001};
	erase(&erasure);
	assert_int_equal(test_query(b.desk, "SELECT records FROM erasure"), 2);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM erasure_proof"), 2);
	assert_int_equal(test_query(b.desk, "SELECT count(*) FROM audit_entry WHERE action = 'resident.erase' AND "
					    "subject_id = 1001"),
			 1);
	assert_ok(audit_verify(b.desk, &b.audit_key, &verification, &e), &e);
}

static struct arena said;

/* Keeps WORDS, and records looks at residents for that reason. */
static struct text state_and_look(const char *words, const int64_t *residents, size_t n)
{
	struct text reference;
	assert_ok(disclosure_keep_stated(&reference, b.vault, b.desk, text_of(words), &said, &e), &e);
	for (size_t i = 0; i < n; i++) {
		const struct audit_entry look = {.user_name = TEXT("worker"),
						 .action = TEXT("resident.open"),
						 .subject_kind = TEXT("resident"),
						 .subject_id = residents[i],
						 .reason = reference,
						 .outcome = TEXT("allowed")};
		assert_ok(store_begin(b.desk, &e), &e);
		assert_ok(audit_join(b.desk, &b.audit_key, &look, &e), &e);
		assert_ok(store_commit(b.desk, &e), &e);
	}
	return reference;
}

static enum status words_of(struct text reference, struct text *words)
{
	return disclosure_read_stated(words, b.vault, b.desk, reference, &said, &e);
}

static void what_was_said_of_them_alone_goes(void **state)
{
	(void)state;
	char sql[300];
	struct text words;
	struct audit_verification verification;
	int64_t user;
	const struct account worker = {
		.username = TEXT("worker"), .display_name = TEXT("Worker"), .role = TEXT("early_help_worker")};
	arena_init(&said, 1 << 20);
	assert_ok(account_create(b.desk, &worker, TEXT("correct horse battery"), &user, &e), &e);
	struct text alone = state_and_look("Aisha rang", (int64_t[]){1001, 1001}, 2),
		    both = state_and_look("A visit to two flats", (int64_t[]){1001, 1004}, 2),
		    broken = state_and_look("Aisha is in danger now", NULL, 0),
		    note = state_and_look("Aisha was", NULL, 0), other = state_and_look("Grace rang", NULL, 0);
	snprintf(sql, sizeof sql,
		 "INSERT INTO glass (user_id, resident_id, began, reason, note) VALUES (%lld, 1001, 1, '%.*s', '%.*s')",
		 (long long)user, TEXT_ARG(broken), TEXT_ARG(note));
	assert_ok(store_execute(b.desk, sql, &e), &e);
	assert_ok(words_of(alone, &words), &e);
	assert_true(text_is(words, "Aisha rang"));
	erase(&(struct erasure){.resident_id = 1001});
	assert_int_equal(words_of(alone, &words), STATUS_NOT_FOUND);
	assert_int_equal(words_of(broken, &words), STATUS_NOT_FOUND);
	assert_int_equal(words_of(note, &words), STATUS_NOT_FOUND);
	assert_ok(words_of(both, &words), &e);
	assert_ok(words_of(other, &words), &e);
	assert_true(text_is(words, "Grace rang"));
	arena_release(&said);
	assert_ok(audit_verify(b.desk, &b.audit_key, &verification, &e), &e);
}

static int64_t record_of(const char *source, const char *client)
{
	char key[100], sql[200];
	snprintf(key, sizeof key, "%s\x1f%s", source, client);
	snprintf(sql, sizeof sql, "SELECT record_id FROM record WHERE client_hash = %lld",
		 (long long)vault_hash64(b.vault, VAULT_CLIENT, text_of(key)));
	return test_query(b.data, sql);
}

static void one_record_goes_and_the_resident_stays(void **state)
{
	(void)state;
	struct erasure erasure = {.resident_id = 1001, .record_id = record_of("council_tax", "L1")};
	int64_t other = record_of("housing", "P1");
	erase(&erasure);
	assert_int_equal(erasure.records, 1);
	assert_int_equal(record_of("council_tax", "L1"), 0);
	assert_int_equal(record_of("housing", "P1"), other);
	assert_int_equal(count(b.data, "resident_record", "resident_id", 1001), 1);
	assert_int_equal(in_archives("AYSHA"), 0);
	assert_int_equal(in_archives("Aisha"), 1);
}

static const char tenancies_head[] =
	"Tenancy Ref,Person Ref,Title,Forename,Surname,DOB,Sex,NI No,Role,Home Tel,Mobile,E-mail,Address 1,Address "
	"2,Address 3,Post Code,UPRN,Tenure,Beds,Start,End,End Reason,Housing Officer,Officer Tel,Patch\n";

static void take_inbox(struct intake_totals *totals)
{
	char inbox[400];
	struct intake *intake;
	snprintf(inbox, sizeof inbox, "%s/inbox", b.db.folder);
	struct intake_settings settings = {.profile = b.profile,
					   .vault = b.vault,
					   .store = b.data,
					   .inbox = inbox,
					   .archive = archive,
					   .today = date_of(2026, 3, 31)};
	*totals = (struct intake_totals){0};
	assert_ok(intake_open(&intake, &settings, &e), &e);
	assert_ok(intake_inbox(intake, NULL, NULL, totals, &e), &e);
	intake_close(intake);
}

static void load_again(struct intake_totals *totals)
{
	borough_write(&b, "rent_accounts_20260331.csv",
		      "Account No,Tenancy Ref,Main Tenant Ref,Weekly Charge,Balance,Arrears Band,Arrears Stage,Pay "
		      "Method,Last Payment,Balance Date\n"
		      "A2,T2,P2,120.00,40.00,1,NON,DD,05/03/2026,31/03/2026\n"
		      "A1,T1,P1,\"secret\nof Aisha\",surplus,120.00,10.00,1,NON,DD,05/03/2026,31/03/2026\n"
		      "A3,T2,P2,1,surplus,120.00,10.00,1,NON,DD,05/03/2026,31/03/2026\n");
	borough_write(&b, "tenancies_20260331.csv",
		      "Tenancy Ref,Person Ref,Title,Forename,Surname,DOB,Sex,NI No,Role,Home Tel,Mobile,E-mail,Address "
		      "1,Address 2,Address 3,Post Code,UPRN,Tenure,Beds,Start,End,End Reason,Housing Officer,Officer "
		      "Tel,Patch\n"
		      "T1,P1,Mrs,Aisha,Mohammed,12/03/1985,F,AB123456C,TEN,,07911 123456,aisha@mail.example,14 Mill "
		      "Lane,Eastmarsh,,EM1 4QT,,SEC,3,01/04/2019,,,Ruth Okoro,020 7946 0001,North\n"
		      "T2,P2,Ms,Grace,Mensah,02/11/1978,F,,TEN,,,,5 Harbour Way,Eastmarsh,,EM4 9ZZ,,SEC,3,01/04/2021,,,"
		      "Ruth Okoro,020 7946 0001,North\n");
	take_inbox(totals);
}

static void a_feed_that_the_profile_lost_stops_it(void **state)
{
	(void)state;
	const struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	struct erasure erasure = {.resident_id = 1001,
				  .by = TEXT("officer"),
				  .user_name = TEXT("officer"),
				  .ground = TEXT("REF-1"),
				  .audit_key = &b.audit_key};
	assert_ok(store_execute(b.data, "UPDATE feed SET feed_id = 'lost' WHERE feed_id = 'council_tax_liable'", &e),
		  &e);
	assert_int_equal(rights_erase(&erasure, &parts, archive, &e), STATUS_REFUSED);
	assert_string_equal(e.code, "rights.feed");
	assert_int_equal(count(b.data, "resident_record", "resident_id", 1001), 2);
	assert_int_equal(rights_erase(&(struct erasure){.resident_id = 1001, .dry = true}, &parts, archive, &e),
			 STATUS_REFUSED);
	erase(&(struct erasure){.resident_id = 1004}); /* who has no row of it */
}

/* What waits for a person is searched as what was loaded; where no column says whose rows they are, by every cell; what
 * cannot be read at all is named. */
static void what_waits_in_the_archive_is_searched_too(void **state)
{
	(void)state;
	char content[2000];
	struct intake_totals totals;
	snprintf(content, sizeof content,
		 "%sT1,P1,Mrs,Aisha,Mohammed,,,,,,,,,,,,,,,,,,,,\nT2,P2,,Grace,,,,,,,,,,,,,,,,,,,,,\n", tenancies_head);
	borough_write(&b, "tenancies_20991231.csv", content); /* of the future: held */
	borough_write(&b, "tenancies_20260331.csv", "Tenancy,Person,Forename\nT1,P1,Aisha\nT2,P2,Grace\n");
	borough_write(&b, "rent_accounts_20260331.csv",
		      "\xff\xfe"
		      "A,i,s,h,a");
	take_inbox(&totals);
	assert_int_equal(totals.held + totals.refused, 3);
	assert_int_equal(in_archives("Aisha"), 3);
	assert_int_equal(in_archives("Grace"), 3);
	struct erasure counted = {.resident_id = 1001, .dry = true}, erasure = {.resident_id = 1001};
	erase(&counted);
	erase(&erasure);
	assert_string_equal(counted.unsearched, erasure.unsearched);
	assert_int_equal(in_archives("Aisha"), 0);
	assert_int_equal(in_archives("Grace"), 3);
	int64_t strange =
			test_query(b.data, "SELECT extract_id FROM extract WHERE file_name = 'tenancies_20260331.csv'"),
		unreadable = test_query(
			b.data, "SELECT extract_id FROM extract WHERE file_name = 'rent_accounts_20260331.csv'");
	snprintf(content, sizeof content, "%lld %lld", (long long)(strange < unreadable ? strange : unreadable),
		 (long long)(strange < unreadable ? unreadable : strange));
	assert_string_equal(erasure.unsearched, content);
	snprintf(content, sizeof content, "SELECT count(*) FROM erasure WHERE unsearched = '%s'", erasure.unsearched);
	assert_int_equal(test_query(b.desk, content), 1);
	/* what is left is still the extract that it was */
	assert_ok(intake_release(b.data,
				 test_query(b.data, "SELECT extract_id FROM extract WHERE status = 'held' AND "
						    "file_name = 'tenancies_20991231.csv'"),
				 &e),
		  &e);
	take_inbox(&totals);
	assert_int_equal(totals.loaded, 1);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM extract WHERE file_name = 'tenancies_20991231.csv'"),
			 1);
	assert_int_equal(record_of("housing", "P1"), 0);
}

/* An archive of their source whose feed the profile has lost is named, though no row of theirs was loaded from it. */
static void an_archive_of_a_lost_feed_is_named(void **state)
{
	(void)state;
	struct erasure erasure = {.resident_id = 1004};
	assert_ok(store_execute(b.data, "UPDATE feed SET feed_id = 'lost' WHERE feed_id LIKE '%rent_accounts'", &e),
		  &e);
	erase(&erasure);
	assert_int_equal(strlen(erasure.unsearched), 3); /* two extracts of housing */
}

static void who_is_refused_is_not_loaded_again(void **state)
{
	(void)state;
	struct intake_totals totals;
	struct erasure erasure = {.resident_id = 1001, .refuse = true};
	erase(&erasure);
	load_again(&totals);
	assert_int_equal(totals.loaded, 2);
	assert_int_equal(totals.rows_read, totals.rows_loaded + totals.rows_unchanged + totals.rows_quarantined);
	assert_int_equal(totals.rows_quarantined, 3);
	assert_int_equal(record_of("housing", "P1"), 0);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM quarantine WHERE rule = 'erased' AND sealed IS NULL"),
			 2);
	assert_int_equal(test_query(b.data, "SELECT count(*) FROM quarantine WHERE sealed IS NOT NULL"), 1);
	/* nor is the row in an archive, whole or broken; others' stand where they stood */
	assert_int_equal(in_archives("Aisha") + in_archives("T1,P1"), 0);
	assert_int_equal(in_archives("Grace"), 2);
	assert_int_equal(in_archives("\n\n\n\nA3,T2,P2,1,surplus"), 0);
	assert_int_equal(in_archives("\n\n\nA3,T2,P2,1,surplus"), 1);
}

static void who_is_not_refused_comes_back_with_the_next_extract(void **state)
{
	(void)state;
	struct intake_totals totals;
	struct erasure erasure = {.resident_id = 1001};
	erase(&erasure);
	load_again(&totals);
	assert_true(record_of("housing", "P1") > 0);
}

/* It stays in the proof, the register and the audit. */
static void the_ground_does_not_name_them(void **state)
{
	(void)state;
	static const struct {
		const char *ground;
		bool names;
	} cases[] = {
		{"Request of Aisha, 3 March", true},
		{"letter from MRS MOHAMMED", true},
		{"born 12/03/1985", true},
		{"born on 12 March 1985", true},
		{"1985-03-12", true},
		{"dob 12.3.1985", true},
		{"NI AB 12 34 56 C", true},
		{"aisha@mail.example", true},
		{"07911-123456", true},
		{"tenant (P1)", true},
		{"of L1.", true},
		{"14 Mill Lane", true},
		{"REF-1", false},
		{"Decision of 12 March 2026, DPO 17", false},
		{"Article 17(1)(d), case 2026/0312", false},
		{"", false},
	};
	const struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct erasure erasure = {.resident_id = 1001,
					  .dry = true,
					  .by = TEXT("officer"),
					  .user_name = TEXT("officer"),
					  .ground = text_of(cases[i].ground),
					  .audit_key = &b.audit_key};
		enum status status = rights_erase(&erasure, &parts, archive, &e);
		if (status != (cases[i].names ? STATUS_INVALID : STATUS_OK))
			fail_msg("\"%s\": status %d", cases[i].ground, (int)status);
	}
}

static void nobody_cannot_be_erased(void **state)
{
	(void)state;
	struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	struct erasure nobody = {.resident_id = 999}, strange = {.resident_id = 1001, .record_id = 999};
	assert_int_equal(rights_erase(&nobody, &parts, archive, &e), STATUS_NOT_FOUND);
	assert_int_equal(rights_erase(&strange, &parts, archive, &e), STATUS_NOT_FOUND);
}

/* Every archive has a header that names no client: whose rows are whose cannot be told, so nobody's go. */
static void others_rows_are_not_guessed_at(void **state)
{
	(void)state;
	struct arena arena;
	struct text *names;
	size_t n;
	struct rights_parts parts = {b.profile, b.vault, b.data, b.desk};
	char plain[500];
	snprintf(plain, sizeof plain, "%s/plain.csv", b.db.folder);
	assert_ok(file_replace(plain, TEXT("something,else\nof,others\n"), 0600, &e), &e);
	arena_init(&arena, 1 << 20);
	assert_ok(file_list(archive, &arena, &names, &n, &e), &e);
	for (size_t i = 0; i < n; i++)
		assert_ok(vault_seal_file(
				  b.vault, plain,
				  arena_copy(&arena, arena_format(&arena, "%s/%.*s", archive, TEXT_ARG(names[i]))),
				  strtoll(names[i].at, NULL, 10), false, &e),
			  &e);
	struct erasure erasure = {.resident_id = 1001,
				  .by = TEXT("officer"),
				  .user_name = TEXT("officer"),
				  .ground = TEXT("REF-1"),
				  .audit_key = &b.audit_key};
	assert_int_equal(rights_erase(&erasure, &parts, archive, &e), STATUS_REFUSED);
	assert_int_equal(in_archives("of,others"), n);
	assert_int_equal(count(b.data, "resident_record", "resident_id", 1001), 2);
	arena_release(&arena);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		CASE(every_table_of_both_shelves_is_known),
		CASE(counting_erases_nothing),
		CASE(nothing_of_the_resident_is_left),
		CASE(what_was_said_of_them_alone_goes),
		CASE(what_is_left_is_a_proof_without_identity),
		CASE(one_record_goes_and_the_resident_stays),
		CASE(a_feed_that_the_profile_lost_stops_it),
		CASE(what_waits_in_the_archive_is_searched_too),
		CASE(an_archive_of_a_lost_feed_is_named),
		CASE(who_is_refused_is_not_loaded_again),
		CASE(who_is_not_refused_comes_back_with_the_next_extract),
		CASE(the_ground_does_not_name_them),
		CASE(nobody_cannot_be_erased),
		CASE(others_rows_are_not_guessed_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
