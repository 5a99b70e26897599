/* Audit, keys and backups. */
#include "cli/commands.h"

static const struct cli_command commands[] = {
	{
		.name = "audit checkpoint",
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
		.summary = "Make a workspace from a backup and the keys, and verify it",
		.details = "Checks every file against the backup's list, loads the database, and then checks the keys "
			   "against the "
			   "data and the audit chain. Nothing opens the workspace until \"oneview erase --replay\" has "
			   "erased again whoever was erased since the backup was made.",
		.operands = {{"FOLDER", "the backup", false, false}, {"WORKSPACE", "the folder to make", false, false}},
		.options = {{"keys", 'k', "FOLDER", "where the keys are kept", NULL},
			    {"database", 'd', "ADDRESS",
			     "an empty PostgreSQL database; needed when the backup is of one", NULL}},
		.examples = {{"oneview restore /backup/council-2026-01-15 council --keys /media/safe/council-keys",
			      "On this or another machine."}},
		.run = cmd_restore,
	},
};

const struct cli_table cli_care_table = CLI_TABLE("Care of a workspace", commands);
