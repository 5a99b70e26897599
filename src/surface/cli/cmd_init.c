#include "cli/opened.h"
#include "cli/user.h"

#include "base/file.h"
#include "policy/account.h"

#include <sodium.h>
#include <unistd.h>

/* The role that the first account gets: the first that may manage users. */
static const struct profile_role *administrator_role(const struct profile *profile)
{
	for (size_t i = 0; i < profile->roles.count; i++)
		if (role_can(&profile->roles.at[i], CAPABILITY_USERS_MANAGE))
			return &profile->roles.at[i];
	return NULL;
}

static enum status add_administrator(struct cli *cli, struct opened *opened, struct error *error)
{
	const struct profile_role *role = administrator_role(opened->workspace->profile);
	if (!role) {
		error_set(error, STATUS_INVALID, "init.administrator",
			  "No role of the profile may manage users (users.manage)");
		error_remedy(error, "give the capability to one role in roles.yaml");
		return STATUS_INVALID;
	}
	const char *name = cli_value(cli, "administrator");
	struct account account = {
		.username = text_of(name ? name : "admin"), .display_name = TEXT("Administrator"), .role = role->id};
	char password[PASSWORD_ROOM] = "";
	enum status status = user_password(cli, NULL, password, error);
	int64_t user_id;
	if (status == STATUS_OK)
		status = user_create(opened, &account, password, &user_id, error);
	sodium_memzero(password, sizeof password);
	if (status == STATUS_OK)
		answer_text(&cli->answer, "administrator", "Administrator", account.username);
	return status;
}

/* A profile is a folder, or the name of one that came with the program. */
static const char *find_profile(struct cli *cli, const char *given)
{
	char *path = arena_copy(&cli->arena, arena_format(&cli->arena, "%s/profile.yaml", given));
	if (file_exists(path) || strchr(given, '/'))
		return given;
	char *installed =
		arena_copy(&cli->arena, arena_format(&cli->arena, ONEVIEW_DATADIR "/oneview/profiles/%s", given));
	return file_exists(installed) ? installed : given;
}

/* Before the workspace is one, so that an init that was stopped can be repeated; never in one that is. */
static enum status make_key(struct cli *cli, const char *folder, struct error *error)
{
	const char *settings = arena_copy(&cli->arena, arena_format(&cli->arena, "%s/workspace.yaml", folder));
	const char *keys = arena_copy(&cli->arena, arena_format(&cli->arena, "%s/keys", folder));
	const char *key = arena_copy(&cli->arena, arena_format(&cli->arena, "%s/master.key", keys));
	if (file_exists(settings) || file_exists(key))
		return STATUS_OK;
	enum status status = file_make_folder(folder, 0700, error);
	if (status == STATUS_OK)
		status = file_make_folder(keys, 0700, error);
	return status ? status : vault_create_key(key, error);
}

enum status cmd_init(struct cli *cli, struct error *error)
{
	const char *profile = cli_value(cli, "profile");
	if (!profile) {
		error_set(error, STATUS_USAGE, "init.profile",
			  "\"oneview init\" needs --profile: the council's configuration");
		error_remedy(error, "the fictional borough's is --profile profiles/demo");
		return STATUS_USAGE;
	}
	struct workspace_options options = {.profile = find_profile(cli, profile),
					    .address = cli_value(cli, "database"),
					    .title = cli_value(cli, "title")};
	const char *folder = cli_operand(cli, 0);
	enum status status = make_key(cli, folder, error);
	if (status == STATUS_OK)
		status = workspace_init(folder, &options, error);
	if (status != STATUS_OK)
		return status;
	struct opened opened;
	answer_text(&cli->answer, "workspace", "Workspace", text_of(folder));
	status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = vault_mark_store(opened.vault, opened.data, error);
	if (status == STATUS_OK)
		status = add_administrator(cli, &opened, error);
	opened_close(&opened);
	if (status == STATUS_OK) {
		answer_line(&cli->answer, "%s/keys opens everything: copy it to a safe place apart from backups.",
			    folder);
		answer_line(&cli->answer, "Next: put extracts into %s/inbox and run \"oneview refresh %s\".", folder,
			    folder);
	}
	return status;
}
