/*
 * Who has how much: a table of tags for each processor (or one for all, by
 * the layout), one more that takes what does not fit, and its last entry,
 * 'Ovfl', for what does not fit there either.
 */
#include "ex.h"

enum {
	TABLE = 33, /* a power of two and one that is never hashed to */
	EXPANSION = 64,
	HASH_FACTOR = 40543,
};

struct _POOL_TRACKER_TABLE *PoolTrackTable;
uint64_t PoolTrackTableSize = TABLE;
uint64_t PoolTrackTableMask = TABLE - 2;
struct _POOL_TRACKER_TABLE *PoolTrackTableExpansion;
uint64_t PoolTrackTableExpansionSize;
struct _POOL_TRACKER_TABLE *ExPoolTagTables[64];
struct _POOL_TRACKER_TABLE *ExpSessionPoolTrackTable;
uint64_t ExpSessionPoolTrackTableSize = TABLE;

static volatile int32_t ExpTaggedPoolLock;

void ExpInitializeTrackers(void)
{
	for (size_t i = 0; i < LAB_POOL_TABLES; i++)
		ExPoolTagTables[i] = MiAllocateSystem(
			TABLE * sizeof(*PoolTrackTable), sizeof(uint64_t));
	PoolTrackTable = ExPoolTagTables[0];
	ExpSessionPoolTrackTable = MiAllocateSystem(
		TABLE * sizeof(*PoolTrackTable), sizeof(uint64_t));
}

static struct _POOL_TRACKER_TABLE *find_expanded(uint32_t tag)
{
	struct _POOL_TRACKER_TABLE *last;

	if (!PoolTrackTableExpansion) {
		PoolTrackTableExpansion = MiAllocateSystem(
			EXPANSION * sizeof(*PoolTrackTable), sizeof(uint64_t));
		PoolTrackTableExpansionSize = EXPANSION;
	}
	for (size_t i = 0; i < EXPANSION - 1; i++) {
		struct _POOL_TRACKER_TABLE *entry = &PoolTrackTableExpansion[i];

		if (!entry->Key)
			entry->Key = tag;
		if (entry->Key == tag)
			return entry;
	}
	last = &PoolTrackTableExpansion[EXPANSION - 1];
	last->Key = LAB_TAG('O', 'v', 'f', 'l');
	return last;
}

static struct _POOL_TRACKER_TABLE *find(const struct _POOL_DESCRIPTOR *pool,
					uint32_t tag)
{
	struct _POOL_TRACKER_TABLE *table =
		pool->PoolType == PagedPool && pool->PoolIndex == SESSION_POOL
			? ExpSessionPoolTrackTable
			: ExPoolTagTables[KeGetCurrentPrcb()->Number %
					  LAB_POOL_TABLES];
	uint32_t hash = (tag * HASH_FACTOR) >> 16;

	for (size_t i = 0; i <= PoolTrackTableMask; i++) {
		struct _POOL_TRACKER_TABLE *entry =
			&table[(hash + i) & PoolTrackTableMask];

		if (!entry->Key)
			entry->Key = tag;
		if (entry->Key == tag)
			return entry;
	}
	return find_expanded(tag);
}

void ExpCountAllocation(const struct _POOL_DESCRIPTOR *pool, uint32_t tag,
			size_t bytes)
{
	uint64_t flags = KiAcquireLock(&ExpTaggedPoolLock);
	struct _POOL_TRACKER_TABLE *entry = find(pool, tag);

	if (pool->PoolType == PagedPool) {
		entry->PagedAllocs++;
		entry->PagedBytes += bytes;
	} else {
		entry->NonPagedAllocs++;
		entry->NonPagedBytes += bytes;
	}
	KiReleaseLock(&ExpTaggedPoolLock, flags);
}

void ExpCountFree(const struct _POOL_DESCRIPTOR *pool, uint32_t tag,
		  size_t bytes)
{
	uint64_t flags = KiAcquireLock(&ExpTaggedPoolLock);
	struct _POOL_TRACKER_TABLE *entry = find(pool, tag);

	if (pool->PoolType == PagedPool) {
		entry->PagedFrees++;
		entry->PagedBytes -= bytes;
	} else {
		entry->NonPagedFrees++;
		entry->NonPagedBytes -= bytes;
	}
	KiReleaseLock(&ExpTaggedPoolLock, flags);
}
