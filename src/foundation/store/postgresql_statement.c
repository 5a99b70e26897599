#include "base/memory.h"
#include "store/postgresql_int.h"

#include <math.h>

static struct pg_statement *self_of(struct statement *statement)
{
	return (struct pg_statement *)statement;
}

struct statement *pg_statement_new(void)
{
	struct pg_statement *self = memory_alloc(1, sizeof *self);
	for (unsigned i = 0; i < PARAMETERS_MAX; i++)
		buf_init(&self->parameters[i].bytes, SIZE_MAX / 2);
	return &self->base;
}

static void forget_on_server(struct pg_statement *self)
{
	struct postgresql *pg = postgresql_of(self->base.store);
	if (self->epoch != pg->epoch || pg->queued || PQstatus(pg->handle) != CONNECTION_OK)
		return;
	char sql[40];
	snprintf(sql, sizeof sql, "DEALLOCATE %s", self->name);
	PQclear(PQexec(pg->handle, sql));
	self->epoch = 0;
}

/* Types come from what is bound. A parameter that has only been null so far has no type yet; it is
 * written as NULL, and the statement is prepared again when it first has a value. */
static PGresult *send_prepare(struct pg_statement *self)
{
	struct postgresql *pg = postgresql_of(self->base.store);
	Oid types[PARAMETERS_MAX];
	uint64_t as_null = 0;
	for (unsigned i = 0; i < self->base.parameter_count; i++) {
		bool typed = self->parameters[i].type != PG_ANY;
		types[i] = typed ? (Oid)self->parameters[i].type : PG_TEXT;
		as_null |= typed ? 0 : UINT64_C(1) << i;
	}
	struct buf sql;
	buf_init(&sql, 1 << 20);
	sql_render(&self->base, as_null, &sql);
	snprintf(self->name, sizeof self->name, "s%u", ++pg->names);
	PGresult *result = PQprepare(pg->handle, self->name, buf_text(&sql).at, (int)self->base.parameter_count, types);
	buf_release(&sql);
	return result;
}

static enum status prepare_now(struct pg_statement *self, struct error *error)
{
	struct store *store = self->base.store;
	enum status status = pg_drain(store, error);
	if (status)
		return status;
	forget_on_server(self);
	PGresult *result = send_prepare(self);
	status = PQresultStatus(result) == PGRES_COMMAND_OK ? STATUS_OK : pg_fail(store, result, error);
	PQclear(result);
	if (status == STATUS_OK)
		self->epoch = postgresql_of(store)->epoch;
	return status;
}

/* Without parameters a statement can be checked at once, as SQLite does; with them its types are
 * known at the first step only. */
enum status pg_prepare(struct statement *statement, struct error *error)
{
	return statement->parameter_count ? STATUS_OK : prepare_now(self_of(statement), error);
}

static void want_type(struct pg_statement *self, struct pg_parameter *parameter, enum pg_type type)
{
	if (parameter->type == type)
		return;
	parameter->type = type;
	forget_on_server(self);
	self->epoch = 0;
}

void pg_bind(struct statement *statement, unsigned number, const struct value *value)
{
	struct pg_statement *self = self_of(statement);
	struct pg_parameter *parameter = &self->parameters[number];
	parameter->given = value->type;
	switch (value->type) {
	case VALUE_INT:
		if (parameter->type == PG_FLOAT8) {
			put_be64(parameter->fixed, double_bits((double)value->integer));
			break;
		}
		want_type(self, parameter, PG_INT8);
		put_be64(parameter->fixed, (uint64_t)value->integer);
		break;
	case VALUE_DOUBLE:
		want_type(self, parameter, PG_FLOAT8);
		put_be64(parameter->fixed, double_bits(value->real));
		break;
	case VALUE_TEXT:
	case VALUE_BLOB:
		want_type(self, parameter, value->type == VALUE_TEXT ? PG_TEXT : PG_BYTEA);
		buf_clear(&parameter->bytes);
		buf_reserve(&parameter->bytes, value->bytes.len + 1);
		buf_append(&parameter->bytes, value->bytes.at, value->bytes.len);
		break;
	case VALUE_NULL:
		break;
	}
}

struct pg_arguments {
	const char *values[PARAMETERS_MAX];
	int lengths[PARAMETERS_MAX], formats[PARAMETERS_MAX];
};

static void gather(struct pg_statement *self, struct pg_arguments *arguments)
{
	for (unsigned i = 0; i < self->base.parameter_count; i++) {
		struct pg_parameter *parameter = &self->parameters[i];
		bool fixed = parameter->given == VALUE_INT || parameter->given == VALUE_DOUBLE;
		arguments->values[i] = parameter->given == VALUE_NULL ? NULL
				       : fixed                        ? parameter->fixed
								      : parameter->bytes.at;
		arguments->lengths[i] = fixed ? 8 : (int)parameter->bytes.len;
		arguments->formats[i] = 1;
	}
}

