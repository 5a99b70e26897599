#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
					  "July",    "August",   "September", "October", "November", "December"};

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Howard Hinnant, "chrono-compatible low-level date algorithms". */
date date_of(int year, int month, int day)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > date_days_in_month(year, month))
		return DATE_UNKNOWN;
	int y = year - (month <= 2);
	int era = y / 400, year_of_era = y - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

struct ymd date_ymd(date d)
{
	int z = d + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097, day_of_era = z - era * 146097;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted = (5 * day_of_year + 2) / 153;
	int month = shifted < 10 ? shifted + 3 : shifted - 9;
	return (struct ymd){year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1};
}

date date_add_months(date d, int months)
{
	if (d == DATE_UNKNOWN)
		return d;
	struct ymd at = date_ymd(d);
	int total = at.year * 12 + (at.month - 1) + months;
	int year = total / 12, month = total % 12 + 1;
	int last = date_days_in_month(year, month);
	return date_of(year, month, at.day < last ? at.day : last);
}

int date_age_in_years(date birth, date at)
{
	if (birth == DATE_UNKNOWN || at == DATE_UNKNOWN || birth > at)
		return -1;
	struct ymd b = date_ymd(birth), a = date_ymd(at);
	return a.year - b.year - (a.month < b.month || (a.month == b.month && a.day < b.day));
}

/* Takes up to MOST digits from T at *AT; the number of digits taken. */
static int take_digits(struct text t, size_t *at, int most, int *value)
{
	int taken = 0;
	*value = 0;
	while (taken < most && *at < t.len && t.at[*at] >= '0' && t.at[*at] <= '9') {
		*value = *value * 10 + (t.at[(*at)++] - '0');
		taken++;
	}
	return taken;
}

bool date_parse_iso(struct text t, date *out)
{
	if (t.len != 10 || t.at[4] != '-' || t.at[7] != '-')
		return false;
	size_t at = 0;
	int year, month, day;
	if (take_digits(t, &at, 4, &year) != 4)
		return false;
	at++;
	if (take_digits(t, &at, 2, &month) != 2)
		return false;
	at++;
	if (take_digits(t, &at, 2, &day) != 2)
		return false;
	*out = date_of(year, month, day);
	return *out != DATE_UNKNOWN;
}

static bool take_month_name(struct text t, size_t *at, int *month)
{
	struct text rest = text_slice(t.at + *at, t.len - *at);
	for (int m = 0; m < 12; m++) {
		struct text whole = text_of(month_names[m]), three = text_slice(month_names[m], 3);
		struct text tried[] = {whole, three};
		for (int i = 0; i < 2; i++) {
			if (rest.len < tried[i].len ||
			    !text_equal_ignoring_case(text_slice(rest.at, tried[i].len), tried[i]))
				continue;
			*at += tried[i].len;
			*month = m + 1;
			return true;
		}
	}
	return false;
}

static bool is_time_of_day(struct text rest)
{
	if (rest.len == 0)
		return true;
	if (rest.len < 6 || (rest.at[0] != ' ' && rest.at[0] != 'T'))
		return false;
	for (size_t i = 1; i < rest.len; i++)
		if (!strchr("0123456789:.Z+-", rest.at[i]))
			return false;
	return rest.at[3] == ':' || rest.at[2] == ':';
}

bool date_parse(struct text t, const char *pattern, int pivot_year, date *out)
{
	int year = 0, month = 0, day = 0;
	size_t at = 0;
	for (const char *p = pattern; *p;) {
		if (strncmp(p, "YYYY", 4) == 0) {
			if (take_digits(t, &at, 4, &year) != 4)
				return false;
			p += 4;
		} else if (strncmp(p, "YY", 2) == 0) {
			if (take_digits(t, &at, 2, &year) != 2)
				return false;
			year += pivot_year / 100 * 100;
			year -= year > pivot_year + 10 ? 100 : 0;
			p += 2;
		} else if (strncmp(p, "Mon", 3) == 0) {
			if (!take_month_name(t, &at, &month))
				return false;
			p += 3;
		} else if (strncmp(p, "MM", 2) == 0 || strncmp(p, "DD", 2) == 0) {
			if (!take_digits(t, &at, 2, *p == 'M' ? &month : &day))
				return false;
			p += 2;
		} else {
			if (at >= t.len || t.at[at] != *p)
				return false;
			at++;
			p++;
		}
	}
	if (!is_time_of_day(text_slice(t.at + at, t.len - at)))
		return false;
	*out = date_of(year, month, day);
	return *out != DATE_UNKNOWN;
}

static void put_digits(char *out, int value, int digits)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
}

char *date_format_iso(date d, char out[DATE_TEXT_SIZE])
{
	out[0] = '\0';
	if (d == DATE_UNKNOWN)
		return out;
	struct ymd at = date_ymd(d);
	put_digits(out, at.year, 4);
	put_digits(out + 5, at.month, 2);
	put_digits(out + 8, at.day, 2);
	out[4] = out[7] = '-';
	out[10] = '\0';
	return out;
}

char *date_format_long(date d, char out[DATE_TEXT_SIZE + 8])
{
	out[0] = '\0';
	if (d == DATE_UNKNOWN)
		return out;
	struct ymd at = date_ymd(d);
	snprintf(out, DATE_TEXT_SIZE + 8, "%d %s %d", at.day, month_names[at.month - 1], at.year);
	return out;
}

char *instant_format(instant at, char out[INSTANT_TEXT_SIZE])
{
	out[0] = '\0';
	if (at == INSTANT_UNKNOWN)
		return out;
	date d = instant_date(at);
	int seconds = (int)((at - (int64_t)d * INT64_C(86400000000)) / 1000000);
	date_format_iso(d, out);
	out[10] = 'T';
	put_digits(out + 11, seconds / 3600, 2);
	put_digits(out + 14, seconds / 60 % 60, 2);
	put_digits(out + 17, seconds % 60, 2);
	out[13] = out[16] = ':';
	out[19] = 'Z';
	out[20] = '\0';
	return out;
}

instant instant_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (instant)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

date date_today(void)
{
	date today;
	const char *given = getenv("ONEVIEW_TODAY");
	if (given && date_parse_iso(text_of(given), &today))
		return today;
	return instant_date(instant_now());
}
