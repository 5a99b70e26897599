/* Erasures done again over a backup that was brought back.
 *
 * A backup of before an erasure still holds whom it erased.  So each workspace writes a *register* of its erasures, a
 * file for others to take (outbox/erasures.jsonl): when, by whom, on what ground, and the keyed hashes of source and
 * client number.  No identity is in it; who has the workspace's key finds the clients again by it.
 *
 * Whoever brings a backup back marks it (rights_mark_brought_back()).  Until rights_replay() has been through the
 * register, rights_check_erased() refuses, and with it everything that opens names.  It also refuses when a shelf was
 * brought back by other means and the desk, or the register in the workspace, knows of an erasure that the data shelf
 * has not been through, or the data shelf of one that the desk does not know.
 *
 * The register is chained by keyed hashes and says how many it has: one that was changed, cut short, or is older than
 * the backup is refused.
 */
#ifndef RIGHTS_REPLAY_H
#define RIGHTS_REPLAY_H

#include "rights/erasure.h"

/* All of the desk's erasures into the file PATH, replaced as a whole. STATUS_REFUSED "rights.register_newer" when the
 * file has one that the desk does not: it is left as it is. */
enum status rights_register_write(const char *path, const struct rights_parts *parts, struct error *error) MUST_CHECK;

enum status rights_mark_brought_back(struct store *data, struct error *error) MUST_CHECK;
/* STATUS_REFUSED, "rights.replay", unless everything that was erased is; "rights.desk_old" when the desk lacks an
 * erasure that the data shelf has been through. DESK may be NULL, PATH need not be there. */
enum status rights_check_erased(struct store *data, struct store *desk, const char *path,
				struct error *error) MUST_CHECK;

struct replay {
	const char *path;       /* of the register; NULL: there is none, and GROUND says why */
	struct text ground, by; /* of who does this */
	struct text user_name;  /* of the audit's entries */
	const struct audit_key *audit_key;
	/* what came of it */
	struct text written;      /* when the register was; absent: there is none */
	int64_t erasures, again;  /* that the register has; that were done again */
	int64_t records, clients; /* that were found, also in archives alone */
};
/* The caller holds the workspace's lock. Killed on the way, the same call does the rest. */
enum status rights_replay(struct replay *replay, const struct rights_parts *parts, const char *archive,
			  struct arena *arena, struct error *error) MUST_CHECK;

#endif
