/* One request and its answer.
 *
 * The server owns it, from the request's first byte until the answer's last one, and wipes what
 * it held. Slices in it live as long. A handler runs on one thread; between handler and sending,
 * the answer may be *held* until something else has happened, the audit entry being on disk above
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

enum method { METHOD_GET, METHOD_POST, METHOD_OTHER }; /* HEAD is GET without its body */

enum { REQUEST_ARENA_LARGEST = 64 << 20, REQUEST_HEADERS_MOST = 16, RESPONSE_LARGEST = 32 << 20, URI_LONGEST = 4096 };

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

struct server;

struct request {
	struct server *server;
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
	instant started;
	struct response response;
	void *site; /* what the site knows of the caller; in the arena */

	/* the server's */
	void *connection;
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

#endif
