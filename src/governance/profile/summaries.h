/* How a case summary is written: sentences, each with the rows that it rests on, and layouts that say which of them a
 * service reads, under which headings.  docs/formats/profile.md has the words of summaries.yaml; view/summary.h writes.
 *
 * A sentence is parsed into pieces when the profile is loaded, so that what it names is known to be there:
 *     "{They} {has} been on a child protection plan since {cp_plan_start}[: {cp_latest_category}]."
 * Pieces between [ and ] are left out together when a value in them is missing.
 */
#ifndef PROFILE_SUMMARIES_H
#define PROFILE_SUMMARIES_H

#include "profile/factor.h"

enum piece_kind {
	PIECE_WORDS,
	PIECE_ELEMENT,    /* the row's value, in words */
	PIECE_THEY,       /* the resident: a name, then he, she or they */
	PIECE_THEIR,      /* the name's, his, her or their */
	PIECE_THEM,       /* the name, him, her or them */
	PIECE_VERB,       /* {has}, {is}, {was}, {does}: WORDS for one, MANY for they */
	PIECE_COUNT,      /* of rows: 3 */
	PIECE_TIMES,      /* once, twice, 3 times */
	PIECE_FIRST,      /* day of the first of the rows */
	PIECE_LATEST,     /* and of the last */
	PIECE_START,      /* of an intervention */
	PIECE_END,        /* and its end */
	PIECE_ONE_MANY,   /* {plan|plans}: by the number of rows */
	PIECE_MAYBE_OPEN, /* [ */
	PIECE_MAYBE_CLOSE /* ] */
};

struct sentence_piece {
	enum piece_kind kind;
	bool capital; /* {They}: at the beginning of a sentence */
	struct text words, many;
	const struct profile_element *element;
};

/* How far a statement can be trusted for what it is. */
enum sentence_nature {
	NATURE_FACT,
	NATURE_OPINION,
	NATURE_ALLEGATION,
	NATURE_MODEL,
	NATURE_NOTE /* read in case notes by the program; not for the profile to say */
};

struct profile_sentence {
	struct text id;
	const struct profile_feed *feed;
	const struct profile_element *date; /* of a row; NULL: the day from which it is valid */
	struct profile_condition when;
	bool together;        /* one sentence for all the rows; else one for each, the newest first */
	bool ever;            /* also of rows that their source no longer delivers */
	int most;             /* of those, at most so many; the rest is counted */
	int within;           /* only rows of the last so many months; 0: ever */
	int trend;            /* months to compare with as many before them; 0: no comparison */
	struct text trend_of; /* "Missing episodes" */
	enum sentence_nature nature;
	const struct sentence_piece *pieces;
	size_t piece_count;
	unsigned number;
	struct profile_place place;
};

struct profile_intervention {  /* something that was tried, and after which events to look */
	struct text id, title; /* "Early help" */
	const struct profile_feed *feed;
	const struct profile_element *start, *end, *outcome;
	const struct sentence_piece *pieces;
	size_t piece_count;
	int months; /* to look at after its end */
	const struct profile_event **followed_by;
	size_t followed_count;
	unsigned number;
	struct profile_place place;
};

struct profile_heading {
	struct text title, none; /* none: what to say where there is nothing to say */
	const struct profile_sentence **sentences;
	size_t sentence_count;
	const struct profile_factor **factors; /* found in case notes */
	size_t factor_count;
	bool interventions;
	bool past; /* what notes say of the past and of the family, for every factor of the layout, stands here */
	struct profile_place place;
};

struct profile_layout {
	struct text id, title;
	const struct profile_role **roles; /* who gets it first */
	size_t role_count;
	const struct profile_heading *headings;
	size_t heading_count;
	unsigned number;
	struct profile_place place;
};

struct profile_term { /* of the glossary */
	struct text id, term, means;
	unsigned number;
	struct profile_place place;
};

const char *sentence_nature_name(enum sentence_nature nature);
bool layout_is_of(const struct profile_layout *layout, const struct profile_role *role);
/* The layout ID, else the one that ROLE gets first, else the first of all; NULL when there is none. */
const struct profile_layout *profile_layout(const struct profile *profile, struct text id,
					    const struct profile_role *role);

#endif
