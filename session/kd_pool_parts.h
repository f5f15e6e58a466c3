#ifndef KD_POOL_PARTS_H
#define KD_POOL_PARTS_H

/** @file What the files of the pool share; for them only. */

#include "kd_pool.h"

/** A variable of the kernel, and where KDBG has its address (KD-WIRE 7). */
struct kd_pool_variable {
	const char *name; /* "nt!PoolTrackTable" */
	uint16_t kdbg;	  /* 0: it has none */
	uint8_t size;	  /* bytes; 0: a pointer's */
};

/** KD-WIRE 7. */
enum kd_pool_kdbg {
	KD_KDBG_TAG = 0x10,
	KD_KDBG_SIZE = 0x14,
	KD_KDBG_PAGED_DESCRIPTOR = 0x68,
	KD_KDBG_PAGED_POOLS = 0x70,
	KD_KDBG_PAGING_FILES = 0xe0,
	KD_KDBG_PHYSICAL_PAGES = 0xf8,
	KD_KDBG_NONPAGED_MAX = 0x100,
	KD_KDBG_NONPAGED_START = 0x110,
	KD_KDBG_NONPAGED_END = 0x118,
	KD_KDBG_PAGED_START = 0x120,
	KD_KDBG_PAGED_END = 0x128,
	KD_KDBG_PAGED_MAX = 0x140,
	KD_KDBG_COMMIT_LIMIT = 0x148,
	KD_KDBG_COMMITTED = 0x150,
	KD_KDBG_SHARED_COMMIT = 0x158,
	KD_KDBG_DRIVER_COMMIT = 0x160,
	KD_KDBG_PROCESS_COMMIT = 0x168,
	KD_KDBG_PAGED_COMMIT = 0x170,
	KD_KDBG_MODIFIED = 0x198,
	KD_KDBG_AVAILABLE = 0x1a8,
	KD_KDBG_RESIDENT = 0x1b0,
	KD_KDBG_TRACK_TABLE = 0x1b8,
	KD_KDBG_NONPAGED_USED = 0x250,
};

/**
 * Where a variable is: its symbol's place, or else KDBG's word.
 *
 * @return KD_E_NOT_FOUND, with a detail
 */
enum kd_status kd_pool_address_of(struct kd_pool *p,
				  const struct kd_pool_variable *v,
				  uint64_t *ret);
/** A variable's number; pointers of 4 bytes are sign-extended. */
enum kd_status kd_pool_variable(struct kd_pool *p,
				const struct kd_pool_variable *v,
				uint64_t *ret);
/** A number at an address; @p size 0: a pointer. */
enum kd_status kd_pool_number(struct kd_pool *p, uint64_t address,
			      unsigned size, uint64_t *ret);
/** All or none, with a detail if it cannot be read. */
enum kd_status kd_pool_read(struct kd_pool *p, uint64_t address, void *buf,
			    size_t len);
/** Does reading go on elsewhere after this? Not if the target is gone. */
bool kd_pool_is_hole(enum kd_status st);

/** Bytes that are read at a time, at most. */
enum { KD_POOL_PIECE = 1 << 16 };

#endif
