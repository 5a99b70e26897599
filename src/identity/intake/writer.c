/* The writing thread: takes batches in order and owns the store while it has any. */
#include "base/memory.h"
#include "intake/intake_int.h"

#include <sodium.h>
#include <stdlib.h>

enum { BATCH_ROWS_MOST = 4096, BATCH_BYTES_MOST = 2 << 20, QUEUE_MOST = 8 };

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t given, taken;
	struct batch *first, **last; /* waiting */
	struct batch *pool;
	size_t waiting;
	bool busy;
	struct write_state *state;
	enum status status;
	struct error error;
};

bool batch_is_full(const struct batch *batch)
{
	return batch->facts.count + batch->quarantine.count + batch->ends.count >= BATCH_ROWS_MOST ||
	       batch->bytes.len >= BATCH_BYTES_MOST;
}

static void batch_empty(struct batch *batch)
{
	if (batch->bytes.at)
		sodium_memzero(batch->bytes.at, batch->bytes.len);
	buf_clear(&batch->bytes);
	batch->facts.count = batch->seals.count = batch->records.count = 0;
	batch->references.count = batch->ends.count = batch->quarantine.count = 0;
}

static void batch_free(struct batch *batch)
{
	buf_release(&batch->bytes);
	free(batch->facts.at);
	free(batch->seals.at);
	free(batch->records.at);
	free(batch->references.at);
	free(batch->ends.at);
	free(batch->quarantine.at);
	free(batch);
}

static void take_on(struct writer *writer, struct batch *batch)
{
	pthread_mutex_unlock(&writer->lock);
	struct error error;
	/* After a failure everything else is only taken off the queue. */
	enum status status = writer->status ? STATUS_OK : write_batch(writer->state, batch, &error);
	batch_empty(batch);
	pthread_mutex_lock(&writer->lock);
	if (status) {
		writer->status = status;
		writer->error = error;
	}
	batch->next = writer->pool;
	writer->pool = batch;
}

static void *writer_run(void *argument)
{
	struct writer *writer = argument;
	bool stop = false;
	pthread_mutex_lock(&writer->lock);
	while (!stop) {
		while (!writer->first)
			pthread_cond_wait(&writer->given, &writer->lock);
		struct batch *batch = writer->first;
		writer->first = batch->next;
		if (!writer->first)
			writer->last = &writer->first;
		writer->waiting--;
		writer->busy = true;
		stop = batch->kind == BATCH_STOP;
		take_on(writer, batch);
		writer->busy = false;
		pthread_cond_broadcast(&writer->taken);
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

struct writer *writer_start(struct store *store)
{
	struct writer *writer = memory_alloc(1, sizeof *writer);
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->given, NULL);
	pthread_cond_init(&writer->taken, NULL);
	writer->last = &writer->first;
	writer->state = write_state_new(store);
	if (pthread_create(&writer->thread, NULL, writer_run, writer)) {
		write_state_free(writer->state);
		free(writer);
		return NULL;
	}
	return writer;
}

struct batch *writer_batch(struct writer *writer, struct extract_job *extract, enum batch_kind kind)
{
	pthread_mutex_lock(&writer->lock);
	struct batch *batch = writer->pool;
	if (batch)
		writer->pool = batch->next;
	pthread_mutex_unlock(&writer->lock);
	if (!batch) {
		batch = memory_alloc(1, sizeof *batch);
		buf_init(&batch->bytes, (size_t)CSV_ROW_CEILING * 16);
	}
	batch->next = NULL;
	batch->extract = extract;
	batch->kind = kind;
	return batch;
}

void writer_return(struct writer *writer, struct batch *batch)
{
	if (!batch)
		return;
	batch_empty(batch);
	pthread_mutex_lock(&writer->lock);
	batch->next = writer->pool;
	writer->pool = batch;
	pthread_mutex_unlock(&writer->lock);
}

void writer_give(struct writer *writer, struct batch *batch)
{
	pthread_mutex_lock(&writer->lock);
	while (writer->waiting >= QUEUE_MOST)
		pthread_cond_wait(&writer->taken, &writer->lock);
	*writer->last = batch;
	writer->last = &batch->next;
	writer->waiting++;
	pthread_cond_signal(&writer->given);
	pthread_mutex_unlock(&writer->lock);
}

static enum status status_locked(struct writer *writer, struct error *error)
{
	if (writer->status && error)
		*error = writer->error;
	return writer->status;
}

enum status writer_drain(struct writer *writer, bool commit, struct error *error)
{
	if (commit)
		writer_give(writer, writer_batch(writer, NULL, BATCH_FLUSH));
	pthread_mutex_lock(&writer->lock);
	while (writer->first || writer->busy)
		pthread_cond_wait(&writer->taken, &writer->lock);
	enum status status = status_locked(writer, error);
	pthread_mutex_unlock(&writer->lock);
	return status;
}

enum status writer_status(struct writer *writer, struct error *error)
{
	pthread_mutex_lock(&writer->lock);
	enum status status = status_locked(writer, error);
	pthread_mutex_unlock(&writer->lock);
	return status;
}

void writer_stop(struct writer *writer)
{
	if (!writer)
		return;
	writer_give(writer, writer_batch(writer, NULL, BATCH_STOP));
	pthread_join(writer->thread, NULL);
	while (writer->pool) {
		struct batch *batch = writer->pool;
		writer->pool = batch->next;
		batch_free(batch);
	}
	write_state_free(writer->state);
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->given);
	pthread_cond_destroy(&writer->taken);
	free(writer);
}
