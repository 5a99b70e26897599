#include "runs/backup.h"

#include "base/file.h"
#include "base/json.h"
#include "store/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST "manifest.json"

enum { MANIFEST_CEILING = 64 << 20, HASH_BYTES = 32, DEPTH_MOST = 8 };

static enum status join(char out[WORKSPACE_PATH_SIZE], const char *folder, const char *name, struct error *error)
{
	if (snprintf(out, WORKSPACE_PATH_SIZE, "%s/%s", folder, name) < WORKSPACE_PATH_SIZE)
		return STATUS_OK;
	return error_set(error, STATUS_TOO_LARGE, "backup.path", "A path is too long: %s", name);
}

static enum status hash_file(const char *path, char hex[2 * HASH_BYTES + 1], int64_t *bytes, struct error *error)
{
	enum { CHUNK = 1 << 16 };
	unsigned char chunk[CHUNK], hash[HASH_BYTES];
	crypto_generichash_state state;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return error_set_errno(error, errno, "backup.read", "%s cannot be read", path);
	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	ssize_t got;
	*bytes = 0;
	while ((got = read(file, chunk, sizeof chunk)) > 0) {
		crypto_generichash_update(&state, chunk, (unsigned long long)got);
		*bytes += got;
	}
	int failed = got < 0 ? errno : 0;
	close(file);
	if (failed)
		return error_set_errno(error, failed, "backup.read", "%s cannot be read", path);
	crypto_generichash_final(&state, hash, sizeof hash);
	sodium_bin2hex(hex, 2 * HASH_BYTES + 1, hash, sizeof hash);
	return STATUS_OK;
}

