#include "base/threads.h"

#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

struct parallel_job {
	size_t count, chunk;
	parallel_work *work;
	void *context;
	atomic_size_t next;
};

struct parallel_thread {
	struct parallel_job *job;
	unsigned number;
	pthread_t id;
};

unsigned threads_available(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set))
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static void *parallel_run(void *argument)
{
	struct parallel_thread *thread = argument;
	struct parallel_job *job = thread->job;
	for (;;) {
		size_t chunk = atomic_fetch_add(&job->next, 1);
		if (chunk >= (job->count + job->chunk - 1) / job->chunk)
			return NULL;
		size_t first = chunk * job->chunk;
		size_t end = job->count - first < job->chunk ? job->count : first + job->chunk;
		job->work(job->context, chunk, first, end, thread->number);
	}
}

void parallel_for(size_t count, size_t chunk, unsigned threads, parallel_work *work, void *context)
{
	struct parallel_job job = {.count = count, .chunk = chunk, .work = work, .context = context};
	if (threads == 0)
		threads = threads_available();
	struct parallel_thread *all = memory_alloc(threads, sizeof *all);
	unsigned started = 1;
	for (unsigned i = 0; i < threads; i++)
		all[i] = (struct parallel_thread){.job = &job, .number = i};
	while (started < threads && pthread_create(&all[started].id, NULL, parallel_run, &all[started]) == 0)
		started++;
	parallel_run(&all[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(all[i].id, NULL);
	free(all);
}
