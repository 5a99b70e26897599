#include "vault/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, HEADER_MOST = 64, CONTENT_MOST = HEADER_MOST + 2 * KEY_FILE_KEY_SIZE + 2 };

static size_t file_size(const struct key_file_kind *kind)
{
	return strlen(kind->header) + (size_t)2 * KEY_FILE_KEY_SIZE + 1;
}

enum status key_file_create(const char *path, const struct key_file_kind *kind, struct error *error)
{
	unsigned char key[KEY_FILE_KEY_SIZE];
	randombytes_buf(key, sizeof key);
	enum status status = key_file_write(path, kind, key, error);
	sodium_memzero(key, sizeof key);
	return status;
}

/* ---- writing: whole under its name, or not at all -------------------------------------------------------- */

/* Open and locked: of two who write the same key one at a time has PART. -1 when it is another's, or gone by now. */
static int lock_part(const char *part, struct stat *info)
{
	struct stat there;
	int fd = open(part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, info) == 0 && lstat(part, &there) == 0 &&
	    info->st_ino == there.st_ino)
		return fd;
	close(fd);
	errno = EAGAIN;
	return -1;
}

/* One who was killed may have left PART, half written, or as a second name of the finished key: that name goes. */
static enum status open_part(int *out, const char *part, struct error *error)
{
	struct stat info;
	int fd = lock_part(part, &info);
	if (fd >= 0 && info.st_nlink > 1) {
		int failed = unlink(part);
		close(fd);
		fd = failed ? -1 : lock_part(part, &info);
	}
	*out = fd;
	if (fd < 0 && errno == EAGAIN) {
		error_set(error, STATUS_CONFLICT, "vault.key_busy", "Somebody else is writing this key");
		error_remedy(error, "Try again in a moment");
		return STATUS_CONFLICT;
	}
	if (fd < 0)
		return error_set_errno(error, errno, "vault.key_write", "The key cannot be written");
	if (S_ISREG(info.st_mode) && info.st_uid == geteuid() && !(info.st_mode & 077))
		return STATUS_OK;
	close(fd);
	error_set(error, STATUS_REFUSED, "vault.key_part",
		  "What lies where the key is to be written is somebody else's");
	error_remedy(error, "Find out who put %s there, and remove it", part);
	return STATUS_REFUSED;
}

/* Never over a file that is there. A file system that cannot do it in one step gives the file both names for a moment.
 */
static int put_in_place(const char *part, const char *path)
{
	if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return link(part, path) || unlink(part);
}

static int sync_folder_of(const char *path)
{
	char folder[PATH_SIZE];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd);
	if (fd >= 0)
		close(fd);
	return failed;
}

static int write_whole(int fd, const char *content, size_t size)
{
	if (ftruncate(fd, 0))
		return -1;
	ssize_t written = write(fd, content, size);
	if (written >= 0 && written != (ssize_t)size)
		errno = ENOSPC;
	return written != (ssize_t)size || fsync(fd);
}

static enum status write_part(int fd, const char *part, const char *path, const struct key_file_kind *kind,
			      const char *content, struct error *error)
{
	if (write_whole(fd, content, file_size(kind)) == 0 && put_in_place(part, path) == 0)
		return sync_folder_of(path) ? error_set_errno(error, errno, "vault.key_write",
							      "The folder of the key cannot be synced")
					    : STATUS_OK;
	int reason = errno;
	(void)unlink(part);
	if (reason != EEXIST)
		return error_set_errno(error, reason, "vault.key_write", "The key cannot be written");
	error_set(error, STATUS_CONFLICT, "vault.key_exists", "There is a %s already", kind->title);
	error_remedy(error, "%s", kind->exists);
	return STATUS_CONFLICT;
}

enum status key_file_write(const char *path, const struct key_file_kind *kind,
			   const unsigned char key[KEY_FILE_KEY_SIZE], struct error *error)
{
	int fd;
	char content[CONTENT_MOST], part[PATH_SIZE];
	size_t header = strlen(kind->header), size = file_size(kind);
	if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
		return error_set(error, STATUS_TOO_LARGE, "vault.path", "The path is too long");
	memcpy(content, kind->header, header);
	sodium_bin2hex(content + header, sizeof content - header, key, KEY_FILE_KEY_SIZE);
	content[size - 1] = '\n';
	enum status status = open_part(&fd, part, error);
	if (status == STATUS_OK) {
		status = write_part(fd, part, path, kind, content, error);
		close(fd);
	}
	sodium_memzero(content, sizeof content);
	if (status)
		error_at(error, path, 0, 0);
	return status;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

static enum status check_file(int fd, const struct key_file_kind *kind, struct error *error)
{
	struct stat info;
	if (fstat(fd, &info))
		return error_set_errno(error, errno, "vault.key_read", "The key cannot be read");
	if (!S_ISREG(info.st_mode))
		return error_set(error, STATUS_REFUSED, "vault.key_damaged", "The %s is not a file", kind->title);
	if (info.st_uid != geteuid()) {
		error_set(error, STATUS_REFUSED, "vault.key_owner", "The %s belongs to another user", kind->title);
		error_remedy(error, "Run as the user who owns the key file, or chown it to this user");
		return STATUS_REFUSED;
	}
	if (info.st_mode & 077) {
		error_set(error, STATUS_REFUSED, "vault.key_permissions",
			  "Others than its owner may open the %s (mode %03o)", kind->title, info.st_mode & 0777);
		error_remedy(error, "chmod 600 the key file, and ask who could have read it");
		return STATUS_REFUSED;
	}
	return STATUS_OK;
}

enum status key_file_read(const char *path, const struct key_file_kind *kind, unsigned char key[KEY_FILE_KEY_SIZE],
			  struct error *error)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		error_set(error, STATUS_NOT_FOUND, "vault.key_missing", "The %s is not there", kind->title);
		error_remedy(error, "%s", kind->missing);
		return STATUS_NOT_FOUND;
	}
	if (fd < 0)
		return error_set_errno(error, errno, "vault.key_read", "The key cannot be opened");
	enum status status = check_file(fd, kind, error);
	char content[CONTENT_MOST + 1];
	size_t header = strlen(kind->header), len = 0;
	if (status == STATUS_OK) {
		ssize_t got = read(fd, content, sizeof content);
		if (got != (ssize_t)file_size(kind) || memcmp(content, kind->header, header) != 0 ||
		    sodium_hex2bin(key, KEY_FILE_KEY_SIZE, content + header, (size_t)2 * KEY_FILE_KEY_SIZE, NULL, &len,
				   NULL) != 0 ||
		    len != KEY_FILE_KEY_SIZE) {
			status = error_set(error, STATUS_CORRUPT, "vault.key_damaged",
					   "The %s file is not as it was written", kind->title);
			error_remedy(error, "%s", kind->damaged);
		}
	}
	close(fd);
	sodium_memzero(content, sizeof content);
	return status;
}
