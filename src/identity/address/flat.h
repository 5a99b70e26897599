/* Which part of a building: the one form in which all the names of a flat are compared.
 *
 * "Flat 1", "Apt 01", "Unit 1" have the unit "1"; "GFF", "Flat, Ground Floor" the floor; "2f2" both. What a name does
 * not say stays open: "Flat A, First and Second Floors" is the first floor flat as far as that goes.
 */
#ifndef ADDRESS_FLAT_H
#define ADDRESS_FLAT_H

#include "address/words.h"

enum { FLAT_UNIT = 6 };
struct flat {
	uint16_t floors; /* bits: 0 basement, 1 ground, 2 first ... 11 tenth, 12 top, 13 garden, 14 upper, 15 lower */
	uint8_t sides;   /* bits: left, right, front, rear, middle */
	bool bare;       /* "flat", and nothing told which */
	char unit[FLAT_UNIT]; /* "1", "b", "12a", "x" annexe, "p" penthouse; empty when not told */
	char room[FLAT_UNIT];
};

static inline bool flat_is_none(const struct flat *flat)
{
	return !flat->floors && !flat->sides && !flat->bare && !flat->unit[0] && !flat->room[0];
}

enum flat_fit {
	FLAT_NEITHER, /* neither names a flat */
	FLAT_SAME,
	FLAT_LIKE,    /* the same, as far as both say */
	FLAT_ORDINAL, /* B against 2 */
	FLAT_WITHIN,  /* asked for a flat or a room of what the entry is the whole of */
	FLAT_WHOLE,   /* asked for the whole; the entry is a part */
	FLAT_UNKNOWN, /* "ground floor flat" against "flat 1" */
	FLAT_OTHER
};
enum flat_fit flat_compare(const struct flat *asked, const struct flat *entry);

/* Takes what tells of flats out of WORDS: the bits of *TAKEN are set for its words. ALONE: the words tell of a flat
 * only; otherwise the last number is the house's where both could be meant. *LOOSE is the bit of a number that was
 * taken though it is the only one. */
void flat_take(struct flat *out, const struct address_words *words, bool alone, uint64_t *taken, uint64_t *loose);
/* A house's or flat's number as a unit: "1", "21a". */
void flat_set_unit(char unit[FLAT_UNIT], const struct address_number *number);

#endif
