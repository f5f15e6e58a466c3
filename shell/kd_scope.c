#include "kd_scope.h"

#include "kd_address_space.h"
#include "kd_shell_state.h"
#include "kd_user_modules.h"

void kd_scope_reset(struct kd_shell *sh)
{
	sh->scope = (struct kd_scope){ 0 };
	sh->process = 0;
	kd_session_set_address_space(sh->session, NULL);
	kd_shell_forget_user_modules(sh);
}

void kd_scope_set(struct kd_shell *sh, const struct kd_context *context)
{
	sh->scope = (struct kd_scope){ .is_set = true, .context = *context };
	sh->has_next_code = false;
}

bool kd_scope_is_set(const struct kd_shell *sh)
{
	return sh->scope.is_set && !sh->has_processor;
}

enum kd_status kd_shell_processor_context(struct kd_shell *sh,
					  struct kd_context *ret)
{
	if (!kd_session_stop(sh->session))
		return KD_E_STATE;
	return kd_session_get_context(sh->session, kd_shell_processor(sh),
				      kd_shell_deadline(sh), ret);
}

enum kd_status kd_shell_context(struct kd_shell *sh, struct kd_context *ret)
{
	if (!kd_session_stop(sh->session))
		return KD_E_STATE;
	if (!kd_scope_is_set(sh))
		return kd_shell_processor_context(sh, ret);
	*ret = sh->scope.context;
	return KD_OK;
}
