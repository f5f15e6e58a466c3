#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IN, OUT, ERR, STREAMS };

static int exit_code(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void exec_child(const char *const *argv, const char *env, int in,
		       int out, int err)
{
	char *args[RUN_ARGS_MAX + 1] = { NULL };

	for (size_t i = 0; i < RUN_ARGS_MAX && argv[i]; i++)
		args[i] = strdup(argv[i]);
	if (env)
		putenv(strdup(env));
	else
		unsetenv("CRASHCART_KEY");
	if (in >= 0)
		dup2(in, STDIN_FILENO);
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	if (err >= 0)
		dup2(err, STDERR_FILENO);
	execv(args[0], args);
	_exit(127);
}

static void make_pipes(int pipes[STREAMS][2])
{
	for (int i = 0; i < STREAMS; i++) {
		if (pipe(pipes[i]))
			abort();
		fcntl(pipes[i][0], F_SETFD, FD_CLOEXEC);
		fcntl(pipes[i][1], F_SETFD, FD_CLOEXEC);
	}
}

/* Read what there is; closes and forgets a descriptor at its end. */
static void take(struct pollfd *p, char *to, size_t *len)
{
	ssize_t n;

	if (!p->revents)
		return;
	n = read(p->fd, to + *len, RUN_OUTPUT_MAX - 1 - *len);
	if (n > 0) {
		*len += (size_t)n;
		return;
	}
	close(p->fd);
	p->fd = -1;
}

static void converse(int in, int out, int err, const char *input,
		     struct run_result *r)
{
	size_t left = input ? strlen(input) : 0, lens[2] = { 0 };
	struct pollfd fds[] = {
		{ .fd = in, .events = POLLOUT },
		{ .fd = out, .events = POLLIN },
		{ .fd = err, .events = POLLIN },
	};

	while (fds[1].fd >= 0 || fds[2].fd >= 0) {
		if (fds[0].fd >= 0 && !left) {
			close(fds[0].fd);
			fds[0].fd = -1;
		}
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[0].fd >= 0 && fds[0].revents) {
			ssize_t n = write(fds[0].fd, input, left);

			left = n < 0 ? 0 : left - (size_t)n;
			input += n < 0 ? 0 : n;
		}
		take(&fds[1], r->out, &lens[0]);
		take(&fds[2], r->err, &lens[1]);
	}
	if (fds[0].fd >= 0)
		close(fds[0].fd);
}

void run_program(const char *const *argv, const char *env, const char *input,
		 struct run_result *ret)
{
	int pipes[STREAMS][2];
	pid_t pid;

	*ret = (struct run_result){ .out = calloc(1, RUN_OUTPUT_MAX),
				    .err = calloc(1, RUN_OUTPUT_MAX) };
	if (!ret->out || !ret->err)
		abort();
	signal(SIGPIPE, SIG_IGN);
	fflush(stdout);
	make_pipes(pipes);
	pid = fork();
	if (!pid)
		exec_child(argv, env, pipes[IN][0], pipes[OUT][1],
			   pipes[ERR][1]);
	close(pipes[IN][0]);
	close(pipes[OUT][1]);
	close(pipes[ERR][1]);
	converse(pipes[IN][1], pipes[OUT][0], pipes[ERR][0], input, ret);
	ret->code = exit_code(pid);
}

void run_free(struct run_result *r)
{
	free(r->out);
	free(r->err);
	*r = (struct run_result){ 0 };
}

static void read_line(int fd, char *ret_line, size_t cap)
{
	size_t len = 0;

	while (len < cap - 1 && read(fd, ret_line + len, 1) == 1 &&
	       ret_line[len] != '\n')
		len++;
	ret_line[len] = 0;
}

pid_t run_start(const char *const *argv, char *ret_line, size_t cap,
		int *ret_out)
{
	int pipes[2];
	pid_t pid;

	fflush(stdout);
	if (pipe(pipes))
		return -1;
	fcntl(pipes[0], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (!pid)
		exec_child(argv, NULL, -1, pipes[1], -1);
	close(pipes[1]);
	read_line(pipes[0], ret_line, cap);
	*ret_out = pipes[0];
	return pid;
}

int run_stop(pid_t pid, int out, char *ret_line, size_t cap)
{
	kill(pid, SIGTERM);
	read_line(out, ret_line, cap);
	close(out);
	return exit_code(pid);
}

const char *run_crashcart(void)
{
	return getenv("KD_CRASHCART");
}

const char *run_labtarget(void)
{
	return getenv("KD_LABTARGET");
}
