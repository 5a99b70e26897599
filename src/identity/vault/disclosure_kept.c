/* What was read of somebody, kept for the next who asks: before any policy, bounded, for one generation of the
 * data only (docs/decisions/0006). */
#include "vault/disclosure_int.h"

#include "base/map.h"
#include "base/memory.h"

/* Two halves: when the younger is full, the older is thrown away, and who was asked for since is in the younger. */
struct half {
	struct id_map blocks; /* resident -> struct kept_block, 0: moved away */
	size_t bytes;
};

struct disclosure_kept {
	pthread_mutex_t lock;
	size_t most; /* bytes of a half */
	struct half young, old;
};

struct disclosure_kept *disclosure_kept_new(size_t most)
{
	struct disclosure_kept *kept = memory_alloc(1, sizeof *kept);
	kept->most = most / 2;
	pthread_mutex_init(&kept->lock, NULL);
	id_map_init(&kept->young.blocks);
	id_map_init(&kept->old.blocks);
	return kept;
}

static void block_free(struct kept_block *block)
{
	if (block)
		explicit_bzero(block, block->size);
	free(block);
}

static void half_empty(struct half *half)
{
	for (size_t i = 0; i < half->blocks.slot_count; i++) {
		if (half->blocks.used[i])
			block_free((struct kept_block *)(uintptr_t)half->blocks.values[i]);
	}
	id_map_release(&half->blocks);
	*half = (struct half){0};
	id_map_init(&half->blocks);
}

void disclosure_kept_free(struct disclosure_kept *kept)
{
	if (!kept)
		return;
	half_empty(&kept->young);
	half_empty(&kept->old);
	pthread_mutex_destroy(&kept->lock);
	free(kept);
}

static struct kept_block *half_get(const struct half *half, int64_t resident_id)
{
	const uint64_t *at = id_map_get(&half->blocks, (uint64_t)resident_id);
	return at ? (struct kept_block *)(uintptr_t)*at : NULL;
}

/* Called locked. */
static void put_young(struct disclosure_kept *kept, int64_t resident_id, struct kept_block *block)
{
	uint64_t *at = id_map_put(&kept->young.blocks, (uint64_t)resident_id, NULL);
	struct kept_block *before = (struct kept_block *)(uintptr_t)*at;
	kept->young.bytes += block->size - (before ? before->size : 0);
	block_free(before);
	*at = (uint64_t)(uintptr_t)block;
	if (kept->young.bytes <= kept->most)
		return;
	half_empty(&kept->old);
	kept->old = kept->young;
	kept->young = (struct half){0};
	id_map_init(&kept->young.blocks);
}

const void *asking_kept(struct asking_door *asking, struct disclosure_kept *kept, int64_t resident_id)
{
	void *copy = NULL;
	if (!asking->snapshot_is_state)
		return NULL;
	pthread_mutex_lock(&kept->lock);
	struct kept_block *block = half_get(&kept->young, resident_id);
	if (block) {
		copy = arena_alloc(asking->arena, block->size);
		memcpy(copy, block, block->size);
	} else if ((block = half_get(&kept->old, resident_id))) {
		copy = arena_alloc(asking->arena, block->size);
		memcpy(copy, block, block->size);
		*id_map_put(&kept->old.blocks, (uint64_t)resident_id, NULL) = 0;
		kept->old.bytes -= block->size;
		put_young(kept, resident_id, block);
	}
	pthread_mutex_unlock(&kept->lock);
	return copy;
}

void asking_keep(struct asking_door *asking, struct disclosure_kept *kept, int64_t resident_id,
		 const struct kept_block *block)
{
	if (!asking->snapshot_is_state || block->size > kept->most / 64)
		return;
	struct kept_block *copy = memory_alloc(1, block->size);
	memcpy(copy, block, block->size);
	pthread_mutex_lock(&kept->lock);
	put_young(kept, resident_id, copy);
	pthread_mutex_unlock(&kept->lock);
}
