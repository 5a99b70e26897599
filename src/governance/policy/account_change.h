/* An account that reaches names, or decides who does, is given by two persons.
 *
 * Whoever manages users could else make an account for themselves, or enter somebody's before they do. So for a role
 * with `two_people` (the profile's word; without it, every role that reaches names, manages users or decides on
 * agreements, rights, and the words of the audit) a new account, a move to the role or to another team, letting
 * somebody in again, a new password and a lost second factor wait until another person confirms them: not who asked,
 * and not whose account it is.
 *
 *     store_begin(desk);  account_lock(desk, id, &arena, &after, error);  before = after;  ... change AFTER ...
 *     if (account_change_split(&waits, profile, &before, &after, new_password, factor_lost))
 *             asks = true;
 *     account_update(desk, &after, error);  if (asks) account_change_ask(desk, &waits, error);
 *     audit_join(...);  store_commit(desk);
 *     ...
 *     store_begin(desk);  account_change_answer(desk, &change, answer, error);  audit_join(...);  store_commit(desk);
 *
 * The new password is made when it is confirmed, and shown to who confirms: until then the old one opens the account,
 * and who asked never has it. The command line of the machine acts alone, and its entries say so.
 */
#ifndef POLICY_ACCOUNT_CHANGE_H
#define POLICY_ACCOUNT_CHANGE_H

#include "policy/account.h"
#include "profile/profile.h"

struct account_change {
	int64_t change_id, user_id;
	struct text username;         /* set by the reader */
	struct text role, team;       /* as they will be */
	bool lets_in;                 /* somebody who cannot sign in now */
	bool new_password, no_factor; /* gets a new password; loses the second factor */
	struct text was;              /* what the account was when it was asked */
	instant asked;
	int64_t asked_by;
	struct text asker; /* user name */
};

/* Whether PROFILE wants two persons for ROLE; a role that it does not have reaches nothing. */
bool account_wants_two(const struct profile *profile, struct text role);
/* What of the change from BEFORE to AFTER waits: in WAITS, and AFTER is put back there to what BEFORE was. False: none.
 * A new account is BEFORE disabled. */
bool account_change_split(struct account_change *waits, const struct profile *profile, const struct account *before,
			  struct account *after, bool new_password, bool no_factor);

/* USER_ID and ASKED_BY of WAITS are set, inside the caller's desk transaction, behind whatever else changes the
 * account. STATUS_CONFLICT "account.change_open" when another change of the account waits, "account.external" for a
 * password of an account that has none. */
enum status account_change_ask(struct store *desk, struct account_change *waits, struct error *error) MUST_CHECK;
/* Those that wait, oldest first; USER_ID 0: of all accounts. */
enum status account_changes(struct store *desk, int64_t user_id, struct arena *arena, struct account_change **out,
			    size_t *count, struct error *error) MUST_CHECK;

struct account_change_answer {
	int64_t user_id; /* who answers */
	bool confirm;
	const char *password; /* for a new one: made by the caller, who shows it */
};
/* Inside the caller's desk transaction. STATUS_REFUSED "account.same_person" when somebody confirms what they asked for
 * or what is of their own account; STATUS_CONFLICT "account.answered" when it does not wait, "account.changed" when the
 * account is no longer what it was. */
enum status account_change_answer(struct store *desk, const struct account_change *change,
				  const struct account_change_answer *answer, struct arena *arena,
				  struct error *error) MUST_CHECK;

#endif
