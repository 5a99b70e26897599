#include "audit/audit_int.h"

#include "base/buf.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 500 };

struct entry_columns {
	int seq, at, subject_id, texts[AUDIT_TEXT_COUNT];
};

static struct entry_columns find_columns(struct statement *query)
{
	struct entry_columns columns = {
		.seq = statement_column(query, "seq"),
		.at = statement_column(query, "at"),
		.subject_id = statement_column(query, "subject_id"),
	};
	for (size_t i = 0; i < AUDIT_TEXT_COUNT; i++)
		columns.texts[i] = statement_column(query, audit_text_columns[i]);
	return columns;
}

static void read_entry(struct statement *query, const struct entry_columns *columns, struct audit_entry *out)
{
	out->seq = statement_int(query, columns->seq);
	out->at = statement_int(query, columns->at);
	out->subject_id = statement_int(query, columns->subject_id);
	for (enum audit_text i = 0; i < AUDIT_TEXT_COUNT; i++)
		*audit_entry_text(out, i) = statement_text(query, columns->texts[i]);
}

/* ---- reading for the viewer --------------------------------------------------------------- */

struct condition {
	const char *sql, *parameter;
	struct text text; /* absent: NUMBER is bound */
	int64_t number;
	bool given;
};

static enum status run_filter(struct statement **out, struct store *desk, const struct condition *conditions,
			      size_t count, size_t limit, struct error *error)
{
	struct buf sql;
	buf_init(&sql, 4096);
	buf_append_text(&sql, TEXT("SELECT * FROM audit_entry WHERE seq > 0"));
	for (size_t i = 0; i < count; i++)
		if (conditions[i].given)
			buf_format(&sql, " AND %s :%s", conditions[i].sql, conditions[i].parameter);
	buf_append_text(&sql, TEXT(" ORDER BY seq DESC LIMIT :limit"));
	enum status status = store_prepare(out, desk, buf_text(&sql).at, error);
	buf_release(&sql);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (conditions[i].given && text_is_absent(conditions[i].text))
			statement_bind_int(*out, conditions[i].parameter, conditions[i].number);
		else if (conditions[i].given)
			statement_bind_text(*out, conditions[i].parameter, conditions[i].text);
	}
	if (status == STATUS_OK)
		statement_bind_int(*out, "limit", (int64_t)limit);
	return status;
}

static struct condition on_text(const char *sql, const char *parameter, struct text value)
{
	return (struct condition){sql, parameter, value, 0, !text_is_absent(value)};
}

static struct condition on_number(const char *sql, const char *parameter, int64_t value, int64_t none)
{
	return (struct condition){sql, parameter, TEXT_ABSENT, value, value != none && value != 0};
}

enum status audit_read(struct store *desk, const struct audit_filter *filter, struct arena *arena,
		       struct audit_page *out, struct error *error)
{
	const struct condition conditions[] = {
		on_text("user_name =", "user_name", filter->user_name),
		on_text("role =", "role", filter->role),
		on_text("purpose =", "purpose", filter->purpose),
		on_text("action =", "action", filter->action),
		on_text("outcome =", "outcome", filter->outcome),
		on_text("subject_kind =", "subject_kind", filter->subject_kind),
		on_number("subject_id =", "subject_id", filter->subject_id, 0),
		on_number("at >=", "from_at", filter->from, INSTANT_UNKNOWN),
		on_number("at <", "before_at", filter->before, INSTANT_UNKNOWN),
		on_number("seq <", "before_seq", filter->before_seq, 0),
	};
	size_t limit = filter->limit ? filter->limit : PAGE_DEFAULT;
	limit = limit > PAGE_MAX ? PAGE_MAX : limit;
	*out = (struct audit_page){.entries = ARENA_ARRAY(arena, limit, struct audit_entry)};
	struct statement *query;
	enum status status =
		run_filter(&query, desk, conditions, sizeof conditions / sizeof *conditions, limit + 1, error);
	if (status)
		return status;
	struct entry_columns columns = find_columns(query);
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		if (out->count == limit) {
			out->more = true;
			continue;
		}
		struct audit_entry *entry = &out->entries[out->count++];
		read_entry(query, &columns, entry);
		for (enum audit_text i = 0; i < AUDIT_TEXT_COUNT; i++)
			if (!text_is_absent(*audit_entry_text(entry, i)))
				*audit_entry_text(entry, i) = arena_text(arena, *audit_entry_text(entry, i));
	}
	statement_done(query);
	return status;
}

/* ---- verifying ------------------------------------------------------------------------------ */

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

/* Walks all entries; HEAD becomes the last one. */
static enum status walk_chain(struct store *desk, struct audit_head *head, struct audit_verification *out,
			      struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, desk, "SELECT * FROM audit_entry ORDER BY seq", error);
	if (status)
		return status;
	statement_stream(query);
	struct entry_columns columns = find_columns(query);
	int hash = statement_column(query, "hash"), previous = statement_column(query, "previous_hash");
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		struct audit_entry entry;
		unsigned char before[AUDIT_HASH_BYTES];
		read_entry(query, &columns, &entry);
		memcpy(before, head->hash, sizeof before);
		audit_entry_hash(&entry, before, head->hash);
		if (entry.seq != ++head->seq)
			status = corrupt(out, head->seq, "it is missing", error);
		else if (!same_hash(statement_blob(query, previous), before))
			status = corrupt(out, entry.seq, "it does not follow the entry before it", error);
		else if (!same_hash(statement_blob(query, hash), head->hash))
			status = corrupt(out, entry.seq, "it was changed", error);
		if (status)
			break;
		out->entries++;
	}
	statement_done(query);
	return status;
}

static enum status stored_head(struct store *desk, struct audit_head *head, struct error *error)
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
	struct audit_head walked = {0}, stored = {0};
	*out = (struct audit_verification){0};
	bool own = !store_in_transaction(desk);
	enum status status = own ? store_begin(desk, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = stored_head(desk, &stored, error);
	if (status == STATUS_OK)
		status = walk_chain(desk, &walked, out, error);
	if (own)
		store_rollback(desk);
	if (status == STATUS_OK)
		status = compare_heads(&walked, &stored, key, out, error);
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
