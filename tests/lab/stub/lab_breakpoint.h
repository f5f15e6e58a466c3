#ifndef LAB_BREAKPOINT_H
#define LAB_BREAKPOINT_H

/**
 * @file
 * The target's own table of software breakpoints (KD-WIRE 8.4).
 */

#include "lab_machine.h"

enum { LAB_BREAKPOINTS = 32 };

struct lab_breakpoints {
	struct {
		bool used;
		bool written; /* false: waits for its page */
		uint64_t address;
		uint8_t original;
	} slot[LAB_BREAKPOINTS];
};

/** The handle, 1 to 32; 0 if the table is full or the address is in it. */
uint32_t lab_breakpoint_write(struct lab_breakpoints *b, struct lab_machine *m,
			      uint64_t address);
/** False if there is no such breakpoint. */
bool lab_breakpoint_restore(struct lab_breakpoints *b, struct lab_machine *m,
			    uint32_t handle);
/** Delete those from @p first to @p last, as every stop does near its PC. */
void lab_breakpoint_clear(struct lab_breakpoints *b, struct lab_machine *m,
			  uint64_t first, uint64_t last);

/** Put the original bytes into a copy of memory. */
void lab_breakpoint_hide(const struct lab_breakpoints *b, uint64_t address,
			 uint8_t *bytes, size_t len);

#endif
