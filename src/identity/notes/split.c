/* Sentences of a note: lines that belong together are joined, headings, bullets and form labels begin anew, and a point
 * ends a sentence unless it belongs to an abbreviation, an initial, a number, a date or an address of the web. */
#include "notes/reader_int.h"

#include "base/memory.h"

enum { HEADING_LONGEST = 60, HEADING_WORDS = 8, WRAPPED_LINE = 60, ABBREVIATION_LONGEST = 8, ANSWER_REACH = 60 };

struct splitter {
	struct sentences *out;
	struct text text;
	uint32_t heading, heading_end; /* of lines that follow a heading */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' || c == '\v' || c == '\f';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* ---- what stands behind a question mark ------------------------------------------------------------- */

static const struct {
	const char *word;
	enum answer answer;
} answers[] = {
	{"no", ANSWER_NO},          {"none", ANSWER_NO},     {"nil", ANSWER_NO},          {"n", ANSWER_NO},
	{"nope", ANSWER_NO},        {"never", ANSWER_NO},    {"denied", ANSWER_NO},       {"denies", ANSWER_NO},
	{"nothing", ANSWER_NO},     {"neither", ANSWER_NO},  {"na", ANSWER_NO},           {"yes", ANSWER_YES},
	{"y", ANSWER_YES},          {"yeah", ANSWER_YES},    {"confirmed", ANSWER_YES},   {"unknown", ANSWER_UNKNOWN},
	{"unsure", ANSWER_UNKNOWN}, {"tbc", ANSWER_UNKNOWN}, {"unclear", ANSWER_UNKNOWN},
};

static enum answer answer_at(struct text text, size_t at)
{
	struct token token;
	char word[WORD_LONGEST];
	size_t len, end = text.len - at < ANSWER_REACH ? text.len : at + ANSWER_REACH;
	struct text part = text_slice(text.at, end);
	while (token_next(part, &at, &token, word, &len)) {
		if (token.punctuation)
			continue;
		for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
			if (!text_is(text_slice(word, len), answers[i].word))
				continue;
			/* "n/a" is no answer about the matter, and neither is "Y / N", which waits to be struck out */
			if (len == 1 && at < end && text.at[at] == '/')
				return at + 1 < end && (text.at[at + 1] | 32) == 'a' ? ANSWER_NO : ANSWER_UNKNOWN;
			return answers[i].answer;
		}
		return ANSWER_NONE;
	}
	return ANSWER_NONE;
}

/* ---- adding ------------------------------------------------------------------------------------------ */

static void add(struct splitter *s, size_t start, size_t end, uint32_t heading, uint32_t heading_end)
{
	while (start < end && is_space(s->text.at[start]))
		start++;
	while (end > start && is_space(s->text.at[end - 1]))
		end--;
	while (start < end) {
		size_t stop = end;
		if (end - start > SENTENCE_BYTES) {
			stop = start + SENTENCE_BYTES;
			while (stop > start + SENTENCE_BYTES / 2 && !is_space(s->text.at[stop - 1]))
				stop--;
		}
		ARRAY_GROW(s->out->at, s->out->count, s->out->capacity);
		struct sentence *sentence = &s->out->at[s->out->count++];
		*sentence = (struct sentence){.start = (uint32_t)start,
					      .end = (uint32_t)stop,
					      .heading = heading,
					      .heading_end = heading_end,
					      .question = s->text.at[stop - 1] == '?'};
		if (sentence->question)
			sentence->answer = answer_at(s->text, stop);
		start = stop;
	}
}

/* ---- ends of sentences ------------------------------------------------------------------------------- */

/* Before a name, a number, or anything: what may follow an abbreviation without a new sentence. */
enum follows { BEFORE_NAMES, BEFORE_NUMBERS, BEFORE_SMALL_LETTERS };

