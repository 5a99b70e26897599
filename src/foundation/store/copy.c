#include "store/copy.h"

#include "base/file.h"
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DUMP_NAME "postgresql.dump"

extern char **environ;

static bool is_sqlite(const char *address)
{
	return text_starts_with(text_of(address), TEXT("sqlite:"));
}

static enum status path_too_long(struct error *error)
{
	return error_set(error, STATUS_USAGE, "store.path", "The folder's name is too long");
}

static enum status make_private_file(const char *path, struct error *error)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return error_set_errno(error, errno, "store.copy", "%s could not be made", path);
	close(file);
	return STATUS_OK;
}

/* ---- SQLite ---------------------------------------------------------------------------------- */

static enum status vacuum_into(struct store *store, const char *path, struct error *error)
{
	struct statement *vacuum;
	enum status status = store_prepare(&vacuum, store, "VACUUM INTO :path", error);
	if (status)
		return status;
	statement_bind_text(vacuum, "path", text_of(path));
	status = statement_run(vacuum, NULL, error);
	statement_done(vacuum);
	return status;
}

static enum status copy_shelf_out(const char *address, enum store_shelf shelf, const char *folder, struct error *error)
{
	char path[512];
	if (snprintf(path, sizeof path, "%s/%s.db", folder, shelf_name(shelf)) >= (int)sizeof path)
		return path_too_long(error);
	struct store *store;
	enum status status = store_open(&store, address, shelf, STORE_WRITE, error);
	if (status == STATUS_OK)
		status = make_private_file(path, error);
	if (status == STATUS_OK)
		status = vacuum_into(store, path, error);
	store_close(store);
	return status;
}

static enum status copy_bytes(int from, int to, const char *path, struct error *error)
{
	ssize_t copied;
	while ((copied = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0)
		;
	if (copied < 0 || fsync(to) != 0)
		return error_set_errno(error, errno, "store.copy", "%s could not be written", path);
	return STATUS_OK;
}

static enum status copy_shelf_in(const char *address, enum store_shelf shelf, const char *folder, struct error *error)
{
	char from_path[512], to_path[512];
	if (snprintf(from_path, sizeof from_path, "%s/%s.db", folder, shelf_name(shelf)) >= (int)sizeof from_path ||
	    snprintf(to_path, sizeof to_path, "%s/%s.db", address + strlen("sqlite:"), shelf_name(shelf)) >=
		    (int)sizeof to_path)
		return path_too_long(error);
	int from = open(from_path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return error_set_errno(error, errno, "store.copy", "%s could not be read", from_path);
	int to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum status status = STATUS_OK;
	if (to < 0 && errno == EEXIST)
		status = error_set(error, STATUS_CONFLICT, "store.copy", "%s is there already", to_path);
	else if (to < 0)
		status = error_set_errno(error, errno, "store.copy", "%s could not be made", to_path);
	else
		status = copy_bytes(from, to, to_path, error);
	if (to >= 0)
		close(to);
	close(from);
	return status;
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

enum { ENVIRONMENT_MAX = 512 };

/* Our environment and the parts of ADDRESS under the names that libpq's programs read. */
static enum status environment_of(const char *address, struct arena *arena, char **environment, const char **database,
				  struct error *error)
{
	char *reason = NULL;
	size_t count = 0;
	PQconninfoOption *options = PQconninfoParse(address, &reason);
	if (!options) {
		PQfreemem(reason);
		return error_set(error, STATUS_USAGE, "store.address", "The database address cannot be read");
	}
	for (PQconninfoOption *option = options; option->keyword; option++) {
		if (!option->val || !option->envvar || count == ENVIRONMENT_MAX / 2)
			continue;
		environment[count] = arena_copy(arena, arena_format(arena, "%s=%s", option->envvar, option->val));
		if (strcmp(option->keyword, "dbname") == 0)
			*database = strchr(environment[count], '=') + 1;
		count++;
	}
	PQconninfoFree(options);
	for (char **variable = environ; *variable && count < ENVIRONMENT_MAX - 1; variable++)
		environment[count++] = *variable;
	environment[count] = NULL;
	return STATUS_OK;
}

/* Runs a program of PostgreSQL; what it says goes to our standard error. */
static enum status run_program(char **command, char **environment, struct error *error)
{
	pid_t child;
	int failed = posix_spawnp(&child, command[0], NULL, NULL, command, environment);
	if (failed) {
		error_set_errno(error, failed, "store.program", "%s could not be started", command[0]);
		error_remedy(error, "install postgresql-client");
		return STATUS_IO;
	}
	int code;
	while (waitpid(child, &code, 0) < 0)
		if (errno != EINTR)
			return error_set_errno(error, errno, "store.program", "%s was lost", command[0]);
	if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
		return STATUS_OK;
	return error_set(error, STATUS_IO, "store.program", "%s failed; its message is above", command[0]);
}

static enum status dump(const char *address, const char *folder, bool out, struct error *error)
{
	char path[512];
	if (snprintf(path, sizeof path, "%s/" DUMP_NAME, folder) >= (int)sizeof path)
		return path_too_long(error);
	struct arena arena;
	arena_init(&arena, 1 << 20);
	char *environment[ENVIRONMENT_MAX];
	const char *database = "";
	enum status status = environment_of(address, &arena, environment, &database, error);
	if (status == STATUS_OK && out)
		status = make_private_file(path, error);
	char *name = status == STATUS_OK ? arena_copy(&arena, arena_format(&arena, "--dbname=%s", database)) : NULL;
	char *dump_command[] = {
		"pg_dump", "--format=custom", "--schema=data", "--schema=desk", "--no-owner", "--file", path, NULL};
	char *restore_command[] = {"pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", name, path,
				   NULL};
	if (status == STATUS_OK)
		status = run_program(out ? dump_command : restore_command, environment, error);
	arena_release(&arena);
	return status;
}

/* ---- both ------------------------------------------------------------------------------------ */

enum status store_copy_out(const char *address, const char *folder, struct error *error)
{
	if (!is_sqlite(address))
		return dump(address, folder, true, error);
	enum status status = copy_shelf_out(address, STORE_DATA, folder, error);
	return status ? status : copy_shelf_out(address, STORE_DESK, folder, error);
}

enum status store_copy_in(const char *address, const char *folder, struct error *error)
{
	if (!is_sqlite(address))
		return dump(address, folder, false, error);
	enum status status = copy_shelf_in(address, STORE_DATA, folder, error);
	return status ? status : copy_shelf_in(address, STORE_DESK, folder, error);
}
