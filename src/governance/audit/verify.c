#include "audit/audit_int.h"

static enum status corrupt(struct audit_verification *out, int64_t seq, const char *what, struct error *error)
{
	out->bad_seq = seq;
	error_set(error, STATUS_CORRUPT, "audit.chain", "The audit does not verify at entry %lld: %s", (long long)seq,
		  what);
	error_remedy(error, "Keep the database as it is, tell the data protection officer, and compare with a backup");
	return STATUS_CORRUPT;
}

static bool same_hash(struct text stored, const unsigned char expected[AUDIT_HASH_BYTES])
{
	return text_equal(stored, text_slice((const char *)expected, AUDIT_HASH_BYTES));
}

/* CHECKPOINTS, by seq, of which the first DONE are behind the walk. */
struct marks {
	const struct audit_checkpoint *at;
	size_t count, done;
};

/* A chain that holds together but not with what was signed was written anew, with the key, somewhere since the
 * checkpoint before. */
static enum status pass_marks(struct marks *marks, const struct audit_head *head, struct audit_verification *out,
			      struct error *error)
{
	for (; marks->done < marks->count && marks->at[marks->done].seq <= head->seq; marks->done++) {
		const struct audit_checkpoint *mark = &marks->at[marks->done];
		if (mark->seq == head->seq && !memcmp(mark->hash, head->hash, sizeof mark->hash))
			continue;
		int64_t good = marks->done ? marks->at[marks->done - 1].seq : 0;
		out->bad_seq = mark->seq;
		error_set(error, STATUS_CORRUPT, "audit.checkpoint",
			  "The audit does not verify at entry %lld: it is not the one that was signed then; entries "
			  "from %lld on may have been written anew",
			  (long long)mark->seq, (long long)good + 1);
		error_remedy(error, "Keep the database as it is, tell the data protection officer, and compare with "
				    "a backup");
		return STATUS_CORRUPT;
	}
	return STATUS_OK;
}

/* What no hash covers must not be there: a hash of form 1 leaves out what came with form 2, and a form that does not
 * exist would be hashed like one that does. NULL: as it should be. */
static const char *wrong_form(const struct audit_entry *entry, struct statement *query,
			      const struct audit_columns *columns)
{
	if (entry->form != 1 && entry->form != 2)
		return "it is of a form that does not exist";
	if (entry->form == 2)
		return NULL;
	bool bare = text_is_absent(entry->client) && text_is_absent(entry->words_mark) &&
		    statement_is_null(query, columns->session_no);
	return bare ? NULL : "it has what entries of its form do not have";
}

/* Walks all entries; HEAD becomes the last one. */
static enum status walk_chain(struct store *desk, struct marks *marks, struct audit_head *head,
			      struct audit_verification *out, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, desk, "SELECT * FROM audit_entry ORDER BY seq", error);
	if (status)
		return status;
	statement_stream(query);
	struct audit_columns columns = audit_find_columns(query);
	int hash = statement_column(query, "hash"), previous = statement_column(query, "previous_hash");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		struct audit_entry entry;
		unsigned char before[AUDIT_HASH_BYTES];
		audit_read_entry(query, &columns, &entry);
		memcpy(before, head->hash, sizeof before);
		audit_entry_hash(&entry, before, head->hash);
		const char *wrong = wrong_form(&entry, query, &columns);
		if (entry.seq != ++head->seq)
			status = corrupt(out, head->seq, "it is missing", error);
		else if (!same_hash(statement_blob(query, previous), before))
			status = corrupt(out, entry.seq, "it does not follow the entry before it", error);
		else if (!same_hash(statement_blob(query, hash), head->hash))
			status = corrupt(out, entry.seq, "it was changed", error);
		else if (wrong)
			status = corrupt(out, entry.seq, wrong, error);
		if (status == STATUS_OK)
			status = pass_marks(marks, head, out, error);
		if (status)
			break;
		out->entries++;
	}
	statement_done(query);
	return status;
}

enum status audit_stored_head(struct store *desk, struct audit_head *head, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, desk, "SELECT seq, hash, mac FROM audit_head", error);
	if (status)
		return status;
	int seq = statement_column(query, "seq");
	bool row;
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		head->seq = statement_int(query, seq);
		audit_head_read(query, head);
	} else if (status == STATUS_OK) {
		status = error_set(error, STATUS_CORRUPT, "audit.head", "The head of the audit is missing");
	}
	statement_done(query);
	return status;
}

static enum status compare_heads(const struct audit_head *walked, const struct audit_head *stored,
				 const struct audit_key *key, struct audit_verification *out, struct error *error)
{
	if (stored->seq > walked->seq)
		return corrupt(out, walked->seq + 1, "it and what followed it were removed", error);
	if (stored->seq < walked->seq)
		return corrupt(out, stored->seq + 1, "it was added without the program", error);
	if (memcmp(stored->hash, walked->hash, sizeof stored->hash) != 0)
		return corrupt(out, walked->seq, "the head of the audit does not match it", error);
	return audit_head_check(stored, key, error);
}

enum status audit_verify(struct store *desk, const struct audit_key *key, struct audit_verification *out,
			 struct error *error)
{
	return audit_verify_against(desk, key, NULL, out, error);
}

enum status audit_verify_against(struct store *desk, const struct audit_key *key,
				 const struct audit_checkpoints *checkpoints, struct audit_verification *out,
				 struct error *error)
{
	struct marks marks = {.at = checkpoints ? checkpoints->at : NULL,
			      .count = checkpoints ? checkpoints->count : 0};
	struct audit_head walked = {0}, stored = {0};
	*out = (struct audit_verification){0};
	bool own = !store_in_transaction(desk);
	enum status status = own ? store_begin(desk, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = audit_stored_head(desk, &stored, error);
	if (status == STATUS_OK)
		status = walk_chain(desk, &marks, &walked, out, error);
	if (own)
		store_rollback(desk);
	if (status == STATUS_OK)
		status = compare_heads(&walked, &stored, key, out, error);
	if (status == STATUS_OK && marks.done < marks.count)
		status = corrupt(out, walked.seq + 1, "it was signed in a checkpoint, and is missing", error);
	out->head_seq = stored.seq;
	audit_hex(stored.hash, sizeof stored.hash, out->head_hash);
	return status;
}

enum status audit_contains(struct store *desk, int64_t seq, const char *hash, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, desk, "SELECT hash FROM audit_entry WHERE seq = :seq", error);
	if (status)
		return status;
	statement_bind_int(query, "seq", seq);
	int column = statement_column(query, "hash");
	bool row, same = false;
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		char stored[2 * AUDIT_HASH_BYTES + 1];
		struct text bytes = statement_blob(query, column);
		if (bytes.len == AUDIT_HASH_BYTES) {
			audit_hex((const unsigned char *)bytes.at, bytes.len, stored);
			same = text_equal_ignoring_case(text_of(stored), text_of(hash));
		}
	}
	statement_done(query);
	if (status || same)
		return status;
	error_set(error, STATUS_CORRUPT, "audit.chain", "Entry %lld of the audit is not the one that was noted down",
		  (long long)seq);
	error_remedy(error, "Keep the database as it is and tell the data protection officer");
	return STATUS_CORRUPT;
}
