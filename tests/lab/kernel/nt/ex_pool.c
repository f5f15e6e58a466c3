/* Pool with tags: what drivers call. */
#include "ex.h"

struct _POOL_DESCRIPTOR NonPagedPoolDescriptor;
struct _POOL_DESCRIPTOR ExpPagedPoolDescriptor;

/* Allocations that found no memory. */
uint32_t ExPoolFailures;

/* A debugger writes a tag here to stop where it is allocated or freed. */
volatile uint32_t PoolHitTag = 0xffffff0f;

enum {
	BAD_POOL_CALLER = 0xc2,
	FREED_TWICE = 7,
	NOT_POOL = 0x40,
	WRONG_TAG = 10
};

static struct _POOL_DESCRIPTOR *descriptor_of(enum _POOL_TYPE type)
{
	return type == PagedPool ? &ExpPagedPoolDescriptor
				 : &NonPagedPoolDescriptor;
}

static void initialize_descriptor(struct _POOL_DESCRIPTOR *pool,
				  enum _POOL_TYPE type)
{
	pool->PoolType = type;
	for (size_t i = 0; i < POOL_PAGE_BLOCKS; i++)
		InitializeListHead(&pool->ListHeads[i]);
}

void ExInitializePool(void)
{
	initialize_descriptor(&NonPagedPoolDescriptor, NonPagedPool);
	initialize_descriptor(&ExpPagedPoolDescriptor, PagedPool);
	ExpInitializeTrackers();
	ExpInitializeBigPages();
}

void *ExAllocatePoolWithTag(enum _POOL_TYPE type, size_t size, uint32_t tag)
{
	struct _POOL_DESCRIPTOR *pool = descriptor_of(type);
	size_t most = POOL_SMALL_BLOCKS * POOL_BLOCK - POOL_BLOCK;
	void *block;

	if (size > most)
		block = ExpAllocateBigPool(pool, size, tag);
	else
		block = ExpAllocateSmallPool(pool, size, tag);
	if (!block)
		__atomic_fetch_add(&ExPoolFailures, 1, __ATOMIC_RELAXED);
	return block;
}

static void ExpFreeBigAllocation(struct _POOL_DESCRIPTOR *pool, void *block,
				 uint32_t tag)
{
	uint32_t real;

	if (!ExpFindBigTag(block, &real))
		KeBugCheckEx(BAD_POOL_CALLER, NOT_POOL, (uint64_t)block, 0, 0);
	if (tag && tag != real)
		KeBugCheckEx(BAD_POOL_CALLER, WRONG_TAG, (uint64_t)block, real,
			     tag);
	ExpFreeBigPool(pool, block, real);
}

void ExFreePoolWithTag(void *block, uint32_t tag)
{
	enum _POOL_TYPE type = MmDeterminePoolType(block);
	const struct _POOL_HEADER *header = (struct _POOL_HEADER *)block - 1;

	if (type == LabPoolTypes)
		KeBugCheckEx(BAD_POOL_CALLER, NOT_POOL, (uint64_t)block, 0, 0);
	if ((uint64_t)block % PAGE_SIZE == 0) {
		ExpFreeBigAllocation(descriptor_of(type), block, tag);
		return;
	}
	if (header->PoolType == LAB_POOL_FREE)
		KeBugCheckEx(BAD_POOL_CALLER, FREED_TWICE, header->PoolTag, 0,
			     (uint64_t)block);
	if (tag && tag != header->PoolTag)
		KeBugCheckEx(BAD_POOL_CALLER, WRONG_TAG, (uint64_t)block,
			     header->PoolTag, tag);
	ExpFreeSmallPool(descriptor_of(type), block, header->PoolTag);
}
