#include "base/file.h"

#include "base/arena.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum status file_read(const char *path, struct buf *out, struct error *error)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return error_set_errno(error, errno, "file.open", "%s cannot be opened", path);
	for (;;) {
		if (!buf_reserve(out, 1 << 16)) {
			close(file);
			return error_set(error, STATUS_TOO_LARGE, "file.size", "%s is larger than %zu bytes", path,
					 out->ceiling);
		}
		ssize_t got = read(file, out->at + out->len, 1 << 16);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int reason = errno;
			close(file);
			return error_set_errno(error, reason, "file.read", "%s cannot be read", path);
		}
		if (got == 0)
			break;
		out->len += (size_t)got;
		out->at[out->len] = '\0';
	}
	close(file);
	return STATUS_OK;
}

static enum status write_all(int file, struct text content)
{
	while (content.len) {
		ssize_t written = write(file, content.at, content.len);
		if (written < 0 && errno != EINTR)
			return STATUS_IO;
		if (written > 0)
			content = text_slice(content.at + written, content.len - (size_t)written);
	}
	return STATUS_OK;
}

static void sync_folder_of(const char *path)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "%s", path);
	int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return;
	fsync(folder);
	close(folder);
}

enum status file_replace(const char *path, struct text content, unsigned mode, struct error *error)
{
	char temporary[PATH_MAX];
	if ((size_t)snprintf(temporary, sizeof temporary, "%s.new", path) >= sizeof temporary)
		return error_set(error, STATUS_INVALID, "file.path", "The path %s is too long", path);
	int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (file < 0)
		return error_set_errno(error, errno, "file.create", "%s cannot be created", temporary);
	bool written = write_all(file, content) == STATUS_OK && fsync(file) == 0;
	int reason = errno;
	close(file);
	if (written && rename(temporary, path) == 0) {
		sync_folder_of(path);
		return STATUS_OK;
	}
	reason = written ? errno : reason;
	unlink(temporary);
	return error_set_errno(error, reason, "file.write", "%s cannot be written", path);
}

enum status file_make_folder(const char *path, unsigned mode, struct error *error)
{
	char copy[PATH_MAX];
	if ((size_t)snprintf(copy, sizeof copy, "%s", path) >= sizeof copy)
		return error_set(error, STATUS_INVALID, "file.path", "The path %s is too long", path);
	for (char *p = copy + 1;; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		char kept = *p;
		*p = '\0';
		if (mkdir(copy, mode) && errno != EEXIST)
			return error_set_errno(error, errno, "file.folder", "The folder %s cannot be made", copy);
		*p = kept;
		if (kept == '\0')
			return STATUS_OK;
	}
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool file_is_same(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int compare_names(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

enum status file_list(const char *folder, struct arena *arena, struct text **names, size_t *count, struct error *error)
{
	DIR *open_folder = opendir(folder);
	if (!open_folder)
		return error_set_errno(error, errno, "file.folder", "The folder %s cannot be read", folder);
	struct text *found = NULL;
	size_t n = 0, capacity = 0;
	for (struct dirent *entry; (entry = readdir(open_folder));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		ARRAY_GROW(found, n, capacity);
		found[n++] = arena_text(arena, text_of(entry->d_name));
	}
	closedir(open_folder);
	if (n)
		qsort(found, n, sizeof *found, compare_names);
	*names = ARENA_ARRAY(arena, n, struct text);
	if (n)
		memcpy(*names, found, n * sizeof *found);
	*count = n;
	free(found);
	return STATUS_OK;
}
