/* Where a name stands among an address's words, and how badly it is written. */
#include "address/names.h"
#include "clean/similarity.h"

enum {                   /* tenths of bits that a spelling costs */
       LOSS_SPACES = 18, /* "Ashgrove" for Ash Grove */
       LOSS_THE = 10,
       LOSS_SLIP = 20,
       LOSS_SHORT_SLIP = 40,
       LOSS_MORE_SLIP = 16, /* each further letter */
       LOSS_KNOWN = 40,     /* the other word is a name of its own */
       LOSS_STEM = 30,
       LOSS_STEM_OF_HOUSE = 20,
       LOSS_TYPE = 60,
       LOSS_LONGER = 50,
       LOSS_PART = 25,
       LOSS_WORD = 25
};

struct looking {
	const struct names *names;
	const struct name *name;
	const struct address_words *words;
	struct name_place *best;
};

static struct text window_of(const struct address_words *words, size_t first, size_t count)
{
	const struct text last = words->at[first + count - 1].at;
	const char *start = words->at[first].at.at;
	return text_slice(start, (size_t)(last.at + last.len - start));
}

static uint64_t mask_of(size_t first, size_t count)
{
	return ((UINT64_C(1) << count) - 1) << first;
}

static unsigned traits_at(const struct address_words *words, size_t i)
{
	return i < words->count ? words->at[i].traits : 0;
}

static bool is_behind_number(const struct address_words *words, size_t i)
{
	return i > 0 && words->at[i - 1].traits & WORD_NUMBER;
}

static void offer(struct looking *l, enum name_fit fit, int loss, size_t first, size_t count)
{
	struct name_place *best = l->best;
	bool better =
		best->fit == NAME_ABSENT || loss < best->loss ||
		(loss == best->loss && is_behind_number(l->words, first) && !is_behind_number(l->words, best->first));
	if (better)
		*best = (struct name_place){fit, loss, mask_of(first, count), first};
}

/* How many words from FIRST on are TEXT when run together; 0: they are not. */
static size_t words_of(const struct address_words *words, size_t first, struct text text)
{
	size_t len = 0, i = first;
	while (i < words->count && len < text.len)
		len += words->at[i++].at.len;
	return len == text.len && memcmp(words->at[first].at.at, text.at, len) == 0 ? i - first : 0;
}

static bool is_saint(const struct address_words *words, size_t i)
{
	return text_is(words->at[i].at, "st") && i + 1 < words->count && !words->at[i + 1].comma &&
	       !(words->at[i + 1].traits & WORD_NUMBER);
}

/* "Ash Grove Road" is another street than Ash Grove. */
static int loss_of_longer(const struct looking *l, size_t behind)
{
	const struct address_words *words = l->words;
	unsigned traits = traits_at(words, behind);
	if (!(traits & (WORD_STREET | WORD_DIRECTION)) || words->at[behind].comma || is_saint(words, behind))
		return 0;
	return traits & (WORD_LAST | WORD_DIRECTION) ? LOSS_LONGER : LOSS_LONGER / 3;
}

static void look_exact(struct looking *l, struct text compact, int loss)
{
	for (size_t i = 0; i < l->words->count; i++) {
		size_t n = words_of(l->words, i, compact);
		int longer = n ? loss_of_longer(l, i + n) : 0;
		int spaces = n && n != l->name->word_count && loss == 0 ? LOSS_SPACES : 0;
		if (n)
			offer(l, longer ? NAME_LONGER : loss ? NAME_SLIP : NAME_EXACT, loss + longer + spaces, i, n);
	}
}

/* The name without its road, lane, house: alone, or with another behind it. */
static void look_stem(struct looking *l)
{
	const struct name *name = l->name;
	struct text stem = text_slice(name->compact.at, name->stem);
	for (size_t i = 0; i < l->words->count; i++) {
		size_t n = words_of(l->words, i, stem), behind = i + n;
		if (n == 0)
			continue;
		bool type = traits_at(l->words, behind) & (WORD_STREET | WORD_BUILDING | WORD_DIRECTION) &&
			    !l->words->at[behind].comma && !is_saint(l->words, behind);
		bool starts =
			i == 0 || l->words->at[i].comma || l->words->at[i - 1].traits & (WORD_NUMBER | WORD_BUILDING);
		bool noise = n == 1 && l->words->at[i].traits & WORD_NOISE;
		bool family =
			(unsigned)name->traits & (traits_at(l->words, behind) |
						  (traits_at(l->words, behind) & WORD_DIRECTION ? WORD_STREET : 0));
		if (type && !family) /* Ashleigh House is not Ashleigh Lane */
			continue;
		if (type)
			offer(l, NAME_OTHER_TYPE, LOSS_TYPE, i, n + 1);
		else if (starts && !noise && stem.len > 2)
			offer(l, NAME_STEM, name->traits & WORD_STREET ? LOSS_STEM : LOSS_STEM_OF_HOUSE, i, n);
	}
}

