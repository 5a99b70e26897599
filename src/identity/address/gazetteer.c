#include "address/address_int.h"
#include "base/map.h"
#include "base/memory.h"
#include "clean/fold.h"
#include "clean/postcode.h"
#include "clean/similarity.h"

#include <stdlib.h>

/* One way to write a property. Texts are compact: words without the spaces, "ashgrove". */
struct entry {
	uint32_t property;
	struct text street, building;
	char flat[FLAT_SIZE], number[FLAT_SIZE];
	uint32_t number_from, number_to;
	uint64_t postcode; /* hash, 0 unknown */
	bool historic;
	char whole_number[FLAT_SIZE]; /* with its suffix, where the suffix was read as a flat */
};

struct chain { /* entries with the same key, through `next` */
	struct id_map heads;
	uint32_t *next;
};

struct gazetteer {
	struct entry *entries;
	size_t count, capacity;
	struct arena arena;
	struct chain by_postcode, by_street, by_building;
};

const char *address_class_name(enum address_class class)
{
	static const char *const names[] = {"none", "uprn", "exact", "variant", "parent"};
	return names[class];
}

struct gazetteer *gazetteer_new(void)
{
	struct gazetteer *gazetteer = memory_alloc(1, sizeof *gazetteer);
	arena_init(&gazetteer->arena, (size_t)8 << 30);
	arena_keep_secret(&gazetteer->arena);
	id_map_init(&gazetteer->by_postcode.heads);
	id_map_init(&gazetteer->by_street.heads);
	id_map_init(&gazetteer->by_building.heads);
	return gazetteer;
}

void gazetteer_free(struct gazetteer *gazetteer)
{
	if (!gazetteer)
		return;
	struct chain *chains[] = {&gazetteer->by_postcode, &gazetteer->by_street, &gazetteer->by_building};
	for (size_t i = 0; i < 3; i++) {
		id_map_release(&chains[i]->heads);
		free(chains[i]->next);
	}
	arena_release(&gazetteer->arena);
	free(gazetteer->entries);
	free(gazetteer);
}

/* The tokens FIRST .. FIRST + COUNT without spaces. */
static struct text compact(char *out, size_t cap, const struct address_tokens *tokens, size_t first, size_t count)
{
	size_t len = 0;
	for (size_t i = first; i < first + count && i < tokens->count; i++) {
		struct text token = tokens->at[i];
		if (len + token.len + 1 > cap)
			break;
		memcpy(out + len, token.at, token.len);
		len += token.len;
	}
	out[len] = '\0';
	return text_slice(out, len);
}

static struct text keep_compact(struct gazetteer *gazetteer, struct text words)
{
	struct address_tokens tokens;
	char out[256];
	if (words.len == 0)
		return TEXT_ABSENT;
	address_tokenise(&tokens, words);
	return arena_text(&gazetteer->arena, compact(out, sizeof out, &tokens, 0, tokens.count));
}

static uint64_t postcode_hash(struct text postcode)
{
	struct postcode clean;
	return clean_postcode(&clean, postcode) && clean.part == POSTCODE_UNIT ? text_hash(text_of(clean.unit)) : 0;
}

void gazetteer_add(struct gazetteer *gazetteer, uint32_t property, const struct gazetteer_entry *from)
{
	struct address_tokens flat;
	ARRAY_GROW(gazetteer->entries, gazetteer->count, gazetteer->capacity);
	struct entry *entry = &gazetteer->entries[gazetteer->count++];
	*entry = (struct entry){.property = property,
				.historic = from->historic,
				.number_from = from->number,
				.number_to = from->number_to,
				.postcode = postcode_hash(from->postcode)};
	entry->street = keep_compact(gazetteer, from->street);
	entry->building = keep_compact(gazetteer, from->building);
	address_tokenise(&flat, from->flat);
	if (flat.flat[0])
		memcpy(entry->flat, flat.flat, sizeof entry->flat);
	else if (flat.count > 0) { /* "1", "THE ANNEXE": as it is, cut */
		char words[64];
		snprintf(entry->flat, sizeof entry->flat, "%s", compact(words, sizeof words, &flat, 0, flat.count).at);
	}
	if (from->number) {
		snprintf(entry->number, sizeof entry->number, "%u", from->number % 1000000);
		char letter[2] = {(char)(from->suffix | 0x20), 0};
		if (from->suffix && !entry->flat[0]) { /* 21A is also flat A at 21 */
			snprintf(entry->whole_number, sizeof entry->whole_number, "%.5s%s", entry->number, letter);
			snprintf(entry->flat, sizeof entry->flat, "%s", letter);
		} else if (from->suffix) {
			snprintf(entry->number, sizeof entry->number, "%u%s", from->number % 100000, letter);
		}
	}
}

