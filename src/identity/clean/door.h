/* The door of an address: its number and the street's first letters, as far as a clerk in a hurry gets them right.
 *
 *     struct door door = clean_door(TEXT("flat 3 48 thorington road eastmarsh"));   // 48, "thoringt"
 *
 * Of two addresses in different words, one that no gazetteer knows among them, it says whether they may be one.
 */
#ifndef CLEAN_DOOR_H
#define CLEAN_DOOR_H

#include "base/text.h"

enum { DOOR_STREET = 8, DOOR_TEXT_SIZE = 32 };
struct door {
	uint32_t number; /* 21 is 2100, 21a is 2101; 0: none */
	char street[DOOR_STREET + 1];
};

/* Of folded text. The last number before a word counts: flats and floors come first. */
struct door clean_door(struct text folded);
/* "48 thoringt": the same door again when read. Empty when there is no number or no street. */
struct text clean_door_text(char out[DOOR_TEXT_SIZE], struct door door);
/* The same number, and the street but for a slip. */
bool clean_door_alike(const struct door *a, const struct door *b);

#endif
