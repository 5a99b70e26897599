/* "rights flag" and "rights flags": what a resident objected to, had restricted, or agreed to. */
#include "cli/opened.h"

#include "base/id.h"
#include "rights/flags.h"

static enum status resident_of(const struct cli *cli, int64_t *resident_id, struct error *error)
{
	if (id_parse(text_of(cli_operand(cli, 1)), resident_id))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "rights.resident", "\"%s\" is no resident's id", cli_operand(cli, 1));
	error_remedy(error, "give the 13 characters that stand in the address of the resident's page");
	return STATUS_USAGE;
}

static enum status read_order(const struct cli *cli, struct rights_flag *order, struct error *error)
{
	const char *objects = cli_value(cli, "objects-to"), *consents = cli_value(cli, "consents-to"),
		   *reason = cli_value(cli, "reason");
	bool restricts = cli_flag(cli, "restrict"), held = cli_flag(cli, "hold");
	if ((objects != NULL) + (consents != NULL) + restricts + held != 1) {
		error_set(error, STATUS_USAGE, "rights.flag",
			  "Give one of --objects-to, --restrict, --consents-to and --hold");
		return STATUS_USAGE;
	}
	*order = (struct rights_flag){.kind = objects    ? FLAG_OBJECTION
					      : consents ? FLAG_CONSENT
					      : held     ? FLAG_HOLD
							 : FLAG_RESTRICTION,
				      .about = objects    ? text_of(objects)
					       : consents ? text_of(consents)
							  : TEXT(""),
				      .holds = !cli_flag(cli, "lift"),
				      .reason = reason ? text_of(reason) : TEXT(""),
				      .by = TEXT("operator")};
	return STATUS_OK;
}

static enum status audit_flag(struct opened *opened, int64_t resident_id, const struct rights_flag *order,
			      struct arena *arena, struct error *error)
{
	struct text detail = arena_format(arena, "%s%s%.*s", flag_kind_name(order->kind), order->about.len ? " " : "",
					  TEXT_ARG(order->about));
	return opened_audit(opened,
			    &(struct audit_entry){.action = order->holds ? TEXT("flag.set") : TEXT("flag.lift"),
						  .subject_kind = TEXT("resident"),
						  .subject_id = resident_id,
						  .detail = detail},
			    error);
}

enum status cmd_rights_flag(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	struct rights_flag order;
	int64_t resident_id;
	vault_forbid_core_dumps();
	enum status status = resident_of(cli, &resident_id, error);
	if (status == STATUS_OK)
		status = read_order(cli, &order, error);
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = store_begin(opened.desk, error);
	if (status == STATUS_OK) {
		const struct rights_parts parts = {opened.workspace->profile, opened.vault, opened.data, opened.desk};
		status = rights_flag_do(&order, &parts, resident_id, error);
	}
	if (status == STATUS_OK)
		status = audit_flag(&opened, resident_id, &order, &cli->arena, error);
	const struct audit_entry tried = {.action = order.holds ? TEXT("flag.set") : TEXT("flag.lift"),
					  .subject_kind = TEXT("resident"),
					  .subject_id = resident_id,
					  .detail = text_of(flag_kind_name(order.kind))};
	status = opened_finish(&opened, status, &tried, error);
	if (status == STATUS_OK)
		answer_line(&cli->answer,
			    order.holds ? "Recorded. It counts from the next request on." : "Taken back.");
	opened_close(&opened);
	return status;
}

/* ---- showing ------------------------------------------------------------------------------------------ */

static void answer_bounds(struct cli *cli, const struct policy *policy, const struct profile *profile,
			  const struct policy_bounds *bounds)
{
	static const char *const keys[] = {"line"};
	static const char *const headings[] = {"What stands"};
	struct text *lines;
	size_t count = rights_bounds_lines(&lines, policy, profile, bounds, &cli->arena);
	answer_list(&cli->answer, "stands", 1, keys, headings);
	for (size_t i = 0; i < count; i++)
		answer_cell(&cli->answer, lines[i]);
	answer_list_end(&cli->answer);
	if (!count)
		answer_line(&cli->answer, "Nothing stands.");
}

static void answer_flags(struct cli *cli, const struct rights_flag *flags, size_t count)
{
	static const char *const keys[] = {"at", "what", "by", "reason"};
	static const char *const headings[] = {"When", "What", "By", "Why"};
	if (!count)
		return;
	answer_line(&cli->answer, "%s", "");
	answer_list(&cli->answer, "acts", 4, keys, headings);
	for (size_t i = 0; i < count; i++) {
		char at[INSTANT_TEXT_SIZE];
		answer_cell(&cli->answer, text_of(instant_format(flags[i].at, at)));
		answer_cell(&cli->answer, flags[i].title);
		answer_cell(&cli->answer, flags[i].by);
		answer_cell(&cli->answer, flags[i].reason);
	}
	answer_list_end(&cli->answer);
}

static enum status show(struct cli *cli, struct opened *opened, int64_t resident_id, struct error *error)
{
	size_t count;
	struct rights_flag *flags;
	struct policy *policy = NULL;
	const struct profile *profile = opened->workspace->profile;
	const struct rights_parts parts = {profile, opened->vault, opened->data, opened->desk};
	enum status status = rights_flags(&flags, &count, &parts, resident_id, &cli->arena, error);
	if (status == STATUS_OK)
		status = policy_open(&policy, profile, error);
	if (status == STATUS_OK)
		status = policy_load(policy, opened->data, opened->desk, error);
	if (status == STATUS_OK)
		status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = opened_audit(opened,
				      &(struct audit_entry){.action = TEXT("flag.read"),
							    .subject_kind = TEXT("resident"),
							    .subject_id = resident_id},
				      error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	if (status == STATUS_OK) {
		const struct policy_bounds bounds = policy_bounds_of(policy, POLICY_RESIDENT, resident_id);
		answer_bounds(cli, policy, profile, &bounds);
		answer_flags(cli, flags, count);
	}
	policy_close(policy);
	return status;
}

enum status cmd_rights_flags(struct cli *cli, struct error *error)
{
	struct opened opened = {0};
	int64_t resident_id;
	vault_forbid_core_dumps();
	enum status status = resident_of(cli, &resident_id, error);
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DATA_READ | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK)
		status = show(cli, &opened, resident_id, error);
	opened_close(&opened);
	return status;
}
