/* Scores residents for a query: each part of it gives what it is worth (rare words more) once a
 * resident, by the best word that stands for it. */
#include "vault/search_int.h"

#include "base/memory.h"
#include "vault/disclosure.h"

#include <math.h>

enum { POSTINGS_MAX = 400000 }; /* looked at for one part of the query */

struct asking {
	const struct search_index *index;
	const struct search_permission *permission;
	struct search_scratch *scratch;
	bool *names, *former, *births, *addresses; /* by set of feeds */
	struct search_candidates *candidates;
	float possible; /* score of a resident who has every part */
	uint8_t part;   /* number of the part under way, from 1 */
};

/* ---- scratches --------------------------------------------------------------------------------------- */

static struct search_scratch *scratch_take(struct search_index *index)
{
	pthread_mutex_lock(&index->lock);
	struct search_scratch *scratch = index->scratches;
	if (scratch)
		index->scratches = scratch->next;
	pthread_mutex_unlock(&index->lock);
	if (scratch)
		return scratch;
	size_t count = index->resident_count + 1;
	scratch = memory_alloc(1, sizeof *scratch);
	scratch->score = memory_alloc(count, sizeof *scratch->score);
	scratch->address_score = memory_alloc(count, sizeof *scratch->address_score);
	scratch->credited = memory_alloc(count, 1);
	scratch->address_credited = memory_alloc(count, 1);
	scratch->matched = memory_alloc(count, 1);
	scratch->touched = memory_alloc(count, sizeof *scratch->touched);
	return scratch;
}

static void scratch_give(struct search_index *index, struct search_scratch *scratch)
{
	for (size_t i = 0; i < scratch->touched_count; i++) {
		uint32_t r = scratch->touched[i];
		scratch->score[r] = scratch->address_score[r] = 0;
		scratch->credited[r] = scratch->address_credited[r] = scratch->matched[r] = 0;
	}
	scratch->touched_count = 0;
	pthread_mutex_lock(&index->lock);
	scratch->next = index->scratches;
	index->scratches = scratch;
	pthread_mutex_unlock(&index->lock);
}

/* ---- permission ---------------------------------------------------------------------------------------- */

static bool *allowed_sets(const struct search_index *index, const struct search_feeds *allowed, struct arena *arena)
{
	bool *out = ARENA_ARRAY(arena, index->set_count + 1, bool);
	for (size_t s = 0; s < index->set_count; s++) {
		for (size_t i = 0; i < SEARCH_FEEDS_MAX / 64; i++)
			out[s] |= (index->sets[s].bits[i] & allowed->bits[i]) != 0;
	}
	return out;
}

static bool has_bit(const uint64_t *bits, uint32_t resident)
{
	return bits && (bits[resident / 64] >> (resident % 64) & 1);
}

size_t search_position(const struct search_index *index, int64_t resident_id)
{
	size_t low = 0, high = index->resident_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (index->residents[middle] < resident_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < index->resident_count && index->residents[low] == resident_id ? low : SEARCH_NOBODY;
}

/* ---- crediting ------------------------------------------------------------------------------------------ */

static void touch(struct search_scratch *s, uint32_t resident)
{
	if (!s->matched[resident])
		s->touched[s->touched_count++] = resident;
}

static bool is_address(unsigned bit)
{
	return bit == FOUND_ADDRESS || bit == FOUND_POSTCODE;
}

static void credit(struct asking *a, uint32_t resident, float worth, unsigned bit)
{
	struct search_scratch *s = a->scratch;
	touch(s, resident);
	if (is_address(bit)) {
		/* What a name gave for the same part is better: a word counts as one or the other. */
		if (s->address_credited[resident] != a->part && s->credited[resident] != a->part)
			s->address_score[resident] += worth;
		s->address_credited[resident] = a->part;
	} else {
		if (s->credited[resident] != a->part)
			s->score[resident] += worth;
		s->credited[resident] = a->part;
	}
	s->matched[resident] |= (uint8_t)bit;
}

static float rarity(const struct search_index *index, size_t frequency)
{
	return log2f(2.0F + (float)index->resident_count / (float)(frequency + 1));
}

static int compare_candidates(const void *left, const void *right)
{
	const struct search_candidate *a = left, *b = right;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->word > b->word) - (a->word < b->word);
}

static unsigned bit_of(char kind, float weight)
{
	switch (kind) {
	case SEARCH_NAME:
		return weight >= 0.999F ? FOUND_NAME : FOUND_NAME_ALIKE;
	case SEARCH_FORMER:
		return FOUND_FORMER_NAME;
	case SEARCH_BIRTH:
		return weight >= 0.999F ? FOUND_BIRTH : FOUND_BIRTH_ALIKE;
	case SEARCH_POSTCODE:
		return FOUND_POSTCODE;
	default:
		return FOUND_ADDRESS;
	}
}

