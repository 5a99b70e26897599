#include "vault/key_file.h"
#include "vault/vault_int.h"

#include "base/file.h"
#include "base/memory.h"
#include "clean/identifiers.h"
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

const struct key_file_kind vault_master_key = {
	.title = "master key",
	.header = "oneview-master-key-1\n",
	.missing = "Bring it back from where it is kept safe; a new key opens nothing that is sealed",
	.damaged = "Bring it back from where it is kept safe",
	.exists = "Keep it: without it nothing that was sealed can be read",
};

const struct key_file_kind vault_hash_key = {
	.title = "key of the hashes",
	.header = "oneview-hash-key-1\n",
	.missing = "Bring it back from where the keys are kept safe",
	.damaged = "Bring it back from where the keys are kept safe",
	.exists = "Keep it: without it nobody is known again",
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
	return status ? status : key_file_create(path, &vault_master_key, error);
}

/* HASHES is the same as MASTER until the master key is changed for the first time. */
static void keys_derive(struct vault_keys *keys, const unsigned char master[VAULT_KEY_SIZE],
			const unsigned char hashes[VAULT_KEY_SIZE])
{
	static const char context[crypto_kdf_CONTEXTBYTES + 1] = "oneview1";
	crypto_kdf_derive_from_key(keys->seal, sizeof keys->seal, SUBKEY_SEAL, context, master);
	crypto_kdf_derive_from_key(keys->archive, sizeof keys->archive, SUBKEY_ARCHIVE, context, master);
	crypto_kdf_derive_from_key(keys->mark, sizeof keys->mark, SUBKEY_MARK, context, master);
	crypto_kdf_derive_from_key(keys->hash_mark, sizeof keys->hash_mark, SUBKEY_MARK, context, hashes);
	for (unsigned i = 0; i < VAULT_DOMAIN_COUNT; i++) {
		crypto_kdf_derive_from_key(keys->hash[i], sizeof keys->hash[i], SUBKEY_HASH + i, context, hashes);
		crypto_kdf_derive_from_key(keys->fast[i], sizeof keys->fast[i], SUBKEY_FAST + i, context, hashes);
	}
}

enum status vault_key_beside(char out[VAULT_PATH_SIZE], const char *key_path, const char *suffix, struct error *error)
{
	if (snprintf(out, VAULT_PATH_SIZE, "%s%s", key_path, suffix) < VAULT_PATH_SIZE)
		return STATUS_OK;
	return error_set(error, STATUS_TOO_LARGE, "vault.path", "The path is too long");
}

struct masters { /* in locked memory */
	unsigned char seal[VAULT_KEY_SIZE], hashes[VAULT_KEY_SIZE];
};

static enum status read_masters(struct masters *masters, const char *seal_path, const char *key_path,
				struct error *error)
{
	char hashes[VAULT_PATH_SIZE];
	enum status status = key_file_read(seal_path, &vault_master_key, masters->seal, error);
	if (status) {
		error_at(error, seal_path, 0, 0);
		return status;
	}
	memcpy(masters->hashes, masters->seal, sizeof masters->hashes);
	status = vault_key_beside(hashes, key_path, VAULT_HASHES_SUFFIX, error);
	if (status || !file_exists(hashes))
		return status;
	status = key_file_read(hashes, &vault_hash_key, masters->hashes, error);
	if (status)
		error_at(error, hashes, 0, 0);
	return status;
}

enum status vault_load_keys(struct vault_keys **out, const char *seal_path, const char *key_path, struct error *error)
{
	*out = NULL;
	enum status status = sodium_ready(error);
	if (status)
		return status;
	vault_forbid_core_dumps();
	struct masters *masters = sodium_malloc(sizeof *masters);
	struct vault_keys *keys = sodium_malloc(sizeof *keys);
	if (!masters || !keys)
		status = error_set(error, STATUS_NO_MEMORY, "vault.memory", "There is no memory for the keys");
	else
		status = read_masters(masters, seal_path, key_path, error);
	if (status == STATUS_OK) {
		keys_derive(keys, masters->seal, masters->hashes);
		sodium_mprotect_readonly(keys);
		*out = keys;
	} else {
		sodium_free(keys);
	}
	sodium_free(masters);
	return status;
}

enum status vault_open_keys(struct vault **out, const char *seal_path, const char *key_path, struct error *error)
{
	struct vault_keys *keys;
	*out = NULL;
	enum status status = vault_load_keys(&keys, seal_path, key_path, error);
	if (status)
		return status;
	struct vault *vault = memory_alloc(1, sizeof *vault);
	vault->magic = VAULT_MAGIC;
	vault->keys = keys;
	randombytes_buf(vault->nonce_prefix, sizeof vault->nonce_prefix);
	vault->nonce_count = memory_alloc(1, sizeof *vault->nonce_count);
	*out = vault;
	return STATUS_OK;
}