static const struct {
	const char *word;
	enum follows follows;
} abbreviations[] = {
	{"dr", BEFORE_NAMES},           {"mr", BEFORE_NAMES},           {"mrs", BEFORE_NAMES},
	{"ms", BEFORE_NAMES},           {"st", BEFORE_NAMES},           {"prof", BEFORE_NAMES},
	{"rev", BEFORE_NAMES},          {"sgt", BEFORE_NAMES},          {"pc", BEFORE_NAMES},
	{"e.g", BEFORE_NAMES},          {"eg", BEFORE_NAMES},           {"i.e", BEFORE_NAMES},
	{"ie", BEFORE_NAMES},           {"vs", BEFORE_NAMES},           {"re", BEFORE_NAMES},
	{"cf", BEFORE_NAMES},           {"no", BEFORE_NUMBERS},         {"nos", BEFORE_NUMBERS},
	{"tel", BEFORE_NUMBERS},        {"ext", BEFORE_NUMBERS},        {"ref", BEFORE_NUMBERS},
	{"p", BEFORE_NUMBERS},          {"pp", BEFORE_NUMBERS},         {"mon", BEFORE_NUMBERS},
	{"tue", BEFORE_NUMBERS},        {"tues", BEFORE_NUMBERS},       {"wed", BEFORE_NUMBERS},
	{"thu", BEFORE_NUMBERS},        {"thur", BEFORE_NUMBERS},       {"thurs", BEFORE_NUMBERS},
	{"fri", BEFORE_NUMBERS},        {"sat", BEFORE_NUMBERS},        {"sun", BEFORE_NUMBERS},
	{"jan", BEFORE_NUMBERS},        {"feb", BEFORE_NUMBERS},        {"mar", BEFORE_NUMBERS},
	{"apr", BEFORE_NUMBERS},        {"jun", BEFORE_NUMBERS},        {"jul", BEFORE_NUMBERS},
	{"aug", BEFORE_NUMBERS},        {"sep", BEFORE_NUMBERS},        {"sept", BEFORE_NUMBERS},
	{"oct", BEFORE_NUMBERS},        {"nov", BEFORE_NUMBERS},        {"dec", BEFORE_NUMBERS},
	{"etc", BEFORE_SMALL_LETTERS},  {"approx", BEFORE_NUMBERS},     {"appt", BEFORE_SMALL_LETTERS},
	{"dept", BEFORE_SMALL_LETTERS}, {"inc", BEFORE_SMALL_LETTERS},  {"hx", BEFORE_SMALL_LETTERS},
	{"rd", BEFORE_SMALL_LETTERS},   {"ave", BEFORE_SMALL_LETTERS},  {"wk", BEFORE_SMALL_LETTERS},
	{"wks", BEFORE_SMALL_LETTERS},  {"yr", BEFORE_SMALL_LETTERS},   {"yrs", BEFORE_SMALL_LETTERS},
	{"mth", BEFORE_SMALL_LETTERS},  {"mths", BEFORE_SMALL_LETTERS}, {"hr", BEFORE_SMALL_LETTERS},
	{"hrs", BEFORE_SMALL_LETTERS},  {"min", BEFORE_SMALL_LETTERS},  {"mins", BEFORE_SMALL_LETTERS},
	{"pt", BEFORE_SMALL_LETTERS},   {"dob", BEFORE_SMALL_LETTERS},  {"p.m", BEFORE_SMALL_LETTERS},
	{"a.m", BEFORE_SMALL_LETTERS},
};

/* Whether the point at POINT belongs to the word before it; NEXT is what follows behind white space. */
static bool is_abbreviation(struct text text, size_t start, size_t point, char next)
{
	size_t from = point;
	while (from > start && point - from <= ABBREVIATION_LONGEST && !is_space(text.at[from - 1]) &&
	       text.at[from - 1] != '(' && text.at[from - 1] != '/')
		from--;
	size_t len = point - from;
	if (len == 0 || len > ABBREVIATION_LONGEST)
		return false;
	if (len == 1 && is_upper(text.at[from]))
		return true; /* an initial */
	struct text word = text_slice(text.at + from, len);
	for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++) {
		if (!text_equal_ignoring_case(word, text_of(abbreviations[i].word)))
			continue;
		enum follows follows = abbreviations[i].follows;
		return follows == BEFORE_NAMES || is_digit(next) ||
		       (follows == BEFORE_SMALL_LETTERS && !is_upper(next));
	}
	return false;
}

