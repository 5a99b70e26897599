/* A resident, or one record of theirs, erased from every table, archive and cache.
 *
 *     struct erasure erasure = {.resident_id = id, .by = TEXT("operator"), .ground = TEXT("art17_1_d")};
 *     status = rights_erase(&erasure, &parts, archive, &error);
 *
 * Which tables hold anything of a person is one list (erasure_tables()); a test goes through both schemas and fails
 * over a column that the list does not know.  The audit stays: it holds ids and no value, and nobody may change it.
 *
 * What is left is a proof without identity: for each record the keyed hash of source and client number, by which
 * somebody who has the key and the number can tell that it was erased and when. With `refuse` intake turns the same
 * client away from then on, whatever extract brings it.  Archives are written anew without the record's rows.  Backups
 * cannot be: the register says which were made before, and so still hold it.
 *
 * What is to go is written down on the desk, with the audit's entry; then it goes: tables, archives, freed pages; then
 * the proof takes the place of the list.  Killed anywhere, rights_erase_resume() does the rest of it, with the same
 * proof: whoever is about to load or delete calls it first.  The caller holds the workspace's lock.
 */
#ifndef RIGHTS_ERASURE_H
#define RIGHTS_ERASURE_H

#include "rights/rights.h"

enum { ERASURE_UNSEARCHED_SIZE = 256 };

struct erasure {
	int64_t resident_id;
	int64_t record_id;      /* only this record of the resident; 0: all */
	instant at;             /* 0: now */
	struct text by, ground; /* GROUND: a reference; STATUS_INVALID when it names them: words, dates, numbers */
	bool refuse, dry;       /* DRY: only count */
	const struct audit_key *audit_key;
	struct text user_name; /* of the audit's entry */

	/* what came of it */
	int64_t erasure_id, records, rows, archives, archived_rows, backups;
	int64_t unreadable; /* of the archived rows: too short for a client's number, so anybody's */
	/* Numbers of extracts of their sources, blanks between, whose archive may hold rows of theirs that cannot be
	 * told: held or refused for their format, or of a feed that the profile no longer has. A person has to look at
	 * them. */
	char unsearched[ERASURE_UNSEARCHED_SIZE];
};
/* STATUS_NOT_FOUND unless there is such a resident; STATUS_REFUSED "rights.held" while there is a legal hold. */
enum status rights_erase(struct erasure *erasure, const struct rights_parts *parts, const char *archive,
			 struct error *error) MUST_CHECK;
/* Erasures that were cut off: how many there are; and the rest of them done. *DONE: how many were. */
enum status rights_erase_unfinished(struct store *desk, int64_t *count, struct error *error) MUST_CHECK;
enum status rights_erase_resume(int64_t *done, const struct rights_parts *parts, const char *archive,
				struct error *error) MUST_CHECK;

/* What becomes of a column that may speak of a person. */
struct erasure_column {
	enum store_shelf shelf;
	const char *table, *column;
	const char *sql;   /* that erases, with :record, :resident or :client and :source; NULL: it stays, or goes with
			      another */
	const char *stays; /* why, or with which */
};
extern const struct erasure_column erasure_columns[];
extern const size_t erasure_column_count;

/* Backups: whoever makes one says where, so that an erasure can tell which still hold what it erased. */
enum status rights_note_backup(struct store *desk, struct text place, struct error *error) MUST_CHECK;
struct rights_backup {
	struct text place;
	instant made;
};
enum status rights_backups(struct rights_backup **out, size_t *count, struct store *desk, struct arena *arena,
			   struct error *error) MUST_CHECK;

#endif
