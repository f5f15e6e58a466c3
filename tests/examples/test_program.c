/*
 * crashcart as a user runs it: real sockets, a real target process, scripts
 * on standard input, exit codes.
 */

#include "check.h"
#include "run.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_LEN = 512, PATH_LEN = 256 };

/* A UDP port that nobody has now. */
static unsigned free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned port = 0;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    !getsockname(fd, (struct sockaddr *)&a, &len))
		port = ntohs(a.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}

/* ---- bad input: one sentence, and its exit code ---- */

// clang-format off
static const struct {
	const char *name;
	const char *args[8];
	const char *env;
	int code;
	const char *says;
} bad_rows[] = {
	{ "no link", { "-b" }, NULL, 2, "say where the target is" },
	{ "unknown option", { "-k", "x", "--fast" }, NULL, 2, "\"--fast\" is no option" },
	{ "unknown link", { "-k", "usb:1" }, NULL, 2, "net:port=N,key=KEY" },
	{ "no key", { "-k", "net:port=50000" }, NULL, 2, "a key is needed" },
	{ "three groups", { "-k", "net:port=50000,key=1.2.3" }, NULL, 2, "four groups" },
	{ "a group that overflows", { "-k", "net:port=50000,key=1.2.3.3w5e11264sgsg" }, NULL, 2, "fourth group" },
	{ "a bad character", { "-k", "net:port=50000,key=1.2!.3.4" }, NULL, 2, "second group" },
	{ "a bad key in the environment", { "-k", "net:port=50000" }, "CRASHCART_KEY=1..3.4", 2, "CRASHCART_KEY" },
	{ "no key file", { "-k", "net:port=50000,key=@/nonexistent/key" }, NULL, 2, "/nonexistent/key" },
	{ "a port that is none", { "-k", "net:port=70000,key=1.2.3.4" }, NULL, 2, "port=" },
	{ "no such device", { "-k", "com:port=/dev/nonexistent,baud=115200" }, NULL, 6, "/dev/nonexistent" },
	{ "no such socket", { "-k", "com:pipe,port=/nonexistent/sock" }, NULL, 6, "/nonexistent/sock" },
	{ "nobody listens", { "-k", "tcp:127.0.0.1:1" }, NULL, 6, "127.0.0.1" },
	{ "no capture", { "decode", "/etc/hostname" }, NULL, 1, "/etc/hostname" },
	{ "no such capture", { "decode", "/nonexistent/file" }, NULL, 1, "/nonexistent/file" },
};
// clang-format on

static size_t lines_in(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void test_bad_input(void)
{
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		const char *argv[10] = { run_crashcart() };
		const char *name = bad_rows[i].name;
		struct run_result r;

		for (size_t a = 0; bad_rows[i].args[a]; a++)
			argv[a + 1] = bad_rows[i].args[a];
		run_program(argv, bad_rows[i].env, NULL, &r);
		CHECK_EQ(name, r.code, bad_rows[i].code);
		CHECK_EQ(name, lines_in(r.err), 1);
		if (!CHECK_ROW(name, strstr(r.err, bad_rows[i].says)))
			printf("it said: %s", r.err);
		CHECK_ROW(name, !strstr(r.err, "3w5e11264sgsg"));
		run_free(&r);
	}
}

/* A device file that we may not open says so; root may open everything. */
static void test_no_permission(void)
{
	char path[] = "/tmp/crashcart-no-rights-XXXXXX", link[PATH_LEN];
	const char *argv[] = { run_crashcart(), "-k", link, NULL };
	struct run_result r;
	int fd;

	if (!geteuid()) {
		check_skip("root has every permission");
		return;
	}
	fd = mkstemp(path);
	if (!CHECK(fd >= 0))
		return;
	fchmod(fd, 0);
	snprintf(link, sizeof(link), "com:port=%s,baud=9600", path);
	run_program(argv, NULL, NULL, &r);
	CHECK_EQ(NULL, r.code, 6);
	CHECK_EQ(NULL, lines_in(r.err), 1);
	run_free(&r);
	close(fd);
	unlink(path);
}

static void test_port_in_use(void)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	char link[TEXT_LEN];
	const char *argv[] = { run_crashcart(), "-k", link, NULL };
	struct run_result r;

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(fd, (struct sockaddr *)&a, &len)) {
		check_skip("no IPv6 here");
		return;
	}
	snprintf(link, sizeof(link), "net:port=%u,key=1.2.3.4",
		 ntohs(a.sin6_port));
	run_program(argv, NULL, NULL, &r);
	CHECK_EQ(NULL, r.code, 6);
	CHECK_EQ(NULL, lines_in(r.err), 1);
	CHECK(strstr(r.err, "in use"));
	run_free(&r);
	close(fd);
}

/* ---- attaching ---- */

enum how { NET, UNIX_SOCKET, TCP, PTY, HOWS };

static const char *const how_names[HOWS] = { "KDNET", "unix socket", "TCP",
					     "pty" };

