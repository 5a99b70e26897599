/* "key change": everything that is sealed, sealed anew. "key split", "key join": the key as shares. */
#include "cli/opened.h"

#include "address/address.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "casework/casework.h"
#include "casework/home_report.h"
#include "casework/lists.h"
#include "intake/intake.h"
#include "reading/reading.h"
#include "rights/corrections.h"
#include "rights/flags.h"
#include "rights/redaction.h"
#include "rights/request.h"
#include "vault/disclosure.h"

#include <unistd.h>

/* ---- servers ------------------------------------------------------------------------------------------ */

typedef enum status take_lock(const struct workspace *workspace, const char *what, struct workspace_lock **out,
			      struct error *error);

/* Asks for a lock until it is free, for at most SECONDS. */
static enum status wait_for_lock(struct workspace_lock **out, take_lock *take, const struct workspace *workspace,
				 unsigned seconds, struct error *error)
{
	enum status status = take(workspace, "key change", out, error);
	for (unsigned i = 0; i < 4 * seconds && status == STATUS_CONFLICT && !interrupt_requested(); i++) {
		usleep(250000);
		status = take(workspace, "key change", out, error);
	}
	return status;
}

struct changing {
	struct opened *opened;
	const struct workspace *workspace;
	struct workspace_lock *unserved; /* every server that there is has both keys */
};

/* What a page had sealed under the old key when its server got the new one is in the database by then. */
static void let_pages_finish(const struct workspace *workspace)
{
	struct error none;
	struct workspace_lock *lock;
	if (workspace_lock_unchanging(workspace, "key change", &lock, &none) == STATUS_OK)
		workspace_unlock(lock); /* there is no server */
	else
		sleep(2);
}

static enum status wait_for_servers(void *context, struct error *error)
{
	enum { PATIENCE = 60 };
	struct changing *changing = context;
	enum status status =
		wait_for_lock(&changing->unserved, workspace_lock_unserved, changing->workspace, PATIENCE, error);
	if (status == STATUS_CONFLICT)
		error_remedy(
			error,
			"This server has not taken the new key within a minute: stop it, and run the change again; "
			"it goes on where it stopped");
	if (status == STATUS_OK)
		let_pages_finish(changing->workspace);
	return status;
}

static bool change_is_under_way(const struct workspace *workspace)
{
	char next[WORKSPACE_PATH_SIZE + 8];
	snprintf(next, sizeof next, "%s.next", workspace->paths.master_key);
	return file_exists(next);
}

/* A server has the key from before the last change for a minute more. */
static enum status wait_for_last_change(const struct workspace *workspace, struct error *error)
{
	enum { PATIENCE = 90 };
	struct workspace_lock *lock;
	if (change_is_under_way(workspace)) /* it is this change that goes on */
		return STATUS_OK;
	enum status status = wait_for_lock(&lock, workspace_lock_unchanging, workspace, PATIENCE, error);
	if (status == STATUS_OK)
		workspace_unlock(lock);
	return status;
}

/* ---- what is recorded -------------------------------------------------------------------------------- */

