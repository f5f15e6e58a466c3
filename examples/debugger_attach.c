#include "debugger_state.h"
#include "exit_code.h"
#include "signals.h"

#include <stdio.h>

/* Which exit code a reason has, when the time is up. */
static int code_of(enum kd_notice notice)
{
	switch (notice) {
	case KD_NOTICE_NONE:
	case KD_NOTICE_SILENCE:
	case KD_NOTICE_SECOND_TARGET:
	case KD_NOTICE_COUNT:
		return EXIT_CODE_NO_TARGET;
	case KD_NOTICE_NOT_KDNET:
		return EXIT_CODE_NOT_KDNET;
	case KD_NOTICE_WRONG_KEY:
		return EXIT_CODE_WRONG_KEY;
	case KD_NOTICE_OTHER_ADDRESS:
		return EXIT_CODE_OTHER_ADDRESS;
	case KD_NOTICE_HELD:
		return EXIT_CODE_HELD;
	case KD_NOTICE_NO_DATA:
		return EXIT_CODE_NO_DATA;
	case KD_NOTICE_TEXT:
		return EXIT_CODE_TEXT;
	case KD_NOTICE_NOISE:
		return EXIT_CODE_NOISE;
	case KD_NOTICE_ECHO:
		return EXIT_CODE_ECHO;
	case KD_NOTICE_UNANSWERED:
		return EXIT_CODE_UNANSWERED;
	}
	return EXIT_CODE_NO_TARGET;
}

/* Commands that are given beforehand run at a stop, as WinDbg's do. */
static bool wants_stop(const struct debugger *d)
{
	return d->options->break_in || d->options->commands ||
	       !terminal_is_interactive(d->terminal);
}

static int time_is_up(struct debugger *d)
{
	bool attached = kd_session_is_attached(d->session);

	fprintf(stderr, "crashcart: %s within %g s\n",
		attached ? "the target is attached but did not stop"
			 : "no target attached",
		(double)d->options->wait_us / 1e6);
	return attached ? EXIT_CODE_UNANSWERED : code_of(d->notice);
}

/* Anything that is not an event; EXIT_CODE_OK: go on waiting. */
static int trouble(struct debugger *d, enum kd_status status)
{
	switch (status) {
	case KD_E_TIMEOUT:
		return time_is_up(d);
	case KD_E_CANCELED:
		d->canceled = false;
		if (!kd_session_is_attached(d->session) ||
		    signals_take() == SIGNALS_LEAVE || !debugger_interrupt(d))
			return debugger_interrupted_code();
		return EXIT_CODE_OK;
	default:
		fprintf(stderr, "crashcart: %s\n",
			kd_session_detail(d->session)->text);
		return status == KD_E_LOST ? EXIT_CODE_LOST : EXIT_CODE_LINE;
	}
}

static bool is_there(const struct debugger *d)
{
	if (!kd_session_is_attached(d->session))
		return false;
	return !wants_stop(d) || kd_shell_is_stopped(d->shell) ||
	       kd_shell_is_asked(d->shell);
}

static int wait_for_target(struct debugger *d)
{
	uint64_t deadline = KD_NEVER;
	int code = EXIT_CODE_OK;

	if (d->options->wait_us)
		deadline = kd_clock_after(debugger_now(d), d->options->wait_us);
	while (!code && !is_there(d)) {
		struct kd_event event;
		enum kd_status status =
			kd_session_wait_event(d->session, deadline, &event);

		if (status == KD_OK)
			debugger_event(d, &event);
		else
			code = trouble(d, status);
	}
	return code;
}

int debugger_attach(struct debugger *d)
{
	int code;

	d->cancelable = true;
	code = wait_for_target(d);
	d->cancelable = false;
	/* a target that was lost before it came is not lost any more */
	d->lost = false;
	/* one that asks or stands still would do so for ever */
	if (code && !d->quit && kd_session_is_attached(d->session))
		debugger_leave(d);
	return code;
}
