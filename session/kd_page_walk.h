#ifndef KD_PAGE_WALK_H
#define KD_PAGE_WALK_H

/**
 * @file
 * From a virtual address to a physical one, by the page tables of any process:
 * x64 with 4 and 5 levels, x86 with and without PAE, ARM64 with pages of
 * 4 KiB; large pages among them. The formats are the processors' own (Intel's
 * and AMD's volumes on system programming, Arm's VMSAv8-64).
 */

#include "kd_context.h"
#include "kd_memory.h"

/** How tables are laid out. */
enum kd_paging {
	KD_PAGING_X64,	   /**< 4 levels */
	KD_PAGING_X64_5,   /**< 5 levels: LA57 */
	KD_PAGING_X86,	   /**< 2 levels, entries of 4 bytes */
	KD_PAGING_X86_PAE, /**< 3 levels */
	KD_PAGING_ARM64,   /**< 4 levels of 4 KiB */
};

/** One address space. */
struct kd_page_tables {
	enum kd_paging paging;
	/** Of the uppermost table; other bits, as cr3 has, do not matter. */
	uint64_t root;
	/** ARM64: of that for addresses of the kernel (TTBR1_EL1); else 0. */
	uint64_t kernel_root;
	/**
	 * Entries that are not valid, of pages that are still there: where
	 * these bits are set and those are not; 0: there are none. The kernel
	 * says which they are (_MMPTE_TRANSITION).
	 */
	uint64_t transition_set, transition_clear;
};

enum { KD_PAGE_LEVELS_MAX = 5 };

/** An entry on the way. */
struct kd_page_entry {
	unsigned level;	   /**< 0: of a page of 4 KiB; 1: PDE; 2: PPE; 3: PXE */
	uint64_t physical; /**< where it is */
	uint64_t value;
};

/** Where an address leads. */
struct kd_page_walk {
	/** The uppermost first; the last one is what ended the way. */
	struct kd_page_entry entry[KD_PAGE_LEVELS_MAX];
	size_t count;
	bool is_mapped;
	bool is_transition; /**< mapped, for the debugger only */
	uint64_t physical;  /**< of the address itself, if it is mapped */
	uint64_t page_size; /**< bytes, if it is mapped */
};

/** How many levels there are. */
KD_API unsigned kd_paging_levels(enum kd_paging paging);
/** Which entry of its table an address uses at a level; level 0 is the last. */
KD_API uint64_t kd_paging_index(enum kd_paging paging, unsigned level,
				uint64_t address);
/** Bytes of an entry. */
KD_API unsigned kd_paging_entry_size(enum kd_paging paging);
/** Of an entry: is what it says of use to the processor? */
KD_API bool kd_page_is_valid(enum kd_paging paging,
			     const struct kd_page_entry *e);
/** Of a valid entry: is it the last, of a page of whatever size? */
KD_API bool kd_page_is_leaf(enum kd_paging paging,
			    const struct kd_page_entry *e);
/** The physical address in an entry. */
KD_API uint64_t kd_page_frame(enum kd_paging paging,
			      const struct kd_page_entry *e);

/**
 * The address space in which a processor stands, by its control registers.
 * ARM64's are no part of a context: those tables are named by whoever read
 * TTBR0_EL1 and TTBR1_EL1.
 *
 * @return KD_E_NOT_FOUND if the context does not hold them
 * @return KD_E_UNSUPPORTED on other machines
 */
KD_API KD_MUST_USE enum kd_status kd_page_tables_of(const struct kd_context *c,
						    struct kd_page_tables *ret);

/**
 * Go down.
 *
 * @param physical  physical memory
 * @return KD_OK also if nothing is mapped there: ret->is_mapped tells
 * @return KD_E_ARG if no processor would take the address: not canonical
 * @return what reading a table returns, KD_E_PENDING among it
 */
KD_API KD_MUST_USE enum kd_status kd_page_walk(
	const struct kd_page_tables *tables, const struct kd_memory *physical,
	uint64_t address, struct kd_page_walk *ret);

/** Is the address one that each process has its own of? */
KD_API bool kd_address_is_user(enum kd_paging paging, uint64_t address);

#endif
