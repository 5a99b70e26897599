/* A reader of notes for commands that need no workspace. */
#ifndef CLI_NOTES_OPEN_H
#define CLI_NOTES_OPEN_H

#include "cli/cli_int.h"
#include "notes/reader.h"
#include "profile/profile.h"

struct notes_opened {
	struct profile *profile; /* NULL: a file of rules alone */
	struct note_reader *reader;
};
/* By the options --profile and --rules; LEXICON: with the profile's factors. Close it also after a failure. */
enum status notes_open(struct notes_opened *out, struct cli *cli, bool lexicon, struct error *error) MUST_CHECK;
void notes_close(struct notes_opened *opened);

#endif
