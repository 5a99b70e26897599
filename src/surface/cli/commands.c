/* The commands that start a workspace and tell of the program, and the joining of all tables. */
#include "cli/commands.h"

const struct cli_option cli_common_options[] = {
	{"json", 0, NULL, "answer as one JSON document; errors too, on standard error", NULL},
	{"quiet", 'q', NULL, "say nothing when all is well", NULL},
	{"help", 'h', NULL, "show this help", NULL},
	{NULL, 0, NULL, NULL, NULL},
};

static const struct cli_command start[] = {
	{
		.name = "init",
		.summary = "Make a workspace: a folder with profile, keys, database and first administrator",
		.details =
			"Checks and copies the profile, makes the keys, prepares the database and adds the first "
			"account. "
			"The password is taken from ONEVIEW_PASSWORD or asked for; with neither, one is made and shown "
			"once.\n\nThe folder keys/ opens everything in the workspace. Keep a copy of it in a safe "
			"place, "
			"apart from backups.",
		.operands = {{"WORKSPACE", "the folder to make", false, false}},
		.options = {{"profile", 'p', "FOLDER", "the council's configuration, or the name of an installed one",
			     NULL},
			    {"database", 'd', "ADDRESS",
			     "postgresql://USER@HOST/DATABASE; otherwise SQLite in the folder", NULL},
			    {"title", 't', "TEXT", "what pages call it; otherwise the profile's title", NULL},
			    {"administrator", 'a', "NAME", "sign-in of the first account; otherwise admin", NULL}},
		.examples = {{"oneview init council --profile profiles/demo", "On SQLite; asks for the password."},
			     {"oneview init council -p profiles/demo -d postgresql://oneview@db/oneview",
			      "On a PostgreSQL server."}},
		.run = cmd_init,
	},
	{
		.name = "serve",
		.summary = "Serve the pages until Ctrl-C",
		.details = "Listens on the loopback address unless told otherwise; put a proxy that speaks TLS in "
			   "front for others "
			   "to reach it. A refresh may run meanwhile: the pages move to its result without a pause.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"port", 'p', "PORT", "port to listen on; otherwise 8080, and 0 takes any free one", NULL},
			    {"address", 'a', "ADDRESS", "address to listen on; otherwise 127.0.0.1", NULL},
			    {"threads", 0, "COUNT", "threads that serve pages; otherwise 2 to 4", NULL},
			    {"connections", 0, "COUNT", "connections at once; otherwise 2000", NULL},
			    {"static", 0, "FOLDER", "styles and scripts; otherwise those beside the program", NULL},
			    {"log", 'l', "FILE", "where to log; otherwise logs/serve.log, and - is standard error",
			     NULL},
			    {"behind-tls", 0, NULL, "a proxy in front speaks TLS: cookies travel only over it", NULL}},
		.examples = {{"oneview serve council --port 8080",
			      "On http://127.0.0.1:8080, for a proxy or for oneself."}},
		.run = cmd_serve,
	},
};

static const struct cli_command self[] = {
	{
		.name = "help",
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
		.summary = "Show the program's version",
		.examples = {{"oneview version --json", "The version, and those of the libraries underneath."}},
		.run = cmd_version,
	},
};

static const struct cli_table start_table = CLI_TABLE("Start", start);
static const struct cli_table self_table = CLI_TABLE("About the program", self);

/* In the order in which "oneview help" lists them. */
static const struct cli_table *const tables[] = {
	&start_table,      &cli_data_table,   &cli_files_table, &cli_staff_table,
	&cli_policy_table, &cli_rights_table, &cli_care_table,  &self_table,
};

const struct cli_command *cli_command_at(size_t place, const char **group)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (place < tables[i]->count) {
			if (group)
				*group = tables[i]->group;
			return &tables[i]->commands[place];
		}
		place -= tables[i]->count;
	}
	return NULL;
}
