#ifndef KD_POOL_LAYOUT_H
#define KD_POOL_LAYOUT_H

/**
 * @file
 * Where the pool's structures have their members, as the kernel's PDB says.
 * With it they are taken out of bytes that were read by the table or the page,
 * because requests are what costs.
 */

#include "kd_symbols.h"

/** A number within a structure. */
struct kd_pool_member {
	bool there;	 /**< false: this kernel has none of that name */
	uint16_t offset; /**< bytes */
	uint8_t size;	 /**< 1, 2, 4 or 8 bytes */
	uint8_t bit_position, bit_count; /**< count 0: it is no bit field */
};

/** Structures are at most so large. */
enum { KD_POOL_STRUCT_MAX = 4096 };

/** _POOL_TRACKER_TABLE: an entry of a table of tags. */
struct kd_pool_tracker {
	uint16_t size; /**< bytes of an entry */
	struct kd_pool_member key;
	struct kd_pool_member allocs[2], frees[2], bytes[2]; /**< by pool */
};

/** _POOL_HEADER: in front of a block that shares a page. */
struct kd_pool_header {
	uint16_t size; /**< bytes; also what blocks are counted in */
	struct kd_pool_member block_size, previous_size, pool_type, tag;
};

/** _POOL_TRACKER_BIG_PAGES: an allocation of whole pages. */
struct kd_pool_big_entry {
	uint16_t size;
	struct kd_pool_member va, key;
	/** What it takes; of the two, a kernel has one. */
	struct kd_pool_member bytes, pages;
};

struct kd_pool_layout {
	struct kd_pool_tracker tracker;
	struct kd_pool_header header;
	struct kd_pool_big_entry big;
};

/**
 * Ask the PDB of nt.
 *
 * @param detail  says what is missing on KD_E_NOT_FOUND and KD_E_FORMAT
 * @return KD_E_NOT_FOUND if nt has no symbols with types, or a structure or a
 *         member that is needed is not among them
 * @return KD_E_FORMAT if the PDB is damaged, or a structure cannot be so
 * @return or what reading the target or the PDB returned, KD_E_PENDING too
 */
KD_API KD_MUST_USE enum kd_status kd_pool_layout_read(
	struct kd_symbols *symbols, struct kd_detail *detail,
	struct kd_pool_layout *ret);

/**
 * A member's number; 0 if it is not there, or @p len bytes do not hold it.
 *
 * @param bytes  of the structure
 */
KD_API uint64_t kd_pool_member_get(const struct kd_pool_member *m,
				   const uint8_t *bytes, size_t len);

#endif
