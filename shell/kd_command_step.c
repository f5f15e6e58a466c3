#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_register_text.h"
#include "kd_stepping.h"

#include <ctype.h>
#include <string.h>

enum { DEFAULT_ANSWER_US = 10 * 1000 * 1000 };

static void show_registers(struct kd_shell *sh)
{
	char buf[KD_REGISTERS_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));
	struct kd_context context;

	if (!sh->stepping.shows_registers ||
	    kd_shell_context(sh, &context) != KD_OK ||
	    !kd_format_registers(&out, &context))
		return;
	kd_out_text(sh, buf, out.len);
}

/* What WinDbg prints of a step. */
static void show_place(struct kd_shell *sh, const struct kd_stop *stop,
		       uint64_t pc)
{
	const struct kd_control_report *report = &stop->report;
	bool has_code = stop->report_valid && report->instruction_count &&
			pc == stop->pc;

	show_registers(sh);
	kd_shell_show_location(sh, pc, has_code ? report->instructions : NULL,
			       report->instruction_count);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", pc);
	kd_record_close(sh);
}

void kd_shell_note_place(struct kd_shell *sh, uint64_t pc)
{
	sh->previous_pc = sh->event_pc;
	sh->event_pc = pc;
	sh->stops += sh->stops < 2;
	sh->has_next_code = false;
}

static enum kd_status on_event(void *ctx, const struct kd_event *event)
{
	struct kd_shell *sh = ctx;

	kd_shell_show_event(sh, event);
	if (sh->asked &&
	    !(sh->config.answer && sh->config.answer(sh->config.answer_ctx)))
		return KD_E_STATE;
	return KD_OK;
}

static enum kd_status on_step(void *ctx, const struct kd_run_place *at)
{
	struct kd_shell *sh = ctx;

	kd_shell_note_place(sh, at->pc);
	show_place(sh, at->stop, at->pc);
	return KD_OK;
}

static void show_stop(struct kd_shell *sh, const struct kd_stop *stop)
{
	const struct kd_event event = { .kind = KD_EV_STOPPED,
					.time_us = kd_shell_now(sh),
					.stop = *stop };

	kd_shell_show_event(sh, &event);
}

static enum kd_status arrive(struct kd_shell *sh,
			     const struct kd_run_result *result,
			     const char *command)
{
	enum kd_status st = KD_OK;

	kd_shell_note_place(sh, result->pc);
	if (command)
		st = kd_script_run(sh, command, strlen(command), NULL);
	/* the command may have let it run */
	if (kd_session_is_halted(sh->session) && sh->next == KD_SHELL_PROMPT)
		show_place(sh, &result->stop, result->pc);
	return st;
}

/* It stands where a step has ended, or where the break-in stopped it. */
static enum kd_status canceled(struct kd_shell *sh,
			       const struct kd_run_result *result)
{
	kd_out(sh, "Stopped after %llu steps.\n",
	       (unsigned long long)sh->stepping.run.steps);
	if (result->stop.break_in)
		show_stop(sh, &result->stop);
	else
		show_place(sh, &result->stop, result->pc);
	return KD_E_CANCELED;
}

/* What a run has come to; true if it is to go on. */
static bool conclude(struct kd_shell *sh, const struct kd_run_result *result,
		     const char *command, enum kd_status *ret)
{
	struct kd_stepping *stepping = &sh->stepping;

	switch (result->end) {
	case KD_RUN_END_DONE:
		*ret = arrive(sh, result, command);
		return false;
	case KD_RUN_END_CANCELED:
		*ret = canceled(sh, result);
		return false;
	case KD_RUN_END_REBOOTED:
		sh->next = KD_SHELL_RUNS;
		return false;
	case KD_RUN_END_STOPPED:
		break;
	}
	stepping->again = false;
	stepping->blocks = true;
	show_stop(sh, &result->stop);
	stepping->blocks = false;
	if (!kd_session_is_halted(sh->session))
		sh->next = KD_SHELL_RUNS;
	return stepping->again && kd_session_is_halted(sh->session);
}

enum kd_status kd_shell_step(struct kd_shell *sh, const char *command)
{
	const struct kd_run_hooks hooks = {
		.decode = kd_disasm_code,
		.event = on_event,
		.stepped = on_step,
		.ctx = sh,
		.request_us = sh->config.request_timeout_us
				      ? sh->config.request_timeout_us
				      : DEFAULT_ANSWER_US,
	};
	struct kd_run_result result;
	enum kd_status st = KD_OK;
	bool more = true;

