/* Dates, numbers and booleans as systems write them. */
#include "intake/intake_int.h"

static bool digits(const char *at, size_t count, int *out)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned digit = (unsigned)(at[i] - '0');
		if (digit > 9)
			return false;
		value = value * 10 + (int)digit;
	}
	*out = value;
	return true;
}

/* The three most common patterns when they are written in full and without a time. */
static bool fast_date(enum date_form form, struct text t, date *out)
{
	int year, month, day;
	bool found = false;
	if (form == DATE_FORM_DMY && t.len == 10 && t.at[2] == '/' && t.at[5] == '/')
		found = digits(t.at, 2, &day) && digits(t.at + 3, 2, &month) && digits(t.at + 6, 4, &year);
	else if (form == DATE_FORM_ISO && t.len == 10 && t.at[4] == '-' && t.at[7] == '-')
		found = digits(t.at, 4, &year) && digits(t.at + 5, 2, &month) && digits(t.at + 8, 2, &day);
	else if (form == DATE_FORM_COMPACT && t.len == 8)
		found = digits(t.at, 4, &year) && digits(t.at + 4, 2, &month) && digits(t.at + 6, 2, &day);
	if (!found)
		return false;
	*out = date_of(year, month, day);
	return *out != DATE_UNKNOWN;
}

bool convert_date(const struct converter *converter, const struct plan_column *pc, struct text text, date *out)
{
	const struct profile_column *column = pc->column;
	if (fast_date(pc->date_form, text, out))
		return true;
	if (!date_parse(text, column->format.at, converter->pivot_year, out))
		return false;
	/* A date of birth of '30 that cannot lie ahead was in 1930. */
	if (pc->short_year && column->max.set) {
		date latest = column->max.today ? converter->today : column->max.date;
		if (*out > latest)
			*out = date_add_months(*out, -1200);
	}
	return true;
}

size_t convert_time(struct text text, char out[16])
{
	/* The time stands behind the last blank or T that a digit follows: H:MM, HH:MM, HH:MM:SS. */
	size_t at = text.len;
	while (at > 0 && text.at[at - 1] != ' ' && text.at[at - 1] != 'T')
		at--;
	struct text time = text_slice(text.at + at, text.len - at);
	struct text part;
	int parts[3] = {0};
	size_t count = 0;
	if (at == 0)
		return 0;
	for (; count < 3 && text_split(&time, ':', &part); count++) {
		if (part.len < 2 ? part.len == 0 || !digits(part.at, 1, &parts[count])
				 : !digits(part.at, 2, &parts[count]))
			return 0;
	}
	if (count < 2 || (parts[0] | parts[1] | parts[2]) == 0)
		return 0;
	return (size_t)snprintf(out, 16, "T%02u:%02u:%02u", (unsigned)parts[0] % 100, (unsigned)parts[1] % 100,
				(unsigned)parts[2] % 100);
}

/* Drops what decorates a sum of money: pound sign, GBP, brackets or a minus behind it. */
static struct text undecorated(struct text t, bool *negative)
{
	*negative = false;
	if (t.len > 2 && t.at[0] == '(' && t.at[t.len - 1] == ')') {
		*negative = true;
		t = text_trim(text_slice(t.at + 1, t.len - 2));
	} else if (t.len > 1 && t.at[t.len - 1] == '-') {
		*negative = true;
		t.len--;
	} else if (t.len > 1 && t.at[0] == '-') {
		*negative = true;
		t = text_slice(t.at + 1, t.len - 1);
	}
	if (text_starts_with(t, TEXT("\xc2\xa3")))
		t = text_trim(text_slice(t.at + 2, t.len - 2));
	else if (text_starts_with(t, TEXT("GBP")))
		t = text_trim(text_slice(t.at + 3, t.len - 3));
	if (!*negative && t.len > 1 && t.at[0] == '-') {
		*negative = true;
		t = text_slice(t.at + 1, t.len - 1);
	}
	return t;
}

/* Commas may part thousands: three digits behind each, none behind a point. */
static bool comma_is_right(struct text t, size_t at)
{
	int three;
	return at > 0 && t.len - at > 3 && digits(t.at + at + 1, 3, &three) &&
	       (t.len - at == 4 || t.at[at + 4] == ',' || t.at[at + 4] == '.');
}

bool convert_number(enum column_type type, struct text text, char out[40], size_t *len, double *number)
{
	bool negative = false, point = false;
	size_t n = 0, count = 0;
	if (type == COLUMN_MONEY)
		text = undecorated(text, &negative);
	else if (text.len > 1 && (text.at[0] == '-' || text.at[0] == '+'))
		negative = text.at[0] == '-', text = text_slice(text.at + 1, text.len - 1);
	if (negative)
		out[n++] = '-';
	if (text.len == 0 || text.len > 30)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		if (c == ',' && !point && comma_is_right(text, i))
			continue;
		if (c == '.' && !point && type != COLUMN_INTEGER) {
			point = true;
			if (count == 0)
				out[n++] = '0';
		} else if (c < '0' || c > '9') {
			return false;
		} else {
			count++;
		}
		out[n++] = c;
	}
	if (point && out[n - 1] == '.')
		n--;
	*len = n;
	return count > 0 && count <= 18 && text_parse_double(text_slice(out, n), number);
}

static bool one_of(const struct text *values, size_t count, struct text text)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal_ignoring_case(values[i], text))
			return true;
	}
	return false;
}

bool convert_boolean(const struct profile_column *column, struct text text, bool *out)
{
	static const struct text yes[] = {TEXT("y"), TEXT("yes"), TEXT("true"), TEXT("t"), TEXT("1")};
	static const struct text no[] = {TEXT("n"), TEXT("no"), TEXT("false"), TEXT("f"), TEXT("0")};
	bool given = column->true_count || column->false_count;
	*out = given ? one_of(column->true_values, column->true_count, text) : one_of(yes, 5, text);
	return *out || (given ? one_of(column->false_values, column->false_count, text) : one_of(no, 5, text));
}
