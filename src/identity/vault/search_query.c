/* Takes a query apart: dates of birth, postcode, identifiers, and words that may be of a name or an
 * address.  A part may be read in more than one way; all readings are looked for. */
#include "vault/search_int.h"

#include "clean/fold.h"
#include "clean/identifiers.h"
#include "clean/postcode.h"

enum { PARTS_MAX = 24 };

struct part { /* of the query between blanks, folded; with its raw text */
	char word[SEARCH_WORD_MAX + 1];
	struct text raw;
	bool used;
};

static bool all_digits(const char *word)
{
	if (!*word)
		return false;
	for (; *word; word++) {
		if (*word < '0' || *word > '9')
			return false;
	}
	return true;
}

static bool has_digit(const char *word)
{
	for (; *word; word++) {
		if (*word >= '0' && *word <= '9')
			return true;
	}
	return false;
}

static int number_of(const char *digits)
{
	int64_t value = -1;
	return text_parse_int64(text_of(digits), &value) && value <= 99999999 ? (int)value : -1;
}

/* ---- dates of birth ------------------------------------------------------------------------------- */

static int month_of(const char *word)
{
	static const char *const months[][3] = {
		{"jan", "january"},
		{"feb", "february"},
		{"mar", "march"},
		{"apr", "april"},
		{"may"},
		{"jun", "june"},
		{"jul", "july"},
		{"aug", "august"},
		{"sep", "september", "sept"},
		{"oct", "october"},
		{"nov", "november"},
		{"dec", "december"},
	};
	struct text written = text_of(word);
	for (int i = 0; i < 12; i++) {
		for (int form = 0; form < 3 && months[i][form]; form++) {
			if (text_is(written, months[i][form]))
				return i + 1;
		}
	}
	return 0;
}

/* "85" is 1985, "09" is 2009: nobody is born later than this year. */
static int year_of(const char *word)
{
	size_t len = strlen(word);
	int year = all_digits(word) ? number_of(word) : -1, now = date_ymd(date_today()).year;
	if (len == 4 && year >= 1880 && year <= now)
		return year;
	if (len == 2 && year >= 0)
		return year + 2000 <= now ? year + 2000 : year + 1900;
	return -1;
}

static int day_of(const char *word)
{
	char digits[8];
	size_t len = strlen(word);
	if (len >= 3 && len <= 4 && strchr("snrt", word[len - 2])) /* 1st, 2nd, 3rd, 4th */
		len -= 2;
	if (len == 0 || len > 2)
		return -1;
	snprintf(digits, sizeof digits, "%.*s", (int)len, word);
	int day = all_digits(digits) ? number_of(digits) : -1;
	return day >= 1 && day <= 31 ? day : -1;
}

static bool add_birth(struct search_query *out, int year, int month, int day)
{
	date d = year > 0 && month > 0 && day > 0 ? date_of(year, month, day) : DATE_UNKNOWN;
	if (d == DATE_UNKNOWN || out->birth_count == 2)
		return false;
	out->births[out->birth_count++] = d;
	return true;
}

static int month_or_number(const char *word)
{
	int month = month_of(word);
	if (month || !all_digits(word) || strlen(word) > 2)
		return month;
	month = number_of(word);
	return month <= 12 ? month : 0;
}

/* Three parts in a row: day month year (also with the month in letters first), or year month day. */
static bool read_three(struct search_query *out, struct part *p)
{
	bool found = add_birth(out, year_of(p[2].word), month_or_number(p[1].word), day_of(p[0].word));
	if (!found && month_of(p[0].word))
		found = add_birth(out, year_of(p[2].word), month_of(p[0].word), day_of(p[1].word));
	if (!found && strlen(p[0].word) == 4)
		found = add_birth(out, year_of(p[0].word), month_or_number(p[1].word), day_of(p[2].word));
	for (int i = 0; i < 3 && found; i++)
		p[i].used = true;
	return found;
}

