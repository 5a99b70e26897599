/* Shared by the parts of the policy room. */
#ifndef POLICY_POLICY_INT_H
#define POLICY_POLICY_INT_H

#include "base/map.h"
#include "policy/policy.h"

#include <pthread.h>
#include <stdatomic.h>

enum { PURPOSES_MOST = 64, CONSENTS_MOST = 64 }; /* each a bit */
enum { CELL_NONE = UINT16_MAX, NO_NUMBER = UINT16_MAX, RESTRICTION_UNKNOWN_BIT = 63 };

/* A decision as a grid keeps it: numbers into the profile's arrays, NO_NUMBER for none. */
struct packed_decision {
	uint8_t verdict, rule;
	uint16_t agreement, cover;
};

struct policy_grid {
	atomic_uint holders;
	const struct policy *policy;
	uint64_t viewer_key, epoch;
	struct viewer viewer; /* role, team and purpose */
	date on;
	uint64_t entitled;                /* bits of the restrictions this viewer may see behind */
	struct packed_decision *presence; /* by feed */
	struct packed_decision cells[];
};

/* What policy_load() brings; replaced as a whole. */
struct policy_facts {
	struct id_map residents, properties; /* subject id to bits of restrictions */
	struct id_map flagged;               /* resident id to number in BOUNDS */
	struct policy_bounds *bounds;        /* what residents' flags say; RESTRICTIONS is not filled */
	size_t bounds_count;
	uint64_t *ended;     /* bit set of agreement numbers: ended or suspended */
	uint64_t *suspended; /* those that may be reinstated */
	date *ended_on;      /* by agreement number, where ENDED has the bit */
	int64_t desk_generation, data_generation;
};

struct policy {
	const struct profile *profile;
	/* Only elements that are a column of a feed have an answer: CELL_OF[feed * elements + element]. */
	uint16_t *cell_of;
	uint32_t *first_cell;    /* by feed; one more at the end */
	uint64_t hides_resident; /* bits of the restrictions that hide more than an address */
	uint64_t *consent_bits;  /* by agreement */

	pthread_rwlock_t facts_lock;
	struct policy_facts facts;

	pthread_mutex_t grids_lock;
	struct id_map grid_of; /* viewer key to index */
	struct policy_grid **grids;
	size_t grid_count, grid_capacity;
	atomic_uint_fast64_t epoch; /* counts loads */
};

static inline bool policy_has_ended(const struct policy_facts *facts, const struct profile_agreement *agreement)
{
	return facts->ended && (facts->ended[agreement->number / 64] >> (agreement->number % 64) & 1);
}

/* The bit of an agreement that rests on consent; 0 for any other. */
static inline uint64_t policy_consent_bit(const struct policy *policy, const struct profile_agreement *agreement)
{
	return policy->consent_bits[agreement->number];
}

/* What residents' flags say of whom, now. */
enum status policy_load_flags(const struct policy *policy, struct policy_facts *facts, struct store *data,
			      struct store *desk, struct error *error) MUST_CHECK;

/* TO's bits of each subject, with FROM's. */
void policy_add_bits(struct id_map *to, const struct id_map *from);
/* By hand, as the refresh does it for marks from feeds: who lives at a protected property is protected as it is, and an
 * address that is hidden for one is hidden for everybody of the household. Adds to RESIDENTS. */
enum status policy_reach_others(const struct policy *policy, struct id_map *residents, const struct id_map *properties,
				struct store *data, struct error *error) MUST_CHECK;

void policy_facts_release(struct policy_facts *facts);
/* Whoever asks policy_is_stale() next sees that something on the desk has changed. */
enum status policy_count_up(struct store *desk, struct error *error) MUST_CHECK;

#endif
