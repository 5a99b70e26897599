#include "cli/pipeline.h"

/* Whatever came of it is told, also when it failed half-way. */
static enum status run(struct cli *cli, const char *kind, bool load, bool force, bool retrain, struct error *error)
{
	struct opened opened;
	struct pipeline pipeline = {0};
	enum status status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK) {
		pipeline_init(&pipeline, cli, &opened);
		pipeline.retrain = retrain;
		status = pipeline_begin(&pipeline, kind, error);
		if (status == STATUS_OK && load)
			status = pipeline_load_inbox(&pipeline, error);
		if (status == STATUS_OK)
			status = pipeline_derive(&pipeline, force, error);
		status = pipeline_end(&pipeline, status, error);
		pipeline_answer(&pipeline);
		if (status == STATUS_OK)
			status = pipeline_held(&pipeline, error);
	}
	pipeline_release(&pipeline);
	opened_close(&opened);
	return status;
}

enum status cmd_refresh(struct cli *cli, struct error *error)
{
	return run(cli, "refresh", true, cli_flag(cli, "force"), false, error);
}

enum status cmd_link(struct cli *cli, struct error *error)
{
	return run(cli, "link", false, true, cli_flag(cli, "retrain"), error);
}