/* Words of the window that are not the name's but names of their own, or another road, lane, grove. */
static int loss_of_words(const struct looking *l, size_t first, size_t count, bool *type)
{
	struct text rest = l->name->words, word;
	int loss = 0;
	*type = false;
	if (count != l->name->word_count)
		return 0;
	for (size_t i = first; i < first + count && text_split(&rest, ' ', &word); i++) {
		struct text asked = l->words->at[i].at;
		if (text_equal(asked, word))
			continue;
		const struct vocabulary_word *known = vocabulary_find(word);
		bool both = known && known->traits & l->words->at[i].traits & (WORD_STREET | WORD_BUILDING);
		*type |= both;
		if (!both && names_have_word(l->names, asked))
			loss += LOSS_KNOWN;
	}
	return loss;
}

static unsigned slips_allowed(size_t len)
{
	return len < 5 ? 0 : len < 8 ? 1 : len < 14 ? 2 : 3;
}

static void look_slips(struct looking *l)
{
	const struct name *name = l->name;
	unsigned allowed = slips_allowed(name->compact.len);
	size_t least = name->word_count > 1 ? name->word_count - 1u : 1u, most = name->word_count + 1u;
	bool figures = name->compact.at[0] <= '9';
	for (size_t i = 0; allowed && i < l->words->count; i++) {
		if (l->words->at[i].traits & WORD_NUMBER && !figures)
			continue;
		for (size_t n = least; n <= most && i + n <= l->words->count; n++) {
			struct text window = window_of(l->words, i, n);
			bool type;
			if (window.len > name->compact.len + allowed)
				break;
			if (window.len + allowed < name->compact.len)
				continue;
			unsigned slips = clean_edit_distance(window, name->compact);
			if (slips == 0 || slips > allowed)
				continue;
			int loss = loss_of_words(l, i, n, &type);
			loss += name->compact.len < 6 ? LOSS_SHORT_SLIP : LOSS_SLIP;
			loss += (int)(slips - 1) * LOSS_MORE_SLIP + loss_of_longer(l, i + n);
			if (type && loss < LOSS_TYPE)
				loss = LOSS_TYPE;
			offer(l, type ? NAME_OTHER_TYPE : NAME_SLIP, loss, i, n);
		}
	}
}

static bool is_like(struct text asked, struct text word)
{
	return text_equal(asked, word) || (word.len >= 5 && asked.len + 1 >= word.len && asked.len <= word.len + 1 &&
					   clean_edit_distance(asked, word) <= 1);
}

/* "Apple House" for Apple Auction House: most of its words, in any place. */
static void look_part(struct looking *l)
{
	struct text rest = l->name->words, word;
	unsigned found = 0, content = 0;
	uint64_t mask = 0;
	size_t first = l->words->count;
	while (text_split(&rest, ' ', &word)) {
		const struct vocabulary_word *known = vocabulary_find(word);
		bool plain = (known && known->traits & (WORD_STREET | WORD_BUILDING)) || text_is(word, "the");
		content += !plain;
		for (size_t i = 0; i < l->words->count; i++) {
			if (mask >> i & 1 || !is_like(l->words->at[i].at, word))
				continue;
			mask |= UINT64_C(1) << i;
			found += !plain;
			first = i < first ? i : first;
			break;
		}
	}
	unsigned missing = content - found;
	if (content < 2 || found * 2 < content || (l->best->fit && l->best->loss <= LOSS_PART))
		return;
	int loss = LOSS_PART + (int)missing * LOSS_WORD;
	if (l->best->fit == NAME_ABSENT || loss < l->best->loss)
		*l->best = (struct name_place){NAME_PART, loss, mask, first};
}

void names_place(struct name_place *out, const struct names *names, uint32_t number, const struct address_words *words)
{
	struct looking l = {names, &names->at[number], words, out};
	struct text compact = l.name->compact;
	*out = (struct name_place){.fit = NAME_ABSENT};
	look_exact(&l, compact, 0);
	if (out->fit == NAME_EXACT)
		return;
	if (text_starts_with(compact, TEXT("the")) && l.name->word_count > 2)
		look_exact(&l, text_slice(compact.at + 3, compact.len - 3), LOSS_THE);
	if (l.name->stem)
		look_stem(&l);
	look_slips(&l);
	if (out->fit == NAME_ABSENT || out->loss > LOSS_PART)
		look_part(&l);
}
