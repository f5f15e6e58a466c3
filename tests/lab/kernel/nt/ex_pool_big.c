/* Allocations of whole pages, without headers: a table knows them. */
#include "ex.h"

enum { BIG_PAGES = 4096, IS_FREE = 1 };

struct _POOL_TRACKER_BIG_PAGES *PoolBigPageTable;
uint64_t PoolBigPageTableSize;

static volatile int32_t ExpBigPagesLock;

void ExpInitializeBigPages(void)
{
	PoolBigPageTableSize = BIG_PAGES;
	PoolBigPageTable = MiAllocateSystem(
		BIG_PAGES * sizeof(*PoolBigPageTable), PAGE_SIZE);
	for (size_t i = 0; i < BIG_PAGES; i++)
		PoolBigPageTable[i].Va = IS_FREE;
}

/* The entry for @p va, or with @p va IS_FREE the first free one from there. */
static struct _POOL_TRACKER_BIG_PAGES *find(uint64_t from, uint64_t va)
{
	for (size_t i = 0; i < BIG_PAGES; i++) {
		struct _POOL_TRACKER_BIG_PAGES *entry =
			&PoolBigPageTable[(from / PAGE_SIZE + i) % BIG_PAGES];

		if (va == IS_FREE ? entry->Va & IS_FREE : entry->Va == va)
			return entry;
	}
	return NULL;
}

static size_t pages_of(size_t bytes)
{
	return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

void *ExpTakePages(struct _POOL_DESCRIPTOR *pool, size_t size, uint32_t tag)
{
	size_t pages = pages_of(size);
	uint64_t flags = KiAcquireLock(&ExpBigPagesLock);
	void *block = MiAllocatePoolPages(pool->PoolType, pages);
	struct _POOL_TRACKER_BIG_PAGES *entry =
		block ? find((uint64_t)block, IS_FREE) : NULL;

	if (entry) {
		entry->Va = (uint64_t)block;
		entry->Key = tag;
		entry->PoolType = pool->PoolType;
		entry->NumberOfBytes = size;
		pool->RunningAllocs++;
		pool->TotalBigPages += (uint32_t)pages;
		pool->TotalBytes += pages * PAGE_SIZE;
	} else if (block) {
		MiFreePoolPages(pool->PoolType, block, pages);
	}
	KiReleaseLock(&ExpBigPagesLock, flags);
	if (!entry)
		return NULL;
	ExpCountAllocation(pool, tag, pages * PAGE_SIZE);
	return block;
}

bool ExpFindBigTag(const void *block, uint32_t *ret_tag)
{
	uint64_t flags = KiAcquireLock(&ExpBigPagesLock);
	const struct _POOL_TRACKER_BIG_PAGES *entry =
		find((uint64_t)block, (uint64_t)block);

	if (entry)
		*ret_tag = entry->Key;
	KiReleaseLock(&ExpBigPagesLock, flags);
	return entry != NULL;
}

void ExpReturnPages(struct _POOL_DESCRIPTOR *pool, void *block, uint32_t tag)
{
	uint64_t flags = KiAcquireLock(&ExpBigPagesLock);
	struct _POOL_TRACKER_BIG_PAGES *entry =
		find((uint64_t)block, (uint64_t)block);
	size_t pages = entry ? pages_of(entry->NumberOfBytes) : 0;

	if (entry) {
		entry->Va |= IS_FREE;
		pool->RunningDeAllocs++;
		pool->TotalBigPages -= (uint32_t)pages;
		pool->TotalBytes -= pages * PAGE_SIZE;
		MiFreePoolPages(pool->PoolType, block, pages);
	}
	KiReleaseLock(&ExpBigPagesLock, flags);
	if (entry)
		ExpCountFree(pool, tag, pages * PAGE_SIZE);
}
