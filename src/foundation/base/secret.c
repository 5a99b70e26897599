#include "base/secret.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Pages are locked when they are first touched: the stack of a thread, eight megabytes of room, costs what it uses. The
 * call itself and not libc's, which the address sanitizer answers by doing nothing. */
bool secret_lock_memory(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY}, limit;
	(void)setrlimit(RLIMIT_MEMLOCK, &all); /* as root; else what the service manager gave us counts */
	if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur != RLIM_INFINITY)
		return false;
	return syscall(SYS_mlockall, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

/* ---- what is freed ------------------------------------------------------------------------------- */

#ifdef __SANITIZE_ADDRESS__

/* Its heap is the sanitizer's, which wipes by a setting of its own (max_free_fill_size). */
void secret_wipe_freed(void)
{
}

#else

static bool wipes; /* set once, before there are threads */

void secret_wipe_freed(void)
{
	wipes = true;
}

/* libc's own, under the names that it keeps for programs which put something before them. */
void __libc_free(void *at);
void *__libc_realloc(void *at, size_t size);

__attribute__((visibility("default"))) void free(void *at)
{
	if (wipes && at)
		explicit_bzero(at, malloc_usable_size(at));
	__libc_free(at);
}

/* libc would free what it moves from as it is. */
static void *move(void *at, size_t size)
{
	if (!size) {
		free(at);
		return NULL;
	}
	size_t held = malloc_usable_size(at);
	if (size <= held && size > held / 2)
		return at;
	void *moved = malloc(size);
	if (moved) {
		memcpy(moved, at, size < held ? size : held);
		free(at);
	}
	return moved;
}

__attribute__((visibility("default"))) void *realloc(void *at, size_t size)
{
	return wipes && at ? move(at, size) : __libc_realloc(at, size);
}

#endif
