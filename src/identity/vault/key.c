#include "vault/key_file.h"
#include "vault/vault_int.h"

#include "base/file.h"
#include "base/memory.h"
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct key_file_kind master_key = {
	.title = "master key",
	.header = "oneview-master-key-1\n",
	.missing = "Bring it back from where it is kept safe; a new key opens nothing that is sealed",
	.damaged = "Bring it back from where it is kept safe",
	.exists = "Keep it: without it nothing that was sealed can be read",
};

/* Numbers of derived keys. Stored data depends on them: append only. */
enum { SUBKEY_SEAL = 1, SUBKEY_ARCHIVE = 2, SUBKEY_MARK = 3, SUBKEY_HASH = 100, SUBKEY_FAST = 200 };

static enum status sodium_ready(struct error *error)
{
	if (sodium_init() < 0)
		return error_set(error, STATUS_INTERNAL, "vault.sodium", "The cryptographic library did not start");
	return STATUS_OK;
}

void vault_forbid_core_dumps(void)
{
	struct rlimit none = {0, 0};
	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	/* The leak checker of a sanitized build attaches to its own process, which this would forbid. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

enum status vault_create_key(const char *path, struct error *error)
{
	enum status status = sodium_ready(error);
	return status ? status : key_file_create(path, &master_key, error);
}

static void keys_derive(struct vault_keys *keys, const unsigned char master[VAULT_KEY_SIZE])
{
	static const char context[crypto_kdf_CONTEXTBYTES + 1] = "oneview1";
	crypto_kdf_derive_from_key(keys->seal, sizeof keys->seal, SUBKEY_SEAL, context, master);
	crypto_kdf_derive_from_key(keys->archive, sizeof keys->archive, SUBKEY_ARCHIVE, context, master);
	crypto_kdf_derive_from_key(keys->mark, sizeof keys->mark, SUBKEY_MARK, context, master);
	for (unsigned i = 0; i < VAULT_DOMAIN_COUNT; i++) {
		crypto_kdf_derive_from_key(keys->hash[i], sizeof keys->hash[i], SUBKEY_HASH + i, context, master);
		crypto_kdf_derive_from_key(keys->fast[i], sizeof keys->fast[i], SUBKEY_FAST + i, context, master);
	}
}

enum status vault_open(struct vault **out, const char *key_path, struct error *error)
{
	*out = NULL;
	enum status status = sodium_ready(error);
	if (status)
		return status;
	vault_forbid_core_dumps();
	unsigned char *master = sodium_malloc(VAULT_KEY_SIZE);
	struct vault_keys *keys = sodium_malloc(sizeof *keys);
	if (!master || !keys)
		status = error_set(error, STATUS_NO_MEMORY, "vault.memory", "There is no memory for the keys");
	else
		status = key_file_read(key_path, &master_key, master, error);
	if (status == STATUS_OK) {
		keys_derive(keys, master);
		sodium_mprotect_readonly(keys);
		struct vault *vault = memory_alloc(1, sizeof *vault);
		vault->magic = VAULT_MAGIC;
		vault->keys = keys;
		randombytes_buf(vault->nonce_prefix, sizeof vault->nonce_prefix);
		vault->nonce_count = memory_alloc(1, sizeof *vault->nonce_count);
		*out = vault;
	} else {
		error_at(error, key_path, 0, 0);
		sodium_free(keys);
	}
	sodium_free(master);
	return status;
}

void vault_close(struct vault *vault)
{
	if (!vault)
		return;
	assert(vault->magic == VAULT_MAGIC);
	sodium_free((void *)vault->keys);
	free(vault->nonce_count);
	vault->magic = 0;
	free(vault);
}

static enum status mark_read(const struct vault *vault, struct store *store, bool *there, struct error *error)
{
	struct statement *find;
	enum status status = store_prepare(&find, store, "SELECT mark FROM vault_check WHERE check_no = 1", error);
	if (status)
		return status;
	bool right = false;
	status = statement_step(find, there, error);
	if (status == STATUS_OK && *there) {
		struct text mark = statement_blob(find, statement_column(find, "mark"));
		right = mark.len == VAULT_KEY_SIZE && sodium_memcmp(mark.at, vault->keys->mark, VAULT_KEY_SIZE) == 0;
	}
	statement_reset(find);
	statement_done(find);
	if (status || !*there || right)
		return status;
	error_set(error, STATUS_REFUSED, "vault.wrong_key",
		  "The master key is not the one this database was sealed with");
	error_remedy(error, "Bring back the workspace's own keys/master.key; nothing was changed");
	return STATUS_REFUSED;
}

static enum status mark_write(const struct vault *vault, struct store *store, struct error *error)
{
	struct statement *insert;
	enum status status =
		store_prepare(&insert, store, "INSERT INTO vault_check (check_no, mark) VALUES (1, :mark)", error);
	if (status)
		return status;
	statement_bind_blob(insert, "mark", vault->keys->mark, VAULT_KEY_SIZE);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

enum status vault_check_store(const struct vault *vault, struct store *store, struct error *error)
{
	bool there = false;
	return mark_read(vault, store, &there, error);
}

enum status vault_mark_store(const struct vault *vault, struct store *store, struct error *error)
{
	bool there = false;
	enum status status = mark_read(vault, store, &there, error);
	return status || there ? status : mark_write(vault, store, error);
}

/* ---- hashes ---------------------------------------------------------------------------------- */

static int64_t never_zero(uint64_t hash)
{
	return hash ? (int64_t)hash : 1;
}

int64_t vault_hash64(const struct vault *vault, enum vault_domain domain, struct text text)
{
	unsigned char out[crypto_generichash_BYTES_MIN];
	uint64_t hash;
	crypto_generichash(out, sizeof out, (const unsigned char *)text.at, text.len, vault->keys->hash[domain],
			   VAULT_KEY_SIZE);
	memcpy(&hash, out, sizeof hash);
	return never_zero(hash);
}

int64_t vault_fast_hash64(const struct vault *vault, enum vault_domain domain, struct text text)
{
	unsigned char out[crypto_shorthash_siphash24_BYTES];
	uint64_t hash;
	crypto_shorthash_siphash24(out, (const unsigned char *)text.at, text.len, vault->keys->fast[domain]);
	memcpy(&hash, out, sizeof hash);
	return never_zero(hash);
}

enum status vault_hash_file(const struct vault *vault, const char *path, unsigned char out[VAULT_FILE_HASH_SIZE],
			    struct error *error)
{
	enum { BLOCK = 1 << 18 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		error_set_errno(error, errno, "vault.read", "The file cannot be opened");
		error_at(error, path, 0, 0);
		return error ? error->status : STATUS_IO;
	}
	unsigned char *block = memory_alloc(1, BLOCK);
	crypto_generichash_state state;
	crypto_generichash_init(&state, vault->keys->hash[VAULT_FILE], VAULT_KEY_SIZE, VAULT_FILE_HASH_SIZE);
	ssize_t got;
	while ((got = read(fd, block, BLOCK)) > 0)
		crypto_generichash_update(&state, block, (size_t)got);
	crypto_generichash_final(&state, out, VAULT_FILE_HASH_SIZE);
	enum status status = STATUS_OK;
	if (got < 0) {
		status = error_set_errno(error, errno, "vault.read", "The file cannot be read");
		error_at(error, path, 0, 0);
	}
	close(fd);
	sodium_memzero(block, BLOCK);
	free(block);
	return status;
}
