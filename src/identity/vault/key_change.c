/* A new master key: everything sealed anew.
 *
 * The steps, each of which may be the last before a crash:
 *   1. KEY.hashes is written (once in a workspace's life): the hashes stay under the first key;
 *   2. KEY.next, the key to come, is written: from here on vault_open() refuses;
 *      only who serves goes on, under both keys, and is waited for until it has them;
 *   3. every sealed value and archive that does not open under the next key is opened under the present one and
 *      sealed under the next;
 *   4. the marks in the data shelf are replaced, and what was done is recorded;
 *   5. KEY becomes KEY.old, and KEY.next becomes KEY.
 */
#include "vault/disclosure.h"
#include "vault/vault_int.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 4000, BATCH_BYTES_MAX = 256 << 20, VALUE_MAX = 64 << 20 };

const struct sealed_rows vault_sealed_rows = {
	.title = "names, addresses and notes",
	.select = "SELECT record_id, feed_no, row_key, version, part, sealed FROM sealed WHERE "
		  "(record_id, feed_no, row_key, version, part) > (:record_id, :feed_no, :row_key, :version, :part) "
		  "ORDER BY record_id, feed_no, row_key, version, part LIMIT :most",
	.update = "UPDATE sealed SET sealed = :sealed WHERE record_id = :record_id AND feed_no = :feed_no AND "
		  "row_key = :row_key AND version = :version AND part = :part",
	.place = {"record_id", "feed_no", "row_key", "version", "part"}};

struct changing {
	const struct vault_change *change;
	struct vault_change_report *report;
	char next[VAULT_PATH_SIZE], old[VAULT_PATH_SIZE], hashes[VAULT_PATH_SIZE];
	struct vault *from, *to;
};

/* ---- values -------------------------------------------------------------------------------------------- */

struct sealed_value {
	struct vault_place place;
	struct text sealed;
};
struct batch {
	struct sealed_value *at;
	size_t count;
	struct arena arena;
};

static int64_t part_of(const struct vault_place *place, const char *name)
{
	return strcmp(name, "record_id") == 0 ? place->record_id
	       : strcmp(name, "feed_no") == 0 ? place->feed_no
	       : strcmp(name, "row_key") == 0 ? place->row_key
	       : strcmp(name, "version") == 0 ? place->version
					      : (int64_t)place->part;
}

static void bind_place(struct statement *statement, const struct sealed_rows *rows, const struct vault_place *place)
{
	for (size_t i = 0; rows->place[i]; i++)
		statement_bind_int(statement, rows->place[i], part_of(place, rows->place[i]));
}

/* The next values behind AFTER. */
static enum status read_batch(struct batch *batch, const struct vault_table *table, const struct vault_place *after,
			      struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, table->store, table->rows->select, error);
	if (status)
		return status;
	bind_place(query, table->rows, after);
	statement_bind_int(query, "most", BATCH);
	int record = statement_column(query, "record_id"), feed = statement_column(query, "feed_no"),
	    key = statement_column(query, "row_key"), version = statement_column(query, "version"),
	    part = statement_column(query, "part"), sealed = statement_column(query, "sealed");
	bool row;
	batch->count = 0;
	batch->at = ARENA_ARRAY(&batch->arena, BATCH, struct sealed_value);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && batch->count < BATCH)
		batch->at[batch->count++] = (struct sealed_value){
			{statement_int(query, record), statement_int(query, feed), statement_int(query, key),
			 statement_int(query, version), (enum vault_part)statement_int(query, part)},
			statement_is_null(query, sealed) ? TEXT_ABSENT
							 : arena_text(&batch->arena, statement_blob(query, sealed))};
	statement_done(query);
	return status;
}

/* PLAIN has room for the value; *RESEALED false: it opens under the new key already. */
static enum status reseal_value(struct changing *c, struct sealed_value *value, struct buf *plain, struct buf *sealed,
				bool *resealed, struct error *error)
{
	size_t len;
	buf_wipe(plain);
	buf_clear(sealed);
	*resealed = false;
	if (!buf_reserve(plain, value->sealed.len + 1))
		return error_set(error, STATUS_TOO_LARGE, "vault.too_large", "A sealed value is too large");
	if (vault_unseal_into(c->to, &value->place, value->sealed, plain->at, &len))
		return STATUS_OK;
	enum status status = vault_unseal(c->from, &value->place, value->sealed, plain, error);
	if (status == STATUS_OK)
		vault_seal(c->to, &value->place, buf_text(plain), sealed);
	*resealed = status == STATUS_OK;
	return status;
}

