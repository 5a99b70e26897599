#include "store/store_int.h"

#include "base/memory.h"

static const struct {
	const char *scheme;
	enum store_kind kind;
	const struct store_driver *driver;
} schemes[] = {
	{"sqlite:", STORE_SQLITE, &sqlite_driver},
	{"postgresql://", STORE_POSTGRESQL, &postgresql_driver},
	{"postgres://", STORE_POSTGRESQL, &postgresql_driver},
};

enum status store_open(struct store **out, const char *address, enum store_shelf shelf, enum store_mode mode,
		       struct error *error)
{
	*out = NULL;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (!text_starts_with(text_of(address), text_of(schemes[i].scheme)))
			continue;
		struct store *store = memory_alloc(1, sizeof *store);
		*store = (struct store){.driver = schemes[i].driver,
					.kind = schemes[i].kind,
					.shelf = shelf,
					.mode = mode,
					.patience = PATIENCE_MS};
		text_map_init(&store->cache);
		enum status status = store->driver->open(store, address, error);
		if (status) {
			store_close(store);
			return status;
		}
		*out = store;
		return STATUS_OK;
	}
	error_set(error, STATUS_USAGE, "store.address", "A database address of an unknown kind was given");
	error_remedy(error, "Write sqlite:FOLDER or postgresql://USER@HOST/DATABASE");
	return STATUS_USAGE;
}

static void statement_free(struct statement *statement)
{
	statement->store->driver->statement_free(statement);
	for (unsigned i = 0; i < statement->parameter_count; i++)
		free(statement->parameter_names[i]);
	free(statement->sql);
	free(statement);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_give_up(store);
	for (size_t i = 0; i < store->cache.count; i++)
		statement_free((struct statement *)(uintptr_t)store->cache.values[i]);
	text_map_release(&store->cache);
	store->driver->close(store);
	free(store);
}

enum store_kind store_kind(const struct store *store)
{
	return store->kind;
}

enum store_shelf store_shelf(const struct store *store)
{
	return store->shelf;
}

void store_set_patience(struct store *store, unsigned milliseconds)
{
	store->patience = milliseconds;
	store->driver->set_patience(store);
}

enum status store_measure(struct store *store, struct error *error)
{
	static const char analyse[] =
		"DO $$ DECLARE t record; BEGIN FOR t IN SELECT schemaname AS s, tablename AS n FROM pg_tables "
		"WHERE schemaname = current_schema() LOOP EXECUTE format('ANALYZE %I.%I', t.s, t.n); END LOOP; END $$";
	return store->kind == STORE_POSTGRESQL ? store_execute(store, analyse, error) : STATUS_OK;
}

void store_forget_pages(struct store *store)
{
	store->driver->forget_pages(store);
}

bool store_in_transaction(const struct store *store)
{
	return store->in_transaction;
}

/* What must hold before anything is sent. */
static enum status store_ready(struct store *store, struct error *error)
{
	if (store->streaming)
		return error_set(error, STATUS_INTERNAL, "store.streaming",
				 "The store was used while a statement was streaming from it");
	if (store->in_transaction && store->failed)
		return error_set(error, STATUS_INTERNAL, "store.failed",
				 "A transaction was used after a failure inside it, without a rollback");
	return store->in_transaction ? STATUS_OK : store->driver->ready(store, error);
}

static enum status store_done(struct store *store, enum status status)
{
	if (status && store->in_transaction)
		store->failed = true;
	return status;
}

enum status store_execute(struct store *store, const char *sql, struct error *error)
{
	enum status status = store_ready(store, error);
	return status ? status : store_done(store, store->driver->execute(store, sql, error));
}

enum status store_define(struct store *store, const char *ddl, struct error *error)
{
	struct buf sql;
	buf_init(&sql, 1 << 20);
	enum status status = schema_translate(text_of(ddl), store->kind, &sql, error);
	if (status == STATUS_OK)
		status = store_execute(store, buf_text(&sql).at, error);
	buf_release(&sql);
	return status;
}

enum status store_query_int(struct store *store, const char *sql, int64_t *out, struct error *error)
{
	struct statement *statement;
	enum status status = store_prepare(&statement, store, sql, error);
	if (status)
		return status;
	bool row;
	*out = 0;
	status = statement_step(statement, &row, error);
	struct value value;
	if (status == STATUS_OK && row && store->driver->value(statement, FIRST_COLUMN, VALUE_INT, &value) &&
	    value.type == VALUE_INT)
		*out = value.integer;
	statement_done(statement);
	return status;
}

static enum status begin_all(struct store *store, struct error *error)
{
	enum status status = store_ready(store, error);
	if (status)
		return status;
	status = store->driver->begin(store, error);
	store->in_transaction = status == STATUS_OK;
	store->failed = false;
	return status;
}

static void rollback_all(struct store *store)
{
	if (store->streaming)
		statement_reset(store->streaming);
	if (store->in_transaction)
		store->driver->rollback(store);
	store->in_transaction = store->failed = store->held = store->inside = false;
}

