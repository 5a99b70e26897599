/* People who sign in, and their sessions: on the desk shelf, shared by all application servers.
 *
 * Passwords are kept as Argon2id hashes.  Signing in fails with one and the same error, in the same
 * time, whether the name is unknown, the password wrong, the account disabled or locked; the reason is
 * in `struct sign_in` for the audit, never for the page.
 */
#ifndef POLICY_ACCOUNT_H
#define POLICY_ACCOUNT_H

#include "base/arena.h"
#include "base/date.h"
#include "store/store.h"

/* A new password in characters; any one that is tried, in bytes. */
enum { PASSWORD_LENGTH_MIN = 12, PASSWORD_LENGTH_MAX = 128, PASSWORD_BYTES_MAX = 512 };
enum { SESSION_TOKEN_SIZE = 44, CSRF_TOKEN_SIZE = 44 };
/* For so long a password that somebody else gave opens the way to the form for one's own. */
enum { GIVEN_PASSWORD_DAYS = 14 };

/* Who has left may come back when the staff records say so; whom somebody disabled here stays out until somebody here
 * lets them in. */
enum account_status { ACCOUNT_ACTIVE, ACCOUNT_DISABLED, ACCOUNT_LEFT };

/* Who brings an account up to date: staff.h. */
enum account_keeper { KEPT_BY_HAND, KEPT_BY_STAFF_FILE, KEPT_BY_SCIM };

struct account {
	int64_t user_id;
	struct text username, display_name;
	struct text role, team; /* ids of the profile; team may be absent */
	enum account_status status;
	bool locked; /* for some minutes, after repeated failures */
	bool must_change_password;
	bool external;                 /* known to the council's identity provider, which opens it, and nothing else */
	struct text provisioned_id;    /* what the council's identity system (SCIM) calls it; may be absent */
	bool second_factor;            /* signing in takes a code as well: second_factor.h */
	instant created, last_sign_in; /* INSTANT_UNKNOWN: never */
	struct text accepted;          /* version of the statement on acceptable use that they accepted last ... */
	instant accepted_at;           /* ... and when */
	date training_until;           /* DATE_UNKNOWN: none is known of */
	enum account_keeper kept_by;
	struct text organisation, manager, worker_ids; /* may be absent */
	date ends;                                     /* the last day on which they sign in; DATE_UNKNOWN: none */
};

static inline bool account_is_over(const struct account *account, date today)
{
	return account->ends != DATE_UNKNOWN && account->ends < today;
}

/* USERNAME: letters, digits, '.', '-', '_', '@'; kept and compared in lower case. */
enum status account_create(struct store *desk, const struct account *account, struct text password, int64_t *user_id,
			   struct error *error) MUST_CHECK;
/* Ends its sessions, lifts a lock. MUST_CHANGE: somebody else knows the password, and it opens nothing but the form for
 * their own. STATUS_CONFLICT for an account of the identity provider, which has none. */
enum status account_set_password(struct store *desk, int64_t user_id, struct text password, bool must_change,
				 struct error *error) MUST_CHECK;
/* Everything but user name, password, factor and acceptance; ends its sessions when it is disabled or its role
 * changes. ACCOUNT came from account_lock(): what it does not say is forgotten. */
enum status account_update(struct store *desk, const struct account *account, struct error *error) MUST_CHECK;
enum status account_find(struct store *desk, struct text username, struct arena *arena, struct account *out,
			 struct error *error) MUST_CHECK;
enum status account_get(struct store *desk, int64_t user_id, struct arena *arena, struct account *out,
			struct error *error) MUST_CHECK;
/* In a transaction that will change it: until that ends nobody else does. What was read before it may be old. */
enum status account_lock(struct store *desk, int64_t user_id, struct arena *arena, struct account *out,
			 struct error *error) MUST_CHECK;
enum status account_list(struct store *desk, struct arena *arena, struct account **out, size_t *count,
			 struct error *error) MUST_CHECK; /* by username */
/* The numbers that sources know users by (policy.h, struct viewer_worker). WORKER absent takes the number away;
 * STATUS_CONFLICT when another account has it. */
struct account_worker {
	struct text source, worker;
};
enum status account_set_worker(struct store *desk, int64_t user_id, const struct account_worker *worker,
			       struct error *error) MUST_CHECK;
enum status account_workers(struct store *desk, int64_t user_id, struct arena *arena, struct account_worker **out,
			    size_t *count, struct error *error) MUST_CHECK;
/* 24 characters that can be read aloud, about 119 bits. */
enum { GIVEN_PASSWORD_SIZE = 25 };
void password_random(char *out, size_t size);

enum sign_in_outcome {
	SIGN_IN_OK,
	SIGN_IN_UNKNOWN,
	SIGN_IN_WRONG_PASSWORD,
	SIGN_IN_DISABLED,
	SIGN_IN_LOCKED,
	SIGN_IN_WRONG_CODE,
	SIGN_IN_PASSWORD_OLD, /* given by somebody else, and not changed in time */
	SIGN_IN_ELSEWHERE     /* the account is the identity provider's, and a password opens none of those */
};
const char *sign_in_outcome_name(enum sign_in_outcome outcome); /* for the audit: "wrong_password" ... */