static enum status write_value(const struct vault_table *table, const struct sealed_value *value, struct text sealed,
			       struct error *error)
{
	struct statement *update;
	enum status status = store_prepare(&update, table->store, table->rows->update, error);
	if (status)
		return status;
	bind_place(update, table->rows, &value->place);
	statement_bind_blob(update, "sealed", sealed.at, sealed.len);
	status = statement_run(update, NULL, error);
	statement_done(update);
	return status;
}

static enum status reseal_batch(struct changing *c, const struct vault_table *table, struct batch *batch,
				struct error *error)
{
	struct buf plain, sealed;
	enum status status = store_begin(table->store, error);
	int64_t count = 0;
	buf_init(&plain, VALUE_MAX);
	buf_init(&sealed, VALUE_MAX);
	for (size_t i = 0; i < batch->count && status == STATUS_OK; i++) {
		bool resealed = false;
		if (text_is_absent(batch->at[i].sealed))
			continue;
		status = reseal_value(c, &batch->at[i], &plain, &sealed, &resealed, error);
		if (status == STATUS_OK && resealed)
			status = write_value(table, &batch->at[i], buf_text(&sealed), error);
		count += resealed;
	}
	if (status == STATUS_OK)
		status = store_commit(table->store, error);
	if (status == STATUS_OK)
		c->report->values += count;
	store_rollback(table->store);
	buf_wipe(&plain);
	buf_release(&plain);
	buf_release(&sealed);
	return status;
}

static enum status asked_to_stop(const struct changing *c, struct error *error)
{
	if (c->change->stop && atomic_load(c->change->stop))
		return error_set(error, STATUS_INTERRUPTED, "vault.stopped", "The change was stopped");
	return STATUS_OK;
}

static enum status reseal_table(struct changing *c, const struct vault_table *table, struct error *error)
{
	struct vault_place after = {0}; /* what stands first in each place is above 0 */
	enum status status = STATUS_OK;
	size_t count = BATCH;
	while (status == STATUS_OK && count == BATCH) {
		struct batch batch;
		arena_init(&batch.arena, BATCH_BYTES_MAX);
		status = asked_to_stop(c, error);
		if (status == STATUS_OK)
			status = read_batch(&batch, table, &after, error);
		count = status == STATUS_OK ? batch.count : 0;
		if (count) {
			after = batch.at[count - 1].place;
			status = reseal_batch(c, table, &batch, error);
		}
		arena_release(&batch.arena);
	}
	return status;
}

/* ---- archives -------------------------------------------------------------------------------------------- */

static enum status reseal_archives(struct changing *c, struct error *error)
{
	struct arena arena;
	struct text *names;
	size_t count = 0;
	arena_init(&arena, 64 << 20);
	enum status status = file_list(c->change->archive, &arena, &names, &count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		bool resealed = false;
		const char *path =
			arena_copy(&arena, arena_format(&arena, "%s/%.*s", c->change->archive, TEXT_ARG(names[i])));
		status = asked_to_stop(c, error);
		if (status == STATUS_OK && text_ends_with(names[i], TEXT(".part")))
			(void)unlink(path); /* left by a change that was killed */
		else if (status == STATUS_OK)
			status = vault_reseal_archive(c->from, c->to, path, &resealed, error);
		c->report->archives += status == STATUS_OK && resealed;
	}
	arena_release(&arena);
	return status ? status : vault_sync_folder(c->change->archive, error);
}

/* ---- the files of the keys ---------------------------------------------------------------------------------- */

static enum status sync_keys(const struct changing *c, struct error *error)
{
	const char *slash = strrchr(c->change->key_path, '/');
	char folder[VAULT_PATH_SIZE];
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - c->change->key_path) : 1,
		 slash ? c->change->key_path : ".");
	return vault_sync_folder(folder, error);
}

/* The first key of all goes on as the key of the hashes. */
static enum status keep_hash_key(struct changing *c, struct error *error)
{
	unsigned char *first;
	if (file_exists(c->hashes))
		return STATUS_OK;
	first = sodium_malloc(VAULT_KEY_SIZE);
	if (!first)
		return error_set(error, STATUS_NO_MEMORY, "vault.memory", "There is no memory for the keys");
	enum status status = key_file_read(c->change->key_path, &vault_master_key, first, error);
	if (status == STATUS_OK)
		status = key_file_write(c->hashes, &vault_hash_key, first, error);
	sodium_free(first);
	return status;
}

