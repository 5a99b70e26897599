/* One database interface over SQLite and PostgreSQL.
 *
 * A `struct store` is one connection to one shelf (docs/decisions/0001).  It belongs to one
 * thread at a time; a program that serves many opens several, or takes them from a
 * `struct store_pool`.  SQL is written once, for both: parameters are `:name`, nothing
 * dialect-specific (see README.md for what both understand).
 *
 *     struct statement *find;
 *     status = store_prepare(&find, store, "SELECT run_id, status FROM run WHERE kind = :kind", error);
 *     statement_bind_text(find, "kind", TEXT("refresh"));
 *     int run_id = statement_column(find, "run_id");
 *     bool row;
 *     while ((status = statement_step(find, &row, error)) == STATUS_OK && row)
 *             use(statement_int(find, run_id));
 *     statement_done(find);
 *
 * Statements are compiled once per connection and kept by their text: prepare and done are
 * cheap, so call them where they are used.  What a caller gets wrong (a parameter or column
 * that does not exist, a parameter left unbound) is reported by the next step.
 *
 * After any error inside a transaction, roll back: PostgreSQL accepts nothing else.
 * When the server has gone away the call fails with STATUS_IO, "store.server_gone"; the next
 * use outside a transaction connects again.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/error.h"
#include "base/text.h"

struct arena;

enum store_kind { STORE_SQLITE, STORE_POSTGRESQL };
enum store_shelf { STORE_DATA, STORE_DESK };
enum store_mode { STORE_READ, STORE_WRITE };

struct store;
struct statement;
struct bulk;

/* ADDRESS is "sqlite:FOLDER" (data.db and desk.db in it; STORE_WRITE creates the file, mode
 * 0600) or "postgresql://..." (schemas data and desk; STORE_WRITE creates them). */
enum status store_open(struct store **out, const char *address, enum store_shelf shelf, enum store_mode mode,
		       struct error *error) MUST_CHECK;
void store_close(struct store *store); /* NULL is fine; an open transaction is rolled back */
enum store_kind store_kind(const struct store *store);
enum store_shelf store_shelf(const struct store *store);

/* How long to wait for another writer before STATUS_CONFLICT "store.locked"; 10,000 ms unless told. A server's
 * request should wait less than a refresh. */
void store_set_patience(struct store *store, unsigned milliseconds);

/* Lets the planner know how large the tables are now: after a load, in its transaction or behind it. PostgreSQL would
 * find out by itself a minute later, and until then read whole tables for one resident; SQLite has no need. */
enum status store_measure(struct store *store, struct error *error) MUST_CHECK;

/* Gives back what the connection keeps in memory of the pages it has read: after a whole table was read once. */
void store_forget_pages(struct store *store);

/* Literal SQL without parameters; several statements may be given, separated by ';'. */
enum status store_execute(struct store *store, const char *sql, struct error *error) MUST_CHECK;
/* DDL in the neutral types of schema.sql, for temporary tables:
 * "CREATE TEMP TABLE pick (resident_id ID PRIMARY KEY, name TEXT)". */
enum status store_define(struct store *store, const char *ddl, struct error *error) MUST_CHECK;
/* The first column of the only row as an integer; 0 when there is no row or it is null. */
enum status store_query_int(struct store *store, const char *sql, int64_t *out, struct error *error) MUST_CHECK;

/* A transaction: for a STORE_WRITE store the only one that writes to the data shelf (on SQLite to either
 * shelf); for a STORE_READ store an unchanging picture. They do not nest. */
enum status store_begin(struct store *store, struct error *error) MUST_CHECK;
enum status store_commit(struct store *store, struct error *error) MUST_CHECK; /* a failed commit is rolled back */
void store_rollback(struct store *store); /* fine when none is open, and for NULL */
bool store_in_transaction(const struct store *store);

/* One transaction over several that are written for themselves: until store_let_go() nobody else sees anything of
 * them, and each can still be rolled back alone. store_give_up() rolls back all; fine when nothing is held. */
enum status store_hold(struct store *store, struct error *error) MUST_CHECK;
enum status store_let_go(struct store *store, struct error *error) MUST_CHECK;
void store_give_up(struct store *store);

/* The desk is on disk when a commit returns.  The data shelf on SQLite is consistent after a
 * loss of power, but may lack the last commits: call this before deleting what was loaded. */
enum status store_sync(struct store *store, struct error *error) MUST_CHECK;

