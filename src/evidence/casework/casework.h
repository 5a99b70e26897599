/* What users do with what they found: reports that a value is wrong, and what they have seen.
 *
 * Reports and marks are on the desk shelf. What a report says is sealed: people write names.
 */
#ifndef CASEWORK_CASEWORK_H
#define CASEWORK_CASEWORK_H

#include "base/arena.h"
#include "base/date.h"
#include "store/store.h"

struct vault;

/* ---- "this is wrong" ---------------------------------------------------------------------------- */

enum report_status { REPORT_OPEN, REPORT_CORRECTED, REPORT_RIGHT, REPORT_NOT_OURS };
enum { REPORT_STATUS_COUNT = 4, REPORT_TEXT_LONGEST = 4000 };
const char *report_status_name(enum report_status status);  /* "open" ... */
const char *report_status_title(enum report_status status); /* "Open", "Put right" ... */
bool report_status_parse(struct text name, enum report_status *out);

/* What is wrong, when it is said of a sentence of a summary. */
enum report_aspect { REPORT_OF_DATA, REPORT_OF_MATCHING, REPORT_OF_READING, REPORT_OF_WORDING };
enum { REPORT_ASPECT_COUNT = 4 };
const char *report_aspect_name(enum report_aspect aspect);  /* "data" ... */
const char *report_aspect_title(enum report_aspect aspect); /* "What the service recorded" ... */
bool report_aspect_parse(struct text name, enum report_aspect *out);

struct report {
	int64_t report_id; /* 0 when it is new */
	instant made;
	int64_t user_id;
	struct text username;
	int64_t resident_id, record_id, row_key;
	struct text feed_id, source_id, element_id;
	date as_at; /* of the value, when the report was made */
	enum report_aspect aspect;
	struct text sentence_id; /* of the summary's rule or factor; absent: a value was reported */
	enum report_status status;
	struct text text, reply; /* plain; filled by report_read() only */
	instant replied;         /* INSTANT_UNKNOWN: not yet */
	struct text replied_by;
};

/* Inside the caller's desk transaction, which also holds the audit entry. */
enum status report_make(struct store *desk, const struct vault *vault, const struct report *report, int64_t *report_id,
			struct error *error) MUST_CHECK;
/* STATUS_CONFLICT when it has been answered meanwhile. */
enum status report_answer(struct store *desk, const struct vault *vault, int64_t report_id, enum report_status status,
			  struct text reply, struct text by, struct error *error) MUST_CHECK;
enum status report_read(struct store *desk, const struct vault *vault, int64_t report_id, struct arena *arena,
			struct report *out, struct error *error) MUST_CHECK;

struct report_filter {
	int64_t user_id; /* 0: of everybody */
	bool has_status;
	enum report_status status;
	const struct text *sources; /* ids; only about these, or of user_id */
	size_t source_count;        /* 0: all */
	unsigned offset, limit;     /* limit 0: 50 */
	/* Reports that it says false of are not there, and not counted. NULL: all may be told of. */
	bool (*may)(void *context, const struct report *report);
	void *context;
};
/* Newest first, without their texts. *TOTAL: how many there are without the limit. */
enum status report_list(struct store *desk, const struct report_filter *filter, struct arena *arena,
			struct report **out, size_t *count, int64_t *total, struct error *error) MUST_CHECK;

/* For a change of the key: what was reported, and what was replied. */
extern const struct sealed_rows report_sealed_texts, report_sealed_replies;

/* ---- seen ------------------------------------------------------------------------------------------ */

/* Marks are collected in memory and written once a second, all in one transaction: a page does not wait for
 * them, and a crash loses a second of them, which harms nobody. */
struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *seen);
/* Notes a look, and tells when the user looked before (looks less than 8 hours apart are one);
 * INSTANT_UNKNOWN: never. Any thread. */
enum status seen_look(struct seen *seen, struct store *desk, int64_t user_id, int64_t resident_id, instant now,
		      instant *before, struct error *error) MUST_CHECK;
enum status seen_flush(struct seen *seen, struct store *desk, struct error *error) MUST_CHECK;

#endif