static enum status begin_change(struct changing *c, struct error *error)
{
	struct vault *present;
	if (file_exists(c->old)) {
		error_set(error, STATUS_CONFLICT, "vault.key_old",
			  "The key from before the last change is still there");
		error_remedy(error,
			     "move it to where the backups' keys are kept: backups made before that change need it");
		error_at(error, c->old, 0, 0);
		return STATUS_CONFLICT;
	}
	enum status status = vault_open(&present, c->change->key_path, error);
	if (status == STATUS_OK)
		status = vault_mark_store(present, c->change->data, error);
	vault_close(present);
	if (status == STATUS_OK)
		status = keep_hash_key(c, error);
	if (status == STATUS_OK)
		status = sync_keys(c, error);
	if (status == STATUS_OK)
		status = vault_create_key(c->next, error);
	return status ? status : sync_keys(c, error);
}

static enum status rename_key(const char *from, const char *to, struct error *error)
{
	if (rename(from, to) == 0)
		return STATUS_OK;
	enum status status = error_set_errno(error, errno, "vault.key_write", "The key cannot be put in place");
	error_at(error, to, 0, 0);
	return status;
}

static enum status finish_change(struct changing *c, struct error *error)
{
	enum status status = STATUS_OK;
	if (file_exists(c->change->key_path))
		status = rename_key(c->change->key_path, c->old, error);
	if (status == STATUS_OK)
		status = rename_key(c->next, c->change->key_path, error);
	return status ? status : sync_keys(c, error);
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

/* The present key may have become the old one already. */
static enum status open_both(struct changing *c, struct error *error)
{
	const char *key = c->change->key_path;
	enum status status = vault_open_keys(&c->from, file_exists(key) ? key : c->old, key, error);
	return status ? status : vault_open_keys(&c->to, c->next, key, error);
}

static enum status replace_marks(struct changing *c, struct error *error)
{
	enum status status = store_begin(c->change->data, error);
	if (status == STATUS_OK)
		status = vault_replace_marks(c->to, c->change->data, error);
	if (status == STATUS_OK)
		status = store_commit(c->change->data, error);
	store_rollback(c->change->data);
	return status;
}

static enum status reseal_tables(struct changing *c, bool data_too, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < c->change->table_count && status == STATUS_OK; i++)
		if (data_too || c->change->tables[i].store != c->change->data)
			status = reseal_table(c, &c->change->tables[i], error);
	return status;
}

/* What a server had sealed under the old key when it got the new one may come into the desk behind us. Nobody but the
 * holder of the workspace's lock writes sealed values into the data shelf. */
static enum status reseal_late(struct changing *c, struct error *error)
{
	int64_t before = -1;
	enum status status = STATUS_OK;
	while (status == STATUS_OK && c->change->wait_for_servers && before != c->report->values) {
		before = c->report->values;
		status = reseal_tables(c, false, error);
	}
	return status;
}

static enum status change_all(struct changing *c, struct error *error)
{
	enum status status = open_both(c, error);
	if (status == STATUS_OK && c->change->wait_for_servers)
		status = c->change->wait_for_servers(c->change->context, error);
	if (status == STATUS_OK)
		status = reseal_tables(c, true, error);
	if (status == STATUS_OK)
		status = reseal_late(c, error);
	if (status == STATUS_OK)
		status = reseal_archives(c, error);
	if (status == STATUS_OK)
		status = replace_marks(c, error);
	if (status == STATUS_OK && c->change->record)
		status = c->change->record(c->change->context, c->report, error);
	return status ? status : finish_change(c, error);
}

enum status vault_change_key(const struct vault_change *change, struct vault_change_report *report, struct error *error)
{
	struct changing c = {.change = change, .report = report};
	*report = (struct vault_change_report){0};
	enum status status = vault_key_beside(c.next, change->key_path, VAULT_NEXT_SUFFIX, error);
	if (status == STATUS_OK)
		status = vault_key_beside(c.old, change->key_path, VAULT_OLD_SUFFIX, error);
	if (status == STATUS_OK)
		status = vault_key_beside(c.hashes, change->key_path, VAULT_HASHES_SUFFIX, error);
	if (status)
		return status;
	report->resumed = file_exists(c.next);
	if (!report->resumed)
		status = begin_change(&c, error);
	if (status == STATUS_OK)
		status = change_all(&c, error);
	vault_close(c.from);
	vault_close(c.to);
	return status;
}
