/* Pool with tags: what drivers call. */
#include "ex.h"

struct _POOL_DESCRIPTOR NonPagedPoolDescriptor;
struct _POOL_DESCRIPTOR *ExpPagedPoolDescriptor[PAGED_POOLS];
uint32_t ExpNumberOfPagedPools = PAGED_POOLS - 1; /* the first not counted */

/* The session's pool has pages of paged pool, and a tag table of its own. */
static struct _POOL_DESCRIPTOR ExpPagedPools[PAGED_POOLS + 1];
static volatile uint32_t ExpPagedPoolTurn;

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

static uint32_t take_turn(void)
{
	return __atomic_fetch_add(&ExpPagedPoolTurn, 1, __ATOMIC_RELAXED) %
	       PAGED_POOLS;
}

/* Paged pools take turns. */
static struct _POOL_DESCRIPTOR *descriptor_for(enum _POOL_TYPE type)
{
	uint32_t turn = take_turn();

	if (type == PagedPoolSession)
		return &ExpPagedPools[SESSION_POOL];
	return type == PagedPool ? &ExpPagedPools[turn]
				 : &NonPagedPoolDescriptor;
}

/* Where a block of this index came from. */
static struct _POOL_DESCRIPTOR *descriptor_of(enum _POOL_TYPE type,
					      uint32_t index)
{
	return type == PagedPool ? &ExpPagedPools[index]
				 : &NonPagedPoolDescriptor;
}

static void initialize_descriptor(struct _POOL_DESCRIPTOR *pool,
				  enum _POOL_TYPE type, uint32_t index)
{
	pool->PoolType = type;
	pool->PoolIndex = index;
	for (size_t i = 0; i < POOL_PAGE_BLOCKS; i++)
		InitializeListHead(&pool->ListHeads[i]);
}

void ExInitializePool(void)
{
	initialize_descriptor(&NonPagedPoolDescriptor, NonPagedPool, 0);
	for (uint32_t i = 0; i <= SESSION_POOL; i++)
		initialize_descriptor(&ExpPagedPools[i], PagedPool, i);
	for (uint32_t i = 0; i < PAGED_POOLS; i++)
		ExpPagedPoolDescriptor[i] = &ExpPagedPools[i];
	ExpInitializeTrackers();
	ExpInitializeBigPages();
}

void *ExAllocatePoolWithTag(enum _POOL_TYPE type, size_t size, uint32_t tag)
{
	size_t most = POOL_SMALL_BLOCKS * POOL_BLOCK - POOL_BLOCK;
	void *block;

	if (size > most) /* it has no header that could tell its pool */
		block = ExpAllocateBigPool(
			descriptor_of(type == NonPagedPool ? type : PagedPool,
				      0),
			size, tag);
	else
		block = ExpAllocateSmallPool(descriptor_for(type), size, tag);
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
		ExpFreeBigAllocation(descriptor_of(type, 0), block, tag);
		return;
	}
	if (header->PoolType == LAB_POOL_FREE)
		KeBugCheckEx(BAD_POOL_CALLER, FREED_TWICE, header->PoolTag, 0,
			     (uint64_t)block);
	if (tag && tag != header->PoolTag)
		KeBugCheckEx(BAD_POOL_CALLER, WRONG_TAG, (uint64_t)block,
			     header->PoolTag, tag);
	ExpFreeSmallPool(descriptor_of(type, header->PoolIndex), block,
			 header->PoolTag);
}