/* Checks a password; at most as many at a time as there are processors, the others wait a moment and
 * then get STATUS_IO "account.busy". STATUS_REFUSED for every other failure. When OUT has a second factor, its
 * failures are forgotten only when the code is right as well: who knows the password has no more guesses at it. */
enum status account_sign_in(struct store *desk, struct text username, struct text password, struct arena *arena,
			    struct account *out, enum sign_in_outcome *outcome, struct error *error) MUST_CHECK;

/* ---- sessions ------------------------------------------------------------------------------ */

struct session_limits {
	int64_t idle, absolute;      /* microseconds; 0: 30 minutes, 12 hours */
	struct session_marks *marks; /* NULL: use is written at once */
};

/* Between password and code somebody is not signed in yet. */
enum session_stage { SESSION_WHOLE, SESSION_CODE_WANTED };
/* How its user showed who they are, by which it is judged what is still to be shown. Stored: never renumber. */
enum session_began { SESSION_BY_PASSWORD, SESSION_BY_CODE, SESSION_BY_PROVIDER };

struct session {
	int64_t session_id;
	enum session_stage stage;
	enum session_began began;
	struct account account;
	struct text purpose, reason, task; /* absent until chosen; reason: a reference to words (stated.h) */
	struct text reason_sealed;         /* those words, absent when there are none */
	char csrf[CSRF_TOKEN_SIZE];        /* to be put into forms, and compared with session_csrf_matches() */
	instant started, seen;
	int64_t policy_generation; /* of the desk, for policy_is_behind(): read with the session, so that it costs
				      nothing */
};

/* That a session was used is kept to the minute.  Four hundred sessions of one morning would all write in the same
 * second, each waiting for the disk: a server gathers the marks and writes them together, once a second. */
struct session_marks;
struct session_marks *session_marks_new(void);
void session_marks_free(struct session_marks *marks); /* NULL is fine */
enum status session_marks_flush(struct session_marks *marks, struct store *desk, struct error *error) MUST_CHECK;

/* TOKEN is for the cookie; only its hash is stored. By a password; _as() says how else, and from which address. */
enum status session_start(struct store *desk, int64_t user_id, char token[SESSION_TOKEN_SIZE],
			  struct error *error) MUST_CHECK;
enum status session_start_as(struct store *desk, int64_t user_id, enum session_began began, struct text client,
			     char token[SESSION_TOKEN_SIZE], struct error *error) MUST_CHECK;
/* The password was right, the code is still to come: ends after five minutes. */
enum status session_start_half(struct store *desk, int64_t user_id, char token[SESSION_TOKEN_SIZE],
			       struct error *error) MUST_CHECK;
/* On a STORE_WRITE desk. STATUS_NOT_FOUND when there is none, it has ended, or its account may no longer sign in.
 * Writes, or notes in LIMITS->marks, at most once a minute a session. */
enum status session_find(struct store *desk, struct text token, const struct session_limits *limits,
			 struct arena *arena, struct session *out, struct error *error) MUST_CHECK;
enum status session_set_purpose(struct store *desk, int64_t session_id, struct text purpose, struct text reason,
				struct text task, struct error *error) MUST_CHECK;
enum status session_end(struct store *desk, struct text token, struct error *error) MUST_CHECK;
enum status session_end_all(struct store *desk, int64_t user_id, struct error *error) MUST_CHECK;
/* A user's own, newest first; at most 100. */
struct session_row {
	int64_t session_id;
	enum session_began began;
	struct text client; /* the address it began from; may be absent */
	instant started, seen;
};
enum status session_list(struct store *desk, int64_t user_id, const struct session_limits *limits, struct arena *arena,
			 struct session_row **out, size_t *count, struct error *error) MUST_CHECK;
/* *ENDED: USER_ID had a session of this number. */
enum status session_end_one(struct store *desk, int64_t user_id, int64_t session_id, bool *ended,
			    struct error *error) MUST_CHECK;
/* Deletes sessions that are over; for the server's hourly sweep. */
enum status session_sweep(struct store *desk, const struct session_limits *limits, struct error *error) MUST_CHECK;
bool session_csrf_matches(const struct session *session, struct text given); /* in constant time */

/* ---- tokens of programs ---------------------------------------------------------------------- */

enum { API_TOKEN_SIZE = SESSION_TOKEN_SIZE + 3 };

struct api_token {
	int64_t token_id, user_id;
	struct text username, name;
	struct text capabilities; /* ids, commas between: fewer than the role's, or as many */
	struct text purpose;      /* absent: none, so nothing that needs one */
	instant created, expires, last_used, revoked;
};

/* TOKEN is shown once; only its hash is stored. In the caller's transaction, which also holds the audit entry. */
enum status api_token_create(struct store *desk, struct api_token *made, struct text by, char token[API_TOKEN_SIZE],
			     struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND when there is none, it has expired or was revoked, or its account may no longer sign in. SESSION is
 * filled with account and purpose, as of somebody who has signed in. */
enum status api_token_find(struct store *desk, struct text token, struct arena *arena, struct api_token *out,
			   struct session *session, struct error *error) MUST_CHECK;
enum status api_token_list(struct store *desk, struct arena *arena, struct api_token **out, size_t *count,
			   struct error *error) MUST_CHECK; /* at most 1,000 */
enum status api_token_revoke(struct store *desk, int64_t token_id, struct error *error) MUST_CHECK;

#endif
