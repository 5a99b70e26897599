/* "This household is wrong": two residents who do, or do not, live together.
 *
 * A report goes to those who review matching, with what the page said at that time.  Their answer is a
 * ruling of the household room, or that it cannot be told; a ruling that is taken back opens nothing again, the
 * report says so.
 */
#ifndef CASEWORK_HOME_REPORT_H
#define CASEWORK_HOME_REPORT_H

#include "base/arena.h"
#include "base/date.h"
#include "store/store.h"

struct vault;
struct sealed_rows;

enum home_answer { HOME_OPEN, HOME_TOGETHER, HOME_APART, HOME_UNCLEAR };
enum { HOME_ANSWER_COUNT = 4, HOME_TEXT_LONGEST = 4000 };
const char *home_answer_name(enum home_answer answer);  /* "open", "together" ... */
const char *home_answer_title(enum home_answer answer); /* "Open", "They live together" ... */
bool home_answer_parse(struct text name, enum home_answer *out);

struct home_report {
	int64_t report_id; /* 0 when it is new */
	instant made;
	int64_t user_id;
	struct text username;
	int64_t household_id, resident_a, resident_b;
	enum home_answer suggested; /* HOME_TOGETHER or HOME_APART */
	enum home_answer status;
	struct text text, evidence, reply; /* plain; filled by home_report_read() only */
	instant replied;                   /* INSTANT_UNKNOWN: not yet */
	struct text replied_by;
	int64_t ruling_id; /* 0: none */
	instant undone;    /* INSTANT_UNKNOWN: the ruling stands */
	struct text undone_by;
};

/* All in the caller's desk transaction, which also holds the audit entry. */
enum status home_report_make(struct store *desk, const struct vault *vault, const struct home_report *report,
			     int64_t *report_id, struct error *error) MUST_CHECK;
/* STATUS_CONFLICT when it has been answered meanwhile. RULING_ID 0: the answer made none. */
enum status home_report_answer(struct store *desk, const struct vault *vault, int64_t report_id,
			       enum home_answer answer, struct text reply, struct text by, int64_t ruling_id,
			       struct error *error) MUST_CHECK;
/* The ruling was taken back. STATUS_CONFLICT when there is none that stands. */
enum status home_report_undo(struct store *desk, int64_t report_id, struct text by, struct error *error) MUST_CHECK;
enum status home_report_read(struct store *desk, const struct vault *vault, int64_t report_id, struct arena *arena,
			     struct home_report *out, struct error *error) MUST_CHECK;
/* Newest first, without their texts, 500 at most; USER_ID 0: of everybody. */
enum status home_report_list(struct store *desk, int64_t user_id, struct arena *arena, struct home_report **out,
			     size_t *count, struct error *error) MUST_CHECK;

/* For a change of the key. */
extern const struct sealed_rows home_report_sealed_texts, home_report_sealed_evidence, home_report_sealed_replies;

#endif
