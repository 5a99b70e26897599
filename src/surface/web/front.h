/* The web process: it faces the network, and knows nothing.
 *
 * It reads HTTP, hands each request to the keeper (message.h) and sends what the keeper answers. It has no key, no
 * database, no file; styles and scripts are in its memory. Before the first byte from the network is read it has
 * given up everything but its sockets (confine.h).
 */
#ifndef WEB_FRONT_H
#define WEB_FRONT_H

#include "web/web.h"

/* Runs the web process until the keeper says stop or is gone; for the child of a fork, which then ends.
 * LISTENING is the socket that clients connect to, LINE this end of the line. */
int front_run(const struct web_settings *settings, int listening, int line);

#endif
