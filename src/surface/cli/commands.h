/*
 * The table of commands, in parts: each commands_*.c has the rows of one room of work.
 *
 * A new command is a row in one of them, a cmd_*.c beside it and a line in meson.build.  Parts may share a group:
 * "oneview help" lists them under one heading, when they stand together in commands.c.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli_int.h"

struct cli_table {
	const char *group; /* the heading above them in "oneview help" */
	const struct cli_command *commands;
	size_t count;
};

#define CLI_TABLE(title, rows) \
	{ \
		.group = (title), .commands = (rows), .count = sizeof(rows) / sizeof *(rows) \
	}

extern const struct cli_table cli_data_table, cli_files_table, cli_staff_table, cli_policy_table, cli_rights_table,
	cli_care_table;

#define WORKSPACE_OPERAND \
	{ \
		"WORKSPACE", "the workspace's folder", false, false \
	}

#endif
