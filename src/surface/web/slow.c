#include "web/slow.h"

#include "base/memory.h"

#include <pthread.h>

enum { SLOW_WAITING_MOST = 200, SLOW_THREADS_MOST = 8 };

struct slow_work {
	pthread_mutex_t lock;
	pthread_cond_t ready;
	struct request *first, *last;
	size_t count;
	bool ending;
	pthread_t threads[SLOW_THREADS_MOST];
	unsigned threads_n;
};

bool slow_add(struct slow_work *slow, struct request *request, void (*job)(struct request *))
{
	pthread_mutex_lock(&slow->lock);
	bool room = slow->count < SLOW_WAITING_MOST;
	if (room) {
		request_hold(request);
		request->job = job;
		request->next = NULL;
		if (slow->last)
			slow->last->next = request;
		else
			slow->first = request;
		slow->last = request;
		slow->count++;
		pthread_cond_signal(&slow->ready);
	}
	pthread_mutex_unlock(&slow->lock);
	return room;
}

static struct request *take(struct slow_work *slow)
{
	pthread_mutex_lock(&slow->lock);
	while (!slow->first && !slow->ending)
		pthread_cond_wait(&slow->ready, &slow->lock);
	struct request *request = slow->first;
	if (request) {
		slow->first = request->next;
		if (!slow->first)
			slow->last = NULL;
		slow->count--;
		request->next = NULL;
	}
	pthread_mutex_unlock(&slow->lock);
	return request;
}

static void *run(void *slow)
{
	struct request *request;
	while ((request = take(slow))) {
		request->job(request);
		request_release(request);
	}
	return NULL;
}

struct slow_work *slow_start(unsigned threads)
{
	struct slow_work *slow = memory_alloc(1, sizeof *slow);
	pthread_mutex_init(&slow->lock, NULL);
	pthread_cond_init(&slow->ready, NULL);
	while (slow->threads_n < threads && slow->threads_n < SLOW_THREADS_MOST &&
	       !pthread_create(&slow->threads[slow->threads_n], NULL, run, slow))
		slow->threads_n++;
	if (slow->threads_n)
		return slow;
	slow_stop(slow);
	return NULL;
}

void slow_stop(struct slow_work *slow)
{
	if (!slow)
		return;
	pthread_mutex_lock(&slow->lock);
	slow->ending = true;
	pthread_cond_broadcast(&slow->ready);
	pthread_mutex_unlock(&slow->lock);
	for (unsigned i = 0; i < slow->threads_n; i++)
		pthread_join(slow->threads[i], NULL);
	pthread_mutex_destroy(&slow->lock);
	pthread_cond_destroy(&slow->ready);
	free(slow);
}

size_t slow_waiting(struct slow_work *slow)
{
	pthread_mutex_lock(&slow->lock);
	size_t count = slow->count;
	pthread_mutex_unlock(&slow->lock);
	return count;
}