/* Eight digits: DDMMYYYY or YYYYMMDD; or 12mar1985. */
static bool read_one(struct search_query *out, struct part *p)
{
	char day[3], month[4], year[5];
	size_t len = strlen(p->word);
	if (len == 8 && all_digits(p->word)) {
		snprintf(day, sizeof day, "%.2s", p->word);
		snprintf(month, sizeof month, "%.2s", p->word + 2);
		snprintf(year, sizeof year, "%.4s", p->word + 4);
		if (add_birth(out, year_of(year), number_of(month), number_of(day)))
			return true; /* may be an identifier as well: not marked used */
		snprintf(year, sizeof year, "%.4s", p->word);
		snprintf(month, sizeof month, "%.2s", p->word + 4);
		snprintf(day, sizeof day, "%.2s", p->word + 6);
		return add_birth(out, year_of(year), number_of(month), number_of(day));
	}
	if (len == 9 && strspn(p->word, "0123456789") == 2) {
		snprintf(day, sizeof day, "%.2s", p->word);
		snprintf(month, sizeof month, "%.3s", p->word + 2);
		return p->used = add_birth(out, year_of(p->word + 5), month_of(month), number_of(day));
	}
	return false;
}

static void read_births(struct search_query *out, struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i + 3 <= count && !parts[i].used && !parts[i + 1].used && !parts[i + 2].used &&
		    read_three(out, &parts[i]))
			i += 2;
		else if (!parts[i].used)
			read_one(out, &parts[i]);
	}
}

/* ---- postcodes and identifiers --------------------------------------------------------------------- */

static bool take_postcode(struct search_query *out, const char *text)
{
	struct postcode postcode;
	if (!has_digit(text) || !clean_postcode(&postcode, text_of(text)) || postcode.part == POSTCODE_NONE)
		return false;
	const char *known = postcode.part == POSTCODE_UNIT     ? postcode.unit
			    : postcode.part == POSTCODE_SECTOR ? postcode.sector
							       : postcode.district;
	clean_squeeze(out->postcode, sizeof out->postcode, text_of(known));
	return true;
}

static void read_postcode(struct search_query *out, struct part *parts, size_t count)
{
	for (size_t i = 0; i < count && !*out->postcode; i++) {
		char both[2 * SEARCH_WORD_MAX + 2];
		if (parts[i].used || all_digits(parts[i].word))
			continue;
		if (i + 1 < count && !parts[i + 1].used) {
			snprintf(both, sizeof both, "%s %s", parts[i].word, parts[i + 1].word);
			if (has_digit(parts[i].word) && has_digit(parts[i + 1].word) && take_postcode(out, both)) {
				parts[i].used = parts[i + 1].used = true;
				return;
			}
		}
		if (take_postcode(out, parts[i].word))
			parts[i].used = true;
	}
}

static void add_form(struct search_query *out, const char *text)
{
	char form[SEARCH_WORD_MAX + 1];
	if (out->identifier_count == sizeof out->identifiers / sizeof *out->identifiers ||
	    !search_identifier_form(form, sizeof form, text_of(text)))
		return;
	for (size_t i = 0; i < out->identifier_count; i++) {
		if (strcmp(out->identifiers[i], form) == 0)
			return;
	}
	memcpy(out->identifiers[out->identifier_count++], form, sizeof form);
}

/* As written, and, when it may be a telephone number, in the one form of those. */
static void add_identifier(struct search_query *out, const char *text)
{
	char phone[PHONE_SIZE];
	add_form(out, text);
	if (strlen(text) >= 10 && clean_phone(phone, text_of(text)))
		add_form(out, phone);
}

