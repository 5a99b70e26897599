/* The folder that a council's state lives in.
 *
 *     workspace.yaml    title, database address
 *     profile/          the council's configuration, copied at init
 *     keys/             master.key, audit.key, audit-signing.key (mode 0600): back them up apart from the database
 *     data.db, desk.db  on SQLite
 *     inbox/            extracts to load; archive/: sealed extracts, loaded or waiting
 *     outbox/, logs/    what the program writes for others
 *     lock, lock-serve  held by the one refresh that may run, and by servers; name their holder
 */
#ifndef RUNS_WORKSPACE_H
#define RUNS_WORKSPACE_H

#include "audit/audit.h"
#include "profile/profile.h"
#include "store/store.h"

enum { WORKSPACE_PATH_SIZE = 512 };

struct workspace_paths {
	char profile[WORKSPACE_PATH_SIZE], keys[WORKSPACE_PATH_SIZE], master_key[WORKSPACE_PATH_SIZE],
		audit_key[WORKSPACE_PATH_SIZE], signing_key[WORKSPACE_PATH_SIZE], checkpoints[WORKSPACE_PATH_SIZE],
		erasures[WORKSPACE_PATH_SIZE], inbox[WORKSPACE_PATH_SIZE], archive[WORKSPACE_PATH_SIZE],
		outbox[WORKSPACE_PATH_SIZE], logs[WORKSPACE_PATH_SIZE], lock[WORKSPACE_PATH_SIZE],
		settings[WORKSPACE_PATH_SIZE];
};

/* The council's identity provider (OpenID Connect): `provider` of workspace.yaml. */
struct workspace_provider {
	char issuer[256]; /* empty: none */
	char client_id[128];
	char secret_file[WORKSPACE_PATH_SIZE]; /* one line; relative to the folder */
	char address[256];                     /* how browsers reach this site: "https://oneview.example" */
	char groups_claim[64];                 /* "groups" */
	char title[128];                       /* of the button */
	/* Which accounts of SCIM it opens: "none", "external_id" or "user_name", when that is what its LINK_CLAIM says.
	 */
	char links[16], link_claim[64];
};

struct workspace {
	struct workspace_provider provider;
	char folder[WORKSPACE_PATH_SIZE];
	char title[128];
	char address[512]; /* for store_open(); may hold a password: never print it */
	struct workspace_paths paths;
	struct profile *profile;
};

struct workspace_options {
	const char *profile; /* folder to copy; required */
	const char *address; /* NULL: SQLite in the workspace */
	const char *title;   /* NULL: the profile's */
};

/* Makes the folder, copies the profile (checked first), makes the audit key and both shelves. The master
 * key is made by the vault. Refuses a folder that is a workspace already. */
enum status workspace_init(const char *folder, const struct workspace_options *options, struct error *error) MUST_CHECK;

/* Makes a workspace of a folder that has its profile, keys and database already, by writing its settings. DATABASE
 * NULL: SQLite in the folder. */
enum status workspace_adopt(const char *folder, const char *title, const char *database,
			    struct error *error) MUST_CHECK;

/* Loads workspace.yaml and the profile; opens no database. */
enum status workspace_open(struct workspace **out, const char *folder, struct error *error) MUST_CHECK;
void workspace_close(struct workspace *workspace); /* NULL is fine */

/* The schema must be the newest: workspace_migrate() brings it there. */
enum status workspace_store(const struct workspace *workspace, enum store_shelf shelf, enum store_mode mode,
			    struct store **out, struct error *error) MUST_CHECK;
enum status workspace_migrate(const struct workspace *workspace, struct error *error) MUST_CHECK;
enum status workspace_audit_key(const struct workspace *workspace, struct audit_key *key,
				struct error *error) MUST_CHECK;
enum status workspace_audit(const struct workspace *workspace, struct audit **out, struct error *error) MUST_CHECK;
/* The account of the operating system that this process runs as, "system:NAME", in SPACE. */
struct text workspace_operator(char *space, size_t size);

/* One refresh (ingest, link, restore ...) at a time, on this machine and, with PostgreSQL, on all that
 * share the database. STATUS_CONFLICT names what holds it, since when and where. Freed by the end
 * of the process, whatever its end. */
struct workspace_lock;
enum status workspace_lock(const struct workspace *workspace, const char *what, struct workspace_lock **out,
			   struct error *error) MUST_CHECK;
void workspace_unlock(struct workspace_lock *lock); /* NULL is fine */

/* What a running server has in memory, the key above all, must not be changed behind its back. Any number of servers
 * hold _served(); _unserved() is refused while there is one, and refuses new ones. Beside workspace_lock(). */
enum status workspace_lock_served(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				  struct error *error) MUST_CHECK;
enum status workspace_lock_unserved(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				    struct error *error) MUST_CHECK;
/* The key is changed under servers: one that has both keys holds _changing() instead of _served(), until it has let go
 * of the old one. So who gets _unserved() has waited for all of them, and who gets _unchanging() for the last change.
 */
enum status workspace_lock_changing(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				    struct error *error) MUST_CHECK;
enum status workspace_lock_unchanging(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				      struct error *error) MUST_CHECK;
/* For a server, now and then: takes the lock again when the connection that had it was lost. STATUS_CONFLICT: a
 * command came between, and the server must end. From one thread only. */
enum status workspace_keep_served(struct workspace_lock *lock, struct error *error) MUST_CHECK;

#endif
