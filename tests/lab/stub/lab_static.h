#ifndef LAB_STATIC_H
#define LAB_STATIC_H

/**
 * @file
 * The hand-made kernel's memory: images, lists and tables laid out once, so
 * that a debugger finds what it looks for.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LAB_STATIC_PAGE = 0x1000,
	LAB_STATIC_PAGES = 17,
	LAB_STATIC_BYTES = LAB_STATIC_PAGES * LAB_STATIC_PAGE,
	LAB_STATIC_PROCESSORS = 2,
	LAB_STATIC_BUILD = 22621,
};

#define LAB_STATIC_NT	    UINT64_C(0xfffff80312000000)
#define LAB_STATIC_HAL	    UINT64_C(0xfffff80312800000)
#define LAB_STATIC_DISK	    UINT64_C(0xfffff80313000000)
#define LAB_STATIC_SHARED   UINT64_C(0xfffff78000000000)
#define LAB_STATIC_PCR	    UINT64_C(0xfffff80310000000)
#define LAB_STATIC_STACK    UINT64_C(0xffffb40000010000)
#define LAB_STATIC_POOL	    UINT64_C(0xffffca8000001000)
#define LAB_STATIC_PHYSICAL UINT64_C(0x100000)
#define LAB_STATIC_PAGE_TOP UINT64_C(0x1ad000) /* CR3 */

/* Within their regions. */
enum lab_static_at {
	LAB_STATIC_CODE = 0x1000, /* of an image */
	LAB_STATIC_CONST = 0x2000,
	LAB_STATIC_DATA = 0x3000,
	LAB_STATIC_NT_SIZE = 0x4000,
	LAB_STATIC_DRIVER_SIZE = 0x2000,
	LAB_STATIC_STACK_SIZE = 0x2000,
	LAB_STATIC_DEBUGGER_DATA = LAB_STATIC_DATA, /* list head */
	LAB_STATIC_MODULES = LAB_STATIC_DATA + 0x20,
	LAB_STATIC_PRCB = 0x180,   /* in the PCR's page */
	LAB_STATIC_THREAD = 0x800, /* in the pool's page, 0x100 each */
};

struct lab_static {
	uint8_t bytes[LAB_STATIC_BYTES];
};

/** Lay everything out. */
void lab_static_build(struct lab_static *s);

/** The address of a function or label of the kernel; 0: none such. */
uint64_t lab_static_symbol(const char *name);
/** Length of the instruction that starts at @p address; 0: none does. */
size_t lab_static_instruction(uint64_t address);

/** Write the code, and the kernel's export directory. */
void lab_static_build_code(struct lab_static *s);

/** Bytes from the first on that are there. */
size_t lab_static_read(struct lab_static *s, uint64_t address, uint8_t *out,
		       size_t len);
size_t lab_static_write(struct lab_static *s, uint64_t address,
			const uint8_t *bytes, size_t len);
void lab_static_put64(struct lab_static *s, uint64_t address, uint64_t value);
uint64_t lab_static_get64(struct lab_static *s, uint64_t address);
/** What the kernel's clock says, @p now_us after its boot. */
void lab_static_set_time(struct lab_static *s, uint64_t now_us);

#endif
