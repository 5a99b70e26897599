/* What the public may know: how much is delivered, and which model links it. Of nobody, and no number below ten. */
#ifndef RIGHTS_TRANSPARENCY_H
#define RIGHTS_TRANSPARENCY_H

#include "base/arena.h"
#include "profile/profile.h"
#include "store/store.h"

enum { TRANSPARENCY_LEAST = 10 }; /* what is below is told as "fewer than 10" */

struct rights_volume { /* of a feed */
	const struct profile_feed *feed;
	int64_t deliveries; /* that were loaded */
	int64_t rows;       /* in the newest of them; -1: fewer than TRANSPARENCY_LEAST, and not none */
	date as_at;         /* DATE_UNKNOWN: nothing was delivered */
};
struct rights_transparency {
	struct rights_volume *volumes; /* one for each feed of the profile, in its order */
	size_t count;
	bool linked;                                  /* there is a model */
	int64_t model_form, model_run, model_records; /* trained in that run, over so many records */
	instant model_made;
};
/* From the extracts, not from the rows: as quick for a large borough as for a small one. */
enum status rights_transparency(struct rights_transparency *out, struct store *data, const struct profile *profile,
				struct arena *arena, struct error *error) MUST_CHECK;

#endif
