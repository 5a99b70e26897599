/* What of a name settles most comparisons before they are made.
 *
 * Of two names drawn from a block most are simply different, and to find that by edit distance, sound and nicknames
 * costs a microsecond. A gist is made once for each name; two gists tell in some nanoseconds that the names
 * cannot agree in any way that clean_given_compare() or clean_family_compare() knows. They never say so wrongly.
 * Telling is here, to be compiled into the loops over pairs.
 */
#ifndef CLEAN_GIST_H
#define CLEAN_GIST_H

#include "base/text.h"

struct name_gist {
	uint64_t letters; /* two bits a letter: is there, is there twice */
	uint64_t groups;  /* of nicknames, as bits */
	uint32_t sound;   /* 0: too short to sound like anything */
	unsigned char first, length, words;
};

struct name_gist clean_name_gist(struct text name);

enum { GIST_LONGEST = 62 }; /* the comparators cut what is longer */

/* Not every processor that we run on counts bits by itself. */
static inline int gist_bits(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int)(x * UINT64_C(0x0101010101010101) >> 56);
}

/* An edit changes the letters by two at most; three edits are the most that a slip may be, in short names two. */
static inline bool gists_allow_no_slip(const struct name_gist *a, const struct name_gist *b)
{
	unsigned longest = a->length > b->length ? a->length : b->length;
	int changes = gist_bits(a->letters ^ b->letters);
	return longest <= GIST_LONGEST && changes > (longest >= 8 ? 6 : 4) &&
	       (a->sound == 0 || a->sound != b->sound || a->first != b->first);
}

/* True: clean_given_compare() gives GIVEN_DIFFERENT, clean_family_compare() FAMILY_DIFFERENT. */
static inline bool clean_given_surely_differ(const struct name_gist *a, const struct name_gist *b)
{
	if (a->length < 2 || b->length < 2 || (a->groups & b->groups) || !gists_allow_no_slip(a, b))
		return false;
	/* the beginning of the other has no letter that the other has not */
	return a->length < b->length ? (a->letters & ~b->letters) != 0 : (b->letters & ~a->letters) != 0;
}

static inline bool clean_family_surely_differ(const struct name_gist *a, const struct name_gist *b)
{
	return a->length > 0 && b->length > 0 && a->words == 1 && b->words == 1 && gists_allow_no_slip(a, b);
}

/* The same for telephone numbers and e-mail addresses: letters, and as a group what stands before an @, if it is five
 * characters or more. True: they are more than EDITS slips apart, and no such part is the same. */
struct name_gist clean_contact_gist(struct text contact);
static inline bool clean_contacts_surely_differ(const struct name_gist *a, const struct name_gist *b, unsigned edits)
{
	return a->length <= GIST_LONGEST && b->length <= GIST_LONGEST && (a->groups == 0 || a->groups != b->groups) &&
	       gist_bits(a->letters ^ b->letters) > 2 * (int)edits;
}

#endif
