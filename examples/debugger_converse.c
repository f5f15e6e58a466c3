#include "debugger_state.h"
#include "exit_code.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* A second Ctrl-C within this time asks to leave. */
	TWICE_US = 1000000,
	/* How often a link without a descriptor is looked at. */
	RECONNECT_POLL_MS = 250,
};

static void execute(struct debugger *d, const char *line)
{
	enum kd_shell_next next = KD_SHELL_PROMPT;
	enum kd_status status;

	d->cancelable = true;
	status = kd_shell_execute(d->shell, line, &next);
	d->cancelable = false;
	d->last_failed = status != KD_OK;
	d->failed |= d->last_failed;
	if (status == KD_E_LOST && !terminal_is_interactive(d->terminal))
		d->lost = true;
	if (next == KD_SHELL_QUIT)
		d->quit = true;
	else if (d->canceled && signals_take() != SIGNALS_LEAVE)
		debugger_interrupt(d);
	d->canceled = false;
}

void debugger_leave(struct debugger *d)
{
	d->leaving = true;
	execute(d, "q");
	d->quit = true;
}

/* As in WinDbg's log: the prompt, and what was given there. */
static void echo(struct debugger *d, const char *line)
{
	if (d->options->json)
		return;
	kd_shell_prompt(d->shell, d->prompt);
	debugger_say(d, "%s%s\n", d->prompt, line);
}

bool debugger_interrupt(struct debugger *d)
{
	uint64_t now = debugger_now(d);

	if (d->interrupted_once && now - d->interrupted_at_us < TWICE_US) {
		debugger_say(d, "Leaving; the target runs on.\n");
		d->interrupted = true;
		debugger_leave(d);
		return false;
	}
	d->interrupted_once = true;
	d->interrupted_at_us = now;
	/* one that asks hears no break-in before it has its answer */
	if (!kd_shell_is_asked(d->shell) &&
	    kd_session_break_in(d->session, now) != KD_OK)
		debugger_say(d, "Not attached yet; press Ctrl-C again to "
				"leave.\n");
	return true;
}

bool debugger_signals(struct debugger *d)
{
	switch (signals_take()) {
	case SIGNALS_NONE:
		return true;
	case SIGNALS_LEAVE:
		d->interrupted = true;
		debugger_leave(d);
		return false;
	case SIGNALS_INTERRUPT:
		break;
	}
	/* at a prompt it gives up what has been typed, however often */
	if (kd_shell_is_stopped(d->shell) &&
	    terminal_is_interactive(d->terminal))
		return false;
	return debugger_interrupt(d) && !kd_shell_is_stopped(d->shell) &&
	       !kd_shell_is_asked(d->shell);
}

static int timeout_ms(const struct debugger *d)
{
	uint64_t deadline = kd_session_deadline(d->session);
	uint64_t now = debugger_now(d);

	if (deadline <= now)
		return 0;
	if (deadline == KD_NEVER || deadline - now > 60000000)
		return 60000;
	return (int)((deadline - now + 999) / 1000);
}

