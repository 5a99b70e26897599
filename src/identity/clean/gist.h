/* What of a name settles most comparisons before they are made.
 *
 * Of two names drawn from a block most are simply different, and to find that by edit distance, sound and nicknames
 * costs a microsecond. A gist is made once for each name; two gists tell in some nanoseconds that the names
 * cannot agree in any way that clean_given_compare() or clean_family_compare() knows. They never say so wrongly.
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
/* True: clean_given_compare() gives GIVEN_DIFFERENT, clean_family_compare() FAMILY_DIFFERENT. */
bool clean_given_surely_differ(const struct name_gist *a, const struct name_gist *b);
bool clean_family_surely_differ(const struct name_gist *a, const struct name_gist *b);

/* The same for telephone numbers and e-mail addresses: letters, and as a group what stands before an @, if it is five
 * characters or more. True: they are more than EDITS slips apart, and no such part is the same. */
struct name_gist clean_contact_gist(struct text contact);
bool clean_contacts_surely_differ(const struct name_gist *a, const struct name_gist *b, unsigned edits);

#endif
