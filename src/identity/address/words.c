/* Cutting an address into words. */
#include "address/words.h"
#include "clean/fold.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static struct address_word *add_word(struct address_words *out, struct text word, bool comma)
{
	if (word.len == 0 || out->count == ADDRESS_WORDS || out->used + word.len > sizeof out->text)
		return NULL;
	char *at = out->text + out->used;
	memcpy(at, word.at, word.len);
	out->used += word.len;
	struct address_word *added = &out->at[out->count++];
	*added = (struct address_word){.at = text_slice(at, word.len), .comma = comma};
	return added;
}

/* "21", "21a", "a" (a number 0) at the start of T; how many bytes of it, 0: none of these. */
static size_t read_number(struct address_number *out, struct text t)
{
	size_t i = 0;
	*out = (struct address_number){0};
	while (i < t.len && is_digit(t.at[i])) {
		if (out->number < 1000000)
			out->number = out->number * 10 + (uint32_t)(t.at[i] - '0');
		i++;
	}
	if (i < t.len && is_letter(t.at[i]) && (i + 1 == t.len || !is_letter(t.at[i + 1])))
		out->suffix = t.at[i++];
	return i;
}

/* 21, 21a, 20-23, 1/21, b/21; false when it is none of these through and through. */
static bool read_figures(struct address_word *word)
{
	struct text t = word->at;
	size_t n = read_number(&word->first, t);
	if (n == 0)
		return false;
	if (n == t.len)
		return is_digit(t.at[0]);
	char joint = t.at[n];
	if (joint != '/' && joint != '-')
		return false;
	size_t m = read_number(&word->second, text_slice(t.at + n + 1, t.len - n - 1));
	bool whole = m > 0 && n + 1 + m == t.len && (word->first.number || word->second.number || is_digit(t.at[0]));
	word->joint = whole ? joint : '\0';
	return whole;
}

/* "0021a" is 21a: the zeros in front say nothing, save for the last. */
static struct text without_zeros(struct text t)
{
	while (t.len > 1 && t.at[0] == '0' && is_digit(t.at[1]))
		t = text_slice(t.at + 1, t.len - 1);
	return t;
}

/* Edinburgh's "2f2": the second flat of the second floor. */
static bool is_floor_and_flat(struct text t)
{
	return t.len == 3 && is_digit(t.at[0]) && t.at[1] == 'f' && is_digit(t.at[2]) && t.at[0] <= '9';
}

static void add_floor_and_flat(struct address_words *out, struct text t, bool comma)
{
	static const char *const floors[] = {"ground", "first", "second",  "third",  "fourth",
					     "fifth",  "sixth", "seventh", "eighth", "ninth"};
	const char *floor = floors[t.at[0] - '0'];
	struct address_word *word = add_word(out, text_of(floor), comma);
	if (word) {
		word->traits = WORD_FLOOR;
		word->value = (uint8_t)(t.at[0] - '0' + 1);
	}
	word = add_word(out, TEXT("flat"), false);
	if (word)
		word->traits = WORD_FLAT;
	word = add_word(out, text_slice(t.at + 2, 1), false);
	if (word) {
		word->traits = WORD_NUMBER;
		word->first.number = (uint32_t)(t.at[2] - '0');
	}
}

static void add_known(struct address_words *out, const struct vocabulary_word *known, struct text word, bool comma)
{
	struct text rest = text_of(known->to ? known->to : known->from), part;
	bool several = known->to && strchr(known->to, ' ');
	while (text_split(&rest, ' ', &part)) {
		const struct vocabulary_word *one = several ? vocabulary_find(part) : known;
		struct address_word *added = add_word(out, known->to ? part : word, comma);
		if (added && one) {
			added->traits = one->traits;
			added->value = one->value;
		}
		comma = false;
	}
}

/* A letter or two of a flat's kind run together with its number: "flat3", "unit4b", "no21". */
static bool add_run_together(struct address_words *out, struct text word, bool comma)
{
	size_t letters = 0;
	while (letters < word.len && is_letter(word.at[letters]))
		letters++;
	if (letters < 2 || letters >= word.len || !is_digit(word.at[letters]))
		return false;
	struct text front = text_slice(word.at, letters),
		    rest = without_zeros(text_slice(word.at + letters, word.len - letters));
	const struct vocabulary_word *known = vocabulary_find(front);
	bool number = text_is(front, "no");
	struct address_word probe = {.at = rest};
	if ((!number && !(known && known->traits & (WORD_FLAT | WORD_ROOM))) || !read_figures(&probe))
		return false;
	if (!number)
		add_known(out, known, front, comma);
	struct address_word *added = add_word(out, rest, number && comma);
	if (added) {
		struct text at = added->at;
		*added = probe;
		added->at = at;
		added->traits = WORD_NUMBER;
	}
	return true;
}

