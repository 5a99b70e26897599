
#include "cli/user.h"

#include "policy/account_change.h"
#include "policy/admission.h"
#include "policy/password.h"
#include "policy/second_factor.h"

#include <sodium.h>

/* The id of a role or team as the profile writes it, or an error that proposes the nearest. */
static enum status check_role(const struct profile *profile, const char *role, struct error *error)
{
	struct text names[256];
	size_t count = 0;
	if (profile_role(profile, text_of(role)))
		return STATUS_OK;
	for (size_t i = 0; i < profile->roles.count && count < 256; i++)
		names[count++] = profile->roles.at[i].id;
	struct text near = text_nearest(text_of(role), names, count);
	error_set(error, STATUS_NOT_FOUND, "user.role", "The profile has no role \"%s\"", role);
	if (!text_is_absent(near))
		error_remedy(error, "did you mean \"%.*s\"?", TEXT_ARG(near));
	else
		error_remedy(error, "\"oneview user roles WORKSPACE\" lists the roles");
	return STATUS_NOT_FOUND;
}

static enum status check_team(const struct profile *profile, const char *team, struct error *error)
{
	struct text names[256];
	size_t count = 0;
	if (!team || profile_team(profile, text_of(team)))
		return STATUS_OK;
	for (size_t i = 0; i < profile->teams.count && count < 256; i++)
		names[count++] = profile->teams.at[i].id;
	struct text near = text_nearest(text_of(team), names, count);
	error_set(error, STATUS_NOT_FOUND, "user.team", "The profile has no team \"%s\"", team);
	if (!text_is_absent(near))
		error_remedy(error, "did you mean \"%.*s\"?", TEXT_ARG(near));
	return STATUS_NOT_FOUND;
}

