#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

static _Noreturn void memory_stop(size_t count, size_t size)
{
	fprintf(stderr, "oneview: out of memory (%zu x %zu bytes wanted)\n", count, size);
	abort();
}

void *memory_alloc(size_t count, size_t size)
{
	void *at = calloc(count ? count : 1, size);
	if (!at)
		memory_stop(count, size);
	return at;
}

void *memory_resize(void *at, size_t count, size_t size)
{
	void *moved = reallocarray(at, count ? count : 1, size);
	if (!moved)
		memory_stop(count, size);
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
