#ifndef KD_POOL_HISTORY_H
#define KD_POOL_HISTORY_H

/** @file How much each tag had, sample by sample, for a line of bars. */

#include "kd_pool_tags.h"

enum { KD_POOL_HISTORY = 16 }; /* samples that are kept */

struct kd_pool_past {
	unsigned count;
	uint64_t bytes[KD_POOL_HISTORY]; /**< of both pools; the oldest first */
};

struct kd_pool_history {
	struct kd_allocator mem;
	struct kd_pool_past *row; /**< one for each row of the last sample */
	unsigned samples;
};

void kd_pool_history_init(struct kd_pool_history *h,
			  const struct kd_allocator *mem);
void kd_pool_history_deinit(struct kd_pool_history *h);

/**
 * One sample more. A tag that is new had nothing before.
 *
 * @param last  the sample before this one; NULL: this is the first
 * @return KD_E_NOMEM
 */
KD_MUST_USE enum kd_status kd_pool_history_add(struct kd_pool_history *h,
					       const struct kd_pool_tags *last,
					       const struct kd_pool_tags *tags);

enum { KD_POOL_BARS_TEXT = KD_POOL_HISTORY * 3 + 1 };

/**
 * A bar of eight heights for each sample, from the least to the most that
 * there was: "▁▁▃▅█".
 *
 * @param tags  the last sample
 * @param tag   one of its rows
 */
const char *kd_pool_history_bars(const struct kd_pool_history *h,
				 const struct kd_pool_tags *tags,
				 const struct kd_pool_tag *tag,
				 char out[KD_POOL_BARS_TEXT]);

#endif