static void chain_add(struct chain *chain, uint64_t key, uint32_t entry)
{
	if (key == 0)
		return;
	uint64_t *head = id_map_put(&chain->heads, key, NULL);
	chain->next[entry] = (uint32_t)*head;
	*head = entry + 1;
}

static uint64_t street_key(struct text street, struct text number)
{
	return hash_mix(text_hash(street) + 3 * text_hash(number));
}

void gazetteer_finish(struct gazetteer *gazetteer)
{
	struct chain *chains[] = {&gazetteer->by_postcode, &gazetteer->by_street, &gazetteer->by_building};
	for (size_t i = 0; i < 3; i++)
		chains[i]->next = memory_alloc(gazetteer->count + 1, sizeof(uint32_t));
	for (size_t i = 0; i < gazetteer->count; i++) {
		const struct entry *entry = &gazetteer->entries[i];
		chain_add(&gazetteer->by_postcode, entry->postcode, (uint32_t)i);
		if (entry->street.len && entry->number[0])
			chain_add(&gazetteer->by_street, street_key(entry->street, text_of(entry->number)),
				  (uint32_t)i);
		if (entry->building.len)
			chain_add(&gazetteer->by_building, text_hash(entry->building), (uint32_t)i);
	}
}

/* ---- matching ---------------------------------------------------------------------------------- */

struct asked {
	struct address_tokens tokens;
	uint64_t postcode;
};

struct best {
	uint32_t property;
	int score, second; /* second: the best of any other property */
	enum address_class class;
};

/* Where NAME stands among the tokens: 2 as it is, 1 nearly (a slip, or its last word left out), 0 not.
 * *AT is the first token of it. */
static int find_name(const struct address_tokens *tokens, struct text name, size_t *at)
{
	char window[128];
	for (size_t i = 0; i < tokens->count; i++) {
		for (size_t n = 1; n <= 5 && i + n <= tokens->count; n++) {
			struct text words = compact(window, sizeof window, tokens, i, n);
			if (words.len > name.len)
				break;
			if (text_equal(words, name)) {
				*at = i;
				return 2;
			}
		}
	}
	for (size_t i = 0; i < tokens->count && name.len >= 6; i++) {
		if (token_is_number(tokens->at[i]))
			continue;
		for (size_t n = 1; n <= 4 && i + n <= tokens->count; n++) {
			struct text words = compact(window, sizeof window, tokens, i, n);
			if (words.len > name.len + 2)
				break;
			bool cut = words.len >= 5 && words.len + 8 >= name.len && words.len * 2 >= name.len &&
				   text_starts_with(name, words);
			bool slip = words.len + 2 >= name.len && words.at[0] == name.at[0] &&
				    clean_edit_distance(words, name) <= (name.len >= 9 ? 2u : 1u);
			if (cut || slip) {
				*at = i;
				return 1;
			}
		}
	}
	return 0;
}

static uint32_t leading_number(struct text token)
{
	uint32_t n = 0;
	for (size_t i = 0; i < token.len && token.at[i] >= '0' && token.at[i] <= '9' && n < 100000; i++)
		n = n * 10 + (uint32_t)(token.at[i] - '0');
	return n;
}

/* How a number token names the entry's house and perhaps its flat. */
enum number_fit { NUMBER_NO, NUMBER_HOUSE, NUMBER_HOUSE_AND_FLAT };

