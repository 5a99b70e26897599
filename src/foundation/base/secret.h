/* A whole process that holds what must not be read from a disk or from memory that was given back.
 *
 *     bool kept = secret_lock_memory();   // before privileges are given up
 *     secret_wipe_freed();                // before there are threads
 *
 * Buffers and arenas wipe themselves. These two are for what is not ours: a library's copies of a header, of a line
 * of a form, of an answer, in memory that it frees as it is.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>

/* From now on no page of this process is written to swap. False when the system does not allow as much locked memory as
 * we may want (RLIMIT_MEMLOCK, which root raises by itself): nothing is locked then, for a limit that is reached
 * later would be memory that is refused. */
bool secret_lock_memory(void);

/* From now on every block of the heap is wiped when it is freed, and when it moves. Once, for good. */
void secret_wipe_freed(void);

#endif
