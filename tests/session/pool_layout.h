#ifndef POOL_LAYOUT_H
#define POOL_LAYOUT_H

/** @file A layout of the pool's structures that no kernel has. */

#include "kd_pool.h"

/** Entries of 40 bytes: counts are narrow, sums of bytes wide. */
static const struct kd_pool_layout pool_layout = {
	.tracker = {
		.size = 40,
		.key = { true, 4, 4, 0, 0 },
		.allocs = { { true, 8, 4, 0, 0 }, { true, 12, 4, 0, 0 } },
		.frees = { { true, 16, 4, 0, 0 }, { true, 20, 4, 0, 0 } },
		.bytes = { { true, 24, 8, 0, 0 }, { true, 32, 8, 0, 0 } },
	},
	.header = {
		.size = 16,
		.previous_size = { true, 0, 2, 0, 9 },
		.block_size = { true, 2, 2, 0, 9 },
		.pool_type = { true, 2, 2, 9, 7 },
		.tag = { true, 4, 4, 0, 0 },
	},
	.big = {
		.size = 24,
		.va = { true, 0, 8, 0, 0 },
		.key = { true, 8, 4, 0, 0 },
		.bytes = { true, 16, 8, 0, 0 },
	},
};

#endif
