#include "store/difference.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

struct key {
	int64_t at[DIFFERENCE_KEYS];
};

struct difference {
	struct store *store;
	const struct difference_table *table;
	size_t rows, key_count, cell_count;
	const char *names[DIFFERENCE_CELLS]; /* keys, then values */
	difference_row *give;
	const void *context;
	uint64_t *slots;         /* the hash's upper half, then row + 1 */
	size_t slot_count, next; /* next: the row that probably comes, as it came after the last one before */
	unsigned char *seen;
	uint32_t *updates;
	struct key *deletes;
	size_t update_count, update_room, delete_count, delete_room;
	struct difference_counts counts;
};

static uint64_t hash_of_key(const struct difference *d, const int64_t *key)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < d->key_count; i++)
		hash = hash_mix(hash + (uint64_t)key[i] + i);
	return hash;
}

static bool has_key(const struct difference *d, const struct cell *cells, const int64_t *key)
{
	for (size_t i = 0; i < d->key_count; i++) {
		if (cells[i].integer != key[i])
			return false;
	}
	return true;
}

enum { TAG_BITS = 32 };

static void index_rows(struct difference *d)
{
	struct cell cells[DIFFERENCE_CELLS];
	int64_t key[DIFFERENCE_KEYS];
	for (d->slot_count = 64; d->slot_count < d->rows * 2;)
		d->slot_count *= 2;
	d->slots = memory_alloc(d->slot_count, sizeof *d->slots);
	for (size_t i = 0; i < d->rows; i++) {
		d->give(d->context, i, cells);
		for (size_t k = 0; k < d->key_count; k++)
			key[k] = cells[k].integer;
		uint64_t hash = hash_of_key(d, key);
		size_t slot = hash & (d->slot_count - 1);
		while (d->slots[slot])
			slot = (slot + 1) & (d->slot_count - 1);
		d->slots[slot] = hash >> TAG_BITS << TAG_BITS | (i + 1);
	}
}

static size_t look_up(const struct difference *d, const int64_t *key, struct cell *cells)
{
	uint64_t hash = hash_of_key(d, key);
	size_t slot = hash & (d->slot_count - 1);
	for (; d->slots[slot]; slot = (slot + 1) & (d->slot_count - 1)) {
		size_t row = (uint32_t)d->slots[slot] - 1;
		if (d->slots[slot] >> TAG_BITS != hash >> TAG_BITS)
			continue;
		d->give(d->context, row, cells);
		if (has_key(d, cells, key))
			return row;
	}
	return SIZE_MAX;
}

/* The row with KEY, its cells in CELLS; SIZE_MAX: none. Tables are mostly read in the order in which they were
 * written, which is the order of the rows wanted: it is tried first. */
static size_t find_row(struct difference *d, const int64_t *key, struct cell *cells)
{
	enum { AHEAD = 3 };
	for (size_t row = d->next; row < d->rows && row < d->next + AHEAD; row++) {
		d->give(d->context, row, cells);
		if (has_key(d, cells, key)) {
			d->next = row + 1;
			return row;
		}
	}
	if (!d->slots)
		index_rows(d);
	size_t row = look_up(d, key, cells);
	if (row != SIZE_MAX)
		d->next = row + 1;
	return row;
}

static bool same_cell(const struct cell *cell, struct statement *query, int column)
{
	if (statement_is_null(query, column))
		return cell->type == CELL_NULL;
	switch (cell->type) {
	case CELL_INT:
		return statement_int(query, column) == cell->integer;
	case CELL_DOUBLE:
		return statement_double(query, column) == cell->real;
	case CELL_TEXT:
		return text_equal(statement_text(query, column), cell->text);
	default:
		return false;
	}
}

static void look_at(struct difference *d, struct statement *query, const int *columns)
{
	struct cell cells[DIFFERENCE_CELLS];
	struct key key = {{0}};
	for (size_t i = 0; i < d->key_count; i++)
		key.at[i] = statement_int(query, columns[i]);
	size_t row = find_row(d, key.at, cells);
	if (row == SIZE_MAX) {
		if (d->table->keep)
			return;
		ARRAY_GROW(d->deletes, d->delete_count, d->delete_room);
		d->deletes[d->delete_count++] = key;
		return;
	}
	d->seen[row] = 1;
	for (size_t i = d->key_count; i < d->cell_count; i++) {
		if (same_cell(&cells[i], query, columns[i]))
			continue;
		ARRAY_GROW(d->updates, d->update_count, d->update_room);
		d->updates[d->update_count++] = (uint32_t)row;
		return;
	}
	d->counts.same++;
}

static void append_names(struct buf *sql, const struct difference *d)
{
	for (size_t i = 0; i < d->cell_count; i++)
		buf_format(sql, "%s%s", i ? ", " : "", d->names[i]);
}

/* Reads what is there. */
static enum status compare_all(struct difference *d, struct error *error)
{
	struct statement *query;
	struct buf sql;
	int columns[DIFFERENCE_CELLS];
	bool row;
	buf_init(&sql, 1 << 14);
	buf_format(&sql, "SELECT ");
	append_names(&sql, d);
	buf_format(&sql, " FROM %s%s%s", d->table->name, d->table->where ? " WHERE " : "",
		   d->table->where ? d->table->where : "");
	enum status status = store_prepare(&query, d->store, sql.at, error);
	buf_release(&sql);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < d->cell_count; i++)
		columns[i] = statement_column(query, d->names[i]);
	statement_stream(query);
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row)
		look_at(d, query, columns);
	statement_done(query);
	return status;
}

