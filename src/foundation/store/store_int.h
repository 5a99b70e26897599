/* Shared by the parts of the store and by nobody else: what the common half (store.c) keeps,
 * and what each driver (sqlite.c, postgresql.c) must be able to do. */
#ifndef STORE_STORE_INT_H
#define STORE_STORE_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "store/schema.h"
#include "store/store.h"

#include <assert.h>

enum { FIRST_COLUMN = INT32_MAX }; /* a handle for the first column, whatever its name */

enum {
	PARAMETERS_MAX = 64, /* of one statement; `unbound` is a bit each */
	BULK_COLUMNS_MAX = 64,
	STATEMENT_CACHE_MAX = 512,  /* statements beyond this are compiled each time */
	PATIENCE_MS = 10000,        /* how long a writer waits for another one */
	BULK_BUFFER_BYTES = 1 << 20 /* PostgreSQL: sent in pieces of about this size */
};

enum value_type { VALUE_NULL, VALUE_INT, VALUE_DOUBLE, VALUE_TEXT, VALUE_BLOB };

struct value {
	enum value_type type;
	int64_t integer;
	double real;
	struct text bytes;
};

struct store_driver {
	enum status (*open)(struct store *store, const char *address, struct error *error);
	void (*close)(struct store *store);
	enum status (*execute)(struct store *store, const char *sql, struct error *error);
	/* Called before anything is sent outside a transaction; connects again when it must. */
	enum status (*ready)(struct store *store, struct error *error);
	enum status (*begin)(struct store *store, struct error *error);
	enum status (*commit)(struct store *store, struct error *error);
	void (*rollback)(struct store *store);
	void (*set_patience)(struct store *store);
	void (*forget_pages)(struct store *store);
	enum status (*sync)(struct store *store, struct error *error);

	struct statement *(*statement_new)(void);
	enum status (*prepare)(struct statement *statement, struct error *error);
	void (*bind)(struct statement *statement, unsigned parameter, const struct value *value);
	enum status (*step)(struct statement *statement, bool *row, struct error *error);
	enum status (*queue)(struct statement *statement, struct error *error);
	int64_t (*changed)(struct statement *statement);
	void (*reset)(struct statement *statement);
	void (*clear)(struct statement *statement); /* forgets the bindings */
	void (*statement_free)(struct statement *statement);

	int (*column)(struct statement *statement, const char *name); /* -1: no such column */
	/* False when the column is a number where text was wanted, or the reverse. */
	bool (*value)(struct statement *statement, int column, enum value_type wanted, struct value *out);

	enum status (*bulk_open)(struct bulk *bulk, struct error *error);
	void (*bulk_value)(struct bulk *bulk, const struct value *value);
	enum status (*bulk_row)(struct bulk *bulk, struct error *error);
	enum status (*bulk_flush)(struct bulk *bulk, struct error *error);
	void (*bulk_close)(struct bulk *bulk);
};

extern const struct store_driver sqlite_driver, postgresql_driver;

struct store {
	const struct store_driver *driver;
	enum store_kind kind;
	enum store_shelf shelf;
	enum store_mode mode;
	char where[200];   /* for messages: a path, or server and database, never a password */
	unsigned patience; /* milliseconds */
	bool in_transaction;
	bool held;   /* the transaction is one over others ... */
	bool inside; /* ... of which one is open, as a savepoint */
	bool failed; /* something failed inside the transaction: only a rollback is left */
	struct statement *streaming;
	const struct arena *watched; /* rows are read into it */
	struct text_map cache;
	void *connection; /* the driver's own */
};

struct statement {
	struct store *store;
	char *sql; /* as it was given */
	char *parameter_names[PARAMETERS_MAX];
	unsigned parameter_count;
	unsigned next_parameter; /* where to look first: callers bind, and ask for columns, in the order of the text */
	int next_column;
	uint64_t unbound;
	char mistake[160];
	bool taken, cached, active, streams;
};

struct bulk {
	struct store *store;
	char *table, *columns;
	unsigned column_count, value_count; /* values of the row so far */
	bool own_transaction;
	void *driver_data;
};

/* Keeps the text and fills the names of its parameters. */
enum status sql_read_parameters(struct statement *statement, const char *sql, struct error *error);
/* The text as the driver wants it: parameters by number, those of the set AS_NULL as the word NULL. */
void sql_render(struct statement *statement, uint64_t as_null, struct buf *out);
void statement_forget_bindings(struct statement *statement);

/* Fills the error from the kind of failure, so that both drivers say the same. */
enum failure {
	FAILURE_SQL,
	FAILURE_DISK_FULL,
	FAILURE_READ_ONLY,
	FAILURE_LOCKED,
	FAILURE_CONFLICT,
	FAILURE_SERVER_GONE,
	FAILURE_SIGN_IN,
	FAILURE_MISSING,
	FAILURE_DUPLICATE,
	FAILURE_CONSTRAINT,
	FAILURE_CORRUPT,
	FAILURE_IO,
	FAILURE_NO_MEMORY,
	FAILURE_BUSY_SERVER,
	FAILURE_INTERRUPTED
};
enum status store_fail(const struct store *store, enum failure failure, const char *cause, struct error *error);

char *store_copy(const char *string); /* heap */

static inline const char *shelf_name(enum store_shelf shelf)
{
	return shelf == STORE_DATA ? "data" : "desk";
}

#endif
