/* The HTTP server: libmicrohttpd with epoll and a small pool of threads.
 *
 * Knows requests and answers, nothing of what is asked. What it takes care of: ceilings on
 * everything that comes in, deadlines for slow clients, suspended connections (request.h),
 * the headers every answer carries, and stopping without cutting anybody off.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "base/error.h"
#include "web/request.h"

struct server;

struct server_settings {
	int socket; /* that listens: server_listen(). The server's from server_start() on, when that succeeds */
	unsigned threads, connections, idle_seconds;
	unsigned receive_seconds;                     /* for a whole request; 0: 20 */
	size_t body_largest;                          /* 0: 64 KiB */
	bool secure_transport;                        /* TLS in front of us: say so to browsers */
	void (*answer)(struct request *request);      /* fills request->response; runs on one of the threads */
	void (*before_send)(struct request *request); /* the last word on the answer; may be NULL */
	void (*sent)(struct request *request);        /* the answer has left, or the client has; may be NULL */
	void *context;                                /* request->owner->context */
};

struct server_counts {
	uint64_t connections, connections_total, requests, cut_off;
	uint64_t status_class[6]; /* [2]: 2xx answers ... */
	uint64_t memory_locked;   /* the web process's: 1 when no page of it is written to swap */
};

/* ADDRESS NULL: 127.0.0.1; PORT 0: any free one. */
enum status server_listen(const char *address, unsigned port, int *out, struct error *error) MUST_CHECK;
enum status server_start(struct server **out, const struct server_settings *settings, struct error *error) MUST_CHECK;
unsigned server_port(int socket);        /* that a socket listens on */
void server_tick(struct server *server); /* about once a second: cuts off clients that are too slow */
struct server_counts server_counts(const struct server *server);
/* Stops listening, waits for requests under way (at most SECONDS), frees everything. */
void server_stop(struct server *server, unsigned seconds);

#endif
