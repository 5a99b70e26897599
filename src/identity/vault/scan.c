/* Reading many sealed rows.
 *
 * The calling thread reads rows into blocks and visits finished blocks in order; workers
 * unseal blocks in place.  Blocks go round a ring, so memory is bounded, and order comes from
 * the ring, so the result is the same for any number of threads.
 */
#include "vault/vault_int.h"

#include "base/memory.h"
#include "base/threads.h"
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>

enum { BLOCK_ROWS = 4096, BLOCK_BYTES = 2 << 20, RING_EXTRA = 3 };

enum block_state { BLOCK_FREE, BLOCK_FILLED, BLOCK_TAKEN, BLOCK_DONE };

struct ring_block {
	enum block_state state;
	struct vault_row *rows; /* packed.at holds an offset into bytes until the block is filled */
	size_t row_capacity;
	struct buf bytes;
	struct vault_block view;
	bool corrupt, stopped;
	struct vault_place bad;
};

struct scan_job {
	const struct vault *vault;
	const struct vault_scan *scan;
	pthread_mutex_t lock;
	pthread_cond_t filled, done;
	struct ring_block *ring;
	size_t ring_size;
	size_t next_fill, next_take, next_visit; /* block numbers */
	bool closed;                             /* no more blocks will come */
};

static struct ring_block *ring_at(struct scan_job *job, size_t number)
{
	return &job->ring[number % job->ring_size];
}

/* ---- unsealing --------------------------------------------------------------------------------- */

static void block_unseal(struct scan_job *job, struct ring_block *block)
{
	for (size_t i = 0; i < block->view.count && !block->corrupt; i++) {
		struct vault_row *row = &block->rows[i];
		struct vault_place place = {row->record_id, row->feed_no, row->row_key, row->version, row->part};
		char *out = (char *)row->packed.at + VAULT_OVERHEAD - crypto_aead_xchacha20poly1305_ietf_ABYTES;
		size_t len;
		if (!vault_unseal_into(job->vault, &place, row->packed, out, &len)) {
			block->corrupt = true;
			block->bad = place;
		}
		row->packed = text_slice(out, len);
	}
	if (!block->corrupt && job->scan->prepare && !job->scan->prepare(job->scan->context, &block->view))
		block->stopped = true;
}

/* Takes the next filled block, unseals it; false when none is waiting. Called and returns locked. */
static bool work_once(struct scan_job *job)
{
	if (job->next_take == job->next_fill)
		return false;
	struct ring_block *block = ring_at(job, job->next_take++);
	block->state = BLOCK_TAKEN;
	pthread_mutex_unlock(&job->lock);
	block_unseal(job, block);
	pthread_mutex_lock(&job->lock);
	block->state = BLOCK_DONE;
	pthread_cond_broadcast(&job->done);
	return true;
}

