/* A whole database copied out while others use it, and put back.
 *
 * SQLite: FOLDER/data.db and FOLDER/desk.db, each one unchanging picture (VACUUM INTO).  PostgreSQL:
 * FOLDER/postgresql.dump, one picture of both shelves, by pg_dump and pg_restore, which must be
 * installed.  The address never appears on a command line: it may hold a password.
 */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include "base/error.h"

/* FOLDER exists and holds no earlier copy. */
enum status store_copy_out(const char *address, const char *folder, struct error *error) MUST_CHECK;
/* Into a database that holds no shelf yet: STATUS_CONFLICT otherwise. */
enum status store_copy_in(const char *address, const char *folder, struct error *error) MUST_CHECK;

#endif
