/* A case summary: sentences under a service's headings, each with the rows that it rests on.
 *
 *     struct summary_question question = {layout, feeds, feed_count, compared, compared_count, today};
 *     struct view_summary summary;
 *     view_summary(&summary, profile, &answer, &view, &question, &arena);
 *
 * The words are the profile's, the values are what disclosure let through: nothing is written that a row does not say.
 * A sentence that would rest on something the viewer may not see is not written; it is counted, with whom to ask.
 * A summary says what it does not know: services without a record, data that is late or was never loaded, what is not
 * agreed, and values that sources have differently.  It states; it never advises.
 */
#ifndef VIEW_SUMMARY_H
#define VIEW_SUMMARY_H

#include "notes/notes.h"
#include "profile/factor.h"
#include "profile/summaries.h"
#include "view/view.h"

struct summary_evidence {
	const struct disclosed_origin *origin;
	date on;          /* DATE_UNKNOWN: not recorded */
	struct text what; /* the title of the feed, or of the event */
	bool is_new;      /* came since the viewer last looked */
};

struct summary_piece { /* of a sentence; with TERM: a word of the glossary */
	struct text words;
	const struct profile_term *term;
};

struct summary_sentence {
	struct text id;    /* of the rule that wrote it */
	struct text words; /* the whole sentence */
	const struct summary_piece *pieces;
	size_t piece_count;
	enum sentence_nature nature;
	bool is_new;
	const struct summary_evidence *evidence; /* newest first; never none */
	size_t evidence_count;
};

struct summary_heading {
	const struct profile_heading *rule;
	const struct summary_sentence *sentences;
	size_t sentence_count;
};

struct summary_withheld { /* sentences that were not written, by source */
	const struct profile_source *source;
	size_t count; /* so many at most: a condition that may not be seen cannot be decided */
	struct text why;
};

enum gap_kind {
	GAP_NO_RECORD,  /* the source has no record that was matched to the resident */
	GAP_PART,       /* nothing in the part of the source that the viewer may see: no more can be said */
	GAP_NOT_AGREED, /* nothing of the source may be shown to this viewer for this purpose, be there a record or none
			 */
	GAP_NEVER,      /* no extract of the feed was ever loaded */
	GAP_LATE,       /* the next extract was due before today */
	GAP_UNREAD      /* case notes that wait to be read */
};
struct summary_gap {
	enum gap_kind kind;
	const struct profile_source *source;
	const struct profile_feed *feed; /* NULL: of the source as a whole */
	date as_at, due;
};

/* How each feed stands, for what cannot be concluded from silence. */
struct summary_feed {
	const struct profile_feed *feed;
	date as_at; /* of the newest loaded extract; DATE_UNKNOWN: never */
	date due;   /* of the next one, when LATE */
	bool late;
	bool visible; /* some of it may be shown to the viewer, or that there is something */
	bool notes;   /* the text of its case notes may be, and with it what was read in them */
};

/* What followed for others after the same intervention. Fewer cases than SUMMARY_CASES_LEAST are never told. */
enum { SUMMARY_CASES_LEAST = 20 };
struct summary_comparison {
	const struct profile_intervention *intervention;
	int64_t cases;           /* that ended at least the months to look at ago */
	const int64_t *followed; /* cases after which each event of FOLLOWED_BY came; negative: not counted */
	int64_t followed_by_any;
};

struct summary_question {
	const struct profile_layout *layout;
	const struct summary_feed *feeds; /* every feed of the profile, by number */
	const struct summary_comparison *compared;
	size_t compared_count;
	const struct note_flags *flags; /* of the resident; NULL: notes are not spoken of */
	instant since;                  /* what came after is new; INSTANT_UNKNOWN: nothing is */
	date today;
};

struct summary_source { /* what the sentences rest on, for explaining it */
	const struct profile_source *source;
	const struct profile_agreement *agreement; /* under which a value of it was shown; may be NULL */
	date as_at;
	size_t sentences;
};

struct view_summary {
	const struct profile_layout *layout;
	struct text name;
	const struct summary_heading *headings;
	size_t heading_count, sentence_count, new_count;
	const struct summary_withheld *withheld; /* by the profile's order of sources */
	size_t withheld_count;
	const struct summary_gap *gaps;
	size_t gap_count;
	int64_t notes_waiting; /* case notes that were not read yet, of those that the viewer may know of */
	const struct summary_source *sources;
	size_t source_count;
	const struct profile_term *const *terms; /* that some sentence uses */
	size_t term_count;
};

void view_summary(struct view_summary *out, const struct profile *profile, const struct disclosure_resident *answer,
		  const struct view_resident *view, const struct summary_question *question, struct arena *arena);

#endif
