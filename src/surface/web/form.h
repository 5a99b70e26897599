/* Names and values from outside: form bodies, query strings, cookies.
 *
 * Everything is copied into the arena, decoded and checked: what cannot be decoded, is not
 * UTF-8, holds a NUL, or comes in too great a number is refused as a whole, because half a
 * form is worse than none.
 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "base/arena.h"
#include "base/buf.h"

enum { FORM_PAIRS_MOST = 400, COOKIES_MOST = 50 };

struct pair {
	struct text name, value;
};

struct pairs {
	struct pair *at; /* in the order written; a name may come more than once */
	size_t count;
};

/* application/x-www-form-urlencoded, which is also the form of a query string. */
bool form_parse(struct arena *arena, struct text encoded, struct pairs *out);
/* A Cookie header (RFC 6265); quotes around a value are part of it, as the standard has it. */
bool cookies_parse(struct arena *arena, struct text header, struct pairs *out);

/* The first value of NAME; absent when there is none. */
struct text pairs_get(const struct pairs *pairs, const char *name);

/* "%2e%2E" and the like in a path; false as above. */
bool path_decode(struct arena *arena, struct text encoded, struct text *out);
/* Appends T so that form_parse() gives it back. */
void form_append_encoded(struct buf *out, struct text t);

#endif
