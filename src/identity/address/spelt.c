/* Numbers in words: "Sixteen Oak Road", "Flat 2, Twenty-One Mill Lane". */
#include "address/words.h"

#include <stdio.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* 1 .. 19, 20, 30 .. 90; 0: it is none. */
static int number_of(struct text word)
{
	static const char *const ones[] = {"one",     "two",       "three",    "four",     "five",
					   "six",     "seven",     "eight",    "nine",     "ten",
					   "eleven",  "twelve",    "thirteen", "fourteen", "fifteen",
					   "sixteen", "seventeen", "eighteen", "nineteen"};
	static const char *const tens[] = {"twenty", "thirty",  "forty",  "fifty",
					   "sixty",  "seventy", "eighty", "ninety"};
	for (int i = 0; i < (int)(sizeof ones / sizeof *ones); i++) {
		if (text_equal_ignoring_case(word, text_of(ones[i])))
			return i + 1;
	}
	for (int i = 0; i < (int)(sizeof tens / sizeof *tens); i++) {
		if (text_equal_ignoring_case(word, text_of(tens[i])))
			return 10 * (i + 2);
	}
	return 0;
}

static struct text word_at(struct text t, size_t from)
{
	size_t end = from;
	while (end < t.len && is_letter(t.at[end]))
		end++;
	return text_slice(t.at + from, end - from);
}

/* "twenty one", "twenty-one", "sixteen" at FROM; its end in *END. */
static int read_spelt(struct text t, size_t from, size_t *end)
{
	struct text word = word_at(t, from), next;
	int number = number_of(word), ones;
	*end = from + word.len;
	if (number < 20 || *end >= t.len || (t.at[*end] != ' ' && t.at[*end] != '-'))
		return number;
	next = word_at(t, *end + 1);
	ones = number_of(next);
	if (ones < 1 || ones > 9)
		return number;
	*end += 1 + next.len;
	return number + ones;
}

bool address_in_figures(char *out, size_t cap, struct text address)
{
	size_t used = 0, end;
	bool any = false;
	for (size_t i = 0; i < address.len; i = end) {
		bool begins = is_letter(address.at[i]) && (i == 0 || !is_letter(address.at[i - 1]));
		int number = begins ? read_spelt(address, i, &end) : 0;
		if (number == 0)
			end = i + 1;
		char figures[12];
		struct text part = number ? text_slice(figures, (size_t)snprintf(figures, sizeof figures, "%d", number))
					  : text_slice(address.at + i, 1);
		if (used + part.len >= cap)
			return false;
		memcpy(out + used, part.at, part.len);
		used += part.len;
		any |= number > 0;
	}
	out[used] = '\0';
	return any;
}
