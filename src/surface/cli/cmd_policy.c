#include "cli/opened.h"

#include "base/id.h"
#include "linking/refresh.h"
#include "policy/account.h"
#include "policy/explain.h"

struct question {
	struct viewer viewer;
	struct text user; /* whose role and team these are; absent: of nobody in particular */
	date on;
	const struct profile_feed *feed;       /* NULL: all */
	const struct profile_element *element; /* NULL: all of the feed */
	struct policy_bounds bounds;           /* of the resident; none without one */
};

static enum status no_such(const char *kind, const char *name, struct error *error)
{
	error_set(error, STATUS_NOT_FOUND, "policy.name", "The profile has no %s \"%s\"", kind, name);
	error_remedy(error, "look into the profile folder of the workspace for its %ss", kind);
	return STATUS_NOT_FOUND;
}

/* Role and team of an account, in place of --role and --team. */
static enum status read_user(struct cli *cli, const struct opened *opened, struct question *question,
			     struct error *error)
{
	struct account account;
	const struct profile *profile = opened->workspace->profile;
	const char *user = cli_value(cli, "user");
	if (cli_value(cli, "role") || cli_value(cli, "team"))
		return error_set(error, STATUS_USAGE, "policy.user", "--user has a role and a team: leave those out");
	enum status status = account_find(opened->desk, text_of(user), &cli->arena, &account, error);
	if (status != STATUS_OK)
		return status;
	if (account.status != ACCOUNT_ACTIVE) {
		error_set(error, STATUS_REFUSED, "policy.disabled", "The account \"%s\" is disabled: it sees nothing",
			  user);
		return STATUS_REFUSED;
	}
	question->user = account.display_name;
	question->viewer.role = profile_role(profile, account.role);
	question->viewer.team = text_is_empty(account.team) ? NULL : profile_team(profile, account.team);
	if (!question->viewer.role)
		return no_such("role", account.role.at, error);
	return STATUS_OK;
}

/* Options into the profile's things; each may be missing but the role. */
static enum status read_question(const struct cli *cli, const struct profile *profile, struct question *question,
				 struct error *error)
{
	const char *role = cli_value(cli, "role"), *team = cli_value(cli, "team"), *purpose = cli_value(cli, "purpose"),
		   *feed = cli_value(cli, "feed"), *element = cli_value(cli, "element"), *on = cli_value(cli, "on");
	struct viewer *viewer = &question->viewer;
	if (!role && !viewer->role)
		return error_set(error, STATUS_USAGE, "policy.role",
				 "\"oneview policy explain\" needs --role or --user");
	if (role)
		viewer->role = profile_role(profile, text_of(role));
	if (team)
		viewer->team = profile_team(profile, text_of(team));
	viewer->purpose = profile_purpose(profile, text_of(purpose));
	question->feed = profile_feed(profile, text_of(feed));
	question->element = profile_element(profile, text_of(element));
	question->on = date_today();
	if (!viewer->role)
		return no_such("role", role, error);
	if (team && !viewer->team)
		return no_such("team", team, error);
	if (purpose && !viewer->purpose)
		return no_such("purpose", purpose, error);
	if (feed && !question->feed)
		return no_such("feed", feed, error);
	if (element && !question->element)
		return no_such("element", element, error);
	if (on && !date_parse_iso(text_of(on), &question->on))
		return error_set(error, STATUS_USAGE, "policy.date", "--on takes a date: YYYY-MM-DD");
	return STATUS_OK;
}

static void add_decision(struct cli_answer *answer, const struct profile_feed *feed,
			 const struct profile_element *element, const struct policy_decision *decision)
{
	static const char *const verdicts[] = {
		[POLICY_REFUSE] = "refuse", [POLICY_REDACT] = "redact", [POLICY_ALLOW] = "allow"};
	answer_cell(answer, feed->id);
	answer_cell(answer, element->id);
	answer_cell(answer, text_of(verdicts[decision->verdict]));
	answer_cell(answer, decision->agreement ? decision->agreement->id : TEXT(""));
	answer_cell(answer,
		    decision->cover && !text_is_absent(decision->cover->clause) ? decision->cover->clause : TEXT(""));
	answer_cell(answer, text_of(policy_rule_text(decision->rule)));
}

static bool element_seen_before(const struct profile_feed *feed, size_t column, const struct profile_element *element)
{
	for (size_t i = 0; i < column; i++)
		if (feed->columns[i].element == element)
			return true;
	return false;
}

static void add_feed(struct cli_answer *answer, const struct policy_grid *grid, const struct question *question,
		     const struct profile_feed *feed)
{
	for (size_t i = 0; i < feed->column_count; i++) {
		const struct profile_column *column = &feed->columns[i];
		for (size_t j = 0; j < (column->field_count ? column->field_count : 1); j++) {
			const struct profile_element *element =
				column->field_count ? column->fields[j].element : column->element;
			if (!element || (question->element && element != question->element) ||
			    element_seen_before(feed, i, element))
				continue;
			struct policy_decision decision = policy_decide_of(grid, &question->bounds, feed, element);
			add_decision(answer, feed, element, &decision);
		}
	}
}

static void explain(struct cli_answer *answer, struct policy *policy, const struct profile *profile,
		    const struct question *question)
{
	static const char *const keys[] = {"feed", "element", "verdict", "agreement", "clause", "rule"};
	static const char *const headings[] = {"Feed", "Element", "Verdict", "Agreement", "Clause", "Why"};
	const struct policy_grid *grid = policy_grid(policy, &question->viewer, question->on);
	answer_list(answer, "decisions", 6, keys, headings);
	for (size_t i = 0; i < profile->feeds.count; i++)
		if (!question->feed || question->feed == &profile->feeds.at[i])
			add_feed(answer, grid, question, &profile->feeds.at[i]);
	answer_list_end(answer);
	policy_grid_done(grid);
}

