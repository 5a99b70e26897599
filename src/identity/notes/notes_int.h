/* Shared inside the room only. */
#ifndef NOTES_NOTES_INT_H
#define NOTES_NOTES_INT_H

#include "notes/notes.h"

/* Kinds of note_word. */
enum { WORD_FACTOR = 1, WORD_ROLE = 2 };

/* Fills in what workers said of the flags of one resident. */
enum status verdicts_of_resident(struct note_flag *flags, size_t count, struct store *data, struct store *desk,
				 int64_t resident_id, struct arena *arena, struct error *error) MUST_CHECK;

#endif
