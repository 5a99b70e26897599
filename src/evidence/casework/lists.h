/* Lists for investigators: which properties, households and residents a rule of the profile puts before somebody, with
 * its reasons, and what came of it.
 *
 * lists_refresh() works all rules out anew, from facts, residences and households, without a name, and writes what
 * differs. A list says what to look into and why; it decides nothing. Pages read it with lists_read() and
 * must show a row only to whom policy lets know of everybody and every address in it: see list_row_may_be_seen().
 * What an investigator found is an outcome on the desk shelf, which outlives every re-run.
 */
#ifndef CASEWORK_LISTS_H
#define CASEWORK_LISTS_H

#include "base/arena.h"
#include "policy/policy.h"

struct vault;

/* ---- working out ---------------------------------------------------------------------------------- */

struct lists_report {
	size_t rows, people, added, gone;
	double seconds;
};
/* In a transaction of its own. A list whose agreement does not run on TODAY is empty. */
enum status lists_refresh(struct policy *policy, const struct profile *profile, struct store *data, date today,
			  struct lists_report *report, struct error *error) MUST_CHECK;

/* ---- reading ---------------------------------------------------------------------------------------- */

struct list_reason {
	int points;
	struct text text;
};

struct list_member { /* somebody whom the row goes by */
	int64_t resident_id;
	struct text group; /* the first group of the rule that has them */
	bool shown;        /* named on the page */
};

struct list_row {
	int64_t subject_id;
	int64_t key;         /* of outcomes: outlives a new gazetteer */
	int64_t property_id; /* 0: none */
	struct text ward;    /* absent: not known */
	int points;
	date since; /* on the list since */
	const struct list_reason *reasons;
	size_t reason_count;
	const struct list_member *members;
	size_t member_count;
};

/* Most points first, then longest on the list. SUBJECT_ID 0: all. */
enum status lists_read(struct list_row **out, size_t *count, const struct profile_list *list, struct store *data,
		       int64_t subject_id, struct arena *arena, struct error *error) MUST_CHECK;

/* Whether somebody who may know of RESTRICTIONS only as GRID says may see the row of LIST at all, or count it:
 * everybody in it may still be on it, by what they consented and objected to now. */
bool list_row_may_be_seen(const struct list_row *row, const struct profile_list *list, struct policy *policy,
			  const struct policy_grid *grid);
/* Likewise, and nobody and no address in the row is protected: for what is told without a viewer. */
bool list_row_is_open(const struct list_row *row, const struct profile_list *list, struct policy *policy);

/* ---- for another purpose ------------------------------------------------------------------------------- */

struct list_use {
	const struct profile_agreement *agreement;
	const struct profile_purpose *purpose;
	enum element_use use;
	date on;
};
struct list_shortfall { /* FEED NULL: the agreement does not run, or has not this purpose */
	const struct profile_feed *feed;
	const struct profile_element *element; /* NULL: nothing of the feed */
};
/* Whether the agreement runs, has the purpose, and lets every feed and element that the list's rules read be used so.
 */
bool list_may_serve(struct policy *policy, const struct profile_list *list, const struct list_use *use,
		    struct list_shortfall *short_of);
/* The row is open (above), and everybody in it may be counted for that. */
bool list_row_may_serve(const struct list_row *row, const struct profile_list *list, struct policy *policy,
			const struct list_use *use);

/* ---- outcomes ---------------------------------------------------------------------------------------- */

enum { LIST_NOTE_LONGEST = 2000 };

struct list_result {
	int64_t outcome_id; /* 0 when it is new */
	int64_t key;
	instant made;
	int64_t user_id;
	struct text username, outcome; /* outcome: id of the rule's */
	int points;                    /* the row's at that time */
	struct text note;              /* plain; filled by lists_results_of() only */
	bool words_erased;             /* with somebody of the home who was erased (rights) */
};

/* Inside the caller's desk transaction, which also holds the audit entry. */
enum status lists_record(struct store *desk, const struct vault *vault, const struct profile_list *list,
			 const struct list_result *result, int64_t *outcome_id, struct error *error) MUST_CHECK;
/* All of a list, oldest first, without notes: the last of a key counts. */
enum status lists_results(struct list_result **out, size_t *count, const struct profile_list *list, struct store *desk,
			  struct arena *arena, struct error *error) MUST_CHECK;
/* Those of one row, newest first, with notes. */
enum status lists_results_of(struct list_result **out, size_t *count, const struct profile_list *list, int64_t key,
			     struct store *desk, const struct vault *vault, struct arena *arena,
			     struct error *error) MUST_CHECK;
/* The last outcome of KEY among RESULTS, oldest first; NULL: none. */
const struct list_result *lists_last_result(const struct list_result *results, size_t count, int64_t key);
/* Whether the outcome settles the row for TODAY: it does not when the rule lets subjects come back. */
bool list_result_settles(const struct profile_list *list, const struct list_result *result, date today);

/* Who asks: only what they may know of is counted. GRID NULL: without a viewer. */
struct list_asker {
	struct store *data;
	struct policy *policy;
	const struct policy_grid *grid;
};
/* How far investigators have come with rows that the asker may see, and with those that have left the list since, as
 * far as nobody and no address there is protected now. */
struct outcome_counts {
	size_t open, decided, right; /* right: of those decided, where the list was */
};
enum status outcomes_count(struct outcome_counts *out, const struct profile_list *list, const struct list_row *rows,
			   size_t count, struct store *desk, const struct list_asker *asker, date today,
			   struct arena *arena, struct error *error) MUST_CHECK;

/* For a change of the key. */
extern const struct sealed_rows list_sealed_notes;

#endif
