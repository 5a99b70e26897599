/* Heap memory for structures that outlive an arena. Out of memory stops the process with a
 * message: the program keeps nothing in memory that a restart does not bring back. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
/* Not zeroed, and beginning at a cache line: for arrays whose elements are looked at in any order. */
void *memory_alloc_lines(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *memory_resize(void *at, size_t count, size_t size) __attribute__((returns_nonnull));

/* Room for one more element in AT[COUNT], doubling *CAPACITY; use through ARRAY_GROW. */
void *memory_grow(void *at, size_t count, size_t *capacity, size_t size) __attribute__((returns_nonnull));
#define ARRAY_GROW(at, count, capacity) ((at) = memory_grow((at), (count), &(capacity), sizeof *(at)))

#endif
