#include "kd_caller.h"

#include "kd_shell_state.h"

enum kd_status kd_shell_caller(struct kd_shell *sh, struct kd_caller *ret)
{
	struct kd_stack_frame frame;
	enum kd_status st = kd_shell_frame(sh, 0, &frame);

	if (st != KD_OK)
		return st;
	if (!frame.return_address)
		return KD_E_END;
	*ret = (struct kd_caller){ .pc = frame.return_address,
				   .sp = frame.caller_sp,
				   .is_guess = frame.is_guess };
	return KD_OK;
}
