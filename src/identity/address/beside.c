/* "Rear of", "land at", "corner of", "care of". */
#include "address/parts.h"

struct phrase {
	const char *words; /* parted by spaces */
	unsigned beside;
};
static const struct phrase phrases[] = {
	{"rear of", BESIDE_REAR},
	{"r o", BESIDE_REAR},
	{"behind", BESIDE_REAR},
	{"to the rear of", BESIDE_REAR},
	{"at the rear of", BESIDE_REAR},
	{"land at", BESIDE_LAND},
	{"land to", BESIDE_LAND},
	{"land off", BESIDE_LAND},
	{"land on", BESIDE_LAND},
	{"land", BESIDE_LAND},
	{"site of", BESIDE_LAND},
	{"site at", BESIDE_LAND},
	{"plot", BESIDE_LAND},
	{"adjacent to", BESIDE_NEXT},
	{"adjacent", BESIDE_NEXT},
	{"adj to", BESIDE_NEXT},
	{"adj", BESIDE_NEXT},
	{"adjoining", BESIDE_NEXT},
	{"next to", BESIDE_NEXT},
	{"opposite", BESIDE_NEXT},
	{"opp", BESIDE_NEXT},
	{"between", BESIDE_NEXT},
	{"near", BESIDE_NEXT},
	{"garage at", BESIDE_GARAGE},
	{"garages at", BESIDE_GARAGE},
	{"garage", BESIDE_GARAGE},
	{"garages", BESIDE_GARAGE},
	{"parking space", BESIDE_GARAGE},
	{"car park", BESIDE_GARAGE},
	{"corner of", BESIDE_CORNER},
	{"cnr of", BESIDE_CORNER},
	{"cnr", BESIDE_CORNER},
	{"corner", BESIDE_CORNER},
	{"junction of", BESIDE_CORNER},
	{"jct of", BESIDE_CORNER},
	{"jct", BESIDE_CORNER},
	{"c o", BESIDE_CARE},
	{"care of", BESIDE_CARE},
};

/* How many words of PHRASE stand at I; 0: not all. */
static size_t stands_at(const struct address_words *words, size_t i, const char *phrase)
{
	struct text rest = text_of(phrase), word;
	size_t n = 0;
	while (text_split(&rest, ' ', &word)) {
		if (i + n >= words->count || !text_equal(words->at[i + n].at, word) || (n && words->at[i + n].comma))
			return 0;
		n++;
	}
	return n;
}

static const struct phrase *longest_at(const struct address_words *words, size_t i, size_t *count)
{
	const struct phrase *best = NULL;
	*count = 0;
	for (size_t p = 0; p < sizeof phrases / sizeof *phrases; p++) {
		if (phrases[p].words[0] != words->at[i].at.at[0])
			continue;
		size_t n = stands_at(words, i, phrases[p].words);
		if (n > *count) {
			*count = n;
			best = &phrases[p];
		}
	}
	return best;
}

/* A name that is part of a street or house: "Land Lane", "Garage House", "Plot Road". */
static bool is_name(const struct address_words *words, size_t behind)
{
	return behind < words->count && words->at[behind].traits & (WORD_STREET | WORD_BUILDING) &&
	       !words->at[behind].comma;
}

/* Whom a letter is care of: up to a comma or a number. */
static size_t skip_name(const struct address_words *words, size_t i, uint64_t *taken)
{
	for (size_t n = 0; i < words->count && n < 4; n++, i++) {
		const struct address_word *word = &words->at[i];
		if ((n && word->comma) || word->traits & (WORD_NUMBER | WORD_FLAT | WORD_ROOM))
			break;
		*taken |= UINT64_C(1) << i;
	}
	return i;
}

unsigned beside_take(const struct address_words *words, uint64_t *taken)
{
	unsigned beside = 0;
	for (size_t i = 0; i < words->count;) {
		size_t n;
		const struct phrase *phrase = longest_at(words, i, &n);
		if (!phrase || is_name(words, i + n)) {
			i++;
			continue;
		}
		beside |= phrase->beside;
		for (size_t k = 0; k < n; k++)
			*taken |= UINT64_C(1) << i++;
		if (phrase->beside == BESIDE_CARE)
			i = skip_name(words, i, taken);
	}
	return beside;
}