static bool ends_here(struct text text, size_t start, size_t at, size_t behind, size_t end)
{
	char mark = text.at[at], next = behind < end ? text.at[behind] : ' ';
	if (behind >= end)
		return true;
	if (!is_space(next)) {
		if (mark == '?' && (next == ';' || next == ','))
			return true;
		if (next == '"' || next == ')' || next == '\'')
			return mark != '.' || behind + 1 >= end || is_space(text.at[behind + 1]);
		/* "at home.Mum said": two sentences; "www.x.org", "3.5", "12.04.2024", "e.g.this": one */
		return mark == '.' && is_upper(next) && at > start + 2 && text.at[at - 1] >= 'a' &&
		       text.at[at - 1] <= 'z' && text.at[at - 2] >= 'a' && text.at[at - 2] <= 'z' && behind + 1 < end &&
		       text.at[behind + 1] >= 'a' && text.at[behind + 1] <= 'z';
	}
	size_t follows = behind;
	while (follows < end && is_space(text.at[follows]))
		follows++;
	if (mark == '?') /* " ? depression" asks, it does not end */
		return at == start || !is_space(text.at[at - 1]);
	if (mark == '.' && follows < end && is_abbreviation(text, start, at, text.at[follows]))
		return false;
	/* "1. Housing": a list's number */
	if (mark == '.' && at > start && is_digit(text.at[at - 1]) && at - start <= 2)
		return false;
	return true;
}

/* A '?' that begins a word, as in "?depression". */
static bool asks_ahead(struct text text, size_t start, size_t at, size_t end)
{
	return text.at[at] == '?' && at + 1 < end && is_letter(text.at[at + 1]) &&
	       (at == start || is_space(text.at[at - 1]) || text.at[at - 1] == '(' || text.at[at - 1] == '/');
}

/* "Housing and money:" at the beginning; where the colon stands, else 0. */
static size_t label_colon(struct text text, size_t start, size_t end)
{
	size_t words = 0, stop = end - start > HEADING_LONGEST ? start + HEADING_LONGEST : end;
	for (size_t i = start; i < stop; i++) {
		char c = text.at[i];
		if (c == ':')
			return i > start && !(i + 1 < end && is_digit(text.at[i - 1]) && is_digit(text.at[i + 1])) ? i
														   : 0;
		if (c == '.' || c == '?' || c == ';' || c == ',' || c == '!' || c == '\n')
			return 0;
		words += is_space(c) && i > start && !is_space(text.at[i - 1]);
		if (words > HEADING_WORDS)
			return 0;
	}
	return 0;
}

/* "     FINDINGS: ..." and "DV: no   Drugs: no" in one line: a label behind three spaces or a tab; where its colon
 * stands, else 0. */
static size_t inline_label(struct text text, size_t start, size_t at, size_t end)
{
	if (at < start + 3 || is_space(text.at[at]) || !is_space(text.at[at - 1]))
		return 0;
	bool apart = text.at[at - 1] == '\t' || (is_space(text.at[at - 2]) && is_space(text.at[at - 3]));
	return apart && is_upper(text.at[at]) ? label_colon(text, at, end) : 0;
}

/* " 2) " within a line. */
static bool is_inline_number(struct text text, size_t start, size_t at, size_t end)
{
	return at > start && at + 2 < end && is_digit(text.at[at]) && is_space(text.at[at - 1]) &&
	       text.at[at + 1] == ')' && is_space(text.at[at + 2]);
}

static void split_block(struct splitter *s, size_t start, size_t end, uint32_t heading, uint32_t heading_end)
{
	size_t from = start;
	for (size_t i = start; i < end; i++) {
		char c = s->text.at[i];
		size_t colon = i > start && is_space(s->text.at[i - 1]) ? inline_label(s->text, start, i, end) : 0;
		if (colon || is_inline_number(s->text, start, i, end)) {
			add(s, from, i, heading, heading_end);
			from = i;
			heading = colon ? (uint32_t)i : heading;
			heading_end = colon ? (uint32_t)colon : heading_end;
			continue;
		}
		if ((c != '.' && c != '?' && c != '!') || asks_ahead(s->text, from, i, end))
			continue;
		size_t behind = i + 1;
		while (behind < end &&
		       (s->text.at[behind] == '.' || s->text.at[behind] == '?' || s->text.at[behind] == '!'))
			behind++;
		if (ends_here(s->text, from, i, behind, end)) {
			while (behind < end &&
			       (s->text.at[behind] == '"' || s->text.at[behind] == ')' || s->text.at[behind] == '\''))
				behind++;
			add(s, from, behind, heading, heading_end);
			from = behind;
		}
		i = behind - 1;
	}
	add(s, from, end, heading, heading_end);
}

