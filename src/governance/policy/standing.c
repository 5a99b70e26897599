#include "policy/standing.h"

#include "base/memory.h"
#include "policy/policy_int.h"

static const char *const action_names[] = {
	[AGREEMENT_TO_END] = "end", [AGREEMENT_TO_SUSPEND] = "suspend", [AGREEMENT_TO_REINSTATE] = "reinstate"};

const char *agreement_action_name(enum agreement_action action)
{
	return action_names[action];
}

bool agreement_action_parse(struct text name, enum agreement_action *out)
{
	for (int i = AGREEMENT_TO_END; i <= AGREEMENT_TO_REINSTATE; i++) {
		if (!text_is(name, action_names[i]))
			continue;
		*out = (enum agreement_action)i;
		return true;
	}
	return false;
}

/* ---- reading --------------------------------------------------------------------------------- */

#define PROPOSALS \
	"SELECT p.proposal_id, p.agreement_id, p.action, p.reason, p.proposed_at, p.proposed_by, p.answered_at, " \
	"p.answered_by, p.confirmed, a.username AS proposer, b.username AS answerer FROM agreement_proposal p " \
	"JOIN account a ON a.user_id = p.proposed_by LEFT JOIN account b ON b.user_id = p.answered_by "

static struct text keep(struct arena *arena, struct statement *row, const char *column)
{
	struct text t = statement_text(row, statement_column(row, column));
	return text_is_absent(t) ? t : arena_text(arena, t);
}

static int64_t number(struct statement *row, const char *column)
{
	return statement_int(row, statement_column(row, column));
}

static struct agreement_proposal take(struct statement *row, struct arena *arena)
{
	bool open = statement_is_null(row, statement_column(row, "answered_at"));
	return (struct agreement_proposal){.proposal_id = number(row, "proposal_id"),
					   .agreement = keep(arena, row, "agreement_id"),
					   .action = (enum agreement_action)number(row, "action"),
					   .reason = keep(arena, row, "reason"),
					   .proposed = number(row, "proposed_at"),
					   .answered = open ? INSTANT_UNKNOWN : number(row, "answered_at"),
					   .proposed_by = number(row, "proposed_by"),
					   .answered_by = open ? 0 : number(row, "answered_by"),
					   .proposer = keep(arena, row, "proposer"),
					   .answerer = keep(arena, row, "answerer"),
					   .confirmed = !open && number(row, "confirmed")};
}

enum status agreement_proposal_get(struct store *desk, int64_t proposal_id, struct arena *arena,
				   struct agreement_proposal *proposal, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(&query, desk, PROPOSALS "WHERE p.proposal_id = :id", error);
	if (status)
		return status;
	statement_bind_int(query, "id", proposal_id);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*proposal = take(query, arena);
	statement_done(query);
	if (status == STATUS_OK && !row) {
		error_set(error, STATUS_NOT_FOUND, "policy.proposal", "There is no proposal %lld",
			  (long long)proposal_id);
		error_remedy(error, "\"oneview policy proposals\" lists them");
		return STATUS_NOT_FOUND;
	}
	return status;
}

enum status agreement_span(struct agreement_span *out, struct store *desk, const struct profile_agreement *agreement,
			   date today, struct error *error)
{
	struct statement *query;
	bool row = false, is_over = agreement->to != DATE_UNKNOWN && agreement->to < today;
	bool has_run =
		agreement->status == AGREEMENT_APPROVED && agreement->from != DATE_UNKNOWN && agreement->from <= today;
	*out = (struct agreement_span){has_run ? agreement->from : DATE_UNKNOWN,
				       is_over ? agreement->to : DATE_UNKNOWN};
	enum status status = store_prepare(
		&query, desk, "SELECT ended_at FROM agreement_ended WHERE agreement_id = :agreement", error);
	if (status)
		return status;
	statement_bind_text(query, "agreement", agreement->id);
	int ended = statement_column(query, "ended_at");
	status = statement_step(query, &row, error);
	date on = !status && row ? instant_date(statement_int(query, ended)) : DATE_UNKNOWN;
	if (on != DATE_UNKNOWN && (out->to == DATE_UNKNOWN || on < out->to))
		out->to = on;
	if (on != DATE_UNKNOWN && on < out->from)
		out->from = DATE_UNKNOWN;
	statement_reset(query);
	statement_done(query);
	return status;
}

