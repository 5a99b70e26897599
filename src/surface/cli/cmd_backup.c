#include "cli/opened.h"

#include "rights/replay.h"
#include "runs/backup.h"

#include <limits.h>
#include <stdlib.h>

static enum status copy_keys(struct cli *cli, const struct workspace *workspace, struct error *error)
{
	const char *keys = cli_value(cli, "keys");
	if (!keys) {
		answer_line(
			&cli->answer,
			"The keys are not in it. Without them it cannot be read: see that they are kept elsewhere.");
		return STATUS_OK;
	}
	enum status status = backup_keys(workspace, keys, error);
	if (status == STATUS_OK) {
		answer_text(&cli->answer, "keys", "Keys", text_of(keys));
		answer_line(&cli->answer,
			    "WARNING: whoever has the keys and a backup can read every name. Keep %s apart, "
			    "offline, and closed to others.",
			    keys);
	}
	return status;
}

static void add_report(struct cli_answer *answer, const char *key, const char *label, const char *folder,
		       const struct backup_report *report)
{
	answer_text(answer, key, label, text_of(folder));
	answer_int(answer, "files", "Files", report->files);
	answer_int(answer, "bytes", "Bytes", report->bytes);
}

static enum status note_in(struct store *desk, const char *folder, struct error *error)
{
	char whole[PATH_MAX];
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = rights_note_backup(desk, text_of(realpath(folder, whole) ? whole : folder), error);
	return status == STATUS_OK ? store_commit(desk, error) : status;
}

/* So that an erasure can tell where else somebody is. A desk of an older form, backed up before it is brought up to
 * date, has no place for it. */
static enum status note(struct cli *cli, const struct workspace *workspace, const char *folder, struct error *error)
{
	struct store *desk = NULL;
	enum status status = workspace_store(workspace, STORE_DESK, STORE_WRITE, &desk, error);
	if (status == STATUS_CONFLICT) {
		answer_line(&cli->answer, "Not in the register of backups: the desk has an older form.");
		status = STATUS_OK;
	} else if (status == STATUS_OK) {
		status = note_in(desk, folder, error);
	}
	store_close(desk);
	return status;
}

enum status cmd_backup(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct backup_report report;
	const char *folder = cli_operand(cli, 1);
	enum status status = opened_open(&opened, cli, OPEN_LOCK, error);
	if (status == STATUS_OK)
		status = backup_make(opened.workspace, folder, &report, error);
	if (status == STATUS_OK) {
		add_report(&cli->answer, "backup", "Backup", folder, &report);
		status = copy_keys(cli, opened.workspace, error);
	}
	if (status == STATUS_OK)
		status = note(cli, opened.workspace, folder, error);
	opened_close(&opened);
	return status;
}

/* The keys open the data, and the audit chain is whole. */
static enum status verify(struct cli *cli, const char *folder, struct error *error)
{
	struct opened opened;
	struct audit_verification verification = {0};
	enum status status = opened_open_folder(
		&opened, cli, folder, OPEN_DATA_WRITE | OPEN_DESK_READ | OPEN_VAULT | OPEN_BROUGHT_BACK, error);
	if (status == STATUS_OK)
		status = rights_mark_brought_back(opened.data, error);
	if (status == STATUS_OK)
		status = audit_verify(opened.desk, &opened.audit_key, &verification, error);
	if (status == STATUS_OK)
		answer_int(&cli->answer, "audit_entries", "Audit entries verified", verification.entries);
	opened_close(&opened);
	return status;
}

enum status cmd_restore(struct cli *cli, struct error *error)
{
	struct backup_report report;
	struct backup_restore restore = {.from = cli_operand(cli, 0),
					 .folder = cli_operand(cli, 1),
					 .keys = cli_value(cli, "keys"),
					 .address = cli_value(cli, "database")};
	enum status status = backup_restore(&restore, &report, error);
	if (status != STATUS_OK)
		return status;
	add_report(&cli->answer, "workspace", "Restored", restore.folder, &report);
	status = verify(cli, restore.folder, error);
	if (status == STATUS_OK)
		answer_line(&cli->answer,
			    "Who was erased after this backup was made is in it again, so nothing opens it yet. Next: "
			    "\"oneview erase %s --replay FILE\", with the register of erasures as it was written last.",
			    restore.folder);
	return status;
}
