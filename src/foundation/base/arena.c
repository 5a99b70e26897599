#include "base/arena.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct arena_block {
	struct arena_block *next;
	size_t size; /* of the payload */
	_Alignas(16) char payload[];
};

enum { ARENA_FIRST_BLOCK = 8 << 10, ARENA_LARGEST_BLOCK = 4 << 20, ARENA_ALIGN = 16 };

static _Noreturn void arena_stop(const char *why, size_t size)
{
	fprintf(stderr, "oneview: out of memory: %s (%zu bytes wanted)\n", why, size);
	abort();
}

void arena_init(struct arena *arena, size_t ceiling)
{
	*arena = (struct arena){.ceiling = ceiling, .next_size = ARENA_FIRST_BLOCK};
}

static void block_free(struct arena *arena, struct arena_block *block)
{
	if (arena->secret)
		explicit_bzero(block->payload, block->size);
	free(block);
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;
		block_free(arena, arena->blocks);
		arena->blocks = next;
	}
	arena->at = arena->end = NULL;
	arena->used = 0;
}

void arena_draw_line(struct arena *arena, size_t line)
{
	arena->line = line;
}

void arena_keep_secret(struct arena *arena)
{
	arena->secret = true;
}

static struct arena_block *block_new(struct arena *arena, size_t size)
{
	if (size > arena->ceiling - arena->used)
		arena_stop("an arena is over its ceiling", size);
	struct arena_block *block = malloc(sizeof *block + size);
	if (!block)
		arena_stop("malloc failed", size);
	(void)memory_advise_heap();
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->used += size;
	return block;
}

#ifdef ARENA_IS_MALLOC

void arena_reset(struct arena *arena)
{
	arena_release(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = block_new(arena, size ? size : 1);
	memset(block->payload, 0, block->size);
	return block->payload;
}

#else

void arena_reset(struct arena *arena)
{
	struct arena_block *kept = arena->blocks;
	if (!kept)
		return;
	for (struct arena_block *block = kept->next, *next; block; block = next) {
		next = block->next;
		arena->used -= block->size;
		block_free(arena, block);
	}
	kept->next = NULL;
	if (arena->secret) /* behind `at` nothing was written since the last wipe */
		explicit_bzero(kept->payload, (size_t)(arena->at - kept->payload));
	arena->at = kept->payload;
	arena->end = kept->payload + kept->size;
}

static size_t round_up(size_t size)
{
	return (size + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
}

static void arena_grow(struct arena *arena, size_t size)
{
	size_t wanted = arena->next_size;
	if (wanted > arena->ceiling - arena->used)
		wanted = arena->ceiling - arena->used;
	if (wanted < size)
		wanted = size;
	struct arena_block *block = block_new(arena, wanted);
	arena->at = block->payload;
	arena->end = block->payload + wanted;
	if (arena->next_size < ARENA_LARGEST_BLOCK)
		arena->next_size *= 2;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		arena_stop("an impossible size", size);
	size = round_up(size ? size : 1);
	if ((size_t)(arena->end - arena->at) < size)
		arena_grow(arena, size);
	void *result = arena->at;
	arena->at += size;
	memset(result, 0, size);
	return result;
}

#endif

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		arena_stop("an array too large to count", count);
	return arena_alloc(arena, total);
}

char *arena_copy(struct arena *arena, struct text t)
{
	char *copy = arena_alloc(arena, t.len + 1);
	if (t.len)
		memcpy(copy, t.at, t.len);
	return copy;
}

struct text arena_text(struct arena *arena, struct text t)
{
	return text_is_absent(t) ? t : text_slice(arena_copy(arena, t), t.len);
}

#ifndef ARENA_IS_MALLOC
/* Into what is left of the block, which is nearly always enough: formatting once instead of twice. */
static bool format_in_place(struct arena *arena, const char *format, va_list args, struct text *out)
{
	va_list again;
	size_t room = (size_t)(arena->end - arena->at);
	if (!room)
		return false;
	va_copy(again, args);
	int len = vsnprintf(arena->at, room, format, again);
	va_end(again);
	if (len < 0 || round_up((size_t)len + 1) > room) {
		if (arena->secret)
			explicit_bzero(arena->at, room);
		return false;
	}
	*out = text_slice(arena->at, (size_t)len);
	arena->at += round_up((size_t)len + 1);
	return true;
}
#endif

struct text arena_format_v(struct arena *arena, const char *format, va_list args)
{
#ifndef ARENA_IS_MALLOC
	struct text quick;
	if (format_in_place(arena, format, args, &quick))
		return quick;
#endif
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		arena_stop("a format that cannot be printed", 0);
	char *out = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(out, (size_t)len + 1, format, args);
	return text_slice(out, (size_t)len);
}

struct text arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct text out = arena_format_v(arena, format, args);
	va_end(args);
	return out;
}
