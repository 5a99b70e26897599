/* The keeper's end of the line: takes the web process's requests, has them answered, sends the answers.
 *
 * The keeper is the process with the keys, the databases, the policy and the audit. It trusts nothing that the web
 * process says but what it could have heard from the network. A message that is none ends the service: the web process
 * is ours, so it has been taken over, or is broken.
 */
#ifndef WEB_KEEPER_H
#define WEB_KEEPER_H

#include "web/message.h"

struct keeper_settings {
	int line;
	unsigned threads, slow_threads;
	void (*answer)(struct request *request);      /* fills request->response; runs on one of the threads */
	void (*before_send)(struct request *request); /* the last word on the answer; may be NULL */
	void (*sent)(struct request *request);        /* the answer is on the line; may be NULL */
	void *context;                                /* request->owner->context */
};

struct keeper_counts {
	struct server_counts server; /* as the web process said last */
	size_t slow_waiting;
};

struct keeper;
enum status keeper_start(struct keeper **out, const struct keeper_settings *settings, struct error *error) MUST_CHECK;
/* Waits until the web process listens; false when it has gone instead. */
bool keeper_wait_listening(struct keeper *keeper);
struct keeper_counts keeper_counts(struct keeper *keeper);
bool keeper_is_alone(struct keeper *keeper); /* the web process has gone, or was turned away */
/* Tells the web process to stop, answers what is under way until it has gone (or SECONDS are over), frees everything.
 */
void keeper_stop(struct keeper *keeper, unsigned seconds);

#endif
