/*
 * Blocks that share a page: each page is a row of blocks with headers, which
 * knows no gaps; free ones are also in a list for their size.
 */
#include "ex.h"

static bool is_last(const struct _POOL_HEADER *block)
{
	return (uint64_t)(block + block->BlockSize) % PAGE_SIZE == 0;
}

static void set_size(struct _POOL_HEADER *block, size_t size)
{
	block->BlockSize = size & 0xff;
	if (!is_last(block))
		block[size].PreviousSize = size & 0xff;
}

static struct _LIST_ENTRY *links_of(struct _POOL_HEADER *block)
{
	return (struct _LIST_ENTRY *)(block + 1);
}

static void list_free(struct _POOL_DESCRIPTOR *pool, struct _POOL_HEADER *block)
{
	block->PoolType = LAB_POOL_FREE;
	InsertTailList(&pool->ListHeads[block->BlockSize], links_of(block));
}

static struct _POOL_HEADER *find_free(struct _POOL_DESCRIPTOR *pool,
				      size_t size)
{
	for (; size < POOL_PAGE_BLOCKS; size++) {
		struct _LIST_ENTRY *first = pool->ListHeads[size].Flink;

		if (IsListEmpty(&pool->ListHeads[size]))
			continue;
		RemoveEntryList(first);
		return (struct _POOL_HEADER *)first - 1;
	}
	return NULL;
}

/* A block at least so large; the rest of where it comes from stays free. */
static struct _POOL_HEADER *carve(struct _POOL_DESCRIPTOR *pool, size_t size)
{
	struct _POOL_HEADER *block = find_free(pool, size);
	size_t all = block ? block->BlockSize : POOL_PAGE_BLOCKS;

	if (!block) {
		block = MiAllocatePoolPages(pool->PoolType, 1);
		if (!block)
			return NULL;
		pool->TotalPages++;
		block->PreviousSize = 0;
	}
	if (all - size < 2) { /* too little for a block with links */
		set_size(block, all);
		return block;
	}
	/* the rest first: its size tells where the page ends */
	struct _POOL_HEADER *rest = block + size;

	set_size(rest, all - size);
	set_size(block, size);
	list_free(pool, rest);
	return block;
}

void *ExpTakeBlock(struct _POOL_DESCRIPTOR *pool, size_t size, uint32_t tag)
{
	size_t blocks = 1 + (size + POOL_BLOCK - 1) / POOL_BLOCK;
	uint64_t flags = KiAcquireLock(&pool->Lock);
	struct _POOL_HEADER *block = carve(pool, blocks < 2 ? 2 : blocks);
	size_t bytes = 0;

	if (block) {
		block->PoolIndex = pool->PoolIndex & 0xff;
		block->PoolType = (pool->PoolType + 1) & 0xff;
		block->PoolTag = tag;
		block->ProcessBilled = NULL;
		bytes = (size_t)block->BlockSize * POOL_BLOCK;
		pool->RunningAllocs++;
		pool->TotalBytes += bytes;
	}
	KiReleaseLock(&pool->Lock, flags);
	if (!block)
		return NULL;
	ExpCountAllocation(pool, tag, bytes);
	return block + 1;
}

/* Unite with free neighbours; true: the whole page is free. */
static bool unite(struct _POOL_HEADER **block)
{
	struct _POOL_HEADER *first = *block;
	size_t size = first->BlockSize;

	if (!is_last(first) && first[size].PoolType == LAB_POOL_FREE) {
		RemoveEntryList(links_of(first + size));
		size += first[size].BlockSize;
	}
	if (first->PreviousSize &&
	    first[-(int)first->PreviousSize].PoolType == LAB_POOL_FREE) {
		size += first->PreviousSize;
		first -= first->PreviousSize;
		RemoveEntryList(links_of(first));
	}
	*block = first;
	if (size == POOL_PAGE_BLOCKS)
		return true;
	set_size(first, size);
	return false;
}

void ExpReturnBlock(struct _POOL_DESCRIPTOR *pool, void *address, uint32_t tag)
{
	struct _POOL_HEADER *block = (struct _POOL_HEADER *)address - 1;
	size_t bytes = (size_t)block->BlockSize * POOL_BLOCK;

	ExpCountFree(pool, tag, bytes);
	uint64_t flags = KiAcquireLock(&pool->Lock);

	pool->RunningDeAllocs++;
	pool->TotalBytes -= bytes;
	if (unite(&block)) {
		pool->TotalPages--;
		/* no longer a page that looks like a row of blocks */
		memset(block, 0, sizeof(*block));
		MiFreePoolPages(pool->PoolType, block, 1);
	} else {
		list_free(pool, block);
	}
	KiReleaseLock(&pool->Lock, flags);
}
