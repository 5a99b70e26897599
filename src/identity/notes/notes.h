/* What case notes say of residents: flags, and never the words.
 *
 * A flag says that a note mentions a factor: which, whether it is so, when, of whom, who says it, and from where to
 * where the words stand in the note.  The text stays sealed; a page that shows the words asks disclosure for the row
 * (record, feed, row key) with its notes and marks the span in it.
 *
 *     struct note_flags flags;
 *     status = note_flags_of_resident(&flags, data, desk, profile, resident_id, &arena, &error);
 *     for (size_t i = 0; i < flags.count; i++)
 *         if (note_flag_counts(&flags.at[i]))          // affirmed, current, the subject's own, not marked wrong
 *             ...
 *
 * This header is all of the room that the evidence side may include.  A flag is of the newest version of its note: when
 * a note changes, its flags are made anew.  Spans are half open, counted from 0, both in bytes and in Unicode code
 * points of the sealed value of `element_id`.  Everything lies in the caller's arena.
 */
#ifndef NOTES_NOTES_H
#define NOTES_NOTES_H

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

struct store;
struct profile;
struct profile_factor;

enum note_polarity { NOTE_AFFIRMED, NOTE_NEGATED, NOTE_POSSIBLE, NOTE_POLARITY_COUNT };
enum note_time { NOTE_CURRENT, NOTE_PAST, NOTE_FUTURE, NOTE_HYPOTHETICAL, NOTE_TIME_COUNT };
enum note_whose { NOTE_SUBJECT, NOTE_FAMILY, NOTE_PROFESSIONAL, NOTE_OTHER, NOTE_WHOSE_COUNT };
/* On whose word it rests. */
enum note_certainty {
	NOTE_STATED,    /* by whoever wrote the note, as a fact */
	NOTE_OBSERVED,  /* seen by whoever wrote the note */
	NOTE_DISCLOSED, /* said by the subject */
	NOTE_REPORTED,  /* said by family, a professional or a service */
	NOTE_ALLEGED,   /* claimed, and not established */
	NOTE_HEARSAY,   /* second hand, anonymous, rumour */
	NOTE_CERTAINTY_COUNT
};
enum note_trend { NOTE_NO_TREND, NOTE_WORSENING, NOTE_IMPROVING, NOTE_RESOLVED, NOTE_TREND_COUNT };

/* "affirmed", "hypothetical", "professional", "alleged", "worsening" ("" for none): the words of files and interfaces.
 */
const char *note_polarity_name(enum note_polarity polarity);
const char *note_time_name(enum note_time time);
const char *note_whose_name(enum note_whose whose);
const char *note_certainty_name(enum note_certainty certainty);
const char *note_trend_name(enum note_trend trend);

/* What a worker said of a flag. A verdict is kept by the note and the span, and outlives re-reading. */
enum note_verdict {
	NOTE_NO_VERDICT,
	NOTE_ABOUT_SOMEBODY_ELSE,
	NOTE_NOT_A_CONCERN,
	NOTE_OUT_OF_DATE,
	NOTE_VERDICT_COUNT
};
const char *note_verdict_name(enum note_verdict verdict);  /* "someone_else", "not_a_concern", "out_of_date" */
const char *note_verdict_title(enum note_verdict verdict); /* "About someone else" */
bool note_verdict_parse(struct text name, enum note_verdict *out);

struct note_flag {
	/* the note */
	int64_t record_id, row_key, extract_id;
	int32_t feed_no, version; /* of the sealed text */
	struct text feed_id, element_id;
	date on;    /* of the note, as its source has it */
	date as_at; /* of the extract that brought it */
	/* the words */
	uint32_t start, end;            /* bytes */
	uint32_t first_char, last_char; /* code points: [first_char, last_char) */
	/* what they say */
	struct text factor_id;
	const struct profile_factor *factor; /* NULL when the profile no longer has it */
	enum note_polarity polarity;
	enum note_time time;
	int year; /* that a past mention names; 0: none */
	enum note_whose whose;
	struct text role; /* who of the family or the professionals: "mother", "school"; may be absent */
	enum note_certainty certainty;
	struct text speaker; /* who says so, the same way; may be absent */
	enum note_trend trend;
	bool question; /* it stands in a screening question that has no answer */
	enum note_verdict verdict;
};

struct notes_of_feed { /* of this resident: waiting ones are to be read (again) */
	struct text feed_id;
	int64_t read, waiting;
};

struct note_flags {
	const struct note_flag *at; /* newest note first, then by place in it */
	size_t count;
	const struct notes_of_feed
		*feeds; /* those that have notes: to be told by feed, as policy lets each be known of */
	size_t feed_count;
};

/* Whether the flag may speak of the resident as they are: affirmed, current, their own, not hearsay, not marked wrong.
 */
bool note_flag_counts(const struct note_flag *flag);

/* All flags of a resident, those marked wrong among them: whoever shows them leaves those out. Policy is the caller's
 * to ask: a flag is worth as much as the note's text element, and is shown only to who may see that. DESK may be NULL:
 * then no verdicts are known. */
enum status note_flags_of_resident(struct note_flags *out, struct store *data, struct store *desk,
				   const struct profile *profile, int64_t resident_id, struct arena *arena,
				   struct error *error) MUST_CHECK;

/* Marks a flag wrong, or with NOTE_NO_VERDICT takes that back. It counts at once. Whoever calls it audits it. */
struct note_marking {
	int64_t record_id, row_key, user_id;
	struct text feed_id, factor_id, username;
	int32_t version;
	uint32_t start, end;
	enum note_verdict verdict;
};
/* STATUS_NOT_FOUND, "notes.no_flag" when there is no such flag. */
enum status note_flag_mark(struct store *data, struct store *desk, const struct note_marking *marking,
			   struct error *error) MUST_CHECK;

#endif
