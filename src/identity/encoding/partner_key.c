#include "encoding/encoding.h"
#include "vault/key_file.h"

static const struct key_file_kind partner_key = {
	.title = "key shared with the partner",
	.header = "oneview-partner-key-1\n",
	.missing = "Make one with \"oneview encode --new-key FILE\" and give the partner a copy in person",
	.damaged = "Ask the partner for the key again: both sides need the same",
	.exists = "Choose another name: encodings made with the old key cannot be compared with a new one's",
};

enum status encoding_create_key(const char *path, struct error *error)
{
	return key_file_create(path, &partner_key, error);
}

enum status encoding_read_key(const char *path, unsigned char key[ENCODING_KEY_SIZE], struct error *error)
{
	enum status status = key_file_read(path, &partner_key, key, error);
	if (status)
		error_at(error, path, 0, 0);
	return status;
}
