/* Keys and signatures of checkpoints, and the files that other systems take and give. */
#include "audit/audit_int.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <unistd.h>

static const char format[] = "oneview audit checkpoint 1";

static size_t signed_bytes(const struct audit_checkpoint *checkpoint, unsigned char out[256])
{
	size_t length = strlen(checkpoint->workspace), at = sizeof format - 1;
	memcpy(out, format, at);
	out[at++] = '\n';
	for (size_t i = 0; i < 4; i++)
		out[at++] = (unsigned char)(length >> (8 * i));
	memcpy(out + at, checkpoint->workspace, length);
	at += length;
	for (size_t i = 0; i < 8; i++)
		out[at++] = (unsigned char)((uint64_t)checkpoint->seq >> (8 * i));
	for (size_t i = 0; i < 8; i++)
		out[at++] = (unsigned char)((uint64_t)checkpoint->at >> (8 * i));
	memcpy(out + at, checkpoint->hash, AUDIT_HASH_BYTES);
	return at + AUDIT_HASH_BYTES;
}

void audit_checkpoint_sign(struct audit_checkpoint *checkpoint, const struct audit_key *seed)
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES], bytes[256];
	_Static_assert(crypto_sign_SEEDBYTES == AUDIT_KEY_BYTES, "a signing key is kept as its seed");
	crypto_sign_seed_keypair(checkpoint->signer.bytes, secret, seed->bytes);
	size_t size = signed_bytes(checkpoint, bytes);
	crypto_sign_detached(checkpoint->signature, NULL, bytes, size, secret);
	sodium_memzero(secret, sizeof secret);
}

void audit_signer_public(struct audit_public_key *out, const struct audit_key *seed)
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	crypto_sign_seed_keypair(out->bytes, secret, seed->bytes);
	sodium_memzero(secret, sizeof secret);
}

static void put_signed_text(struct buf *out, const char *what, struct text text)
{
	buf_init(out, 64 << 20);
	buf_format(out, "oneview %s 1\n", what);
	buf_append_text(out, text);
}

void audit_sign_bytes(struct audit_signature *out, const struct audit_key *seed, const char *what, struct text text)
{
	struct buf bytes;
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	put_signed_text(&bytes, what, text);
	crypto_sign_seed_keypair(out->signer.bytes, secret, seed->bytes);
	crypto_sign_detached(out->bytes, NULL, (const unsigned char *)bytes.at, bytes.len, secret);
	sodium_memzero(secret, sizeof secret);
	buf_release(&bytes);
}

static bool known(const struct audit_signers *signers, const struct audit_public_key *key)
{
	for (size_t i = 0; i < signers->count; i++)
		if (!memcmp(&signers->at[i], key, sizeof *key))
			return true;
	return false;
}

bool audit_text_is_signed(const struct audit_signature *signature, const struct audit_signers *signers,
			  const char *what, struct text text)
{
	struct buf bytes;
	put_signed_text(&bytes, what, text);
	bool right = !bytes.failed && known(signers, &signature->signer) &&
		     crypto_sign_verify_detached(signature->bytes, (const unsigned char *)bytes.at, bytes.len,
						 signature->signer.bytes) == 0;
	buf_release(&bytes);
	return right;
}

enum status audit_checkpoints_check(const struct audit_checkpoints *checkpoints, const struct audit_signers *signers,
				    struct error *error)
{
	for (size_t i = 0; i < checkpoints->count; i++) {
		const struct audit_checkpoint *checkpoint = &checkpoints->at[i];
		unsigned char bytes[256];
		size_t size = signed_bytes(checkpoint, bytes);
		const char *wrong = NULL;
		if (!known(signers, &checkpoint->signer))
			wrong = "is signed with a key that is not given";
		else if (crypto_sign_verify_detached(checkpoint->signature, bytes, size, checkpoint->signer.bytes))
			wrong = "was changed after it was signed";
		if (!wrong)
			continue;
		error_set(error, STATUS_CORRUPT, "audit.checkpoint", "The checkpoint of entry %lld %s",
			  (long long)checkpoint->seq, wrong);
		error_remedy(error, "Give the public keys that `oneview audit key` printed when the checkpoints were "
				    "made; if they are the right ones, tell the data protection officer");
		return STATUS_CORRUPT;
	}
	return STATUS_OK;
}

/* ---- files -------------------------------------------------------------------------------------- */

static void put_hex(json_t *line, const char *name, const unsigned char *bytes, size_t count)
{
	char hex[2 * AUDIT_SIGNATURE_BYTES + 1];
	audit_hex(bytes, count, hex);
	json_object_set_new(line, name, json_string(hex));
}

static char *line_of(const struct audit_checkpoint *checkpoint)
{
	json_t *line = json_object();
	json_object_set_new(line, "format", json_string(format));
	json_object_set_new(line, "workspace", json_string(checkpoint->workspace));
	json_object_set_new(line, "seq", json_integer(checkpoint->seq));
	json_object_set_new(line, "at", json_integer(checkpoint->at));
	put_hex(line, "hash", checkpoint->hash, sizeof checkpoint->hash);
	put_hex(line, "public_key", checkpoint->signer.bytes, sizeof checkpoint->signer.bytes);
	put_hex(line, "signature", checkpoint->signature, sizeof checkpoint->signature);
	char *text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	return text;
}

