#include "web/request.h"

#include "base/memory.h"

#include <pthread.h>

enum { POOLED_MOST = 256, POOLED_LARGEST = 1 << 20 };

struct request_pool {
	const struct request_owner *owner;
	size_t body_largest;
	pthread_mutex_t lock;
	struct request *first;
	size_t count;
};

/* ---- the pool --------------------------------------------------------------------------------- */

struct request_pool *request_pool_new(const struct request_owner *owner, size_t body_largest)
{
	struct request_pool *pool = memory_alloc(1, sizeof *pool);
	pool->owner = owner;
	pool->body_largest = body_largest;
	pthread_mutex_init(&pool->lock, NULL);
	return pool;
}

struct request *request_take(struct request_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	struct request *request = pool->first;
	if (request) {
		pool->first = request->next;
		request->next = NULL;
		pool->count--;
	}
	pthread_mutex_unlock(&pool->lock);
	if (!request) {
		request = memory_alloc(1, sizeof *request);
		request->owner = pool->owner;
		arena_init(&request->arena, REQUEST_ARENA_LARGEST);
		arena_draw_line(&request->arena, REQUEST_READS_MOST);
		arena_keep_secret(&request->arena);
		buf_init(&request->body, pool->body_largest + 1);
		buf_init(&request->response.body, RESPONSE_LARGEST);
	}
	request->started = instant_now();
	return request;
}

static void request_free(struct request *request)
{
	buf_wipe(&request->body);
	buf_wipe(&request->response.body);
	buf_release(&request->body);
	buf_release(&request->response.body);
	arena_release(&request->arena);
	free(request);
}

void request_give(struct request_pool *pool, struct request *request)
{
	struct buf body = request->body, response = request->response.body;
	struct arena arena = request->arena;
	buf_wipe(&body);
	buf_wipe(&response);
	arena_reset(&arena);
	explicit_bzero(request, sizeof *request);
	request->owner = pool->owner;
	request->body = body;
	request->response.body = response;
	request->arena = arena;
	pthread_mutex_lock(&pool->lock);
	bool keep = pool->count < POOLED_MOST && response.cap <= POOLED_LARGEST;
	if (keep) {
		request->next = pool->first;
		pool->first = request;
		pool->count++;
	}
	pthread_mutex_unlock(&pool->lock);
	if (!keep)
		request_free(request);
}

void request_pool_free(struct request_pool *pool)
{
	if (!pool)
		return;
	for (struct request *request = pool->first, *next; request; request = next) {
		next = request->next;
		request_free(request);
	}
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

/* ---- holding ------------------------------------------------------------------------------------ */

void request_hold(struct request *request)
{
	atomic_fetch_add(&request->holds, 1);
	if (!request->suspended) {
		request->suspended = true;
		request->owner->suspend(request);
	}
}

void request_release(struct request *request)
{
	if (atomic_fetch_sub(&request->holds, 1) == 1)
		request->owner->resume(request);
}

bool request_defer(struct request *request, void (*job)(struct request *))
{
	return request->owner->defer && request->owner->defer(request, job);
}

bool request_run(struct request *request, void (*answer)(struct request *request))
{
	atomic_store(&request->holds, 1);
	answer(request);
	if (!request->suspended)
		return true;
	request_release(request);
	return false;
}

/* ---- the answer ---------------------------------------------------------------------------------- */

void response_header(struct request *request, const char *name, const char *value)
{
	struct response *response = &request->response;
	if (response->headers_n < REQUEST_HEADERS_MOST)
		response->headers[response->headers_n++] = (struct response_header){name, value};
}

void response_redirect(struct request *request, struct text path)
{
	request->response.status = 303;
	buf_clear(&request->response.body);
	response_header(request, "Location", arena_copy(&request->arena, path));
}