/* ---- lines ------------------------------------------------------------------------------------------- */

struct line {
	size_t start, end; /* without white space around */
	size_t content;    /* behind a bullet or number */
	size_t colon;      /* of a label "Housing:", else 0 */
	bool bullet, heading, blank;
};

static size_t bullet_len(struct text text, size_t at, size_t end)
{
	char c = text.at[at];
	size_t len;
	if ((c == '-' || c == '*' || c == '>' || c == '~' || c == '#') && at + 1 < end)
		return is_space(text.at[at + 1]) || c == '>' ? 1 : 0;
	if ((unsigned char)c == 0xe2 && byte_kind_at(text, at, &len) == BYTE_MARK && at + len < end)
		return len;
	size_t digits = at;
	while (digits < end && digits < at + 2 && is_digit(text.at[digits]))
		digits++;
	if (digits > at && digits + 1 < end && (text.at[digits] == '.' || text.at[digits] == ')') &&
	    is_space(text.at[digits + 1]))
		return digits + 1 - at;
	if (is_letter(c) && at + 2 < end && text.at[at + 1] == ')' && is_space(text.at[at + 2]))
		return 2;
	return 0;
}

/* A short line in capitals and without a point: FAMILY HISTORY. */
static bool is_capital_line(struct text text, size_t start, size_t end)
{
	size_t letters = 0;
	if (end - start > HEADING_LONGEST)
		return false;
	for (size_t i = start; i < end; i++) {
		char c = text.at[i];
		if (c >= 'a' && c <= 'z')
			return false;
		if (c == '.' || c == '?' || c == ',')
			return false;
		letters += is_upper(c);
	}
	return letters > 3;
}

static size_t read_line(struct text text, size_t at, struct line *line)
{
	const char *found = at < text.len ? memchr(text.at + at, '\n', text.len - at) : NULL;
	size_t end = found ? (size_t)(found - text.at) : text.len, next = found ? end + 1 : text.len;
	while (at < end && is_space(text.at[at]))
		at++;
	while (end > at && is_space(text.at[end - 1]))
		end--;
	*line = (struct line){.start = at, .end = end, .content = at, .blank = at == end};
	if (line->blank)
		return next;
	for (size_t len; line->content < end && (len = bullet_len(text, line->content, end)) > 0; line->bullet = true) {
		line->content += len;
		while (line->content < end && is_space(text.at[line->content]))
			line->content++;
	}
	line->colon = label_colon(text, line->content, end);
	line->heading = (line->colon && line->colon + 1 == end) || is_capital_line(text, line->content, end);
	return next;
}

static bool begins_anew(struct text text, const struct line *before, const struct line *line)
{
	if (before->blank || line->blank || line->bullet || line->heading || before->heading || line->colon)
		return true;
	char last = text.at[before->end - 1], first = text.at[line->start];
	if (last == '.' || last == '?' || last == '!' || last == ':' || last == ';')
		return true;
	return before->end - before->start < WRAPPED_LINE && (is_upper(first) || is_digit(first));
}

/* Lines [first, end) that belong together. */
static void end_block(struct splitter *s, const struct line *first, size_t end)
{
	if (first->blank || end <= first->content)
		return;
	if (first->heading) {
		s->heading = (uint32_t)first->content;
		s->heading_end = (uint32_t)(first->colon ? first->colon : end);
		add(s, first->content, end, s->heading, s->heading_end);
		return;
	}
	if (first->colon)
		split_block(s, first->content, end, (uint32_t)first->content, (uint32_t)first->colon);
	else
		split_block(s, first->content, end, s->heading, s->heading_end);
	if (first->colon && !first->bullet) /* "Housing: ..." ends what stood under a heading */
		s->heading = s->heading_end = 0;
}

void sentences_of(struct sentences *out, struct text text)
{
	struct splitter s = {.out = out, .text = text};
	struct line first = {.blank = true}, before = {.blank = true}, line;
	out->count = 0;
	for (size_t at = 0; at < text.len;) {
		at = read_line(text, at, &line);
		if (begins_anew(text, &before, &line)) {
			end_block(&s, &first, before.end);
			first = line;
		}
		before = line;
	}
	end_block(&s, &first, before.end);
}
