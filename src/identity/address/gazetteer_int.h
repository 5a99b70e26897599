/* The gazetteer in memory, and how an entry is judged. */
#ifndef ADDRESS_GAZETTEER_INT_H
#define ADDRESS_GAZETTEER_INT_H

#include "address/asked.h"
#include "address/names.h"

/* One way to write a property; 56 bytes. Names, tails, postcodes are numbers, 0 for none. */
struct entry {
	uint32_t property, postcode, street, building, organisation, flat_name, tail;
	uint32_t number, number_to;
	char suffix, suffix_to;
	uint8_t status, beside;
	struct flat flat;
};

/* Entries by some number of theirs: those of KEY are at[first[KEY]] .. at[first[KEY + 1]]. */
struct listing {
	uint32_t *first, *at;
};

struct gazetteer {
	struct entry *entries;
	size_t count, capacity;
	struct names names;
	struct text_map tails;  /* "cricklewood london" -> number */
	struct text_map places; /* words of tails -> entries that have them */
	uint32_t *tail_entries; /* by number */
	size_t tail_capacity;
	struct id_map postcodes;  /* code -> number */
	uint64_t *postcode_codes; /* by number */
	uint32_t *postcode_entries;
	size_t postcode_capacity, postcode_room;
	struct listing by_postcode, by_street, by_building;
};

size_t gazetteer_bytes(const struct gazetteer *gazetteer); /* of memory, but for the allocator's own */
void gazetteer_put(struct gazetteer *gazetteer, uint32_t property, const struct address_parts *parts);

/* Tenths of bits. What a place that holds a part of the address is worth against chance: the fewer have it, the more.
 */
int rarity(uint32_t entries, int least, int most);

enum { NAMES_KEPT = 512 };
struct judging { /* one question */
	const struct gazetteer *gazetteer;
	struct asked asked;
	uint32_t kept[NAMES_KEPT]; /* open addressing; names already looked for */
	struct name_place places[NAMES_KEPT];
	size_t kept_count;
	struct name_place spare[4]; /* of an entry's names, when there are more than are kept */
	unsigned spare_next;
};
const struct name_place *judging_place(struct judging *judging, uint32_t name); /* absent for name 0 */

struct judgement {
	int score;          /* tenths of bits; INT_MIN: it cannot be */
	bool exact, within; /* within: the entry is the building of what was asked */
	bool ordinal;       /* B for 2 */
	struct address_evidence why;
};
void judge_entry(struct judgement *out, struct judging *judging, const struct entry *entry);
/* Whether a flat is called by a letter (1) or a figure (2); 0 neither. */
unsigned unit_kind(const char *unit);

#endif
