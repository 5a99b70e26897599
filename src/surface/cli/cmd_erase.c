/* "erase": a resident or a record, from everything but the audit. */
#include "cli/opened.h"

#include "base/id.h"
#include "rights/erasure.h"

static enum status read_what(const struct cli *cli, struct erasure *erasure, struct error *error)
{
	const char *ground = cli_value(cli, "ground");
	erasure->dry = !cli_flag(cli, "confirm");
	erasure->refuse = cli_flag(cli, "refuse");
	erasure->by = TEXT("operator");
	erasure->ground = ground ? text_of(ground) : TEXT("");
	if (!id_parse(text_of(cli_operand(cli, 1)), &erasure->resident_id)) {
		error_set(error, STATUS_USAGE, "rights.resident", "\"%s\" is no resident's id", cli_operand(cli, 1));
		error_remedy(error, "give the 13 characters that stand in the address of the resident's page");
		return STATUS_USAGE;
	}
	if (!erasure->dry && text_is_empty(erasure->ground)) {
		error_set(error, STATUS_USAGE, "rights.ground", "An erasure needs --ground");
		error_remedy(error, "name the request or decision that it rests on, without a name of the resident");
		return STATUS_USAGE;
	}
	return cli_value_int(cli, "record", 1, INT64_MAX, &erasure->record_id, error);
}

static enum status answer_backups(struct cli *cli, struct opened *opened, struct error *error)
{
	static const char *const keys[] = {"made", "place"};
	static const char *const headings[] = {"Made", "Backup that still holds it"};
	struct rights_backup *backups;
	size_t count;
	enum status status = rights_backups(&backups, &count, opened->desk, &cli->arena, error);
	if (status != STATUS_OK || !count)
		return status;
	answer_line(&cli->answer, "%s", "");
	answer_list(&cli->answer, "backups", 2, keys, headings);
	for (size_t i = 0; i < count; i++) {
		char made[INSTANT_TEXT_SIZE];
		answer_cell(&cli->answer, text_of(instant_format(backups[i].made, made)));
		answer_cell(&cli->answer, backups[i].place);
	}
	answer_list_end(&cli->answer);
	return STATUS_OK;
}

static void answer(struct cli *cli, const struct erasure *erasure)
{
	char id[ID_TEXT_SIZE];
	struct cli_answer *out = &cli->answer;
	answer_bool(out, "erased", NULL, !erasure->dry);
	answer_text(out, "erasure", erasure->dry ? NULL : "Erasure", text_of(id_format(erasure->erasure_id, id)));
	answer_int(out, "records", "Records", erasure->records);
	answer_int(out, "rows", "Rows of tables", erasure->rows);
	answer_int(out, "archives", "Archives written anew", erasure->archives);
	answer_int(out, "archived_rows", "Rows in them", erasure->archived_rows);
	answer_int(out, "unreadable", erasure->unreadable ? "Of these too short to say whose" : NULL,
		   erasure->unreadable);
	answer_line(out, erasure->dry ? "Nothing was erased: this is what --confirm would erase."
				      : "Erased. \"oneview refresh\" makes anew what was worked out with it.");
}

enum status cmd_erase(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	struct erasure erasure = {0};
	char name[128];
	vault_forbid_core_dumps();
	enum status status = read_what(cli, &erasure, error);
	if (status != STATUS_OK)
		return status;
	erasure.user_name = opened_user(name, sizeof name);
	status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT, error);
	erasure.audit_key = &opened.audit_key;
	if (status == STATUS_OK) {
		const struct rights_parts parts = {opened.workspace->profile, opened.vault, opened.data, opened.desk};
		status = rights_erase(&erasure, &parts, opened.workspace->paths.archive, error);
	}
	if (status == STATUS_OK) {
		answer(cli, &erasure);
		status = answer_backups(cli, &opened, error);
	}
	opened_close(&opened);
	return status;
}
