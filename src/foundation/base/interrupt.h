/* Ctrl-C and an orderly stop.
 *
 * The program catches SIGINT and SIGTERM once at its start; long work asks at each safe
 * point whether it should stop, commits what is whole, and returns STATUS_INTERRUPTED.
 * A second signal ends the process at once: what was committed stays, as after kill -9.
 */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>

void interrupt_catch(void);
bool interrupt_requested(void);
atomic_bool *interrupt_flag(void); /* for those who take a flag to look at */
void interrupt_request(void);      /* as if the signal had come; safe in a signal handler */

/* STATUS_INTERRUPTED when a stop was asked for, else STATUS_OK. */
enum status interrupt_check(struct error *error) MUST_CHECK;

#endif
