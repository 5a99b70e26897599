/* "erase": a resident or a record, from everything but the audit. */
#include "cli/opened.h"

#include "base/file.h"
#include "base/id.h"
#include "rights/replay.h"

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
	if (erasure->unsearched[0]) {
		answer_text(out, "extracts_not_searched", "Extracts not searched", text_of(erasure->unsearched));
		answer_line(out, "%s",
			    "They wait in the archive and cannot be read by client: have the source deliver them "
			    "again, then "
			    "\"oneview ingest WORKSPACE --discard NUMBER\". Retention deletes them in time.");
	}
	answer_line(out, erasure->dry ? "Nothing was erased: this is what --confirm would erase."
				      : "Erased. \"oneview refresh\" makes anew what was worked out with it.");
}

/* What no run has read yet is in clear, and nobody knows whose it is. */
static enum status answer_inbox(struct cli *cli, const struct opened *opened, struct error *error)
{
	struct text *names;
	size_t count;
	enum status status = file_list(opened->workspace->paths.inbox, &cli->arena, &names, &count, error);
	if (status != STATUS_OK || !count)
		return status;
	answer_int(&cli->answer, "inbox", "Files in the inbox", (int64_t)count);
	answer_line(&cli->answer, "%s",
		    "They were not read and not searched: \"oneview refresh\" reads them, or says why it knows none of "
		    "them.");
	return STATUS_OK;
}

static enum status erase_one(struct cli *cli, struct opened *opened, const struct rights_parts *parts,
			     struct text user_name, struct error *error)
{
	struct erasure erasure = {0};
	enum status status = read_what(cli, &erasure, error);
	erasure.user_name = user_name;
	erasure.audit_key = &opened->audit_key;
	if (status == STATUS_OK)
		status = rights_erase(&erasure, parts, opened->workspace->paths.archive, error);
	const struct audit_entry tried = {.action = TEXT("resident.erase"),
					  .subject_kind = TEXT("resident"),
					  .subject_id = erasure.resident_id,
					  .detail = TEXT("confirmed")};
	if (status != STATUS_OK && !erasure.dry)
		status = opened_finish(opened, status, &tried, error);
	if (status != STATUS_OK)
		return status;
	answer(cli, &erasure);
	status = answer_inbox(cli, opened, error);
	return status == STATUS_OK ? answer_backups(cli, opened, error) : status;
}

static enum status resume(struct cli *cli, struct opened *opened, const struct rights_parts *parts, struct error *error)
{
	int64_t done;
	enum status status = rights_erase_resume(&done, parts, opened->workspace->paths.archive, error);
	if (status != STATUS_OK)
		return status;
	answer_int(&cli->answer, "ended", "Erasures that had been cut off", done);
	answer_line(&cli->answer, done ? "Their rest was done: the proof of each is there."
				       : "There was none: every erasure has come to its end.");
	return STATUS_OK;
}

static enum status replay(struct cli *cli, struct opened *opened, const struct rights_parts *parts,
			  struct text user_name, struct error *error)
{
	const char *file = cli_value(cli, "replay"), *ground = cli_value(cli, "ground");
	bool none = strcmp(file, "none") == 0;
	struct replay replay = {.path = none ? NULL : file,
				.ground = ground ? text_of(ground) : TEXT(""),
				.user_name = user_name,
				.audit_key = &opened->audit_key};
	if (none && text_is_empty(replay.ground)) {
		error_set(error, STATUS_USAGE, "rights.ground", "Without a register, --replay needs --ground");
		error_remedy(error,
			     "say why there is none and how it is known that nobody was erased since the backup");
		return STATUS_USAGE;
	}
	enum status status = rights_replay(&replay, parts, opened->workspace->paths.archive, &cli->arena, error);
	if (status != STATUS_OK)
		return status;
	if (!none)
		answer_text(&cli->answer, "written", "Register written", replay.written);
	answer_int(&cli->answer, "erasures", "Erasures in it", replay.erasures);
	answer_int(&cli->answer, "again", "Done again", replay.again);
	answer_int(&cli->answer, "records", "Records erased again", replay.records);
	answer_int(&cli->answer, "archived", "Clients found in archives alone", replay.clients - replay.records);
	answer_line(&cli->answer, "Next: \"oneview refresh\", then a new backup.");
	return STATUS_OK;
}

/* Of the three ways exactly one. */
static enum status check_way(const struct cli *cli, struct error *error)
{
	int ways = (cli->operand_count > 1) + cli_flag(cli, "resume") + (cli_value(cli, "replay") != NULL);
	if (ways == 1)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "cli.operand",
		  ways ? "A resident, --resume and --replay exclude each other"
		       : "\"oneview erase\" needs RESIDENT, --resume or --replay");
	error_remedy(error, "\"oneview erase --help\" shows how to call it");
	return STATUS_USAGE;
}

enum status cmd_erase(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	char name[128];
	bool again = cli_value(cli, "replay") != NULL, one = cli->operand_count > 1;
	vault_forbid_core_dumps();
	enum status status = check_way(cli, error);
	if (status == STATUS_OK && one)
		status = read_what(cli, &(struct erasure){0}, error); /* before anything is opened */
	if (status != STATUS_OK)
		return status;
	struct text user_name = opened_user(name, sizeof name);
	status = opened_open(&opened, cli,
			     OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT | (again ? OPEN_BROUGHT_BACK : 0), error);
	const struct rights_parts parts = {opened.workspace ? opened.workspace->profile : NULL, opened.vault,
					   opened.data, opened.desk};
	if (status == STATUS_OK)
		status = one     ? erase_one(cli, &opened, &parts, user_name, error)
			 : again ? replay(cli, &opened, &parts, user_name, error)
				 : resume(cli, &opened, &parts, error);
	if (status == STATUS_OK)
		status = rights_register_write(opened.workspace->paths.erasures, &parts, error);
	opened_close(&opened);
	return status;
}
