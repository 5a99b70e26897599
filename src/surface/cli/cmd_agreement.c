/* "policy propose", "policy confirm", "policy reject", "policy proposals": an agreement is changed while it runs by two
 * persons with accounts, each of whom shows who they are. */
#include "cli/opened.h"

#include "policy/account.h"
#include "policy/standing.h"

#include <sodium.h>

static enum status not_entitled(const struct account *account, struct error *error)
{
	error_set(error, STATUS_REFUSED, "policy.manage", "The role of \"%.*s\" has no capability agreements.manage",
		  TEXT_ARG(account->username));
	error_remedy(error, "name the account of somebody who may manage agreements");
	return STATUS_REFUSED;
}

/* A password alone is not enough for who signs in with a code as well. */
static enum status by_page_only(const struct account *account, struct error *error)
{
	error_set(error, STATUS_REFUSED, "policy.second_factor", "\"%.*s\" signs in with a second factor",
		  TEXT_ARG(account->username));
	error_remedy(error, "do this on the agreement's page");
	return STATUS_REFUSED;
}

/* The account of --user, by its password. */
static enum status who(const struct cli *cli, struct opened *opened, struct account *account, struct error *error)
{
	char password[PASSWORD_ROOM];
	bool given;
	enum sign_in_outcome outcome;
	const char *user = cli_value(cli, "user");
	if (!user)
		return error_set(error, STATUS_USAGE, "policy.user", "Give --user: the account of whoever does this");
	enum status status = cli_password_known(password, &given, error);
	if (status == STATUS_OK && !given) {
		error_set(error, STATUS_USAGE, "policy.password", "No password was given");
		error_remedy(error, "set ONEVIEW_PASSWORD, or run the command on a terminal");
		status = STATUS_USAGE;
	}
	struct arena *arena = (struct arena *)(uintptr_t)&cli->arena;
	if (status == STATUS_OK)
		status = account_sign_in(opened->desk, text_of(user), text_of(password), arena, account, &outcome,
					 error);
	sodium_memzero(password, sizeof password);
	if (status != STATUS_OK)
		return status;
	const struct profile_role *role = profile_role(opened->workspace->profile, account->role);
	if (!role || !role_can(role, CAPABILITY_AGREEMENTS_MANAGE))
		return not_entitled(account, error);
	return account->second_factor || role->second_factor ? by_page_only(account, error) : STATUS_OK;
}

static enum status record(struct opened *opened, const char *what, const struct agreement_proposal *proposal,
			  const struct account *account, struct error *error)
{
	char detail[200];
	snprintf(detail, sizeof detail, "%s proposal=%lld account=%.*s", agreement_action_name(proposal->action),
		 (long long)proposal->proposal_id, TEXT_ARG(account->username));
	return opened_audit(opened,
			    &(struct audit_entry){.action = text_of(what),
						  .subject_kind = TEXT("agreement"),
						  .subject_id = proposal->proposal_id,
						  .agreements = proposal->agreement,
						  .detail = text_of(detail)},
			    error);
}

static enum status read_proposal(const struct cli *cli, const struct opened *opened,
				 struct agreement_proposal *proposal, struct error *error)
{
	const char *id = cli_operand(cli, 1), *action = cli_value(cli, "action"), *reason = cli_value(cli, "reason");
	const struct profile_agreement *agreement = profile_agreement(opened->workspace->profile, text_of(id));
	if (!agreement) {
		error_set(error, STATUS_NOT_FOUND, "policy.name", "The profile has no agreement \"%s\"", id);
		error_remedy(error, "\"oneview policy register\" lists them");
		return STATUS_NOT_FOUND;
	}
	if (!action || !reason)
		return error_set(error, STATUS_USAGE, "policy.propose", "Give --action and --reason");
	proposal->agreement = agreement->id;
	proposal->reason = text_of(reason);
	return agreement_action_parse(text_of(action), &proposal->action)
		       ? STATUS_OK
		       : error_set(error, STATUS_USAGE, "policy.propose", "--action is end, suspend or reinstate");
}

