#include "audit/audit_int.h"

#include "base/log.h"
#include "base/memory.h"

#include <pthread.h>
#include <sodium.h>

/* An entry that waits, with its texts behind it in the same block. */
struct pending {
	struct audit_entry entry;
	audit_done *done;
	void *context;
	struct pending *next;
	char texts[];
};

struct audit {
	struct store *desk;
	struct audit_key key;
	pthread_t writer;
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t wake;
	struct pending *first, **last;
	bool closing;
	struct audit_numbers numbers;
};

/* ---- the writer thread --------------------------------------------------------------------- */

static struct pending *take_batch(struct audit *audit, const struct audit_entry **entries, size_t *count)
{
	struct pending *batch = audit->first, **end = &audit->first;
	for (*count = 0; *end && *count < AUDIT_BATCH_MAX; end = &(*end)->next)
		entries[(*count)++] = &(*end)->entry;
	struct pending *rest = *end;
	*end = NULL;
	audit->first = rest;
	if (!rest)
		audit->last = &audit->first;
	return batch;
}

/* A server that was restarted is noticed here, where nothing was written yet, and asked once more. */
static enum status begin(struct store *desk, struct error *error)
{
	enum status status = store_begin(desk, error);
	return status == STATUS_IO ? store_begin(desk, error) : status;
}

static enum status write_batch(struct audit *audit, const struct audit_entry *const *entries, size_t count,
			       struct error *error)
{
	instant started = instant_now();
	enum status status = begin(audit->desk, error);
	if (status == STATUS_OK)
		status = audit_write(audit->desk, &audit->key, entries, count, error);
	if (status == STATUS_OK)
		status = store_commit(audit->desk, error);
	store_rollback(audit->desk);
	if (status)
		log_error(error);
	int64_t took = instant_now() - started;
	pthread_mutex_lock(&audit->mutex);
	audit->numbers.waiting -= count;
	*(status ? &audit->numbers.failed : &audit->numbers.written) += count;
	audit->numbers.commits++;
	if (took > audit->numbers.longest_commit)
		audit->numbers.longest_commit = took;
	pthread_mutex_unlock(&audit->mutex);
	return status;
}

static void call_back(struct pending *batch, enum status status, const struct error *error)
{
	while (batch) {
		struct pending *next = batch->next;
		batch->done(batch->context, status, status ? error : NULL);
		free(batch);
		batch = next;
	}
}

static void *write_entries(void *context)
{
	struct audit *audit = context;
	const struct audit_entry *entries[AUDIT_BATCH_MAX];
	pthread_mutex_lock(&audit->mutex);
	while (audit->first || !audit->closing) {
		if (!audit->first) {
			pthread_cond_wait(&audit->wake, &audit->mutex);
			continue;
		}
		struct error error;
		size_t count;
		struct pending *batch = take_batch(audit, entries, &count);
		pthread_mutex_unlock(&audit->mutex);
		enum status status = write_batch(audit, entries, count, &error);
		call_back(batch, status, &error);
		pthread_mutex_lock(&audit->mutex);
	}
	pthread_mutex_unlock(&audit->mutex);
	return NULL;
}

/* ---- the callers' side ----------------------------------------------------------------------- */

static char *move_text(struct text *t, char *to)
{
	if (text_is_absent(*t))
		return to;
	memcpy(to, t->at, t->len);
	t->at = to;
	return to + t->len;
}

static struct pending *copy_entry(const struct audit_entry *entry, audit_done *done, void *context)
{
	struct audit_entry copy = *entry;
	size_t size = 0;
	for (enum audit_text i = 0; i < AUDIT_TEXT_COUNT; i++)
		size += audit_entry_text(&copy, i)->len;
	size += copy.words_mark.len + copy.words_sealed.len;
	struct pending *pending = memory_alloc(1, sizeof *pending + size);
	*pending = (struct pending){.entry = copy, .done = done, .context = context};
	char *at = pending->texts;
	for (enum audit_text i = 0; i < AUDIT_TEXT_COUNT; i++)
		at = move_text(audit_entry_text(&pending->entry, i), at);
	at = move_text(&pending->entry.words_mark, at);
	move_text(&pending->entry.words_sealed, at);
	return pending;
}

