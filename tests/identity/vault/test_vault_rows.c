/* Sealed rows in the database: element numbers, the mark of the key, scanning, one record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/databases.h"
#include "vault/vault.h"

struct fixture {
	struct test_database db;
	struct store *data;
	struct vault *vault;
	char key_path[300];
};

static int make(void **state)
{
	struct error e;
	struct fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	test_database_make(&f->db);
	f->data = test_database_open(&f->db, STORE_DATA);
	snprintf(f->key_path, sizeof f->key_path, "%s/master.key", f->db.folder);
	assert_ok(vault_create_key(f->key_path, &e), &e);
	assert_ok(vault_open(&f->vault, f->key_path, &e), &e);
	*state = f;
	return 0;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	vault_close(f->vault);
	store_close(f->data);
	test_database_drop(&f->db);
	free(f);
	return 0;
}

static void test_wrong_key(void **state)
{
	struct fixture *f = *state;
	struct error e = {0};
	assert_ok(vault_check_store(f->vault, f->data, &e), &e);
	assert_ok(vault_mark_store(f->vault, f->data, &e), &e);
	assert_ok(vault_mark_store(f->vault, f->data, &e), &e);
	assert_ok(vault_check_store(f->vault, f->data, &e), &e);
	struct vault *other;
	assert_int_equal(unlink(f->key_path), 0);
	assert_ok(vault_create_key(f->key_path, &e), &e);
	assert_ok(vault_open(&other, f->key_path, &e), &e);
	assert_int_equal(vault_check_store(other, f->data, &e), STATUS_REFUSED);
	assert_string_equal(e.code, "vault.wrong_key");
	assert_int_equal(vault_mark_store(other, f->data, &e), STATUS_REFUSED);
	vault_close(other);
}

static void test_elements(void **state)
{
	struct fixture *f = *state;
	struct error e;
	struct vault_elements elements;
	struct text first[] = {TEXT("given_name"), TEXT("family_name")};
	struct text second[] = {TEXT("uprn"), TEXT("given_name")};
	assert_ok(vault_elements_load(&elements, f->data, &e), &e);
	assert_int_equal(vault_element_no(&elements, TEXT("given_name")), 0);
	assert_ok(vault_elements_add(&elements, f->data, first, 2, &e), &e);
	assert_ok(vault_elements_add(&elements, f->data, second, 2, &e), &e);
	vault_elements_release(&elements);
	assert_ok(vault_elements_load(&elements, f->data, &e), &e);
	assert_int_equal(vault_element_no(&elements, TEXT("given_name")), 1);
	assert_int_equal(vault_element_no(&elements, TEXT("family_name")), 2);
	assert_int_equal(vault_element_no(&elements, TEXT("uprn")), 3);
	assert_true(text_is(elements.ids[3], "uprn"));
	assert_int_equal(elements.count, 4);
	vault_elements_release(&elements);
}

static void put(struct fixture *f, struct bulk *bulk, struct vault_place place, const char *name)
{
	struct error e;
	struct buf packed, sealed;
	buf_init(&packed, 1000);
	buf_init(&sealed, 1000);
	vault_values_append(&packed, 1, text_of(name));
	vault_seal(f->vault, &place, buf_text(&packed), &sealed);
	bulk_int(bulk, place.record_id);
	bulk_int(bulk, place.feed_no);
	bulk_int(bulk, place.row_key);
	bulk_int(bulk, place.version);
	bulk_int(bulk, place.part);
	bulk_blob(bulk, sealed.at, sealed.len);
	assert_ok(bulk_row(bulk, &e), &e);
	buf_release(&packed);
	buf_release(&sealed);
}

enum { RECORDS = 5000 };

/* Each record has two rows of feed 1; the first has two versions; odd ones have a text. Written
 * last record first, so that order has to come from the scan. */
static void fill(struct fixture *f)
{
	struct error e;
	struct bulk *bulk;
	char name[64];
	assert_ok(store_begin(f->data, &e), &e);
	assert_ok(store_bulk_begin(&bulk, f->data, "sealed", "record_id, feed_no, row_key, version, part, sealed", &e),
		  &e);
	for (int64_t record = RECORDS; record >= 1; record--) {
		for (int version = 1; version <= 2; version++) {
			snprintf(name, sizeof name, "Name %d of %d", version, (int)record);
			put(f, bulk, (struct vault_place){record, 1, -5, version, VAULT_IDENTITY}, name);
		}
		put(f, bulk, (struct vault_place){record, 1, 5, 1, VAULT_IDENTITY}, "Other");
		if (record % 2)
			put(f, bulk, (struct vault_place){record, 1, 5, 1, VAULT_TEXT}, "Note");
	}
	assert_ok(bulk_end(bulk, &e), &e);
	assert_ok(store_commit(f->data, &e), &e);
}

