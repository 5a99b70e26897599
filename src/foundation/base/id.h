/* Ids of residents, households and properties: random, 63 bits, greater than 0.
 *
 * They reveal nothing and are never used again.  A page shows one as 13 characters of
 * Crockford's base 32 in lower case ("0n5t7dq0kfv9g"), which has no i, l, o or u; read
 * back, capitals and the look-alikes (o for 0, i and l for 1) and hyphens are accepted.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/text.h"

enum { ID_TEXT_SIZE = 14 }; /* 13 characters and a NUL */

int64_t id_random(void); /* 1 .. INT64_MAX, from the system's generator; any thread */
char *id_format(int64_t id, char out[ID_TEXT_SIZE]);
bool id_parse(struct text t, int64_t *out); /* false unless all of T is an id */

#endif
