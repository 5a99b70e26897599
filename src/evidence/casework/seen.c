#include "base/memory.h"
#include "casework/casework.h"

#include <pthread.h>

enum { WAITING_MOST = 100000, TRANSACTION_MOST = 200 };
static const int64_t one_visit = 8 * 3600 * INT64_C(1000000);

struct mark {
	int64_t user_id, resident_id;
	instant before, last;
};

/* Marks since the last flush, in a table of open addressing by user and resident. */
struct seen {
	pthread_mutex_t lock;
	struct mark *slots;
	size_t slot_count, count;
};

struct seen *seen_new(void)
{
	struct seen *seen = memory_alloc(1, sizeof *seen);
	pthread_mutex_init(&seen->lock, NULL);
	seen->slot_count = 1024;
	seen->slots = memory_alloc(seen->slot_count, sizeof *seen->slots);
	return seen;
}

void seen_free(struct seen *seen)
{
	if (!seen)
		return;
	pthread_mutex_destroy(&seen->lock);
	free(seen->slots);
	free(seen);
}

static struct mark *slot_of(struct mark *slots, size_t slot_count, int64_t user_id, int64_t resident_id)
{
	uint64_t h = (uint64_t)user_id * 0x9e3779b97f4a7c15u ^ (uint64_t)resident_id;
	h = (h ^ (h >> 29)) * 0xbf58476d1ce4e5b9u;
	for (size_t i = h % slot_count;; i = (i + 1) % slot_count)
		if (!slots[i].last || (slots[i].user_id == user_id && slots[i].resident_id == resident_id))
			return &slots[i];
}

static void grow(struct seen *seen)
{
	size_t slot_count = seen->slot_count * 2;
	struct mark *slots = memory_alloc(slot_count, sizeof *slots);
	for (size_t i = 0; i < seen->slot_count; i++)
		if (seen->slots[i].last)
			*slot_of(slots, slot_count, seen->slots[i].user_id, seen->slots[i].resident_id) =
				seen->slots[i];
	free(seen->slots);
	seen->slots = slots;
	seen->slot_count = slot_count;
}

/* What is waiting, or what the desk has. */
static enum status find(struct seen *seen, struct store *desk, struct mark *mark, struct error *error)
{
	bool found = false;
	struct statement *row;
	pthread_mutex_lock(&seen->lock);
	const struct mark *slot = slot_of(seen->slots, seen->slot_count, mark->user_id, mark->resident_id);
	bool waiting = slot->last != 0;
	if (waiting)
		*mark = *slot;
	pthread_mutex_unlock(&seen->lock);
	if (waiting)
		return STATUS_OK;
	enum status status = store_prepare(
		&row, desk, "SELECT earlier, last FROM seen WHERE user_id = :user_id AND resident_id = :resident_id",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(row, "user_id", mark->user_id);
	statement_bind_int(row, "resident_id", mark->resident_id);
	status = statement_step(row, &found, error);
	if (status == STATUS_OK && found) {
		int before = statement_column(row, "earlier"), last = statement_column(row, "last");
		mark->before = statement_is_null(row, before) ? INSTANT_UNKNOWN : statement_int(row, before);
		mark->last = statement_int(row, last);
	}
	statement_done(row);
	return status;
}

enum status seen_look(struct seen *seen, struct store *desk, int64_t user_id, int64_t resident_id, instant now,
		      instant *before, struct error *error)
{
	struct mark mark = {user_id, resident_id, INSTANT_UNKNOWN, 0};
	enum status status = find(seen, desk, &mark, error);
	if (status != STATUS_OK)
		return status;
	if (mark.last && now - mark.last > one_visit)
		mark.before = mark.last;
	mark.last = now;
	*before = mark.before;
	pthread_mutex_lock(&seen->lock);
	struct mark *slot = slot_of(seen->slots, seen->slot_count, user_id, resident_id);
	bool is_new = slot->last == 0;
	if (!is_new || seen->count < WAITING_MOST) {
		*slot = mark;
		seen->count += is_new;
	}
	if (seen->count * 2 > seen->slot_count)
		grow(seen);
	pthread_mutex_unlock(&seen->lock);
	return STATUS_OK;
}

static enum status write_mark(struct statement *upsert, const struct mark *mark, struct error *error)
{
	statement_bind_int(upsert, "user_id", mark->user_id);
	statement_bind_int(upsert, "resident_id", mark->resident_id);
	statement_bind_int(upsert, "last", mark->last);
	if (mark->before == INSTANT_UNKNOWN)
		statement_bind_null(upsert, "earlier");
	else
		statement_bind_int(upsert, "earlier", mark->before);
	return statement_queue(upsert, error);
}

static enum status write_marks(struct store *desk, const struct mark *marks, size_t count, struct error *error)
{
	struct statement *upsert;
	enum status status = store_prepare(
		&upsert, desk,
		"INSERT INTO seen (user_id, resident_id, earlier, last) VALUES (:user_id, :resident_id, :earlier, "
		":last) "
		"ON CONFLICT (user_id, resident_id) DO UPDATE SET earlier = excluded.earlier, last = excluded.last",
		error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = write_mark(upsert, &marks[i], error);
	statement_done(upsert);
	return status;
}

static int compare_marks(const void *left, const void *right)
{
	const struct mark *a = left, *b = right;
	if (a->user_id != b->user_id)
		return a->user_id < b->user_id ? -1 : 1;
	return (a->resident_id > b->resident_id) - (a->resident_id < b->resident_id);
}

/* The taken slots to the front, in the order of the table's key: neighbours share its pages. */
static size_t gather(struct mark *slots, size_t slot_count)
{
	size_t count = 0;
	for (size_t i = 0; i < slot_count; i++) {
		if (slots[i].last)
			slots[count++] = slots[i];
	}
	if (count)
		qsort(slots, count, sizeof *slots, compare_marks);
	return count;
}

/* A few at a time: while they are written no audit entry can be, and pages wait for those. */
static enum status write_in_parts(struct store *desk, const struct mark *marks, size_t count, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t at = 0; at < count && status == STATUS_OK; at += TRANSACTION_MOST) {
		size_t part = count - at < TRANSACTION_MOST ? count - at : TRANSACTION_MOST;
		status = store_begin(desk, error);
		if (status == STATUS_OK)
			status = write_marks(desk, marks + at, part, error);
		if (status == STATUS_OK)
			status = store_commit(desk, error);
		if (status != STATUS_OK)
			store_rollback(desk);
	}
	return status;
}

enum status seen_flush(struct seen *seen, struct store *desk, struct error *error)
{
	pthread_mutex_lock(&seen->lock);
	struct mark *slots = seen->slots;
	size_t slot_count = seen->slot_count, count = seen->count;
	if (count) {
		seen->slot_count = 1024;
		seen->slots = memory_alloc(seen->slot_count, sizeof *seen->slots);
		seen->count = 0;
	}
	pthread_mutex_unlock(&seen->lock);
	if (!count)
		return STATUS_OK;
	enum status status = write_in_parts(desk, slots, gather(slots, slot_count), error);
	free(slots);
	return status;
}
