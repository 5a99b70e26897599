/* Matching and judging of anybody's files, without a workspace. */
#include "cli/commands.h"

static const struct cli_command commands[] = {
	{
		.name = "match",
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
};

const struct cli_table cli_files_table = CLI_TABLE("Anybody's files", commands);
