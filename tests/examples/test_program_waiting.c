/*
 * Why no target comes: said in a sentence, and told by the exit code.
 */

#include "check.h"
#include "target.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- KDNET, with a lab target that is configured so ---- */

// clang-format off
static const struct {
	const char *name;
	const char *target[8];
	const char *host[4];
	int code;
	const char *says; /* exactly once */
} net_rows[] = {
	{ "wrong key", { "--poke-interval-ms", "20" }, { "--wait", "0.4" }, 5,
	  "none authenticates: the key is wrong" },
	{ "other address", { "--poke-interval-ms", "20", "--claim-host", "192.0.2.9", "--fault", "never-ack" }, { "--wait", "0.4" }, 7,
	  "is set up to be debugged from 192.0.2.9" },
	{ "held by another", { "--poke-interval-ms", "20", "--held-by", "192.0.2.7:50001" }, { "--wait", "0.4" }, 8,
	  "is being debugged from 192.0.2.7:50001. '--takeover'" },
	{ "taken over", { "--poke-interval-ms", "20", "--held-by", "192.0.2.7:50001", "--no-wait" }, { "--wait", "5", "-b", "--takeover" }, 0,
	  "is being debugged from 192.0.2.7:50001: taking it from there.\n" },
	{ "no data", { "--poke-interval-ms", "20", "--fault", "never-ack" }, { "--wait", "0.4" }, 9,
	  "look for a firewall, IPsec or NIC teaming" },
	{ "does not stop", { "--poke-interval-ms", "20", "--no-wait" }, { "--wait", "0.4" }, 14,
	  "Attached; the target is running" },
};
// clang-format on

static void test_net(void)
{
	for (size_t i = 0; i < sizeof(net_rows) / sizeof(net_rows[0]); i++) {
		const char *name = net_rows[i].name;
		const char *argv[8] = { run_crashcart(), "-k" };
		char link[TEXT_LEN];
		struct target t;
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, NET, net_rows[i].target)))
			continue;
		snprintf(link, sizeof(link), "net:port=%u,key=%s", t.port,
			 net_rows[i].code == 5 ? "5.6.7.8" : "1.2.3.4");
		argv[2] = link;
		for (size_t a = 0; a < 4; a++)
			argv[3 + a] = net_rows[i].host[a];
		run_program(argv, NULL, NULL, &r);
		CHECK_EQ(name, r.code, net_rows[i].code);
		has(name, &r, net_rows[i].says, 1);
		CHECK_EQ(name, lines_in(r.err), r.code != 0);
		run_free(&r);
		target_stop(name, &t);
	}
}

/* The target's first poke went nowhere, and its next comes in a minute. */
static void test_first_contact(void)
{
	char number[16], link[TEXT_LEN];
	const char *more[] = { "--from", number,      "--poke-interval-ms",
			       "60000",	 "--no-wait", NULL };
	const char *argv[] = { run_crashcart(), "-k", link, "-b",
			       "--wait",	"10", NULL };
	unsigned from = free_port();
	struct target t;
	struct run_result r;

	snprintf(number, sizeof(number), "%u", from);
	if (!CHECK(target_start(&t, NET, more)))
		return;
	snprintf(link, sizeof(link),
		 "net:port=%u,key=1.2.3.4,target=127.0.0.1:%u", t.port, from);
	run_program(argv, NULL, "r rip\n", &r);
	CHECK_EQ("first contact", r.code, 0);
	has("first contact", &r, "0: kd> r rip\nrip=fffff803", 1);
	run_free(&r);
	target_stop("first contact", &t);
}

/* ---- what comes is no target ---- */

enum other { QUIET, TEXT, NOISE, ECHO, STRAY, OTHERS };

/* Serve one client on a unix socket, until it goes. */
static void serve_stream(int listener, enum other what)
{
	uint8_t bytes[256];
	int fd = accept(listener, NULL, NULL);
	ssize_t n;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = what == TEXT ? (uint8_t)('a' + i % 26)
					: (uint8_t)(0x80 + i * 37 % 100);
	if (what == TEXT || what == NOISE)
		n = write(fd, bytes, sizeof(bytes));
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		if (what == ECHO && write(fd, bytes, (size_t)n) != n)
			break;
	_exit(0);
}

