#ifndef LAB_MEMORY_H
#define LAB_MEMORY_H

/**
 * @file
 * The emulated machine's memory: one stretch of RAM, whose regions the
 * processors see at virtual addresses (lab_contract.h). The debugger's
 * virtual addresses go through the page tables that the kernel wrote.
 */

#include "lab_contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAB_PAGE = 0x1000 };

struct lab_memory {
	void *allocation; /* owned */
	uint8_t *ram;	  /* in it, at a page's boundary; LAB_RAM_SIZE bytes */
	struct lab_region region[LAB_REGIONS_MAX];
	size_t regions;
};

/**
 * Zero-filled RAM, cut into regions.
 *
 * @param seed  chooses their virtual addresses; 0: the usual ones
 * @return false if memory is short
 */
bool lab_memory_init(struct lab_memory *m, uint64_t seed);
void lab_memory_deinit(struct lab_memory *m);

const struct lab_region *lab_memory_region(const struct lab_memory *m,
					   enum lab_region_kind kind);

/** @p len bytes of RAM, or NULL if they are not all there. */
uint8_t *lab_memory_ram(const struct lab_memory *m, uint64_t physical,
			uint64_t len);
/** The same by the address that a processor uses. */
uint8_t *lab_memory_at(const struct lab_memory *m, uint64_t address,
		       uint64_t len);
/** The processors' address of a byte of RAM; 0: they see it nowhere. */
uint64_t lab_memory_address(const struct lab_memory *m, uint64_t physical);

/**
 * Go through the page tables at @p cr3.
 *
 * @return bytes from @p address on that lie together, up to the page's end;
 *         0 if it is not present
 */
size_t lab_memory_walk(const struct lab_memory *m, uint64_t cr3,
		       uint64_t address, uint64_t *ret_physical);

#endif
