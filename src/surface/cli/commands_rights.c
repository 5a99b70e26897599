/* What residents may ask for, what is kept how long, and what the public may read. */
#include "cli/commands.h"

static const struct cli_command commands[] = {
	{
		.name = "retention certificate",
		.summary = "Show what a run of retention deleted, and check its signature",
		.operands = {WORKSPACE_OPERAND},
		.options = {{"run", 0, "NUMBER", "of this run; the newest when not given", NULL}},
		.examples = {{"oneview retention certificate council",
			      "Exit code 9 when it is not signed by a key of the audit."}},
		.run = cmd_retention_certificate,
	},
	{
		.name = "retention plan",
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
		.options = {{"as-of", 0, "DATE", "as of this day, not later than today", NULL},
			    {"drop-feed", 0, "FEED",
			     "delete all of a feed that the profile does not have, and nothing else", NULL}},
		.examples = {{"oneview retention run council", "Each month, say, after a look at the plan."}},
		.run = cmd_retention_run,
	},
	{
		.name = "rights answer",
		.summary = "Record what came of a correction that a resident asked for",
		.details = "Sent to the source's owner; accepted or refused by them, a refusal with its reason; put "
			   "right at "
			   "the source; the resident told, which ends it. An extract that brings another value is "
			   "noticed by "
			   "the refresh.",
		.operands = {WORKSPACE_OPERAND,
			     {"CORRECTION", "as \"oneview rights corrections\" shows it", false, false}},
		.options = {{"sent", 0, NULL, "it was sent to the source's owner", NULL},
			    {"accepted", 0, NULL, "the owner will put it right", NULL},
			    {"refused", 0, NULL, "the owner will not", NULL},
			    {"done", 0, NULL, "the owner has put it right", NULL},
			    {"told", 0, NULL, "the resident was told what came of it", NULL},
			    {"reply", 0, "TEXT", "what the owner said; it is sealed", NULL}},
		.examples = {{"oneview rights answer council 1c9jn5v7m3x0a --sent", "With the owner now."},
			     {"oneview rights answer council 1c9jn5v7m3x0a --refused --reply \"the deed says so\"",
			      "The resident is told the reason."}},
		.run = cmd_rights_answer,
	},
	{
		.name = "rights correct",
		.summary = "Record that a resident asked to have a value corrected at its source",
		.details =
			"A rectification under UK GDPR article 16. OneView changes no source: the request goes to the "
			"owner of the source, and the resident is told what came of it within one calendar month (a "
			"day "
			"off becomes the next working day).\n\nWithout --value, the values that it can be about are "
			"listed, without what they say.",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", false, false}},
		.options = {{"value", 0, "VALUE", "which, from the list", NULL},
			    {"should-be", 0, "TEXT", "what it should be; it is sealed", NULL},
			    {"evidence", 0, "TEXT", "what the resident showed or said for it; it is sealed", NULL},
			    {"asked", 0, "DATE", "the day on which the resident asked; today when not given", NULL}},
		.examples = {{"oneview rights correct council 2f8kq0v7m3x1d", "What it can be about."},
			     {"oneview rights correct council 2f8kq0v7m3x1d --value 12.987.housing_tenancies.dob "
			      "--should-be 1985-03-14 --evidence \"birth certificate\"",
			      "Due in one month."}},
		.run = cmd_rights_correct,
	},
	{
		.name = "rights corrections",
		.summary = "Show the corrections that residents asked for, with due dates, and what extracts brought",
		.operands = {WORKSPACE_OPERAND},
		.examples = {{"oneview rights corrections council", "Those due first come first."},
			     {"oneview rights corrections council --json", "With source owners and recipients."}},
		.run = cmd_rights_corrections,
	},
	{
		.name = "rights flag",
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
		.summary = "Show a resident's objections, restriction and consents, with what was done and why",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", false, false}},
		.examples = {{"oneview rights flags council 2f8kq0v7m3x1d", "What stands, and who did it when."}},
		.run = cmd_rights_flags,
	},
	{
		.name = "erase",
		.summary = "Erase a resident, or one record, from everything but the audit",
		.details =
			"Every table of both shelves, what is sealed, quarantine, the archives of extracts (written "
			"anew "
			"without the rows), what matching keeps, lists, reports and decisions; a running server's "
			"search "
			"index follows. Without --confirm it only counts.\n\nWhat is left: ids in the audit, which "
			"nobody "
			"may change; and a proof without identity. Backups cannot be changed: those that were made "
			"before "
			"are named, with their places.\n\nAn erasure that was killed is gone on with by the next "
			"refresh, or by --resume.\n\nAfter \"oneview restore\" whoever was erased since the backup "
			"is there again, and nothing opens the workspace until --replay has erased them again. FILE "
			"is the register of erasures, outbox/erasures.jsonl of the workspace that the backup was made "
			"of, as it was written last; \"none\" says that there is no register, and --ground why.",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", true, false}},
		.options = {{"record", 0, "NUMBER", "only this record of the resident", NULL},
			    {"ground", 'g', "TEXT", "why, as a reference without a name: it is kept", NULL},
			    {"refuse", 0, NULL, "turn the same clients away when an extract brings them again", NULL},
			    {"confirm", 0, NULL, "do it", NULL},
			    {"resume", 0, NULL, "bring erasures to their end that were cut off", NULL},
			    {"replay", 0, "FILE", "erase again, in what was brought back from a backup", NULL}},
		.examples = {{"oneview erase council 2f8kq0v7m3x1d", "What would go."},
			     {"oneview erase council --replay /safe/erasures.jsonl", "After a backup was restored."},
			     {"oneview erase council 2f8kq0v7m3x1d --ground DPO-2026-014 --refuse --confirm",
			      "Erased, and turned away from now on."}},
		.run = cmd_erase,
	},
	{
		.name = "transparency",
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
		.summary = "Write a resident's copy of all that is held on them",
		.details =
			"Every version of every row with its source, how records were put together and why, homes and "
			"households, "
			"lists with their reasons, decisions, recipients by agreement, every look by staff, and the "
			"six kinds "
			"of explanation: as HTML, JSON and PDF.\n\nWhat may speak of somebody else, or comes from a "
			"feed that is kept apart, is "
			"withheld until a person has decided of it, and another person has looked at the decision: "
			"to-confirm.html shows such items with their numbers, for staff only. Who withholds names the "
			"exemption of the Data Protection Act 2018 and says why. A person is the account of the "
			"operating system; the pages under /access-requests do the same for users. A decision is for "
			"one value as it is now, is kept, and is in the audit, as is each copy.\n\nExemptions: "
			"third_party, serious_harm, child_abuse, crime, privilege, adoption, court, reference.\n\nThe "
			"copy is in clear; it may not be in the workspace.",
		.operands = {WORKSPACE_OPERAND,
			     {"RESIDENT", "the 13 characters that stand in the page's address", false, false}},
		.options = {{"out", 'o', "FOLDER", "where the copy is to be; made for its owner alone", NULL},
			    {"release", 0, "ITEM...", "a marked item may go out", NULL},
			    {"withhold", 0, "ITEM...", "a marked item is left out, with --exemption and --why", NULL},
			    {"exemption", 0, "NAME", "by what law it is withheld: third_party, say", NULL},
			    {"why", 0, "TEXT", "why it is withheld, for the second look; sealed", NULL},
			    {"second-look", 0, "ITEM...", "another person agrees with what was decided", NULL}},
		.examples = {{"oneview subject-access council 2f8kq0v7m3x1d --out copy",
			      "What there is, and what waits for a decision."},
			     {"oneview subject-access council 2f8kq0v7m3x1d --out copy --release 0a1b2c3d4e5f6",
			      "One more item may go out, when another person has looked: --second-look."}},
		.run = cmd_subject_access,
	},
};

const struct cli_table cli_rights_table = CLI_TABLE("People and rules", commands);
