/* The table of commands.  A new one is a row here, a cmd_*.c beside it and a line in meson.build. */
#include "cli/cli_int.h"

#define GROUP_START "Start"
#define GROUP_DATA "Data"
#define GROUP_FILES "Anybody's files"
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
		.name = "init",
		.group = GROUP_START,
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
		.group = GROUP_START,
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
	{
		.name = "refresh",
		.group = GROUP_DATA,
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
		.group = GROUP_DATA,
		.summary = "Load extracts without linking, or let a held extract through",
		.details = "Without files, loads the inbox. Pages show the new facts after the next refresh.",
		.operands = {WORKSPACE_OPERAND, {"FILE", "an extract, named as its feed expects", true, true}},
		.options = {{"release", 'r', "NUMBER", "let this held extract through; the next refresh loads it",
			     NULL}},
		.examples = {{"oneview ingest council tenancies_20260101.csv", "One file from anywhere."},
			     {"oneview ingest council --release 17", "After a look at why extract 17 was held."}},
		.run = cmd_ingest,
	},
	{
		.name = "link",
		.group = GROUP_DATA,
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
		.group = GROUP_DATA,
		.summary = "Show how fresh and how good the data is, and what ran",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview status council",
			      "Each feed's date, rows, quality, and what waits for a person."},
			     {"oneview status council --json", "The same for a monitor."}},
		.run = cmd_status,
	},
	{
		.name = "lists",
		.group = GROUP_DATA,
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
		.group = GROUP_DATA,
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
	{
		.name = "match",
		.group = GROUP_FILES,
		.summary = "Find which records of person files are of one person",
		.details =
			"Needs nothing but CSV files: what the columns mean is inferred from their headers and values "
			"and said on "
			"the terminal; how pairs are found, compared and weighed is learned from the data. One file is "
			"deduplicated; several are linked and deduplicated together.\n\nA column that looks like the "
			"truth (a "
			"cluster, an entity) is never looked at. --settings overrules any of it; --write-settings "
			"writes "
			"what was chosen, to be changed and given back.\n\nResults appear whole or not at all. "
			"docs/matching.md explains the model, docs/formats/matching.md the files.",
		.operands = {{"FILE", "a CSV file of persons, with a header", false, true}},
		.options = {{"settings", 's', "FILE", "columns, rules, thresholds in YAML, over what is inferred",
			     NULL},
			    {"threshold", 't', "P", "link from this probability; otherwise 0.5", NULL},
			    {"weight", 'w', "W", "link from this match weight (log2 of the odds)", NULL},
			    {"clusters", 'c', "FILE", "write file,id,cluster_id of every record; - is standard output",
			     NULL},
			    {"pairs", 'p', "FILE", "write the likely pairs, with weight and levels", NULL},
			    {"report", 'r', "FILE", "write a page with charts: what was learned, and how well it parts",
			     NULL},
			    {"model", 'm', "FILE",
			     "replay this model; when there is no such file, write the model there", NULL},
			    {"threads", 0, "COUNT", "threads; otherwise all processors", NULL},
			    {"link-only", 'l', NULL, "only pairs of records of different files", NULL},
			    {"write-settings", 0, "FILE", "write what was chosen, as settings", NULL},
			    {"id", 'i', "COLUMN",
			     "the column that names records (none: row numbers); otherwise unique_id, "
			     "rec_id, record_id or id",
			     NULL}},
		.examples = {{"oneview match people.csv --clusters clusters.csv", "Which records are one person."},
			     {"oneview match a.csv b.csv --link-only --pairs pairs.csv --report report.html",
			      "Links two files and shows how."},
			     {"oneview match people.csv --write-settings s.yaml && oneview match people.csv -s s.yaml",
			      "The same result, pinned."}},
		.run = cmd_match,
	},
	{
		.name = "address match",
		.group = GROUP_FILES,
		.summary = "Find the property (UPRN) of each address in a file",
		.details =
			"The gazetteer is a CSV file with the columns uprn, address and postcode, or with the columns "
			"of BS 7666 "
			"under their usual names; --layout says in YAML how any other is laid out (AddressBase Premium "
			"and Plus, a council's export: layouts/ beside the profiles). A UPRN may have several rows: "
			"each is another way to write the property. Rows that cannot be used are counted and, with "
			"--quarantine, written with line, column and reason.\n\nAn address is one column or several, "
			"in "
			"their order; a column named postcode is taken as such. The result has a row for each row, in "
			"the "
			"same order: row,id,uprn,parent_uprn,class,match,score,gap,why. match is exact, strong, "
			"probable "
			"or none; score and gap (to the next best property) are bits of evidence. A flat is matched to "
			"the same flat, to its building, or to nothing: never to the flat next door.\n\n"
			"docs/formats/address.md explains layouts and results, docs/accuracy.md what to expect.",
		.operands = {{"FILE", "a CSV file of addresses, with a header", false, false}},
		.options = {{"gazetteer", 'g', "FILE", "the properties", NULL},
			    {"layout", 'l', "FILE", "how the gazetteer is laid out, in YAML", NULL},
			    {"column", 'c', "COLUMN...",
			     "a column of the address, or its postcode; may be given again. Otherwise address and "
			     "postcode",
			     NULL},
			    {"out", 'o', "FILE", "where the result is written; - is standard output", NULL},
			    {"quarantine", 0, "FILE", "write gazetteer rows that could not be used, and why", NULL},
			    {"id", 'i', "COLUMN", "the column that names rows; otherwise id or its like", NULL},
			    {"threads", 0, "COUNT", "threads; otherwise all processors", NULL}},
		.examples = {{"oneview address match -g gazetteer.csv -c address -c postcode in.csv -o out.csv",
			      "A gazetteer of uprn,address,postcode."},
			     {"oneview address match -g ab.csv -l layouts/addressbase-premium.yaml -c addr1 -c addr2 "
			      "-c pcode in.csv -o out.csv",
			      "AddressBase Premium, and an address in several columns."}},
		.run = cmd_address_match,
	},
	{
		.name = "encode",
		.group = GROUP_FILES,
		.summary = "Turn a file's people into encodings that a partner can match without names",
		.details = "Of each record names, date of birth, sex, postcode, e-mail and phone go in; what leaves is "
			   "the record's id and up to three encodings under a key that both sides hold: of the person, "
			   "of the person at that place, and of e-mail and phone. \"oneview match\" takes encodings as "
			   "it takes names, and refuses those of different keys.\n\nEncodings are personal data: send "
			   "them "
			   "under an "
			   "agreement, delete them when the matching is done. docs/encoding.md says what they protect "
			   "from, "
			   "and what not.",
		.operands = {{"FILE", "a CSV file of persons, with a header", true, false}},
		.options = {{"key", 'k', "FILE", "the key shared with the partner", NULL},
			    {"new-key", 0, "FILE", "make a new key there", NULL},
			    {"out", 'o', "FILE", "where ids and encodings are written; - is standard output", NULL},
			    {"settings", 's', "FILE", "what the columns mean, over what is inferred", NULL},
			    {"id", 'i', "COLUMN", "the column that names records (none: row numbers)", NULL},
			    {"unsalted", 0, NULL,
			     "let records match that differ in the year of birth; hides common names less", NULL},
			    {"diffusion", 0, "BITS",
			     "bits that are mixed into one, 1 to 8; otherwise 2. More hides more and matches worse",
			     NULL}},
		.examples = {{"oneview encode --new-key shared.key", "Once, for both sides."},
			     {"oneview encode -k shared.key people.csv -o encoded.csv", "What the partner may have."},
			     {"oneview match --link-only ours.csv theirs.csv -c found.csv", "Both files encoded."}},
		.run = cmd_encode,
	},
	{
		.name = "evaluate",
		.group = GROUP_FILES,
		.summary = "Compare a result with the truth, where it is known",
		.details =
			"Of a workspace, its residents and households: for the fictional borough, whose truth "
			"oneview-synth writes beside its extracts, and for samples that people have labelled.\n\nOf "
			"\"oneview match\", clusters or pairs, against a column of the same files or of a file of its "
			"own (with a column \"file\", or one for each file). Pairs are counted, not records: precision "
			"is the share of "
			"pairs put together that belong together, recall the share of pairs belonging together that "
			"were "
			"put together.",
		.operands = {{"WORKSPACE", "the workspace's folder; behind --truth: further truth files", true, true}},
		.options = {{"truth", 't', "TRUTH",
			     "a workspace's truth folder (otherwise WORKSPACE/truth or WORKSPACE-truth), or a CSV file",
			     NULL},
			    {"labels", 'l', NULL,
			     "instead of a truth: what reviewers ruled of doubtful pairs, by band and group", NULL},
			    {"clusters", 'c', "FILE", "judge these clusters, which \"oneview match\" wrote", NULL},
			    {"pairs", 'p', "FILE",
			     "judge these pairs: the curve of precision and recall, and the best F1", NULL},
			    {"id", 'i', "COLUMN",
			     "the truth's column that names records; otherwise as in \"oneview match\"", NULL},
			    {"entity", 'e', "COLUMN", "the truth's column that says who it is; otherwise entity",
			     NULL}},
		.examples = {{"oneview evaluate demo --json", "Precision, recall and F1 of residents and households."},
			     {"oneview evaluate council --labels", "How often reviewers found the links right."},
			     {"oneview evaluate -c clusters.csv --truth people.csv --id unique_id --entity cluster",
			      "Clusters against a column of the file itself."},
			     {"oneview evaluate -p pairs.csv --truth a.csv b.csv --id id --entity person",
			      "The curve of precision and recall over both files."}},
		.run = cmd_evaluate,
	},
	{
		.name = "evaluate lists",
		.group = GROUP_FILES,
		.summary = "Compare the lists for investigators with the truth",
		.details =
			"How many rows of each list are right, by lists.csv of the truth; how many of the cases that "
			"there are it finds; and how many rows only look like one.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"truth", 't', "TRUTH", "the truth folder (otherwise WORKSPACE/truth or WORKSPACE-truth)",
			     NULL}},
		.examples = {{"oneview evaluate lists demo", "Of \"make demo\"."},
			     {"oneview evaluate lists demo --json", "For a script."}},
		.run = cmd_evaluate_lists,
	},
	{
		.name = "evaluate households",
		.group = GROUP_FILES,
		.summary = "Compare households and present homes with the truth",
		.details =
			"Of a workspace of the fictional borough: pairs of people who live together, over all and "
			"among residents of houses in multiple occupation and hostels; how many of these are shown "
			"with "
			"somebody they do not live with; the present home of each, by how sure we said to be; and what "
			"the word of each source about the present home was worth, as the last run learned it from "
			"where "
			"sources agree.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"truth", 't', "TRUTH", "the truth folder (otherwise WORKSPACE/truth or WORKSPACE-truth)",
			     NULL}},
		.examples = {{"oneview evaluate households demo", "Of \"make demo\"."},
			     {"oneview evaluate households demo --json", "For a script."}},
		.run = cmd_evaluate_households,
	},
	{
		.name = "evaluate notes",
		.group = GROUP_FILES,
		.summary = "Compare what the reader makes of case notes with the truth",
		.details = "Of a CSV file of sentences that people labelled (columns phrase, text, negation, time, "
			   "whose), "
			   "precision, recall and F1 for negated, past, hypothetical and other people's.\n\nOf a "
			   "workspace of "
			   "the fictional borough, for each factor whether it is affirmed, present and the resident's "
			   "own; and, "
			   "of any workspace, what workers marked as wrong.",
		.operands = {{"WHAT", "a CSV file of sentences, or a workspace's folder", false, false}},
		.options = {{"truth", 't', "TRUTH", "the truth folder (otherwise WORKSPACE/truth or WORKSPACE-truth)",
			     NULL},
			    {"half", 0, "WHICH", "of a file, only rows with odd or with even numbers", "odd|even"},
			    {"wrong", 0, "FILE", "of a file, write the rows that are read wrongly", NULL},
			    {"profile", 'p', "FOLDER", "the profile whose rules are used", NULL},
			    {"rules", 'r', "FILE", "these rules instead of the profile's", NULL}},
		.examples = {{"oneview evaluate notes sentences.csv --json", "A public set."},
			     {"oneview evaluate notes demo --truth demo/truth", "Of \"make demo\"."}},
		.run = cmd_evaluate_notes,
	},
	{
		.name = "notes read",
		.group = GROUP_FILES,
		.summary = "Find the factors that case notes speak of, and what is said of each",
		.details = "IN.csv has the columns id and text. OUT.csv has a row for each mention: id, start, end, "
			   "phrase, "
			   "factor, polarity (affirmed, negated, possible), time (current, past, future, "
			   "hypothetical), whose "
			   "(subject, family, professional, other), certainty (stated, observed, disclosed, reported, "
			   "alleged, "
			   "hearsay) and trend (worsening, improving, resolved). start and end count characters from "
			   "0, end is "
			   "behind the last.\n\nWith --target each row brings its own phrase (columns id, phrase, "
			   "text) and "
			   "gets one row, also when the phrase is not in the text: then all but id and phrase is "
			   "empty. A phrase "
			   "that stands more than once is taken where it stands in capitals, else the first "
			   "time.\n\nFactors "
			   "and rules are those of the profile: docs/formats/profile.md.",
		.operands = {{"IN", "a CSV file", false, false}},
		.options = {{"out", 'o', "FILE", "the CSV file to write; - for standard output", NULL},
			    {"target", 't', NULL, "phrases are given in each row, instead of the lexicon", NULL},
			    {"profile", 'p', "FOLDER", "the profile; otherwise the one that came with the program",
			     NULL},
			    {"rules", 'r', "FILE", "these context rules instead of the profile's", NULL}},
		.examples = {{"oneview notes read notes.csv --out flags.csv",
			      "With the factors of the fictional borough."},
			     {"oneview notes read notes.csv -o flags.csv --profile council/profile", "With one's own."},
			     {"oneview notes read --target sentences.csv --out read.csv", "To test the rules alone."}},
		.run = cmd_notes_read,
	},
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
		.name = "user add",
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
		.summary = "List who may sign in",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview user list council", "Sign-in, role, team, status."}},
		.run = cmd_user_list,
	},
	{
		.name = "user roles",
		.group = GROUP_PEOPLE,
		.summary = "List the profile's roles",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview user roles council", "What --role of \"user add\" takes."}},
		.run = cmd_user_roles,
	},
	{
		.name = "user disable",
		.group = GROUP_PEOPLE,
		.summary = "Stop a person from signing in, and end their sessions",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.examples = {{"oneview user disable council jpike", "At once; what they did stays in the audit."}},
		.run = cmd_user_disable,
	},
	{
		.name = "user enable",
		.group = GROUP_PEOPLE,
		.summary = "Let a disabled person sign in again",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.examples = {{"oneview user enable council jpike", "With the password they had."}},
		.run = cmd_user_enable,
	},
	{
		.name = "user password",
		.group = GROUP_PEOPLE,
		.summary = "Set a person's password, end their sessions, lift a lock",
		.details = "The password is taken from ONEVIEW_PASSWORD or asked for; with neither, one is made and "
			   "shown once.",
		.operands = {WORKSPACE_OPERAND, {"USERNAME", "what they sign in with", false, false}},
		.examples = {{"oneview user password council jpike", "Asks for the new password."}},
		.run = cmd_user_password,
	},
	{
		.name = "user second-factor",
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
		.summary = "List the tokens of programs",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview token list council",
			      "Account, capabilities, purpose, last use; never the token."}},
		.run = cmd_token_list,
	},
	{
		.name = "token revoke",
		.group = GROUP_PEOPLE,
		.summary = "End a token at once",
		.operands = {WORKSPACE_OPERAND, {"NUMBER", "as \"token list\" has it", false, false}},
		.examples = {{"oneview token revoke council 3", "The next request with it is refused."}},
		.run = cmd_token_revoke,
	},
	{
		.name = "policy explain",
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
		.summary = "Say what a changed profile would reveal or withdraw, before it is put in place",
		.details =
			"Compares the agreements of another profile folder with those in force, value by value: for "
			"each "
			"role, team, purpose and feed the elements that would be revealed or withdrawn and how many "
			"residents have rows there, lists that would begin or end, and feeds whose extracts would be "
			"refused. Nothing is changed.",
		.operands = {WORKSPACE_OPERAND, {"PROFILE", "folder of the changed profile", false, false}},
		.options = {{"on", 0, "DATE", "on this day; otherwise today", NULL}},
		.examples = {{"oneview policy preview council new-profile", "To put before those who decide."}},
		.run = cmd_policy_preview,
	},
	{
		.name = "policy register",
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
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
		.group = GROUP_PEOPLE,
		.summary = "Turn down what was proposed for an agreement, or take it back",
		.operands = {WORKSPACE_OPERAND, {"NUMBER", "as \"policy proposals\" has it", false, false}},
		.options = {{"user", 'u', "NAME", "the account of whoever turns it down", NULL}},
		.examples = {{"oneview policy reject council 4 --user head_of_service", "The agreement runs on."}},
		.run = cmd_policy_reject,
	},
	{
		.name = "policy proposals",
		.group = GROUP_PEOPLE,
		.summary = "List what was proposed for agreements, and what came of it",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview policy proposals council", "Newest first."}},
		.run = cmd_policy_proposals,
	},
	{
		.name = "policy protect",
		.group = GROUP_PEOPLE,
		.summary = "Protect a resident or an address, because a person says so",
		.details = "For what no feed says: it holds at once, also on pages that are being served, and until "
			   "\"policy lift\". An address is protected for everybody who is entitled to less than the "
			   "restriction says; whoever lives there is not, so name them as well.",
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
		.group = GROUP_PEOPLE,
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
		.name = "retention certificate",
		.group = GROUP_PEOPLE,
		.summary = "Show what a run of retention deleted, and check its signature",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"run", 0, "NUMBER", "of this run; the newest when not given", NULL}},
		.examples = {{"oneview retention certificate council",
			      "Exit code 9 when it is not signed by a key of the audit."}},
		.run = cmd_retention_certificate,
	},
	{
		.name = "retention plan",
		.group = GROUP_PEOPLE,
		.summary = "Count what has been kept long enough, by feed and reason; nothing is deleted",
		.details =
			"By the `retention` of each feed, its `delete_by`, and the `delete_after` of agreements that "
			"have ended. Of a resident under a legal hold (\"oneview rights flag --hold\") nothing is due.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"as-of", 0, "DATE", "as if it were this day", NULL}},
		.examples = {{"oneview retention plan council --as-of 2030-01-01", "What will be due then."}},
		.run = cmd_retention_plan,
	},
	{
		.name = "retention run",
		.group = GROUP_PEOPLE,
		.summary = "Delete what has been kept long enough, and certify it",
		.details =
			"What \"oneview retention plan\" counts as due goes from every table, the archives of "
			"extracts, "
			"quarantine, what matching keeps, and a running server's search index. A run that was cut off "
			"is "
			"gone on with. Its certificate says what, how many, by which rule, and a hash of the list of "
			"pseudonyms, signed by the key that signs the audit's checkpoints. A source that delivers what "
			"is over brings it back: the next run deletes it again.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"as-of", 0, "DATE", "as of this day, not later than today", NULL}},
		.examples = {{"oneview retention run council", "Each month, say, after a look at the plan."}},
		.run = cmd_retention_run,
	},
	{
		.name = "rights flag",
		.group = GROUP_PEOPLE,
		.summary = "Record an objection, a restriction of processing, or consent of a resident",
		.details =
			"An objection takes the resident out of every page, list, count and export of that purpose. "
			"Restricted, their data is stored and used only for purposes that answer residents "
			"(`residents_rights` "
			"of the profile). What an agreement with `consent` covers is shown only while the resident's "
			"consent "
			"to it is recorded. Each counts from the next request on.\n\nIt is kept by record, so it "
			"follows the "
			"records wherever matching puts them: where records with and without come together, the "
			"stricter wins.",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", false, false}},
		.options = {{"objects-to", 0, "PURPOSE", "a purpose of the profile", NULL},
			    {"restrict", 0, NULL, "processing is restricted", NULL},
			    {"consents-to", 0, "AGREEMENT", "an agreement of the profile with `consent: true`", NULL},
			    {"hold", 0, NULL, "held for a legal claim: retention deletes nothing", NULL},
			    {"reason", 0, "TEXT", "why, or the reference of the request; it is sealed", NULL},
			    {"lift", 0, NULL, "take it back, lift it, withdraw it", NULL}},
		.examples = {{"oneview rights flag council 2f8kq0v7m3x1d --objects-to fraud_and_error --reason DPO-7",
			      "From now on not on any list of that purpose."},
			     {"oneview rights flag council 2f8kq0v7m3x1d --restrict --lift --reason DPO-9",
			      "The dispute is settled."}},
		.run = cmd_rights_flag,
	},
	{
		.name = "rights flags",
		.group = GROUP_PEOPLE,
		.summary = "Show a resident's objections, restriction and consents, with what was done and why",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", false, false}},
		.examples = {{"oneview rights flags council 2f8kq0v7m3x1d", "What stands, and who did it when."}},
		.run = cmd_rights_flags,
	},
	{
		.name = "erase",
		.group = GROUP_PEOPLE,
		.summary = "Erase a resident, or one record, from everything but the audit",
		.details = "Every table of both shelves, what is sealed, quarantine, the archives of extracts (written "
			   "anew "
			   "without the rows), what matching keeps, lists, reports and decisions; a running server's "
			   "search "
			   "index follows. Without --confirm it only counts.\n\nWhat is left: ids in the audit, which "
			   "nobody "
			   "may change; and a proof without identity. Backups cannot be changed: those that were made "
			   "before "
			   "are named, with their places.",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", false, false}},
		.options = {{"record", 0, "NUMBER", "only this record of the resident", NULL},
			    {"ground", 'g', "TEXT", "why, as a reference without a name: it is kept", NULL},
			    {"refuse", 0, NULL, "turn the same clients away when an extract brings them again", NULL},
			    {"confirm", 0, NULL, "do it", NULL}},
		.examples = {{"oneview erase council 2f8kq0v7m3x1d", "What would go."},
			     {"oneview erase council 2f8kq0v7m3x1d --ground DPO-2026-014 --refuse --confirm",
			      "Erased, and turned away from now on."}},
		.run = cmd_erase,
	},
	{
		.name = "transparency",
		.group = GROUP_PEOPLE,
		.summary = "Write the public page: feeds, purposes, agreements, models, lists and volumes",
		.details =
			"As a page that needs no server, and as JSON, for the council's own site. The same as "
			"/transparency, which anybody may read. Nothing is on anybody, and no number below 10 is told.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"out", 'o', "FOLDER", "where the two files are to be", NULL}},
		.examples = {{"oneview transparency council --out public", "After each change of the profile."}},
		.run = cmd_transparency,
	},
	{
		.name = "subject-access",
		.group = GROUP_PEOPLE,
		.summary = "Write a resident's copy of all that is held on them",
		.details =
			"Every version of every row with its source, how records were put together and why, homes and "
			"households, "
			"lists with their reasons, decisions, recipients by agreement, every look by staff, and the "
			"six kinds "
			"of explanation: as HTML, JSON, and PDF where Chromium is installed (ONEVIEW_CHROMIUM names "
			"another).\n\nWhat may speak of somebody else, or comes from a feed that is kept apart, is "
			"withheld "
			"until a "
			"person has decided of it: to-confirm.html shows such items with their numbers, for staff "
			"only. A "
			"decision is for "
			"one value as it is now, is kept, and is in the audit, as is each copy.\n\nThe copy is in "
			"clear; it "
			"may not be "
			"in the workspace.",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", false, false}},
		.options = {{"out", 'o', "FOLDER", "where the copy is to be; made for its owner alone", NULL},
			    {"release", 0, "ITEM...", "a marked item may go out", NULL},
			    {"withhold", 0, "ITEM...", "a marked item is left out", NULL}},
		.examples = {{"oneview subject-access council 2f8kq0v7m3x1d --out copy",
			      "What there is, and what waits for a decision."},
			     {"oneview subject-access council 2f8kq0v7m3x1d --out copy --release 0a1b2c3d4e5f6",
			      "The same with one more item in it."}},
		.run = cmd_subject_access,
	},
	{
		.name = "audit checkpoint",
		.group = GROUP_CARE,
		.summary = "Sign the audit as it is now, for another system to keep",
		.details = "Adds a line to outbox/audit-checkpoints.jsonl: number, time and hash of the last entry "
			   "under an Ed25519 signature. The server does the same every hour and every 10,000 entries. "
			   "Let another system, which this one's administrators cannot reach, take the file.",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview audit checkpoint council", "Before a backup, say."}},
		.run = cmd_audit_checkpoint,
	},
	{
		.name = "audit key",
		.group = GROUP_CARE,
		.summary = "Show the public keys that audit checkpoints are signed with",
		.details = "Keep them where the checkpoints are kept: \"oneview audit verify\" takes a file of them, "
			   "one a line.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"change", 0, NULL, "sign with a new key from now on; old public keys stay", NULL}},
		.examples = {{"oneview audit key council --change", "When somebody leaves who could read keys/."}},
		.run = cmd_audit_key,
	},
	{
		.name = "audit unusual",
		.group = GROUP_CARE,
		.summary = "Find accesses that somebody should ask about, each with its reason",
		.details = "Many residents in an hour, out of hours, turned away again and again, a resident whom far "
			   "more "
			   "users opened than others: each against the user's own habit and that of others in the "
			   "role. To be "
			   "found says that somebody should ask, not that something was wrong. --sample draws looks at "
			   "random "
			   "for review; the seed is in the audit, so that the same ones can be drawn again.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"days", 'd', "N", "how far back (30)", NULL},
			    {"sample", 0, "N", "also N looks at random, 500 at most", NULL},
			    {"seed", 0, "N", "of the sample (1)", NULL}},
		.examples = {{"oneview audit unusual council --days 7 --sample 20 --seed 2026",
			      "What a manager goes through once a week."}},
		.run = cmd_audit_unusual,
	},
	{
		.name = "audit verify",
		.group = GROUP_CARE,
		.summary = "Check that no audit entry was changed, removed or put in",
		.details =
			"Prints the head of the chain. Write it down elsewhere: given back with --contains, a later "
			"call shows "
			"that the chain still holds what it held then. Signed checkpoints do the same by themselves: "
			"the chain must have the hash of each, those of the workspace or of a file that was taken "
			"away.",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"contains", 'c', "NUMBER:HASH", "the head that an earlier verification printed", NULL},
			    {"checkpoints", 0, "FILE", "checkpoints that another system kept", NULL},
			    {"public-key", 0, "FILE", "the keys they must be signed with, 64 digits a line", NULL}},
		.examples = {{"oneview audit verify council",
			      "Exit code 9 when it does not verify, and the first bad entry."}},
		.run = cmd_audit_verify,
	},
	{
		.name = "key change",
		.group = GROUP_CARE,
		.summary = "Seal everything anew under a new master key",
		.details =
			"For when a key may be known to others, or when its time is over. Make a backup first. Pages "
			"are "
			"served meanwhile: servers use both keys until it is over. A change that was stopped or killed "
			"goes on when it is called again, and no other command opens the workspace until it has come "
			"to "
			"its end. Then copy the keys to safekeeping anew, move keys/master.key.old to where the keys "
			"of "
			"old backups are kept, and make a backup: those made before open with the old key only.",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview key change council", "Minutes for a whole borough; says how much was sealed."}},
		.run = cmd_key_change,
	},
	{
		.name = "key split",
		.group = GROUP_CARE,
		.summary = "Write the master key as shares, some of which bring it back",
		.details =
			"Fewer shares than are needed tell nothing about the key. A share is a short text: print it, "
			"give it to a person or put it into a safe, and destroy the file. Split again after "
			"\"oneview key change\".",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"out", 'o', "FOLDER", "where the shares are written; not in the workspace", NULL},
			    {"shares", 's', "N", "how many; 5", NULL},
			    {"need", 'n', "N", "how many bring the key back; 3", NULL}},
		.examples = {{"oneview key split council -o /media/stick --shares 5 --need 3",
			      "For five people, any three of whom can open the workspace together."}},
		.run = cmd_key_split,
	},
	{
		.name = "key join",
		.group = GROUP_CARE,
		.summary = "Bring the master key back from its shares",
		.details =
			"A share with a typing error is named, and so is one of another key. Nothing is written before "
			"the key is known to be the one that was split, or over a key that is there.",
		.operands = {WORKSPACE_OPERAND, {"SHARE", "a share's file", false, true}},
		.examples = {{"oneview key join council share-1-of-5.txt share-3-of-5.txt share-4-of-5.txt", NULL}},
		.run = cmd_key_join,
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