static enum status copy_file(const char *from_path, const char *to_path, struct error *error)
{
	int from = open(from_path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return error_set_errno(error, errno, "backup.read", "%s cannot be read", from_path);
	int to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t copied = to < 0 ? -1 : 1;
	while (copied > 0)
		copied = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
	if (copied == 0 && fsync(to) != 0)
		copied = -1;
	int failed = errno;
	close(from);
	if (to >= 0)
		close(to);
	return copied < 0 ? error_set_errno(error, failed, "backup.write", "%s cannot be written", to_path) : STATUS_OK;
}

/* ---- walking a folder -------------------------------------------------------------------------- */

typedef enum status visit_file(void *context, const char *name, struct error *error);

/* VISIT for each regular file under TOP/NAME, with its name relative to TOP, folders in bytewise order. */
static enum status walk(const char *top, const char *name, unsigned depth, visit_file *visit, void *context,
			struct error *error)
{
	char path[WORKSPACE_PATH_SIZE];
	struct stat about;
	enum status status = join(path, top, name, error);
	if (status)
		return status;
	if (lstat(path, &about) != 0)
		return errno == ENOENT ? STATUS_OK
				       : error_set_errno(error, errno, "backup.read", "%s cannot be read", path);
	if (S_ISREG(about.st_mode))
		return visit(context, name, error);
	if (!S_ISDIR(about.st_mode) || depth == DEPTH_MOST)
		return STATUS_OK;
	struct arena arena;
	struct text *names;
	size_t count = 0;
	arena_init(&arena, MANIFEST_CEILING);
	status = file_list(path, &arena, &names, &count, error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		char inside[WORKSPACE_PATH_SIZE];
		if (strcmp(name, ".") == 0)
			snprintf(inside, sizeof inside, "%.*s", TEXT_ARG(names[i]));
		else
			status = join(inside, name, arena_copy(&arena, names[i]), error);
		if (status == STATUS_OK)
			status = walk(top, inside, depth + 1, visit, context, error);
	}
	arena_release(&arena);
	return status;
}

struct copying {
	const char *from, *to;
};

/* Makes the folders above TO/NAME, then copies. */
static enum status copy_visited(void *context, const char *name, struct error *error)
{
	const struct copying *copying = context;
	char from[WORKSPACE_PATH_SIZE], to[WORKSPACE_PATH_SIZE], folder[WORKSPACE_PATH_SIZE];
	enum status status = join(from, copying->from, name, error);
	if (status == STATUS_OK)
		status = join(to, copying->to, name, error);
	if (status)
		return status;
	snprintf(folder, sizeof folder, "%s", to);
	*strrchr(folder, '/') = '\0';
	status = file_make_folder(folder, 0700, error);
	return status ? status : copy_file(from, to, error);
}

static enum status copy_folder(const char *from, const char *to, const char *name, struct error *error)
{
	return walk(from, name, 0, copy_visited, &(struct copying){from, to}, error);
}

/* ---- making -------------------------------------------------------------------------------------- */

struct listing {
	const char *folder;
	struct json json;
	struct backup_report *report;
};

static enum status list_visited(void *context, const char *name, struct error *error)
{
	struct listing *listing = context;
	char path[WORKSPACE_PATH_SIZE], hash[2 * HASH_BYTES + 1];
	int64_t bytes;
	enum status status = join(path, listing->folder, name, error);
	if (status == STATUS_OK)
		status = hash_file(path, hash, &bytes, error);
	if (status)
		return status;
	json_begin_object(&listing->json, NULL);
	json_put_text(&listing->json, "name", text_of(name));
	json_put_int(&listing->json, "bytes", bytes);
	json_put_text(&listing->json, "hash", text_of(hash));
	json_end(&listing->json);
	listing->report->files++;
	listing->report->bytes += bytes;
	return STATUS_OK;
}

/* Last of all: a folder without it is no backup. */
static enum status write_manifest(const struct workspace *workspace, const char *folder, struct backup_report *report,
				  struct error *error)
{
	char path[WORKSPACE_PATH_SIZE], made[INSTANT_TEXT_SIZE];
	struct buf out;
	buf_init(&out, MANIFEST_CEILING);
	struct listing listing = {.folder = folder, .report = report};
	json_init(&listing.json, &out);
	listing.json.pretty = true;
	json_begin_object(&listing.json, NULL);
	json_put_text(&listing.json, "made", text_of(instant_format(instant_now(), made)));
	json_put_text(&listing.json, "title", text_of(workspace->title));
	json_put_text(&listing.json, "database",
		      text_starts_with(text_of(workspace->address), TEXT("sqlite:")) ? TEXT("sqlite")
										     : TEXT("postgresql"));
	json_begin_array(&listing.json, "files");
	enum status status = walk(folder, ".", 0, list_visited, &listing, error);
	json_end(&listing.json);
	json_end(&listing.json);
	if (status == STATUS_OK)
		status = join(path, folder, MANIFEST, error);
	if (status == STATUS_OK)
		status = file_replace(path, buf_text(&out), 0600, error);
	buf_release(&out);
	return status;
}

static enum status make_empty_folder(const char *folder, struct error *error)
{
	struct arena arena;
	struct text *names;
	size_t count = 0;
	enum status status = file_make_folder(folder, 0700, error);
	if (status)
		return status;
	arena_init(&arena, 1 << 20);
	status = file_list(folder, &arena, &names, &count, error);
	arena_release(&arena);
	if (status == STATUS_OK && count > 0) {
		status = error_set(error, STATUS_CONFLICT, "backup.folder", "%s is not empty", folder);
		error_remedy(error, "give a folder that is not there yet, such as one named after the day");
	}
	return status;
}

enum status backup_make(const struct workspace *workspace, const char *folder, struct backup_report *report,
			struct error *error)
{
	*report = (struct backup_report){0};
	enum status status = make_empty_folder(folder, error);
	if (status == STATUS_OK)
		status = store_copy_out(workspace->address, folder, error);
	if (status == STATUS_OK)
		status = copy_folder(workspace->folder, folder, "profile", error);
	if (status == STATUS_OK)
		status = copy_folder(workspace->folder, folder, "archive", error);
	return status ? status : write_manifest(workspace, folder, report, error);
}

enum status backup_keys(const struct workspace *workspace, const char *folder, struct error *error)
{
	enum status status = make_empty_folder(folder, error);
	return status ? status : copy_folder(workspace->paths.keys, folder, ".", error);
}

/* ---- restoring ------------------------------------------------------------------------------------- */

static enum status check_listed(const char *folder, const json_t *file, struct backup_report *report,
				struct error *error)
{
	char path[WORKSPACE_PATH_SIZE], hash[2 * HASH_BYTES + 1];
	const char *name = json_string_value(json_object_get(file, "name"));
	const char *expected = json_string_value(json_object_get(file, "hash"));
	int64_t bytes;
	if (!name || !expected || strstr(name, "..") || name[0] == '/')
		return error_set(error, STATUS_CORRUPT, "backup.manifest", "The list of the backup is damaged");
	enum status status = join(path, folder, name, error);
	if (status == STATUS_OK)
		status = hash_file(path, hash, &bytes, error);
	if (status)
		return status;
	if (strcmp(hash, expected) != 0) {
		error_set(error, STATUS_CORRUPT, "backup.changed", "%s is not what was backed up", path);
		error_remedy(error, "take another backup; this one was damaged or altered");
		return STATUS_CORRUPT;
	}
	report->files++;
	report->bytes += bytes;
	return STATUS_OK;
}

static enum status read_manifest(json_t **out, const char *folder, struct error *error)
{
	char path[WORKSPACE_PATH_SIZE];
	struct buf content;
	*out = NULL;
	buf_init(&content, MANIFEST_CEILING);
	enum status status = join(path, folder, MANIFEST, error);
	if (status == STATUS_OK && !file_exists(path)) {
		status = error_set(error, STATUS_NOT_FOUND, "backup.missing", "%s is not a whole backup: it has no %s",
				   folder, MANIFEST);
		error_remedy(error, "name the folder that \"oneview backup\" made");
	}
	if (status == STATUS_OK)
		status = file_read(path, &content, error);
	if (status == STATUS_OK) {
		*out = json_loadb(content.at, content.len, 0, NULL);
		if (!*out)
			status = error_set(error, STATUS_CORRUPT, "backup.manifest",
					   "The list of the backup is damaged");
	}
	buf_release(&content);
	return status;
}

static enum status check_kind(const json_t *manifest, const struct backup_restore *restore, struct error *error)
{
	const char *kind = json_string_value(json_object_get(manifest, "database"));
	bool server = kind && strcmp(kind, "postgresql") == 0;
	if (server == (restore->address != NULL))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "backup.database", "The backup is of a workspace on %s",
		  server ? "PostgreSQL" : "SQLite");
	error_remedy(error, server ? "give the address of an empty database with --database"
				   : "leave --database out: the database comes with the folder");
	return STATUS_USAGE;
}

