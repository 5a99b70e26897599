#include "base/text.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

int text_compare(struct text a, struct text b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.at, b.at, common) : 0;
	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static unsigned char ascii_lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at the start of T, without leading zeros, taken off it. */
static struct text take_number(struct text *t)
{
	size_t zeros = 0, end;
	while (zeros < t->len && t->at[zeros] == '0')
		zeros++;
	for (end = zeros; end < t->len && is_digit(t->at[end]);)
		end++;
	struct text number = text_slice(t->at + zeros, end - zeros);
	*t = text_slice(t->at + end, t->len - end);
	return number;
}

int text_compare_natural(struct text a, struct text b)
{
	struct text x = a, y = b;
	while (x.len && y.len) {
		if (is_digit(x.at[0]) && is_digit(y.at[0])) {
			struct text m = take_number(&x), n = take_number(&y);
			if (m.len != n.len)
				return m.len < n.len ? -1 : 1;
			int order = text_compare(m, n);
			if (order)
				return order;
			continue;
		}
		int order = ascii_lower(x.at[0]) - ascii_lower(y.at[0]);
		if (order)
			return order;
		x = text_slice(x.at + 1, x.len - 1);
		y = text_slice(y.at + 1, y.len - 1);
	}
	return x.len || y.len ? (x.len > 0) - (y.len > 0) : text_compare(a, b);
}

bool text_equal_ignoring_case(struct text a, struct text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ascii_lower(a.at[i]) != ascii_lower(b.at[i]))
			return false;
	return true;
}

bool text_starts_with(struct text t, struct text prefix)
{
	return t.len >= prefix.len && text_equal(text_slice(t.at, prefix.len), prefix);
}

bool text_ends_with(struct text t, struct text suffix)
{
	return t.len >= suffix.len && text_equal(text_slice(t.at + (t.len - suffix.len), suffix.len), suffix);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text t)
{
	while (t.len && is_space(t.at[0])) {
		t.at++;
		t.len--;
	}
	while (t.len && is_space(t.at[t.len - 1]))
		t.len--;
	return t;
}

size_t text_find_char(struct text t, char c)
{
	const char *found = t.len ? memchr(t.at, c, t.len) : NULL;
	return found ? (size_t)(found - t.at) : t.len;
}

size_t text_find(struct text t, struct text needle)
{
	if (needle.len == 0)
		return 0;
	const char *found = t.len ? memmem(t.at, t.len, needle.at, needle.len) : NULL;
	return found ? (size_t)(found - t.at) : t.len;
}

bool text_split(struct text *rest, char separator, struct text *part)
{
	if (!rest->at)
		return false;
	size_t end = text_find_char(*rest, separator);
	*part = text_slice(rest->at, end);
	*rest = end < rest->len ? text_slice(rest->at + end + 1, rest->len - end - 1) : TEXT_ABSENT;
	return true;
}

bool text_parse_uint64(struct text t, uint64_t *out)
{
	uint64_t value = 0;
	if (t.len == 0)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		unsigned digit = (unsigned)(unsigned char)t.at[i] - '0';
		if (digit > 9 || __builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*out = value;
	return true;
}

bool text_parse_int64(struct text t, int64_t *out)
{
	bool negative = t.len && t.at[0] == '-';
	if (t.len && (t.at[0] == '-' || t.at[0] == '+'))
		t = text_slice(t.at + 1, t.len - 1);
	uint64_t magnitude;
	if (!text_parse_uint64(t, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
		return false;
	*out = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}

bool text_parse_double(struct text t, double *out)
{
	static locale_t c_locale;
	if (!c_locale)
		c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	char copy[64];
	if (t.len == 0 || t.len >= sizeof copy || is_space(t.at[0]))
		return false;
	memcpy(copy, t.at, t.len);
	copy[t.len] = '\0';
	if (strspn(copy, "+-.0123456789eE") != t.len)
		return false;
	char *end;
	errno = 0;
	double value = strtod_l(copy, &end, c_locale);
	if (end != copy + t.len || errno == ERANGE)
		return false;
	*out = value;
	return true;
}

uint64_t text_hash(struct text t)
{
	return XXH3_64bits(t.at, t.len);
}

enum { EDIT_MAX = 64 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;
	return m < c ? m : c;
}

unsigned text_edit_distance(struct text a, struct text b)
{
	unsigned rows[3][EDIT_MAX + 1];
	if (a.len > EDIT_MAX)
		a.len = EDIT_MAX;
	if (b.len > EDIT_MAX)
		b.len = EDIT_MAX;
	for (unsigned j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned *above2 = rows[(i + 1) % 3], *above = rows[(i - 1) % 3], *row = rows[i % 3];
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned differs = a.at[i - 1] != b.at[j - 1];
			row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + differs);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1] &&
			    above2[j - 2] + 1 < row[j])
				row[j] = above2[j - 2] + 1;
		}
	}
	return rows[a.len % 3][b.len];
}

struct text text_nearest(struct text wanted, const struct text *candidates, size_t count)
{
	struct text best = TEXT_ABSENT;
	unsigned best_distance = (unsigned)(wanted.len / 3 + 1);
	for (size_t i = 0; i < count; i++) {
		unsigned distance = text_edit_distance(wanted, candidates[i]);
		if (distance <= best_distance && (text_is_absent(best) || distance < best_distance)) {
			best = candidates[i];
			best_distance = distance;
		}
	}
	return best;
}
