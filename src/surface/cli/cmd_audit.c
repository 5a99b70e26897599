/* "audit verify", "audit checkpoint", "audit key". */
#include "cli/opened.h"

#include "audit/checkpoint.h"

#include <sodium.h>

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

/* The checkpoints to hold the chain against: of --checkpoints, or those that the workspace keeps; their signatures by
 * the keys of --public-key, or the workspace's own. */
static enum status read_signed(struct cli *cli, struct opened *opened, struct audit_checkpoints *checkpoints,
			       struct error *error)
{
	const char *file = cli_value(cli, "checkpoints"), *keys = cli_value(cli, "public-key");
	struct audit_signers signers;
	enum status status = file ? audit_checkpoints_file(checkpoints, file, &cli->arena, error)
				  : audit_checkpoints_read(checkpoints, opened->desk, &cli->arena, error);
	if (status == STATUS_OK)
		status = keys ? audit_signers_file(&signers, keys, &cli->arena, error)
			      : audit_signers_read(&signers, opened->desk, &cli->arena, error);
	return status ? status : audit_checkpoints_check(checkpoints, &signers, error);
}

enum status cmd_audit_verify(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct audit_verification verification = {0};
	struct audit_checkpoints checkpoints = {0};
	enum status status = opened_open(&opened, cli, OPEN_DESK_READ, error);
	if (status == STATUS_OK) {
		status = read_signed(cli, &opened, &checkpoints, error);
		if (status == STATUS_OK)
			status = audit_verify_against(opened.desk, &opened.audit_key, &checkpoints, &verification,
						      error);
		answer_bool(&cli->answer, "verifies", "Chain verifies", status == STATUS_OK);
		if (status == STATUS_OK)
			add_verification(&cli->answer, &verification);
		else if (verification.bad_seq > 0)
			answer_int(&cli->answer, "bad_entry", "First bad entry", verification.bad_seq);
		if (status == STATUS_OK)
			answer_int(&cli->answer, "checkpoints", "Signed checkpoints", (int64_t)checkpoints.count);
	}
	if (status == STATUS_OK && cli_value(cli, "contains"))
		status = check_earlier(cli, &opened, cli_value(cli, "contains"), error);
	opened_close(&opened);
	return status;
}

/* ---- checkpoints ------------------------------------------------------------------------------------ */

static struct audit_checkpoint_places places_of(const struct opened *opened)
{
	return (struct audit_checkpoint_places){.key = &opened->audit_key,
						.signing_key = opened->workspace->paths.signing_key,
						.outbox = opened->workspace->paths.checkpoints};
}

enum status cmd_audit_checkpoint(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct audit_checkpoint checkpoint;
	bool made = false;
	enum status status = opened_open(&opened, cli, OPEN_DESK_WRITE, error);
	if (status == STATUS_OK) {
		struct audit_checkpoint_places places = places_of(&opened);
		status = audit_checkpoint_make(&made, &checkpoint, opened.desk, &places, error);
	}
	if (status == STATUS_OK && !checkpoint.seq) {
		status = error_set(error, STATUS_NOT_FOUND, "audit.empty", "There is no audit entry to sign yet");
	} else if (status == STATUS_OK) {
		answer_bool(&cli->answer, "made", NULL, made);
		answer_int(&cli->answer, "seq", made ? "Signed entry" : "Signed already", checkpoint.seq);
		answer_text(&cli->answer, "workspace", "Workspace", text_of(checkpoint.workspace));
		answer_text(&cli->answer, "file", "Added to", text_of(opened.workspace->paths.checkpoints));
	}
	opened_close(&opened);
	return status;
}

static enum status change_signer(struct opened *opened, struct error *error)
{
	struct audit_public_key fresh;
	struct audit_checkpoint_places places = places_of(opened);
	enum status status = audit_signer_change(&fresh, opened->desk, &places, error);
	if (status == STATUS_OK)
		status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = opened_audit(
			opened,
			&(struct audit_entry){.action = TEXT("audit.key_change"), .subject_kind = TEXT("workspace")},
			error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	store_rollback(opened->desk);
	return status;
}

static void list_signers(struct cli *cli, const struct audit_signers *signers)
{
	static const char *const keys[] = {"public_key", "since", "in_use"};
	static const char *const headings[] = {"Public key", "Since", "In use"};
	answer_list(&cli->answer, "keys", 3, keys, headings);
	for (size_t i = 0; i < signers->count; i++) {
		char hex[2 * AUDIT_PUBLIC_KEY_BYTES + 1], since[DATE_TEXT_SIZE];
		sodium_bin2hex(hex, sizeof hex, signers->at[i].bytes, AUDIT_PUBLIC_KEY_BYTES);
		answer_cell(&cli->answer, text_of(hex));
		answer_cell(&cli->answer, text_of(date_format_iso(instant_date(signers->since[i]), since)));
		answer_cell(&cli->answer, i + 1 == signers->count ? TEXT("yes") : TEXT("no"));
	}
	answer_list_end(&cli->answer);
}

enum status cmd_audit_key(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct audit_signers signers;
	bool change = cli_flag(cli, "change");
	enum status status = opened_open(&opened, cli, change ? OPEN_DESK_WRITE : OPEN_DESK_READ, error);
	if (status == STATUS_OK && change)
		status = change_signer(&opened, error);
	if (status == STATUS_OK)
		status = audit_signers_read(&signers, opened.desk, &cli->arena, error);
	if (status == STATUS_OK && !signers.count) {
		status = error_set(error, STATUS_NOT_FOUND, "audit.key", "Nothing was signed yet");
		error_remedy(error, "Make the first checkpoint with `oneview audit checkpoint`, or start the server");
	}
	if (status == STATUS_OK)
		list_signers(cli, &signers);
	opened_close(&opened);
	return status;
}
