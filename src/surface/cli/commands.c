/* The table of commands.  A new one is a row here, a cmd_*.c beside it and a line in meson.build. */
#include "cli/cli_int.h"

#define GROUP_START "Start"
#define GROUP_DATA "Data"
#define GROUP_PEOPLE "People and rules"
#define GROUP_CARE "Care of a workspace"
#define GROUP_SELF "About the program"

const struct cli_option cli_common_options[] = {
	{"json", 0, NULL, "answer as one JSON document; errors too, on standard error", NULL},
	{"quiet", 'q', NULL, "say nothing when all is well", NULL},
	{"help", 'h', NULL, "show this help", NULL},
	{NULL, 0, NULL, NULL, NULL},
};

const struct cli_command cli_commands[] = {
	{
		.name = "profile check",
		.group = GROUP_PEOPLE,
		.summary = "Check a council's configuration as a whole",
		.details =
			"Reads every file of a profile and lists all that is wrong, with file, line and what to write "
			"instead. Warnings do not stop a profile from being used.",
		.operands = {{"FOLDER", "the profile: a folder with profile.yaml in it", false, false}},
		.examples = {{"oneview profile check profiles/demo", "The fictional borough's."},
			     {"oneview profile check council/profile --json", "A workspace's own copy, for a script."}},
		.run = cmd_profile_check,
	},
	{
		.name = "help",
		.group = GROUP_SELF,
		.summary = "Show what a command does and how to call it",
		.details = "Without an operand, lists the commands. \"exit-codes\" lists what each exit code means.",
		.operands = {{"COMMAND", "a command, a family such as \"user\", or \"exit-codes\"", true, false},
			     {"VERB", "for a family: its command, such as \"add\"", true, false}},
		.options = {{"bash-completion", 0, NULL, "print the completion script for bash", NULL},
			    {"write-man-pages", 0, "FOLDER", "write a man page for each command into FOLDER", NULL}},
		.examples = {{"oneview help refresh", "How to bring a workspace up to date."},
			     {"oneview help exit-codes", "What a script can tell from the exit code."}},
		.run = cmd_help,
	},
	{
		.name = "version",
		.group = GROUP_SELF,
		.summary = "Show the program's version",
		.examples = {{"oneview version --json", "The version, and those of the libraries underneath."}},
		.run = cmd_version,
	},
};

const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
