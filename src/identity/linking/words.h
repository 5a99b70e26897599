/* A comparison in words, for somebody who works with people and not with weights. */
#ifndef LINKING_WORDS_H
#define LINKING_WORDS_H

#include "base/arena.h"
#include "linking/refresh.h"

/* "first name", "date of birth"; the column's own name where there is no better one. */
const char *words_of_column(const char *column);
/* "50 times likelier", "8 times less likely", "says nothing either way". */
struct text words_of_weight(struct arena *arena, double weight);
/* "about 93 in 100", "fewer than 1 in 1,000". */
struct text words_of_probability(struct arena *arena, double probability);

/* The steps from nothing known to the whole weight: they add up to it. */
enum words_step_kind { STEP_START, STEP_EVIDENCE, STEP_RARITY, STEP_HOUSEHOLD, STEP_REST };
struct words_step {
	enum words_step_kind kind;
	const char *column; /* of STEP_EVIDENCE */
	struct text what;   /* "First name", "Before anything is compared" */
	struct text found;  /* "The same", "Not known in both records" */
	struct text worth;  /* words_of_weight() */
	double weight, before;
	bool known; /* false: one of the records does not have it */
};
/* At most LINKING_COLUMNS + 4. */
size_t words_steps(struct words_step steps[LINKING_COLUMNS + 4], const struct linking_why *why, struct arena *arena);

/* "The two were compared because they share the address and the sound of the family name.", or which values kept every
 * rule from comparing them. */
struct text words_of_rule(const struct linking_why *why, struct arena *arena);
/* "At this score OneView links records by itself.", or that it does not, or that a person has to decide. */
struct text words_of_outcome(const struct linking_why *why, struct arena *arena);

#endif
