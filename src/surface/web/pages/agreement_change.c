/* Ending, suspending and reinstating an agreement: one person proposes, another confirms. */
#include "web/pages/agreements.h"

#include "policy/standing.h"

static const char *action_words(enum agreement_action action)
{
	return action == AGREEMENT_TO_END       ? "end this agreement"
	       : action == AGREEMENT_TO_SUSPEND ? "suspend this agreement"
						: "reinstate this agreement";
}

static void put_proposal(struct value *row, const struct agreement_proposal *proposal, int64_t viewer)
{
	bool open = proposal->answered == INSTANT_UNKNOWN;
	put_int(row, "number", proposal->proposal_id);
	put_string(row, "action", action_words(proposal->action));
	put_text(row, "reason", proposal->reason);
	put_text(row, "proposer", proposal->proposer);
	put_long_instant(row, "proposed_text", proposal->proposed);
	put_bool(row, "own", proposal->proposed_by == viewer);
	put_string(row, "answer",
		   open                                             ? "Waits for somebody else"
		   : proposal->confirmed                            ? "Confirmed"
		   : proposal->answered_by == proposal->proposed_by ? "Taken back"
								    : "Turned down");
	put_text(row, "answerer", open ? TEXT("") : proposal->answerer);
}

static void put_choices(struct visit *visit, const struct profile_agreement *agreement)
{
	enum policy_standing standing = policy_agreement_standing(visit->snapshot->policy, agreement);
	struct text chosen = visit_field(visit, "action");
	struct value *options = put_array(visit->document, "actions");
	if (standing == STANDING_AS_WRITTEN)
		put_option(options, TEXT("suspend"), TEXT("Suspend it: it can be reinstated"), chosen);
	if (standing == STANDING_SUSPENDED)
		put_option(options, TEXT("reinstate"), TEXT("Reinstate it"), chosen);
	if (standing != STANDING_ENDED)
		put_option(options, TEXT("end"), TEXT("End it for good"), chosen);
	put_bool(visit->document, "can_propose", standing != STANDING_ENDED);
}

enum status agreement_put_changes(struct visit *visit, const struct profile_agreement *agreement, struct error *error)
{
	size_t count;
	struct store *desk;
	struct agreement_proposal *proposals;
	bool manages = visit_can(visit, CAPABILITY_AGREEMENTS_MANAGE);
	put_bool(visit->document, "manages", manages);
	if (!manages)
		return STATUS_OK;
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = agreement_proposals(desk, agreement->id, false, visit->arena, &proposals, &count, error);
	if (status != STATUS_OK)
		return status;
	put_format(visit->document, "base", "/agreements/%.*s", TEXT_ARG(agreement->id));
	put_text(visit->document, "reason", visit_field(visit, "reason"));
	put_choices(visit, agreement);
	struct value *past = put_array(visit->document, "changes");
	bool open = false;
	put_bool(visit->document, "has_changes", count > 0);
	for (size_t i = 0; i < count; i++) {
		put_proposal(add_object(past), &proposals[i], visit->viewer.user_id);
		if (proposals[i].answered != INSTANT_UNKNOWN)
			continue;
		put_proposal(put_object(visit->document, "open"), &proposals[i], visit->viewer.user_id);
		open = true;
	}
	put_bool(visit->document, "is_open", open);
	return STATUS_OK;
}

/* ---- forms ------------------------------------------------------------------------------------- */

static struct audit_entry entry_of(struct visit *visit, const char *what, const struct agreement_proposal *proposal)
{
	struct audit_entry entry = visit_entry(visit, what, "allowed");
	entry.subject_kind = TEXT("agreement");
	entry.subject_id = proposal->proposal_id;
	entry.agreements = proposal->agreement;
	entry.detail = arena_format(visit->arena, "%s proposal=%lld", agreement_action_name(proposal->action),
				    (long long)proposal->proposal_id);
	return entry;
}

/* The change and its audit entry, together or not at all. */
static enum status finish(struct visit *visit, struct store *desk, enum status status, const char *what,
			  const struct agreement_proposal *proposal, struct error *error)
{
	struct audit_entry entry = entry_of(visit, what, proposal);
	status = visit_commit(visit, desk, status, &entry, error);
	if (status == STATUS_REFUSED || status == STATUS_CONFLICT) { /* who confirms their own proposal has tried */
		struct audit_entry refused = entry_of(visit, what, proposal);
		refused.outcome = TEXT("refused");
		visit_record(visit, &refused);
	}
	return status;
}

/* A refusal of the room is told on the page, above the form. */
static enum status answer_with(struct visit *visit, enum status status, const char *field, struct error *error)
{
	if (status != STATUS_INVALID && status != STATUS_CONFLICT && status != STATUS_REFUSED)
		return status != STATUS_OK ? status
					   : visit_redirect(visit, "/agreements/%.*s", TEXT_ARG(visit->parameters[0]));
	visit_form_error(visit, field, arena_text(visit->arena, text_of(error->message)).at);
	return page_agreement(visit, error);
}

enum status page_agreement_propose(struct visit *visit, struct error *error)
{
	struct store *desk;
	const struct profile_agreement *agreement = profile_agreement(visit->profile, visit->parameters[0]);
	struct agreement_proposal proposal = {.reason = visit_field(visit, "reason"),
					      .proposed_by = visit->viewer.user_id};
	if (!agreement)
		return visit_not_found(error);
	proposal.agreement = agreement->id;
	if (!agreement_action_parse(visit_field(visit, "action"), &proposal.action)) {
		visit_form_error(visit, "action", "Choose what is to be done");
		return page_agreement(visit, error);
	}
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = agreement_propose(desk, &proposal, &proposal.proposal_id, error);
	status = finish(visit, desk, status, "agreement.propose", &proposal, error);
	return answer_with(visit, status, "reason", error);
}

enum status page_agreement_answer(struct visit *visit, struct error *error)
{
	struct store *desk;
	int64_t number;
	struct agreement_proposal proposal = {0};
	bool confirm = text_is(visit_field(visit, "answer"), "confirm");
	const struct profile_agreement *agreement = profile_agreement(visit->profile, visit->parameters[0]);
	if (!agreement || !text_parse_int64(visit_field(visit, "proposal"), &number))
		return visit_not_found(error);
	enum status status = visit_desk(visit, &desk, error);
	if (status == STATUS_OK)
		status = store_begin(desk, error);
	if (status != STATUS_OK)
		return status;
	status = agreement_proposal_get(desk, number, visit->arena, &proposal, error);
	if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !text_equal(proposal.agreement, agreement->id))) {
		store_rollback(desk);
		return visit_not_found(error);
	}
	if (status == STATUS_OK)
		status = agreement_answer(desk, &proposal, visit->viewer.user_id, confirm, error);
	status = finish(visit, desk, status, confirm ? "agreement.confirm" : "agreement.reject", &proposal, error);
	return answer_with(visit, status, "answer", error);
}
