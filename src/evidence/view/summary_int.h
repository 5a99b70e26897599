/* Shared by the files that write summaries. */
#ifndef VIEW_SUMMARY_INT_H
#define VIEW_SUMMARY_INT_H

#include "base/buf.h"
#include "view/summary.h"
#include "view/view_int.h"

enum summary_pronoun { PRONOUN_THEY, PRONOUN_HE, PRONOUN_SHE };

struct summing { /* a summary being written */
	struct view_summary *out;
	const struct view_resident *view;
	const struct summary_question *question;
	struct viewing v; /* what the rows are read with */
	enum summary_pronoun pronoun;
	bool named;       /* the name was said under this heading */
	size_t *withheld; /* by number of source */
	struct text *why;
	bool *term_used;                        /* by number of term */
	const struct disclosed_row **note_rows; /* of the question's flags */

	struct summary_sentence *sentences; /* of the heading */
	size_t count, capacity;
};

struct dated { /* a row that a sentence may rest on */
	const struct disclosed_row *row;
	date on;
};

/* ---- sentence.c: the grammar ---- */
struct saying {                   /* what the pieces are filled from */
	const struct dated *rows; /* newest first, unknown dates last */
	size_t count;
	const struct profile_intervention *intervention;
};
enum said { SAID, SAID_NOT_RECORDED, SAID_WITHHELD };
/* Writes the sentence into *WORDS. SAID_WITHHELD: a value that it needs may not be shown, *BY is the row's. */
enum said sentence_say(struct summing *s, const struct sentence_piece *pieces, size_t count,
		       const struct saying *saying, struct text *words);
enum summary_pronoun sentence_pronoun(const struct disclosure_resident *answer, const struct profile *profile);
/* "3 March 2024" */
struct text sentence_date(date d, struct arena *arena);

/* ---- summary.c ---- */
void summary_add(struct summing *s, struct text id, struct text words, enum sentence_nature nature,
		 const struct dated *rows, size_t row_count);
void summary_withhold(struct summing *s, const struct profile_feed *feed, size_t count);
/* The rows of FEED that a sentence may rest on, newest first; their number. Free *OUT. */
size_t summary_rows(struct summing *s, const struct profile_feed *feed, const struct profile_element *on, bool ever,
		    struct dated **out);
bool row_needs_withheld(const struct disclosed_row *row, const struct profile_condition *condition,
			const struct sentence_piece *pieces, size_t count);

void summary_put_trend(struct summing *s, const struct profile_sentence *rule, const struct dated *rows, size_t count);
/* ---- summary_notes.c ---- */
enum note_mention { MENTION_NOW, MENTION_POSSIBLE, MENTION_PAST, MENTION_FAMILY, MENTION_NONE, MENTION_COUNT };
/* How a note speaks of the factor; MENTION_COUNT: in no way that is told. */
enum note_mention note_mention_of(const struct note_flag *flag);
/* For each flag the row of its note, when it is there for this viewer; else NULL. */
const struct disclosed_row **note_rows(const struct disclosure_resident *answer, const struct profile *profile,
				       const struct note_flags *flags, struct arena *arena);
bool note_may_be_read(const struct profile *profile, const struct summary_feed *feeds, const struct note_flag *flag);

/* What case notes say of a factor: now, possibly, in the past, of somebody in the family. */
enum {
	MENTIONS_PRESENT = 1 << MENTION_NOW | 1 << MENTION_POSSIBLE | 1 << MENTION_NONE,
	MENTIONS_BEHIND = 1 << MENTION_PAST | 1 << MENTION_FAMILY
};
void summary_put_factor(struct summing *s, const struct profile_factor *factor, unsigned mentions);
/* Notes that were not read yet, of feeds that the viewer may know of for this resident. */
int64_t summary_notes_waiting(const struct summing *s);
/* The row of an event: events point into the answer's rows. */
const struct disclosed_row *summary_row_of(const struct disclosed_origin *origin);
/* "more often", "less often", NULL where the numbers do not support either. */
const char *summary_direction(size_t now, size_t before);
struct text summary_number(struct arena *arena, size_t count); /* "none" */
/* Whether SOURCE knew the resident on DAY: only then "none before" says something. */
bool summary_known_since(const struct summing *s, const struct profile_source *source, date day);
void summary_put_interventions(struct summing *s);
void summary_put_gaps(struct summing *s);
void summary_put_pieces(struct summing *s, struct summary_sentence *sentence);

#endif
