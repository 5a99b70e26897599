#include "base/memory.h"
#include "intake/intake_int.h"

#include <pthread.h>
#include <stdlib.h>

enum { KNOWN_FIRST_SLOTS = 1024 };

/* Row keys are keyed hashes already: their low bits are as good as any. */
static size_t known_slot(const struct known_feed *known, int64_t row_key)
{
	size_t at = (uint64_t)row_key & (known->slot_count - 1);
	while (known->slots[at] && known->rows[known->slots[at] - 1].row_key != row_key)
		at = (at + 1) & (known->slot_count - 1);
	return at;
}

struct known_row *known_find(const struct known_feed *known, int64_t row_key)
{
	if (known->count == 0)
		return NULL;
	size_t slot = known_slot(known, row_key);
	return known->slots[slot] ? &known->rows[known->slots[slot] - 1] : NULL;
}

static void known_widen(struct known_feed *known)
{
	free(known->slots);
	known->slot_count = known->slot_count ? known->slot_count * 2 : KNOWN_FIRST_SLOTS;
	known->slots = memory_alloc(known->slot_count, sizeof *known->slots);
	for (size_t i = 0; i < known->count; i++)
		known->slots[known_slot(known, known->rows[i].row_key)] = (uint32_t)i + 1;
}

struct known_row *known_add(struct known_feed *known, int64_t row_key)
{
	if ((known->count + 1) * 2 > known->slot_count)
		known_widen(known);
	ARRAY_GROW(known->rows, known->count, known->capacity);
	struct known_row *row = &known->rows[known->count];
	*row = (struct known_row){.row_key = row_key};
	known->slots[known_slot(known, row_key)] = (uint32_t)++known->count;
	return row;
}

void known_release(struct known_feed *known)
{
	free(known->rows);
	free(known->slots);
	*known = (struct known_feed){0};
}

/* ---- from the database ------------------------------------------------------------------------------ */

/* Reading rows takes as long as finding their places in the tables, so a second thread does the latter. */
enum { BLOCK_ROWS = 8192, BLOCKS = 4 };

struct found_row {
	struct known_row row;
	int64_t feed_no;
};

struct found_block {
	struct found_row *rows;
	size_t count;
};

