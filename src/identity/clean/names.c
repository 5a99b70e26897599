#include "clean/names.h"

#include "clean/fold.h"
#include "clean/phonetic.h"
#include "clean/similarity.h"

#include <stdio.h>

enum { WORDS = 16 };

struct words {
	struct text at[WORDS];
	size_t count;
};

static struct words words_of(struct text folded)
{
	struct words w = {.count = 0};
	struct text word;
	while (w.count < WORDS && text_split(&folded, ' ', &word)) {
		if (word.len > 0)
			w.at[w.count++] = word;
	}
	return w;
}

static void words_remove(struct words *w, size_t first, size_t count)
{
	for (size_t i = first; i + count < w->count; i++)
		w->at[i] = w->at[i + count];
	w->count -= count;
}

static const struct {
	const char *word;
	enum sex sex;
} titles[] = {
	{"mr", SEX_MALE},        {"mrs", SEX_FEMALE},        {"ms", SEX_FEMALE},    {"miss", SEX_FEMALE},
	{"master", SEX_MALE},    {"mstr", SEX_MALE},         {"mx", SEX_UNKNOWN},   {"dr", SEX_UNKNOWN},
	{"prof", SEX_UNKNOWN},   {"professor", SEX_UNKNOWN}, {"sir", SEX_MALE},     {"dame", SEX_FEMALE},
	{"rev", SEX_UNKNOWN},    {"revd", SEX_UNKNOWN},      {"cllr", SEX_UNKNOWN}, {"hajji", SEX_UNKNOWN},
	{"sheikh", SEX_UNKNOWN}, {"madam", SEX_FEMALE},      {"lady", SEX_FEMALE},  {"lord", SEX_MALE},
	{"fr", SEX_UNKNOWN},     {"doctor", SEX_UNKNOWN},    {"mister", SEX_MALE},
};

static bool title_of(struct text word, enum sex *sex)
{
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (text_is(word, titles[i].word)) {
			*sex = titles[i].sex;
			return true;
		}
	}
	return false;
}

static enum name_suffix suffix_of(struct text word)
{
	static const struct {
		const char *word;
		enum name_suffix suffix;
	} suffixes[] = {
		{"jr", NAME_JUNIOR},  {"jnr", NAME_JUNIOR},    {"junior", NAME_JUNIOR}, {"sr", NAME_SENIOR},
		{"snr", NAME_SENIOR}, {"senior", NAME_SENIOR}, {"ii", NAME_SECOND},     {"iii", NAME_THIRD},
	};
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		if (text_is(word, suffixes[i].word))
			return suffixes[i].suffix;
	}
	return NAME_NO_SUFFIX;
}

enum name_suffix clean_suffix(struct text in)
{
	char folded[16];
	return suffix_of(text_slice(folded, clean_fold(folded, sizeof folded, in)));
}

static bool is_post_nominal(struct text word)
{
	static const char *const marks[] = {"obe", "mbe", "cbe", "esq", "phd", "qc", "kc", "msc", "bsc"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (text_is(word, marks[i]))
			return true;
	}
	return false;
}

/* A title leads only when a name follows ("Lord" may be all there is). */
static void take_titles(struct person_name *out, struct words *w, bool name_elsewhere)
{
	enum sex sex;
	while (w->count > (name_elsewhere ? 0u : 1u) && title_of(w->at[0], &sex)) {
		if (sex != SEX_UNKNOWN)
			out->title_sex = sex;
		words_remove(w, 0, 1);
	}
}

static void take_suffixes(struct person_name *out, struct words *w)
{
	while (w->count > 1) {
		struct text last = w->at[w->count - 1];
		enum name_suffix suffix = suffix_of(last);
		if (suffix == NAME_NO_SUFFIX && !is_post_nominal(last))
			return;
		if (suffix != NAME_NO_SUFFIX)
			out->suffix = suffix;
		w->count--;
	}
}

static bool joins_next(struct text word)
{
	return text_is(word, "o") || text_is(word, "mc") || text_is(word, "mac") || text_is(word, "d");
}

