#include "cli/cli_int.h"

#include "notes/reader.h"
#include "profile/factor.h"
#include "profile/profile.h"

static void add_problem(struct cli_answer *answer, const struct profile_problem *problem)
{
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

static void add_example(void *context, const struct profile_factor *factor, size_t example, const char *why)
{
	const struct profile_place *place = &factor->examples[example].place;
	add_problem(context, &(struct profile_problem){.file = place->file,
						       .line = place->line,
						       .column = place->column,
						       .message = why,
						       .remedy = "Correct the sentence, the phrases, or the rules."});
}

/* What is only known when notes are read by it: whether the rules and the lexicon build, and the factors' examples. */
static size_t check_reading(struct cli_answer *answer, const struct profile *profile)
{
	struct note_reader *reader;
	struct error error = {0};
	if (text_is_absent(profile->note_rules)) {
		if (profile->factors.count == 0)
			return 0;
		add_problem(answer, &(struct profile_problem){.file = "factors",
							      .line = 1,
							      .column = 1,
							      .message = "there are factors, and no note_rules.yaml",
							      .remedy = "Add note_rules.yaml; profiles/demo has one."});
		return 1;
	}
	if (note_reader_open(&reader, profile, NULL, &error) != STATUS_OK) {
		add_problem(answer, &(struct profile_problem){.file = error.file,
							      .line = error.line,
							      .column = error.column,
							      .message = error.message,
							      .remedy = error.remedy});
		return 1;
	}
	size_t failures = note_check_examples(reader, profile, add_example, answer);
	note_reader_close(reader);
	return failures;
}

static size_t add_problems(struct cli_answer *answer, const struct profile_problems *problems,
			   const struct profile *profile)
{
	size_t count = problems->errors;
	json_begin_array(&answer->json, "problems");
	for (size_t i = 0; i < problems->count; i++)
		add_problem(answer, &problems->at[i]);
	if (profile)
		count += check_reading(answer, profile);
	json_end(&answer->json);
	return count;
}

static void add_phrases(struct cli_answer *answer, const struct profile *profile)
{
	int64_t phrases = 0;
	for (size_t i = 0; i < profile->factors.count; i++)
		phrases += (int64_t)profile->factors.at[i].phrase_count;
	answer_int(answer, "factors", "Factors", (int64_t)profile->factors.count);
	answer_int(answer, "phrases", "Phrases of factors", phrases);
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
	add_phrases(answer, profile);
}

enum status cmd_profile_check(struct cli *cli, struct error *error)
{
	const char *folder = cli_operand(cli, 0);
	struct profile_problems problems = {0};
	struct profile *profile = NULL;
	enum status status = profile_check(folder, &problems, &profile, error);
	if (status != STATUS_OK)
		return status;
	size_t count = add_problems(&cli->answer, &problems, profile);
	if (count > 0) {
		error_set(error, STATUS_INVALID, "profile.problems", "%zu problem%s in %s", count,
			  count == 1 ? "" : "s", folder);
		error_remedy(error, "put right what is listed and check again");
		status = STATUS_INVALID;
	}
	if (profile)
		add_counts(&cli->answer, profile);
	profile_free(profile);
	profile_problems_release(&problems);
	return status;
}
