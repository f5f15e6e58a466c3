#ifndef LAB_UNWIND_H
#define LAB_UNWIND_H

/**
 * @file
 * Stacks of a lab machine, walked by the images' unwind data, for tests: an
 * independent reading of what a debugger has to do.
 */

#include "lab_machine.h"
#include "lab_map.h"

enum { LAB_UNWIND_MODULES = 16, LAB_UNWIND_REGISTERS = 16 };

/** What is loaded where. */
struct lab_modules_seen {
	size_t count;
	struct {
		uint64_t base;
		uint32_t size;
		const struct lab_map *map; /**< NULL: its names are unknown */
	} module[LAB_UNWIND_MODULES];
};

/** Registers in the order of their numbers: 0 is rax, 4 is rsp. */
struct lab_frame_registers {
	uint64_t rip;
	uint64_t r[LAB_UNWIND_REGISTERS];
};

/** From a CONTEXT (KD-WIRE 5.1). */
void lab_unwind_start(struct lab_frame_registers *ret, const uint8_t *context);
/**
 * To the caller.
 *
 * @return false if there is no more, or memory is not there
 */
bool lab_unwind_step(struct lab_machine *m, const struct lab_modules_seen *seen,
		     struct lab_frame_registers *f);
/** The name at or in front of an address; "" if there is none. */
const char *lab_unwind_name(const struct lab_modules_seen *seen,
			    uint64_t address);

#endif