static enum status check_keys(const struct backup_restore *restore, struct error *error)
{
	char path[WORKSPACE_PATH_SIZE];
	enum status status = join(path, restore->keys ? restore->keys : restore->folder,
				  restore->keys ? "audit.key" : "keys/audit.key", error);
	if (status || file_exists(path))
		return status;
	error_set(error, STATUS_NOT_FOUND, "backup.keys", "The keys of the workspace are not at %s", path);
	error_remedy(error, "give the folder they are kept in with --keys; without them a backup cannot be read");
	return STATUS_NOT_FOUND;
}

static enum status put_back(const struct backup_restore *restore, const char *title, struct error *error)
{
	char address[WORKSPACE_PATH_SIZE + 8];
	snprintf(address, sizeof address, "sqlite:%s", restore->folder);
	enum status status = copy_folder(restore->from, restore->folder, "profile", error);
	if (status == STATUS_OK)
		status = copy_folder(restore->from, restore->folder, "archive", error);
	char keys[WORKSPACE_PATH_SIZE];
	if (status == STATUS_OK)
		status = join(keys, restore->folder, "keys", error);
	if (status == STATUS_OK && restore->keys)
		status = copy_folder(restore->keys, keys, ".", error);
	if (status == STATUS_OK)
		status = store_copy_in(restore->address ? restore->address : address, restore->from, error);
	return status ? status : workspace_adopt(restore->folder, title, restore->address, error);
}

enum status backup_restore(const struct backup_restore *restore, struct backup_report *report, struct error *error)
{
	char settings[WORKSPACE_PATH_SIZE];
	json_t *manifest;
	*report = (struct backup_report){0};
	enum status status = read_manifest(&manifest, restore->from, error);
	if (status == STATUS_OK)
		status = check_kind(manifest, restore, error);
	if (status == STATUS_OK)
		status = check_keys(restore, error);
	if (status == STATUS_OK)
		status = join(settings, restore->folder, "workspace.yaml", error);
	if (status == STATUS_OK && file_exists(settings))
		status = error_set(error, STATUS_CONFLICT, "workspace.exists", "%s is a workspace already",
				   restore->folder);
	const json_t *files = json_object_get(manifest, "files");
	for (size_t i = 0; i < json_array_size(files) && status == STATUS_OK; i++)
		status = check_listed(restore->from, json_array_get(files, i), report, error);
	const char *title = json_string_value(json_object_get(manifest, "title"));
	if (status == STATUS_OK)
		status = file_make_folder(restore->folder, 0700, error);
	if (status == STATUS_OK)
		status = put_back(restore, title ? title : "OneView", error);
	json_decref(manifest);
	return status;
}