enum status store_prepare(struct statement **out, struct store *store, const char *sql, struct error *error) MUST_CHECK;
void statement_done(struct statement *statement); /* back to the cache; NULL is fine */

/* Binding copies. A binding stays until it is bound again or the statement is done. */
void statement_bind_int(struct statement *statement, const char *name, int64_t value);
void statement_bind_double(struct statement *statement, const char *name, double value);
void statement_bind_text(struct statement *statement, const char *name, struct text value); /* absent binds null */
void statement_bind_blob(struct statement *statement, const char *name, const void *bytes, size_t len);
void statement_bind_null(struct statement *statement, const char *name);

/* While the rows of STORE are read into ARENA: a step to another row fails with STATUS_TOO_LARGE "store.too_much" once
 * the arena is over its line, so that what one asks for ends that question and not the process. NULL ends it, and so
 * does store_pool_give(). */
void store_watch(struct store *store, const struct arena *arena);

/* Runs to the next row; *ROW tells whether there is one (it may be NULL where none is wanted).
 * After the last row the statement is reset and may be stepped again from the start. */
enum status statement_step(struct statement *statement, bool *row, struct error *error) MUST_CHECK;
/* For INSERT, UPDATE and DELETE: runs it, resets it; *CHANGED (may be NULL) is the number of rows. */
enum status statement_run(struct statement *statement, int64_t *changed, struct error *error) MUST_CHECK;
/* The same without waiting for the answer where that saves a round trip: a failure surfaces at a
 * later call on the store, at the latest at store_commit(). Only inside a transaction. */
enum status statement_queue(struct statement *statement, struct error *error) MUST_CHECK;
void statement_reset(struct statement *statement);
/* Before the first step of a query with a great many rows: they are then read as they come
 * and not all at once, and until the last row or a reset the store runs nothing else. */
void statement_stream(struct statement *statement);

/* The handle of a result column, good as long as the statement is held. */
int statement_column(struct statement *statement, const char *name);
/* Values of the current row; text and blobs live until the next step, reset or done. Null reads
 * as 0, 0.0 and absent. */
int64_t statement_int(struct statement *statement, int column);
double statement_double(struct statement *statement, int column);
struct text statement_text(struct statement *statement, int column); /* text or blob, as bytes */
struct text statement_blob(struct statement *statement, int column);
bool statement_is_null(struct statement *statement, int column);

/* Bulk loading: values in the order of COLUMNS, then bulk_row(). Other statements may run and
 * other bulks may be open in between; rows are sure to be visible after bulk_flush() or bulk_end()
 * only. Inside the caller's transaction when one is open, else in one of its own. */
enum status store_bulk_begin(struct bulk **out, struct store *store, const char *table, const char *columns,
			     struct error *error) MUST_CHECK;
void bulk_int(struct bulk *bulk, int64_t value);
void bulk_double(struct bulk *bulk, double value);
void bulk_text(struct bulk *bulk, struct text value); /* absent is null */
void bulk_blob(struct bulk *bulk, const void *bytes, size_t len);
void bulk_null(struct bulk *bulk);
enum status bulk_row(struct bulk *bulk, struct error *error) MUST_CHECK;
enum status bulk_flush(struct bulk *bulk, struct error *error) MUST_CHECK;
enum status bulk_end(struct bulk *bulk, struct error *error) MUST_CHECK; /* frees it, whatever the outcome */
void bulk_abandon(struct bulk *bulk);                                    /* frees it; NULL is fine */

/* Brings the shelf to the newest schema: numbered migrations, forward only, each in a transaction
 * of its own, recorded in schema_version. A shelf newer than this program is refused. */
enum status store_migrate(struct store *store, struct error *error) MUST_CHECK;
/* STATUS_CONFLICT unless the shelf has exactly the schema of this program. */
enum status store_check_schema(struct store *store, struct error *error) MUST_CHECK;

/* Connections for the threads of a server, opened when first wanted. */
struct store_pool;
enum status store_pool_open(struct store_pool **out, const char *address, enum store_shelf shelf, enum store_mode mode,
			    unsigned size, struct error *error) MUST_CHECK;
/* Waits for a free one; *OUT is NULL when it fails. Giving it back rolls back a transaction that is open. */
enum status store_pool_take(struct store_pool *pool, struct store **out, struct error *error) MUST_CHECK;
void store_pool_give(struct store_pool *pool, struct store *store);
void store_pool_close(struct store_pool *pool); /* all must have been given back */

#endif
