#include "base/log.h"

#include "base/buf.h"
#include "base/date.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <unistd.h>

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int log_file = STDERR_FILENO;
static enum log_level log_least = LOG_INFO;
static log_sink *log_other;
static void *log_context;

void log_redirect(log_sink *sink, void *context)
{
	log_other = sink;
	log_context = context;
}

enum status log_open(const char *path, enum log_level least, struct error *error)
{
	int file = STDERR_FILENO;
	if (path) {
		file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		if (file < 0)
			return error_set_errno(error, errno, "log.open", "The log %s cannot be opened", path);
	}
	pthread_mutex_lock(&log_lock);
	if (log_file != STDERR_FILENO)
		close(log_file);
	log_file = file;
	log_least = least;
	pthread_mutex_unlock(&log_lock);
	return STATUS_OK;
}

void log_close(void)
{
	pthread_mutex_lock(&log_lock);
	if (log_file != STDERR_FILENO)
		close(log_file);
	log_file = STDERR_FILENO;
	pthread_mutex_unlock(&log_lock);
}

static void log_write(enum log_level level, const char *event, struct text message)
{
	static const char *const levels[] = {"debug", "info", "warning", "error"};
	char at[INSTANT_TEXT_SIZE];
	struct buf line;
	buf_init(&line, 8 << 10);
	buf_format(&line,
		   "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\",\"message\":", instant_format(instant_now(), at),
		   levels[level], event);
	buf_append_json(&line, message);
	buf_append(&line, "}\n", 2);
	pthread_mutex_lock(&log_lock);
	/* A log that cannot be written must not stop the work; the audit is another matter. */
	ssize_t written = write(log_file, line.at, line.len);
	(void)written;
	pthread_mutex_unlock(&log_lock);
	buf_release(&line);
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
	if (level < log_least)
		return;
	char message[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (log_other)
		log_other(log_context, level, event, message);
	else
		log_write(level, event, text_of(message));
}

void log_error(const struct error *error)
{
	log_event(LOG_ERROR, error->code, "%s%s%s", error->message, error->cause[0] ? ": " : "", error->cause);
}
