#ifndef KD_POOL_NAMES_H
#define KD_POOL_NAMES_H

/**
 * @file
 * Whose tag it is: the lines of a pooltag.txt, as it comes with WinDbg and the
 * WDK: "Thre - nt!ps        - Thread objects". Tags may have wildcards.
 * Comments begin with "//", "rem" or ";".
 */

#include "kd_alloc.h"

#include <stdbool.h>
#include <stdint.h>

/** The texts point into kd_pool_names. */
struct kd_pool_name {
	char tag[9]; /**< a pattern */
	/** "nt!ps", or "" if it is unknown. */
	const char *binary;
	const char *description;
};

struct kd_pool_names {
	struct kd_allocator mem;
	char *text;
	struct kd_pool_name *row;
	size_t count;
};

/** @param mem  NULL for the C library's; copied */
KD_API void kd_pool_names_init(struct kd_pool_names *n,
			       const struct kd_allocator *mem);
KD_API void kd_pool_names_deinit(struct kd_pool_names *n);

/** Longer files are refused. */
enum { KD_POOL_NAMES_MAX = 16 << 20 };

/**
 * Take the lines of a file in the place of those that were there. Lines of
 * another form are passed over.
 *
 * @return KD_E_NOMEM
 * @return KD_E_FORMAT if it has no line that names a tag, or is too long; then
 *         what was there stays
 */
KD_API KD_MUST_USE enum kd_status kd_pool_names_parse(struct kd_pool_names *n,
						      const char *text,
						      size_t len);

/** Whose a tag is: an exact line goes before wildcards. NULL: nobody's. */
KD_API const struct kd_pool_name *kd_pool_names_find(
	const struct kd_pool_names *n, uint32_t tag);

#endif
