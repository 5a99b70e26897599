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

static uint32_t two_digits(int number)
{
	return (uint32_t)(number / 10 % 10 << 4 | number % 10);
}

uint32_t clean_birth_digits(date birth)
{
	struct ymd d = date_ymd(birth);
	return two_digits(d.day) << 24 | two_digits(d.month) << 16 | two_digits(d.year / 100) << 8 | two_digits(d.year);
}

/* One digit is another, or two beside each other have changed places. */
static bool one_digit_apart(uint32_t a, uint32_t b)
{
	uint32_t differ = a ^ b;
	differ = (differ | differ >> 1 | differ >> 2 | differ >> 3) & 0x11111111;
	unsigned at = (unsigned)__builtin_ctz(differ);
	if (differ >> at == 1)
		return true;
	return differ >> at == 0x11 && (a >> at & 15) == (b >> (at + 4) & 15) && (a >> (at + 4) & 15) == (b >> at & 15);
}

static int year_of(uint32_t digits)
{
	return (int)((digits >> 12 & 15) * 1000 + (digits >> 8 & 15) * 100 + (digits >> 4 & 15) * 10 + (digits & 15));
}

/* Where no more than years is known, ages were guessed and reckoned: what counts is how far they lie apart. */
static enum birth_agreement compare_years(int years)
{
	return years == 1 ? BIRTH_ONE_DIGIT : years <= 3 || years == 10 ? BIRTH_SLIP : BIRTH_DIFFERENT;
}

enum birth_agreement clean_birth_compare_digits(uint32_t a, uint32_t b)
{
	enum { FIRST_OF_JANUARY = 0x0101 };
	if (a == b)
		return BIRTH_SAME;
	bool year_alone_a = a >> 16 == FIRST_OF_JANUARY, year_alone_b = b >> 16 == FIRST_OF_JANUARY;
	if (year_alone_a || year_alone_b) {
		int years = year_of(a) > year_of(b) ? year_of(a) - year_of(b) : year_of(b) - year_of(a);
		if (year_alone_a && year_alone_b)
			return compare_years(years);
		if (years == 1 && !one_digit_apart(a, b))
			return BIRTH_SLIP;
	}
	uint32_t day_a = a >> 24, month_a = a >> 16 & 255, day_b = b >> 24, month_b = b >> 16 & 255;
	bool one_year = ((a ^ b) & 0xffff) == 0;
	if (one_year && day_a == month_b && month_a == day_b)
		return BIRTH_SWAPPED;
	if (one_digit_apart(a, b))
		return BIRTH_ONE_DIGIT;
	if (one_year && (year_alone_a || year_alone_b))
		return BIRTH_SAME_YEAR;
	return one_year + (month_a == month_b) + (day_a == day_b) == 2 ? BIRTH_SLIP : BIRTH_DIFFERENT;
}

enum birth_agreement clean_birth_compare(date left, date right)
{
	return clean_birth_compare_digits(clean_birth_digits(left), clean_birth_digits(right));
}
