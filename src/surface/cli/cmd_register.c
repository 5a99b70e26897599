/* "policy register": the agreements as the record of processing has them (UK GDPR article 30). */
#include "cli/opened.h"

#include "policy/policy.h"
#include "profile/register.h"

static void put_form(struct cli_answer *answer, const struct register_field *fields, size_t count, bool runs)
{
	answer_group(answer, NULL, NULL);
	answer_bool(answer, "in_force", NULL, runs);
	for (size_t i = 0; i < count; i++)
		answer_text(answer, fields[i].key, fields[i].value.len ? fields[i].title : NULL, fields[i].value);
	answer_group_end(answer);
	answer_line(answer, "%-26s %s\n", "In force today", runs ? "yes" : "no");
}

static void put_headings(struct buf *out, const struct register_field *fields, size_t count)
{
	buf_append_text(out, TEXT("in_force"));
	for (size_t i = 0; i < count; i++)
		buf_format(out, ",%s", fields[i].key);
	buf_append_text(out, TEXT("\r\n"));
}

static void put_row(struct buf *out, const struct register_field *fields, size_t count, bool runs)
{
	buf_append_text(out, runs ? TEXT("yes") : TEXT("no"));
	for (size_t i = 0; i < count; i++) {
		buf_append_char(out, ',');
		buf_append_csv_harmless(out, fields[i].value);
	}
	buf_append_text(out, TEXT("\r\n"));
}

static void put_agreements(struct cli *cli, struct policy *policy, const struct profile *profile)
{
	struct cli_answer *answer = &cli->answer;
	bool csv = cli_flag(cli, "csv");
	json_begin_array(&answer->json, "agreements");
	for (size_t i = 0; i < profile->agreements.count; i++) {
		const struct profile_agreement *agreement = &profile->agreements.at[i];
		const struct register_field *fields;
		size_t count = agreement_register(&fields, profile, agreement, &cli->arena);
		bool runs = policy_agreement_runs(policy, agreement, date_today());
		if (csv && i == 0)
			put_headings(&answer->plain, fields, count);
		if (csv)
			put_row(&answer->plain, fields, count, runs);
		else
			put_form(answer, fields, count, runs);
	}
	json_end(&answer->json);
}

enum status cmd_policy_register(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct policy *policy = NULL;
	if (cli_flag(cli, "csv") && cli->json)
		return error_set(error, STATUS_USAGE, "policy.register", "--csv and --json exclude each other");
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = policy_open(&policy, opened.workspace->profile, error);
	if (status == STATUS_OK)
		status = policy_load(policy, opened.data, opened.desk, error);
	if (status == STATUS_OK)
		put_agreements(cli, policy, opened.workspace->profile);
	policy_close(policy);
	opened_close(&opened);
	return status;
}
