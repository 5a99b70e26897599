/* How alike two short texts are: bit-parallel comparators over bytes of folded text.
 *
 * Both are symmetric, and look at no more than the first 64 bytes of each text.
 */
#ifndef CLEAN_SIMILARITY_H
#define CLEAN_SIMILARITY_H

#include "base/text.h"

/* Jaro-Winkler, 0 to 1 (Winkler 1990: prefix of up to 4, weight 0.1, applied from Jaro 0.7). */
double clean_jaro_winkler(struct text a, struct text b);
/* Damerau-Levenshtein, optimal string alignment (Hyyro 2003): insertions, deletions,
 * substitutions and swaps of neighbours, each at most once a place. */
unsigned clean_edit_distance(struct text a, struct text b);

#endif
