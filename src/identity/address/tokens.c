/* Words of an address: folded, abbreviations written out, the flat taken out. */
#include "address/address_int.h"
#include "clean/fold.h"

static const struct {
	const char *from, *to;
} abbreviations[] = {
	{"rd", "road"},
	{"street", "st"},
	{"str", "st"},
	{"saint", "st"},
	{"ave", "avenue"},
	{"av", "avenue"},
	{"cl", "close"},
	{"clo", "close"},
	{"gdns", "gardens"},
	{"gdn", "gardens"},
	{"garden", "gardens"},
	{"cres", "crescent"},
	{"cresc", "crescent"},
	{"cr", "crescent"},
	{"dr", "drive"},
	{"drv", "drive"},
	{"ln", "lane"},
	{"la", "lane"},
	{"ct", "court"},
	{"crt", "court"},
	{"terr", "terrace"},
	{"ter", "terrace"},
	{"tce", "terrace"},
	{"pl", "place"},
	{"plc", "place"},
	{"sq", "square"},
	{"sqr", "square"},
	{"gr", "grove"},
	{"gro", "grove"},
	{"grv", "grove"},
	{"hse", "house"},
	{"ho", "house"},
	{"mans", "mansions"},
	{"mansion", "mansions"},
	{"mns", "mansions"},
	{"pk", "park"},
	{"bldg", "building"},
	{"bldgs", "buildings"},
	{"est", "estate"},
	{"wy", "way"},
	{"hl", "hill"},
	{"nth", "north"},
	{"sth", "south"},
	{"rds", "roads"},
	{"and", "&"},
	{"gnd", "ground"},
	{"grd", "ground"},
	{"flr", "floor"},
	{"bsmt", "basement"},
	{"1st", "first"},
	{"2nd", "second"},
	{"3rd", "third"},
	{"lwr", "lower"},
	{"gff", "ground floor flat"},
	{"fff", "first floor flat"},
	{"sff", "second floor flat"},
	{"tff", "top floor flat"},
	{"lgf", "lower ground floor"},
	{"fl", "flat"},
	{"flt", "flat"},
	{"apt", "flat"},
	{"apartment", "flat"},
	{"unit", "flat"},
	{"rm", "room"},
	{"bedsit", "room"},
	{"studio", "flat"},
	{"suite", "flat"},
	{"apart", "flat"},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool token_is_number(struct text token)
{
	return token.len > 0 && is_digit(token.at[0]);
}

static const char *written_out(struct text word)
{
	for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++) {
		if (text_is(word, abbreviations[i].from))
			return abbreviations[i].to;
	}
	return NULL;
}

/* Folded, but "3/21" and "20-23" stay one word: figures on both sides, or a figure and a letter. */
static size_t fold_keeping_joints(char *out, size_t cap, struct text in)
{
	char joined[400];
	size_t len = 0;
	for (size_t i = 0; i < in.len && len + 2 < sizeof joined; i++) {
		char c = in.at[i];
		bool joint = (c == '/' || c == '-') && i > 0 && i + 1 < in.len &&
			     (is_digit(in.at[i - 1]) || is_digit(in.at[i + 1])) && in.at[i + 1] != ' ' &&
			     in.at[i - 1] != ' ';
		if (joint) { /* letters no fold touches: put back below */
			joined[len++] = 'q';
			joined[len++] = c == '/' ? 'x' : 'z';
		} else {
			joined[len++] = c == '&' ? '+' : c;
		}
	}
	size_t n = clean_fold(out, cap, text_slice(joined, len)), kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool joint = i > 0 && i + 2 < n && out[i] == 'q' && (out[i + 1] == 'x' || out[i + 1] == 'z') &&
			     (is_digit(out[i - 1]) || is_digit(out[i + 2]));
		out[kept++] = joint ? (out[i + 1] == 'x' ? '/' : '-') : out[i];
		i += joint;
	}
	out[kept] = '\0';
	return kept;
}

static void add_words(struct address_tokens *out, size_t *used, struct text words)
{
	struct text word;
	while (text_split(&words, ' ', &word)) {
		if (word.len == 0 || out->count == TOKENS || *used + word.len + 1 > sizeof out->text)
			continue;
		memcpy(out->text + *used, word.at, word.len);
		out->text[*used + word.len] = '\0';
		out->at[out->count++] = text_slice(out->text + *used, word.len);
		*used += word.len + 1;
	}
}

