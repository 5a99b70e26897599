/* Shared by the pages about users. */
#ifndef PAGES_USERS_H
#define PAGES_USERS_H

#include "policy/account_change.h"
#include "web/pages/pages.h"

/* What waits for a second person, of USER_ID or (0) of everybody: `waiting` of the document. */
enum status user_put_waiting(struct visit *visit, int64_t user_id, struct error *error);
/* "role and team, a new password" */
struct text user_change_words(const struct visit *visit, const struct account_change *change);
/* Asks for WAITS, with an entry of its own, in the transaction that DESK is in. */
enum status user_ask(struct visit *visit, struct store *desk, struct account_change *waits, struct error *error);
/* The user's page after a change: NOTICE above it, and PASSWORD (NULL: none) this once. */
enum status user_changed_page(struct visit *visit, int64_t user_id, const char *notice, const char *password,
			      struct error *error);

#endif
