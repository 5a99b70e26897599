/* A workspace and what a command needs of it, opened together and closed together. */
#ifndef CLI_OPENED_H
#define CLI_OPENED_H

#include "cli/cli_int.h"

#include "policy/account.h"
#include "runs/workspace.h"
#include "vault/vault.h"

enum opened_part {
	OPEN_DATA_READ = 1,
	OPEN_DATA_WRITE = 2, /* takes the workspace's lock as well: one writer at a time */
	OPEN_DESK_READ = 4,
	OPEN_DESK_WRITE = 8,
	OPEN_LOCK = 32,  /* the workspace's lock alone */
	OPEN_VAULT = 16, /* checks the key against the data shelf when that is open, and that what was erased is not
			    there again */
	OPEN_BROUGHT_BACK = 64 /* all the same: for those who see to that */
};

struct opened {
	struct workspace *workspace;
	struct workspace_lock *lock;
	struct store *data, *desk;
	struct vault *vault;
	struct audit_key audit_key; /* with a desk */
};

/* FOLDER is the command's first operand; PARTS are opened_part bits. Close it whatever came back. */
enum status opened_open(struct opened *opened, const struct cli *cli, unsigned parts, struct error *error) MUST_CHECK;
/* The same for another folder than the first operand. */
enum status opened_open_folder(struct opened *opened, const struct cli *cli, const char *folder, unsigned parts,
			       struct error *error) MUST_CHECK;
void opened_close(struct opened *opened);

/* Adds an entry for what an operator did at the command line, inside the open desk transaction. The user is
 * the account of the operating system, written "system:NAME". */
enum status opened_audit(struct opened *opened, const struct audit_entry *entry, struct error *error) MUST_CHECK;

/* Ends the desk's transaction, if one is open: commits it when STATUS is fine. Else nothing was done, and an entry says
 * that it was tried: TRIED with the code of ERROR behind its detail, "refused" or "failed". When that cannot be
 * written, ERROR is why. What was called in a wrong way was not tried. The command must have opened the desk with
 * OPEN_DESK_WRITE; a desk that is not open is fine. */
enum status opened_finish(struct opened *opened, enum status status, const struct audit_entry *tried,
			  struct error *error) MUST_CHECK;

/* That user's name, in SPACE. */
struct text opened_user(char *space, size_t size);

/* ONEVIEW_PASSWORD, else asked for twice on the terminal. *GIVEN is false when there is neither. */
enum { PASSWORD_ROOM = PASSWORD_BYTES_MAX + 8 };
enum status cli_password(char out[PASSWORD_ROOM], bool *given, struct error *error) MUST_CHECK;
/* The same for a password that there is already: asked for once. */
enum status cli_password_known(char out[PASSWORD_ROOM], bool *given, struct error *error) MUST_CHECK;

#endif
