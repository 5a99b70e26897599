/* A ruling takes effect: only the residents it speaks of change. */
#include "base/map.h"
#include "base/memory.h"
#include "linking/people.h"
#include "linking/refresh.h"
#include "linking/rulings.h"
#include "policy/policy.h"
#include "store/store.h"
#include "vault/vault.h"

#include <stdlib.h>

struct ids {
	int64_t *at;
	size_t count, capacity;
};

static void add_id(struct ids *ids, int64_t id)
{
	ARRAY_GROW(ids->at, ids->count, ids->capacity);
	ids->at[ids->count++] = id;
}

static bool has_id(const struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->count; i++) {
		if (ids->at[i] == id)
			return true;
	}
	return false;
}

struct applied { /* as ruling_applied has it */
	int64_t a, b;
	bool different;
};

struct relink {
	struct store *data, *desk;
	const struct vault *vault;
	const struct rulings *rulings;
	struct linking_ruling *binding;
	size_t binding_count;
	struct applied *applied;
	size_t applied_count, applied_capacity;
	int64_t run_id;
	struct ids touched;
	size_t moved;
};

/* ---- what the tables were made with -------------------------------------------------------------------- */

static enum status read_applied(struct relink *relink, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, relink->data,
		"SELECT record_a, record_b, verdict FROM ruling_applied ORDER BY record_a, record_b", error);
	if (status != STATUS_OK)
		return status;
	int a = statement_column(query, "record_a"), b = statement_column(query, "record_b"),
	    verdict = statement_column(query, "verdict");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		ARRAY_GROW(relink->applied, relink->applied_count, relink->applied_capacity);
		relink->applied[relink->applied_count++] = (struct applied){
			statement_int(query, a), statement_int(query, b), statement_int(query, verdict) != 0};
	}
	statement_done(query);
	return status;
}

static bool is_pair(int64_t a, int64_t b, const struct linking_ruling *ruling)
{
	return (ruling->a == a && ruling->b == b) || (ruling->a == b && ruling->b == a);
}

static bool still_binds(const struct relink *relink, const struct applied *was)
{
	for (size_t i = 0; i < relink->binding_count; i++) {
		const struct linking_ruling *now = &relink->binding[i];
		if (is_pair(was->a, was->b, now) && was->different == (now->verdict == LINKING_DIFFERENT))
			return true;
	}
	return false;
}

static bool is_applied(const struct relink *relink, const struct linking_ruling *now)
{
	for (size_t i = 0; i < relink->applied_count; i++) {
		const struct applied *was = &relink->applied[i];
		if (is_pair(was->a, was->b, now) && was->different == (now->verdict == LINKING_DIFFERENT))
			return true;
	}
	return false;
}

/* ---- residents and their records ------------------------------------------------------------------------ */

static enum status resident_of(int64_t *out, struct relink *relink, int64_t record, struct error *error)
{
	struct statement *query;
	bool row;
	*out = 0;
	enum status status = store_prepare(&query, relink->data,
					   "SELECT resident_id FROM resident_record WHERE record_id = :record", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "record", record);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*out = statement_int(query, statement_column(query, "resident_id"));
	statement_done(query);
	return status;
}

static enum status records_of(struct ids *out, struct relink *relink, int64_t resident, struct error *error)
{
	struct statement *query;
	bool row;
	enum status status = store_prepare(
		&query, relink->data,
		"SELECT record_id FROM resident_record WHERE resident_id = :resident ORDER BY record_id", error);
	if (status != STATUS_OK)
		return status;
	int record = statement_column(query, "record_id");
	statement_bind_int(query, "resident", resident);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		add_id(out, statement_int(query, record));
	statement_done(query);
	return status;
}

struct binding {
	const char *name;
	int64_t value;
};

/* value 0 binds null */
static enum status run(struct relink *relink, const char *sql, const struct binding *bindings, size_t count,
		       struct error *error)
{
	struct statement *statement;
	enum status status = store_prepare(&statement, relink->data, sql, error);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		if (bindings[i].value)
			statement_bind_int(statement, bindings[i].name, bindings[i].value);
		else
			statement_bind_null(statement, bindings[i].name);
	}
	status = statement_run(statement, NULL, error);
	statement_done(statement);
	return status;
}
#define RUN(relink, error, sql, ...) \
	run(relink, sql, (const struct binding[]){__VA_ARGS__}, \
	    sizeof((const struct binding[]){__VA_ARGS__}) / sizeof(struct binding), error)