/* Nothing is said of a resident who does not exist for whoever looks, not even that there is one. */
static enum status may_be_spoken_of(const struct cli *cli, const struct opened *opened, struct policy *policy,
				    struct question *question, struct error *error)
{
	int64_t id;
	bool exists = false;
	const char *resident = cli_value(cli, "resident");
	if (!resident)
		return STATUS_OK;
	if (!id_parse(text_of(resident), &id))
		return error_set(error, STATUS_USAGE, "policy.resident",
				 "--resident takes the 13 characters that stand in the page's address");
	enum status status = linking_resident_exists(opened->data, id, &exists, error);
	if (status != STATUS_OK)
		return status;
	const struct policy_grid *grid = policy_grid(policy, &question->viewer, question->on);
	question->bounds = policy_bounds_of(policy, POLICY_RESIDENT, id);
	exists = exists && (policy_may_know_of(grid, &question->bounds) ||
			    policy_why_unknown(grid, &question->bounds) != POLICY_RULE_NONE);
	policy_grid_done(grid);
	if (exists)
		return STATUS_OK;
	error_set(error, STATUS_NOT_FOUND, "policy.no_resident", "There is no such resident for this user");
	error_remedy(error, "take the 13 characters from the address of the resident's page");
	return STATUS_NOT_FOUND;
}

/* One element in words, for whoever asked. */
static void explain_in_words(struct cli *cli, struct policy *policy, const struct question *question)
{
	struct policy_reason *reasons;
	size_t count, told = 0;
	struct cli_answer *answer = &cli->answer;
	const struct policy_question asked = {&question->viewer, &question->bounds, question->element, question->on};
	policy_explain(&reasons, &count, policy, &asked, &cli->arena);
	json_begin_array(&answer->json, "reasons");
	for (size_t i = 0; i < count; i++) {
		const struct policy_decision *decision = &reasons[i].decision;
		if (question->feed && question->feed != reasons[i].feed)
			continue;
		if (told++)
			answer_line(answer, "%s", "");
		answer_group(answer, NULL, NULL);
		answer_text(answer, "feed", "From", reasons[i].feed->title);
		answer_bool(answer, "allowed", NULL, decision->verdict == POLICY_ALLOW);
		answer_text(answer, "agreement", NULL, decision->agreement ? decision->agreement->id : TEXT(""));
		answer_text(answer, "clause", NULL,
			    decision->cover && decision->cover->clause.at ? decision->cover->clause : TEXT(""));
		answer_text(answer, "rule", NULL, text_of(policy_rule_text(decision->rule)));
		answer_text(answer, "words", "May see", reasons[i].words);
		answer_text(answer, "clause_text", reasons[i].clause.len ? "The clause" : NULL,
			    reasons[i].clause.at ? reasons[i].clause : TEXT(""));
		answer_group_end(answer);
	}
	json_end(&answer->json);
	if (!told)
		answer_line(answer, "No feed brings this element.");
}

/* That somebody asked after a resident is recorded as a look is, whatever the answer. */
static enum status record(const struct cli *cli, struct opened *opened, const struct question *question,
			  const char *outcome, struct error *error)
{
	int64_t id = 0;
	if (!cli_value(cli, "resident") || !id_parse(text_of(cli_value(cli, "resident")), &id))
		return STATUS_OK;
	struct audit_entry entry = {.action = TEXT("policy.explain"),
				    .purpose = question->viewer.purpose ? question->viewer.purpose->id : TEXT_ABSENT,
				    .subject_kind = TEXT("resident"),
				    .subject_id = id,
				    .outcome = text_of(outcome),
				    .elements = question->element ? question->element->id : TEXT_ABSENT,
				    .detail = text_of(cli_value(cli, "user") ? cli_value(cli, "user") : "")};
	enum status status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = opened_audit(opened, &entry, error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

enum status cmd_policy_explain(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct question question = {0};
	struct policy *policy = NULL;
	unsigned desk = cli_value(cli, "resident") ? OPEN_DESK_WRITE : OPEN_DESK_READ;
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | desk, error);
	if (status == STATUS_OK && cli_value(cli, "user"))
		status = read_user(cli, &opened, &question, error);
	if (status == STATUS_OK)
		status = read_question(cli, opened.workspace->profile, &question, error);
	if (status == STATUS_OK)
		status = policy_open(&policy, opened.workspace->profile, error);
	if (status == STATUS_OK)
		status = policy_load(policy, opened.data, opened.desk, error);
	if (status == STATUS_OK)
		status = may_be_spoken_of(cli, &opened, policy, &question, error);
	if (status == STATUS_NOT_FOUND && policy) {
		struct error unrecorded = {0};
		if (record(cli, &opened, &question, "refused", &unrecorded) != STATUS_OK) {
			*error = unrecorded;
			status = unrecorded.status;
		}
	}
	if (status == STATUS_OK)
		status = record(cli, &opened, &question, "allowed", error);
	if (status == STATUS_OK && question.element && cli_value(cli, "user"))
		explain_in_words(cli, policy, &question);
	else if (status == STATUS_OK)
		explain(&cli->answer, policy, opened.workspace->profile, &question);
	policy_close(policy);
	opened_close(&opened);
	return status;
}
