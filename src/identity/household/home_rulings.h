/* What people decided about who lives with whom: rows of the desk that are never deleted.
 *
 * A ruling names two residents by a record each, as its source and the keyed hash of its number there: these outlive
 * every rebuild of the data shelf, and follow the record when links change.  The newest ruling about two people that
 * was not taken back holds, in every run; it needs no second opinion, because it moves nobody's records.
 */
#ifndef HOUSEHOLD_HOME_RULINGS_H
#define HOUSEHOLD_HOME_RULINGS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct store;

struct home_ruling {
	int64_t user_id;
	struct text username;
	int64_t resident_a, resident_b;
	bool together; /* they live together; else they do not */
};
/* Inside the caller's desk transaction, which also holds the audit entry. STATUS_NOT_FOUND when one of the two has no
 * record any more. */
enum status home_ruling_add(struct store *desk, struct store *data, const struct home_ruling *ruling,
			    int64_t *ruling_id, struct error *error) MUST_CHECK;
/* Likewise. STATUS_CONFLICT when it was taken back already. */
enum status home_ruling_undo(struct store *desk, int64_t ruling_id, struct text by, struct error *error) MUST_CHECK;

#endif
