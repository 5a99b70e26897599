#include "vault/vault_int.h"

#include <assert.h>
#include <endian.h>

/* format byte | nonce 24 | ciphertext | tag 16 */
enum {
	FORMAT = 1,
	NONCE_AT = 1,
	NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	CIPHER_AT = NONCE_AT + NONCE_SIZE
};
static_assert(VAULT_OVERHEAD == CIPHER_AT + crypto_aead_xchacha20poly1305_ietf_ABYTES, "the header says the overhead");
static_assert(NONCE_SIZE == VAULT_NONCE_PREFIX_SIZE + sizeof(uint64_t), "prefix and count fill a nonce");

struct associated {
	uint64_t words[5];
};

static struct associated associated_of(const struct vault_place *place)
{
	return (struct associated){{htole64((uint64_t)place->record_id), htole64((uint64_t)place->feed_no),
				    htole64((uint64_t)place->row_key), htole64((uint64_t)place->version),
				    htole64((uint64_t)place->part)}};
}

void vault_seal_into(const struct vault *vault, const struct vault_place *place, struct text plain, void *out)
{
	unsigned char *at = out;
	struct associated ad = associated_of(place);
	uint64_t count = htole64(atomic_fetch_add_explicit(vault->nonce_count, 1, memory_order_relaxed));
	at[0] = FORMAT;
	memcpy(at + NONCE_AT, vault->nonce_prefix, VAULT_NONCE_PREFIX_SIZE);
	memcpy(at + NONCE_AT + VAULT_NONCE_PREFIX_SIZE, &count, sizeof count);
	crypto_aead_xchacha20poly1305_ietf_encrypt(at + CIPHER_AT, NULL, (const unsigned char *)plain.at, plain.len,
						   (const unsigned char *)&ad, sizeof ad, NULL, at + NONCE_AT,
						   vault->keys->seal);
}

void vault_seal(const struct vault *vault, const struct vault_place *place, struct text plain, struct buf *out)
{
	size_t size = plain.len + VAULT_OVERHEAD;
	if (!buf_reserve(out, size))
		return;
	vault_seal_into(vault, place, plain, out->at + out->len);
	out->len += size;
	out->at[out->len] = '\0';
}

static bool opens(const struct vault_keys *keys, const unsigned char *at, size_t len, const struct associated *ad,
		  void *out)
{
	return !crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, at + CIPHER_AT, len - CIPHER_AT,
							   (const unsigned char *)ad, sizeof *ad, at + NONCE_AT,
							   keys->seal);
}

/* While the key is changed a value is sealed under the one or the other. Which, is found out without writing: OUT may
 * be where the sealed bytes are, and what does not open is wiped.
 *
 * The order of the two loads matters. take_next() puts the old keys into ALSO and then the new ones into KEYS; whoever
 * sees the new ones must see the old ones beside them, so KEYS is read first, and acquires what was stored before it.
 * The other way round ALSO may be read before, and KEYS after the switch: the new keys alone, and a right value that
 * does not open. Who reads the old KEYS has what was sealed so far: nothing is sealed here under the new ones before
 * the switch. */
static const struct vault_keys *keys_of(const struct vault *vault, const unsigned char *at, size_t len,
					const struct associated *ad)
{
	const struct vault_keys *keys = atomic_load_explicit(&vault->keys, memory_order_acquire);
	const struct vault_keys *also = atomic_load_explicit(&vault->also, memory_order_acquire);
	return also && !opens(keys, at, len, ad, NULL) ? also : keys;
}

bool vault_unseal_into(const struct vault *vault, const struct vault_place *place, struct text sealed, void *out,
		       size_t *len)
{
	const unsigned char *at = (const unsigned char *)sealed.at;
	*len = 0;
	if (sealed.len < VAULT_OVERHEAD || at[0] != FORMAT)
		return false;
	struct associated ad = associated_of(place);
	if (!opens(keys_of(vault, at, sealed.len, &ad), at, sealed.len, &ad, out))
		return false;
	*len = sealed.len - VAULT_OVERHEAD;
	return true;
}

enum status vault_unseal(const struct vault *vault, const struct vault_place *place, struct text sealed,
			 struct buf *out, struct error *error)
{
	size_t len;
	if (!buf_reserve(out, sealed.len))
		return error_set(error, STATUS_TOO_LARGE, "vault.too_large",
				 "A sealed value is larger than its buffer");
	if (!vault_unseal_into(vault, place, sealed, out->at + out->len, &len)) {
		error_set(error, STATUS_CORRUPT, "vault.unseal",
			  "A sealed value of record %lld, feed %lld does not open: it was changed or moved",
			  (long long)place->record_id, (long long)place->feed_no);
		error_remedy(error, "Restore the database from a backup that verifies");
		return STATUS_CORRUPT;
	}
	out->len += len;
	out->at[out->len] = '\0';
	return STATUS_OK;
}
