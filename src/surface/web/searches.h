/* What was searched for, kept in memory for a while, so that a search can be gone back to without its words
 * ever standing in an address, a log or a database.
 *
 * A search belongs to a session: its number is of no use to anybody else. Words are wiped when they
 * are dropped: when a session has newer ones, after an hour, at the end.
 */
#ifndef WEB_SEARCHES_H
#define WEB_SEARCHES_H

#include "base/arena.h"
#include "base/date.h"

struct searches;

struct searches *searches_new(void);
void searches_free(struct searches *searches);
/* Keeps WORDS; the number is random. */
int64_t searches_keep(struct searches *searches, int64_t session_id, struct text words);
/* The words, in ARENA; absent when there is no such search of this session. */
struct text searches_find(struct searches *searches, int64_t session_id, int64_t number, struct arena *arena);

#endif
