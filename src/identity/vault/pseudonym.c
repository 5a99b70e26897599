#include "vault/pseudonym.h"

#include "base/buf.h"
#include "vault/vault_int.h"

/* Keyed BLAKE2b twice: the workspace's key makes one key for agreement and purpose, and that the number. */
void pseudonyms_begin(struct pseudonyms *out, const struct vault *vault, struct text agreement, struct text purpose)
{
	struct buf name;
	buf_init(&name, 4096);
	buf_format(&name, "%.*s\x1f%.*s", TEXT_ARG(agreement), TEXT_ARG(purpose));
	crypto_generichash(out->key, sizeof out->key, (const unsigned char *)name.at, name.len,
			   vault->keys->hash[VAULT_PSEUDONYM], VAULT_KEY_SIZE);
	buf_release(&name);
}

const char *pseudonym_of(char text[PSEUDONYM_TEXT_SIZE], const struct pseudonyms *keyed, enum pseudonym_kind kind,
			 int64_t id)
{
	unsigned char message[9] = {(unsigned char)kind}, number[PSEUDONYM_TEXT_SIZE / 2];
	for (int i = 0; i < 8; i++)
		message[i + 1] = (unsigned char)((uint64_t)id >> (8 * i));
	crypto_generichash(number, sizeof number, message, sizeof message, keyed->key, sizeof keyed->key);
	return sodium_bin2hex(text, PSEUDONYM_TEXT_SIZE, number, sizeof number);
}

enum status pseudonym_find_resident(int64_t *found, const struct pseudonyms *keyed, struct store *data,
				    struct text wanted, struct error *error)
{
	bool row;
	struct statement *query;
	char text[PSEUDONYM_TEXT_SIZE];
	*found = 0;
	enum status status = store_prepare(&query, data, "SELECT DISTINCT resident_id FROM resident_record", error);
	if (status != STATUS_OK)
		return status;
	statement_stream(query);
	int resident = statement_column(query, "resident_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		int64_t id = statement_int(query, resident);
		if (text_is(wanted, pseudonym_of(text, keyed, PSEUDONYM_RESIDENT, id)))
			*found = id;
	}
	statement_done(query);
	return status;
}

void pseudonyms_end(struct pseudonyms *keyed)
{
	sodium_memzero(keyed, sizeof *keyed);
}