/* What a loss of power cut off is no line, and its checkpoint was never committed. */
static int cut_torn_line(int file)
{
	off_t end = lseek(file, 0, SEEK_END);
	char last;
	while (end > 0 && pread(file, &last, 1, end - 1) == 1 && last != '\n')
		end--;
	return end < 0 ? -1 : ftruncate(file, end);
}

enum status audit_checkpoint_send(const struct audit_checkpoint *checkpoint, const char *path, struct error *error)
{
	int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (file < 0)
		return error_set_errno(error, errno, "audit.outbox", "%s cannot be written", path);
	char *line = line_of(checkpoint);
	struct buf text;
	buf_init(&text, 4096);
	buf_format(&text, "%s\n", line);
	free(line);
	bool failed = cut_torn_line(file) != 0 || write(file, text.at, text.len) != (ssize_t)text.len || fsync(file);
	int why = errno;
	buf_release(&text);
	close(file);
	return failed ? error_set_errno(error, why, "audit.outbox", "%s cannot be written", path) : STATUS_OK;
}

static bool from_hex(struct text hex, unsigned char *out, size_t count)
{
	size_t length = 0;
	return hex.len == 2 * count && sodium_hex2bin(out, count, hex.at, hex.len, NULL, &length, NULL) == 0 &&
	       length == count;
}

static bool hex_member(const json_t *line, const char *name, unsigned char *out, size_t count)
{
	const json_t *member = json_object_get(line, name);
	return json_is_string(member) && from_hex(text_of(json_string_value(member)), out, count);
}

static bool read_line(struct text text, struct audit_checkpoint *out)
{
	json_t *line = json_loadb(text.at, text.len, 0, NULL);
	const char *said = json_string_value(json_object_get(line, "format"));
	const char *workspace = json_string_value(json_object_get(line, "workspace"));
	bool good = said && !strcmp(said, format) && workspace && strlen(workspace) < sizeof out->workspace &&
		    json_is_integer(json_object_get(line, "seq")) && json_is_integer(json_object_get(line, "at")) &&
		    hex_member(line, "hash", out->hash, sizeof out->hash) &&
		    hex_member(line, "public_key", out->signer.bytes, sizeof out->signer.bytes) &&
		    hex_member(line, "signature", out->signature, sizeof out->signature);
	if (good) {
		snprintf(out->workspace, sizeof out->workspace, "%s", workspace);
		out->seq = json_integer_value(json_object_get(line, "seq"));
		out->at = json_integer_value(json_object_get(line, "at"));
	}
	json_decref(line);
	return good;
}

static int by_seq(const void *a, const void *b)
{
	int64_t one = ((const struct audit_checkpoint *)a)->seq, two = ((const struct audit_checkpoint *)b)->seq;
	return (one > two) - (one < two);
}

static size_t count_lines(struct text text)
{
	size_t count = 1;
	for (size_t i = 0; i < text.len; i++)
		count += text.at[i] == '\n';
	return count;
}

enum status audit_checkpoints_file(struct audit_checkpoints *out, const char *path, struct arena *arena,
				   struct error *error)
{
	struct buf content;
	buf_init(&content, 256 << 20);
	enum status status = file_read(path, &content, error);
	struct text rest = buf_text(&content), line;
	*out = (struct audit_checkpoints){ARENA_ARRAY(arena, count_lines(rest), struct audit_checkpoint), 0};
	for (unsigned number = 1; status == STATUS_OK && text_split(&rest, '\n', &line); number++) {
		if (!text_trim(line).len)
			continue;
		if (read_line(line, &out->at[out->count])) {
			out->count++;
			continue;
		}
		status = error_set(error, STATUS_INVALID, "audit.checkpoints", "This line is no checkpoint");
		error_at(error, path, number, 0);
		error_remedy(error, "Give a file as outbox/audit-checkpoints.jsonl, with a line of JSON for each");
	}
	if (out->count)
		qsort(out->at, out->count, sizeof *out->at, by_seq);
	buf_release(&content);
	return status;
}

enum status audit_signers_file(struct audit_signers *out, const char *path, struct arena *arena, struct error *error)
{
	struct buf content;
	buf_init(&content, 1 << 20);
	enum status status = file_read(path, &content, error);
	struct text rest = buf_text(&content), line;
	*out = (struct audit_signers){.at = ARENA_ARRAY(arena, count_lines(rest), struct audit_public_key)};
	for (unsigned number = 1; status == STATUS_OK && text_split(&rest, '\n', &line); number++) {
		line = text_trim(text_slice(line.at, text_find_char(line, '#')));
		if (!line.len)
			continue;
		if (from_hex(line, out->at[out->count].bytes, AUDIT_PUBLIC_KEY_BYTES)) {
			out->count++;
			continue;
		}
		status = error_set(error, STATUS_INVALID, "audit.public_key", "This line is no public key");
		error_at(error, path, number, 0);
		error_remedy(error, "Give 64 hexadecimal digits a line, as `oneview audit key` prints them");
	}
	buf_release(&content);
	return status;
}
