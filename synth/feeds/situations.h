/* Situations that investigators look for, as systems hear of them; see situations.c. */
#ifndef SITUATIONS_H
#define SITUATIONS_H

#include "feeds_int.h"

/* Council tenants who moved elsewhere in the borough and did not tell: their tenancy goes on, and whoever lives there
 * next is no tenant of the council's. By property. */
struct kept_tenancies {
	date *since;
	uint32_t *account; /* NOTHING: none */
};
void situations_tenancies(struct kept_tenancies *kept, const struct borough *b);
void situations_tenancies_release(struct kept_tenancies *kept);
bool situation_tenancy_kept(const struct kept_tenancies *kept, const struct borough *b, uint32_t account);
bool situation_tenancy_unknown(const struct kept_tenancies *kept, const struct borough *b, uint32_t account);

/* The property that the school was told for this place instead of the child's home; NOTHING: the truth. */
uint32_t situation_school_address(const struct borough *b, uint32_t person, const struct spell *s);

struct second_claim {
	date from;     /* DATE_UNKNOWN: there is none */
	date first_to; /* when the first was closed; DATE_UNKNOWN: never */
	uint32_t property;
};
void situation_claim(struct second_claim *out, const struct borough *b, uint32_t spell);

struct licence { /* of a house in multiple occupation; from DATE_UNKNOWN: none */
	date from, to;
};
void situation_licence(struct licence *out, const struct borough *b, uint32_t property);

/* When a child under five was registered at a children's centre; DATE_UNKNOWN: not. */
date situation_centre(const struct borough *b, uint32_t person);
/* When health visitors were told that a child under five had moved in; DATE_UNKNOWN: not. */
date situation_health_notice(const struct borough *b, uint32_t person);
/* Whether the council tax office was told of this student, who then does not count. */
bool situation_disregard(const struct borough *b, uint32_t spell);

/* truth/lists.csv in the folder OUT: list, case, kind (uprn, person), subject, right (0: it only looks so), what. */
enum status situations_write_truth(const struct borough *b, const char *out, struct error *error) MUST_CHECK;

#endif
