#include "audit/audit_int.h"

/* Moving the head's number takes the lock that orders all writers: the row's on PostgreSQL, the file's on
 * SQLite. The new number is returned with the old hash. */
static enum status take_head(struct store *desk, size_t count, struct audit_head *head, struct error *error)
{
	struct statement *update;
	enum status status =
		store_prepare(&update, desk,
			      "UPDATE audit_head SET seq = seq + :count WHERE one = 1 RETURNING seq, hash, mac", error);
	if (status)
		return status;
	statement_bind_int(update, "count", (int64_t)count);
	int seq = statement_column(update, "seq");
	bool row;
	status = statement_step(update, &row, error);
	if (status == STATUS_OK && row) {
		head->seq = statement_int(update, seq) - (int64_t)count;
		audit_head_read(update, head);
	} else if (status == STATUS_OK) {
		status = error_set(error, STATUS_CORRUPT, "audit.head", "The head of the audit is missing");
		error_remedy(error, "Keep the database as it is and tell the data protection officer");
	}
	statement_done(update);
	return status;
}

static enum status put_head(struct store *desk, const struct audit_head *head, struct error *error)
{
	struct statement *update;
	enum status status =
		store_prepare(&update, desk, "UPDATE audit_head SET hash = :hash, mac = :mac WHERE one = 1", error);
	if (status)
		return status;
	statement_bind_blob(update, "hash", head->hash, sizeof head->hash);
	statement_bind_blob(update, "mac", head->mac, sizeof head->mac);
	status = statement_queue(update, error);
	statement_done(update);
	return status;
}

static void bind_number(struct statement *insert, const char *name, int64_t number)
{
	if (number)
		statement_bind_int(insert, name, number);
	else
		statement_bind_null(insert, name);
}

static enum status put_words(struct store *desk, const struct audit_entry *entry, struct error *error)
{
	struct statement *insert;
	enum status status = store_prepare(
		&insert, desk, "INSERT INTO audit_words (seq, words_id, sealed) VALUES (:seq, :words_id, :sealed)",
		error);
	if (status)
		return status;
	statement_bind_int(insert, "seq", entry->seq);
	statement_bind_int(insert, "words_id", entry->words_id);
	statement_bind_blob(insert, "sealed", entry->words_sealed.at, entry->words_sealed.len);
	status = statement_queue(insert, error);
	statement_done(insert);
	return status;
}

static enum status put_entry(struct statement *insert, struct audit_entry *entry, struct audit_head *head,
			     struct error *error)
{
	unsigned char previous[AUDIT_HASH_BYTES];
	memcpy(previous, head->hash, sizeof previous);
	entry->seq = ++head->seq;
	entry->form = AUDIT_FORM;
	audit_entry_hash(entry, previous, head->hash);
	statement_bind_int(insert, "seq", entry->seq);
	statement_bind_int(insert, "at", entry->at);
	for (enum audit_text i = 0; i < AUDIT_TEXT_COUNT; i++)
		statement_bind_text(insert, audit_text_columns[i], *audit_entry_text(entry, i));
	bind_number(insert, "subject_id", entry->subject_id);
	bind_number(insert, "session_no", entry->session_no);
	statement_bind_int(insert, "form", entry->form);
	if (text_is_absent(entry->words_mark))
		statement_bind_null(insert, "words_mark");
	else
		statement_bind_blob(insert, "words_mark", entry->words_mark.at, entry->words_mark.len);
	statement_bind_blob(insert, "previous_hash", previous, sizeof previous);
	statement_bind_blob(insert, "hash", head->hash, sizeof head->hash);
	return statement_queue(insert, error);
}

enum status audit_write(struct store *desk, const struct audit_key *key, const struct audit_entry *const *entries,
			size_t count, struct error *error)
{
	struct audit_head head;
	struct statement *insert = NULL;
	enum status status = take_head(desk, count, &head, error);
	if (status == STATUS_OK)
		status = audit_head_check(&head, key, error);
	if (status == STATUS_OK)
		status = store_prepare(
			&insert, desk,
			"INSERT INTO audit_entry (seq, at, user_name, role, team, purpose, reason, action, "
			"subject_kind, "
			"subject_id, elements, agreements, outcome, detail, client, previous_hash, hash, form, "
			"session_no, words_mark) VALUES (:seq, :at, "
			":user_name, :role, :team, :purpose, :reason, :action, :subject_kind, :subject_id, :elements, "
			":agreements, :outcome, :detail, :client, :previous_hash, :hash, :form, :session_no, "
			":words_mark)",
			error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct audit_entry entry = *entries[i];
		entry.at = entry.at ? entry.at : instant_now();
		status = put_entry(insert, &entry, &head, error);
		if (status == STATUS_OK && !text_is_absent(entry.words_sealed))
			status = put_words(desk, &entry, error);
	}
	statement_done(insert);
	if (status == STATUS_OK) {
		audit_head_sign(&head, key);
		status = put_head(desk, &head, error);
	}
	return status;
}

enum status audit_join(struct store *desk, const struct audit_key *key, const struct audit_entry *entry,
		       struct error *error)
{
	if (!store_in_transaction(desk) || store_shelf(desk) != STORE_DESK)
		return error_set(error, STATUS_INTERNAL, "audit.join",
				 "An audit entry was to join a transaction on the desk, but none is open");
	enum status status = audit_entry_check(entry, error);
	return status ? status : audit_write(desk, key, &entry, 1, error);
}
