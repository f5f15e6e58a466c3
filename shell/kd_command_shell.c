#include "kd_commands.h"
#include "kd_lexer.h"

#include <string.h>

enum kd_status kd_run_vertarget(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);

	(void)self;
	(void)args;
	if (!kd_session_version(sh->session)) {
		kd_out(sh, "The target's version is not known before its "
			   "first stop.\n");
		return KD_E_STATE;
	}
	kd_shell_show_system(sh, stop ? stop->processor_count : 0);
	return KD_OK;
}

enum kd_status kd_run_version(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	if (kd_session_version(sh->session))
		kd_run_vertarget(sh, self, args);
	kd_record_text(sh, "crashcart", KD_SHELL_VERSION);
	kd_out(sh, "crashcart %s\n", KD_SHELL_VERSION);
	return KD_OK;
}

static void record_command(struct kd_shell *sh, const struct kd_command *c)
{
	kd_record_open(sh, NULL);
	kd_record_text(sh, "name", c->name);
	kd_record_text(sh, "usage", c->usage);
	kd_record_text(sh, "help", c->help);
	kd_record_flag(sh, "needs_stop", c->traits & KD_NEEDS_STOP);
	kd_record_close(sh);
}

static void explain(struct kd_shell *sh, const struct kd_command *c)
{
	kd_out(sh, "%s%s%s\n", c->name, c->usage[0] ? " " : "", c->usage);
	kd_out(sh, "    %s\n", c->help);
	if (c->traits & KD_NEEDS_STOP)
		kd_out(sh, "    The target has to stand still.\n");
}

enum kd_status kd_run_help(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	const struct kd_command *c;

	(void)self;
	kd_record_open_list(sh, "commands");
	if (!*args) {
		for (size_t i = 0; (c = kd_command_at(i)) != NULL; i++) {
			record_command(sh, c);
			kd_out(sh, "%-11s %s\n", c->name, c->help);
		}
		kd_record_close(sh);
		return KD_OK;
	}
	c = kd_command_find(args);
	if (!c) {
		kd_out(sh, "There is no command '%s'. '.help' lists all.\n",
		       args);
		return KD_E_NOT_FOUND;
	}
	record_command(sh, c);
	kd_record_close(sh);
	explain(sh, c);
	return KD_OK;
}
