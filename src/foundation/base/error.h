/* One record says what went wrong, where, and what would be right.
 *
 * A function that can fail returns `enum status`, is marked MUST_CHECK, and fills the
 * caller's `struct error`.  The same record serves the log, the page and the command line:
 *
 *     struct error e;
 *     if (profile_load(&profile, path, &e))
 *         return error_print(&e, stderr), 1;
 *
 * An error never holds a resident's data: say the line and the column, not the value.
 * The struct is fixed in size and needs no release.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdio.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* Exit codes of the command line are derived from these: see docs/exit-codes.md. */
enum status {
	STATUS_OK = 0,
	STATUS_USAGE,     /* the caller asked for something that does not exist */
	STATUS_INVALID,   /* outside data or configuration is wrong */
	STATUS_NOT_FOUND, /* no such thing, or not for this viewer: the two look alike */
	STATUS_REFUSED,   /* policy, agreement or key says no */
	STATUS_CONFLICT,  /* somebody else changed or holds it */
	STATUS_HELD,      /* an extract waits for a person's decision */
	STATUS_IO,        /* disk, network or database failed */
	STATUS_CORRUPT,   /* stored data does not verify */
	STATUS_NO_MEMORY,
	STATUS_TOO_LARGE,   /* over a documented ceiling */
	STATUS_INTERRUPTED, /* Ctrl-C or a shutdown; work done so far is kept */
	STATUS_INTERNAL
};

struct error {
	enum status status;
	char code[48];     /* stable, for machines: "intake.encoding" */
	char message[512]; /* what was wrong, one sentence */
	char remedy[320];  /* what would be right, or what to do */
	char file[256];    /* where, if it was in a file */
	unsigned line;     /* 1-based, 0 when it does not apply */
	unsigned column;   /* 1-based, 0 when it does not apply */
	char cause[256];   /* the message underneath: errno, SQL, TLS */
};

void error_clear(struct error *error);

/* Fills the record and returns STATUS, so that `return error_set(...)` reads well.
 * ERROR may be NULL where the caller has no use for the text. */
enum status error_set(struct error *error, enum status status, const char *code, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* The same with strerror(ERRNO_VALUE) as the cause. */
enum status error_set_errno(struct error *error, int errno_value, const char *code, const char *format, ...)
	PRINTF_LIKE(4, 5);

void error_remedy(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);
void error_cause(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);
void error_at(struct error *error, const char *file, unsigned line, unsigned column);

/* "oneview: FILE:LINE:COLUMN: message (cause)\n  What to do: remedy\n" */
void error_print(const struct error *error, FILE *out);

const char *status_name(enum status status); /* "invalid", "not_found" ... */

#endif
