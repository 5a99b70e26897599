/* What each of the two processes of a server may still do: a table of system calls (seccomp) and, where the kernel has
 * it, of files and ports (Landlock). What is given up cannot be had back, by this thread and those that it starts.
 *
 * The web process: its sockets, memory, clocks and threads; no file, no program, no new connection. The keeper: the
 * workspace's folder and the database; reads the system's libraries and settings; no program, no debugger, nothing
 * listens.
 */
#ifndef WEB_CONFINE_H
#define WEB_CONFINE_H

#include "base/error.h"

#include <stdbool.h>

/* STATUS_IO when the kernel refuses: nobody serves unconfined. Before that, memory is locked against swap where the
 * system allows it (*MEMORY_LOCKED); in the web process, what is freed is wiped from now on. */
enum status confine_front(bool *memory_locked, struct error *error) MUST_CHECK;

struct confine_keeper {
	const char *const *own; /* folders and files that may be changed; ends with NULL */
	const char *const *read;
	bool network; /* the database, or the council's identity provider, is reached over it */
};
enum status confine_keeper(const struct confine_keeper *keeper, bool *memory_locked, struct error *error) MUST_CHECK;

#endif
