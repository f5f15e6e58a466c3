#ifndef LAB_SHADOW_H
#define LAB_SHADOW_H

/**
 * @file
 * What really is on the stacks of an emulated machine: every call and every
 * interrupt is written down as it happens, so that somebody who reads the
 * stacks can be checked. Knows nothing of unwind data.
 */

#include "lab_cpu.h"

enum {
	LAB_SHADOW_ENTRIES = 128, /* of one stack */
	LAB_SHADOW_STACKS = 64,
	LAB_SHADOW_KEPT = 8,
};

/** The registers that a function brings back, in this order. */
enum lab_shadow_register {
	LAB_SHADOW_RBX,
	LAB_SHADOW_RBP,
	LAB_SHADOW_RSI,
	LAB_SHADOW_RDI,
	LAB_SHADOW_R12,
	LAB_SHADOW_R13,
	LAB_SHADOW_R14,
	LAB_SHADOW_R15,
};

/** Something that will be returned to. */
struct lab_shadow_entry {
	uint64_t slot;	  /**< of the return address, or of a trap's rip */
	uint64_t address; /**< where it goes on */
	uint64_t rsp;	  /**< that it will have there */
	bool is_trap;	  /**< it was interrupted there, and did not call */
	/**
	 * The kernel is changing a trap's frame so that it returns elsewhere,
	 * and has not yet said on which stack: what lies behind is nothing.
	 */
	bool is_open;
	bool has_kept;
	uint64_t kept[LAB_SHADOW_KEPT]; /**< as they were there */
};

struct lab_shadow_stack {
	uint64_t top; /* its end; 0: not in use */
	size_t count;
	struct lab_shadow_entry entry[LAB_SHADOW_ENTRIES]; /* outermost first */
};

struct lab_shadow;

/** Before each instruction, with everything written down. */
typedef void lab_shadow_look_fn(void *ctx, struct lab_shadow *s,
				const struct lab_cpu *c, uint64_t address);

/** Zero-filled but for look and ctx is empty. */
struct lab_shadow {
	lab_shadow_look_fn *look;
	void *ctx;
	struct lab_shadow_stack stack[LAB_SHADOW_STACKS];
	struct {
		struct lab_shadow_stack *on; /* NULL: it has not begun */
		bool calls;		     /* the last instruction did */
		struct lab_shadow_entry call;
	} cpu[LAB_PROCESSORS_MAX];
	bool overflowed; /* it is too much to write down; do not use */
};

/** For a machine that is not on yet. */
struct lab_cpu_watch lab_shadow_watch(struct lab_shadow *s);

/**
 * The frames of a processor's stack, innermost first.
 *
 * What the kernel changed in a trap's frame is taken as it is now.
 *
 * @return how many; at most LAB_SHADOW_ENTRIES
 */
size_t lab_shadow_frames(const struct lab_shadow *s, const struct lab_cpu *c,
			 struct lab_shadow_entry ret[LAB_SHADOW_ENTRIES]);

#endif
