#include "base/memory.h"
#include "store/store_int.h"

enum status store_bulk_begin(struct bulk **out, struct store *store, const char *table, const char *columns,
			     struct error *error)
{
	*out = NULL;
	bool own_transaction = !store->in_transaction;
	enum status status = own_transaction ? store_begin(store, error) : STATUS_OK;
	if (status)
		return status;
	struct bulk *bulk = memory_alloc(1, sizeof *bulk);
	*bulk = (struct bulk){.store = store,
			      .table = store_copy(table),
			      .columns = store_copy(columns),
			      .column_count = 1,
			      .own_transaction = own_transaction};
	for (const char *at = columns; *at; at++)
		bulk->column_count += *at == ',';
	assert(bulk->column_count <= BULK_COLUMNS_MAX);
	status = store->driver->bulk_open(bulk, error);
	if (status) {
		store->failed = true;
		bulk_abandon(bulk);
		return status;
	}
	*out = bulk;
	return STATUS_OK;
}

static void bulk_value(struct bulk *bulk, const struct value *value)
{
	if (bulk->value_count < bulk->column_count)
		bulk->store->driver->bulk_value(bulk, value);
	bulk->value_count++;
}

void bulk_int(struct bulk *bulk, int64_t value)
{
	bulk_value(bulk, &(struct value){.type = VALUE_INT, .integer = value});
}

void bulk_double(struct bulk *bulk, double value)
{
	bulk_value(bulk, &(struct value){.type = VALUE_DOUBLE, .real = value});
}

void bulk_text(struct bulk *bulk, struct text value)
{
	enum value_type type = text_is_absent(value) ? VALUE_NULL : VALUE_TEXT;
	bulk_value(bulk, &(struct value){.type = type, .bytes = value});
}

void bulk_blob(struct bulk *bulk, const void *bytes, size_t len)
{
	enum value_type type = bytes ? VALUE_BLOB : VALUE_NULL;
	bulk_value(bulk, &(struct value){.type = type, .bytes = text_slice(bytes, len)});
}

void bulk_null(struct bulk *bulk)
{
	bulk_value(bulk, &(struct value){.type = VALUE_NULL});
}

static enum status bulk_done(struct bulk *bulk, enum status status)
{
	if (status)
		bulk->store->failed = true;
	return status;
}

enum status bulk_row(struct bulk *bulk, struct error *error)
{
	unsigned given = bulk->value_count;
	bulk->value_count = 0;
	if (given != bulk->column_count)
		return bulk_done(bulk, error_set(error, STATUS_INTERNAL, "store.bulk",
						 "A row for table %s has %u values where %u are wanted", bulk->table,
						 given, bulk->column_count));
	return bulk_done(bulk, bulk->store->driver->bulk_row(bulk, error));
}

enum status bulk_flush(struct bulk *bulk, struct error *error)
{
	return bulk_done(bulk, bulk->store->driver->bulk_flush(bulk, error));
}

static void bulk_free(struct bulk *bulk)
{
	bulk->store->driver->bulk_close(bulk);
	free(bulk->table);
	free(bulk->columns);
	free(bulk);
}

enum status bulk_end(struct bulk *bulk, struct error *error)
{
	struct store *store = bulk->store;
	bool own_transaction = bulk->own_transaction;
	enum status status = bulk_flush(bulk, error);
	bulk_free(bulk);
	if (!own_transaction)
		return status;
	if (status) {
		store_rollback(store);
		return status;
	}
	return store_commit(store, error);
}

void bulk_abandon(struct bulk *bulk)
{
	if (!bulk)
		return;
	struct store *store = bulk->store;
	bool own_transaction = bulk->own_transaction;
	bulk_free(bulk);
	if (own_transaction)
		store_rollback(store);
}
