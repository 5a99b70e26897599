#include "audit/audit_int.h"

#include "base/utf8.h"

#include <sodium.h>

const char *const audit_text_columns[AUDIT_TEXT_COUNT] = {
	[AUDIT_USER_NAME] = "user_name",       [AUDIT_ROLE] = "role",         [AUDIT_TEAM] = "team",
	[AUDIT_PURPOSE] = "purpose",           [AUDIT_REASON] = "reason",     [AUDIT_ACTION] = "action",
	[AUDIT_SUBJECT_KIND] = "subject_kind", [AUDIT_ELEMENTS] = "elements", [AUDIT_AGREEMENTS] = "agreements",
	[AUDIT_OUTCOME] = "outcome",           [AUDIT_DETAIL] = "detail",     [AUDIT_CLIENT] = "client",
};

static const size_t text_offsets[AUDIT_TEXT_COUNT] = {
	[AUDIT_USER_NAME] = offsetof(struct audit_entry, user_name),
	[AUDIT_ROLE] = offsetof(struct audit_entry, role),
	[AUDIT_TEAM] = offsetof(struct audit_entry, team),
	[AUDIT_PURPOSE] = offsetof(struct audit_entry, purpose),
	[AUDIT_REASON] = offsetof(struct audit_entry, reason),
	[AUDIT_ACTION] = offsetof(struct audit_entry, action),
	[AUDIT_SUBJECT_KIND] = offsetof(struct audit_entry, subject_kind),
	[AUDIT_ELEMENTS] = offsetof(struct audit_entry, elements),
	[AUDIT_AGREEMENTS] = offsetof(struct audit_entry, agreements),
	[AUDIT_OUTCOME] = offsetof(struct audit_entry, outcome),
	[AUDIT_DETAIL] = offsetof(struct audit_entry, detail),
	[AUDIT_CLIENT] = offsetof(struct audit_entry, client),
};

struct text *audit_entry_text(struct audit_entry *entry, enum audit_text which)
{
	return (struct text *)((char *)entry + text_offsets[which]);
}

static struct text text_at(const struct audit_entry *entry, size_t which)
{
	return *(const struct text *)((const char *)entry + text_offsets[which]);
}

enum status audit_entry_check(const struct audit_entry *entry, struct error *error)
{
	if (text_is_empty(entry->action) || text_is_empty(entry->outcome))
		return error_set(error, STATUS_INVALID, "audit.entry", "An audit entry has no action or no outcome");
	for (size_t i = 0; i < AUDIT_TEXT_COUNT; i++) {
		struct text t = text_at(entry, i);
		bool list = i == AUDIT_ELEMENTS || i == AUDIT_AGREEMENTS;
		if (t.len > (list ? AUDIT_ELEMENTS_MAX : AUDIT_TEXT_MAX))
			return error_set(error, STATUS_INVALID, "audit.entry", "The %s of an audit entry is too long",
					 audit_text_columns[i]);
		if (utf8_first_invalid(t) < t.len || text_find_char(t, '\0') < t.len)
			return error_set(error, STATUS_INVALID, "audit.entry", "The %s of an audit entry is not text",
					 audit_text_columns[i]);
	}
	if (entry->words_mark.len > AUDIT_HASH_BYTES || entry->words_sealed.len > AUDIT_WORDS_MAX)
		return error_set(error, STATUS_INVALID, "audit.entry", "The words of an audit entry are too long");
	return STATUS_OK;
}

static void hash_number(crypto_generichash_state *state, uint64_t value, size_t bytes)
{
	unsigned char little[8];
	for (size_t i = 0; i < bytes; i++)
		little[i] = (unsigned char)(value >> (8 * i));
	crypto_generichash_update(state, little, bytes);
}

static void hash_text(crypto_generichash_state *state, struct text t)
{
	hash_number(state, text_is_absent(t) ? UINT32_MAX : t.len, 4);
	crypto_generichash_update(state, (const unsigned char *)t.at, t.len);
}

