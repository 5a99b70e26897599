/* What people ruled about who lives with whom (home_rulings.h writes it), as runs take it up.
 *
 *     status = household_rulings_read(&rulings, desk, data, &error);
 *     status = household_refresh(reading, &rulings, run_id, &report, &error);
 *     household_rulings_release(&rulings);
 *
 * The newest opinion on a pair that was not taken back is the one that counts; rulings are taken up in the order in
 * which they were given, and one that contradicts what holds (a with b, b with c, and now a not with c) is not taken up
 * until somebody takes back one of them.
 */
#ifndef HOUSEHOLD_HOUSEHOLD_RULINGS_H
#define HOUSEHOLD_HOUSEHOLD_RULINGS_H

#include "linking/rulings.h"

enum household_ruling_state {
	HOUSEHOLD_RULING_HOLDS,
	HOUSEHOLD_RULING_CONTRADICTED, /* against older ones that hold */
	HOUSEHOLD_RULING_SUPERSEDED,   /* a newer opinion on the same pair counts */
	HOUSEHOLD_RULING_UNDONE
};

struct household_ruling {
	int64_t ruling_id;
	instant made;
	int64_t user_id;
	struct text username;
	struct ruling_end a, b;
	bool together;  /* false: they do not live together */
	instant undone; /* INSTANT_UNKNOWN: it stands */
	struct text undone_by;
	enum household_ruling_state state; /* filled by reading */
	int64_t record_a, record_b;        /* 0: not among today's records */
};

struct household_rulings {
	struct household_ruling *at; /* oldest first */
	size_t count;
	struct arena arena;
};

/* DATA may be NULL: without record ids. */
enum status household_rulings_read(struct household_rulings *out, struct store *desk, struct store *data,
				   struct error *error) MUST_CHECK;
void household_rulings_release(struct household_rulings *rulings);
/* Pure: what of them holds. */
void household_rulings_settle(struct household_rulings *rulings);

#endif
