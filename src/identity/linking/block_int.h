/* Blocking, inside: rules, the keys they make of values, and going through pairs. */
#ifndef LINKING_BLOCK_INT_H
#define LINKING_BLOCK_INT_H

#include "linking/linking_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct rule {
	char name[96];
	struct linking_rule is;
};
struct rules {
	struct rule at[LINKING_RULES];
	size_t count;
};
/* The rules that are pinned, or those that the table's columns call for. */
void rules_make(struct rules *rules, const struct linking_table *table, const struct linking_settings *settings);

/* The keys of one value; 0 is none. It may have two: a double family name, a nickname. */
struct value_keys {
	uint64_t first, second;
};
struct value_keys value_keys(const struct column *column, uint32_t code, struct linking_part part);

/* ---- lanes ------------------------------------------------------------------------------------------- */

void lanes_make(struct blocks *blocks, const struct rules *rules, unsigned threads);
void lanes_release(struct lanes *lanes);
/* The keys of a row for a way, 0 .. MOST_KEYS - 1. */
enum { MOST_KEYS = 16 };
size_t way_keys(const struct lanes *lanes, const struct way *way, uint32_t row, uint32_t out[MOST_KEYS]);
/* Where one of two rows has further keys or lies in a divided block: the first way that holds, and the block's
 * key, or its number where it came of dividing. WAYS: none. */
struct way_found {
	unsigned way;
	uint32_t key, block;
	bool divided;
};
struct way_found find_way(const struct blocks *blocks, uint32_t a, uint32_t b);

/* Which lanes agree, one bit each. */
static inline uint64_t lanes_agree(const uint32_t *a, const uint32_t *b, size_t stride)
{
	uint64_t agree = 0;
	for (size_t i = 0; i < stride; i += LANE_STEP) {
#ifdef __SSE2__
		__m128i same = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(a + i)),
					       _mm_loadu_si128((const __m128i *)(b + i)));
		agree |= (uint64_t)(unsigned)_mm_movemask_ps(_mm_castsi128_ps(same)) << i;
#else
		for (size_t k = 0; k < LANE_STEP; k++)
			agree |= (uint64_t)(a[i + k] == b[i + k]) << (i + k);
#endif
	}
	return agree;
}

/* Which pairs of names agree in each other's columns, behind the lanes' bits. */
static inline uint64_t names_crossed(const struct lanes *lanes, const uint32_t *a, const uint32_t *b)
{
	uint64_t crossed = 0;
	for (unsigned i = 0; i < lanes->crossing_count; i++) {
		unsigned given = lanes->crossing[i][0], family = lanes->crossing[i][1];
		crossed |= (uint64_t)(a[given] == b[family] && a[family] == b[given]) << (lanes->count + i);
	}
	return crossed;
}

/* The alternatives that hold for two rows that have no further keys. */
static inline uint64_t ways_that_hold(const struct blocks *blocks, const uint32_t *a, const uint32_t *b)
{
	const struct lanes *lanes = &blocks->lanes;
	uint64_t agree = lanes_agree(a, b, lanes->stride), hold = UINT64_MAX;
	agree |= names_crossed(lanes, a, b);
	for (unsigned i = 0; i < blocks->table_count; i++)
		hold &= blocks->tables[i][agree >> (8 * i) & 255];
	return hold;
}

/* Whether block BLOCK of way WAY is the first that has both rows, which have no further keys but lie in blocks that
 * were divided; HOLD: the alternatives that hold. */
bool is_first_part(const struct blocks *blocks, uint64_t hold, unsigned way, uint32_t block, uint32_t a, uint32_t b);

/* ---- going through pairs ----------------------------------------------------------------------------------- */

/* Blocks of one way, about equally many pairs in each: what a thread takes at a time. Which there are depends on
 * the data alone. */
struct stretch {
	unsigned way;
	uint32_t first, end; /* blocks */
};
enum { PAIRS_A_STRETCH = 1 << 15 };
size_t blocks_stretches(struct stretch **out, const struct blocks *blocks);

static inline bool first_way_holds(const struct blocks *blocks, const uint32_t *a, const uint32_t *b)
{
	const struct way *way = &blocks->ways[0];
	bool holds = true;
	for (unsigned i = 0; i < way->count; i++)
		holds &= a[way->lanes[i]] == b[way->lanes[i]];
	return holds;
}

/* Whether a pair of block BLOCK of way WAY is scored there: no other block has it first. */
static inline bool is_first_block(const struct blocks *blocks, unsigned way, uint32_t block, uint32_t a, uint32_t b)
{
	const struct lanes *lanes = &blocks->lanes;
	const uint32_t *x = lanes->at + a * lanes->stride, *y = lanes->at + b * lanes->stride;
	if (!((lanes->flags[a] | lanes->flags[b]) & ROW_FURTHER)) {
		if (way == 0 && !(lanes->flags[a] & lanes->flags[b] & ROW_DIVIDED) && !blocks->ways[0].any_order)
			return first_way_holds(blocks, x, y);
		uint64_t hold = ways_that_hold(blocks, x, y);
		if (!hold)
			return false; /* two keys that came to one */
		if (!(lanes->flags[a] & lanes->flags[b] & ROW_DIVIDED))
			return blocks->way_of[__builtin_ctzll(hold)] == way;
		return is_first_part(blocks, hold, way, block, a, b);
	}
	struct way_found found = find_way(blocks, a, b);
	return found.way == way && (found.divided ? found.block == block : found.key == blocks->of[way].keys[block]);
}

typedef bool visit_pair(void *context, unsigned way, uint32_t a, uint32_t b);

/* What is_first_block() looks at, of the block after the next ones. */
static inline void fetch_ahead(const struct blocks *blocks, const struct way_blocks *of, uint32_t block)
{
	enum { AHEAD = 10 };
	const struct lanes *lanes = &blocks->lanes;
	if (block + AHEAD >= of->count)
		return;
	for (uint32_t i = of->starts[block + AHEAD], k = 0; i < of->starts[block + AHEAD + 1] && k < 4; i++, k++) {
		__builtin_prefetch(lanes->flags + of->members[i]);
		__builtin_prefetch(lanes->at + (size_t)of->members[i] * lanes->stride);
	}
}

/* Calls VISIT for the pairs of one stretch that no earlier block has; of one block in EVERY, drawn by its key. False
 * once VISIT is. */
static inline __attribute__((always_inline)) bool visit_stretch(const struct blocks *blocks,
								const struct linking_settings *settings,
								const struct stretch *stretch, uint64_t every,
								visit_pair *visit, void *context)
{
	const struct way_blocks *of = &blocks->of[stretch->way];
	for (uint32_t b = stretch->first; b < stretch->end; b++) {
		const uint32_t *members = of->members + of->starts[b], *end = of->members + of->starts[b + 1];
		if (every > 1 && hash_mix((uint64_t)of->keys[b] << 32 | b) % every != 0)
			continue;
		fetch_ahead(blocks, of, b);
		for (const uint32_t *x = members; x < end; x++) {
			for (const uint32_t *y = x + 1; y < end; y++) {
				if (!same_file(blocks->table, settings, *x, *y) &&
				    is_first_block(blocks, stretch->way, b, *x, *y) &&
				    !visit(context, stretch->way, *x, *y))
					return false;
			}
		}
	}
	return true;
}

#endif
