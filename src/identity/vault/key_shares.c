/* The master key as shares, any NEED of which bring it back and fewer tell nothing (Shamir, "How to share a secret",
 * 1979; over GF(256), by libgfshare). A share is a small text file, so that it can be printed and typed in again:
 *
 *     oneview-key-share-1
 *     key 0123456789abcdef       which key: the same in all its shares
 *     split 01234567             which split: shares of two splits do not go together
 *     share 2 of 5, 3 needed
 *     64 or 128 digits           the second half is the key of the hashes, once the master key was changed
 *     check 0123456789abcdef     over the lines above
 */
#include "vault/key_file.h"
#include "vault/vault_int.h"

#include "base/buf.h"
#include "base/file.h"

#include <libgfshare.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_MOST = 2 * KEY_FILE_KEY_SIZE, ID_SIZE = 8, SPLIT_SIZE = 4, SHARE_FILE_MOST = 1 << 16 };

struct secret {
	unsigned char bytes[SECRET_MOST];
	unsigned size;
};

struct share {
	unsigned char key_id[ID_SIZE], split_id[SPLIT_SIZE];
	unsigned number, of, need;
	struct secret part;
};

static void fill_random(unsigned char *out, unsigned size)
{
	randombytes_buf(out, size);
}

/* A digest of 256 random bits says nothing of them. */
static void id_of(const struct secret *secret, unsigned char id[ID_SIZE])
{
	unsigned char digest[crypto_generichash_BYTES];
	crypto_generichash(digest, sizeof digest, secret->bytes, secret->size, NULL, 0);
	memcpy(id, digest, ID_SIZE);
}

/* ---- files ------------------------------------------------------------------------------------------ */

static void put_hex(struct buf *out, const char *label, const unsigned char *bytes, size_t size)
{
	char hex[2 * SECRET_MOST + 1];
	sodium_bin2hex(hex, sizeof hex, bytes, size);
	buf_format(out, "%s%s\n", label, hex);
	sodium_memzero(hex, sizeof hex);
}

static void put_check(struct buf *out)
{
	unsigned char digest[crypto_generichash_BYTES];
	crypto_generichash(digest, sizeof digest, (const unsigned char *)out->at, out->len, NULL, 0);
	put_hex(out, "check ", digest, ID_SIZE);
}

static void put_share(struct buf *out, const struct share *share)
{
	buf_append_text(out, TEXT("oneview-key-share-1\n"));
	put_hex(out, "key ", share->key_id, ID_SIZE);
	put_hex(out, "split ", share->split_id, SPLIT_SIZE);
	buf_format(out, "share %u of %u, %u needed\n", share->number, share->of, share->need);
	put_hex(out, "", share->part.bytes, share->part.size);
	put_check(out);
}

static bool take_hex(struct text line, const char *label, unsigned char *out, size_t most, size_t *size)
{
	size_t skip = strlen(label);
	return text_starts_with(line, text_of(label)) &&
	       !sodium_hex2bin(out, most, line.at + skip, line.len - skip, NULL, size, NULL);
}

static bool read_share(struct text file, struct share *share)
{
	struct buf again;
	struct text rest = file, line[6];
	size_t size = 0, part = 0;
	for (size_t i = 0; i < 6; i++) {
		if (!text_split(&rest, '\n', &line[i]))
			return false;
		line[i] = text_trim(line[i]);
	}
	char numbers[100];
	snprintf(numbers, sizeof numbers, "%.*s", TEXT_ARG(line[3]));
	bool read = text_is(line[0], "oneview-key-share-1") &&
		    take_hex(line[1], "key ", share->key_id, ID_SIZE, &size) && size == ID_SIZE &&
		    take_hex(line[2], "split ", share->split_id, SPLIT_SIZE, &size) && size == SPLIT_SIZE &&
		    sscanf(numbers, "share %u of %u, %u needed", &share->number, &share->of, &share->need) == 3 &&
		    take_hex(line[4], "", share->part.bytes, SECRET_MOST, &part) &&
		    (part == KEY_FILE_KEY_SIZE || part == SECRET_MOST) && share->number >= 1 &&
		    share->number <= share->of && share->of <= VAULT_SHARES_MOST && share->need >= 2;
	share->part.size = (unsigned)part;
	if (!read)
		return false;
	buf_init(&again, SHARE_FILE_MOST);
	put_share(&again, share);
	struct text wanted = text_slice(again.at + again.len - strlen("check \n") - (size_t)2 * ID_SIZE,
					strlen("check ") + (size_t)2 * ID_SIZE);
	read = text_equal(wanted, line[5]);
	buf_wipe(&again);
	buf_release(&again);
	return read;
}