void audit_entry_hash(const struct audit_entry *entry, const unsigned char previous[AUDIT_HASH_BYTES],
		      unsigned char out[AUDIT_HASH_BYTES])
{
	const char *version = entry->form == 1 ? "oneview audit 1\n" : "oneview audit 2\n";
	size_t texts = entry->form == 1 ? AUDIT_CLIENT : AUDIT_TEXT_COUNT;
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, AUDIT_HASH_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)version, strlen(version));
	hash_number(&state, (uint64_t)entry->seq, 8);
	hash_number(&state, (uint64_t)entry->at, 8);
	for (size_t i = 0; i < texts; i++)
		hash_text(&state, text_at(entry, i));
	hash_number(&state, (uint64_t)entry->subject_id, 8);
	if (entry->form != 1) {
		hash_number(&state, (uint64_t)entry->session_no, 8);
		hash_text(&state, entry->words_mark);
	}
	crypto_generichash_update(&state, previous, AUDIT_HASH_BYTES);
	crypto_generichash_final(&state, out, AUDIT_HASH_BYTES);
}

static void head_mac(const struct audit_head *head, const struct audit_key *key, unsigned char out[AUDIT_HASH_BYTES])
{
	static const char version[] = "oneview audit head 1\n";
	crypto_generichash_state state;
	crypto_generichash_init(&state, key->bytes, sizeof key->bytes, AUDIT_HASH_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)version, sizeof version - 1);
	hash_number(&state, (uint64_t)head->seq, 8);
	crypto_generichash_update(&state, head->hash, AUDIT_HASH_BYTES);
	crypto_generichash_final(&state, out, AUDIT_HASH_BYTES);
}

void audit_head_sign(struct audit_head *head, const struct audit_key *key)
{
	head_mac(head, key, head->mac);
}

enum status audit_head_check(const struct audit_head *head, const struct audit_key *key, struct error *error)
{
	unsigned char expected[AUDIT_HASH_BYTES];
	head_mac(head, key, expected);
	if (head->seq == 0 || sodium_memcmp(expected, head->mac, sizeof expected) == 0)
		return STATUS_OK;
	error_set(error, STATUS_CORRUPT, "audit.head",
		  "The head of the audit (entry %lld) was not written with this key", (long long)head->seq);
	error_remedy(error, "If keys/audit.key was replaced, bring the right one back; else somebody has changed the "
			    "audit: keep the database as it is and tell the data protection officer");
	return STATUS_CORRUPT;
}

static void copy_hash(struct text from, unsigned char to[AUDIT_HASH_BYTES])
{
	memset(to, 0, AUDIT_HASH_BYTES);
	if (from.len == AUDIT_HASH_BYTES)
		memcpy(to, from.at, AUDIT_HASH_BYTES);
}

void audit_head_read(struct statement *query, struct audit_head *out)
{
	copy_hash(statement_blob(query, statement_column(query, "hash")), out->hash);
	copy_hash(statement_blob(query, statement_column(query, "mac")), out->mac);
}

void audit_hex(const unsigned char *bytes, size_t count, char *out)
{
	sodium_bin2hex(out, 2 * count + 1, bytes, count);
}

struct audit_columns audit_find_columns(struct statement *query)
{
	struct audit_columns columns = {
		.seq = statement_column(query, "seq"),
		.at = statement_column(query, "at"),
		.subject_id = statement_column(query, "subject_id"),
		.form = statement_column(query, "form"),
		.session_no = statement_column(query, "session_no"),
		.words_mark = statement_column(query, "words_mark"),
	};
	for (size_t i = 0; i < AUDIT_TEXT_COUNT; i++)
		columns.texts[i] = statement_column(query, audit_text_columns[i]);
	return columns;
}

void audit_read_entry(struct statement *query, const struct audit_columns *columns, struct audit_entry *out)
{
	out->seq = statement_int(query, columns->seq);
	out->at = statement_int(query, columns->at);
	out->subject_id = statement_int(query, columns->subject_id);
	out->form = (int)statement_int(query, columns->form);
	out->session_no = statement_int(query, columns->session_no);
	out->words_mark = statement_blob(query, columns->words_mark);
	out->words_sealed = TEXT_ABSENT;
	out->words_id = 0;
	for (enum audit_text i = 0; i < AUDIT_TEXT_COUNT; i++)
		*audit_entry_text(out, i) = statement_text(query, columns->texts[i]);
}
