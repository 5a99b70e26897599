/* The web server: what people's browsers and other programs talk to.
 *
 *     struct web_settings settings = {.workspace = "demo", .port = 8080};
 *     if (web_serve(&settings, &error) != STATUS_OK)
 *         error_print(&error, stderr);
 *
 * web_serve() opens the workspace, listens, and returns after SIGINT, SIGTERM or web_stop():
 * requests under way are answered first. It runs as two processes: the caller becomes the keeper, which has keys,
 * databases, policy and audit; its child, the web process, faces the network and has nothing (front.h, keeper.h,
 * confine.h). Call it before there are threads: the child is a fork, and the calling thread is confined for good. It
 * serves the newest finished state of the data shelf, and moves to a newer one while it runs without a pause.
 *
 * Nothing that a page shows leaves before the audit entry of the look is durable; when the
 * audit cannot be written the answer is a 503 page.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/error.h"

#include <stdbool.h>

struct web_settings {
	const char *workspace;    /* the workspace's folder */
	const char *address;      /* to listen on; NULL: 127.0.0.1 */
	unsigned port;            /* 0: any free one, told to `ready` */
	unsigned threads;         /* that serve pages; 0: by the processors, 2 to 4, on PostgreSQL 4 to 16 */
	unsigned connections;     /* at once; 0: 2,000 */
	unsigned idle_seconds;    /* until a silent or slow connection is closed; 0: 30 */
	unsigned profile_seconds; /* between looks at whether the profile has changed; 0: 10 */
	const char
		*static_folder; /* styles and scripts; NULL: "static" beside the program, or ../share/oneview/static */
	bool secure_cookies;    /* a proxy in front of us speaks TLS: cookies travel only over it */

	/* Called once, when the first page can be asked for. */
	void (*ready)(void *context, const char *address, unsigned port);
	void *context;

	unsigned sign_in_failures; /* of one address in a quarter of an hour; 0: 100 */
	bool without_limits;       /* for benchmarks only: nobody is told that they ask too often */

	/* For tests only: called in the confined web process, as if somebody had taken it over. LINE leads to the
	 * keeper. */
	void (*taken_over)(void *context, int line);
};

enum status web_serve(const struct web_settings *settings, struct error *error) MUST_CHECK;

/* Ends a web_serve() that runs on another thread, as SIGTERM would. */
void web_stop(void);

#endif
