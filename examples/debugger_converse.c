#include "debugger_state.h"
#include "exit_code.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
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

	d->cancelable = true;
	if (kd_shell_execute(d->shell, line, &next) != KD_OK)
		d->failed = true;
	d->cancelable = false;
	d->canceled = false;
	if (next == KD_SHELL_QUIT)
		d->quit = true;
}

static void leave(struct debugger *d)
{
	d->leaving = true;
	execute(d, "q");
	d->quit = true;
}

/* As in WinDbg's log: the prompt, and what was given there. */
static void echo(struct debugger *d, const char *line)
{
	kd_shell_prompt(d->shell, d->prompt);
	debugger_say(d, "%s%s\n", d->prompt, line);
}

bool debugger_signals(struct debugger *d)
{
	uint64_t now = debugger_now(d);

	switch (signals_take()) {
	case SIGNALS_NONE:
		return true;
	case SIGNALS_LEAVE:
		leave(d);
		return false;
	case SIGNALS_INTERRUPT:
		break;
	}
	if (d->interrupted_once && now - d->interrupted_at_us < TWICE_US) {
		debugger_say(d, "Leaving; the target runs on.\n");
		leave(d);
		return false;
	}
	d->interrupted_once = true;
	d->interrupted_at_us = now;
	if (kd_session_is_halted(d->session))
		return false;
	if (kd_session_break_in(d->session, now) != KD_OK)
		debugger_say(d, "Not attached yet; press Ctrl-C again to "
				"leave.\n");
	return true;
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
		bool halted = kd_session_is_halted(d->session);

		if (!debugger_drain(d) || !debugger_signals(d))
			return false;
		if (halted != kd_session_is_halted(d->session))
			terminal_refresh(d->terminal);
		if (sleep_until_something(d, true))
			return true;
	}
}

/* A script goes on when the target stands still; false at the end of all. */
static bool wait_for_stop(struct debugger *d)
{
	while (!kd_session_is_halted(d->session)) {
		if (!debugger_drain(d) || !debugger_signals(d))
			return false;
		if (kd_session_is_halted(d->session))
			return true;
		sleep_until_something(d, false);
	}
	return true;
}

static const char *prompt(void *ctx)
{
	struct debugger *d = ctx;

	if (!kd_session_is_halted(d->session))
		return "";
	return kd_shell_prompt(d->shell, d->prompt);
}

/* One turn: a command given beforehand, or a line. False at the end. */
static bool turn(struct debugger *d)
{
	bool script = !terminal_is_interactive(d->terminal);
	const char *line = NULL;

	if (!debugger_drain(d))
		return false;
	if (d->options->commands && !d->commands_run) {
		if (!wait_for_stop(d))
			return false;
		d->commands_run = true;
		echo(d, d->options->commands);
		execute(d, d->options->commands);
		return true;
	}
	if (script && !wait_for_stop(d))
		return false;
	switch (terminal_line(d->terminal, &line)) {
	case TERMINAL_LINE:
		if (script)
			echo(d, line);
		execute(d, line);
		return true;
	case TERMINAL_GIVEN_UP:
		if (!d->quit && !d->lost)
			debugger_say(d, "\n");
		return true;
	case TERMINAL_END:
		break;
	}
	if (!script)
		debugger_say(d, "\n");
	leave(d);
	return false;
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
	return d->failed && !terminal_is_interactive(d->terminal)
		       ? EXIT_CODE_FAILED
		       : EXIT_CODE_OK;
}
