/* An archive: 8 bytes of format, the stream's header, then blocks of 64 KiB, each with its own tag;
 * the last block is marked final, so that a truncated file is told from a whole one. Format 2 binds each block to the
 * number of its extract, so that two archives cannot be exchanged; format 1, of before, does not, and is only read. */
#include "base/file.h"
#include "vault/vault_int.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char ARCHIVE_FORMAT[8] = {'o', 'n', 'e', 'v', 'a', 'r', 'c', '2'};
enum { FORMAT_DIGIT = 7, BOUND_BYTES = sizeof(int64_t) };
enum {
	PLAIN_BLOCK = 64 << 10,
	SEALED_BLOCK = PLAIN_BLOCK + crypto_secretstream_xchacha20poly1305_ABYTES,
	HEADER_SIZE = crypto_secretstream_xchacha20poly1305_HEADERBYTES
};

static enum status archive_failed(struct error *error, const char *what, const char *path)
{
	int number = errno;
	enum status status = error_set_errno(error, number, "vault.archive", "%s", what);
	error_at(error, path, 0, 0);
	return status;
}

static enum status archive_corrupt(struct error *error, const char *path)
{
	error_set(error, STATUS_CORRUPT, "vault.archive_corrupt",
		  "The archive does not open: it was changed or cut short");
	error_remedy(error, "Bring the file back from a backup");
	error_at(error, path, 0, 0);
	return STATUS_CORRUPT;
}

