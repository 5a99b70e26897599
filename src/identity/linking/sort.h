/* Sorting by 32-bit keys, in linear time: what blocking and ordering come down to. */
#ifndef LINKING_SORT_H
#define LINKING_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sorts COUNT entries by their upper 32 bits, ascending; entries of one key keep their order. SPARE holds
 * as many. By the upper eleven bits that are used into 2,048 buckets, which then fit a cache; each by the other bits.
 */
void sort_by_key(uint64_t *at, uint64_t *spare, size_t count, unsigned threads);
static inline uint64_t sort_entry(uint32_t key, uint32_t value)
{
	return (uint64_t)key << 32 | value;
}
static inline uint32_t sort_key(uint64_t entry)
{
	return (uint32_t)(entry >> 32);
}
static inline uint32_t sort_value(uint64_t entry)
{
	return (uint32_t)entry;
}

#endif