/* ---- splitting --------------------------------------------------------------------------------------- */

static enum status read_secret(const char *key_path, struct secret *secret, struct error *error)
{
	char hashes[VAULT_PATH_SIZE];
	enum status status = key_file_read(key_path, &vault_master_key, secret->bytes, error);
	secret->size = KEY_FILE_KEY_SIZE;
	if (status == STATUS_OK)
		status = vault_key_beside(hashes, key_path, ".hashes", error);
	if (status != STATUS_OK || access(hashes, F_OK))
		return status;
	secret->size = SECRET_MOST;
	return key_file_read(hashes, &vault_hash_key, secret->bytes + KEY_FILE_KEY_SIZE, error);
}

static enum status write_share(const char *folder, const struct share *share, struct error *error)
{
	struct buf out;
	char path[VAULT_PATH_SIZE];
	buf_init(&out, SHARE_FILE_MOST);
	put_share(&out, share);
	snprintf(path, sizeof path, "%s/share-%u-of-%u.txt", folder, share->number, share->of);
	enum status status = access(path, F_OK) == 0 ? error_set(error, STATUS_CONFLICT, "vault.share_exists",
								 "There is a %s already", path)
						     : file_replace(path, buf_text(&out), 0600, error);
	buf_wipe(&out);
	buf_release(&out);
	return status;
}

static enum status write_shares(const char *folder, struct secret *secret, struct share *share, struct error *error)
{
	unsigned char numbers[VAULT_SHARES_MOST];
	for (unsigned i = 0; i < share->of; i++)
		numbers[i] = (unsigned char)(i + 1);
	gfshare_fill_rand = fill_random;
	gfshare_ctx *context = gfshare_ctx_init_enc(numbers, share->of, (unsigned char)share->need, secret->size);
	if (!context)
		return error_set(error, STATUS_INTERNAL, "vault.share", "The key cannot be split");
	gfshare_ctx_enc_setsecret(context, secret->bytes);
	enum status status = STATUS_OK;
	for (unsigned i = 0; i < share->of && status == STATUS_OK; i++) {
		share->number = numbers[i];
		gfshare_ctx_enc_getshare(context, (unsigned char)i, share->part.bytes);
		status = write_share(folder, share, error);
	}
	gfshare_ctx_free(context);
	return status;
}

enum status vault_split_key(const char *key_path, const char *folder, unsigned need, unsigned of, struct error *error)
{
	struct secret secret;
	struct share share = {.need = need, .of = of};
	if (need < 2 || need > of || of > VAULT_SHARES_MOST) {
		error_set(error, STATUS_USAGE, "vault.share", "%u of %u shares cannot be asked for", need, of);
		error_remedy(error, "2 or more are needed, of at most %d", VAULT_SHARES_MOST);
		return STATUS_USAGE;
	}
	enum status status = read_secret(key_path, &secret, error);
	if (status == STATUS_OK) {
		id_of(&secret, share.key_id);
		randombytes_buf(share.split_id, sizeof share.split_id);
		share.part.size = secret.size;
		status = write_shares(folder, &secret, &share, error);
	}
	sodium_memzero(&secret, sizeof secret);
	sodium_memzero(&share, sizeof share);
	return status;
}

/* ---- joining ------------------------------------------------------------------------------------------- */

