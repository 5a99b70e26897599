/* What somebody has beside what they know: an authenticator app, and recovery codes for the day it is lost.
 *
 *     second_factor_begin(desk, user_id, sealed, &error);              // the caller made and sealed a secret
 *     ... shows it, and asks for a code ...
 *     second_factor_confirm(desk, user_id, secret, code, recovery, &error);
 *     ...
 *     account_sign_in(...);                                            // at the next sign-in, first the password
 *     second_factor_check(desk, &factor, secret, code, &outcome, &error);
 *
 * The secret is in the database only as the caller sealed it; this room holds no key. A guess counts as failed before
 * it is looked at, towards the same lock as passwords. Each code is taken once, and each recovery code once.
 */
#ifndef POLICY_SECOND_FACTOR_H
#define POLICY_SECOND_FACTOR_H

#include "policy/account.h"
#include "policy/totp.h"

enum { RECOVERY_CODES = 10, RECOVERY_CODE_SIZE = 30 }; /* "abcd-efgh-jkmn-pqrs-tuvw-xyz2": 118 bits */

struct second_factor {
	int64_t user_id;
	struct text sealed; /* absent: none */
	instant confirmed;  /* INSTANT_UNKNOWN: the first code is still to come, so it is not asked for */
	int recovery_left;
};

enum status second_factor_get(struct store *desk, int64_t user_id, struct arena *arena, struct second_factor *out,
			      struct error *error) MUST_CHECK;
/* Keeps a new secret; one that was not confirmed gives way. STATUS_CONFLICT when there is a confirmed one. */
enum status second_factor_begin(struct store *desk, int64_t user_id, struct text sealed,
				struct error *error) MUST_CHECK;
/* With the first right code it is in force, and the account's other sessions end. RECOVERY is shown once.
 * STATUS_INVALID when the code is not right. In the caller's transaction. */
enum status second_factor_confirm(struct store *desk, int64_t user_id, const unsigned char *secret, struct text code,
				  char recovery[RECOVERY_CODES][RECOVERY_CODE_SIZE], struct error *error) MUST_CHECK;
/* CODE is the app's or a recovery code; *BY_RECOVERY tells. STATUS_REFUSED when it is neither, was used before, or the
 * account is locked: *OUTCOME has which, for the audit. */
enum status second_factor_check(struct store *desk, const struct second_factor *factor, const unsigned char *secret,
				struct text code, bool *by_recovery, enum sign_in_outcome *outcome,
				struct error *error) MUST_CHECK;
/* For a new telephone, or a lost one. */
enum status second_factor_remove(struct store *desk, int64_t user_id, struct error *error) MUST_CHECK;

#endif
