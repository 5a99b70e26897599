/* What a run leaves of the rulings that it was made with, and what each ruling moved. */
#include "base/memory.h"
#include "linking/refresh.h"
#include "linking/rulings.h"
#include "policy/policy.h"
#include "store/store.h"

enum status rulings_remember(const struct rulings *rulings, struct store *data, struct error *error)
{
	size_t count;
	struct bulk *bulk;
	struct linking_ruling *binding = rulings_binding(rulings, &count);
	enum status status = store_execute(data, "DELETE FROM ruling_applied", error);
	if (status == STATUS_OK)
		status = store_bulk_begin(&bulk, data, "ruling_applied", "record_a, record_b, verdict", error);
	if (status == STATUS_OK) {
		for (size_t i = 0; i < count && status == STATUS_OK; i++) {
			bulk_int(bulk, binding[i].a);
			bulk_int(bulk, binding[i].b);
			bulk_int(bulk, binding[i].verdict == LINKING_DIFFERENT);
			status = bulk_row(bulk, error);
		}
		if (status == STATUS_OK)
			status = bulk_end(bulk, error);
		else
			bulk_abandon(bulk);
	}
	free(binding);
	return status;
}

/* Marks that people set are by resident: they follow whom a run has moved. Those that are derived are made anew. */
static enum status follow_run(struct store *data, struct store *desk, int64_t run_id, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status =
		store_prepare(&query, data,
			      "SELECT resident_id, other_resident_id FROM resident_history WHERE run_id = :run AND "
			      "what = 'linked'",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "run", run_id);
	int to = statement_column(query, "resident_id"), from = statement_column(query, "other_resident_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		status = policy_follow_marks(desk, statement_int(query, from), statement_int(query, to), error);
		if (status != STATUS_OK)
			break;
	}
	statement_done(query);
	return status;
}

enum status rulings_after_run(const struct rulings *rulings, struct store *data, struct store *desk, int64_t run_id,
			      struct error *error)
{
	enum status status = store_begin(desk, error);
	if (status == STATUS_OK)
		status = follow_run(data, desk, run_id, error);
	if (status == STATUS_OK)
		status = store_commit(desk, error);
	else
		store_rollback(desk);
	if (status != STATUS_OK)
		return status;
	status = store_begin(data, error);
	if (status == STATUS_OK)
		status = rulings_remember(rulings, data, error);
	if (status == STATUS_OK)
		return store_commit(data, error);
	store_rollback(data);
	return status;
}

enum status ruling_moves(struct ruling_move **out, size_t *count, struct store *data, int64_t ruling_id,
			 struct arena *arena, struct error *error)
{
	enum { MOVES_MAX = 2000 };
	struct statement *query;
	bool row;
	*count = 0;
	*out = ARENA_ARRAY(arena, MOVES_MAX, struct ruling_move);
	enum status status = store_prepare(&query, data,
					   "SELECT undone, record_id, resident_before, resident_after FROM "
					   "ruling_effect WHERE ruling_id = :ruling ORDER BY undone, record_id",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "ruling", ruling_id);
	int undone = statement_column(query, "undone"), record = statement_column(query, "record_id"),
	    before = statement_column(query, "resident_before"), after = statement_column(query, "resident_after");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row && *count < MOVES_MAX)
		(*out)[(*count)++] =
			(struct ruling_move){ruling_id, statement_int(query, record), statement_int(query, before),
					     statement_int(query, after), statement_int(query, undone) != 0};
	statement_done(query);
	return status;
}
