/* The profile, and who may sign in or call the interface. */
#include "cli/commands.h"

static const struct cli_command commands[] = {
	{
		.name = "profile check",
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
		.name = "user add",
		.summary = "Let a person sign in",
		.details = "The password is taken from ONEVIEW_PASSWORD or asked for; with neither, one is made and "
			   "shown once.",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.options = {{"role", 'r', "ROLE", "a role of the profile", NULL},
			    {"team", 't', "TEAM", "a team of the profile", NULL},
			    {"name", 'n', "TEXT", "their name, as pages show it", NULL},
			    {"must-change", 0, NULL, "they must choose a password of their own at the first sign-in",
			     NULL},
			    {"ready", 0, NULL,
			     "they have done the training today, and accepted the statement on acceptable use", NULL}},
		.examples = {{"oneview user add council jpike --role early_help_worker --team family_hubs",
			      "Asks for the password."}},
		.run = cmd_user_add,
	},
	{
		.name = "user list",
		.summary = "List who may sign in",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview user list council", "Sign-in, role, team, status."}},
		.run = cmd_user_list,
	},
	{
		.name = "user roles",
		.summary = "List the profile's roles",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview user roles council", "What --role of \"user add\" takes."}},
		.run = cmd_user_roles,
	},
	{
		.name = "user disable",
		.summary = "Stop a person from signing in, and end their sessions",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.examples = {{"oneview user disable council jpike", "At once; what they did stays in the audit."}},
		.run = cmd_user_disable,
	},
	{
		.name = "user enable",
		.summary = "Let a disabled person sign in again",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.examples = {{"oneview user enable council jpike", "With the password they had."}},
		.run = cmd_user_enable,
	},
	{
		.name = "user password",
		.summary = "Set a person's password, end their sessions, lift a lock",
		.details = "The password is taken from ONEVIEW_PASSWORD or asked for; with neither, one is made and "
			   "shown once. At their next sign-in they must choose one of their own.",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.options = {{"chosen", 0, NULL, "they chose it themselves, and need not change it", NULL}},
		.examples = {{"oneview user password council jpike", "Asks for the new password."}},
		.run = cmd_user_password,
	},
	{
		.name = "user second-factor",
		.summary = "Take away a person's authenticator app, and end their sessions",
		.details =
			"For a telephone that is lost with its recovery codes. Make sure that it is them who ask. At "
			"their next sign-in the password is enough, and where their role needs a second factor they "
			"set up a new one before any other page.",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.examples = {{"oneview user second-factor council jpike", "They set up another telephone."}},
		.run = cmd_user_second_factor,
	},
	{
		.name = "user sync",
		.summary = "Bring accounts up to date with the council's staff records",
		.details =
			"FILE is a CSV file with everybody who is to have an account: username, display_name, role (of "
			"the "
			"profile, or a job code that its `staff: jobs:` maps to one), and, where known, team, "
			"organisation, start, end, manager, worker_ids, training_until, surname, address, postcode. "
			"Who is new gets an account without a password; who has another role or team is signed out; "
			"who "
			"is no longer named, or has ended, is disabled. Accounts made by hand are left alone and "
			"listed. Surname and address are sealed, and only compared with those of residents whom the "
			"user looks at.\n\n"
			"A file that has a bad row changes nothing, nor does one that would disable more than a tenth "
			"of the accounts that it keeps (two may always go): say --allow-leavers when it is right. "
			"Begin with --dry-run.",
		.operands = {WORKSPACE_OPERAND, {"FILE", "the staff file", false, false}},
		.options = {{"dry-run", 'n', NULL, "show what would change, and change nothing", NULL},
			    {"allow-leavers", 0, "N", "disable up to N accounts", NULL},
			    {"adopt", 0, NULL, "hand accounts that were made by hand over to the file", NULL}},
		.examples = {{"oneview user sync council staff.csv --dry-run", "Joiners, movers, leavers."},
			     {"oneview user sync council staff.csv", "Every night, for instance."}},
		.run = cmd_user_sync,
	},
	{
		.name = "user training",
		.summary = "Record that a person is trained, or has accepted the acceptable use",
		.details =
			"The profile's `staff` says which training is asked of whom and how long it is valid. Whoever "
			"has none gets no page but the one that says what to do, nor have their programs' tokens any "
			"use. People accept the statement on acceptable use at sign-in themselves; --accepted is for "
			"programs' accounts, and for who signed it on paper.",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.options = {{"done", 0, "DATE", "the training was done on this day", NULL},
			    {"until", 0, "DATE", "or: it is valid until this day", NULL},
			    {"accepted", 0, NULL, "they have accepted the present statement", NULL}},
		.examples = {{"oneview user training council jpike --done 2026-11-30",
			      "Valid for as long as the profile says."}},
		.run = cmd_user_training,
	},
	{
		.name = "user worker",
		.summary = "Say which worker a person is in a source, so that its cases are their caseload",
		.details = "Whoever the number works with in that source is on the person's caseload: their role's "
			   "`caseload` in the profile says what that means. One number is one person's.",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.options = {{"source", 's', "SOURCE", "a source of the profile", NULL},
			    {"number", 'n', "NUMBER", "their number there; without it, none", NULL}},
		.examples = {{"oneview user worker council jpike --source childrens_social_care --number CS0017",
			      "Their cases in children's social care are their caseload."}},
		.run = cmd_user_worker,
	},
	{
		.name = "token add",
		.summary = "Let a program ask the API as an account",
		.details =
			"Make an account for the program first. The token is shown once, and goes into the header "
			"\"Authorization: Bearer TOKEN\". It can do what --capabilities names and the account's role "
			"allows, for one purpose, until it expires or is revoked; what it looks at is in the audit as "
			"of "
			"its account, with the token's name as the reason.",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "the account", false, false}},
		.options = {{"capabilities", 'c', "LIST",
			     "what it may do, commas between, such as search,resident.open", NULL},
			    {"purpose", 'p', "PURPOSE", "what for; without one, nothing that needs a purpose", NULL},
			    {"name", 'n', "TEXT", "what it is used for, as the audit shows it", NULL},
			    {"days", 'd', "NUMBER", "until it expires; otherwise 90, at most 366", NULL}},
		.examples = {{"oneview token add council crm --capabilities search,resident.open --purpose "
			      "customer_enquiry",
			      "Prints the token."}},
		.run = cmd_token_add,
	},
	{
		.name = "token list",
		.summary = "List the tokens of programs",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview token list council",
			      "Account, capabilities, purpose, last use; never the token."}},
		.run = cmd_token_list,
	},
	{
		.name = "token revoke",
		.summary = "End a token at once",
		.operands = {WORKSPACE_OPERAND, {"NUMBER", "as \"token list\" has it", false, false}},
		.examples = {{"oneview token revoke council 3", "The next request with it is refused."}},
		.run = cmd_token_revoke,
	},
};

const struct cli_table cli_staff_table = CLI_TABLE("People and rules", commands);