static bool write_all(int fd, const void *bytes, size_t len)
{
	for (const char *at = bytes; len > 0;) {
		ssize_t done = write(fd, at, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		at += done;
		len -= (size_t)done;
	}
	return true;
}

/* As much of LEN as there is; -1 on failure. */
static ssize_t read_full(int fd, void *out, size_t len)
{
	size_t have = 0;
	while (have < len) {
		ssize_t got = read(fd, (char *)out + have, len - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

struct archive_buffers {
	unsigned char plain[PLAIN_BLOCK], sealed[SEALED_BLOCK];
	unsigned char bound[BOUND_BYTES]; /* to the extract's number, low byte first */
	size_t bound_len;                 /* 0: of format 1 */
	crypto_secretstream_xchacha20poly1305_state state;
};

static void bind_to(struct archive_buffers *buffers, int64_t extract_id)
{
	for (size_t i = 0; i < BOUND_BYTES; i++)
		buffers->bound[i] = (unsigned char)((uint64_t)extract_id >> 8 * i);
	buffers->bound_len = BOUND_BYTES;
}

static size_t seal_block(struct archive_buffers *buffers, const unsigned char *plain, size_t len, bool final)
{
	unsigned long long sealed;
	crypto_secretstream_xchacha20poly1305_push(&buffers->state, buffers->sealed, &sealed, plain, len,
						   buffers->bound, buffers->bound_len,
						   final ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
	return (size_t)sealed;
}

static enum status seal_blocks(const struct vault *vault, int in, int out, struct archive_buffers *buffers,
			       struct error *error)
{
	unsigned char header[HEADER_SIZE];
	crypto_secretstream_xchacha20poly1305_init_push(&buffers->state, header, vault->keys->archive);
	if (!write_all(out, ARCHIVE_FORMAT, sizeof ARCHIVE_FORMAT) || !write_all(out, header, sizeof header))
		return archive_failed(error, "The archive cannot be written", NULL);
	ssize_t got;
	do {
		got = read_full(in, buffers->plain, PLAIN_BLOCK);
		if (got < 0)
			return archive_failed(error, "The extract cannot be read", NULL);
		size_t len = seal_block(buffers, buffers->plain, (size_t)got, got < PLAIN_BLOCK);
		if (!write_all(out, buffers->sealed, len))
			return archive_failed(error, "The archive cannot be written", NULL);
	} while (got == PLAIN_BLOCK);
	return STATUS_OK;
}

enum status vault_sync_folder(const char *folder, struct error *error)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return archive_failed(error, "The folder cannot be opened", folder);
	enum status status = syncfs(fd) ? archive_failed(error, "The folder cannot be synced", folder) : STATUS_OK;
	close(fd);
	return status;
}

static enum status sync_folder_of(const char *path, struct error *error)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	if (len >= sizeof folder)
		return error_set(error, STATUS_TOO_LARGE, "vault.path", "The path is too long");
	memcpy(folder, slash ? path : ".", slash ? len : 1);
	folder[slash ? len : 1] = '\0';
	return vault_sync_folder(slash && len == 0 ? "/" : folder, error);
}

static enum status seal_to(const struct vault *vault, const char *source, int64_t extract_id, int out,
			   struct error *error)
{
	int in = open(source, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return archive_failed(error, "The extract cannot be opened", source);
	struct archive_buffers *buffers = memory_alloc(1, sizeof *buffers);
	bind_to(buffers, extract_id);
	enum status status = seal_blocks(vault, in, out, buffers, error);
	sodium_memzero(buffers, sizeof *buffers);
	free(buffers);
	close(in);
	return status;
}

enum status vault_seal_file(const struct vault *vault, const char *source, const char *target, int64_t extract_id,
			    bool sync, struct error *error)
{
	char temporary[4096];
	if ((size_t)snprintf(temporary, sizeof temporary, "%s.part", target) >= sizeof temporary)
		return error_set(error, STATUS_TOO_LARGE, "vault.path", "The path is too long");
	int out = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out < 0)
		return archive_failed(error, "The archive cannot be created", temporary);
	enum status status = seal_to(vault, source, extract_id, out, error);
	if (close(out) && status == STATUS_OK)
		status = archive_failed(error, "The archive cannot be closed", target);
	if (status == STATUS_OK && rename(temporary, target))
		status = archive_failed(error, "The archive cannot be put in place", target);
	if (status)
		(void)unlink(temporary);
	return status || !sync ? status : sync_folder_of(target, error);
}

static enum status fill_memory(int memory, struct text content, struct error *error)
{
	if (memory >= 0 && write_all(memory, content.at, content.len))
		return STATUS_OK;
	return archive_failed(error, "There is no memory for an archive", NULL);
}

/* Through memory that has a name as a file, so that nothing lies on the disk in clear. */
enum status vault_seal_text(const struct vault *vault, struct text content, const char *target, int64_t extract_id,
			    bool sync, struct error *error)
{
	char name[64];
	int memory = memfd_create("archive", MFD_CLOEXEC);
	enum status status = fill_memory(memory, content, error);
	snprintf(name, sizeof name, "/proc/self/fd/%d", memory);
	if (status == STATUS_OK)
		status = vault_seal_file(vault, name, target, extract_id, sync, error);
	if (memory >= 0)
		close(memory);
	return status;
}

/* One block; *FINAL when it was the last. */
static enum status open_block(struct archive_buffers *buffers, int in, const char *path, struct text *block,
			      bool *final, struct error *error)
{
	unsigned char tag;
	unsigned long long len;
	ssize_t got = read_full(in, buffers->sealed, SEALED_BLOCK);
	if (got < 0)
		return archive_failed(error, "The archive cannot be read", path);
	if (crypto_secretstream_xchacha20poly1305_pull(&buffers->state, buffers->plain, &len, &tag, buffers->sealed,
						       (size_t)got, buffers->bound, buffers->bound_len))
		return archive_corrupt(error, path);
	*final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	*block = text_slice((const char *)buffers->plain, len);
	return STATUS_OK;
}

/* The archive's beginning read, IN standing behind it; false when it is none or not under the key. */
static bool start_of(const struct vault *vault, int in, int64_t extract_id, struct archive_buffers *buffers)
{
	unsigned char start[sizeof ARCHIVE_FORMAT + HEADER_SIZE];
	if (read_full(in, start, sizeof start) != (ssize_t)sizeof start ||
	    memcmp(start, ARCHIVE_FORMAT, FORMAT_DIGIT) != 0 || start[FORMAT_DIGIT] < '1' ||
	    start[FORMAT_DIGIT] > ARCHIVE_FORMAT[FORMAT_DIGIT])
		return false;
	bind_to(buffers, extract_id);
	if (start[FORMAT_DIGIT] == '1')
		buffers->bound_len = 0;
	return crypto_secretstream_xchacha20poly1305_init_pull(&buffers->state, start + sizeof ARCHIVE_FORMAT,
							       vault->keys->archive) == 0;
}

static enum status open_blocks(const struct vault *vault, int in, const char *path, int64_t extract_id,
			       struct archive_buffers *buffers, vault_archive_sink *sink, void *context,
			       struct error *error)
{
	if (!start_of(vault, in, extract_id, buffers))
		return archive_corrupt(error, path);
	bool final = false;
	enum status status = STATUS_OK;
	while (status == STATUS_OK && !final) {
		struct text block;
		status = open_block(buffers, in, path, &block, &final, error);
		if (status == STATUS_OK && block.len)
			status = sink(context, block, error);
	}
	return status;
}

enum status vault_open_archive(const struct vault *vault, const char *path, int64_t extract_id,
			       vault_archive_sink *sink, void *context, struct error *error)
{
	int in = open(path, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return archive_failed(error, "The archive cannot be opened", path);
	struct archive_buffers *buffers = memory_alloc(1, sizeof *buffers);
	enum status status = open_blocks(vault, in, path, extract_id, buffers, sink, context, error);
	sodium_memzero(buffers, sizeof *buffers);
	free(buffers);
	close(in);
	return status;
}

static enum status write_block(void *context, struct text block, struct error *error)
{
	return write_all(*(int *)context, block.at, block.len)
		       ? STATUS_OK
		       : archive_failed(error, "There is no memory for an archive", NULL);
}

enum status vault_open_archive_as_file(int *out, const struct vault *vault, const char *path, int64_t extract_id,
				       struct error *error)
{
	*out = memfd_create("extract", MFD_CLOEXEC);
	if (*out < 0)
		return archive_failed(error, "There is no memory for an archive", NULL);
	enum status status = vault_open_archive(vault, path, extract_id, write_block, out, error);
	if (status != STATUS_OK) {
		close(*out);
		*out = -1;
	}
	return status;
}

/* ---- under another key ---- */

struct resealing {
	int in, out;
	const char *path;
	int64_t extract_id;
	struct archive_buffers *from, *to;
};

static enum status reseal_blocks(const struct vault *new, const struct resealing *r, struct error *error)
{
	unsigned char header[HEADER_SIZE];
	bool final = false;
	crypto_secretstream_xchacha20poly1305_init_push(&r->to->state, header, new->keys->archive);
	bind_to(r->to, r->extract_id);
	if (!write_all(r->out, ARCHIVE_FORMAT, sizeof ARCHIVE_FORMAT) || !write_all(r->out, header, sizeof header))
		return archive_failed(error, "The archive cannot be written", r->path);
	while (!final) {
		struct text block;
		enum status status = open_block(r->from, r->in, r->path, &block, &final, error);
		if (status)
			return status;
		size_t len = seal_block(r->to, (const unsigned char *)block.at, block.len, final);
		if (!write_all(r->out, r->to->sealed, len))
			return archive_failed(error, "The archive cannot be written", r->path);
	}
	return STATUS_OK;
}

/* Whether the first block opens under VAULT's key. */
static bool opens_under(const struct vault *vault, const struct resealing *r)
{
	struct text block;
	bool final;
	return start_of(vault, r->in, r->extract_id, r->from) &&
	       open_block(r->from, r->in, NULL, &block, &final, NULL) == STATUS_OK;
}

static enum status reseal_to(const struct vault *old, const struct vault *new, const struct resealing *r,
			     struct error *error)
{
	if (lseek(r->in, 0, SEEK_SET) != 0 || !start_of(old, r->in, r->extract_id, r->from))
		return archive_corrupt(error, r->path);
	return reseal_blocks(new, r, error);
}

/* Archives are named by the number of their extract. */
static int64_t number_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return strtoll(slash ? slash + 1 : path, NULL, 10);
}

/* The new archive is whole on the disk before it takes the old one's place. */
static enum status reseal_file(const struct vault *old, const struct vault *new, struct resealing *r,
			       struct error *error)
{
	char temporary[4096];
	if ((size_t)snprintf(temporary, sizeof temporary, "%s.part", r->path) >= sizeof temporary)
		return error_set(error, STATUS_TOO_LARGE, "vault.path", "The path is too long");
	r->out = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (r->out < 0)
		return archive_failed(error, "The archive cannot be created", temporary);
	enum status status = reseal_to(old, new, r, error);
	if (status == STATUS_OK && fsync(r->out))
		status = archive_failed(error, "The archive cannot be written", temporary);
	if (close(r->out) && status == STATUS_OK)
		status = archive_failed(error, "The archive cannot be closed", temporary);
	if (status == STATUS_OK && rename(temporary, r->path))
		status = archive_failed(error, "The archive cannot be put in place", r->path);
	if (status)
		(void)unlink(temporary);
	return status;
}

enum status vault_reseal_archive(const struct vault *old, const struct vault *new, const char *path, bool *resealed,
				 struct error *error)
{
	struct resealing r = {.path = path, .extract_id = number_of(path), .in = open(path, O_RDONLY | O_CLOEXEC)};
	if (r.in < 0)
		return archive_failed(error, "The archive cannot be opened", path);
	r.from = memory_alloc(1, sizeof *r.from);
	r.to = memory_alloc(1, sizeof *r.to);
	*resealed = !opens_under(new, &r);
	enum status status = *resealed ? reseal_file(old, new, &r, error) : STATUS_OK;
	sodium_memzero(r.from, sizeof *r.from);
	sodium_memzero(r.to, sizeof *r.to);
	free(r.from);
	free(r.to);
	close(r.in);
	return status;
}

static bool overwrite(int fd, off_t size)
{
	static const char zeros[1 << 16];
	for (off_t done = 0; done < size;) {
		size_t len = size - done < (off_t)sizeof zeros ? (size_t)(size - done) : sizeof zeros;
		if (!write_all(fd, zeros, len))
			return false;
		done += (off_t)len;
	}
	return true;
}

static enum status overwrite_file(const char *path, struct error *error)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return archive_failed(error, "The clear file cannot be opened for removal", path);
	struct stat info;
	bool done = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && overwrite(fd, info.st_size);
	enum status status = done ? STATUS_OK : archive_failed(error, "The clear file cannot be overwritten", path);
	close(fd);
	return status;
}

/* A file half overwritten must never be taken for an extract, so it first gets a name that no reader looks at. */
#define REMOVING ".removing."

static enum status set_aside(const char *path, char out[4096], struct error *error)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) : 1;
	const char *name = slash ? slash + 1 : path;
	if ((size_t)snprintf(out, 4096, "%.*s/" REMOVING "%s", folder, slash ? path : ".", name) >= 4096)
		return error_set(error, STATUS_TOO_LARGE, "vault.path", "The path is too long");
	return rename(path, out) ? archive_failed(error, "The clear file cannot be renamed for removal", path)
				 : STATUS_OK;
}

