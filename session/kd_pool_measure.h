#ifndef KD_POOL_MEASURE_H
#define KD_POOL_MEASURE_H

/** @file How large the blocks are that were seen being allocated. */

#include "kd_pool.h"
#include "kd_pool_ledger.h"

/**
 * Look up all live blocks in the pool: those in pages of blocks by their
 * headers, the others in the table of large allocations. What is not there any
 * more, or has another tag, was freed unseen, and is live no longer. Where
 * the pool cannot be read, nothing is concluded.
 *
 * @param tags   what they may have; a tag that was changed meanwhile has two
 * @param count  of those
 * @return as kd_pool.h says
 */
KD_API KD_MUST_USE enum kd_status kd_pool_measure(struct kd_pool *p,
						  struct kd_pool_ledger *l,
						  const uint32_t *tags,
						  size_t count);

#endif
