/* "transparency": what the public may know, as files for the council's own site. */
#include "cli/opened.h"

#include "report/transparency_file.h"

enum status cmd_transparency(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct policy *policy = NULL;
	struct rights_transparency numbers;
	const char *folder = cli_value(cli, "out");
	if (!folder)
		return error_set(error, STATUS_USAGE, "rights.out", "Give --out and the folder for the page");
	enum status status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_READ, error);
	const struct profile *profile = status == STATUS_OK ? opened.workspace->profile : NULL;
	if (status == STATUS_OK)
		status = policy_open(&policy, profile, error);
	if (status == STATUS_OK)
		status = policy_load(policy, opened.data, opened.desk, error);
	if (status == STATUS_OK)
		status = rights_transparency(&numbers, opened.data, profile, &cli->arena, error);
	if (status == STATUS_OK)
		status = report_transparency(profile, policy, &numbers, folder, error);
	if (status == STATUS_OK) {
		answer_text(&cli->answer, "folder", "Written to", text_of(folder));
		answer_int(&cli->answer, "feeds", "Feeds", (int64_t)numbers.count);
		answer_int(&cli->answer, "agreements", "Agreements", (int64_t)profile->agreements.count);
	}
	policy_close(policy);
	opened_close(&opened);
	return status;
}
