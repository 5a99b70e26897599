/* How often somebody may ask: pages about people and searches by user, wrong passwords by address. And who reads in
 * bulk.
 *
 * What a user has opened is counted by the keeper, over all of their sessions and tokens, by what their role allows
 * (struct profile_limits).  A page is counted before anything is opened for it, so that many asked at once are not
 * more, and is given back when the door was not asked about anybody.  Windows are those of the clock: this minute, this
 * hour, this day (UTC).  After a restart, hour and day go on from what the audit says.  Reading in bulk is noticed
 * below the limit: when a user has opened more different residents in an hour than the role usually needs, once an
 * hour.
 *
 * Any thread. What is counted is numbers: no name, no value of anybody.
 */
#ifndef WEB_LIMITS_H
#define WEB_LIMITS_H

#include "base/date.h"
#include "profile/profile.h"
#include "store/store.h"

struct limits;

/* Of one address (IPv6: one /64) in a quarter of an hour; an office may share one. */
enum { SIGN_IN_FAILURES_MOST = 100 };

/* SIGN_IN_FAILURES 0: SIGN_IN_FAILURES_MOST. */
struct limits *limits_new(unsigned sign_in_failures);
void limits_free(struct limits *limits); /* NULL is fine */

struct limits_asker {
	int64_t user_id;
	struct text username;
	const struct profile_limits *most;
};

struct limits_answer {
	const char *over; /* "minute", "hour" or "day": not to be answered; NULL: it may be */
	int most;         /* what that window allows */
	int bulk;         /* different residents this hour, when this one was one too many; else 0 */
};

/* Counts one page about people; SUBJECT is the resident when it is one's page, else 0. DESK is asked only for a user
 * who is new to this process. */
enum status limits_open(struct limits *limits, const struct limits_asker *asker, int64_t subject, struct store *desk,
			struct limits_answer *out, struct error *error) MUST_CHECK;
/* Takes back what limits_open() counted, for what turned out to show nobody. */
void limits_give_back(struct limits *limits, const struct limits_asker *asker);
/* Counts a resident whom a page showed, whichever page: different residents this hour when this one was one too many,
 * else 0. */
int limits_saw(struct limits *limits, const struct limits_asker *asker, int64_t resident_id);
/* A caseload of so many was read. True: more than the role expects, which is noticed once an hour. */
bool limits_caseload(struct limits *limits, const struct limits_asker *asker, size_t cases);
/* Counts a search. False: too many in this minute. */
bool limits_search(struct limits *limits, const struct limits_asker *asker);

/* Whether an address may still try passwords, or begin at the identity provider. */
bool limits_may_sign_in(struct limits *limits, struct text address);
/* Whether that it may not has yet to be told in this quarter of an hour: once, and then no more. */
bool limits_tell_refused(struct limits *limits, struct text address);
void limits_sign_in_failed(struct limits *limits, struct text address);
/* What was counted when it began has come to a good end. */
void limits_sign_in_worked(struct limits *limits, struct text address);

/* Whether one more refusal of somebody who is not known may have an entry of its own: so many of one address, and of
 * all, in a quarter of an hour, so that nobody fills the audit from outside. */
enum { REFUSALS_NOTED_MOST = 20, REFUSALS_NOTED_ALL = 1000 };
bool limits_may_note(struct limits *limits, struct text address);
/* The same for somebody who is signed in: so many of one user, over all their sessions. */
bool limits_may_note_of(struct limits *limits, int64_t user_id);

struct limits_numbers {
	uint64_t refused, bulk; /* since the start */
};
struct limits_numbers limits_numbers(struct limits *limits);

#endif
