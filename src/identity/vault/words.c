/* The vault for those outside the identity side: opened and handed on, and sealing what users write. */
#include "base/id.h"
#include "policy/stated.h"
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

/* ---- words with a mark --------------------------------------------------------------------------------- */

enum { WORDS_OF_SEARCH = 41, WORDS_STATED = 42, SALT_BYTES = 16 };

const struct sealed_rows disclosure_sealed_searches = {
	.title = "words searched for",
	.select = "SELECT words_id AS record_id, 0 AS feed_no, 0 AS row_key, 41 AS version, 5 AS part, sealed FROM "
		  "audit_words WHERE words_id > :record_id ORDER BY words_id LIMIT :most",
	.update = "UPDATE audit_words SET sealed = :sealed WHERE words_id = :record_id",
	.place = {"record_id"}};

const struct sealed_rows disclosure_sealed_stated = {
	.title = "words of users",
	.select = "SELECT stated_id AS record_id, 0 AS feed_no, 0 AS row_key, 42 AS version, 5 AS part, sealed FROM "
		  "stated WHERE stated_id > :record_id ORDER BY stated_id LIMIT :most",
	.update = "UPDATE stated SET sealed = :sealed WHERE stated_id = :record_id",
	.place = {"record_id"}};

/* The mark is of the words with salt before them, which are sealed together: it cannot be found by trying names. */
static struct text seal_marked(const struct vault *vault, int64_t id, int32_t which, struct text words,
			       unsigned char *mark, size_t mark_bytes, struct arena *arena)
{
	unsigned char salt[SALT_BYTES];
	struct buf salted, sealed;
	buf_init(&salted, 8192);
	buf_init(&sealed, 8192);
	randombytes_buf(salt, sizeof salt);
	buf_append(&salted, salt, sizeof salt);
	buf_append_text(&salted, words);
	crypto_generichash(mark, mark_bytes, (const unsigned char *)salted.at, salted.len, NULL, 0);
	disclosure_seal_words(vault, id, which, buf_text(&salted), &sealed);
	struct text out = arena_text(arena, buf_text(&sealed));
	buf_wipe(&salted);
	buf_release(&salted);
	buf_release(&sealed);
	return out;
}

static enum status unseal_marked(const struct vault *vault, int64_t id, int32_t which, struct text sealed,
				 struct text mark, struct arena *arena, struct text *words, struct error *error)
{
	unsigned char found[AUDIT_HASH_BYTES];
	struct buf salted;
	buf_init(&salted, 8192);
	enum status status = disclosure_unseal_words(vault, id, which, sealed, &salted, error);
	if (status == STATUS_OK && salted.len >= SALT_BYTES && mark.len <= sizeof found &&
	    mark.len >= STATED_MARK_BYTES) {
		crypto_generichash(found, mark.len, (const unsigned char *)salted.at, salted.len, NULL, 0);
		if (sodium_memcmp(found, mark.at, mark.len) == 0)
			*words = arena_text(arena, text_slice(salted.at + SALT_BYTES, salted.len - SALT_BYTES));
		else
			status = STATUS_CORRUPT;
	} else if (status == STATUS_OK) {
		status = STATUS_CORRUPT;
	}
	if (status == STATUS_CORRUPT)
		error_set(error, STATUS_CORRUPT, "audit.words",
			  "The words that are kept are not those that were written");
	buf_wipe(&salted);
	buf_release(&salted);
	return status;
}

void disclosure_seal_search(const struct vault *vault, struct text query, struct audit_entry *entry,
			    struct arena *arena)
{
	unsigned char mark[AUDIT_HASH_BYTES];
	entry->words_id = id_random();
	entry->words_sealed = seal_marked(vault, entry->words_id, WORDS_OF_SEARCH, query, mark, sizeof mark, arena);
	entry->words_mark = arena_text(arena, text_slice((const char *)mark, sizeof mark));
}

enum status disclosure_unseal_search(const struct vault *vault, const struct audit_entry *entry, struct arena *arena,
				     struct text *query, struct error *error)
{
	return unseal_marked(vault, entry->words_id, WORDS_OF_SEARCH, entry->words_sealed, entry->words_mark, arena,
			     query, error);
}

enum status disclosure_keep_stated(struct text *reference, const struct vault *vault, struct store *desk,
				   struct text words, struct arena *arena, struct error *error)
{
	char name[STATED_REFERENCE_SIZE];
	struct stated stated = {.id = id_random()};
	*reference = TEXT_ABSENT;
	if (!words.len)
		return STATUS_OK;
	struct text sealed = seal_marked(vault, stated.id, WORDS_STATED, words, stated.mark, sizeof stated.mark, arena);
	enum status status = stated_keep(desk, &stated, sealed, error);
	if (status == STATUS_OK)
		*reference = arena_text(arena, text_of(stated_reference(&stated, name)));
	return status;
}

enum status disclosure_unseal_stated(struct text *words, const struct vault *vault, struct text reference,
				     struct text sealed, struct arena *arena, struct error *error)
{
	struct stated stated;
	*words = reference;
	if (!stated_parse(reference, &stated))
		return STATUS_OK;
	return unseal_marked(vault, stated.id, WORDS_STATED, sealed,
			     text_slice((const char *)stated.mark, sizeof stated.mark), arena, words, error);
}

enum status disclosure_read_stated(struct text *words, const struct vault *vault, struct store *desk,
				   struct text reference, struct arena *arena, struct error *error)
{
	struct stated stated;
	struct text sealed;
	*words = reference;
	if (!stated_parse(reference, &stated))
		return STATUS_OK;
	enum status status = stated_find(desk, &stated, arena, &sealed, error);
	return status ? status : disclosure_unseal_stated(words, vault, reference, sealed, arena, error);
}