struct target {
	pid_t pid;
	char link[TEXT_LEN]; /* the -k string that reaches it */
	char folder[PATH_LEN], path[PATH_LEN + 16];
};

/* @p more: further options of the target, NULL-terminated. */
static bool target_start(struct target *t, enum how how,
			 const char *const *more)
{
	char number[32], line[TEXT_LEN];
	const char *argv[RUN_ARGS_MAX] = { run_labtarget() };
	unsigned port = 0;
	size_t n = 1;

	snprintf(t->folder, sizeof(t->folder), "/tmp/crashcart-test-XXXXXX");
	if (!mkdtemp(t->folder))
		return false;
	snprintf(t->path, sizeof(t->path), "%s/target", t->folder);
	switch (how) {
	case NET:
		port = free_port();
		snprintf(number, sizeof(number), "127.0.0.1:%u", port);
		argv[n++] = "--net";
		argv[n++] = number;
		argv[n++] = "--key";
		argv[n++] = "1.2.3.4";
		break;
	case UNIX_SOCKET:
		argv[n++] = "--unix";
		argv[n++] = t->path;
		break;
	case TCP:
		argv[n++] = "--tcp";
		argv[n++] = "0";
		break;
	case PTY:
	case HOWS:
		argv[n++] = "--pty";
		argv[n++] = "--link";
		argv[n++] = t->path;
		break;
	}
	while (*more && n < RUN_ARGS_MAX - 1)
		argv[n++] = *more++;
	t->pid = run_start(argv, line, sizeof(line));
	if (how == NET)
		snprintf(t->link, sizeof(t->link), "net:port=%u,key=1.2.3.4",
			 port);
	else if (how == TCP)
		snprintf(t->link, sizeof(t->link), "com:ipport=%d,port=%s",
			 atoi(line + strlen("ready: tcp ")), "127.0.0.1");
	else
		snprintf(t->link, sizeof(t->link), "com:pipe,port=%s", t->path);
	return t->pid > 0 && !strncmp(line, "ready: ", 7);
}

static void target_stop(const char *name, struct target *t)
{
	CHECK_EQ(name, run_stop(t->pid), 0);
	unlink(t->path);
	rmdir(t->folder);
}

/* How often @p needle stands in @p text. */
static size_t count(const char *text, const char *needle)
{
	size_t n = 0;

	for (text = strstr(text, needle); text; text = strstr(text + 1, needle))
		n++;
	return n;
}

static void has(const char *name, const struct run_result *r, const char *text,
		size_t times)
{
	if (!CHECK_EQ(name, count(r->out, text), times))
		printf("\"%s\" in:\n%s\n%s\n", text, r->out, r->err);
}

// clang-format off
/* What the captured Windows machine shows, once each. */
static const char *const captured_texts[] = {
	"BD: Boot Debugger Initialized\n",
	"the file \\Windows\\system32\\ntkrnlmp.chk.  It will be allowed to load\n",
	"the file \\Windows\\system32\\hal.chk.  It will be allowed to load\n",
	"the file \\Windows\\System32\\drivers\\ACPI.chk.  It will be allowed to load\n",
	"Critical driver \\Windows\\System32\\drivers\\ACPI.chk failed to load (c0430007)\n",
	"*** Fatal Error 0x00000001 :\n",
	"ModLoad: 00000000`0096f000 00000000`00aec000   winload.efi\n",
	"Connected to Windows Boot Debugger 10586 x64 target at (",
	"Kernel Debugger connection established.\n",
	"kd> lm\n"
	"start             end                 module name\n"
	"00000000`0096f000 00000000`00aec000   winload    (no symbols)           winload.efi\n"
	"The list goes on, but its entry at fffff801`7bc58650 cannot be read.\n",
	"kd> r\n"
	"rax=0000000000000000 rbx=0000000000000001 rcx=0000000000aa5940\n"
	"rdx=0000000000000080 rsi=fffff8017bc91a70 rdi=fffff8017bc94540\n"
	"rip=00000000009cf07e rsp=00000000001a66f0 rbp=0000000000000001\n",
	"kd> u rip\n"
	"winload+0x6007e:\n"
	"00000000`009cf07e cc              int     3\n"
	"00000000`009cf07f 488b5c2440      mov     rbx,qword ptr [rsp+40h]\n"
	"00000000`009cf084 488b6c2448      mov     rbp,qword ptr [rsp+48h]\n"
	"00000000`009cf089 488b742450      mov     rsi,qword ptr [rsp+50h]\n"
	"00000000`009cf08e 488b7c2458      mov     rdi,qword ptr [rsp+58h]\n"
	"00000000`009cf093 4883c430        add     rsp,30h\n"
	"00000000`009cf097 415e            pop     r14\n"
	"00000000`009cf099 c3              ret\n",
	"kd> db rsp L10\n",
	"00000000`001a66f0  ?? ?? ?? ?? ?? ?? ?? ?\?-?? ?? ?? ?? ?? ?? ?? ??  ????????????????\n",
};
// clang-format on

