#include "audit/audit_int.h"

#include "base/file.h"

#include <sodium.h>
#include <sys/stat.h>

enum status audit_key_create(const char *path, struct error *error)
{
	struct audit_key key;
	char text[2 * AUDIT_KEY_BYTES + 2];
	if (file_exists(path))
		return error_set(error, STATUS_CONFLICT, "audit.key", "There is an audit key already: %s", path);
	if (sodium_init() < 0)
		return error_set(error, STATUS_INTERNAL, "audit.key", "The cryptographic library did not start");
	randombytes_buf(key.bytes, sizeof key.bytes);
	audit_hex(key.bytes, sizeof key.bytes, text);
	text[sizeof text - 2] = '\n';
	enum status status = file_replace(path, text_slice(text, sizeof text - 1), 0600, error);
	sodium_memzero(text, sizeof text);
	sodium_memzero(&key, sizeof key);
	return status;
}

static enum status refuse_key(const char *path, const char *why, struct error *error)
{
	error_set(error, STATUS_REFUSED, "audit.key", "The audit key %s %s", path, why);
	error_remedy(error, "Bring the key back from its backup (64 hexadecimal digits, mode 0600); without it the "
			    "audit can be read but not continued or verified");
	return STATUS_REFUSED;
}

enum status audit_key_read(struct audit_key *key, const char *path, struct error *error)
{
	struct stat at;
	struct buf content;
	size_t len = 0;
	if (stat(path, &at) != 0)
		return refuse_key(path, "is missing", error);
	if (at.st_mode & 077)
		return refuse_key(path, "can be read by others than its owner", error);
	buf_init(&content, 1 << 20);
	enum status status = file_read(path, &content, error);
	struct text text = text_trim(buf_text(&content));
	if (status == STATUS_OK &&
	    (sodium_hex2bin(key->bytes, sizeof key->bytes, text.at, text.len, NULL, &len, NULL) ||
	     len != sizeof key->bytes || text.len != 2 * sizeof key->bytes))
		status = refuse_key(path, "is not a key", error);
	buf_wipe(&content);
	buf_release(&content);
	return status;
}
