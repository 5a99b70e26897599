#include "cli/cli_int.h"

#include "base/file.h"
#include "base/log.h"
#include "runs/workspace.h"
#include "web/web.h"

#include <stdio.h>

static void announce(void *context, const char *address, unsigned port)
{
	const struct cli *cli = context;
	if (!cli->quiet)
		printf("Serving on http://%s:%u/ - Ctrl-C stops it\n", address, port);
	fflush(stdout);
}

/* The log is opened first, and that a folder is no workspace should not be told as a log that is not there. */
static enum status check_workspace(const char *folder, struct error *error)
{
	struct workspace *workspace;
	enum status status = workspace_open(&workspace, folder, error);
	if (status == STATUS_OK)
		workspace_close(workspace);
	return status;
}

/* Into the workspace's logs/ unless told otherwise; "-" is standard error, for those who collect it. */
static enum status open_log(struct cli *cli, struct error *error)
{
	const char *given = cli_value(cli, "log");
	if (given && strcmp(given, "-") == 0)
		return log_open(NULL, LOG_INFO, error);
	return log_open(
		given ? given
		      : arena_copy(&cli->arena, arena_format(&cli->arena, "%s/logs/serve.log", cli_operand(cli, 0))),
		LOG_INFO, error);
}

enum status cmd_serve(struct cli *cli, struct error *error)
{
	int64_t port = 8080, threads = 0, connections = 0;
	enum status status = cli_value_int(cli, "port", 0, 65535, &port, error);
	if (status == STATUS_OK)
		status = cli_value_int(cli, "threads", 1, 64, &threads, error);
	if (status == STATUS_OK)
		status = cli_value_int(cli, "connections", 1, 100000, &connections, error);
	if (status != STATUS_OK)
		return status;
	status = check_workspace(cli_operand(cli, 0), error);
	if (status == STATUS_OK)
		status = open_log(cli, error);
	if (status != STATUS_OK)
		return status;
	struct web_settings settings = {
		.workspace = cli_operand(cli, 0),
		.address = cli_value(cli, "address"),
		.port = (unsigned)port,
		.threads = (unsigned)threads,
		.connections = (unsigned)connections,
		.static_folder = cli_value(cli, "static"),
		.secure_cookies = cli_flag(cli, "behind-tls"),
		.ready = announce,
		.context = cli,
	};
	status = web_serve(&settings, error);
	log_close();
	return status;
}
