/* Breaking the glass: one protected resident, for one user, for some hours and a reason.
 *
 *     status = glass_try(desk, user_id, &pass.pass_id, &error);     // counted before anything is looked at
 *     ... the door finds whom it was about, or nobody ...
 *     status = glass_break(desk, &pass, &error);                    // with its audit entry, in one transaction
 *     ...
 *     status = glass_of(desk, &viewer, resident_id, profile, &open, &found, &error);     // at each opening
 *
 * What a pass opens is asked of the profile again each time: a restriction or a role that no longer allows it closes
 * at once. A pass ends by its time, or by hand; the owner of the restriction reviews it, and never the one who used it.
 */
#ifndef POLICY_GLASS_H
#define POLICY_GLASS_H

#include "base/arena.h"
#include "policy/policy.h"

enum {
	GLASS_TRIES_HOUR = 5,     /* that opened nobody */
	GLASS_OPENINGS_HOUR = 10, /* residents that one user opens */
	GLASS_REASON_SHORTEST = 10,
	GLASS_REASON_LONGEST = 400,
	GLASS_MOST = 200
};

struct glass {
	int64_t pass_id, user_id, resident_id;
	struct text username, display_name;
	struct text restrictions;    /* ids, commas between */
	struct text purpose, reason; /* reason and note: references to words (stated.h) */
	instant began, ends, ended;  /* ended: INSTANT_UNKNOWN while it is open, or its end was not noticed yet */
	struct text ended_by;        /* absent: its time was over */
	struct text outcome, note;   /* of the review; absent: none yet */
	instant reviewed;
	struct text reviewer;
};

/* STATUS_REFUSED "glass.often" behind GLASS_TRIES_HOUR tries, or GLASS_OPENINGS_HOUR openings, in an hour. */
enum status glass_try(struct store *desk, int64_t user_id, int64_t *pass_id, struct error *error) MUST_CHECK;
/* Resident, restrictions, purpose, reason and end of the try PASS->pass_id. In the caller's transaction. */
enum status glass_break(struct store *desk, const struct glass *pass, struct error *error) MUST_CHECK;
/* A try that came to a pass that is open already: it was none. */
enum status glass_forget_try(struct store *desk, int64_t pass_id, struct error *error) MUST_CHECK;
/* The viewer's open pass for the resident, with what it opens today; *FOUND false when there is none. */
enum status glass_of(struct store *desk, const struct viewer *viewer, int64_t resident_id,
		     const struct profile *profile, struct policy_pass *out, instant *ends, bool *found,
		     struct error *error) MUST_CHECK;

/* GLASS_OVER: by time, not noted yet. GLASS_WAITING: for a review, all of them; of GLASS_REVIEWED the newest
 * GLASS_MOST. */
enum glass_which { GLASS_OPEN_OF_USER, GLASS_WAITING, GLASS_REVIEWED, GLASS_OVER };
/* Newest first; tries that opened nobody are left out. */
enum status glass_list(struct store *desk, enum glass_which which, int64_t user_id, struct arena *arena,
		       struct glass **out, size_t *count, struct error *error) MUST_CHECK;
enum status glass_get(struct store *desk, int64_t pass_id, struct arena *arena, struct glass *out,
		      struct error *error) MUST_CHECK;

/* BY absent: its time was over. STATUS_CONFLICT when it has ended. In the caller's transaction. */
enum status glass_end(struct store *desk, int64_t pass_id, struct text by, struct error *error) MUST_CHECK;
/* OUTCOME: justified, question, breach. STATUS_REFUSED for a pass of one's own, STATUS_CONFLICT for one that was
 * reviewed. In the caller's transaction. */
enum status glass_review(struct store *desk, int64_t pass_id, int64_t reviewer, struct text outcome, struct text note,
			 struct error *error) MUST_CHECK;

/* Whether PASS is of a restriction that TEAM owns. */
bool glass_is_owned(const struct profile *profile, const struct glass *pass, const struct profile_team *team);
/* Whether VIEWER may break the glass for a subject with these restrictions: what hides the resident must all allow it.
 * *BITS are those that are opened, *HOURS for how long. */
bool glass_may_break(const struct profile *profile, const struct viewer *viewer, const struct policy_grid *grid,
		     uint64_t restrictions, uint64_t *bits, int *hours);
/* The ids of the restrictions, commas between. */
struct text glass_ids(const struct profile *profile, uint64_t bits, struct arena *arena);

#endif