static bool is_prepared(const struct pg_statement *self)
{
	return self->epoch && self->epoch == postgresql_of(self->base.store)->epoch;
}

static void find_wanted(struct pg_statement *self, size_t i)
{
	self->wanted_at[i] = -1;
	int count = PQnfields(self->result);
	for (int column = 0; column < count; column++)
		if (strcmp(PQfname(self->result, column), self->wanted[i]) == 0)
			self->wanted_at[i] = column;
	if (self->wanted_at[i] < 0 && !self->base.mistake[0])
		snprintf(self->base.mistake, sizeof self->base.mistake, "there is no column \"%s\"", self->wanted[i]);
}

/* Finishes a streaming query, so that the connection is free again. */
static void read_to_the_end(struct pg_statement *self)
{
	self->running = false;
	for (PGresult *rest; (rest = PQgetResult(postgresql_of(self->base.store)->handle)) != NULL;)
		PQclear(rest);
}

/* An abandoned query is cancelled, but not inside a transaction, which that would undo. */
static void abandon_stream(struct pg_statement *self)
{
	PGcancel *cancel = PQgetCancel(postgresql_of(self->base.store)->handle);
	char why[256];
	if (cancel && !self->base.store->in_transaction)
		PQcancel(cancel, why, sizeof why);
	PQfreeCancel(cancel);
	read_to_the_end(self);
}

static enum status execute(struct pg_statement *self, struct error *error)
{
	struct store *store = self->base.store;
	PGconn *handle = postgresql_of(store)->handle;
	struct pg_arguments arguments;
	gather(self, &arguments);
	int count = (int)self->base.parameter_count;
	if (self->base.streams) {
		if (!PQsendQueryPrepared(handle, self->name, count, arguments.values, arguments.lengths,
					 arguments.formats, 1))
			return pg_fail(store, NULL, error);
		PQsetSingleRowMode(handle);
		self->running = true;
		return STATUS_OK;
	}
	self->result =
		PQexecPrepared(handle, self->name, count, arguments.values, arguments.lengths, arguments.formats, 1);
	ExecStatusType kind = PQresultStatus(self->result);
	if (kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK)
		return pg_fail(store, self->result, error);
	const char *changed = PQcmdTuples(self->result);
	if (!text_parse_int64(text_of(changed), &self->changed))
		self->changed = 0;
	return STATUS_OK;
}

static enum status start(struct pg_statement *self, struct error *error)
{
	enum status status = pg_drain(self->base.store, error);
	if (status == STATUS_OK && !is_prepared(self))
		status = prepare_now(self, error);
	self->row = -1;
	if (status == STATUS_OK)
		status = execute(self, error);
	for (size_t i = 0; status == STATUS_OK && self->result && i < self->wanted_count; i++)
		find_wanted(self, i);
	return status;
}

static enum status next_streamed(struct pg_statement *self, bool *row, struct error *error)
{
	bool first = !self->result;
	PQclear(self->result);
	self->result = PQgetResult(postgresql_of(self->base.store)->handle);
	ExecStatusType kind = PQresultStatus(self->result);
	if (kind != PGRES_SINGLE_TUPLE && kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK) {
		enum status status = pg_fail(self->base.store, self->result, error);
		read_to_the_end(self);
		return status;
	}
	*row = kind == PGRES_SINGLE_TUPLE;
	self->row = 0;
	for (size_t i = 0; first && i < self->wanted_count; i++)
		find_wanted(self, i);
	if (!*row)
		read_to_the_end(self);
	return STATUS_OK;
}

static enum status check_columns(struct pg_statement *self, struct error *error)
{
	if (!self->base.mistake[0])
		return STATUS_OK;
	error_set(error, STATUS_INTERNAL, "store.parameter", "A statement was used wrongly: %s", self->base.mistake);
	error_cause(error, "%.200s", self->base.sql);
	return STATUS_INTERNAL;
}

enum status pg_step(struct statement *statement, bool *row, struct error *error)
{
	struct pg_statement *self = self_of(statement);
	enum status status = self->base.active ? STATUS_OK : start(self, error);
	if (status == STATUS_OK && self->running)
		status = next_streamed(self, row, error);
	else if (status == STATUS_OK)
		*row = ++self->row < PQntuples(self->result);
	return status ? status : check_columns(self, error);
}

