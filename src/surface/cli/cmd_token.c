/* "token add", "token list", "token revoke": for programs that ask the API. */
#include "cli/opened.h"

#include "policy/account.h"

#include <sodium.h>

enum { DAYS_OTHERWISE = 90, DAYS_MOST = 366 };

static enum status usage(const char *code, const char *message, const char *remedy, struct error *error)
{
	error_set(error, STATUS_USAGE, code, "%s", message);
	error_remedy(error, "%s", remedy);
	return STATUS_USAGE;
}

/* A token can do no more than its account's role. */
static enum status check_capabilities(const struct profile_role *role, struct text list, struct error *error)
{
	struct text name;
	while (text_split(&list, ',', &name)) {
		enum capability capability;
		if (!capability_parse(name, &capability))
			return error_set(error, STATUS_USAGE, "token.capability", "There is no capability \"%.*s\"",
					 TEXT_ARG(name));
		if (!role_can(role, capability)) {
			error_set(error, STATUS_REFUSED, "token.capability",
				  "The account's role has no capability \"%.*s\"", TEXT_ARG(name));
			error_remedy(error,
				     "a token can do no more than its account: leave it out, or take another account");
			return STATUS_REFUSED;
		}
	}
	return STATUS_OK;
}

static enum status check_purpose(const struct profile *profile, const struct profile_role *role, const char *id,
				 struct error *error)
{
	const struct profile_purpose *purpose = id ? profile_purpose(profile, text_of(id)) : NULL;
	if (!id || (purpose && role_has_purpose(role, purpose)))
		return STATUS_OK;
	return usage("token.purpose", "The account's role may not name this purpose",
		     "see purposes.yaml and roles.yaml of the workspace's profile", error);
}

static enum status read_days(const char *given, instant *expires, struct error *error)
{
	int64_t days = DAYS_OTHERWISE;
	if (given && (!text_parse_int64(text_of(given), &days) || days < 1 || days > DAYS_MOST))
		return usage("token.days", "--days takes a number of days", "from 1 to 366", error);
	*expires = instant_now() + days * 24 * 3600 * INT64_C(1000000);
	return STATUS_OK;
}

static enum status read_token(struct cli *cli, const struct opened *opened, struct api_token *token,
			      struct error *error)
{
	struct account account;
	const struct profile *profile = opened->workspace->profile;
	const char *capabilities = cli_value(cli, "capabilities"), *purpose = cli_value(cli, "purpose");
	if (!capabilities)
		return usage("token.capability", "A token needs --capabilities",
			     "such as \"search,resident.open\": as few as the program needs", error);
	enum status status = account_find(opened->desk, text_of(cli_operand(cli, 1)), &cli->arena, &account, error);
	if (status)
		return status;
	const struct profile_role *role = profile_role(profile, account.role);
	if (!role)
		return error_set(error, STATUS_NOT_FOUND, "token.role", "The account's role is not in the profile");
	*token = (struct api_token){.user_id = account.user_id,
				    .name = text_of(cli_value(cli, "name") ? cli_value(cli, "name") : "token"),
				    .capabilities = text_of(capabilities),
				    .purpose = text_of(purpose)};
	status = check_capabilities(role, token->capabilities, error);
	if (status == STATUS_OK)
		status = check_purpose(profile, role, purpose, error);
	return status ? status : read_days(cli_value(cli, "days"), &token->expires, error);
}

static enum status finish(struct opened *opened, enum status status, const char *action, int64_t subject,
			  struct text detail, struct error *error)
{
	if (status == STATUS_OK)
		status = opened_audit(opened,
				      &(struct audit_entry){.action = text_of(action),
							    .subject_kind = TEXT("account"),
							    .subject_id = subject,
							    .detail = detail},
				      error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	if (opened->desk)
		store_rollback(opened->desk);
	return status;
}

enum status cmd_token_add(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct api_token token = {0};
	char secret[API_TOKEN_SIZE] = "", expires[INSTANT_TEXT_SIZE];
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK)
		status = read_token(cli, &opened, &token, error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK)
		status = api_token_create(opened.desk, &token, TEXT("operator"), secret, error);
	struct text detail =
		arena_format(&cli->arena, "%.*s: %.*s", TEXT_ARG(token.name), TEXT_ARG(token.capabilities));
	status = finish(&opened, status, "token.create", token.user_id, detail, error);
	if (status == STATUS_OK) {
		answer_text(&cli->answer, "token", "Token", text_of(secret));
		answer_text(&cli->answer, "expires", "Expires", text_of(instant_format(token.expires, expires)));
		answer_line(&cli->answer, "It is shown this once: only its hash is kept.");
	}
	sodium_memzero(secret, sizeof secret);
	opened_close(&opened);
	return status;
}

static void list_tokens(struct cli_answer *answer, const struct api_token *tokens, size_t count)
{
	static const char *const keys[] = {"number",  "username", "name",      "capabilities",
					   "purpose", "expires",  "last_used", "state"};
	static const char *const headings[] = {"Number",  "Account", "Name",      "Capabilities",
					       "Purpose", "Expires", "Last used", "State"};
	answer_list(answer, "tokens", 8, keys, headings);
	for (size_t i = 0; i < count; i++) {
		const struct api_token *token = &tokens[i];
		char number[24], expires[INSTANT_TEXT_SIZE], used[INSTANT_TEXT_SIZE];
		snprintf(number, sizeof number, "%lld", (long long)token->token_id);
		answer_cell(answer, text_of(number));
		answer_cell(answer, token->username);
		answer_cell(answer, token->name);
		answer_cell(answer, token->capabilities);
		answer_cell(answer, text_is_absent(token->purpose) ? TEXT("") : token->purpose);
		answer_cell(answer, text_of(instant_format(token->expires, expires)));
		answer_cell(answer, token->last_used == INSTANT_UNKNOWN
					    ? TEXT("never")
					    : text_of(instant_format(token->last_used, used)));
		answer_cell(answer, token->revoked != INSTANT_UNKNOWN ? TEXT("revoked")
				    : token->expires <= instant_now() ? TEXT("expired")
								      : TEXT("in force"));
	}
	answer_list_end(answer);
}

enum status cmd_token_list(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct api_token *tokens;
	size_t count;
	enum status status = opened_open(&opened, cli, OPEN_DESK_READ, error);
	if (status == STATUS_OK)
		status = api_token_list(opened.desk, &cli->arena, &tokens, &count, error);
	if (status == STATUS_OK)
		list_tokens(&cli->answer, tokens, count);
	opened_close(&opened);
	return status;
}

enum status cmd_token_revoke(struct cli *cli, struct error *error)
{
	struct opened opened;
	int64_t number = 0;
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK && !text_parse_int64(text_of(cli_operand(cli, 1)), &number))
		status = usage("token.number", "A token is named by its number", "see \"oneview token list\"", error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK)
		status = api_token_revoke(opened.desk, number, error);
	status = finish(&opened, status, "token.revoke", 0, text_of(cli_operand(cli, 1)), error);
	if (status == STATUS_OK)
		answer_line(&cli->answer, "Revoked.");
	opened_close(&opened);
	return status;
}
