/* The names that a gazetteer has (of streets, buildings, organisations), found again in whatever spelling.
 *
 * A name is kept once.  names_find() gives those that some words may mean: names that share their words, or whose
 * letters run together are the same ("Ashgrove"), each word up to one slip of the pen away.  It gives too many rather
 * than too few; names_place() then tells where in the words a name stands, and how badly written.
 *
 * After names_finish() everything is read only and may be used by any thread.
 */
#ifndef ADDRESS_NAMES_H
#define ADDRESS_NAMES_H

#include "address/words.h"
#include "base/map.h"

struct name {
	struct text words, compact;        /* "ash grove", "ashgrove" */
	uint32_t entries;                  /* that have it */
	uint8_t word_count, content_count; /* content: neither road, house nor "the" */
	uint8_t stem;   /* letters of COMPACT before its last word, when that is a road, lane, house */
	uint8_t traits; /* WORD_STREET, WORD_BUILDING of the last word */
};

struct names {
	struct text_map all; /* words -> number; 0 is none */
	struct name *at;
	size_t count;
	uint32_t *entries; /* while it is filled, by number */
	size_t capacity;
	struct arena arena;
	struct text_map lexicon;  /* words of names, and names run together -> number from 0 */
	uint32_t *first, *posted; /* names of lexicon word w: posted[first[w]] .. posted[first[w + 1]] */
	uint32_t *bucket_first;   /* slips: words by the hash of what is left when one letter is taken out */
	uint32_t *bucketed;
	size_t bucket_count;
};

void names_init(struct names *names);
void names_release(struct names *names);
uint32_t names_put(struct names *names, struct text words); /* 0 for no words; counts an entry */
void names_finish(struct names *names);

/* Calls USE with each name that WORDS may hold, each once, at most NAMES_FOUND. Bits of SKIP: words that cannot be part
 * of one. */
enum { NAMES_FOUND = 256 };
size_t names_find(const struct names *names, const struct address_words *words, uint64_t skip,
		  uint32_t found[NAMES_FOUND]);
/* Whether a name has this word. */
bool names_have_word(const struct names *names, struct text word);

/* How a name stands among words. */
enum name_fit {
	NAME_ABSENT,
	NAME_EXACT,
	NAME_SLIP,       /* a letter or two */
	NAME_STEM,       /* its road, lane, grove left out */
	NAME_OTHER_TYPE, /* "Rainbow Lane" for Rainbow Road */
	NAME_LONGER,     /* "Ash Grove Road" for Ash Grove */
	NAME_PART        /* most of its words */
};
struct name_place {
	enum name_fit fit;
	int loss;      /* tenths of bits */
	uint64_t mask; /* the words */
	size_t first;
};
void names_place(struct name_place *out, const struct names *names, uint32_t name, const struct address_words *words);

#endif
