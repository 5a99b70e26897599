/* One request and its answer.
 *
 * Whoever brought it owns it (the HTTP server; in the keeper its end of the line), from the request's first byte until
 * the answer's last one, and wipes what it held. Slices in it live as long. A handler runs on one thread; between
 * handler and sending, the answer may be *held* until something else has happened, the audit entry being on disk above
 * all:
 *
 *     request_hold(request);                       // in the handler
 *     audit_submit(audit, &entry, durable, request);
 *     ...
 *     request_release(request);                    // in the callback, on any thread
 *
 * The connection then costs no thread. The answer leaves when the last hold is released.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include "base/buf.h"
#include "base/date.h"
#include "web/form.h"

#include <stdatomic.h>

enum method {
	METHOD_GET,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OTHER
}; /* HEAD is GET without its body */

/* What is read for an answer ends at READS_MOST (store_watch()); the document made of it is some times larger. */
enum {
	REQUEST_ARENA_LARGEST = 256 << 20,
	REQUEST_READS_MOST = 32 << 20,
	REQUEST_HEADERS_MOST = 16,
	RESPONSE_LARGEST = 32 << 20,
	URI_LONGEST = 4096
};

struct response_header {
	const char *name, *value;
};

struct static_body { /* bytes that outlive every request: styles and scripts */
	const void *at;
	size_t len;
};

struct response {
	unsigned status;
	const char *content_type;
	struct buf body;
	struct static_body fixed; /* instead of body */
	struct response_header headers[REQUEST_HEADERS_MOST];
	size_t headers_n;
	bool close; /* the connection, behind this answer */
};

struct request;

/* Who brought a request and takes its answer away. */
struct request_owner {
	void *self;                               /* the owner */
	void *context;                            /* of whoever answers */
	void (*suspend)(struct request *request); /* before the first hold, on the handler's thread */
	void (*resume)(struct request *request);  /* the last hold is gone; any thread. Afterwards it may be gone */
	bool (*defer)(struct request *request, void (*job)(struct request *)); /* NULL: no slow work here */
};

struct request {
	const struct request_owner *owner;
	struct arena arena; /* wiped at the end */
	enum method method;
	struct text method_name;
	struct text path; /* decoded */
	struct text raw_query;
	struct pairs query, form, cookies;
	struct text accept, accept_encoding, accept_language, content_type, host, origin, fetch_site, if_none_match,
		authorization;
	struct buf body;
	bool malformed; /* query, cookies or form cannot be read */
	bool too_large;
	bool other_type; /* a body of a type that is not taken there: it is in no form */
	instant started;
	struct response response;
	struct text from; /* the client's address */
	void *site;       /* what the site knows of the caller; in the arena */

	/* the owner's */
	void *connection;
	uint64_t number;
	size_t received; /* bytes of body */
	char uri[URI_LONGEST];
	atomic_int holds;
	bool suspended, answered, queued;
	void (*job)(struct request *);
	struct request *next;
	struct peer *peer;
};

/* The answer does not leave before request_release() was called as often as this. From the
 * handler only; the first call frees the thread for other connections. */
void request_hold(struct request *request);
void request_release(struct request *request); /* any thread */

/* Runs JOB on one of the few threads for slow work (a password takes 50 ms), and holds until it
 * has returned. False when too many wait already. From the handler only. */
bool request_defer(struct request *request, void (*job)(struct request *));

/* Sets a header; NAME and VALUE live as long as the request. */
void response_header(struct request *request, const char *name, const char *value);
void response_redirect(struct request *request, struct text path); /* 303 */

/* ---- for owners ------------------------------------------------------------------------------------ */

/* Requests are used again, so that their buffers are grown once. */
struct request_pool;
struct request_pool *request_pool_new(const struct request_owner *owner, size_t body_largest);
void request_pool_free(struct request_pool *pool); /* NULL is fine */
struct request *request_take(struct request_pool *pool);
void request_give(struct request_pool *pool, struct request *request); /* wipes what it held */
/* Calls ANSWER with one hold of the owner's, which it gives back: true when nobody else holds. */
bool request_run(struct request *request, void (*answer)(struct request *request));

#endif
