#include "cli/pipeline.h"

#include "base/file.h"
#include "linking/refresh.h"

static enum status read_model(struct cli *cli, struct pipeline *pipeline, struct error *error)
{
	const char *file = cli_value(cli, "model");
	return file ? file_read(file, &pipeline->model, error) : STATUS_OK;
}

static enum status save_model(struct cli *cli, struct opened *opened, struct error *error)
{
	struct buf model;
	const char *file = cli_value(cli, "save-model");
	if (!file)
		return STATUS_OK;
	buf_init(&model, 1 << 22);
	enum status status = linking_model_read(&model, opened->data, error);
	if (status == STATUS_OK)
		status = file_replace(file, buf_text(&model), 0644, error);
	buf_release(&model);
	return status;
}

/* Whatever came of it is told, also when it failed half-way. */
static enum status run(struct cli *cli, const char *kind, bool load, bool force, bool retrain, struct error *error)
{
	struct opened opened;
	struct pipeline pipeline = {0};
	enum status status = opened_open(&opened, cli, OPEN_DATA_WRITE | OPEN_DESK_WRITE | OPEN_VAULT, error);
	if (status == STATUS_OK) {
		pipeline_init(&pipeline, cli, &opened);
		pipeline.retrain = retrain;
		status = pipeline_end_erasures(&pipeline, error);
		if (status == STATUS_OK)
			status = pipeline_begin(&pipeline, kind, error);
		if (status == STATUS_OK && load)
			status = pipeline_load_inbox(&pipeline, error);
		if (status == STATUS_OK && !load)
			status = read_model(cli, &pipeline, error);
		if (status == STATUS_OK)
			status = pipeline_derive(&pipeline, force, error);
		if (status == STATUS_OK)
			status = pipeline_notice_corrections(&pipeline, error);
		if (status == STATUS_OK && !load)
			status = save_model(cli, &opened, error);
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
	if (cli_value(cli, "model") && cli_flag(cli, "retrain")) {
		error_set(error, STATUS_USAGE, "cli.option", "--model and --retrain exclude each other");
		error_remedy(error, "retrain first, with --save-model; then use the file");
		return STATUS_USAGE;
	}
	return run(cli, "link", false, true, cli_flag(cli, "retrain"), error);
}
