#include "kd_caller.h"
#include "kd_commands.h"
#include "kd_handler.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_stepping.h"

#include <string.h>

void kd_shell_forget_go(struct kd_shell *sh)
{
	struct kd_stepping *s = &sh->stepping;

	/* a reboot may have taken some: then they are gone, too */
	for (unsigned i = 0; i < s->breakpoints; i++)
		if (kd_session_breakpoint_remove(sh->session,
						 s->breakpoint[i]) != KD_OK)
			continue;
	s->breakpoints = 0;
}

/* One that any processor stops at, once. */
static enum kd_status add_address(struct kd_shell *sh, uint64_t address,
				  bool by_processor)
{
	struct kd_stepping *s = &sh->stepping;
	const struct kd_breakpoint_spec spec = {
		.id = KD_BREAKPOINT_ANY_ID,
		.kind = by_processor ? KD_BREAKPOINT_EXECUTE
				     : KD_BREAKPOINT_SOFTWARE,
		.address = address,
		.has_address = true,
		.size = 1,
		.processor = KD_PROCESSOR_ANY,
		.internal = true,
	};
	enum kd_status st;

	if (s->breakpoints == KD_GO_ADDRESSES) {
		kd_out(sh, "At most %d addresses can be given.\n",
		       KD_GO_ADDRESSES);
		return KD_E_SPACE;
	}
	st = kd_session_breakpoint_add(sh->session, &spec,
				       &s->breakpoint[s->breakpoints]);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot set a breakpoint there");
	s->breakpoints++;
	kd_record_address(sh, NULL, address);
	return KD_OK;
}

/* "[= START] [ADDRESS …]" */
static enum kd_status take_addresses(struct kd_shell *sh, const char *args,
				     bool by_processor)
{
	enum kd_status st = kd_shell_take_start(sh, &args);
	uint64_t address;

	while (st == KD_OK && *args) {
		st = kd_shell_evaluate(sh, &args, &address);
		if (st == KD_OK)
			st = add_address(sh, address, by_processor);
		args += kd_spaces(args);
	}
	if (st != KD_OK)
		kd_shell_forget_go(sh);
	return st;
}

static enum kd_resume resume_of(const struct kd_command *self)
{
	switch (self->name[1]) {
	case 'h':
		return KD_RESUME_HANDLED;
	case 'n':
		return KD_RESUME_NOT_HANDLED;
	default: /* "g", "ga" */
		return KD_RESUME_GO;
	}
}

enum kd_status kd_run_go(struct kd_shell *sh, const struct kd_command *self,
			 const char *args)
{
	enum kd_status st;

	kd_shell_forget_go(sh);
	kd_record_open_list(sh, "until");
	st = take_addresses(sh, args, strchr(self->name, 'a') != NULL);
	kd_record_close(sh);
	if (st != KD_OK)
		return st;
	sh->stepping.by_steps = false;
	if (kd_handler_takes(sh, resume_of(self)))
		return KD_OK;
	st = kd_session_continue(sh->session, resume_of(self),
				 kd_shell_deadline(sh));
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot let the target run");
	sh->next = KD_SHELL_RUNS;
	return KD_OK;
}

enum kd_status kd_run_go_up(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	struct kd_caller caller;
	struct kd_run_plan plan = { .goal = KD_GOAL_OUT, .over = true };
	enum kd_status st;

	(void)self;
	(void)args;
	/* it is the processor that is to run */
	kd_scope_reset(sh);
	st = kd_shell_caller(sh, &caller);
	if (st == KD_OK && caller.is_guess)
		st = KD_E_NOT_FOUND;
	if (st != KD_OK)
		return kd_shell_fail(
			sh, st, "Cannot tell where this function returns to");
	plan.address = caller.pc;
	plan.sp = caller.sp;
	kd_run_control_begin(&sh->stepping.run, &plan,
			     kd_session_stop(sh->session));
	return kd_shell_step(sh, NULL);
}

/* From a breakpoint's commands: on in the way that it was met. */
enum kd_status kd_run_go_same(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	if (sh->stepping.blocks && kd_handler_takes(sh, KD_RESUME_GO)) {
		sh->stepping.again = true;
		return KD_OK;
	}
	if (!sh->stepping.by_steps || !sh->stepping.run.plan.count)
		return kd_run_go(sh, self, args);
	kd_run_control_again(&sh->stepping.run);
	return kd_shell_step(sh, NULL);
}
