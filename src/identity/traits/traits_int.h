/* Shared inside the room only. */
#ifndef TRAITS_TRAITS_INT_H
#define TRAITS_TRAITS_INT_H

#include "base/date.h"
#include "reading/reading.h"

struct policy;

/* What of a record an agreement in force lets be known. */
enum trait_use { TRAIT_BIRTH = 1, TRAIT_DEATH = 2, TRAIT_FAMILY = 4 };

/* For each record of the reading, in its order, trait_use bits; *OUT is the caller's to free. A reading does not keep
 * of which feed a value is, so a source's records have what every feed of the source that brings it may be used for. */
enum status trait_uses(unsigned char **out, const struct reading *reading, struct policy *policy, date today,
		       struct error *error) MUST_CHECK;

#endif