/* Several rulings may take effect in one run: each goes on behind the last. */
static enum status next_sequence(int64_t *sequence, struct relink *relink, int64_t resident, struct error *error)
{
	struct statement *query;
	bool row;
	*sequence = 0;
	enum status status = store_prepare(&query, relink->data,
					   "SELECT sequence FROM resident_history WHERE resident_id = :resident AND "
					   "run_id = :run ORDER BY sequence DESC LIMIT 1",
					   error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", resident);
	statement_bind_int(query, "run", relink->run_id);
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		*sequence = statement_int(query, statement_column(query, "sequence")) + 1;
	statement_done(query);
	return status;
}

static enum status add_history(struct relink *relink, int64_t resident, const char *what, int64_t other, size_t records,
			       struct error *error)
{
	struct statement *insert;
	int64_t sequence;
	enum status status = next_sequence(&sequence, relink, resident, error);
	if (status != STATUS_OK)
		return status;
	status = store_prepare(
		&insert, relink->data,
		"INSERT INTO resident_history (resident_id, run_id, sequence, what, other_resident_id, records) "
		"VALUES (:resident, :run, :sequence, :what, :other, :records)",
		error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(insert, "resident", resident);
	statement_bind_int(insert, "run", relink->run_id);
	statement_bind_int(insert, "sequence", sequence);
	statement_bind_text(insert, "what", text_of(what));
	statement_bind_int(insert, "other", other);
	statement_bind_int(insert, "records", (int64_t)records);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

static enum status move_record(struct relink *relink, const struct ruling_move *move, struct error *error)
{
	enum status status =
		RUN(relink, error, "UPDATE resident_record SET resident_id = :after WHERE record_id = :record",
		    {"after", move->after}, {"record", move->record_id});
	if (status == STATUS_OK)
		status = RUN(relink, error,
			     "DELETE FROM ruling_effect WHERE ruling_id = :ruling AND undone = 1 AND record_id = "
			     ":record",
			     {"ruling", move->ruling_id}, {"record", move->record_id});
	struct statement *insert;
	if (status == STATUS_OK)
		status = store_prepare(&insert, relink->data,
				       "INSERT INTO ruling_effect (ruling_id, undone, record_id, resident_before, "
				       "resident_after, run_id) VALUES (:ruling, :undone, :record, :before, :after, "
				       ":run) ON CONFLICT (ruling_id, undone, record_id) DO UPDATE SET "
				       "resident_before = excluded.resident_before, resident_after = "
				       "excluded.resident_after, run_id = excluded.run_id",
				       error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(insert, "ruling", move->ruling_id);
	statement_bind_int(insert, "undone", move->undone);
	statement_bind_int(insert, "record", move->record_id);
	statement_bind_int(insert, "before", move->before);
	statement_bind_int(insert, "after", move->after);
	statement_bind_int(insert, "run", relink->run_id);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	relink->moved++;
	return status;
}

static enum status ensure_lives(struct relink *relink, int64_t resident, struct error *error)
{
	struct statement *insert;
	enum status status =
		store_prepare(&insert, relink->data,
			      "INSERT INTO resident (resident_id, since_run, ended_run, integrity) VALUES (:resident, "
			      ":run, NULL, 1) ON CONFLICT (resident_id) DO UPDATE SET ended_run = NULL, integrity = 1",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(insert, "resident", resident);
	statement_bind_int(insert, "run", relink->run_id);
	status = statement_run(insert, NULL, error);
	statement_done(insert);
	return status;
}

/* Moves RECORDS from one resident to another and tells what became of the ids. A resident who comes back to life
 * is told as separated from whom the records were with. */
static enum status move_records(struct relink *relink, int64_t ruling_id, bool undone, int64_t before, int64_t after,
				const struct ids *records, struct error *error)
{
	struct ids left = {0};
	enum status status = ensure_lives(relink, after, error);
	for (size_t i = 0; i < records->count && status == STATUS_OK; i++)
		status = move_record(relink, &(struct ruling_move){ruling_id, records->at[i], before, after, undone},
				     error);
	if (status == STATUS_OK)
		status = records_of(&left, relink, before, error);
	bool ended = left.count == 0;
	free(left.at);
	if (status == STATUS_OK && ended)
		status = RUN(relink, error,
			     "UPDATE resident SET ended_run = :run, integrity = 0 WHERE resident_id = :resident",
			     {"run", relink->run_id}, {"resident", before});
	/* Who was protected is protected from the first moment, on whichever page the records are now. */
	if (status == STATUS_OK)
		status = policy_follow_marks(relink->data, before, after, error);
	if (status == STATUS_OK && relink->desk)
		status = policy_follow_marks(relink->desk, before, after, error);
	if (status == STATUS_OK)
		status = add_history(relink, before, ended ? "ended" : "separated", after, records->count, error);
	if (status == STATUS_OK)
		status = add_history(relink, after, "linked", before, records->count, error);
	add_id(&relink->touched, before);
	add_id(&relink->touched, after);
	return status;
}

/* ---- same ---------------------------------------------------------------------------------------------------- */

static enum status join(struct relink *relink, const struct linking_ruling *ruling, int64_t ruling_id,
			struct error *error)
{
	int64_t a, b;
	struct ids of_a = {0}, of_b = {0};
	enum status status = resident_of(&a, relink, ruling->a, error);
	if (status == STATUS_OK)
		status = resident_of(&b, relink, ruling->b, error);
	if (status != STATUS_OK || a == b || !a || !b)
		return status;
	status = records_of(&of_a, relink, a, error);
	if (status == STATUS_OK)
		status = records_of(&of_b, relink, b, error);
	/* the rule of residents.h: the id with more records stays; of equals, the one with the lowest record */
	bool keep_a = of_a.count != of_b.count ? of_a.count > of_b.count
		      : of_a.count > 0         ? of_a.at[0] < of_b.at[0]
					       : true;
	if (status == STATUS_OK)
		status = move_records(relink, ruling_id, false, keep_a ? b : a, keep_a ? a : b, keep_a ? &of_b : &of_a,
				      error);
	free(of_a.at);
	free(of_b.at);
	return status;
}

/* ---- different ----------------------------------------------------------------------------------------------- */

static enum status new_resident(int64_t *out, struct relink *relink, int64_t founder, struct error *error)
{
	for (unsigned attempt = 0;; attempt++) {
		struct statement *query;
		bool row = false;
		*out = linking_resident_id(relink->vault, founder, attempt);
		enum status status = store_prepare(
			&query, relink->data, "SELECT 1 AS used FROM resident WHERE resident_id = :resident", error);
		if (status != STATUS_OK)
			return status;
		statement_bind_int(query, "resident", *out);
		status = statement_step(query, &row, error);
		statement_done(query);
		if (status != STATUS_OK || !row)
			return status;
	}
}

/* On whose side each record is: by the clusters that the ruling leaves, else by its likest record. */
static void take_sides(bool *with_b, const struct linking_run *run, size_t count, size_t a, size_t b)
{
	uint32_t cluster_a = linking_cluster_of(run, a), cluster_b = linking_cluster_of(run, b);
	for (size_t i = 0; i < count; i++) {
		uint32_t own = linking_cluster_of(run, i);
		double best_a = -1e9, best_b = -1e9;
		for (size_t k = 0; k < count && own != cluster_a && own != cluster_b; k++) {
			struct linking_explanation why;
			uint32_t of = linking_cluster_of(run, k);
			if (of != cluster_a && of != cluster_b)
				continue;
			linking_explain(run, i, k, &why);
			double *best = of == cluster_a ? &best_a : &best_b;
			*best = why.weight > *best ? why.weight : *best;
		}
		with_b[i] = own == cluster_b || (own != cluster_a && best_b > best_a);
	}
}

static enum status find_sides(bool **with_b, struct relink *relink, const struct ids *records,
			      const struct linking_ruling *ruling, struct error *error)
{
	struct people people;
	struct linking_run *run = NULL;
	struct buf model;
	buf_init(&model, 1 << 22);
	enum status status = linking_model_read(&model, relink->data, error);
	if (status == STATUS_OK)
		status = people_read_some(&people, relink->data, relink->vault, records->at, records->count, error);
	if (status != STATUS_OK) {
		buf_release(&model);
		return status;
	}
	status = linking_run_new(&run, people.table,
				 &(struct linking_settings){.model = model.at,
							    .without_rarity = true,
							    .threads = 1,
							    .rulings = relink->binding,
							    .ruling_count = relink->binding_count},
				 error);
	size_t a = 0, b = 0;
	for (size_t i = 0; i < records->count; i++) {
		a = records->at[i] == ruling->a ? i : a;
		b = records->at[i] == ruling->b ? i : b;
	}
	*with_b = memory_alloc(records->count, sizeof **with_b);
	if (status == STATUS_OK) {
		take_sides(*with_b, run, records->count, a, b);
	} else if (status == STATUS_INVALID) { /* a model of an earlier version: the record alone, until the next run */
		(*with_b)[b] = true;
		status = STATUS_OK;
	}
	linking_run_free(run);
	people_release(&people);
	buf_release(&model);
	return status;
}

static enum status separate(struct relink *relink, const struct linking_ruling *ruling, int64_t ruling_id,
			    struct error *error)
{
	int64_t a, b, fresh;
	struct ids records = {0}, leaving = {0};
	bool *with_b = NULL;
	enum status status = resident_of(&a, relink, ruling->a, error);
	if (status == STATUS_OK)
		status = resident_of(&b, relink, ruling->b, error);
	if (status != STATUS_OK || a != b || !a)
		return status;
	status = records_of(&records, relink, a, error);
	if (status == STATUS_OK)
		status = find_sides(&with_b, relink, &records, ruling, error);
	if (status == STATUS_OK) {
		size_t of_b = 0;
		for (size_t i = 0; i < records.count; i++)
			of_b += with_b[i];
		/* the larger side keeps the id; of equals, the one with the lowest record */
		bool b_leaves = 2 * of_b != records.count ? 2 * of_b < records.count : !with_b[0];
		for (size_t i = 0; i < records.count; i++) {
			if (with_b[i] == b_leaves)
				add_id(&leaving, records.at[i]);
		}
		status = new_resident(&fresh, relink, leaving.at[0], error);
	}
	if (status == STATUS_OK)
		status = move_records(relink, ruling_id, false, a, fresh, &leaving, error);
	free(with_b);
	free(records.at);
	free(leaving.at);
	return status;
}

/* ---- taken back ------------------------------------------------------------------------------------------------ */
/* The records that the ruling moved go home, those of them that are still where it put them. */
static enum status move_home(struct relink *relink, int64_t ruling_id, struct error *error)
{
	struct arena arena;
	struct ruling_move *moves;
	size_t count;
	struct ids home = {0};
	int64_t before = 0, after = 0;
	arena_init(&arena, 1 << 20);
	enum status status = ruling_moves(&moves, &count, relink->data, ruling_id, &arena, error);
	for (size_t i = 0; i < count && status == STATUS_OK && !moves[i].undone; i++) {
		int64_t now;
		status = resident_of(&now, relink, moves[i].record_id, error);
		before = moves[i].before;
		after = moves[i].after;
		if (status == STATUS_OK && now == after)
			add_id(&home, moves[i].record_id);
	}
	if (status == STATUS_OK && home.count > 0)
		status = move_records(relink, ruling_id, true, after, before, &home, error);
	free(home.at);
	arena_release(&arena);
	return status;
}

static enum status take_back(struct relink *relink, const struct applied *was, struct error *error)
{
	const struct ruled_pair *pair = rulings_pair(relink->rulings, was->a, was->b);
	enum status status = STATUS_OK;
	for (size_t i = pair ? pair->first + pair->count : 0; pair && i > pair->first && status == STATUS_OK; i--) {
		const struct ruling *opinion = &relink->rulings->opinions[i - 1];
		bool different = opinion->verdict == RULING_DIFFERENT;
		if (opinion->undone != INSTANT_UNKNOWN && opinion->verdict != RULING_UNSURE &&
		    different == was->different)
			status = move_home(relink, opinion->ruling_id, error);
	}
	return status;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static int64_t deciding(const struct relink *relink, const struct linking_ruling *ruling)
{
	const struct ruled_pair *pair = rulings_pair(relink->rulings, ruling->a, ruling->b);
	return pair ? pair->deciding : 0;
}

/* Also where no record moves: what was asked about the two is asked no more, or again. */
static enum status touch(struct relink *relink, int64_t record_a, int64_t record_b, struct error *error)
{
	int64_t a = 0, b = 0;
	enum status status = resident_of(&a, relink, record_a, error);
	if (status == STATUS_OK)
		status = resident_of(&b, relink, record_b, error);
	if (status == STATUS_OK && a && b) {
		add_id(&relink->touched, a);
		add_id(&relink->touched, b);
	}
	return status;
}

static enum status touch_changed(struct relink *relink, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < relink->applied_count && status == STATUS_OK; i++) {
		if (!still_binds(relink, &relink->applied[i]))
			status = touch(relink, relink->applied[i].a, relink->applied[i].b, error);
	}
	for (size_t i = 0; i < relink->binding_count && status == STATUS_OK; i++) {
		if (!is_applied(relink, &relink->binding[i]))
			status = touch(relink, relink->binding[i].a, relink->binding[i].b, error);
	}
	return status;
}

/* Taken back first, then joined, and what may not be together is separated last: that holds whatever else. */
static enum status apply(struct relink *relink, struct error *error)
{
	enum status status = touch_changed(relink, error);
	for (size_t i = 0; i < relink->applied_count && status == STATUS_OK; i++) {
		if (!still_binds(relink, &relink->applied[i]))
			status = take_back(relink, &relink->applied[i], error);
	}
	for (size_t i = 0; i < relink->binding_count && status == STATUS_OK; i++) {
		const struct linking_ruling *ruling = &relink->binding[i];
		if (ruling->verdict == LINKING_SAME && !is_applied(relink, ruling))
			status = join(relink, ruling, deciding(relink, ruling), error);
	}
	for (size_t i = 0; i < relink->binding_count && status == STATUS_OK; i++) {
		const struct linking_ruling *ruling = &relink->binding[i];
		if (ruling->verdict == LINKING_DIFFERENT)
			status = separate(relink, ruling, deciding(relink, ruling), error);
	}
	return status;
}

static enum status open_relink(struct relink *relink, const struct rulings *rulings, struct store *data,
			       struct error *error)
{
	*relink = (struct relink){.data = data, .rulings = rulings};
	relink->binding = rulings_binding(rulings, &relink->binding_count);
	return read_applied(relink, error);
}

static void close_relink(struct relink *relink)
{
	free(relink->binding);
	free(relink->applied);
	free(relink->touched.at);
}

enum status rulings_are_due(bool *due, const struct rulings *rulings, struct store *data, struct error *error)
{
	struct relink relink;
	enum status status = open_relink(&relink, rulings, data, error);
	*due = relink.applied_count != relink.binding_count;
	for (size_t i = 0; i < relink.binding_count; i++)
		*due |= !is_applied(&relink, &relink.binding[i]);
	close_relink(&relink);
	return status;
}

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void tell_change(struct ruling_change *out, const struct relink *relink)
{
	struct ids once = {0};
	for (size_t i = 0; i < relink->touched.count; i++) {
		if (!has_id(&once, relink->touched.at[i]))
			add_id(&once, relink->touched.at[i]);
	}
	if (once.count)
		qsort(once.at, once.count, sizeof *once.at, compare_ids);
	*out = (struct ruling_change){relink->moved, once.at, once.count};
}

enum status rulings_apply(struct ruling_change *out, const struct rulings *rulings, struct store *data,
			  struct store *desk, const struct vault *vault, int64_t run_id, struct error *error)
{
	struct relink relink;
	*out = (struct ruling_change){0};
	enum status status = open_relink(&relink, rulings, data, error);
	relink.desk = desk;
	relink.vault = vault;
	relink.run_id = run_id;
	if (status == STATUS_OK)
		status = apply(&relink, error);
	if (status == STATUS_OK)
		status = rulings_remember(rulings, data, error);
	if (status == STATUS_OK)
		tell_change(out, &relink);
	close_relink(&relink);
	return status;
}