static enum number_fit fit_number(const struct entry *entry, struct text token)
{
	struct text number = text_of(entry->number), whole = text_of(entry->whole_number), flat = text_of(entry->flat);
	if (text_equal(token, number))
		return NUMBER_HOUSE;
	if (whole.len && text_equal(token, whole))
		return NUMBER_HOUSE_AND_FLAT;
	if (flat.len && token.len == number.len + flat.len && text_starts_with(token, number) &&
	    text_ends_with(token, flat) && (flat.at[0] < '0' || flat.at[0] > '9'))
		return NUMBER_HOUSE_AND_FLAT;
	size_t joint = text_find_char(token, '/');
	if (joint < token.len) {
		struct text left = text_slice(token.at, joint),
			    right = text_slice(token.at + joint + 1, token.len - joint - 1);
		bool either = (text_equal(left, number) && text_equal(right, flat)) ||
			      (text_equal(right, number) && text_equal(left, flat));
		return flat.len && either ? NUMBER_HOUSE_AND_FLAT : NUMBER_NO;
	}
	joint = text_find_char(token, '-');
	if (joint < token.len)
		return leading_number(token) == entry->number_from ? NUMBER_HOUSE : NUMBER_NO;
	if (entry->number_to > entry->number_from && token.len <= 4) {
		uint32_t n = leading_number(token);
		bool plain = token.at[token.len - 1] <= '9';
		return plain && n >= entry->number_from && n <= entry->number_to ? NUMBER_HOUSE : NUMBER_NO;
	}
	return NUMBER_NO;
}

/* Points for one entry; 0 when it cannot be the place. */
static int score_entry(const struct asked *asked, const struct entry *entry, enum address_class *class)
{
	const struct address_tokens *tokens = &asked->tokens;
	size_t street_at = 0, building_at = 0;
	int street = entry->street.len ? find_name(tokens, entry->street, &street_at) : 0;
	int building = entry->building.len ? find_name(tokens, entry->building, &building_at) : 0;
	enum number_fit fit = NUMBER_NO;
	bool has_numbers = false;
	size_t number_at = 0;
	for (size_t i = 0; i < tokens->count && fit == NUMBER_NO; i++) {
		if (!token_is_number(tokens->at[i]))
			continue;
		has_numbers = true;
		fit = entry->number[0] ? fit_number(entry, tokens->at[i]) : NUMBER_NO;
		number_at = i;
	}
	struct text flat = text_of(entry->flat), asked_flat = text_of(tokens->flat);
	bool flat_same = text_equal(flat, asked_flat) || (fit == NUMBER_HOUSE_AND_FLAT && asked_flat.len == 0);
	if (!flat_same && flat.len && asked_flat.len == 0 && building && building_at > 0) {
		/* "3 Kingfisher House": the number in front of a building is the flat */
		flat_same = text_equal(tokens->at[building_at - 1], flat) &&
			    (fit == NUMBER_NO || number_at != building_at - 1 || !entry->number[0]);
	}
	bool parent = !flat_same && flat.len == 0 && (asked_flat.len > 0);
	if (!flat_same && !parent)
		return 0;
	bool postcode = asked->postcode && asked->postcode == entry->postcode;
	bool house = street && fit != NUMBER_NO;
	bool named = building && (postcode || street || building == 2);
	bool bare = postcode && fit != NUMBER_NO && !entry->building.len && !street && tokens->count <= 2;
	if (!house && !named && !bare)
		return 0;
	/* a house number that is there and is another one: another house, unless the building's name says it */
	if (entry->number[0] && has_numbers && fit == NUMBER_NO && !building)
		return 0;
	int score = (postcode ? 40 : 0) + street * 10 + (fit != NUMBER_NO ? 25 : 0) + building * 12 +
		    (flat_same ? 30 : 0) - (entry->historic ? 2 : 0) + (flat.len && flat_same ? 5 : 0);
	bool whole = postcode && (street == 2 || building == 2) && (house || named);
	*class = parent ? ADDRESS_PARENT : whole ? ADDRESS_EXACT : ADDRESS_VARIANT;
	return score;
}