static enum status wipe_and_unlink(const char *const *paths, size_t count, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = overwrite_file(paths[i], error);
	if (status == STATUS_OK && count)
		status = sync_folder_of(paths[0], error);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (unlink(paths[i]))
			status = archive_failed(error, "The clear file cannot be removed", paths[i]);
	}
	return status;
}

enum status vault_remove_files(const char *const *paths, size_t count, struct error *error)
{
	struct arena arena;
	arena_init(&arena, (size_t)64 << 20);
	const char **aside = ARENA_ARRAY(&arena, count + 1, const char *);
	size_t moved = 0;
	enum status status = STATUS_OK;
	while (moved < count && status == STATUS_OK) {
		char path[4096];
		status = set_aside(paths[moved], path, error);
		if (status == STATUS_OK)
			aside[moved++] = arena_copy(&arena, text_of(path));
	}
	if (status == STATUS_OK && moved)
		status = sync_folder_of(aside[0], error);
	if (status == STATUS_OK)
		status = wipe_and_unlink(aside, moved, error);
	arena_release(&arena);
	return status;
}

enum status vault_remove_leftovers(const char *folder, struct error *error)
{
	struct arena arena;
	struct text *names;
	size_t count = 0, left = 0;
	arena_init(&arena, (size_t)64 << 20);
	enum status status = file_list(folder, &arena, &names, &count, error);
	const char **paths = ARENA_ARRAY(&arena, count + 1, const char *);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (text_starts_with(names[i], TEXT(REMOVING)))
			paths[left++] = arena_copy(&arena, arena_format(&arena, "%s/%.*s", folder, TEXT_ARG(names[i])));
	}
	if (status == STATUS_OK)
		status = wipe_and_unlink(paths, left, error);
	arena_release(&arena);
	return status;
}
