/* posix_openpt() and its kin are XSI's */
#define _XOPEN_SOURCE 700
#include "talk.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* What takes longer than that has failed. */
enum { PATIENCE_MS = 20000, COLUMNS = 80, ROWS = 24, ARGS_MAX = 24 };

static void exec_child(const char *const *argv, const char *const *env, int in,
		       int out)
{
	char *args[ARGS_MAX + 1] = { NULL };

	for (size_t i = 0; i < ARGS_MAX && argv[i]; i++)
		args[i] = strdup(argv[i]);
	unsetenv("CRASHCART_KEY");
	for (size_t i = 0; env[i]; i++)
		putenv(strdup(env[i]));
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execv(args[0], args);
	_exit(127);
}

/* The child's side of the terminal, which becomes its own. */
static int open_slave(const char *name)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };
	int fd;

	setsid();
	fd = open(name, O_RDWR);
	if (fd < 0)
		_exit(126);
	ioctl(fd, TIOCSCTTY, 0);
	ioctl(fd, TIOCSWINSZ, &size);
	return fd;
}

static bool start_on_terminal(struct talk *t, const char *const *argv,
			      const char *const *env)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	const char *name;

	if (fd < 0 || grantpt(fd) || unlockpt(fd))
		return false;
	name = ptsname(fd);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fflush(stdout);
	t->pid = fork();
	if (!t->pid) {
		int slave = open_slave(name);

		exec_child(argv, env, slave, slave);
	}
	t->in = t->out = fd;
	return t->pid > 0;
}

static bool start_on_pipes(struct talk *t, const char *const *argv,
			   const char *const *env)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		return false;
	for (int i = 0; i < 2; i++) {
		fcntl(in[i], F_SETFD, FD_CLOEXEC);
		fcntl(out[i], F_SETFD, FD_CLOEXEC);
	}
	fflush(stdout);
	t->pid = fork();
	if (!t->pid)
		exec_child(argv, env, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	t->in = in[1];
	t->out = out[0];
	return t->pid > 0;
}

bool talk_start(struct talk *t, const char *const *argv, const char *const *env,
		bool terminal)
{
	t->len = t->seen = 0;
	t->ended = false;
	t->text[0] = 0;
	signal(SIGPIPE, SIG_IGN);
	return terminal ? start_on_terminal(t, argv, env)
			: start_on_pipes(t, argv, env);
}

/* Some more text; false at the end, or when patience is. */
static bool read_more(struct talk *t)
{
	struct pollfd p = { .fd = t->out, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, PATIENCE_MS) <= 0 || t->len == TALK_TEXT_MAX - 1)
		return false;
	/* a terminal whose other side is closed says EIO */
	n = read(t->out, t->text + t->len, TALK_TEXT_MAX - 1 - t->len);
	t->ended = n <= 0;
	if (t->ended)
		return false;
	t->len += (size_t)n;
	t->text[t->len] = 0;
	return true;
}

bool talk_await(struct talk *t, const char *text)
{
	for (;;) {
		const char *found = strstr(t->text + t->seen, text);

		if (found) {
			t->seen = (size_t)(found - t->text) + strlen(text);
			return true;
		}
		if (!read_more(t)) {
			printf("no \"%s\" in:\n%s\n", text, t->text + t->seen);
			return CHECK_ROW(text, false);
		}
	}
}

void talk_say(struct talk *t, const char *text)
{
	size_t len = strlen(text);

	CHECK_ROW(text, write(t->in, text, len) == (ssize_t)len);
}

void talk_signal(struct talk *t, int number)
{
	kill(t->pid, number);
}

void talk_end_input(struct talk *t)
{
	close(t->in);
	t->in = -1;
}

int talk_end(struct talk *t)
{
	int status = 0;

	while (read_more(t)) {
	}
	if (!t->ended)
		kill(t->pid, SIGKILL);
	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (t->in >= 0 && t->in != t->out)
		close(t->in);
	close(t->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
