/* Other numbers for residents, for whoever studies facts without knowing whom they are about.
 *
 *     struct pseudonyms keyed;
 *     pseudonyms_begin(&keyed, vault, agreement, purpose);
 *     puts(pseudonym_of(text, &keyed, PSEUDONYM_RESIDENT, resident_id));
 *     pseudonyms_end(&keyed);
 *
 * The number depends on agreement and purpose: without the workspace's keys nobody can tell that two of them, given out
 * under two purposes, are one resident, nor try out who it may be.  Under one agreement and purpose it stays the same,
 * also when the master key is changed (docs/decisions/0013).
 */
#ifndef VAULT_PSEUDONYM_H
#define VAULT_PSEUDONYM_H

#include "store/store.h"

struct vault;

enum { PSEUDONYM_KEY_SIZE = 32, PSEUDONYM_TEXT_SIZE = 33 };    /* 32 hexadecimal digits and a NUL */
enum pseudonym_kind { PSEUDONYM_RESIDENT = 1, PSEUDONYM_ROW }; /* equal numbers of two kinds have nothing in common */

struct pseudonyms {
	unsigned char key[PSEUDONYM_KEY_SIZE];
};
/* AGREEMENT and PURPOSE are ids of the profile. */
void pseudonyms_begin(struct pseudonyms *out, const struct vault *vault, struct text agreement, struct text purpose);
const char *pseudonym_of(char text[PSEUDONYM_TEXT_SIZE], const struct pseudonyms *keyed, enum pseudonym_kind kind,
			 int64_t id);
/* A number cannot be turned back: each resident's is made until it is WANTED. *FOUND 0: nobody's. */
enum status pseudonym_find_resident(int64_t *found, const struct pseudonyms *keyed, struct store *data,
				    struct text wanted, struct error *error) MUST_CHECK;
void pseudonyms_end(struct pseudonyms *keyed); /* wipes */

#endif