struct seen {
	size_t rows, blocks, prepared_rows;
	int64_t last_record;
	enum vault_versions versions;
	size_t stop_after;
};

static bool prepare(void *context, struct vault_block *block)
{
	(void)context;
	size_t names = 0;
	for (size_t i = 0; i < block->count; i++)
		names += text_starts_with(vault_values_find(block->rows[i].packed, 1), TEXT("Name"));
	block->made = (void *)(uintptr_t)names;
	return true;
}

static bool visit(void *context, struct vault_block *block)
{
	struct seen *seen = context;
	assert_int_equal(block->number, seen->blocks);
	assert_true(block->rows[0].record_id > seen->last_record); /* whole records, in order */
	for (size_t i = 0; i < block->count; i++) {
		const struct vault_row *row = &block->rows[i];
		char expected[64];
		if (row->row_key == -5 && seen->versions == VAULT_NEWEST) {
			snprintf(expected, sizeof expected, "Name 2 of %d", (int)row->record_id);
			assert_true(text_is(vault_values_find(row->packed, 1), expected));
			assert_int_equal(row->version, 2);
		}
		assert_true(row->record_id >= seen->last_record);
		seen->last_record = row->record_id;
	}
	seen->rows += block->count;
	seen->prepared_rows += (size_t)(uintptr_t)block->made;
	seen->blocks++;
	return seen->stop_after == 0 || seen->blocks < seen->stop_after;
}

static void test_scan(void **state)
{
	struct fixture *f = *state;
	struct error e;
	fill(f);
	for (unsigned threads = 1; threads <= 4; threads++) {
		for (int versions = VAULT_NEWEST; versions <= VAULT_EVERY_VERSION; versions++) {
			struct seen seen = {.versions = (enum vault_versions)versions};
			struct vault_scan scan = {.part = VAULT_IDENTITY,
						  .versions = seen.versions,
						  .threads = threads,
						  .prepare = prepare,
						  .visit = visit,
						  .context = &seen};
			assert_ok(vault_scan(f->vault, f->data, &scan, &e), &e);
			size_t names = versions == VAULT_NEWEST ? 1 : 2;
			assert_int_equal(seen.rows, RECORDS * (names + 1));
			assert_int_equal(seen.prepared_rows, RECORDS * names);
			assert_int_equal(seen.last_record, RECORDS);
			assert_true(seen.blocks > 1);
		}
	}
	struct seen stopped = {.stop_after = 1};
	struct vault_scan scan = {.part = VAULT_IDENTITY, .prepare = prepare, .visit = visit, .context = &stopped};
	assert_int_equal(vault_scan(f->vault, f->data, &scan, &e), STATUS_INTERRUPTED);
	assert_int_equal(stopped.blocks, 1);
}

static void test_scan_finds_moved_rows(void **state)
{
	struct fixture *f = *state;
	struct error e;
	fill(f);
	assert_ok(store_execute(f->data, "UPDATE sealed SET record_id = 100000 WHERE record_id = 777 AND row_key = 5",
				&e),
		  &e);
	struct seen seen = {.versions = VAULT_EVERY_VERSION};
	struct vault_scan scan = {.part = VAULT_IDENTITY,
				  .versions = VAULT_EVERY_VERSION,
				  .prepare = prepare,
				  .visit = visit,
				  .context = &seen};
	assert_int_equal(vault_scan(f->vault, f->data, &scan, &e), STATUS_CORRUPT);
	assert_string_equal(e.code, "vault.unseal");
}

static void test_open_record(void **state)
{
	struct fixture *f = *state;
	struct error e;
	fill(f);
	struct arena arena;
	arena_init(&arena, 1 << 20);
	arena_keep_secret(&arena);
	struct vault_row *rows;
	size_t count;
	assert_ok(vault_open_record(&rows, &count, f->vault, f->data, 7, VAULT_EVERY_VERSION, &arena, &e), &e);
	assert_int_equal(count, 4);
	assert_ok(vault_open_record(&rows, &count, f->vault, f->data, 7, VAULT_NEWEST, &arena, &e), &e);
	assert_int_equal(count, 3);
	assert_true(text_is(vault_values_find(rows[0].packed, 1), "Name 2 of 7"));
	assert_int_equal(rows[2].part, VAULT_TEXT);
	assert_ok(vault_open_record(&rows, &count, f->vault, f->data, 700000, VAULT_NEWEST, &arena, &e), &e);
	assert_int_equal(count, 0);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_wrong_key, make, drop),
		cmocka_unit_test_setup_teardown(test_elements, make, drop),
		cmocka_unit_test_setup_teardown(test_scan, make, drop),
		cmocka_unit_test_setup_teardown(test_scan_finds_moved_rows, make, drop),
		cmocka_unit_test_setup_teardown(test_open_record, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
