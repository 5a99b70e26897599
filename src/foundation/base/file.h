/* Files: read whole, replace atomically, walk. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/error.h"

/* Reads all of PATH into BUF (up to its ceiling; larger is STATUS_TOO_LARGE). */
enum status file_read(const char *path, struct buf *out, struct error *error) MUST_CHECK;
/* Writes to a temporary beside PATH, fsyncs, renames over it, fsyncs the folder: after a
 * crash either the old or the new content is there, whole. */
enum status file_replace(const char *path, struct text content, unsigned mode, struct error *error) MUST_CHECK;
enum status file_make_folder(const char *path, unsigned mode,
			     struct error *error) MUST_CHECK; /* parents too; fine when there */
bool file_exists(const char *path);
bool file_is_same(const char *a, const char *b); /* both are there, and are one file or folder by two names */

/* Names in a folder, sorted bytewise, without "." and "..", kept in ARENA. */
struct arena;
enum status file_list(const char *folder, struct arena *arena, struct text **names, size_t *count,
		      struct error *error) MUST_CHECK;

#endif
