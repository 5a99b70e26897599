/* Shared by the parts of the PostgreSQL driver. */
#ifndef STORE_POSTGRESQL_INT_H
#define STORE_POSTGRESQL_INT_H

#include "store/store_int.h"

#include <libpq-fe.h>

/* From the server's pg_type.h, which libpq-dev does not install. */
enum pg_type {
	PG_ANY = 0, /* only nulls so far */
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_FLOAT4 = 700,
	PG_FLOAT8 = 701,
	PG_NUMERIC = 1700
};

enum { QUEUE_MAX = 256 }; /* executions sent before their answers are read */

struct postgresql {
	PGconn *handle;
	char *address;
	uint64_t epoch; /* counts connections: statements prepared on an earlier one are gone */
	unsigned names; /* given to prepared statements so far */
	unsigned queued;
};

struct pg_parameter {
	enum pg_type type;     /* what the statement was, or is to be, prepared with */
	enum value_type given; /* what is bound now */
	char fixed[8];         /* a number in network order */
	struct buf bytes;      /* a text or blob */
};

struct pg_statement {
	struct statement base;
	char name[16];
	uint64_t epoch; /* 0: not prepared */
	struct pg_parameter parameters[PARAMETERS_MAX];
	PGresult *result;
	int row;
	bool running;   /* streaming: more results may come */
	char **wanted;  /* names of columns asked for; a handle is an index */
	int *wanted_at; /* their places, -1 until known */
	size_t wanted_count, wanted_capacity, wanted_at_capacity;
	int64_t changed;
};

static inline struct postgresql *postgresql_of(const struct store *store)
{
	return store->connection;
}

enum status pg_fail(struct store *store, const PGresult *result, struct error *error);
/* Reads the answers to what was queued. */
enum status pg_drain(struct store *store, struct error *error);

/* Statements (postgresql_statement.c). */
struct statement *pg_statement_new(void);
enum status pg_prepare(struct statement *statement, struct error *error);
void pg_bind(struct statement *statement, unsigned parameter, const struct value *value);
enum status pg_step(struct statement *statement, bool *row, struct error *error);
enum status pg_queue(struct statement *statement, struct error *error);
int64_t pg_changed(struct statement *statement);
void pg_reset(struct statement *statement);
void pg_clear(struct statement *statement);
void pg_statement_free(struct statement *statement);
int pg_column(struct statement *statement, const char *name);
bool pg_value(struct statement *statement, int column, enum value_type wanted, struct value *out);

/* Bulk loading (postgresql_bulk.c). */
enum status pg_bulk_open(struct bulk *bulk, struct error *error);
void pg_bulk_value(struct bulk *bulk, const struct value *value);
enum status pg_bulk_row(struct bulk *bulk, struct error *error);
enum status pg_bulk_flush(struct bulk *bulk, struct error *error);
void pg_bulk_close(struct bulk *bulk);

static inline void put_be16(char *at, uint16_t value)
{
	value = __builtin_bswap16(value);
	memcpy(at, &value, sizeof value);
}

static inline void put_be32(char *at, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(at, &value, sizeof value);
}

static inline void put_be64(char *at, uint64_t value)
{
	value = __builtin_bswap64(value);
	memcpy(at, &value, sizeof value);
}

static inline uint16_t get_be16(const char *at)
{
	uint16_t value;
	memcpy(&value, at, sizeof value);
	return __builtin_bswap16(value);
}

static inline uint32_t get_be32(const char *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return __builtin_bswap32(value);
}

static inline uint64_t get_be64(const char *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof value);
	return __builtin_bswap64(value);
}

static inline uint64_t double_bits(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return bits;
}

static inline double bits_double(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

#endif
