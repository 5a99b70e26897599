#include "cli/cli_int.h"

#include <sodium.h>
#include <sqlite3.h>

enum status cmd_version(struct cli *cli, struct error *error)
{
	(void)error;
	answer_line(&cli->answer, "oneview %s", ONEVIEW_VERSION);
	answer_text(&cli->answer, "version", NULL, TEXT(ONEVIEW_VERSION));
	answer_text(&cli->answer, "sqlite", NULL, text_of(sqlite3_libversion()));
	answer_text(&cli->answer, "libsodium", NULL, text_of(sodium_version_string()));
	return STATUS_OK;
}
