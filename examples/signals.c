#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

/* A handler can reach nothing but the program's own; one program, one pipe. */
static int wake[2] = { -1, -1 };
static volatile sig_atomic_t leaving, timed_out;

static void on_signal(int number)
{
	int saved = errno;
	char c = 'i';

	if (number == SIGALRM)
		timed_out = 1;
	if (number != SIGINT) {
		leaving = 1;
		c = 'l';
	}
	if (write(wake[1], &c, 1) < 0) {
		/* the pipe is full of signals nobody took: it is readable */
	}
	errno = saved;
}

int signals_open(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
	struct sigaction action = { 0 };

	if (pipe(wake))
		return -1;
	for (int i = 0; i < 2; i++) {
		fcntl(wake[i], F_SETFD, FD_CLOEXEC);
		fcntl(wake[i], F_SETFL, O_NONBLOCK);
	}
	action.sa_handler = on_signal;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

void signals_close(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGALRM, SIG_IGN);
	for (int i = 0; i < 2; i++) {
		if (wake[i] >= 0)
			close(wake[i]);
		wake[i] = -1;
	}
}

int signals_fd(void)
{
	return wake[0];
}

enum signals_got signals_take(void)
{
	char c;

	if (leaving)
		return SIGNALS_LEAVE;
	return read(wake[0], &c, 1) == 1 ? SIGNALS_INTERRUPT : SIGNALS_NONE;
}

void signals_set_timeout(uint64_t us)
{
	struct itimerval timer = { .it_value = {
					   .tv_sec = (time_t)(us / 1000000),
					   .tv_usec =
						   (suseconds_t)(us % 1000000),
				   } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

bool signals_timed_out(void)
{
	return timed_out;
}