static enum status audit_key(struct opened *opened, const char *action, const char *detail, struct error *error)
{
	enum status status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = opened_audit(opened,
				      &(struct audit_entry){.action = text_of(action),
							    .subject_kind = TEXT("workspace"),
							    .detail = text_of(detail)},
				      error);
	if (status == STATUS_OK)
		return store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

/* Entries come before what they say: whenever the command is killed, whoever reads the audit knows of the new key. */
static enum status audit_begin(struct opened *opened, struct error *error)
{
	bool goes_on = change_is_under_way(opened->workspace);
	return audit_key(opened, "key.change", goes_on ? "begun again where it was stopped" : "begun", error);
}

static enum status audit_end(void *context, const struct vault_change_report *report, struct error *error)
{
	char detail[100];
	struct changing *changing = context;
	snprintf(detail, sizeof detail, "%lld values and %lld archives sealed anew", (long long)report->values,
		 (long long)report->archives);
	return audit_key(changing->opened, "key.change", detail, error);
}

/* ---- the change ---------------------------------------------------------------------------------------- */

static enum status change(struct opened *opened, struct changing *changing, struct vault_change_report *report,
			  struct error *error)
{
	const struct vault_table tables[] = {
		{opened->data, &vault_sealed_rows},           {opened->data, &intake_sealed_rows},
		{opened->data, &address_sealed_rows},         {opened->desk, &report_sealed_texts},
		{opened->desk, &report_sealed_replies},       {opened->desk, &home_report_sealed_texts},
		{opened->desk, &home_report_sealed_evidence}, {opened->desk, &home_report_sealed_replies},
		{opened->desk, &list_sealed_notes},           {opened->desk, &second_factor_sealed_rows},
		{opened->desk, &disclosure_sealed_searches},  {opened->desk, &user_sealed_rows},
		{opened->desk, &draft_sealed_rows},           {opened->desk, &rights_sealed_reasons},
		{opened->desk, &redaction_sealed_reasons},    {opened->desk, &request_sealed_words},
		{opened->desk, &correction_sealed_wanted},    {opened->desk, &correction_sealed_evidence},
		{opened->desk, &correction_sealed_replies},   {opened->desk, &disclosure_sealed_stated}};
	const struct workspace *workspace = opened->workspace;
	return vault_change_key(&(struct vault_change){.key_path = workspace->paths.master_key,
						       .archive = workspace->paths.archive,
						       .data = opened->data,
						       .tables = tables,
						       .table_count = sizeof tables / sizeof *tables,
						       .stop = interrupt_flag(),
						       .wait_for_servers = wait_for_servers,
						       .record = audit_end,
						       .context = changing},
				report, error);
}

/* What matching keeps between refreshes is sealed too, and can be read again: not worth sealing anew. */
static enum status forget_reading(struct opened *opened, struct error *error)
{
	enum status status = store_begin(opened->data, error);
	if (status == STATUS_OK)
		status = reading_forget(opened->data, error);
	if (status == STATUS_OK)
		return store_commit(opened->data, error);
	store_rollback(opened->data);
	return status;
}

enum status cmd_key_change(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct vault_change_report report;
	struct changing changing = {.opened = &opened};
	enum status status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE, error);
	changing.workspace = opened.workspace;
	if (status == STATUS_OK)
		status = wait_for_last_change(opened.workspace, error);
	if (status == STATUS_OK)
		status = audit_begin(&opened, error);
	if (status == STATUS_OK)
		status = forget_reading(&opened, error);
	if (status == STATUS_OK)
		status = change(&opened, &changing, &report, error);
	if (status == STATUS_OK) {
		answer_bool(&cli->answer, "continued", NULL, report.resumed);
		if (report.resumed)
			answer_line(&cli->answer, "Went on with a change that was stopped.");
		answer_int(&cli->answer, "values", "Values sealed anew", report.values);
		answer_int(&cli->answer, "archives", "Archives sealed anew", report.archives);
		answer_line(&cli->answer,
			    "Shares of the key from before open old backups and nothing else: when those are gone, "
			    "collect and destroy the shares; split the new key with \"oneview key split\".");
		answer_line(&cli->answer,
			    "Now copy the keys to safekeeping, move master.key.old to where the keys of old "
			    "backups are kept, and make a backup.");
	}
	workspace_unlock(changing.unserved);
	opened_close(&opened);
	return status;
}

/* ---- the key as shares -------------------------------------------------------------------------------- */

enum status cmd_key_split(struct cli *cli, struct error *error)
{
	struct opened opened;
	char detail[100];
	int64_t shares = 5, need = 3;
	enum status status = cli_value_int(cli, "shares", 2, VAULT_SHARES_MOST, &shares, error);
	if (status == STATUS_OK)
		status = cli_value_int(cli, "need", 2, VAULT_SHARES_MOST, &need, error);
	if (status == STATUS_OK && !cli_value(cli, "out")) {
		status = error_set(error, STATUS_USAGE, "cli.out", "It is not said where the shares go");
		error_remedy(error, "Name a folder outside the workspace with --out");
	}
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	snprintf(detail, sizeof detail, "%lld shares, %lld needed", (long long)shares, (long long)need);
	if (status == STATUS_OK)
		status = audit_key(&opened, "key.split", detail, error);
	if (status == STATUS_OK)
		status = vault_split_key(opened.workspace->paths.master_key, cli_value(cli, "out"), (unsigned)need,
					 (unsigned)shares, error);
	if (status == STATUS_OK) {
		answer_int(&cli->answer, "shares", "Shares written", shares);
		answer_int(&cli->answer, "need", "Needed to bring the key back", need);
		answer_line(&cli->answer, "Print each, give each to another person, then destroy the files.");
	}
	opened_close(&opened);
	return status;
}

enum status cmd_key_join(struct cli *cli, struct error *error)
{
	struct opened opened;
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = audit_key(&opened, "key.join", "begun", error);
	if (status == STATUS_OK)
		status = vault_join_key(cli->operands + 1, cli->operand_count - 1, opened.workspace->paths.master_key,
					error);
	if (status == STATUS_OK)
		status = audit_key(&opened, "key.join", "from shares", error);
	if (status == STATUS_OK)
		answer_line(&cli->answer, "The key is back. Destroy the files of the shares.");
	opened_close(&opened);
	return status;
}