struct finder {
	struct known_feed **by_feed_no;
	size_t feeds;
	struct found_block blocks[BLOCKS];
	size_t filled, taken; /* block numbers */
	bool closed, has_thread;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

/* The newest version of a row counts; they come in any order. */
static void take_block(struct finder *finder, struct found_block *block)
{
	for (size_t i = 0; i < block->count; i++) {
		const struct found_row *found = &block->rows[i];
		struct known_feed *known = finder->by_feed_no[found->feed_no];
		struct known_row *row = known_find(known, found->row.row_key);
		if (!row)
			row = known_add(known, found->row.row_key);
		if (row->version < found->row.version)
			*row = found->row;
	}
	block->count = 0;
}

static void *finder_run(void *argument)
{
	struct finder *finder = argument;
	pthread_mutex_lock(&finder->lock);
	for (;;) {
		while (finder->taken == finder->filled && !finder->closed)
			pthread_cond_wait(&finder->changed, &finder->lock);
		if (finder->taken == finder->filled)
			break;
		pthread_mutex_unlock(&finder->lock);
		take_block(finder, &finder->blocks[finder->taken % BLOCKS]);
		pthread_mutex_lock(&finder->lock);
		finder->taken++;
		pthread_cond_signal(&finder->changed);
	}
	pthread_mutex_unlock(&finder->lock);
	return NULL;
}

static void finder_open(struct finder *finder, struct known_feed **by_feed_no, size_t feeds)
{
	*finder = (struct finder){.by_feed_no = by_feed_no, .feeds = feeds};
	for (size_t i = 0; i < BLOCKS; i++)
		finder->blocks[i].rows = memory_alloc(BLOCK_ROWS, sizeof(struct found_row));
	pthread_mutex_init(&finder->lock, NULL);
	pthread_cond_init(&finder->changed, NULL);
	finder->has_thread = pthread_create(&finder->thread, NULL, finder_run, finder) == 0;
}

/* The block that is being filled is full, or the last: the next one is free on return. */
static void finder_give(struct finder *finder)
{
	if (!finder->has_thread) {
		take_block(finder, &finder->blocks[finder->filled % BLOCKS]);
		return;
	}
	pthread_mutex_lock(&finder->lock);
	finder->filled++;
	pthread_cond_signal(&finder->changed);
	while (finder->filled - finder->taken == BLOCKS)
		pthread_cond_wait(&finder->changed, &finder->lock);
	pthread_mutex_unlock(&finder->lock);
}

static void finder_close(struct finder *finder)
{
	finder_give(finder);
	pthread_mutex_lock(&finder->lock);
	finder->closed = true;
	pthread_cond_signal(&finder->changed);
	pthread_mutex_unlock(&finder->lock);
	if (finder->has_thread)
		pthread_join(finder->thread, NULL);
	for (size_t i = 0; i < BLOCKS; i++)
		free(finder->blocks[i].rows);
	pthread_mutex_destroy(&finder->lock);
	pthread_cond_destroy(&finder->changed);
}

static void finder_add(struct finder *finder, const struct found_row *found)
{
	if (found->feed_no < 0 || (size_t)found->feed_no >= finder->feeds || !finder->by_feed_no[found->feed_no])
		return;
	struct found_block *block = &finder->blocks[finder->filled % BLOCKS];
	block->rows[block->count++] = *found;
	if (block->count == BLOCK_ROWS)
		finder_give(finder);
}

/* One pass over the facts, whatever the number of feeds: feeds are spread over the whole table. */
static enum status known_read(struct finder *finder, struct statement *select, struct error *error)
{
	int record_id = statement_column(select, "record_id"), feed_no = statement_column(select, "feed_no"),
	    row_key = statement_column(select, "row_key"), version = statement_column(select, "version"),
	    row_hash = statement_column(select, "row_hash"), seal_hash = statement_column(select, "seal_hash"),
	    ended_by = statement_column(select, "ended_by");
	enum status status;
	bool more;
	statement_stream(select);
	while ((status = statement_step(select, &more, error)) == STATUS_OK && more)
		finder_add(finder, &(struct found_row){.feed_no = statement_int(select, feed_no),
						       .row = {.row_key = statement_int(select, row_key),
							       .record_id = statement_int(select, record_id),
							       .version = (int32_t)statement_int(select, version),
							       .row_hash = statement_int(select, row_hash),
							       .seal_hash = statement_int(select, seal_hash),
							       .ended = !statement_is_null(select, ended_by)}});
	return status;
}

/* A version that was overtaken has a newer one, so it need not be read. */
static const char all_feeds[] = "SELECT record_id, feed_no, row_key, version, row_hash, seal_hash, ended_by FROM fact "
				"WHERE (ended_how IS NULL OR ended_how = 2)";
static const char one_feed[] = "SELECT record_id, feed_no, row_key, version, row_hash, seal_hash, ended_by FROM fact "
			       "WHERE (ended_how IS NULL OR ended_how = 2) AND feed_no = :feed_no";

enum status known_load(struct known_feed **by_feed_no, size_t count, struct store *store, struct error *error)
{
	size_t wanted = 0;
	int64_t only = 0;
	for (size_t i = 0; i < count; i++) {
		if (by_feed_no[i])
			wanted++, only = (int64_t)i;
	}
	if (wanted == 0)
		return STATUS_OK;
	struct statement *select;
	enum status status = store_prepare(&select, store, wanted == 1 ? one_feed : all_feeds, error);
	if (status)
		return status;
	if (wanted == 1)
		statement_bind_int(select, "feed_no", only);
	struct finder finder;
	finder_open(&finder, by_feed_no, count);
	status = known_read(&finder, select, error);
	finder_close(&finder);
	statement_done(select);
	for (size_t i = 0; i < count; i++) {
		if (by_feed_no[i])
			by_feed_no[i]->loaded = status == STATUS_OK;
	}
	return status;
}
