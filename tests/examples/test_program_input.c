/*
 * What is wrong with a command line: one sentence, and its exit code.
 */

#include "check.h"
#include "target.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Help needs no target. */
static void test_help(void)
{
	const char *all[] = { run_crashcart(), "help", NULL };
	const char *one[] = { run_crashcart(), "help", "DB", NULL };
	const char *none[] = { run_crashcart(), "help", "nosuch", NULL };
	struct run_result r;

	run_program(all, NULL, NULL, &r);
	CHECK_EQ("all", r.code, 0);
	has("all", &r, "  --takeover           take the target", 1);
	has("all", &r, "\n  .reboot     reboot the target\n", 1);
	has("all", &r, "\n  vertarget   show the target's version\n", 1);
	run_free(&r);
	run_program(one, NULL, NULL, &r);
	CHECK_EQ("one", r.code, 0);
	CHECK_TEXT("one", r.out,
		   "db [/c COLUMNS] [/p | /p[c] | /p[uc] | /p[wc]] [ADDRESS [L "
		   "COUNT | END]]\n"
		   "    show memory as bytes and characters\n"
		   "    The target has to stand still.\n");
	run_free(&r);
	run_program(none, NULL, NULL, &r);
	CHECK_EQ("none", r.code, 2);
	CHECK_TEXT("none", r.out, "");
	CHECK_EQ("none", lines_in(r.err), 1);
	run_free(&r);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "bad input", test_bad_input },
		{ "no permission", test_no_permission },
		{ "port in use", test_port_in_use },
		{ "help", test_help },
	};

	return check_run("program input", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
