/* What leaves the house without a name; and what a change of agreements would let through, before it is made.
 *
 *     release_preview(&preview, now, then, data, date_today(), &arena, error);
 */
#ifndef RELEASE_RELEASE_H
#define RELEASE_RELEASE_H

#include "base/arena.h"
#include "policy/policy.h"

/* A policy and the profile it was opened on. */
struct release_side {
	struct policy *policy;
	const struct profile *profile;
};

/* What changes for one role, team, purpose and feed. Texts are of the profiles. */
struct preview_row {
	bool revealed;                         /* else withdrawn */
	struct text role, team, purpose, feed; /* ids; team absent: whatever the team */
	struct text elements;                  /* ids, ", " between; "known to the service" among them */
	size_t element_count;
	int64_t residents; /* who have a row in the feed */
};

struct preview_list {
	bool revealed;
	struct text list; /* id */
	int64_t rows;     /* that stand on it now */
};

/* Something that would lose (or gain) elements that it uses: a list, a factor, a sentence or an intervention of
 * summaries, by its id; "modelling" and "monitoring" of a feed, for whatever models and counts are made of it. */
struct preview_use {
	bool revealed;
	const char *what;
	struct text id, elements; /* ids, ", " between */
	size_t element_count;
};

struct preview_intake { /* columns of a feed that no agreement in force would cover: its extracts would be refused */
	struct text feed, elements;
	size_t element_count;
};

struct release_preview {
	struct preview_row *rows; /* withdrawn first; by role, purpose and feed */
	size_t row_count;
	struct preview_list *lists;
	size_t list_count;
	struct preview_use *uses; /* withdrawn first */
	size_t use_count;
	struct preview_intake *intake;
	size_t intake_count;
	int64_t residents_revealed, residents_withdrawn; /* of whom anything is, each counted once */
};

/* From NOW to THEN, both loaded, on the day ON. DATA is read only. Protected residents are counted: it is for those
 * who run the system, not for a page. */
enum status release_preview(struct release_preview *out, const struct release_side *now,
			    const struct release_side *then, struct store *data, date on, struct arena *arena,
			    struct error *error) MUST_CHECK;

#endif
