/* The case-note reader: text in, mentions of factors with their attributes out.
 *
 *     struct note_reader *reader;
 *     status = note_reader_open(&reader, profile, NULL, &error);      // rules and lexicon of the profile
 *     struct note_scratch *scratch = note_scratch_new(reader);        // one a thread
 *     const struct note_mention *mentions;
 *     size_t count = note_reader_read(reader, scratch, text, note_date, &mentions);
 *     note_scratch_free(scratch);
 *     note_reader_close(reader);
 *
 * The lexicon is looked for in the whole note at once; only sentences that have a phrase of it are taken apart, and the
 * context rules (ConText: Harkema, Dowling, Thornblade and Chapman 2009, after NegEx: Chapman and others 2001) say of
 * each mention whether it is so, when, of whom and on whose word.  Rules are data: note_rules.yaml of the profile.
 *
 * Time and memory are linear in the text whatever stands in it: a sentence has at most SENTENCE_TOKENS tokens, then
 * another begins.  Text need not be UTF-8.  A reader is read-only and shared by threads.  Mentions live in the scratch
 * until its next use; it is wiped when it is freed, since it holds words of the note.
 */
#ifndef NOTES_READER_H
#define NOTES_READER_H

#include "notes/notes.h"

#include <stdatomic.h>

struct note_reader;
struct note_scratch;

struct note_mention {
	uint32_t start, end; /* bytes of the text */
	uint32_t factor;     /* number in the profile; of a target: 0 */
	uint32_t phrase;     /* number in the factor's lexicon */
	enum note_polarity polarity;
	enum note_time time;
	int year;
	enum note_whose whose;
	struct text role, speaker; /* of the rules, absent for none */
	enum note_certainty certainty;
	enum note_trend trend;
	bool question;
};

/* As note_flag_counts(): affirmed, current, the subject's own, neither alleged nor hearsay. */
bool note_mention_counts(const struct note_mention *mention);

/* RULES: a file of rules instead of the profile's; NULL: the profile's. PROFILE may be NULL with RULES: then there is
 * no lexicon, and only targets can be read. Errors say file, line and what would be right. */
enum status note_reader_open(struct note_reader **out, const struct profile *profile, const char *rules,
			     struct error *error) MUST_CHECK;
void note_reader_close(struct note_reader *reader); /* NULL is fine */
/* A hash of rules, lexicon and the reader's own ways: what was read under another one is to be read again. */
const char *note_reader_version(const struct note_reader *reader);
/* The same without opening one. */
enum { NOTE_VERSION_SIZE = 33 };
enum status note_version(char out[NOTE_VERSION_SIZE], const struct profile *profile, const char *rules,
			 struct error *error) MUST_CHECK;
size_t note_reader_phrases(const struct note_reader *reader);
size_t note_reader_rules(const struct note_reader *reader); /* phrases of context rules, choices written out */

struct note_scratch *note_scratch_new(const struct note_reader *reader);
void note_scratch_free(struct note_scratch *scratch);

/* Mentions in the order of their places. NOTE_DATE: DATE_UNKNOWN is fine; years are judged by it. */
size_t note_reader_read(const struct note_reader *reader, struct note_scratch *scratch, struct text text,
			date note_date, const struct note_mention **mentions);
/* What the text says of PHRASE, found in it ignoring case and white space; where it stands more than once, the one in
 * capitals, else the first. False when it is not there; *OUT then has the defaults. */
bool note_reader_target(const struct note_reader *reader, struct note_scratch *scratch, struct text text,
			struct text phrase, struct note_mention *out);
/* Only the look-up of the lexicon over a text that is in the form it wants: how many places. For the bench. */
size_t note_reader_scan(const struct note_reader *reader, struct note_scratch *scratch, struct text form);
/* How many sentences TEXT has. */
size_t note_reader_sentences(const struct note_reader *reader, struct note_scratch *scratch, struct text text);

/* ---- files ---------------------------------------------------------------------------------------- */

struct note_file_settings {
	const char *in, *out;
	bool target;             /* a phrase is given in each row */
	const atomic_bool *stop; /* may be NULL */
	bool show_progress;
};
struct note_file_report {
	int64_t rows, mentions, bytes;
	int64_t not_found; /* targets whose phrase is not in the text */
};
/* Reads `id,text` (or `id,phrase,text`), writes a row a mention (a row a row). Columns may stand in any order. */
enum status note_read_file(const struct note_reader *reader, const struct profile *profile,
			   const struct note_file_settings *settings, struct note_file_report *report,
			   struct error *error) MUST_CHECK;

/* ---- examples ------------------------------------------------------------------------------------- */

/* Reads every example sentence of the profile's factors; tells each that fires and must not, or the other way. */
typedef void note_example_failed(void *context, const struct profile_factor *factor, size_t example, const char *why);
size_t note_check_examples(const struct note_reader *reader, const struct profile *profile, note_example_failed *failed,
			   void *context);

#endif
