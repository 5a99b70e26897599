#include "cli/opened.h"

#include "policy/policy.h"

struct question {
	struct viewer viewer;
	date on;
	const struct profile_feed *feed;       /* NULL: all */
	const struct profile_element *element; /* NULL: all of the feed */
};

static enum status no_such(const char *kind, const char *name, struct error *error)
{
	error_set(error, STATUS_NOT_FOUND, "policy.name", "The profile has no %s \"%s\"", kind, name);
	error_remedy(error, "look into the profile folder of the workspace for its %ss", kind);
	return STATUS_NOT_FOUND;
}

/* Options into the profile's things; each may be missing but the role. */
static enum status read_question(const struct cli *cli, const struct profile *profile, struct question *question,
				 struct error *error)
{
	const char *role = cli_value(cli, "role"), *team = cli_value(cli, "team"), *purpose = cli_value(cli, "purpose"),
		   *feed = cli_value(cli, "feed"), *element = cli_value(cli, "element"), *on = cli_value(cli, "on");
	if (!role)
		return error_set(error, STATUS_USAGE, "policy.role", "\"oneview policy explain\" needs --role");
	struct viewer *viewer = &question->viewer;
	viewer->role = profile_role(profile, text_of(role));
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
			struct policy_decision decision = policy_decide(grid, feed, element);
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

enum status cmd_policy_explain(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct question question = {0};
	struct policy *policy = NULL;
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = read_question(cli, opened.workspace->profile, &question, error);
	if (status == STATUS_OK)
		status = policy_open(&policy, opened.workspace->profile, error);
	if (status == STATUS_OK)
		status = policy_load(policy, opened.data, opened.desk, error);
	if (status == STATUS_OK)
		explain(&cli->answer, policy, opened.workspace->profile, &question);
	policy_close(policy);
	opened_close(&opened);
	return status;
}
