/*
 * The small examples as users run them: other processes, against lab targets
 * behind unix sockets.
 */

#include "check.h"
#include "lab_machine.h"
#include "lab_static.h"
#include "lab_stub.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TARGETS_MAX = 2, OUTPUT_MAX = 4096, PIECE_MAX = 4096, PATH_LEN = 64 };

struct target {
	struct lab_machine *machine;
	struct lab_stub *stub;
	char path[PATH_LEN];
	int listener, fd; /* -1 while nobody is connected */
};

struct scene {
	char folder[32];
	struct target target[TARGETS_MAX];
	char output[OUTPUT_MAX]; /* of the program */
	int exit_code;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void target_open(struct target *t, const char *folder, size_t number)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct lab_stub_config config = { .dialect = LAB_SERIAL,
					  .retransmit_us = 20000 };

	snprintf(t->path, sizeof(t->path), "%s/%zu", folder, number);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", t->path);
	t->fd = -1;
	t->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(bind(t->listener, (struct sockaddr *)&address, sizeof(address)) ==
	      0);
	CHECK(listen(t->listener, 1) == 0);
	t->machine = lab_machine_static_create();
	config.machine = t->machine;
	t->stub = lab_stub_create(&config);
	CHECK(t->stub != NULL);
}

static void target_close(struct target *t)
{
	close(t->listener);
	if (t->fd >= 0)
		close(t->fd);
	unlink(t->path);
	lab_stub_destroy(t->stub);
	lab_machine_destroy(t->machine);
}

static void hang_up(struct target *t)
{
	close(t->fd);
	t->fd = -1;
}

static void target_send(struct target *t)
{
	uint8_t piece[PIECE_MAX];
	size_t n;

	while ((n = lab_stub_pull(t->stub, now_us(), piece, sizeof(piece))) > 0)
		if (t->fd >= 0 && write(t->fd, piece, n) != (ssize_t)n)
			hang_up(t);
}

static void target_receive(struct target *t)
{
	uint8_t piece[PIECE_MAX];
	ssize_t n;

	if (t->fd < 0) {
		t->fd = accept(t->listener, NULL, NULL);
		return;
	}
	n = read(t->fd, piece, sizeof(piece));
	if (n > 0)
		lab_stub_feed(t->stub, now_us(), piece, (size_t)n);
	else
		hang_up(t);
}

/* Run the targets until the program closes its output. */
static void serve(struct scene *s, int output)
{
	size_t used = 0;

	for (;;) {
		struct pollfd p[TARGETS_MAX + 1] = { { output, POLLIN, 0 } };
		uint64_t wake_us = UINT64_MAX, now = now_us();

		for (size_t i = 0; i < TARGETS_MAX; i++) {
			struct target *t = &s->target[i];

			if (lab_stub_deadline(t->stub) <= now)
				lab_stub_tick(t->stub, now);
			target_send(t);
			if (lab_stub_deadline(t->stub) < wake_us)
				wake_us = lab_stub_deadline(t->stub);
			p[i + 1].fd = t->fd < 0 ? t->listener : t->fd;
			p[i + 1].events = POLLIN;
		}
		if (wake_us > now + 1000000)
			wake_us = now + 1000000;
		poll(p, TARGETS_MAX + 1,
		     wake_us > now ? (int)((wake_us - now) / 1000 + 1) : 0);
		for (size_t i = 0; i < TARGETS_MAX; i++)
			if (p[i + 1].revents)
				target_receive(&s->target[i]);
		if (p[0].revents) {
			ssize_t n = read(output, s->output + used,
					 OUTPUT_MAX - 1 - used);

			if (n <= 0)
				return;
			used += (size_t)n;
		}
	}
}

