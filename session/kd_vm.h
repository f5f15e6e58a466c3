#ifndef KD_VM_H
#define KD_VM_H

/**
 * @file
 * How much memory a halted target has, and what it is used for: what !vm
 * shows. Everything is counted in pages of 4 KiB.
 */

#include "kd_pool.h"

enum kd_vm_counter {
	KD_VM_PHYSICAL,
	KD_VM_AVAILABLE,
	KD_VM_RESIDENT_AVAILABLE,
	KD_VM_FREE_SYSTEM_PTES,
	KD_VM_MODIFIED,
	KD_VM_MODIFIED_PAGEFILE,
	KD_VM_NONPAGED_USED,
	KD_VM_NONPAGED_MAX,
	KD_VM_PAGED_USED, /**< of all paged pools */
	KD_VM_PAGED_MAX,
	KD_VM_SHARED_COMMIT,
	KD_VM_SPECIAL_POOL,
	KD_VM_PROCESS_COMMIT,
	KD_VM_PAGED_COMMIT,
	KD_VM_DRIVER_COMMIT,
	KD_VM_COMMITTED,
	KD_VM_COMMIT_LIMIT,
	KD_VM_COUNTERS
};

enum { KD_VM_PAGED_POOLS = 64, KD_VM_PAGE_FILES = 16, KD_VM_NAME_MAX = 260 };

struct kd_vm_page_file {
	char name[KD_VM_NAME_MAX]; /**< UTF-8 */
	uint64_t size, free, minimum, maximum;
};

struct kd_vm {
	/** Not every kernel has every counter. */
	bool known[KD_VM_COUNTERS];
	uint64_t pages[KD_VM_COUNTERS];
	unsigned paged_pools;
	uint64_t paged_pool[KD_VM_PAGED_POOLS]; /**< pages */
	unsigned page_files;
	struct kd_vm_page_file page_file[KD_VM_PAGE_FILES];
	uint64_t commit_failures, pool_failures; /**< requests */
};

/**
 * Read it. What a kernel does not have, or what cannot be read, is not known.
 *
 * @return what reading the target returns that is no hole in its memory
 */
KD_API KD_MUST_USE enum kd_status kd_vm_read(struct kd_pool *p,
					     struct kd_vm *ret);

/** Is so much of a pool used that it is worth a warning? Four fifths. */
KD_API bool kd_vm_is_excessive(const struct kd_vm *vm, enum kd_pool_kind kind);

struct kd_vm_process {
	uint64_t id;
	char name[16]; /**< as its _EPROCESS has it */
	uint64_t commit;
};

typedef bool kd_vm_process_fn(void *ctx, const struct kd_vm_process *process);

/**
 * Tell of each process; false from @p found ends it.
 *
 * @return KD_E_NOT_FOUND if this kernel does not say what they commit
 */
KD_API KD_MUST_USE enum kd_status kd_vm_each_process(struct kd_pool *p,
						     kd_vm_process_fn *found,
						     void *ctx);

#endif
