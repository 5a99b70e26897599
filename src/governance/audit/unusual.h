/* Accesses that are worth a manager's question, with the reason in words.
 *
 *     struct unusual_question question = {.from = a_month_ago, .before = now};
 *     status = unusual_find(&found, desk, &question, &arena, error);
 *
 * Each is found by what the audit itself says: no name, no value of anybody.  A user is held against their own habit
 * and that of others in the role, both without the case itself.  To be found says that somebody should ask, not
 * that something was wrong.
 */
#ifndef AUDIT_UNUSUAL_H
#define AUDIT_UNUSUAL_H

#include "audit/audit.h"

enum unusual_kind {
	UNUSUAL_SPREE,        /* many residents in an hour */
	UNUSUAL_OUT_OF_HOURS, /* 20:00 to 07:00 by local time, or at the weekend, where others of the role are not */
	UNUSUAL_REFUSED,      /* turned away from residents again and again in a day */
	UNUSUAL_OFTEN,        /* a resident whom far more users opened than others */
	UNUSUAL_BULK,         /* more residents in an hour than the role's setting: noticed when it happened */
	UNUSUAL_UNRELATED,    /* residents of no case, team or service of the user, where the role seldom opens such */
	UNUSUAL_CELEBRITY,    /* a resident whom several users of several roles opened within days, none related */
	/* Found by whoever can read names (vault/disclosure_alike.h), not by unusual_find(): */
	UNUSUAL_OWN_NAME,    /* a resident with the user's own surname */
	UNUSUAL_OWN_ADDRESS, /* ... at the user's own address */
	UNUSUAL_COLLEAGUE,   /* a resident with surname and address of another user */
	UNUSUAL_KIND_COUNT
};
const char *unusual_kind_name(enum unusual_kind kind); /* "spree" */

enum {
	UNUSUAL_SPREE_LEAST = 15,  /* residents in an hour; and three times what is usual */
	UNUSUAL_REFUSED_LEAST = 3, /* refusals in a day */
	UNUSUAL_OFTEN_LEAST = 5,   /* users; and four times the mean */
	/* A day with three times as many unrelated looks as others of the role would have; never in a role of whose
	 * other looks more than a fifth are: a contact centre works with nobody. */
	UNUSUAL_UNRELATED_TIMES = 3,
	UNUSUAL_UNRELATED_SHARE = 5,
	/* Users of two roles or more within seven days, and four times the mean: who rings the contact centre often is
	 * opened by many of one role. */
	UNUSUAL_CELEBRITY_LEAST = 5,
	UNUSUAL_CELEBRITY_DAYS = 7,
	UNUSUAL_ROLE_OUTSIDE = 5, /* a fifth of the looks of others in the role outside hours makes it usual */
	UNUSUAL_MOST = 500        /* of each kind */
};

struct unusual_access {
	enum unusual_kind kind;
	struct text user_name, role; /* absent for UNUSUAL_OFTEN and UNUSUAL_CELEBRITY */
	int64_t resident_id;         /* of these only; else 0 */
	instant at;                  /* of the first look */
	int64_t first_seq, last_seq; /* between these the entries are found */
	int64_t count;               /* residents, looks, refusals or users */
	struct text why;
};

struct unusual_question {
	instant from, before; /* from <= at < before */
};

struct unusual_list {
	struct unusual_access *at; /* by kind, the newest first */
	size_t count;
};
enum status unusual_find(struct unusual_list *out, struct store *desk, const struct unusual_question *question,
			 struct arena *arena, struct error *error) MUST_CHECK;

/* Who opened whom: the newest UNUSUAL_LOOKS_MOST pairs of user and resident, in the order of residents. KIND is not
 * set. */
enum { UNUSUAL_LOOKS_MOST = 5000 };
enum status unusual_looks(struct unusual_list *out, struct store *desk, const struct unusual_question *question,
			  struct arena *arena, struct error *error) MUST_CHECK;

/* A random sample of accesses, for somebody to review: COUNT of the looks at residents that were allowed, the same ones
 * for the same SEED and entries. In the order of their numbers. */
struct unusual_sample {
	uint64_t seed;
	size_t wanted;                   /* at most UNUSUAL_MOST */
	struct text team, but_user_name; /* only of this team, and not of this user; absent: of all */
};
enum status unusual_draw(struct audit_page *out, struct store *desk, const struct unusual_question *question,
			 const struct unusual_sample *sample, struct arena *arena, struct error *error) MUST_CHECK;

#endif