enum status agreement_proposals(struct store *desk, struct text agreement, bool only_open, struct arena *arena,
				struct agreement_proposal **out, size_t *count, struct error *error)
{
	enum { MOST = 200 };
	struct statement *query;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, MOST, struct agreement_proposal);
	enum status status = store_prepare(&query, desk,
					   PROPOSALS "WHERE (:every = 1 OR p.agreement_id = :agreement) AND "
						     "(:open = 0 OR p.answered_at IS NULL) ORDER BY p.proposal_id DESC "
						     "LIMIT 200",
					   error);
	if (status)
		return status;
	statement_bind_int(query, "every", text_is_absent(agreement));
	statement_bind_text(query, "agreement", text_is_absent(agreement) ? TEXT("") : agreement);
	statement_bind_int(query, "open", only_open);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < MOST)
		(*out)[(*count)++] = take(query, arena);
	statement_done(query);
	return status;
}

/* ---- proposing ------------------------------------------------------------------------------- */

static enum status standing_of(struct store *desk, struct text agreement, enum policy_standing *out,
			       struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, desk, "SELECT suspended FROM agreement_ended WHERE agreement_id = :agreement", error);
	if (status)
		return status;
	statement_bind_text(query, "agreement", agreement);
	status = statement_step(query, &row, error);
	*out = STANDING_AS_WRITTEN;
	if (status == STATUS_OK && row)
		*out = number(query, "suspended") ? STANDING_SUSPENDED : STANDING_ENDED;
	statement_done(query);
	return status;
}

/* From where each action may start. */
static enum status may_follow(enum policy_standing standing, enum agreement_action action, struct error *error)
{
	const char *why = standing == STANDING_ENDED ? "The agreement was ended, and does not come back"
			  : standing == STANDING_SUSPENDED && action == AGREEMENT_TO_SUSPEND
				  ? "The agreement is suspended already"
			  : standing == STANDING_AS_WRITTEN && action == AGREEMENT_TO_REINSTATE
				  ? "The agreement is not suspended"
				  : NULL;
	if (!why)
		return STATUS_OK;
	error_set(error, STATUS_REFUSED, "policy.standing", "%s", why);
	if (standing == STANDING_ENDED)
		error_remedy(error, "Decide a new agreement, with an id of its own, and add it to the profile");
	return STATUS_REFUSED;
}

static enum status check_proposal(struct store *desk, const struct agreement_proposal *proposal, struct error *error)
{
	enum policy_standing standing;
	struct agreement_proposal *open;
	size_t count;
	struct arena arena;
	if (proposal->reason.len < AGREEMENT_REASON_SHORTEST || proposal->reason.len > AGREEMENT_REASON_LONGEST)
		return error_set(error, STATUS_INVALID, "policy.reason", "Say why, in %d to %d characters",
				 AGREEMENT_REASON_SHORTEST, AGREEMENT_REASON_LONGEST);
	enum status status = standing_of(desk, proposal->agreement, &standing, error);
	if (status == STATUS_OK)
		status = may_follow(standing, proposal->action, error);
	if (status)
		return status;
	arena_init(&arena, 1 << 20);
	status = agreement_proposals(desk, proposal->agreement, true, &arena, &open, &count, error);
	if (status == STATUS_OK && count) {
		status = error_set(error, STATUS_CONFLICT, "policy.proposal_open",
				   "Proposal %lld for this agreement waits for an answer",
				   (long long)open[0].proposal_id);
		error_remedy(error, "Answer it first");
	}
	arena_release(&arena);
	return status;
}

