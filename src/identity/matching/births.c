/* Dates of birth in almost any form. */
#include "matching/matching_int.h"

#include "clean/fold.h"

enum { MOST_GROUPS = 4 };

struct groups { /* runs of digits, and a month's name */
	int number[MOST_GROUPS];
	unsigned digits[MOST_GROUPS];
	size_t count;
	int named; /* month, 0: none */
	size_t named_at;
	bool strange; /* letters that are no month's name */
};

static int month_named(struct text word)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	if (word.len < 3)
		return 0;
	for (int m = 0; m < 12; m++) {
		if (memcmp(months + 3 * m, word.at, 3) == 0)
			return m + 1;
	}
	return 0;
}

/* What stands before years that are not sure, and behind days. */
static bool is_filling(struct text word)
{
	static const char *const words[] = {"c",    "ca", "circa", "abt", "about", "b",
					    "born", "st", "nd",    "rd",  "th",    "of"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (text_is(word, words[i]))
			return true;
	}
	return false;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool is_letter(char c)
{
	c = lower(c);
	return c >= 'a' && c <= 'z';
}

static size_t take_number(struct text value, size_t at, struct groups *out)
{
	int number = 0;
	unsigned digits = 0;
	for (; at < value.len && is_digit(value.at[at]); at++, digits++)
		number = digits < 8 ? number * 10 + (value.at[at] - '0') : number;
	if (out->count < MOST_GROUPS) {
		out->number[out->count] = number;
		out->digits[out->count++] = digits;
	}
	return at;
}

static size_t take_word(struct text value, size_t at, struct groups *out)
{
	char word[12];
	size_t len = 0;
	for (; at < value.len && is_letter(value.at[at]); at++) {
		if (len < sizeof word)
			word[len++] = lower(value.at[at]);
	}
	int month = month_named(text_slice(word, len));
	if (month && !out->named) {
		out->named = month;
		out->named_at = out->count;
	} else if (!is_filling(text_slice(word, len))) {
		out->strange = true;
	}
	return at;
}

/* A time of day behind the date is not looked at. */
static struct groups groups_of(struct text value)
{
	struct groups out = {0};
	for (size_t at = 0; at < value.len;) {
		char c = value.at[at];
		bool time =
			(c == 'T' || c == ' ') && out.count >= 3 && at + 1 < value.len && is_digit(value.at[at + 1]);
		if (time)
			break;
		if (is_digit(c))
			at = take_number(value, at, &out);
		else if (is_letter(c))
			at = take_word(value, at, &out);
		else
			at++;
	}
	return out;
}

static int whole_year(int year, unsigned digits)
{
	if (digits > 2)
		return year;
	int pivot = date_ymd(date_today()).year % 100;
	return year <= pivot ? 2000 + year : 1900 + year;
}

static bool is_year(int year)
{
	return year >= 1000 && year <= 2100;
}

/* Zero stands for "not known" in months and days. */
static bool set_parts(struct birth_parts *out, int year, int month, int day)
{
	if (!is_year(year) || month < 0 || month > 12 || day < 0 || day > 31)
		return false;
	if (month == 0)
		day = 0;
	if (day && date_of(year, month, day) == DATE_UNKNOWN)
		return false;
	*out = (struct birth_parts){year, month, day};
	return true;
}

static bool day_and_month(struct birth_parts *out, int year, int first, int second, enum date_order order)
{
	bool month_first = order == DATE_MONTH_FIRST;
	return set_parts(out, year, month_first ? first : second, month_first ? second : first) ||
	       set_parts(out, year, month_first ? second : first, month_first ? first : second);
}

static bool read_eight(struct birth_parts *out, int n, enum date_order order)
{
	int year_first = n / 10000, year_last = n % 10000;
	/* no day and month read as a year after 1299, so a run of eight digits is rarely open */
	bool begins = is_year(year_first) && year_first >= 1300 && n / 100 % 100 <= 12 && n % 100 <= 31;
	bool ends = is_year(year_last) && year_last >= 1300 && n / 1000000 <= 31;
	if (begins && (order == DATE_YEAR_FIRST || order == DATE_ORDER_NONE || !ends))
		return set_parts(out, year_first, n / 100 % 100, n % 100);
	return ends && day_and_month(out, year_last, n / 1000000, n / 10000 % 100, order);
}

static bool read_named(struct birth_parts *out, const struct groups *g)
{
	if (g->count == 1 && g->digits[0] == 4)
		return set_parts(out, g->number[0], g->named, 0);
	if (g->count < 2)
		return false;
	bool year_first = g->digits[0] == 4;
	size_t year = year_first ? 0 : 1, day = year_first ? 1 : 0;
	return set_parts(out, whole_year(g->number[year], g->digits[year]), g->named, g->number[day]);
}

static bool read_three(struct birth_parts *out, const struct groups *g, enum date_order order)
{
	const int *n = g->number;
	if (g->digits[0] >= 3)
		return set_parts(out, n[0], n[1], n[2]) || set_parts(out, n[0], n[2], n[1]);
	if (g->digits[2] >= 3)
		return day_and_month(out, n[2], n[0], n[1], order);
	if (g->digits[2] != 2 ||
	    (order == DATE_YEAR_FIRST && g->digits[0] == 2 && set_parts(out, whole_year(n[0], 2), n[1], n[2])))
		return g->digits[2] == 2;
	return day_and_month(out, whole_year(n[2], 2), n[0], n[1], order);
}

bool birth_read(struct text value, enum date_order order, struct birth_parts *out)
{
	*out = (struct birth_parts){0};
	if (value.len < 4 || value.len > 40)
		return false;
	struct groups g = groups_of(value);
	if (g.strange || g.count == 0)
		return false;
	if (g.named)
		return read_named(out, &g);
	if (g.count == 1 && g.digits[0] == 8)
		return read_eight(out, g.number[0], order);
	if (g.count == 1 && g.digits[0] == 4)
		return set_parts(out, g.number[0], 0, 0);
	if (g.count == 2 && g.digits[0] == 4 && g.digits[1] <= 2)
		return set_parts(out, g.number[0], g.number[1], 0);
	return g.count >= 3 && g.digits[0] <= 4 && g.digits[1] <= 2 && g.digits[2] <= 4 && read_three(out, &g, order);
}

date birth_date(const struct birth_parts *parts)
{
	if (!parts->year)
		return DATE_UNKNOWN;
	return date_of(parts->year, parts->month ? parts->month : 1, parts->day ? parts->day : 1);
}
