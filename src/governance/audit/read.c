#include "audit/audit_int.h"

#include "base/buf.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 500 };

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
	struct audit_columns columns = audit_find_columns(query);
	bool row;
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		if (out->count == limit) {
			out->more = true;
			continue;
		}
		struct audit_entry *entry = &out->entries[out->count++];
		audit_read_entry(query, &columns, entry);
		for (enum audit_text i = 0; i < AUDIT_TEXT_COUNT; i++)
			if (!text_is_absent(*audit_entry_text(entry, i)))
				*audit_entry_text(entry, i) = arena_text(arena, *audit_entry_text(entry, i));
		if (!text_is_absent(entry->words_mark))
			entry->words_mark = arena_text(arena, entry->words_mark);
	}
	statement_done(query);
	return status;
}

enum status audit_read_words(struct store *desk, int64_t seq, struct arena *arena, struct audit_entry *out,
			     struct error *error)
{
	struct statement *query;
	enum status status =
		store_prepare(&query, desk,
			      "SELECT w.words_id, w.sealed, e.words_mark FROM audit_words w JOIN audit_entry e "
			      "ON e.seq = w.seq WHERE w.seq = :seq",
			      error);
	if (status)
		return status;
	statement_bind_int(query, "seq", seq);
	int words_id = statement_column(query, "words_id"), sealed = statement_column(query, "sealed"),
	    mark = statement_column(query, "words_mark");
	bool row;
	*out = (struct audit_entry){.seq = seq};
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		out->words_id = statement_int(query, words_id);
		out->words_sealed = arena_text(arena, statement_blob(query, sealed));
		out->words_mark = arena_text(arena, statement_blob(query, mark));
	} else if (status == STATUS_OK) {
		status = error_set(error, STATUS_NOT_FOUND, "audit.words",
				   "Nothing is kept of what was searched for in entry %lld", (long long)seq);
	}
	statement_done(query);
	return status;
}

enum status audit_count_looks(struct audit_looks *out, struct store *desk, struct text user_name, instant later,
			      instant from, struct error *error)
{
	bool row;
	struct statement *query;
	enum status status = store_prepare(
		&query, desk,
		"SELECT CAST(coalesce(sum(pages), 0) AS bigint) AS all_of_them, "
		"CAST(coalesce(sum(CASE WHEN second >= :later_at THEN pages ELSE 0 END), 0) AS bigint) AS later "
		"FROM (SELECT second, CASE WHEN sum(of_many) > 0 THEN sum(of_many) ELSE count(*) END AS pages "
		"FROM (SELECT at / 1000000 AS second, CASE WHEN action = 'resident.open' THEN 0 ELSE 1 END AS of_many "
		"FROM audit_entry WHERE user_name = :user_name AND at >= :from_at AND (action IN ('partner.search', "
		"'break_glass.try') OR (outcome = 'allowed' AND action IN ('resident.open', 'household.open', "
		"'property.open', 'caseload.open', 'list.open', 'list.row', 'list.export')))) AS looks GROUP BY "
		"second) AS seconds",
		error);
	if (status)
		return status;
	statement_bind_text(query, "user_name", user_name);
	statement_bind_int(query, "from_at", from);
	statement_bind_int(query, "later_at", later / 1000000);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*out = (struct audit_looks){statement_int(query, statement_column(query, "all_of_them")),
					    statement_int(query, statement_column(query, "later"))};
	statement_done(query);
	return status;
}