static const bool *sets_of(const struct asking *a, char kind)
{
	switch (kind) {
	case SEARCH_NAME:
		return a->names;
	case SEARCH_FORMER:
		return a->former;
	case SEARCH_BIRTH:
		return a->births;
	default:
		return a->addresses;
	}
}

/* Calls for each resident who has the word from a feed that may be looked at, and is there for the asker; counts them.
 * WORTH 0: only counts. */
static size_t credit_word(struct asking *a, const struct search_candidate *candidate, float worth)
{
	const struct search_index *index = a->index;
	const struct search_permission *may = a->permission;
	char kind = search_key(index, candidate->word).at[0];
	const bool *allowed = sets_of(a, kind);
	unsigned bit = bit_of(kind, candidate->weight);
	uint32_t end = index->word[candidate->word + 1].first;
	size_t count = 0;
	for (uint32_t p = index->word[candidate->word].first; p < end; p++) {
		uint32_t resident = index->postings[p].resident;
		if (!allowed[index->postings[p].feeds] || has_bit(may->hidden, resident) ||
		    (is_address(bit) && has_bit(may->no_address, resident)))
			continue;
		count++;
		if (worth > 0)
			credit(a, resident, worth * candidate->weight, bit);
	}
	return count;
}

/* How many have the best words of the part that anybody has, as far as the asker may know: a word that only others have
 * is one that nobody has. Candidates before these are dropped from the front. */
static size_t best_frequency(struct asking *a, size_t *first)
{
	const struct search_candidates *c = a->candidates;
	size_t frequency = 0;
	for (*first = 0; *first < c->count && !frequency;) {
		size_t next = *first;
		for (; next < c->count && c->at[next].weight >= c->at[*first].weight - 0.001F; next++)
			frequency += credit_word(a, &c->at[next], 0);
		*first = frequency ? *first : next;
	}
	return frequency;
}

/* Credits the candidates of one part, best first; IMPORTANCE scales what it is worth. MISSES: a part that nobody has is
 * missed, by all alike. */
static void credit_part(struct asking *a, float importance, bool misses)
{
	struct search_candidates *c = a->candidates;
	size_t first = 0, looked = 0;
	a->part++;
	if (c->count)
		qsort(c->at, c->count, sizeof *c->at, compare_candidates);
	size_t frequency = best_frequency(a, &first);
	float worth = rarity(a->index, frequency) * importance;
	for (size_t i = first; i < c->count && looked < POSTINGS_MAX; i++)
		looked += credit_word(a, &c->at[i], worth);
	if (frequency)
		a->possible += worth;
	else if (misses)
		a->possible += worth * 0.5F;
	c->count = 0;
}

/* ---- the parts of a query ------------------------------------------------------------------------------- */

static void ask_term(struct asking *a, const struct search_query *query, size_t i)
{
	const struct search_term *term = &query->terms[i];
	struct text word = text_of(term->word);
	if (term->number) { /* a house number tells only with its street */
		if (*term->house)
			search_candidates_exact(a->index, SEARCH_HOUSE, text_of(term->house), 1, a->candidates);
		credit_part(a, 1.0F, false);
		return;
	}
	search_candidates_names(a->index, word, i + 1 == query->term_count, a->candidates);
	search_candidates_streets(a->index, word, a->candidates);
	credit_part(a, 1.0F, true);
}

static void add_birth(struct asking *a, date d, float weight)
{
	char iso[DATE_TEXT_SIZE];
	search_candidates_exact(a->index, SEARCH_BIRTH, text_of(date_format_iso(d, iso)), weight, a->candidates);
}

/* The date itself, and the dates that people write instead of it. */
static void ask_birth(struct asking *a, date d)
{
	struct ymd at = date_ymd(d);
	add_birth(a, d, 1);
	if (at.day <= 12 && at.day != at.month && date_of(at.year, at.day, at.month) != DATE_UNKNOWN)
		add_birth(a, date_of(at.year, at.day, at.month), 0.7F);
	static const int years[] = {-1, 1, -10, 10, -100};
	for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
		if (date_of(at.year + years[i], at.month, at.day) != DATE_UNKNOWN)
			add_birth(a, date_of(at.year + years[i], at.month, at.day), 0.5F);
	}
	for (int month = 1; month <= 12; month++) {
		if (month != at.month && date_of(at.year, month, at.day) != DATE_UNKNOWN)
			add_birth(a, date_of(at.year, month, at.day), 0.45F);
	}
	for (int step = -1; step <= 1; step += 2)
		add_birth(a, d + step, 0.5F);
	credit_part(a, 1.2F, true);
}

