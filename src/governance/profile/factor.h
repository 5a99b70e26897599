/* Factors: what the council calls a risk, a strength or a circumstance, defined once, versioned, for everybody to read.
 *
 * A factor is found in two ways: in case notes, by its lexicon, and in the facts, by its event rules.  Its definition
 * says what does not count, and has example sentences that must and must not be read as it: `oneview profile check`
 * reads them.  docs/formats/profile.md has the keys of a file in factors/.
 */
#ifndef PROFILE_FACTOR_H
#define PROFILE_FACTOR_H

#include "profile/profile.h"

enum factor_category { FACTOR_RISK, FACTOR_PROTECTIVE, FACTOR_CONTEXT };
const char *factor_category_name(enum factor_category category); /* "risk", "protective", "contextual" */

/* Words of a note that speak of the factor. (a|b) is a choice, (a|) may be left out; a hyphen and a space are the same.
 */
struct profile_phrase {
	struct text written;
	bool capitals;           /* only when the note has it in capitals: an abbreviation */
	const struct text *with; /* only in a sentence that has one of these words as well; 0: always */
	size_t with_count;
	const struct text *without; /* not in a sentence that has one of these */
	size_t without_count;
	struct profile_place place;
};

/* The factor is also present when the chronology has this many of these events in the months before. */
struct profile_event_rule {
	const struct text *kinds; /* kinds of events, of the common vocabulary */
	size_t kind_count;
	int at_least, months;
	struct text says; /* in words, for pages: "Two or more missing episodes within a year" */
	struct profile_place place;
};

struct profile_example {
	struct text sentence;
	bool fires; /* as the resident's own, present and affirmed */
	struct profile_place place;
};

struct profile_factor {
	struct text id, name, definition;
	struct text why;   /* it is used */
	struct text owner; /* who answers for the definition */
	struct text version;
	date reviewed, review_due;
	enum factor_category category;
	/* The phrases say what is done to somebody: whoever does it is named before it, and is not the one it is about.
	 */
	bool done_to;
	const struct profile_phrase *phrases;
	size_t phrase_count;
	const struct profile_event_rule *events;
	size_t event_count;
	const struct text *not_counted; /* in words, for readers */
	size_t not_counted_count;
	const struct profile_example *examples;
	size_t example_count;
	unsigned number;
	struct profile_place place;
};

#endif
