#include "kd_commands.h"
#include "kd_lexer.h"

#include <string.h>

/* A dangerous command: does a person agree, or the script say so? */
static bool confirmed(struct kd_shell *sh, const struct kd_command *self,
		      const char *args, const char *question)
{
	if (!strcmp(args, "/y"))
		return true;
	if (!sh->config.confirm) {
		kd_out(sh,
		       "Nobody is here to confirm '%s': not done. '%s /y' "
		       "does not ask.\n",
		       self->name, self->name);
		return false;
	}
	if (sh->config.confirm(sh->config.confirm_ctx, question))
		return true;
	kd_out(sh, "Not done.\n");
	return false;
}

/* Queue it and see it off; what comes next comes as events. */
static enum kd_status send_off(struct kd_shell *sh, enum kd_status queued,
			       const char *what)
{
	if (queued == KD_OK)
		queued = kd_session_poll(sh->session);
	if (queued != KD_OK)
		return kd_shell_fail(sh, queued, "Cannot %s the target", what);
	sh->next = KD_SHELL_RUNS;
	return KD_OK;
}

enum kd_status kd_run_reboot(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	(void)self;
	(void)args;
	return send_off(sh, kd_session_reboot(sh->session, kd_shell_now(sh)),
			"reboot");
}

enum kd_status kd_run_crash(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	if (*args && strcmp(args, "/y") != 0)
		return kd_shell_syntax_error(sh, args);
	if (!confirmed(sh, self, args,
		       "Crash the target now (bug check 0xE2)? What is not "
		       "saved there is lost."))
		return KD_E_CANCELED;
	return send_off(sh, kd_session_crash(sh->session, kd_shell_now(sh)),
			"crash");
}

static enum kd_status leave(struct kd_shell *sh, enum kd_leave how)
{
	enum kd_status st = KD_OK;

	/* what it asked us nobody else will answer: it would wait for ever */
	if (how == KD_LEAVE_RUNNING && sh->asked)
		st = kd_shell_answer(sh, "");
	if (st == KD_OK && kd_session_is_attached(sh->session))
		st = kd_session_leave(sh->session, how, kd_shell_deadline(sh));
	/* there is nothing to be gained by staying */
	sh->next = KD_SHELL_QUIT;
	sh->left = true;
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Leaving the target in order");
	return KD_OK;
}

enum kd_status kd_run_quit(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	(void)self;
	(void)args;
	return leave(sh, KD_LEAVE_RUNNING);
}

enum kd_status kd_run_quit_detach(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	(void)self;
	(void)args;
	return leave(sh, KD_LEAVE_AS_IS);
}
