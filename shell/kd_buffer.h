#ifndef KD_BUFFER_H
#define KD_BUFFER_H

/** @file Text that grows, up to a bound. */

#include "kd_alloc.h"

#include <stdbool.h>
#include <stddef.h>

/** Most bytes of a script, of an alias, and of a command's captured output. */
enum { KD_BUFFER_MAX = 1 << 20 };

/**
 * Failure is sticky, as with the cursors: append in a straight line, and ask
 * once whether all of it is there.
 */
struct kd_buffer {
	const struct kd_allocator *mem;
	char *base; /**< terminated; NULL until something was appended */
	size_t len, cap;
	bool failed; /**< no memory, or the bound was reached */
};

void kd_buffer_init(struct kd_buffer *b, const struct kd_allocator *mem);
void kd_buffer_deinit(struct kd_buffer *b);

void kd_buffer_add(struct kd_buffer *b, const char *text, size_t len);

/** What is in it, "" if nothing; until the next append. */
const char *kd_buffer_text(const struct kd_buffer *b);

#endif
