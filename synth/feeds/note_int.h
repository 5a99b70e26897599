/* Shared by notes.c and note_words.c. */
#ifndef NOTE_INT_H
#define NOTE_INT_H

#include "feeds_int.h"

enum { NOTE_FACTORS = 17, NOTE_PHRASES = 6, NOTE_FRAMES = 12, NOTE_SHORT_FRAMES = 8, NOTE_STYLES = 5 };
enum { NOTE_FORMAL, NOTE_TELEGRAPHIC, NOTE_CHATTY, NOTE_BULLETS, NOTE_CAPITALS };
enum note_about { NOTE_CHILD, NOTE_BOTH };

struct note_factor {
	const char *id;
	enum need need; /* that makes it likely */
	enum note_about about;
	const char *phrases[NOTE_PHRASES]; /* NULL-ended when fewer */
};
extern const struct note_factor note_factors[NOTE_FACTORS];

enum note_kind_id {
	STATEMENT_AFFIRMED,
	STATEMENT_DENIED,
	STATEMENT_PAST,
	STATEMENT_FEARED,
	STATEMENT_OTHERS,
	STATEMENT_HEARSAY,
	STATEMENT_FAMILYS,
	STATEMENT_SUPPOSED,
	STATEMENT_KINDS
};
struct note_kind {
	const char *polarity, *time, *whose;                               /* as the labels say it */
	const char *frames[NOTE_FRAMES], *short_frames[NOTE_SHORT_FRAMES]; /* NULL-ended when fewer */
};
extern const struct note_kind note_kinds[STATEMENT_KINDS];

extern const char *const note_fillers[];
extern const size_t note_filler_count;
extern const char *const note_openings[NOTE_STYLES][4];

#endif
