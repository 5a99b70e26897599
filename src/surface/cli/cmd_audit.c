#include "cli/opened.h"

/* "SEQ:HASH", as an earlier verification printed it. */
static enum status check_earlier(struct cli *cli, struct opened *opened, const char *given, struct error *error)
{
	struct text rest = text_of(given), number;
	int64_t seq;
	text_split(&rest, ':', &number);
	if (!text_parse_int64(number, &seq) || rest.len != 2 * AUDIT_HASH_BYTES) {
		error_set(error, STATUS_USAGE, "audit.earlier", "--contains takes NUMBER:HASH");
		error_remedy(error, "give what an earlier \"oneview audit verify\" printed as its head");
		return STATUS_USAGE;
	}
	enum status status = audit_contains(opened->desk, seq, rest.at, error);
	if (status == STATUS_OK)
		answer_bool(&cli->answer, "contains", "Still contains the earlier", true);
	return status;
}

static void add_verification(struct cli_answer *answer, const struct audit_verification *verification)
{
	char head[2 * AUDIT_HASH_BYTES + 32];
	snprintf(head, sizeof head, "%lld:%s", (long long)verification->head_seq, verification->head_hash);
	answer_int(answer, "entries", "Entries", verification->entries);
	answer_text(answer, "head", "Head", text_of(head));
}

enum status cmd_audit_verify(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct audit_verification verification = {0};
	enum status status = opened_open(&opened, cli, OPEN_DESK_READ, error);
	if (status == STATUS_OK) {
		status = audit_verify(opened.desk, &opened.audit_key, &verification, error);
		answer_bool(&cli->answer, "verifies", "Chain verifies", status == STATUS_OK);
		if (status == STATUS_OK)
			add_verification(&cli->answer, &verification);
		else if (verification.bad_seq > 0)
			answer_int(&cli->answer, "bad_entry", "First bad entry", verification.bad_seq);
	}
	if (status == STATUS_OK && cli_value(cli, "contains"))
		status = check_earlier(cli, &opened, cli_value(cli, "contains"), error);
	opened_close(&opened);
	return status;
}
