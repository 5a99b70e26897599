#include "linking/sort.h"

#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKET_BITS = 11, BUCKETS = 1 << BUCKET_BITS, DIGIT = 7, DIGITS = 3, FEW = 24 };

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
	size_t starts[BUCKETS + 1];
};

static void sort_bucket(void *context, size_t chunk, size_t first, size_t end, unsigned thread)
{
	struct buckets *b = context;
	(void)chunk, (void)thread;
	for (size_t i = first; i < end; i++) {
		uint64_t *from = b->spare + b->starts[i], *to = b->at + b->starts[i];
		size_t count = b->starts[i + 1] - b->starts[i];
		if (count <= FEW) {
			insert_sorted(from, count);
			if (count > 0)
				memcpy(to, from, count * sizeof *to);
			continue;
		}
		for (unsigned d = 0; d < DIGITS; d++) {
			pass(from, to, count, 32 + d * DIGIT);
			uint64_t *t = from;
			from = to;
			to = t;
		}
	}
}

void sort_by_key(uint64_t *at, uint64_t *spare, size_t count, unsigned threads)
{
	struct buckets *b = memory_alloc(1, sizeof *b);
	b->at = at;
	b->spare = spare;
	if (count <= FEW) {
		insert_sorted(at, count);
		free(b);
		return;
	}
	size_t places[BUCKETS];
	for (size_t i = 0; i < count; i++)
		b->starts[(at[i] >> (64 - BUCKET_BITS)) + 1]++;
	for (size_t i = 0; i < BUCKETS; i++) {
		b->starts[i + 1] += b->starts[i];
		places[i] = b->starts[i];
	}
	for (size_t i = 0; i < count; i++)
		spare[places[at[i] >> (64 - BUCKET_BITS)]++] = at[i];
	parallel_for(BUCKETS, 64, threads, sort_bucket, b);
	free(b);
}
