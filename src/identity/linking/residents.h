/* Which cluster keeps which resident id: pure, apart from who makes new ids.
 *
 * The rule: an id stays with the cluster that holds most of its records, and a cluster that most of
 * several ids come to takes the one it holds most records of; of equals, the one with the lowest
 * record.  Every other id that loses all its records has ended, and is remembered as ended in
 * the resident who holds most of them; an id that loses some is remembered as separated.
 */
#ifndef LINKING_RESIDENTS_H
#define LINKING_RESIDENTS_H

#include <stddef.h>
#include <stdint.h>

enum resident_change {
	RESIDENT_BEGAN,     /* a new id */
	RESIDENT_LINKED,    /* records of OTHER, which is no more or has lost them, came to this one */
	RESIDENT_ENDED,     /* all records are gone, most of them to OTHER */
	RESIDENT_SEPARATED, /* some records went to OTHER */
	RESIDENT_CHANGE_COUNT
};
const char *resident_change_name(enum resident_change change);

struct resident_event {
	int64_t resident_id, other; /* other: 0 none */
	enum resident_change change;
	uint32_t records;
};

struct residents_input {
	const int64_t *records;  /* record ids, ascending */
	const uint32_t *cluster; /* of each record, 0 .. clusters - 1 */
	const int64_t *before;   /* resident id of each record after the last run; 0: a new record */
	size_t count, clusters;
	/* A new id for the cluster whose lowest record is FOUNDER; ATTEMPT counts up while the id was used before. */
	int64_t (*new_id)(void *context, int64_t founder, unsigned attempt);
	int (*was_used)(void *context, int64_t id);
	void *context;
};
struct residents_result {
	int64_t *resident; /* by cluster */
	struct resident_event *events;
	size_t event_count, event_capacity;
};
void residents_assign(struct residents_result *out, const struct residents_input *input);
void residents_release(struct residents_result *result);

#endif
