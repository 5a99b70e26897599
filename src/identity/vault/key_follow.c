/* A vault that goes on being used while the master key is changed: it reads under both keys, and seals under the new
 * one from when it has it.
 *
 * Nobody waits for a lock to open a value: keys are put beside, and taken away only when nobody can still be at work
 * with what was sealed under them. */
#include "vault/vault_int.h"

#include "base/date.h"
#include "base/file.h"

#include <assert.h>

static const int64_t old_key_kept = 60 * INT64_C(1000000); /* longer than any page, or the reading of any block */

/* Where the key before is while NEXT is there: in the middle of the last step it has its later name already. */
static enum status present_key(char out[VAULT_PATH_SIZE], const char *key_path, struct error *error)
{
	if (file_exists(key_path))
		return vault_key_beside(out, key_path, "", error);
	return vault_key_beside(out, key_path, VAULT_OLD_SUFFIX, error);
}

enum status vault_open_serving(struct vault **out, const char *key_path, struct error *error)
{
	bool changing;
	char next[VAULT_PATH_SIZE], present[VAULT_PATH_SIZE];
	*out = NULL;
	enum status status = vault_key_beside(next, key_path, VAULT_NEXT_SUFFIX, error);
	if (status == STATUS_OK)
		status = present_key(present, key_path, error);
	if (status)
		return status;
	bool next_there = file_exists(next);
	status = vault_open_keys(out, next_there ? present : key_path, key_path, error);
	if (status == STATUS_OK && next_there)
		status = vault_follow_change(*out, key_path, &changing, error);
	if (status) {
		vault_close(*out);
		*out = NULL;
	}
	return status;
}

static enum status take_next(struct vault *vault, const char *next, const char *key_path, struct error *error)
{
	struct vault_keys *keys;
	enum status status = vault_load_keys(&keys, next, key_path, error);
	if (status)
		return status;
	/* In this order: who sees the new keys sees the old ones too (seal.c reads the other way round). */
	atomic_store_explicit(&vault->also, vault->keys, memory_order_release);
	atomic_store_explicit(&vault->keys, keys, memory_order_release);
	vault->ended = 0;
	return STATUS_OK;
}

/* The key in place must be the one that this vault seals with. */
static enum status check_present(const struct vault *vault, const char *key_path, struct error *error)
{
	struct vault_keys *keys;
	enum status status = vault_load_keys(&keys, key_path, key_path, error);
	if (status)
		return status;
	bool same = sodium_memcmp(keys->mark, vault->keys->mark, sizeof keys->mark) == 0;
	sodium_free(keys);
	return same ? STATUS_OK
		    : error_set(error, STATUS_CONFLICT, "vault.key_changed",
				"The master key is not the one that this server has");
}

static enum status let_go_of_old(struct vault *vault, const char *key_path, struct error *error)
{
	instant now = instant_now();
	if (!vault->ended) {
		enum status status = check_present(vault, key_path, error);
		vault->ended = now;
		return status;
	}
	if (now - vault->ended < old_key_kept)
		return STATUS_OK;
	const struct vault_keys *old = vault->also;
	vault->also = NULL;
	vault->ended = 0;
	sodium_free((void *)(uintptr_t)old);
	return STATUS_OK;
}

enum status vault_follow_change(struct vault *vault, const char *key_path, bool *changing, struct error *error)
{
	char next[VAULT_PATH_SIZE];
	assert(vault->magic == VAULT_MAGIC);
	enum status status = vault_key_beside(next, key_path, VAULT_NEXT_SUFFIX, error);
	if (status)
		return status;
	bool there = file_exists(next);
	if (there && !vault->also)
		status = take_next(vault, next, key_path, error);
	else if (!there && vault->also)
		status = let_go_of_old(vault, key_path, error);
	*changing = vault->also != NULL;
	return status;
}