static void remove_tokens(struct address_tokens *t, size_t first, size_t count)
{
	for (size_t i = first; i + count < t->count; i++)
		t->at[i] = t->at[i + count];
	t->count -= count;
}

static bool token_at(const struct address_tokens *t, size_t i, const char *word)
{
	return i < t->count && text_is(t->at[i], word);
}

static void set_flat(struct address_tokens *t, struct text name)
{
	size_t len = name.len < FLAT_SIZE ? name.len : FLAT_SIZE - 1;
	while (len > 1 && name.at[0] == '0')
		name.at++, len--;
	memcpy(t->flat, name.at, len);
	t->flat[len] = '\0';
}

static const struct {
	const char *word, *code;
} floors[] = {{"ground", "gf"}, {"first", "1f"},    {"second", "2f"}, {"third", "3f"},
	      {"top", "tf"},    {"basement", "bf"}, {"garden", "ga"}, {"gardens", "ga"}};

/* "ground floor flat", "flat ground floor", "top flat", "basement", "lower ground floor flat". */
static bool take_floor(struct address_tokens *t)
{
	for (size_t i = 0; i < t->count; i++) {
		for (size_t f = 0; f < sizeof floors / sizeof *floors; f++) {
			if (!text_is(t->at[i], floors[f].word))
				continue;
			size_t first = i, end = i + 1;
			bool floor = token_at(t, end, "floor");
			end += floor;
			bool flat = token_at(t, end, "flat");
			end += flat;
			bool lower = first > 0 && token_at(t, first - 1, "lower");
			first -= lower;
			bool before = first > 0 && token_at(t, first - 1, "flat");
			first -= before;
			if (!floor && !flat && !before && strcmp(floors[f].code, "bf") != 0)
				continue;
			set_flat(t, text_of(lower ? "bf" : floors[f].code));
			remove_tokens(t, first, end - first);
			return true;
		}
	}
	return false;
}

static bool names_a_flat(struct text token)
{
	return token.len <= 4 &&
	       (token.len == 1 || token_is_number(token) || (token.len == 2 && is_digit(token.at[1])));
}

/* "flat 3", "room 12"; "f 3", "r3" and "f3" at the front. */
static void take_flat(struct address_tokens *t)
{
	for (size_t i = 0; i + 1 < t->count; i++) {
		bool word = token_at(t, i, "flat") || token_at(t, i, "room") ||
			    (i == 0 && (token_at(t, i, "f") || token_at(t, i, "no")) && t->count > 2 &&
			     token_is_number(t->at[1]));
		if (!word || !names_a_flat(t->at[i + 1]))
			continue;
		/* "no 3 ash grove" is a house; "no 3 21 ash grove" a flat */
		if (token_at(t, i, "no")) {
			size_t numbers = 0;
			for (size_t k = 0; k < t->count; k++)
				numbers += token_is_number(t->at[k]);
			if (numbers < 2) {
				remove_tokens(t, 0, 1);
				return;
			}
		}
		set_flat(t, t->at[i + 1]);
		remove_tokens(t, i, 2);
		return;
	}
	if (t->count > 1 && (t->at[0].at[0] == 'r' || t->at[0].at[0] == 'f') && t->at[0].len >= 2 &&
	    t->at[0].len <= 3 && is_digit(t->at[0].at[1])) {
		set_flat(t, text_slice(t->at[0].at + 1, t->at[0].len - 1));
		remove_tokens(t, 0, 1);
	}
}

void address_tokenise(struct address_tokens *out, struct text address)
{
	char folded[400];
	size_t used = 0;
	out->count = 0;
	out->flat[0] = '\0';
	struct text rest = text_slice(folded, fold_keeping_joints(folded, sizeof folded, address)), word;
	while (text_split(&rest, ' ', &word)) {
		const char *whole = written_out(word);
		add_words(out, &used, whole ? text_of(whole) : word);
	}
	if (!take_floor(out))
		take_flat(out);
}

size_t address_fold(char *out, size_t cap, struct text address)
{
	struct address_tokens tokens;
	size_t len = 0;
	address_tokenise(&tokens, address);
	out[0] = '\0';
	if (tokens.flat[0])
		len = (size_t)snprintf(out, cap, "flat %s", tokens.flat);
	for (size_t i = 0; i < tokens.count && len + tokens.at[i].len + 2 < cap; i++) {
		if (len)
			out[len++] = ' ';
		memcpy(out + len, tokens.at[i].at, tokens.at[i].len);
		len += tokens.at[i].len;
	}
	if (len < cap)
		out[len] = '\0';
	return len < cap ? len : cap - 1;
}