static bool is_particle(struct text word)
{
	static const char *const particles[] = {"van", "von",   "de",   "der", "den", "del", "della", "da",
						"das", "dos",   "do",   "di",  "du",  "la",  "le",    "el",
						"al",  "bin",   "bint", "ibn", "abu", "ter", "ten",   "st",
						"san", "santa", "mc",   "mac", "o",   "ap",  "ul",    "ur"};
	for (size_t i = 0; i < sizeof particles / sizeof *particles; i++) {
		if (text_is(word, particles[i]))
			return true;
	}
	return false;
}

static void append(char out[NAME_SIZE], struct text word, bool space)
{
	size_t len = strlen(out);
	space = space && len > 0;
	if (len + space + word.len + 1 > NAME_SIZE)
		return;
	if (space)
		out[len++] = ' ';
	memcpy(out + len, word.at, word.len);
	out[len + word.len] = '\0';
}

static void put_family(struct person_name *out, const struct words *w, size_t first)
{
	bool joined = false;
	for (size_t i = first; i < w->count; i++) {
		append(out->family, w->at[i], !joined);
		joined = joins_next(w->at[i]) && i + 1 < w->count;
	}
}

static void put_given(struct person_name *out, const struct words *w, size_t end)
{
	for (size_t i = 0; i < end; i++)
		append(out->given[0] ? out->middle : out->given, w->at[i], true);
}

/* Folds a given name, its hyphens taken out first: "Anne-Marie" is one name. */
static struct text fold_given(char *out, size_t cap, struct text in)
{
	char joined[256];
	size_t len = 0;
	for (size_t i = 0; i < in.len && len + 1 < sizeof joined; i++) {
		if (in.at[i] != '-')
			joined[len++] = in.at[i];
	}
	struct text folded = text_slice(out, clean_fold(out, cap, text_slice(joined, len)));
	return clean_is_filler(folded) ? text_slice("", 0) : folded;
}

static struct text fold_part(char *out, size_t cap, struct text in)
{
	struct text folded = text_slice(out, clean_fold(out, cap, in));
	return clean_is_filler(folded) ? text_slice("", 0) : folded;
}

/* "SMITH John": how many words at either end are in capitals while others are not. A negative
 * count is at the end. */
static int capitals(struct text full)
{
	char state[WORDS]; /* 1: capitals */
	size_t count = 0;
	struct text word;
	bool some_lower = false;
	while (count < WORDS && text_split(&full, ' ', &word)) {
		bool lower = false, letters = false;
		for (size_t i = 0; i < word.len; i++) {
			unsigned char c = (unsigned char)word.at[i];
			lower |= c >= 'a' && c <= 'z';
			letters |= (c >= 'A' && c <= 'Z') || c >= 0x80;
		}
		if (!letters && !lower)
			continue;
		state[count++] = !lower && word.len > 2;
		some_lower |= lower;
	}
	size_t front = 0, back = 0;
	while (front < count && state[front])
		front++;
	while (back < count && state[count - 1 - back])
		back++;
	if (!some_lower || (front > 0 && back > 0))
		return 0;
	return front > 0 ? (int)front : -(int)back;
}

