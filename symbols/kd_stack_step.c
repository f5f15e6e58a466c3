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
	enum kd_status st = kd_x64_step(w->image, &w->memory,
					!w->stack->is_exact, &w->caller, &f);

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
	enum kd_status st =
		kd_arm64_step(w->image, &w->memory, w->stack->source.trap,
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

/* Where an image has code, or nobody can say. */
static enum kd_status is_code(void *ctx, uint64_t address)
{
	const struct kd_stack_walk *w = ctx;
	const struct kd_stack_source *source = &w->stack->source;
	const struct kd_pe *image = NULL;
	enum kd_status st = source->image_at(source->ctx, address, &image);

	if (st != KD_OK)
		return st;
	return image && kd_stack_has_code(image, address) ? KD_OK
							  : KD_E_NOT_FOUND;
}

static enum kd_status frame_data_at(void *ctx, uint64_t address,
				    struct kd_pdb_frame *ret)
{
	const struct kd_stack_source *source =
		&((const struct kd_stack_walk *)ctx)->stack->source;

	if (!source->frame_data_at)
		return KD_E_NOT_FOUND;
	return source->frame_data_at(source->ctx, address, ret);
}

static enum kd_status step_x86(struct kd_stack_walk *w)
{
	const struct kd_x86_source source = {
		.memory = w->memory,
		.frame_data_at = frame_data_at,
		.is_code = is_code,
		.ctx = w,
		.trap = w->stack->source.trap,
	};
	struct kd_x86_frame f;
	enum kd_status st = kd_x86_step(&source, w->stack->callee_parameters,
					!w->stack->is_exact, &w->caller, &f);

	w->is_lost = st == KD_E_NOT_FOUND;
	if (st != KD_OK)
		return st;
	w->frame->has_frame_data = f.has_data;
	w->frame->frame_data = f.data;
	w->parameters = f.has_data ? f.data.params_len : 0;
	w->is_exact = f.method == KD_X86_BY_MACHINE;
	if (w->is_exact) {
		w->frame->kind = KD_STACK_MACHINE;
		w->frame->machine_frame = f.return_slot;
		return KD_OK;
	}
	w->frame->kind = KD_STACK_FUNCTION;
	w->frame->is_guess = f.method == KD_X86_BY_GUESS;
	w->frame->base = f.return_slot - sizeof(uint32_t);
	w->frame->arguments = f.return_slot + sizeof(uint32_t);
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
		return step_x86(w);
	case KD_ARCH_ARM:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return KD_E_ARG;
}
