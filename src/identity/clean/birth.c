#include "clean/birth.h"

static bool is_default(struct ymd d)
{
	static const struct ymd defaults[] = {{1900, 1, 1},   {1901, 1, 1}, {1899, 12, 30}, {1899, 12, 31},
					      {1900, 1, 2},   {1753, 1, 1}, {1111, 11, 11}, {1970, 1, 1},
					      {9999, 12, 31}, {1, 1, 1},    {1800, 1, 1}};
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		if (d.year == defaults[i].year && d.month == defaults[i].month && d.day == defaults[i].day)
			return true;
	}
	return false;
}

enum birth_quality clean_birth(date birth, date as_at)
{
	if (birth == DATE_UNKNOWN)
		return BIRTH_IMPOSSIBLE;
	struct ymd d = date_ymd(birth);
	if (is_default(d))
		return BIRTH_DEFAULT;
	if (birth > as_at + 310 || birth < date_add_months(as_at, -12 * 120))
		return BIRTH_IMPOSSIBLE;
	return d.day == 1 && (d.month == 1 || d.month == 7) ? BIRTH_YEAR : BIRTH_FULL;
}

static void digits_of(struct ymd d, char out[8])
{
	int parts[] = {d.day / 10,         d.day % 10,        d.month / 10,     d.month % 10,
		       d.year / 1000 % 10, d.year / 100 % 10, d.year / 10 % 10, d.year % 10};
	for (int i = 0; i < 8; i++)
		out[i] = (char)('0' + parts[i]);
}

static bool one_digit_apart(struct ymd a, struct ymd b)
{
	char x[8], y[8];
	int differ = 0, first = -1;
	digits_of(a, x);
	digits_of(b, y);
	for (int i = 0; i < 8; i++) {
		if (x[i] != y[i]) {
			first = differ == 0 ? i : first;
			differ++;
		}
	}
	if (differ == 1)
		return true;
	return differ == 2 && x[first] == y[first + 1] && x[first + 1] == y[first];
}

enum birth_agreement clean_birth_compare(date left, date right)
{
	if (left == right)
		return BIRTH_SAME;
	struct ymd a = date_ymd(left), b = date_ymd(right);
	int years = a.year > b.year ? a.year - b.year : b.year - a.year;
	if (years == 0 && a.day == b.month && a.month == b.day)
		return BIRTH_SWAPPED;
	if (one_digit_apart(a, b))
		return BIRTH_ONE_DIGIT;
	if (years == 0 && ((a.day == 1 && a.month == 1) || (b.day == 1 && b.month == 1)))
		return BIRTH_SAME_YEAR;
	if (a.day == b.day && a.month == b.month && (years == 1 || years == 10 || years == 100))
		return BIRTH_SLIP;
	int equal = (years == 0) + (a.month == b.month) + (a.day == b.day);
	return equal == 2 ? BIRTH_SLIP : BIRTH_DIFFERENT;
}
