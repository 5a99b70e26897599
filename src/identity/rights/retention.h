/* What has been kept long enough: found, counted, deleted, certified.
 *
 *     struct retention_plan plan;
 *     status = retention_plan(&plan, &parts, policy, as_of, &arena, &error);
 *     struct retention_run run = {.as_of = as_of, .by = ..., ...};
 *     status = retention_run(&run, &parts, policy, archive, &places, &arena, &error);
 *
 * A client's rows of a feed are due together: by the feed's `retention`, by its `delete_by`, or so long after the end
 * of the last agreement that covered the feed as that says (`delete_after`).  Nothing of a resident who is held for a
 * legal claim is deleted, nor what a schedule holds.
 *
 * An extract that has waited for a person for RETENTION_WAITING_DAYS is thrown away. A feed that the profile has lost
 * is named by plan, run and certificate, and stays until its definition is restored or retention_drop_feed() deletes
 * it.
 *
 * A run writes down what is due, then goes feed by feed: archives written anew, tables, quarantine, and the record as
 * a whole when nothing else is known of it, by erasure's tables.  Killed, the next run does the rest of it.  Its
 * certificate says what, how many, by which rule and when, with the hash of the sorted list of pseudonyms of the
 * clients, and is signed.  The caller holds the workspace's lock.
 */
#ifndef RIGHTS_RETENTION_H
#define RIGHTS_RETENTION_H

#include "audit/checkpoint.h"
#include "policy/policy.h"
#include "rights/rights.h"

/* Stored: never renumber. */
enum retention_rule { RETAIN_SCHEDULE = 1, RETAIN_DELETE_BY = 2, RETAIN_AGREEMENT = 3 };
const char *retention_rule_words(enum retention_rule rule);
/* "6 years after the last row", and why, for pages. Absent: the feed has no schedule. */
struct text retention_schedule_words(const struct profile_feed *feed, struct arena *arena);

enum retention_state {
	RETENTION_DUE,     /* is deleted by a run */
	RETENTION_HELD,    /* the resident is held for a legal claim */
	RETENTION_KEPT,    /* the schedule holds it */
	RETENTION_UNKNOWN, /* it counts from a birthday, which nobody knows */
	RETENTION_STATE_COUNT
};
const char *retention_state_name(enum retention_state state); /* "due", "held", "kept", "unknown" */

struct retention_count { /* of a feed, by one rule, in one state */
	const struct profile_feed *feed;
	enum retention_rule rule;
	enum retention_state state;
	int64_t clients, rows;
};
/* Days for which an extract that is held or refused waits for a person: then a run throws it away. */
enum { RETENTION_WAITING_DAYS = 90 };
struct retention_waiting { /* one that has waited so long */
	int64_t extract_id;
	struct text feed_id;
	date received;
};
struct retention_lost { /* a feed that the profile does not have, so that nothing says how long its rows are kept */
	struct text feed_id;
	int64_t rows, archives;
};
struct retention_plan {
	date as_of;
	struct retention_count *counts; /* none with 0 clients; in the order of feeds */
	size_t count;
	int64_t clients, rows; /* that are due */
	int64_t requests,
		requests_held; /* for a copy, that ended so long ago as the profile keeps them; under a hold */
	struct retention_waiting *waiting;
	struct retention_lost *lost;
	size_t waiting_count, lost_count;
};
/* Reads only. */
enum status retention_plan(struct retention_plan *out, const struct rights_parts *parts, struct policy *policy,
			   date as_of, struct arena *arena, struct error *error) MUST_CHECK;

struct retention_run {
	date as_of;
	struct text by, user_name; /* user_name: of the audit's entry */
	const struct audit_key *audit_key;
	/* what came of it */
	int64_t run_no, clients, rows, archives;
	int64_t requests;            /* for a copy, with all that was done about them */
	struct text extracts;        /* numbers of those that had waited too long, blanks between */
	struct retention_lost *lost; /* of which nothing was deleted */
	size_t lost_count;
	bool resumed; /* it was the rest of a run that had been cut off, as of that one's day */
	struct text certificate;
};
enum status retention_run(struct retention_run *run, const struct rights_parts *parts, struct policy *policy,
			  const char *archive, const struct audit_checkpoint_places *places, struct arena *arena,
			  struct error *error) MUST_CHECK;

struct retention_drop {
	struct text feed_id, user_name;
	const struct audit_key *audit_key;
	/* what came of it */
	int64_t clients, rows, archives;
};
/* All of a feed that the profile does not have: tables, quarantine, archives, and records of which nothing else is
 * known. STATUS_REFUSED when the profile has it, or a resident of it is held for a legal claim. Killed, it is done
 * again. */
enum status retention_drop_feed(struct retention_drop *drop, const struct rights_parts *parts, struct policy *policy,
				const char *archive, struct error *error) MUST_CHECK;

struct retention_record { /* of a run */
	int64_t run_no;
	instant begun, ended; /* ended INSTANT_UNKNOWN: it was cut off */
	date as_of;
	struct text by, certificate;
	bool signed_right; /* the signature is of a key that the audit knows, and of this text */
};
/* Newest first, MOST of them; or the one with RUN_NO when it is not 0. */
enum status retention_records(struct retention_record **out, size_t *count, struct store *desk, int64_t run_no,
			      size_t most, struct arena *arena, struct error *error) MUST_CHECK;

#endif
