/* A file that holds one secret key: the workspace's master key, the key shared with a partner.
 *
 * Such a file is ours alone (mode 0600, owned by the user who runs the program); anything else is
 * refused with what to do.  A key is 32 random bytes in hexadecimal under a line that says what kind
 * of key it is, so that one kind is not taken for another.
 *
 * A key is there whole or not at all, whenever its writer is killed: it is written beside (".part") and gets its name
 * when it is on disk, and never instead of a file that has that name.
 */
#ifndef VAULT_KEY_FILE_H
#define VAULT_KEY_FILE_H

#include "base/error.h"

enum { KEY_FILE_KEY_SIZE = 32 };

struct key_file_kind {
	const char *title;                      /* "master key": in messages */
	const char *header;                     /* "oneview-master-key-1\n" */
	const char *missing, *damaged, *exists; /* what to do then */
};

/* Writes a new random key; STATUS_CONFLICT ("vault.key_exists") when there is a file. */
enum status key_file_create(const char *path, const struct key_file_kind *kind, struct error *error) MUST_CHECK;
/* The same with a given key. */
enum status key_file_write(const char *path, const struct key_file_kind *kind,
			   const unsigned char key[KEY_FILE_KEY_SIZE], struct error *error) MUST_CHECK;
/* "vault.key_missing", "vault.key_permissions", "vault.key_owner", "vault.key_damaged" when it is not as it
 * should be. KEY is the caller's to wipe. */
enum status key_file_read(const char *path, const struct key_file_kind *kind, unsigned char key[KEY_FILE_KEY_SIZE],
			  struct error *error) MUST_CHECK;

#endif
