/* A few threads for slow work (a password takes 50 ms of a processor), with a limit on who waits. */
#ifndef WEB_SLOW_H
#define WEB_SLOW_H

#include "web/request.h"

struct slow_work;
struct slow_work *slow_start(unsigned threads); /* NULL when no thread starts */
void slow_stop(struct slow_work *slow);         /* what waits is done first; NULL is fine */
/* Holds REQUEST until JOB has run; false when too many wait already. */
bool slow_add(struct slow_work *slow, struct request *request, void (*job)(struct request *));
size_t slow_waiting(struct slow_work *slow);

#endif
