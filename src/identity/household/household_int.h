/* What the files of household share. */
#ifndef HOUSEHOLD_HOUSEHOLD_INT_H
#define HOUSEHOLD_HOUSEHOLD_INT_H

#include "household/household.h"

/* Marks the main residence of each resident, and says of each that goes on how sure it is. ALL is ordered as
 * residences_join() gives it. */
void residences_weigh(struct residence *all, size_t count, const struct sighting *sightings, date today,
		      struct address_learned *learned);

#endif
