#include "base/london.h"

#include <stdio.h>

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

static bool is_summer(instant at)
{
	int year = date_ymd(instant_date(at)).year;
	return at >= london_summer_begins(year) && at < london_summer_ends(year);
}

instant london_clock(instant at)
{
	return is_summer(at) ? at + AN_HOUR : at;
}

const char *london_time(instant at, char out[LONDON_TEXT_SIZE])
{
	int minutes = (int)((london_clock(at) / (AN_HOUR / 60)) % (24 * 60));
	snprintf(out, LONDON_TEXT_SIZE, "%02d:%02d %s", minutes / 60, minutes % 60, is_summer(at) ? "BST" : "GMT");
	return out;
}
