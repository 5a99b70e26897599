/* Slips of the hand and of the ear, letter by letter. They touch only ASCII letters, so that
 * text stays valid UTF-8, and never leave a name empty. */
#include "feeds_int.h"

#include <ctype.h>

static const char *const keyboard_rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};

static char neighbour_key(char c, struct random *r)
{
	char lower = (char)tolower((unsigned char)c);
	for (int row = 0; row < 3; row++) {
		const char *at = strchr(keyboard_rows[row], lower);
		if (!at || !lower)
			continue;
		size_t i = (size_t)(at - keyboard_rows[row]), last = strlen(keyboard_rows[row]) - 1;
		size_t other = i == 0 ? 1 : i == last ? last - 1 : random_chance(r, 0.5) ? i - 1 : i + 1;
		char key = keyboard_rows[row][other];
		return lower == c ? key : (char)toupper((unsigned char)key);
	}
	return c;
}

/* A position whose byte and the next are ASCII letters, not the first one mostly; or -1. */
static int letter_position(const char *text, size_t len, struct random *r)
{
	for (int tries = 0; tries < 8 && len > 2; tries++) {
		size_t at = random_below(r, (uint32_t)(len - 1));
		if (at == 0 && !random_chance(r, 0.1))
			continue;
		if (isalpha((unsigned char)text[at]) && isalpha((unsigned char)text[at + 1]))
			return (int)at;
	}
	return -1;
}

static void insert_letter(char *text, size_t size, size_t len, size_t at, char c)
{
	if (len + 1 >= size)
		return;
	memmove(text + at + 1, text + at, len - at + 1);
	text[at] = c;
}

void noise_typo(char *text, size_t size, struct random *r)
{
	size_t len = strlen(text);
	int position = letter_position(text, len, r);
	if (position < 0)
		return;
	size_t at = (size_t)position;
	char *p = text + at;
	switch (random_below(r, 5)) {
	case 0: { /* two letters change places, each keeping the other's case */
		bool first_upper = isupper((unsigned char)p[0]);
		char a = (char)tolower((unsigned char)p[0]), b = (char)tolower((unsigned char)p[1]);
		p[0] = first_upper ? (char)toupper((unsigned char)b) : b;
		p[1] = a;
		break;
	}
	case 1:
		memmove(p, p + 1, len - at);
		break;
	case 2:
		insert_letter(text, size, len, at + 1, (char)tolower((unsigned char)p[0]));
		break;
	case 3:
		p[1] = neighbour_key(p[1], r);
		break;
	default:
		insert_letter(text, size, len, at + 1, neighbour_key((char)tolower((unsigned char)p[0]), r));
	}
}

/* Sounds that a clerk writes another way. */
static const char *const heard_as[][2] = {
	{"ph", "f"}, {"ck", "k"},  {"ie", "y"},  {"ee", "ea"}, {"ea", "ee"}, {"ai", "ay"}, {"ay", "ai"}, {"sh", "sch"},
	{"th", "t"}, {"oo", "u"},  {"ou", "oo"}, {"ei", "ie"}, {"dh", "d"},  {"bh", "b"},  {"kh", "k"},  {"gh", "g"},
	{"mm", "m"}, {"nn", "n"},  {"ll", "l"},  {"tt", "t"},  {"ss", "s"},  {"rr", "r"},  {"cz", "ch"}, {"sz", "sh"},
	{"ae", "e"}, {"au", "ow"}, {"ow", "au"}, {"aw", "or"}, {"er", "a"},  {"le", "el"}, {"ey", "y"},  {"ia", "ea"},
	{"c", "k"},  {"k", "c"},   {"s", "z"},   {"z", "s"},   {"i", "y"},   {"y", "i"},   {"v", "w"},   {"w", "v"},
	{"m", "mm"}, {"n", "nn"},  {"l", "ll"},  {"t", "tt"},  {"j", "y"},   {"q", "k"},   {"u", "oo"},  {"e", "i"}};

void noise_phonetic(char *text, size_t size, struct random *r)
{
	enum { SOUNDS = sizeof heard_as / sizeof *heard_as };
	uint32_t first = random_below(r, SOUNDS);
	for (uint32_t i = 0; i < SOUNDS; i++) {
		const char *from = heard_as[(first + i) % SOUNDS][0], *to = heard_as[(first + i) % SOUNDS][1];
		char *at = *text ? strstr(text + 1, from) : NULL; /* never the first letter */
		size_t len = strlen(text), old = strlen(from), new = strlen(to);
		if (!at || len + new - old + 1 > size)
			continue;
		memmove(at + new, at + old, len - (size_t)(at - text) - old + 1);
		memcpy(at, to, new);
		return;
	}
}

const char *text_upper(char *text)
{
	for (char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p, next = (unsigned char)p[1];
		if (c < 0x80)
			*p = (char)toupper(c);
		else if (c == 0xC3 && next >= 0xA0 && next <= 0xBE && next != 0xB7) /* Latin-1 letters: à .. þ */
			*++p = (char)(next - 0x20);
	}
	return text;
}

/* U+0100 .. U+017F to the letter they are made from. */
static const char latin_extended_a[] = "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoO"
				       "oOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUu"
				       "UuUuWwYyYZzZzZzs";

const char *utf8_to_latin_letters(char *text)
{
	char *out = text;
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if ((*p == 0xC4 || *p == 0xC5) && p[1]) {
			unsigned code = ((*p & 0x1Fu) << 6 | (p[1] & 0x3Fu)) - 0x100u;
			*out++ = code < sizeof latin_extended_a - 1 ? latin_extended_a[code] : '?';
			p++;
		} else if (*p == 0xC8 && (p[1] == 0x98 || p[1] == 0x99)) { /* Romanian s with comma */
			*out++ = p[1] == 0x98 ? 'S' : 's';
			p++;
		} else if (*p == 0xC8 && (p[1] == 0x9A || p[1] == 0x9B)) { /* and t */
			*out++ = p[1] == 0x9A ? 'T' : 't';
			p++;
		} else if (*p >= 0xE1 && *p < 0xF0 && *p != 0xE2 && p[1] && p[2]) { /* Vietnamese and others */
			static const char vietnamese[] = "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoO"
							 "oOoOoOoUuUuUuUuUuUuUuYyYyYyYy";
			unsigned code = ((*p & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu));
			unsigned index = code - 0x1EA0u;
			*out++ = index < sizeof vietnamese - 1 ? vietnamese[index] : '?';
			p += 2;
		} else {
			*out++ = (char)*p;
		}
	}
	*out = '\0';
	return text;
}
