/* Parallelism at the outermost loop, with the same result for any number of threads.
 *
 * parallel_for() cuts 0..COUNT into chunks of CHUNK and calls WORK once per chunk, in any
 * order, on up to THREADS threads (0: as many as there are processors).  A worker writes
 * only to what its chunk owns; results are then combined in chunk order by the caller.
 */
#ifndef BASE_THREADS_H
#define BASE_THREADS_H

#include <stddef.h>

unsigned threads_available(void);

typedef void parallel_work(void *context, size_t chunk, size_t first, size_t end, unsigned thread);
void parallel_for(size_t count, size_t chunk, unsigned threads, parallel_work *work, void *context);

#endif
