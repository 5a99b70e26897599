#include "cli/cli_int.h"

/* Each status has a code of its own, one above its number, so that 1 stays free for what a
 * shell or a wrapper says; a stop by Ctrl-C has the code that shells use for it. */
const struct cli_exit cli_exits[] = {
	{STATUS_OK, 0, "done"},
	{STATUS_USAGE, 2, "the command, an option or an operand does not exist or is missing"},
	{STATUS_INVALID, 3, "outside data or configuration is wrong; file and line are named"},
	{STATUS_NOT_FOUND, 4, "there is no such workspace, file, user or record"},
	{STATUS_REFUSED, 5, "policy, an agreement or the key says no"},
	{STATUS_CONFLICT, 6, "somebody else holds it, such as another refresh; nothing was changed"},
	{STATUS_HELD, 7, "finished, but at least one extract waits for a person's decision"},
	{STATUS_IO, 8, "disk, network or database failed; what was committed is kept"},
	{STATUS_CORRUPT, 9, "stored data does not verify"},
	{STATUS_NO_MEMORY, 10, "out of memory"},
	{STATUS_TOO_LARGE, 11, "over a documented ceiling"},
	{STATUS_INTERNAL, 13, "a fault of the program itself; please report it"},
	{STATUS_INTERRUPTED, 130, "stopped by Ctrl-C or a shutdown; run it again to go on"},
};
const size_t cli_exit_count = sizeof cli_exits / sizeof *cli_exits;

int cli_exit_code(enum status status)
{
	for (size_t i = 0; i < cli_exit_count; i++)
		if (cli_exits[i].status == status)
			return cli_exits[i].code;
	return 13;
}
