#include "base/memory.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Once memory is kept: the heap is to have large pages up to here. Every thread's allocations move it. */
static atomic_uintptr_t heap_advised;

static _Noreturn void memory_stop(size_t count, size_t size)
{
	fprintf(stderr, "oneview: out of memory (%zu x %zu bytes wanted)\n", count, size);
	abort();
}

void memory_keep(void)
{
	enum { PAD = 32 << 20, LARGEST = 128 << 20 };
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_MMAP_THRESHOLD, LARGEST);
	(void)mallopt(M_TRIM_THRESHOLD, -1);
	(void)mallopt(M_TOP_PAD, PAD);
	atomic_store(&heap_advised, (uintptr_t)sbrk(0));
}

bool memory_advise_heap(void)
{
	enum { SMALL_PAGE = 4096 };
	uintptr_t from = atomic_load(&heap_advised), end;
	if (!from)
		return false;
	end = (uintptr_t)sbrk(0);
	if (end > from && atomic_compare_exchange_strong(&heap_advised, &from, end)) {
		from &= ~(uintptr_t)(SMALL_PAGE - 1);
		(void)madvise((void *)from, end - from, MADV_HUGEPAGE);
	}
	return true;
}

/* What is large is gone through at random more often than not: with pages of two megabytes the processor finds its way,
 * and the system hands them out 512 at a time. Advice only. */
static void advise(void *at, size_t bytes)
{
	enum { LARGE = 8 << 20, PAGE = 2 << 20 };
	bool kept = memory_advise_heap();
	if (bytes < LARGE || (kept && (uintptr_t)at < (uintptr_t)sbrk(0)))
		return;
	uintptr_t first = ((uintptr_t)at + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	uintptr_t end = ((uintptr_t)at + bytes) & ~(uintptr_t)(PAGE - 1);
	(void)madvise((void *)first, end - first, MADV_HUGEPAGE);
}

void *memory_alloc(size_t count, size_t size)
{
	void *at = calloc(count ? count : 1, size);
	if (!at)
		memory_stop(count, size);
	advise(at, count * size);
	return at;
}

void *memory_alloc_lines(size_t count, size_t size)
{
	enum { LINE = 64 };
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - LINE)
		memory_stop(count, size);
	void *at = aligned_alloc(LINE, (bytes / LINE + 1) * LINE);
	if (!at)
		memory_stop(count, size);
	advise(at, bytes);
	return at;
}

void *memory_resize(void *at, size_t count, size_t size)
{
	void *moved = reallocarray(at, count ? count : 1, size);
	if (!moved)
		memory_stop(count, size);
	advise(moved, count * size);
	return moved;
}

void *memory_grow(void *at, size_t count, size_t *capacity, size_t size)
{
	if (at && count < *capacity)
		return at;
	*capacity = *capacity < 8 ? 8 : *capacity * 2;
	while (*capacity <= count)
		*capacity *= 2;
	return memory_resize(at, *capacity, size);
}