enum status store_begin(struct store *store, struct error *error)
{
	if (store->in_transaction && (!store->held || store->inside))
		return error_set(error, STATUS_INTERNAL, "store.nested", "A transaction was begun inside another one");
	if (!store->held)
		return begin_all(store, error);
	enum status status = store_execute(store, "SAVEPOINT held", error);
	store->inside = status == STATUS_OK;
	return status;
}

enum status store_commit(struct store *store, struct error *error)
{
	if (!store->in_transaction || (store->held && !store->inside))
		return error_set(error, STATUS_INTERNAL, "store.nested", "There is no transaction to commit");
	enum status status = store_ready(store, error);
	if (status == STATUS_OK)
		status = store->held ? store->driver->execute(store, "RELEASE SAVEPOINT held", error)
				     : store->driver->commit(store, error);
	if (status) {
		store_rollback(store);
		return status;
	}
	store->in_transaction = store->held;
	store->inside = false;
	return STATUS_OK;
}

void store_rollback(struct store *store)
{
	if (!store)
		return;
	if (!store->held) {
		rollback_all(store);
		return;
	}
	if (store->streaming)
		statement_reset(store->streaming);
	if (!store->inside)
		return;
	static const char back[] = "ROLLBACK TO SAVEPOINT held";
	struct error ignored;
	store->inside = false;
	/* What was queued and failed is told at the first call, which is then not made. */
	bool is_back = false;
	for (int tries = 0; tries < 2 && !is_back; tries++)
		is_back = store->driver->execute(store, back, &ignored) == STATUS_OK;
	store->failed = !is_back || store->driver->execute(store, "RELEASE SAVEPOINT held", &ignored) != STATUS_OK;
}

enum status store_hold(struct store *store, struct error *error)
{
	assert(!store->in_transaction);
	enum status status = begin_all(store, error);
	store->held = status == STATUS_OK;
	return status;
}

enum status store_let_go(struct store *store, struct error *error)
{
	assert(store->held && !store->inside);
	enum status status = store_ready(store, error);
	if (status == STATUS_OK)
		status = store->driver->commit(store, error);
	if (status) {
		rollback_all(store);
		return status;
	}
	store->in_transaction = store->held = false;
	return STATUS_OK;
}

void store_give_up(struct store *store)
{
	rollback_all(store);
}

enum status store_sync(struct store *store, struct error *error)
{
	return store->driver->sync(store, error);
}

static enum status statement_compile(struct statement **out, struct store *store, const char *sql, struct error *error)
{
	struct statement *statement = store->driver->statement_new();
	statement->store = store;
	enum status status = sql_read_parameters(statement, sql, error);
	if (status == STATUS_OK)
		status = store->driver->prepare(statement, error);
	if (status) {
		statement_free(statement);
		return status;
	}
	statement->taken = true;
	*out = statement;
	return STATUS_OK;
}

enum status store_prepare(struct statement **out, struct store *store, const char *sql, struct error *error)
{
	*out = NULL;
	uint64_t *kept = text_map_get(&store->cache, text_of(sql));
	struct statement *statement = kept ? (struct statement *)(uintptr_t)*kept : NULL;
	if (statement && !statement->taken) {
		statement->taken = true;
		*out = statement;
		return STATUS_OK;
	}
	enum status status = store_ready(store, error);
	if (status == STATUS_OK)
		status = store_done(store, statement_compile(out, store, sql, error));
	if (status)
		return status;
	if (!kept && store->cache.count < STATEMENT_CACHE_MAX) {
		(*out)->cached = true;
		*text_map_put(&store->cache, text_of(sql), NULL) = (uint64_t)(uintptr_t)*out;
	}
	return STATUS_OK;
}

