/* Corrections that residents asked for (UK GDPR art. 16), from the request to the source's next extract.
 *
 *     struct correction_order order = {.record_id = ..., .feed = ..., .row_key = ..., .element = ..., .asked = today,
 * ...}; status = correction_ask(&id, &order, &parts, &error);                    in the caller's desk transaction
 *     status = correction_step(id, CORRECTION_SENT, TEXT(""), by, &parts, &error);
 *     status = corrections_notice(&noticed, &parts, today, &error);            after each refresh
 *
 * It is about one value: a row of a feed, and an element of it.  OneView changes no source: the request goes to the
 * owner whom the profile names, who puts it right there or refuses with a reason; the resident is told either way,
 * within one calendar month (due.h).  That it was put right is noticed: at each refresh the value as it is now is
 * compared with keyed hashes of what it was and of what it should be.  What the resident said, evidence and reply are
 * sealed.
 */
#ifndef RIGHTS_CORRECTIONS_H
#define RIGHTS_CORRECTIONS_H

#include "rights/rights.h"

enum correction_state {
	CORRECTION_ASKED,
	CORRECTION_SENT,     /* to the source's owner */
	CORRECTION_ACCEPTED, /* the owner will put it right */
	CORRECTION_REFUSED,  /* with a reason */
	CORRECTION_DONE      /* the owner says so, or an extract brought another value */
};
enum { CORRECTION_STATES = 5, CORRECTION_TEXT_LONGEST = 2000 };
const char *correction_state_name(enum correction_state state);  /* "asked" ... */
const char *correction_state_title(enum correction_state state); /* "Asked" ... */
bool correction_state_parse(struct text name, enum correction_state *out);

enum correction_seen { SEEN_NOT, SEEN_AS_ASKED, SEEN_OTHERWISE, SEEN_GONE }; /* what extracts brought */
const char *correction_seen_title(enum correction_seen seen);

struct correction_order {
	int64_t resident_id; /* whose value it must be */
	int64_t record_id, row_key;
	const struct profile_feed *feed;
	const struct profile_element *element;
	date asked;
	struct text wanted, evidence, by; /* WANTED: what it should be */
};
/* STATUS_INVALID when something is missing, STATUS_NOT_FOUND unless the value is among the resident's choices now,
 * STATUS_CONFLICT when a correction of it is open. Whether WANTED is what stands there already is told to nobody: that
 * would confirm a guess. */
enum status correction_ask(int64_t *id, const struct correction_order *order, const struct rights_parts *parts,
			   struct error *error) MUST_CHECK;
/* To another state, REPLY being what the owner said: a refusal needs one. STATUS_CONFLICT when it is over. */
enum status correction_step(int64_t id, enum correction_state to, struct text reply, struct text by,
			    const struct rights_parts *parts, struct error *error) MUST_CHECK;
/* The resident was told what came of it. STATUS_CONFLICT unless something has. */
enum status correction_tell(int64_t id, struct text by, const struct rights_parts *parts,
			    struct error *error) MUST_CHECK;

struct correction {
	int64_t id, record_id, row_key;
	int64_t resident_id; /* whose the record is now; 0: nobody's */
	struct text feed_id, element_id, made_by;
	const struct profile_feed *feed;       /* NULL: the profile has it no more */
	const struct profile_element *element; /* likewise */
	date asked, due;
	enum correction_state state;
	struct text wanted, evidence, reply;
	date sent, decided, told; /* DATE_UNKNOWN: not yet */
	date seen;                /* when an extract's other value was noticed */
	enum correction_seen seen_as;
	bool open, overdue; /* open: the resident has not been told */
};
/* Whether the value as it is now is disputed: until it was put right, or the resident was told that it was not. */
static inline bool correction_disputes(const struct correction *correction)
{
	return correction->open && correction->state != CORRECTION_DONE;
}
/* Of a resident, or (0) all; those due first first, those that are over last. */
enum status corrections_read(struct correction **out, size_t *count, const struct rights_parts *parts,
			     int64_t resident_id, date today, struct arena *arena, struct error *error) MUST_CHECK;

/* A value that is disputed as it is now, and nothing of what was said about it: for pages that show the value to who
 * may see it, and mark it. */
struct disputed_value {
	int64_t record_id, row_key;
	struct text feed_id, element_id;
};
/* Of records, in the order of the array. */
enum status corrections_disputed(struct disputed_value **out, size_t *count, struct store *desk, const int64_t *records,
				 size_t record_count, struct arena *arena, struct error *error) MUST_CHECK;

/* Which values a correction can be asked of: what is current of the resident, without the values themselves. Those of
 * feeds that are kept apart, or say who must be protected, are not among them. */
struct correction_choice {
	struct text key;   /* for correction_choice_parse() */
	struct text title; /* "Housing: Tenancies, from 1 April 2019: Date of birth" */
};
enum status correction_choices(struct correction_choice **out, size_t *count, const struct rights_parts *parts,
			       int64_t resident_id, struct arena *arena, struct error *error) MUST_CHECK;
/* Fills record, row, feed and element. */
bool correction_choice_parse(struct correction_order *out, struct text key, const struct profile *profile);

/* Who else had it and must be told (art. 19): the agreements that run and cover it. */
size_t correction_recipients(struct text **out, const struct correction *correction, const struct profile *profile,
			     struct arena *arena);

/* Compares what was asked of with what is there now; writes in a desk transaction of its own, when there is anything.
 */
enum status corrections_notice(int64_t *noticed, const struct rights_parts *parts, date today,
			       struct error *error) MUST_CHECK;

/* For a change of the key. */
extern const struct sealed_rows correction_sealed_wanted, correction_sealed_evidence, correction_sealed_replies;

#endif
