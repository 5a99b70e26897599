/* The one refresh at a time, and the servers that must not be there when the key is changed: flock() on the workspace's
 * lock files for this machine and, on PostgreSQL, an advisory lock of a connection kept for it, for all machines. Both
 * end with the process, so that a kill leaves nothing to clear away. */
#include "base/date.h"
#include "base/file.h"
#include "base/memory.h"
#include "runs/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

struct lock_kind {
	const char *suffix; /* of the lock file */
	int operation;
	const char *sql;    /* PostgreSQL: the argument names the lock to this program; 7020100 is the store's */
	const char *holder; /* the row of `state` that names it */
	const char *refused, *remedy;
};

static const struct lock_kind of_commands = {"",
					     LOCK_EX,
					     "SELECT pg_try_advisory_lock(7020101)",
					     "holder",
					     "Another command is at work in this workspace",
					     "Wait until it has finished, or stop it; then run this one again"};
static const struct lock_kind of_servers = {"-serve",
					    LOCK_SH,
					    "SELECT pg_try_advisory_lock_shared(7020103)",
					    "server",
					    "This workspace cannot be served while a command needs it alone",
					    "Start the server again when that command has finished"};
static const struct lock_kind without_servers = {
	"-serve",
	LOCK_EX,
	"SELECT pg_try_advisory_lock(7020103)",
	"server",
	"This workspace is being served",
	"Stop each server that serves it, run this command, then start them again"};

/* While the key is changed: servers that have both keys. */
static const struct lock_kind of_changing_servers = {"-changing",
						     LOCK_SH,
						     "SELECT pg_try_advisory_lock_shared(7020104)",
						     "changing server",
						     "Servers are at the end of a change of the key",
						     "Try again in two minutes"};
static const struct lock_kind without_changing_servers = {"-changing",
							  LOCK_EX,
							  "SELECT pg_try_advisory_lock(7020104)",
							  "changing server",
							  "A server still has the key from before the last change",
							  "Try again in two minutes"};

struct workspace_lock {
	const struct lock_kind *kind;
	int file;
	struct store *data; /* PostgreSQL only */
};

static enum status refuse(const struct lock_kind *kind, struct text holder, struct error *error)
{
	error_set(error, STATUS_CONFLICT, "workspace.locked", "%s: %.*s", kind->refused,
		  TEXT_ARG(text_is_empty(holder) ? TEXT("it has not said what") : holder));
	error_remedy(error, "%s", kind->remedy);
	return STATUS_CONFLICT;
}

static void describe(const char *what, char *out, size_t size)
{
	char host[64] = "", since[INSTANT_TEXT_SIZE];
	gethostname(host, sizeof host - 1);
	snprintf(out, size, "%s, process %ld on %s, since %s", what, (long)getpid(), host,
		 instant_format(instant_now(), since));
}

static enum status lock_file(struct workspace_lock *lock, const char *path, const char *holder, struct error *error)
{
	lock->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock->file < 0)
		return error_set_errno(error, errno, "workspace.lock", "%s could not be opened", path);
	if (flock(lock->file, lock->kind->operation | LOCK_NB) != 0) {
		char text[256];
		if (errno != EWOULDBLOCK)
			return error_set_errno(error, errno, "workspace.lock", "%s could not be locked", path);
		ssize_t len = pread(lock->file, text, sizeof text, 0);
		return refuse(lock->kind, text_trim(text_slice(text, len > 0 ? (size_t)len : 0)), error);
	}
	size_t len = strlen(holder);
	if (ftruncate(lock->file, 0) != 0 || pwrite(lock->file, holder, len, 0) != (ssize_t)len)
		return error_set_errno(error, errno, "workspace.lock", "%s could not be written", path);
	return STATUS_OK;
}

static enum status refuse_by_server(const struct workspace_lock *lock, struct error *error)
{
	struct statement *query;
	enum status status = store_prepare(&query, lock->data, "SELECT detail FROM state WHERE name = :holder", error);
	if (status)
		return status;
	statement_bind_text(query, "holder", text_of(lock->kind->holder));
	bool row;
	status = statement_step(query, &row, error);
	if (status == STATUS_OK)
		status = refuse(lock->kind,
				row ? statement_text(query, statement_column(query, "detail")) : TEXT_ABSENT, error);
	statement_done(query);
	return status;
}

