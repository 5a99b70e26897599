/* How a name sounds, coarsely: for blocking and for one level of a comparison.
 *
 * The code follows the ideas of Metaphone (Philips 1990): silent letters dropped, letters of one
 * sound made one, vowels kept only at the front.  Rules of spelling that come into an English
 * register from elsewhere are added (cz, sz, dz, kh, dj, w = v).  Own rules, not a standard:
 * never stored, never exchanged.
 */
#ifndef CLEAN_PHONETIC_H
#define CLEAN_PHONETIC_H

#include "base/text.h"

enum { PHONETIC_SIZE = 9 };

/* FOLDED is folded text; spaces are skipped. At most 8 letters; empty for text without letters a-z. */
size_t clean_phonetic(char out[PHONETIC_SIZE], struct text folded);

#endif
