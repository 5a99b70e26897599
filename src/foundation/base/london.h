/* Local time of the United Kingdom: an hour ahead of UTC from 01:00 UTC of the last Sunday of March to that of October
 * (Summer Time Order 2002). */
#ifndef BASE_LONDON_H
#define BASE_LONDON_H

#include "base/date.h"

instant london_summer_begins(int year);
instant london_summer_ends(int year);
/* AT as the clock on the wall shows it, as if that were UTC. */
instant london_clock(instant at);

#endif