static void *worker_run(void *argument)
{
	struct scan_job *job = argument;
	pthread_mutex_lock(&job->lock);
	for (;;) {
		if (work_once(job))
			continue;
		if (job->closed)
			break;
		pthread_cond_wait(&job->filled, &job->lock);
	}
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

/* ---- filling ------------------------------------------------------------------------------------- */

struct row_reader {
	struct statement *select;
	int record_id, feed_no, row_key, version, part, sealed;
};

static enum status reader_open(struct row_reader *reader, struct store *store, const char *sql, struct error *error)
{
	enum status status = store_prepare(&reader->select, store, sql, error);
	if (status)
		return status;
	reader->record_id = statement_column(reader->select, "record_id");
	reader->feed_no = statement_column(reader->select, "feed_no");
	reader->row_key = statement_column(reader->select, "row_key");
	reader->version = statement_column(reader->select, "version");
	reader->part = statement_column(reader->select, "part");
	reader->sealed = statement_column(reader->select, "sealed");
	return STATUS_OK;
}

static struct vault_row reader_row(const struct row_reader *reader)
{
	return (struct vault_row){.record_id = statement_int(reader->select, reader->record_id),
				  .row_key = statement_int(reader->select, reader->row_key),
				  .feed_no = (int32_t)statement_int(reader->select, reader->feed_no),
				  .version = (int32_t)statement_int(reader->select, reader->version),
				  .part = (enum vault_part)statement_int(reader->select, reader->part),
				  .packed = statement_blob(reader->select, reader->sealed)};
}

static bool same_row(const struct vault_row *a, const struct vault_row *b)
{
	return a->record_id == b->record_id && a->feed_no == b->feed_no && a->row_key == b->row_key &&
	       a->part == b->part;
}

static void block_add(struct ring_block *block, const struct vault_row *row, enum vault_versions versions)
{
	size_t at = block->view.count;
	if (versions == VAULT_NEWEST && at > 0 && same_row(&block->rows[at - 1], row))
		at--; /* a newer version of the same row takes its place */
	ARRAY_GROW(block->rows, at, block->row_capacity);
	size_t offset = block->bytes.len;
	buf_append(&block->bytes, row->packed.at, row->packed.len);
	block->rows[at] = *row;
	block->rows[at].packed.at = (const char *)(uintptr_t)offset;
	block->view.count = at + 1;
}

static void block_finish(struct ring_block *block, size_t number)
{
	for (size_t i = 0; i < block->view.count; i++)
		block->rows[i].packed.at = block->bytes.at + (uintptr_t)block->rows[i].packed.at;
	block->view.rows = block->rows;
	block->view.number = number;
}

static void block_empty(struct ring_block *block)
{
	if (block->bytes.at)
		sodium_memzero(block->bytes.at, block->bytes.len);
	buf_clear(&block->bytes);
	block->view = (struct vault_block){0};
	block->state = BLOCK_FREE;
}

static bool block_is_full(const struct ring_block *block, const struct vault_row *row)
{
	size_t count = block->view.count;
	return (count >= BLOCK_ROWS || block->bytes.len >= BLOCK_BYTES) &&
	       block->rows[count - 1].record_id != row->record_id;
}

/* ---- visiting -------------------------------------------------------------------------------------- */

static enum status block_outcome(const struct ring_block *block, struct error *error)
{
	if (block->stopped)
		return error_set(error, STATUS_INTERRUPTED, "vault.stopped", "Reading the vault was stopped");
	if (!block->corrupt)
		return STATUS_OK;
	error_set(error, STATUS_CORRUPT, "vault.unseal",
		  "A sealed value of record %lld, feed %lld does not open: it was changed or moved",
		  (long long)block->bad.record_id, (long long)block->bad.feed_no);
	error_remedy(error, "Restore the database from a backup that verifies");
	return STATUS_CORRUPT;
}

/* Waits for the oldest block, visits it and frees its place. Called and returns locked. */
static enum status visit_oldest(struct scan_job *job, struct error *error)
{
	struct ring_block *block = ring_at(job, job->next_visit);
	while (block->state != BLOCK_DONE) {
		if (!work_once(job) && block->state != BLOCK_DONE)
			pthread_cond_wait(&job->done, &job->lock);
	}
	pthread_mutex_unlock(&job->lock);
	enum status status = block_outcome(block, error);
	if (status == STATUS_OK && job->scan->visit && !job->scan->visit(job->scan->context, &block->view)) {
		block->stopped = true;
		status = block_outcome(block, error);
	}
	block_empty(block);
	pthread_mutex_lock(&job->lock);
	job->next_visit++;
	return status;
}

static enum status hand_over(struct scan_job *job, struct ring_block *block, struct error *error)
{
	block_finish(block, job->next_fill);
	pthread_mutex_lock(&job->lock);
	block->state = BLOCK_FILLED;
	job->next_fill++;
	pthread_cond_signal(&job->filled);
	enum status status = STATUS_OK;
	while (status == STATUS_OK && job->next_visit < job->next_fill &&
	       (job->next_fill - job->next_visit == job->ring_size ||
		ring_at(job, job->next_visit)->state == BLOCK_DONE))
		status = visit_oldest(job, error);
	pthread_mutex_unlock(&job->lock);
	return status;
}

/* CROSS JOIN: SQLite then goes through the few records and looks each up. */
static const char *scan_sql(const struct vault_scan *scan, struct buf *sql)
{
	buf_format(sql, "SELECT s.record_id, s.feed_no, s.row_key, s.version, s.part, s.sealed FROM ");
	if (scan->within)
		buf_format(sql, "%s w CROSS JOIN sealed s WHERE s.record_id = w.record_id AND ", scan->within);
	else
		buf_format(sql, "sealed s WHERE ");
	buf_format(sql, "s.part = :part");
	for (size_t i = 0; scan->feeds && i < scan->feed_count; i++)
		buf_format(sql, "%s%d", i ? ", " : " AND s.feed_no IN (", (int)scan->feeds[i]);
	buf_format(sql, "%s ORDER BY %s.record_id, s.feed_no, s.row_key, s.version, s.part",
		   scan->feeds && scan->feed_count ? ")" : "", scan->within ? "w" : "s");
	return sql->at;
}

static enum status read_all(struct scan_job *job, struct store *store, struct error *error)
{
	struct row_reader reader;
	struct buf sql;
	buf_init(&sql, 1 << 20);
	enum status status = reader_open(&reader, store, scan_sql(job->scan, &sql), error);
	buf_release(&sql);
	if (status)
		return status;
	statement_bind_int(reader.select, "part", (int64_t)job->scan->part);
	statement_stream(reader.select);
	struct ring_block *block = ring_at(job, 0);
	bool more;
	while ((status = statement_step(reader.select, &more, error)) == STATUS_OK && more) {
		struct vault_row row = reader_row(&reader);
		if (block_is_full(block, &row)) {
			status = hand_over(job, block, error);
			if (status)
				break;
			block = ring_at(job, job->next_fill);
		}
		block_add(block, &row, job->scan->versions);
	}
	statement_reset(reader.select);
	statement_done(reader.select);
	if (status == STATUS_OK && block->view.count)
		status = hand_over(job, block, error);
	return status;
}

static enum status read_and_visit(struct scan_job *job, struct store *store, struct error *error)
{
	enum status status = read_all(job, store, error);
	pthread_mutex_lock(&job->lock);
	while (status == STATUS_OK && job->next_visit < job->next_fill)
		status = visit_oldest(job, error);
	job->closed = true;
	job->next_take = job->next_fill; /* after a failure the rest is not wanted */
	pthread_cond_broadcast(&job->filled);
	pthread_mutex_unlock(&job->lock);
	return status;
}

enum status vault_scan(const struct vault *vault, struct store *store, const struct vault_scan *scan,
		       struct error *error)
{
	unsigned threads = scan->threads ? scan->threads : threads_available();
	struct scan_job job = {.vault = vault, .scan = scan, .ring_size = threads + RING_EXTRA};
	pthread_mutex_init(&job.lock, NULL);
	pthread_cond_init(&job.filled, NULL);
	pthread_cond_init(&job.done, NULL);
	job.ring = memory_alloc(job.ring_size, sizeof *job.ring);
	for (size_t i = 0; i < job.ring_size; i++)
		buf_init(&job.ring[i].bytes, SIZE_MAX / 2);
	/* The calling thread unseals too while it waits: with one thread there is no worker at all. */
	pthread_t *workers = memory_alloc(threads, sizeof *workers);
	unsigned started = 0;
	while (started + 1 < threads && pthread_create(&workers[started], NULL, worker_run, &job) == 0)
		started++;
	enum status status = read_and_visit(&job, store, error);
	for (unsigned i = 0; i < started; i++)
		pthread_join(workers[i], NULL);
	for (size_t i = 0; i < job.ring_size; i++) {
		buf_wipe(&job.ring[i].bytes);
		buf_release(&job.ring[i].bytes);
		free(job.ring[i].rows);
	}
	free(job.ring);
	free(workers);
	pthread_cond_destroy(&job.done);
	pthread_cond_destroy(&job.filled);
	pthread_mutex_destroy(&job.lock);
	return status;
}

/* ---- one record ------------------------------------------------------------------------------------- */

static enum status open_row(const struct vault *vault, struct vault_row *row, struct arena *arena, struct error *error)
{
	struct vault_place place = {row->record_id, row->feed_no, row->row_key, row->version, row->part};
	char *out = arena_alloc(arena, row->packed.len + 1);
	size_t len;
	if (!vault_unseal_into(vault, &place, row->packed, out, &len)) {
		struct ring_block bad = {.corrupt = true, .bad = place};
		return block_outcome(&bad, error);
	}
	row->packed = text_slice(out, len);
	return STATUS_OK;
}

struct row_list {
	struct vault_row *at;
	size_t count, capacity;
};

static enum status collect_rows(struct row_list *list, struct row_reader *reader, const struct vault *vault,
				enum vault_versions versions, struct arena *arena, struct error *error)
{
	enum status status;
	bool more;
	while ((status = statement_step(reader->select, &more, error)) == STATUS_OK && more) {
		struct vault_row row = reader_row(reader);
		status = open_row(vault, &row, arena, error);
		if (status)
			break;
		if (versions == VAULT_NEWEST && list->count && same_row(&list->at[list->count - 1], &row))
			list->count--;
		ARRAY_GROW(list->at, list->count, list->capacity);
		list->at[list->count++] = row;
	}
	statement_reset(reader->select);
	return status;
}

enum status vault_open_record(struct vault_row **rows, size_t *count, const struct vault *vault, struct store *store,
			      int64_t record_id, enum vault_versions versions, struct arena *arena, struct error *error)
{
	*rows = NULL;
	*count = 0;
	struct row_reader reader;
	/* Parts before versions, so that the newest of each part comes last in its run. */
	enum status status = reader_open(&reader, store,
					 "SELECT record_id, feed_no, row_key, version, part, sealed FROM sealed "
					 "WHERE record_id = :record_id ORDER BY feed_no, row_key, part, version",
					 error);
	if (status)
		return status;
	statement_bind_int(reader.select, "record_id", record_id);
	struct row_list list = {0};
	status = collect_rows(&list, &reader, vault, versions, arena, error);
	statement_done(reader.select);
	if (status == STATUS_OK && list.count) {
		*rows = ARENA_ARRAY(arena, list.count, struct vault_row);
		memcpy(*rows, list.at, list.count * sizeof *list.at);
		*count = list.count;
	}
	free(list.at);
	return status;
}