enum status pg_queue(struct statement *statement, struct error *error)
{
	struct pg_statement *self = self_of(statement);
	struct store *store = statement->store;
	struct postgresql *pg = postgresql_of(store);
	enum status status = is_prepared(self) ? STATUS_OK : prepare_now(self, error);
	if (status)
		return status;
	struct pg_arguments arguments;
	gather(self, &arguments);
	if (!pg->queued && !PQenterPipelineMode(pg->handle))
		return pg_fail(store, NULL, error);
	pg->queued++;
	if (!PQsendQueryPrepared(pg->handle, self->name, (int)statement->parameter_count, arguments.values,
				 arguments.lengths, arguments.formats, 1))
		return pg_fail(store, NULL, error);
	return pg->queued == QUEUE_MAX ? pg_drain(store, error) : STATUS_OK;
}

int64_t pg_changed(struct statement *statement)
{
	return self_of(statement)->changed;
}

void pg_reset(struct statement *statement)
{
	struct pg_statement *self = self_of(statement);
	if (self->running)
		abandon_stream(self);
	PQclear(self->result);
	self->result = NULL;
}

void pg_clear(struct statement *statement)
{
	struct pg_statement *self = self_of(statement);
	for (unsigned i = 0; i < statement->parameter_count; i++) {
		self->parameters[i].given = VALUE_NULL;
		buf_clear(&self->parameters[i].bytes);
	}
}

void pg_statement_free(struct statement *statement)
{
	struct pg_statement *self = self_of(statement);
	pg_reset(statement);
	if (!statement->cached)
		forget_on_server(self);
	for (size_t i = 0; i < self->wanted_count; i++)
		free(self->wanted[i]);
	free(self->wanted);
	free(self->wanted_at);
	for (unsigned i = 0; i < PARAMETERS_MAX; i++)
		buf_release(&self->parameters[i].bytes);
}

int pg_column(struct statement *statement, const char *name)
{
	struct pg_statement *self = self_of(statement);
	for (size_t i = 0; i < self->wanted_count; i++)
		if (strcmp(self->wanted[i], name) == 0)
			return (int)i;
	ARRAY_GROW(self->wanted, self->wanted_count, self->wanted_capacity);
	ARRAY_GROW(self->wanted_at, self->wanted_count, self->wanted_at_capacity);
	size_t i = self->wanted_count++;
	self->wanted[i] = store_copy(name);
	self->wanted_at[i] = -1;
	if (self->result)
		find_wanted(self, i);
	return (int)i;
}

/* The server's form of NUMERIC, which sum() and avg() of integers return: digits of base 10,000. */
static double numeric_value(const char *at)
{
	int digits = get_be16(at), weight = (int16_t)get_be16(at + 2);
	bool negative = get_be16(at + 4) == 0x4000;
	double value = 0;
	for (int i = 0; i < digits; i++)
		value += get_be16(at + 8 + 2 * i) * pow(10000, weight - i);
	return negative ? -value : value;
}

static int64_t numeric_integer(const char *at)
{
	int digits = get_be16(at), weight = (int16_t)get_be16(at + 2);
	int64_t value = 0;
	for (int i = 0; i <= weight; i++)
		value = value * 10000 + (i < digits ? get_be16(at + 8 + 2 * i) : 0);
	return get_be16(at + 4) == 0x4000 ? -value : value;
}

/* False when the column is no number. */
static bool read_number(Oid type, const char *at, struct value *out)
{
	switch ((enum pg_type)type) {
	case PG_BOOL:
		out->integer = at[0] != 0;
		break;
	case PG_INT2:
		out->integer = (int16_t)get_be16(at);
		break;
	case PG_INT4:
		out->integer = (int32_t)get_be32(at);
		break;
	case PG_INT8:
		out->integer = (int64_t)get_be64(at);
		break;
	case PG_FLOAT8:
		out->real = bits_double(get_be64(at));
		out->integer = (int64_t)out->real;
		return true;
	case PG_NUMERIC:
		out->real = numeric_value(at);
		out->integer = numeric_integer(at);
		return true;
	default:
		return false;
	}
	out->real = (double)out->integer;
	return true;
}

bool pg_value(struct statement *statement, int column, enum value_type wanted, struct value *out)
{
	struct pg_statement *self = self_of(statement);
	int at = column == FIRST_COLUMN ? 0 : self->wanted_at[column];
	if (at < 0 || PQgetisnull(self->result, self->row, at))
		return true;
	out->type = wanted == VALUE_NULL ? VALUE_INT : wanted;
	const char *bytes = PQgetvalue(self->result, self->row, at);
	if (wanted == VALUE_INT || wanted == VALUE_DOUBLE)
		return read_number(PQftype(self->result, at), bytes, out);
	if (wanted == VALUE_TEXT) {
		struct value number;
		out->bytes = text_slice(bytes, (size_t)PQgetlength(self->result, self->row, at));
		return !read_number(PQftype(self->result, at), bytes, &number);
	}
	return true;
}
