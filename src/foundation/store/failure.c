#include "store/store_int.h"

/* Said with the place behind them. The cause underneath is added by the driver and never holds
 * a value of a row. */
static const struct {
	enum status status;
	const char *code, *message, *remedy;
} failures[] = {
	[FAILURE_SQL] =
		{STATUS_INTERNAL, "store.sql", "The database did not understand a statement",
		 "This is a fault in the program or an unfinished migration: run `oneview status`, and report it "
		 "with the cause"},
	[FAILURE_DISK_FULL] = {STATUS_IO, "store.disk_full", "The disk is full",
			       "Free some space and run the same command again: what was finished is kept, the rest "
			       "was undone"},
	[FAILURE_READ_ONLY] =
		{STATUS_IO, "store.read_only", "The database may not be written to",
		 "Check the owner and mode of the file and its folder, or the rights of the database user"},
	[FAILURE_LOCKED] = {STATUS_CONFLICT, "store.locked", "Another process holds the database",
			    "Wait until it has finished (`oneview status` shows a refresh that runs), then try again"},
	[FAILURE_CONFLICT] = {STATUS_CONFLICT, "store.conflict", "Somebody else changed the same rows at the same time",
			      "Try again"},
	[FAILURE_SERVER_GONE] = {STATUS_IO, "store.server_gone", "The database server does not answer",
				 "Check that PostgreSQL runs and can be reached; the next try connects again"},
	[FAILURE_SIGN_IN] = {STATUS_REFUSED, "store.sign_in", "The database server refused the sign-in",
			     "Check the user in the workspace's database address and its password (PGPASSFILE), or ask "
			     "the database's administrator"},
	[FAILURE_MISSING] = {STATUS_NOT_FOUND, "store.missing", "There is no database",
			     "Check the path, or make the workspace with `oneview init`"},
	[FAILURE_DUPLICATE] = {STATUS_CONFLICT, "store.duplicate", "A row with the same key is there already",
			       "Choose another key"},
	[FAILURE_CONSTRAINT] = {STATUS_INVALID, "store.constraint", "A row breaks a rule of its table",
				"The cause names the table and column"},
	[FAILURE_CORRUPT] = {STATUS_CORRUPT, "store.corrupt", "The database is damaged",
			     "Stop the program and restore the last backup (`oneview restore`)"},
	[FAILURE_IO] = {STATUS_IO, "store.io", "The database could not be read or written",
			"Check the disk and the system's log"},
	[FAILURE_NO_MEMORY] = {STATUS_NO_MEMORY, "store.memory", "There is not enough memory for the database",
			       "Give the machine more memory, or run fewer programs beside this one"},
	[FAILURE_BUSY_SERVER] = {STATUS_IO, "store.too_many", "The database server takes no more connections",
				 "Raise max_connections, or run fewer application servers"},
	[FAILURE_INTERRUPTED] = {STATUS_INTERRUPTED, "store.interrupted", "The database stopped a statement",
				 "Try again"},
};

enum status store_fail(const struct store *store, enum failure failure, const char *cause, struct error *error)
{
	error_set(error, failures[failure].status, failures[failure].code, "%s: %s", failures[failure].message,
		  store->where);
	error_remedy(error, "%s", failures[failure].remedy);
	if (cause && *cause)
		error_cause(error, "%s", cause);
	return failures[failure].status;
}
