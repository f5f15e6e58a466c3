#ifndef EX_H
#define EX_H

/**
 * @file
 * The pool, between its files.
 */

#include "ki.h"

enum {
	POOL_BLOCK = 16, /* what sizes are counted in */
	POOL_PAGE_BLOCKS = PAGE_SIZE / POOL_BLOCK,
	/* the largest block that shares a page, header included */
	POOL_SMALL_BLOCKS = POOL_PAGE_BLOCKS - 2,
};

_Static_assert(sizeof(struct _POOL_HEADER) == POOL_BLOCK, "");

/* What _POOL_DESCRIPTOR and _POOL_HEADER have as PoolIndex. */
enum { PAGED_POOLS = 2, SESSION_POOL = PAGED_POOLS };

extern struct _POOL_DESCRIPTOR NonPagedPoolDescriptor;
extern struct _POOL_DESCRIPTOR *ExpPagedPoolDescriptor[PAGED_POOLS];
extern uint32_t ExpNumberOfPagedPools;

/* mi_pool.c: pages of a pool; NULL when it is exhausted */
void *MiAllocatePoolPages(enum _POOL_TYPE type, size_t pages);
void MiFreePoolPages(enum _POOL_TYPE type, const void *first, size_t pages);
/** Which pool an address is in; LabPoolTypes for none. */
enum _POOL_TYPE MmDeterminePoolType(const void *address);

/* ex_pool_hit.S: doors to what follows, with PoolHitTag's int 3 */
void *ExpAllocateSmallPool(struct _POOL_DESCRIPTOR *pool, size_t size,
			   uint32_t tag);
void *ExpAllocateBigPool(struct _POOL_DESCRIPTOR *pool, size_t size,
			 uint32_t tag);
void ExpFreeSmallPool(struct _POOL_DESCRIPTOR *pool, void *block, uint32_t tag);
void ExpFreeBigPool(struct _POOL_DESCRIPTOR *pool, void *block, uint32_t tag);

/* ex_pool_small.c */
void *ExpTakeBlock(struct _POOL_DESCRIPTOR *pool, size_t size, uint32_t tag);
void ExpReturnBlock(struct _POOL_DESCRIPTOR *pool, void *block, uint32_t tag);

/* ex_pool_big.c */
void ExpInitializeBigPages(void);
void *ExpTakePages(struct _POOL_DESCRIPTOR *pool, size_t size, uint32_t tag);
void ExpReturnPages(struct _POOL_DESCRIPTOR *pool, void *block, uint32_t tag);
/** The tag of a big allocation; false: there is none at @p block. */
bool ExpFindBigTag(const void *block, uint32_t *ret_tag);

/* ex_pool_track.c */
void ExpInitializeTrackers(void);
void ExpCountAllocation(const struct _POOL_DESCRIPTOR *pool, uint32_t tag,
			size_t bytes);
void ExpCountFree(const struct _POOL_DESCRIPTOR *pool, uint32_t tag,
		  size_t bytes);

#endif
