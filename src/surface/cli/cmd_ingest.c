#include "cli/pipeline.h"

/* On another shelf than the audit, which is committed last: what is not recorded is told as failed, and may be done
 * again. */
static enum status decide(struct cli *cli, struct opened *opened, int64_t extract_id, bool discard, struct error *error)
{
	const struct audit_entry entry = {.action = discard ? TEXT("extract.discard") : TEXT("extract.release"),
					  .subject_kind = TEXT("extract"),
					  .subject_id = extract_id};
	enum status status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = opened_audit(opened, &entry, error);
	if (status == STATUS_OK)
		status = discard ? intake_discard(opened->data, opened->workspace->paths.archive, extract_id, error)
				 : intake_release(opened->data, extract_id, error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	else
		store_rollback(opened->desk);
	if (status == STATUS_OK)
		answer_int(&cli->answer, discard ? "discarded" : "released",
			   discard ? "Deleted extract" : "Released extract", extract_id);
	return status;
}

static enum status load_files(struct cli *cli, struct pipeline *pipeline, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 1; status == STATUS_OK && i < cli->operand_count; i++)
		status = pipeline_load_file(pipeline, cli->operands[i], error);
	return status;
}

enum status cmd_ingest(struct cli *cli, struct error *error)
{
	struct opened opened;
	struct pipeline pipeline = {0};
	int64_t released = 0, discarded = 0;
	enum status status = cli_value_int(cli, "release", 1, INT64_MAX, &released, error);
	if (status == STATUS_OK)
		status = cli_value_int(cli, "discard", 1, INT64_MAX, &discarded, error);
	if (status != STATUS_OK)
		return status;
	if (released && discarded) {
		error_set(error, STATUS_USAGE, "cli.option", "--release and --discard exclude each other");
		error_remedy(error, "let an extract through, or throw it away");
		return STATUS_USAGE;
	}
	status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK && (released || discarded)) {
		status = decide(cli, &opened, released ? released : discarded, discarded > 0, error);
	} else if (status == STATUS_OK) {
		pipeline_init(&pipeline, cli, &opened);
		status = pipeline_end_erasures(&pipeline, error);
		if (status == STATUS_OK)
			status = cli->operand_count > 1 ? load_files(cli, &pipeline, error)
							: pipeline_load_inbox(&pipeline, error);
		pipeline_answer(&pipeline);
		if (status == STATUS_OK)
			status = pipeline_held(&pipeline, error);
	}
	pipeline_release(&pipeline);
	opened_close(&opened);
	return status;
}