static void add_plain(struct address_words *out, struct text word, bool comma)
{
	struct address_word *added = add_word(out, word, comma);
	if (!added)
		return;
	if (word.len > 7 && text_ends_with(word, TEXT("shire"))) { /* counties, also misspelt */
		added->traits = WORD_NOISE;
	} else if (word.len == 1 && is_letter(word.at[0])) {
		added->traits = WORD_LETTER;
		added->first.suffix = word.at[0];
	} else if (word.len <= 5 && is_letter(word.at[0]) && is_digit(word.at[word.len - 1])) {
		size_t digits = word.len > 1 && is_letter(word.at[1]) ? 2 : 1;
		bool code = digits < word.len;
		for (size_t i = digits; i < word.len; i++)
			code &= is_digit(word.at[i]);
		added->traits = code ? WORD_CODE : 0;
	}
}

/* One word, folded, with '/' and '-' between figures kept. */
static void take_word(struct address_words *out, struct text word, bool comma)
{
	struct address_word probe = {.at = without_zeros(word)};
	const struct vocabulary_word *known = vocabulary_find(word);
	if (known) {
		add_known(out, known, word, comma);
	} else if (is_floor_and_flat(word)) {
		add_floor_and_flat(out, word, comma);
	} else if (read_figures(&probe)) {
		struct address_word *added = add_word(out, probe.at, comma);
		if (added) {
			probe.at = added->at;
			probe.comma = comma;
			probe.traits = WORD_NUMBER;
			*added = probe;
		}
	} else if (!add_run_together(out, word, comma)) {
		add_plain(out, word, comma);
	}
}

/* "g/f" and what else a joint parts is two words. */
static void take_joined(struct address_words *out, struct text word, bool comma)
{
	struct address_word probe = {.at = without_zeros(word)};
	struct text rest = word, part;
	if (text_find_char(word, '/') == word.len && text_find_char(word, '-') == word.len) {
		take_word(out, word, comma);
		return;
	}
	if (read_figures(&probe)) {
		take_word(out, word, comma);
		return;
	}
	while (rest.len > 0) {
		size_t slash = text_find_char(rest, '/'), dash = text_find_char(rest, '-');
		size_t cut = slash < dash ? slash : dash;
		part = text_slice(rest.at, cut);
		rest = cut < rest.len ? text_slice(rest.at + cut + 1, rest.len - cut - 1) : TEXT_ABSENT;
		if (part.len)
			take_word(out, part, comma);
		comma = false;
	}
}

/* "21 a ash grove" is 21a; "144 and a half" is 144 with a suffix of its own. */
static void join_suffixes(struct address_words *w)
{
	size_t kept = 0;
	for (size_t i = 0; i < w->count; i++) {
		struct address_word *before = kept ? &w->at[kept - 1] : NULL;
		bool house = before && before->traits & WORD_NUMBER && !before->joint && !before->first.suffix;
		bool half = i + 2 < w->count && text_is(w->at[i].at, "and") && text_is(w->at[i + 1].at, "a") &&
			    text_is(w->at[i + 2].at, "half");
		if (house && half) {
			before->first.suffix = SUFFIX_HALF;
			i += 2;
		} else if (house && w->at[i].traits & WORD_LETTER && !w->at[i].comma && w->at[i].first.suffix <= 'k') {
			before->first.suffix = w->at[i].first.suffix;
		} else {
			w->at[kept++] = w->at[i];
		}
	}
	w->count = kept;
}

struct scan {
	char word[128];
	size_t len;
	bool comma, foreign;
};

static void end_word(struct address_words *out, struct scan *scan)
{
	char folded[128];
	struct text word = text_slice(scan->word, scan->len), part;
	if (scan->foreign)
		word = text_slice(folded, clean_fold(folded, sizeof folded, word));
	while (word.len > 0 && text_split(&word, ' ', &part)) {
		if (part.len)
			take_joined(out, part, scan->comma);
		scan->comma &= part.len == 0;
	}
	scan->len = 0;
	scan->foreign = false;
}

/* Whether the '/' or '-' at I has words on both sides, a figure or a single letter beside it. */
static bool is_joint(struct text t, size_t i)
{
	if (i == 0 || i + 1 >= t.len)
		return false;
	char a = t.at[i - 1] | 0x20, b = t.at[i + 1] | 0x20;
	return (is_digit(t.at[i - 1]) || is_digit(t.at[i + 1])) && (is_digit(t.at[i - 1]) || is_letter(a)) &&
	       (is_digit(t.at[i + 1]) || is_letter(b));
}

void address_words_read(struct address_words *out, struct text t)
{
	struct scan scan = {.len = 0};
	out->count = out->used = 0;
	for (size_t i = 0; i < t.len; i++) {
		char c = t.at[i], lower = c | 0x20;
		bool kept = is_digit(c) || is_letter(lower) || (unsigned char)c >= 0x80 ||
			    ((c == '/' || c == '-') && is_joint(t, i));
		if (kept && scan.len + 1 < sizeof scan.word) {
			scan.foreign |= (unsigned char)c >= 0x80;
			scan.word[scan.len++] = is_letter(lower) ? lower : c;
			continue;
		}
		if (c == '\'' || c == '`')
			continue;
		end_word(out, &scan);
		if (c == '&')
			take_word(out, TEXT("and"), scan.comma), scan.comma = false;
		scan.comma |= c == ',' || c == ';' || c == '\n' || c == '(' || c == ')' || c == '|' || c == ':';
	}
	end_word(out, &scan);
	join_suffixes(out);
}
