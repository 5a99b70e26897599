/* Local time of the United Kingdom: an hour ahead of UTC from 01:00 UTC of the last Sunday of March to that of October
 * (Summer Time Order 2002). */
#ifndef BASE_LONDON_H
#define BASE_LONDON_H

#include "base/date.h"

instant london_summer_begins(int year);
instant london_summer_ends(int year);
/* AT as the clock on the wall shows it, as if that were UTC. */
instant london_clock(instant at);
/* "14:05 BST", "14:05 GMT": as people read it, and nobody has to guess by which clock. Machines are given UTC
 * (instant_format()). */
enum { LONDON_TEXT_SIZE = 16 };
const char *london_time(instant at, char out[LONDON_TEXT_SIZE]);

#endif
