#ifndef KD_ALLOC_H
#define KD_ALLOC_H

/**
 * @file
 * The allocator hook. The library takes one block per session for the link
 * layer and none afterwards on the packet path; only caches grow, to a stated
 * bound.
 */

#include "kd_status.h"

#include <stddef.h>

/**
 * Where memory comes from. The functions may be called with the ctx given
 * here only from the thread that uses the object.
 */
struct kd_allocator {
	/** Zero-filled memory of @p len > 0 bytes, or NULL. */
	void *(*alloc)(void *ctx, size_t len);
	/** Give back what alloc returned; never NULL. */
	void (*release)(void *ctx, void *ptr);
	void *ctx;
};

/** The C library's calloc and free. */
KD_API const struct kd_allocator *kd_allocator_libc(void);

#endif