void audit_submit(struct audit *audit, const struct audit_entry *entry, audit_done *done, void *context)
{
	struct error error;
	enum status status = audit_entry_check(entry, &error);
	if (status) {
		done(context, status, &error);
		return;
	}
	struct pending *pending = copy_entry(entry, done, context);
	if (!pending->entry.at)
		pending->entry.at = instant_now();
	pthread_mutex_lock(&audit->mutex);
	bool full = audit->numbers.waiting >= AUDIT_WAITING_MAX;
	if (!full) {
		audit->numbers.waiting++;
		*audit->last = pending;
		audit->last = &pending->next;
		pthread_cond_signal(&audit->wake);
	} else {
		audit->numbers.failed++;
	}
	pthread_mutex_unlock(&audit->mutex);
	if (!full)
		return;
	free(pending);
	error_set(&error, STATUS_IO, "audit.full", "Too many audit entries wait to be written");
	error_remedy(&error, "Try again; if it lasts, the database does not keep up: see `oneview status`");
	done(context, STATUS_IO, &error);
}

struct waiter {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool done;
	enum status status;
	struct error *error;
};

static void wake_waiter(void *context, enum status status, const struct error *error)
{
	struct waiter *waiter = context;
	pthread_mutex_lock(&waiter->mutex);
	waiter->done = true;
	waiter->status = status;
	if (error && waiter->error)
		*waiter->error = *error;
	pthread_cond_signal(&waiter->cond);
	pthread_mutex_unlock(&waiter->mutex);
}

enum status audit_append(struct audit *audit, const struct audit_entry *entry, struct error *error)
{
	struct waiter waiter = {.error = error};
	pthread_mutex_init(&waiter.mutex, NULL);
	pthread_cond_init(&waiter.cond, NULL);
	audit_submit(audit, entry, wake_waiter, &waiter);
	pthread_mutex_lock(&waiter.mutex);
	while (!waiter.done)
		pthread_cond_wait(&waiter.cond, &waiter.mutex);
	pthread_mutex_unlock(&waiter.mutex);
	pthread_mutex_destroy(&waiter.mutex);
	pthread_cond_destroy(&waiter.cond);
	return waiter.status;
}

void audit_numbers(struct audit *audit, struct audit_numbers *out)
{
	pthread_mutex_lock(&audit->mutex);
	*out = audit->numbers;
	pthread_mutex_unlock(&audit->mutex);
}

enum status audit_open(struct audit **out, const char *address, const struct audit_key *key, struct error *error)
{
	*out = NULL;
	if (sodium_init() < 0)
		return error_set(error, STATUS_INTERNAL, "audit.open", "The cryptographic library did not start");
	struct store *desk;
	enum status status = store_open(&desk, address, STORE_DESK, STORE_WRITE, error);
	if (status)
		return status;
	struct audit *audit = memory_alloc(1, sizeof *audit);
	*audit = (struct audit){.desk = desk, .key = *key};
	audit->last = &audit->first;
	pthread_mutex_init(&audit->mutex, NULL);
	pthread_cond_init(&audit->wake, NULL);
	int failed = pthread_create(&audit->writer, NULL, write_entries, audit);
	if (failed) {
		store_close(desk);
		free(audit);
		return error_set_errno(error, failed, "audit.open", "The audit's writer did not start");
	}
	*out = audit;
	return STATUS_OK;
}

void audit_close(struct audit *audit)
{
	if (!audit)
		return;
	pthread_mutex_lock(&audit->mutex);
	audit->closing = true;
	pthread_cond_signal(&audit->wake);
	pthread_mutex_unlock(&audit->mutex);
	pthread_join(audit->writer, NULL);
	store_close(audit->desk);
	pthread_mutex_destroy(&audit->mutex);
	pthread_cond_destroy(&audit->wake);
	sodium_memzero(&audit->key, sizeof audit->key);
	free(audit);
}
