/* An address as somebody wrote it, in every way that it may be read.
 *
 * "21A" is a house, or flat A of 21; "1/21" flat 1 of 21, or flat 21 of 1; of two numbers the first is a flat's. A
 * reading is one choice of flat and house, with what it costs to read so; which one holds is seen at each entry of the
 * gazetteer.
 */
#ifndef ADDRESS_ASKED_H
#define ADDRESS_ASKED_H

#include "address/names.h"
#include "address/parts.h"

enum { READINGS = 24 };

struct reading_of_house {
	struct flat flat;
	struct address_number house, house_to;
	bool has_house;
	bool swapped;   /* the flat's number taken for the house's */
	bool bare_unit; /* the flat's number is a number alone, and there is no house */
	uint64_t used;  /* words */
	int loss;       /* tenths of bits */
};

struct asked {
	struct address_words words;
	uint64_t postcode;  /* whole; 0: none */
	char outward[5];    /* district, of a part or the whole: "NW2" */
	char sector;        /* '3', '\0' when not told */
	uint64_t explained; /* words that say nothing of the place: corner of, care of, counties */
	uint64_t flat_words;
	unsigned beside;
	struct reading_of_house readings[READINGS];
	size_t count;
};

/* False: there are no words. POSTCODE may be empty, or only a part. Slips in "road", "gardens" are put right, but for
 * words that NAMES have. */
bool asked_read(struct asked *out, const struct names *names, struct text address, struct text postcode);

#endif