enum status vault_open(struct vault **out, const char *key_path, struct error *error)
{
	char next[VAULT_PATH_SIZE];
	*out = NULL;
	enum status status = vault_key_beside(next, key_path, VAULT_NEXT_SUFFIX, error);
	if (status)
		return status;
	if (file_exists(next)) {
		error_set(error, STATUS_REFUSED, "vault.key_changing",
			  "A change of the master key has not come to its end");
		error_remedy(error, "Run \"oneview key change\" on the workspace: it goes on where it was stopped");
		error_at(error, next, 0, 0);
		return STATUS_REFUSED;
	}
	return vault_open_keys(out, key_path, key_path, error);
}

void vault_close(struct vault *vault)
{
	if (!vault)
		return;
	assert(vault->magic == VAULT_MAGIC);
	sodium_free((void *)vault->keys);
	sodium_free((void *)vault->also);
	free(vault->nonce_count);
	vault->magic = 0;
	free(vault);
}

/* Two marks: 1 tells the key that seals, 2 the key of the hashes, which is there since that is another. */
enum { MARK_SEAL = 1, MARK_HASHES = 2 };

static enum status mark_differs(int64_t number, struct error *error)
{
	error_set(error, STATUS_REFUSED, "vault.wrong_key",
		  number == MARK_SEAL ? "The master key is not the one this database was sealed with"
				      : "The key of the hashes is not there, or not this database's");
	error_remedy(error, "Bring back the workspace's own keys folder; nothing was changed");
	return STATUS_REFUSED;
}

static bool mark_is(const struct vault_keys *keys, int64_t number, struct text found)
{
	const unsigned char *expected = number == MARK_SEAL ? keys->mark : keys->hash_mark;
	return found.len == VAULT_KEY_SIZE && sodium_memcmp(found.at, expected, VAULT_KEY_SIZE) == 0;
}

/* *THERE: the database has been marked. */
static enum status marks_read(const struct vault *vault, struct store *store, bool *there, struct error *error)
{
	struct statement *find;
	enum status status =
		store_prepare(&find, store, "SELECT check_no, mark FROM vault_check ORDER BY check_no", error);
	if (status)
		return status;
	int number = statement_column(find, "check_no"), mark = statement_column(find, "mark");
	bool row;
	*there = false;
	while ((status = statement_step(find, &row, error)) == STATUS_OK && row) {
		int64_t which = statement_int(find, number);
		*there = true;
		if (mark_is(vault->keys, which, statement_blob(find, mark)) ||
		    (vault->also && mark_is(vault->also, which, statement_blob(find, mark))))
			continue;
		status = mark_differs(which, error);
		break;
	}
	statement_reset(find);
	statement_done(find);
	return status;
}

static enum status mark_write(struct store *store, int64_t number, const unsigned char *mark, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(&insert, store,
					   "INSERT INTO vault_check (check_no, mark) VALUES (:number, :mark) "
					   "ON CONFLICT (check_no) DO UPDATE SET mark = excluded.mark",
					   error);
	if (status)
		return status;
	statement_bind_int(insert, "number", number);
	statement_bind_blob(insert, "mark", mark, VAULT_KEY_SIZE);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

enum status vault_check_store(const struct vault *vault, struct store *store, struct error *error)
{
	bool there;
	return marks_read(vault, store, &there, error);
}

enum status vault_mark_store(const struct vault *vault, struct store *store, struct error *error)
{
	bool there;
	enum status status = marks_read(vault, store, &there, error);
	return status || there ? status : mark_write(store, MARK_SEAL, vault->keys->mark, error);
}

enum status vault_replace_marks(const struct vault *vault, struct store *store, struct error *error)
{
	enum status status = mark_write(store, MARK_SEAL, vault->keys->mark, error);
	return status ? status : mark_write(store, MARK_HASHES, vault->keys->hash_mark, error);
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

enum status vault_property_of_uprn(const struct vault *vault, struct store *data, struct text uprn,
				   int64_t *property_id, struct error *error)
{
	char digits[UPRN_SIZE];
	struct statement *find;
	bool row = false;
	*property_id = 0;
	if (!clean_uprn(digits, uprn))
		return STATUS_OK;
	enum status status =
		store_prepare(&find, data, "SELECT property_id FROM property WHERE uprn_hash = :uprn", error);
	if (status)
		return status;
	statement_bind_int(find, "uprn", vault_hash64(vault, VAULT_UPRN, text_of(digits)));
	status = statement_step(find, &row, error);
	if (status == STATUS_OK && row)
		*property_id = statement_int(find, statement_column(find, "property_id"));
	statement_done(find);
	return status;
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
