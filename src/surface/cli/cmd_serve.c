#include "cli/cli_int.h"

#include "web/web.h"

#include <stdio.h>

static void announce(void *context, const char *address, unsigned port)
{
	const struct cli *cli = context;
	if (!cli->quiet)
		printf("Serving on http://%s:%u/ - Ctrl-C stops it\n", address, port);
	fflush(stdout);
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
	return web_serve(&settings, error);
}