static void split_full(struct person_name *out, struct text full)
{
	char first_text[192], last_text[192];
	size_t comma = text_find_char(full, ',');
	if (comma < full.len) { /* "SURNAME, Given Middle": but "John Smith, Jr" is not */
		struct text behind =
			fold_given(last_text, sizeof last_text, text_slice(full.at + comma + 1, full.len - comma - 1));
		struct words given = words_of(behind);
		take_titles(out, &given, false);
		if (given.count > 0 && !(given.count == 1 && suffix_of(given.at[0]) != NAME_NO_SUFFIX)) {
			take_suffixes(out, &given);
			struct words family =
				words_of(fold_part(first_text, sizeof first_text, text_slice(full.at, comma)));
			take_titles(out, &family, false);
			take_suffixes(out, &family);
			put_family(out, &family, 0);
			put_given(out, &given, given.count);
			return;
		}
	}
	struct words w = words_of(fold_part(first_text, sizeof first_text, full));
	int caps = capitals(full);
	size_t before = w.count;
	take_titles(out, &w, false);
	if (caps > 0 && before == w.count && (size_t)caps < w.count) { /* "SMITH John": family first */
		struct words family = w, given = w;
		family.count = (size_t)caps;
		words_remove(&given, 0, (size_t)caps);
		put_family(out, &family, 0);
		put_given(out, &given, given.count);
		return;
	}
	take_suffixes(out, &w);
	if (w.count == 0)
		return;
	size_t family = w.count - 1;
	if (caps < 0 && (size_t)-caps < w.count)
		family = w.count - (size_t)-caps;
	else {
		/* a hyphenated family name was folded into two words: find it again by its hyphen */
		size_t hyphen = full.len;
		for (size_t i = full.len; i > 0 && full.at[i - 1] != ' '; i--) {
			if (full.at[i - 1] == '-')
				hyphen = i - 1;
		}
		for (size_t i = hyphen; i < full.len && family > 1; i++)
			family -= full.at[i] == '-';
		while (family > 1 && is_particle(w.at[family - 1]))
			family--;
	}
	put_family(out, &w, family);
	put_given(out, &w, family);
}

void clean_name(struct person_name *out, const struct name_columns *columns)
{
	char text[192], more[192];
	enum sex sex;
	memset(out, 0, sizeof *out);
	if (title_of(text_slice(text, clean_fold(text, sizeof text, columns->title)), &sex))
		out->title_sex = sex;
	if (columns->given.len == 0 && columns->family.len == 0) {
		split_full(out, columns->full);
		return;
	}
	struct words given = words_of(fold_given(text, sizeof text, columns->given));
	take_titles(out, &given, false);
	take_suffixes(out, &given);
	put_given(out, &given, given.count);
	struct words middle = words_of(fold_given(more, sizeof more, columns->middle));
	take_suffixes(out, &middle);
	for (size_t i = 0; i < middle.count; i++)
		append(out->middle, middle.at[i], true);
	struct words family = words_of(fold_part(text, sizeof text, columns->family));
	take_suffixes(out, &family);
	put_family(out, &family, 0);
}

/* ---- comparing -------------------------------------------------------------------------- */

static bool sounds_alike(struct text a, struct text b)
{
	char x[PHONETIC_SIZE], y[PHONETIC_SIZE];
	size_t n = clean_phonetic(x, a), m = clean_phonetic(y, b);
	return n == m && n >= 2 && memcmp(x, y, n) == 0;
}

/* One slip in short names, two in long ones; the first letters count (Winkler). */
static bool slip_of_the_pen(struct text a, struct text b)
{
	unsigned distance = clean_edit_distance(a, b);
	size_t longest = a.len > b.len ? a.len : b.len, shortest = a.len + b.len - longest;
	if (distance <= 1)
		return shortest >= 3;
	if (distance == 2)
		return longest >= 7 && shortest >= 5 && clean_jaro_winkler(a, b) >= 0.85;
	return distance <= 3 && longest >= 8 && clean_jaro_winkler(a, b) >= 0.92;
}

/* "kully", "raji": what is before the ending, a doubled letter taken as one. */
static struct text without_diminutive(struct text name)
{
	if (text_ends_with(name, TEXT("ie")) || text_ends_with(name, TEXT("ey")))
		name.len -= 2;
	else if (name.len > 0 && (name.at[name.len - 1] == 'y' || name.at[name.len - 1] == 'i'))
		name.len--;
	else
		return TEXT_ABSENT;
	if (name.len > 1 && name.at[name.len - 1] == name.at[name.len - 2])
		name.len--;
	return name;
}

