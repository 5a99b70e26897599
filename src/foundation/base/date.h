/* Dates as days since 1970-01-01 (proleptic Gregorian), instants as microseconds UTC.
 *
 * DATE_UNKNOWN is a value of its own: a missing date is never 1970 or 1900.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/text.h"

typedef int32_t date; /* days since 1970-01-01 */
#define DATE_UNKNOWN INT32_MIN

typedef int64_t instant; /* microseconds since 1970-01-01T00:00:00Z */
#define INSTANT_UNKNOWN INT64_MIN

struct ymd {
	int year, month, day; /* month and day from 1 */
};

date date_of(int year, int month, int day); /* DATE_UNKNOWN when there is no such day */
struct ymd date_ymd(date d);
int date_days_in_month(int year, int month);
date date_add_months(date d, int months);   /* 31 January + 1 month = last day of February */
int date_age_in_years(date birth, date at); /* -1 when either is unknown or birth is later */

/* "2024-03-09", at most 4-digit years; false unless all of T is a real date. */
bool date_parse_iso(struct text t, date *out);

/* Parses by a pattern of a feed: DD, MM, YYYY, YY (window: up to ten years after PIVOT
 * are this century), Mon (English month names, three letters or whole), and any other
 * character as itself; one-digit days and months are accepted. A time of day behind
 * the date (" 00:00:00", "T09:30...") is accepted and ignored. */
bool date_parse(struct text t, const char *pattern, int pivot_year, date *out);

enum { DATE_TEXT_SIZE = 16, INSTANT_TEXT_SIZE = 32 };
char *date_format_iso(date d, char out[DATE_TEXT_SIZE]);       /* "2024-03-09", "" when unknown */
char *date_format_long(date d, char out[DATE_TEXT_SIZE + 8]);  /* "9 March 2024" */
char *instant_format(instant at, char out[INSTANT_TEXT_SIZE]); /* "2024-03-09T12:34:56Z" */

instant instant_now(void);
date date_today(void); /* UTC; ONEVIEW_TODAY=YYYY-MM-DD overrides, for reproducible runs */
static inline date instant_date(instant at)
{
	int64_t day = INT64_C(86400000000);
	return (date)((at >= 0 ? at : at - day + 1) / day);
}
static inline instant instant_of_date(date d) /* its first moment */
{
	return d == DATE_UNKNOWN ? INSTANT_UNKNOWN : d * INT64_C(86400000000);
}

#endif
