/* Shared inside the room only. */
#ifndef VAULT_INT_H
#define VAULT_INT_H

#include "vault/key_file.h"
#include "vault/vault.h"

#include <sodium.h>
#include <stdatomic.h>

enum { VAULT_PATH_SIZE = 4096, VAULT_KEY_SIZE = 32, VAULT_NONCE_PREFIX_SIZE = 16, VAULT_MAGIC = 0x7661756c };

/* In guarded, locked memory (sodium_malloc); written once. */
struct vault_keys {
	unsigned char seal[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	unsigned char archive[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	unsigned char mark[VAULT_KEY_SIZE], hash_mark[VAULT_KEY_SIZE]; /* tell each of the two keys */
	unsigned char hash[VAULT_DOMAIN_COUNT][VAULT_KEY_SIZE];
	unsigned char fast[VAULT_DOMAIN_COUNT][crypto_shorthash_siphash24_KEYBYTES];
};

struct vault {
	unsigned magic;
	const struct vault_keys *_Atomic keys; /* what is sealed is sealed under these */
	const struct vault_keys *_Atomic also; /* while the key is changed: what was sealed before opens under these */
	int64_t ended;                         /* instant: when the change was seen to be over; 0: it is not */
	/* A nonce is 16 random bytes, drawn when the vault is opened, and a count: unique without asking
	 * the system's generator for each row. */
	unsigned char nonce_prefix[VAULT_NONCE_PREFIX_SIZE];
	atomic_uint_least64_t *nonce_count;
};

/* Beside the master key's file. After a change of the key, the hashes go on under the first key of all (HASHES); while
 * a change is under way, the key to come is there (NEXT); after it, the one before (OLD). */
#define VAULT_HASHES_SUFFIX ".hashes"
#define VAULT_NEXT_SUFFIX ".next"
#define VAULT_OLD_SUFFIX ".old"
extern const struct key_file_kind vault_master_key, vault_hash_key;

/* SEAL_PATH: of the key that seals; KEY_PATH: beside which the key of the hashes lies. Does not ask whether a
 * change is under way. */
enum status vault_open_keys(struct vault **out, const char *seal_path, const char *key_path,
			    struct error *error) MUST_CHECK;
/* The derived keys alone, for sodium_free(). */
enum status vault_load_keys(struct vault_keys **out, const char *seal_path, const char *key_path,
			    struct error *error) MUST_CHECK;
/* KEY_PATH + SUFFIX. */
enum status vault_key_beside(char out[VAULT_PATH_SIZE], const char *key_path, const char *suffix,
			     struct error *error) MUST_CHECK;
/* Seals the archive anew under NEW's key, unless it is already; *RESEALED says which. */
enum status vault_reseal_archive(const struct vault *old, const struct vault *new, const char *path, bool *resealed,
				 struct error *error) MUST_CHECK;
/* Replaces what tells the keys in the data shelf. */
enum status vault_replace_marks(const struct vault *vault, struct store *store, struct error *error) MUST_CHECK;

#endif
