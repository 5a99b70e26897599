/* Shared by accounts, signing in and sessions. */
#ifndef POLICY_ACCOUNT_INT_H
#define POLICY_ACCOUNT_INT_H

#include "policy/account.h"

enum {
	USERNAME_MAX = 100,
	DISPLAY_NAME_MAX = 200,
	FAILURES_MAX = 5, /* in a row, then the account is locked for a while */
	LOCK_MINUTES = 15
};

#define MINUTE INT64_C(60000000)

/* USERNAME as it is kept: trimmed, lower case. False when it is not in form. */
bool username_fold(struct text username, char out[USERNAME_MAX + 1]);
/* The columns of `account` in the current row, by their names. */
void account_read(struct statement *query, struct arena *arena, instant now, struct account *out);
/* STATUS_CONFLICT: an account of the council's identity provider has no password here. */
enum status account_signs_in_elsewhere(struct error *error);

/* Argon2id; STATUS_IO "account.busy" when too many are at work. */
enum { PASSWORD_HASH_SIZE = 128 };
enum status password_hash(struct text password, char out[PASSWORD_HASH_SIZE], struct error *error) MUST_CHECK;
/* HASH NULL: checks against a hash of nobody's, for the time it takes, and fails. */
enum status password_verify(const char *hash, struct text password, bool *matches, struct error *error) MUST_CHECK;

/* Counts a guess at a code as failed before it is looked at, towards the same lock as passwords. LOCKED: it must not
 * even be looked at. */
enum status sign_in_count_guess(struct store *desk, int64_t user_id, bool *locked, struct error *error) MUST_CHECK;
/* Forgets failures, and notes when. */
enum status sign_in_note_success(struct store *desk, int64_t user_id, struct error *error) MUST_CHECK;

/* 32 random bytes in base64, safe in a URL. */
void random_token(char out[SESSION_TOKEN_SIZE]);

/* The caller's transaction, or one of our own around WORK. */
enum status in_transaction(struct store *desk,
			   enum status (*work)(struct store *desk, void *context, struct error *error), void *context,
			   struct error *error) MUST_CHECK;

#endif
