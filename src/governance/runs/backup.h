/* A workspace copied while it is in use, and made again from the copy.
 *
 *     manifest.json     when, of which kind of database, every file with its size and BLAKE2b hash
 *     profile/, archive/
 *     data.db, desk.db  or postgresql.dump
 *
 * Not in it: keys (whoever has both can read everything: they are kept apart), the inbox (its files are
 * in clear; what was loaded is in the archive, sealed), and the database address, which may hold a password.
 */
#ifndef RUNS_BACKUP_H
#define RUNS_BACKUP_H

#include "runs/workspace.h"

struct backup_report {
	int64_t files, bytes;
};

/* Makes FOLDER, which must not be there or be empty. The caller holds the workspace's lock, so that the data shelf
 * and the archive agree; pages may be served meanwhile. */
enum status backup_make(const struct workspace *workspace, const char *folder, struct backup_report *report,
			struct error *error) MUST_CHECK;
/* Copies the keys into FOLDER, mode 0600. */
enum status backup_keys(const struct workspace *workspace, const char *folder, struct error *error) MUST_CHECK;

struct backup_restore {
	const char *from;    /* the backup */
	const char *folder;  /* the workspace to make */
	const char *keys;    /* NULL: they are in the workspace's folder already */
	const char *address; /* of an empty PostgreSQL database; NULL: SQLite in the workspace */
};
/* Checks every file's hash first (STATUS_CORRUPT names the first that differs). The settings are written last: a
 * restore that was stopped leaves no workspace. */
enum status backup_restore(const struct backup_restore *restore, struct backup_report *report,
			   struct error *error) MUST_CHECK;

#endif
