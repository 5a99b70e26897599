/* Phrases of context rules as a graph of words: choices in a phrase are ways through it, which meet again behind them,
 * so that its size is that of the rules as they are written.  A sentence is walked through it from each token. */
#include "notes/reader_int.h"

#include "base/memory.h"

#include <stdlib.h>

void rules_init(struct rules *rules)
{
	*rules = (struct rules){.node_count = 1}; /* node 0: where every phrase begins */
	text_map_init(&rules->vocabulary.words);
	id_map_init(&rules->index);
	arena_init(&rules->arena, 64 << 20);
	ARRAY_GROW(rules->roles, rules->role_count, rules->role_capacity);
	rules->roles[rules->role_count++] = TEXT_ABSENT;
}

void rules_release(struct rules *rules)
{
	text_map_release(&rules->vocabulary.words);
	id_map_release(&rules->index);
	arena_release(&rules->arena);
	free(rules->rules);
	free(rules->edges);
	free(rules->ends);
	free(rules->roles);
}

uint32_t rules_word(struct rules *rules, struct text word)
{
	static const char *const classes[] = {"<number>", "<year>", "<name>", "<end>"};
	bool is_new;
	for (uint32_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (text_is(word, classes[i]))
			return WORD_NUMBER + i;
	}
	uint64_t *number = text_map_put(&rules->vocabulary.words, word, &is_new);
	if (is_new)
		*number = WORD_FIRST + rules->vocabulary.words.count - 1;
	return (uint32_t)*number;
}

uint32_t rules_node(struct rules *rules)
{
	return (uint32_t)rules->node_count++;
}

void rules_edge(struct rules *rules, uint32_t from, uint32_t word, uint32_t to)
{
	ARRAY_GROW(rules->edges, rules->edge_count, rules->edge_capacity);
	rules->edges[rules->edge_count++] = (struct rule_edge){from, word, to};
}

void rules_end(struct rules *rules, uint32_t node, uint32_t rule, uint32_t role)
{
	ARRAY_GROW(rules->ends, rules->end_count, rules->end_capacity);
	rules->ends[rules->end_count++] = (struct rule_end){node, rule, role};
}

static int compare_edges(const void *left, const void *right)
{
	const struct rule_edge *a = left, *b = right;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->word != b->word)
		return a->word < b->word ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static int compare_ends(const void *left, const void *right)
{
	const struct rule_end *a = left, *b = right;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->rule > b->rule) - (a->rule < b->rule);
}

static uint64_t key_of(uint32_t node, uint32_t word)
{
	return (uint64_t)node << 32 | word;
}

/* Word 0 stands for the ends of a node. */
void rules_finish(struct rules *rules)
{
	if (rules->edge_count)
		qsort(rules->edges, rules->edge_count, sizeof *rules->edges, compare_edges);
	if (rules->end_count)
		qsort(rules->ends, rules->end_count, sizeof *rules->ends, compare_ends);
	for (size_t i = 0; i < rules->edge_count; i++) {
		bool is_new;
		uint64_t *first =
			id_map_put(&rules->index, key_of(rules->edges[i].from, rules->edges[i].word), &is_new);
		*first = is_new ? i : *first;
	}
	for (size_t i = 0; i < rules->end_count; i++) {
		bool is_new;
		uint64_t *first = id_map_put(&rules->index, key_of(rules->ends[i].node, 0), &is_new);
		*first = is_new ? i : *first;
	}
}

/* ---- finding ----------------------------------------------------------------------------------------- */

/* Phrases are compared with those that do the same: a longer one that reaches backward takes nothing from one that
 * reaches forward. What only looks like a phrase takes from all. */
enum kind { KIND_REACHES_FORWARD, KIND_REACHES_BACKWARD, KIND_ENDS, KIND_LOOKS_LIKE, KIND_HEADS, KINDS };
enum { WAYS_MOST = 16 };

struct longest { /* of a kind, at one token */
	size_t length, count;
	const struct rule_end *ends[WAYS_MOST];
};

struct walk {
	const struct rules *rules;
	const struct token *tokens;
	size_t count, first;
	struct longest kinds[KINDS];
};

static enum kind kind_of(const struct rule *rule)
{
	static const enum kind kinds[] = {
		[DIRECTION_FORWARD] = KIND_REACHES_FORWARD, [DIRECTION_BACKWARD] = KIND_REACHES_BACKWARD,
		[DIRECTION_BOTH] = KIND_REACHES_FORWARD,    [DIRECTION_TERMINATE] = KIND_ENDS,
		[DIRECTION_PSEUDO] = KIND_LOOKS_LIKE,       [DIRECTION_SECTION] = KIND_HEADS};
	return kinds[rule->direction];
}

