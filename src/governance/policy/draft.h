/* What somebody had written when their session ended, so that it is not lost: for that user and that browser, for an
 * hour, sealed by whoever has the vault.
 *
 * A form that comes with the cookie of a session that is over is kept under a hash of the user's name and that cookie.
 * When the same user signs in with the browser that sends the cookie, it moves to their new session; nobody else's name
 * or cookie makes that hash.
 */
#ifndef POLICY_DRAFT_H
#define POLICY_DRAFT_H

#include "policy/account.h"

enum { DRAFT_OWNER_BYTES = 32, DRAFT_MINUTES = 60, DRAFT_SESSION_HOURS = 12 };

struct draft_owner {
	unsigned char hash[DRAFT_OWNER_BYTES];
};
struct draft_owner draft_owner_of(struct text username, struct text token);

/* The session of TOKEN though it is over, so long as it was not ended by its user or an administrator, for
 * DRAFT_SESSION_HOURS. It opens nothing: it says whose form this is. STATUS_NOT_FOUND. */
enum status draft_session(struct store *desk, struct text token, struct arena *arena, struct session *out,
			  struct error *error) MUST_CHECK;
/* What session_sweep() is to be called with, so that it leaves those. */
struct session_limits draft_sweep_limits(const struct session_limits *limits);

struct draft {
	int64_t draft_id; /* what it is sealed under */
	struct text path, sealed;
	instant kept;
};
/* One for each owner: the newest. */
enum status draft_keep(struct store *desk, const struct draft_owner *owner, const struct draft *draft,
		       struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND when there is none, or it is too old. */
enum status draft_find(struct store *desk, const struct draft_owner *owner, struct arena *arena, struct draft *out,
		       struct error *error) MUST_CHECK;
enum status draft_move(struct store *desk, const struct draft_owner *from, const struct draft_owner *to, bool *moved,
		       struct error *error) MUST_CHECK;
enum status draft_drop(struct store *desk, const struct draft_owner *owner, struct error *error) MUST_CHECK;
enum status draft_sweep(struct store *desk, struct error *error) MUST_CHECK; /* those that are too old */

#endif
