/* Memory that is given back all at once: one arena per request, per batch, per file.
 *
 *     struct arena arena;
 *     arena_init(&arena, 64 << 20);          // ceiling in bytes
 *     char *name = arena_copy(&arena, slice);
 *     ...
 *     arena_release(&arena);                 // wipes first if arena_keep_secret() was called
 *
 * Allocation does not return NULL: past the ceiling, or out of memory, the process stops
 * with a message, because a batch that does not fit its ceiling is a fault in sizing, not
 * in data.  Where outside input decides the size, use `struct buf`, which reports; or draw a
 * line well below the ceiling, and stop reading where arena_is_over() says so (store_watch()).
 * With -DARENA_IS_MALLOC each allocation is a malloc of its own, so that the sanitizers
 * see overruns (libgit2's pool).  Not thread safe: one arena, one thread.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/text.h"

#include <stdarg.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	char *at, *end;
	size_t used, ceiling, line;
	size_t next_size;
	bool secret;
};

void arena_init(struct arena *arena, size_t ceiling);
void arena_release(struct arena *arena);
void arena_reset(struct arena *arena);       /* empties it; keeps one block for re-use */
void arena_keep_secret(struct arena *arena); /* wipe every byte on reset and release */

/* From LINE bytes on arena_is_over() says so, and nothing else happens: blocks are counted, not what is used of them.
 */
void arena_draw_line(struct arena *arena, size_t line);
static inline bool arena_is_over(const struct arena *arena)
{
	return arena->line && arena->used > arena->line;
}

void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull)); /* 16-aligned, zeroed */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size) __attribute__((malloc, returns_nonnull));
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

struct text arena_text(struct arena *arena, struct text t); /* copy; NUL behind it */
char *arena_copy(struct arena *arena, struct text t);       /* the same as a C string */
struct text arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct text arena_format_v(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

#endif
