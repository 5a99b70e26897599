/* A council's staff file: who is to have an account, as its personnel system exports them (CSV). */
#ifndef CLI_STAFF_FILE_H
#define CLI_STAFF_FILE_H

#include "policy/staff.h"

enum { STAFF_FILE_BYTES_MOST = 64 << 20, STAFF_PROBLEMS_MOST = 200 };

struct staff_problem {
	uint64_t line;
	struct text message, remedy;
};
struct staff_file {
	struct staff_person *people;
	struct text *selves; /* surname, address and postcode, a line each: plain, to be sealed; absent: none given */
	size_t count;
	struct staff_problem problems[STAFF_PROBLEMS_MOST];
	size_t problem_count; /* more than are kept in `problems` are counted too */
	char hash[65];        /* of the file's bytes: says in the audit which file it was */
};
/* Everything in ARENA. STATUS_OK also with problems. */
enum status staff_file_read(struct staff_file *out, const char *path, const struct profile *profile,
			    struct arena *arena, struct error *error) MUST_CHECK;

#endif