void statement_forget_bindings(struct statement *statement)
{
	unsigned count = statement->parameter_count;
	statement->unbound = count == PARAMETERS_MAX ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

void statement_done(struct statement *statement)
{
	if (!statement)
		return;
	statement_reset(statement);
	if (!statement->cached) {
		statement_free(statement);
		return;
	}
	if (statement->parameter_count)
		statement->store->driver->clear(statement);
	statement_forget_bindings(statement);
	statement->mistake[0] = '\0';
	statement->streams = false;
	statement->taken = false;
}

void statement_reset(struct statement *statement)
{
	if (statement->store->streaming == statement)
		statement->store->streaming = NULL;
	statement->store->driver->reset(statement);
	statement->active = false;
}

void statement_stream(struct statement *statement)
{
	statement->streams = true;
}

static void note_mistake(struct statement *statement, const char *what, const char *name)
{
	if (!statement->mistake[0])
		snprintf(statement->mistake, sizeof statement->mistake, "%s \"%s\"", what, name);
}

static void bind_value(struct statement *statement, const char *name, const struct value *value)
{
	if (statement->active)
		statement_reset(statement);
	unsigned count = statement->parameter_count, i = statement->next_parameter;
	for (unsigned tried = 0; tried < count; tried++, i++) {
		i = i < count ? i : 0;
		if (strcmp(statement->parameter_names[i], name) != 0)
			continue;
		statement->next_parameter = i + 1;
		statement->store->driver->bind(statement, i, value);
		statement->unbound &= ~(UINT64_C(1) << i);
		return;
	}
	note_mistake(statement, "there is no parameter", name);
}

void statement_bind_int(struct statement *statement, const char *name, int64_t value)
{
	bind_value(statement, name, &(struct value){.type = VALUE_INT, .integer = value});
}

void statement_bind_double(struct statement *statement, const char *name, double value)
{
	bind_value(statement, name, &(struct value){.type = VALUE_DOUBLE, .real = value});
}

void statement_bind_text(struct statement *statement, const char *name, struct text value)
{
	enum value_type type = text_is_absent(value) ? VALUE_NULL : VALUE_TEXT;
	bind_value(statement, name, &(struct value){.type = type, .bytes = value});
}

void statement_bind_blob(struct statement *statement, const char *name, const void *bytes, size_t len)
{
	enum value_type type = bytes ? VALUE_BLOB : VALUE_NULL;
	bind_value(statement, name, &(struct value){.type = type, .bytes = text_slice(bytes, len)});
}

void statement_bind_null(struct statement *statement, const char *name)
{
	bind_value(statement, name, &(struct value){.type = VALUE_NULL});
}

static enum status statement_check(struct statement *statement, struct error *error)
{
	for (unsigned i = 0; statement->unbound && i < statement->parameter_count; i++)
		if (statement->unbound & UINT64_C(1) << i)
			note_mistake(statement, "nothing was bound to parameter", statement->parameter_names[i]);
	if (!statement->mistake[0])
		return STATUS_OK;
	error_set(error, STATUS_INTERNAL, "store.parameter", "A statement was used wrongly: %s", statement->mistake);
	error_cause(error, "%.200s", statement->sql);
	return STATUS_INTERNAL;
}

static enum status statement_start(struct statement *statement, struct error *error)
{
	enum status status = statement_check(statement, error);
	return status ? status : store_ready(statement->store, error);
}

void store_watch(struct store *store, const struct arena *arena)
{
	store->watched = arena;
}

static enum status too_much(struct error *error)
{
	error_set(error, STATUS_TOO_LARGE, "store.too_much", "What was asked for is more than one answer can hold.");
	error_remedy(error, "Ask for less at once: a shorter time, or one service.");
	return STATUS_TOO_LARGE;
}

enum status statement_step(struct statement *statement, bool *row, struct error *error)
{
	struct store *store = statement->store;
	bool has = false;
	if (row)
		*row = false;
	enum status status = statement->active ? statement_check(statement, error) : statement_start(statement, error);
	if (status == STATUS_OK)
		status = store->driver->step(statement, &has, error);
	if (status == STATUS_OK && has && row && store->watched && arena_is_over(store->watched))
		status = too_much(error);
	if (status || !has) {
		statement_reset(statement);
		return store_done(store, status);
	}
	statement->active = true;
	if (statement->streams)
		store->streaming = statement;
	if (row)
		*row = true;
	return STATUS_OK;
}

enum status statement_run(struct statement *statement, int64_t *changed, struct error *error)
{
	bool row;
	enum status status = statement_step(statement, &row, error);
	if (status == STATUS_OK && changed)
		*changed = statement->store->driver->changed(statement);
	statement_reset(statement);
	return status;
}

enum status statement_queue(struct statement *statement, struct error *error)
{
	assert(statement->store->in_transaction);
	enum status status = statement_start(statement, error);
	if (status == STATUS_OK)
		status = statement->store->driver->queue(statement, error);
	return store_done(statement->store, status);
}

int statement_column(struct statement *statement, const char *name)
{
	int column = statement->store->driver->column(statement, name);
	if (column < 0)
		note_mistake(statement, "there is no column", name);
	return column;
}

static struct value read_value(struct statement *statement, int column, enum value_type wanted)
{
	struct value value = {.type = VALUE_NULL};
	if (column < 0 || !statement->active)
		return value;
	if (!statement->store->driver->value(statement, column, wanted, &value)) {
		note_mistake(statement,
			     "a column was read as the wrong type:", wanted == VALUE_TEXT ? "text" : "number");
		value = (struct value){.type = VALUE_NULL};
	}
	return value;
}

int64_t statement_int(struct statement *statement, int column)
{
	return read_value(statement, column, VALUE_INT).integer;
}

double statement_double(struct statement *statement, int column)
{
	return read_value(statement, column, VALUE_DOUBLE).real;
}

struct text statement_text(struct statement *statement, int column)
{
	return read_value(statement, column, VALUE_TEXT).bytes;
}

struct text statement_blob(struct statement *statement, int column)
{
	return read_value(statement, column, VALUE_TEXT).bytes;
}

bool statement_is_null(struct statement *statement, int column)
{
	return read_value(statement, column, VALUE_NULL).type == VALUE_NULL;
}
