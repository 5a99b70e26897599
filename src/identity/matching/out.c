/* A file that appears whole or not at all. */
#include "matching/matching_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status cannot_write(const char *path, int reason, struct error *error)
{
	error_set_errno(error, reason, "matching.write", "the result cannot be written");
	error_remedy(error, "%s",
		     reason == ENOSPC   ? "Make room on the disk."
		     : reason == ENOENT ? "Make the folder first, or choose another."
					: "Choose a folder in which you may write.");
	error_at(error, path, 0, 0);
	return error->status;
}

enum status out_open(struct out *out, const char *path, struct error *error)
{
	struct stat is;
	*out = (struct out){.path = path, .fd = -1};
	if (strcmp(path, "-") == 0) {
		out->direct = true;
		out->fd = STDOUT_FILENO;
		return STATUS_OK;
	}
	if (stat(path, &is) == 0 && !S_ISREG(is.st_mode)) { /* a pipe, a terminal */
		out->direct = true;
		out->fd = open(path, O_WRONLY | O_CLOEXEC);
		return out->fd < 0 ? cannot_write(path, errno, error) : STATUS_OK;
	}
	if ((size_t)snprintf(out->temporary, sizeof out->temporary, "%s.XXXXXX", path) >= sizeof out->temporary)
		return cannot_write(path, ENAMETOOLONG, error);
	out->fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->fd < 0) {
		int reason = errno;
		out->temporary[0] = '\0';
		return cannot_write(path, reason, error);
	}
	mode_t mask = umask(0);
	umask(mask);
	fchmod(out->fd, 0666 & ~mask);
	return STATUS_OK;
}

enum status out_write(struct out *out, struct text content, struct error *error)
{
	while (content.len) {
		ssize_t written = write(out->fd, content.at, content.len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return cannot_write(out->path, errno, error);
		content = text_slice(content.at + written, content.len - (size_t)written);
	}
	return STATUS_OK;
}

enum status out_commit(struct out *out, struct error *error)
{
	enum status status = STATUS_OK;
	if (!out->direct && rename(out->temporary, out->path))
		status = cannot_write(out->path, errno, error);
	else
		out->temporary[0] = '\0';
	out_abandon(out);
	return status;
}

void out_abandon(struct out *out)
{
	if (out->temporary[0])
		unlink(out->temporary);
	out->temporary[0] = '\0';
	if (out->fd >= 0 && out->fd != STDOUT_FILENO)
		close(out->fd);
	out->fd = -1;
}

enum status matching_can_write(const char *path, struct error *error)
{
	struct out out;
	enum status status = out_open(&out, path, error);
	if (status == STATUS_OK)
		out_abandon(&out);
	return status;
}

enum status matching_write_text(const char *path, struct text content, struct error *error)
{
	struct out out;
	enum status status = out_open(&out, path, error);
	if (status != STATUS_OK)
		return status;
	status = out_write(&out, content, error);
	if (status == STATUS_OK)
		return out_commit(&out, error);
	out_abandon(&out);
	return status;
}
