#include "linking/sort.h"

#include "base/memory.h"
#include "base/threads.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKET_BITS = 11, BUCKETS = 1 << BUCKET_BITS, DIGIT = 7, FEW = 24 };

static void insert_sorted(uint64_t *at, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t moved = at[i];
		size_t j = i;
		for (; j > 0 && sort_key(at[j - 1]) > sort_key(moved); j--)
			at[j] = at[j - 1];
		at[j] = moved;
	}
}

/* FROM and TO change places with each pass: an odd number of passes ends in the other array. */
static void pass(uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
	uint32_t starts[(1 << DIGIT) + 1] = {0};
	for (size_t i = 0; i < count; i++)
		starts[((from[i] >> shift) & ((1 << DIGIT) - 1)) + 1]++;
	for (size_t i = 0; i < 1 << DIGIT; i++)
		starts[i + 1] += starts[i];
	for (size_t i = 0; i < count; i++)
		to[starts[(from[i] >> shift) & ((1 << DIGIT) - 1)]++] = from[i];
}

struct buckets {
	uint64_t *at, *spare; /* sorted into buckets in SPARE, and back in order to AT */
	unsigned digits;      /* what is left of a key below its bucket */
	size_t starts[BUCKETS + 1];
};

static void sort_bucket(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct buckets *b = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		uint64_t *from = b->spare + b->starts[i], *to = b->at + b->starts[i];
		size_t count = b->starts[i + 1] - b->starts[i];
		bool few = count <= FEW;
		if (few)
			insert_sorted(from, count);
		for (unsigned d = 0; !few && d < b->digits; d++) {
			pass(from, to, count, 32 + d * DIGIT);
			uint64_t *t = from;
			from = to;
			to = t;
		}
		if (from != b->at + b->starts[i] && count > 0)
			memcpy(to, from, count * sizeof *to);
	}
}

/* Keys need not use all of their bits: row numbers use some twenty. */
static unsigned key_bits(const uint64_t *at, size_t count)
{
	uint64_t any = 0;
	for (size_t i = 0; i < count; i++)
		any |= at[i];
	return any >> 32 ? 32 - (unsigned)__builtin_clzll(any) : 0;
}

void sort_by_key(uint64_t *at, uint64_t *spare, size_t count, unsigned threads)
{
	if (count <= FEW) {
		insert_sorted(at, count);
		return;
	}
	struct buckets *b = memory_alloc(1, sizeof *b);
	unsigned bits = key_bits(at, count), below = bits > BUCKET_BITS ? bits - BUCKET_BITS : 0, shift = 32 + below;
	size_t places[BUCKETS];
	b->at = at;
	b->spare = spare;
	b->digits = (below + DIGIT - 1) / DIGIT;
	for (size_t i = 0; i < count; i++)
		b->starts[(at[i] >> shift) + 1]++;
	for (size_t i = 0; i < BUCKETS; i++) {
		b->starts[i + 1] += b->starts[i];
		places[i] = b->starts[i];
	}
	for (size_t i = 0; i < count; i++)
		spare[places[at[i] >> shift]++] = at[i];
	parallel_for(BUCKETS, 64, threads, sort_bucket, b);
	free(b);
}
