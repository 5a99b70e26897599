/* Folding: the one form in which texts are compared.
 *
 * Folded text is lower case, without accents, apostrophes or punctuation, its words parted
 * by single spaces: "O’Brien-Łukasz " is "obrien lukasz".  Plain ASCII takes a table;
 * anything else goes through Unicode NFKC, case folding and mark stripping, and then
 * through a table of our own for letters that Unicode does not take apart (l-stroke,
 * o-slash, eszett, thorn ...).  Letters of other scripts stay as UTF-8.
 *
 * Pure functions without allocation; bytes that are not UTF-8 count as a space.
 */
#ifndef CLEAN_FOLD_H
#define CLEAN_FOLD_H

#include "base/text.h"

/* Writes the folded form of IN and a NUL to OUT, cut at a character to fit CAP (at least 1).
 * Returns its length. */
size_t clean_fold(char *out, size_t cap, struct text in);

/* ASCII letters and digits only, upper case, everything else dropped: for identifiers and
 * postcodes. Returns the length, or CAP when IN has more than CAP - 1 such characters. */
size_t clean_squeeze(char *out, size_t cap, struct text in);

/* True for what people type when they have nothing to say: "unknown", "n/a", "not given",
 * "xxx", "-", "tbc" ... FOLDED is folded text. */
bool clean_is_filler(struct text folded);

#endif
