/* The register of data-sharing agreements as it is read: every field of an agreement in words, in one order, for its
 * page, for the record of processing (UK GDPR article 30) and for whoever asks for either as data.
 *
 *     const struct register_field *fields;
 *     size_t count = agreement_register(&fields, profile, agreement, arena);
 */
#ifndef PROFILE_REGISTER_H
#define PROFILE_REGISTER_H

#include "base/arena.h"
#include "profile/profile.h"

struct register_field {
	const char *key, *title;
	struct text value; /* empty when the register does not say */
	date day;          /* of a field that is a date, which VALUE has as YYYY-MM-DD; else DATE_UNKNOWN */
};

enum { REGISTER_FIELDS_MOST = 48 };

/* The same keys in the same order for every agreement. */
size_t agreement_register(const struct register_field **out, const struct profile *profile,
			  const struct profile_agreement *agreement, struct arena *arena);

#endif
