/* Ending, suspending and reinstating an agreement while the server runs: one person proposes, another confirms.
 *
 *     store_begin(desk);
 *     agreement_propose(desk, &proposal, &id, error);  audit_join(...);  store_commit(desk);
 *     ...
 *     store_begin(desk);                                                      // somebody else
 *     agreement_answer(desk, &proposal, answer, error);  audit_join(...);  store_commit(desk);
 *
 * A confirmed proposal counts from the next request on.  Nobody confirms what they proposed; whoever proposed may only
 * take it back.  Whether somebody has the capability for it (agreements.manage) is the caller's to ask.
 */
#ifndef POLICY_STANDING_H
#define POLICY_STANDING_H

#include "base/arena.h"
#include "policy/policy.h"

/* Stored: never renumber. */
enum agreement_action { AGREEMENT_TO_END = 1, AGREEMENT_TO_SUSPEND = 2, AGREEMENT_TO_REINSTATE = 3 };
const char *agreement_action_name(enum agreement_action action); /* "end", "suspend", "reinstate" */
bool agreement_action_parse(struct text name, enum agreement_action *out);

enum { AGREEMENT_REASON_SHORTEST = 5, AGREEMENT_REASON_LONGEST = 500 }; /* bytes */

struct agreement_proposal {
	int64_t proposal_id;
	struct text agreement; /* id */
	enum agreement_action action;
	struct text reason;         /* names no resident */
	instant proposed, answered; /* answered INSTANT_UNKNOWN: it is open */
	int64_t proposed_by, answered_by;
	struct text proposer, answerer; /* user names */
	bool confirmed;
};

/* AGREEMENT, ACTION, REASON and PROPOSED_BY of PROPOSAL, inside the caller's desk transaction. STATUS_CONFLICT when
 * another proposal for the agreement is open, STATUS_REFUSED when the agreement stands so already or cannot come back.
 */
enum status agreement_propose(struct store *desk, const struct agreement_proposal *proposal, int64_t *proposal_id,
			      struct error *error) MUST_CHECK;
/* Fills PROPOSAL. STATUS_NOT_FOUND. */
enum status agreement_proposal_get(struct store *desk, int64_t proposal_id, struct arena *arena,
				   struct agreement_proposal *proposal, struct error *error) MUST_CHECK;
/* What USER_ID says to it, inside the caller's desk transaction: confirmed, it is done. STATUS_REFUSED
 * "policy.same_person" when somebody confirms what they proposed, "policy.answered" when it is not open. */
enum status agreement_answer(struct store *desk, const struct agreement_proposal *proposal, int64_t user_id,
			     bool confirm, struct error *error) MUST_CHECK;
/* From which day to which an agreement ran: by its dates, and by what two persons decided. TO is DATE_UNKNOWN while it
 * runs; FROM is DATE_UNKNOWN for one that has not run. Suspended and reinstated counts as never suspended. */
struct agreement_span {
	date from, to;
};
enum status agreement_span(struct agreement_span *out, struct store *desk, const struct profile_agreement *agreement,
			   date today, struct error *error) MUST_CHECK;
/* Newest first, at most 200; of all agreements when AGREEMENT is absent. */
enum status agreement_proposals(struct store *desk, struct text agreement, bool only_open, struct arena *arena,
				struct agreement_proposal **out, size_t *count, struct error *error) MUST_CHECK;

#endif
