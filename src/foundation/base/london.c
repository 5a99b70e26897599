#include "base/london.h"

#define AN_HOUR INT64_C(3600000000)

/* Day 0 was a Thursday. */
static instant last_sunday(int year, int month)
{
	date last = date_of(year, month, 31);
	return (instant)(last - (last + 4) % 7) * 24 * AN_HOUR + AN_HOUR;
}

instant london_summer_begins(int year)
{
	return last_sunday(year, 3);
}

instant london_summer_ends(int year)
{
	return last_sunday(year, 10);
}

instant london_clock(instant at)
{
	int year = date_ymd(instant_date(at)).year;
	bool summer = at >= london_summer_begins(year) && at < london_summer_ends(year);
	return summer ? at + AN_HOUR : at;
}