static enum status name_holder(const struct workspace_lock *lock, const char *holder, struct error *error)
{
	struct statement *put;
	enum status status = store_prepare(&put, lock->data,
					   "INSERT INTO state (name, value, detail) VALUES (:name, 0, :holder) "
					   "ON CONFLICT (name) DO UPDATE SET detail = excluded.detail",
					   error);
	if (status)
		return status;
	statement_bind_text(put, "name", text_of(lock->kind->holder));
	statement_bind_text(put, "holder", text_of(holder));
	status = statement_run(put, NULL, error);
	statement_done(put);
	return status;
}

/* The server may still be at the last commit of a holder that was killed: nothing may be read before. */
static enum status wait_for_the_last_writer(struct store *data, struct error *error)
{
	enum status status = store_begin(data, error);
	return status ? status : store_commit(data, error);
}

static enum status lock_server(struct workspace_lock *lock, const struct workspace *workspace, const char *holder,
			       struct error *error)
{
	int64_t got;
	/* Not workspace_store(), which refuses an older schema: it is under this lock that it is brought up to date. */
	enum status status = store_open(&lock->data, workspace->address, STORE_DATA, STORE_WRITE, error);
	if (status)
		return status;
	if (store_kind(lock->data) == STORE_SQLITE) {
		store_close(lock->data);
		lock->data = NULL;
		return STATUS_OK;
	}
	status = store_query_int(lock->data, lock->kind->sql, &got, error);
	if (status)
		return status;
	if (!got)
		return refuse_by_server(lock, error);
	if (lock->kind == &of_commands)
		status = wait_for_the_last_writer(lock->data, error);
	return status ? status : name_holder(lock, holder, error);
}

static enum status take(const struct workspace *workspace, const struct lock_kind *kind, const char *what,
			struct workspace_lock **out, struct error *error)
{
	char holder[256], path[WORKSPACE_PATH_SIZE + 16];
	*out = NULL;
	describe(what, holder, sizeof holder);
	snprintf(path, sizeof path, "%s%s", workspace->paths.lock, kind->suffix);
	struct workspace_lock *lock = memory_alloc(1, sizeof *lock);
	lock->kind = kind;
	enum status status = lock_file(lock, path, holder, error);
	if (status == STATUS_OK)
		status = lock_server(lock, workspace, holder, error);
	if (status) {
		workspace_unlock(lock);
		return status;
	}
	*out = lock;
	return STATUS_OK;
}

enum status workspace_lock(const struct workspace *workspace, const char *what, struct workspace_lock **out,
			   struct error *error)
{
	return take(workspace, &of_commands, what, out, error);
}

enum status workspace_lock_served(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				  struct error *error)
{
	return take(workspace, &of_servers, what, out, error);
}

enum status workspace_lock_unserved(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				    struct error *error)
{
	return take(workspace, &without_servers, what, out, error);
}

enum status workspace_lock_changing(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				    struct error *error)
{
	return take(workspace, &of_changing_servers, what, out, error);
}

enum status workspace_lock_unchanging(const struct workspace *workspace, const char *what, struct workspace_lock **out,
				      struct error *error)
{
	return take(workspace, &without_changing_servers, what, out, error);
}

/* Taken again on the same connection it counts up, and on a new one it is what the server must have. */
enum status workspace_keep_served(struct workspace_lock *lock, struct error *error)
{
	int64_t got = 1;
	enum status status = lock->data ? store_query_int(lock->data, lock->kind->sql, &got, error) : STATUS_OK;
	return status || got ? status : refuse_by_server(lock, error);
}

void workspace_unlock(struct workspace_lock *lock)
{
	if (!lock)
		return;
	store_close(lock->data);
	if (lock->file >= 0)
		close(lock->file);
	free(lock);
}
