#ifndef KD_POOL_IMAGES_H
#define KD_POOL_IMAGES_H

/**
 * @file
 * Images of a target whose function tables are read over and over, at one stop
 * after the other: kept while it runs, as nobody changes them. For the hunt's
 * own files.
 */

#include "kd_pool_sites.h"

enum {
	KD_POOL_IMAGES_MAX = 16,
	KD_POOL_IMAGE_BLOCK = 1024, /* fits into one packet, over any link */
	KD_POOL_IMAGE_BLOCKS = 256,
};

struct kd_pool_image_block {
	uint64_t address; /* 0: free */
	uint8_t bytes[KD_POOL_IMAGE_BLOCK];
};

struct kd_pool_images {
	const struct kd_pool_code *code;
	struct kd_pe image[KD_POOL_IMAGES_MAX];
	size_t count, next;
	struct kd_pool_image_block block[KD_POOL_IMAGE_BLOCKS];
};

/** Modules came or went. */
void kd_pool_images_forget(struct kd_pool_images *g);

/** As kd_stack_source has it; @p ctx is a struct kd_pool_images. */
enum kd_status kd_pool_image_at(void *ctx, uint64_t address,
				const struct kd_pe **ret);

/** Read the halted target's memory, all or nothing. */
enum kd_status kd_pool_read_all(const struct kd_pool_code *c, uint64_t address,
				void *buf, size_t len);

#endif
