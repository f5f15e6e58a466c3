#ifndef KD_STACK_STEP_H
#define KD_STACK_STEP_H

/**
 * @file
 * One step of a walk, for whatever machine it is. For kd_stack_next() only.
 * To add an architecture: its kd_NAME_step() and a case in kd_stack_step.c.
 */

#include "kd_stack.h"

struct kd_stack_walk {
	const struct kd_stack *stack; /* as it is before the step */
	struct kd_memory memory;
	const struct kd_pe *image;    /* that pc is in; NULL: none */
	struct kd_stack_frame *frame; /* how it is left is filled in */
	struct kd_context caller;     /* in: the frame's own registers */
	bool is_exact;		      /* the caller did not call */
	bool is_lost;		      /* it cannot tell where the caller is */
	uint32_t parameters;	      /* that the frame pops, on x86 */
};

/** @return KD_E_ARG for another architecture, and what its step says */
enum kd_status kd_stack_step(struct kd_stack_walk *w);

/** Is there code in an image at an address that it holds? In kd_stack.c. */
bool kd_stack_has_code(const struct kd_pe *image, uint64_t address);

#endif
