/* What an agreement, a rule or a protected resident changes, and the second person who confirms it. */
#include "cli/commands.h"

static const struct cli_command commands[] = {
	{
		.name = "policy explain",
		.summary = "Say what a role may see for a purpose, and under which clause",
		.operands = {WORKSPACE_OPERAND},
		.details = "With --user and --element it answers in words: whether that user may see it, by which "
			   "agreement "
			   "and clause, or why not and who answers for it. With --resident it says nothing when the "
			   "resident "
			   "does not exist for the user, and the question is recorded.",
		.options = {{"role", 'r', "ROLE", "who looks", NULL},
			    {"team", 't', "TEAM", "of which team", NULL},
			    {"user", 'u', "NAME", "or the account of whoever looks, with its role and team", NULL},
			    {"resident", 0, "ID", "at whom, by the id that stands in the page's address", NULL},
			    {"purpose", 'p', "PURPOSE", "what for", NULL},
			    {"feed", 'f', "FEED", "only this feed", NULL},
			    {"element", 'e', "ELEMENT", "only this element", NULL},
			    {"on", 0, "DATE", "on this day; otherwise today", NULL}},
		.examples = {{"oneview policy explain council --role early_help_worker --purpose early_help --feed "
			      "benefits_claims",
			      "Allowed, withheld or refused, element by element."},
			     {"oneview policy explain council --user jpike --element council_tax_balance --purpose "
			      "early_help",
			      "Why this user can, or cannot, see it."}},
		.run = cmd_policy_explain,
	},
	{
		.name = "policy preview",
		.summary = "Say what a changed profile would reveal or withdraw, before it is put in place",
		.details =
			"Compares the agreements of another profile folder with those in force, value by value: for "
			"each "
			"role, team, purpose and feed the elements that would be revealed or withdrawn and how many "
			"residents have rows there, lists that would begin or end, what would lose or gain an element "
			"that it uses (lists, factors, sentences and interventions of summaries; by feed, what is "
			"modelled or monitored), and feeds whose extracts would be refused. Nothing is changed.",
		.operands = {WORKSPACE_OPERAND, {"PROFILE", "folder of the changed profile", false, false}},
		.options = {{"on", 0, "DATE", "on this day; otherwise today", NULL}},
		.examples = {{"oneview policy preview council new-profile", "To put before those who decide."}},
		.run = cmd_policy_preview,
	},
	{
		.name = "policy register",
		.summary = "Write the register of data-sharing agreements, the record of processing",
		.details = "Every agreement of the profile with its parties, lawful basis, conditions, elements, "
			   "recipients, "
			   "retention, security, decision and dates: what UK GDPR article 30 asks a controller to have "
			   "ready, and the fields of the Information Commissioner's data-sharing code.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"csv", 0, NULL, "a table for a spreadsheet, one row an agreement", NULL}},
		.examples = {{"oneview policy register council --csv > register.csv",
			      "For the Information Commissioner, or for publication."}},
		.run = cmd_policy_register,
	},
	{
		.name = "policy propose",
		.summary = "Propose to end, suspend or reinstate an agreement while it runs",
		.details = "Nothing changes until somebody else confirms it. The account's role needs the capability "
			   "agreements.manage. The password is asked for, or taken from ONEVIEW_PASSWORD.",
		.operands = {WORKSPACE_OPERAND, {"AGREEMENT", "id of an agreement of the profile", false, false}},
		.options = {{"action", 'a', "ACTION", "what is to be done", "end|suspend|reinstate"},
			    {"reason", 'r', "TEXT", "why; name no resident", NULL},
			    {"user", 'u', "NAME", "the account of whoever proposes", NULL}},
		.examples =
			{{"oneview policy propose council hardship_fund --action end --user dpo --reason 'The fund is "
			  "closed'",
			  "Prints the number of the proposal."}},
		.run = cmd_policy_propose,
	},
	{
		.name = "policy confirm",
		.summary = "Confirm what somebody else proposed for an agreement",
		.details = "It counts from the next request on. Nobody confirms what they proposed themselves.",
		.operands = {WORKSPACE_OPERAND, {"NUMBER", "as \"policy proposals\" has it", false, false}},
		.options = {{"user", 'u', "NAME", "the account of whoever confirms", NULL}},
		.examples = {{"oneview policy confirm council 4 --user head_of_service",
			      "The second of the two persons."}},
		.run = cmd_policy_confirm,
	},
	{
		.name = "policy reject",
		.summary = "Turn down what was proposed for an agreement, or take it back",
		.operands = {WORKSPACE_OPERAND, {"NUMBER", "as \"policy proposals\" has it", false, false}},
		.options = {{"user", 'u', "NAME", "the account of whoever turns it down", NULL}},
		.examples = {{"oneview policy reject council 4 --user head_of_service", "The agreement runs on."}},
		.run = cmd_policy_reject,
	},
	{
		.name = "policy proposals",
		.summary = "List what was proposed for agreements, and what came of it",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview policy proposals council", "Newest first."}},
		.run = cmd_policy_proposals,
	},
	{
		.name = "policy protect",
		.summary = "Protect a resident or an address, because a person says so",
		.details = "For what no feed says: it holds at once, also on pages that are being served, and until "
			   "\"policy lift\". Whoever lives at a protected address is protected with it, and where a "
			   "restriction hides the address of one, it hides that of their household.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"restriction", 'r', "RESTRICTION", "a restriction of the profile", NULL},
			    {"resident", 0, "ID", "the resident, by the id that stands in the page's address", NULL},
			    {"uprn", 'u', "UPRN", "or the property", NULL}},
		.examples = {{"oneview policy protect council --restriction refuge --uprn 100012345678",
			      "A new refuge, before it is on anybody's list."}},
		.run = cmd_policy_protect,
	},
	{
		.name = "policy lift",
		.summary = "Lift the protection of a resident or an address",
		.details = "Lifts what a person set, and what is kept of a feed's restriction after its row has ended. "
			   "What a feed says now is lifted in the service's own system.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"restriction", 'r', "RESTRICTION", "a restriction of the profile", NULL},
			    {"resident", 0, "ID", "the resident, by the id that stands in the page's address", NULL},
			    {"uprn", 'u', "UPRN", "or the property", NULL}},
		.examples = {{"oneview policy lift council --restriction fled_domestic_abuse --resident 0n5t7dq0kfv9g",
			      "When the danger is over."}},
		.run = cmd_policy_lift,
	},
	{
		.name = "pseudonym export",
		.summary = "Write who is on a list, with numbers that nobody can follow instead of names",
		.details =
			"For a study under an agreement that covers every feed of the list's rules for monitoring, "
			"and has the purpose; else it is refused. One line a resident: their number, that of the "
			"list's row, the group, points and outcome. A row with somebody who is protected, who "
			"objected, or whose consent is missing is left out. Under another agreement or purpose the "
			"same resident has another number, and nobody without the workspace's keys can tell. It is an "
			"entry of the audit.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"list", 'l', "LIST", "a list of the profile", NULL},
			    {"agreement", 'a', "AGREEMENT", "the agreement of the study", NULL},
			    {"purpose", 'p', "PURPOSE", "one of its purposes", NULL},
			    {"to", 't', "FILE", "the CSV file to write", NULL}},
		.examples = {{"oneview pseudonym export council --list two_addresses --agreement service_improvement "
			      "--purpose service_improvement --to study.csv",
			      "For analysts, without a name."}},
		.run = cmd_pseudonym_export,
	},
	{
		.name = "pseudonym open",
		.summary = "Find whose number of an export it is",
		.details =
			"Prints the resident's id, never a name: their page asks again who may see what. The entry in "
			"the audit, with the reason, is there before the answer. Who is protected since is not "
			"told from a number that nobody has.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"number", 'n', "NUMBER", "32 digits, as the export has them", NULL},
			    {"agreement", 'a', "AGREEMENT", "the agreement that the export was made under", NULL},
			    {"purpose", 'p', "PURPOSE", "the purpose that it was made for", NULL},
			    {"reason", 'r', "TEXT", "why; name no resident", NULL}},
		.examples = {{"oneview pseudonym open council --number 9f2c81d04b7e6a355d10c8e2f4a79b63 --agreement "
			      "service_improvement --purpose service_improvement --reason 'A child may be in danger'",
			      "When a study finds what somebody must act on."}},
		.run = cmd_pseudonym_open,
	},
};

const struct cli_table cli_policy_table = CLI_TABLE("People and rules", commands);