static void take_end(struct walk *walk, const struct rule_end *end, size_t length)
{
	struct longest *longest = &walk->kinds[kind_of(&walk->rules->rules[end->rule])];
	if (length < longest->length)
		return;
	if (length > longest->length)
		longest->count = 0;
	longest->length = length;
	for (size_t i = 0; i < longest->count; i++) {
		if (longest->ends[i]->rule == end->rule && longest->ends[i]->role == end->role)
			return;
	}
	if (longest->count < WAYS_MOST)
		longest->ends[longest->count++] = end;
}

static void walk_on(struct walk *walk, uint32_t node, size_t at);

static void walk_ways(struct walk *walk, uint32_t node, uint32_t word, size_t at)
{
	const struct rules *rules = walk->rules;
	const uint64_t *first = word ? id_map_get(&rules->index, key_of(node, word)) : NULL;
	for (size_t i = first ? *first : rules->edge_count;
	     i < rules->edge_count && rules->edges[i].from == node && rules->edges[i].word == word; i++)
		walk_on(walk, rules->edges[i].to, at + 1);
}

/* A token is a word and may be of a class: both ways are gone. No deeper than the longest phrase. */
static void walk_on(struct walk *walk, uint32_t node, size_t at)
{
	const struct rules *rules = walk->rules;
	const uint64_t *first = node ? id_map_get(&rules->index, key_of(node, 0)) : NULL;
	for (size_t i = first ? *first : rules->end_count; i < rules->end_count && rules->ends[i].node == node; i++)
		take_end(walk, &rules->ends[i], at - walk->first);
	if (at >= walk->count)
		return;
	walk_ways(walk, node, walk->tokens[at].word, at);
	walk_ways(walk, node, walk->tokens[at].class, at);
}

static int year_of(const struct token *tokens, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++) {
		if (tokens[i].year)
			return tokens[i].year;
	}
	return 0;
}

/* Cues of one kind at the token of WALK; COVERED: up to where a longer one reaches. */
static size_t take_cues(const struct walk *walk, enum kind kind, size_t covered[KINDS], struct cue *cues, size_t most)
{
	const struct longest *longest = &walk->kinds[kind];
	size_t end = walk->first + longest->length, count = 0;
	if (longest->length == 0 || end <= covered[kind] || end <= covered[KIND_LOOKS_LIKE])
		return 0;
	covered[kind] = end;
	for (; count < longest->count && count < most; count++)
		cues[count] = (struct cue){.start = (uint16_t)walk->first,
					   .end = (uint16_t)end,
					   .rule = longest->ends[count]->rule,
					   .role = longest->ends[count]->role,
					   .year = year_of(walk->tokens, walk->first, end)};
	return count;
}

/* "there is no" and "no change in": the second says that the first was none. */
static size_t drop_reached(struct cue *cues, size_t count, size_t start, size_t end)
{
	while (count > 0 && cues[count - 1].end > start && cues[count - 1].end < end && cues[count - 1].start < start)
		count--;
	return count;
}

size_t rules_find(const struct rules *rules, const struct token *tokens, size_t count, struct cue *cues, size_t most)
{
	size_t found = 0, covered[KINDS] = {0};
	struct walk walk = {.rules = rules, .tokens = tokens, .count = count};
	for (size_t i = 0; i < count; i++) {
		walk.first = i;
		for (int kind = 0; kind < KINDS; kind++)
			walk.kinds[kind].length = walk.kinds[kind].count = 0;
		walk_on(&walk, 0, i);
		if (walk.kinds[KIND_LOOKS_LIKE].length)
			found = drop_reached(cues, found, i, i + walk.kinds[KIND_LOOKS_LIKE].length);
		found += take_cues(&walk, KIND_LOOKS_LIKE, covered, cues + found, most - found);
		for (int kind = KIND_REACHES_FORWARD; kind <= KIND_ENDS; kind++)
			found += take_cues(&walk, (enum kind)kind, covered, cues + found, most - found);
	}
	return found;
}

const struct rule *rules_section(const struct rules *rules, const struct token *tokens, size_t count)
{
	struct walk walk = {.rules = rules, .tokens = tokens, .count = count};
	walk_on(&walk, 0, 0);
	const struct longest *heads = &walk.kinds[KIND_HEADS];
	return heads->count && heads->length == count ? &rules->rules[heads->ends[0]->rule] : NULL;
}
