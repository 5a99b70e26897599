#include "cli/cli_int.h"

#include "profile/profile.h"

static void add_problems(struct cli_answer *answer, const struct profile_problems *problems)
{
	json_begin_array(&answer->json, "problems");
	for (size_t i = 0; i < problems->count; i++) {
		const struct profile_problem *problem = &problems->at[i];
		json_begin_object(&answer->json, NULL);
		json_put_text(&answer->json, "file", text_of(problem->file));
		json_put_int(&answer->json, "line", problem->line);
		json_put_int(&answer->json, "column", problem->column);
		json_put_text(&answer->json, "severity", problem->warning ? TEXT("warning") : TEXT("error"));
		json_put_text(&answer->json, "message", text_of(problem->message));
		json_put_text(&answer->json, "remedy", text_of(problem->remedy));
		json_end(&answer->json);
		answer_line(answer, "%s:%u:%u: %s%s", problem->file, problem->line, problem->column,
			    problem->warning ? "warning: " : "", problem->message);
		if (problem->remedy[0])
			answer_line(answer, "    %s", problem->remedy);
	}
	json_end(&answer->json);
}

static void add_counts(struct cli_answer *answer, const struct profile *profile)
{
	answer_text(answer, "profile", "Profile", profile->title);
	answer_text(answer, "version", NULL, text_of(profile->version));
	answer_int(answer, "sources", "Sources", (int64_t)profile->sources.count);
	answer_int(answer, "feeds", "Feeds", (int64_t)profile->feeds.count);
	answer_int(answer, "elements", "Elements", (int64_t)profile->elements.count);
	answer_int(answer, "agreements", "Agreements", (int64_t)profile->agreements.count);
	answer_int(answer, "roles", "Roles", (int64_t)profile->roles.count);
	answer_int(answer, "purposes", "Purposes", (int64_t)profile->purposes.count);
	answer_int(answer, "events", "Event rules", (int64_t)profile->events.count);
}

enum status cmd_profile_check(struct cli *cli, struct error *error)
{
	const char *folder = cli_operand(cli, 0);
	struct profile_problems problems = {0};
	struct profile *profile = NULL;
	enum status status = profile_check(folder, &problems, &profile, error);
	if (status != STATUS_OK)
		return status;
	add_problems(&cli->answer, &problems);
	if (problems.errors > 0) {
		error_set(error, STATUS_INVALID, "profile.problems", "%zu problem%s in %s", problems.errors,
			  problems.errors == 1 ? "" : "s", folder);
		error_remedy(error, "put right what is listed and check again");
		status = STATUS_INVALID;
	}
	if (profile)
		add_counts(&cli->answer, profile);
	profile_free(profile);
	profile_problems_release(&problems);
	return status;
}
