#include "rights/due.h"

/* Monday 0 ... Sunday 6; 1970-01-01 was a Thursday. */
static int weekday(date day)
{
	return (int)(((day % 7) + 10) % 7);
}

static bool is_weekend(date day)
{
	return weekday(day) >= 5;
}

/* Meeus, Jones and Butcher: Easter Sunday of the Gregorian calendar. */
static date easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int epact = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int to_sunday = (32 + 2 * (b % 4) + 2 * (c / 4) - epact - c % 4) % 7;
	int m = (a + 11 * epact + 22 * to_sunday) / 451;
	int days = epact + to_sunday - 7 * m + 114;
	return date_of(year, days / 31, days % 31 + 1);
}

static bool is_first_monday(struct ymd at)
{
	return at.day <= 7;
}

static bool is_last_monday(struct ymd at)
{
	return at.day + 7 > date_days_in_month(at.year, at.month);
}

/* New Year's Day, Christmas Day and Boxing Day; each that falls on a weekend moves to the next day that is free. */
static bool is_winter_holiday(date day, struct ymd at)
{
	if (at.month == 1)
		return at.day == 1 || (at.day <= 3 && weekday(day) == 0);
	if (at.month != 12)
		return false;
	bool moved = (at.day == 27 || at.day == 28) && weekday(day) <= 1;
	return at.day == 25 || at.day == 26 || moved;
}

static bool is_bank_holiday(date day)
{
	struct ymd at = date_ymd(day);
	date sunday = easter(at.year);
	if (day == sunday - 2 || day == sunday + 1)
		return true;
	if (weekday(day) == 0 && at.month == 5)
		return is_first_monday(at) || is_last_monday(at);
	if (weekday(day) == 0 && at.month == 8)
		return is_last_monday(at);
	return is_winter_holiday(day, at);
}

bool rights_is_working_day(date day)
{
	return !is_weekend(day) && !is_bank_holiday(day);
}

date rights_due(date received, int months)
{
	if (received == DATE_UNKNOWN)
		return DATE_UNKNOWN;
	date due = date_add_months(received, months);
	while (!rights_is_working_day(due))
		due++;
	return due;
}

bool rights_may_have_come(date day, date today)
{
	return day != DATE_UNKNOWN && day >= date_of(2018, 5, 25) && day <= today;
}
