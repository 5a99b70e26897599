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

#define WORKSPACE_OPERAND \
	{ \
		"WORKSPACE", "the workspace's folder", false, false \
	}

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
		.name = "audit verify",
		.group = GROUP_CARE,
		.summary = "Check that no audit entry was changed, removed or put in",
		.details = "Prints the head of the chain. Write it down elsewhere: given back with --contains, a later "
			   "call shows "
			   "that the chain still holds what it held then.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"contains", 'c', "NUMBER:HASH", "the head that an earlier verification printed", NULL}},
		.examples = {{"oneview audit verify council",
			      "Exit code 9 when it does not verify, and the first bad entry."}},
		.run = cmd_audit_verify,
	},
	{
		.name = "backup",
		.group = GROUP_CARE,
		.summary = "Copy a workspace, consistently, while it is in use",
		.details = "Writes database, profile and sealed archive into a new folder, with a list of hashes. The "
			   "keys are left "
			   "out: whoever has both a backup and the keys can read everything. Copy them with --keys to "
			   "another "
			   "place, once, and keep them apart.",
		.operands = {WORKSPACE_OPERAND, {"FOLDER", "the folder to make", false, false}},
		.options = {{"keys", 'k', "FOLDER", "copy the keys there, for safekeeping apart from the backup",
			     NULL}},
		.examples = {{"oneview backup council /backup/council-2026-01-15", "What a timer would call."},
			     {"oneview backup council /backup/first --keys /media/safe/council-keys",
			      "Once, for the keys."}},
		.run = cmd_backup,
	},
	{
		.name = "restore",
		.group = GROUP_CARE,
		.summary = "Make a workspace from a backup and the keys, and verify it",
		.details = "Checks every file against the backup's list, loads the database, and then checks the keys "
			   "against the "
			   "data and the audit chain.",
		.operands = {{"FOLDER", "the backup", false, false}, {"WORKSPACE", "the folder to make", false, false}},
		.options = {{"keys", 'k', "FOLDER", "where the keys are kept", NULL},
			    {"database", 'd', "ADDRESS",
			     "an empty PostgreSQL database; needed when the backup is of one", NULL}},
		.examples = {{"oneview restore /backup/council-2026-01-15 council --keys /media/safe/council-keys",
			      "On this or another machine."}},
		.run = cmd_restore,
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
