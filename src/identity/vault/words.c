/* The vault for those outside the identity side: opened and handed on, and sealing what users write. */
#include "vault/disclosure.h"
#include "vault/vault.h"

#include <sodium.h>

const struct sealed_rows second_factor_sealed_rows = {
	.title = "secrets of authenticator apps",
	.select = "SELECT user_id AS record_id, 0 AS feed_no, 0 AS row_key, 21 AS version, 5 AS part, sealed "
		  "FROM second_factor WHERE user_id > :record_id ORDER BY user_id LIMIT :most",
	.update = "UPDATE second_factor SET sealed = :sealed WHERE user_id = :record_id",
	.place = {"record_id"}};

const struct sealed_rows user_sealed_rows = {
	.title = "surnames and addresses of users",
	.select = "SELECT user_id AS record_id, 0 AS feed_no, 0 AS row_key, 22 AS version, 5 AS part, self_sealed AS "
		  "sealed FROM account WHERE self_sealed IS NOT NULL AND user_id > :record_id ORDER BY user_id LIMIT "
		  ":most",
	.update = "UPDATE account SET self_sealed = :sealed WHERE user_id = :record_id",
	.place = {"record_id"}};

const struct sealed_rows draft_sealed_rows = {
	.title = "drafts of users",
	.select =
		"SELECT draft_id AS record_id, 0 AS feed_no, 0 AS row_key, 23 AS version, 5 AS part, sealed FROM draft "
		"WHERE draft_id > :record_id ORDER BY draft_id LIMIT :most",
	.update = "UPDATE draft SET sealed = :sealed WHERE draft_id = :record_id",
	.place = {"record_id"}};

enum status disclosure_open_vault(struct vault **out, const char *key_path, struct store *data, struct error *error)
{
	enum status status = vault_open_serving(out, key_path, error);
	if (status != STATUS_OK)
		return status;
	status = vault_check_store(*out, data, error);
	if (status != STATUS_OK) {
		vault_close(*out);
		*out = NULL;
	}
	return status;
}

enum status disclosure_follow_key(struct vault *vault, const char *key_path, bool *changing, struct error *error)
{
	return vault_follow_change(vault, key_path, changing, error);
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

/* ---- what was searched for ------------------------------------------------------------------------- */

enum { WORDS_OF_SEARCH = 41, SALT_BYTES = 16 };

const struct sealed_rows disclosure_sealed_searches = {
	.title = "words searched for",
	.select = "SELECT words_id AS record_id, 0 AS feed_no, 0 AS row_key, 41 AS version, 5 AS part, sealed FROM "
		  "audit_words WHERE words_id > :record_id ORDER BY words_id LIMIT :most",
	.update = "UPDATE audit_words SET sealed = :sealed WHERE words_id = :record_id",
	.place = {"record_id"}};

static void mark_of(const struct buf *salted, unsigned char mark[AUDIT_HASH_BYTES])
{
	crypto_generichash(mark, AUDIT_HASH_BYTES, (const unsigned char *)salted->at, salted->len, NULL, 0);
}

/* Salted, so that the mark cannot be found by trying names. */
void disclosure_seal_search(const struct vault *vault, struct text query, struct audit_entry *entry,
			    struct arena *arena)
{
	unsigned char salt[SALT_BYTES], mark[AUDIT_HASH_BYTES];
	uint64_t id;
	struct buf salted, sealed;
	buf_init(&salted, 4096);
	buf_init(&sealed, 4096);
	randombytes_buf(salt, sizeof salt);
	randombytes_buf(&id, sizeof id);
	buf_append(&salted, salt, sizeof salt);
	buf_append_text(&salted, query);
	mark_of(&salted, mark);
	entry->words_id = (int64_t)(id >> 1) | 1;
	entry->words_mark = arena_text(arena, text_slice((const char *)mark, sizeof mark));
	disclosure_seal_words(vault, entry->words_id, WORDS_OF_SEARCH, buf_text(&salted), &sealed);
	entry->words_sealed = arena_text(arena, buf_text(&sealed));
	buf_wipe(&salted);
	buf_release(&salted);
	buf_release(&sealed);
}

enum status disclosure_unseal_search(const struct vault *vault, const struct audit_entry *entry, struct arena *arena,
				     struct text *query, struct error *error)
{
	unsigned char mark[AUDIT_HASH_BYTES];
	struct buf salted;
	buf_init(&salted, 4096);
	enum status status =
		disclosure_unseal_words(vault, entry->words_id, WORDS_OF_SEARCH, entry->words_sealed, &salted, error);
	if (status == STATUS_OK) {
		mark_of(&salted, mark);
		if (salted.len < SALT_BYTES ||
		    !text_equal(entry->words_mark, text_slice((const char *)mark, sizeof mark)))
			status = error_set(error, STATUS_CORRUPT, "audit.words",
					   "The words kept with audit entry %lld are not those it was made with",
					   (long long)entry->seq);
		else
			*query = arena_text(arena, text_slice(salted.at + SALT_BYTES, salted.len - SALT_BYTES));
	}
	buf_wipe(&salted);
	buf_release(&salted);
	return status;
}