/* Datagrams that nobody asked for, until somebody ends us. */
static void serve_datagrams(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };
	struct timespec pause = { .tv_nsec = 20000000 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (;;) {
		(void)sendto(fd, "GET / HTTP/1.1\r\n", 16, 0,
			     (struct sockaddr *)&a, sizeof(a));
		nanosleep(&pause, NULL);
	}
}

/* A process that serves; the -k string that reaches it. */
static pid_t start_other(enum other what, char folder[PATH_LEN],
			 char link[TEXT_LEN])
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	unsigned port = free_port();
	pid_t pid;

	snprintf(folder, PATH_LEN, "/tmp/crashcart-test-XXXXXX");
	if (fd < 0 || !mkdtemp(folder))
		return -1;
	snprintf(a.sun_path, sizeof(a.sun_path), "%.60s/line", folder);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 1))
		return -1;
	if (what == STRAY)
		snprintf(link, TEXT_LEN, "net:port=%u,key=1.2.3.4", port);
	else
		snprintf(link, TEXT_LEN, "com:pipe,port=%s", a.sun_path);
	fflush(stdout);
	pid = fork();
	if (!pid && what == STRAY)
		serve_datagrams(port);
	if (!pid)
		serve_stream(fd, what);
	close(fd);
	return pid;
}

// clang-format off
static const struct {
	const char *name;
	enum other what;
	const char *args[4];
	int code;
	const char *says; /* once; NULL: nothing, for it comes after seconds */
} other_rows[] = {
	{ "a silent line", QUIET, { "--wait", "0.3" }, 3, NULL },
	{ "text", TEXT, { "--wait", "0.3" }, 10, "Readable text arrives on " },
	{ "noise", NOISE, { "--wait", "0.3" }, 11, "the speeds differ, most likely" },
	/* a break-in and a RESET, two seconds later, have to come back */
	{ "echo", ECHO, { "--wait", "2.5", "-b" }, 12, "comes back: the line is looped" },
	{ "not KDNET", STRAY, { "--wait", "0.3" }, 13, "but they are not KDNET" },
};
// clang-format on

static void test_others(void)
{
	for (size_t i = 0; i < sizeof(other_rows) / sizeof(other_rows[0]);
	     i++) {
		const char *name = other_rows[i].name;
		const char *argv[8] = { run_crashcart(), "-k" };
		char folder[PATH_LEN], link[TEXT_LEN], path[PATH_LEN + 8];
		pid_t pid = start_other(other_rows[i].what, folder, link);
		struct run_result r;

		if (!CHECK_ROW(name, pid > 0))
			continue;
		argv[2] = link;
		for (size_t a = 0; a < 4; a++)
			argv[3 + a] = other_rows[i].args[a];
		run_program(argv, NULL, NULL, &r);
		CHECK_EQ(name, r.code, other_rows[i].code);
		if (other_rows[i].says)
			has(name, &r, other_rows[i].says, 1);
		CHECK_EQ(name, lines_in(r.err), 1);
		run_free(&r);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		snprintf(path, sizeof(path), "%s/line", folder);
		unlink(path);
		rmdir(folder);
	}
}

static void test_nothing_comes(void)
{
	char link[TEXT_LEN];
	const char *argv[] = { run_crashcart(), "-k",  link,
			       "--wait",	"0.2", NULL };
	struct run_result r;

	snprintf(link, sizeof(link), "net:port=%u,key=1.2.3.4", free_port());
	run_program(argv, NULL, NULL, &r);
	CHECK_EQ("nothing comes", r.code, 3);
	CHECK_EQ("nothing comes", lines_in(r.err), 1);
	run_free(&r);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "KDNET", test_net },
		{ "first contact", test_first_contact },
		{ "no target", test_others },
		{ "nothing comes", test_nothing_comes },
	};

	return check_run("program waiting", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
