#include "household/home_rulings.h"

#include "base/date.h"
#include "store/store.h"

struct ruling_end { /* a record, as it outlives the data shelf */
	char source[80];
	int64_t client;
};

/* Of the resident's records the one that the household rests on best: it says still, and has said so for longest. */
static enum status end_of(struct ruling_end *out, struct store *data, int64_t resident_id, struct error *error)
{
	struct statement *query;
	bool row = false;
	enum status status =
		store_prepare(&query, data,
			      "SELECT s.source_id, r.client_hash FROM resident_record m JOIN record r ON r.record_id = "
			      "m.record_id JOIN source s ON s.source_no = r.source_no LEFT JOIN residence_record h ON "
			      "h.record_id = m.record_id AND h.resident_id = m.resident_id WHERE m.resident_id = "
			      ":resident ORDER BY CASE WHEN h.record_id IS NULL THEN 2 WHEN h.to_date IS NULL THEN 0 "
			      "ELSE 1 END, COALESCE(h.from_date, 99999), m.record_id LIMIT 1",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", resident_id);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row) {
		struct text source = statement_text(query, statement_column(query, "source_id"));
		snprintf(out->source, sizeof out->source, "%.*s", TEXT_ARG(source));
		out->client = statement_int(query, statement_column(query, "client_hash"));
	}
	statement_done(query);
	if (status == STATUS_OK && !row)
		return error_set(error, STATUS_NOT_FOUND, "household.no_record",
				 "One of the two residents has no record any more.");
	return status;
}

static bool comes_first(const struct ruling_end *a, const struct ruling_end *b)
{
	int order = strcmp(a->source, b->source);
	return order ? order < 0 : a->client < b->client;
}

static void bind_ends(struct statement *statement, const struct ruling_end *a, const struct ruling_end *b)
{
	const struct ruling_end *first = comes_first(a, b) ? a : b, *second = first == a ? b : a;
	statement_bind_text(statement, "source_a", text_of(first->source));
	statement_bind_int(statement, "client_a", first->client);
	statement_bind_text(statement, "source_b", text_of(second->source));
	statement_bind_int(statement, "client_b", second->client);
}

enum status home_ruling_add(struct store *desk, struct store *data, const struct home_ruling *ruling,
			    int64_t *ruling_id, struct error *error)
{
	struct statement *insert;
	struct ruling_end a, b;
	bool row = false;
	if (ruling->resident_a == ruling->resident_b)
		return error_set(error, STATUS_USAGE, "household.same_resident",
				 "a ruling is about two residents, not about one");
	enum status status = end_of(&a, data, ruling->resident_a, error);
	if (status == STATUS_OK)
		status = end_of(&b, data, ruling->resident_b, error);
	if (status == STATUS_OK)
		status = store_prepare(&insert, desk,
				       "INSERT INTO household_ruling (made_at, user_id, username, source_a, client_a, "
				       "source_b, client_b, verdict) VALUES (:made_at, :user_id, :username, :source_a, "
				       ":client_a, :source_b, :client_b, :verdict) RETURNING ruling_id",
				       error);
	if (status != STATUS_OK)
		return status;
	bind_ends(insert, &a, &b);
	statement_bind_int(insert, "made_at", instant_now());
	statement_bind_int(insert, "user_id", ruling->user_id);
	statement_bind_text(insert, "username", ruling->username);
	statement_bind_text(insert, "verdict", ruling->together ? TEXT("together") : TEXT("apart"));
	status = statement_step(insert, &row, error);
	if (status == STATUS_OK)
		*ruling_id = statement_int(insert, statement_column(insert, "ruling_id"));
	statement_done(insert);
	return status;
}

enum status home_ruling_undo(struct store *desk, int64_t ruling_id, struct text by, struct error *error)
{
	struct statement *update;
	int64_t changed = 0;
	enum status status = store_prepare(&update, desk,
					   "UPDATE household_ruling SET undone_at = :now, undone_by = :by WHERE "
					   "ruling_id = :ruling_id AND undone_at IS NULL",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(update, "now", instant_now());
	statement_bind_text(update, "by", by);
	statement_bind_int(update, "ruling_id", ruling_id);
	status = statement_run(update, &changed, error);
	statement_done(update);
	if (status == STATUS_OK && !changed) {
		error_set(error, STATUS_CONFLICT, "household.undone", "This decision has been taken back already.");
		error_remedy(error, "Look at the report again.");
		return STATUS_CONFLICT;
	}
	return status;
}
