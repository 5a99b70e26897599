#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"

#include "store/schema.h"

static const struct schema schemas[] = {
	{"pets",
	 "-- shelf: data\n"
	 "-- migration 1\n"
	 "CREATE TABLE pet (pet_id SEQUENCE, name TEXT NOT NULL, born DATE, date INT, UNIQUE (name));\n"
	 "-- migration 2\n"
	 "ALTER TABLE pet ADD COLUMN weight REAL;\n"
	 "UPDATE pet SET weight = 1.5; -- a comment; with ID and TEXT\n"
	 "-- shelf: desk\n"
	 "-- migration 1\n"
	 "CREATE TABLE vet (vet_id ID PRIMARY KEY, note TEXT DEFAULT 'ID, (TEXT');\n"
	 "-- shelf: data\n"
	 "-- migration 3\n"
	 "CREATE TABLE visit (pet_id ID NOT NULL REFERENCES pet (pet_id), at INSTANT NOT NULL, cost INT,\n"
	 "  PRIMARY KEY (pet_id, at), CHECK (cost >= 0)) CLUSTERED;\n"
	 "-- only: sqlite\n"
	 "CREATE TRIGGER no_delete BEFORE DELETE ON visit BEGIN SELECT RAISE(ABORT, 'kept'); END;\n"
	 "-- end\n"
	 "-- only: postgresql\n"
	 "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'kept'; END $$ LANGUAGE plpgsql;\n"
	 "CREATE TRIGGER no_delete BEFORE DELETE ON visit FOR EACH ROW EXECUTE FUNCTION refuse();\n"
	 "-- end\n"
	 "CREATE INDEX visit_at ON visit (at);\n"},
	{"owners", "-- shelf: data\n-- migration 1\nCREATE TABLE owner (owner_id ID PRIMARY KEY, pet_id ID NOT NULL "
		   "REFERENCES pet (pet_id));\n"},
	{NULL, NULL}};

static struct test_database db;
static struct error e;

static int make(void **state)
{
	(void)state;
	test_database_make_empty(&db);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	test_database_drop(&db);
	return 0;
}

static void check_newest(struct store *store)
{
	assert_ok(schema_check(store, schemas, &e), &e);
	assert_int_equal(test_query(store, "SELECT count(*) FROM schema_version"), 4);
	assert_ok(store_execute(store,
				"INSERT INTO pet (name, weight) VALUES ('Rex', 2);"
				"INSERT INTO visit (pet_id, at, cost) SELECT pet_id, 1, 1 FROM pet WHERE name = 'Rex'",
				&e),
		  &e);
	assert_int_not_equal(store_execute(store, "DELETE FROM visit", &e), STATUS_OK);
	assert_int_equal(store_execute(store, "INSERT INTO owner (owner_id, pet_id) VALUES (1, 99)", &e),
			 STATUS_INVALID);
	assert_int_equal(store_execute(store, "INSERT INTO pet (name) VALUES ('Rex')", &e), STATUS_CONFLICT);
}

/* From every earlier version, with rows in it, to the newest. */
static void test_every_earlier_version_comes_up(void **state)
{
	for (int from = 0; from <= 3; from++) {
		if (from) {
			drop(state);
			make(state);
		}
		struct store *store = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
		assert_int_equal(schema_check(store, schemas, &e), STATUS_CONFLICT);
		assert_string_equal(e.code, "store.older");
		if (from) {
			assert_ok(schema_migrate(store, schemas, from, &e), &e);
			assert_ok(store_execute(store, "INSERT INTO pet (name, born) VALUES ('Tib', 12)", &e), &e);
		}
		assert_ok(schema_migrate(store, schemas, 0, &e), &e);
		assert_ok(schema_migrate(store, schemas, 0, &e), &e);
		assert_int_equal(test_query(store, "SELECT count(*) FROM pet WHERE name = 'Tib' AND born = 12"),
				 from > 0);
		if (from == 1)
			assert_int_equal(test_query(store, "SELECT count(*) FROM pet WHERE weight = 1.5"), 1);
		check_newest(store);
		store_close(store);
	}
}

static void test_each_shelf_has_its_own(void **state)
{
	(void)state;
	struct store *desk = test_database_open_bare(&db, STORE_DESK, STORE_WRITE);
	assert_ok(schema_migrate(desk, schemas, 0, &e), &e);
	assert_ok(store_execute(desk, "INSERT INTO vet (vet_id) VALUES (1)", &e), &e);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM vet WHERE note = 'ID, (TEXT'"), 1);
	assert_int_equal(test_query(desk, "SELECT count(*) FROM schema_version"), 1);
	store_close(desk);
}