enum status agreement_propose(struct store *desk, const struct agreement_proposal *proposal, int64_t *proposal_id,
			      struct error *error)
{
	struct statement *insert;
	enum status status = check_proposal(desk, proposal, error);
	if (status == STATUS_OK)
		status = store_prepare(&insert, desk,
				       "INSERT INTO agreement_proposal (agreement_id, action, reason, proposed_at, "
				       "proposed_by) VALUES (:agreement, :action, :reason, :now, :by) "
				       "RETURNING proposal_id",
				       error);
	if (status)
		return status;
	statement_bind_text(insert, "agreement", proposal->agreement);
	statement_bind_int(insert, "action", proposal->action);
	statement_bind_text(insert, "reason", proposal->reason);
	statement_bind_int(insert, "now", instant_now());
	statement_bind_int(insert, "by", proposal->proposed_by);
	bool row;
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK && row)
		*proposal_id = number(insert, "proposal_id");
	statement_done(insert);
	return status;
}

/* ---- answering ------------------------------------------------------------------------------- */

static enum status mark_answered(struct store *desk, int64_t proposal_id, int64_t user_id, bool confirm,
				 struct error *error)
{
	struct statement *update;
	int64_t changed = 0;
	enum status status = store_prepare(&update, desk,
					   "UPDATE agreement_proposal SET answered_at = :now, answered_by = :by, "
					   "confirmed = :confirmed WHERE proposal_id = :id AND answered_at IS NULL",
					   error);
	if (status)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_int(update, "by", user_id);
	statement_bind_int(update, "confirmed", confirm);
	statement_bind_int(update, "id", proposal_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed)
		return error_set(error, STATUS_REFUSED, "policy.answered", "This proposal has been answered already");
	return status;
}

static enum status carry_out(struct store *desk, const struct agreement_proposal *proposal, int64_t user_id,
			     struct error *error)
{
	struct statement *change;
	bool reinstate = proposal->action == AGREEMENT_TO_REINSTATE;
	enum status status = store_prepare(
		&change, desk,
		reinstate
			? "DELETE FROM agreement_ended WHERE agreement_id = :agreement"
			: "INSERT INTO agreement_ended (agreement_id, ended_at, ended_by, suspended) "
			  "SELECT CAST(:agreement AS TEXT), CAST(:now AS BIGINT), username, CAST(:suspended AS "
			  "SMALLINT) FROM account "
			  "WHERE user_id = :by ON CONFLICT (agreement_id) DO UPDATE SET ended_at = excluded.ended_at, "
			  "ended_by = excluded.ended_by, suspended = excluded.suspended",
		error);
	if (status)
		return status;
	statement_bind_text(change, "agreement", proposal->agreement);
	if (!reinstate) {
		statement_bind_int(change, "now", instant_now());
		statement_bind_int(change, "by", user_id);
		statement_bind_int(change, "suspended", proposal->action == AGREEMENT_TO_SUSPEND);
	}
	status = statement_run(change, NULL, error);
	statement_done(change);
	return status ? status : policy_count_up(desk, error);
}

enum status agreement_answer(struct store *desk, const struct agreement_proposal *proposal, int64_t user_id,
			     bool confirm, struct error *error)
{
	enum policy_standing standing;
	if (confirm && user_id == proposal->proposed_by) {
		error_set(error, STATUS_REFUSED, "policy.same_person", "Nobody confirms what they proposed themselves");
		error_remedy(error, "Ask somebody else who may manage agreements");
		return STATUS_REFUSED;
	}
	enum status status = mark_answered(desk, proposal->proposal_id, user_id, confirm, error);
	if (status != STATUS_OK || !confirm)
		return status;
	status = standing_of(desk, proposal->agreement, &standing, error);
	if (status == STATUS_OK)
		status = may_follow(standing, proposal->action, error);
	return status == STATUS_OK ? carry_out(desk, proposal, user_id, error) : status;
}