/* Anne and Annemarie; Tunde and Babatunde, as West African names are shortened; Kully and Kulwinder. */
static bool is_part(struct text shorter, struct text longer)
{
	if (shorter.len >= 3 && text_starts_with(longer, shorter))
		return true;
	if (shorter.len >= 4 && text_ends_with(longer, shorter))
		return true;
	struct text stem = without_diminutive(shorter);
	return stem.len >= 3 && longer.len >= stem.len + 3 && text_starts_with(longer, stem);
}

enum given_agreement clean_given_compare(struct text a, struct text b)
{
	if (text_equal(a, b))
		return GIVEN_SAME;
	if (a.len == 0 || b.len == 0)
		return GIVEN_DIFFERENT;
	if (a.len == 1 || b.len == 1)
		return a.at[0] == b.at[0] ? GIVEN_INITIAL : GIVEN_DIFFERENT;
	if (clean_same_given_name(a, b))
		return GIVEN_VARIANT;
	struct text shorter = a.len < b.len ? a : b, longer = a.len < b.len ? b : a;
	if (slip_of_the_pen(a, b))
		return GIVEN_CLOSE;
	if (is_part(shorter, longer))
		return GIVEN_PART;
	if (a.at[0] == b.at[0] && sounds_alike(a, b) && clean_jaro_winkler(a, b) >= 0.8)
		return GIVEN_CLOSE;
	return GIVEN_DIFFERENT;
}

static struct text compact(char out[NAME_SIZE], struct text name, bool without_particles)
{
	struct words w = words_of(name);
	out[0] = '\0';
	for (size_t i = 0; i < w.count; i++) {
		if (!without_particles || !is_particle(w.at[i]) || i + 1 == w.count)
			append(out, w.at[i], false);
	}
	return text_of(out);
}

enum family_agreement clean_family_compare(struct text a, struct text b)
{
	char x[NAME_SIZE], y[NAME_SIZE];
	if (text_equal(a, b))
		return FAMILY_SAME;
	if (a.len == 0 || b.len == 0)
		return FAMILY_DIFFERENT;
	struct text whole_a = compact(x, a, false), whole_b = compact(y, b, false);
	if (text_equal(whole_a, whole_b))
		return FAMILY_CLOSE;
	whole_a = compact(x, a, true);
	whole_b = compact(y, b, true);
	if (text_equal(whole_a, whole_b) || slip_of_the_pen(whole_a, whole_b))
		return FAMILY_CLOSE;
	if (whole_a.at[0] == whole_b.at[0] && sounds_alike(whole_a, whole_b) &&
	    clean_jaro_winkler(whole_a, whole_b) >= 0.8)
		return FAMILY_CLOSE;
	struct words left = words_of(a), right = words_of(b);
	if (left.count == 1 && right.count == 1)
		return FAMILY_DIFFERENT;
	for (size_t i = 0; i < left.count; i++) {
		for (size_t j = 0; j < right.count; j++) {
			if (left.at[i].len >= 3 && !is_particle(left.at[i]) &&
			    (text_equal(left.at[i], right.at[j]) ||
			     (right.at[j].len >= 4 && clean_edit_distance(left.at[i], right.at[j]) <= 1 &&
			      left.at[i].len >= 4)))
				return FAMILY_PART;
		}
	}
	return FAMILY_DIFFERENT;
}

bool clean_joined(struct text first, struct text second, struct text whole)
{
	char parts[2 * NAME_SIZE], x[NAME_SIZE], y[NAME_SIZE];
	struct words w = words_of(first);
	if (w.count == 0 || second.len == 0)
		return false;
	for (size_t from = 0; from<w.count; from += w.count> 1 ? w.count - 1 : 1) {
		struct text begin = text_slice(w.at[from].at, (size_t)(first.at + first.len - w.at[from].at));
		int len = snprintf(parts, sizeof parts, "%.*s %.*s", TEXT_ARG(begin), TEXT_ARG(second));
		struct text both = text_slice(parts, (size_t)len < sizeof parts ? (size_t)len : sizeof parts - 1);
		if (text_equal(compact(x, both, true), compact(y, whole, true)))
			return true;
	}
	return false;
}
