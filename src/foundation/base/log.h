/* The program's log: one JSON object a line on stderr or in the workspace's log file.
 *
 * Never log a value from an extract, a query or a form: only ids, counts, codes and places.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/error.h"
#include "base/text.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* PATH NULL logs to stderr. Appends; safe to call again (log rotation). */
enum status log_open(const char *path, enum log_level least, struct error *error) MUST_CHECK;
void log_close(void);
/* Events go to SINK instead, for a process that has no file of its own. */
typedef void log_sink(void *context, enum log_level level, const char *event, const char *message);
void log_redirect(log_sink *sink, void *context);
void log_event(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));
void log_error(const struct error *error);

#endif