static enum status load_share(const char *path, struct share *share, struct error *error)
{
	struct buf file;
	buf_init(&file, SHARE_FILE_MOST * 4);
	enum status status = file_read(path, &file, error);
	if (status == STATUS_OK && !read_share(buf_text(&file), share)) {
		status = error_set(error, STATUS_CORRUPT, "vault.share", "This share is not as it was written");
		error_remedy(error, "Compare each line with the printed one: its last line tells whether it is right");
		error_at(error, path, 0, 0);
	}
	buf_wipe(&file);
	buf_release(&file);
	return status;
}

static enum status goes_together(const struct share *shares, size_t count, const char *path, struct error *error)
{
	const struct share *first = &shares[0], *last = &shares[count - 1];
	bool same = !memcmp(first->key_id, last->key_id, ID_SIZE) &&
		    !memcmp(first->split_id, last->split_id, SPLIT_SIZE) && first->need == last->need &&
		    first->part.size == last->part.size;
	for (size_t i = 0; same && i + 1 < count; i++)
		if (shares[i].number == last->number) {
			error_set(error, STATUS_INVALID, "vault.share", "Share %u is given twice", last->number);
			error_at(error, path, 0, 0);
			return STATUS_INVALID;
		}
	if (same)
		return STATUS_OK;
	error_set(error, STATUS_INVALID, "vault.share", "This share belongs to another key, or to another split of it");
	error_remedy(error, "Use shares whose lines \"key\" and \"split\" are the same");
	error_at(error, path, 0, 0);
	return STATUS_INVALID;
}

static enum status combine(struct share *shares, struct secret *secret, struct error *error)
{
	unsigned char numbers[VAULT_SHARES_MOST], id[ID_SIZE];
	unsigned need = shares[0].need;
	gfshare_fill_rand = fill_random; /* it overwrites with chance what it frees */
	for (unsigned i = 0; i < need; i++)
		numbers[i] = (unsigned char)shares[i].number;
	gfshare_ctx *context = gfshare_ctx_init_dec(numbers, need, shares[0].part.size);
	if (!context)
		return error_set(error, STATUS_INTERNAL, "vault.share", "The shares cannot be joined");
	for (unsigned i = 0; i < need; i++)
		gfshare_ctx_dec_giveshare(context, (unsigned char)i, shares[i].part.bytes);
	gfshare_ctx_dec_extract(context, secret->bytes);
	gfshare_ctx_free(context);
	secret->size = shares[0].part.size;
	id_of(secret, id);
	if (!memcmp(id, shares[0].key_id, ID_SIZE))
		return STATUS_OK;
	return error_set(error, STATUS_CORRUPT, "vault.share", "What the shares give is not the key that was split");
}

static enum status write_secret(const char *key_path, const struct secret *secret, struct error *error)
{
	char hashes[VAULT_PATH_SIZE];
	enum status status = vault_key_beside(hashes, key_path, ".hashes", error);
	if (status == STATUS_OK && secret->size == SECRET_MOST && access(hashes, F_OK))
		status = key_file_write(hashes, &vault_hash_key, secret->bytes + KEY_FILE_KEY_SIZE, error);
	return status == STATUS_OK ? key_file_write(key_path, &vault_master_key, secret->bytes, error) : status;
}

enum status vault_join_key(const char *const *share_paths, size_t count, const char *key_path, struct error *error)
{
	struct secret secret;
	struct share shares[VAULT_SHARES_MOST];
	enum status status = STATUS_OK;
	if (count < 1 || count > VAULT_SHARES_MOST)
		return error_set(error, STATUS_USAGE, "vault.share", "Give 2 to %d shares", VAULT_SHARES_MOST);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = load_share(share_paths[i], &shares[i], error);
		if (status == STATUS_OK)
			status = goes_together(shares, i + 1, share_paths[i], error);
	}
	if (status == STATUS_OK && count < shares[0].need) {
		status = error_set(error, STATUS_INVALID, "vault.share", "%u shares are needed, and %zu are given",
				   shares[0].need, count);
		error_remedy(error, "Ask another holder for theirs");
	}
	if (status == STATUS_OK)
		status = combine(shares, &secret, error);
	if (status == STATUS_OK)
		status = write_secret(key_path, &secret, error);
	sodium_memzero(&secret, sizeof secret);
	sodium_memzero(shares, sizeof shares);
	return status;
}
