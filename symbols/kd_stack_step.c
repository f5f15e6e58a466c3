#include "kd_stack_step.h"

#include "kd_unwind_arm64.h"
#include "kd_unwind_x64.h"

static enum kd_stack_kind kind_of_x64(enum kd_x64_frame_kind kind)
{
	switch (kind) {
	case KD_X64_FRAME_LEAF:
		return KD_STACK_LEAF;
	case KD_X64_FRAME_FUNCTION:
		return KD_STACK_FUNCTION;
	case KD_X64_FRAME_MACHINE:
		break;
	}
	return KD_STACK_MACHINE;
}

static enum kd_status step_x64(struct kd_stack_walk *w)
{
	struct kd_x64_frame f;
	enum kd_status st = kd_x64_step(w->image, &w->memory, &w->caller, &f);

	if (st != KD_OK)
		return st;
	w->frame->kind = kind_of_x64(f.kind);
	/* only the innermost function can have called nobody */
	w->frame->is_guess = f.kind == KD_X64_FRAME_LEAF &&
			     (!w->image || !w->stack->is_exact);
	w->frame->machine_frame = f.machine_frame;
	w->is_exact = f.kind == KD_X64_FRAME_MACHINE;
	if (w->is_exact)
		return KD_OK;
	w->frame->arguments = kd_context_sp(&w->caller);
	w->frame->base = w->frame->arguments - 2 * sizeof(uint64_t);
	return KD_OK;
}

static enum kd_stack_kind kind_of_arm64(enum kd_arm64_frame_kind kind)
{
	switch (kind) {
	case KD_ARM64_FRAME_LEAF:
		return KD_STACK_LEAF;
	case KD_ARM64_FRAME_FUNCTION:
		return KD_STACK_FUNCTION;
	case KD_ARM64_FRAME_MACHINE:
		break;
	}
	return KD_STACK_MACHINE;
}

static enum kd_status step_arm64(struct kd_stack_walk *w)
{
	struct kd_arm64_frame f;
	enum kd_status st = kd_arm64_step(w->image, &w->memory,
					  !w->stack->is_exact, &w->caller, &f);

	if (st != KD_OK)
		return st;
	w->frame->kind = kind_of_arm64(f.kind);
	w->frame->is_guess = f.is_guess || !w->image;
	w->frame->machine_frame = f.machine_frame;
	w->frame->base = f.base;
	w->is_exact = f.is_exact;
	return KD_OK;
}

enum kd_status kd_stack_step(struct kd_stack_walk *w)
{
	switch (w->caller.arch) {
	case KD_ARCH_X64:
		return step_x64(w);
	case KD_ARCH_ARM64:
		return step_arm64(w);
	case KD_ARCH_X86:
	case KD_ARCH_ARM:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return KD_E_ARG;
}
