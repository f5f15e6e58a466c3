#ifndef KD_POOL_LEDGER_H
#define KD_POOL_LEDGER_H

/**
 * @file
 * What was seen of a pool tag: stacks that allocated and stacks that freed,
 * and which block is whose. Nothing here knows a target.
 */

#include "kd_alloc.h"

#include <stdbool.h>

enum {
	KD_POOL_FRAMES_MAX = 32,
	/** More different stacks, and live blocks, are not kept. */
	KD_POOL_STACKS_MAX = 4096,
	KD_POOL_LIVE_MAX = 1 << 20,
};

/** A stack that was seen, and what came of it. */
struct kd_pool_stack {
	/** Where each frame executes, the innermost first. */
	uint64_t pc[KD_POOL_FRAMES_MAX];
	uint32_t frames;
	/** Frames from here on are not the pool's own; the first is the site.
	 */
	uint32_t site;
	bool is_free; /**< it frees; else it allocates */
	uint64_t hits;
	/* of one that allocates */
	uint64_t failed;     /**< got no memory */
	uint64_t freed;	     /**< of its blocks */
	uint64_t gone;	     /**< of its blocks, freed unseen */
	uint64_t live;	     /**< of its blocks, as far as was seen */
	uint64_t live_bytes; /**< of those that were measured */
	/* of one that frees: blocks that were allocated before we looked */
	uint64_t earlier;
};

/** A block that was allocated, and not freed since. */
struct kd_pool_live {
	uint64_t address; /**< as its owner has it; 0: none is here */
	uint32_t stack;	  /**< that allocated it */
	bool measured;
	uint64_t bytes; /**< if it was */
};

/** Zero-filled but for mem is an empty one. Members are for reading. */
struct kd_pool_ledger {
	struct kd_allocator mem;
	struct kd_pool_stack *stack;
	size_t stacks, stack_room;
	struct kd_pool_live *live; /**< a hash table */
	size_t lives, live_room;   /* room: 0, or a power of two */
	uint64_t allocs, frees;
	bool is_full; /**< something was not kept */
};

/** @param mem  NULL for the C library's; copied */
KD_API void kd_pool_ledger_init(struct kd_pool_ledger *l,
				const struct kd_allocator *mem);
KD_API void kd_pool_ledger_deinit(struct kd_pool_ledger *l);

/**
 * A stack was met: count it, as one that allocates or frees.
 *
 * @param like  pc, frames, site and is_free
 * @param ret   which it is
 * @return KD_E_NOMEM
 * @return KD_E_SPACE if there are too many: it is counted in all, and only
 *         there
 */
KD_API KD_MUST_USE enum kd_status kd_pool_ledger_hit(
	struct kd_pool_ledger *l, const struct kd_pool_stack *like,
	uint32_t *ret);

/**
 * What the allocation of a stack came to.
 *
 * @param block  0: it failed
 * @return KD_E_NOMEM, KD_E_SPACE: it is not kept
 */
KD_API KD_MUST_USE enum kd_status kd_pool_ledger_allocated(
	struct kd_pool_ledger *l, uint32_t stack, uint64_t block);

/** One that is live; NULL: it is not, as far as is known. */
KD_API struct kd_pool_live *kd_pool_ledger_find(const struct kd_pool_ledger *l,
						uint64_t block);

/**
 * A block is freed, by a stack that was met.
 *
 * @param block  0: none that was seen being allocated
 */
KD_API void kd_pool_ledger_freed(struct kd_pool_ledger *l, uint32_t stack,
				 uint64_t block);

/** A live block has that many bytes. */
KD_API void kd_pool_ledger_measured(struct kd_pool_ledger *l,
				    struct kd_pool_live *b, uint64_t bytes);

/** What was not measured is not there any more: it was freed unseen. */
KD_API void kd_pool_ledger_sweep(struct kd_pool_ledger *l);

/**
 * Stacks in the order of what they left behind: bytes, then blocks, then hits;
 * those that free come last.
 *
 * @param out  room for l->stacks indices
 */
KD_API void kd_pool_ledger_rank(const struct kd_pool_ledger *l, uint32_t *out);

#endif