/* What was wanted, and that it did not come to pass: whoever tries is in the audit too. */
static enum status finish(struct opened *opened, enum status status, const char *what,
			  const struct agreement_proposal *proposal, struct error *error)
{
	char detail[40];
	snprintf(detail, sizeof detail, "proposal=%lld", (long long)proposal->proposal_id);
	struct audit_entry tried = {.action = text_of(what),
				    .subject_kind = TEXT("agreement"),
				    .subject_id = proposal->proposal_id,
				    .agreements = proposal->agreement,
				    .detail = text_of(detail)};
	return opened_finish(opened, status, &tried, error);
}

enum status cmd_policy_propose(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct account account;
	struct agreement_proposal proposal = {0};
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = read_proposal(cli, &opened, &proposal, error);
	if (status == STATUS_OK)
		status = who(cli, &opened, &account, error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK) {
		proposal.proposed_by = account.user_id;
		status = agreement_propose(opened.desk, &proposal, &proposal.proposal_id, error);
	}
	if (status == STATUS_OK)
		status = record(&opened, "agreement.propose", &proposal, &account, error);
	status = finish(&opened, status, "agreement.propose", &proposal, error);
	if (status == STATUS_OK) {
		answer_int(&cli->answer, "proposal", "Proposal", proposal.proposal_id);
		answer_line(&cli->answer, "It waits for somebody else: oneview policy confirm %s %lld",
			    cli_operand(cli, 0), (long long)proposal.proposal_id);
	}
	opened_close(&opened);
	return status;
}

static enum status answer_proposal(struct cli *cli, bool confirm, struct error *error)
{
	struct opened opened;
	struct account account;
	struct agreement_proposal proposal = {0};
	const char *what = confirm ? "agreement.confirm" : "agreement.reject";
	int64_t number;
	if (!text_parse_int64(text_of(cli_operand(cli, 1)), &number))
		return error_set(error, STATUS_USAGE, "policy.proposal", "The number of a proposal is a whole number");
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = agreement_proposal_get(opened.desk, number, &cli->arena, &proposal, error);
	if (status == STATUS_OK)
		status = who(cli, &opened, &account, error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK)
		status = agreement_answer(opened.desk, &proposal, account.user_id, confirm, error);
	if (status == STATUS_OK)
		status = record(&opened, what, &proposal, &account, error);
	status = finish(&opened, status, what, &proposal, error);
	if (status == STATUS_OK)
		answer_line(&cli->answer, confirm ? "Confirmed: it counts from the next request on." : "Turned down.");
	opened_close(&opened);
	return status;
}

enum status cmd_policy_confirm(struct cli *cli, struct error *error)
{
	return answer_proposal(cli, true, error);
}

enum status cmd_policy_reject(struct cli *cli, struct error *error)
{
	return answer_proposal(cli, false, error);
}

static void add_proposal(struct cli_answer *answer, const struct agreement_proposal *proposal)
{
	bool open = proposal->answered == INSTANT_UNKNOWN;
	char proposed[INSTANT_TEXT_SIZE];
	answer_cell_int(answer, proposal->proposal_id);
	answer_cell(answer, proposal->agreement);
	answer_cell(answer, text_of(agreement_action_name(proposal->action)));
	answer_cell(answer, text_of(instant_format(proposal->proposed, proposed)));
	answer_cell(answer, proposal->proposer);
	answer_cell(answer, proposal->reason);
	answer_cell(answer, open ? TEXT("waits") : proposal->confirmed ? TEXT("confirmed") : TEXT("turned down"));
	answer_cell(answer, open ? TEXT("") : proposal->answerer);
}

enum status cmd_policy_proposals(struct cli *cli, struct error *error)
{
	static const char *const keys[] = {"proposal", "agreement", "action", "proposed",
					   "by",       "reason",    "answer", "answered_by"};
	static const char *const headings[] = {"Number", "Agreement", "Action", "Proposed",
					       "By",     "Why",       "Answer", "By"};
	struct opened opened;
	struct agreement_proposal *proposals;
	size_t count;
	enum status status = opened_open(&opened, cli, OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = agreement_proposals(opened.desk, TEXT_ABSENT, false, &cli->arena, &proposals, &count, error);
	if (status == STATUS_OK) {
		answer_list(&cli->answer, "proposals", 8, keys, headings);
		for (size_t i = 0; i < count; i++)
			add_proposal(&cli->answer, &proposals[i]);
		answer_list_end(&cli->answer);
	}
	opened_close(&opened);
	return status;
}
