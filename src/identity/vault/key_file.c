#include "vault/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_MOST = 64, CONTENT_MOST = HEADER_MOST + 2 * KEY_FILE_KEY_SIZE + 2 };

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

enum status key_file_write(const char *path, const struct key_file_kind *kind,
			   const unsigned char key[KEY_FILE_KEY_SIZE], struct error *error)
{
	enum status status = STATUS_OK;
	char content[CONTENT_MOST];
	size_t header = strlen(kind->header), size = file_size(kind);
	memcpy(content, kind->header, header);
	sodium_bin2hex(content + header, sizeof content - header, key, KEY_FILE_KEY_SIZE);
	content[size - 1] = '\n';
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) {
		status = error_set(error, STATUS_CONFLICT, "vault.key_exists", "There is a %s already", kind->title);
		error_remedy(error, "%s", kind->exists);
	} else if (fd < 0 || write(fd, content, size) != (ssize_t)size || fsync(fd)) {
		status = error_set_errno(error, errno, "vault.key_write", "The key cannot be written");
		if (fd >= 0)
			(void)unlink(path);
	}
	if (fd >= 0)
		close(fd);
	sodium_memzero(content, sizeof content);
	if (status)
		error_at(error, path, 0, 0);
	return status;
}

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