/* ---- writing ----------------------------------------------------------------------------------- */

static void bind_cell(struct statement *statement, const char *name, const struct cell *cell)
{
	switch (cell->type) {
	case CELL_INT:
		statement_bind_int(statement, name, cell->integer);
		break;
	case CELL_DOUBLE:
		statement_bind_double(statement, name, cell->real);
		break;
	case CELL_TEXT:
		statement_bind_text(statement, name, cell->text);
		break;
	default:
		statement_bind_null(statement, name);
		break;
	}
}

static void append_where(struct buf *sql, const struct difference *d)
{
	for (size_t i = 0; i < d->key_count; i++)
		buf_format(sql, "%s%s = :%s", i ? " AND " : " WHERE ", d->names[i], d->names[i]);
}

static enum status delete_rows(struct difference *d, struct error *error)
{
	struct statement *statement;
	struct buf sql;
	if (d->delete_count == 0)
		return STATUS_OK;
	buf_init(&sql, 1 << 14);
	buf_format(&sql, "DELETE FROM %s", d->table->name);
	append_where(&sql, d);
	enum status status = store_prepare(&statement, d->store, sql.at, error);
	buf_release(&sql);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < d->delete_count && status == STATUS_OK; i++) {
		for (size_t k = 0; k < d->key_count; k++)
			statement_bind_int(statement, d->names[k], d->deletes[i].at[k]);
		status = statement_queue(statement, error);
	}
	statement_done(statement);
	d->counts.deleted = d->delete_count;
	return status;
}

static enum status update_rows(struct difference *d, struct error *error)
{
	struct statement *statement;
	struct buf sql;
	if (d->update_count == 0)
		return STATUS_OK;
	buf_init(&sql, 1 << 14);
	buf_format(&sql, "UPDATE %s SET ", d->table->name);
	for (size_t i = d->key_count; i < d->cell_count; i++)
		buf_format(&sql, "%s%s = :%s", i > d->key_count ? ", " : "", d->names[i], d->names[i]);
	append_where(&sql, d);
	enum status status = store_prepare(&statement, d->store, sql.at, error);
	buf_release(&sql);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < d->update_count && status == STATUS_OK; i++) {
		struct cell cells[DIFFERENCE_CELLS];
		d->give(d->context, d->updates[i], cells);
		for (size_t k = 0; k < d->cell_count; k++)
			bind_cell(statement, d->names[k], &cells[k]);
		status = statement_queue(statement, error);
	}
	statement_done(statement);
	d->counts.updated = d->update_count;
	return status;
}

static void put_cell(struct bulk *bulk, const struct cell *cell)
{
	switch (cell->type) {
	case CELL_INT:
		bulk_int(bulk, cell->integer);
		break;
	case CELL_DOUBLE:
		bulk_double(bulk, cell->real);
		break;
	case CELL_TEXT:
		bulk_text(bulk, cell->text);
		break;
	default:
		bulk_null(bulk);
		break;
	}
}

static enum status insert_rows(struct difference *d, struct error *error)
{
	struct bulk *bulk;
	struct buf columns;
	struct cell cells[DIFFERENCE_CELLS];
	buf_init(&columns, 1 << 12);
	append_names(&columns, d);
	enum status status = store_bulk_begin(&bulk, d->store, d->table->name, columns.at, error);
	buf_release(&columns);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < d->rows && status == STATUS_OK; i++) {
		if (d->seen[i])
			continue;
		d->give(d->context, i, cells);
		for (size_t k = 0; k < d->cell_count; k++)
			put_cell(bulk, &cells[k]);
		status = bulk_row(bulk, error);
		d->counts.inserted++;
	}
	if (status == STATUS_OK)
		return bulk_end(bulk, error);
	bulk_abandon(bulk);
	return status;
}

enum status store_write_difference(struct store *store, const struct difference_table *table, size_t rows,
				   difference_row *give, const void *context, struct difference_counts *counts,
				   struct error *error)
{
	struct difference d = {.store = store, .table = table, .rows = rows, .give = give, .context = context};
	for (; table->keys[d.key_count]; d.key_count++)
		d.names[d.cell_count++] = table->keys[d.key_count];
	for (size_t i = 0; table->values[i]; i++)
		d.names[d.cell_count++] = table->values[i];
	assert(d.key_count > 0 && rows < UINT32_MAX);
	d.seen = memory_alloc(rows + 1, 1);
	enum status status = compare_all(&d, error);
	if (status == STATUS_OK)
		status = delete_rows(&d, error);
	if (status == STATUS_OK)
		status = update_rows(&d, error);
	if (status == STATUS_OK)
		status = insert_rows(&d, error);
	if (counts)
		*counts = d.counts;
	free(d.slots);
	free(d.seen);
	free(d.updates);
	free(d.deletes);
	return status;
}