static void test_a_newer_shelf_is_refused(void **state)
{
	(void)state;
	static const struct schema older[] = {
		{"pets", "-- shelf: data\n-- migration 1\nSELECT 1;\n-- migration 2\nSELECT 1;\n"},
		{"owners", "-- shelf: data\n-- migration 1\nSELECT 1;\n"},
		{NULL, NULL}};
	static const struct schema without_owners[] = {
		{"pets",
		 "-- shelf: data\n-- migration 1\nSELECT 1;\n-- migration 2\nSELECT 1;\n-- migration 3\nSELECT 1;\n"},
		{NULL, NULL}};
	struct store *store = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
	assert_ok(schema_migrate(store, schemas, 0, &e), &e);
	assert_int_equal(schema_migrate(store, older, 0, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "store.newer");
	assert_int_equal(schema_check(store, older, &e), STATUS_CONFLICT);
	assert_int_equal(schema_migrate(store, without_owners, 0, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "store.newer");
	assert_ok(schema_check(store, schemas, &e), &e);
	store_close(store);
}

static void test_a_failed_migration_leaves_nothing(void **state)
{
	(void)state;
	static const struct schema broken[] = {
		{"pets", "-- shelf: data\n-- migration 1\nCREATE TABLE a (x INT);\n"
			 "-- migration 2\nCREATE TABLE b (x INT);\nALTER TABLE nothing ADD COLUMN y INT;\n"},
		{NULL, NULL}};
	struct store *store = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
	int64_t count;
	assert_int_equal(schema_migrate(store, broken, 0, &e), STATUS_INTERNAL);
	assert_non_null(strstr(e.message, "Migration 2 of pets"));
	assert_int_equal(test_query(store, "SELECT MAX(version) FROM schema_version"), 1);
	assert_int_equal(store_query_int(store, "SELECT count(*) FROM b", &count, &e), STATUS_INTERNAL);
	store_close(store);
}

static void test_an_unknown_type_is_named(void **state)
{
	(void)state;
	struct store *store = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
	assert_int_equal(store_define(store, "CREATE TABLE a (x INT, born DATETIME)", &e), STATUS_INTERNAL);
	assert_non_null(strstr(e.message, "born"));
	assert_non_null(strstr(e.message, "DATETIME"));
	store_close(store);
}

/* The program's own tables, from nothing and from each earlier version of every room. */
static void test_the_program_s_own_schema(void **state)
{
	for (int limit = 0; limit <= 5; limit++) {
		if (limit) {
			drop(state);
			make(state);
		}
		for (int shelf = STORE_DATA; shelf <= STORE_DESK; shelf++) {
			struct store *store = test_database_open_bare(&db, (enum store_shelf)shelf, STORE_WRITE);
			if (limit)
				assert_ok(schema_migrate(store, store_schemas, limit, &e), &e);
			assert_ok(store_migrate(store, &e), &e);
			assert_ok(store_check_schema(store, &e), &e);
			store_close(store);
		}
	}
}

/* Rows that the first version of the tables held are there under the later ones, each value with its own fact. */
static void test_facts_come_along(void **state)
{
	(void)state;
	struct store *store = test_database_open_bare(&db, STORE_DATA, STORE_WRITE);
	assert_ok(schema_migrate(store, store_schemas, 1, &e), &e);
	assert_ok(store_execute(store,
				"INSERT INTO fact (record_id, feed_no, row_key, version, extract_id, line, valid_from, "
				"valid_to, ended_by, ended_how, row_hash, seal_hash, payload) VALUES "
				"(7, 1, -5, 1, 1, 4294967, 100, 130, 2, 1, 11, 12, 'first'), "
				"(7, 1, -5, 2, 2, 9, 130, NULL, NULL, NULL, 13, 12, 'second'), "
				"(3, 1, 8, 1, 2, 3, 130, NULL, NULL, NULL, 14, 15, 'other')",
				&e),
		  &e);
	struct statement *seal;
	assert_ok(store_prepare(&seal, store,
				"INSERT INTO sealed (record_id, feed_no, row_key, version, part, sealed) VALUES "
				"(7, 1, -5, 1, :part, :sealed)",
				&e),
		  &e);
	for (int part = 1; part <= 2; part++) {
		statement_bind_int(seal, "part", part);
		statement_bind_blob(seal, "sealed", "\0\1two", 5);
		assert_ok(statement_run(seal, NULL, &e), &e);
	}
	statement_done(seal);
	assert_ok(store_migrate(store, &e), &e);
	int64_t count;
	static const char *const found[] = {
		"SELECT COUNT(*) AS n FROM fact JOIN fact_payload USING (record_id, payload_id) WHERE version = 1 AND "
		"row_key = -5 AND payload = 'first' AND valid_to = 130 AND ended_by = 2",
		"SELECT COUNT(*) AS n FROM fact JOIN fact_payload USING (record_id, payload_id) WHERE version = 2 AND "
		"payload = 'second' AND valid_to IS NULL AND row_hash = 13",
		"SELECT COUNT(*) AS n FROM fact JOIN fact_payload USING (record_id, payload_id) WHERE record_id = 3 "
		"AND payload = 'other' AND payload_id = 2 * 4294967296 + 3",
		"SELECT COUNT(*) AS n FROM sealed WHERE record_id = 7 AND row_key = -5 AND version = 1 AND part = 2 "
		"AND length(sealed) = 5",
	};
	for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
		assert_ok(store_query_int(store, found[i], &count, &e), &e);
		assert_int_equal(count, 1);
	}
	store_close(store);
}

#define ON_A_DATABASE(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_DATABASE(test_every_earlier_version_comes_up),
		ON_A_DATABASE(test_facts_come_along),
		ON_A_DATABASE(test_each_shelf_has_its_own),
		ON_A_DATABASE(test_a_newer_shelf_is_refused),
		ON_A_DATABASE(test_a_failed_migration_leaves_nothing),
		ON_A_DATABASE(test_an_unknown_type_is_named),
		ON_A_DATABASE(test_the_program_s_own_schema),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
