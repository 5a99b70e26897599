/* Shared inside the room only. */
#ifndef RELEASE_RELEASE_INT_H
#define RELEASE_RELEASE_INT_H

#include "release/release.h"

#include "profile/factor.h"
#include "profile/summaries.h"

struct preview_uses {
	const struct release_side *from, *to; /* what FROM lets be used and TO does not */
	bool revealed;
	date on;
	struct arena *arena;
	struct preview_use *rows;
	size_t count, capacity;
};
void preview_compare_uses(struct preview_uses *uses);

#endif
