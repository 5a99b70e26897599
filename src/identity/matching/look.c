/* What the values of a column are like. */
#include "base/map.h"
#include "clean/fold.h"
#include "clean/identifiers.h"
#include "clean/names.h"
#include "clean/postcode.h"
#include "encoding/encoding.h"
#include "matching/matching_int.h"

#include <stdlib.h>

struct counts { /* of filled values */
	double digits_only, letters_only, any_digit, email, phone, nhs, ni, upn, postcode, sex, title, encoding;
	enum encoded_part encoded;
	double date, year, month, day, day_first, month_first, year_first, given, family, two_names, place, region;
	double street, house, occupation, length, words;
	int years[20000];
	size_t year_count;
};

struct shape {
	size_t digits, letters, others, spaces;
};

static struct shape shape_of(struct text value)
{
	struct shape s = {0};
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];
		if (c >= '0' && c <= '9')
			s.digits++;
		else if ((c | 32) >= 'a' && (c | 32) <= 'z')
			s.letters++;
		else if (c >= 0x80)
			s.letters++;
		else if (c == ' ')
			s.spaces++;
		else
			s.others++;
	}
	return s;
}

static void see_date(struct counts *n, struct text value)
{
	struct birth_parts d, m;
	if (!birth_read(value, DATE_DAY_FIRST, &d) || !d.month)
		return;
	n->date++;
	if (n->year_count < sizeof n->years / sizeof *n->years)
		n->years[n->year_count++] = d.year;
	struct birth_parts y;
	if (value.len == 8 && birth_read(value, DATE_YEAR_FIRST, &y) && y.year >= 1200 && y.month && y.day) {
		int64_t number;
		n->year_first += text_parse_int64(value, &number) && number / 10000 == y.year;
	}
	if (!birth_read(value, DATE_MONTH_FIRST, &m))
		return;
	/* Both readings are tried whatever the order; a day over twelve shows which stands first. */
	int first = 0, digits = 0;
	for (size_t i = 0; i < value.len && value.at[i] >= '0' && value.at[i] <= '9'; i++, digits++)
		first = first * 10 + (value.at[i] - '0');
	if (digits == 8)
		first = first / 1000000;
	if (digits == 4 || d.day == d.month)
		return;
	if (d.day > 12 && digits > 0) {
		n->day_first += first == d.day;
		n->month_first += first != d.day;
	}
}

static void see_number(struct counts *n, struct text value)
{
	int64_t number;
	if (!text_parse_int64(value, &number))
		return;
	n->year += number >= 1500 && number <= 2100 && value.len == 4;
	n->month += number >= 1 && number <= 12 && value.len <= 2;
	n->day += number >= 1 && number <= 31 && value.len <= 2;
	n->house += number >= 1 && number <= 9999 && value.len <= 4;
}

static void see_numbers(struct counts *n, struct text value, const struct shape *shape)
{
	char out[EMAIL_SIZE];
	struct postcode postcode;
	if (shape->digits >= 8 && shape->letters == 0) {
		n->phone += (value.at[0] == '0' || value.at[0] == '+' || value.at[0] == '(' || shape->others > 0) &&
			    clean_phone(out, value);
		n->nhs += shape->digits == 10 && clean_nhs_number(out, value);
	}
	n->ni += shape->letters >= 2 && shape->letters <= 3 && clean_ni_number(out, value);
	n->upn += value.len == 13 && clean_upn(out, value);
	n->postcode += shape->letters >= 2 && clean_postcode(&postcode, value) && postcode.part == POSTCODE_UNIT;
	/* "12a", "3/14" */
	n->house += shape->digits > 0 && value.len <= 6 && shape->letters <= 1 && shape->digits < value.len &&
		    value.at[0] >= '1' && value.at[0] <= '9';
	if (shape->letters == 0)
		see_number(n, value);
}

static bool is_title(struct text folded)
{
	static const char *const titles[] = {"mr", "mrs", "miss", "ms", "dr", "mx", "master", "prof", "rev"};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (text_is(folded, titles[i]))
			return true;
	}
	return false;
}

