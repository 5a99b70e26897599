#include "clean/phonetic.h"

struct spelling {
	const char *letters;
	const char *sound;
};

/* Longest first: the first that fits is taken. '*' marks a spelling only at the beginning. */
static const struct spelling spellings[] = {
	{"tsch", "x"}, {"*kn", "n"},   {"*gn", "n"},  {"*pn", "n"},  {"*wr", "r"},  {"*ps", "s"},  {"*wh", "w"},
	{"*x", "s"},   {"*mac", "mk"}, {"*mc", "mk"}, {"szcz", "x"}, {"sch", "x"},  {"tch", "x"},  {"tth", "t"},
	{"ght", "t"},  {"dge", "j"},   {"cia", "xa"}, {"sio", "xo"}, {"tio", "xo"}, {"tia", "xa"}, {"ph", "f"},
	{"ch", "x"},   {"sh", "x"},    {"cz", "x"},   {"sz", "x"},   {"zh", "j"},   {"dz", "j"},   {"dj", "j"},
	{"th", "t"},   {"kh", "k"},    {"gh", ""},    {"ck", "k"},   {"cq", "k"},   {"qu", "k"},   {"ks", "ks"},
	{"sc", "s"},   {"wn", "n"},    {"mb", "m"},
};

static bool is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

/* The sound of a single letter, given what follows; 0 when silent. */
static char letter_sound(char c, char next, bool first)
{
	bool soft = next == 'e' || next == 'i' || next == 'y';
	switch (c) {
	case 'c':
		return soft ? 's' : 'k';
	case 'g':
		return soft ? 'j' : 'k';
	case 'q':
		return 'k';
	case 'z':
		return 's';
	case 'd':
		return 't';
	case 'v':
		return 'f';
	case 'w':
		return first ? 'w' : 0;
	case 'h':
		return first ? 'h' : 0;
	case 'x':
		return 's';
	default:
		return is_vowel(c) ? (first ? 'a' : 0) : c;
	}
}

static const struct spelling *find_spelling(const char *at, const char *end, bool first)
{
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		const char *letters = spellings[i].letters;
		if (*letters == '*' && !first)
			continue;
		letters += *letters == '*';
		if (*letters != *at)
			continue;
		size_t len = strlen(letters);
		if ((size_t)(end - at) >= len && memcmp(at, letters, len) == 0)
			return &spellings[i];
	}
	return NULL;
}

static size_t put(char *out, size_t len, char sound)
{
	if (sound == 0 || len + 1 >= PHONETIC_SIZE || (len > 0 && (out[len - 1] == sound || is_vowel(sound))))
		return len;
	out[len] = sound;
	return len + 1;
}

size_t clean_phonetic(char out[PHONETIC_SIZE], struct text folded)
{
	char word[64];
	size_t count = 0, len = 0;
	for (size_t i = 0; i < folded.len && count < sizeof word; i++) {
		if (folded.at[i] >= 'a' && folded.at[i] <= 'z')
			word[count++] = folded.at[i];
	}
	for (size_t i = 0; i < count;) {
		const struct spelling *s = find_spelling(word + i, word + count, i == 0);
		if (s) {
			for (const char *sound = s->sound; *sound; sound++)
				len = put(out, len, *sound);
			i += strlen(s->letters) - (*s->letters == '*');
		} else {
			len = put(out, len, letter_sound(word[i], i + 1 < count ? word[i + 1] : 0, i == 0));
			i++;
		}
	}
	out[len] = '\0';
	return len;
}
