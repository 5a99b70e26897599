/* Accounts at the command line, for `user` and `init`. */
#ifndef CLI_USER_H
#define CLI_USER_H

#include "cli/opened.h"

#include "policy/account.h"

/* The account and its audit entry, in one transaction: of the first administrator, who may begin at once. */
enum status user_create(struct opened *opened, const struct account *account, const char *password, int64_t *user_id,
			struct error *error) MUST_CHECK;
/* In the caller's transaction, with its audit entry: training valid UNTIL (DATE_UNKNOWN: as it is), and the statement
 * on acceptable use accepted elsewhere than here. */
enum status user_admit(struct opened *opened, int64_t user_id, date until, bool accepted,
		       struct error *error) MUST_CHECK;
/* As given by environment or terminal; else made at random and put into the answer. Wipe it. PROFILE NULL: the list of
 * breached passwords need not be there yet. */
enum status user_password(struct cli *cli, const struct profile *profile, char out[PASSWORD_ROOM],
			  struct error *error) MUST_CHECK;

#endif