/* Every run of up to five parts: "943 476 5919", "QQ 12 34 56 C", "T-0001". */
static void read_identifiers(struct search_query *out, const struct part *parts, size_t count)
{
	for (size_t first = 0; first < count; first++) {
		char run[5 * (SEARCH_WORD_MAX + 1)] = "";
		size_t len = 0;
		for (size_t i = first; i < count && i < first + 5; i++) {
			len += (size_t)snprintf(run + len, sizeof run - len, "%s", parts[i].word);
			add_identifier(out, run);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (text_find_char(parts[i].raw, '@') < parts[i].raw.len) { /* an e-mail address needs no digit */
			char form[SEARCH_WORD_MAX + 1];
			size_t len = clean_squeeze(form, sizeof form, parts[i].raw);
			if (len < sizeof form &&
			    out->identifier_count < sizeof out->identifiers / sizeof *out->identifiers)
				memcpy(out->identifiers[out->identifier_count++], form, sizeof form);
		}
	}
}

/* ---- words ----------------------------------------------------------------------------------------- */

static bool means_nothing(const char *word)
{
	static const char *const words[] = {"mr", "mrs",    "ms",  "miss", "dr",    "road",  "street", "rd",
					    "st", "avenue", "ave", "lane", "close", "drive", "flat",   "the",
					    "of", "born",   "dob", "at",   "in",    "and"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

static void read_words(struct search_query *out, const struct part *parts, size_t count)
{
	for (size_t i = 0; i < count && out->term_count < SEARCH_TERMS_MAX; i++) {
		struct search_term term = {.number = parts[i].word[0] >= '0' && parts[i].word[0] <= '9'};
		if (parts[i].used || (!term.number && (means_nothing(parts[i].word) || !parts[i].word[1])))
			continue;
		memcpy(term.word, parts[i].word, sizeof term.word);
		if (term.number && i + 1 < count && !parts[i + 1].used)
			snprintf(term.house, sizeof term.house, "%s %s", parts[i].word, parts[i + 1].word);
		out->terms[out->term_count++] = term;
	}
}

static bool is_raw_separator(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == '/' || c == '.' || c == ';' || c == '\n' || c == '\r';
}

/* An e-mail address stays whole; anything else parts at blanks, commas, slashes and points. */
static size_t split_raw(struct text query, struct text *out)
{
	size_t count = 0, at = 0;
	while (at < query.len && count < PARTS_MAX) {
		size_t start = at;
		while (at < query.len && (query.at[at] != ' ' && query.at[at] != ','))
			at++;
		struct text chunk = text_slice(query.at + start, at - start);
		if (text_find_char(chunk, '@') < chunk.len) {
			out[count++] = chunk;
		} else {
			for (size_t i = 0, from = 0; i <= chunk.len && count < PARTS_MAX; i++) {
				if (i < chunk.len && !is_raw_separator(chunk.at[i]))
					continue;
				if (i > from)
					out[count++] = text_slice(chunk.at + from, i - from);
				from = i + 1;
			}
		}
		at++;
	}
	return count;
}

/* Folding may part a word once more ("12-03-1985", "o brien"). */
static size_t split_parts(struct text query, struct part *parts)
{
	struct text raw[PARTS_MAX];
	size_t raw_count = split_raw(query, raw), count = 0;
	for (size_t i = 0; i < raw_count; i++) {
		char folded[4 * SEARCH_WORD_MAX];
		struct text rest = text_slice(folded, clean_fold(folded, sizeof folded, raw[i])), word;
		while (count < PARTS_MAX && text_split(&rest, ' ', &word)) {
			if (word.len == 0)
				continue;
			struct part *part = &parts[count++];
			*part = (struct part){.raw = raw[i]};
			snprintf(part->word, sizeof part->word, "%.*s", TEXT_ARG(word));
		}
	}
	return count;
}

void search_query_parse(struct search_query *out, struct text query)
{
	struct part parts[PARTS_MAX];
	*out = (struct search_query){0};
	size_t count = split_parts(query, parts);
	read_births(out, parts, count);
	read_identifiers(out, parts, count);
	read_postcode(out, parts, count);
	read_words(out, parts, count);
	explicit_bzero(parts, sizeof parts);
}
