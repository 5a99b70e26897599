/* The vault for those outside the identity side: opened and handed on, and sealing what users write. */
#include "vault/disclosure.h"
#include "vault/vault.h"

const struct sealed_rows second_factor_sealed_rows = {
	.title = "secrets of authenticator apps",
	.select = "SELECT user_id AS record_id, 0 AS feed_no, 0 AS row_key, 21 AS version, 5 AS part, sealed "
		  "FROM second_factor WHERE user_id > :record_id ORDER BY user_id LIMIT :most",
	.update = "UPDATE second_factor SET sealed = :sealed WHERE user_id = :record_id",
	.place = {"record_id"}};

enum status disclosure_open_vault(struct vault **out, const char *key_path, struct store *data, struct error *error)
{
	enum status status = vault_open(out, key_path, error);
	if (status != STATUS_OK)
		return status;
	status = vault_check_store(*out, data, error);
	if (status != STATUS_OK) {
		vault_close(*out);
		*out = NULL;
	}
	return status;
}

void disclosure_close_vault(struct vault *vault)
{
	vault_close(vault);
}

static struct vault_place place_of(int64_t id, int32_t which)
{
	return (struct vault_place){.record_id = id, .version = which, .part = VAULT_REPORT};
}

void disclosure_seal_words(const struct vault *vault, int64_t id, int32_t which, struct text words, struct buf *sealed)
{
	struct vault_place place = place_of(id, which);
	vault_seal(vault, &place, words, sealed);
}

enum status disclosure_unseal_words(const struct vault *vault, int64_t id, int32_t which, struct text sealed,
				    struct buf *words, struct error *error)
{
	struct vault_place place = place_of(id, which);
	return vault_unseal(vault, &place, sealed, words, error);
}
