/* Shared inside the room only. */
#ifndef VAULT_INT_H
#define VAULT_INT_H

#include "vault/vault.h"

#include <sodium.h>
#include <stdatomic.h>

enum { VAULT_KEY_SIZE = 32, VAULT_NONCE_PREFIX_SIZE = 16, VAULT_MAGIC = 0x7661756c };

/* In guarded, locked memory (sodium_malloc); written once. */
struct vault_keys {
	unsigned char seal[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	unsigned char archive[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	unsigned char mark[VAULT_KEY_SIZE];
	unsigned char hash[VAULT_DOMAIN_COUNT][VAULT_KEY_SIZE];
	unsigned char fast[VAULT_DOMAIN_COUNT][crypto_shorthash_siphash24_KEYBYTES];
};

struct vault {
	unsigned magic;
	const struct vault_keys *keys;
	/* A nonce is 16 random bytes, drawn when the vault is opened, and a count: unique without asking
	 * the system's generator for each row. */
	unsigned char nonce_prefix[VAULT_NONCE_PREFIX_SIZE];
	atomic_uint_least64_t *nonce_count;
};

#endif
