#ifndef KD_MEMORY_CACHE_H
#define KD_MEMORY_CACHE_H

/**
 * @file
 * What has been read of a halted target, until it runs. A stretch is as long
 * as one packet carries and starts where somebody read, not at a boundary:
 * so that reading on and on costs as few packets as the bytes need.
 */

#include "kd_alloc.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kd_stretch {
	uint64_t address;
	uint32_t len; /* 0: unused */
	bool physical;
};

struct kd_memory_cache {
	size_t packet; /* most bytes of a stretch */
	size_t slots, used, next;
	struct kd_stretch *stretch;
	uint8_t *bytes; /* slots times packet */
	void *block;
};

/**
 * Take the memory for it, once.
 *
 * @param bound   most bytes; one stretch at least
 * @param packet  data bytes of one packet
 * @return KD_E_NOMEM
 */
KD_MUST_USE enum kd_status kd_memory_cache_init(struct kd_memory_cache *c,
						const struct kd_allocator *mem,
						size_t bound, size_t packet);
void kd_memory_cache_deinit(struct kd_memory_cache *c,
			    const struct kd_allocator *mem);

/** Forget everything. */
void kd_memory_cache_flush(struct kd_memory_cache *c);

/** Copy what is known from @p address on; the number of bytes, or 0. */
size_t kd_memory_cache_copy(const struct kd_memory_cache *c, bool physical,
			    uint64_t address, uint8_t *out, size_t len);

/** Remember one packet's bytes; the oldest stretch makes room. */
void kd_memory_cache_fill(struct kd_memory_cache *c, bool physical,
			  uint64_t address, const uint8_t *bytes, size_t len);

/**
 * How many bytes to ask for when @p want are needed at @p address: more, if
 * that is likely to be of use. A read that goes on where another ended gets a
 * full packet, any other stays within the pages that it touches.
 */
size_t kd_memory_cache_ahead(const struct kd_memory_cache *c, uint64_t address,
			     size_t want);

#endif
