#include "kd_caller.h"

#include "kd_shell_state.h"
#include "kd_stack.h"

static enum kd_status read_stack(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	return kd_shell_read_all(ctx, address, false, buf, len);
}

static enum kd_status image_at(void *ctx, uint64_t address,
			       const struct kd_pe **ret)
{
	struct kd_shell *sh = ctx;

	/* the list is read as far as it takes */
	(void)kd_shell_module_at(sh, address);
	return kd_symbols_image_at(sh->symbols, address, ret);
}

enum kd_status kd_shell_caller(struct kd_shell *sh, struct kd_caller *ret)
{
	const struct kd_stack_source source = {
		.memory = { read_stack, sh },
		.image_at = image_at,
		.ctx = sh,
	};
	struct kd_stack stack;
	struct kd_stack_frame frame;
	struct kd_context context;
	enum kd_status st = kd_shell_context(sh, &context);

	if (st != KD_OK)
		return st;
	kd_stack_init(&stack, &source, &context);
	st = kd_stack_next(&stack, &frame);
	if (st != KD_OK)
		return st;
	if (!frame.return_address)
		return KD_E_END;
	*ret = (struct kd_caller){ .pc = frame.return_address,
				   .sp = frame.caller_sp,
				   .is_guess = frame.is_guess };
	return KD_OK;
}
