#include "cli/pipeline.h"

static enum status release(struct cli *cli, struct opened *opened, int64_t extract_id, struct error *error)
{
	enum status status = store_begin(opened->desk, error);
	if (status == STATUS_OK)
		status = opened_audit(opened,
				      &(struct audit_entry){.action = TEXT("extract.release"),
							    .subject_kind = TEXT("extract"),
							    .subject_id = extract_id},
				      error);
	if (status == STATUS_OK)
		status = intake_release(opened->data, extract_id, error);
	if (status == STATUS_OK)
		status = store_commit(opened->desk, error);
	else
		store_rollback(opened->desk);
	if (status == STATUS_OK)
		answer_int(&cli->answer, "released", "Released extract", extract_id);
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
	int64_t extract_id = 0;
	enum status status = cli_value_int(cli, "release", 1, INT64_MAX, &extract_id, error);
	if (status != STATUS_OK)
		return status;
	status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK && extract_id) {
		status = release(cli, &opened, extract_id, error);
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
