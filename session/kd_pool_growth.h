#ifndef KD_POOL_GROWTH_H
#define KD_POOL_GROWTH_H

/** @file Which tag leaks, as far as snapshots of all tags can tell. */

#include "kd_pool_tags.h"

enum { KD_POOL_SAMPLES_MAX = 16 };

/** What became of a tag from the first snapshot to the last. */
struct kd_pool_growth {
	uint32_t tag;
	uint64_t allocs, frees;
	int64_t bytes;
	unsigned rises;	      /**< times at which its bytes were more */
	int64_t largest_drop; /**< bytes, from one snapshot to the next */
};

/** Of one tag, in both pools together. */
KD_API void kd_pool_growth_of(const struct kd_pool_tags *samples, size_t count,
			      uint32_t tag, struct kd_pool_growth *ret);

/**
 * Does it grow as leaks do: more bytes than at first, than any drop on the
 * way, and in two of three steps?
 *
 * @param count  of the snapshots
 */
KD_API bool kd_pool_growth_is_leak(const struct kd_pool_growth *g,
				   size_t count);

/**
 * The tag that leaks most bytes; false if none does.
 *
 * @param samples  complete ones, in the order of time
 */
KD_API bool kd_pool_find_growth(const struct kd_pool_tags *samples,
				size_t count, struct kd_pool_growth *ret);

#endif
