#include "base/memory.h"
#include "store/store_int.h"

#include <pthread.h>

struct store_pool {
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	char *address;
	enum store_shelf shelf;
	enum store_mode mode;
	struct store **idle;
	unsigned idle_count, open_count, size;
};

enum status store_pool_open(struct store_pool **out, const char *address, enum store_shelf shelf, enum store_mode mode,
			    unsigned size, struct error *error)
{
	*out = NULL;
	struct store_pool *pool = memory_alloc(1, sizeof *pool);
	*pool = (struct store_pool){.address = store_copy(address), .shelf = shelf, .mode = mode, .size = size};
	pool->idle = memory_alloc(size, sizeof *pool->idle);
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->freed, NULL);
	/* One now, so that a wrong address is told of at the start and not by the first page. */
	struct store *first;
	enum status status = store_pool_take(pool, &first, error);
	if (status) {
		store_pool_close(pool);
		return status;
	}
	store_pool_give(pool, first);
	*out = pool;
	return STATUS_OK;
}

enum status store_pool_take(struct store_pool *pool, struct store **out, struct error *error)
{
	*out = NULL;
	pthread_mutex_lock(&pool->mutex);
	while (pool->idle_count == 0 && pool->open_count == pool->size)
		pthread_cond_wait(&pool->freed, &pool->mutex);
	if (pool->idle_count) {
		*out = pool->idle[--pool->idle_count];
		pthread_mutex_unlock(&pool->mutex);
		return STATUS_OK;
	}
	pool->open_count++;
	pthread_mutex_unlock(&pool->mutex);
	enum status status = store_open(out, pool->address, pool->shelf, pool->mode, error);
	if (status) {
		pthread_mutex_lock(&pool->mutex);
		pool->open_count--;
		pthread_cond_signal(&pool->freed);
		pthread_mutex_unlock(&pool->mutex);
	}
	return status;
}

void store_pool_give(struct store_pool *pool, struct store *store)
{
	store_rollback(store);
	store_watch(store, NULL);
	pthread_mutex_lock(&pool->mutex);
	pool->idle[pool->idle_count++] = store;
	pthread_cond_signal(&pool->freed);
	pthread_mutex_unlock(&pool->mutex);
}

void store_pool_close(struct store_pool *pool)
{
	if (!pool)
		return;
	assert(pool->idle_count == pool->open_count);
	while (pool->idle_count)
		store_close(pool->idle[--pool->idle_count]);
	pthread_mutex_destroy(&pool->mutex);
	pthread_cond_destroy(&pool->freed);
	free(pool->idle);
	free(pool->address);
	free(pool);
}