/* Run a program; arguments may name the targets as %0 and %1. */
static void run(struct scene *s, const char *variable, const char *const *args)
{
	extern char **environ;
	char texts[4][128];
	char *argv[6] = { getenv(variable) };
	posix_spawn_file_actions_t actions;
	int ends[2], status = 0;
	pid_t child = 0;

	memset(s->output, 0, sizeof(s->output));
	for (size_t i = 0; args[i]; i++) {
		argv[i + 1] = texts[i];
		if (args[i][0] == '%')
			snprintf(texts[i], sizeof(texts[i]), "com:pipe,port=%s",
				 s->target[args[i][1] - '0'].path);
		else
			snprintf(texts[i], sizeof(texts[i]), "%s", args[i]);
	}
	CHECK(pipe(ends) == 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	CHECK(posix_spawn(&child, argv[0], &actions, NULL, argv, environ) == 0);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	serve(s, ends[0]);
	close(ends[0]);
	CHECK(waitpid(child, &status, 0) == child);
	s->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void set_up(struct scene *s)
{
	*s = (struct scene){ .folder = "/tmp/crashcart-test-XXXXXX" };
	CHECK(mkdtemp(s->folder) != NULL);
	for (size_t i = 0; i < TARGETS_MAX; i++)
		target_open(&s->target[i], s->folder, i);
}

static void take_down(struct scene *s)
{
	for (size_t i = 0; i < TARGETS_MAX; i++)
		target_close(&s->target[i]);
	rmdir(s->folder);
}

static void test_readmem(void)
{
	static const char *const args[] = { "%0", "0xfffff80312000000", "2",
					    NULL };
	struct scene s;

	set_up(&s);
	/* each run must leave a target that goes on; it stops by itself while
	 * it boots, and then only when it is broken into */
	for (int round = 0; round < 4; round++) {
		run(&s, "KD_READMEM", args);
		CHECK_EQ(s.output, s.exit_code, 0);
		CHECK_TEXT(NULL, s.output, "fffff80312000000  4d 5a\n");
	}
	CHECK(lab_stub_counters(s.target[0].stub)->breakins > 0);
	take_down(&s);
}

static void test_readmem_says_why_not(void)
{
	static const char *const unreadable[] = { "%0", "0x10", "16", NULL };
	static const char *const no_link[] = { "com:baud=1", "0", "1", NULL };
	static const char *const no_key[] = { "net:port=50000", "0", "1",
					      NULL };
	static const char *const no_length[] = { "%0", "0", "0", NULL };
	struct scene s;

	set_up(&s);
	run(&s, "KD_READMEM", unreadable);
	CHECK_EQ(s.output, s.exit_code, 1);
	CHECK(strstr(s.output, "readmem: the target refused") != NULL);
	run(&s, "KD_READMEM", no_link);
	CHECK_EQ(s.output, s.exit_code, 2);
	CHECK(strstr(s.output, "baud= wants") != NULL);
	run(&s, "KD_READMEM", no_key);
	CHECK_EQ(s.output, s.exit_code, 2);
	CHECK(strstr(s.output, "needs key=") != NULL);
	run(&s, "KD_READMEM", no_length);
	CHECK_EQ(s.output, s.exit_code, 2);
	take_down(&s);
}

static bool stopped_at(const struct scene *s, size_t target, const char *symbol)
{
	char line[PATH_LEN + 64];

	snprintf(line, sizeof(line), "%s: pc %016llx: cc c3",
		 s->target[target].path,
		 (unsigned long long)lab_static_symbol(symbol));
	return strstr(s->output, line) != NULL;
}

static void test_embed_poll(void)
{
	static const char *const args[] = { "%0", "%1", NULL };
	struct scene s;

	set_up(&s);
	run(&s, "KD_EMBED_POLL", args);
	CHECK_EQ(s.output, s.exit_code, 0);
	/* where a module load or the break-in stops it, whichever is first */
	for (size_t i = 0; i < TARGETS_MAX; i++)
		CHECK_ROW(s.output,
			  stopped_at(&s, i, ".load") ||
				  stopped_at(&s, i, "DbgBreakPointWithStatus"));
	take_down(&s);
}

static bool is_original(const struct target *t, uint64_t address)
{
	uint8_t byte = 0;

	return t->machine->ops->read_virtual(t->machine, address, &byte, 1) &&
	       byte == 0x53; /* push rbx */
}

/* Breakpoint, events, a step and a command, by public headers alone. */
static void test_hits(void)
{
	char address[32], want[256], line[200];
	const char *const args[] = { "%0", address, "2", NULL };
	uint64_t at = lab_static_symbol("LabTick");
	struct scene s;
	const char *second;

	snprintf(address, sizeof(address), "0x%llx", (unsigned long long)at);
	snprintf(line, sizeof(line), "processor 0: %016llx, then %016llx\n",
		 (unsigned long long)at, (unsigned long long)at + 1);
	snprintf(want, sizeof(want), "\"registers\":{\"rip\":\"0x%llx\"}",
		 (unsigned long long)at + 1);
	set_up(&s);
	run(&s, "KD_HITS", args);
	CHECK_EQ(s.output, s.exit_code, 0);
	second = strstr(s.output, line);
	CHECK_ROW(s.output, second != NULL);
	if (second)
		second = strstr(second, want);
	CHECK_ROW(s.output, second && strstr(second, line) != NULL);
	CHECK_ROW("none left behind", is_original(&s.target[0], at));
	take_down(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "readmem", test_readmem },
		{ "readmem says why not", test_readmem_says_why_not },
		{ "embed_poll", test_embed_poll },
		{ "hits", test_hits },
	};

	/* a program may hang up while its target still talks */
	signal(SIGPIPE, SIG_IGN);
	return check_run("programs", tests, sizeof(tests) / sizeof(tests[0]));
}
