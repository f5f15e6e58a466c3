#ifndef KD_WALK_H
#define KD_WALK_H

/**
 * @file
 * Stacks of the target, frame by frame: kd_stack.h with the shell's memory,
 * images and PDBs.
 */

#include "kd_stack.h"

struct kd_shell;

/** What the shell keeps of stacks. */
struct kd_stacks {
	unsigned depth; /* that .kframes has set; 0: as usual */
	/* how the kernel that is loaded at trap_base keeps registers */
	bool trap_known;
	uint64_t trap_base;
	struct kd_trap_layout trap;
};

/** One that is being walked. */
struct kd_walk {
	struct kd_shell *sh;
	struct kd_stack stack;
};

/**
 * The target's memory, all or nothing; for whoever reads through a kd_memory.
 */
struct kd_memory kd_shell_memory(struct kd_shell *sh);

/**
 * Where the kernel keeps the registers that it interrupted, as its PDB says.
 *
 * @return KD_E_NOT_FOUND if there is no such PDB, or it does not say
 * @return or why it cannot be read
 */
enum kd_status kd_shell_trap_layout(struct kd_shell *sh,
				    const struct kd_trap_layout **ret);

/**
 * Begin at registers.
 *
 * @return or why the kernel's PDB cannot be read: KD_E_CANCELED, KD_E_NOMEM
 */
enum kd_status kd_walk_begin(struct kd_walk *w, struct kd_shell *sh,
			     const struct kd_context *context);
/**
 * The next frame. The target's other messages are seen to, and Ctrl-C ends it.
 *
 * @return KD_E_END if there are no more; w->stack.end says why
 * @return KD_E_CANCELED, or why memory cannot be read at all
 */
enum kd_status kd_walk_next(struct kd_walk *w, struct kd_stack_frame *ret);

/**
 * Frame @p number of the registers that commands mean.
 *
 * @return KD_E_NOT_FOUND if the stack has fewer
 * @return as kd_walk_next()
 */
enum kd_status kd_shell_frame(struct kd_shell *sh, uint64_t number,
			      struct kd_stack_frame *ret);

/** Where to look up what a frame is in: in its call, if pc is behind that. */
uint64_t kd_frame_place(const struct kd_stack_frame *f);

#endif