	kd_scope_reset(sh);
	sh->stepping.by_steps = true;
	kd_record_open_list(sh, "places");
	while (more) {
		more = false;
		st = kd_session_run(sh->session, &sh->stepping.run, &hooks,
				    KD_NEVER, &result);
		if (st == KD_OK)
			more = conclude(sh, &result, command, &st);
		else if (!kd_session_is_halted(sh->session))
			sh->next = KD_SHELL_RUNS;
		if (more)
			kd_run_control_again(&sh->stepping.run);
	}
	sh->stepping.again = false;
	kd_record_close(sh);
	kd_record_number(sh, "steps", sh->stepping.run.steps);
	if (st != KD_OK && st != KD_E_CANCELED)
		kd_shell_fail(sh, st, "Cannot step");
	return st;
}

enum kd_status kd_shell_take_start(struct kd_shell *sh, const char **at)
{
	struct kd_context context;
	const char *from = *at;
	uint64_t address;
	enum kd_status st;

	if (*from != '=')
		return KD_OK;
	from++;
	st = kd_shell_evaluate(sh, &from, &address);
	if (st != KD_OK)
		return st;
	*at = from + kd_spaces(from);
	kd_scope_reset(sh);
	st = kd_shell_context(sh, &context);
	if (st == KD_OK) {
		(void)kd_context_set_pc(&context, address);
		st = kd_session_set_context(
			sh->session, kd_session_stop(sh->session)->processor,
			&context, kd_shell_deadline(sh));
	}
	return st == KD_OK
		       ? st
		       : kd_shell_fail(sh, st, "Cannot set the start address");
}

/* "r" by itself, and not the start of a register's name. */
static void take_toggle(struct kd_shell *sh, const char **at)
{
	if (**at != 'r' || isalnum((unsigned char)(*at)[1]))
		return;
	*at += 1 + kd_spaces(*at + 1);
	sh->stepping.shows_registers = !sh->stepping.shows_registers;
}

/* "commands" at the end of a line. */
static enum kd_status take_command(struct kd_shell *sh, const char *at,
				   char command[KD_LINE_MAX], bool *ret)
{
	const char *end;

	*ret = *at == '"';
	if (!*ret)
		return *at ? kd_shell_syntax_error(sh, at) : KD_OK;
	end = kd_string_skip(at, at);
	if (*end != '"' || end[1 + kd_spaces(end + 1)])
		return kd_shell_syntax_error(sh, at);
	snprintf(command, KD_LINE_MAX, "%.*s", (int)(end - at - 1), at + 1);
	return KD_OK;
}

// clang-format off
static const struct {
	const char *name; /* without p or t */
	enum kd_run_goal goal;
} goals[] = {
	{ "",  KD_GOAL_STEPS },
	{ "a", KD_GOAL_ADDRESS },
	{ "c", KD_GOAL_CALL },
	{ "ct", KD_GOAL_CALL_OR_RETURN },
	{ "h", KD_GOAL_BRANCH },
	{ "t", KD_GOAL_RETURN },
};
// clang-format on

static struct kd_run_plan plan_of(const struct kd_command *self)
{
	struct kd_run_plan plan = { .over = self->name[0] == 'p', .count = 1 };

	for (size_t i = 0; i < sizeof(goals) / sizeof(goals[0]); i++)
		if (!strcmp(goals[i].name, self->name + 1))
			plan.goal = goals[i].goal;
	return plan;
}

enum kd_status kd_run_step(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	struct kd_run_plan plan = plan_of(self);
	bool is_address = plan.goal == KD_GOAL_ADDRESS, has_command;
	char command[KD_LINE_MAX];
	enum kd_status st;

	take_toggle(sh, &args);
	st = kd_shell_take_start(sh, &args);
	if (st != KD_OK)
		return st;
	if (is_address || (*args && *args != '"')) {
		st = kd_shell_evaluate(
			sh, &args, is_address ? &plan.address : &plan.count);
		if (st != KD_OK)
			return st;
		args += kd_spaces(args);
	}
	st = take_command(sh, args, command, &has_command);
	if (st != KD_OK)
		return st;
	kd_run_control_begin(&sh->stepping.run, &plan,
			     kd_session_stop(sh->session));
	return kd_shell_step(sh, has_command ? command : NULL);
}