static void ask_postcode(struct asking *a, const char *postcode)
{
	search_candidates_postcode(a->index, text_of(postcode), a->candidates);
	credit_part(a, 1.0F, true);
}

static size_t first_identifier(const struct search_index *index, int64_t hash)
{
	size_t low = 0, high = index->identifier_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (index->identifiers[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An identifier that is found is worth more than all words together; one that is not, nothing. */
static bool ask_identifier(struct asking *a, const struct search_question *question, const char *form)
{
	const struct search_index *index = a->index;
	int64_t hash = question->hash(question->hash_context, text_of(form));
	float worth = 2.5F * rarity(index, 0);
	bool found = false;
	a->part++;
	for (size_t i = first_identifier(index, hash);
	     i < index->identifier_count && index->identifiers[i].hash == hash; i++) {
		const struct search_identifier *id = &index->identifiers[i];
		const struct search_permission *may = a->permission;
		if (!may->identifier(may->context, id->feed, id->element) || has_bit(may->hidden, id->resident) ||
		    (has_bit(may->no_address, id->resident) && may->is_address &&
		     may->is_address(may->context, id->element)))
			continue;
		credit(a, id->resident, worth, FOUND_IDENTIFIER);
		found = true;
	}
	a->possible += found ? worth : 0;
	return found;
}

/* ---- ranking --------------------------------------------------------------------------------------------- */

static int compare_hits(const void *left, const void *right)
{
	const struct search_hit *a = left, *b = right;
	if (a->score_in_full != b->score_in_full)
		return a->score_in_full > b->score_in_full ? -1 : 1;
	return (a->resident_id > b->resident_id) - (a->resident_id < b->resident_id);
}

/* Keeps who has at least half of what the best one has, and a third of the query. */
static size_t rank(const struct asking *a, struct arena *arena, struct search_hit **out)
{
	const struct search_scratch *s = a->scratch;
	float best = 0;
	for (size_t i = 0; i < s->touched_count; i++)
		best = fmaxf(best, s->score[s->touched[i]] + s->address_score[s->touched[i]]);
	float least = fmaxf(best * 0.6F, a->possible * 0.33F);
	size_t count = 0;
	for (size_t i = 0; i < s->touched_count; i++)
		count += s->score[s->touched[i]] + s->address_score[s->touched[i]] >= least;
	struct search_hit *hits = ARENA_ARRAY(arena, count, struct search_hit);
	size_t kept = 0;
	for (size_t i = 0; i < s->touched_count; i++) {
		uint32_t r = s->touched[i];
		float full = s->score[r] + s->address_score[r];
		if (full >= least)
			hits[kept++] = (struct search_hit){a->index->residents[r], s->score[r] / a->possible,
							   full / a->possible, s->matched[r]};
	}
	if (kept)
		qsort(hits, kept, sizeof *hits, compare_hits);
	*out = hits;
	return kept;
}

static void take_as_number(struct search_query *query, struct text number)
{
	*query = (struct search_query){.identifier_only = true};
	query->identifier_count = search_identifier_form(query->identifiers[0], sizeof query->identifiers[0], number);
}

bool search_ask(const struct search_index *index, const struct search_question *question, struct arena *arena,
		struct search_hit **hits, size_t *count)
{
	struct search_query query;
	if (question->one_number)
		take_as_number(&query, question->query);
	else
		search_query_parse(&query, question->query);
	*count = 0;
	*hits = NULL;
	struct asking a = {.index = index, .permission = question->permission};
	a.scratch = scratch_take((struct search_index *)index);
	a.candidates = memory_alloc(1, sizeof *a.candidates);
	a.names = allowed_sets(index, &question->permission->names, arena);
	a.former = allowed_sets(index, &question->permission->former, arena);
	a.births = allowed_sets(index, &question->permission->births, arena);
	a.addresses = allowed_sets(index, &question->permission->addresses, arena);
	for (size_t i = 0; i < query.identifier_count; i++)
		(void)ask_identifier(&a, question, query.identifiers[i]);
	for (size_t i = 0; i < query.birth_count; i++)
		ask_birth(&a, query.births[i]);
	if (*query.postcode)
		ask_postcode(&a, query.postcode);
	for (size_t i = 0; i < query.term_count; i++)
		ask_term(&a, &query, i);
	bool understood = query.identifier_count || query.birth_count || *query.postcode || query.term_count;
	if (a.possible > 0)
		*count = rank(&a, arena, hits);
	scratch_give((struct search_index *)index, a.scratch);
	explicit_bzero(&query, sizeof query);
	free(a.candidates);
	return understood;
}
