#include "cli/opened.h"

#include "rights/replay.h"

#include <pwd.h>
#include <unistd.h>

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
	struct passwd record, *found = NULL;
	char room[4096];
	if (getpwuid_r(getuid(), &record, room, sizeof room, &found) == 0 && found)
		snprintf(space, size, "system:%s", found->pw_name);
	else
		snprintf(space, size, "system:%u", (unsigned)getuid());
	return text_of(space);
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