static void test_captured_machine(void)
{
	const char *capture =
		check_shared("data/captures/windbg-uncut.pcapng.gz");

	if (!capture)
		return;
	for (enum how how = NET; how < HOWS; how++) {
		const char *more[] = {
			"--machine",	 "captured", "--capture", capture,
			"--capture-key", "8.8.8.8",  NULL
		};
		const char *name = how_names[how];
		struct target t;
		const char *argv[] = { run_crashcart(), "-k", t.link, NULL };
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, more)))
			continue;
		run_program(argv, NULL, "lm\nr\nu rip\ndb rsp L10\n", &r);
		CHECK_EQ(name, r.code, 0);
		CHECK_TEXT(name, r.err, "");
		for (size_t i = 0;
		     i < sizeof(captured_texts) / sizeof(captured_texts[0]);
		     i++)
			has(name, &r, captured_texts[i], 1);
		run_free(&r);
		target_stop(name, &t);
	}
}

/* Break in, look, leave it running; again, to see that it does run. */
static void test_static_machine(void)
{
	static const char *const none[] = { "--no-wait", "--poke-interval-ms",
					    "100", NULL };

	for (enum how how = NET; how < HOWS; how++) {
		const char *name = how_names[how];
		struct target t;
		const char *argv[] = {
			run_crashcart(),   "-k", t.link, "-b", "-c",
			"vertarget;r rip", NULL
		};

		if (!CHECK_ROW(name, target_start(&t, how, none)))
			continue;
		for (int turn = 0; turn < 2; turn++) {
			struct run_result r;

			run_program(argv, NULL, "lm\nq\n", &r);
			CHECK_EQ(name, r.code, 0);
			CHECK_TEXT(name, r.err, "");
			has(name, &r, "rip=fffff803", 1);
			has(name, &r, "(no symbols)           ntoskrnl.exe\n",
			    1);
			has(name, &r, "0: kd> lm\n", 1);
			run_free(&r);
		}
		target_stop(name, &t);
	}
}

static void test_failing_command(void)
{
	static const char *const none[] = { NULL };
	struct target t;
	const char *argv[] = { run_crashcart(), "-k", t.link, "-b", NULL };
	struct run_result r;

	if (!CHECK(target_start(&t, UNIX_SOCKET, none)))
		return;
	run_program(argv, NULL, "nonsense\nr rip\n", &r);
	CHECK_EQ("a failed command is told by the exit code", r.code, 1);
	has("the script goes on", &r, "rip=", 1);
	run_free(&r);
	target_stop("failing command", &t);
}

/* Record a session, and read the recording back. */
static void test_record(void)
{
	static const char *const none[] = { NULL };

	for (enum how how = NET; how <= UNIX_SOCKET; how++) {
		const char *name = how_names[how];
		char file[] = "/tmp/crashcart-record-XXXXXX";
		int fd = mkstemp(file);
		struct target t;
		const char *argv[] = { run_crashcart(), "-k", t.link, "-b",
				       "--record",	file, NULL };
		const char *decode[] = { run_crashcart(), "decode", file,
					 NULL };
		struct run_result r;

		close(fd);
		if (!CHECK_ROW(name, target_start(&t, how, none)))
			continue;
		run_program(argv, NULL, "r rip\n", &r);
		CHECK_EQ(name, r.code, 0);
		run_free(&r);
		target_stop(name, &t);
		run_program(decode, "CRASHCART_KEY=1.2.3.4", NULL, &r);
		CHECK_EQ(name, r.code, 0);
		CHECK_ROW(name, count(r.out, "GetVersion") >= 2);
		CHECK_ROW(name, count(r.out, "GetContext") >= 2);
		CHECK_ROW(name, count(r.out, "Continue2") >= 1);
		run_free(&r);
		unlink(file);
	}
}

/* ---- why no target comes, told by the exit code ---- */

static void test_wrong_key(void)
{
	static const char *const quick[] = { "--poke-interval-ms", "20", NULL };
	struct target t;
	char link[TEXT_LEN];
	const char *argv[] = { run_crashcart(), "-k",  link,
			       "--wait",	"0.5", NULL };
	struct run_result r;

	if (!CHECK(target_start(&t, NET, quick)))
		return;
	snprintf(link, sizeof(link), "%.*skey=5.6.7.8",
		 (int)strcspn(t.link, "k"), t.link);
	run_program(argv, NULL, NULL, &r);
	CHECK_EQ("wrong key", r.code, 5);
	has("wrong key", &r, "key", 1);
	run_free(&r);
	target_stop("wrong key", &t);
}

static void test_silence(void)
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
		{ "bad input", test_bad_input },
		{ "no permission", test_no_permission },
		{ "port in use", test_port_in_use },
		{ "captured machine", test_captured_machine },
		{ "static machine", test_static_machine },
		{ "failing command", test_failing_command },
		{ "record", test_record },
		{ "wrong key", test_wrong_key },
		{ "silence", test_silence },
	};

	return check_run("program", tests, sizeof(tests) / sizeof(tests[0]));
}
