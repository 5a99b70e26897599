/* An address as words: what stands on the page, cut up, abbreviations written out, each word told what it may be.
 *
 *     struct address_words words;
 *     address_words_read(&words, TEXT("Fl. 1a, 20-23 St. Mary's Rd"));   // flat | 1a | , 20-23 | st | marys | road
 *
 * Nothing is decided here that cannot be taken back later: "st" stays one word for street and saint, "21a" is a number
 * with a letter behind it, "1/21" one with another.  Pure; at most ADDRESS_WORDS words, the rest is cut off.
 */
#ifndef ADDRESS_WORDS_H
#define ADDRESS_WORDS_H

#include "base/text.h"

enum { ADDRESS_WORDS = 48, ADDRESS_TEXT = 512 };

/* What a word may be; bits. */
enum word_trait {
	WORD_STREET = 1 << 0,    /* road, lane, grove: what a street's name ends in */
	WORD_LAST = 1 << 1,      /* of these, what nearly always is the name's end: road, avenue */
	WORD_BUILDING = 1 << 2,  /* house, court, lodge */
	WORD_FLAT = 1 << 3,      /* flat and all its names */
	WORD_ROOM = 1 << 4,      /* room, bedsit */
	WORD_SPECIAL = 1 << 5,   /* annexe, penthouse: a part of a building without a number */
	WORD_FLOOR = 1 << 6,     /* ground, first ... top, basement, garden */
	WORD_STOREY = 1 << 7,    /* floor, level */
	WORD_SIDE = 1 << 8,      /* left, right, front, rear */
	WORD_DIRECTION = 1 << 9, /* north ...: may follow a street's type */
	WORD_NOISE = 1 << 10,    /* counties, countries: say nothing */
	WORD_FIGURE = 1 << 11,   /* one, two ...: a number behind "flat" */
	WORD_NUMBER = 1 << 12,   /* begins with a figure */
	WORD_LETTER = 1 << 13,   /* one letter alone */
	WORD_CODE = 1 << 14      /* a letter or two, then figures: f3, b12 */
};

struct address_number { /* 21, 21a; of 144 and a half the suffix is HALF */
	uint32_t number;
	char suffix;
};
enum { SUFFIX_HALF = '~' };

struct address_word {
	struct text at;
	unsigned traits;
	bool comma;    /* a comma, a bracket or a line's end stands before it */
	char joint;    /* '/' or '-' between two numbers, else 0 */
	uint8_t value; /* of floors and figures */
	struct address_number first, second;
};

struct address_words {
	struct address_word at[ADDRESS_WORDS];
	size_t count;
	char text[ADDRESS_TEXT]; /* all words, one behind another without gaps */
	size_t used;
};

void address_words_read(struct address_words *out, struct text address);

/* "Twenty-One Mill Lane" as "21 Mill Lane", up to ninety-nine; false when there is no number in words, or no room. */
bool address_in_figures(char *out, size_t cap, struct text address);

/* The vocabulary: what WORD is written out as, and its traits. NULL: not in it. */
struct vocabulary_word {
	const char *from, *to; /* TO: NULL as it is; may be several words */
	unsigned traits;
	uint8_t value;
};
const struct vocabulary_word *vocabulary_find(struct text word);

#endif
