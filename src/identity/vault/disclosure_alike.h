/* Whether somebody looked at themselves, their family, a neighbour or a colleague: the user's own surname and address,
 * which the staff file gave and the vault sealed, held against those of the resident.
 *
 * The answer is a line for /audit/unusual: who, whom by their id, and in which of the two they agree. No name or
 * address comes out.
 */
#ifndef VAULT_DISCLOSURE_ALIKE_H
#define VAULT_DISCLOSURE_ALIKE_H

#include "audit/unusual.h"

struct vault;

/* Adds to LIST, which unusual_find() made with the same ARENA; it should keep secrets. */
enum status disclosure_find_alike(struct unusual_list *list, const struct vault *vault, struct store *data,
				  struct store *desk, const struct unusual_question *question, struct arena *arena,
				  struct error *error) MUST_CHECK;

#endif
