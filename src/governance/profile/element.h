/* Elements and sources, and where in the files something is written.
 *
 * Part of profile.h, which is what to include. */
#ifndef PROFILE_ELEMENT_H
#define PROFILE_ELEMENT_H

#include "base/text.h"

struct profile;
struct profile_factor;

struct profile_place { /* where something is written; FILE is relative to the profile's folder */
	const char *file;
	unsigned line, column;
};

enum element_category {
	CATEGORY_IDENTITY, /* says who it is: sealed, never in a fact */
	CATEGORY_PERSONAL,
	CATEGORY_SPECIAL,   /* UK GDPR article 9: health, ethnicity, religion ... */
	CATEGORY_CRIMINAL,  /* UK GDPR article 10 */
	CATEGORY_PROTECTED, /* protected characteristics kept for monitoring */
	CATEGORY_OTHER,
	CATEGORY_COUNT
};
const char *category_name(enum element_category category); /* "identity" ... */

enum element_use { USE_DISPLAY = 1, USE_MODELLING = 2, USE_MONITORING = 4 };

struct profile_element {
	struct text id, title, definition;
	enum element_category category;
	unsigned uses; /* enum element_use, or-ed */
	unsigned number;
	struct profile_place place;
};

struct profile_source {
	struct text id, title;
	struct text short_title; /* how staff call it, for narrow places; the title when not given */
	struct text department;
	struct text owner;   /* the service that answers for the data and corrects it */
	struct text contact; /* where a report goes */
	struct text system;  /* the product the extracts come from */
	unsigned number;
	struct profile_place place;
};

#endif
