#include "clean/identifiers.h"

#include "clean/fold.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool all_digits(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(at[i]))
			return false;
	}
	return true;
}

static bool all_same(const char *at, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		if (at[i] != at[0])
			return false;
	}
	return true;
}

static bool refuse(char *out)
{
	out[0] = '\0';
	return false;
}

bool clean_nhs_number(char out[NHS_NUMBER_SIZE], struct text in)
{
	if (clean_squeeze(out, NHS_NUMBER_SIZE, in) != 10 || !all_digits(out, 10) || all_same(out, 10))
		return refuse(out);
	int sum = 0;
	for (int i = 0; i < 9; i++)
		sum += (out[i] - '0') * (10 - i);
	int check = (11 - sum % 11) % 11; /* 10 is never issued, and never equals a digit */
	return check == out[9] - '0' ? true : refuse(out);
}

static bool ni_prefix_used(char first, char second)
{
	static const char unused[][3] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
	if (strchr("DFIQUV", first) || strchr("DFIQUVO", second) || is_digit(first) || is_digit(second))
		return false;
	for (size_t i = 0; i < sizeof unused / sizeof *unused; i++) {
		if (first == unused[i][0] && second == unused[i][1])
			return false;
	}
	return true;
}

bool clean_ni_number(char out[NI_NUMBER_SIZE], struct text in)
{
	size_t len = clean_squeeze(out, NI_NUMBER_SIZE, in);
	if ((len != 8 && len != 9) || !ni_prefix_used(out[0], out[1]) || !all_digits(out + 2, 6))
		return refuse(out);
	if (len == 9 && (out[8] < 'A' || out[8] > 'D'))
		return refuse(out);
	return true;
}

bool clean_upn(char out[UPN_SIZE], struct text in)
{
	static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ"; /* no I, O, S */
	if (clean_squeeze(out, UPN_SIZE, in) != 13 || !all_digits(out + 1, 11))
		return refuse(out);
	const char *last = is_digit(out[12]) ? NULL : strchr(letters, out[12]);
	if (!is_digit(out[12]) && !last)
		return refuse(out);
	int sum = 13 * (last ? (int)(last - letters) : out[12] - '0');
	for (int i = 1; i < 12; i++)
		sum += (out[i] - '0') * (i + 1);
	return out[0] == letters[sum % 23] ? true : refuse(out);
}

bool clean_uprn(char out[UPRN_SIZE], struct text in)
{
	in = text_trim(in);
	if (text_ends_with(in, TEXT(".0")))
		in.len -= 2;
	while (in.len > 1 && in.at[0] == '0')
		in.at++, in.len--;
	if (in.len == 0 || in.len >= UPRN_SIZE || !all_digits(in.at, in.len) || in.at[0] == '0')
		return refuse(out);
	memcpy(out, in.at, in.len);
	out[in.len] = '\0';
	return true;
}

/* "01234567890" and the like: every digit one more than the one before, over the whole. */
static bool is_run(const char *digits, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		if ((digits[i] - '0') != (digits[i - 1] - '0' + 1) % 10)
			return false;
	}
	return true;
}

/* Digits of IN up to an extension; "(0)" behind a country code is left out. */
static size_t phone_digits(char *digits, size_t cap, struct text in, bool *international)
{
	size_t len = 0;
	*international = false;
	for (size_t i = 0; i < in.len; i++) {
		char c = in.at[i];
		if (c == '+' && len == 0)
			*international = true;
		else if ((c | 0x20) == 'x' || (c | 0x20) == 'e' || c == '#' || c == '/')
			break;
		else if (c == '(' && len > 0 && i + 2 < in.len && in.at[i + 1] == '0' && in.at[i + 2] == ')')
			i += 2;
		else if (is_digit(c)) {
			if (len + 1 >= cap)
				return 0;
			digits[len++] = c;
		}
	}
	return len;
}