/* One sleep; true if the terminal can be read. */
static bool sleep_until_something(struct debugger *d, bool with_input)
{
	struct kd_output out;
	int fd = d->link->ops->descriptor(d->link);
	int timeout = timeout_ms(d);
	struct pollfd fds[] = {
		{ .fd = with_input ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = signals_fd(), .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	if (kd_session_pull(d->session, debugger_now(d), &out))
		fds[2].events |= POLLOUT;
	if (fd < 0 && timeout > RECONNECT_POLL_MS)
		timeout = RECONNECT_POLL_MS;
	if (poll(fds, 3, timeout) < 0)
		return false;
	return fds[0].revents;
}

/* Serve the target until somebody types; false: no line now. */
static bool wait_for_input(void *ctx)
{
	struct debugger *d = ctx;

	for (;;) {
		bool halted = kd_shell_is_stopped(d->shell);
		bool asked = kd_shell_is_asked(d->shell);

		if (!debugger_drain(d) || !debugger_signals(d))
			return false;
		/* what is typed there answers something else now */
		if (asked && !kd_shell_is_asked(d->shell))
			return false;
		if (asked != kd_shell_is_asked(d->shell) ||
		    halted != kd_shell_is_stopped(d->shell))
			terminal_refresh(d->terminal);
		terminal_settle(d->terminal);
		if (!sleep_until_something(d, true))
			continue;
		if (terminal_is_interactive(d->terminal))
			terminal_end_begun(d->terminal);
		terminal_settle(d->terminal);
		return true;
	}
}

/*
 * A script goes on when the target stands still, or asks something, but for
 * what is of use while it runs; false at the end of all.
 */
static bool wait_for_stop(struct debugger *d)
{
	while (!kd_shell_is_stopped(d->shell) && !kd_shell_is_asked(d->shell)) {
		if (!debugger_drain(d))
			return false;
		(void)debugger_signals(d);
		if (d->quit)
			return false;
		if (kd_shell_is_stopped(d->shell) ||
		    kd_shell_is_asked(d->shell))
			return true;
		sleep_until_something(d, false);
	}
	return true;
}

static const char *prompt(void *ctx)
{
	struct debugger *d = ctx;

	if (d->confirming || kd_shell_is_asked(d->shell))
		return d->question;
	if (!kd_shell_is_stopped(d->shell))
		return "";
	return kd_shell_prompt(d->shell, d->prompt);
}

bool debugger_confirm(void *ctx, const char *question)
{
	struct debugger *d = ctx;
	const char *said = NULL;
	bool yes;

	debugger_say(d, "%s\n", question);
	snprintf(d->question, sizeof(d->question), "(y/n) ");
	/* Ctrl-C gives this line up, and not the command around it */
	d->cancelable = false;
	d->confirming = true;
	yes = terminal_line(d->terminal, &said) == TERMINAL_LINE &&
	      (*said == 'y' || *said == 'Y');
	d->confirming = false;
	d->cancelable = true;
	return yes;
}

/* A line is an answer where the target asks, else it is commands. */
static void give(struct debugger *d, const char *line)
{
	bool script = !terminal_is_interactive(d->terminal);

	if (script && !kd_shell_is_for_running(line) && !wait_for_stop(d))
		return;
	if (!kd_shell_is_asked(d->shell)) {
		if (script)
			echo(d, line);
		terminal_remember(d->terminal, line);
		execute(d, line);
		return;
	}
	if (script)
		debugger_say(d, "%s\n", line);
	if (kd_shell_answer(d->shell, line) != KD_OK)
		d->failed = true;
}

/* One line from whoever is there. False at the end of all. */
static bool take_line(struct debugger *d)
{
	const char *line = NULL;
	char *copy;

	switch (terminal_line(d->terminal, &line)) {
	case TERMINAL_LINE:
		/* in the middle of it another line may be read */
		copy = strdup(line);
		if (copy)
			give(d, copy);
		else
			debugger_say(d, "Out of memory.\n");
		free(copy);
		return true;
	case TERMINAL_GIVEN_UP:
		if (!d->quit && !d->lost)
			debugger_say(d, "\n");
		return true;
	case TERMINAL_END:
		break;
	}
	if (terminal_is_interactive(d->terminal))
		debugger_say(d, "\n");
	/* what was to stop it may be what has failed, or what has not stopped
	 * it in time */
	else if (!d->last_failed && !wait_for_stop(d))
		return false;
	debugger_leave(d);
	return false;
}

bool debugger_answer(void *ctx)
{
	struct debugger *d = ctx;

	debugger_note_question(d);
	d->cancelable = false;
	while (kd_shell_is_asked(d->shell) && !d->quit && !d->lost &&
	       take_line(d)) {
	}
	d->cancelable = true;
	return !d->quit && !d->lost;
}

/* One turn: a command given beforehand, or a line. False at the end. */
static bool turn(struct debugger *d)
{
	const char *first = d->commands_run ? NULL : d->options->commands;

	if (!debugger_drain(d))
		return false;
	if (!debugger_signals(d) && d->quit)
		return false;
	if (first && !kd_shell_is_for_running(first) && !wait_for_stop(d))
		return false;
	if (!first || kd_shell_is_asked(d->shell))
		return take_line(d);
	d->commands_run = true;
	echo(d, first);
	execute(d, first);
	return true;
}

int debugger_converse(struct debugger *d)
{
	struct terminal_hooks hooks = { wait_for_input, prompt,
					kd_shell_command_name, d };

	terminal_set_hooks(d->terminal, &hooks);
	while (!d->quit && !d->lost && turn(d)) {
	}
	if (d->lost)
		return EXIT_CODE_LOST;
	if (d->interrupted)
		return debugger_interrupted_code();
	return d->failed && !terminal_is_interactive(d->terminal)
		       ? EXIT_CODE_FAILED
		       : EXIT_CODE_OK;
}
