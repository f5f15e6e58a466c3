#ifndef LAB_MODULES_H
#define LAB_MODULES_H

/**
 * @file
 * The images that are in the emulated machine's memory.
 */

#include "lab_memory.h"
#include "lab_pe.h"

enum { LAB_MODULES_MAX = 16, LAB_MODULE_NAME = 64 };

struct lab_module {
	bool used;
	char name[LAB_MODULE_NAME];
	struct lab_mapped mapped;
};

/** Zero-filled is empty. */
struct lab_modules {
	struct lab_module slot[LAB_MODULES_MAX];
};

/* NTSTATUS of a failure. */
#define LAB_STATUS_NO_FILE     UINT32_C(0xc000000f)
#define LAB_STATUS_NO_MEMORY   UINT32_C(0xc0000017)
#define LAB_STATUS_NO_IMAGE    UINT32_C(0xc000007b)
#define LAB_STATUS_NO_ENTRY    UINT32_C(0xc0000139)
#define LAB_STATUS_BAD_ADDRESS UINT32_C(0xc0000141)

/**
 * Load an image and bind it to those that are there.
 *
 * @param name     as others import from it
 * @param ret_base its address
 * @return an NTSTATUS; 0 for success
 */
uint32_t lab_modules_load(struct lab_modules *l, const struct lab_memory *m,
			  const struct lab_pe *pe, const char *name,
			  uint64_t *ret_base);
/** Take it out and clear its memory. */
uint32_t lab_modules_unload(struct lab_modules *l, uint64_t base,
			    uint32_t *ret_size);

#endif
