#include "clean/door.h"

#include "clean/similarity.h"

#include <stdio.h>
#include <string.h>

/* "21" is 2100, "21a" 2101; 0 for anything else. */
static uint32_t number_of(struct text word)
{
	uint32_t number = 0;
	size_t i = 0;
	while (i < word.len && i < 5 && word.at[i] >= '0' && word.at[i] <= '9')
		number = number * 10 + (uint32_t)(word.at[i++] - '0');
	if (i == 0 || i + 1 < word.len)
		return 0;
	if (i == word.len)
		return number * 100;
	return word.at[i] >= 'a' && word.at[i] <= 'z' ? number * 100 + 1 + (uint32_t)(word.at[i] - 'a') : 0;
}

static bool is_inside(struct text word)
{
	static const char *const words[] = {"flat", "floor", "room", "unit", "apartment", "and", "the"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (text_is(word, words[i]))
			return true;
	}
	return false;
}

struct door clean_door(struct text folded)
{
	struct door door = {0};
	uint32_t number = 0;
	struct text word;
	while (text_split(&folded, ' ', &word)) {
		uint32_t next = number_of(word);
		if (!next && number && word.len >= 3 && !is_inside(word)) {
			door.number = number;
			memset(door.street, 0, sizeof door.street);
			memcpy(door.street, word.at, word.len < DOOR_STREET ? word.len : DOOR_STREET);
		}
		number = next;
	}
	return door;
}

struct text clean_door_text(char out[DOOR_TEXT_SIZE], struct door door)
{
	if (!door.number)
		return TEXT_ABSENT;
	char letter[2] = {door.number % 100 ? (char)('a' + door.number % 100 - 1) : '\0', '\0'};
	int len = snprintf(out, DOOR_TEXT_SIZE, "%u%s %s", door.number / 100, letter, door.street);
	return text_slice(out, (size_t)len);
}

bool clean_door_alike(const struct door *a, const struct door *b)
{
	if (!a->number || a->number != b->number)
		return false;
	struct text x = text_of(a->street), y = text_of(b->street);
	return clean_edit_distance(x, y) <= (x.len >= 6 && y.len >= 6 ? 2u : 1u);
}
