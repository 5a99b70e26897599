/* Heap memory for structures that outlive an arena. Out of memory stops the process with a
 * message: the program keeps nothing in memory that a restart does not bring back. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

void *memory_alloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
/* Not zeroed, and beginning at a cache line: for arrays whose elements are looked at in any order. */
void *memory_alloc_lines(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *memory_resize(void *at, size_t count, size_t size) __attribute__((returns_nonnull));

/* Room for one more element in AT[COUNT], doubling *CAPACITY; use through ARRAY_GROW. */
void *memory_grow(void *at, size_t count, size_t *capacity, size_t size) __attribute__((returns_nonnull));
#define ARRAY_GROW(at, count, capacity) ((at) = memory_grow((at), (count), &(capacity), sizeof *(at)))

/* For a program that works through much and ends, called before its threads begin: what is freed stays with it, and the
 * heap has large pages. A page that the system gives costs as much as some thousand instructions, and arrays of many
 * megabytes that come and go want the same pages again and again. Above 128 MB each is still by itself: it grows
 * without being copied, and leaves no gap that only a smaller one fits. Not for a server: it would never give memory
 * back. */
void memory_keep(void);
/* What has been allocated by other ways than those above may have let the heap grow. False: memory is not kept. */
bool memory_advise_heap(void);

#endif
