/* Bulk loading by binary COPY. Rows gather in memory and are sent as one COPY of about a megabyte,
 * so that other statements and other bulks may use the connection in between. */
#include "base/memory.h"
#include "store/postgresql_int.h"

struct pg_bulk {
	struct buf rows;
	size_t row_start;
	Oid types[BULK_COLUMNS_MAX];
	const char *wrong; /* the first value that does not fit its column */
};

static const char copy_header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

static enum status read_types(struct bulk *bulk, struct pg_bulk *self, struct error *error)
{
	PGconn *handle = postgresql_of(bulk->store)->handle;
	enum status status = pg_drain(bulk->store, error);
	if (status)
		return status;
	struct buf sql;
	buf_init(&sql, 1 << 16);
	buf_format(&sql, "SELECT %s FROM %s LIMIT 0", bulk->columns, bulk->table);
	PGresult *result = PQexec(handle, buf_text(&sql).at);
	buf_release(&sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		status = pg_fail(bulk->store, result, error);
	else
		for (unsigned i = 0; i < bulk->column_count; i++)
			self->types[i] = PQftype(result, (int)i);
	PQclear(result);
	return status;
}

enum status pg_bulk_open(struct bulk *bulk, struct error *error)
{
	struct pg_bulk *self = memory_alloc(1, sizeof *self);
	bulk->driver_data = self;
	buf_init(&self->rows, SIZE_MAX / 2);
	return read_types(bulk, self, error);
}

static void append_be16(struct buf *rows, uint16_t value)
{
	char bytes[2];
	put_be16(bytes, value);
	buf_append(rows, bytes, sizeof bytes);
}

static void append_field(struct buf *rows, const void *at, size_t len)
{
	char size[4];
	put_be32(size, (uint32_t)len);
	buf_append(rows, size, sizeof size);
	buf_append(rows, at, len);
}

/* An integer of the column's width; false when it does not fit. */
static bool append_integer(struct buf *rows, Oid type, int64_t value)
{
	char bytes[8];
	size_t width = type == PG_INT2 ? 2 : type == PG_INT4 ? 4 : 8;
	if ((width == 2 && value != (int16_t)value) || (width == 4 && value != (int32_t)value))
		return false;
	if (type == PG_FLOAT8)
		put_be64(bytes, double_bits((double)value));
	else
		put_be64(bytes, (uint64_t)value << (64 - 8 * width));
	append_field(rows, bytes, width);
	return type == PG_INT2 || type == PG_INT4 || type == PG_INT8 || type == PG_FLOAT8;
}

void pg_bulk_value(struct bulk *bulk, const struct value *value)
{
	struct pg_bulk *self = bulk->driver_data;
	Oid type = self->types[bulk->value_count];
	char bytes[8];
	bool fits = true;
	if (bulk->value_count == 0) {
		if (self->rows.len == 0)
			buf_append(&self->rows, copy_header, sizeof copy_header);
		self->row_start = self->rows.len;
		append_be16(&self->rows, (uint16_t)bulk->column_count);
	}
	switch (value->type) {
	case VALUE_NULL:
		put_be32(bytes, UINT32_MAX);
		buf_append(&self->rows, bytes, 4);
		break;
	case VALUE_INT:
		fits = append_integer(&self->rows, type, value->integer);
		break;
	case VALUE_DOUBLE:
		put_be64(bytes, double_bits(value->real));
		append_field(&self->rows, bytes, 8);
		fits = type == PG_FLOAT8;
		break;
	case VALUE_TEXT:
	case VALUE_BLOB:
		append_field(&self->rows, value->bytes.at, value->bytes.len);
		fits = type == (value->type == VALUE_TEXT ? PG_TEXT : PG_BYTEA);
		break;
	}
	if (!fits)
		self->wrong = "a value of the wrong type or size for its column";
}

enum status pg_bulk_row(struct bulk *bulk, struct error *error)
{
	struct pg_bulk *self = bulk->driver_data;
	if (self->wrong)
		return store_fail(bulk->store, FAILURE_CONSTRAINT, self->wrong, error);
	return self->rows.len >= BULK_BUFFER_BYTES ? pg_bulk_flush(bulk, error) : STATUS_OK;
}

static enum status copy_rows(struct bulk *bulk, struct pg_bulk *self, struct error *error)
{
	struct store *store = bulk->store;
	PGconn *handle = postgresql_of(store)->handle;
	struct buf sql;
	buf_init(&sql, 1 << 16);
	buf_format(&sql, "COPY %s (%s) FROM STDIN BINARY", bulk->table, bulk->columns);
	PGresult *result = PQexec(handle, buf_text(&sql).at);
	buf_release(&sql);
	bool started = PQresultStatus(result) == PGRES_COPY_IN;
	enum status status = started ? STATUS_OK : pg_fail(store, result, error);
	PQclear(result);
	if (!started)
		return status;
	append_be16(&self->rows, UINT16_MAX);
	if (PQputCopyData(handle, self->rows.at, (int)self->rows.len) != 1 || PQputCopyEnd(handle, NULL) != 1)
		status = pg_fail(store, NULL, error);
	while ((result = PQgetResult(handle)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK && status == STATUS_OK)
			status = pg_fail(store, result, error);
		PQclear(result);
	}
	return status;
}

enum status pg_bulk_flush(struct bulk *bulk, struct error *error)
{
	struct pg_bulk *self = bulk->driver_data;
	if (self->rows.len == 0)
		return STATUS_OK;
	enum status status = pg_drain(bulk->store, error);
	if (status == STATUS_OK)
		status = copy_rows(bulk, self, error);
	buf_clear(&self->rows);
	return status;
}

void pg_bulk_close(struct bulk *bulk)
{
	struct pg_bulk *self = bulk->driver_data;
	if (self)
		buf_release(&self->rows);
	free(self);
}
