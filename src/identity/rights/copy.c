/* A copy of all that is held on a resident: begun here, filled by the other files. */
#include "rights/rights_int.h"

#include "base/id.h"
#include "base/memory.h"

#include <stdlib.h>

const char *rights_mark_words(enum rights_mark mark)
{
	switch (mark) {
	case MARK_THIRD_PARTY:
		return "may speak of somebody else";
	case MARK_SAFEGUARDING:
		return "safeguarding: may endanger somebody";
	case MARK_NONE:
		break;
	}
	return "";
}

/* ---- small things ------------------------------------------------------------------------------- */

struct text copied_text(struct statement *row, const char *name, struct arena *arena)
{
	int column = statement_column(row, name);
	return statement_is_null(row, column) ? TEXT_ABSENT : arena_text(arena, statement_text(row, column));
}

int64_t copied_number(struct statement *row, const char *name)
{
	return statement_int(row, statement_column(row, name));
}

date copied_date(struct statement *row, const char *name)
{
	int column = statement_column(row, name);
	return statement_is_null(row, column) ? DATE_UNKNOWN : (date)statement_int(row, column);
}

void filling_begin(struct filling *filling, struct copying *c, const char *id, const char *title, const char *says,
		   const char *const *headings, size_t columns)
{
	*filling = (struct filling){.table = &c->copy->tables[c->copy->table_count++]};
	*filling->table =
		(struct rights_table){.id = id, .title = title, .says = says, .headings = headings, .columns = columns};
}

void filling_add(struct filling *filling, struct text cell)
{
	ARRAY_GROW(filling->cells, filling->count, filling->capacity);
	filling->cells[filling->count++] = cell;
}

void filling_end(struct filling *filling, struct copying *c)
{
	struct text *cells = ARENA_ARRAY(c->arena, filling->count + 1, struct text);
	if (filling->count)
		memcpy(cells, filling->cells, filling->count * sizeof *cells);
	filling->table->cells = cells;
	filling->table->rows = filling->count / filling->table->columns;
	free(filling->cells);
}

/* ---- marked items -------------------------------------------------------------------------------- */

int64_t copy_item(const struct copying *c, const char *kind, const int64_t *place, size_t count, struct text element)
{
	struct buf key;
	buf_init(&key, 4096);
	buf_format(&key, "redaction\x1f%lld\x1f%s", (long long)c->copy->resident_id, kind);
	for (size_t i = 0; i < count; i++)
		buf_format(&key, "\x1f%lld", (long long)place[i]);
	buf_format(&key, "\x1f%.*s", TEXT_ARG(element));
	int64_t item = vault_hash64(c->parts->vault, VAULT_VALUE, buf_text(&key)) & INT64_MAX;
	buf_release(&key);
	return item ? item : 1;
}

enum status copy_mark(const struct copying *c, struct rights_value *value, enum rights_mark mark, int64_t item,
		      struct error *error)
{
	struct rights_copy *copy = c->copy;
	value->mark = mark;
	value->item = item;
	enum status status = redaction_read(c, value, error);
	copy->marked++;
	copy->waiting += value->state == ITEM_WAITS;
	copy->withheld += value->state == ITEM_WITHHELD;
	copy->unconfirmed += value->state != ITEM_WAITS && !value->confirmed;
	copy->withheld_by[value->exemption] += value->state == ITEM_WITHHELD;
	return status;
}

/* ---- the whole -------------------------------------------------------------------------------------- */

static enum status nobody(const struct copying *c, struct error *error)
{
	char id[ID_TEXT_SIZE];
	struct statement *query;
	bool row = false;
	int64_t moved = 0;
	enum status status =
		store_prepare(&query, c->parts->data,
			      "SELECT other_resident_id AS other FROM resident_history WHERE resident_id = "
			      ":resident AND what = 'ended' ORDER BY run_id DESC, sequence DESC LIMIT 1",
			      error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", c->copy->resident_id);
	int other = statement_column(query, "other");
	status = statement_step(query, &row, error);
	if (status == STATUS_OK && row)
		moved = statement_int(query, other);
	statement_done(query);
	if (status != STATUS_OK)
		return status;
	error_set(error, STATUS_NOT_FOUND, "rights.nobody", "no resident with this id has any records");
	if (moved)
		error_remedy(error, "the records are with %s now", id_format(moved, id));
	else
		error_remedy(error, "give the 13 characters that stand in the address of the resident's page");
	return STATUS_NOT_FOUND;
}

static enum status read_records(struct copying *c, struct error *error)
{
	struct statement *query;
	bool row;
	size_t capacity = 256;
	c->records = ARENA_ARRAY(c->arena, capacity, int64_t);
	enum status status = store_prepare(
		&query, c->parts->data,
		"SELECT record_id FROM resident_record WHERE resident_id = :resident ORDER BY record_id", error);
	if (status != STATUS_OK)
		return status;
	statement_bind_int(query, "resident", c->copy->resident_id);
	int record = statement_column(query, "record_id");
	while ((status = statement_step(query, &row, error)) == STATUS_OK && row) {
		if (c->copy->records == capacity) {
			int64_t *more = ARENA_ARRAY(c->arena, 2 * capacity, int64_t);
			memcpy(more, c->records, capacity * sizeof *more);
			c->records = more;
			capacity *= 2;
		}
		c->records[c->copy->records++] = statement_int(query, record);
	}
	statement_done(query);
	return status == STATUS_OK && !c->copy->records ? nobody(c, error) : status;
}

static enum status copy_all(struct copying *c, struct error *error)
{
	enum status status = read_records(c, error);
	if (status == STATUS_OK)
		status = copy_protected_read(c, error);
	if (status == STATUS_OK)
		status = copy_rows(c, error);
	if (status == STATUS_OK)
		status = copy_reports(c, error);
	if (status == STATUS_OK)
		status = copy_by_client(c, error);
	if (status == STATUS_OK)
		status = copy_corrections(c, error);
	if (status == STATUS_OK)
		status = copy_links(c, error);
	return status == STATUS_OK ? copy_tables(c, error) : status;
}

enum status rights_copy(struct rights_copy *out, const struct rights_parts *parts, int64_t resident_id,
			struct arena *arena, struct error *error)
{
	struct copying c = {.parts = parts, .arena = arena, .copy = out};
	*out = (struct rights_copy){.resident_id = resident_id};
	bool inside = store_in_transaction(parts->data); /* one picture of the shelf */
	enum status status = inside ? STATUS_OK : store_begin(parts->data, error);
	if (status != STATUS_OK)
		return status;
	status = copy_all(&c, error);
	copy_protected_release(&c);
	if (!inside)
		store_rollback(parts->data);
	return status;
}
