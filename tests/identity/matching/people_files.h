/* Files for tests, in a folder of their own. */
#ifndef PEOPLE_FILES_H
#define PEOPLE_FILES_H

#include "base/file.h"
#include "matching/matching.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

static char people_folder[64];

static inline int people_setup(void **state)
{
	(void)state;
	snprintf(people_folder, sizeof people_folder, "/tmp/oneview-people-XXXXXX");
	return mkdtemp(people_folder) ? 0 : 1;
}

static inline int people_teardown(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", people_folder);
	return system(command);
}

/* The path is good for the next seven calls. */
static inline const char *people_file(const char *name, struct text content)
{
	struct error error;
	static char paths[8][160];
	static size_t next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof paths[0], "%s/%s", people_folder, name);
	enum status status = file_replace(path, content, 0600, &error);
	assert(status == STATUS_OK);
	(void)status;
	return path;
}

static inline enum status people_read(struct matching **out, const char *path, size_t piece_bytes, unsigned threads,
				      struct error *error)
{
	struct matching_options options = {
		.files = &path, .file_count = 1, .piece_bytes = piece_bytes, .threads = threads};
	error_clear(error);
	return matching_read(out, &options, error);
}

#endif
