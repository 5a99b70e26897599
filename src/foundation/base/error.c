#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void error_clear(struct error *error)
{
	memset(error, 0, sizeof *error);
}

static enum status error_fill(struct error *error, enum status status, const char *code, const char *format,
			      va_list args)
{
	error_clear(error);
	error->status = status;
	snprintf(error->code, sizeof error->code, "%s", code);
	vsnprintf(error->message, sizeof error->message, format, args);
	return status;
}

enum status error_set(struct error *error, enum status status, const char *code, const char *format, ...)
{
	if (error) {
		va_list args;
		va_start(args, format);
		error_fill(error, status, code, format, args);
		va_end(args);
	}
	return status;
}

/* What helps is the same wherever the system says so; a caller that knows better says it afterwards. */
static const char *remedy_of(int errno_value)
{
	switch (errno_value) {
	case ENOSPC:
	case EDQUOT:
		return "Free some space on this disk, or raise the quota, and run the command again";
	case EROFS:
		return "The file system is read-only: mount it for writing and run the command again";
	case EACCES:
	case EPERM:
		return "Run as the user who owns the workspace, or give this user the right to it";
	case EMFILE:
	case ENFILE:
		return "Raise the limit of open files (ulimit -n)";
	case EFBIG:
		return "Raise the limit of file sizes (ulimit -f), and run the command again";
	case EIO:
		return "The disk reports a fault: look into the system's log before going on";
	default:
		return NULL;
	}
}

enum status error_set_errno(struct error *error, int errno_value, const char *code, const char *format, ...)
{
	if (error) {
		va_list args;
		va_start(args, format);
		error_fill(error, STATUS_IO, code, format, args);
		va_end(args);
		char text[128];
		error_cause(error, "%s", strerror_r(errno_value, text, sizeof text));
		if (remedy_of(errno_value))
			error_remedy(error, "%s", remedy_of(errno_value));
	}
	return STATUS_IO;
}

void error_remedy(struct error *error, const char *format, ...)
{
	if (!error)
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(error->remedy, sizeof error->remedy, format, args);
	va_end(args);
}

void error_cause(struct error *error, const char *format, ...)
{
	if (!error)
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(error->cause, sizeof error->cause, format, args);
	va_end(args);
}

void error_at(struct error *error, const char *file, unsigned line, unsigned column)
{
	if (!error)
		return;
	snprintf(error->file, sizeof error->file, "%s", file ? file : "");
	error->line = line;
	error->column = column;
}

void error_print(const struct error *error, FILE *out)
{
	fputs("oneview: ", out);
	if (error->file[0]) {
		fputs(error->file, out);
		if (error->line)
			fprintf(out, ":%u", error->line);
		if (error->column)
			fprintf(out, ":%u", error->column);
		fputs(": ", out);
	}
	fputs(error->message, out);
	if (error->cause[0])
		fprintf(out, " (%s)", error->cause);
	fputc('\n', out);
	if (error->remedy[0])
		fprintf(out, "  What to do: %s\n", error->remedy);
}

const char *status_name(enum status status)
{
	static const char *const names[] = {
		[STATUS_OK] = "ok",
		[STATUS_USAGE] = "usage",
		[STATUS_INVALID] = "invalid",
		[STATUS_NOT_FOUND] = "not_found",
		[STATUS_REFUSED] = "refused",
		[STATUS_CONFLICT] = "conflict",
		[STATUS_HELD] = "held",
		[STATUS_IO] = "io",
		[STATUS_CORRUPT] = "corrupt",
		[STATUS_NO_MEMORY] = "no_memory",
		[STATUS_TOO_LARGE] = "too_large",
		[STATUS_INTERRUPTED] = "interrupted",
		[STATUS_INTERNAL] = "internal",
	};
	return names[status];
}