/* Commits when STATUS is fine and rolls back otherwise, so that a change and its audit entry stand or fall together. */
static enum status finish(struct opened *opened, enum status status, struct error *error)
{
	if (status == STATUS_OK)
		return store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

static enum status audit_account(struct opened *opened, const char *action, int64_t user_id, const char *detail,
				 struct error *error)
{
	return opened_audit(opened,
			    &(struct audit_entry){.action = text_of(action),
						  .subject_kind = TEXT("account"),
						  .subject_id = user_id,
						  .detail = text_of(detail)},
			    error);
}

/* Where two persons would be wanted on the pages: whoever has the machine acts for both. */
static const char *alone(const struct profile *profile, struct text role)
{
	return account_wants_two(profile, role) ? "by the operator alone" : "";
}

static enum status create(struct opened *opened, const struct account *account, const char *password, bool ready,
			  int64_t *user_id, struct error *error)
{
	const struct profile *profile = opened->workspace->profile;
	bool trains = !text_is_absent(profile->staff.training);
	char detail[200];
	snprintf(detail, sizeof detail, "role %.*s%s%s", TEXT_ARG(account->role),
		 account_wants_two(profile, account->role) ? ", " : "", alone(profile, account->role));
	enum status status = store_begin(opened->desk, error);
	if (status != STATUS_OK)
		return status;
	status = account_create(opened->desk, account, text_of(password), user_id, error);
	if (status == STATUS_OK)
		status = audit_account(opened, "account.create", *user_id, detail, error);
	if (status == STATUS_OK && ready && (trains || !text_is_absent(profile->staff.use_version)))
		status = user_admit(opened, *user_id, trains ? admission_until(profile, date_today()) : DATE_UNKNOWN,
				    true, error);
	return finish(opened, status, error);
}

enum status user_create(struct opened *opened, const struct account *account, const char *password, int64_t *user_id,
			struct error *error)
{
	return create(opened, account, password, true, user_id, error);
}

enum status user_password(struct cli *cli, const struct profile *profile, char out[PASSWORD_ROOM], struct error *error)
{
	bool given = false;
	enum status status = cli_password(out, &given, error);
	if (status != STATUS_OK)
		return status;
	if (!given) {
		password_random(out, PASSWORD_ROOM);
		answer_text(&cli->answer, "password", "Password", text_of(out));
		return STATUS_OK;
	}
	return password_check_breaches(cli_operand(cli, 0), text_of(out), profile && profile->staff.breached_required,
				       error);
}

static enum status add(struct cli *cli, struct opened *opened, struct error *error)
{
	const char *role = cli_value(cli, "role"), *team = cli_value(cli, "team"), *name = cli_value(cli, "name");
	if (!role) {
		error_set(error, STATUS_USAGE, "user.role", "\"oneview user add\" needs --role");
		error_remedy(error, "\"oneview user roles WORKSPACE\" lists the roles");
		return STATUS_USAGE;
	}
	enum status status = check_role(opened->workspace->profile, role, error);
	if (status == STATUS_OK)
		status = check_team(opened->workspace->profile, team, error);
	char password[PASSWORD_ROOM] = "";
	if (status == STATUS_OK)
		status = user_password(cli, opened->workspace->profile, password, error);
	struct account account = {.username = text_of(cli_operand(cli, 1)),
				  .display_name = text_of(name ? name : cli_operand(cli, 1)),
				  .role = text_of(role),
				  .team = text_of(team),
				  .must_change_password = cli_flag(cli, "must-change")};
	const struct profile_role *given = profile_role(opened->workspace->profile, text_of(role));
	if (!team && given && given->team)
		account.team = given->team->id;
	int64_t user_id = 0;
	if (status == STATUS_OK)
		status = create(opened, &account, password, cli_flag(cli, "ready"), &user_id, error);
	sodium_memzero(password, sizeof password);
	if (status == STATUS_OK) {
		answer_text(&cli->answer, "username", "Added", account.username);
		answer_text(&cli->answer, "role", "Role", account.role);
		answer_text(&cli->answer, "team", text_is_absent(account.team) ? NULL : "Team", account.team);
	}
	return status;
}

enum status cmd_user_add(struct cli *cli, struct error *error)
{
	struct opened opened;
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = add(cli, &opened, error);
	opened_close(&opened);
	return status;
}

static void list_accounts(struct cli_answer *answer, const struct account *accounts, size_t count)
{
	static const char *const keys[] = {"username", "display_name", "role", "team", "status", "last_sign_in"};
	static const char *const headings[] = {"Sign-in", "Name", "Role", "Team", "Status", "Last sign-in"};
	answer_list(answer, "users", 6, keys, headings);
	for (size_t i = 0; i < count; i++) {
		const struct account *account = &accounts[i];
		char when[INSTANT_TEXT_SIZE];
		answer_cell(answer, account->username);
		answer_cell(answer, account->display_name);
		answer_cell(answer, account->role);
		answer_cell(answer, account->team);
		answer_cell(answer, account->status == ACCOUNT_LEFT          ? TEXT("left")
				    : account->status == ACCOUNT_DISABLED    ? TEXT("disabled")
				    : account_is_over(account, date_today()) ? TEXT("ended")
				    : account->locked                        ? TEXT("locked")
									     : TEXT("active"));
		answer_cell(answer, account->last_sign_in == INSTANT_UNKNOWN
					    ? TEXT("never")
					    : text_of(instant_format(account->last_sign_in, when)));
	}
	answer_list_end(answer);
}

enum status cmd_user_list(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct account *accounts = NULL;
	size_t count = 0;
	enum status status = opened_open(&opened, cli, OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = account_list(opened.desk, &cli->arena, &accounts, &count, error);
	if (status == STATUS_OK)
		list_accounts(&cli->answer, accounts, count);
	opened_close(&opened);
	return status;
}

enum status cmd_user_roles(struct cli *cli, struct error *error)
{
	static const char *const keys[] = {"role", "title", "names"};
	static const char *const headings[] = {"Role", "Title", "Names"};
	struct opened opened;
	enum status status = opened_open(&opened, cli, 0, error);
	if (status == STATUS_OK) {
		answer_list(&cli->answer, "roles", 3, keys, headings);
		for (size_t i = 0; i < opened.workspace->profile->roles.count; i++) {
			const struct profile_role *role = &opened.workspace->profile->roles.at[i];
			answer_cell(&cli->answer, role->id);
			answer_cell(&cli->answer, role->title);
			answer_cell(&cli->answer, role->names ? TEXT("yes") : TEXT("no"));
		}
		answer_list_end(&cli->answer);
	}
	opened_close(&opened);
	return status;
}

typedef enum status change_account(struct cli *cli, struct opened *opened, struct account *account,
				   struct error *error);

/* Finds the account that the second operand names, changes it, and writes that down. */
static enum status change(struct cli *cli, change_account *how, const char *action, struct error *error)
{
	struct opened opened;
	struct account account = {0};
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = account_find(opened.desk, text_of(cli_operand(cli, 1)), &cli->arena, &account, error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK) {
		status = account_lock(opened.desk, account.user_id, &cli->arena, &account, error);
		if (status == STATUS_OK)
			status = how(cli, &opened, &account, error);
		if (status == STATUS_OK)
			status = audit_account(&opened, action, account.user_id,
					       alone(opened.workspace->profile, account.role), error);
		status = finish(&opened, status, error);
	}
	if (status == STATUS_OK)
		answer_text(&cli->answer, "username", "Changed", account.username);
	opened_close(&opened);
	return status;
}

static enum status disable(struct cli *cli, struct opened *opened, struct account *account, struct error *error)
{
	(void)cli;
	account->status = ACCOUNT_DISABLED;
	return account_update(opened->desk, account, error);
}

static enum status enable(struct cli *cli, struct opened *opened, struct account *account, struct error *error)
{
	(void)cli;
	account->status = ACCOUNT_ACTIVE;
	if (account_is_over(account, date_today()))
		account->ends = DATE_UNKNOWN;
	return account_update(opened->desk, account, error);
}

static enum status renew(struct cli *cli, struct opened *opened, struct account *account, struct error *error)
{
	char password[PASSWORD_ROOM] = "";
	enum status status = user_password(cli, opened->workspace->profile, password, error);
	if (status == STATUS_OK)
		status = account_set_password(opened->desk, account->user_id, text_of(password),
					      !cli_flag(cli, "chosen"), error);
	sodium_memzero(password, sizeof password);
	return status;
}

enum status cmd_user_disable(struct cli *cli, struct error *error)
{
	return change(cli, disable, "account.disable", error);
}

enum status cmd_user_enable(struct cli *cli, struct error *error)
{
	return change(cli, enable, "account.enable", error);
}

static enum status take_factor(struct cli *cli, struct opened *opened, struct account *account, struct error *error)
{
	(void)cli;
	enum status status = second_factor_remove(opened->desk, account->user_id, error);
	return status ? status : session_end_all(opened->desk, account->user_id, error);
}

enum status cmd_user_second_factor(struct cli *cli, struct error *error)
{
	return change(cli, take_factor, "second_factor.remove", error);
}

static enum status set_worker(struct cli *cli, struct opened *opened, struct account *account, struct error *error)
{
	const char *source = cli_value(cli, "source"), *number = cli_value(cli, "number");
	struct account_worker worker = {text_of(source), text_of(number)};
	if (!source) {
		error_set(error, STATUS_USAGE, "user.source", "\"oneview user worker\" needs --source");
		error_remedy(error, "Name the source of the profile whose worker number it is");
		return STATUS_USAGE;
	}
	if (!profile_source(opened->workspace->profile, worker.source))
		return error_set(error, STATUS_NOT_FOUND, "user.source", "The profile has no source \"%s\"", source);
	return account_set_worker(opened->desk, account->user_id, &worker, error);
}

enum status cmd_user_worker(struct cli *cli, struct error *error)
{
	return change(cli, set_worker, "account.worker", error);
}

enum status cmd_user_password(struct cli *cli, struct error *error)
{
	return change(cli, renew, "account.password", error);
}