static void consider(const struct gazetteer *gazetteer, const struct asked *asked, uint32_t number, struct best *best)
{
	const struct entry *entry = &gazetteer->entries[number];
	enum address_class class = ADDRESS_NONE;
	int score = score_entry(asked, entry, &class);
	if (score == 0)
		return;
	if (entry->property == best->property) {
		if (score > best->score) {
			best->score = score;
			best->class = class;
		}
	} else if (score > best->score) {
		best->second = best->property == UINT32_MAX ? 0 : best->score;
		best->score = score;
		best->property = entry->property;
		best->class = class;
	} else if (score > best->second) {
		best->second = score;
	}
}

/* Whether there are entries of KEY; they are considered when BEST is not NULL. */
static bool consider_chain(const struct gazetteer *gazetteer, const struct chain *chain, uint64_t key,
			   const struct asked *asked, struct best *best)
{
	const uint64_t *head = id_map_get(&chain->heads, key);
	for (uint32_t i = head && best ? (uint32_t)*head : 0; i != 0; i = chain->next[i - 1])
		consider(gazetteer, asked, i - 1, best);
	return head != NULL;
}

/* House numbers as they may stand in the gazetteer: "21a" as 21, "3/21" as 3 and 21, "20-23" as 20. */
static size_t house_numbers(struct text token, char out[3][FLAT_SIZE])
{
	size_t count = 0, start = 0;
	for (size_t i = 0; i <= token.len && count < 3; i++) {
		bool digit = i < token.len && token.at[i] >= '0' && token.at[i] <= '9';
		if (digit)
			continue;
		if (i > start && i - start < FLAT_SIZE) {
			memcpy(out[count], token.at + start, i - start);
			out[count++][i - start] = '\0';
		}
		start = i + 1;
	}
	return count;
}

/* Without a postcode, or with a wrong one: by number and street, and by building. */
static bool consider_elsewhere(const struct gazetteer *gazetteer, const struct asked *asked, struct best *best)
{
	const struct address_tokens *tokens = &asked->tokens;
	bool any = false;
	for (size_t i = 0; i < tokens->count; i++) {
		char window[128], numbers[3][FLAT_SIZE];
		size_t count = token_is_number(tokens->at[i]) ? house_numbers(tokens->at[i], numbers) : 0;
		for (size_t n = 1; n <= 4 && i + n <= tokens->count; n++) {
			if (count > 0 && i + 1 + n <= tokens->count) {
				struct text street = compact(window, sizeof window, tokens, i + 1, n);
				for (size_t k = 0; k < count; k++)
					any |= consider_chain(gazetteer, &gazetteer->by_street,
							      street_key(street, text_of(numbers[k])), asked, best);
			}
			struct text name = compact(window, sizeof window, tokens, i, n);
			if (name.len >= 4)
				any |= consider_chain(gazetteer, &gazetteer->by_building, text_hash(name), asked, best);
		}
	}
	return any;
}

/* False: no words. */
static bool ask(struct asked *asked, struct text address, struct text postcode)
{
	struct postcode found;
	if (postcode.len == 0 && clean_postcode_at_end(&found, address, &address))
		postcode = text_of(found.unit);
	asked->postcode = postcode_hash(postcode);
	address_tokenise(&asked->tokens, address);
	return asked->tokens.count > 0;
}

bool gazetteer_reaches(const struct gazetteer *gazetteer, struct text address, struct text postcode)
{
	struct asked asked;
	if (!ask(&asked, address, postcode))
		return false;
	return (asked.postcode && consider_chain(gazetteer, &gazetteer->by_postcode, asked.postcode, &asked, NULL)) ||
	       consider_elsewhere(gazetteer, &asked, NULL);
}

void gazetteer_match(const struct gazetteer *gazetteer, struct text address, struct text postcode,
		     struct address_match *out)
{
	struct asked asked;
	struct best best = {.property = UINT32_MAX};
	*out = (struct address_match){.property = UINT32_MAX};
	if (!ask(&asked, address, postcode))
		return;
	if (asked.postcode)
		consider_chain(gazetteer, &gazetteer->by_postcode, asked.postcode, &asked, &best);
	if (best.class != ADDRESS_EXACT)
		consider_elsewhere(gazetteer, &asked, &best);
	if (best.property == UINT32_MAX)
		return;
	out->score = best.score;
	out->gap = best.score - best.second;
	if (out->gap <= 0)
		return;
	out->class = best.class;
	out->property = best.property;
}
