/* British postcodes: one form, repaired where a letter and a digit were confused. */
#ifndef CLEAN_POSTCODE_H
#define CLEAN_POSTCODE_H

#include "base/text.h"

enum { POSTCODE_SIZE = 9 };

enum postcode_part { POSTCODE_NONE, POSTCODE_DISTRICT, POSTCODE_SECTOR, POSTCODE_UNIT };

struct postcode {
	enum postcode_part part;      /* how much of a postcode it is */
	bool repaired;                /* O and 0, I or L and 1, S and 5 were put right by position */
	char unit[POSTCODE_SIZE];     /* "NW2 3LN"; empty when not known so far */
	char sector[POSTCODE_SIZE];   /* "NW2 3" */
	char district[POSTCODE_SIZE]; /* "NW2" */
};

/* False (and part NONE) when IN is no postcode, not even the beginning of one. */
bool clean_postcode(struct postcode *out, struct text in);

/* Finds a whole postcode at the end of an address line; *BEFORE is what stands before it
 * (all of IN when there is none). */
bool clean_postcode_at_end(struct postcode *out, struct text in, struct text *before);

#endif
