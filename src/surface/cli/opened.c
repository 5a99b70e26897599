#include "cli/opened.h"

#include "rights/replay.h"
#include "runs/configuration.h"

static enum status open_data(struct opened *opened, unsigned parts, struct error *error)
{
	enum status status = STATUS_OK;
	if (parts & OPEN_DATA_WRITE)
		status = workspace_migrate(opened->workspace, error);
	if (status == STATUS_OK)
		status = workspace_store(opened->workspace, STORE_DATA,
					 parts & OPEN_DATA_WRITE ? STORE_WRITE : STORE_READ, &opened->data, error);
	return status;
}

static enum status open_desk(struct opened *opened, unsigned parts, struct error *error)
{
	enum status status = workspace_store(opened->workspace, STORE_DESK,
					     parts & OPEN_DESK_WRITE ? STORE_WRITE : STORE_READ, &opened->desk, error);
	return status ? status : workspace_audit_key(opened->workspace, &opened->audit_key, error);
}

static enum status write_configuration(const struct opened *opened, struct store *desk, struct error *error)
{
	char name[128];
	struct audit_key key;
	enum status status = workspace_audit_key(opened->workspace, &key, error);
	if (status == STATUS_OK)
		status = configuration_record(desk, &key, opened->workspace, opened->workspace->profile,
					      opened_user(name, sizeof name), NULL, error);
	explicit_bzero(&key, sizeof key);
	return status;
}

/* A configuration that is not the one of last time is in the audit before a command does anything by it. */
static enum status check_configuration(const struct opened *opened, unsigned parts, struct error *error)
{
	struct store *own = NULL;
	bool same = false;
	enum status status = STATUS_OK;
	if (!opened->desk)
		status = workspace_store(opened->workspace, STORE_DESK, STORE_READ, &own, error);
	if (status == STATUS_OK)
		status = configuration_is_recorded(&same, own ? own : opened->desk, opened->workspace,
						   opened->workspace->profile, error);
	store_close(own);
	own = NULL;
	if (status != STATUS_OK || same)
		return status;
	if (!(parts & OPEN_DESK_WRITE))
		status = workspace_store(opened->workspace, STORE_DESK, STORE_WRITE, &own, error);
	if (status == STATUS_OK)
		status = write_configuration(opened, own ? own : opened->desk, error);
	store_close(own);
	return status;
}

enum status opened_open(struct opened *opened, const struct cli *cli, unsigned parts, struct error *error)
{
	return opened_open_folder(opened, cli, cli_operand(cli, 0), parts, error);
}

enum status opened_open_folder(struct opened *opened, const struct cli *cli, const char *folder, unsigned parts,
			       struct error *error)
{
	*opened = (struct opened){0};
	enum status status = workspace_open(&opened->workspace, folder, error);
	if (status == STATUS_OK && (parts & (OPEN_DATA_WRITE | OPEN_LOCK)))
		status = workspace_lock(opened->workspace, cli->command->name, &opened->lock, error);
	if (status == STATUS_OK && (parts & OPEN_VAULT))
		status = vault_open(&opened->vault, opened->workspace->paths.master_key, error);
	if (status == STATUS_OK && (parts & (OPEN_DATA_READ | OPEN_DATA_WRITE)))
		status = open_data(opened, parts, error);
	if (status == STATUS_OK && (parts & (OPEN_DESK_READ | OPEN_DESK_WRITE)))
		status = open_desk(opened, parts, error);
	if (status == STATUS_OK && opened->vault && opened->data)
		status = vault_check_store(opened->vault, opened->data, error);
	if (status == STATUS_OK && opened->vault && opened->data && !(parts & OPEN_BROUGHT_BACK))
		status = rights_check_erased(opened->data, opened->desk, opened->workspace->paths.erasures, error);
	if (status == STATUS_OK && (parts & ~(unsigned)(OPEN_DATA_READ | OPEN_LOCK)))
		status = check_configuration(opened, parts, error);
	return status;
}

void opened_close(struct opened *opened)
{
	store_close(opened->data);
	store_close(opened->desk);
	vault_close(opened->vault);
	workspace_unlock(opened->lock);
	workspace_close(opened->workspace);
}

struct text opened_user(char *space, size_t size)
{
	return workspace_operator(space, size);
}

enum status opened_audit(struct opened *opened, const struct audit_entry *entry, struct error *error)
{
	char name[128];
	struct audit_entry full = *entry;
	full.user_name = opened_user(name, sizeof name);
	full.role = TEXT("operator");
	if (text_is_absent(full.outcome))
		full.outcome = TEXT("allowed");
	return audit_join(opened->desk, &opened->audit_key, &full, error);
}

static enum status record_try(struct opened *opened, enum status status, const struct audit_entry *tried,
			      const struct error *why, struct error *error)
{
	char detail[400];
	struct audit_entry entry = *tried;
	snprintf(detail, sizeof detail, "%.*s%serror=%s", TEXT_ARG(tried->detail), tried->detail.len ? " " : "",
		 why->code);
	entry.detail = text_of(detail);
	entry.outcome = status == STATUS_REFUSED ? TEXT("refused") : TEXT("failed");
	enum status written = store_begin(opened->desk, error);
	if (written == STATUS_OK)
		written = opened_audit(opened, &entry, error);
	if (written == STATUS_OK)
		written = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return written;
}

enum status opened_finish(struct opened *opened, enum status status, const struct audit_entry *tried,
			  struct error *error)
{
	if (!opened->desk)
		return status;
	if (status == STATUS_OK && store_in_transaction(opened->desk))
		return store_commit(opened->desk, error);
	store_rollback(opened->desk);
	if (status == STATUS_OK || status == STATUS_USAGE)
		return status;
	const struct error why = *error;
	enum status written = record_try(opened, status, tried, &why, error);
	if (written != STATUS_OK)
		return written;
	*error = why;
	return status;
}