bool clean_phone(char out[PHONE_SIZE], struct text in)
{
	char digits[24];
	bool international;
	size_t len = phone_digits(digits, sizeof digits, in, &international);
	const char *at = digits;
	if (len > 2 && at[0] == '0' && at[1] == '0')
		at += 2, len -= 2, international = true;
	if (len >= 11 && len <= 13 && at[0] == '4' && at[1] == '4' && (international || len == 12))
		at += 2, len -= 2, international = false;
	if (international) {
		if (len < 8 || len > 15 || at[0] == '0' || all_same(at + 2, len - 2))
			return refuse(out);
		out[0] = '+';
		memcpy(out + 1, at, len);
		out[len + 1] = '\0';
		return true;
	}
	if (is_run(at, len))
		return refuse(out);
	if (len > 1 && at[0] == '0')
		at++, len--;
	if ((len != 9 && len != 10) || at[0] == '0' || at[0] == '4' || at[0] == '6' || is_run(at, len) ||
	    all_same(at + 1, len - 1))
		return refuse(out);
	memcpy(out, "+44", 3);
	memcpy(out + 3, at, len);
	out[len + 3] = '\0';
	return true;
}

static bool is_nobodys_mailbox(struct text local)
{
	static const char *const names[] = {"none",     "noemail",    "no.email", "no-email", "na",
					    "n.a",      "unknown",    "test",     "nobody",   "noreply",
					    "no-reply", "donotreply", "xxx",      "x",        "null"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (text_is(local, names[i]))
			return true;
	}
	return false;
}

/* Gmail ignores dots and what follows a plus. */
static size_t canonical_local(char *local, size_t len)
{
	size_t kept = 0;
	for (size_t i = 0; i < len && local[i] != '+'; i++) {
		if (local[i] != '.')
			local[kept++] = local[i];
	}
	return kept;
}

static bool domain_is_possible(struct text domain)
{
	size_t dot = text_find_char(domain, '.');
	if (dot == 0 || dot + 2 >= domain.len || domain.at[domain.len - 1] == '.')
		return false;
	for (size_t i = 0; i < domain.len; i++) {
		char c = domain.at[i];
		if (!((c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || (c == '.' && domain.at[i - 1] != '.')))
			return false;
	}
	return true;
}

bool clean_email(char out[EMAIL_SIZE], struct text in)
{
	in = text_trim(in);
	if (in.len > 7 && text_equal_ignoring_case(text_slice(in.at, 7), TEXT("mailto:")))
		in = text_slice(in.at + 7, in.len - 7);
	if (in.len > 2 && in.at[0] == '<' && in.at[in.len - 1] == '>')
		in = text_slice(in.at + 1, in.len - 2);
	if (in.len < 6 || in.len >= EMAIL_SIZE - 8)
		return refuse(out);
	for (size_t i = 0; i < in.len; i++) {
		unsigned char c = (unsigned char)in.at[i];
		if (c <= ' ' || c == ',' || c == ';' || c == '<' || c == '>' || c == '"')
			return refuse(out);
		out[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : (char)c;
	}
	size_t at = text_find_char(text_slice(out, in.len), '@');
	struct text domain = at < in.len ? text_slice(out + at + 1, in.len - at - 1) : TEXT_ABSENT;
	if (at == 0 || at == in.len || !domain_is_possible(domain) || is_nobodys_mailbox(text_slice(out, at)))
		return refuse(out);
	if (text_is(domain, "gmail.com") || text_is(domain, "googlemail.com")) {
		size_t len = canonical_local(out, at);
		if (len == 0)
			return refuse(out);
		memcpy(out + len, "@gmail.com", sizeof "@gmail.com");
		return true;
	}
	out[in.len] = '\0';
	return true;
}

enum sex clean_sex(struct text in)
{
	static const struct {
		const char *word;
		enum sex sex;
	} words[] = {
		{"m", SEX_MALE},           {"male", SEX_MALE}, {"1", SEX_MALE},
		{"man", SEX_MALE},         {"boy", SEX_MALE},  {"f", SEX_FEMALE},
		{"female", SEX_FEMALE},    {"2", SEX_FEMALE},  {"woman", SEX_FEMALE},
		{"girl", SEX_FEMALE},      {"w", SEX_FEMALE},  {"x", SEX_OTHER},
		{"other", SEX_OTHER},      {"i", SEX_OTHER},   {"indeterminate", SEX_OTHER},
		{"non binary", SEX_OTHER}, {"3", SEX_OTHER},
	};
	char folded[24];
	struct text t = text_slice(folded, clean_fold(folded, sizeof folded, in));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (text_is(t, words[i].word))
			return words[i].sex;
	}
	return SEX_UNKNOWN;
}
