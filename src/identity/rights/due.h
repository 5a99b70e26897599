/* When a resident's request must be answered: the ICO's rule for UK GDPR art. 12(3).
 *
 *     date due = rights_due(received, 1);      one calendar month
 *     date later = rights_due(received, 3);    extended by two months, for a reason told within the first
 *
 * The time runs from the day of receipt, a working day or not, to the same day of the month in which it ends; where
 * that month has no such day, to its last. A day at a weekend or on a bank holiday becomes the next working day.
 * Bank holidays are those of England and Wales (Banking and Financial Dealings Act 1971, sch. 1, with the two days that
 * are proclaimed every year). A day proclaimed for one year alone is not known: a date is then early, never late.
 *
 * Source: ICO, "Time limits for responding to data protection rights requests".
 */
#ifndef RIGHTS_DUE_H
#define RIGHTS_DUE_H

#include "base/date.h"

/* DATE_UNKNOWN when RECEIVED is. */
date rights_due(date received, int months);
bool rights_is_working_day(date day);
/* Whether a request may have come on DAY: not later than TODAY, and not before these rights were (25 May 2018). */
bool rights_may_have_come(date day, date today);

#endif
