/* What brings extracts to the pages, and what shows how that went. */
#include "cli/commands.h"

static const struct cli_command commands[] = {
	{
		.name = "refresh",
		.summary = "Take whatever is new in the inbox all the way to the pages",
		.details = "Loads the inbox's extracts in the order of their dates, finds addresses, links records "
			   "into residents, "
			   "derives households and shows the result to the pages. When it was stopped or killed, the "
			   "next call "
			   "goes on where it was. With nothing new it changes nothing.\n\nExit code 7 says that all "
			   "went well "
			   "but that an extract waits for a person's decision: \"oneview status\" tells which and why.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"force", 'f', NULL, "link again even when nothing is new", NULL}},
		.examples = {{"oneview refresh council", "What a timer would call every night."},
			     {"oneview refresh council --json", "Seconds and counts of each step, for a monitor."}},
		.run = cmd_refresh,
	},
	{
		.name = "ingest",
		.summary = "Load extracts without linking, or let a held extract through",
		.details = "Without files, loads the inbox. Pages show the new facts after the next refresh.",
		.operands = {WORKSPACE_OPERAND, {"FILE", "an extract, named as its feed expects", true, true}},
		.options = {{"release", 'r', "NUMBER", "let this held extract through; the next refresh loads it",
			     NULL},
			    {"discard", 'd', "NUMBER", "throw this held or refused extract away, with its sealed file",
			     NULL}},
		.examples = {{"oneview ingest council tenancies_20260101.csv", "One file from anywhere."},
			     {"oneview ingest council --release 17", "After a look at why extract 17 was held."}},
		.run = cmd_ingest,
	},
	{
		.name = "link",
		.summary = "Find addresses, residents and households again",
		.details =
			"The part of a refresh behind loading, on what is there, also when nothing is new. What people "
			"ruled of pairs of records binds it.\n\nEach run keeps its model: JSON, with the extracts it "
			"was "
			"made over, its parameters and its version. A run is replayed by giving the model back.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"model", 'm', "FILE", "use this model, and do not train", NULL},
			    {"retrain", 't', NULL,
			     "train a new model, even if the last one fits, and let it learn from what people ruled",
			     NULL},
			    {"save-model", 0, "FILE", "write the model that the run used", NULL}},
		.examples = {{"oneview link council", "After a change of the profile."},
			     {"oneview link council --retrain --save-model model.json",
			      "After a few hundred decisions of reviewers."},
			     {"oneview link council --model model.json", "The same links again."}},
		.run = cmd_link,
	},
	{
		.name = "status",
		.summary = "Show how fresh and how good the data is, and what ran",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview status council",
			      "Each feed's date, rows, quality, and what waits for a person."},
			     {"oneview status council --json", "The same for a monitor."}},
		.run = cmd_status,
	},
	{
		.name = "lists",
		.summary = "Show what the profile's lists put before investigators, and what came of it",
		.details = "Each list says what to look into and why; it decides nothing. Every refresh works it out "
			   "anew. Names are on the pages only; whoever is protected is in no row and no count here.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"list", 'l', "ID", "the rows of this list, by priority, with their reasons", NULL}},
		.examples = {{"oneview lists council", "Each list: rows, looked into, and how often it was right."},
			     {"oneview lists council --list single_person_discount --json",
			      "One list's rows, for a program."}},
		.run = cmd_lists,
	},
	{
		.name = "explain",
		.summary = "Say why two records are, or are not, one resident",
		.details = "Names no values: only which parts agree, how well, and what that is worth.",
		.operands = {WORKSPACE_OPERAND,
			     {"ID", "the number of a record, or a resident's id", false, false},
			     {"OTHER", "another of the same kind", false, false}},
		.examples = {{"oneview explain council 1204 88311", "Two records."},
			     {"oneview explain council 0c5h2kq8r3m1v 0n5t7dq0kfv9g",
			      "Two residents, by their most alike records."}},
		.run = cmd_explain,
	},
};

const struct cli_table cli_data_table = CLI_TABLE("Data", commands);