static void see_words(struct counts *n, struct text value, const struct shape *shape)
{
	char room[96];
	struct text folded = text_slice(room, clean_fold(room, sizeof room, value)), rest = folded, word,
		    first = TEXT_ABSENT, last = TEXT_ABSENT;
	size_t words = 0;
	while (text_split(&rest, ' ', &word)) {
		first = words++ ? first : word;
		last = word;
	}
	n->words += (double)words;
	n->letters_only += shape->letters > 0 && shape->digits == 0;
	n->title += is_title(folded);
	n->place += word_is(WORD_PLACE, folded);
	n->region += word_is(WORD_REGION, folded);
	n->occupation += word_is(WORD_OCCUPATION, folded) || (words > 1 && word_is(WORD_OCCUPATION, last));
	n->street += words > 1 && (word_is(WORD_STREET, last) || word_is(WORD_STREET, first));
	if (shape->digits || words == 0)
		return;
	n->given += word_is(WORD_GIVEN, first) && words <= 2;
	n->family += word_is(WORD_FAMILY, folded);
	bool comma = text_find_char(value, ',') < value.len;
	n->two_names += words > 1 && words <= 5 &&
			(word_is(WORD_GIVEN, comma ? last : first) || word_is(WORD_FAMILY, comma ? first : last));
}

static void see(struct counts *n, struct text value)
{
	char out[EMAIL_SIZE];
	struct shape shape = shape_of(value);
	n->length += (double)value.len;
	enum encoded_part part;
	if (encoding_is_text(value, &part)) {
		n->encoding++;
		n->encoded = part;
	}
	n->digits_only += shape.letters == 0 && shape.digits > 0;
	n->any_digit += shape.digits > 0;
	if (text_find_char(value, '@') < value.len)
		n->email += clean_email(out, value);
	if (value.len <= 8) {
		enum sex sex = clean_sex(value);
		n->sex += sex == SEX_MALE || sex == SEX_FEMALE || text_is(value, "U") || text_is(value, "9");
	}
	if (shape.digits && value.len <= 40) {
		see_date(n, value);
		see_numbers(n, value, &shape);
	}
	if (shape.letters)
		see_words(n, value, &shape);
	else
		n->words++;
}

static int compare_ints(const void *a, const void *b)
{
	const int *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void share(struct look *out, struct counts *n)
{
	double filled = out->filled ? (double)out->filled : 1;
	out->digits_only = n->digits_only / filled;
	out->letters_only = n->letters_only / filled;
	out->any_digit = n->any_digit / filled;
	out->email = n->email / filled;
	out->phone = n->phone / filled;
	out->nhs = n->nhs / filled;
	out->ni = n->ni / filled;
	out->upn = n->upn / filled;
	out->postcode = n->postcode / filled;
	out->sex = n->sex / filled;
	out->title = n->title / filled;
	out->encoding = n->encoding / filled;
	out->encoded = n->encoded;
	out->date = n->date / filled;
	out->year = n->year / filled;
	out->month = n->month / filled;
	out->day = n->day / filled;
	out->day_first = n->day_first / filled;
	out->month_first = n->month_first / filled;
	out->year_first = n->year_first / filled;
	out->given = n->given / filled;
	out->family = n->family / filled;
	out->two_names = n->two_names / filled;
	out->place = n->place / filled;
	out->region = n->region / filled;
	out->street = n->street / filled;
	out->house = n->house / filled;
	out->occupation = n->occupation / filled;
	out->length = n->length / filled;
	out->words = n->words / filled;
	if (n->year_count) {
		qsort(n->years, n->year_count, sizeof *n->years, compare_ints);
		size_t middle = n->year_count / 2;
		out->year_middle = n->years[middle];
	}
}

void look_at(struct look *out, const struct sample *sample, size_t column)
{
	struct counts *n = memory_alloc(1, sizeof *n);
	struct text_map distinct;
	uint64_t most = 0;
	int64_t last = 0, number;
	bool up = true;
	*out = (struct look){.rows = sample->rows};
	text_map_init(&distinct);
	for (size_t row = 0; row < sample->rows; row++) {
		struct text value = sample->values[row * sample->columns + column];
		if (value.len == 0)
			continue;
		uint64_t *count = text_map_put(&distinct, value, NULL);
		if (++*count > most)
			most = *count;
		up &= text_parse_int64(value, &number) && (out->filled == 0 || number > last);
		last = up ? number : 0;
		out->filled++;
		if ((double)value.len > out->most_length)
			out->most_length = (double)value.len;
		see(n, value);
	}
	out->distinct = distinct.count;
	out->counts_up = up && out->filled > 1;
	out->largest_share = out->filled ? (double)most / (double)out->filled : 0;
	share(out, n);
	text_map_release(&distinct);
	free(n);
}
